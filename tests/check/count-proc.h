/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* count-proc.h - how many threads or descriptors this process has, for tests. */
#pragma once

#include <glib.h>

/* Entries of a folder of /proc/self: "task", "fd". */
static inline guint
count_proc (const gchar *folder)
{
  gchar *path = g_strconcat ("/proc/self/", folder, NULL);
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  g_clear_pointer (&dir, g_dir_close);
  g_free (path);
  return n;
}
