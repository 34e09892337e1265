/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* count-proc.h - how many threads, descriptors and resident bytes this process has, for tests. */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

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

static inline gint
count_proc_compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const gchar *const *) a, *(const gchar *const *) b);
}

/* The names of its threads, sorted, a line each. (transfer full) */
static inline gchar *
list_proc_threads (void)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  const gchar *task;
  gchar *list;

  while (dir != NULL && (task = g_dir_read_name (dir)) != NULL) {
    gchar *path = g_strconcat ("/proc/self/task/", task, "/comm", NULL), *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL)) /* else it has just ended */
      g_ptr_array_add (names, name);
    g_free (path);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_ptr_array_sort (names, count_proc_compare);
  g_ptr_array_add (names, NULL);
  list = g_strjoinv ("", (gchar **) names->pdata);
  g_ptr_array_unref (names);
  return list;
}

/* Its memory that is in RAM, bytes. */
static inline gsize
count_resident_bytes (void)
{
  gchar *text = NULL;
  gulong pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %lu", &pages), ==, 1);
  g_free (text);
  return pages * (gsize) sysconf (_SC_PAGESIZE);
}
