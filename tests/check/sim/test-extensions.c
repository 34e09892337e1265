/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-extensions.c - whole calls: what a sender tells about its media in header extensions and
 * reports, and that a receiver gets to know it: playout delay, capture times, round trips. */
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"
#include "gst/rtc/rtp/rtc-demux.h"

enum { SENDER, VIEWER };

/* Of the fake SRTP and SRTCP. */
#define TAG_LEN 16
#define INDEX_LEN 4

#define WANTED                                                                                     \
  ((1u << RTC_RTP_EXTENSION_PLAYOUT_DELAY) | (1u << RTC_RTP_EXTENSION_ABS_CAPTURE_TIME))

/* What the sender has sent. */
typedef struct {
  SimCall *call;
  GstClockTime first_video;
  guint n_video, n_delay, n_capture_video, n_capture_audio;
  GstClockTime last_delay;           /* when the last packet said it */
  gboolean is_for_repair;            /* it is what repair needs, not what the application wishes */
  guint16 last_min;                  /* of it */
  GstClockTime longest_without_time; /* of both streams */
  GstClockTime last_capture[2];
  gint64 worst_ntp; /* capture time said minus when it left, 32.32 */
  guint n_xr, n_dlrr;
  RtcXrDlrr dlrr[RTC_XR_MAX_DLRR];
} Wire;

static void
wire_see_capture_time (Wire *self, GstClockTime now, gboolean is_video, guint64 ntp64)
{
  GstClockTime *last = &self->last_capture[is_video];
  gint64 error = (gint64) (ntp64 - rtc_peer_ntp64 (self->call->peers[SENDER], now));

  if (is_video)
    self->n_capture_video++;
  else
    self->n_capture_audio++;
  if (*last != 0)
    self->longest_without_time = MAX (self->longest_without_time, now - *last);
  *last = now;
  /* The simulator captures when it sends, but for what a viewer gets of before it came. */
  if (now > 2 * GST_SECOND && ABS (error) > ABS (self->worst_ntp))
    self->worst_ntp = error;
}

/* As the viewer's peer reads it. */
static void
wire_see_rtp (Wire *self, GstClockTime now, const guint8 *data, gsize len)
{
  RtcPacket *packet = rtc_packet_new_copy (NULL, data, len - TAG_LEN);
  RtcRtpExtensionValues values;
  gboolean is_video = (data[1] & 0x7f) == 96, any;

  memset (&values, 0, sizeof values);
  any = rtc_peer_read_extensions (self->call->peers[VIEWER], packet, WANTED, &values);
  if (is_video) {
    self->n_video++;
    self->first_video = self->first_video == 0 ? now : self->first_video;
  }
  if (any && rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_PLAYOUT_DELAY)) {
    g_assert_true (is_video || (data[1] & 0x7f) == 97); /* or its RTX */
    if (!self->is_for_repair)
      g_assert_cmpuint (values.playout_min, ==, 5);
    g_assert_cmpuint (values.playout_max, ==, self->is_for_repair ? 0xfff : 40);
    self->last_min = values.playout_min;
    self->n_delay++;
    self->last_delay = now;
  }
  if (any && rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME))
    wire_see_capture_time (self, now, is_video, values.abs_capture_ntp64);
  rtc_packet_unref (packet);
}

static gboolean
wire_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Wire *self = user_data;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  RtcRtcpXr xr;

  if (dir != SIM_A_TO_B)
    return FALSE;
  if (rtc_demux_classify (data, len) == RTC_DEMUX_RTP)
    wire_see_rtp (self, now, data, len);
  if (rtc_demux_classify (data, len) != RTC_DEMUX_RTCP)
    return FALSE;
  rtc_rtcp_walk_init (&walk, data, len - INDEX_LEN - TAG_LEN, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    if (rtc_rtcp_xr_parse (&packet, &xr) != RTC_OK)
      continue;
    self->n_xr++;
    g_assert_false (xr.has_rrtr); /* it only sends */
    self->n_dlrr = xr.n_dlrr;
    memcpy (self->dlrr, xr.dlrr, sizeof self->dlrr);
  }
  return FALSE;
}

static SimWorld *
begin_call (Wire *wire, const SimWorldConfig *config, gboolean viewer_offers, SimMunge munge)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  SimWorld *world = sim_world_new (config);
  GError *error = NULL;

  *wire = (Wire){ .call = sim_world_add_call (world, &link) };
  sim_net_set_tap (wire->call->net, wire_tap, wire);
  sim_call_negotiate (wire->call, viewer_offers, munge, &error);
  g_assert_no_error (error);
  return world;
}

