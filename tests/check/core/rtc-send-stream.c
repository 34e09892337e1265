/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-send-stream.h"

#include "gst/rtc/rtp/rtc-rtx.h"
#include "tests/check/core/rtp-packets.h"

#define MS GST_MSECOND
#define SSRC 0xaaaa
#define RTX_SSRC 0xbbbb

static RtcSendStreamConfig
make_config (void)
{
  return (RtcSendStreamConfig){ .kind = RTC_MEDIA_VIDEO,
    .rewrite = { .ssrc = SSRC,
        .payload_type = 96,
        .rtx_ssrc = RTX_SSRC,
        .rtx_payload_type = 97,
        .clock_rate = 90000,
        .first_seq = 100,
        .first_rtp_ts = 1000 } };
}

/* One packet of history, whose payload begins with tag, through the stream. */
static void
send_packet (RtcSendStream *stream, RtcPacketHistory *history, GstClockTime now, guint32 rtp_ts,
    guint8 tag, RtcRewritten *out)
{
  const RtcPacketHistoryEntry *entry =
      rtc_packet_history_push (history, now, rtp_packet_new (tag, rtp_ts, 20, 0));
  guint8 data[128];

  g_assert_cmpint (rtc_send_stream_build (stream, now, entry, data, sizeof data, out), ==, RTC_OK);
}

/* First byte of the payload that a NACK of seq brings back, -1 when nothing does. */
static gint
resent_tag (RtcSendStream *stream, GstClockTime now, guint16 seq)
{
  RtcNackResend resend;
  RtcRewritten out;
  RtcRtpHeader header;
  gboolean is_stuck;
  guint8 data[128];

  if (rtc_send_stream_handle_nack (stream, now, &seq, 1, &resend, 1, &is_stuck) == 0)
    return -1;
  g_assert_cmpint (
      rtc_send_stream_build_rtx (stream, now, &resend, data, sizeof data, &out), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
  g_assert_cmpuint (header.ssrc, ==, RTX_SSRC);
  return data[header.payload_offset + RTC_RTX_OSN_LEN];
}

/* A ladder that changes its mind faster than key frames come: sources of which nothing was sent
 * leave no trace, and NACKs still get what was sent. */
static void
test_idle_sources (void)
{
  RtcPacketHistory *histories[8];
  RtcSendStreamConfig config = make_config ();
  RtcSendStream stream;
  RtcRewritten out;

  for (guint i = 0; i < G_N_ELEMENTS (histories); i++)
    histories[i] = rtc_packet_history_new (16, GST_SECOND);
  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, histories[0], FALSE);
  send_packet (&stream, histories[0], 0, 5, 10, &out);
  g_assert_cmpuint (out.seq, ==, 100);
  for (guint i = 1; i < G_N_ELEMENTS (histories); i++) {
    /* The same number in each history, another payload. */
    rtc_packet_history_push (histories[i], 0, rtp_packet_new ((guint16) (10 + i), 5, 20, 0));
    rtc_send_stream_set_source (&stream, histories[i], i % 2 == 0);
    if (i == 3)
      rtc_send_stream_set_source (&stream, NULL, FALSE);
  }
  g_assert_cmpint (resent_tag (&stream, MS, 100), ==, 10);
  send_packet (&stream, histories[7], 20 * MS, 7, 27, &out);
  g_assert_cmpuint (out.seq, ==, 101);
  g_assert_cmpint (resent_tag (&stream, 21 * MS, 101), ==, 27);
  g_assert_cmpint (resent_tag (&stream, GST_SECOND - MS, 100), ==, 10);
  rtc_send_stream_clear (&stream);
  for (guint i = 0; i < G_N_ELEMENTS (histories); i++)
    rtc_packet_history_free (histories[i]);
}

/* Holes that the peer is not to see: what is older than a key frame that waits, and what comes
 * behind it; the key frame itself is sent and can be sent again. */
