/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-packet-history.h"

#include "gst/rtc/base/rtc-rate-meter.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define MIN_PACKETS 2
#define MAX_PACKETS 32768

struct _RtcPacketHistory {
  RtcPacketHistoryEntry *entries; /* mask + 1 of them; slot = ext_seq & mask */
  guint64 mask;
  GstClockTime max_age;
  RtcKeyFrameFormat format;
  guint64 oldest;       /* number of the oldest held; newest + 1 when empty */
  guint64 newest;       /* number of the last pushed; 0 before the first */
  guint64 key_frame;    /* number of the last key frame's first packet; 0 none */
  guint32 key_frame_ts; /* and its time stamp */
  GstClockTime key_frame_time;
  gsize group_bytes, group_max_bytes; /* since then; 0: groups are not kept */
  GstClockTime group_max_time;
  gboolean is_group_kept;
  RtcRateMeter rate;
  RtcPacketHistoryStats stats;
};

RtcPacketHistory *
rtc_packet_history_new (guint max_packets, GstClockTime max_age)
{
  RtcPacketHistory *self = g_new0 (RtcPacketHistory, 1);
  guint size = MIN_PACKETS;

  while (size < max_packets && size < MAX_PACKETS)
    size *= 2;
  self->entries = g_new0 (RtcPacketHistoryEntry, size);
  self->mask = size - 1;
  self->max_age = max_age;
  self->oldest = 1;
  return self;
}

static void
drop_oldest (RtcPacketHistory *self)
{
  RtcPacketHistoryEntry *entry = &self->entries[self->oldest & self->mask];

  self->stats.n_packets--;
  self->stats.n_bytes -= entry->packet->len;
  rtc_packet_unref (entry->packet);
  entry->packet = NULL;
  self->oldest++;
}

void
rtc_packet_history_free (RtcPacketHistory *self)
{
  if (self == NULL)
    return;
  while (self->oldest <= self->newest)
    drop_oldest (self);
  g_free (self->entries);
  g_free (self);
}

static gboolean
is_over_age (const RtcPacketHistory *self, const RtcPacketHistoryEntry *entry, GstClockTime now)
{
  if (self->is_group_kept && entry->ext_seq >= self->key_frame)
    return FALSE;
  return rtc_time_elapsed (entry->time, now) >= self->max_age;
}

void
rtc_packet_history_expire (RtcPacketHistory *self, GstClockTime now)
{
  while (self->oldest <= self->newest
         && is_over_age (self, &self->entries[self->oldest & self->mask], now))
    drop_oldest (self);
}

/* A key frame's parameter sets and its slices may all be marked as its start; the first one of a
 * picture is where decoding can begin. */
static gboolean
begins_group (const RtcPacketHistory *self, const RtcPacket *packet, guint32 rtp_ts)
{
  return (packet->flags & RTC_PACKET_KEY_FRAME_START) != 0
         && (self->key_frame == 0 || self->key_frame_ts != rtp_ts);
}

static void
begin_group (RtcPacketHistory *self, const RtcPacketHistoryEntry *entry)
{
  self->key_frame = entry->ext_seq;
  self->key_frame_ts = entry->rtp_ts;
  self->key_frame_time = entry->time;
  self->group_bytes = entry->packet->len;
  self->is_group_kept = self->group_max_bytes > 0;
}

/* The group that a packet of len bytes goes on with, if it becomes too long. */
static void
check_group (RtcPacketHistory *self, GstClockTime now, gsize len)
{
  gboolean is_full = self->newest + 1 - self->key_frame > self->mask;

  self->group_bytes += len;
  if (!self->is_group_kept
      || (!is_full && self->group_bytes <= self->group_max_bytes
          && rtc_time_elapsed (self->key_frame_time, now) <= self->group_max_time))
    return;
  self->is_group_kept = FALSE;
  self->stats.groups_given_up++;
}

const RtcPacketHistoryEntry *
rtc_packet_history_push (RtcPacketHistory *self, GstClockTime now, RtcPacket *packet)
{
  RtcPacketHistoryEntry *entry;
  gboolean is_key_frame;
  RtcRtpHeader header;

  if (packet->len > RTC_MAX_DATAGRAM
      || rtc_rtp_header_parse (&header, packet->data, packet->len) != RTC_OK) {
    self->stats.packets_malformed++;
    rtc_packet_unref (packet);
    return NULL;
  }
  is_key_frame = begins_group (self, packet, header.rtp_ts);
  if (!is_key_frame)
    check_group (self, now, packet->len);
  rtc_packet_history_expire (self, now);
  if (self->newest + 1 - self->oldest > self->mask)
    drop_oldest (self);

  self->newest++;
  entry = &self->entries[self->newest & self->mask];
  entry->packet = packet;
  entry->ext_seq = self->newest;
  entry->time = now;
  entry->rtp_ts = header.rtp_ts;
  entry->payload_offset = (guint16) header.payload_offset;
  entry->payload_len = (guint16) header.payload_len;
  entry->marker = header.marker;
  entry->is_key_frame = is_key_frame;
  if (is_key_frame)
    begin_group (self, entry);
  rtc_picture_id_parse (
      &entry->picture, self->format, packet->data + header.payload_offset, header.payload_len);
  rtc_rate_meter_add (&self->rate, now, packet->len);
  self->stats.packets_pushed++;
  self->stats.n_packets++;
  self->stats.n_bytes += packet->len;
  return entry;
}

void
rtc_packet_history_set_format (RtcPacketHistory *self, RtcKeyFrameFormat format)
{
  self->format = format;
}

void
rtc_packet_history_set_max_age (RtcPacketHistory *self, GstClockTime max_age)
{
  self->max_age = max_age;
}

void
rtc_packet_history_keep_pictures (RtcPacketHistory *self, gsize max_bytes, GstClockTime max_time)
{
  self->group_max_bytes = max_bytes;
  self->group_max_time = max_time;
  self->is_group_kept &= max_bytes > 0;
}

gsize
rtc_packet_history_get_group_bytes (const RtcPacketHistory *self)
{
  return self->group_bytes;
}

const RtcPacketHistoryEntry *
rtc_packet_history_find (const RtcPacketHistory *self, GstClockTime now, guint64 ext_seq)
{
  const RtcPacketHistoryEntry *entry = &self->entries[ext_seq & self->mask];

  if (ext_seq < self->oldest || ext_seq > self->newest || is_over_age (self, entry, now))
    return NULL;
  return entry;
}

guint64
rtc_packet_history_get_key_frame (const RtcPacketHistory *self, GstClockTime now)
{
  return rtc_packet_history_find (self, now, self->key_frame) != NULL ? self->key_frame : 0;
}

guint64
rtc_packet_history_get_newest (const RtcPacketHistory *self)
{
  return self->newest;
}

GstClockTime
rtc_packet_history_next_deadline (const RtcPacketHistory *self)
{
  if (self->oldest > self->newest || self->max_age == GST_CLOCK_TIME_NONE
      || (self->is_group_kept && self->oldest >= self->key_frame))
    return GST_CLOCK_TIME_NONE;
  return self->entries[self->oldest & self->mask].time + self->max_age;
}

guint64
rtc_packet_history_get_recent_bytes (RtcPacketHistory *self, GstClockTime now)
{
  rtc_rate_meter_advance (&self->rate, now);
  return self->rate.sum;
}

void
rtc_packet_history_get_stats (const RtcPacketHistory *self, RtcPacketHistoryStats *out)
{
  *out = self->stats;
}
