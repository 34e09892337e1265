/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-file.c - templates, names that callers sent, and disks that fail.
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

#include "gst/rtc/base/rtc-log.h"

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

/* -- A folder to play in ----------------------------------------------------------------------- */

static gchar *
make_folder (void)
{
  GError *error = NULL;
  gchar *folder = g_dir_make_tmp ("rtc-record-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
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

static guint
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
static RtcRecordFile *
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

/* -- Names ------------------------------------------------------------------------------------- */

static void
test_safe_names (void)
{
  static const struct {
    const gchar *name, *safe;
  } rows[] = {
    { "Ann", "Ann" },
    { NULL, "caller" },
    { "", "caller" },
    { "..", "%2E%2E" },
    { ".", "%2E" },
    { "../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd" },
    { "a..b", "a..b" },
    { "-rf", "%2Drf" },
    { ".profile", "%2Eprofile" },
    { "dot.", "dot%2E" },
    { "%2e%2e%2f", "%252e%252e%252f" },
    { "C:\\x", "C%3A%5Cx" },
    { "con", "_con" },
    { "NUL.txt", "_NUL.txt" },
    { "lpt1", "_lpt1" },
    { "console", "console" },
    { "com10", "com10" },
    { "J\xC3\xB6rg", "J%C3%B6rg" },
    { "\xE2\x80\xAEgpj", "%E2%80%AEgpj" },
    { "\xC0\xAE\xC0\xAE\xC0\xAF", "%C0%AE%C0%AE%C0%AF" },
    { "a\nb\x1b[31m", "a%0Ab%1B%5B31m" },
    { "192.0.2.7:5004", "192.0.2.7%3A5004" },
  };
  gchar *nines = g_strnfill (100, '9'), *dots, *safe;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    safe = rtc_record_safe_name (rows[i].name);
    g_assert_cmpstr (safe, ==, rows[i].safe);
    g_free (safe);
  }
  safe = rtc_record_safe_name (nines);
  g_assert_cmpuint (strlen (safe), ==, RTC_RECORD_NAME_MAX);
  g_free (safe);
  /* No half of a %XX at the end, and no dot. */
  memcpy (nines + 62, "\xC3\xB6", 2);
  safe = rtc_record_safe_name (nines);
  g_assert_cmpuint (strlen (safe), ==, 62);
  g_free (safe);
  memcpy (nines + 60, "....", 4);
  dots = rtc_record_safe_name (nines);
  g_assert_cmpuint (strlen (dots), ==, 60);
  g_free (dots);
  g_free (nines);
}

/* The 200 strings of the point 9: what an attacker or an unlucky person sends. */
static GPtrArray *
hostile_names (void)
{
  static const gchar *const tricks[] = { "../x", "../../x", "/etc/passwd", "..\\x", "..\\..\\x",
    "%2e%2e/x", "%2e%2e%2fx", "..%2fx", "%252e%252e%252fx", "..%c0%afx", "....//x", "..;/x",
    "\xC0\xAE\xC0\xAE/x", "\xE0\x80\xAE\xE0\x80\xAE\xE0\x80\xAFx", "\xF0\x80\x80\xAE/x",
    "\xE2\x80\xA6/x", "\xEF\xBC\x8E\xEF\xBC\x8E\xEF\xBC\x8Fx", "\xE2\x88\x95x", "\xE2\x81\x84x",
    "~", "~root", "$HOME", "${HOME}", "$(reboot)", "`reboot`", "|reboot", ";reboot", "&reboot",
    ">x", "<x", "*", "?", "[a]", "{name}", "{counter}", "{time}/../x", "{{", "}}", "'", "\"",
    "'; DROP TABLE calls; --", "%s%s%s%n", "%x", "%%", "-", "--", "-rf", "--help", "-o/x", ".",
    "..", "...", ". .", " ", "  ", ".hidden", ".ssh/authorized_keys", "x.", "x..", "x ", "con",
    "CON", "Con.webm", "prn", "aux", "nul", "NUL.webm", "com1", "COM9.x", "lpt1", "LPT9", "com0",
    "CONIN$", "CLOCK$", "C:", "C:\\x", "\\\\host\\share", "//host/share", "file:///etc/passwd",
    "http://example.org/", "x:stream", "x::$DATA", "a/b", "a\\b", "a:b", "\n", "\r\n", "a\nb",
    "a\rb", "a\tb", "\x01", "\x02\x03", "\x07", "\x08\x08\x08", "\x1b", "\x1b[2J",
    "\x1b]0;title\x07", "\x1bP$q\x1b\\", "\x7f",
    "\xC2\x9B"
    "31m",
    "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9",
    "\xE2\x80\xAE"
    "gpj.exe",
    "\xE2\x80\xAD", "\xE2\x81\xA6x\xE2\x81\xA9", "\xE2\x80\x8B", "\xE2\x80\x8D", "\xEF\xBB\xBFx",
    "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xEF\xBF\xBD", "\xC3\xA4\xC3\xB6\xC3\xBC", "a\xCC\x88",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7",
    "\xE4\xBD\xA0\xE5\xA5\xBD", "\xF0\x9F\x98\x80", "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9",
    "\xED\xA0\x80", "\xED\xA0\xBD\xED\xB8\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
    "\xFC\x84\x80\x80\x80\x80", "\xFE", "\xFF", "\xFF\xFE", "\x80", "\xBF\xBF\xBF", "\xC3",
    "\xE2\x80", "\xF0\x9F\x98", "x\xC3(", "\xA0\xA1" };
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (tricks); i++)
    g_ptr_array_add (names, g_strdup (tricks[i]));
  for (guint i = 1; i < 32; i++)
    g_ptr_array_add (names, g_strdup_printf ("caller%c%u", (gchar) i, i));
  g_ptr_array_add (names, g_strdup (""));
  g_ptr_array_add (names, g_strnfill (4096, 'A'));
  g_ptr_array_add (names, g_strnfill (4096, '.'));
  g_ptr_array_add (names, g_strnfill (4096, '/'));
  g_ptr_array_add (names, g_strnfill (4096, '%'));
  g_ptr_array_add (names, g_strnfill (4096, '\xFF'));
  for (guint i = 0; names->len < 212; i++) {
    GString *deep = g_string_new (NULL);

    for (guint k = 0; k <= i; k++)
      g_string_append (deep, i % 2 ? "../" : "..\\");
    g_string_append (deep, "tmp/x");
    g_ptr_array_add (names, g_string_free (deep, FALSE));
  }
  return names;
}

