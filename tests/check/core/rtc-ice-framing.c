/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-framing.c - datagrams in a stream, cut anywhere; and what a slow reader loses. */
#include "gst/rtc/ice/rtc-ice-framing.h"

#include "gst/rtc/base/rtc-random.h"

#define MAX_MEDIA (RTC_ICE_OUTBOX_BYTES - RTC_ICE_OUTBOX_RESERVE)

/* --- what came --- */

static void
add_frame (GByteArray *stream, gsize len, guint8 fill)
{
  guint8 header[2] = { (guint8) (len >> 8), (guint8) len };

  g_byte_array_append (stream, header, 2);
  for (gsize i = 0; i < len; i++)
    g_byte_array_append (stream, &fill, 1);
}

/* Read so many bytes at once, the same comes out; and nothing is kept between datagrams. */
static void
test_cuts (void)
{
  static const gsize lengths[] = { 1, 20, 0, 0, 3, 1200, RTC_MAX_DATAGRAM, 0, 2, 500 };
  GByteArray *stream = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    add_frame (stream, lengths[i], (guint8) i);
  for (guint step = 1; step <= stream->len + 1; step++) {
    RtcIceDeframer self = { 0 };
    guint n = 0;

    for (guint at = 0; at < stream->len; at += step) {
      RtcReader input = rtc_reader (stream->data + at, MIN (step, stream->len - at));
      const guint8 *data;
      gsize len;

      while (rtc_ice_deframer_next (&self, &input, &data, &len) == RTC_OK) {
        while (lengths[n] == 0)
          n++;
        g_assert_cmpuint (len, ==, lengths[n]);
        g_assert_cmpuint (data[0], ==, n);
        g_assert_cmpuint (data[len - 1], ==, n);
        n++;
      }
      g_assert_cmpuint (rtc_reader_left (&input), ==, 0);
    }
    g_assert_cmpuint (n, ==, G_N_ELEMENTS (lengths));
    g_assert_null (self.held);
  }
  g_byte_array_unref (stream);
}

