/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* analyse.c - prints what is in recorded files, one JSON object a line (recording-analysis.h).
 *
 *   analyse [--loop=N] [--timeout=SECONDS] FILE...
 *
 * --loop: the burned-in numbers run from 0 to N-1 and begin anew. Exit code 0 when every file was
 * read to its end without an error, 1 when not, 2 for a wrong call. Keys of the object: eos error
 * duration container video_codec audio_codec width height resolutions last_width last_height
 * samples key_first frames unreadable first_counter last_counter missing repeated non_monotonic
 * video_backward first_video last_video video_gap gaps ([frame, number before, number after]...)
 * first_audio last_audio audio_gap pitch_hz loud_share flashes beeps pairs skew_ms_median
 * skew_ms_max. Times are seconds but for the skews; null is "none". */
#include "recording-analysis.h"

#define DEFAULT_TIMEOUT_SECONDS 60

int
main (int argc, char **argv)
{
  gint loop = 0, timeout = DEFAULT_TIMEOUT_SECONDS;
  gchar **files = NULL;
  GOptionEntry entries[] = {
    { "loop", 0, 0, G_OPTION_ARG_INT, &loop, "numbers run from 0 to N-1", "N" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout, "per file", "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE..." },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;
  int status = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || !files || loop < 0) {
    g_printerr ("analyse: %s\n", error ? error->message : "name at least one file");
    g_clear_error (&error);
    g_option_context_free (context);
    return 2;
  }
  g_option_context_free (context);
  for (gchar **file = files; *file; file++) {
    RecordingAnalysis *analysis =
        recording_analysis_new (*file, (guint) loop, (GstClockTime) timeout * GST_SECOND);
    gchar *json = recording_analysis_to_json (analysis);

    g_print ("%s\n", json);
    if (analysis->error || !analysis->eos)
      status = 1;
    g_free (json);
    recording_analysis_free (analysis);
  }
  g_strfreev (files);
  return status;
}
