/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rungs.c - what a viewer sees when its stream goes over from one encoding to another, and when
 * temporal layers are left out: no gap in sequence numbers, picture ids, TL0PICIDX and time, and
 * what it asks for again is what it was sent. */
#include <string.h>

#include "gst/rtc/media/rtc-send-stream.h"
#include "gst/rtc/rtp/rtc-rtx.h"
#include "tests/check/core/rtp-packets.h"

#define MS GST_MSECOND
#define TICKS_PER_MS 90
#define FRAME_MS 40
#define N_ENCODINGS 6
#define MAX_SENT 4096

/* One encoding of the picture: its own numbers, ids and time stamps. */
typedef struct {
  RtcPacketHistory *history;
  guint16 seq, id;
  guint8 tl0;
  guint32 ts_offset;
  GstClockTime delay; /* from a capture to its packets */
  guint n_frames;
  guint n_layers;    /* temporal */
  gboolean has_sync; /* upper layers say that they depend on the base only */
} Encoding;

/* A packet as the viewer got it. */
typedef struct {
  guint16 seq, id;
  guint8 tl0, temporal;
  gboolean starts, marker;
  guint32 rtp_ts;
  guint8 payload[64];
  gsize len;
} Seen;

typedef struct {
  RtcSendStream stream;
  Encoding encodings[N_ENCODINGS];
  Seen seen[MAX_SENT];
  guint n_seen;
  GstClockTime now; /* of the capture */
} World;

/* VP8 with a 15 bit PictureID, TL0PICIDX and TID (RFC 7741 4.2). */
static RtcPacket *
make_packet (const Encoding *self, GstClockTime captured, guint part, guint n_parts, guint layer,
    gboolean is_key)
{
  RtcPacket *packet =
      rtp_packet_new (self->seq, self->ts_offset + (guint32) (captured / MS * TICKS_PER_MS), 30,
          is_key && part == 0 ? RTC_PACKET_KEY_FRAME_START : 0);
  guint8 *payload = packet->data + RTC_RTP_HEADER_LEN;

  payload[0] = (guint8) (0x80 | (part == 0 ? 0x10 : 0));
  payload[1] = 0x80 | 0x40 | 0x20;
  payload[2] = (guint8) (0x80 | self->id >> 8);
  payload[3] = (guint8) self->id;
  payload[4] = self->tl0;
  payload[5] = (guint8) (layer << 6 | (layer > 0 && self->has_sync ? 0x20 : 0));
  payload[6] = is_key && part == 0 ? 0 : 1;
  if (part + 1 < n_parts)
    packet->data[1] &= 0x7f;
  packet->time = captured;
  return packet;
}

static void
look_at (World *self, const guint8 *data, gsize len)
{
  Seen *seen = &self->seen[self->n_seen++];
  RtcPictureId picture;
  RtcRtpHeader header;

  g_assert_cmpuint (self->n_seen, <, MAX_SENT);
  g_assert_cmpint (rtc_rtp_header_parse (&header, data, len), ==, RTC_OK);
  rtc_picture_id_parse (
      &picture, RTC_KEY_FRAME_FORMAT_VP8, data + header.payload_offset, header.payload_len);
  g_assert_cmpuint (picture.id_offset, !=, 0);
  *seen = (Seen){ .seq = header.seq,
    .id = picture.id,
    .tl0 = picture.tl0,
    .temporal = picture.temporal,
    .starts = (data[header.payload_offset] & 0x10) != 0,
    .marker = header.marker,
    .rtp_ts = header.rtp_ts,
    .len = header.payload_len };
  memcpy (seen->payload, data + header.payload_offset, header.payload_len);
}

static void
offer (World *self, const RtcPacketHistoryEntry *entry, GstClockTime now)
{
  RtcRewritten out;
  guint8 data[128];

  if (!rtc_send_stream_admit (&self->stream, entry))
    return;
  g_assert_cmpint (
      rtc_send_stream_build (&self->stream, now, entry, data, sizeof data, &out), ==, RTC_OK);
  look_at (self, data, out.len);
}

/* The layer of the n-th frame: 0 1 0 1 of two, 0 2 1 2 of three. */
static guint
layer_of (const Encoding *self, guint n)
{
  static const guint three[] = { 0, 2, 1, 2 };

  return self->n_layers == 1 ? 0 : self->n_layers == 2 ? n % 2 : three[n % 4];
}

