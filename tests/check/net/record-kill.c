/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* record-kill.c - a recorder that is killed at any instant leaves files that play and lack a second
 * at most; one that is interrupted finishes them.
 *
 *   record-kill                      the tests
 *   record-kill --recorder FOLDER    the victim: prints the WHIP endpoint's address, records
 *
 * Ten kills with five callers each are fifty files; with RTC_TEST_FULL=1 fifty kills. The instants
 * are seeded: RTC_TEST_SEED, 1 by default. */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call-pipeline.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define N_CALLERS 5

static const gchar *program;

static const NetTrace *
shared_trace (void)
{
  static NetTrace *trace;
  NetTraceConfig config = { .seconds = 10 };

  if (trace == NULL)
    trace = net_trace_new (&config);
  return trace;
}

static guint64
get_number (const gchar *variable, guint64 otherwise)
{
  const gchar *text = g_getenv (variable);

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : otherwise;
}

/* --- the victim ------------------------------------------------------------------------------- */

static int
run_recorder (const gchar *folder)
{
  gchar *launch = g_strdup_printf ("webrtcrecorder name=calls web-server-host-addr="
                                   "http://127.0.0.1:0/ location=%s/{name}",
      folder);
  GstElement *recorder = gst_parse_launch (launch, NULL), *pipeline = gst_pipeline_new (NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = NULL;
  gchar byte;

  gst_bin_add (GST_BIN (pipeline), recorder);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (message == NULL || !gst_message_has_name (message, "webrtcrecorder-server")) {
    g_clear_pointer (&message, gst_message_unref);
    message = gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT);
    g_assert_nonnull (message);
  }
  printf ("\nendpoint %s\n",
      gst_structure_get_string (gst_message_get_structure (message), "endpoint-url"));
  fflush (stdout);
  gst_message_unref (message);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_free (launch);
  return 0;
}

typedef struct {
  GPid pid;
  gint input;
  FILE *output;
  gchar *whip_url;
  gchar *folder;
} Victim;

/* In the child: what it says on stderr is read with the rest. */
static void
merge_outputs (gpointer data)
{
  dup2 (STDOUT_FILENO, STDERR_FILENO);
}

/* Starts a program and reads its output up to the line with the prefix, from which the rest of the
 * line (up to a space) is the address. */
static void
victim_start (Victim *self, const gchar *const *argv, const gchar *prefix)
{
  gchar line[1024] = "";
  GError *error = NULL;
  gint output;

  g_spawn_async_with_pipes (NULL, (gchar **) argv, NULL,
      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, merge_outputs, NULL, &self->pid,
      &self->input, &output, NULL, &error);
  g_assert_no_error (error);
  self->output = fdopen (output, "r");
  while (fgets (line, sizeof line, self->output) != NULL && strstr (line, prefix) == NULL)
    ;
  g_assert_nonnull (strstr (line, prefix));
  g_free (self->whip_url);
  self->whip_url = g_strdup (strstr (line, prefix) + strlen (prefix));
  self->whip_url[strcspn (self->whip_url, " \r\n")] = '\0';
}

static void
victim_start_recorder (Victim *self)
{
  const gchar *argv[] = { program, "--recorder", NULL, NULL };

  memset (self, 0, sizeof *self);
  self->folder = g_dir_make_tmp ("gst-rtc-kill-XXXXXX", NULL);
  argv[2] = self->folder;
  victim_start (self, argv, "endpoint ");
}

/* Waits for its end, at most for so long; returns its status as waitpid() has it. */
static gint
victim_wait (Victim *self, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gchar line[256];
  gint status = 0;
  pid_t pid;

  while ((pid = waitpid (self->pid, &status, WNOHANG)) == 0 && g_get_monotonic_time () < end)
    main_turn ();
  if (pid == 0) {
    kill (self->pid, SIGKILL);
    waitpid (self->pid, &status, 0);
    g_error ("the recorder did not end within %u ms", timeout_ms);
  }
  while (fgets (line, sizeof line, self->output) != NULL)
    ;
  return status;
}

