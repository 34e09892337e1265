/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-twcc-sender.h - which packet left when under which transport-wide number, and what the peer's
 * feedback says of each.
 *
 * draft-holmer-rmcat-transport-wide-cc-extensions-01, the sender's side. One per peer, for all of
 * its streams. Feedback comes out as RtcCcResult, each packet at most once as lost and at most once
 * as received, whatever is repeated, reordered, late or invented. A packet of which no message ever
 * speaks, because the message was lost, is neither: it is no longer in flight as soon as a later
 * one is spoken of, and counted. The reference time (24 bits of 64 ms) is unwrapped, so that
 * arrivals go on for longer than its 12.4 days.
 *
 * Pure, bounded: a ring of 16-byte entries that grows with the rate, RTC_TWCC_SENDER_MAX_PACKETS at
 * most; nothing is allocated per packet or message in steady state. Network thread only. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

G_BEGIN_DECLS

/* RTC_TWCC_SENDER_MIN_PACKETS: entries to begin with (1 KiB): 1 s of sound. A power of two. */
#define RTC_TWCC_SENDER_MIN_PACKETS 64

/* RTC_TWCC_SENDER_MAX_PACKETS: and at most (256 KiB): 1 s of 150 Mbit/s. A power of two, at most
 * half of the number space. */
#define RTC_TWCC_SENDER_MAX_PACKETS 16384

/* RTC_TWCC_SENDER_KEEP: the ring grows rather than forget a packet younger than this, in case that
 * it was said to be lost and comes after all. */
#define RTC_TWCC_SENDER_KEEP (1 * GST_SECOND)

/* RTC_TWCC_SENDER_MEMORY: nor one of which no feedback has spoken and that is younger than this;
 * what feedback says of an older packet is too late to be of use and is dropped. */
#define RTC_TWCC_SENDER_MEMORY (10 * GST_SECOND)

typedef struct _RtcTwccSender RtcTwccSender;

typedef struct {
  guint64 packets;          /* recorded as sent */
  guint64 messages;         /* of feedback handled */
  guint64 messages_useless; /* of them: told nothing new, being repeated or too late */
  guint64 received;         /* packets said to have arrived */
  guint64 lost;             /* packets said to be lost */
  guint64 recovered;        /* of these: said to have arrived later on */
  guint64 unspoken;         /* passed over: no message spoke of them */
  guint64 repeated;         /* statuses that repeat what was said */
  guint64 forgotten;        /* statuses of packets too old, or never sent */
} RtcTwccSenderStats;

/* first_seq: of the first packet. results (nullable): of RtcCcResult, where handle_feedback() puts
 * what a message tells, 4 KB of 100 packets; senders of one thread share it. NULL: one of its
 * own. */
RtcTwccSender *rtc_twcc_sender_new (guint16 first_seq, GArray *results);
void rtc_twcc_sender_free (RtcTwccSender *self); /* (nullable) */

/* The number that the next packet is to carry. It stays the same until handle_sent(): a packet that
 * could not be sent leaves no hole. */
guint16 rtc_twcc_sender_get_next (const RtcTwccSender *self);

/* The packet with that number has left: len bytes, counted as RtcCcResult.len is. */
void rtc_twcc_sender_handle_sent (RtcTwccSender *self, GstClockTime now, guint len,
    guint16 probe_cluster);

/* What was sent last is called that in the results: 0, as at first, is no name. */
void rtc_twcc_sender_name (RtcTwccSender *self, guint32 name);

/* What a message tells that is new, in the order of twcc_seq; *results (transfer none) is valid
 * until the next call, of any sender that has the same array. Reads feedback to its end. Returns
 * how many, 0 when all was known, too late or never sent. */
guint rtc_twcc_sender_handle_feedback (RtcTwccSender *self, GstClockTime now,
    RtcTwccFeedback *feedback, const RtcCcResult **results);

/* Bytes sent after the newest packet of which feedback spoke. */
guint64 rtc_twcc_sender_get_in_flight (const RtcTwccSender *self);

/* From the sending of the packet that arrived last to the message that said so: the round trip and
 * the peer's wait before it spoke, up to 100 ms. NONE before the first. */
GstClockTime rtc_twcc_sender_get_rtt (const RtcTwccSender *self);

/* When the last message came that told something new; NONE before the first. */
GstClockTime rtc_twcc_sender_get_last_news (const RtcTwccSender *self);

void rtc_twcc_sender_get_stats (const RtcTwccSender *self, RtcTwccSenderStats *out);

G_END_DECLS