/* One frame of one encoding; sent: the viewer's source is this one. */
static void
encode (World *self, guint e, gboolean is_key, gboolean sent)
{
  Encoding *encoding = &self->encodings[e];
  guint n_parts = 1 + encoding->n_frames % 3;
  guint layer;

  if (is_key)
    encoding->n_frames = 0;
  layer = layer_of (encoding, encoding->n_frames);
  encoding->id = (encoding->id + 1) & 0x7fff;
  encoding->tl0 = (guint8) (encoding->tl0 + (layer == 0 ? 1 : 0));
  for (guint part = 0; part < n_parts; part++) {
    const RtcPacketHistoryEntry *entry =
        rtc_packet_history_push (encoding->history, self->now + encoding->delay,
            make_packet (encoding, self->now, part, n_parts, layer, is_key));

    encoding->seq++;
    if (sent)
      offer (self, entry, self->now + encoding->delay);
  }
  encoding->n_frames++;
}

static void
world_init (World *self, guint n_layers, gboolean has_sync)
{
  RtcSendStreamConfig config = { .kind = RTC_MEDIA_VIDEO,
    .rewrite = { .ssrc = 0xaaaa,
        .payload_type = 96,
        .rtx_ssrc = 0xbbbb,
        .rtx_payload_type = 97,
        .clock_rate = 90000,
        .first_seq = 0x7ff0,
        .first_rtp_ts = 0xfffff000 } };

  memset (self, 0, sizeof *self);
  rtc_send_stream_init (&self->stream, &config);
  self->now = GST_SECOND;
  for (guint e = 0; e < N_ENCODINGS; e++) {
    Encoding *encoding = &self->encodings[e];

    encoding->history = rtc_packet_history_new (512, 10 * GST_SECOND);
    rtc_packet_history_set_format (encoding->history, RTC_KEY_FRAME_FORMAT_VP8);
    encoding->seq = (guint16) (65000 + 777 * e);
    encoding->id = (guint16) ((32700 + 5000 * e) & 0x7fff);
    encoding->tl0 = (guint8) (250 + 37 * e);
    encoding->ts_offset = 0x10000000u * (e + 1);
    encoding->delay = (e + 1) * 7 * MS;
    encoding->n_layers = n_layers;
    encoding->has_sync = has_sync;
  }
}

static void
world_clear (World *self)
{
  rtc_send_stream_clear (&self->stream);
  for (guint e = 0; e < N_ENCODINGS; e++)
    rtc_packet_history_free (self->encodings[e].history);
}

/* Numbers, ids and TL0PICIDX are those of one encoder that does nothing but count. */
static void
check_order (const World *self, guint from)
{
  for (guint i = MAX (1, from); i < self->n_seen; i++) {
    const Seen *before = &self->seen[i - 1], *seen = &self->seen[i];
    gboolean is_next = seen->starts;

    g_assert_cmpuint (seen->seq, ==, (guint16) (before->seq + 1));
    g_assert_cmpuint (seen->id, ==, (before->id + (is_next ? 1 : 0)) & 0x7fff);
    g_assert_cmpuint (
        seen->tl0, ==, (guint8) (before->tl0 + (is_next && seen->temporal == 0 ? 1 : 0)));
    if (is_next)
      g_assert_cmpint ((gint32) (seen->rtp_ts - before->rtp_ts), >, 0);
    else
      g_assert_cmpuint (seen->rtp_ts, ==, before->rtp_ts);
  }
}

/* Asks for each packet of the last n once more, in any order: it comes as it was. */
static void
check_resent (World *self, guint n)
{
  for (guint i = 0; i < n && i < self->n_seen; i++) {
    /* 7 has no factor in common with the counts used. */
    const Seen *seen = &self->seen[self->n_seen - 1 - (i * 7) % n];
    RtcNackResend resend = { .seq = seen->seq };
    RtcRtpHeader header;
    RtcRewritten out;
    guint8 data[128];

    resend.entry = rtc_send_stream_find_sent (&self->stream, self->now, seen->seq);
    g_assert_nonnull (resend.entry);
    g_assert_cmpint (
        rtc_send_stream_build_rtx (&self->stream, self->now, &resend, data, sizeof data, &out), ==,
        RTC_OK);
    g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
    g_assert_cmpuint (GST_READ_UINT16_BE (data + header.payload_offset), ==, seen->seq);
    g_assert_cmpuint (header.rtp_ts, ==, seen->rtp_ts);
    g_assert_cmpmem (data + header.payload_offset + RTC_RTX_OSN_LEN,
        header.payload_len - RTC_RTX_OSN_LEN, seen->payload, seen->len);
  }
}

