/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-data.c - data channels through whole peers: with media and alone, offered by either side,
 * refused, over bad links, when one end's SCTP breaks, and up to the last word. */
#include <string.h>

#include "sim-world.h"

#define BOTH_ENDS 3

static const SimLink clean = { .delay = 10 * GST_MSECOND };
static const SimLink lossy = { .delay = 30 * GST_MSECOND, .loss = 0.1 };

static guint32
open_channel (SimCall *call, guint end, const gchar *label)
{
  RtcDataChannelInit init = {
    .label = label, .ordered = TRUE, .max_retransmits = -1, .max_lifetime_ms = -1
  };
  GError *error = NULL;
  guint32 channel = 0;

  rtc_peer_create_channel (call->peers[end], sim_world_now (call->world), &init, &channel, &error);
  g_assert_no_error (error);
  return channel;
}

static RtcResult
say (SimCall *call, guint end, guint32 channel, gsize len)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, len);

  memset (packet->data, 'x', len);
  packet->len = len;
  return rtc_peer_send_data (call->peers[end], sim_world_now (call->world), channel, FALSE, packet);
}

static void
run_for (SimWorld *world, GstClockTime time)
{
  sim_world_run (world, sim_world_now (world) + time);
}

static void
assert_log (SimCall *call, guint end, const gchar *expected)
{
  g_assert_cmpstr (call->channel_log[end]->str, ==, expected);
  g_string_truncate (call->channel_log[end], 0);
}

typedef struct {
  gboolean no_media, viewer_offers;
  guint opener; /* which end opens a channel before there is an offer */
  const SimLink *link;
} Case;

static void
test_channel (gconstpointer data)
{
  const Case *c = data;
  SimWorldConfig config = { .seed = 7, .data_ends = BOTH_ENDS, .no_media = c->no_media };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, c->link);
  guint opener = c->opener, other = 1 - opener;
  guint32 channel = open_channel (call, opener, "chat");
  RtcDataChannelInfo info;
  GError *error = NULL;
  RtcPeerStats stats;

  sim_call_negotiate (call, c->viewer_offers, NULL, &error);
  g_assert_no_error (error);
  run_for (world, 10 * GST_SECOND);
  assert_log (call, opener, "open ");
  assert_log (call, other, "new ");
  g_assert_cmpuint (call->dtls[0].n_released + call->dtls[1].n_released, ==, 0);
  g_assert_true (rtc_peer_get_channel (call->peers[other], call->channel[other], &info));
  g_assert_cmpstr (info.label, ==, "chat");
  g_assert_cmpuint (rtc_peer_get_max_message_size (call->peers[other]), ==, 262144);
  g_assert_cmpint (say (call, opener, channel, 262144), ==, RTC_OK);
  g_assert_cmpint (say (call, opener, channel, 262145), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (say (call, other, call->channel[other], 0), ==, RTC_OK);
  run_for (world, 60 * GST_SECOND);
  assert_log (call, other, "binary ");
  assert_log (call, opener, "binary ");
  g_assert_cmpuint (call->data_bytes[other], ==, 262144);
  rtc_peer_get_stats (call->peers[opener], sim_world_now (world), &stats);
  g_assert_true (stats.has_data);
  g_assert_cmpuint (stats.channels->len, ==, 1);
  g_assert_cmpuint (g_array_index (stats.channels, RtcChannelStats, 0).info.bytes_sent, ==, 262144);
  g_assert_cmpstr (g_array_index (stats.channels, RtcChannelStats, 0).label, ==, "chat");
  g_assert_cmpuint (stats.sctp.packets_sent, >, 200);
  g_assert_cmpuint (stats.data.opened, ==, 1);
  rtc_peer_stats_clear (&stats);
  /* What is sent before a close comes before it. */
  g_assert_cmpint (say (call, other, call->channel[other], 5000), ==, RTC_OK);
  rtc_peer_close_channel (call->peers[other], sim_world_now (world), call->channel[other]);
  run_for (world, 10 * GST_SECOND);
  assert_log (call, opener, "binary closing closed ");
  assert_log (call, other, "closed ");
  if (!c->no_media)
    g_assert_cmpuint (sim_call_count_complete (call, 30, 60), >, 0);
  /* Hanging up closes what is open. */
  open_channel (call, other, "second");
  run_for (world, 10 * GST_SECOND);
  sim_call_close (call, 0);
  run_for (world, GST_SECOND);
  assert_log (call, other, "open closed ");
  assert_log (call, opener, "new closed ");
  g_assert_cmpint (rtc_peer_get_state (call->peers[1]), ==, RTC_PEER_STATE_CLOSED);
  sim_world_free (world);
}

/* An answerer's channel opens when the offer has a section for it; without one it waits, and the
 * next offer, its own, has one. */
static void
test_later_offer (void)
{
  SimWorldConfig config = { .seed = 8, .data_ends = BOTH_ENDS };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &clean);
  guint32 channel = open_channel (call, 0, "late");

  g_assert_true (sim_call_negotiate (call, TRUE, NULL, NULL));
  run_for (world, GST_SECOND);
  assert_log (call, 0, "");
  /* Nobody knew better. */
  g_assert_cmpuint (call->dtls[0].n_released, ==, 1);
  g_assert_cmpuint (call->dtls[1].n_released, ==, 1);
  g_assert_true (rtc_jsep_needs_negotiation (rtc_peer_get_jsep (call->peers[0])));
  g_assert_true (sim_call_negotiate (call, FALSE, NULL, NULL));
  run_for (world, GST_SECOND);
  assert_log (call, 0, "open ");
  g_assert_cmpint (say (call, 0, channel, 100), ==, RTC_OK);
  run_for (world, GST_SECOND);
  assert_log (call, 1, "new binary ");
  sim_world_free (world);
}

