/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-text-iface.h - where the texts of many peers are kept, which have most lines in common.
 *
 * The shell's (gst/webrtc/gstrtcsharedtext.h) keeps what is alike once for all of them. Network
 * thread of whichever peer; peers of several network threads may have the same. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  /* A text to be read again; copied. Never NULL. */
  gpointer (*keep) (const gchar *text);
  /* It, NUL-terminated. (transfer full) */
  gchar *(*read) (gconstpointer kept);
  /* Frees what keep() gave. (nullable) */
  void (*forget) (gpointer kept);
} RtcTextKeeper;

G_END_DECLS
