/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-mux.c - many viewers behind one port, on the virtual clock: joins, moves, ends, a thousand.
 *
 * The sender's peers are on one RtcIceMuxPort, each viewer's on a full ICE agent; the network
 * delays every datagram by DELAY. */
#include <string.h>

#include "fake-dtls.h"
#include "fake-srtp.h"
#include "full-ice.h"
#include "gst/rtc/base/rtc-heap.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/ice/rtc-ice-mux-port.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/rtc/peer/rtc-peer.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define DELAY (10 * GST_MSECOND)
#define NTP64 (G_GUINT64_CONSTANT (3976214400) << 32)
#define FRAME_INTERVAL (100 * GST_MSECOND)
#define PACKETS_PER_FRAME 2
#define PAYLOAD_BYTES 1000

typedef struct _World World;

enum { SENDER, VIEWER, N_ENDS };

typedef struct {
  World *world;
  RtcPeer *peers[N_ENDS];
  FullIceFactory ice;
  FakeDtlsFactory dtls[N_ENDS];
  FakeSrtpFactory srtp[N_ENDS];
  RtcAddress address; /* the viewer's, present */
  guint transceiver;
  gboolean is_woken;
  RtcHeapItem item;
  guint64 packets; /* RTP that came out at the viewer */
  GstClockTime first_packet;
  RtcPeerState states[N_ENDS];
} Viewer;

typedef struct {
  GstClockTime time; /* of arrival */
  RtcIceFlow flow;   /* as the port sees it */
  gboolean is_up;    /* to the port */
  gsize len;
  guint8 data[];
} Datagram;

struct _World {
  RtcRandom *random;
  RtcIceMuxPort *port;
  RtcFanout *fanout;
  RtcHeap heap;
  GQueue wire;         /* Datagram *, in order of arrival */
  GHashTable *viewers; /* &Viewer.address -> Viewer; owns */
  GPtrArray *order;    /* Viewer *, not owned */
  GstClockTime now, next_frame;
  guint16 seq;
  guint64 frames;
  gboolean want_key_frame;
  guint64 next_id;
  RtcAddress last_to; /* of the port's datagrams */
  guint n_turns;      /* times that one went elsewhere than the one before */
};

static RtcAddress
port_address (void)
{
  RtcAddress address;

  g_assert_true (rtc_address_parse ("198.51.100.1", 3478, &address));
  return address;
}

static RtcAddress
viewer_address (guint n)
{
  guint8 bytes[] = { 10, 0, (guint8) (n >> 8), (guint8) n };

  return rtc_address_make (bytes, 4, 40000);
}

/* --- the network --- */

static void
world_push (World *self, const RtcIceFlow *flow, gboolean is_up, const guint8 *data, gsize len)
{
  Datagram *d = g_malloc (sizeof *d + len);

  *d = (Datagram){ .time = self->now + DELAY, .flow = *flow, .is_up = is_up, .len = len };
  memcpy (d->data, data, len);
  g_queue_push_tail (&self->wire, d);
}

static RtcResult
on_port_send (gpointer data, const RtcIceFlow *flow, const guint8 *bytes, gsize len)
{
  World *w = data;

  w->n_turns += !rtc_address_equal (&w->last_to, &flow->remote);
  w->last_to = flow->remote;
  world_push (w, flow, FALSE, bytes, len);
  return RTC_OK;
}

static void
on_port_flush (gpointer data)
{
}

static void
on_full_send (
    gpointer data, const RtcAddress *from, const RtcAddress *to, const guint8 *bytes, gsize len)
{
  RtcIceFlow flow = { *from, *to };

  world_push (((Viewer *) data)->world, &flow, TRUE, bytes, len);
}

static void
on_wake (gpointer data)
{
  ((Viewer *) data)->is_woken = TRUE;
}

/* --- viewers --- */

