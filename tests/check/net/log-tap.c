/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "log-tap.h"

#include <string.h>

/* More than a few seconds of a pipeline's log are not kept. */
#define MAX_BYTES (256 * 1024 * 1024)

/* Shorter texts are looked for as they are only: their codings turn up by chance. */
#define LEAST_SECRET 8

static GMutex tap_lock;
static GString *tap_text;
static GLogFunc tap_previous;

void
log_tap_add (const gchar *text)
{
  g_mutex_lock (&tap_lock);
  if (tap_text != NULL && tap_text->len < MAX_BYTES) {
    g_string_append (tap_text, text);
    g_string_append_c (tap_text, '\n');
  }
  g_mutex_unlock (&tap_lock);
}

static void
tap_gst (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function,
    gint line, GObject *object, GstDebugMessage *message, gpointer data)
{
  log_tap_add (gst_debug_message_get (message));
}

static void
tap_glib (const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
  log_tap_add (message);
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    g_log_default_handler (domain, level, message, data);
}

void
log_tap_start (void)
{
  tap_text = g_string_new (NULL);
  tap_previous = g_log_set_default_handler (tap_glib, NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (tap_gst, NULL, NULL);
  gst_debug_set_active (TRUE);
  gst_debug_set_default_threshold (GST_LEVEL_MEMDUMP);
}

void
log_tap_stop (void)
{
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  gst_debug_remove_log_function (tap_gst);
  g_log_set_default_handler (tap_previous, NULL);
  g_mutex_lock (&tap_lock);
  g_test_message ("%" G_GSIZE_FORMAT " bytes of log searched", tap_text->len);
  g_string_free (tap_text, TRUE);
  tap_text = NULL;
  g_mutex_unlock (&tap_lock);
}

/* Keeps the lock to itself: g_error() logs. */
static void
tap_search (const gchar *what, const gchar *spelling)
{
  gchar *found = NULL;
  const gchar *at;

  g_mutex_lock (&tap_lock);
  at = strstr (tap_text->str, spelling);
  if (at != NULL)
    found = g_strndup (at - MIN (60, at - tap_text->str), 120);
  g_mutex_unlock (&tap_lock);
  if (found != NULL)
    g_error ("%s is in the log: %s", what, found);
}

void
log_tap_assert_absent (const gchar *what, gconstpointer secret, gsize len)
{
  gchar *base64 = g_base64_encode (secret, len), *plain = g_strndup (secret, len), *upper;
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", ((const guint8 *) secret)[i]);
  upper = g_ascii_strup (hex->str, -1);
  base64[len / 3 * 4] = '\0'; /* what follows may be coded together with it */
  if (strlen (plain) == len)
    tap_search (what, plain);
  if (len >= LEAST_SECRET) {
    tap_search (what, hex->str);
    tap_search (what, upper);
    tap_search (what, base64);
  }
  g_string_free (hex, TRUE);
  g_free (base64);
  g_free (plain);
  g_free (upper);
}

void
log_tap_assert_present (const gchar *text)
{
  g_mutex_lock (&tap_lock);
  g_assert_nonnull (strstr (tap_text->str, text));
  g_mutex_unlock (&tap_lock);
}