static void
step (World *self)
{
  self->now += FRAME_MS * MS;
}

/* Through all encodings and back, and again: more changes than are remembered. */
static void
test_changes (void)
{
  static const guint path[] = { 0, 1, 2, 1, 0, 3, 4, 5, 0, 2 };
  World *self = g_new (World, 1);
  GstClockTime first_capture = 0;
  guint from = 0;

  world_init (self, 1, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (path); i++) {
    from = self->n_seen;
    rtc_send_stream_set_source (&self->stream, self->encodings[path[i]].history, TRUE);
    for (guint frame = 0; frame < 9; frame++) {
      /* All encoders run; those who did not are at their key frame with the others. */
      for (guint e = 0; e < N_ENCODINGS; e++)
        encode (self, e, frame == 1 && e == path[i], e == path[i]);
      if (first_capture == 0 && self->n_seen > 0)
        first_capture = self->now;
      step (self);
    }
    g_assert_cmpuint (self->n_seen, >, from);
    /* What came before its key frame was not for the viewer. */
    g_assert_cmpuint (self->seen[from].payload[6], ==, 0);
  }
  check_order (self, 0);
  /* Time is that of the captures, whatever the encoders' delays: the last frame's to the tick. */
  g_assert_cmpuint (self->seen[self->n_seen - 1].rtp_ts - self->seen[0].rtp_ts, ==,
      (guint32) ((self->now - FRAME_MS * MS - first_capture) / MS * TICKS_PER_MS));
  g_assert_cmpuint (self->stream.counters.sources_changed, ==, G_N_ELEMENTS (path) - 1);
  check_resent (self, self->n_seen - from + 2);
  world_clear (self);
  g_free (self);
}

/* A frame that was captured before the last one sent comes a tick later; that is taken back. */
static void
test_late_encoder (void)
{
  World *self = g_new (World, 1);
  guint32 ts;

  world_init (self, 1, FALSE);
  rtc_send_stream_set_source (&self->stream, self->encodings[0].history, TRUE);
  encode (self, 0, TRUE, TRUE);
  step (self);
  encode (self, 0, FALSE, TRUE);
  ts = self->seen[self->n_seen - 1].rtp_ts;
  rtc_send_stream_set_source (&self->stream, self->encodings[1].history, TRUE);
  encode (self, 1, TRUE, TRUE); /* the same picture */
  g_assert_cmpuint (self->seen[self->n_seen - 1].rtp_ts, ==, ts + 1);
  step (self);
  rtc_send_stream_set_source (&self->stream, self->encodings[0].history, TRUE);
  encode (self, 0, TRUE, TRUE);
  g_assert_cmpuint (self->seen[self->n_seen - 1].rtp_ts, ==, ts + FRAME_MS * TICKS_PER_MS);
  check_order (self, 0);
  world_clear (self);
  g_free (self);
}

/* Layers go and come back; has_sync says whether without a key frame. */
static void
check_thinning (guint n_layers, gboolean has_sync)
{
  World *self = g_new (World, 1);
  guint n_before;

  world_init (self, n_layers, has_sync);
  rtc_send_stream_set_source (&self->stream, self->encodings[0].history, TRUE);
  for (guint frame = 0; frame < 120; frame++) {
    if (frame == 21)
      rtc_send_stream_set_temporal (&self->stream, 0);
    if (frame == 61)
      rtc_send_stream_set_temporal (&self->stream, RTC_SEND_STREAM_ALL_LAYERS);
    n_before = self->n_seen;
    encode (self, 0, frame == 0 || frame == 100, TRUE);
    if (frame >= 21 && frame < 61 && self->n_seen > n_before)
      g_assert_cmpuint (self->seen[self->n_seen - 1].temporal, ==, 0);
    /* A sync picture for each layer comes within four frames. */
    if ((has_sync && frame >= 66) || frame >= 100)
      g_assert_cmpuint (self->n_seen, >, n_before);
    if (!has_sync && frame >= 61 && frame < 100 && self->n_seen > n_before)
      g_assert_cmpuint (self->seen[self->n_seen - 1].temporal, ==, 0);
    step (self);
  }
  g_assert_cmpuint (self->stream.counters.packets_thinned, >, 20);
  check_order (self, 0);
  check_resent (self, self->n_seen);
  world_clear (self);
  g_free (self);
}

