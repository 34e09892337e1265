/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "looped-ladder.h"

#include "tests/check/bench/encoded-pictures.h"

#define FPS 30
#define N_PICTURES 60 /* of a loop */
#define N_RUNGS 3

static const struct {
  guint width, height, bitrate;
} sizes[N_RUNGS] = { { 640, 360, 1500000 }, { 320, 180, 450000 }, { 160, 90, 150000 } };

typedef struct {
  EncodedPictures pictures;
  GstElement *source;
  guint next;      /* [feeder] */
  gint is_refresh; /* atomic: the loop is to begin anew */
} Rung;

struct _LoopedLadder {
  Rung rungs[N_RUNGS];
  GstElement *pipeline; /* not owned */
  GThread *feeder;
  GMutex lock;
  GCond ends;
  gboolean is_ending; /* lock */
};

/* Noise, a little smoothed: it takes what rate there is. */
static void
rung_encode (Rung *self, guint i)
{
  gchar *launch = g_strdup_printf (
      "videotestsrc num-buffers=%u pattern=snow ! video/x-raw,width=80,height=45,framerate=%u/1 ! "
      "videoscale ! video/x-raw,width=%u,height=%u ! vp8enc deadline=1 cpu-used=8 end-usage=cbr "
      "min-quantizer=0 max-quantizer=63 keyframe-max-dist=1000 target-bitrate=%u",
      N_PICTURES, FPS, sizes[i].width, sizes[i].height, sizes[i].bitrate);

  encoded_pictures_init (&self->pictures, launch);
  g_free (launch);
}

/* --- feeding ---------------------------------------------------------------------------------- */

static GstPadProbeReturn
on_request (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (gst_event_has_name (GST_PAD_PROBE_INFO_EVENT (info), "GstForceKeyUnit"))
    g_atomic_int_set (&((Rung *) data)->is_refresh, TRUE);
  return GST_PAD_PROBE_OK;
}

static void
rung_feed (Rung *self, GstClockTime time)
{
  GstBuffer *buffer;
  GstFlowReturn flow;

  if (g_atomic_int_compare_and_exchange (&self->is_refresh, TRUE, FALSE))
    self->next = 0;
  buffer = gst_buffer_copy (g_ptr_array_index (self->pictures.buffers, self->next));
  self->next = (self->next + 1) % self->pictures.buffers->len;
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  g_signal_emit_by_name (self->source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

/* Until due or, if that is first, the end, which is TRUE. */
static gboolean
wait_for_end (LoopedLadder *self, gint64 due)
{
  gboolean ends;

  g_mutex_lock (&self->lock);
  while (!self->is_ending && g_cond_wait_until (&self->ends, &self->lock, due))
    ;
  ends = self->is_ending;
  g_mutex_unlock (&self->lock);
  return ends;
}

/* Pictures at their time, as a camera gives them; those that are late are not made up for. */
static gpointer
feed (gpointer data)
{
  LoopedLadder *self = data;
  gint64 due = g_get_monotonic_time ();

  do {
    GstClockTime time = gst_element_get_current_running_time (self->pipeline);

    for (guint i = 0; i < N_RUNGS && GST_CLOCK_TIME_IS_VALID (time); i++)
      rung_feed (&self->rungs[i], time);
    due = MAX (due + G_USEC_PER_SEC / FPS, g_get_monotonic_time ());
  } while (!wait_for_end (self, due));
  return NULL;
}

/* --- life ------------------------------------------------------------------------------------- */

static void
rung_open (Rung *self, GstBin *bin, guint i)
{
  gchar *name = g_strdup_printf ("rung%u", i);
  GstPad *pad;

  rung_encode (self, i);
  self->source = gst_bin_get_by_name (bin, name);
  g_object_set (self->source, "caps", self->pictures.caps, NULL);
  pad = gst_element_get_static_pad (self->source, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_request, self, NULL);
  gst_object_unref (pad);
  g_free (name);
}

LoopedLadder *
looped_ladder_new (GstElement *pipeline, GstBin *bin)
{
  LoopedLadder *self = g_new0 (LoopedLadder, 1);

  self->pipeline = pipeline;
  g_mutex_init (&self->lock);
  g_cond_init (&self->ends);
  for (guint i = 0; i < N_RUNGS; i++)
    rung_open (&self->rungs[i], bin, i);
  self->feeder = g_thread_new ("feeder", feed, self);
  return self;
}

void
looped_ladder_free (LoopedLadder *self)
{
  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  g_cond_signal (&self->ends);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->feeder);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ends);
  for (guint i = 0; i < N_RUNGS; i++) {
    gst_object_unref (self->rungs[i].source);
    encoded_pictures_clear (&self->rungs[i].pictures);
  }
  g_free (self);
}
