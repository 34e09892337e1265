/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* session-channels.c - data channels of two sessions in one process, as an application uses them:
 * the names of GstWebRTCDataChannel, on real sockets, OpenSSL and usrsctp. */
#include <string.h>

#include "ext/sctp/rtc-usrsctp.h"
#include "gst/webrtc/gstrtcsession.h"
#include "net-loop.h"
#include "tests/check/run-tests.h"

#define WAIT_US (20 * G_USEC_PER_SEC)
#define BLOCK_BYTES 65536
#define OFFER_TIMEOUT_MS 2000

typedef struct _World World;

typedef struct {
  World *world;
  GstRtcSession *session;
  GObject *channel; /* the last one; a reference */
  guint n_late, n_negotiated, n_new, n_open, n_closed, n_errors, n_low, n_messages;
  guint64 bytes;
  gchar *text;     /* of the last message */
  gchar *error;    /* likewise */
  gboolean blocks; /* messages are not taken */
} End;

struct _World {
  NetLoop net;
  GstRtcTransport *transport;
  RtcSctpFactory *sctp;
  End ends[2]; /* 0 offers */
  GMutex lock; /* guards the ends' counts: signals come on [C] */
  GCond cond;
};

static RtcIceFactory *the_ice;

static RtcIceFactory *
get_ice (const GstRtcTransportConfig *transport, GError **error)
{
  return the_ice;
}

/* --- what a channel says ---------------------------------------------------------------------- */

static void
count (End *end, guint *counter)
{
  g_mutex_lock (&end->world->lock);
  (*counter)++;
  g_cond_broadcast (&end->world->cond);
  g_mutex_unlock (&end->world->lock);
}

static void
on_open (GObject *channel, End *end)
{
  count (end, &end->n_open);
}

static void
on_close (GObject *channel, End *end)
{
  count (end, &end->n_closed);
}

static void
on_low (GObject *channel, End *end)
{
  count (end, &end->n_low);
}

static void
on_error (GObject *channel, GError *error, End *end)
{
  g_free (end->error);
  end->error = g_strdup (error->message);
  count (end, &end->n_errors);
}

static void
on_message (End *end, const gchar *text, gsize len)
{
  g_mutex_lock (&end->world->lock);
  while (end->blocks)
    g_cond_wait (&end->world->cond, &end->world->lock);
  g_free (end->text);
  end->text = g_strdup (text);
  end->bytes += len;
  end->n_messages++;
  g_cond_broadcast (&end->world->cond);
  g_mutex_unlock (&end->world->lock);
}

static void
on_string (GObject *channel, const gchar *text, End *end)
{
  on_message (end, text, strlen (text));
}

static void
on_data (GObject *channel, GBytes *bytes, End *end)
{
  on_message (end, "(bytes)", bytes != NULL ? g_bytes_get_size (bytes) : 0);
}

static void
watch (End *end, GObject *channel)
{
  g_signal_connect (channel, "on-open", G_CALLBACK (on_open), end);
  g_signal_connect (channel, "on-close", G_CALLBACK (on_close), end);
  g_signal_connect (channel, "on-error", G_CALLBACK (on_error), end);
  g_signal_connect (channel, "on-buffered-amount-low", G_CALLBACK (on_low), end);
  g_signal_connect (channel, "on-message-string", G_CALLBACK (on_string), end);
  g_signal_connect (channel, "on-message-data", G_CALLBACK (on_data), end);
  g_set_object (&end->channel, channel);
}

static void
on_data_channel (GstRtcSession *session, GObject *channel, End *end)
{
  watch (end, channel);
  count (end, &end->n_new);
}

/* --- the two sessions ------------------------------------------------------------------------- */

static void
on_description (GstRtcSession *session, GstWebRTCSDPType type, const gchar *sdp, gpointer data)
{
  End *end = data, *other = &end->world->ends[end == &end->world->ends[0]];

  if (type == GST_WEBRTC_SDP_TYPE_OFFER)
    gst_rtc_session_start (other->session, sdp);
  else
    gst_rtc_session_set_remote_description (other->session, type, sdp);
}

static void
on_negotiated (
    GstRtcSession *session, const GstRtcSessionTrack *tracks, guint n_tracks, gpointer data)
{
  End *end = data;

  count (end, &end->n_negotiated);
}

