/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* record-calls.c - webrtcrecorder on a clean link: whatever is sent is in the file, one call or
 * twenty, with the same threads, and every way in which a call can end leaves a finished file.
 *
 * RTC_TEST_FULL=1 in the environment lets twenty callers send for a minute. */
#include <string.h>
#include <sys/resource.h>

#include "call-pipeline.h"
#include "sink-pipeline.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define N_CALLERS 20

static NetTrace *traces[3]; /* VP8, VP9, H264 */

static NetTrace *
get_trace (RtcCodecId codec)
{
  NetTraceConfig config = { .video = codec, .seconds = codec == RTC_CODEC_VP8 ? 12 : 5 };
  guint i = codec == RTC_CODEC_VP8 ? 0 : codec == RTC_CODEC_VP9 ? 1 : 2;

  if (traces[i] == NULL)
    traces[i] = net_trace_new (&config);
  return traces[i];
}

static gboolean
is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

/* Stops sending; how many frames were sent in all. */
static guint64
stop_sending (NetCaller *caller)
{
  NetCallerCounts counts;

  net_caller_set_video (caller, FALSE);
  net_caller_set_audio (caller, FALSE);
  net_caller_get_counts (caller, &counts);
  g_assert_cmpint (counts.state, ==, RTC_PEER_STATE_CONNECTED);
  return counts.frames;
}

/* Numbers of the one call's transport. */
static guint64
get_transport_stat (CallPipeline *pipeline, const gchar *name)
{
  GstStructure *stats = NULL, *session = NULL, *transport = NULL;
  guint64 value = 0;

  g_object_get (pipeline->element, "stats", &stats, NULL);
  g_assert_cmpint (gst_structure_n_fields (stats), ==, 1);
  gst_structure_get (
      stats, gst_structure_nth_field_name (stats, 0), GST_TYPE_STRUCTURE, &session, NULL);
  g_assert_true (gst_structure_get (session, "transport", GST_TYPE_STRUCTURE, &transport, NULL));
  g_assert_true (gst_structure_get_uint64 (transport, name, &value));
  gst_structure_free (transport);
  gst_structure_free (session);
  gst_structure_free (stats);
  return value;
}

/* --- one call of each codec ------------------------------------------------------------------- */

typedef struct {
  const gchar *name;
  RtcCodecId codec;
  const gchar *extension, *container;
} CodecCase;

static void
test_codec (gconstpointer data)
{
  const CodecCase *c = data;
  NetCallers *callers;
  RecordingAnalysis *analysis;
  CallPipeline pipeline;
  NetCaller *caller;
  guint64 frames;

  if (!net_trace_is_possible (c->codec)) {
    g_test_skip ("the encoder is not installed");
    return;
  }
  callers = net_callers_new_with_trace (get_trace (c->codec));
  call_pipeline_start_recorder (&pipeline, "");
  caller = call_pipeline_call (&pipeline, callers, NULL, c->name);
  g_assert_true (net_caller_wait_frames (caller, 100, 20000));
  /* The caller is told what comes through: four times a second at least, and in one way only. */
  g_assert_cmpuint (get_transport_stat (&pipeline, "twcc-feedback-sent"), >=, 10);
  g_assert_cmpuint (get_transport_stat (&pipeline, "remb-sent"), ==, 0);
  frames = stop_sending (caller);
  net_caller_free (caller, TRUE);
  g_assert_true (call_pipeline_wait_finished (&pipeline, 1, 5000));
  g_assert_nonnull (call_pipeline_find_finished (&pipeline, c->name));
  g_assert_cmpuint (pipeline.started->len, ==, 1);
  call_pipeline_assert_recorded (
      &pipeline, c->name, c->extension, net_trace_get_n_frames (get_trace (c->codec)), frames);
  analysis = call_pipeline_analyse (&pipeline, c->name, c->extension, 0);
  g_assert_cmpstr (analysis->container, ==, c->container);
  g_assert_cmpfloat (ABS (analysis->pitch_hz - 440), <, 3);
  g_assert_cmpfloat (analysis->loud_share, >, 0.9);
  recording_analysis_free (analysis);
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

/* --- twenty at once --------------------------------------------------------------------------- */

/* "name name ..." of the threads, but for those of GLib's pool, which come and go with whatever
 * calls for them; *n: how many. (transfer full) */
static gchar *
read_threads (guint *n)
{
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  GString *names = g_string_new (NULL);
  const gchar *tid;

  *n = 0;
  while ((tid = g_dir_read_name (dir)) != NULL) {
    gchar *path = g_strdup_printf ("/proc/self/task/%s/comm", tid), *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL) && !g_str_has_prefix (name, "pool-")) {
      g_string_append_printf (names, "%s ", g_strchomp (name));
      ++*n;
    }
    g_free (name);
    g_free (path);
  }
  g_dir_close (dir);
  return g_string_free (names, FALSE);
}