/* Who refuses them is left alone: the channel ends, media goes on. */
static void
test_refused (void)
{
  SimWorldConfig config = { .seed = 9, .data_ends = 1 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &clean);
  RtcDataChannelInit init = { .max_retransmits = -1, .max_lifetime_ms = -1 };
  guint32 channel;

  open_channel (call, 0, "x");
  g_assert_true (sim_call_negotiate (call, FALSE, NULL, NULL));
  run_for (world, 3 * GST_SECOND);
  assert_log (call, 0, "closed ");
  g_assert_cmpuint (sim_call_count_complete (call, 30, 60), >, 25);
  g_assert_cmpint (
      rtc_peer_create_channel (call->peers[1], sim_world_now (world), &init, &channel, NULL), ==,
      RTC_ERR_UNSUPPORTED);
  sim_world_free (world);
}

/* The association breaks: its channels end at both sides, the call does not. */
static void
test_sctp_fault (void)
{
  SimWorldConfig config = { .seed = 10, .data_ends = BOTH_ENDS };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &clean);
  RtcDataChannelInit init = { .max_retransmits = -1, .max_lifetime_ms = -1 };
  RtcPeerStats stats;
  guint32 channel;

  open_channel (call, 1, "x");
  g_assert_true (sim_call_negotiate (call, TRUE, NULL, NULL));
  run_for (world, GST_SECOND);
  call->sctp[1].last->vtable->close (call->sctp[1].last, sim_world_now (world));
  run_for (world, 3 * GST_SECOND);
  assert_log (call, 0, "new closed ");
  rtc_peer_get_stats (call->peers[0], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.sctp_failures, ==, 1);
  g_assert_cmpint (stats.sctp_state, ==, RTC_SCTP_STATE_CLOSED);
  rtc_peer_stats_clear (&stats);
  g_assert_cmpint (rtc_peer_get_state (call->peers[0]), ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpuint (sim_call_count_complete (call, 60, 90), >, 25);
  g_assert_cmpint (
      rtc_peer_create_channel (call->peers[0], sim_world_now (world), &init, &channel, NULL), ==,
      RTC_ERR_STATE);
  sim_world_free (world);
}

/* Who does not read gets nothing, until it does. */
static void
test_reading (void)
{
  SimWorldConfig config = { .seed = 11, .data_ends = BOTH_ENDS };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &clean);
  guint32 channel = open_channel (call, 0, "x");

  g_assert_true (sim_call_negotiate (call, FALSE, NULL, NULL));
  run_for (world, GST_SECOND);
  rtc_peer_set_data_reading (call->peers[1], sim_world_now (world), FALSE);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (say (call, 0, channel, 1000), ==, RTC_OK);
  run_for (world, GST_SECOND);
  assert_log (call, 1, "new ");
  rtc_peer_set_data_reading (call->peers[1], sim_world_now (world), TRUE);
  run_for (world, GST_SECOND);
  g_assert_cmpuint (call->data_bytes[1], ==, 10000);
  sim_world_free (world);
}

/* Keeps what leaves the sender. */
static gboolean
keep (gpointer data, GstClockTime now, SimDir dir, const guint8 *bytes, gsize len)
{
  if (dir == SIM_A_TO_B)
    g_ptr_array_add (data, g_bytes_new (bytes, len));
  return dir == SIM_A_TO_B;
}

/* A message and the end behind it that are read in one turn, as when the receiver was busy. */
static void
test_last_words (void)
{
  SimWorldConfig config = { .seed = 12, .data_ends = BOTH_ENDS, .no_media = TRUE };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &clean);
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint32 channel = open_channel (call, 0, "x");

  g_assert_true (sim_call_negotiate (call, FALSE, NULL, NULL));
  run_for (world, GST_SECOND);
  assert_log (call, 1, "new ");
  sim_net_set_tap (call->net, keep, kept);
  g_assert_cmpint (say (call, 0, channel, 1000), ==, RTC_OK);
  sim_call_close (call, 0);
  g_assert_cmpuint (kept->len, >=, 2);
  for (guint i = 0; i < kept->len; i++) {
    gsize len;
    const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (kept, i), &len);

    fake_ice_handle_datagram (call->ice[1].last, sim_world_now (world), bytes, len);
  }
  rtc_peer_handle_backends (call->peers[1], sim_world_now (world));
  run_for (world, GST_SECOND);
  assert_log (call, 1, "binary closed ");
  g_assert_cmpuint (call->data_bytes[1], ==, 1000);
  g_assert_cmpint (rtc_peer_get_state (call->peers[1]), ==, RTC_PEER_STATE_CLOSED);
  sim_world_free (world);
  g_ptr_array_unref (kept);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { FALSE, TRUE, 1, &clean },
    { FALSE, FALSE, 0, &clean },
    { FALSE, TRUE, 1, &lossy },
    { TRUE, TRUE, 1, &clean },
    { TRUE, FALSE, 0, &lossy },
  };

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *name = g_strdup_printf ("/data/channel/%s-offered-by-%s-%s",
        cases[i].no_media ? "alone" : "with-media", cases[i].viewer_offers ? "viewer" : "sender",
        cases[i].link == &clean ? "clean" : "lossy");

    g_test_add_data_func (name, &cases[i], test_channel);
    g_free (name);
  }
  g_test_add_func ("/data/later-offer", test_later_offer);
  g_test_add_func ("/data/refused", test_refused);
  g_test_add_func ("/data/sctp-fault", test_sctp_fault);
  g_test_add_func ("/data/reading", test_reading);
  g_test_add_func ("/data/last-words", test_last_words);
  return g_test_run ();
}
