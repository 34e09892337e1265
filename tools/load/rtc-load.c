/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-load.c - thousands of viewers for a WHEP server, and what became of them
 * (docs/load-generator.md). */
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tools/load/load-report.h"
#include "tools/load/load-session.h"

#define TICK_MS 5

/* A request may take that long. */
#define HTTP_TIMEOUT_MS 15000

typedef struct {
  gchar *url, *token, *ca_file, *codec, *json;
  gint viewers, late, churn, seconds, warm, timeout, decrypt_every, every;
  gdouble rate, late_rate;
  gint64 pid;
  gboolean no_feedback, no_gro, own_sockets;
  gchar *link, **also; /* (nullable) */
} LoadOptions;

typedef struct {
  LoadOptions options;
  LoadGroups groups;
  LoadCrowd *crowd;
  RtcHttpClient *client;
  GMainLoop *loop;
  GPtrArray *sessions; /* LoadSession *, that came before counting */
  GQueue late;         /* LoadSession *, oldest first */
  guint n_late;        /* that have joined, ever */
  guint n_leaving;     /* of whom the server was told and has not answered */
  GstClockTime began;  /* joining, then counting */
  GstClockTime ready;  /* all had joined; NONE: not yet */
  gboolean is_counting;
  LoadReport *report;
  GError *error;
} Load;

/* --- the plan --- */

/* Of what happens at a rate, how much has to have happened since the load began. */
static guint
load_count_due (const Load *self, gdouble rate)
{
  return (guint) ((gdouble) (rtc_loop_now () - self->began) / GST_SECOND * rate) + 1;
}

static LoadSession *
load_join (Load *self, guint group)
{
  LoadSession *session =
      load_session_new (self->crowd, group, self->client, self->options.url, &self->error);

  if (session == NULL)
    g_main_loop_quit (self->loop);
  return session;
}

/* All but the first. */
static void
load_join_groups (Load *self)
{
  LoadSession *session;

  for (guint i = 1; i < self->groups.n; i++)
    for (guint k = 0; k < self->groups.groups[i].viewers; k++)
      if (self->error == NULL && (session = load_join (self, i)) != NULL)
        g_ptr_array_add (self->sessions, session);
}

static void
load_begin (Load *self)
{
  self->is_counting = TRUE;
  self->began = rtc_loop_now ();
  load_mark_read (&self->report->begin, self->options.pid);
  load_crowd_begin (self->crowd);
  load_join_groups (self);
}

static void
load_tick_joining (Load *self)
{
  guint wanted = (guint) self->options.viewers;
  guint due = MIN (load_count_due (self, self->options.rate), wanted);
  GstClockTime spent = rtc_loop_now () - self->began;
  LoadCrowdState state;
  LoadSession *session;

  while (self->sessions->len < due && (session = load_join (self, 0)) != NULL)
    g_ptr_array_add (self->sessions, session);
  if (self->sessions->len < wanted)
    return;
  load_crowd_get_state (self->crowd, &state);
  if (self->ready == GST_CLOCK_TIME_NONE
      && (state.playing + state.failed >= wanted
          || spent > (GstClockTime) (wanted / self->options.rate + self->options.timeout)
                         * GST_SECOND))
    self->ready = self->began + spent;
  if (self->ready != GST_CLOCK_TIME_NONE
      && self->began + spent >= self->ready + (GstClockTime) self->options.warm * GST_SECOND)
    load_begin (self);
}

static void
load_end_session (Load *self, LoadSession *session, gboolean is_told)
{
  if (is_told)
    load_session_leave (session, &self->n_leaving);
  else
    load_session_free (session);
}

/* So many come each second, and as many of those before them go, two seconds old or so. */
static void
load_tick_churn (Load *self)
{
  guint due = load_count_due (self, self->options.churn);
  LoadSession *session;

  while (self->n_late < due && (session = load_join (self, 0)) != NULL) {
    self->n_late++;
    g_queue_push_tail (&self->late, session);
    if (self->late.length > 2 * (guint) self->options.churn)
      load_end_session (self, g_queue_pop_head (&self->late), self->n_late % 2 == 0);
  }
}

static void
load_tick_sample (Load *self)
{
  guint n = self->report->samples != NULL ? self->report->samples->len : 0;
  LoadCrowdState state;

  if (load_count_due (self, 1.0 / self->options.every) <= n + 1)
    return;
  load_crowd_get_state (self->crowd, &state);
  load_report_sample (self->report, state.playing, self->options.pid);
}

/* The time is up, and those who joined late had theirs. */
static gboolean
load_is_over (Load *self)
{
  GstClockTime end = self->began + (GstClockTime) self->options.seconds * GST_SECOND;
  GstClockTime now = rtc_loop_now ();
  LoadCrowdState state;

  if (now < end)
    return FALSE;
  if (self->options.late == 0 || now >= end + (GstClockTime) self->options.timeout * GST_SECOND)
    return TRUE;
  load_crowd_get_state (self->crowd, &state);
  return self->n_late == (guint) self->options.late
         && state.playing + state.failed >= state.viewers;
}