/* As read_threads(), when their number has been the same for half a second. (transfer full) */
static gchar *
list_threads (guint *n)
{
  gint64 end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;
  gint64 since = g_get_monotonic_time ();
  gchar *names = read_threads (n);

  while (
      g_get_monotonic_time () < since + G_TIME_SPAN_SECOND / 2 && g_get_monotonic_time () < end) {
    guint before = *n;

    g_free (names);
    names = read_threads (n);
    if (*n != before)
      since = g_get_monotonic_time ();
    main_turn ();
  }
  return names;
}

static void
test_twenty (void)
{
  NetTrace *trace = get_trace (RTC_CODEC_VP8);
  NetCallers *callers = net_callers_new_with_trace (trace);
  guint threads_two = 0, threads_many, seconds = is_full_size () ? 60 : 10;
  NetCaller *all[N_CALLERS];
  guint64 frames[N_CALLERS];
  CallPipeline pipeline;
  gchar name[16], *names_two = NULL, *names_many;

  call_pipeline_start_recorder (&pipeline, "");
  for (guint i = 0; i < N_CALLERS; i++) {
    g_snprintf (name, sizeof name, "caller%u", i);
    all[i] = call_pipeline_call (&pipeline, callers, NULL, name);
    /* The second of the pool's two threads starts with the second recording. */
    if (i == 1) {
      g_assert_true (net_caller_wait_frames (all[1], 10, 20000));
      names_two = list_threads (&threads_two);
    }
  }
  for (guint i = 0; i < N_CALLERS; i++)
    g_assert_true (net_caller_wait_frames (all[i], 10, 20000));
  names_many = list_threads (&threads_many);
  g_test_message ("threads: %u with 2 callers (%s), %u with %u (%s)", threads_two, names_two,
      threads_many, N_CALLERS, names_many);
  g_free (names_two);
  g_free (names_many);
  g_assert_cmpuint (threads_many, ==, threads_two);
  g_assert_true (net_caller_wait_frames (all[0], seconds * NET_TRACE_FPS, seconds * 1000 + 20000));
  for (guint i = 0; i < N_CALLERS; i++)
    frames[i] = stop_sending (all[i]);
  for (guint i = 0; i < N_CALLERS; i++)
    net_caller_free (all[i], TRUE);
  g_assert_true (call_pipeline_wait_finished (&pipeline, N_CALLERS, 10000));
  for (guint i = 0; i < N_CALLERS; i++) {
    g_snprintf (name, sizeof name, "caller%u", i);
    call_pipeline_assert_recorded (
        &pipeline, name, "webm", net_trace_get_n_frames (trace), frames[i]);
  }
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

/* --- how calls end ---------------------------------------------------------------------------- */

typedef enum {
  END_VANISH, /* first: it takes the longest to be noticed */
  END_GOODBYE,
  END_DELETE,
  END_HALF, /* close_notify, then the peer stays */
  END_EOS,  /* of the pipeline, last */
  N_ENDS
} End;

/* When consent has run out, 30 s after the peer vanished (RFC 7675 5.1). */
#define CONSENT_MS 30000

static const gchar *const end_names[N_ENDS] = { "vanish", "goodbye", "delete", "half", "eos" };

static void
end_call (CallPipeline *pipeline, NetCaller **caller, End end)
{
  guint timeout_ms = end == END_VANISH ? CONSENT_MS + 10000 : 5000;
  guint n = pipeline->finished->len;

  if (end == END_GOODBYE)
    net_caller_free (g_steal_pointer (caller), TRUE);
  else if (end == END_DELETE)
    g_assert_cmpuint (net_caller_delete (*caller), ==, 200);
  else if (end == END_HALF)
    net_caller_close_dtls (*caller);
  else if (end == END_EOS)
    g_assert_true (call_pipeline_end (pipeline, timeout_ms));
  g_assert_true (call_pipeline_wait_finished (pipeline, n + 1, timeout_ms));
  g_assert_nonnull (call_pipeline_find_finished (pipeline, end_names[end]));
}

static void
test_endings (void)
{
  static const End order[N_ENDS] = { END_GOODBYE, END_DELETE, END_HALF, END_VANISH, END_EOS };
  NetTrace *trace = get_trace (RTC_CODEC_VP8);
  NetCallers *callers = net_callers_new_with_trace (trace);
  NetCaller *all[N_ENDS];
  guint64 frames[N_ENDS];
  CallPipeline pipeline;

  call_pipeline_start_recorder (&pipeline, "");
  for (guint i = 0; i < N_ENDS; i++)
    all[i] = call_pipeline_call (&pipeline, callers, NULL, end_names[i]);
  for (guint i = 0; i < N_ENDS; i++) {
    g_assert_true (net_caller_wait_frames (all[i], 60, 20000));
    frames[i] = stop_sending (all[i]);
  }
  net_caller_free (g_steal_pointer (&all[END_VANISH]), FALSE);
  for (guint i = 0; i < N_ENDS; i++)
    end_call (&pipeline, &all[order[i]], order[i]);
  for (guint i = 0; i < N_ENDS; i++) {
    call_pipeline_assert_recorded (
        &pipeline, end_names[i], "webm", net_trace_get_n_frames (trace), frames[i]);
    if (all[i] != NULL)
      net_caller_free (all[i], FALSE);
  }
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

static gboolean
count_inbound (GQuark id, const GValue *value, gpointer total)
{
  const GstStructure *object =
      GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value) : NULL;
  guint64 n;

  if (object == NULL)
    return TRUE;
  if (!g_str_has_prefix (g_quark_to_string (id), "inbound-rtp-"))
    return gst_structure_foreach (object, count_inbound, total);
  if (gst_structure_get_uint64 (object, "packets-received", &n))
    *(guint64 *) total += n;
  return TRUE;
}

/* All that the caller sent has come out of the network: what has not is nobody's when the element
 * is stopped. */
static gboolean
wait_received (CallPipeline *pipeline, NetCaller *caller, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  NetCallerCounts counts;
  guint64 received;

  net_caller_get_counts (caller, &counts);
  do {
    GstStructure *stats;

    received = 0;
    g_object_get (pipeline->element, "stats", &stats, NULL);
    gst_structure_foreach (stats, count_inbound, &received);
    gst_structure_free (stats);
  } while (received < counts.video_packets + counts.audio_packets && g_get_monotonic_time () < end);
  return received >= counts.video_packets + counts.audio_packets;
}

/* To NULL in the middle of a call, without a word before. */
static void
test_stop (void)
{
  NetTrace *trace = get_trace (RTC_CODEC_VP8);
  NetCallers *callers = net_callers_new_with_trace (trace);
  CallPipeline pipeline;
  NetCaller *caller;
  gint64 before;
  guint64 frames;

  call_pipeline_start_recorder (&pipeline, "");
  caller = call_pipeline_call (&pipeline, callers, NULL, "stop");
  g_assert_true (net_caller_wait_frames (caller, 60, 20000));
  frames = stop_sending (caller);
  g_assert_true (wait_received (&pipeline, caller, 10000));
  before = g_get_monotonic_time ();
  gst_element_set_state (pipeline.pipeline, GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 5 * G_TIME_SPAN_SECOND);
  call_pipeline_assert_recorded (&pipeline, "stop", "webm", net_trace_get_n_frames (trace), frames);
  net_caller_free (caller, FALSE);
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

/* The disk is nearly full: the recording ends with a warning, the call does not. */
static void
test_low_disk (void)
{
  NetCallers *callers = net_callers_new_with_trace (get_trace (RTC_CODEC_VP8));
  CallPipeline pipeline;
  NetCaller *caller;

  call_pipeline_start_recorder (&pipeline, "min-free-disk=9223372036854775807");
  caller = call_pipeline_call (&pipeline, callers, NULL, "lowdisk");
  g_assert_true (call_pipeline_wait_finished (&pipeline, 1, 20000));
  g_assert_cmpstr (
      gst_structure_get_string (call_pipeline_find_finished (&pipeline, "lowdisk"), "reason"), ==,
      "min-free-disk");
  g_assert_cmpuint (pipeline.warnings->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (pipeline.warnings, 0), "min-free-disk"));
  g_assert_nonnull (strstr (g_ptr_array_index (pipeline.warnings, 0), "lowdisk"));
  stop_sending (caller); /* that it is still connected */
  g_assert_cmpuint (call_pipeline_count_sessions (&pipeline), ==, 1);
  net_caller_free (caller, TRUE);
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

/* --- what callers do to their tracks -----------------------------------------------------------
 */

/* Sound stops for good, then the picture pauses: time goes on in the file. */
static void
test_pauses (void)
{
  NetTrace *trace = get_trace (RTC_CODEC_VP8);
  NetCallers *callers = net_callers_new_with_trace (trace);
  guint pause_ms = is_full_size () ? 60000 : 3000;
  RecordingAnalysis *analysis;
  NetCallerCounts counts;
  CallPipeline pipeline;
  NetCaller *caller, *clock;

  call_pipeline_start_recorder (&pipeline, "");
  caller = call_pipeline_call (&pipeline, callers, NULL, "pauses");
  clock = call_pipeline_call (&pipeline, callers, NULL, "clock");
  g_assert_true (net_caller_wait_frames (caller, 60, 20000));
  net_caller_set_audio (caller, FALSE);
  net_caller_set_video (caller, FALSE);
  net_caller_get_counts (clock, &counts);
  g_assert_true (net_caller_wait_frames (
      clock, counts.frames + pause_ms * NET_TRACE_FPS / 1000, pause_ms + 20000));
  net_caller_set_video (caller, TRUE);
  net_caller_get_counts (caller, &counts);
  g_assert_true (net_caller_wait_frames (caller, counts.frames + 60, 20000));
  counts.frames = stop_sending (caller);
  net_caller_free (caller, TRUE);
  net_caller_free (clock, TRUE);
  g_assert_true (call_pipeline_wait_finished (&pipeline, 2, 5000));
  analysis = call_pipeline_analyse (&pipeline, "pauses", "webm", net_trace_get_n_frames (trace));
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_cmpuint (analysis->n_frames, ==, counts.frames);
  g_assert_cmpuint (analysis->n_unreadable, ==, 0);
  g_test_message ("gap of %.2f s", (gdouble) analysis->longest_video_gap / 1e9);
  g_assert_cmpuint (analysis->longest_video_gap, >=, (pause_ms - 500) * GST_MSECOND);
  g_assert_cmpuint (analysis->longest_video_gap, <=, (pause_ms + 3000) * GST_MSECOND);
  recording_analysis_free (analysis);
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

static void
test_one_track (void)
{
  NetTrace *trace = get_trace (RTC_CODEC_VP8);
  NetCallers *callers = net_callers_new_with_trace (trace);
  NetCallerConfig no_video = { .no_video = TRUE }, no_audio = { .no_audio = TRUE };
  NetCaller *speaker, *mute;
  RecordingAnalysis *analysis;
  CallPipeline pipeline;
  guint64 frames;

  call_pipeline_start_recorder (&pipeline, "");
  speaker = call_pipeline_call (&pipeline, callers, &no_video, "speaker");
  mute = call_pipeline_call (&pipeline, callers, &no_audio, "mute");
  g_assert_true (net_caller_wait_frames (mute, 60, 20000));
  g_assert_true (net_caller_wait_frames (speaker, 100, 20000));
  frames = stop_sending (mute);
  net_caller_free (mute, TRUE);
  net_caller_free (speaker, TRUE);
  g_assert_true (call_pipeline_wait_finished (&pipeline, 2, 5000));
  call_pipeline_assert_recorded (&pipeline, "mute", "webm", net_trace_get_n_frames (trace), frames);
  analysis = call_pipeline_analyse (&pipeline, "speaker", "webm", 0);
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_cmpuint (analysis->n_frames, ==, 0);
  g_assert_cmpuint (analysis->last_audio, >=, 1900 * GST_MSECOND);
  g_assert_cmpfloat (ABS (analysis->pitch_hz - 440), <, 3);
  recording_analysis_free (analysis);
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

/* The same media from another SSRC: nothing of it is lost. */
static void
test_ssrc_change (void)
{
  NetTrace *trace = get_trace (RTC_CODEC_VP8);
  NetCallers *callers = net_callers_new_with_trace (trace);
  RecordingAnalysis *analysis;
  CallPipeline pipeline;
  NetCaller *caller;
  guint64 frames;

  call_pipeline_start_recorder (&pipeline, "");
  caller = call_pipeline_call (&pipeline, callers, NULL, "changer");
  g_assert_true (net_caller_wait_frames (caller, 60, 20000));
  net_caller_change_ssrc (caller, RTC_MEDIA_VIDEO);
  g_assert_true (net_caller_wait_frames (caller, 150, 20000));
  frames = stop_sending (caller);
  net_caller_free (caller, TRUE);
  g_assert_true (call_pipeline_wait_finished (&pipeline, 1, 5000));
  analysis = call_pipeline_analyse (&pipeline, "changer", "webm", net_trace_get_n_frames (trace));
  g_test_message ("%u of %u frames", analysis->n_frames, (guint) frames);
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_cmpuint (analysis->n_unreadable + analysis->n_backward, ==, 0);
  /* A new stream begins at a key frame, which may be a second away. */
  g_assert_cmpuint (analysis->n_frames, >=, frames - NET_TRACE_FPS - 1);
  recording_analysis_free (analysis);
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

int
main (int argc, char **argv)
{
  static const CodecCase cases[] = {
    { "vp8", RTC_CODEC_VP8, "webm", "video/webm" },
    { "vp9", RTC_CODEC_VP9, "webm", "video/webm" },
    { "h264", RTC_CODEC_H264, "mp4", "video/quicktime" },
  };
  struct rlimit limit;
  int result;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcrecorder"))
    return CALL_PIPELINE_SKIPPED;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/record/codec/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_codec);
    g_free (path);
  }
  g_test_add_func ("/record/one-track", test_one_track);
  g_test_add_func ("/record/pauses", test_pauses);
  g_test_add_func ("/record/ssrc-change", test_ssrc_change);
  g_test_add_func ("/record/stop", test_stop);
  g_test_add_func ("/record/low-disk", test_low_disk);
  g_test_add_func ("/record/endings", test_endings);
  g_test_add_func ("/record/twenty", test_twenty);
  result = run_tests ();
  for (guint i = 0; i < G_N_ELEMENTS (traces); i++) {
    if (traces[i] != NULL)
      net_trace_free (traces[i]);
  }
  return result;
}
