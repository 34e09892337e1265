/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* documented-pipelines.c - every gst-launch line of the documentation is one: elements, properties
 * and pads exist and link. */
#include <gio/gio.h>
#include <string.h>

#include <gst/gst.h>

/* Where the pages are, from the root of the sources, and how many lines each has at least. */
static const struct {
  const gchar *page;
  guint n_lines;
} pages[] = {
  { "README.md", 9 },
  { "docs/bridges.md", 12 },
  { "docs/data-channels.md", 4 },
  { "docs/elements/sctpdec.md", 1 },
  { "docs/elements/sctpenc.md", 2 },
  { "docs/elements/sdpdemux.md", 3 },
  { "docs/elements/srtpdec.md", 2 },
  { "docs/elements/srtpenc.md", 3 },
  { "docs/elements/webrtcrecorder.md", 5 },
  { "docs/elements/webrtcsink.md", 9 },
  { "docs/elements/whipclientsink.md", 4 },
  { "docs/elements/webrtcsrc.md", 7 },
};

/* Parses one command's words; its pipeline is not started. */
static void
check_words (const gchar *const *words)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launchv ((const gchar **) words, &error);

  if (g_error_matches (error, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT)
      && strstr (error->message, "webrtc") == NULL && strstr (error->message, "whip") == NULL) {
    g_test_message ("not installed here: %s", error->message);
    g_clear_error (&error);
  }
  g_assert_no_error (error);
  if (pipeline != NULL)
    gst_object_unref (gst_object_ref_sink (pipeline));
}

/* Checks the gst-launch commands of one block of shell, joined by && or alone; returns how many. */
static guint
check_block (const gchar *block)
{
  gchar **argv = NULL;
  GError *error = NULL;
  GPtrArray *words = g_ptr_array_new ();
  guint n = 0;

  g_shell_parse_argv (block, NULL, &argv, &error);
  g_assert_no_error (error);
  for (guint i = 0; argv[i] != NULL; i++) {
    gboolean is_last = argv[i + 1] == NULL;

    if (!g_str_equal (argv[i], "&&"))
      g_ptr_array_add (words, argv[i]);
    if (!is_last && !g_str_equal (argv[i], "&&"))
      continue;
    g_ptr_array_add (words, NULL);
    if (g_strcmp0 (words->pdata[0], "gst-launch-1.0") == 0) {
      gboolean has_option = g_strcmp0 (words->pdata[1], "-e") == 0;

      check_words ((const gchar *const *) words->pdata + (has_option ? 2 : 1));
      n++;
    }
    g_ptr_array_set_size (words, 0);
  }
  g_ptr_array_unref (words);
  g_strfreev (argv);
  return n;
}

static void
test_page (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data), n = 0;
  gchar *path = g_build_filename (g_getenv ("RTC_TEST_ROOT"), pages[index].page, NULL);
  gchar *text = NULL, *fence;
  GError *error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  fence = text;
  while ((fence = strstr (fence, "\n```sh\n")) != NULL) {
    gchar *begin = fence + strlen ("\n```sh\n"), *end = strstr (begin, "\n```");

    g_assert_nonnull (end);
    *end = '\0';
    n += check_block (begin);
    fence = end + 1;
  }
  g_assert_cmpuint (n, >=, pages[index].n_lines);
  g_free (text);
  g_free (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    gchar *path = g_strdup_printf ("/documentation/%s",
        strrchr (pages[i].page, '/') != NULL ? strrchr (pages[i].page, '/') + 1 : pages[i].page);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_page);
    g_free (path);
  }
  return g_test_run ();
}