static void
viewer_handle_output (Viewer *v, guint end, RtcOutput *out)
{
  World *w = v->world;
  gchar *text;

  switch (out->type) {
    case RTC_OUTPUT_CANDIDATE:
      text = rtc_candidate_write (&out->candidate);
      rtc_peer_add_ice_candidate (v->peers[1 - end], w->now, out->mid, out->mline, text, NULL);
      g_free (text);
      break;
    case RTC_OUTPUT_NEGOTIATED:
      if (end == SENDER)
        rtc_peer_attach (v->peers[SENDER], w->now, v->transceiver, w->fanout);
      break;
    case RTC_OUTPUT_STATE:
      v->states[end] = rtc_peer_get_state (v->peers[end]);
      break;
    case RTC_OUTPUT_RTP:
      g_assert_cmpuint (end, ==, VIEWER);
      if (v->packets++ == 0)
        v->first_packet = w->now;
      break;
    case RTC_OUTPUT_FAILED:
    case RTC_OUTPUT_CLOSED:
    case RTC_OUTPUT_RTCP:
    case RTC_OUTPUT_STREAM_END:
    case RTC_OUTPUT_TARGET_RATE:
    case RTC_OUTPUT_CANDIDATES_DONE:
    case RTC_OUTPUT_NEGOTIATION_NEEDED:
    default:
      break;
  }
}

/* After any input: drain, and remember when there is something to do next. */
static void
viewer_turn (Viewer *v)
{
  gboolean busy;

  v->is_woken = FALSE;
  do {
    busy = FALSE;
    for (guint end = 0; end < N_ENDS; end++) {
      RtcOutput out;

      while (rtc_peer_poll (v->peers[end], &out)) {
        busy = TRUE;
        viewer_handle_output (v, end, &out);
        rtc_packet_unref (out.packet);
      }
      rtc_peer_flush (v->peers[end]);
    }
  } while (busy);
  rtc_heap_schedule (&v->world->heap, &v->item,
      rtc_time_min (
          rtc_peer_next_deadline (v->peers[SENDER]), rtc_peer_next_deadline (v->peers[VIEWER])));
}

static RtcPeer *
viewer_new_peer (Viewer *v, guint end, GError **error)
{
  World *w = v->world;
  RtcPeerConfig config = { 0 };

  fake_dtls_factory_init (&v->dtls[end], w->random);
  fake_srtp_factory_init (&v->srtp[end]);
  config.id = w->next_id++;
  config.ice = end == SENDER ? rtc_ice_mux_port_get_factory (w->port) : &v->ice.parent;
  config.dtls = &v->dtls[end].parent;
  config.srtp = &v->srtp[end].parent;
  config.random = w->random;
  config.ice_config.peer_id = config.id;
  config.ice_config.random = w->random;
  config.ice_config.max_remote_candidates = 10;
  config.ice_config.wake = on_wake;
  config.ice_config.wake_data = v;
  config.limits = (RtcLimits) RTC_LIMITS_DEFAULT;
  config.ntp64_at_zero = NTP64;
  return rtc_peer_new (&config, w->now, error);
}

static guint
viewer_add_video (RtcPeer *peer, RtcDirection direction)
{
  RtcTransceiverConfig config = {
    .kind = RTC_MEDIA_VIDEO, .direction = direction, .n_codecs = 1, .rtx = TRUE
  };

  rtc_codec_init (&config.codecs[0], RTC_CODEC_VP8, 96);
  return rtc_peer_add_transceiver (peer, &config);
}

static Viewer *
world_add_viewer (World *w)
{
  Viewer *v = g_new0 (Viewer, 1);

  v->world = w;
  v->address = viewer_address (w->order->len);
  v->first_packet = GST_CLOCK_TIME_NONE;
  full_ice_factory_init (&v->ice, &v->address);
  v->ice.send = on_full_send;
  v->ice.data = v;
  rtc_heap_item_init (&v->item, v);
  for (guint end = 0; end < N_ENDS; end++) {
    v->peers[end] = viewer_new_peer (v, end, NULL);
    g_assert_nonnull (v->peers[end]);
  }
  v->transceiver = viewer_add_video (v->peers[SENDER], RTC_DIRECTION_SENDONLY);
  viewer_add_video (v->peers[VIEWER], RTC_DIRECTION_RECVONLY);
  g_hash_table_insert (w->viewers, &v->address, v);
  g_ptr_array_add (w->order, v);
  return v;
}

