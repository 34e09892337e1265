/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "webrtcbin-sender.h"

#include <gst/webrtc/webrtc.h>
#include "tests/check/bench/webrtcbin-answer.h"

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
} Sender;

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

  self->pipeline = gst_parse_launch (text, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  self->rtc = gst_bin_get_by_name (GST_BIN (self->pipeline), "rtc");
  webrtcbin_prepare (self->pipeline, self->rtc);
  add_stream (self, payload_type);
  self->watch (self->pipeline, self->user_data);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_free (text);
  g_free (encoder);
}

static void
handle_post (Sender *self, SoupServerMessage *message)
{
  gchar *offer = webrtcbin_read_offer (message);

  start_pipeline (self, offer);
  if (!webrtcbin_answer (self->rtc, message, offer, "/whep/1"))
    g_error ("webrtcbin makes no answer");
  g_free (offer);
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
