/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nack-responder.h - which packets a peer's NACK gets again, and when none (RFC 4585 6.2.1).
 *
 * One per peer and stream. Two brakes hold a storm of NACKs: a sequence number is resent at most
 * once per round-trip time, and in any second retransmissions take at most half of what the stream
 * itself had to send in it, and no more than set_limit() allows. A packet that was handed out
 * counts as resent when it has left (note_left()), not while it waits in a pacer, and not when it
 * was dropped there.
 *
 * Repair may fail for good: the packet is gone, or the peer asks for it again and again whatever is
 * resent. Then the peer is stuck, as it decodes nothing that follows, and is told so to the caller,
 * who has a key frame made rather than wait until the peer gives up, which browsers do after 3 s.
 *
 * Transport-wide feedback tells of lost repairs before the peer does, who waits for a timer and
 * whose next request may be lost, too. They are sent once more without being asked for again,
 * within half of what the budget has left.
 *
 * A table of 4 KiB is allocated at the first NACK, and 330 bytes for what pads, so that peers
 * without loss cost next to nothing. Network thread only. */
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

/* RTC_NACK_RESPONDER_MAX_TRIES: a number is resent at most so often; receivers give up then. */
#define RTC_NACK_RESPONDER_MAX_TRIES 10

/* A peer is stuck when it asks for a number for the RTC_NACK_RESPONDER_STUCK_TRIES-th time, or once
 * or twice more where the loss makes it likely that so many repairs are lost (1 in 1000), and has
 * asked for RTC_NACK_RESPONDER_STUCK_TIME. Without RTX the second time shows that the packet is not
 * merely late; and what is over budget twice, a round trip apart, will be so for most of a second.
 * After an outage it is stuck at once: when more than RTC_NACK_RESPONDER_MUCH_DIV of what was sent
 * in the last second is asked for in one message, and more than the budget. None of that is
 * resent. */
#define RTC_NACK_RESPONDER_STUCK_TRIES 4
#define RTC_NACK_RESPONDER_STUCK_TIME (300 * GST_MSECOND)
#define RTC_NACK_RESPONDER_STUCK_TRIES_REFUSED 2
#define RTC_NACK_RESPONDER_MUCH_DIV 4

/* RTC_NACK_RESPONDER_RESERVE_DIV: what was too much is still resent, for those who record, once a
 * key frame has come; but this part of the budget is kept from it, for what is needed. */
#define RTC_NACK_RESPONDER_RESERVE_DIV 2

typedef struct _RtcNackResponderTable RtcNackResponderTable;
typedef struct _RtcNackResponderPaddings RtcNackResponderPaddings;

typedef struct {
  guint64 requested;     /* sequence numbers in NACKs, and unasked; each is one of the following, or
                          * waits */
  guint64 resent;        /* have left */
  guint64 resent_bytes;
  guint64 dropped;       /* handed out, but never left */
  guint64 not_found;     /* not in the history any more, or never sent */
  guint64 throttled;     /* asked again within a round-trip time, or more than MAX_TRIES times */
  guint64 over_budget;   /* refused by the share of the send rate, or by the limit */
  guint64 without_rtx;   /* refused as RTX was not negotiated */
  guint64 unasked;       /* of the requested: handed out because feedback told, not a NACK */
  guint64 stuck;         /* of the above: asked for although no repair gets through */
} RtcNackResponderStats;

/* RtcNackResponder: fields are private, use the functions. */
typedef struct {
  RtcNackResponderTable *table; /* NULL before the first NACK */
  RtcNackResponderPaddings *paddings; /* NULL before the first one */
  RtcRateMeter resent;
  guint64 waiting_bytes;        /* handed out, and not left yet */
  guint64 too_much;             /* the peer's ext_seq up to which too much was asked for; 0: none */
  guint64 limit_bps;
  RtcNackResponderStats stats;
} RtcNackResponder;

/* What is known of the stream and the path when a NACK comes. */
typedef struct {
  GstClockTime rtt;        /* NONE while unmeasured */
  gdouble loss;            /* 0..1, as the peer reports it */
  gboolean has_rtx;        /* FALSE: nothing is resent */
  guint64 sent_bytes;      /* what the stream had to send in the last second
                            * (rtc_packet_history_get_recent_bytes()), so that nothing is counted
                            * per packet and peer */
  gboolean has_needs;      /* FALSE: any packet may be needed or not; the peer is never stuck */
  guint64 needed_from;     /* the peer's ext_seq from which on packets are needed to decode what is
                            * sent now: where the last key frame began. G_MAXUINT64: none is */
  const RtcRewrite *rewrite;
  RtcPacketHistory *const *histories; /* [source] is where rewrite's sources live, or NULL */
  guint n_histories;
} RtcNackSituation;

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

/* The packet seq, one of the last, is to be sent again for another reason than a NACK: as padding.
 * FALSE when it was resent within a round-trip time; else that is noted, and so is not resent for a
 * NACK that comes within one. It takes nothing from the budget, and is no try: if it gets lost,
 * nobody misses it. */
gboolean rtc_nack_responder_note_padding (RtcNackResponder *self, GstClockTime now,
    GstClockTime rtt, guint16 seq);

/* Decides about the numbers of one NACK. Writes at most n_out packets to resend, in the order
 * asked; numbers beyond n_out count as over budget. Each is then to be told to note_left() or
 * note_dropped(), at once or later, and is not handed out again meanwhile. Returns how many were
 * written. *is_stuck: a number that is needed will not get through. */
guint rtc_nack_responder_handle_nack (RtcNackResponder *self, GstClockTime now,
    const RtcNackSituation *situation, const guint16 *seqs, guint n_seqs, RtcNackResend *out,
    guint n_out, gboolean *is_stuck);

/* Feedback says that what was resent of these numbers was lost. As handle_nack(); each counts as
 * one more try. What waits, was resent within a round trip, was refused, is not needed or no longer
 * there is left out, and so is what was never asked for. */
guint rtc_nack_responder_handle_lost (RtcNackResponder *self, GstClockTime now,
    const RtcNackSituation *situation, const guint16 *seqs, guint n_seqs, RtcNackResend *out,
    guint n_out);

/* What was handed out for seq has left now, or will not. Ignored for others. */
void rtc_nack_responder_note_left (RtcNackResponder *self, GstClockTime now, guint16 seq);
void rtc_nack_responder_note_dropped (RtcNackResponder *self, guint16 seq);

/* None of what waits will leave. */
void rtc_nack_responder_note_all_dropped (RtcNackResponder *self);

G_END_DECLS