/* What other protocols begin with is too long. */
static void
test_too_long (void)
{
  static const struct {
    const gchar *bytes;
    gsize len;
  } rows[] = { { "GET / HTTP/1.1\r\n", 16 }, { "\026\003\001\002\000", 5 }, { "SSH-2.0", 7 },
    { "\010\001", 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (gsize first = 0; first <= 2; first++) {
      RtcIceDeframer self = { 0 };
      RtcReader input = rtc_reader ((const guint8 *) rows[i].bytes, first);
      const guint8 *data;
      gsize len;

      if (first < 2) {
        g_assert_cmpint (rtc_ice_deframer_next (&self, &input, &data, &len), ==, RTC_AGAIN);
        input = rtc_reader ((const guint8 *) rows[i].bytes + first, rows[i].len - first);
      }
      g_assert_cmpint (rtc_ice_deframer_next (&self, &input, &data, &len), ==, RTC_ERR_PARSE);
      rtc_ice_deframer_clear (&self);
      g_assert_null (self.held);
    }
  }
}

/* --- what goes out --- */

/* The packet of a frame, or with ssrc 0 a STUN message, of len bytes. */
static RtcResult
add (RtcIceOutbox *self, guint32 ssrc, guint32 rtp_ts, gsize len)
{
  guint8 data[RTC_MAX_DATAGRAM + 1] = { ssrc != 0 ? 0x80 : 0, ssrc != 0 ? 96 : 1 };
  RtcWriter w = rtc_writer (data + 4, 8);

  if (ssrc == 0) {
    memcpy (data + 4, "\x21\x12\xa4\x42", 4);
  } else {
    rtc_writer_u32 (&w, rtp_ts);
    rtc_writer_u32 (&w, ssrc);
  }
  return rtc_ice_outbox_add (self, data, len);
}

/* Lets n bytes go, which are added to stream. */
static void
drain (RtcIceOutbox *self, GByteArray *stream, gsize n)
{
  const guint8 *data;
  gsize len;

  while (n > 0 && (data = rtc_ice_outbox_peek (self, &len)) != NULL) {
    len = MIN (len, n);
    g_byte_array_append (stream, data, (guint) len);
    rtc_ice_outbox_take (self, len);
    n -= len;
  }
}

/* How many packets of each time stamp the stream has; its last one may be cut. */
static void
count_packets (const GByteArray *stream, guint *counts, guint n_counts)
{
  RtcIceDeframer deframer = { 0 };
  RtcReader input = rtc_reader (stream->data, stream->len);
  const guint8 *data;
  gsize len;

  memset (counts, 0, n_counts * sizeof *counts);
  while (rtc_ice_deframer_next (&deframer, &input, &data, &len) == RTC_OK) {
    RtcReader r = rtc_reader (data + 4, 4);
    guint32 rtp_ts = rtc_reader_u32 (&r);

    g_assert_cmpuint (rtp_ts, <, n_counts);
    counts[rtp_ts]++;
  }
  rtc_ice_deframer_clear (&deframer);
}

/* What goes in comes out, in any portions, and nothing stays. */
static void
test_order (void)
{
  RtcRandom *random = rtc_random_new_seeded (1);
  GByteArray *out = g_byte_array_new (), *in = g_byte_array_new ();
  RtcIceOutbox self = { 0 };

  for (guint i = 0; i < 5000; i++) {
    guint8 data[RTC_MAX_DATAGRAM], header[2];
    gsize len = rtc_random_range (random, 0, RTC_MAX_DATAGRAM + 1);

    rtc_random_fill (random, data, len);
    if (len > 0)
      data[0] = 22; /* no media: whatever has room is taken */
    header[0] = (guint8) (len >> 8);
    header[1] = (guint8) len;
    if (rtc_ice_outbox_add (&self, data, len) == RTC_OK) {
      g_byte_array_append (in, header, 2);
      g_byte_array_append (in, data, (guint) len);
    }
    drain (&self, out, rtc_random_range (random, 0, i % 1000 < 700 ? 1000 : 10000));
    g_assert_cmpuint (self.len, <=, RTC_ICE_OUTBOX_BYTES);
  }
  g_assert_cmpuint (self.dropped, >, 0);
  g_assert_cmpuint (self.packets + self.dropped, ==, 5000);
  drain (&self, out, G_MAXSIZE);
  g_assert_cmpmem (out->data, out->len, in->data, in->len);
  g_assert_null (self.ring);
  g_byte_array_unref (out);
  g_byte_array_unref (in);
  rtc_random_free (random);
}

/* A reader at a tenth of the rate gets every tenth picture or so, each whole. */
static void
test_whole_frames (void)
{
  enum { N_FRAMES = 1000, N_PACKETS = 20 };
  GByteArray *out = g_byte_array_new ();
  RtcIceOutbox self = { 0 };
  guint counts[N_FRAMES], n = 0;

  for (guint frame = 0; frame < N_FRAMES; frame++) {
    for (guint i = 0; i < N_PACKETS; i++)
      add (&self, 1, frame, 1200);
    drain (&self, out, N_PACKETS * 1202 / 10);
  }
  g_assert_cmpuint (self.len, <=, RTC_ICE_OUTBOX_NEW_FRAME + N_PACKETS * 1202);
  drain (&self, out, G_MAXSIZE);
  count_packets (out, counts, N_FRAMES);
  for (guint frame = 0; frame < N_FRAMES; frame++) {
    g_assert_true (counts[frame] == 0 || counts[frame] == N_PACKETS);
    n += counts[frame] > 0;
  }
  g_assert_cmpuint (n, >=, N_FRAMES / 10);
  g_assert_cmpuint (n, <=, N_FRAMES / 10 + 10);
  g_assert_cmpuint (self.dropped, ==, (N_FRAMES - n) * N_PACKETS);
  g_byte_array_unref (out);
}

/* Of one that is too large the beginning is sent, and none of the rest, even if there is room
 * again; the next one is whole. */
static void
test_large_frame (void)
{
  GByteArray *out = g_byte_array_new ();
  RtcIceOutbox self = { 0 };
  guint n = 0, counts[3];

  while (add (&self, 1, 1, 1200) == RTC_OK)
    n++;
  g_assert_cmpuint (n, ==, MAX_MEDIA / 1202);
  drain (&self, out, G_MAXSIZE);
  g_assert_cmpint (add (&self, 1, 1, 1200), ==, RTC_AGAIN);
  g_assert_cmpint (add (&self, 2, 1, 1200), ==, RTC_OK); /* another stream's */
  g_assert_cmpint (add (&self, 1, 2, 1200), ==, RTC_OK);
  drain (&self, out, G_MAXSIZE);
  count_packets (out, counts, 3);
  g_assert_cmpuint (counts[1], ==, n + 1);
  g_assert_cmpuint (counts[2], ==, 1);
  g_byte_array_unref (out);
}

/* Checks and handshakes have room when media has none, but not endless. */
static void
test_reserve (void)
{
  RtcIceOutbox self = { 0 };
  guint n = 0;

  while (add (&self, 1, 1, 1200) == RTC_OK)
    g_assert_cmpuint (self.len, <=, MAX_MEDIA);
  g_assert_cmpint (add (&self, 3, 1, 12), ==, RTC_AGAIN); /* no frame is begun */
  while (add (&self, 0, 0, 100) == RTC_OK)
    n++;
  g_assert_cmpuint (n, >=, RTC_ICE_OUTBOX_RESERVE / 102);
  g_assert_cmpuint (self.len, <=, RTC_ICE_OUTBOX_BYTES);
  g_assert_cmpuint (self.size, <=, RTC_ICE_OUTBOX_BYTES);
  g_assert_cmpuint (self.dropped, ==, 3);
  g_assert_cmpint (add (&self, 0, 0, RTC_MAX_DATAGRAM + 1), ==, RTC_ERR_LIMIT);
  rtc_ice_outbox_clear (&self);
  g_assert_null (self.ring);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-framing/cuts", test_cuts);
  g_test_add_func ("/ice-framing/too-long", test_too_long);
  g_test_add_func ("/ice-framing/order", test_order);
  g_test_add_func ("/ice-framing/whole-frames", test_whole_frames);
  g_test_add_func ("/ice-framing/large-frame", test_large_frame);
  g_test_add_func ("/ice-framing/reserve", test_reserve);
  return g_test_run ();
}
