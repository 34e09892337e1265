/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-tee.c - pads that are requested while an event is on its way through the tee. */
#include "gst/media/gstrtctee.h"

#include <gst/app/gstappsrc.h>

#define PATIENCE (20 * G_TIME_SPAN_SECOND)

typedef struct {
  GstElement *pipeline, *source;
  GstElement *late; /* atomic: set when it is linked */
  GstRtcTee tee;
  GstEventType during; /* the pad is requested while this one passes */
  guint n_events;      /* of that type */
  guint nth;           /* of them, from 1 */
  GstPadEventFunction pass;
} Fixture;

static GstElement *
add_sink (Fixture *f)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (f->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  return sink;
}

static void
link_to_tee (Fixture *f, GstElement *sink)
{
  GstPad *from = gst_rtc_tee_request_pad (&f->tee), *to = gst_element_get_static_pad (sink, "sink");

  g_assert_cmpint (gst_pad_link (from, to), ==, GST_PAD_LINK_OK);
  gst_rtc_tee_end_pad (&f->tee, from);
  gst_object_unref (from);
  gst_object_unref (to);
}

/* All pads have had the event, and it does not stick to the sink pad yet. */
static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  Fixture *f = g_object_get_data (G_OBJECT (pad), "fixture");
  gboolean is_it = GST_EVENT_TYPE (event) == f->during && ++f->n_events == f->nth;
  gboolean ok = f->pass (pad, parent, event);

  if (is_it) {
    GstElement *late = add_sink (f);

    link_to_tee (f, late);
    g_atomic_pointer_set (&f->late, late);
  }
  return ok;
}

static void
fixture_start (Fixture *f, GstEventType during, guint nth)
{
  GstElement *tee;
  GstPad *pad;

  *f = (Fixture){ .during = during, .nth = nth };
  f->pipeline =
      gst_parse_launch ("appsrc name=source format=time caps=text/x-raw ! tee name=tee", NULL);
  f->source = gst_bin_get_by_name (GST_BIN (f->pipeline), "source");
  tee = gst_bin_get_by_name (GST_BIN (f->pipeline), "tee");
  gst_rtc_tee_init (&f->tee, tee);
  link_to_tee (f, add_sink (f));
  pad = gst_element_get_static_pad (tee, "sink");
  f->pass = GST_PAD_EVENTFUNC (pad);
  g_object_set_data (G_OBJECT (pad), "fixture", f);
  gst_pad_set_event_function (pad, on_event);
  gst_object_unref (pad);
  gst_object_unref (tee);
  gst_element_set_state (f->pipeline, GST_STATE_PLAYING);
}

static void
push (Fixture *f, const gchar *caps)
{
  GstCaps *type = gst_caps_from_string (caps);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 1, NULL);
  GstSample *sample = gst_sample_new (buffer, type, NULL, NULL);

  GST_BUFFER_PTS (buffer) = 0;
  g_assert_cmpint (gst_app_src_push_sample (GST_APP_SRC (f->source), sample), ==, GST_FLOW_OK);
  gst_sample_unref (sample);
  gst_buffer_unref (buffer);
  gst_caps_unref (type);
}

/* All that was pushed has arrived; then nobody streams any more. */
static void
fixture_run_to_end (Fixture *f)
{
  GstBus *bus = gst_element_get_bus (f->pipeline);
  GstMessage *message;

  gst_app_src_end_of_stream (GST_APP_SRC (f->source));
  message = gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
}

static void
fixture_end (Fixture *f)
{
  gst_element_set_state (f->pipeline, GST_STATE_NULL);
  gst_object_unref (f->source);
  gst_object_unref (f->pipeline);
}

static void
assert_caps (GstElement *sink, const gchar *name)
{
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstCaps *caps = gst_pad_get_current_caps (pad);

  g_assert_nonnull (caps);
  g_assert_cmpstr (gst_structure_get_name (gst_caps_get_structure (caps, 0)), ==, name);
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

/* Without what it missed GStreamer warns of data before a segment, which ends the test. */
static void
test_first (gconstpointer during)
{
  Fixture f;

  fixture_start (&f, (GstEventType) GPOINTER_TO_INT (during), 1);
  push (&f, "text/x-raw");
  fixture_run_to_end (&f);
  g_assert_nonnull (f.late);
  assert_caps (f.late, "text/x-raw");
  fixture_end (&f);
}

/* It has caps, those before: data of the new ones must not come with them. */
static void
test_other_caps (void)
{
  Fixture f;

  fixture_start (&f, GST_EVENT_CAPS, 2);
  push (&f, "text/x-raw");
  push (&f, "text/x-other");
  fixture_run_to_end (&f);
  g_assert_nonnull (f.late);
  assert_caps (f.late, "text/x-other");
  fixture_end (&f);
}

static void
wait_end (GstElement *sink)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstEvent *event;

  while ((event = gst_pad_get_sticky_event (pad, GST_EVENT_EOS, 0)) == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
  gst_event_unref (event);
  gst_object_unref (pad);
}

/* Nothing comes behind an end: who is linked while it passes, or later, gets it all the same, with
 * what is before it. */
static void
test_end (void)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  Fixture f;

  fixture_start (&f, GST_EVENT_EOS, 1);
  push (&f, "text/x-raw");
  fixture_run_to_end (&f);
  /* The end of all sinks there were is told before the other one is linked. */
  while (g_atomic_pointer_get (&f.late) == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
  wait_end (f.late);
  assert_caps (f.late, "text/x-raw");
  link_to_tee (&f, f.late = add_sink (&f));
  wait_end (f.late);
  assert_caps (f.late, "text/x-raw");
  fixture_end (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tee/stream-start", GINT_TO_POINTER (GST_EVENT_STREAM_START), test_first);
  g_test_add_data_func ("/tee/caps", GINT_TO_POINTER (GST_EVENT_CAPS), test_first);
  g_test_add_data_func ("/tee/segment", GINT_TO_POINTER (GST_EVENT_SEGMENT), test_first);
  g_test_add_func ("/tee/other-caps", test_other_caps);
  g_test_add_func ("/tee/end", test_end);
  return g_test_run ();
}
