/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-name.c - names that callers sent, of which files' names are made. */
#include "gst/record/rtc-record-name.h"

#include <stdlib.h>
#include <string.h>

#include "gst/rtc/base/rtc-log.h"
#include "tests/check/core/record-folder.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-name/safe-names", test_safe_names);
  g_test_add_func ("/record-name/hostile-names", test_hostile_names);
  return g_test_run ();
}
