/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* webrtcbin-recorder.c - a recorder made of stock elements, to compare with (docs/benchmarks.md).
 *
 *   webrtcbin-recorder FOLDER [queue]
 *
 * A WHIP server on libsoup; per caller a pipeline "webrtcbin ! depay (! queue) ! matroskamux !
 * filesink" into FOLDER/N.mkv, with retransmission and 1.5 s of latency. "queue" is the layout of
 * most applications; without it there are two threads less. Prints {"endpoint": URL}. libnice's
 * UPnP search is off, since it only costs time. One GMainContext; webrtcbin has threads of its own.
 */
#include <stdlib.h>
#include <string.h>
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include "tests/check/bench/webrtcbin-answer.h"

#define LATENCY_MS 1500

typedef struct {
  guint id;
  GstElement *pipeline, *rtc, *mux;
  GstPad *video, *audio;  /* of mux: both from the start, it takes no stream later */
  SoupServerMessage *del; /* the request that waits for its end */
} Call;

static const gchar *folder;
static gboolean use_queue;
static GHashTable *calls;
static guint serial;

static void
call_free (Call *call)
{
  GstBus *bus = gst_element_get_bus (call->pipeline);

  gst_element_set_state (call->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (call->rtc);
  gst_object_unref (call->video);
  gst_object_unref (call->audio);
  gst_object_unref (call->mux);
  gst_object_unref (call->pipeline);
  g_free (call);
}

static void
finish_request (SoupServerMessage **message, guint status)
{
  SoupServerMessage *done = g_steal_pointer (message);

  soup_server_message_set_status (done, status, NULL);
  soup_server_message_unpause (done);
  g_object_unref (done);
}

static GstElement *
add (Call *call, const gchar *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  g_assert_nonnull (element);
  gst_bin_add (GST_BIN (call->pipeline), element);
  gst_element_sync_state_with_parent (element);
  return element;
}

/* A stream of the caller's: to the muxer, by way of what its codec needs. */
static void
on_stream (GstElement *rtc, GstPad *pad, Call *call)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  const gchar *codec = gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name");
  gboolean is_audio = g_strcmp0 (codec, "OPUS") == 0;
  const gchar *depay = is_audio                     ? "rtpopusdepay"
                       : g_str_equal (codec, "VP8") ? "rtpvp8depay"
                                                    : "rtph264depay";
  GstElement *last = add (call, depay);
  GstPad *sink = gst_element_get_static_pad (last, "sink");

  gst_pad_link (pad, sink);
  gst_object_unref (sink);
  if (g_strcmp0 (codec, "H264") == 0 || is_audio) {
    GstElement *parse = add (call, is_audio ? "opusparse" : "h264parse");
    gst_element_link (last, parse);
    last = parse;
  }
  if (use_queue) {
    GstElement *queue = add (call, "queue");
    gst_element_link (last, queue);
    last = queue;
  }
  sink = gst_element_get_static_pad (last, "src");
  gst_pad_link (sink, is_audio ? call->audio : call->video);
  gst_object_unref (sink);
  gst_caps_unref (caps);
}

static gboolean
answer_delete (gpointer data)
{
  Call *call = data;

  finish_request (&call->del, SOUP_STATUS_OK);
  call_free (call);
  return G_SOURCE_REMOVE;
}

/* The pipeline never says that it has ended, since webrtcbin's sinks do not. */
static GstPadProbeReturn
on_muxed (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_EVENT_TYPE (gst_pad_probe_info_get_event (info)) == GST_EVENT_EOS)
    g_idle_add (answer_delete, data);
  return GST_PAD_PROBE_OK;
}

static gpointer
send_eos (gpointer pad)
{
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_object_unref (pad);
  return NULL;
}

/* The end of a call: each pad of the muxer gets its EOS from a thread of its own, since the muxer
 * blocks one until the other has it; what comes out of it then ends the request. */
