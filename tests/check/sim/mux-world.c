/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "mux-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define NTP64 (G_GUINT64_CONSTANT (3976214400) << 32)
#define PAYLOAD_BYTES 1000

typedef struct {
  GstClockTime time; /* of arrival */
  RtcIceFlow flow;   /* as the port sees it */
  gboolean is_up;    /* to the port */
  gsize len;
  guint8 data[];
} Datagram;

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
world_push (MuxWorld *self, const RtcIceFlow *flow, gboolean is_up, const guint8 *data, gsize len)
{
  Datagram *d = g_malloc (sizeof *d + len);

  *d = (Datagram){ .time = self->now + MUX_WORLD_DELAY, .flow = *flow, .is_up = is_up, .len = len };
  memcpy (d->data, data, len);
  g_queue_push_tail (&self->wire, d);
}

static RtcResult
on_port_send (gpointer data, const RtcIceFlow *flow, const guint8 *bytes, gsize len)
{
  MuxWorld *w = data;

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

  world_push (((MuxViewer *) data)->world, &flow, TRUE, bytes, len);
}

static void
on_wake (gpointer data)
{
  ((MuxViewer *) data)->is_woken = TRUE;
}

/* --- viewers --- */

static void
viewer_handle_output (MuxViewer *v, guint end, RtcOutput *out)
{
  MuxWorld *w = v->world;
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
    case RTC_OUTPUT_CHANNEL_NEW:
    case RTC_OUTPUT_CHANNEL_OPEN:
    case RTC_OUTPUT_CHANNEL_TEXT:
    case RTC_OUTPUT_CHANNEL_BINARY:
    case RTC_OUTPUT_CHANNEL_SENT:
    case RTC_OUTPUT_CHANNEL_CLOSING:
    case RTC_OUTPUT_CHANNEL_CLOSED:
    case RTC_OUTPUT_NEGOTIATION_NEEDED:
    default:
      break;
  }
}

/* After any input: drain, and remember when there is something to do next. */
static void
viewer_turn (MuxViewer *v)
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

RtcPeer *
mux_viewer_new_peer (MuxViewer *v, guint end, GError **error)
{
  MuxWorld *w = v->world;
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

MuxViewer *
mux_world_add_viewer (MuxWorld *w)
{
  MuxViewer *v = g_new0 (MuxViewer, 1);

  v->world = w;
  v->address = viewer_address (w->order->len);
  v->first_packet = GST_CLOCK_TIME_NONE;
  full_ice_factory_init (&v->ice, &v->address);
  v->ice.send = on_full_send;
  v->ice.data = v;
  rtc_heap_item_init (&v->item, v);
  for (guint end = 0; end < N_ENDS; end++) {
    v->peers[end] = mux_viewer_new_peer (v, end, NULL);
    g_assert_nonnull (v->peers[end]);
  }
  v->transceiver = viewer_add_video (v->peers[SENDER], RTC_DIRECTION_SENDONLY);
  viewer_add_video (v->peers[VIEWER], RTC_DIRECTION_RECVONLY);
  g_hash_table_insert (w->viewers, &v->address, v);
  g_ptr_array_add (w->order, v);
  return v;
}

RtcResult
mux_viewer_carry (MuxViewer *v, guint from, RtcSdpType type, const gchar *add, GError **error)
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

void
mux_viewer_join (MuxViewer *v, gboolean viewer_offers)
{
  guint first = viewer_offers ? VIEWER : SENDER;

  g_assert_cmpint (mux_viewer_carry (v, first, RTC_SDP_TYPE_OFFER, NULL, NULL), ==, RTC_OK);
  g_assert_cmpint (mux_viewer_carry (v, 1 - first, RTC_SDP_TYPE_ANSWER, NULL, NULL), ==, RTC_OK);
  viewer_turn (v);
}

static void
viewer_free (gpointer data)
{
  MuxViewer *v = data;

  rtc_heap_schedule (&v->world->heap, &v->item, GST_CLOCK_TIME_NONE);
  for (guint end = 0; end < N_ENDS; end++)
    rtc_peer_free (v->peers[end]);
  g_assert_cmpuint (v->ice.n_bad + v->ice.n_mapped, ==, 0);
  g_free (v);
}

/* --- the world --- */

void
mux_world_init (MuxWorld *w, guint max_sessions)
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

void
mux_world_clear (MuxWorld *w)
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
world_capture (MuxWorld *w)
{
  gboolean is_key = w->frames == 0 || w->want_key_frame;
  RtcPacket *packets[MUX_WORLD_PACKETS_PER_FRAME];

  w->want_key_frame = FALSE;
  for (guint i = 0; i < MUX_WORLD_PACKETS_PER_FRAME; i++) {
    RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_RTP_HEADER_LEN + PAYLOAD_BYTES);
    RtcRtpHeader header = { .payload_type = 96,
      .marker = i == MUX_WORLD_PACKETS_PER_FRAME - 1,
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
  rtc_fanout_push_many (w->fanout, w->now, packets, MUX_WORLD_PACKETS_PER_FRAME);
  w->frames++;
  w->next_frame += MUX_WORLD_FRAME_INTERVAL;
  for (guint i = 0; i < w->order->len; i++)
    viewer_turn (g_ptr_array_index (w->order, i));
}

/* To the port: whoever it woke has a turn. To a viewer: it has. */
static void
world_deliver (MuxWorld *w, Datagram *d)
{
  MuxViewer *v = g_hash_table_lookup (w->viewers, &d->flow.remote);

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
world_next_arrival (const MuxWorld *w)
{
  const Datagram *d = g_queue_peek_head ((GQueue *) &w->wire);

  return d != NULL ? d->time : GST_CLOCK_TIME_NONE;
}

void
mux_world_run (MuxWorld *w, GstClockTime duration)
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
      MuxViewer *v = item->owner;

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
void
mux_viewer_move (MuxViewer *v, guint n, gboolean nominates)
{
  g_hash_table_steal (v->world->viewers, &v->address);
  v->address = viewer_address (n);
  g_hash_table_insert (v->world->viewers, &v->address, v);
  full_ice_move (v->ice.last, v->world->now, &v->address, nominates);
  viewer_turn (v);
}

/* Pairs that the sender was told of. */
guint64
mux_viewer_count_pairs (MuxViewer *v)
{
  RtcPeerStats stats;
  guint64 n;

  rtc_peer_get_stats (v->peers[SENDER], v->world->now, &stats);
  n = stats.pair_changes;
  rtc_peer_stats_clear (&stats);
  return n;
}
