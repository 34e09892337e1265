/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-data-pads.c - pads data_%u: buffers of webrtcsink come out of webrtcsrc as messages, over
 * real sockets, beside the picture. */
#include <string.h>

#include "src-calling.h"
#include "tests/check/run-tests.h"

#define VIDEO                                                                                      \
  "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! "                 \
  "webrtcsink name=s video-caps=video/x-vp8 "
#define DATA_ONLY "webrtcsink name=s "
#define TEXT "appsrc name=d is-live=true format=time caps=\"text/x-raw,format=utf8"

/* What has come out of data pads. */
typedef struct {
  GMutex lock; /* guards the rest */
  GCond cond;
  GPtrArray *messages; /* GBytes */
  GstClockTime last_pts;
  gboolean is_blocked; /* the peer's application does not come back from a handler */
} Got;

static void
got_init (Got *got)
{
  memset (got, 0, sizeof *got);
  g_mutex_init (&got->lock);
  g_cond_init (&got->cond);
  got->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
got_clear (Got *got)
{
  g_ptr_array_unref (got->messages);
  g_cond_clear (&got->cond);
  g_mutex_clear (&got->lock);
}

static GstPadProbeReturn
on_message (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Got *got = data;
  gpointer bytes;
  gsize len;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &bytes, &len);
  g_mutex_lock (&got->lock);
  g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), >=, got->last_pts);
  got->last_pts = GST_BUFFER_PTS (buffer);
  g_ptr_array_add (got->messages, g_bytes_new_take (bytes, len));
  g_cond_signal (&got->cond);
  g_mutex_unlock (&got->lock);
  return GST_PAD_PROBE_OK;
}

static void
on_pad (GstElement *src, GstPad *pad, Got *got)
{
  if (g_str_has_prefix (GST_OBJECT_NAME (pad), "data"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_message, got, NULL);
}

/* The index-th message is that. */
static void
expect (Got *got, guint index, gconstpointer data, gsize len)
{
  gint64 end = g_get_monotonic_time () + (gint64) (CALL_PATIENCE / GST_USECOND);
  gboolean in_time = TRUE;
  GBytes *bytes;

  g_mutex_lock (&got->lock);
  while (got->messages->len <= index && in_time)
    in_time = g_cond_wait_until (&got->cond, &got->lock, end);
  g_assert_true (in_time);
  bytes = g_ptr_array_index (got->messages, index);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, len);
  g_mutex_unlock (&got->lock);
}

static void
expect_text (Got *got, guint index, const gchar *text)
{
  expect (got, index, text, strlen (text));
}

static void
push (GstElement *pipeline, const gchar *name, gconstpointer data, gsize len)
{
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstBuffer *buffer = len > 0 ? gst_buffer_new_memdup (data, len) : gst_buffer_new ();
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
  gst_buffer_unref (buffer);
  gst_object_unref (source);
}

static void
push_text (GstElement *pipeline, const gchar *text)
{
  push (pipeline, "d", text, strlen (text));
}

/* What the sink says of its pad towards the one viewer; NULL: there is none yet. (transfer full) */
static GstStructure *
find_sent (Caller *c, const gchar *field)
{
  GstStructure *stats = NULL, *found = NULL;

  g_object_get (c->sink, "stats", &stats, NULL);
  for (gint i = 0; i < gst_structure_n_fields (stats) && found == NULL; i++)
    gst_structure_get (gst_value_get_structure (gst_structure_get_value (
                           stats, gst_structure_nth_field_name (stats, i))),
        field, GST_TYPE_STRUCTURE, &found, NULL);
  gst_structure_free (stats);
  return found;
}

static GstStructure *
get_sent (Caller *c, const gchar *field)
{
  GstClockTime end = gst_util_get_timestamp () + CALL_PATIENCE;
  GstStructure *found;

  while ((found = find_sent (c, field)) == NULL) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
  return found;
}

/* Calls. Who is there is told everything, also before the channel is open. */
static void
call (Caller *c, Answering *a, const gchar *line)
{
  caller_start (c, a, line, TRUE);
  gst_structure_free (get_sent (c, "send-data_0"));
}

static void
start (Answering *a, Caller *c, Got *got, const gchar *line)
{
  got_init (got);
  answering_start (a, "webrtcsrc name=r", "fakesink|fakesink");
  g_signal_connect (a->src, "pad-added", G_CALLBACK (on_pad), got);
  call (c, a, line);
}

static void
stop (Answering *a, Caller *c, Got *got)
{
  caller_stop (c);
  answering_check (a);
  answering_stop (a);
  got_clear (got);
}

static guint64
get_count (const GstStructure *stats, const gchar *field)
{
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  return value;
}