static void
test_thinning (void)
{
  check_thinning (2, TRUE);
  check_thinning (2, FALSE);
  check_thinning (3, TRUE);
  check_thinning (3, FALSE);
}

/* Packets wait between being admitted and being built: what was left out between them closes up
 * when they leave, and nothing of it is left when the source changes before. */
static void
test_waiting (void)
{
  World *self = g_new (World, 1);
  Encoding *a;
  guint64 waiting[64];
  guint n_waiting = 0, n_before;

  world_init (self, 2, TRUE);
  a = &self->encodings[0];
  rtc_send_stream_set_source (&self->stream, a->history, TRUE);
  rtc_send_stream_set_temporal (&self->stream, 0);
  encode (self, 0, TRUE, TRUE);
  for (guint frame = 0; frame < 20; frame++) {
    guint64 number = rtc_packet_history_get_newest (a->history) + 1;

    step (self);
    encode (self, 0, FALSE, FALSE);
    for (; number <= rtc_packet_history_get_newest (a->history); number++) {
      if (rtc_send_stream_admit (
              &self->stream, rtc_packet_history_find (a->history, self->now, number)))
        waiting[n_waiting++] = number;
    }
  }
  n_before = n_waiting / 2;
  for (guint i = 0; i < n_before; i++) {
    RtcRewritten out;
    guint8 data[128];

    g_assert_cmpint (
        rtc_send_stream_build (&self->stream, self->now,
            rtc_packet_history_find (a->history, self->now, waiting[i]), data, sizeof data, &out),
        ==, RTC_OK);
    look_at (self, data, out.len);
  }
  check_order (self, 0);
  /* The rest never leaves. */
  rtc_send_stream_set_source (&self->stream, self->encodings[1].history, TRUE);
  for (guint frame = 0; frame < 10; frame++) {
    step (self);
    encode (self, 1, frame == 0, TRUE);
  }
  check_resent (self, self->n_seen - 1);
  world_clear (self);
  g_free (self);
}

/* More is left out than is remembered: the oldest cannot be asked for any more, the others can. */
static void
test_forgetting (void)
{
  World *self = g_new (World, 1);
  guint32 source;
  guint64 number;

  world_init (self, 2, TRUE);
  rtc_send_stream_set_source (&self->stream, self->encodings[0].history, TRUE);
  rtc_send_stream_set_temporal (&self->stream, 0);
  for (guint frame = 0; frame < 2 * (RTC_THINNING_HOLES + 20); frame++) {
    encode (self, 0, frame == 0, TRUE);
    step (self);
  }
  check_order (self, 0);
  g_assert_false (
      rtc_rewrite_find_source (&self->stream.rewrite, self->seen[3].seq, &source, &number));
  check_resent (self, 100);
  world_clear (self);
  g_free (self);
}

/* Nothing of a source that is left comes any more, not even its key frames; going back to it or
 * over to another one waits for a key frame. */
static void
test_leaving (void)
{
  World *self = g_new (World, 1);
  guint n;

  world_init (self, 1, FALSE);
  rtc_send_stream_set_source (&self->stream, self->encodings[0].history, TRUE);
  encode (self, 0, TRUE, TRUE);
  n = self->n_seen;
  rtc_send_stream_leave (&self->stream, 0);
  step (self);
  encode (self, 0, TRUE, TRUE);
  g_assert_cmpuint (self->n_seen, ==, n);
  rtc_send_stream_stay (&self->stream);
  step (self);
  encode (self, 0, FALSE, TRUE);
  g_assert_cmpuint (self->n_seen, ==, n);
  encode (self, 0, TRUE, TRUE);
  g_assert_cmpuint (self->n_seen, >, n);
  rtc_send_stream_leave (&self->stream, 0);
  rtc_send_stream_set_source (&self->stream, self->encodings[1].history, TRUE);
  step (self);
  n = self->n_seen;
  encode (self, 1, FALSE, TRUE);
  g_assert_cmpuint (self->n_seen, ==, n);
  encode (self, 1, TRUE, TRUE);
  g_assert_cmpuint (self->n_seen, >, n);
  check_order (self, 0);
  world_clear (self);
  g_free (self);
}

