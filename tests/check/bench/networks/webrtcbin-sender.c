/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "webrtcbin-sender.h"

#include <string.h>
#include <gst/webrtc/webrtc.h>
#include <libsoup/soup.h>

/* As the table of gst/media/gstrtcencoder.c has it. */
#define ENCODER                                                                                    \
  "vp8enc deadline=1 cpu-used=8 lag-in-frames=0 auto-alt-ref=false error-resilient=default "       \
  "keyframe-max-dist=3000 end-usage=cbr threads=2 buffer-size=1000 buffer-initial-size=500 "       \
  "buffer-optimal-size=600 undershoot=100 overshoot=15 min-quantizer=4 max-quantizer=56 "          \
  "static-threshold=1 max-intra-bitrate=300 token-partitions=1 target-bitrate=%u"

typedef struct {
  const gchar *picture;
  guint bitrate;
  void (*watch) (GstElement *, gpointer);
  gpointer user_data;
  GstElement *pipeline, *rtc;
  SoupServerMessage *post; /* waits for its answer */
} Sender;

static gboolean
send_answer (gpointer data)
{
  Sender *self = data;
  GstWebRTCSessionDescription *local = NULL;
  gchar *sdp;

  if (self->post == NULL)
    return G_SOURCE_REMOVE;
  g_object_get (self->rtc, "local-description", &local, NULL);
  sdp = gst_sdp_message_as_text (local->sdp);
  soup_message_headers_append (
      soup_server_message_get_response_headers (self->post), "Location", "/whep/1");
  soup_server_message_set_response (
      self->post, "application/sdp", SOUP_MEMORY_TAKE, sdp, strlen (sdp));
  soup_server_message_set_status (self->post, SOUP_STATUS_CREATED, NULL);
  soup_server_message_unpause (self->post);
  g_clear_object (&self->post);
  gst_webrtc_session_description_free (local);
  return G_SOURCE_REMOVE;
}

static void
on_gathering (GstElement *rtc, GParamSpec *spec, gpointer data)
{
  GstWebRTCICEGatheringState state;

  g_object_get (rtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    g_idle_add (send_answer, data);
}

static gboolean
print_error (GstBus *bus, GstMessage *message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
    g_error_free (error);
  }
  return G_SOURCE_CONTINUE;
}

/* It searches for seconds and finds nothing here. */
static void
turn_upnp_off (GstElement *rtc)
{
  GObject *ice = NULL, *agent = NULL;

  g_object_get (rtc, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, NULL);
  g_object_unref (agent);
  g_object_unref (ice);
}

/* The viewer's number for VP8, 96 if it has none. */
static guint
find_payload_type (const gchar *offer)
{
  GMatchInfo *match = NULL;
  GRegex *regex = g_regex_new ("a=rtpmap:([0-9]+) VP8/90000", 0, 0, NULL);
  guint payload_type = 96;

  if (g_regex_match (regex, offer, 0, &match)) {
    gchar *text = g_match_info_fetch (match, 1);
    payload_type = (guint) g_ascii_strtoull (text, NULL, 10);
    g_free (text);
  }
  g_match_info_free (match);
  g_regex_unref (regex);
  return payload_type;
}

/* From the payloader into a stream that is only sent, with retransmission. */
static void
add_stream (Sender *self, guint payload_type)
{
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, "video",
      "encoding-name", G_TYPE_STRING, "VP8", "payload", G_TYPE_INT, (gint) payload_type,
      "clock-rate", G_TYPE_INT, 90000, NULL);
  GstElement *pay = gst_bin_get_by_name (GST_BIN (self->pipeline), "pay");
  GstPad *source = gst_element_get_static_pad (pay, "src"), *sink;
  GstWebRTCRTPTransceiver *transceiver = NULL;

  sink = gst_element_request_pad (
      self->rtc, gst_element_get_pad_template (self->rtc, "sink_%u"), "sink_0", caps);
  g_object_get (sink, "transceiver", &transceiver, NULL);
  g_object_set (transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
      "codec-preferences", caps, "do-nack", TRUE, NULL);
  if (gst_pad_link (source, sink) != GST_PAD_LINK_OK)
    g_error ("webrtcbin does not take the payloader");
  gst_object_unref (transceiver);
  gst_object_unref (sink);
  gst_object_unref (source);
  gst_object_unref (pay);
  gst_caps_unref (caps);
}