static const GstStructure *
get_caps (AnsweredPad *p, GstCaps **caps)
{
  *caps = gst_pad_get_current_caps (p->pad);
  g_assert_nonnull (*caps);
  return gst_caps_get_structure (*caps, 0);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_caps (void)
{
  static const struct {
    const gchar *caps;
    gboolean taken;
  } cases[] = {
    { "text/x-raw, format=utf8", TRUE },
    { "text/x-raw, format=utf8, label=chat, protocol=p, ordered=false, max-retransmits=0", TRUE },
    { "application/x-json", TRUE },
    { "application/octet-stream, max-packet-lifetime=65535", TRUE },
    { "meta/x-klv, parsed=true", TRUE },
    { "meta/x-klv, parsed=false", FALSE },
    { "text/x-raw, format=pango-markup", FALSE },
    { "video/x-raw", FALSE },
    { "text/x-raw, format=utf8, label=(int)7", FALSE },
    { "text/x-raw, format=utf8, ordered=(string)maybe", FALSE },
    { "text/x-raw, format=utf8, max-retransmits=65536", FALSE },
    { "text/x-raw, format=utf8, max-packet-lifetime=-2", FALSE },
    { "text/x-raw, format=utf8, max-retransmits=1, max-packet-lifetime=100", FALSE },
  };
  GstElement *sink = gst_object_ref_sink (gst_element_factory_make ("webrtcsink", NULL));
  GstPad *pad = gst_element_request_pad_simple (sink, "data_%u");

  g_assert_nonnull (pad);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstCaps *caps = gst_caps_from_string (cases[i].caps);

    g_test_message ("%s", cases[i].caps);
    g_assert_nonnull (caps);
    g_assert_cmpint (gst_pad_query_accept_caps (pad, caps), ==, cases[i].taken);
    gst_caps_unref (caps);
  }
  gst_element_release_request_pad (sink, pad);
  gst_object_unref (pad);
  gst_object_unref (sink);
}

static void
test_pads (void)
{
  GstElement *sink = gst_object_ref_sink (gst_element_factory_make ("webrtcsink", NULL));
  GstPad *fifth = gst_element_request_pad_simple (sink, "data_5");
  GstPad *next = gst_element_request_pad_simple (sink, "data_%u");
  gchar *label;
  gint retransmits;

  g_assert_cmpstr (GST_OBJECT_NAME (fifth), ==, "data_5");
  g_assert_cmpstr (GST_OBJECT_NAME (next), ==, "data_6");
  gst_child_proxy_set (
      GST_CHILD_PROXY (sink), "data_5::label", "chat", "data_5::max-retransmits", 3, NULL);
  g_object_get (fifth, "label", &label, "max-retransmits", &retransmits, NULL);
  g_assert_cmpstr (label, ==, "chat");
  g_assert_cmpint (retransmits, ==, 3);
  g_free (label);
  g_object_get (next, "label", &label, "max-retransmits", &retransmits, NULL);
  g_assert_cmpstr (label, ==, "data_6");
  g_assert_cmpint (retransmits, ==, -1);
  g_free (label);
  gst_element_release_request_pad (sink, fifth);
  gst_object_unref (fifth);
  gst_element_release_request_pad (sink, next);
  gst_object_unref (next);
  gst_object_unref (sink);
}

/* Said before the viewer's channel is open, beside the picture, with what the channel is. */
static void
test_text (void)
{
  GstCaps *caps;
  const GstStructure *s;
  GstStructure *stats;
  AnsweredPad *p;
  Answering a;
  gint retransmits;
  gboolean ordered;
  Caller c;
  Got got;

  start (&a, &c, &got,
      VIDEO TEXT ",label=time,protocol=clock,ordered=false,max-retransmits=7\" ! s.data_0");
  push_text (c.pipeline, "one");
  push_text (c.pipeline, "zw\303\266lf");
  expect_text (&got, 0, "one");
  expect_text (&got, 1, "zw\303\266lf");
  push_text (c.pipeline, "");
  push_text (c.pipeline, "cut \303");
  expect_text (&got, 2, "");
  expect_text (&got, 3, "cut \357\277\275");
  p = answering_wait_name (&a, "data_0");
  s = get_caps (p, &caps);
  g_assert_true (gst_structure_has_name (s, "text/x-raw"));
  g_assert_cmpstr (gst_structure_get_string (s, "label"), ==, "time");
  g_assert_cmpstr (gst_structure_get_string (s, "protocol"), ==, "clock");
  g_assert_true (gst_structure_get (
      s, "ordered", G_TYPE_BOOLEAN, &ordered, "max-retransmits", G_TYPE_INT, &retransmits, NULL));
  g_assert_false (ordered);
  g_assert_cmpint (retransmits, ==, 7);
  gst_caps_unref (caps);
  call_wait_count (&answering_wait_name (&a, "video_0")->n_buffers, 5);
  stats = get_sent (&c, "send-data_0");
  g_assert_cmpuint (get_count (stats, "messages-sent"), ==, 4);
  g_assert_cmpuint (get_count (stats, "messages-dropped-unopened"), ==, 0);
  gst_structure_free (stats);
  stats = answering_get_stats (&a, "data_0");
  g_assert_cmpuint (get_count (stats, "messages"), ==, 4);
  g_assert_cmpstr (gst_structure_get_string (stats, "label"), ==, "time");
  gst_structure_free (stats);
  stop (&a, &c, &got);
}

