/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-fanout.h - one encoded stream of RTP packets and the peers that receive it.
 *
 * Packets are pushed once, kept once in a shared history (for retransmission) and handed to
 * every attached peer, which rewrites them into its own view. Key frame requests of all peers
 * are merged here. Sans-I/O; network thread only. Never calls back: who pushes also polls. */
#pragma once

#include "gst/rtc/media/rtc-packet-history.h"

G_BEGIN_DECLS

typedef struct _RtcFanout RtcFanout;

/* RTC_FANOUT_HISTORY_RTTS: packets are kept for so many round trips of the farthest peer, so that a
 * retransmission that is lost can be asked for twice more; RTC_FANOUT_HISTORY_MAX at most. */
#define RTC_FANOUT_HISTORY_RTTS 4
#define RTC_FANOUT_HISTORY_MAX (5 * GST_SECOND)

/* RTC_FANOUT_JOIN_BYTES, RTC_FANOUT_JOIN_TIME, RTC_FANOUT_JOIN_PACKETS: what replay_pictures keeps
 * of a group of pictures: 10 s at 6 Mbit/s. */
#define RTC_FANOUT_JOIN_BYTES (8 * 1024 * 1024)
#define RTC_FANOUT_JOIN_TIME (10 * GST_SECOND)
#define RTC_FANOUT_JOIN_PACKETS 8192

typedef struct {
  gchar name[64];                  /* for logs: "video_0/VP8" */
  RtcMediaKind kind;
  guint clock_rate;                /* of the RTP time stamps, Hz; > 0 */
  guint history_packets;           /* packets kept for retransmission; 0 = none */
  GstClockTime history_age;        /* and for how long, ns; longer for peers far away */
  GstClockTime key_frame_interval; /* shortest gap between two requests to the encoder, ns */
  gboolean wait_for_key_frame;     /* a new peer gets nothing before a key frame starts */
  gboolean replay_pictures;        /* a new peer begins with the last key frame, however long ago,
                                    * and gets what followed faster than it was captured */
  RtcKeyFrameFormat format;        /* of the payload: whose picture ids are kept in order; NONE */
} RtcFanoutConfig;

typedef struct {
  guint64 packets, bytes;      /* pushed */
  guint64 key_frames;          /* key frame starts seen */
  guint64 key_frame_requests;  /* asked of the encoder */
  guint64 key_frame_merged;    /* requests of peers answered by one already on its way */
  guint n_peers;
} RtcFanoutStats;

RtcFanout *rtc_fanout_new (const RtcFanoutConfig *config);
RtcFanout *rtc_fanout_ref (RtcFanout *self);

/* (nullable) Peers hold references; the last one frees. */
void rtc_fanout_unref (RtcFanout *self);

/* Takes over one RTP packet from the payloader (no header extensions, SSRC and PT of no
 * meaning), stores it and sends it to every attached peer. packet->time is its capture time on
 * the now clock, packet->flags may hold KEY_FRAME_START. Malformed packets are dropped. */
void rtc_fanout_push (RtcFanout *self, GstClockTime now, RtcPacket *packet);

/* The same with n packets that came together. Each peer gets them all before the next peer gets
 * any: what goes one way stays together, and the peer's state in the cache. */
void rtc_fanout_push_many (RtcFanout *self, GstClockTime now, RtcPacket *const *packets, guint n);

/* A peer (or anybody) needs a key frame; joining: because it has seen none yet. */
void rtc_fanout_request_key_frame (RtcFanout *self, GstClockTime now, gboolean joining);

/* TRUE once for each time the encoder is to be asked. Call after every push, request and
 * timeout. */
gboolean rtc_fanout_poll_key_frame (RtcFanout *self, GstClockTime now);

/* When poll_key_frame() may turn TRUE by time alone; GST_CLOCK_TIME_NONE if never. */
GstClockTime rtc_fanout_next_deadline (const RtcFanout *self);

guint rtc_fanout_get_n_peers (const RtcFanout *self);
const RtcFanoutConfig *rtc_fanout_get_config (const RtcFanout *self);
void rtc_fanout_get_stats (const RtcFanout *self, RtcFanoutStats *out);

/* --- for rtc-peer only ----------------------------------------------------------------------- */

struct _RtcPeer;

/* A peer is that far away: the history is kept for longer if need be, from now on. */
void rtc_fanout_note_rtt (RtcFanout *self, GstClockTime rtt);

/* From now on every packet goes to rtc_peer_send_rtp() of peer. A peer that is waiting for a key
 * frame asks for one itself. remove() may not be called from within a push. */
void rtc_fanout_add_peer (RtcFanout *self, struct _RtcPeer *peer, guint transceiver);
void rtc_fanout_remove_peer (RtcFanout *self, struct _RtcPeer *peer, guint transceiver);

/* One of the rtc_fanout_get_n_peers() that packets go to. */
struct _RtcPeer *rtc_fanout_get_peer (const RtcFanout *self, guint index);

/* At the next key frame, before its first packet, rtc_peer_take_next() of peer is called once. */
void rtc_fanout_add_waiting (RtcFanout *self, struct _RtcPeer *peer, guint transceiver);
void rtc_fanout_remove_waiting (RtcFanout *self, struct _RtcPeer *peer, guint transceiver);

/* Owned by self. */
RtcPacketHistory *rtc_fanout_get_history (RtcFanout *self);

G_END_DECLS
