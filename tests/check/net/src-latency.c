/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* src-latency.c - webrtcsrc's adaptive latency on a link whose delay, jitter and loss change: it
 * rises within a second or two, falls in small steps, and sound and picture stay together
 * meanwhile.
 *
 * What leaves the pads is measured by its time stamps, with which all sinks play in time, against
 * the capture times that the caller's packets tell: lip sync is that both streams have the same
 * distance between the two, and a jump is a step in one of them. */
#include <string.h>

#include "linked-call.h"
#include "stall.h"
#include "tests/check/run-tests.h"

/* Encoded: decoders change nothing about time. */
#define VIDEO_SINK "video/x-vp8 ! fakesink name=out sync=false signal-handoffs=true"
#define AUDIO_SINK "audio/x-opus ! fakesink name=out sync=false signal-handoffs=true"

#define MIN_LATENCY 50
#define MAX_LATENCY 500

/* Of lip sync: what people begin to notice (ITU-R BT.1359: 45 ms of sound before the picture). */
#define MAX_SKEW (40 * GST_MSECOND)

/* What one stream's time stamps may do from one buffer to the next, beyond what media time does. */
#define MAX_AUDIO_STEP (20 * GST_MSECOND)

typedef struct {
  gboolean is_video;
  guint n;
  GstClockTimeDiff distance; /* PTS - capture time, of the last one */
} Stream;

typedef struct {
  GMutex lock;
  GCond cond;
  Stream streams[2]; /* audio, video */
  gboolean is_counting;
  GstClockTimeDiff worst_skew, worst_step; /* of audio */
  guint n_untimed;                         /* without a capture time */
} Ear;

static GstCaps *ntp_caps;

static void
note_skew (Ear *self)
{
  const Stream *a = &self->streams[0], *v = &self->streams[1];
  GstClockTimeDiff skew = a->distance - v->distance;

  if (!self->is_counting || a->n == 0 || v->n == 0)
    return;
  if (ABS (skew) > ABS (self->worst_skew))
    self->worst_skew = skew;
}

static void
note_buffer (GstBuffer *buffer, Ear *self, Stream *stream)
{
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (buffer, ntp_caps);
  GstClockTimeDiff distance;

  g_mutex_lock (&self->lock);
  if (meta == NULL) {
    self->n_untimed += self->is_counting ? 1 : 0;
  } else {
    distance = GST_CLOCK_DIFF (meta->timestamp, GST_BUFFER_PTS (buffer));
    if (self->is_counting && stream->n > 0 && !stream->is_video
        && ABS (distance - stream->distance) > ABS (self->worst_step))
      self->worst_step = distance - stream->distance;
    stream->distance = distance;
    stream->n++;
    note_skew (self);
  }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_audio (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  note_buffer (buffer, data, &((Ear *) data)->streams[0]);
}

static void
on_video (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  note_buffer (buffer, data, &((Ear *) data)->streams[1]);
}

static void
on_sink_added (GstPad *pad, GstElement *bin, gpointer data)
{
  GstElement *out = gst_bin_get_by_name (GST_BIN (bin), "out");
  gboolean is_video = g_str_has_prefix (GST_OBJECT_NAME (pad), "video");

  g_signal_connect (out, "handoff", G_CALLBACK (is_video ? on_video : on_audio), data);
  gst_object_unref (out);
}

typedef struct {
  LinkedCall call;
  Ear ear;
} Rig;

static void
rig_start (Rig *self, const SimLink *link)
{
  gchar *properties = g_strdup_printf ("min-latency=%u max-latency=%u", MIN_LATENCY, MAX_LATENCY);
  LinkedCallConfig config = { .link = *link,
    .properties = properties,
    .video_sink = VIDEO_SINK,
    .audio_sink = AUDIO_SINK,
    .sink_added = on_sink_added,
    .sink_data = &self->ear };

  memset (self, 0, sizeof *self);
  g_mutex_init (&self->ear.lock);
  g_cond_init (&self->ear.cond);
  self->ear.streams[1].is_video = TRUE;
  linked_call_start (&self->call, &config);
  g_free (properties);
}

static void
rig_stop (Rig *self)
{
  linked_call_stop (&self->call);
  g_mutex_clear (&self->ear.lock);
  g_cond_clear (&self->ear.cond);
}

/* What the jitter buffers of both pads wait now, ms; the field is 0 while there is none. */
static void
rig_get_latencies (Rig *self, guint latencies[2])
{
  GstStructure *all = NULL;

  latencies[0] = latencies[1] = 0;
  g_object_get (self->call.pipeline.element, "stats", &all, NULL);
  for (gint i = 0; i < gst_structure_n_fields (all); i++) {
    const GValue *value =
        gst_structure_get_value (all, gst_structure_nth_field_name (all, (guint) i));
    const GstStructure *session = gst_value_get_structure (value);

    for (guint k = 0; k < 2; k++) {
      const GValue *pad =
          gst_structure_get_value (session, k == 0 ? "receive-audio_0" : "receive-video_0");

      if (pad != NULL)
        gst_structure_get_uint (gst_value_get_structure (pad), "latency", &latencies[k]);
    }
  }
  gst_structure_free (all);
}

/* Media goes on for ms. */
static void
rig_run (Rig *self, guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&self->ear.lock);
  while (g_get_monotonic_time () < end)
    g_cond_wait_until (&self->ear.cond, &self->ear.lock, end);
  g_mutex_unlock (&self->ear.lock);
  call_pipeline_poll (&self->call.pipeline);
}