/* Offered or answered: in each packet until the first report of the viewer is there. */
static void
test_playout_delay (gconstpointer viewer_offers)
{
  SimWorldConfig config = {
    .seed = 3, .has_playout_delay = TRUE, .playout_min = 5, .playout_max = 40
  };
  SimWorld *world;
  Wire wire;

  world = begin_call (&wire, &config, viewer_offers != NULL, NULL);
  sim_world_run (world, 10 * GST_SECOND);
  g_assert_cmpuint (wire.n_delay, >, 0);
  g_assert_cmpuint (wire.n_video, >, wire.n_delay);
  g_test_message ("%u of %u packets, for %" G_GUINT64_FORMAT " ms", wire.n_delay, wire.n_video,
      (wire.last_delay - wire.first_video) / GST_MSECOND);
  g_assert_cmpuint (wire.last_delay - wire.first_video, <, 2 * GST_SECOND);
  sim_world_free (world);
}

static gchar *
munge_no_delay (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, "rtp-hdrext/playout-delay", "rtp-hdrext/unknown");
}

/* Not wished for, or not agreed on: not sent. */
static void
test_no_playout_delay (void)
{
  SimWorldConfig config = { .seed = 3 };
  SimWorld *world;
  Wire wire;

  world = begin_call (&wire, &config, TRUE, NULL);
  sim_world_run (world, 5 * GST_SECOND);
  g_assert_cmpuint (wire.n_video, >, 0);
  g_assert_cmpuint (wire.n_delay, ==, 0);
  sim_world_free (world);
  config.has_playout_delay = TRUE;
  config.playout_max = 40;
  world = begin_call (&wire, &config, TRUE, munge_no_delay);
  sim_world_run (world, 5 * GST_SECOND);
  g_assert_cmpuint (wire.n_video, >, 0);
  g_assert_cmpuint (wire.n_delay, ==, 0);
  sim_world_free (world);
}

static gchar *
munge_no_times (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, "a=rtcp-xr:", "a=unknown:");
}

/* A call in which packets are lost, both ways, for half a minute. */
static SimWorld *
begin_lossy_call (Wire *wire, gdouble loss, SimMunge munge)
{
  SimWorldConfig config = { .seed = 3 };
  SimLink link = { .delay = 25 * GST_MSECOND, .loss = loss };
  SimWorld *world = begin_call (wire, &config, TRUE, munge);

  wire->is_for_repair = TRUE;
  sim_net_set_link (wire->call->net, SIM_A_TO_B, &link);
  sim_net_set_link (wire->call->net, SIM_B_TO_A, &link);
  sim_world_run (world, 30 * GST_SECOND);
  return world;
}

/* A viewer that does not ask for its round trip is asked to wait for repair while packets are lost,
 * and no longer when none are. */
static void
test_repair_wait (void)
{
  SimLink clean = { .delay = 25 * GST_MSECOND };
  SimWorld *world;
  Wire wire;

  world = begin_lossy_call (&wire, 0.05, munge_no_times);
  g_test_message ("5 %%: %u ms", wire.last_min * 10);
  g_assert_cmpuint (wire.last_min, >=, 20); /* gap, round trip, and another request */
  g_assert_cmpuint (wire.last_min, <=, 31);
  sim_net_set_link (wire.call->net, SIM_A_TO_B, &clean);
  sim_net_set_link (wire.call->net, SIM_B_TO_A, &clean);
  sim_world_run (world, 65 * GST_SECOND);
  g_assert_cmpuint (wire.last_min, ==, 0);
  g_assert_cmpuint (wire.last_delay, <, 62 * GST_SECOND);
  sim_world_free (world);
}

/* One that does ask for it waits for two requests by itself, and is asked when that is not enough.
 */
static void
test_third_request (void)
{
  SimWorld *world;
  Wire wire;

  world = begin_lossy_call (&wire, 0.12, NULL);
  g_test_message ("12 %%: %u ms", wire.last_min * 10);
  g_assert_cmpuint (wire.last_min, >=, 21); /* gap, round trip, two more requests */
  g_assert_cmpuint (wire.last_min, <=, 40);
  sim_world_free (world);
}

/* Not where nothing is lost, nor of who knows its round trip. */
static void
test_no_repair_wait (void)
{
  SimWorld *world;
  Wire wire;

  world = begin_lossy_call (&wire, 0, munge_no_times);
  g_assert_cmpuint (wire.n_video, >, 0);
  g_assert_cmpuint (wire.n_delay, ==, 0);
  sim_world_free (world);
  world = begin_lossy_call (&wire, 0.05, NULL);
  g_assert_cmpuint (wire.n_video, >, 0);
  g_assert_cmpuint (wire.n_delay, ==, 0);
  sim_world_free (world);
}

