/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-file.c - templates, links in the way, and disks that fail.
 *
 * pwrite() of the C library is replaced by one that fails when a test says so. */
#define _GNU_SOURCE
#include "gst/record/rtc-record-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "tests/check/core/record-folder.h"

/* What the next calls of pwrite() do: write at most this many bytes each, ... */
static gsize io_most = G_MAXSIZE;
/* ... and after so many bytes fail with io_errno, io_failures times. */
static gint64 io_left = G_MAXINT64;
static int io_errno;
static guint io_failures;
/* The content of this file after the first write is put into io_seen. */
static const gchar *io_watch;
static GByteArray *io_seen;

ssize_t
pwrite (int fd, const void *data, size_t len, off_t offset)
{
  ssize_t n;

  if (io_failures > 0 && io_left <= 0) {
    io_failures--;
    errno = io_errno;
    return -1;
  }
  len = MIN (MIN (len, io_most), (gsize) MAX (io_left, 1));
  io_left -= (gint64) len;
  n = syscall (SYS_pwrite64, fd, data, len, offset);
  if (io_watch != NULL && io_seen == NULL) {
    gchar *content;
    gsize size;

    g_assert_true (g_file_get_contents (io_watch, &content, &size, NULL));
    io_seen = g_byte_array_new_take ((guint8 *) content, size);
  }
  return n;
}

static void
io_normal (void)
{
  io_most = G_MAXSIZE;
  io_left = G_MAXINT64;
  io_failures = 0;
}

/* Opens, checks the path below folder, closes. */
static void
assert_opens (
    const gchar *folder, const gchar *template, const gchar *caller, const gchar *expected)
{
  RtcRecordFile *file = open_in (folder, template, caller, RTC_OK);
  const gchar *path = rtc_record_file_get_path (file);

  g_assert_true (g_str_has_prefix (path, folder));
  g_assert_cmpstr (path + strlen (folder) + 1, ==, expected);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  rtc_record_file_free (file);
}

/* -- Templates --------------------------------------------------------------------------------- */