static void
world_init (World *world)
{
  GstRtcTransportConfig config = { .get_ice = get_ice };
  GstRtcServers *servers = gst_rtc_servers_new (NULL, NULL);

  memset (world, 0, sizeof *world);
  g_mutex_init (&world->lock);
  g_cond_init (&world->cond);
  net_loop_init (&world->net);
  the_ice = world->net.ice;
  world->sctp = rtc_usrsctp_factory_new ();
  config.loop = rtc_loop_ref (world->net.loop);
  config.dtls = world->net.dtls;
  config.srtp = world->net.srtp;
  config.sctp = world->sctp;
  world->transport = gst_rtc_transport_new (&config);
  for (guint i = 0; i < 2; i++) {
    GstRtcSessionConfig session = { .id = i == 0 ? "offerer" : "answerer",
      .transport = world->transport,
      .servers = servers,
      .offer_timeout_ms = OFFER_TIMEOUT_MS,
      .funcs = {
          .description = on_description, .negotiated = on_negotiated, .data = &world->ends[i] } };

    world->ends[i].world = world;
    world->ends[i].session = gst_rtc_session_new (&session);
    g_signal_connect (
        world->ends[i].session, "on-data-channel", G_CALLBACK (on_data_channel), &world->ends[i]);
  }
  gst_rtc_servers_unref (servers);
}

static void
run_start (gpointer data)
{
  gst_rtc_session_start (((World *) data)->ends[0].session, NULL);
}

static void
world_start (World *world)
{
  rtc_loop_post_control (world->net.loop, run_start, world, NULL);
}

/* What is to be seen before long, or goes on coming. */
static void
wait_for (World *world, const guint *counter, guint least)
{
  gint64 end = g_get_monotonic_time () + WAIT_US;
  guint seen = 0;

  g_mutex_lock (&world->lock);
  while (*counter < least) {
    if (*counter != seen)
      end = g_get_monotonic_time () + WAIT_US;
    seen = *counter;
    g_assert_true (g_cond_wait_until (&world->cond, &world->lock, end));
  }
  g_mutex_unlock (&world->lock);
}

static void
world_clear (World *world)
{
  for (guint i = 0; i < 2; i++) {
    if (world->ends[i].channel != NULL)
      g_signal_handlers_disconnect_by_data (world->ends[i].channel, &world->ends[i]);
    g_clear_object (&world->ends[i].channel);
    g_signal_emit_by_name (world->ends[i].session, "close");
    g_object_unref (world->ends[i].session);
    g_free (world->ends[i].text);
    g_free (world->ends[i].error);
  }
  gst_rtc_transport_unref (world->transport);
  net_loop_clear (&world->net);
  rtc_usrsctp_factory_free (world->sctp);
  g_mutex_clear (&world->lock);
  g_cond_clear (&world->cond);
}

static GObject *
create (End *end, const gchar *label, GstStructure *options)
{
  GObject *channel = NULL;

  g_signal_emit_by_name (end->session, "create-data-channel", label, options, &channel);
  g_assert_nonnull (channel);
  watch (end, channel);
  g_object_unref (channel);
  if (options != NULL)
    gst_structure_free (options);
  return channel;
}

