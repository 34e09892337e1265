/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-control-channel.c - requests of viewers on the channel "control": what they may be, and that
 * they reach the picture's source as events. */
#include <gst/video/navigation.h>
#include <string.h>

#include "ext/webrtc/gstrtcnavigation.h"
#include "ext/webrtc/gstrtcremotecontrol.h"
#include "src-calling.h"
#include "tests/check/run-tests.h"

#define LINE(properties)                                                                           \
  "videotestsrc name=picture is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! "    \
  "webrtcsink name=s video-caps=video/x-vp8 " properties
#define REQUEST(event) "{\"id\":7,\"request\":{\"type\":\"navigationEvent\",\"event\":{" event "}}}"
#define MOVE REQUEST ("\"event\":\"MouseMove\",\"x\":1,\"y\":2")

/* --- what is taken ---------------------------------------------------------------------------- */

static const struct {
  const gchar *text;
  const gchar *event; /* as GstNavigation has it; NULL: none */
} requests[] = {
  { MOVE, "mouse-move" },
  { REQUEST ("\"event\":\"MouseButtonPress\",\"x\":1.5,\"y\":-2,\"button\":1,"
             "\"modifier_state\":\"shift-mask+control-mask\""),
      "mouse-button-press" },
  { REQUEST ("\"event\":\"MouseButtonRelease\",\"x\":1,\"y\":2,\"button\":3"),
      "mouse-button-release" },
  { REQUEST ("\"event\":\"MouseScroll\",\"x\":1,\"y\":2,\"delta_x\":0,\"delta_y\":-120"),
      "mouse-scroll" },
  { REQUEST ("\"event\":\"KeyPress\",\"key\":\"Left\""), "key-press" },
  { REQUEST ("\"event\":\"KeyRelease\",\"key\":\"\\u00e4\""), "key-release" },
  { REQUEST ("\"event\":\"TouchDown\",\"x\":1,\"y\":2,\"identifier\":0,\"pressure\":0.5"),
      "touch-down" },
  { REQUEST ("\"event\":\"TouchMotion\",\"x\":1,\"y\":2,\"identifier\":0,\"pressure\":1e9"),
      "touch-motion" },
  { REQUEST ("\"event\":\"TouchUp\",\"x\":1,\"y\":2,\"identifier\":0"), "touch-up" },
  { REQUEST ("\"event\":\"TouchFrame\""), "touch-frame" },
  { REQUEST ("\"event\":\"TouchCancel\""), "touch-cancel" },
  { "{\"id\":7,\"request\":\"{\\\"type\\\":\\\"navigationEvent\\\",\\\"event\\\":"
    "{\\\"event\\\":\\\"TouchFrame\\\"}}\"}",
      "touch-frame" },
  { "", NULL },
  { "7", NULL },
  { "null", NULL },
  { "{}", NULL },
  { "{\"id\":7", NULL },
  { "{\"id\":7,\"request\":null}", NULL },
  { "{\"id\":7,\"request\":\"{\"}", NULL },
  { "{\"id\":7,\"request\":[]}", NULL },
  { "{\"id\":7,\"request\":{\"type\":\"customUpstreamEvent\",\"structureName\":\"x\","
    "\"structure\":{}}}",
      NULL },
  { "{\"id\":7,\"request\":{\"type\":7,\"event\":{\"event\":\"TouchFrame\"}}}", NULL },
  { REQUEST ("\"event\":\"Reboot\""), NULL },
  { REQUEST ("\"event\":7"), NULL },
  { REQUEST ("\"event\":\"MouseMove\",\"x\":\"1\",\"y\":2"), NULL },
  { REQUEST ("\"event\":\"MouseMove\",\"x\":1e999,\"y\":2"), NULL },
  { REQUEST ("\"event\":\"MouseMove\",\"x\":1"), NULL },
  { REQUEST ("\"event\":\"MouseButtonPress\",\"x\":1,\"y\":2,\"button\":256"), NULL },
  { REQUEST ("\"event\":\"MouseButtonPress\",\"x\":1,\"y\":2,\"button\":-1"), NULL },
  { REQUEST ("\"event\":\"KeyPress\",\"key\":\"\""), NULL },
  { REQUEST ("\"event\":\"KeyPress\",\"key\":{}"), NULL },
  { REQUEST ("\"event\":\"KeyPress\",\"key\":\"123456789012345678901234567890123\""), NULL },
  { REQUEST ("\"event\":\"TouchDown\",\"x\":1,\"y\":2,\"identifier\":1e12"), NULL },
  { "{\"id\":7,\"request\":\"\377\"}", NULL },
};