static gboolean
is_safe_component (const gchar *name)
{
  if (name[0] == '\0' || name[0] == '.' || name[0] == '-' || strlen (name) > RTC_RECORD_NAME_MAX)
    return FALSE;
  for (const gchar *p = name; *p != '\0'; p++) {
    if (*p == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
      p += 2;
    else if (!g_ascii_isalnum (*p) && strchr ("._-", *p) == NULL)
      return FALSE;
  }
  return name[strlen (name) - 1] != '.';
}

static gboolean
is_safe_in_a_log (const gchar *text)
{
  for (const gchar *p = text; *p != '\0'; p++)
    if ((guint8) *p < 0x20 || (guint8) *p >= 0x7F)
      return FALSE;
  return TRUE;
}

/* Every name in three templates, twice: nothing appears but in the folder, nothing is overwritten.
 */
static void
test_hostile_names (void)
{
  static const gchar *const templates[] = { "{name}", "{name}/{name}.webm", "" };
  gchar *outer = make_folder (), *folder = g_build_filename (outer, "rec", NULL);
  GPtrArray *names = hostile_names ();
  GHashTable *paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpuint (names->len, >=, 200);
  for (guint i = 0; i < names->len * 6; i++) {
    const gchar *name = g_ptr_array_index (names, i / 6);
    gchar *safe = rtc_record_safe_name (name), *real, *logged = rtc_log_safe (name, 120);
    RtcRecordFile *file = open_in (folder, templates[i % 3], name, RTC_OK);
    const gchar *path = rtc_record_file_get_path (file);
    struct stat info;

    g_assert_true (is_safe_component (safe));
    g_assert_true (is_safe_in_a_log (logged));
    g_assert_true (is_safe_in_a_log (path));
    g_assert_true (g_hash_table_add (paths, g_strdup (path)));
    real = realpath (path, NULL);
    g_assert_nonnull (real);
    g_assert_true (g_str_has_prefix (real, folder));
    g_assert_cmpint (real[strlen (folder)], ==, '/');
    g_assert_cmpint (g_stat (path, &info), ==, 0);
    g_assert_cmpint (info.st_size, ==, 0);
    g_assert_cmpint (rtc_record_file_append (file, (const guint8 *) "x", 1, NULL), ==, RTC_OK);
    rtc_record_file_free (file);
    free (real);
    g_free (safe);
    g_free (logged);
  }
  g_assert_cmpuint (g_hash_table_size (paths), ==, names->len * 6);
  g_assert_cmpuint (count_files (outer), ==, 1);
  g_hash_table_unref (paths);
  g_ptr_array_unref (names);
  remove_tree (outer);
  g_free (folder);
  g_free (outer);
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
  g_test_add_func ("/record-file/safe-names", test_safe_names);
  g_test_add_func ("/record-file/hostile-names", test_hostile_names);
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