/* Nothing but messages, of two kinds; the caller hangs up. */
static void
test_bytes (void)
{
  static const guint8 klv[] = { 0x06, 0x0e, 0x2b, 0x34, 0, 1, 2, 3 };
  const GstStructure *s;
  AnsweredPad *p;
  GstCaps *caps;
  Answering a;
  Caller c;
  Got got;

  start (&a, &c, &got,
      DATA_ONLY "appsrc name=k is-live=true format=time caps=meta/x-klv,parsed=true ! s.data_0 "
                "appsrc name=b is-live=true format=time caps=application/octet-stream ! s.data_1");
  push (c.pipeline, "k", klv, sizeof klv);
  expect (&got, 0, klv, sizeof klv);
  p = answering_wait_name (&a, "data_0");
  s = get_caps (p, &caps);
  g_assert_true (gst_structure_has_name (s, "meta/x-klv"));
  g_assert_cmpstr (gst_structure_get_string (s, "label"), ==, "data_0");
  gst_caps_unref (caps);
  push (c.pipeline, "b", "\0\1", 2);
  expect (&got, 1, "\0\1", 2);
  s = get_caps (answering_wait_name (&a, "data_1"), &caps);
  g_assert_true (gst_structure_has_name (s, "application/octet-stream"));
  gst_caps_unref (caps);
  caller_stop (&c);
  call_wait_count (&a.n_gone, 2);
  g_assert_true (g_atomic_int_get (&p->eos));
  answering_check (&a);
  answering_stop (&a);
  got_clear (&got);
}

/* Other caps make another channel; a pad that comes later, too. */
static void
test_later (void)
{
  GstElement *source;
  const GstStructure *s;
  GstCaps *caps;
  Answering a;
  GstPad *pad, *from;
  Caller c;
  Got got;

  start (&a, &c, &got, DATA_ONLY TEXT ",label=first\" ! s.data_0");
  push_text (c.pipeline, "first");
  expect_text (&got, 0, "first");
  source = gst_bin_get_by_name (GST_BIN (c.pipeline), "d");
  caps = gst_caps_from_string ("text/x-raw, format=utf8, label=second");
  g_object_set (source, "caps", caps, NULL);
  gst_caps_unref (caps);
  push_text (c.pipeline, "second");
  expect_text (&got, 1, "second");
  s = get_caps (answering_wait_pad (&a, 1), &caps);
  g_assert_cmpstr (gst_structure_get_string (s, "label"), ==, "second");
  gst_caps_unref (caps);
  gst_object_unref (source);

  pad = gst_element_request_pad_simple (c.sink, "data_%u");
  source = gst_element_factory_make ("appsrc", "later");
  caps = gst_caps_new_empty_simple ("application/x-json");
  g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "caps", caps, NULL);
  gst_caps_unref (caps);
  gst_bin_add (GST_BIN (c.pipeline), source);
  from = gst_element_get_static_pad (source, "src");
  g_assert_cmpint (gst_pad_link (from, pad), ==, GST_PAD_LINK_OK);
  gst_object_unref (from);
  gst_element_sync_state_with_parent (source);
  push (c.pipeline, "later", "{}", 2);
  expect_text (&got, 2, "{}");
  s = get_caps (answering_wait_pad (&a, 2), &caps);
  g_assert_true (gst_structure_has_name (s, "application/x-json"));
  gst_caps_unref (caps);
  gst_element_release_request_pad (c.sink, pad);
  gst_object_unref (pad);
  gst_element_set_state (source, GST_STATE_NULL);
  call_wait_count (&a.n_gone, 2); /* of the first label, and this one */
  stop (&a, &c, &got);
}

/* What viewers say on the pad's channel is a signal, and not a pad of theirs. */
static void
on_question (GObject *channel, const gchar *text, gpointer data)
{
  g_signal_emit_by_name (channel, "send-string", "heard");
}

static void
on_channel_answer (GObject *session, GObject *channel, gpointer data)
{
  g_signal_connect (channel, "on-message-string", G_CALLBACK (on_question), NULL);
}