static void
victim_clear (Victim *self)
{
  close (self->input);
  fclose (self->output);
  call_pipeline_delete_folder (self->folder);
  g_free (self->folder);
  g_free (self->whip_url);
}

static NetCaller *
victim_call (Victim *self, NetCallers *callers, const gchar *name)
{
  NetCaller *caller = net_caller_new (callers, NULL);
  gchar *url = g_strdup_printf ("%s?name=%s", self->whip_url, name);

  g_assert_cmpuint (net_caller_call (caller, url), ==, 201);
  g_free (url);
  return caller;
}

/* --- what is left ----------------------------------------------------------------------------- */

/* TRUE when it plays there too, or is not installed. */
static gboolean
ffprobe_plays (const gchar *path)
{
  gchar *ffprobe = g_find_program_in_path ("ffprobe");
  const gchar *argv[] = { ffprobe, "-v", "error", "-count_packets", "-show_streams", path, NULL };
  gchar *output = NULL;
  gint status = 0;
  gboolean plays = TRUE;

  if (ffprobe == NULL)
    return TRUE;
  if (g_spawn_sync (NULL, (gchar **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output,
          NULL, &status, NULL))
    plays = status == 0 && strstr (output, "codec_type=video") != NULL;
  g_free (output);
  g_free (ffprobe);
  return plays;
}

/* The file of a caller who had sent so many frames when the recorder was killed. */
static void
assert_at_most_a_second_is_lost (Victim *self, const gchar *name, guint64 sent)
{
  gchar *path = g_strdup_printf ("%s/%s.webm", self->folder, name);
  RecordingAnalysis *analysis;
  gchar *json;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_assert_cmpuint (sent, <=, NET_TRACE_FPS);
    g_free (path);
    return;
  }
  /* Before its first fragment a file is a head without media, whose end GStreamer's decoders wait
   * for in vain: there is nothing to look at. */
  analysis = recording_analysis_new (
      path, net_trace_get_n_frames (shared_trace ()), (sent > NET_TRACE_FPS ? 60 : 3) * GST_SECOND);
  json = recording_analysis_to_json (analysis);
  if (analysis->n_frames + NET_TRACE_FPS < sent || analysis->error != NULL)
    g_test_message ("%s", json);
  g_test_message ("%s: %u of %u frames", name, analysis->n_frames, (guint) sent);
  if (sent > NET_TRACE_FPS || analysis->n_frames > 0) {
    g_assert_cmpstr (analysis->error, ==, NULL);
    g_assert_true (ffprobe_plays (path));
  }
  g_assert_cmpuint (analysis->n_frames + NET_TRACE_FPS, >=, sent);
  g_assert_cmpuint (analysis->n_missing + analysis->n_unreadable + analysis->n_backward, ==, 0);
  g_free (json);
  recording_analysis_free (analysis);
  g_free (path);
}

/* --- tests ------------------------------------------------------------------------------------ */

/* One kill at after_ms, counted from when the first caller was connected. */
static void
kill_once (NetCallers *callers, guint after_ms)
{
  NetCaller *all[N_CALLERS];
  guint64 sent[N_CALLERS];
  NetCallerCounts counts;
  GMainLoop *wait = g_main_loop_new (NULL, FALSE);
  Victim victim;
  gchar name[16];
  gint status;

  victim_start_recorder (&victim);
  for (guint i = 0; i < N_CALLERS; i++) {
    g_snprintf (name, sizeof name, "caller%u", i);
    all[i] = victim_call (&victim, callers, name);
  }
  g_assert_true (net_caller_wait_state (all[0], RTC_PEER_STATE_CONNECTED, 20000));
  g_timeout_add (after_ms, (GSourceFunc) (void (*) (void)) g_main_loop_quit, wait);
  g_main_loop_run (wait);
  g_main_loop_unref (wait);
  for (guint i = 0; i < N_CALLERS; i++) {
    net_caller_get_counts (all[i], &counts);
    sent[i] = counts.frames;
  }
  g_assert_cmpint (kill (victim.pid, SIGKILL), ==, 0);
  status = victim_wait (&victim, 5000);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  for (guint i = 0; i < N_CALLERS; i++) {
    g_snprintf (name, sizeof name, "caller%u", i);
    assert_at_most_a_second_is_lost (&victim, name, sent[i]);
    net_caller_free (all[i], FALSE);
  }
  victim_clear (&victim);
}