static void
test_holes (void)
{
  static const guint sent[] = { 1, 4, 5, 9, 10 }; /* 2 and 3 are left out, then 6 to 8 */
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  const RtcPacketHistoryEntry *entry;
  RtcSendStreamConfig config = make_config ();
  RtcSendStream stream;
  RtcRewritten out;
  guint8 data[128];

  for (guint i = 1; i <= 10; i++)
    rtc_packet_history_push (history, 0,
        rtp_packet_new (
            (guint16) i, 90 * i, 20, i == 4 || i == 9 ? RTC_PACKET_KEY_FRAME_START : 0));
  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, history, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++) {
    if (sent[i] == 4) {
      rtc_send_stream_hide (&stream, 2);
      rtc_send_stream_skip_from (&stream, 6);
      entry = rtc_packet_history_find (history, 0, 7);
      g_assert_false (rtc_send_stream_admit (&stream, entry));
      entry = rtc_packet_history_find (history, 0, 9);
      g_assert_true (rtc_send_stream_admit (&stream, entry));
    }
    entry = rtc_packet_history_find (history, 0, sent[i]);
    g_assert_cmpint (
        rtc_send_stream_build (&stream, MS, entry, data, sizeof data, &out), ==, RTC_OK);
    g_assert_cmpuint (out.seq, ==, 100 + i);
  }
  g_assert_cmpuint (stream.counters.packets_dropped, ==, 2 + 1 + 1);
  g_assert_cmpint (resent_tag (&stream, 2 * MS, 100), ==, -1); /* of no use any more */
  g_assert_cmpint (resent_tag (&stream, 2 * MS, 101), ==, 4);
  g_assert_cmpint (resent_tag (&stream, 2 * MS, 103), ==, 9);
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (history);
}

/* A packet that does not fit begins no segment. */
static void
test_too_long (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  const RtcPacketHistoryEntry *entry;
  RtcSendStream stream;
  RtcRewritten out;
  guint8 data[40];

  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, history, FALSE);
  entry = rtc_packet_history_push (history, 0, rtp_packet_new (1, 5, 100, 0));
  g_assert_cmpint (
      rtc_send_stream_build (&stream, 0, entry, data, sizeof data, &out), ==, RTC_ERR_LIMIT);
  g_assert_cmpuint (stream.counters.packets_dropped, ==, 1);
  send_packet (&stream, history, MS, 905, 2, &out);
  g_assert_cmpuint (out.seq, ==, 100);
  g_assert_cmpuint (out.rtp_ts, ==, 1000);
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (history);
}

/* The same source after a pause keeps its time stamps whenever its packets happen to arrive;
 * another one's go on with the time that passed. */
static void
test_clocks (void)
{
  RtcPacketHistory *a = rtc_packet_history_new (16, GST_SECOND);
  RtcPacketHistory *b = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  RtcSendStream stream;
  RtcRewritten out;

  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, a, FALSE);
  send_packet (&stream, a, 0, 0, 1, &out);
  g_assert_cmpuint (out.rtp_ts, ==, 1000);
  rtc_send_stream_set_source (&stream, NULL, FALSE);
  rtc_send_stream_set_source (&stream, a, FALSE);
  /* Captured 100 ms later, 7 ms late on its way. */
  send_packet (&stream, a, 107 * MS, 9000, 2, &out);
  g_assert_cmpuint (out.seq, ==, 101);
  g_assert_cmpuint (out.rtp_ts, ==, 1000 + 9000);
  /* There and back before b had a packet: nothing has changed. */
  rtc_send_stream_set_source (&stream, b, FALSE);
  rtc_send_stream_set_source (&stream, a, FALSE);
  send_packet (&stream, a, 120 * MS, 10800, 3, &out);
  g_assert_cmpuint (out.rtp_ts, ==, 1000 + 10800);
  rtc_send_stream_set_source (&stream, b, FALSE);
  send_packet (&stream, b, 130 * MS, 77, 4, &out);
  g_assert_cmpuint (out.rtp_ts, ==, 1000 + 10800 + 900);
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (a);
  rtc_packet_history_free (b);
}

