/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-receive-stream.c - repeated packets, pictures, key frames and losses of one received SSRC. */
#include "gst/rtc/media/rtc-receive-stream.h"

#include "gst/rtc/base/rtc-time.h"

#define MS GST_MSECOND
#define SSRC 0x1234

typedef struct {
  RtcReceiveStream *stream;
  RtcCodec codec;
} Rig;

static void
rig_init (Rig *self, gboolean is_repair, GstClockTime max_age)
{
  RtcReceiveStreamConfig config = {
    .ssrc = SSRC, .is_repair = is_repair, .has_rtx = TRUE, .max_age = max_age
  };

  rtc_codec_init (&self->codec, is_repair ? RTC_CODEC_RTX : RTC_CODEC_VP8, 96);
  self->codec.rtcp_fb = RTC_RTCP_FB_VIDEO_DEFAULT;
  config.codec = self->codec;
  self->stream = rtc_receive_stream_new (&config);
}

/* A VP8 packet; is_start: the first of its picture. */
static RtcResult
take (Rig *self, GstClockTime now, guint16 seq, guint32 ts, gboolean is_start, gboolean is_key,
    gboolean is_repair)
{
  guint8 data[RTC_RTP_HEADER_LEN + 20] = { 0 };
  RtcRtpHeader header = { .payload_type = 96,
    .seq = seq,
    .rtp_ts = ts,
    .ssrc = SSRC,
    .marker = !is_start,
    .payload_offset = RTC_RTP_HEADER_LEN,
    .payload_len = 20 };

  data[RTC_RTP_HEADER_LEN] = is_start ? 0x10 : 0;
  data[RTC_RTP_HEADER_LEN + 1] = is_key ? 0 : 1;
  if (is_repair)
    return rtc_receive_stream_handle_repair (self->stream, now, &header, data, &self->codec);
  return rtc_receive_stream_handle_packet (self->stream, now, &header, data, &self->codec);
}