static void
load_tick_counting (Load *self)
{
  LoadSession *session;

  while (self->n_late < (guint) self->options.late
         && self->n_late < load_count_due (self, self->options.late_rate)
         && (session = load_join (self, 0)) != NULL) {
    self->n_late++;
    g_queue_push_tail (&self->late, session);
  }
  if (self->options.churn > 0)
    load_tick_churn (self);
  if (self->options.every > 0)
    load_tick_sample (self);
  if (load_is_over (self))
    g_main_loop_quit (self->loop);
}

static gboolean
on_tick (gpointer data)
{
  Load *self = data;

  if (self->is_counting)
    load_tick_counting (self);
  else
    load_tick_joining (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer data)
{
  g_main_loop_quit (((Load *) data)->loop);
  return G_SOURCE_CONTINUE;
}

/* --- life --- */

static gboolean
url_is_local (const gchar *url)
{
  GUri *uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const gchar *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  GInetAddress *address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  gboolean is_local = g_strcmp0 (host, "localhost") == 0;

  if (address != NULL) {
    is_local = g_inet_address_get_is_loopback (address);
    g_object_unref (address);
  }
  g_clear_pointer (&uri, g_uri_unref);
  return is_local;
}

static gboolean
load_open (Load *self, GError **error)
{
  const LoadOptions *options = &self->options;
  RtcHttpClientConfig client = { .home = options->url,
    .token = options->token,
    .tls_ca_file = options->ca_file,
    .timeout_ms = HTTP_TIMEOUT_MS };
  LoadCrowdConfig crowd = { .wire = { url_is_local (options->url) && !options->own_sockets,
                                !options->no_gro },
    .decrypt_every = (guint) options->decrypt_every,
    .no_feedback = options->no_feedback };

  self->groups.groups[0].viewers = (guint) options->viewers;
  if (!load_groups_parse (&self->groups, options->link, options->also, error))
    return FALSE;
  crowd.watches_pictures = options->link != NULL || self->groups.n > 1;
  memcpy (crowd.groups, self->groups.groups, sizeof crowd.groups);
  if (options->codec != NULL) {
    const RtcCodecInfo *info = rtc_codec_info_find (options->codec, strlen (options->codec));

    if (info == NULL || info->kind != RTC_MEDIA_VIDEO) {
      rtc_error (error, RTC_ERR_UNSUPPORTED, "\"%s\" is no video codec known here", options->codec);
      return FALSE;
    }
    crowd.video = info->id;
  }
  self->client = rtc_http_client_new (&client, error);
  if (self->client == NULL)
    return FALSE;
  self->crowd = load_crowd_new (&crowd, error);
  return self->crowd != NULL;
}

static void
load_leave (Load *self)
{
  for (guint i = 0; i < self->sessions->len; i++)
    load_end_session (self, g_ptr_array_index (self->sessions, i), TRUE);
  while (self->late.length > 0)
    load_end_session (self, g_queue_pop_head (&self->late), TRUE);
  /* Each request has its time-out. */
  while (self->n_leaving > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
load_run (Load *self)
{
  LoadReport *report = self->report;
  guint sources[] = { g_timeout_add (TICK_MS, on_tick, self),
    g_unix_signal_add (SIGINT, on_interrupt, self),
    g_unix_signal_add (SIGTERM, on_interrupt, self) };

  report->groups = self->groups;
  for (guint i = 0; i < self->groups.n; i++)
    report->wanted += self->groups.groups[i].viewers;
  load_mark_read (&report->start, self->options.pid);
  report->begin = report->start;
  self->began = rtc_loop_now ();
  g_main_loop_run (self->loop);
  load_mark_read (&report->end, self->options.pid);
  report->late = self->n_late;
  load_crowd_read (self->crowd, &report->figures);
  load_crowd_read_groups (self->crowd, report->group_figures);
  load_crowd_get_state (self->crowd, &report->state);
  load_crowd_get_wire (self->crowd, &report->wire);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  load_leave (self);
}

/* 0: all viewers have played. */
static int
load_tell (Load *self)
{
  const LoadReport *report = self->report;
  gboolean has_sender = self->options.pid > 0;

  if (self->error == NULL && self->options.json != NULL)
    load_report_write_json (report, has_sender, self->options.json, &self->error);
  if (self->error != NULL) {
    fprintf (stderr, "%s\n", self->error->message);
    return 1;
  }
  if (g_strcmp0 (self->options.json, "-") != 0)
    load_report_print (report, has_sender);
  /* With churn the last ones have only just come. */
  if (report->state.playing < report->state.viewers && self->options.churn == 0)
    return 1;
  return self->is_counting && report->state.failed == 0 ? 0 : 1;
}

static int
load_main (Load *self)
{
  int status = 2;

  self->report = g_new0 (LoadReport, 1);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->sessions = g_ptr_array_new ();
  if (load_open (self, &self->error)) {
    load_run (self);
    status = load_tell (self);
  } else {
    fprintf (stderr, "%s\n", self->error->message);
  }
  rtc_http_client_free (self->client);
  load_crowd_free (self->crowd);
  g_ptr_array_unref (self->sessions);
  g_main_loop_unref (self->loop);
  g_clear_error (&self->error);
  g_clear_pointer (&self->report->samples, g_array_unref);
  g_free (self->report);
  return status;
}

/* --- the command line --- */

static gboolean
options_parse (LoadOptions *o, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "viewers", 'n', 0, G_OPTION_ARG_INT, &o->viewers, "viewers (10)", "N" },
    { "rate", 'r', 0, G_OPTION_ARG_DOUBLE, &o->rate, "that join each second (50)", "N" },
    { "seconds", 's', 0, G_OPTION_ARG_INT, &o->seconds, "to count once all play (10)", "S" },
    { "warm", 0, 0, G_OPTION_ARG_INT, &o->warm, "to let them play before that (0)", "S" },
    { "late", 0, 0, G_OPTION_ARG_INT, &o->late, "viewers that join while it counts", "N" },
    { "late-rate", 0, 0, G_OPTION_ARG_DOUBLE, &o->late_rate, "... each second (100)", "N" },
    { "churn", 0, 0, G_OPTION_ARG_INT, &o->churn, "join and leave each second, 2 s old", "N" },
    { "link", 0, 0, G_OPTION_ARG_STRING, &o->link,
        "what viewers are behind, as rate=5000,queue=200,delay=20,loss=1", "LINK" },
    { "also", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->also,
        "N more join when counting begins, behind another link", "N:LINK" },
    { "decrypt-every", 0, 0, G_OPTION_ARG_INT, &o->decrypt_every,
        "each N-th viewer decrypts media (10; 1: all, 0: none)", "N" },
    { "codec", 0, 0, G_OPTION_ARG_STRING, &o->codec, "the one video codec to offer", "NAME" },
    { "no-feedback", 0, 0, G_OPTION_ARG_NONE, &o->no_feedback, "offer no transport-wide feedback",
        NULL },
    { "no-gro", 0, 0, G_OPTION_ARG_NONE, &o->no_gro, "read datagrams one by one", NULL },
    { "own-sockets", 0, 0, G_OPTION_ARG_NONE, &o->own_sockets,
        "a socket for each viewer also towards this host", NULL },
    { "token", 0, 0, G_OPTION_ARG_STRING, &o->token, "Authorization: Bearer", "TOKEN" },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &o->ca_file, "certificates to trust", "PEM" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &o->timeout, "to wait for the last to play (30)", "S" },
    { "pid", 0, 0, G_OPTION_ARG_INT64, &o->pid, "the sender: what it uses is told", "PID" },
    { "every", 0, 0, G_OPTION_ARG_INT, &o->every, "what it uses meanwhile, that often", "S" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "figures there, - for here", "FILE" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("URL - many viewers for a WHEP endpoint");
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  ok = g_option_context_parse (context, &argc, &argv, error);
  g_option_context_free (context);
  if (!ok)
    return FALSE;
  if (argc != 2 || o->viewers < 0 || o->late < 0 || o->churn < 0 || o->seconds < 0 || o->warm < 0
      || o->decrypt_every < 0 || o->every < 0 || o->timeout < 0 || o->rate <= 0
      || o->late_rate <= 0) {
    rtc_error (error, RTC_ERR_PARSE, "one URL, please, and no negative numbers (--help)");
    return FALSE;
  }
  o->url = g_strdup (argv[1]);
  return TRUE;
}

static void
raise_limits (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  Load load = { .ready = GST_CLOCK_TIME_NONE,
    .options = { .viewers = 10,
        .rate = 50,
        .seconds = 10,
        .late_rate = 100,
        .decrypt_every = 10,
        .timeout = 30 } };
  LoadOptions *o = &load.options;
  GError *error = NULL;
  int status = 2;

  g_queue_init (&load.late);
  if (options_parse (o, argc, argv, &error)) {
    raise_limits ();
    status = load_main (&load);
  } else {
    fprintf (stderr, "rtc-load: %s\n", error->message);
    g_error_free (error);
  }
  g_free (o->url);
  g_free (o->token);
  g_free (o->ca_file);
  g_free (o->codec);
  g_free (o->json);
  g_free (o->link);
  g_strfreev (o->also);
  return status;
}