static void
test_requests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    GstRtcNavigation out;
    GError *error = NULL;
    gboolean ok =
        gst_rtc_navigation_parse (requests[i].text, strlen (requests[i].text), &out, &error);

    g_test_message ("%s", requests[i].event != NULL ? requests[i].event : "(refused)");
    g_assert_cmpint (ok, ==, requests[i].event != NULL);
    g_assert_cmpint (ok, ==, error == NULL);
    if (ok) {
      g_assert_cmpint (out.id, ==, 7);
      g_assert_cmpstr (gst_structure_get_string (gst_event_get_structure (out.event), "event"), ==,
          requests[i].event);
    } else {
      gchar *reply = gst_rtc_navigation_reply (out.id, error->message);

      g_assert_true (g_str_has_suffix (reply, "\"}"));
      g_free (reply);
    }
    g_clear_error (&error);
    gst_rtc_navigation_clear (&out);
  }
}

/* Neither long nor deep ones are looked at. */
static void
test_limits (void)
{
  gchar *text = g_strnfill (GST_RTC_NAVIGATION_MAX_BYTES + 1, '[');
  GstRtcNavigation out;
  GError *error = NULL;

  for (guint len = GST_RTC_NAVIGATION_MAX_BYTES + 1; len > GST_RTC_NAVIGATION_MAX_DEPTH; len /= 2) {
    g_assert_false (gst_rtc_navigation_parse (text, len, &out, &error));
    g_assert_true (strstr (error->message, "longer") != NULL || strstr (error->message, "in obj"));
    g_clear_error (&error);
  }
  g_free (text);
}

static void
test_details (void)
{
  static const gchar text[] =
      "{\"id\":-3,\"mid\":\"video0\",\"request\":{\"type\":\"navigationEvent\",\"event\":{"
      "\"event\":"
      "\"MouseButtonPress\",\"x\":1.5,\"y\":-2,\"button\":2,\"modifier_state\":"
      "\"shift-mask+nonsense+control-mask\"}}}";
  GstNavigationModifierType state;
  GstRtcNavigation out;
  gdouble x, y;
  gint button;

  g_assert_true (gst_rtc_navigation_parse (text, strlen (text), &out, NULL));
  g_assert_cmpint (out.id, ==, -3);
  g_assert_cmpstr (out.mid, ==, "video0");
  g_assert_true (gst_navigation_event_parse_mouse_button_event (out.event, &button, &x, &y));
  g_assert_true (gst_navigation_event_parse_modifier_state (out.event, &state));
  g_assert_cmpint (button, ==, 2);
  g_assert_cmpfloat (x, ==, 1.5);
  g_assert_cmpfloat (y, ==, -2);
  g_assert_cmpuint (
      state, ==, GST_NAVIGATION_MODIFIER_SHIFT_MASK | GST_NAVIGATION_MODIFIER_CONTROL_MASK);
  gst_rtc_navigation_clear (&out);
}

/* --- over the network ------------------------------------------------------------------------- */

/* A viewer's end of the channel. */
typedef struct {
  GObject *channel;                                         /* once it is open; a reference */
  guint n_open, n_replies, n_refused, n_events, n_channels; /* atomic */
} Viewer;

static void
on_reply (GObject *channel, const gchar *text, Viewer *viewer)
{
  g_assert_nonnull (strstr (text, "\"type\":\"ControlResponseMessage\""));
  if (strstr (text, "\"error\":null") == NULL)
    g_atomic_int_inc (&viewer->n_refused);
  g_atomic_int_inc (&viewer->n_replies);
}

static void
on_open (GObject *channel, Viewer *viewer)
{
  viewer->channel = g_object_ref (channel);
  g_atomic_int_inc (&viewer->n_open);
}

static void
on_data_channel (GObject *session, GObject *channel, Viewer *viewer)
{
  gchar *label;

  g_object_get (channel, "label", &label, NULL);
  g_assert_cmpstr (label, ==, "control");
  g_free (label);
  g_atomic_int_inc (&viewer->n_channels);
  g_signal_connect (channel, "on-open", G_CALLBACK (on_open), viewer);
  g_signal_connect (channel, "on-message-string", G_CALLBACK (on_reply), viewer);
}

static void
on_session (GstElement *src, const gchar *id, GObject *session, Viewer *viewer)
{
  g_signal_connect (session, "on-data-channel", G_CALLBACK (on_data_channel), viewer);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Viewer *viewer = data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_NAVIGATION)
    return GST_PAD_PROBE_OK;
  g_atomic_int_inc (&viewer->n_events);
  return GST_PAD_PROBE_HANDLED;
}

static void
start (Answering *a, Caller *c, Viewer *viewer, const gchar *line)
{
  GstElement *picture;
  GstPad *pad;

  memset (viewer, 0, sizeof *viewer);
  answering_start (a, "webrtcsrc name=r", "fakesink|fakesink");
  g_signal_connect (a->src, "session-added", G_CALLBACK (on_session), viewer);
  caller_start (c, a, line, TRUE);
  picture = gst_bin_get_by_name (GST_BIN (c->pipeline), "picture");
  pad = gst_element_get_static_pad (picture, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, viewer, NULL);
  gst_object_unref (pad);
  gst_object_unref (picture);
}

static void
stop (Answering *a, Caller *c, Viewer *viewer)
{
  caller_stop (c);
  answering_check (a);
  answering_stop (a);
  g_clear_object (&viewer->channel);
}

