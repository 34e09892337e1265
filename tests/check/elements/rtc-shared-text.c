/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "gst/webrtc/gstrtcsharedtext.h"

#define N_THREADS 4
#define N_ROUNDS 50000

static const gchar *const texts[] = { "", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0" };

static void
test_same (void)
{
  g_autofree gchar *copy = g_strdup (texts[1]);
  gchar *first = gst_rtc_shared_text_new (texts[1]), *other = gst_rtc_shared_text_new (texts[2]);
  gchar *second = gst_rtc_shared_text_new (copy);

  g_assert_true (first == second);
  g_assert_true (first != texts[1] && first != copy);
  g_assert_cmpstr (first, ==, texts[1]);
  g_assert_cmpstr (other, ==, texts[2]);
  gst_rtc_shared_text_release (first);
  memset (copy, 'x', strlen (copy));
  g_assert_cmpstr (second, ==, texts[1]);
  first = gst_rtc_shared_text_new (texts[1]);
  g_assert_true (first == second);
  gst_rtc_shared_text_release (first);
  gst_rtc_shared_text_release (second);
  first = gst_rtc_shared_text_new (texts[1]);
  g_assert_cmpstr (first, ==, texts[1]);
  gst_rtc_shared_text_release (first);
  gst_rtc_shared_text_release (other);
  gst_rtc_shared_text_release (NULL);
}

static gpointer
take_and_give (gpointer data)
{
  for (guint i = 0; i < N_ROUNDS; i++) {
    const gchar *text = texts[i % G_N_ELEMENTS (texts)];
    gchar *shared = gst_rtc_shared_text_new (text);

    g_assert_cmpstr (shared, ==, text);
    gst_rtc_shared_text_release (shared);
  }
  return NULL;
}

/* The last one to give a text back meets who wants it. */
static void
test_threads (void)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("text", take_and_give, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-shared-text/same", test_same);
  g_test_add_func ("/rtc-shared-text/threads", test_threads);
  return g_test_run ();
}
