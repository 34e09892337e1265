/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* wait-gone.h - an object whose last reference the control thread may still let go of.
 *
 * A callback that runs there while a test stops its pipeline holds the element to its end: that is
 * no leak, and over in no time. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define WAIT_GONE_PATIENCE (10 * GST_SECOND)

/* *place is a weak pointer (g_object_add_weak_pointer()): aborts when it does not become NULL. */
static inline void
wait_gone (gpointer *place)
{
  GstClockTime end = gst_util_get_timestamp () + WAIT_GONE_PATIENCE;

  while (g_atomic_pointer_get (place) != NULL) {
    if (gst_util_get_timestamp () >= end)
      g_error ("a reference has leaked");
    g_thread_yield ();
  }
}

G_END_DECLS