static RtcResult
viewer_carry (Viewer *v, guint from, RtcSdpType type, const gchar *add, GError **error)
{
  RtcPeer *peer = v->peers[from];
  GstClockTime now = v->world->now;
  gchar *sdp = NULL, *whole;
  RtcResult result = type == RTC_SDP_TYPE_OFFER ? rtc_peer_create_offer (peer, now, &sdp, error)
                                                : rtc_peer_create_answer (peer, now, &sdp, error);

  g_assert_cmpint (result, ==, RTC_OK);
  g_assert_cmpint (rtc_peer_set_local_description (peer, now, type, sdp, NULL), ==, RTC_OK);
  g_assert_cmpint (strstr (sdp, "a=ice-lite\r\n") != NULL, ==, from == SENDER);
  whole = g_strdup (sdp);
  if (add != NULL) {
    gchar *t = strstr (sdp, "t=0 0\r\n") + 7;

    g_free (whole);
    whole = g_strdup_printf ("%.*s%s%s", (gint) (t - sdp), sdp, add, t);
  }
  result = rtc_peer_set_remote_description (v->peers[1 - from], now, type, whole, error);
  g_free (whole);
  g_free (sdp);
  return result;
}

static void
viewer_join (Viewer *v, gboolean viewer_offers)
{
  guint first = viewer_offers ? VIEWER : SENDER;

  g_assert_cmpint (viewer_carry (v, first, RTC_SDP_TYPE_OFFER, NULL, NULL), ==, RTC_OK);
  g_assert_cmpint (viewer_carry (v, 1 - first, RTC_SDP_TYPE_ANSWER, NULL, NULL), ==, RTC_OK);
  viewer_turn (v);
}

static void
viewer_free (gpointer data)
{
  Viewer *v = data;

  rtc_heap_schedule (&v->world->heap, &v->item, GST_CLOCK_TIME_NONE);
  for (guint end = 0; end < N_ENDS; end++)
    rtc_peer_free (v->peers[end]);
  g_free (v);
}

/* --- the world --- */

static void
world_init (World *w, guint max_sessions)
{
  RtcAddress address = port_address ();
  RtcIceMuxPortConfig port = { .max_sessions = max_sessions,
    .addresses = &address,
    .n_addresses = 1,
    .data = w,
    .send = on_port_send,
    .flush = on_port_flush };
  RtcFanoutConfig fanout = { .kind = RTC_MEDIA_VIDEO,
    .clock_rate = 90000,
    .history_packets = 512,
    .history_age = 2 * GST_SECOND,
    .key_frame_interval = GST_SECOND,
    .wait_for_key_frame = TRUE };

  memset (w, 0, sizeof *w);
  w->random = port.random = rtc_random_new_seeded (5);
  w->port = rtc_ice_mux_port_new (&port);
  g_strlcpy (fanout.name, "video", sizeof fanout.name);
  w->fanout = rtc_fanout_new (&fanout);
  rtc_heap_init (&w->heap);
  g_queue_init (&w->wire);
  w->viewers = g_hash_table_new_full (
      (GHashFunc) rtc_address_hash, (GEqualFunc) rtc_address_equal, NULL, viewer_free);
  w->order = g_ptr_array_new ();
  w->next_id = 1;
}

static void
world_clear (World *w)
{
  RtcIceMuxStats stats;

  g_hash_table_unref (w->viewers);
  g_ptr_array_unref (w->order);
  g_queue_clear_full (&w->wire, g_free);
  rtc_fanout_unref (w->fanout);
  rtc_ice_mux_port_get_stats (w->port, &stats);
  g_assert_cmpuint (stats.n_sessions + stats.n_flows, ==, 0);
  rtc_ice_mux_port_free (w->port);
  rtc_heap_clear (&w->heap);
  rtc_random_free (w->random);
}

