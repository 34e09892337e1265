/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-packet-history.h - the packets of one sent stream, kept once for all peers.
 *
 * A ring bounded by packets and by age. Entries are numbered in the order of pushes, without a gap
 * whatever the payloader's sequence numbers do; a peer's view (rtc-rewrite.h) maps its own
 * sequence numbers onto these. Network thread only; nothing is allocated after new(). */
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
