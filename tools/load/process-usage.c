/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/process-usage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static guint
count_entries (gint64 pid, const gchar *folder)
{
  gchar *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/%s", pid, folder);
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  g_clear_pointer (&dir, g_dir_close);
  g_free (path);
  return n;
}

static gdouble
read_cpu (gint64 pid)
{
  gchar *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/task", pid);
  GDir *dir = g_dir_open (path, 0, NULL);
  const gchar *tid;
  gdouble total = 0;

  while (dir != NULL && (tid = g_dir_read_name (dir)) != NULL) {
    gchar *file = g_strdup_printf ("%s/%s/schedstat", path, tid), *text = NULL;

    if (g_file_get_contents (file, &text, NULL, NULL))
      total += g_ascii_strtod (text, NULL) / 1e9;
    g_free (text);
    g_free (file);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_free (path);
  return total;
}

gboolean
process_usage_read (gint64 pid, ProcessUsage *out)
{
  gchar *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/statm", pid), *text = NULL, *rest;
  gboolean ok = g_file_get_contents (path, &text, NULL, NULL);

  memset (out, 0, sizeof *out);
  if (ok) {
    strtoul (text, &rest, 10);
    out->rss_kib = (gdouble) strtoul (rest, NULL, 10) * (gdouble) sysconf (_SC_PAGESIZE) / 1024;
    out->cpu_seconds = read_cpu (pid);
    out->threads = count_entries (pid, "task");
    out->fds = count_entries (pid, "fd");
  }
  g_free (text);
  g_free (path);
  return ok;
}

gdouble
process_usage_read_idle (void)
{
  gchar *text = NULL, *idle;
  gdouble seconds = 0;

  /* "uptime idle" (proc(5)). */
  if (g_file_get_contents ("/proc/uptime", &text, NULL, NULL)) {
    idle = strchr (text, ' ');
    seconds = idle != NULL ? g_ascii_strtod (idle, NULL) : 0;
  }
  g_free (text);
  return seconds;
}
