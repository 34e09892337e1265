/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* thread-time.h - the processor time of the calling thread, which a busy machine does not lengthen,
 * and what a limit of it is in a sanitizer's build. */
#pragma once

#include <glib.h>
#include <time.h>

/* ns */
static inline gint64
get_thread_time (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (gint64) t.tv_sec * G_GINT64_CONSTANT (1000000000) + t.tv_nsec;
}

/* THREAD_TIME_LIMIT(us): the limit in ns; three times as much in a sanitizer's build. What that
 * adds to each access, some four times the whole, is not the code's, which keeps far below the
 * limit. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define THREAD_TIME_LIMIT(us) ((us) * G_GINT64_CONSTANT (3000))
#else
#define THREAD_TIME_LIMIT(us) ((us) * G_GINT64_CONSTANT (1000))
#endif
