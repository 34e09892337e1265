/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-packet-history.h - the packets of one sent stream, kept once for all peers.
 *
 * A ring bounded by packets and by age; on request the current group of pictures is kept for as
 * long as it lasts (rtc_packet_history_keep_pictures()), for viewers that join. Entries are
 * numbered in the order of pushes, without a gap whatever the payloader's sequence numbers do; a
 * peer's view (rtc-rewrite.h) maps its own sequence numbers onto these. Network thread only;
 * nothing is allocated after new(). */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/rtp/rtc-picture-id.h"

G_BEGIN_DECLS

typedef struct _RtcPacketHistory RtcPacketHistory;

/* RtcPacketHistoryEntry: one packet, parsed once. Valid until the next push or expire, which may
 * put another packet into its place. */
typedef struct {
  RtcPacket *packet;     /* a plain RTP packet; the history's reference. NULL: no entry */
  guint64 ext_seq;       /* number in this history, from 1 on */
  GstClockTime time;     /* when it was pushed, ns */
  guint32 rtp_ts;        /* the source's */
  guint16 payload_offset;
  guint16 payload_len;   /* without padding */
  gboolean marker;
  gboolean is_key_frame; /* starts one */
  RtcPictureId picture;  /* of the payload, when the format is known */
} RtcPacketHistoryEntry;

typedef struct {
  guint64 packets_pushed;
  guint64 packets_malformed; /* refused by push */
  guint n_packets;           /* held now */
  gsize n_bytes;             /* held now, RTP bytes */
  guint64 groups_given_up;   /* groups of pictures that were longer than may be kept */
} RtcPacketHistoryStats;

/* Room for max_packets (rounded up to a power of two, 2..32768), each for max_age at most. */
RtcPacketHistory *rtc_packet_history_new (guint max_packets, GstClockTime max_age);

/* (nullable) */
void rtc_packet_history_free (RtcPacketHistory *self);

/* Of what is pushed from now on, so that entries have their picture; NONE at first. */
void rtc_packet_history_set_format (RtcPacketHistory *self, RtcKeyFrameFormat format);

/* Stores a packet (transfer full), parsing its header. is_key_frame comes from
 * RTC_PACKET_KEY_FRAME_START. Returns its entry, or NULL when it is no RTP packet or longer than
 * RTC_MAX_DATAGRAM: it has been dropped and counted, go on with the next. */
const RtcPacketHistoryEntry *rtc_packet_history_push (RtcPacketHistory *self, GstClockTime now,
    RtcPacket *packet);

/* Another age from now on. */
void rtc_packet_history_set_max_age (RtcPacketHistory *self, GstClockTime max_age);

/* From now on what follows a key frame is kept up to the next one, whatever its age, as long as it
 * is max_bytes of RTP and max_time at most and the ring has room; what is longer is given up as a
 * whole, counted, and comes of age as all else. max_bytes 0: no longer. */
void rtc_packet_history_keep_pictures (RtcPacketHistory *self, gsize max_bytes,
    GstClockTime max_time);

/* Bytes of RTP since the start of the key frame that get_key_frame() tells of. */
gsize rtc_packet_history_get_group_bytes (const RtcPacketHistory *self);

/* The entry of a number, NULL when it was never stored, has been overwritten or is over age. */
const RtcPacketHistoryEntry *rtc_packet_history_find (const RtcPacketHistory *self,
    GstClockTime now, guint64 ext_seq);

/* Where the latest key frame that is still whole in the ring starts, so that a new peer may begin
 * there; 0 when there is none. */
guint64 rtc_packet_history_get_key_frame (const RtcPacketHistory *self, GstClockTime now);

/* Number of the newest entry, 0 before the first. */
guint64 rtc_packet_history_get_newest (const RtcPacketHistory *self);

/* Lets go of what is over age; push does it too, so this is for streams that pause. */
void rtc_packet_history_expire (RtcPacketHistory *self, GstClockTime now);

/* When the oldest entry comes of age, GST_CLOCK_TIME_NONE when empty. */
GstClockTime rtc_packet_history_next_deadline (const RtcPacketHistory *self);

/* Bytes of RTP pushed in the last second. */
guint64 rtc_packet_history_get_recent_bytes (RtcPacketHistory *self, GstClockTime now);

void rtc_packet_history_get_stats (const RtcPacketHistory *self, RtcPacketHistoryStats *out);

G_END_DECLS