/* VP8: a descriptor and the bit that says whether it is a key frame (RFC 7741 4.2, 4.3). */
static void
world_capture (World *w)
{
  gboolean is_key = w->frames == 0 || w->want_key_frame;
  RtcPacket *packets[PACKETS_PER_FRAME];

  w->want_key_frame = FALSE;
  for (guint i = 0; i < PACKETS_PER_FRAME; i++) {
    RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_RTP_HEADER_LEN + PAYLOAD_BYTES);
    RtcRtpHeader header = { .payload_type = 96,
      .marker = i == PACKETS_PER_FRAME - 1,
      .seq = w->seq++,
      .rtp_ts = (guint32) (w->frames * 9000),
      .ssrc = 1 };
    RtcWriter writer = rtc_writer (packet->data, RTC_RTP_HEADER_LEN + PAYLOAD_BYTES);

    rtc_rtp_header_write (&header, &writer);
    rtc_writer_u8 (&writer, i == 0 ? 0x10 : 0x00);
    rtc_writer_u8 (&writer, is_key ? 0x00 : 0x01);
    memset (packet->data + writer.pos, 0, PAYLOAD_BYTES - 2);
    packet->len = RTC_RTP_HEADER_LEN + PAYLOAD_BYTES;
    packet->time = w->now;
    if (is_key && i == 0)
      packet->flags |= RTC_PACKET_KEY_FRAME_START;
    packets[i] = packet;
  }
  rtc_fanout_push_many (w->fanout, w->now, packets, PACKETS_PER_FRAME);
  w->frames++;
  w->next_frame += FRAME_INTERVAL;
  for (guint i = 0; i < w->order->len; i++)
    viewer_turn (g_ptr_array_index (w->order, i));
}

/* To the port: whoever it woke has a turn. To a viewer: it has. */
static void
world_deliver (World *w, Datagram *d)
{
  Viewer *v = g_hash_table_lookup (w->viewers, &d->flow.remote);

  if (d->is_up)
    rtc_ice_mux_port_handle_datagram (w->port, w->now, &d->flow, d->data, d->len);
  else if (v != NULL && v->ice.last != NULL)
    full_ice_handle_datagram (v->ice.last, w->now, &d->flow.local, d->data, d->len);
  if (v != NULL && (!d->is_up || v->is_woken)) {
    rtc_peer_handle_backends (v->peers[d->is_up ? SENDER : VIEWER], w->now);
    viewer_turn (v);
  }
}

static GstClockTime
world_next_arrival (const World *w)
{
  const Datagram *d = g_queue_peek_head ((GQueue *) &w->wire);

  return d != NULL ? d->time : GST_CLOCK_TIME_NONE;
}

static void
world_run (World *w, GstClockTime duration)
{
  GstClockTime end = w->now + duration;

  for (;;) {
    GstClockTime next = rtc_time_min (world_next_arrival (w), rtc_heap_next_deadline (&w->heap));
    RtcHeapItem *item;

    next = rtc_time_min (next, w->next_frame);
    if (next > end)
      break;
    w->now = MAX (w->now, next);
    while (world_next_arrival (w) <= w->now) {
      Datagram *d = g_queue_pop_head (&w->wire);

      world_deliver (w, d);
      g_free (d);
    }
    while ((item = rtc_heap_pop_due (&w->heap, w->now)) != NULL) {
      Viewer *v = item->owner;

      for (guint i = 0; i < N_ENDS; i++)
        rtc_peer_handle_timeout (v->peers[i], w->now);
      viewer_turn (v);
    }
    if (w->next_frame <= w->now)
      world_capture (w);
    w->want_key_frame |= rtc_fanout_poll_key_frame (w->fanout, w->now);
  }
  w->now = end;
}

/* The viewer is at another address from now on. */
static void
viewer_move (Viewer *v, guint n, gboolean nominates)
{
  g_hash_table_steal (v->world->viewers, &v->address);
  v->address = viewer_address (n);
  g_hash_table_insert (v->world->viewers, &v->address, v);
  full_ice_move (v->ice.last, v->world->now, &v->address, nominates);
  viewer_turn (v);
}

/* Pairs that the sender was told of. */
static guint64
viewer_count_pairs (Viewer *v)
{
  RtcPeerStats stats;
  guint64 n;

  rtc_peer_get_stats (v->peers[SENDER], v->world->now, &stats);
  n = stats.pair_changes;
  rtc_peer_stats_clear (&stats);
  return n;
}

