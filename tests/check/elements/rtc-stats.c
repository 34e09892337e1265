/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-stats.c - a receiving peer's snapshot as the structures of webrtc-stats. */
#include "gst/webrtc/gstrtcstats.h"

#include <gst/webrtc/webrtc.h>
#include "gst/rtc/base/rtc-time.h"

static void
fill (RtcPeerStats *stats)
{
  RtcInboundStats in = { .transceiver = 1,
    .kind = RTC_MEDIA_VIDEO,
    .mid = "1",
    .ssrc = 77,
    .cname = "caf\xe9\n",
    .packets_received = 1000,
    .bytes_received = 2000,
    .header_bytes_received = 3000,
    .packets_lost = -4,
    .retransmitted_packets_received = 5,
    .fec_packets_received = 22,
    .fec_bytes_received = 23,
    .fec_packets_discarded = 24,
    .packets_recovered = 25,
    .packets_duplicated = 6,
    .packets_discarded = 7,
    .last_packet = 1500 * GST_MSECOND,
    .jitter = 8 * GST_MSECOND,
    .frames_received = 9,
    .key_frames_received = 10,
    .nack_count = 11,
    .pli_count = 12,
    .fir_count = 13,
    .nack_needless = 14,
    .has_remote = TRUE,
    .remote_packets_sent = 1001,
    .remote_bytes_sent = 2001,
    .remote_ntp64 = rtc_time_unix_to_ntp64 (1700000000 * GST_SECOND + GST_SECOND / 2),
    .reports_sent = 15 };

  rtc_codec_init (&in.codec, RTC_CODEC_VP8, 96);
  *stats = (RtcPeerStats){ .now = 2 * GST_SECOND,
    .has_rtt = TRUE,
    .rtt = 50 * GST_MSECOND,
    .dlrr_measurements = 2,
    .dlrr_rtt = 40 * GST_MSECOND,
    .dlrr_total = 90 * GST_MSECOND,
    .twcc_sent = 16,
    .remb_sent = 17,
    .remb_bps = 1800000,
    .early_held = 19,
    .early_dropped = 20,
    .ssrc_collisions = 21,
    .ice = { .has_pair = TRUE, .consent_requests_sent = 22, .consent_responses_received = 23 } };
  stats->outbound = g_array_new (FALSE, FALSE, sizeof (RtcOutboundStats));
  stats->inbound = g_array_new (FALSE, FALSE, sizeof (RtcInboundStats));
  g_array_append_val (stats->inbound, in);
}

/* (transfer full) */
static GstStructure *
get_object (const GstStructure *report, const gchar *id)
{
  GstStructure *object = NULL;

  g_assert_true (gst_structure_get (report, id, GST_TYPE_STRUCTURE, &object, NULL));
  g_assert_cmpstr (gst_structure_get_string (object, "id"), ==, id);
  return object;
}

static guint64
get_u64 (const GstStructure *object, const gchar *name)
{
  guint64 value = 0;

  if (!gst_structure_get_uint64 (object, name, &value))
    g_error ("no %s", name);
  return value;
}

static gdouble
get_double (const GstStructure *object, const gchar *name)
{
  gdouble value = 0;

  if (!gst_structure_get_double (object, name, &value))
    g_error ("no %s", name);
  return value;
}

