/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* wait-loops.h - until the last loop of this process has ended: peers are freed there, and a
 * process that ends meanwhile looks as if it leaked them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Six seconds at most. */
static inline void
wait_loops (void)
{
  gint64 end = g_get_monotonic_time () + 6 * G_TIME_SPAN_SECOND;
  guint n;

  do {
    GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
    const gchar *tid;

    n = 0;
    while ((tid = g_dir_read_name (dir)) != NULL) {
      gchar *path = g_strdup_printf ("/proc/self/task/%s/comm", tid), *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, "rtc-"))
        n++;
      g_free (name);
      g_free (path);
    }
    g_dir_close (dir);
    g_thread_yield ();
  } while (n > 0 && g_get_monotonic_time () < end);
}

G_END_DECLS
