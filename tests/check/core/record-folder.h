/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* record-folder.h - a folder to record into, for tests. */
#pragma once

#include <glib/gstdio.h>

#include "gst/record/rtc-record-file.h"

static inline gchar *
make_folder (void)
{
  GError *error = NULL;
  gchar *folder = g_dir_make_tmp ("rtc-record-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
remove_tree (const gchar *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    GDir *dir = g_dir_open (path, 0, NULL);
    const gchar *name;

    while ((name = g_dir_read_name (dir)) != NULL) {
      gchar *inner = g_build_filename (path, name, NULL);

      remove_tree (inner);
      g_free (inner);
    }
    g_dir_close (dir);
  }
  g_remove (path);
}

static inline guint
count_files (const gchar *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

/* Opens folder/template for a caller; NULL when that fails with code (an RtcResult). */
static inline RtcRecordFile *
open_in (const gchar *folder, const gchar *template, const gchar *caller, RtcResult code)
{
  gchar *location = g_strconcat (folder, "/", template, NULL);
  RtcRecordName name = { location, "20261121-132500", caller, "7f3a", "webm" };
  GError *error = NULL;
  RtcRecordFile *file = rtc_record_file_open (&name, &error);

  if (code == RTC_OK) {
    g_assert_no_error (error);
    g_assert_nonnull (file);
  } else {
    g_assert_error (error, RTC_ERROR, -code);
    g_assert_null (file);
  }
  g_clear_error (&error);
  g_free (location);
  return file;
}