static void
test_templates (void)
{
  gchar *folder = make_folder (), *inner = g_build_filename (folder, "in", NULL);
  struct stat info;

  assert_opens (folder, "{name}.webm", "Ann", "Ann.webm");
  assert_opens (folder, "{name}.webm", "Ann", "Ann-0001.webm");
  assert_opens (folder, "{name}.webm", "Ann", "Ann-0002.webm");
  assert_opens (folder, "{time}_{session}-{counter}", NULL, "20261121-132500_7f3a-0001.webm");
  assert_opens (folder, "{time}_{session}-{counter}", NULL, "20261121-132500_7f3a-0002.webm");
  assert_opens (folder, "", "Ann", "20261121-132500-Ann-0001.webm");
  assert_opens (folder, "call.mp4", "Ann", "call.webm");
  assert_opens (folder, "tape.rec", "Ann", "tape.rec");
  assert_opens (folder, "{{{name}}}", "Ann", "{Ann}.webm");
  assert_opens (folder, "v1.2 of {name}", "Ann", "v1.2 of Ann.webm");
  /* Folders: one level is made, and those of callers. */
  assert_opens (folder, "in/", "Ann", "in/20261121-132500-Ann-0001.webm");
  assert_opens (folder, "in/.", "Ann", "in/./20261121-132500-Ann-0002.webm");
  assert_opens (folder, "in", "Ann", "in/20261121-132500-Ann-0003.webm");
  assert_opens (folder, "in/{name}/{time}/x", "../Ann", "in/%2E.%2FAnn/20261121-132500/x.webm");
  g_assert_cmpint (g_stat (inner, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777 & ~0750, ==, 0);
  open_in (folder, "none/below/x", "Ann", RTC_ERR_BACKEND);
  open_in (folder, "{name}/../x", "Ann", RTC_ERR_BACKEND);
  open_in (folder, "tape.rec/x", "Ann", RTC_ERR_BACKEND);
  remove_tree (folder);
  g_free (inner);
  g_free (folder);
}

static void
test_location_check (void)
{
  static const gchar *const good[] = { "x", "/rec/{time}-{name}.mkv", "{{}}", "rec/", "/", ".",
    "x/..", "{name}/{name}/{name}-{name}", "a}b" };
  static const gchar *const bad[] = { "", "{nam}", "rec/{", "{name", "{counter}/x", "{ name }",
    "{name}{name}{name}{name}" };
  GError *error = NULL;
  gchar *longest = g_strnfill (241, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_cmpint (rtc_record_location_check (good[i], NULL), ==, RTC_OK);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_cmpint (rtc_record_location_check (bad[i], &error), ==, RTC_ERR_PARSE);
    g_assert_error (error, RTC_ERROR, -RTC_ERR_PARSE);
    g_clear_error (&error);
  }
  g_assert_cmpint (rtc_record_location_check (longest, NULL), ==, RTC_ERR_PARSE);
  g_assert_cmpint (rtc_record_location_check (longest + 1, NULL), ==, RTC_OK);
  g_assert_cmpint (rtc_record_location_check (NULL, NULL), ==, RTC_ERR_PARSE);
  g_free (longest);
}

/* Links that somebody else put there are neither followed nor replaced. */
static void
test_links (void)
{
  gchar *outer = make_folder (), *folder = g_build_filename (outer, "rec", NULL);
  gchar *target = g_build_filename (outer, "target", NULL);
  gchar *link = g_build_filename (folder, "Ann.webm", NULL);
  gchar *link_folder = g_build_filename (folder, "Bob", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_assert_cmpint (symlink (outer, link_folder), ==, 0);
  assert_opens (folder, "{name}", "Ann", "Ann-0001.webm");
  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
  open_in (folder, "{name}/x", "Bob", RTC_ERR_BACKEND);
  g_assert_cmpuint (count_files (outer), ==, 1);
  remove_tree (outer);
  g_free (link_folder);
  g_free (link);
  g_free (target);
  g_free (folder);
  g_free (outer);
}

static void
test_beside (void)
{
  gchar *folder = make_folder ();
  RtcRecordFile *first = open_in (folder, "{name}-{counter}", "Ann", RTC_OK), *other;
  static const struct {
    guint segment;
    const gchar *extension, *expected;
  } rows[] = {
    { 2, "webm", "Ann-0001-2.webm" },
    { 3, "mp4", "Ann-0001-3.mp4" },
    { 2, "webm", "Ann-0001-3.webm" },
    { 0, "json", "Ann-0001.json" },
    { 0, "json", "Ann-0001-0001.json" },
  };

  rtc_record_file_close (first, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    other = rtc_record_file_open_beside (first, rows[i].segment, rows[i].extension, NULL);
    g_assert_nonnull (other);
    g_assert_true (g_str_has_suffix (rtc_record_file_get_path (other), rows[i].expected));
    rtc_record_file_free (other);
  }
  rtc_record_file_free (first);
  remove_tree (folder);
  g_free (folder);
}

/* A call whose name is taken by one in the other container, or by a sidecar alone, gets another, so
 * that the sidecars of both have their recordings' names. */
static void
test_containers (void)
{
  gchar *folder = make_folder (), *other = g_build_filename (folder, "Ann.mp4", NULL);
  gchar *sidecar = g_build_filename (folder, "Bob-0001.json", NULL);

  g_assert_true (g_file_set_contents (other, "x", 1, NULL));
  g_assert_true (g_file_set_contents (sidecar, "x", 1, NULL));
  assert_opens (folder, "{name}", "Ann", "Ann-0001.webm");
  assert_opens (folder, "{name}-{counter}", "Bob", "Bob-0002.webm");
  remove_tree (folder);
  g_free (other);
  g_free (sidecar);
  g_free (folder);
}

/* -- Writing ----------------------------------------------------------------------------------- */

static void
assert_content (const RtcRecordFile *file, const gchar *expected)
{
  gchar *content;
  gsize len;

  g_assert_true (g_file_get_contents (rtc_record_file_get_path (file), &content, &len, NULL));
  g_assert_cmpmem (content, len, expected, strlen (expected));
  g_assert_cmpuint (rtc_record_file_get_size (file), ==, strlen (expected));
  g_free (content);
}

static RtcResult
append (RtcRecordFile *file, const gchar *text, GError **error)
{
  return rtc_record_file_append (file, (const guint8 *) text, strlen (text), error);
}

static void
test_write (void)
{
  gchar *folder = make_folder ();
  RtcRecordFile *file = open_in (folder, "x", NULL, RTC_OK);
  GError *error = NULL;
  struct stat info;

  g_assert_cmpint (g_stat (rtc_record_file_get_path (file), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777 & ~0640, ==, 0);
  io_most = 3; /* each write is short ... */
  io_left = 5; /* ... and two are interrupted */
  io_errno = EINTR;
  io_failures = 2;
  g_assert_cmpint (append (file, "abcdefgh", &error), ==, RTC_OK);
  g_assert_cmpint (append (file, "ijk", &error), ==, RTC_OK);
  g_assert_cmpuint (io_failures, ==, 0);
  io_normal ();
  g_assert_cmpint (rtc_record_file_patch (file, 2, (const guint8 *) "XY", 2, &error), ==, RTC_OK);
  g_assert_no_error (error);
  assert_content (file, "abXYefghijk");
  g_assert_cmpint (
      rtc_record_file_patch (file, 10, (const guint8 *) "XY", 2, &error), ==, RTC_ERR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpint (
      rtc_record_file_patch (file, G_MAXUINT64, (const guint8 *) "XY", 2, NULL), ==, RTC_ERR_LIMIT);
  assert_content (file, "abXYefghijk");
  g_assert_cmpint (rtc_record_file_close (file, NULL), ==, RTC_OK);
  g_assert_cmpint (rtc_record_file_close (file, NULL), ==, RTC_OK);
  g_assert_cmpint (append (file, "x", &error), ==, RTC_ERR_STATE);
  g_clear_error (&error);
  rtc_record_file_remove (file);
  g_assert_cmpuint (count_files (folder), ==, 0);
  rtc_record_file_remove (file);
  rtc_record_file_free (file);
  rtc_record_file_free (NULL);
  remove_tree (folder);
  g_free (folder);
}

/* A moof's first bytes come last: killed in between, the file has zeros there. */
static void
test_fragment_head (void)
{
  static const guint8 unit[] = { 0, 0, 0, 12, 'm', 'o', 'o', 'f', 1, 2, 3, 4 };
  gchar *folder = make_folder (), *content;
  RtcRecordFile *file = open_in (folder, "x", NULL, RTC_OK);
  gsize len;

  g_assert_cmpint (append (file, "ftyp", NULL), ==, RTC_OK);
  io_watch = rtc_record_file_get_path (file);
  g_assert_cmpint (rtc_record_file_append (file, unit, sizeof unit, NULL), ==, RTC_OK);
  io_watch = NULL;
  g_assert_cmpmem (io_seen->data, io_seen->len, "ftyp\0\0\0\0\0\0\0\0\1\2\3\4", 16);
  g_byte_array_unref (io_seen);
  g_assert_true (g_file_get_contents (rtc_record_file_get_path (file), &content, &len, NULL));
  g_assert_cmpmem (content + 4, len - 4, unit, sizeof unit);
  g_assert_cmpuint (rtc_record_file_get_size (file), ==, 16);
  g_free (content);
  rtc_record_file_free (file);
  remove_tree (folder);
  g_free (folder);
}

/* Only the file that was created is removed, not another of its name. */
static void
test_remove (void)
{
  gchar *folder = make_folder ();
  RtcRecordFile *file = open_in (folder, "x", NULL, RTC_OK), *other;

  g_assert_cmpint (g_remove (rtc_record_file_get_path (file)), ==, 0);
  other = open_in (folder, "x", NULL, RTC_OK);
  g_assert_cmpstr (rtc_record_file_get_path (file), ==, rtc_record_file_get_path (other));
  rtc_record_file_remove (file);
  g_assert_cmpuint (count_files (folder), ==, 1);
  rtc_record_file_free (file);
  rtc_record_file_free (other);
  remove_tree (folder);
  g_free (folder);
}

/* The disk fails in the middle of a unit: that unit is gone, what was before stays. */
static void
test_failures (void)
{
  static const int reasons[] = { ENOSPC, EIO, EDQUOT };
  gchar *folder = make_folder ();

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    RtcRecordFile *file = open_in (folder, "x{counter}", NULL, RTC_OK);
    GError *error = NULL;

    g_assert_cmpint (append (file, "header", &error), ==, RTC_OK);
    io_left = 4;
    io_errno = reasons[i];
    io_failures = 1;
    g_assert_cmpint (append (file, "fragment", &error), ==, RTC_ERR_BACKEND);
    io_normal ();
    g_assert_error (error, RTC_ERROR, -RTC_ERR_BACKEND);
    g_assert_nonnull (strstr (error->message, rtc_record_file_get_path (file)));
    g_assert_nonnull (strstr (error->message, g_strerror (reasons[i])));
    g_clear_error (&error);
    assert_content (file, "header");
    g_assert_cmpint (append (file, "more", &error), ==, RTC_ERR_STATE);
    g_clear_error (&error);
    g_assert_cmpint (
        rtc_record_file_patch (file, 0, (const guint8 *) "H", 1, NULL), ==, RTC_ERR_STATE);
    assert_content (file, "header");
    rtc_record_file_free (file);
  }
  remove_tree (folder);
  g_free (folder);
}

/* The kernel's own refusal: a short write first, then an error. */
static void
test_size_limit (void)
{
  gchar *folder = make_folder ();
  RtcRecordFile *file = open_in (folder, "x", NULL, RTC_OK);
  struct rlimit old, limit;
  void (*old_handler) (int) = signal (SIGXFSZ, SIG_IGN);
  GError *error = NULL;

  g_assert_cmpint (append (file, "12345678", &error), ==, RTC_OK);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = old;
  limit.rlim_cur = 12;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_cmpint (append (file, "abcdefgh", &error), ==, RTC_ERR_BACKEND);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  signal (SIGXFSZ, old_handler);
  g_assert_nonnull (strstr (error->message, g_strerror (EFBIG)));
  g_clear_error (&error);
  assert_content (file, "12345678");
  rtc_record_file_free (file);
  remove_tree (folder);
  g_free (folder);
}

static void
test_check_free (void)
{
  gchar *folder = make_folder ();
  RtcRecordFile *file = open_in (folder, "x", NULL, RTC_OK);
  GError *error = NULL;

  g_assert_cmpint (rtc_record_file_check_free (file, 0, &error), ==, RTC_OK);
  g_assert_cmpint (rtc_record_file_check_free (file, G_MAXUINT64 - 1, &error), ==, RTC_ERR_LIMIT);
  g_assert_nonnull (strstr (error->message, folder));
  g_clear_error (&error);
  rtc_record_file_free (file);
  remove_tree (folder);
  g_free (folder);
}

/* A disk that really gets full: a small one in a mount namespace of this process. */
static void
test_full_disk (void)
{
  gchar *folder = make_folder ();
  GError *error = NULL;
  RtcRecordFile *file;
  guint8 unit[1000];
  guint n = 0;

  memset (unit, 'u', sizeof unit);
  if (unshare (CLONE_NEWNS) != 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount ("tmpfs", folder, "tmpfs", 0, "size=64k") != 0) {
    g_test_skip ("a small disk cannot be mounted without privileges");
    remove_tree (folder);
    g_free (folder);
    return;
  }
  file = open_in (folder, "x", NULL, RTC_OK);
  g_assert_cmpint (rtc_record_file_check_free (file, 1 << 20, NULL), ==, RTC_ERR_LIMIT);
  while (rtc_record_file_append (file, unit, sizeof unit, &error) == RTC_OK)
    n++;
  g_assert_nonnull (strstr (error->message, g_strerror (ENOSPC)));
  g_clear_error (&error);
  g_assert_cmpuint (n, >, 50);
  g_assert_cmpuint (rtc_record_file_get_size (file), ==, n * sizeof unit);
  rtc_record_file_free (file);
  umount (folder);
  remove_tree (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-file/templates", test_templates);
  g_test_add_func ("/record-file/location-check", test_location_check);
  g_test_add_func ("/record-file/links", test_links);
  g_test_add_func ("/record-file/beside", test_beside);
  g_test_add_func ("/record-file/containers", test_containers);
  g_test_add_func ("/record-file/write", test_write);
  g_test_add_func ("/record-file/fragment-head", test_fragment_head);
  g_test_add_func ("/record-file/remove", test_remove);
  g_test_add_func ("/record-file/failures", test_failures);
  g_test_add_func ("/record-file/size-limit", test_size_limit);
  g_test_add_func ("/record-file/check-free", test_check_free);
  g_test_add_func ("/record-file/full-disk", test_full_disk);
  return g_test_run ();
}
