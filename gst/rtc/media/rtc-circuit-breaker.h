/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-circuit-breaker.h - when a sent stream must stop for the network's sake (RFC 8083 4).
 *
 * The last line behind congestion control: a sender that nobody hears, or that takes more than ten
 * times what TCP would take on a lossy path, stops. One per sent stream, fed with the peer's
 * reports; that no RTCP comes at all is for the peer to notice, as it has all streams
 * (RTC_BREAKER_TIMEOUT). RFC 8083's intervals are a few reports; ours are longer, so that an outage
 * of 20 s, during which the controller sends at its lowest rate, does not end a call. A peer that
 * never reported anything is not judged: there are some that have no RTCP. Pure; network thread
 * only. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_BREAKER_TIMEOUT: without RTCP (4.1), or with reports that say that nothing arrives (4.2),
 * while packets are sent. Shorter than the 30 s after which ICE consent expires (RFC 7675 5.1). */
#define RTC_BREAKER_TIMEOUT (25 * GST_SECOND)

/* RTC_BREAKER_SILENCE: after so long without RTCP it says nothing of the time before. */
#define RTC_BREAKER_SILENCE (5 * GST_SECOND)

/* RTC_BREAKER_WINDOW: loss and rate are taken over this (4.3: CB_INTERVAL, three reports of a
 * second), and three windows in a row must be bad. */
#define RTC_BREAKER_WINDOW (3 * GST_SECOND)
#define RTC_BREAKER_WINDOWS 3

/* RTC_BREAKER_TCP_FACTOR: "an order of magnitude" more than TCP (4.3), which would fill its
 * segments: packets count as RTC_BREAKER_SEGMENT bytes at least. */
#define RTC_BREAKER_TCP_FACTOR 10
#define RTC_BREAKER_SEGMENT 1200

/* RTC_BREAKER_LOSS: with less than this a window is not bad: links that lose packets whatever is
 * sent are the controller's to judge. */
#define RTC_BREAKER_LOSS 0.2

typedef enum {
  RTC_BREAKER_CLOSED,          /* all is well */
  RTC_BREAKER_NOTHING_ARRIVES, /* reports come and say so */
  RTC_BREAKER_CONGESTION,
} RtcBreakerState;

/* What is known when a report block comes: totals since the beginning. */
typedef struct {
  guint64 highest_seq;  /* the block's, unwrapped */
  gint64 packets_lost;  /* the block's */
  guint64 packets, bytes; /* sent */
  GstClockTime rtt;     /* NONE: unknown */
} RtcBreakerReport;

/* RtcCircuitBreaker: zero-initialised; fields are private. */
typedef struct {
  gboolean has_report;
  guint64 highest_seq;           /* when it last rose */
  guint64 packets_at_progress;   /* sent by then */
  GstClockTime progress;         /* when that was */
  GstClockTime last_rtcp;
  RtcBreakerReport window;       /* as the window began */
  GstClockTime window_began;
  guint n_bad;                   /* windows in a row */
  gdouble loss;                  /* of the last window, 0..1 */
  guint64 rate_bps, tcp_bps;     /* likewise; tcp_bps 0: no loss */
} RtcCircuitBreaker;

/* RTCP came, whether or not with a block about the stream: a peer that receives nothing leaves it
 * out. packets: sent so far. NOTHING_ARRIVES or CLOSED. */
RtcBreakerState rtc_circuit_breaker_handle_rtcp (RtcCircuitBreaker *self, GstClockTime now,
    guint64 packets);

/* Something that was sent has arrived, as other feedback shows. */
void rtc_circuit_breaker_note_arrival (RtcCircuitBreaker *self, GstClockTime now);

/* A report block about the stream. What follows from it: anything but CLOSED means stop sending. */
RtcBreakerState rtc_circuit_breaker_handle_report (RtcCircuitBreaker *self, GstClockTime now,
    const RtcBreakerReport *report);

/* TCP's throughput with packets of bytes_per_packet, by the simplified Mathis formula (4.3), bit/s;
 * 0 without loss. */
guint64 rtc_circuit_breaker_tcp_bps (gdouble bytes_per_packet, GstClockTime rtt, gdouble loss);

G_END_DECLS