static void
on_session_answer (GstElement *src, const gchar *id, GObject *session, gpointer data)
{
  g_signal_connect (session, "on-data-channel", G_CALLBACK (on_channel_answer), NULL);
}

static void
on_received (GstElement *sink, const gchar *id, const gchar *pad_name, GBytes *bytes,
    gboolean is_text, Got *got)
{
  g_assert_true (is_text);
  g_assert_cmpstr (pad_name, ==, "data_0");
  g_mutex_lock (&got->lock);
  g_ptr_array_add (got->messages, g_bytes_ref (bytes));
  g_cond_signal (&got->cond);
  g_mutex_unlock (&got->lock);
}

static void
test_answer (void)
{
  Answering a;
  Caller c;
  Got got, heard;

  got_init (&got);
  got_init (&heard);
  answering_start (&a, "webrtcsrc name=r", "fakesink|fakesink");
  g_signal_connect (a.src, "pad-added", G_CALLBACK (on_pad), &got);
  g_signal_connect (a.src, "session-added", G_CALLBACK (on_session_answer), NULL);
  call (&c, &a, DATA_ONLY TEXT "\" ! s.data_0");
  g_signal_connect (c.sink, "data-received", G_CALLBACK (on_received), &heard);
  push_text (c.pipeline, "anybody?");
  expect_text (&heard, 0, "heard");
  stop (&a, &c, &got);
  got_clear (&heard);
}

/* A viewer that takes nothing: its messages are dropped and counted, the pipeline goes on, and so
 * does the viewer when it is back. */
static void
on_blocking (GObject *channel, GBytes *bytes, Got *got)
{
  g_mutex_lock (&got->lock);
  while (got->is_blocked)
    g_cond_wait (&got->cond, &got->lock);
  g_mutex_unlock (&got->lock);
}

static void
on_channel_block (GObject *session, GObject *channel, Got *got)
{
  g_signal_connect (channel, "on-message-data", G_CALLBACK (on_blocking), got);
}

static void
on_session_block (GstElement *src, const gchar *id, GObject *session, Got *got)
{
  g_signal_connect (session, "on-data-channel", G_CALLBACK (on_channel_block), got);
}

static void
test_slow (void)
{
  const gsize len = 60000;
  guint8 *block = g_malloc0 (len);
  GstStructure *stats;
  guint64 dropped = 0, sent = 0;
  guint n = 0;
  Answering a;
  Caller c;
  Got got;

  got_init (&got);
  answering_start (&a, "webrtcsrc name=r", "fakesink|fakesink");
  g_signal_connect (a.src, "session-added", G_CALLBACK (on_session_block), &got);
  g_signal_connect (a.src, "pad-added", G_CALLBACK (on_pad), &got);
  call (&c, &a,
      DATA_ONLY "appsrc name=d is-live=true format=time caps=application/octet-stream ! s.data_0");
  gst_child_proxy_set (
      GST_CHILD_PROXY (c.sink), "data_0::max-buffered", (guint64) 256 * 1024, NULL);
  push (c.pipeline, "d", "first", 5);
  expect_text (&got, 0, "first");
  g_mutex_lock (&got.lock);
  got.is_blocked = TRUE;
  g_mutex_unlock (&got.lock);
  for (; dropped == 0; n++) {
    g_assert_cmpuint (n, <, 1000);
    push (c.pipeline, "d", block, len);
    do {
      g_thread_yield ();
      stats = get_sent (&c, "send-data_0");
      dropped = get_count (stats, "messages-dropped-full");
      sent = get_count (stats, "messages-sent");
      gst_structure_free (stats);
    } while (sent + dropped < n + 2);
  }
  g_test_message ("%" G_GUINT64_FORMAT " blocks went out before the first was dropped", sent);
  g_mutex_lock (&got.lock);
  got.is_blocked = FALSE;
  g_cond_broadcast (&got.cond);
  g_mutex_unlock (&got.lock);
  expect (&got, (guint) sent - 1, block, len);
  push (c.pipeline, "d", "last", 4);
  expect_text (&got, (guint) sent, "last");
  g_free (block);
  stop (&a, &c, &got);
}

int
main (int argc, char **argv)
{
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/elements/data-pads/caps", test_caps);
  g_test_add_func ("/elements/data-pads/pads", test_pads);
  g_test_add_func ("/elements/data-pads/text", test_text);
  g_test_add_func ("/elements/data-pads/bytes", test_bytes);
  g_test_add_func ("/elements/data-pads/later", test_later);
  g_test_add_func ("/elements/data-pads/answer", test_answer);
  g_test_add_func ("/elements/data-pads/slow", test_slow);
  result = g_test_run ();
  /* Whoever is left holds a loop. */
  return wait_loops () ? result : 1;
}
