/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-send-stream.h - one m-line that we send to one peer: its view, its repair, its counters.
 *
 * Puts together rtc-rewrite (numbers and extensions), rtc-nack-responder (RTX), rtc-send-fec and
 * rtc-send-stats (SR, reports). Builds plain RTP into the caller's buffer; protecting and
 * sending is the peer's. Network thread only; nothing is allocated per packet. */
#pragma once

#include "gst/rtc/media/rtc-capture-time.h"
#include "gst/rtc/media/rtc-key-frame-request.h"
#include "gst/rtc/media/rtc-nack-responder.h"
#include "gst/rtc/media/rtc-packet-history.h"
#include "gst/rtc/media/rtc-repair-wait.h"
#include "gst/rtc/media/rtc-rewrite.h"
#include "gst/rtc/media/rtc-send-fec.h"
#include "gst/rtc/media/rtc-send-stats.h"

G_BEGIN_DECLS

/* RTC_SEND_STREAM_SLOTS: sources whose histories are kept: those of all segments that the rewrite
 * remembers, and one of which nothing was sent yet, or a NACK would get its packets for theirs. */
#define RTC_SEND_STREAM_SLOTS (RTC_REWRITE_SEGMENTS + 1)

typedef struct {
  RtcMediaKind kind;
  gchar mid[RTC_RTP_SDES_MAX + 1]; /* empty: not sent */
  RtcRewriteConfig rewrite;        /* ssrc, pt, RTX, clock rate, random offsets, extension ids */
  RtcSendFecConfig fec;            /* its kind is that above */
  guint64 ntp64_at_zero;           /* wall clock at now == 0, for capture times */
  gboolean has_playout_delay;      /* the receiver is asked for a delay from capture to screen; else
                                    * for one that repair needs, see update_repair() */
  guint16 playout_min, playout_max; /* of so many 10 ms, 0..4095, min <= max */
} RtcSendStreamConfig;

typedef struct {
  guint64 frames, key_frames;   /* pictures completed (marker) and key frames begun */
  guint64 packets_dropped;      /* handed in but not built: waiting for a key frame, too long */
  guint64 packets_thinned;      /* left out, of upper temporal layers */
  guint64 sources_changed;      /* that something was sent of */
  guint64 nack_messages;
  guint64 plis, firs;           /* received */
  guint64 padding_packets, padding_bytes;
  GstClockTime total_delay;     /* of all packets: from when they came to when they left */
} RtcSendStreamCounters;

/* RtcSendStream: config, stats, rtx_stats and counters are for reading; the rest is private. */
typedef struct {
  RtcSendStreamConfig config;
  RtcSendStats stats;           /* of ssrc */
  RtcSendStats rtx_stats;       /* of rtx_ssrc */
  RtcSendStreamCounters counters;
  RtcRewrite rewrite;
  RtcNackResponder nack;
  RtcSendFec fec;
  RtcFirState fir;
  /* Histories of the sources by slot; the rewrite's segments name slots. */
  RtcPacketHistory *histories[RTC_SEND_STREAM_SLOTS];
  guint slot;                   /* of the current source */
  gboolean has_source;
  gboolean is_fresh;            /* the next packet is the current source's first for us */
  guint32 catch_ticks, catch_span; /* with the current source, see catch_up(); 0: nothing */
  gboolean same_clock;          /* it is the source that was sent last, going on */
  gboolean is_skipping;         /* what comes next follows a hole that the peer is not to see */
  guint64 skip_from;            /* the same from this number of the source's on; 0: none */
  gboolean has_admitted_key;
  guint32 admitted_key_ts;      /* source time stamp of the last key frame admitted */
  guint padding_step;           /* which of the last packets pads next */
  gboolean wait_for_key_frame;
  gboolean is_leaving;          /* nothing more of this source, another one is to come */
  guint8 temporal_wanted;       /* highest temporal layer to send */
  guint8 temporal;              /* sent: may be less while no picture allows to go up */
  gboolean has_thin, is_thin;   /* the picture thin_ts was looked at, and is left out */
  guint32 thin_ts;
  gboolean has_key_frame;
  guint32 key_frame_ts;         /* source time stamp of the last key frame */
  guint64 key_frame_seq;        /* the peer's ext_seq of its first packet */
  GstClockTime key_frame_time;  /* when its last packet so far left */
  gboolean peer_knows_mid;      /* a report about our SSRC came: MID goes into repair only */
  gboolean peer_knows_delay;    /* it has a packet from delay_since on: nor is the playout delay */
  guint64 delay_since;          /* the peer's ext_seq of the first packet that says it */
  RtcRepairWait wait;
  gboolean is_of_path;          /* wait and fec go by path_packets */
  guint64 path_packets;         /* of the last report; when these changed, and what was received */
  GstClockTime path_time;       /* then */
  guint64 path_seq;
  gboolean has_wait;            /* the receiver was asked for one, be it none by now */
  RtcCaptureTimeTeller capture_time;
} RtcSendStream;

