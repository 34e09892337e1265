/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nack-responder.h - which packets a peer's NACK gets again, and when none (RFC 4585 6.2.1).
 *
 * One per peer and stream. Two brakes hold a storm of NACKs: a sequence number is resent at most
 * once per round-trip time, and in any second retransmissions take at most half of what the stream
 * itself had to send in it, and no more than set_limit() allows.
 * A table of 4 KiB is allocated at the first NACK, so that peers without loss cost next to
 * nothing. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-rate-meter.h"
#include "gst/rtc/media/rtc-rewrite.h"

G_BEGIN_DECLS

/* RTC_NACK_RESPONDER_SHARE_DIV: retransmitted bytes <= sent bytes / this. */
#define RTC_NACK_RESPONDER_SHARE_DIV 2

/* RTC_NACK_RESPONDER_FLOOR_BYTES: this much in a second is resent in any case: the end of what was
 * sent a second ago, by a source that pauses. */
#define RTC_NACK_RESPONDER_FLOOR_BYTES 3000

/* RTC_NACK_RESPONDER_DEFAULT_RTT: while no report has measured one, ns. */
#define RTC_NACK_RESPONDER_DEFAULT_RTT (100 * GST_MSECOND)

/* RTC_NACK_RESPONDER_MIN_RTT: shorter measured ones count as this, ns. */
#define RTC_NACK_RESPONDER_MIN_RTT (5 * GST_MSECOND)

typedef struct _RtcNackResponderTable RtcNackResponderTable;

typedef struct {
  guint64 requested;     /* sequence numbers in NACKs */
  guint64 resent;        /* handed out for resending */
  guint64 resent_bytes;
  guint64 not_found;     /* not in the history any more, or never sent */
  guint64 throttled;     /* asked again within a round-trip time */
  guint64 over_budget;   /* refused by the share of the send rate, or by the limit */
} RtcNackResponderStats;

/* RtcNackResponder: fields are private, use the functions. */
typedef struct {
  RtcNackResponderTable *table; /* NULL before the first NACK */
  RtcRateMeter resent;
  guint64 limit_bps;
  RtcNackResponderStats stats;
} RtcNackResponder;

/* One packet to resend, for rtc_rewrite_retransmission(). */
typedef struct {
  guint16 seq;                        /* the peer's */
  const RtcPacketHistoryEntry *entry; /* valid until the next push into its history */
} RtcNackResend;

void rtc_nack_responder_init (RtcNackResponder *self);
void rtc_nack_responder_clear (RtcNackResponder *self);

/* Retransmissions take at most this rate, bit/s; 0, as at first: no such limit. */
void rtc_nack_responder_set_limit (RtcNackResponder *self, guint64 bps);

/* What was resent so far no longer counts against the budget. */
void rtc_nack_responder_forgive (RtcNackResponder *self);

/* The packet seq is to be sent again for another reason than a NACK: as padding. FALSE when it was
 * resent within a round-trip time; else that is noted. It takes nothing from the budget. */
gboolean rtc_nack_responder_note_padding (RtcNackResponder *self, GstClockTime now,
    GstClockTime rtt, guint16 seq);

/* Decides about the numbers of one NACK. sent_bytes: what the stream had to send in the last second
 * (rtc_packet_history_get_recent_bytes()), so that nothing is counted per packet and peer.
 * histories[source] is where rewrite's sources live (an entry may be NULL). rtt: NONE while
 * unmeasured. Writes at most n_out packets to resend, in the order asked, and marks them resent;
 * numbers beyond n_out count as over budget. Returns how many were written. */
guint rtc_nack_responder_handle_nack (RtcNackResponder *self, GstClockTime now, GstClockTime rtt,
    guint64 sent_bytes, const RtcRewrite *rewrite, RtcPacketHistory *const *histories,
    guint n_histories, const guint16 *seqs, guint n_seqs, RtcNackResend *out, guint n_out);

G_END_DECLS
