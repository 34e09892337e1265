/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-session.h"

struct _LoadSession {
  LoadViewer *viewer;
  RtcHttpClient *client;
  RtcHttpCall *call; /* the offer's; NULL: answered */
  GstClockTime posted;
  gchar *location; /* of the session; NULL: there is none */
};

static void
session_refuse (LoadSession *self, const RtcHttpReply *reply, const GError *error)
{
  gchar *why = error != NULL ? g_strdup (error->message)
                             : g_strdup_printf ("the server answered %u: %.120s", reply->status,
                                 reply->body != NULL ? reply->body : "");

  load_viewer_refuse (self->viewer, why);
  g_free (why);
}

static void
on_answer (const RtcHttpReply *reply, const GError *error, gpointer data)
{
  LoadSession *self = data;

  self->call = NULL;
  if (error != NULL || reply->status != 201 || reply->body == NULL) {
    session_refuse (self, reply, error);
    return;
  }
  if (reply->location != NULL)
    self->location = rtc_http_client_resolve (reply->url, reply->location);
  /* A failure is the viewer's, who counts it. */
  load_viewer_set_answer (self->viewer, self->posted, reply->body, NULL);
}

LoadSession *
load_session_new (
    LoadCrowd *crowd, guint group, RtcHttpClient *client, const gchar *url, GError **error)
{
  RtcHttpClientRequest request = {
    .method = "POST", .url = url, .content_type = "application/sdp", .accept = "application/sdp"
  };
  gchar *offer;
  LoadViewer *viewer = load_viewer_new (crowd, group, &offer, error);
  LoadSession *self;

  if (viewer == NULL)
    return NULL;
  self = g_new0 (LoadSession, 1);
  self->viewer = viewer;
  self->client = client;
  self->posted = rtc_loop_now ();
  request.body = offer;
  self->call = rtc_http_client_send (client, &request, on_answer, self);
  g_free (offer);
  return self;
}

void
load_session_free (LoadSession *self)
{
  rtc_http_call_cancel (self->call);
  load_viewer_free (self->viewer);
  g_free (self->location);
  g_free (self);
}

static void
on_deleted (const RtcHttpReply *reply, const GError *error, gpointer data)
{
  (*(guint *) data)--;
}

void
load_session_leave (LoadSession *self, guint *pending)
{
  RtcHttpClientRequest request = { .method = "DELETE", .url = self->location };

  if (self->location != NULL) {
    (*pending)++;
    rtc_http_client_send (self->client, &request, on_deleted, pending);
  }
  load_session_free (self);
}