void rtc_send_stream_init (RtcSendStream *self, const RtcSendStreamConfig *config);
void rtc_send_stream_clear (RtcSendStream *self);

/* Takes over a renegotiated payload type with its clock rate, RTX and extension ids; numbers run
 * on. The SSRC stays, and so does that of RTX once there was one. */
void rtc_send_stream_update (RtcSendStream *self, const RtcSendStreamConfig *config);

/* Sends a source's packets from now on. The same one as before goes on with its own time stamps,
 * another one's are shifted so that they go on with the time that passed. history is borrowed: it
 * must stay alive until its slot is given to another or clear(). wait_for_key_frame: packets
 * before the next key frame are dropped. NULL: no source. Returns the slot in which the history is
 * kept, whose former history is no longer used: the caller keeps references by slot. */
guint rtc_send_stream_set_source (RtcSendStream *self, RtcPacketHistory *history,
    gboolean wait_for_key_frame);

/* What is sent next of a source that nothing was sent of is up to ticks old, by its RTP clock, and
 * leaves within span, see rtc_rewrite_catch_up(). 0, 0: at its own time, as without. */
void rtc_send_stream_catch_up (RtcSendStream *self, guint32 ticks, guint32 span);

/* Whether a source packet is for this peer: FALSE, and counted as dropped, when there is no source
 * or a key frame is waited for. To be asked once per packet, in order, before it is built, now or
 * later: once a key frame was admitted it is no longer waited for. */
gboolean rtc_send_stream_admit (RtcSendStream *self, const RtcPacketHistoryEntry *entry);

/* Nothing more of the source is sent, key frames neither; what was admitted and not yet built is
 * left out (n_dropped packets, counted). For a path that the source is too much for, until
 * set_source(); stay() takes it back, from the next key frame on. */
void rtc_send_stream_leave (RtcSendStream *self, guint n_dropped);
void rtc_send_stream_stay (RtcSendStream *self);

/* RTC_SEND_STREAM_ALL_LAYERS: for set_temporal(), the value at first. */
#define RTC_SEND_STREAM_ALL_LAYERS G_MAXUINT8

/* Pictures of temporal layers above highest are left out from the next picture on, and the peer
 * sees no gap (admit() says FALSE for their packets; counted). Higher layers come back when a
 * picture allows it: a key frame, VP8's layer sync (one layer at a time), VP9's switching up point.
 * Without effect on sources that have no layers. */
void rtc_send_stream_set_temporal (RtcSendStream *self, guint8 highest);

/* TRUE for each packet of a key frame that was admitted. */
gboolean rtc_send_stream_is_key_frame (const RtcSendStream *self,
    const RtcPacketHistoryEntry *entry);

/* What was admitted and not yet built is left out (n_dropped packets, counted), and so is all up to
 * the next key frame. The numbers go on without a gap, so that the peer asks for none of it; and
 * what it asks for from before is not resent, as nothing that follows builds on it. */
void rtc_send_stream_skip (RtcSendStream *self, guint n_dropped);

