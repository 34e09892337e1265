/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-prefetch.h - memory that will be looked at soon is fetched into the caches meanwhile. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTC_CACHE_LINE 64

/* All lines that len bytes at from are in. No more than a hint: from may be anything. */
static inline void
rtc_prefetch (gconstpointer from, gsize len)
{
  const guint8 *end = (const guint8 *) from + len;
  const guint8 *at = (const guint8 *) from - (guintptr) from % RTC_CACHE_LINE;

  for (; at < end; at += RTC_CACHE_LINE)
    __builtin_prefetch (at, 1);
}

G_END_DECLS
