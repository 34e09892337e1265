/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-encoding.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

RtcFanout *
sim_encoding_new_fanout (
    RtcMediaKind kind, GstClockTime key_frame_interval, gboolean replay_pictures)
{
  RtcFanoutConfig config = { .kind = kind,
    .clock_rate = kind == RTC_MEDIA_VIDEO ? 90000 : 48000,
    .history_packets = 2048,
    .history_age = 5 * GST_SECOND,
    .key_frame_interval = key_frame_interval,
    .wait_for_key_frame = kind == RTC_MEDIA_VIDEO,
    .replay_pictures = replay_pictures };

  g_strlcpy (config.name, kind == RTC_MEDIA_VIDEO ? "video" : "audio", sizeof config.name);
  return rtc_fanout_new (&config);
}

RtcPacket *
sim_encoding_new_packet (
    guint8 pt, guint16 seq, guint32 rtp_ts, gboolean marker, gsize payload_bytes)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_RTP_HEADER_LEN + payload_bytes);
  RtcRtpHeader header = {
    .payload_type = pt, .marker = marker, .seq = seq, .rtp_ts = rtp_ts, .ssrc = 1
  };
  RtcWriter w = rtc_writer (packet->data, RTC_RTP_HEADER_LEN + payload_bytes);

  rtc_rtp_header_write (&header, &w);
  memset (packet->data + w.pos, 0, payload_bytes);
  packet->len = RTC_RTP_HEADER_LEN + payload_bytes;
  return packet;
}

void
sim_encoding_init (SimEncoding *self, guint rung, guint16 first_seq, gsize payload_bytes,
    GstClockTime key_frame_interval, gboolean replay_pictures)
{
  *self = (SimEncoding){ .fanout = sim_encoding_new_fanout (
                             RTC_MEDIA_VIDEO, key_frame_interval, replay_pictures),
    .rung = rung,
    .seq = first_seq,
    .ts_offset = 1000000 * rung,
    .payload_bytes = payload_bytes };
}

void
sim_encoding_clear (SimEncoding *self)
{
  g_clear_pointer (&self->fanout, rtc_fanout_unref);
}

gboolean
sim_encoding_is_key_next (const SimEncoding *self)
{
  if (self->group > 0)
    return self->made % self->group == 0;
  if (self->n_loop > 0 && self->loop_at == 0)
    return TRUE;
  return self->made == 0 || self->wants_key;
}

static guint
encoding_count (SimEncoding *self, gboolean is_key)
{
  gdouble n;

  if (self->n_loop > 0) {
    guint at = is_key ? 0 : self->loop_at;

    self->loop_at = (at + 1) % self->n_loop;
    return self->loop[at];
  }
  self->credit = MIN (self->credit + self->packets, 1 + self->packets);
  self->last = is_key && self->made == 0 ? self->key_packets : self->wake * self->last;
  if (is_key) {
    self->credit = 0;
    return CLAMP (self->key_packets, 1, 64);
  }
  n = MAX (self->credit, 1);
  self->credit = MAX (self->credit - (guint) n, 0);
  return (guint) CLAMP (MAX (n, self->last), 1, 64);
}

gboolean
sim_encoding_capture (SimEncoding *self, GstClockTime now, guint64 frame, guint32 ts, guint packets)
{
  gboolean is_key = sim_encoding_is_key_next (self);
  guint n;

  if (self->from == GST_CLOCK_TIME_NONE || now < self->from)
    return FALSE;
  n = packets > 0 ? packets : encoding_count (self, is_key);
  for (guint i = 0; i < n; i++) {
    RtcPacket *packet = sim_encoding_new_packet (
        96, self->seq++, ts + self->ts_offset, i == n - 1, self->payload_bytes);
    RtcWriter w = rtc_writer (packet->data + RTC_RTP_HEADER_LEN, self->payload_bytes);

    rtc_writer_u8 (&w, i == 0 ? 0x10 : 0x00); /* RFC 7741 4.2: S bit, partition 0 */
    rtc_writer_u8 (&w, is_key ? 0x00 : 0x01); /* RFC 7741 4.3: P bit clear on key frames */
    rtc_writer_u16 (&w, self->rung);
    rtc_writer_u32 (&w, (guint32) frame);
    rtc_writer_u16 (&w, i);
    rtc_writer_u16 (&w, n);
    packet->time = now;
    if (is_key && i == 0)
      packet->flags |= RTC_PACKET_KEY_FRAME_START;
    rtc_fanout_push (self->fanout, now, packet);
  }
  self->wants_key = FALSE;
  self->made++;
  return is_key;
}

void
sim_encoding_poll (SimEncoding *self, GstClockTime now)
{
  if (rtc_fanout_poll_key_frame (self->fanout, now))
    self->wants_key = TRUE;
}