static void
start_pipeline (Sender *self, const gchar *offer)
{
  guint payload_type = find_payload_type (offer);
  gchar *encoder = g_strdup_printf (ENCODER, self->bitrate);
  gchar *text = g_strdup_printf ("webrtcbin name=rtc bundle-policy=max-bundle latency=0 "
                                 "%s ! %s ! rtpvp8pay name=pay picture-id-mode=15-bit pt=%u",
      self->picture, encoder, payload_type);
  GError *error = NULL;
  GstBus *bus;

  self->pipeline = gst_parse_launch (text, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  self->rtc = gst_bin_get_by_name (GST_BIN (self->pipeline), "rtc");
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_add_watch (bus, print_error, NULL);
  gst_object_unref (bus);
  turn_upnp_off (self->rtc);
  g_signal_connect (self->rtc, "notify::ice-gathering-state", G_CALLBACK (on_gathering), self);
  add_stream (self, payload_type);
  self->watch (self->pipeline, self->user_data);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_free (text);
  g_free (encoder);
}

/* Runs an action of webrtcbin's to its end; returns its reply's description, if it has one. */
static GstWebRTCSessionDescription *
negotiate (Sender *self, const gchar *action, GstWebRTCSessionDescription *description)
{
  GstPromise *promise = gst_promise_new ();
  GstWebRTCSessionDescription *answer = NULL;
  const GstStructure *reply;

  g_signal_emit_by_name (self->rtc, action, description, promise);
  gst_promise_wait (promise);
  reply = gst_promise_get_reply (promise);
  if (reply != NULL)
    gst_structure_get (reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer, NULL);
  gst_promise_unref (promise);
  return answer;
}

static void
handle_post (Sender *self, SoupServerMessage *message)
{
  GBytes *body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gchar *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  GstWebRTCSessionDescription *offer, *answer;
  GstSDPMessage *sdp;

  gst_sdp_message_new_from_text (text, &sdp);
  offer = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  self->post = g_object_ref (message);
  soup_server_message_pause (message);
  start_pipeline (self, text);
  negotiate (self, "set-remote-description", offer);
  answer = negotiate (self, "create-answer", NULL);
  if (answer == NULL)
    g_error ("webrtcbin makes no answer");
  negotiate (self, "set-local-description", answer);
  gst_webrtc_session_description_free (answer);
  gst_webrtc_session_description_free (offer);
  g_free (text);
  g_bytes_unref (body);
}

static void
handle_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  Sender *self = data;
  const gchar *method = soup_server_message_get_method (message);

  if (g_str_equal (method, "POST") && self->pipeline == NULL) {
    handle_post (self, message);
  } else if (g_str_equal (method, "DELETE") && self->pipeline != NULL) {
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  } else {
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  }
}

gchar *
webrtcbin_sender_serve (
    const gchar *picture, guint bitrate, void (*watch) (GstElement *, gpointer), gpointer user_data)
{
  Sender *self = g_new0 (Sender, 1);
  SoupServer *server = soup_server_new (NULL, NULL);
  GError *error = NULL;
  GSList *uris;
  gchar *url;

  *self =
      (Sender){ .picture = picture, .bitrate = bitrate, .watch = watch, .user_data = user_data };
  soup_server_add_handler (server, NULL, handle_request, self, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error ("%s", error->message);
  uris = soup_server_get_uris (server);
  url = g_strdup_printf ("http://127.0.0.1:%d/whep", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return url;
}
