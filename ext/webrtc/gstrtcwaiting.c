/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwaiting.h"

typedef struct {
  guint mline;
  gchar *mid, *candidate;
} Candidate;

typedef struct {
  GstRtcWaiting *owner;
  gchar *id, *peer_id, *offer;
  GArray *candidates; /* Candidate */
  GSource *timeout;
} Viewer;

struct _GstRtcWaiting {
  GMainContext *context;
  GstRtcWaitingFuncs funcs;
  GQueue viewers; /* Viewer * */
};

static void
candidate_clear (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->mid);
  g_free (candidate->candidate);
}

static void
viewer_free (gpointer data)
{
  Viewer *viewer = data;

  g_source_destroy (viewer->timeout);
  g_source_unref (viewer->timeout);
  g_array_unref (viewer->candidates);
  g_free (viewer->id);
  g_free (viewer->peer_id);
  g_free (viewer->offer);
  g_free (viewer);
}

GstRtcWaiting *
gst_rtc_waiting_new (GMainContext *context, const GstRtcWaitingFuncs *funcs)
{
  GstRtcWaiting *self = g_new0 (GstRtcWaiting, 1);

  self->context = g_main_context_ref (context);
  self->funcs = *funcs;
  g_queue_init (&self->viewers);
  return self;
}

void
gst_rtc_waiting_free (GstRtcWaiting *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->viewers, viewer_free);
  g_main_context_unref (self->context);
  g_free (self);
}

static Viewer *
waiting_find (GstRtcWaiting *self, const gchar *id)
{
  for (GList *l = self->viewers.head; l != NULL; l = l->next)
    if (g_str_equal (((Viewer *) l->data)->id, id))
      return l->data;
  return NULL;
}

/* Out of the queue already: what is called may come back to us. */
static void
viewer_start (Viewer *viewer)
{
  const GstRtcWaitingFuncs *funcs = &viewer->owner->funcs;

  funcs->start (funcs->data, viewer->id, viewer->peer_id, viewer->offer);
  for (guint i = 0; i < viewer->candidates->len; i++) {
    const Candidate *c = &g_array_index (viewer->candidates, Candidate, i);

    funcs->candidate (funcs->data, viewer->id, c->mline, c->mid, c->candidate);
  }
  viewer_free (viewer);
}

static gboolean
on_timeout (gpointer data)
{
  Viewer *viewer = data;

  g_queue_remove (&viewer->owner->viewers, viewer);
  viewer_start (viewer);
  return G_SOURCE_REMOVE;
}

void
gst_rtc_waiting_add (GstRtcWaiting *self, const gchar *id, const gchar *peer_id, const gchar *offer)
{
  Viewer *viewer = g_new0 (Viewer, 1);

  viewer->owner = self;
  viewer->id = g_strdup (id);
  viewer->peer_id = g_strdup (peer_id);
  viewer->offer = g_strdup (offer);
  viewer->candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_array_set_clear_func (viewer->candidates, candidate_clear);
  viewer->timeout = g_timeout_source_new (GST_RTC_WAITING_MS);
  g_source_set_callback (viewer->timeout, on_timeout, viewer, NULL);
  g_source_attach (viewer->timeout, self->context);
  g_queue_push_tail (&self->viewers, viewer);
}

gboolean
gst_rtc_waiting_add_candidate (
    GstRtcWaiting *self, const gchar *id, guint mline, const gchar *mid, const gchar *candidate)
{
  Viewer *viewer = waiting_find (self, id);
  Candidate c = { mline, g_strdup (mid), g_strdup (candidate) };

  if (viewer != NULL && viewer->candidates->len < GST_RTC_WAITING_MAX_CANDIDATES)
    g_array_append_val (viewer->candidates, c);
  else
    candidate_clear (&c);
  return viewer != NULL;
}

gboolean
gst_rtc_waiting_remove (GstRtcWaiting *self, const gchar *id)
{
  Viewer *viewer = waiting_find (self, id);

  if (viewer == NULL)
    return FALSE;
  g_queue_remove (&self->viewers, viewer);
  viewer_free (viewer);
  return TRUE;
}

void
gst_rtc_waiting_release (GstRtcWaiting *self)
{
  GQueue viewers = self->viewers;
  Viewer *viewer;

  g_queue_init (&self->viewers);
  while ((viewer = g_queue_pop_head (&viewers)) != NULL)
    viewer_start (viewer);
}

guint
gst_rtc_waiting_get_n (const GstRtcWaiting *self)
{
  return self->viewers.length;
}