static void
assert_watches (Viewer *v)
{
  guint64 before = v->packets;

  world_run (v->world, 2 * GST_SECOND);
  g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpint (v->states[VIEWER], ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpuint (v->packets - before, >=, 20 * PACKETS_PER_FRAME - 4);
}

/* --- tests --- */

static void
test_join (gconstpointer data)
{
  World w;
  Viewer *v;
  RtcIceMuxStats stats;

  world_init (&w, 10);
  v = world_add_viewer (&w);
  viewer_join (v, GPOINTER_TO_INT (data));
  assert_watches (v);
  /* Check, answer, nomination, two flights of DTLS, the key frame that was asked for. */
  g_assert_cmpuint (v->first_packet, <=, 14 * DELAY + FRAME_INTERVAL);
  rtc_ice_mux_port_get_stats (w.port, &stats);
  g_assert_cmpuint (stats.strange_packets + stats.bad_messages + stats.strange_checks, ==, 0);
  world_clear (&w);
}

/* What goes to one viewer of a picture stays together. */
static void
test_order (void)
{
  RtcFanoutStats before, after;
  World w;
  guint n = 5, n_turns;

  world_init (&w, n);
  for (guint i = 0; i < n; i++)
    viewer_join (world_add_viewer (&w), TRUE);
  world_run (&w, 2 * GST_SECOND);
  world_run (&w, w.next_frame - w.now - 1);
  rtc_fanout_get_stats (w.fanout, &before);
  n_turns = w.n_turns;
  world_run (&w, 1);
  rtc_fanout_get_stats (w.fanout, &after);
  g_assert_cmpuint (after.packets - before.packets, ==, PACKETS_PER_FRAME);
  g_assert_cmpuint (w.n_turns - n_turns, >=, n - 1);
  g_assert_cmpuint (w.n_turns - n_turns, <=, n);
  world_clear (&w);
}

/* A browser that believes to be controlled is told so and turns. */
static void
test_conflict (void)
{
  World w;
  Viewer *v;

  world_init (&w, 10);
  v = world_add_viewer (&w);
  full_ice_set_controlling (v->ice.last, FALSE);
  viewer_join (v, TRUE);
  assert_watches (v);
  world_clear (&w);
}

static void
test_move (void)
{
  World w;
  Viewer *v;

  world_init (&w, 10);
  v = world_add_viewer (&w);
  viewer_join (v, TRUE);
  assert_watches (v);
  g_assert_cmpuint (viewer_count_pairs (v), ==, 1);
  /* It nominates: within two round trips, since it is asked back. */
  viewer_move (v, 100, TRUE);
  world_run (&w, 4 * DELAY);
  assert_watches (v);
  g_assert_cmpuint (viewer_count_pairs (v), ==, 2);
  /* It does not: as soon as the old place is silent, with the next check. */
  viewer_move (v, 101, FALSE);
  world_run (&w, 2 * 2500 * GST_MSECOND);
  assert_watches (v);
  g_assert_cmpuint (viewer_count_pairs (v), ==, 3);
  world_clear (&w);
}

/* Either side asks for new credentials; media goes on all the time, and consent afterwards. */
static void
test_restart (gconstpointer data)
{
  guint from = GPOINTER_TO_UINT (data);
  RtcPeerStats before, after;
  World w;
  Viewer *v;

  world_init (&w, 10);
  v = world_add_viewer (&w);
  viewer_join (v, TRUE);
  assert_watches (v);
  rtc_peer_get_stats (v->peers[VIEWER], w.now, &before);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (rtc_peer_restart_ice (v->peers[from], w.now), ==, RTC_OK);
    viewer_join (v, from == VIEWER);
    assert_watches (v);
  }
  world_run (&w, 40 * GST_SECOND);
  assert_watches (v);
  g_assert_cmpuint (viewer_count_pairs (v), ==, 1);
  rtc_peer_get_stats (v->peers[VIEWER], w.now, &after);
  g_assert_cmpuint (
      after.ice.consent_responses_received, >=, before.ice.consent_responses_received + 3 + 15);
  g_assert_cmpuint (after.ice.consent_requests_sent - after.ice.consent_responses_received, <=, 1);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  world_clear (&w);
}

/* A viewer that is gone: known by its silence, sent to for 30 s, not longer. */
static void
test_gone (void)
{
  guint64 sent;
  RtcPeerStats stats;
  World w;
  Viewer *v;

  world_init (&w, 10);
  v = world_add_viewer (&w);
  viewer_join (v, TRUE);
  assert_watches (v);
  full_ice_stop (v->ice.last);
  world_run (&w, 12 * GST_SECOND);
  g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_DISCONNECTED);
  world_run (&w, 19 * GST_SECOND);
  g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_FAILED);
  rtc_peer_get_stats (v->peers[SENDER], w.now, &stats);
  sent = stats.ice.packets_sent;
  rtc_peer_stats_clear (&stats);
  world_run (&w, 5 * GST_SECOND);
  rtc_peer_get_stats (v->peers[SENDER], w.now, &stats);
  g_assert_cmpuint (stats.ice.packets_sent, ==, sent);
  rtc_peer_stats_clear (&stats);
  world_clear (&w);
}