/* A renegotiation brings RTX and a codec with another clock. */
static void
test_update (void)
{
  RtcPacketHistory *a = rtc_packet_history_new (16, GST_SECOND);
  RtcPacketHistory *b = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  RtcSenderInfo info;
  RtcSendStream stream;
  RtcRewritten out;

  config.rewrite.rtx_ssrc = config.rewrite.rtx_payload_type = 0;
  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, a, FALSE);
  send_packet (&stream, a, 0, 0, 1, &out);
  g_assert_cmpint (resent_tag (&stream, MS, 100), ==, -1);
  g_assert_cmpuint (stream.nack.stats.without_rtx, ==, 1);

  config = make_config ();
  config.rewrite.clock_rate = 8000;
  rtc_send_stream_update (&stream, &config);
  g_assert_cmpint (resent_tag (&stream, MS, 100), ==, 1);
  /* What the old clock's last time stamp means in the new one nobody can say. */
  g_assert_false (rtc_send_stats_get_sender_info (&stream.stats, MS, 0, &info));
  rtc_send_stream_set_source (&stream, b, FALSE);
  send_packet (&stream, b, 100 * MS, 4000, 2, &out);
  g_assert_cmpuint (out.rtp_ts, ==, 1000 + 800);
  g_assert_true (rtc_send_stats_get_sender_info (&stream.stats, 110 * MS, 0, &info));
  g_assert_cmpuint (info.rtp_ts, ==, 1000 + 880);
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (a);
  rtc_packet_history_free (b);
}

#define PLAYOUT_ID 6
#define CAPTURE_ID 7

/* What the packet of one more picture says. */
static RtcRtpExtensionValues
send_and_read (
    RtcSendStream *stream, RtcPacketHistory *history, GstClockTime now, RtcRewritten *out)
{
  RtcPacket *packet =
      rtp_packet_new (1, (guint32) gst_util_uint64_scale (now, 90000, GST_SECOND), 20, 0);
  const RtcPacketHistoryEntry *entry;
  RtcRtpExtensionValues values;
  RtcRtpHeader header;
  guint8 data[128];

  packet->time = now;
  entry = rtc_packet_history_push (history, now, packet);
  g_assert_cmpint (rtc_send_stream_build (stream, now, entry, data, sizeof data, out), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, data, out->len), ==, RTC_OK);
  g_assert_true (
      rtc_rtp_extension_read (&stream->config.rewrite.extensions, &header, data, &values));
  return values;
}

static gboolean
says_delay (const RtcRtpExtensionValues *values)
{
  return rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_PLAYOUT_DELAY);
}

static void
report_seen (RtcSendStream *stream, guint16 seq)
{
  RtcReportBlock block = { .ssrc = SSRC, .highest_seq = seq };

  g_assert_cmpint (rtc_send_stream_handle_report_block (stream, 0, &block), ==, RTC_OK);
}

/* The delay goes into every packet until the receiver has one of them, and into none after it. */
static void
test_playout_delay (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  RtcRtpExtensionValues values;
  RtcSendStream stream;
  RtcRewritten out;

  config.has_playout_delay = TRUE;
  config.playout_min = 10;
  config.playout_max = 0xfff;
  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, history, FALSE);
  values = send_and_read (&stream, history, 0, &out);
  g_assert_false (says_delay (&values)); /* not agreed */
  report_seen (&stream, out.seq);
  /* Agreed by a later negotiation: what was seen before has not said it. */
  rtc_rtp_extension_map_set (
      &config.rewrite.extensions, RTC_RTP_EXTENSION_PLAYOUT_DELAY, PLAYOUT_ID);
  rtc_send_stream_update (&stream, &config);
  report_seen (&stream, out.seq);
  for (guint i = 1; i < 5; i++) {
    values = send_and_read (&stream, history, i * 40 * MS, &out);
    g_assert_true (says_delay (&values));
    g_assert_cmpuint (values.playout_min, ==, 10);
    g_assert_cmpuint (values.playout_max, ==, 0xfff);
  }
  g_assert_cmpuint (out.seq, ==, 104);
  /* Also in what is sent again. */
  {
    guint16 lost = 103;
    RtcNackResend resend;
    gboolean is_stuck;
    RtcRtpHeader header;
    guint8 data[128];

    g_assert_cmpuint (
        rtc_send_stream_handle_nack (&stream, 200 * MS, &lost, 1, &resend, 1, &is_stuck), ==, 1);
    rtc_send_stream_build_rtx (&stream, 200 * MS, &resend, data, sizeof data, &out);
    g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
    rtc_rtp_extension_read (&config.rewrite.extensions, &header, data, &values);
    g_assert_true (says_delay (&values));
  }
  /* Nonsense: numbers that were never sent. */
  report_seen (&stream, 200);
  values = send_and_read (&stream, history, 200 * MS, &out);
  g_assert_true (says_delay (&values));
  report_seen (&stream, 101);
  values = send_and_read (&stream, history, 240 * MS, &out);
  g_assert_false (says_delay (&values));
  rtc_send_stream_update (&stream, &config); /* the same agreed again */
  values = send_and_read (&stream, history, 280 * MS, &out);
  g_assert_false (says_delay (&values));
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (history);
}

