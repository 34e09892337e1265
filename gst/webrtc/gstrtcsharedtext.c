/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsharedtext.h"

#include <string.h>

/* Guards the table and the counts in front of its texts. */
static GMutex shared_lock;
static GHashTable *shared_texts;

gchar *
gst_rtc_shared_text_new (const gchar *text)
{
  gchar *shared;

  g_mutex_lock (&shared_lock);
  if (shared_texts == NULL)
    shared_texts = g_hash_table_new (g_str_hash, g_str_equal);
  shared = g_hash_table_lookup (shared_texts, text);
  if (shared != NULL) {
    g_rc_box_acquire (shared);
  } else {
    shared = g_rc_box_alloc (strlen (text) + 1);
    strcpy (shared, text);
    g_hash_table_add (shared_texts, shared);
  }
  g_mutex_unlock (&shared_lock);
  return shared;
}

/* With the lock, before the memory is free. */
static void
shared_text_forget (gpointer text)
{
  g_hash_table_remove (shared_texts, text);
}

void
gst_rtc_shared_text_release (gchar *text)
{
  if (text == NULL)
    return;
  g_mutex_lock (&shared_lock);
  g_rc_box_release_full (text, shared_text_forget);
  g_mutex_unlock (&shared_lock);
}
