/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rewrite.h - one peer's view of a sent stream: its ssrc, pt, numbers and header extensions.
 *
 * Builds header + extension block + payload of a shared packet in the peer's buffer. A source may
 * be changed for another (a ladder's rung, a pause): its sequence numbers and picture ids go on
 * without a gap and its time stamps go on with the time that passed between the captures. The state
 * is small and flat, to be embedded a thousand times. Network thread only; nothing is allocated but
 * once for what few peers need. */
#pragma once

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/media/rtc-packet-history.h"
#include "gst/rtc/media/rtc-thinning.h"
#include "gst/rtc/rtp/rtc-rtp-extension.h"

G_BEGIN_DECLS

/* RTC_REWRITE_SEGMENTS: source changes remembered, so that NACKs from before the last ones can
 * still be answered. */
#define RTC_REWRITE_SEGMENTS 4

/* RTC_REWRITE_BLOCK_MAX: bytes of the prepared extension block; as RTC_RTP_EXTENSION_BUDGET. */
#define RTC_REWRITE_BLOCK_MAX 40

typedef struct {
  guint32 ssrc;
  guint8 payload_type;
  guint32 rtx_ssrc;           /* meaningless while rtx_payload_type is 0 */
  guint8 rtx_payload_type;    /* 0: RTX not negotiated */
  guint32 clock_rate;         /* Hz, > 0 */
  guint16 first_seq;          /* random, < 2^15 (RFC 3711 3.3.1 wants room before the first wrap) */
  guint16 first_rtx_seq;      /* random */
  guint32 first_rtp_ts;       /* random */
  RtcRtpExtensionMap extensions;
} RtcRewriteConfig;

/* A stretch of one source: peer's number = source's number + seq_offset (mod 2^64). */
typedef struct {
  guint64 first;      /* the peer's ext_seq of its first packet */
  guint64 seq_offset;
  guint32 ts_offset;
  guint32 source;     /* the caller's name of the history */
  guint64 n_inserted; /* numbers in it that are not the source's: rtc_rewrite_insert() */
  RtcThinningCount thinned; /* of the source's that are not in it: rtc_rewrite_leave_out() */
  /* Time stamps of the first catch_ticks from catch_from on come as close as catch_span. */
  guint32 catch_from, catch_ticks, catch_span; /* of the source's clock; catch_ticks 0: none */
  guint16 id_offset;  /* peer's PictureID = source's + id_offset; the same with TL0PICIDX */
  guint8 tl0_offset;
} RtcRewriteSegment;

/* RTC_REWRITE_INSERTED: inserted numbers remembered, a power of two. NACKs of packets from before
 * all of them cannot be answered. */
#define RTC_REWRITE_INSERTED 256

/* RtcRewriteBlock: an extension block written once and copied into each packet. */
typedef struct {
  guint8 bytes[RTC_REWRITE_BLOCK_MAX];
  guint8 len;                  /* 0: none, X bit clear */
  RtcRtpExtensionSlots slots;  /* in a packet with a 12-byte header */
} RtcRewriteBlock;

/* RtcRewrite: fields are private, use the functions. */
typedef struct {
  RtcRewriteConfig config;
  RtcRewriteSegment segments[RTC_REWRITE_SEGMENTS];
  guint n_segments;            /* ever begun; the current is (n_segments - 1) % SEGMENTS */
  guint64 next_ext_seq;        /* one after the highest that was written */
  guint64 first_kept;          /* what was sent before is not found */
  guint64 next_rtx_seq;
  guint32 last_rtp_ts;         /* of the highest written */
  GstClockTime last_time;
  GstClockTime last_captured;  /* NONE: not known */
  guint64 ts_debt;             /* ticks that its time stamp is ahead of its capture */
  guint16 last_id;             /* PictureID and TL0PICIDX of the highest written that had any */
  guint8 last_tl0;
  gboolean has_id, has_tl0;
  RtcRtpExtensionValues values;
  RtcRewriteBlock block, repair_block;
  guint64 *inserted;           /* the last RTC_REWRITE_INSERTED ones, a ring; NULL: never any */
  guint64 n_inserted;          /* ever */
  RtcThinning *thinning;       /* NULL: nothing was ever left out */
} RtcRewrite;

/* RtcRewritten: what has been built. */
typedef struct {
  gsize len;                   /* bytes of the packet */
  guint16 seq;                 /* on the wire: of the RTX stream for RTX */
  guint64 ext_seq;             /* the peer's media number, also for RTX: what it repairs */
  guint32 rtp_ts;
  RtcRtpExtensionSlots slots;  /* to be stamped when it leaves */
  const guint8 *body;          /* of rtc_rewrite_head(): where the payload is; NULL: in its place */
  GstClockTime ahead;          /* the time stamp is that much later than the capture: catching up */
} RtcRewritten;

void rtc_rewrite_init (RtcRewrite *self, const RtcRewriteConfig *config);

/* Private: the segment being written, or where the first one will be. */
static inline const RtcRewriteSegment *
rtc_rewrite_get_segment (const RtcRewrite *self)
{
  return &self->segments[(self->n_segments - 1) % RTC_REWRITE_SEGMENTS];
}

void rtc_rewrite_clear (RtcRewrite *self);

/* Which values go into each packet from now on (those that are negotiated): mid, rid for the first
 * packets of a stream, nothing later; twcc and abs-send-time with any value, they are stamped when
 * the packet leaves. of_repair: those of packets that have an SSRC of their own for repair (RTX,
 * FlexFEC), where rid goes as repaired-rid (RFC 8852 3.2).
 * RTC_ERR_LIMIT: a block is longer than RTC_REWRITE_BLOCK_MAX; the old ones stay. */
RtcResult rtc_rewrite_set_values (RtcRewrite *self, const RtcRtpExtensionValues *values,
    const RtcRtpExtensionValues *of_repair);

/* Begins with, changes to, or goes on after a pause with a source, whose next packet for this
 * peer is first. source is what find_source will answer. same_clock: the time stamps run on from
 * those before (the same stream, or rungs with equal offsets); FALSE: they are shifted so that they
 * advance by the time that passed between the captures, or the arrivals where those are not known,
 * by 1 at least; what that is too much is taken back at the next change. Picture ids go on with the
 * next: first begins a picture. */
void rtc_rewrite_set_source (RtcRewrite *self, guint32 source, const RtcPacketHistoryEntry *first,
    gboolean same_clock);

/* The first packet of the current segment is ticks old and more: what was captured in these ticks,
 * from the source's first_rtp_ts on, is sent within span, which is less, and so its time stamps
 * say; after them the source's own time is there again. After set_source(), before anything of it
 * is written; 0 < span <= ticks < 2^31. Retransmissions say the same. Where the source goes on
 * behind a hole meanwhile, time stamps do not step back. */
void rtc_rewrite_catch_up (RtcRewrite *self, guint32 first_rtp_ts, guint32 ticks, guint32 span);

/* Writes the peer's packet of entry, which must be of the current source, into dst of cap bytes.
 * extra (nullable): values for this packet only (audio level, orientation), in addition to those of
 * set_values; left out when they would make the block longer than RTC_REWRITE_BLOCK_MAX.
 * RTC_ERR_STATE: no source, or entry is from before it was set; drop it.
 * RTC_ERR_LIMIT: does not fit into cap; count and drop. */
RtcResult rtc_rewrite_packet (RtcRewrite *self, const RtcPacketHistoryEntry *entry,
    const RtcRtpExtensionValues *extra, guint8 *dst, gsize cap, RtcRewritten *out);

/* As rtc_rewrite_packet(), but the payload, with which the packet ends, stays where it is, in
 * out->body, and its place in dst is left unwritten; unless it has to be changed. */
RtcResult rtc_rewrite_head (RtcRewrite *self, const RtcPacketHistoryEntry *entry,
    const RtcRtpExtensionValues *extra, guint8 *dst, gsize cap, RtcRewritten *out);

/* Writes the retransmission of what the peer knows as number seq, entry being what find_source and
 * the history gave for it: as RTX packet, or as the packet itself without RTX (not to be protected
 * with SRTP again: rtc_send_stream_handle_nack() never asks for it).
 * Results as rtc_rewrite_packet(). */
RtcResult rtc_rewrite_retransmission (RtcRewrite *self, guint16 seq,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out);

/* entry of the current source, the next after the one last written or left out, is not for this
 * peer: the numbers of what follows, and its picture ids, close up. Packets before it may be
 * written later. */
void rtc_rewrite_leave_out (RtcRewrite *self, const RtcPacketHistoryEntry *entry);

/* What was left out and nothing was written behind is of no interest: its source goes. */
void rtc_rewrite_forget_left_out (RtcRewrite *self);

/* Takes the number after the newest for a packet that is not the source's (ULPFEC shares the
 * media's); those that follow move on by one. RTC_ERR_STATE: nothing was sent yet. */
RtcResult rtc_rewrite_insert (RtcRewrite *self, guint16 *seq);

/* Begins a packet that is not the source's: header, with the newest time stamp and without
 * marker, and the extension block of its SSRC; the payload is to follow.
 * Fills *out but for len and ext_seq. No room: the writer's ok is FALSE. The writer stands at the
 * packet's first byte. */
void rtc_rewrite_begin_other (const RtcRewrite *self, guint8 payload_type, guint32 ssrc,
    guint16 seq, RtcWriter *writer, RtcRewritten *out);

/* Writes an RTX packet of n_padding (1..255) bytes of padding and no payload, which carries a
 * transport-wide number and nothing else. RTC_ERR_STATE: without RTX, or nothing was sent yet. */
RtcResult rtc_rewrite_padding (RtcRewrite *self, guint8 n_padding, guint8 *dst, gsize cap,
    RtcRewritten *out);

/* What was sent so far is not found any more: nobody is to have it again. */
void rtc_rewrite_forget (RtcRewrite *self);

/* Which source and number the peer's seq was; FALSE when it was never sent, was inserted, or lies
 * further back than the segments and inserted numbers kept. */
gboolean rtc_rewrite_find_source (const RtcRewrite *self, guint16 seq, guint32 *source,
    guint64 *ext_seq);

/* TRUE: seq was sent with a source's packet in it, as far as is still known; *ext_seq is the peer's
 * unwrapped number. find_source() need not know it any more. */
gboolean rtc_rewrite_was_sent (const RtcRewrite *self, guint16 seq, guint64 *ext_seq);

/* Bytes that are put on top of a source packet's payload at most (header, block, OSN). */
gsize rtc_rewrite_get_overhead (const RtcRewrite *self);

G_END_DECLS