/* A receiver that is reported of each second, with n more packets and n_lost of them lost. */
typedef struct {
  RtcSendStream stream;
  GstClockTime now;
  guint32 seq, lost;
  guint64 path_packets;
} Reported;

static void
report_second (Reported *self, guint n, guint n_lost, guint path_packets)
{
  RtcReportBlock block = { .ssrc = SSRC };

  self->now += GST_SECOND;
  block.highest_seq = self->seq += n;
  block.total_lost = (gint32) (self->lost += n_lost);
  self->path_packets += path_packets;
  g_assert_cmpint (rtc_send_stream_handle_report_block (&self->stream, 0, &block), ==, RTC_OK);
  rtc_send_stream_update_repair (&self->stream, self->now, FALSE, self->path_packets, 0);
}

/* Feedback that tells of the path is gone by while it does; when it has been silent for
 * RTC_REPAIR_WAIT_SILENT, though packets are received, the reports are, and the other way round. */
static void
test_wait_counts (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  Reported r = { .seq = 100 };
  RtcRewritten out;

  rtc_rtp_extension_map_set (
      &config.rewrite.extensions, RTC_RTP_EXTENSION_PLAYOUT_DELAY, PLAYOUT_ID);
  rtc_send_stream_init (&r.stream, &config);
  rtc_send_stream_set_source (&r.stream, history, FALSE);
  send_and_read (&r.stream, history, 0, &out);
  rtc_send_stats_handle_rtt (&r.stream.stats, 50 * MS);
  for (guint i = 0; i < 60; i++)
    report_second (&r, 200, 40, 100);
  g_assert_cmpuint (r.stream.wait.wait, ==, 0);
  g_assert_true (r.stream.is_of_path);
  /* Nothing to count, nothing received: nothing is known that the feedback does not say. */
  for (guint i = 0; i < 60; i++)
    report_second (&r, 1, 0, 0);
  g_assert_true (r.stream.is_of_path);
  report_second (&r, 1, 0, 100);
  for (GstClockTime i = 1; i < RTC_REPAIR_WAIT_SILENT / GST_SECOND; i++)
    report_second (&r, 200, 40, 0);
  g_assert_true (r.stream.is_of_path);
  g_assert_cmpuint (r.stream.wait.wait, ==, 0);
  for (guint i = 0; i < 3; i++) /* one to begin with, and two samples of loss */
    report_second (&r, 200, 40, 0);
  g_assert_false (r.stream.is_of_path);
  g_assert_cmpuint (r.stream.wait.wait, >, 0);
  report_second (&r, 200, 40, 100);
  g_assert_true (r.stream.is_of_path);
  for (guint i = 0; i < 15; i++)
    report_second (&r, 200, 40, 100);
  g_assert_cmpuint (r.stream.wait.wait, ==, 0);
  rtc_send_stream_clear (&r.stream);
  rtc_packet_history_free (history);
}

