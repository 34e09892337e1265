/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "load-run.h"

#include <gio/gio.h>

static const gchar *program;

typedef struct {
  GSubprocess *process;
  gchar *output;
  gboolean has_ended;
} Run;

static void
on_ended (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  GError *error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, &run->output, NULL, &error);
  g_assert_no_error (error);
  run->has_ended = TRUE;
}

void
load_run_set_program (const gchar *path)
{
  program = path;
}

JsonObject *
load_run (const gchar *url, const gchar *options, gint status)
{
  gchar *line = g_strdup_printf ("%s %s --json - %s", program, options, url), **argv;
  GError *error = NULL;
  Run run = { 0 };
  JsonParser *parser = json_parser_new ();
  JsonObject *figures;

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  run.process =
      g_subprocess_newv ((const gchar *const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (run.process, NULL, NULL, on_ended, &run);
  while (!run.has_ended)
    g_main_context_iteration (NULL, TRUE);
  g_test_message ("%s: %s", options, run.output);
  g_assert_cmpint (g_subprocess_get_exit_status (run.process), ==, status);
  json_parser_load_from_data (parser, run.output, -1, &error);
  g_assert_no_error (error);
  figures = json_object_ref (json_node_get_object (json_parser_get_root (parser)));
  g_object_unref (parser);
  g_object_unref (run.process);
  g_free (run.output);
  g_strfreev (argv);
  g_free (line);
  return figures;
}

gint64
load_run_get_int (JsonObject *figures, const gchar *name)
{
  g_assert_true (json_object_has_member (figures, name));
  return json_object_get_int_member (figures, name);
}

gdouble
load_run_get_double (JsonObject *figures, const gchar *name)
{
  g_assert_true (json_object_has_member (figures, name));
  return json_object_get_double_member (figures, name);
}