static void
end_call (Call *call)
{
  GstPad *pads[] = { call->video, call->audio };

  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    GstPad *peer = gst_pad_get_peer (pads[i]);

    /* What still waits in webrtcbin's jitter buffer is given up, as a hang-up does. */
    if (peer != NULL) {
      gst_pad_unlink (peer, pads[i]);
      gst_object_unref (peer);
    }
    g_thread_unref (g_thread_new ("eos", send_eos, gst_object_ref (pads[i])));
  }
}

static void
on_transceiver (GstElement *rtc, GstWebRTCRTPTransceiver *transceiver, gpointer data)
{
  g_object_set (transceiver, "do-nack", TRUE, NULL);
}

static Call *
call_new (void)
{
  Call *call = g_new0 (Call, 1);
  GstElement *sink;
  GstPad *pad;
  gchar *path;

  call->id = ++serial;
  call->pipeline = gst_pipeline_new (NULL);
  call->rtc = gst_object_ref (gst_element_factory_make ("webrtcbin", NULL));
  call->mux = gst_object_ref (gst_element_factory_make ("matroskamux", NULL));
  call->video = gst_element_request_pad_simple (call->mux, "video_%u");
  call->audio = gst_element_request_pad_simple (call->mux, "audio_%u");
  sink = gst_element_factory_make ("filesink", NULL);
  path = g_strdup_printf ("%s/%u.mkv", folder, call->id);
  g_object_set (sink, "location", path, "async", FALSE, "sync", FALSE, NULL);
  g_object_set (
      call->rtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", LATENCY_MS, NULL);
  gst_bin_add_many (GST_BIN (call->pipeline), call->rtc, call->mux, sink, NULL);
  gst_element_link (call->mux, sink);
  pad = gst_element_get_static_pad (call->mux, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_muxed, call, NULL);
  gst_object_unref (pad);
  webrtcbin_prepare (call->pipeline, call->rtc);
  g_signal_connect (call->rtc, "pad-added", G_CALLBACK (on_stream), call);
  g_signal_connect (call->rtc, "on-new-transceiver", G_CALLBACK (on_transceiver), NULL);
  gst_element_set_state (call->pipeline, GST_STATE_PLAYING);
  g_free (path);
  return call;
}

static void
handle_post (SoupServerMessage *message)
{
  gchar *offer = webrtcbin_read_offer (message), *location;
  Call *call = call_new ();

  location = g_strdup_printf ("/whip/%u", call->id);
  if (webrtcbin_answer (call->rtc, message, offer, location))
    g_hash_table_insert (calls, GUINT_TO_POINTER (call->id), call);
  else
    call_free (call);
  g_free (location);
  g_free (offer);
}

static void
handle_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  const gchar *method = soup_server_message_get_method (message);
  gpointer id = NULL;
  Call *call = NULL;

  if (g_str_equal (method, "POST")) {
    handle_post (message);
    return;
  }
  if (g_str_equal (method, "DELETE") && g_str_has_prefix (path, "/whip/"))
    id = GUINT_TO_POINTER ((guint) atoi (path + strlen ("/whip/")));
  call = g_hash_table_lookup (calls, id);
  if (call == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  g_hash_table_remove (calls, id);
  call->del = g_object_ref (message);
  soup_server_message_pause (message);
  end_call (call);
}

int
main (int argc, char **argv)
{
  SoupServer *server;
  GError *error = NULL;
  GSList *uris;

  gst_init (&argc, &argv);
  if (argc < 2)
    return 2;
  folder = argv[1];
  use_queue = argc > 2 && g_str_equal (argv[2], "queue");
  calls = g_hash_table_new (NULL, NULL);
  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, NULL, handle_request, NULL, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  uris = soup_server_get_uris (server);
  g_print ("{\"endpoint\": \"http://127.0.0.1:%d/whip\"}\n", g_uri_get_port (uris->data));
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}