/* The sink's "control" statistics. (transfer full) */
static GstStructure *
get_stats (Caller *c)
{
  GstStructure *stats = NULL, *found = NULL;

  g_object_get (c->sink, "stats", &stats, NULL);
  g_assert_cmpint (gst_structure_n_fields (stats), ==, 1);
  gst_structure_get (gst_value_get_structure (
                         gst_structure_get_value (stats, gst_structure_nth_field_name (stats, 0))),
      "control", GST_TYPE_STRUCTURE, &found, NULL);
  g_assert_nonnull (found);
  gst_structure_free (stats);
  return found;
}

static guint
get_count (Caller *c, const gchar *field)
{
  GstStructure *stats = get_stats (c);
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  gst_structure_free (stats);
  return (guint) value;
}

/* To the picture's source and answered; what is none is refused and counted. */
static void
test_events (void)
{
  gchar *mid = NULL, *text, *longest = g_strnfill (GST_RTC_NAVIGATION_MAX_BYTES + 1, ' ');
  AnsweredPad *p;
  Answering a;
  Caller c;
  Viewer viewer;

  start (&a, &c, &viewer, LINE ("enable-control-data-channel=true"));
  call_wait_count (&viewer.n_open, 1);
  g_signal_emit_by_name (viewer.channel, "send-string", MOVE);
  call_wait_count (&viewer.n_replies, 1);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_events), ==, 1);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_refused), ==, 0);
  p = answering_wait_name (&a, "video_0");
  g_object_get (p->pad, "mid", &mid, NULL);
  text = g_strdup_printf ("{\"id\":1,\"mid\":\"%s\",%s", mid, strchr (MOVE, ',') + 1);
  g_signal_emit_by_name (viewer.channel, "send-string", text);
  call_wait_count (&viewer.n_replies, 2);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_events), ==, 2);
  g_free (text);
  text = g_strdup_printf ("{\"id\":1,\"mid\":\"none\",%s", strchr (MOVE, ',') + 1);
  g_signal_emit_by_name (viewer.channel, "send-string", text);
  g_signal_emit_by_name (viewer.channel, "send-string", "bad");
  g_signal_emit_by_name (viewer.channel, "send-string", longest);
  call_wait_count (&viewer.n_replies, 5);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_refused), ==, 3);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_events), ==, 2);
  g_assert_cmpuint (get_count (&c, "done"), ==, 2);
  g_assert_cmpuint (get_count (&c, "refused"), ==, 1);
  g_assert_cmpuint (get_count (&c, "malformed"), ==, 1);
  g_assert_cmpuint (get_count (&c, "dropped-size"), ==, 1);
  stop (&a, &c, &viewer);
  g_free (longest);
  g_free (text);
  g_free (mid);
}

/* No faster than is allowed, however long the machine takes over it. */
static void
test_rate (void)
{
  const guint n = 4 * GST_RTC_REMOTE_CONTROL_RATE;
  GstClockTime begin, end;
  guint done, allowed;
  Answering a;
  Caller c;
  Viewer viewer;

  start (&a, &c, &viewer, LINE ("enable-control-data-channel=true"));
  call_wait_count (&viewer.n_open, 1);
  begin = gst_util_get_timestamp ();
  for (guint i = 0; i < n; i++)
    g_signal_emit_by_name (viewer.channel, "send-string", MOVE);
  end = gst_util_get_timestamp () + CALL_PATIENCE;
  while (get_count (&c, "requests") < n
         || get_count (&c, "done") + get_count (&c, "dropped-rate") < n) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
  end = gst_util_get_timestamp ();
  done = get_count (&c, "done");
  allowed = (guint) (GST_RTC_REMOTE_CONTROL_RATE * (1 + (gdouble) (end - begin) / GST_SECOND)) + 1;
  g_test_message ("%u of %u in %.3f s", done, n, (gdouble) (end - begin) / GST_SECOND);
  g_assert_cmpuint (done, <=, allowed);
  g_assert_cmpuint (done, >=, GST_RTC_REMOTE_CONTROL_RATE);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_events), ==, done);
  stop (&a, &c, &viewer);
}

/* Nobody has a channel who was not to. */
static void
test_off (void)
{
  Answering a;
  Caller c;
  Viewer viewer;

  start (&a, &c, &viewer, LINE (""));
  call_wait_count (&answering_wait_name (&a, "video_0")->n_buffers, 5);
  g_assert_cmpuint (g_atomic_int_get (&viewer.n_channels), ==, 0);
  stop (&a, &c, &viewer);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/control-channel/requests", test_requests);
  g_test_add_func ("/elements/control-channel/limits", test_limits);
  g_test_add_func ("/elements/control-channel/details", test_details);
  g_test_add_func ("/elements/control-channel/events", test_events);
  g_test_add_func ("/elements/control-channel/rate", test_rate);
  g_test_add_func ("/elements/control-channel/off", test_off);
  result = g_test_run ();
  /* Whoever is left holds a loop. */
  return wait_loops () ? result : 1;
}
