/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "webrtcbin-answer.h"

#include <gst/webrtc/webrtc.h>
#include <string.h>

typedef struct {
  GstElement *rtc;            /* lives as long as its signal's handler, which owns this */
  SoupServerMessage *message; /* NULL: answered */
  gchar *location;
} Answer;

static void
answer_free (gpointer data, GClosure *closure)
{
  Answer *answer = data;

  g_clear_object (&answer->message);
  g_free (answer->location);
  g_free (answer);
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

void
webrtcbin_prepare (GstElement *pipeline, GstElement *rtc)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GObject *ice = NULL, *agent = NULL;

  gst_bus_add_watch (bus, print_error, NULL);
  gst_object_unref (bus);
  g_object_get (rtc, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, NULL);
  g_object_unref (agent);
  g_object_unref (ice);
}

gchar *
webrtcbin_read_offer (SoupServerMessage *message)
{
  GBytes *body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gchar *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  g_bytes_unref (body);
  return text;
}

/* Runs an action of webrtcbin's to its end; returns its reply's description, if it has one. */
static GstWebRTCSessionDescription *
negotiate (GstElement *rtc, const gchar *action, GstWebRTCSessionDescription *description)
{
  GstPromise *promise = gst_promise_new ();
  GstWebRTCSessionDescription *answer = NULL;
  const GstStructure *reply;

  g_signal_emit_by_name (rtc, action, description, promise);
  gst_promise_wait (promise);
  reply = gst_promise_get_reply (promise);
  if (reply != NULL)
    gst_structure_get (reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer, NULL);
  gst_promise_unref (promise);
  return answer;
}

static gboolean
send_answer (gpointer data)
{
  Answer *answer = data;
  SoupServerMessage *message = answer->message;
  GstWebRTCSessionDescription *local = NULL;
  gchar *sdp;

  if (message == NULL)
    return G_SOURCE_REMOVE;
  g_object_get (answer->rtc, "local-description", &local, NULL);
  sdp = gst_sdp_message_as_text (local->sdp);
  soup_message_headers_append (
      soup_server_message_get_response_headers (message), "Location", answer->location);
  soup_server_message_set_response (
      message, "application/sdp", SOUP_MEMORY_TAKE, sdp, strlen (sdp));
  soup_server_message_set_status (message, SOUP_STATUS_CREATED, NULL);
  soup_server_message_unpause (message);
  g_clear_object (&answer->message);
  gst_webrtc_session_description_free (local);
  return G_SOURCE_REMOVE;
}

static void
release (gpointer data)
{
  gst_object_unref (((Answer *) data)->rtc);
}

static void
on_gathering (GstElement *rtc, GParamSpec *spec, gpointer data)
{
  GstWebRTCICEGatheringState state;

  g_object_get (rtc, "ice-gathering-state", &state, NULL);
  if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    return;
  gst_object_ref (rtc);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, send_answer, data, release);
}

gboolean
webrtcbin_answer (
    GstElement *rtc, SoupServerMessage *message, const gchar *offer, const gchar *location)
{
  GstWebRTCSessionDescription *remote, *local;
  Answer *answer = g_new (Answer, 1);
  GstSDPMessage *sdp;

  soup_server_message_pause (message);
  *answer = (Answer){ rtc, g_object_ref (message), g_strdup (location) };
  g_signal_connect_data (
      rtc, "notify::ice-gathering-state", G_CALLBACK (on_gathering), answer, answer_free, 0);
  gst_sdp_message_new_from_text (offer, &sdp);
  remote = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  negotiate (rtc, "set-remote-description", remote);
  gst_webrtc_session_description_free (remote);
  local = negotiate (rtc, "create-answer", NULL);
  if (local == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_BAD_REQUEST, NULL);
    soup_server_message_unpause (message);
    return FALSE;
  }
  negotiate (rtc, "set-local-description", local);
  gst_webrtc_session_description_free (local);
  return TRUE;
}