/* The same where a key frame was admitted after what is left out: all from it on is built. */
void rtc_send_stream_hide (RtcSendStream *self, guint n_dropped);

/* Of a source whose key frame still waits: the packet ext_seq, which was admitted, is left out, and
 * so is all that follows up to the next key frame; what was admitted before is built. */
void rtc_send_stream_skip_from (RtcSendStream *self, guint64 ext_seq);

/* Builds the peer's packet for one source packet that was admitted, at capture time
 * entry->packet->time. RTC_AGAIN: there is no source any more; RTC_ERR_LIMIT: longer than cap. Both
 * are counted; go on. After RTC_OK the packet counts as sent. */
RtcResult rtc_send_stream_build (RtcSendStream *self, GstClockTime now,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out);

/* The same, but the payload may stay where it is, see rtc_rewrite_head(). */
RtcResult rtc_send_stream_build_head (RtcSendStream *self, GstClockTime now,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out);

/* The next parity over what was built, after each rtc_send_stream_build() until it is RTC_AGAIN.
 * RTC_ERR_LIMIT: longer than cap, dropped; go on. */
RtcResult rtc_send_stream_build_fec (RtcSendStream *self, GstClockTime now, guint8 *dst, gsize cap,
    RtcRewritten *out);

/* Which of the numbers of a NACK to send again: writes at most n_out to out and returns how
 * many; each is then built with rtc_send_stream_build_rtx(), or told to
 * rtc_nack_responder_note_dropped(). Without RTX none is: SRTP must not see a sequence number
 * twice. *is_stuck: something is missing that the peer needs and will not get; it needs a key
 * frame. */
guint rtc_send_stream_handle_nack (RtcSendStream *self, GstClockTime now, const guint16 *seqs,
    guint n_seqs, RtcNackResend *out, guint n_out, gboolean *is_stuck);

/* The same of numbers that feedback says were lost, see rtc_nack_responder_handle_lost(). */
guint rtc_send_stream_handle_lost (RtcSendStream *self, GstClockTime now, const guint16 *seqs,
    guint n_seqs, RtcNackResend *out, guint n_out);

/* A key frame was admitted that waits to be built. */
gboolean rtc_send_stream_has_waiting_key_frame (const RtcSendStream *self);

/* After RTC_OK it counts as resent; else it counts as dropped. */
RtcResult rtc_send_stream_build_rtx (RtcSendStream *self, GstClockTime now,
    const RtcNackResend *resend, guint8 *dst, gsize cap, RtcRewritten *out);

/* The source packet that the peer knows as seq; NULL when it is no longer there. */
const RtcPacketHistoryEntry *rtc_send_stream_find_sent (const RtcSendStream *self,
    GstClockTime now, guint16 seq);

/* Builds an RTX packet of about wanted bytes that the peer does not need: one of the last packets,
 * which may repair a loss on the way, else padding alone. RTC_ERR_STATE: nothing to pad with. After
 * RTC_OK it counts as sent. */
RtcResult rtc_send_stream_build_padding (RtcSendStream *self, GstClockTime now, guint wanted,
    guint8 *dst, gsize cap, RtcRewritten *out);

/* A report block about our SSRC or RTX SSRC, at wall clock ntp64. Behind one about our SSRC
 * update_repair() is to be called. */
RtcResult rtc_send_stream_handle_report_block (RtcSendStream *self, guint64 ntp64,
    const RtcReportBlock *block);

/* After a report about our SSRC: as much forward error correction as the loss calls for, and asks
 * the receiver for as much playout delay as repair needs, or less, where the application asks for
 * none, it has RTX and takes the extension. times_repair: it knows the round trip, and waits for
 * some repair by itself (rtc-repair-wait.h). path_packets, path_lost: as in RtcCcTarget; 0: not
 * known, then the reports are gone by, as they are when these stand still
 * (RTC_REPAIR_WAIT_SILENT). */
void rtc_send_stream_update_repair (RtcSendStream *self, GstClockTime now, gboolean times_repair,
    guint64 path_packets, guint64 path_lost);

G_END_DECLS