/* What the payload descriptors say (RFC 7741 4.2, RFC 9628 4.2). */
static void
test_descriptors (void)
{
  static const struct {
    RtcKeyFrameFormat format;
    guint8 payload[8];
    gsize len;
    RtcPictureId picture;
  } rows[] = {
    { RTC_KEY_FRAME_FORMAT_VP8, { 0x10, 0x00 }, 2, { 0 } },
    { RTC_KEY_FRAME_FORMAT_VP8, { 0x90, 0x80, 0x85, 0x06, 0 }, 5, { 0x0506, 2, 1, 0, 0, 0, 0, 0 } },
    { RTC_KEY_FRAME_FORMAT_VP8, { 0x90, 0x80, 0x45, 0 }, 4, { 0x45, 2, 0, 0, 0, 0, 0, 0 } },
    { RTC_KEY_FRAME_FORMAT_VP8, { 0x90, 0xe0, 0x85, 0x06, 0x77, 0x60 }, 6,
        { 0x0506, 2, 1, 0x77, 4, 1, 1, 0 } },
    /* K without T: TID and Y are to be ignored. */
    { RTC_KEY_FRAME_FORMAT_VP8, { 0x90, 0x90, 0x05, 0xe3 }, 4, { 5, 2, 0, 0, 0, 0, 0, 0 } },
    { RTC_KEY_FRAME_FORMAT_VP8, { 0x90, 0xe0, 0x85, 0x06, 0x77 }, 5, { 0 } }, /* cut off */
    { RTC_KEY_FRAME_FORMAT_VP9, { 0xa8, 0x85, 0x06, 0x50, 0x77 }, 5,
        { 0x0506, 1, 1, 0x77, 4, 2, 0, 1 } },
    { RTC_KEY_FRAME_FORMAT_VP9, { 0xb8, 0x85, 0x06, 0x20 }, 4, { 0x0506, 1, 1, 0, 0, 1, 0, 0 } },
    { RTC_KEY_FRAME_FORMAT_VP9, { 0x08 }, 1, { 0 } },
    { RTC_KEY_FRAME_FORMAT_H264, { 0xa8, 0x85, 0x06, 0x50, 0x77 }, 5, { 0 } },
    { RTC_KEY_FRAME_FORMAT_VP8, { 0 }, 0, { 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcPictureId picture, again;
    guint8 payload[8];

    rtc_picture_id_parse (&picture, rows[i].format, rows[i].payload, rows[i].len);
    g_assert_cmpmem (&picture, sizeof picture, &rows[i].picture, sizeof picture);
    memcpy (payload, rows[i].payload, sizeof payload);
    rtc_picture_id_patch (&picture, payload, 0x7fff, 0x33);
    rtc_picture_id_parse (&again, rows[i].format, payload, rows[i].len);
    if (picture.id_offset != 0)
      g_assert_cmpuint (again.id, ==, picture.is_long ? 0x7fff : 0x7f);
    if (picture.tl0_offset != 0)
      g_assert_cmpuint (again.tl0, ==, 0x33);
    rtc_picture_id_patch (&picture, payload, picture.id, picture.tl0);
    g_assert_cmpmem (payload, sizeof payload, rows[i].payload, sizeof payload);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/rtc-rungs/descriptors", test_descriptors);
  g_test_add_func ("/rtc-rungs/changes", test_changes);
  g_test_add_func ("/rtc-rungs/late-encoder", test_late_encoder);
  g_test_add_func ("/rtc-rungs/leaving", test_leaving);
  g_test_add_func ("/rtc-rungs/thinning", test_thinning);
  g_test_add_func ("/rtc-rungs/waiting", test_waiting);
  g_test_add_func ("/rtc-rungs/forgetting", test_forgetting);
  return g_test_run ();
}
