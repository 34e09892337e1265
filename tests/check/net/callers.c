/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* callers.c - N callers from another process: net-caller.h as a program, for benchmarks.
 *
 *   callers N URL SECONDS [CODEC [CLOCKS]]      CODEC: vp8 (default), vp9, h264
 *
 * Callers that share a clock send at the same instants, which spares the other side wake-ups that
 * real callers would cause; CLOCKS (default 1) of them run at phases of their own, callers by
 * turns.
 *
 * Calls the WHIP endpoint URL N times, sends for SECONDS after the last caller is connected, then
 * hangs up with DELETE, BYE and close_notify. Prints {"calling": N} when all are connected, a line
 * of JSON for each caller at the end, and one for all: {"callers": ..., "frames": ..., ...}. Exit
 * code 1 when a call was refused or failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net-caller.h"

static RtcCodecId
parse_codec (const gchar *name)
{
  const RtcCodecInfo *info = name != NULL ? rtc_codec_info_find (name, strlen (name)) : NULL;

  return name == NULL ? RTC_CODEC_VP8 : info == NULL ? RTC_CODEC_UNKNOWN : info->id;
}

static void
print_counts (const gchar *what, guint n, const NetCallerCounts *counts)
{
  printf ("{\"%s\": %u, \"frames\": %" G_GUINT64_FORMAT ", \"key_frames\": %" G_GUINT64_FORMAT
          ", \"video_packets\": %" G_GUINT64_FORMAT ", \"audio_packets\": %" G_GUINT64_FORMAT
          ", \"retransmitted\": %" G_GUINT64_FORMAT ", \"nacks\": %" G_GUINT64_FORMAT
          ", \"plis\": %" G_GUINT64_FORMAT ", \"video_lost\": %" G_GINT64_FORMAT "}\n",
      what, n, counts->frames, counts->key_frames, counts->video_packets, counts->audio_packets,
      counts->retransmitted, counts->nacks, counts->plis, counts->video_lost);
}

static void
add_counts (NetCallerCounts *sum, const NetCallerCounts *counts)
{
  sum->frames += counts->frames;
  sum->key_frames += counts->key_frames;
  sum->video_packets += counts->video_packets;
  sum->audio_packets += counts->audio_packets;
  sum->retransmitted += counts->retransmitted;
  sum->nacks += counts->nacks;
  sum->plis += counts->plis;
  sum->video_lost += counts->video_lost;
}

/* TRUE when all are connected. */
static gboolean
call_all (NetCaller **all, guint n, const gchar *url)
{
  for (guint i = 0; i < n; i++) {
    guint status = net_caller_call (all[i], url);

    if (status != 201) {
      fprintf (stderr, "caller %u: HTTP status %u\n", i, status);
      return FALSE;
    }
  }
  for (guint i = 0; i < n; i++) {
    NetCallerCounts counts;

    if (net_caller_wait_state (all[i], RTC_PEER_STATE_CONNECTED, 20000))
      continue;
    net_caller_get_counts (all[i], &counts);
    fprintf (stderr, "caller %u: not connected: %s\n", i, counts.failure);
    return FALSE;
  }
  return TRUE;
}

static void
wait_ms (guint ms)
{
  GMainLoop *wait = g_main_loop_new (NULL, FALSE);

  g_timeout_add (ms, (GSourceFunc) (void (*) (void)) g_main_loop_quit, wait);
  g_main_loop_run (wait);
  g_main_loop_unref (wait);
}

static int
run (guint n, const gchar *url, guint seconds, RtcCodecId codec, guint n_clocks)
{
  NetTraceConfig media = { .video = codec };
  NetTrace *trace = net_trace_new (&media);
  NetCallers **clocks = g_new0 (NetCallers *, n_clocks);
  NetCaller **all = g_new0 (NetCaller *, n);
  NetCallerCounts sum = { 0 };
  gboolean ok;

  for (guint i = 0; i < n_clocks; i++) {
    clocks[i] = net_callers_new_with_trace (trace);
    wait_ms (1 + i % 7); /* odd against the 33 and 20 ms of picture and sound */
  }
  for (guint i = 0; i < n; i++)
    all[i] = net_caller_new (clocks[i % n_clocks], NULL);
  ok = call_all (all, n, url);
  if (ok) {
    printf ("{\"calling\": %u}\n", n);
    fflush (stdout);
    wait_ms (seconds * 1000);
  }
  for (guint i = 0; i < n; i++) {
    NetCallerCounts counts;

    net_caller_set_video (all[i], FALSE);
    net_caller_set_audio (all[i], FALSE);
    net_caller_get_counts (all[i], &counts);
    ok = ok && counts.state == RTC_PEER_STATE_CONNECTED;
    print_counts ("caller", i, &counts);
    add_counts (&sum, &counts);
  }
  for (guint i = 0; i < n; i++) {
    if (ok)
      net_caller_delete (all[i]);
    net_caller_free (all[i], TRUE);
  }
  print_counts ("callers", n, &sum);
  g_free (all);
  for (guint i = 0; i < n_clocks; i++)
    net_callers_free (clocks[i]);
  g_free (clocks);
  net_trace_free (trace);
  return ok ? 0 : 1;
}

int
main (int argc, char **argv)
{
  RtcCodecId codec = parse_codec (argc > 4 ? argv[4] : NULL);
  gint n_clocks = argc > 5 ? atoi (argv[5]) : 1;
  struct rlimit limit;

  if (argc < 4 || argc > 6 || atoi (argv[1]) < 1 || atoi (argv[3]) < 1 || n_clocks < 1
      || codec == RTC_CODEC_UNKNOWN) {
    fprintf (stderr, "usage: callers N URL SECONDS [vp8|vp9|h264 [CLOCKS]]\n");
    return 2;
  }
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  gst_init (NULL, NULL);
  if (!net_trace_is_possible (codec)) {
    fprintf (stderr, "callers: an encoder or payloader for that is not installed\n");
    return 77;
  }
  return run ((guint) atoi (argv[1]), argv[2], (guint) atoi (argv[3]), codec, (guint) n_clocks);
}