static void
test_kill (void)
{
  gboolean is_full_size = g_getenv ("RTC_TEST_FULL") != NULL;
  guint n_kills = is_full_size ? 50 : 10, longest = is_full_size ? 6000 : 3500;
  RtcRandom *random = rtc_random_new_seeded (get_number ("RTC_TEST_SEED", 1));
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());

  for (guint i = 0; i < n_kills; i++) {
    guint after_ms = rtc_random_range (random, 300, longest);

    g_test_message ("kill %u after %u ms", i + 1, after_ms);
    kill_once (callers, after_ms);
  }
  net_callers_free (callers);
  rtc_random_free (random);
}

/* gst-launch-1.0, interrupted as by Ctrl-C. */
static void
interrupt (gboolean eos_on_shutdown)
{
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  const gchar *argv[8] = { "gst-launch-1.0", eos_on_shutdown ? "-e" : "-v", "webrtcrecorder",
    "web-server-host-addr=http://127.0.0.1:0/" };
  RecordingAnalysis *analysis;
  NetCallerCounts counts;
  Victim victim = { 0 };
  NetCaller *caller;
  gchar *location, *path, *json, *url;

  victim.folder = g_dir_make_tmp ("gst-rtc-kill-XXXXXX", NULL);
  location = g_strdup_printf ("location=%s/{name}", victim.folder);
  path = g_strdup_printf ("%s/caller.webm", victim.folder);
  argv[4] = location;
  victim_start (&victim, argv, "open ");
  url = victim.whip_url;
  victim.whip_url = g_strconcat (url, "whip", NULL);
  g_free (url);
  caller = victim_call (&victim, callers, "caller");
  g_assert_true (net_caller_wait_frames (caller, 60, 20000));
  net_caller_set_video (caller, FALSE);
  net_caller_set_audio (caller, FALSE);
  net_caller_get_counts (caller, &counts);
  g_assert_cmpint (kill (victim.pid, SIGINT), ==, 0);
  victim_wait (&victim, 5000);
  analysis =
      recording_analysis_new (path, net_trace_get_n_frames (shared_trace ()), 60 * GST_SECOND);
  json = recording_analysis_to_json (analysis);
  g_test_message ("%s", json);
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_cmpuint (analysis->n_frames, ==, counts.frames);
  g_assert_true (GST_CLOCK_TIME_IS_VALID (analysis->duration));
  g_assert_true (ffprobe_plays (path));
  g_free (json);
  recording_analysis_free (analysis);
  net_caller_free (caller, FALSE);
  victim_clear (&victim);
  net_callers_free (callers);
  g_free (location);
  g_free (path);
}

static void
test_interrupt_eos (void)
{
  interrupt (TRUE);
}

static void
test_interrupt (void)
{
  interrupt (FALSE);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc == 3 && strcmp (argv[1], "--recorder") == 0)
    return run_recorder (argv[2]);
  g_test_init (&argc, &argv, NULL);
  program = argv[0];
  if (!call_pipeline_can_test ("webrtcrecorder"))
    return CALL_PIPELINE_SKIPPED;
  g_test_add_func ("/record/interrupt/eos", test_interrupt_eos);
  g_test_add_func ("/record/interrupt/at-once", test_interrupt);
  g_test_add_func ("/record/kill", test_kill);
  return run_tests ();
}