/* Of two lite sides neither would look for the other. */
static void
test_both_lite (gconstpointer data)
{
  gboolean viewer_offers = GPOINTER_TO_INT (data);
  GError *error = NULL;
  World w;
  Viewer *v;

  world_init (&w, 10);
  v = world_add_viewer (&w);
  if (!viewer_offers)
    g_assert_cmpint (viewer_carry (v, SENDER, RTC_SDP_TYPE_OFFER, NULL, NULL), ==, RTC_OK);
  g_assert_cmpint (
      viewer_carry (v, VIEWER, viewer_offers ? RTC_SDP_TYPE_OFFER : RTC_SDP_TYPE_ANSWER,
          "a=ice-lite\r\n", &error),
      ==, RTC_ERR_UNSUPPORTED);
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "both sides are ICE-lite"));
  g_error_free (error);
  world_clear (&w);
}

static void
test_full (void)
{
  GError *error = NULL;
  World w;
  Viewer v = { 0 };

  world_init (&w, 3);
  for (guint i = 0; i < 3; i++)
    world_add_viewer (&w);
  v.world = &w;
  g_assert_null (viewer_new_peer (&v, SENDER, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
  g_error_free (error);
  world_clear (&w);
}

/* Sanitizers take ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_MANY 200
#else
#define N_MANY 1000
#endif

/* A thousand viewers join within a second and watch for ten; then half of them move. */
static void
test_thousand (void)
{
  guint n = N_MANY;
  gint64 began = g_get_monotonic_time ();
  RtcIceMuxStats stats;
  World w;

  world_init (&w, n);
  for (guint i = 0; i < n; i++) {
    viewer_join (world_add_viewer (&w), i % 2 == 0);
    world_run (&w, GST_SECOND / n);
  }
  world_run (&w, 4 * GST_SECOND);
  for (guint i = 0; i < n; i += 2)
    viewer_move (g_ptr_array_index (w.order, i), n + i, TRUE);
  world_run (&w, 5 * GST_SECOND);
  for (guint i = 0; i < n; i++) {
    const Viewer *v = g_ptr_array_index (w.order, i);

    g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_CONNECTED);
    /* Of 9 s, less the way to the key frame that all joiners of a second share, and the moves. */
    g_assert_cmpuint (v->packets, >=, 75 * PACKETS_PER_FRAME);
  }
  rtc_ice_mux_port_get_stats (w.port, &stats);
  g_assert_cmpuint (stats.n_sessions, ==, n);
  g_assert_cmpuint (stats.n_flows, ==, n + n / 2);
  g_assert_cmpuint (stats.strange_checks + stats.limited_checks + stats.contested_checks, ==, 0);
  g_test_message ("%u viewers, %" G_GUINT64_FORMAT " checks, %" G_GUINT64_FORMAT
                  " packets in, took %.2f s",
      n, stats.checks, stats.packets, (gdouble) (g_get_monotonic_time () - began) / 1e6);
  world_clear (&w);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sim/mux/join/viewer-offers", GINT_TO_POINTER (TRUE), test_join);
  g_test_add_data_func ("/sim/mux/join/sender-offers", GINT_TO_POINTER (FALSE), test_join);
  g_test_add_func ("/sim/mux/order", test_order);
  g_test_add_func ("/sim/mux/conflict", test_conflict);
  g_test_add_func ("/sim/mux/move", test_move);
  g_test_add_data_func ("/sim/mux/restart/sender", GUINT_TO_POINTER (SENDER), test_restart);
  g_test_add_data_func ("/sim/mux/restart/viewer", GUINT_TO_POINTER (VIEWER), test_restart);
  g_test_add_func ("/sim/mux/gone", test_gone);
  g_test_add_data_func ("/sim/mux/both-lite/offer", GINT_TO_POINTER (TRUE), test_both_lite);
  g_test_add_data_func ("/sim/mux/both-lite/answer", GINT_TO_POINTER (FALSE), test_both_lite);
  g_test_add_func ("/sim/mux/full", test_full);
  g_test_add_func ("/sim/mux/thousand", test_thousand);
  return g_test_run ();
}