/* Once a second in each stream, by the wall clock that sender reports are made of. */
static void
test_capture_time (void)
{
  SimWorldConfig config = { .seed = 4 };
  SimWorld *world;
  Wire wire;

  world = begin_call (&wire, &config, TRUE, NULL);
  sim_world_run (world, 20 * GST_SECOND);
  g_test_message (
      "20 s: %u times for video, %u for audio", wire.n_capture_video, wire.n_capture_audio);
  g_assert_cmpuint (wire.n_capture_video, >=, 19);
  g_assert_cmpuint (wire.n_capture_video, <=, 21);
  g_assert_cmpuint (wire.n_capture_audio, >=, 19);
  g_assert_cmpuint (wire.n_capture_audio, <=, 21);
  g_assert_cmpuint (wire.longest_without_time, <=, 1040 * GST_MSECOND);
  g_assert_cmpint (ABS (wire.worst_ntp), <=, (gint64) rtc_time_duration_to_ntp64 (GST_MSECOND));
  sim_world_free (world);
}

/* A reference time report of a receiver, as a browser's, put in behind the network. */
static void
send_rrtr (SimWorld *world, RtcPeer *peer, guint32 ssrc, guint64 ntp64)
{
  RtcRtcpXr xr = { .sender_ssrc = ssrc, .has_rrtr = TRUE, .rrtr_ntp64 = ntp64 };
  RtcRtcpBuilder builder;
  guint8 data[100];
  gsize len;

  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_xr_write (&builder, &xr), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
  rtc_peer_handle_rtcp (peer, sim_world_now (world), data, len);
}

static const RtcXrDlrr *
find_dlrr (const Wire *wire, guint32 ssrc)
{
  for (guint i = 0; i < wire->n_dlrr; i++) {
    if (wire->dlrr[i].ssrc == ssrc)
      return &wire->dlrr[i];
  }
  return NULL;
}

/* A peer that only sends answers each receiver of the other side, of which a browser has one per
 * stream, whoever offered; and no more of them than it has room for. */
static void
test_round_trips (gconstpointer viewer_offers)
{
  SimWorldConfig config = { .seed = 5 };
  const RtcXrDlrr *dlrr;
  RtcPeerStats stats;
  SimWorld *world;
  RtcPeer *sender;
  guint n_xr;
  Wire wire;

  world = begin_call (&wire, &config, viewer_offers != NULL, NULL);
  sim_world_run (world, 5 * GST_SECOND);
  sender = wire.call->peers[SENDER];
  g_assert_cmpuint (wire.n_xr, >=, 2);
  g_assert_cmpuint (wire.n_dlrr, ==, 1);
  rtc_peer_get_stats (wire.call->peers[VIEWER], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.dlrr_measurements, >=, 2);
  g_assert_cmpuint (stats.dlrr_rtt, >=, 49 * GST_MSECOND);
  g_assert_cmpuint (stats.dlrr_rtt, <=, 51 * GST_MSECOND);
  rtc_peer_stats_clear (&stats);

  n_xr = wire.n_xr;
  for (guint32 ssrc = 1; ssrc <= 3; ssrc++)
    send_rrtr (world, sender, ssrc, (guint64) ssrc << 32);
  send_rrtr (world, sender, 1, G_GUINT64_CONSTANT (0x00050000) << 16); /* again */
  while (wire.n_xr == n_xr)
    sim_world_run (world, sim_world_now (world) + 10 * GST_MSECOND);
  g_assert_cmpuint (wire.n_dlrr, >=, 3); /* the viewer's own may be among them */
  for (guint32 ssrc = 1; ssrc <= 3; ssrc++) {
    dlrr = find_dlrr (&wire, ssrc);
    g_assert_nonnull (dlrr);
    g_assert_cmpuint (dlrr->last_rr, ==, ssrc == 1 ? 0x00050000 : ssrc << 16);
    g_assert_cmpuint (dlrr->delay_last_rr, <=, 2 << 16);
  }
  n_xr = wire.n_xr;
  for (guint32 ssrc = 1; ssrc <= 1000; ssrc++)
    send_rrtr (world, sender, ssrc, (guint64) ssrc << 32);
  while (wire.n_xr == n_xr)
    sim_world_run (world, sim_world_now (world) + 10 * GST_MSECOND);
  g_assert_cmpuint (wire.n_dlrr, ==, PEER_MAX_RRTRS);
  sim_world_free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/sim/extensions/playout-delay-offered", NULL, test_playout_delay);
  g_test_add_data_func (
      "/sim/extensions/playout-delay-answered", GINT_TO_POINTER (1), test_playout_delay);
  g_test_add_func ("/sim/extensions/no-playout-delay", test_no_playout_delay);
  g_test_add_func ("/sim/extensions/repair-wait", test_repair_wait);
  g_test_add_func ("/sim/extensions/third-request", test_third_request);
  g_test_add_func ("/sim/extensions/no-repair-wait", test_no_repair_wait);
  g_test_add_func ("/sim/extensions/capture-time", test_capture_time);
  g_test_add_data_func ("/sim/extensions/round-trips-offered", NULL, test_round_trips);
  g_test_add_data_func (
      "/sim/extensions/round-trips-answered", GINT_TO_POINTER (1), test_round_trips);
  return g_test_run ();
}