static void
test_inbound (void)
{
  RtcPeerStats stats;
  GstStructure *report, *in;
  gint64 lost;

  fill (&stats);
  report = gst_rtc_stats_to_structure (&stats);
  in = get_object (report, "inbound-rtp-77");
  g_assert_cmpuint (get_u64 (in, "packets-received"), ==, 1000);
  g_assert_cmpuint (get_u64 (in, "bytes-received"), ==, 2000);
  g_assert_cmpuint (get_u64 (in, "header-bytes-received"), ==, 3000);
  g_assert_true (gst_structure_get_int64 (in, "packets-lost", &lost));
  g_assert_cmpint (lost, ==, -4);
  g_assert_cmpuint (get_u64 (in, "retransmitted-packets-received"), ==, 5);
  g_assert_cmpuint (get_u64 (in, "fec-packets-received"), ==, 22);
  g_assert_cmpuint (get_u64 (in, "fec-bytes-received"), ==, 23);
  g_assert_cmpuint (get_u64 (in, "fec-packets-discarded"), ==, 24);
  g_assert_cmpuint (get_u64 (in, "packets-recovered"), ==, 25);
  g_assert_cmpuint (get_u64 (in, "packets-duplicated"), ==, 6);
  g_assert_cmpuint (get_u64 (in, "packets-discarded"), ==, 7);
  g_assert_cmpfloat (get_double (in, "last-packet-received-timestamp"), ==, 1500);
  g_assert_cmpfloat (get_double (in, "jitter"), ==, 0.008);
  g_assert_cmpuint (get_u64 (in, "frames-received"), ==, 9);
  g_assert_cmpuint (get_u64 (in, "key-frames-received"), ==, 10);
  g_assert_cmpuint (get_u64 (in, "nack-count"), ==, 11);
  g_assert_cmpuint (get_u64 (in, "pli-count"), ==, 12);
  g_assert_cmpuint (get_u64 (in, "fir-count"), ==, 13);
  g_assert_cmpuint (get_u64 (in, "nack-needless"), ==, 14);
  g_assert_cmpstr (gst_structure_get_string (in, "codec-id"), ==, "codec-96");
  g_assert_cmpstr (gst_structure_get_string (in, "remote-id"), ==, "remote-outbound-rtp-77");
  /* The peer's text, made safe. */
  g_assert_cmpstr (gst_structure_get_string (in, "cname"), ==, "caf\?\?");
  gst_structure_free (in);
  in = get_object (report, "codec-96");
  g_assert_cmpstr (gst_structure_get_string (in, "mime-type"), ==, "video/VP8");
  gst_structure_free (in);
  gst_structure_free (report);
  rtc_peer_stats_clear (&stats);
}

static void
test_remote_outbound (void)
{
  RtcPeerStats stats;
  GstStructure *report, *remote;

  fill (&stats);
  report = gst_rtc_stats_to_structure (&stats);
  remote = get_object (report, "remote-outbound-rtp-77");
  g_assert_cmpuint (get_u64 (remote, "packets-sent"), ==, 1001);
  g_assert_cmpuint (get_u64 (remote, "bytes-sent"), ==, 2001);
  g_assert_cmpuint (get_u64 (remote, "reports-sent"), ==, 15);
  g_assert_cmpfloat (get_double (remote, "remote-timestamp"), ==, 1700000000500.0);
  g_assert_cmpuint (get_u64 (remote, "round-trip-time-measurements"), ==, 2);
  g_assert_cmpfloat (get_double (remote, "round-trip-time"), ==, 0.04);
  g_assert_cmpfloat (get_double (remote, "total-round-trip-time"), ==, 0.09);
  g_assert_cmpstr (gst_structure_get_string (remote, "local-id"), ==, "inbound-rtp-77");
  gst_structure_free (remote);
  gst_structure_free (report);
  rtc_peer_stats_clear (&stats);
}

static void
test_transport (void)
{
  RtcPeerStats stats;
  GstStructure *report, *transport, *pair;

  fill (&stats);
  report = gst_rtc_stats_to_structure (&stats);
  transport = get_object (report, "transport");
  g_assert_cmpuint (get_u64 (transport, "twcc-feedback-sent"), ==, 16);
  g_assert_cmpuint (get_u64 (transport, "remb-sent"), ==, 17);
  g_assert_cmpuint (get_u64 (transport, "remb-bitrate"), ==, 1800000);
  g_assert_cmpuint (get_u64 (transport, "early-packets-held"), ==, 19);
  g_assert_cmpuint (get_u64 (transport, "early-packets-dropped"), ==, 20);
  g_assert_cmpuint (get_u64 (transport, "ssrc-collisions"), ==, 21);
  gst_structure_free (transport);
  pair = get_object (report, "candidate-pair");
  g_assert_cmpfloat (get_double (pair, "current-round-trip-time"), ==, 0.05);
  g_assert_cmpuint (get_u64 (pair, "consent-requests-sent"), ==, 22);
  g_assert_cmpuint (get_u64 (pair, "consent-responses-received"), ==, 23);
  gst_structure_free (pair);
  gst_structure_free (report);
  rtc_peer_stats_clear (&stats);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/rtc-stats/inbound", test_inbound);
  g_test_add_func ("/rtc-stats/remote-outbound", test_remote_outbound);
  g_test_add_func ("/rtc-stats/transport", test_transport);
  return g_test_run ();
}