static void
send_bytes (GObject *channel, gsize len)
{
  GBytes *bytes = g_bytes_new_take (g_malloc0 (len), len);

  g_signal_emit_by_name (channel, "send-data", bytes);
  g_bytes_unref (bytes);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
check_properties (GObject *channel)
{
  GstWebRTCDataChannelState state;
  GstWebRTCPriorityType priority;
  gchar *label, *protocol;
  gboolean ordered, negotiated;
  gint id, retransmits, lifetime;

  g_object_get (channel, "label", &label, "protocol", &protocol, "ordered", &ordered, "negotiated",
      &negotiated, "id", &id, "max-retransmits", &retransmits, "max-packet-lifetime", &lifetime,
      "ready-state", &state, "priority", &priority, NULL);
  g_assert_cmpstr (label, ==, "chat");
  g_assert_cmpstr (protocol, ==, "p");
  g_assert_false (ordered);
  g_assert_false (negotiated);
  g_assert_cmpint (id, >=, 0);
  g_assert_cmpint (retransmits, ==, 7);
  g_assert_cmpint (lifetime, ==, -1);
  g_assert_cmpint (state, ==, GST_WEBRTC_DATA_CHANNEL_STATE_OPEN);
  g_assert_cmpint (priority, ==, GST_WEBRTC_PRIORITY_TYPE_HIGH);
  g_free (label);
  g_free (protocol);
}

static void
check_stats (End *end)
{
  GstStructure *stats = gst_rtc_session_get_stats (end->session);
  const GstStructure *object;
  guint64 sent = 0;

  object = gst_value_get_structure (gst_structure_get_value (stats, "data-channel-1"));
  g_assert_cmpstr (gst_structure_get_string (object, "label"), ==, "chat");
  g_assert_cmpstr (gst_structure_get_string (object, "state"), ==, "open");
  g_assert_true (gst_structure_get_uint64 (object, "messages-sent", &sent));
  g_assert_cmpuint (sent, ==, 4);
  g_assert_true (gst_structure_has_field (stats, "sctp-transport"));
  gst_structure_free (stats);
}

static void
test_talk (void)
{
  World world;
  End *a = &world.ends[0], *b = &world.ends[1];
  GObject *channel;

  world_init (&world);
  /* Before there is a peer: our offer has a section for it. */
  channel = create (a, "chat",
      gst_structure_new ("o", "ordered", G_TYPE_BOOLEAN, FALSE, "max-retransmits", G_TYPE_INT, 7,
          "protocol", G_TYPE_STRING, "p", "priority", GST_TYPE_WEBRTC_PRIORITY_TYPE,
          GST_WEBRTC_PRIORITY_TYPE_HIGH, NULL));
  g_signal_emit_by_name (channel, "send-string", "too early");
  g_assert_cmpstr (a->error, ==, "the data channel is not open");
  world_start (&world);
  wait_for (&world, &a->n_open, 1);
  wait_for (&world, &b->n_open, 1);
  /* Nothing but data is an agreement, too: who never has one is given up after a while. */
  wait_for (&world, &a->n_negotiated, 1);
  wait_for (&world, &b->n_negotiated, 1);
  check_properties (a->channel);
  check_properties (b->channel);
  g_signal_emit_by_name (channel, "send-string", "h\xc3\xa9llo");
  wait_for (&world, &b->n_messages, 1);
  g_assert_cmpstr (b->text, ==, "h\xc3\xa9llo");
  g_signal_emit_by_name (channel, "send-string", NULL);
  wait_for (&world, &b->n_messages, 2);
  g_assert_cmpstr (b->text, ==, "");
  g_signal_emit_by_name (channel, "send-data", NULL);
  send_bytes (channel, 262144);
  wait_for (&world, &b->n_messages, 4);
  g_assert_cmpuint (b->bytes, ==, 6 + 262144);
  check_stats (a);
  send_bytes (channel, 262145);
  wait_for (&world, &a->n_errors, 2);
  g_assert_nonnull (strstr (a->error, "longer than the peer takes"));
  /* What is sent before a close comes before it. */
  g_signal_emit_by_name (b->channel, "send-string", "bye");
  g_signal_emit_by_name (b->channel, "close");
  wait_for (&world, &a->n_closed, 1);
  wait_for (&world, &b->n_closed, 1);
  g_assert_cmpstr (a->text, ==, "bye");
  g_signal_emit_by_name (channel, "send-string", "too late");
  g_assert_cmpuint (a->n_errors, ==, 3);
  world_clear (&world);
}

/* The answerer opens one, in the middle of a call; then the other end hangs up. */
static void
test_hang_up (void)
{
  World world;
  End *a = &world.ends[0], *b = &world.ends[1];

  world_init (&world);
  create (a, "first", NULL);
  world_start (&world);
  wait_for (&world, &b->n_open, 1);
  create (b, "second", NULL);
  wait_for (&world, &b->n_open, 2);
  wait_for (&world, &a->n_open, 2);
  g_signal_emit_by_name (a->session, "close");
  wait_for (&world, &b->n_closed, 2);
  wait_for (&world, &a->n_closed, 2);
  /* Nobody is left to open one with. */
  create (a, "third", NULL);
  wait_for (&world, &a->n_closed, 3);
  g_assert_cmpstr (a->error, ==, "the session has ended");
  world_clear (&world);
}

static gboolean
on_late (gpointer data)
{
  count (data, &((End *) data)->n_late);
  return G_SOURCE_REMOVE;
}

/* Who has data channels and no media is there for longer than an offer may wait. */
static void
test_stays (void)
{
  World world;
  End *a = &world.ends[0], *b = &world.ends[1];
  GSource *late = g_timeout_source_new (OFFER_TIMEOUT_MS + 100);

  world_init (&world);
  create (a, "long", NULL);
  world_start (&world);
  wait_for (&world, &a->n_open, 1);
  wait_for (&world, &b->n_open, 1);
  g_source_set_callback (late, on_late, a, NULL);
  g_source_attach (late, rtc_loop_get_control_context (world.net.loop));
  g_source_unref (late);
  wait_for (&world, &a->n_late, 1);
  g_signal_emit_by_name (a->channel, "send-string", "still here");
  wait_for (&world, &b->n_messages, 1);
  g_assert_cmpuint (a->n_closed, ==, 0);
  g_assert_cmpuint (b->n_closed, ==, 0);
  world_clear (&world);
}

/* Options that cannot be, and a session that never starts. */
static void
test_refused (void)
{
  World world;
  End *a = &world.ends[0];

  world_init (&world);
  create (a, "x",
      gst_structure_new (
          "o", "max-retransmits", G_TYPE_INT, 1, "max-packet-lifetime", G_TYPE_INT, 1, NULL));
  create (a, "y", NULL);
  world_start (&world);
  wait_for (&world, &a->n_open, 1);
  wait_for (&world, &a->n_closed, 1);
  g_assert_cmpuint (a->n_errors, ==, 1);
  world_clear (&world);
  world_init (&world);
  create (a, "z", NULL);
  g_signal_emit_by_name (a->session, "close");
  wait_for (&world, &a->n_closed, 1);
  world_clear (&world);
}

/* T42: the reader's application does not take what comes. Its peer may send what the windows hold
 * and keep 16 MiB, then is told so; nothing is lost. */
static void
test_slow_reader (void)
{
  World world;
  End *a = &world.ends[0], *b = &world.ends[1];
  guint64 buffered;
  guint taken = 0;
  GError *error = NULL;
  GBytes *bytes;

  world_init (&world);
  create (a, "bulk", NULL);
  world_start (&world);
  wait_for (&world, &a->n_open, 1);
  wait_for (&world, &b->n_open, 1);
  b->blocks = TRUE;
  bytes = g_bytes_new_take (g_malloc0 (BLOCK_BYTES), BLOCK_BYTES);
  while (gst_rtc_data_channel_send_data_full (GST_RTC_DATA_CHANNEL (a->channel), bytes, &error))
    taken++;
  g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
  g_clear_error (&error);
  g_object_get (a->channel, "buffered-amount", &buffered, NULL);
  g_assert_cmpuint (buffered, <=, GST_RTC_DATA_CHANNEL_MAX_BUFFERED);
  g_assert_cmpuint (taken, >=, GST_RTC_DATA_CHANNEL_MAX_BUFFERED / BLOCK_BYTES - 1);
  g_assert_cmpuint (b->n_messages, ==, 0);
  g_object_set (a->channel, "buffered-amount-low-threshold", (guint64) 1000000, NULL);
  g_mutex_lock (&world.lock);
  b->blocks = FALSE;
  g_cond_broadcast (&world.cond);
  g_mutex_unlock (&world.lock);
  wait_for (&world, &b->n_messages, taken);
  wait_for (&world, &a->n_low, 1);
  g_assert_cmpuint (b->bytes, ==, (guint64) taken * BLOCK_BYTES);
  g_assert_cmpuint (a->n_errors, ==, 0);
  g_bytes_unref (bytes);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/channels/talk", test_talk);
  g_test_add_func ("/channels/hang-up", test_hang_up);
  g_test_add_func ("/channels/stays", test_stays);
  g_test_add_func ("/channels/refused", test_refused);
  g_test_add_func ("/channels/slow-reader", test_slow_reader);
  return run_tests ();
}
