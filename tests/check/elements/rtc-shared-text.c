/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-shared-text.c - texts that are the same, alike, and like no other: once in memory, whole when
 * asked for, gone with the last who had them. */
#include <string.h>

#include "gst/rtc/base/rtc-random.h"
#include "gst/webrtc/gstrtcsharedtext.h"
#include "gst/webrtc/gstrtctextdelta.h"

#define N_THREADS 4
#define N_ROUNDS 20000
#define N_VIEWERS 50

/* What one viewer's answer has beside all others' may take so much. */
#define MAX_VIEWER_BYTES 700

static const gchar *const texts[] = { "", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0" };

/* A description as one of ours: two sections, names and keys of this viewer in each. */
static gchar *
make_description (guint viewer)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "v=0\r\no=- %u 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", 7 * viewer);
  for (guint i = 0; i < 2; i++) {
    g_string_append_printf (out, "m=video 9 UDP/TLS/RTP/SAVPF %u\r\na=mid:%u\r\n", 96 + i, i);
    for (guint j = 0; j < 24; j++)
      g_string_append_printf (out, "a=extmap:%u urn:ietf:params:rtp-hdrext:%u\r\n", j + 1, 3 * j);
    g_string_append_printf (out, "a=ice-ufrag:%04x\r\na=ice-pwd:%024x\r\n", viewer, viewer * 77);
    g_string_append_printf (out, "a=ssrc:%u cname:%08x\r\n", viewer * 991 + i, viewer * 13);
    g_string_append_printf (out, "a=tls-id:%032x\r\n", viewer * 5);
  }
  return g_string_free (out, FALSE);
}

