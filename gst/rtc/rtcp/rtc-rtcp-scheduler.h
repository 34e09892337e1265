/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-scheduler.h - when to send RTCP: regular reports, and feedback before their time.
 *
 * RFC 3550 6.3 and A.7 (interval, timer reconsideration), RFC 4585 3.3 and 3.5 (immediate and
 * early feedback), RFC 5506 (reduced size). One per peer: with rtcp-mux and BUNDLE all its SSRCs
 * share it. It only says when; what goes into the packet is the caller's.
 *
 * A peer alone on the other end (members <= 2) is served in Immediate Feedback mode: feedback
 * leaves at once as long as the RTCP bandwidth allows, which a bucket of bytes measures. With
 * more members Early RTCP mode applies: dithering, and one early packet per interval.
 *
 * Network thread only. Deterministic from the RtcRandom given. */
#pragma once

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-time.h"

G_BEGIN_DECLS

typedef struct {
  guint64 bandwidth_bps;      /* RTCP's share: 5 % of the session, or b=RS + b=RR; > 0 */
  GstClockTime min_interval;  /* Tmin between regular packets: RFC 3550 says 5 s, halved for the
                               * first; browsers use 1 s (video) */
  gboolean feedback;          /* AVPF was negotiated: early packets are allowed */
  gboolean reduced_size;      /* rtcp-rsize was negotiated (RFC 5506) */
  gsize overhead_bytes;       /* per packet: IP + UDP + SRTCP; counted into sizes (6.2) */
} RtcRtcpSchedulerConfig;

typedef enum {
  RTC_RTCP_SEND_NOTHING,
  RTC_RTCP_SEND_REGULAR,       /* full compound packet with all reports, feedback included */
  RTC_RTCP_SEND_EARLY,         /* minimal compound packet (SR/RR, SDES) with the feedback */
  RTC_RTCP_SEND_EARLY_REDUCED, /* feedback alone */
} RtcRtcpSendKind;

/* All fields private; in the open so that it embeds. */
typedef struct {
  RtcRtcpSchedulerConfig config;
  RtcRandom *random;
  guint members, senders;
  gboolean we_send;
  gboolean initial;        /* nothing sent yet */
  gboolean allow_early;    /* RFC 4585 3.5.1 */
  gdouble average_bytes;   /* avg_rtcp_size */
  GstClockTime interval;   /* the random T the next regular time was made of */
  GstClockTime last;       /* tp */
  GstClockTime next;       /* tn */
  GstClockTime early;      /* when waiting feedback leaves; NONE: none waits */
  gdouble tokens;          /* bytes feedback may still use */
  GstClockTime tokens_time;
} RtcRtcpScheduler;

/* random is not owned and outlives self. */
void rtc_rtcp_scheduler_init (RtcRtcpScheduler *self, const RtcRtcpSchedulerConfig *config,
    RtcRandom *random, GstClockTime now);

/* Changes the bandwidth, as the session's rate changes. */
void rtc_rtcp_scheduler_set_bandwidth (RtcRtcpScheduler *self, guint64 bandwidth_bps);

/* members: SSRCs alive, ours included; senders: those of them that sent RTP within two
 * intervals; we_send: we are among them. When members drop, the next time moves nearer
 * (RFC 3550 6.3.4 reverse reconsideration). */
void rtc_rtcp_scheduler_set_members (RtcRtcpScheduler *self, GstClockTime now, guint members,
    guint senders, gboolean we_send);

/* Feedback waits to be sent (a NACK, PLI, TWCC). Idempotent until it has been sent. Without
 * AVPF it leaves with the next regular packet. */
void rtc_rtcp_scheduler_request_feedback (RtcRtcpScheduler *self, GstClockTime now);

/* A packet of len bytes of UDP payload came from the peer: moves avg_rtcp_size (6.3.3). */
void rtc_rtcp_scheduler_received (RtcRtcpScheduler *self, gsize len);

/* What to send at now. NOTHING may come although a deadline has passed (timer
 * reconsideration has moved it). Otherwise call sent() with the packet's length, or with 0 when
 * there turned out to be nothing to say. */
RtcRtcpSendKind rtc_rtcp_scheduler_poll (RtcRtcpScheduler *self, GstClockTime now);
void rtc_rtcp_scheduler_sent (RtcRtcpScheduler *self, GstClockTime now, RtcRtcpSendKind kind,
    gsize len);

/* For who sends anyway: a regular packet that is due at now, or will be within an
 * RTC_RTCP_SCHEDULER_AHEAD of its interval, is due at now. TRUE: there is one, poll(). */
#define RTC_RTCP_SCHEDULER_AHEAD 16
gboolean rtc_rtcp_scheduler_hurry (RtcRtcpScheduler *self, GstClockTime now);

/* When poll() is next worth calling; never NONE. */
GstClockTime rtc_rtcp_scheduler_next_deadline (const RtcRtcpScheduler *self);

G_END_DECLS
