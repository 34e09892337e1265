/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcremotecontrol.h"

#include <string.h>

#include "ext/webrtc/gstrtcnavigation.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/loop/rtc-loop.h"

#define GST_CAT_DEFAULT rtc_log_dc

#define LABEL "control"
#define OLD_LABEL "input"

/* Channels of one viewer that are listened to, and replies that may wait for it. */
#define MAX_CHANNELS 4
#define MAX_WAITING (64 * 1024)

/* One viewer. */
typedef struct {
  GstRtcRemoteControl *control;
  GstRtcSession *session;
  GPtrArray *channels; /* [C] */
  gdouble tokens;      /* [C]: requests that it may make now */
  GstClockTime filled; /* [C]: when they were counted */

  /* With the lock. */
  guint64 n_requests, n_done, n_malformed, n_refused, n_rate, n_size;
} Viewer;

struct _GstRtcRemoteControl {
  GstRtcRemoteControlFunc func;
  gpointer owner;

  GMutex lock;         /* guards the rest */
  GHashTable *viewers; /* session id -> Viewer; changed on [C] */
};

static void
count (Viewer *viewer, guint64 *counter)
{
  g_mutex_lock (&viewer->control->lock);
  (*counter)++;
  g_mutex_unlock (&viewer->control->lock);
}

static gboolean
take_token (Viewer *viewer)
{
  GstClockTime now = rtc_loop_now ();

  viewer->tokens += (gdouble) (now - viewer->filled) / GST_SECOND * GST_RTC_REMOTE_CONTROL_RATE;
  viewer->tokens = MIN (viewer->tokens, GST_RTC_REMOTE_CONTROL_RATE);
  viewer->filled = now;
  if (viewer->tokens < 1)
    return FALSE;
  viewer->tokens -= 1;
  return TRUE;
}

static void
reply (GstRtcDataChannel *channel, gint64 id, const gchar *error)
{
  gchar *text;

  if (gst_rtc_data_channel_get_buffered (channel) > MAX_WAITING)
    return;
  text = gst_rtc_navigation_reply (id, error);
  gst_rtc_data_channel_send_string_full (channel, text, NULL);
  g_free (text);
}

static void
handle_request (Viewer *viewer, GstRtcDataChannel *channel, const gchar *text)
{
  GstRtcNavigation request;
  GError *error = NULL;

  if (!gst_rtc_navigation_parse (text, strlen (text), &request, &error)) {
    RtcResult result = rtc_error_get_result (error);

    GST_DEBUG ("session %s: %s", gst_rtc_session_get_id (viewer->session), error->message);
    count (viewer, result == RTC_ERR_LIMIT         ? &viewer->n_size
                   : result == RTC_ERR_UNSUPPORTED ? &viewer->n_refused
                                                   : &viewer->n_malformed);
    reply (channel, request.id, error->message);
    g_error_free (error);
  } else if (viewer->control->func (viewer->control->owner, viewer->session, request.mid,
                 g_steal_pointer (&request.event))) {
    count (viewer, &viewer->n_done);
    reply (channel, request.id, NULL);
  } else {
    count (viewer, &viewer->n_refused);
    reply (channel, request.id, "nobody takes this event");
  }
  gst_rtc_navigation_clear (&request);
}

static void
on_string (GstRtcDataChannel *channel, const gchar *text, Viewer *viewer)
{
  count (viewer, &viewer->n_requests);
  if (take_token (viewer))
    handle_request (viewer, channel, text);
  else
    count (viewer, &viewer->n_rate);
}

/* gstwebrtc-api sends text; bytes are none of its. */
static void
on_data (GstRtcDataChannel *channel, GBytes *bytes, Viewer *viewer)
{
  count (viewer, &viewer->n_requests);
  count (viewer, &viewer->n_malformed);
}

/* Takes channel. */
static void
listen_to (Viewer *viewer, GstRtcDataChannel *channel)
{
  g_object_connect (channel, "signal::on-message-string", on_string, viewer,
      "signal::on-message-data", on_data, viewer, NULL);
  g_ptr_array_add (viewer->channels, channel);
}

static void
on_data_channel (GstRtcSession *session, GstRtcDataChannel *channel, Viewer *viewer)
{
  gchar *label = NULL;

  g_object_get (channel, "label", &label, NULL);
  if ((g_str_equal (label, LABEL) || g_str_equal (label, OLD_LABEL))
      && viewer->channels->len < MAX_CHANNELS)
    listen_to (viewer, g_object_ref (channel));
  g_free (label);
}

static void
channel_free (gpointer data)
{
  gst_rtc_data_channel_close (data);
  g_object_unref (data);
}

static void
viewer_free (Viewer *viewer)
{
  g_signal_handlers_disconnect_by_data (viewer->session, viewer);
  for (guint i = 0; i < viewer->channels->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (viewer->channels, i), viewer);
  g_ptr_array_unref (viewer->channels);
  g_object_unref (viewer->session);
  g_free (viewer);
}

void
gst_rtc_remote_control_add (GstRtcRemoteControl *self, GstRtcSession *session)
{
  Viewer *viewer = g_new0 (Viewer, 1);

  viewer->control = self;
  viewer->session = g_object_ref (session);
  viewer->channels = g_ptr_array_new_with_free_func (channel_free);
  viewer->tokens = GST_RTC_REMOTE_CONTROL_RATE;
  viewer->filled = rtc_loop_now ();
  g_signal_connect (session, "on-data-channel", G_CALLBACK (on_data_channel), viewer);
  listen_to (viewer, gst_rtc_session_create_data_channel (session, LABEL, NULL));
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->viewers, g_strdup (gst_rtc_session_get_id (session)), viewer);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_remote_control_remove (GstRtcRemoteControl *self, const gchar *session_id)
{
  gpointer key = NULL, viewer = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_steal_extended (self->viewers, session_id, &key, &viewer);
  g_mutex_unlock (&self->lock);
  g_free (key);
  if (viewer != NULL)
    viewer_free (viewer);
}

GstRtcRemoteControl *
gst_rtc_remote_control_new (GstRtcRemoteControlFunc func, gpointer owner)
{
  GstRtcRemoteControl *self = g_new0 (GstRtcRemoteControl, 1);

  g_mutex_init (&self->lock);
  self->func = func;
  self->owner = owner;
  self->viewers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
gst_rtc_remote_control_free (GstRtcRemoteControl *self)
{
  g_hash_table_unref (self->viewers);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstStructure *
gst_rtc_remote_control_get_stats (GstRtcRemoteControl *self, const gchar *session_id)
{
  GstStructure *stats = NULL;
  const Viewer *viewer;

  g_mutex_lock (&self->lock);
  viewer = g_hash_table_lookup (self->viewers, session_id);
  if (viewer != NULL)
    stats = gst_structure_new ("control", "requests", G_TYPE_UINT64, viewer->n_requests, "done",
        G_TYPE_UINT64, viewer->n_done, "malformed", G_TYPE_UINT64, viewer->n_malformed, "refused",
        G_TYPE_UINT64, viewer->n_refused, "dropped-rate", G_TYPE_UINT64, viewer->n_rate,
        "dropped-size", G_TYPE_UINT64, viewer->n_size, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}
