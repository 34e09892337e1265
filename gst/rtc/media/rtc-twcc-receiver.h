/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-twcc-receiver.h - when which packet of a transport arrived, told to its sender in time.
 *
 * draft-holmer-rmcat-transport-wide-cc-extensions-01: the receiver's side. One per peer. Messages
 * are 50 to 100 ms apart, so that they take at most 5 % of what is received, and up to 250 ms where
 * less than about 100 kbit/s comes (3: "between 50 ms and 200 ms", depending on the bandwidth).
 * Recordings are patient: 200 ms at least, since sending a message each 50 ms is a sixth of what a
 * recorded call costs.
 * A packet that comes after its successors were reported makes the next message begin with it.
 * Pure, bounded: RTC_TWCC_MAX_ARRIVALS. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-rate-meter.h"
#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

G_BEGIN_DECLS

/* RTC_TWCC_MAX_ARRIVALS: packets remembered; a message leaves early when half of them wait. The
 * oldest are forgotten first. */
#define RTC_TWCC_MAX_ARRIVALS 2048

/* RTC_TWCC_MEMORY: how long a reported packet is remembered, in case an earlier one still comes. */
#define RTC_TWCC_MEMORY (500 * GST_MSECOND)

#define RTC_TWCC_INTERVAL_MIN (50 * GST_MSECOND)
#define RTC_TWCC_INTERVAL_PATIENT (200 * GST_MSECOND) /* at least, where messages are to be few */
#define RTC_TWCC_INTERVAL_SLOW (250 * GST_MSECOND)

typedef struct _RtcTwccReceiver RtcTwccReceiver;

typedef struct {
  guint64 packets;   /* recorded */
  guint64 late;      /* of them: after a successor was reported */
  guint64 forgotten; /* dropped: repeated, or too late */
  guint64 messages;
  guint64 bytes;     /* of the messages, without headers below RTCP */
} RtcTwccReceiverStats;

RtcTwccReceiver *rtc_twcc_receiver_new (void);
void rtc_twcc_receiver_free (RtcTwccReceiver *self); /* (nullable) */

/* Messages come RTC_TWCC_INTERVAL_PATIENT apart at least, from the next one on: for who has many
 * senders, each of whom is served well enough so. */
void rtc_twcc_receiver_set_patient (RtcTwccReceiver *self);

/* A packet of len bytes (as on the wire) carried seq and arrived at now, which may be a little
 * before that of an earlier call. ssrc: of its stream, named in the next message. */
void rtc_twcc_receiver_handle_packet (RtcTwccReceiver *self, GstClockTime now, guint16 seq,
    guint32 ssrc, gsize len);

/* When write() has something to say; NONE: nothing came since it last did. */
GstClockTime rtc_twcc_receiver_next_deadline (const RtcTwccReceiver *self);

/* Appends one message if one is due; the builder must have room for 40 bytes at least. TRUE: call
 * again, with the next packet, as there may be more. overhead_bytes: what the packet costs below
 * and around the message. */
gboolean rtc_twcc_receiver_write (RtcTwccReceiver *self, GstClockTime now, guint32 sender_ssrc,
    gsize overhead_bytes, RtcRtcpBuilder *builder);

void rtc_twcc_receiver_get_stats (const RtcTwccReceiver *self, RtcTwccReceiverStats *out);

G_END_DECLS
