/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-viewer.h"

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

void
sim_viewer_init (SimViewer *self, GstClockTime allowance)
{
  *self = (SimViewer){ .frames = g_hash_table_new (NULL, NULL),
    .completed = g_array_new (FALSE, TRUE, sizeof (GstClockTime)),
    .times = g_array_new (FALSE, TRUE, sizeof (guint32)),
    .kinds = g_array_new (FALSE, TRUE, sizeof (SimViewerKind)),
    .allowance = allowance };
}

void
sim_viewer_clear (SimViewer *self)
{
  g_hash_table_unref (self->frames);
  g_clear_pointer (&self->sound, g_hash_table_unref);
  g_array_unref (self->completed);
  g_array_unref (self->times);
  g_array_unref (self->kinds);
}

/* One picture may come in two encodings, where the viewer goes over from one to the other. */
static gpointer
frame_key (guint64 frame, guint rung)
{
  return GSIZE_TO_POINTER ((frame + 1) << 8 | rung);
}

static void
viewer_see_frame (
    SimViewer *self, GstClockTime now, GstClockTime captured, guint32 frame, SimViewerKind kind)
{
  if (self->frames_complete++ == 0) {
    self->first_frame = frame;
    self->first_is_key = kind.is_key;
  }
  self->key_frames_complete += kind.is_key;
  self->last_frame = MAX (self->last_frame, frame);
  self->last_complete = now;
  if (frame >= self->completed->len)
    g_array_set_size (self->completed, frame + 1);
  if (frame >= self->kinds->len)
    g_array_set_size (self->kinds, frame + 1);
  g_array_index (self->kinds, SimViewerKind, frame) = kind;
  g_array_index (self->completed, GstClockTime, frame) = now;
  if (kind.is_key)
    self->last_key_complete = now;
  if (now - captured <= self->allowance)
    self->frames_in_time++;
}

static void
viewer_see_time (SimViewer *self, guint32 frame, gboolean is_first, guint32 rtp_ts)
{
  if (frame >= self->times->len)
    g_array_set_size (self->times, frame + 1);
  if (is_first)
    g_array_index (self->times, guint32, frame) = rtp_ts;
  else if (g_array_index (self->times, guint32, frame) != rtp_ts)
    self->torn++;
}

void
sim_viewer_see_rtp (
    SimViewer *self, GstClockTime now, const RtcPacket *packet, const GArray *captures)
{
  RtcRtpHeader header;
  RtcReader r;
  guint32 frame;
  guint count, index;
  SimViewerKind kind;
  gsize seen;

  g_assert_cmpint (rtc_rtp_header_parse (&header, packet->data, packet->len), ==, RTC_OK);
  if (self->video_packets + self->audio_packets == 0)
    self->first_media = now;
  if (header.payload_len == 0) {
    self->empty++;
    return;
  }
  self->recovered += (packet->flags & RTC_PACKET_RECOVERED) != 0 ? 1 : 0;
  if (header.payload_len <= SIM_AUDIO_MOST_BYTES) {
    self->audio_packets++;
    if (self->sound != NULL)
      g_hash_table_insert (self->sound, GUINT_TO_POINTER (header.rtp_ts),
          g_bytes_new (packet->data + header.payload_offset, header.payload_len));
    return;
  }
  r = rtc_reader (packet->data + header.payload_offset, header.payload_len);
  rtc_reader_bytes (&r, 1);
  kind.is_key = rtc_reader_u8 (&r) == 0;
  kind.rung = (guint8) rtc_reader_u16 (&r);
  frame = rtc_reader_u32 (&r);
  index = rtc_reader_u16 (&r);
  count = rtc_reader_u16 (&r);
  self->video_packets++;
  self->repaired += (packet->flags & RTC_PACKET_RETRANSMISSION) != 0 ? 1 : 0;
  seen = GPOINTER_TO_SIZE (g_hash_table_lookup (self->frames, frame_key (frame, kind.rung)));
  if ((seen >> index & 1) != 0) {
    self->repeats++;
    return;
  }
  viewer_see_time (self, frame, seen == 0, header.rtp_ts);
  seen |= (gsize) 1 << index;
  g_hash_table_insert (self->frames, frame_key (frame, kind.rung), GSIZE_TO_POINTER (seen));
  if (seen != G_MAXSIZE >> (64 - count))
    return;
  viewer_see_frame (self, now, g_array_index (captures, GstClockTime, frame), frame, kind);
}

guint64
sim_viewer_count_complete (const SimViewer *self, guint packets, guint64 from, guint64 to)
{
  gsize all = G_MAXSIZE >> (64 - packets);
  guint64 n = 0;

  for (guint64 frame = from; frame < to; frame++) {
    gpointer seen = g_hash_table_lookup (self->frames, frame_key (frame, 0));

    n += GPOINTER_TO_SIZE (seen) == all ? 1 : 0;
  }
  return n;
}

void
sim_viewer_find_pause (
    const SimViewer *self, guint64 from, guint64 to, GstClockTime since, SimViewerPause *out)
{
  GstClockTime last = since;
  gboolean was_shown = FALSE;
  guint8 rung = 0;

  *out = (SimViewerPause){ 0 };
  for (guint64 f = from; f < MIN (to, self->completed->len); f++) {
    GstClockTime at = g_array_index (self->completed, GstClockTime, f);
    SimViewerKind kind = g_array_index (self->kinds, SimViewerKind, f);

    was_shown = at != 0 && (kind.is_key || f == from || (kind.rung == rung && was_shown));
    if (!was_shown)
      continue;
    rung = kind.rung;
    out->n_shown++;
    out->n_keys += kind.is_key;
    if (last != GST_CLOCK_TIME_NONE && at > last && at - last > out->longest) {
      out->longest = at - last;
      out->begin = last;
    }
    last = out->last = MAX (out->last, at);
  }
}
