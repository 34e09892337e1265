/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* run-tests.h - runs a program's tests, and lets its loops end before the program does: peers are
 * freed there, from another thread than that of the tests, and a process that ends meanwhile looks
 * as if it leaked them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Until no thread of ours runs any more; six seconds at most, FALSE: then some still do. */
static inline gboolean
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
  return n == 0;
}

/* g_test_run() and wait_loops(). For programs that let go of all their elements and loops in their
 * tests. */
static inline int
run_tests (void)
{
  int result = g_test_run ();

  wait_loops ();
  return result;
}

G_END_DECLS