/* TRUE once the latency of that stream (1: video) is at least wanted; FALSE after ms. */
static gboolean
rig_wait_latency (Rig *self, guint stream, guint wanted, guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  guint latencies[2];

  for (;;) {
    rig_get_latencies (self, latencies);
    if (latencies[stream] >= wanted)
      return TRUE;
    if (g_get_monotonic_time () > end)
      return FALSE;
    rig_run (self, 50);
  }
}

static void
rig_change (Rig *self, const SimLink *link)
{
  link_emulator_set_link (self->call.link, SIM_A_TO_B, link);
  link_emulator_set_link (self->call.link, SIM_B_TO_A, link);
}

/* Lip sync from here on, or whether it was there since the last call of this. */
static gboolean
rig_judge (Rig *self, const gchar *what)
{
  Ear *ear = &self->ear;
  gboolean is_good = TRUE;
  guint latencies[2];

  rig_get_latencies (self, latencies);
  g_mutex_lock (&ear->lock);
  if (ear->is_counting) {
    g_test_message ("%s: %u and %u ms; worst skew %.1f ms, worst step of sound %.1f ms", what,
        latencies[0], latencies[1], (gdouble) ear->worst_skew / GST_MSECOND,
        (gdouble) ear->worst_step / GST_MSECOND);
    is_good = ABS (ear->worst_skew) <= (GstClockTimeDiff) MAX_SKEW
              && ABS (ear->worst_step) <= (GstClockTimeDiff) MAX_AUDIO_STEP;
    g_assert_cmpuint (ear->n_untimed, ==, 0);
  }
  ear->is_counting = TRUE;
  ear->worst_skew = ear->worst_step = 0;
  ear->n_untimed = 0;
  g_mutex_unlock (&ear->lock);
  return is_good;
}

/* TRUE when sound and picture stayed together. */
static gboolean
run_steps (Rig *rig)
{
  SimLink far = { .delay = 120 * GST_MSECOND }, good = { .delay = 20 * GST_MSECOND };
  SimLink rough = { .delay = 60 * GST_MSECOND, .jitter = 60 * GST_MSECOND };
  SimLink lossy = { .delay = 60 * GST_MSECOND, .loss = 0.1 };
  gboolean is_good = TRUE;
  guint latencies[2], high;

  rig_run (rig, 4000); /* the first reports, and the first offsets */
  rig_judge (rig, "begin");

  rig_change (rig, &far);
  for (guint stream = 0; stream < 2; stream++)
    is_good &= rig_wait_latency (rig, stream, 100, 2000);
  rig_run (rig, 4000);
  is_good &= rig_judge (rig, "100 ms further away");

  rig_change (rig, &good);
  rig_run (rig, 4000);
  is_good &= rig_judge (rig, "near again");

  rig_change (rig, &rough);
  rig_run (rig, 3000);
  is_good &= rig_judge (rig, "60 ms of jitter");

  rig_change (rig, &lossy);
  is_good &= rig_wait_latency (rig, 1, 200, 3000);
  rig_run (rig, 2000);
  is_good &= rig_judge (rig, "10 % of loss");

  /* Down from two seconds later on, by 40 ms a second at most. */
  rig_change (rig, &good);
  rig_get_latencies (rig, latencies);
  high = latencies[1];
  rig_run (rig, 7000);
  rig_get_latencies (rig, latencies);
  is_good &= latencies[1] < high && latencies[1] + 220 >= high;
  return rig_judge (rig, "calm") && is_good;
}

static gboolean
try_steps (GstClockTime *stall)
{
  SimLink good = { .delay = 20 * GST_MSECOND };
  gboolean is_good;
  Rig rig;

  rig_start (&rig, &good);
  is_good = run_steps (&rig);
  *stall = stall_get (rig.call.callers, rig.call.link);
  rig_stop (&rig);
  return is_good;
}

static void
test_steps (void)
{
  stall_try (try_steps);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcsrc"))
    return CALL_PIPELINE_SKIPPED;
  ntp_caps = gst_caps_new_empty_simple ("timestamp/x-ntp");
  g_test_add_func ("/src/latency/steps", test_steps);
  return run_tests ();
}