/* Once a second, and at once when a change of source makes another clock of it. */
static void
test_capture_time (void)
{
  RtcPacketHistory *a = rtc_packet_history_new (16, GST_SECOND);
  RtcPacketHistory *b = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  RtcRtpExtensionValues values;
  RtcSendStream stream;
  RtcRewritten out;

  config.ntp64_at_zero = G_GUINT64_CONSTANT (0xe5e1234500000000);
  rtc_rtp_extension_map_set (
      &config.rewrite.extensions, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME, CAPTURE_ID);
  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, a, FALSE);
  for (guint i = 0; i < 60; i++) {
    values = send_and_read (&stream, a, i * 40 * MS, &out);
    g_assert_cmpint (rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME), ==,
        i % 25 == 0);
    if (i % 25 == 0) {
      g_assert_cmpuint (values.abs_capture_ntp64, ==,
          config.ntp64_at_zero + rtc_time_duration_to_ntp64 (i * 40 * MS));
      g_assert_false (values.has_capture_offset);
    }
  }
  rtc_send_stream_set_source (&stream, b, FALSE);
  values = send_and_read (&stream, b, 2400 * MS, &out);
  g_assert_true (rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME));
  /* When it was captured is not known: nothing is said. */
  send_packet (&stream, b, 5000 * MS, 450000, 2, &out);
  g_assert_cmpuint (out.len, ==, RTC_RTP_HEADER_LEN + 20);
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (a);
  rtc_packet_history_free (b);
}

static gboolean
says_mid (const RtcRtpExtensionValues *values)
{
  return rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_MID)
         && g_str_equal (values->mid, "v");
}

/* What padding, the first packets of the RTX SSRC, says. */
static RtcRtpExtensionValues
pad_and_read (RtcSendStream *stream, GstClockTime now)
{
  RtcRtpExtensionValues values = { 0 };
  RtcRtpHeader header;
  RtcRewritten out;
  guint8 data[512];

  g_assert_cmpint (
      rtc_send_stream_build_padding (stream, now, 100, data, sizeof data, &out), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
  g_assert_cmpuint (header.ssrc, ==, RTX_SSRC);
  rtc_rtp_extension_read (&stream->config.rewrite.extensions, &header, data, &values);
  return values;
}

/* MID leaves the media when a report shows that its SSRC is known, and is in repair for ever: the
 * first retransmission may come late, and who has bound one SSRC by MID (Firefox) takes no other
 * without. */
static void
test_mid (void)
{
  const RtcReportBlock of_repair = { .ssrc = RTX_SSRC, .highest_seq = 1 };
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  RtcSendStreamConfig config = make_config ();
  RtcRtpExtensionMap *map = &config.rewrite.extensions;
  RtcRtpExtensionValues values;
  RtcSendStream stream;
  RtcRewritten out;

  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_MID, 3);
  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_TWCC, 4);
  g_strlcpy (config.mid, "v", sizeof config.mid);
  rtc_send_stream_init (&stream, &config);
  rtc_send_stream_set_source (&stream, history, FALSE);
  values = send_and_read (&stream, history, 0, &out);
  g_assert_true (says_mid (&values));
  report_seen (&stream, out.seq);
  values = send_and_read (&stream, history, 10 * MS, &out);
  g_assert_false (says_mid (&values));
  for (guint i = 0; i < 2; i++) {
    values = pad_and_read (&stream, 20 * MS);
    g_assert_true (says_mid (&values));
    rtc_send_stream_handle_report_block (&stream, 0, &of_repair);
  }
  rtc_send_stream_clear (&stream);
  rtc_packet_history_free (history);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/rtc-send-stream/idle-sources", test_idle_sources);
  g_test_add_func ("/rtc-send-stream/holes", test_holes);
  g_test_add_func ("/rtc-send-stream/too-long", test_too_long);
  g_test_add_func ("/rtc-send-stream/clocks", test_clocks);
  g_test_add_func ("/rtc-send-stream/update", test_update);
  g_test_add_func ("/rtc-send-stream/playout-delay", test_playout_delay);
  g_test_add_func ("/rtc-send-stream/wait-counts", test_wait_counts);
  g_test_add_func ("/rtc-send-stream/capture-time", test_capture_time);
  g_test_add_func ("/rtc-send-stream/mid", test_mid);
  return g_test_run ();
}