static void
check_text (const GstRtcSharedText *shared, const gchar *expected)
{
  gchar *text = gst_rtc_shared_text_dup (shared);

  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_same (void)
{
  g_autofree gchar *copy = g_strdup (texts[1]);
  GstRtcSharedText *first = gst_rtc_shared_text_new (texts[1]);
  GstRtcSharedText *other = gst_rtc_shared_text_new (texts[2]);
  GstRtcSharedText *second = gst_rtc_shared_text_new (copy);

  g_assert_true (first == second);
  check_text (first, texts[1]);
  check_text (other, texts[2]);
  gst_rtc_shared_text_release (first);
  memset (copy, 'x', strlen (copy));
  check_text (second, texts[1]);
  first = gst_rtc_shared_text_new (texts[1]);
  g_assert_true (first == second);
  gst_rtc_shared_text_release (first);
  gst_rtc_shared_text_release (second);
  first = gst_rtc_shared_text_new (texts[1]);
  check_text (first, texts[1]);
  gst_rtc_shared_text_release (first);
  gst_rtc_shared_text_release (other);
  gst_rtc_shared_text_release (NULL);
}

/* All but the first are differences, which stay good when the first, whose text they need, has been
 * given back; the same text is the same object still. */
static void
test_alike (void)
{
  GstRtcSharedText *shared[N_VIEWERS];
  gchar *text = make_description (0);

  shared[0] = gst_rtc_shared_text_new (text);
  g_assert_cmpuint (gst_rtc_shared_text_get_size (shared[0]), >, strlen (text));
  for (guint i = 1; i < N_VIEWERS; i++) {
    gchar *other = make_description (i);

    shared[i] = gst_rtc_shared_text_new (other);
    g_assert_cmpuint (gst_rtc_shared_text_get_size (shared[i]), <, MAX_VIEWER_BYTES);
    g_free (other);
  }
  gst_rtc_shared_text_release (shared[0]);
  for (guint i = 1; i < N_VIEWERS; i++) {
    gchar *other = make_description (i);
    GstRtcSharedText *again = gst_rtc_shared_text_new (other);

    g_assert_true (again == shared[i]);
    check_text (again, other);
    gst_rtc_shared_text_release (again);
    gst_rtc_shared_text_release (shared[i]);
    g_free (other);
  }
  /* There is no other to be like any more. */
  shared[0] = gst_rtc_shared_text_new (text);
  g_assert_cmpuint (gst_rtc_shared_text_get_size (shared[0]), >, strlen (text));
  gst_rtc_shared_text_release (shared[0]);
  g_free (text);
}

/* Cuts, doubles, moves and changes some of it. */
static gchar *
change (RtcRandom *random, const gchar *text)
{
  gsize len = strlen (text), from = rtc_random_range (random, 0, (guint) len);
  gsize n = rtc_random_range (random, 0, (guint) MIN (len - from, 200));
  GString *out = g_string_new (text);

  switch (rtc_random_range (random, 0, 4)) {
    case 0:
      g_string_erase (out, (gssize) from, (gssize) n);
      break;
    case 1:
      g_string_insert_len (out, rtc_random_range (random, 0, (guint) len), text + from, (gssize) n);
      break;
    case 2:
      g_string_prepend (out, "a=new\n\n\n");
      break;
    default:
      out->str[from] ^= 1 + (gchar) rtc_random_range (random, 0, 8);
      break;
  }
  if (strlen (out->str) != out->len)
    g_string_set_size (out, strlen (out->str));
  return g_string_free (out, FALSE);
}

static void
test_delta (void)
{
  RtcRandom *random = rtc_random_new_seeded (5);
  GByteArray *delta = g_byte_array_new ();
  guint n_small = 0;

  for (guint i = 0; i < 3000; i++) {
    gchar *base = make_description (i), *text = make_description (i + i % 3), *again;

    for (guint n = i % 10; n > 0 && text[0] != '\0'; n--) {
      gchar *changed = change (random, text);

      g_free (text);
      text = changed;
    }
    g_assert_true (gst_rtc_text_delta_make (base, text, G_MAXUINT16, delta));
    again = gst_rtc_text_delta_apply (base, delta->data, delta->len, strlen (text));
    g_assert_cmpstr (again, ==, text);
    n_small += delta->len < strlen (text) / 4;
    if (delta->len > 0)
      g_assert_false (gst_rtc_text_delta_make (base, text, delta->len - 1, delta));
    g_free (again);
    g_free (text);
    g_free (base);
  }
  g_assert_cmpuint (n_small, >, 2000);
  g_byte_array_unref (delta);
  rtc_random_free (random);
}

/* Texts that would take long, or are long, are like no other. */
static void
test_hostile (void)
{
  GString *base = g_string_new (NULL), *text = g_string_new (NULL);
  GByteArray *delta = g_byte_array_new ();
  GstRtcSharedText *shared[2];

  for (guint i = 0; i < 10000; i++) {
    g_string_append_printf (base, "%x\n", i);
    g_string_append_printf (text, "%X\n", 0xabcd + i);
  }
  g_assert_false (gst_rtc_text_delta_make (base->str, text->str, G_MAXUINT16, delta));
  shared[0] = gst_rtc_shared_text_new (base->str);
  shared[1] = gst_rtc_shared_text_new (text->str);
  check_text (shared[0], base->str);
  check_text (shared[1], text->str);
  gst_rtc_shared_text_release (shared[0]);
  gst_rtc_shared_text_release (shared[1]);
  while (base->len <= GST_RTC_TEXT_DELTA_MAX)
    g_string_append (base, "a=line of them\r\n");
  g_assert_false (gst_rtc_text_delta_make (base->str, base->str, G_MAXUINT16, delta));
  shared[0] = gst_rtc_shared_text_new (base->str);
  g_string_append (base, "x");
  shared[1] = gst_rtc_shared_text_new (base->str);
  check_text (shared[1], base->str);
  gst_rtc_shared_text_release (shared[0]);
  gst_rtc_shared_text_release (shared[1]);
  g_byte_array_unref (delta);
  g_string_free (base, TRUE);
  g_string_free (text, TRUE);
}

static gpointer
take_and_give (gpointer data)
{
  gchar *const *descriptions = data;

  for (guint i = 0; i < N_ROUNDS; i++) {
    const gchar *text = descriptions[i % 5];
    GstRtcSharedText *shared = gst_rtc_shared_text_new (text);

    check_text (shared, text);
    gst_rtc_shared_text_release (shared);
  }
  return NULL;
}

/* The last one to give a text back meets who wants it, or one that is like it. */
static void
test_threads (void)
{
  gchar *descriptions[5] = { g_strdup (texts[0]), g_strdup (texts[1]), make_description (1),
    make_description (2), make_description (3) };
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("text", take_and_give, descriptions);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (descriptions); i++)
    g_free (descriptions[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-shared-text/same", test_same);
  g_test_add_func ("/rtc-shared-text/alike", test_alike);
  g_test_add_func ("/rtc-shared-text/delta", test_delta);
  g_test_add_func ("/rtc-shared-text/hostile", test_hostile);
  g_test_add_func ("/rtc-shared-text/threads", test_threads);
  return g_test_run ();
}
