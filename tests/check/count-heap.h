/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* count-heap.h - how much memory this process has allocated, for tests. */
#pragma once

#include <glib.h>
#include <malloc.h>
#include <unistd.h>

#include "tests/check/main-turn.h"

/* Sanitizers have heaps of their own, of which nothing is told. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNT_HEAP_WORKS FALSE
#else
#define COUNT_HEAP_WORKS TRUE
#endif

/* First of all in main(), before GLib takes arguments away. What a thread keeps for its next
 * allocations counts as allocated and is no one's: the program begins again without, which glibc
 * only does at its start. One arena: the others are not told of. */
static inline void
count_heap_prepare (char **argv)
{
  if (COUNT_HEAP_WORKS && g_getenv ("GLIBC_TUNABLES") == NULL) {
    g_setenv ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", TRUE);
    execv ("/proc/self/exe", argv);
  }
  mallopt (M_ARENA_MAX, 1);
}

/* Bytes allocated: the lowest of a second, since buffers come and go. poll(data) is called all the
 * while and must read what the element posts on its bus, as applications do: messages that nobody
 * reads stay allocated. */
static inline gsize
count_heap (void (*poll) (gpointer data), gpointer data)
{
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  gsize lowest = G_MAXSIZE;

  do {
    gsize now;

    poll (data);
    main_turn ();
    now = mallinfo2 ().uordblks;
    lowest = MIN (lowest, now);
  } while (g_get_monotonic_time () < end);
  return lowest;
}

/* By how many bytes more than before, 0 if they are fewer. */
static inline gsize
count_heap_grown (gsize before, void (*poll) (gpointer data), gpointer data)
{
  gsize now = count_heap (poll, data);

  return now > before ? now - before : 0;
}