static void
test_repeated (void)
{
  Rig rig;

  rig_init (&rig, FALSE, 0);
  g_assert_cmpint (take (&rig, 0, 65534, 1, TRUE, TRUE, FALSE), ==, RTC_OK);
  g_assert_cmpint (take (&rig, 0, 1, 3, TRUE, FALSE, FALSE), ==, RTC_OK);
  g_assert_cmpint (take (&rig, 0, 65535, 1, FALSE, FALSE, TRUE), ==, RTC_OK);
  g_assert_cmpint (take (&rig, 0, 65535, 1, FALSE, FALSE, FALSE), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (take (&rig, 0, 65535, 1, FALSE, FALSE, TRUE), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (take (&rig, 0, 1, 3, TRUE, FALSE, TRUE), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (take (&rig, 0, 0, 2, FALSE, FALSE, FALSE), ==, RTC_OK);
  g_assert_cmpuint (rig.stream->repeated, ==, 3);
  g_assert_cmpuint (rig.stream->retransmitted, ==, 1);
  g_assert_cmpuint (rig.stream->stats.packets, ==, 4);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (rig.stream->nack), ==, 0);
  rtc_receive_stream_free (rig.stream);
}

/* Made again from parities: as if it had come, but no answer to the NACK, and what is made again
 * needlessly is no repetition. */
static void
test_recovered (void)
{
  guint8 data[RTC_RTP_HEADER_LEN + 20] = { 0 };
  RtcRtpHeader header = {
    .seq = 11, .rtp_ts = 1, .ssrc = SSRC, .payload_offset = RTC_RTP_HEADER_LEN, .payload_len = 20
  };
  guint16 seq;
  Rig rig;

  rig_init (&rig, FALSE, 0);
  take (&rig, 0, 10, 1, TRUE, TRUE, FALSE);
  take (&rig, 0, 13, 1, FALSE, FALSE, FALSE);
  g_assert_cmpuint (rtc_nack_generator_poll (rig.stream->nack, 20 * MS, &seq, 1), ==, 1);
  g_assert_cmpuint (seq, ==, 11);
  g_assert_cmpint (
      rtc_receive_stream_handle_recovered (rig.stream, 25 * MS, &header, data, &rig.codec), ==,
      RTC_OK);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (rig.stream->nack), ==, 1);
  g_assert_cmpuint (rtc_nack_generator_steal_rtt (rig.stream->nack), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (
      rtc_receive_stream_handle_recovered (rig.stream, 25 * MS, &header, data, &rig.codec), ==,
      RTC_ERR_REPLAY);
  header.seq = 13;
  g_assert_cmpint (
      rtc_receive_stream_handle_recovered (rig.stream, 25 * MS, &header, data, &rig.codec), ==,
      RTC_ERR_REPLAY);
  g_assert_cmpuint (rig.stream->repeated, ==, 0);
  g_assert_cmpuint (rig.stream->recovered, ==, 1);
  g_assert_cmpuint (rig.stream->recovered_octets, ==, 20);
  g_assert_cmpuint (rig.stream->retransmitted, ==, 0);
  /* The answer to the NACK is. */
  g_assert_cmpint (take (&rig, 120 * MS, 11, 1, FALSE, FALSE, TRUE), ==, RTC_ERR_REPLAY);
  g_assert_cmpuint (rig.stream->repeated, ==, 1);
  rtc_receive_stream_free (rig.stream);
}

/* 300 000 packets, each of them twice, half of them behind their successor: each passes once. */
static void
test_long_window (void)
{
  guint passed = 0;
  Rig rig;

  rig_init (&rig, FALSE, 0);
  for (guint i = 0; i < 300000; i += 2) {
    passed += take (&rig, i * MS, (guint16) (i + 1), i, FALSE, FALSE, FALSE) == RTC_OK;
    passed += take (&rig, i * MS, (guint16) i, i, FALSE, FALSE, FALSE) == RTC_OK;
    passed += take (&rig, i * MS, (guint16) i, i, FALSE, FALSE, TRUE) == RTC_OK;
    passed += take (&rig, i * MS, (guint16) (i + 1), i, FALSE, FALSE, TRUE) == RTC_OK;
  }
  g_assert_cmpuint (passed, ==, 300000);
  g_assert_cmpuint (rig.stream->repeated, ==, 300000);
  /* Too old to be told from a repeated one. */
  g_assert_cmpint (take (&rig, 0, (guint16) (299999 - RTC_SEQ_WINDOW), 1, FALSE, FALSE, TRUE), ==,
      RTC_ERR_LIMIT);
  g_assert_cmpuint (rig.stream->discarded, ==, 1);
  rtc_receive_stream_free (rig.stream);
}

static void
test_pictures (void)
{
  Rig rig;

  rig_init (&rig, FALSE, 0);
  take (&rig, 0, 10, 1000, TRUE, TRUE, FALSE);
  take (&rig, 0, 11, 1000, FALSE, TRUE, FALSE);
  take (&rig, 0, 13, 4000, FALSE, FALSE, FALSE);
  take (&rig, 0, 12, 4000, TRUE, FALSE, TRUE);
  take (&rig, 0, 14, 7000, TRUE, TRUE, FALSE);
  g_assert_cmpuint (rig.stream->frames, ==, 2);
  g_assert_cmpuint (rig.stream->key_frames, ==, 2);
  rtc_receive_stream_free (rig.stream);
}

/* What cannot be repaired becomes the wish for a key frame, and a key frame ends it. */
static void
test_loss (void)
{
  GstClockTime now;
  guint16 seq;
  Rig rig;

  rig_init (&rig, FALSE, 200 * MS);
  take (&rig, 0, 10, 1000, TRUE, TRUE, FALSE);
  take (&rig, 0, 12, 1000, FALSE, FALSE, FALSE);
  g_assert_cmpuint (rtc_receive_stream_next_deadline (rig.stream), ==, 10 * MS);
  for (now = 0; now < 190 * MS; now += MS) {
    rtc_nack_generator_poll (rig.stream->nack, now, &seq, 1);
    rtc_receive_stream_handle_losses (rig.stream, now);
    g_assert_false (rig.stream->key_frame.is_waiting);
  }
  rtc_nack_generator_poll (rig.stream->nack, 200 * MS, &seq, 1);
  rtc_receive_stream_handle_losses (rig.stream, 200 * MS);
  g_assert_true (rig.stream->key_frame.is_waiting);
  g_assert_cmpuint (rtc_receive_stream_next_deadline (rig.stream), ==, 200 * MS);
  take (&rig, 210 * MS, 13, 4000, TRUE, FALSE, FALSE);
  g_assert_true (rig.stream->key_frame.is_waiting);
  take (&rig, 210 * MS, 14, 7000, TRUE, TRUE, FALSE);
  g_assert_false (rig.stream->key_frame.is_waiting);
  /* A hole that is not worth a list. */
  take (&rig, 220 * MS, 2000, 9000, TRUE, FALSE, FALSE);
  g_assert_true (rig.stream->key_frame.is_waiting);
  rtc_receive_stream_free (rig.stream);
}

/* More is lost at once than can be repaired in time: a key frame is asked for instead; later, and
 * answers are expected later, while what comes has waited in a queue. */
static void
test_costly_loss (void)
{
  GstClockTime now = 0, late;
  guint16 seqs[64], seq = 10;
  Rig rig;

  rig_init (&rig, FALSE, 400 * MS);
  for (; seq < 110; seq++, now += 10 * MS)
    take (&rig, now, seq, seq * 900u, TRUE, seq == 10, FALSE);
  g_assert_cmpuint (rtc_receive_stream_get_response_time (rig.stream, 50 * MS), ==, 50 * MS);
  g_assert_cmpuint (rtc_receive_stream_get_response_time (rig.stream, GST_CLOCK_TIME_NONE), ==,
      GST_CLOCK_TIME_NONE);
  /* That may be jitter; that is a queue; at most half of what packets are of use for. */
  now += 99 * MS;
  take (&rig, now, seq, seq * 900u, TRUE, FALSE, FALSE);
  g_assert_cmpuint (rtc_receive_stream_get_response_time (rig.stream, 50 * MS), ==, 50 * MS);
  take (&rig, now + 61 * MS, (guint16) (seq + 2), (seq + 2) * 900u, TRUE, FALSE, FALSE);
  g_assert_cmpuint (rtc_receive_stream_get_response_time (rig.stream, 50 * MS), ==, 190 * MS);
  take (&rig, now + 200 * MS, (guint16) (seq + 3), (seq + 3) * 900u, TRUE, FALSE, FALSE);
  g_assert_cmpuint (rtc_receive_stream_get_response_time (rig.stream, 50 * MS), ==, 250 * MS);

  now += 210 * MS;
  g_assert_cmpuint (rtc_nack_generator_poll (rig.stream->nack, now, seqs, 64), ==, 1);
  rtc_receive_stream_handle_losses (rig.stream, now);
  g_assert_false (rig.stream->key_frame.is_waiting);
  seq += 40;
  take (&rig, now + 10 * MS, seq, (seq - 37) * 900u, TRUE, FALSE, FALSE);
  late = rtc_receive_stream_get_response_time (rig.stream, 0);
  now += 20 * MS;
  g_assert_cmpuint (rtc_nack_generator_poll (rig.stream->nack, now, seqs, 64), ==, 0);
  rtc_receive_stream_handle_losses (rig.stream, now);
  g_assert_true (rig.stream->key_frame.is_waiting);
  g_assert_cmpuint (rig.stream->key_frame.next, ==, now + late);
  rtc_receive_stream_free (rig.stream);

  /* Who is patient believes nothing of that, and asks. */
  rig_init (&rig, FALSE, 1500 * MS);
  take (&rig, 0, 10, 900, TRUE, TRUE, FALSE);
  take (&rig, 500 * MS, 11, 1800, TRUE, FALSE, FALSE);
  g_assert_cmpuint (rtc_receive_stream_get_response_time (rig.stream, 50 * MS), ==, 50 * MS);
  rtc_receive_stream_free (rig.stream);
}

/* After an outage the wish for a key frame that was repeated ever more seldom is a fresh one. */
static void
test_outage (void)
{
  GstClockTime now = 0;
  Rig rig;

  rig_init (&rig, FALSE, 200 * MS);
  take (&rig, 0, 10, 1000, TRUE, TRUE, FALSE);
  rtc_receive_stream_want_key_frame (rig.stream, 0);
  while (now < 10 * GST_SECOND) {
    now = rtc_key_frame_wait_next_deadline (&rig.stream->key_frame);
    g_assert_true (rtc_key_frame_wait_poll (&rig.stream->key_frame, now, 50 * MS));
  }
  g_assert_cmpuint (rig.stream->key_frame.next, ==, now + 5 * GST_SECOND);
  take (&rig, now + GST_SECOND, 200, 9000, TRUE, FALSE, FALSE);
  g_assert_cmpuint (rig.stream->key_frame.next, ==, now + GST_SECOND);
  g_assert_true (rtc_key_frame_wait_poll (&rig.stream->key_frame, now + GST_SECOND, 50 * MS));
  /* Packets that follow each other hurry nothing. */
  take (&rig, now + GST_SECOND + 40 * MS, 201, 12600, TRUE, FALSE, FALSE);
  g_assert_cmpuint (rig.stream->key_frame.next, ==, now + GST_SECOND + 200 * MS);
  rtc_receive_stream_free (rig.stream);
}

static void
test_repair_stream (void)
{
  Rig rig;

  rig_init (&rig, TRUE, 0);
  take (&rig, 0, 10, 1000, FALSE, FALSE, FALSE);
  take (&rig, 0, 20, 1000, FALSE, FALSE, FALSE);
  g_assert_null (rig.stream->nack);
  g_assert_cmpuint (rtc_receive_stream_next_deadline (rig.stream), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (rtc_receive_stream_request (rig.stream, 0, 15), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (rtc_receive_stats_get_lost (&rig.stream->stats), ==, 9);
  rtc_receive_stream_free (rig.stream);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-receive-stream/recovered", test_recovered);
  g_test_add_func ("/receive-stream/repeated", test_repeated);
  g_test_add_func ("/receive-stream/long-window", test_long_window);
  g_test_add_func ("/receive-stream/pictures", test_pictures);
  g_test_add_func ("/receive-stream/loss", test_loss);
  g_test_add_func ("/receive-stream/costly-loss", test_costly_loss);
  g_test_add_func ("/receive-stream/outage", test_outage);
  g_test_add_func ("/receive-stream/repair-stream", test_repair_stream);
  return g_test_run ();
}
