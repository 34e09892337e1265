/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* main-turn.h - a turn of the main loop, for tests that wait for what nobody tells of (descriptors,
 * threads, another process) and look at it again and again. Without a rest in between they would
 * take a processor from what they wait for. */
#pragma once

#include <glib.h>

#define MAIN_TURN_MS 5

static inline gboolean
main_turn_end (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* Until something has happened on the default context, MAIN_TURN_MS at most. Thread: its owner. */
static inline void
main_turn (void)
{
  GSource *rest = g_timeout_source_new (MAIN_TURN_MS);

  g_source_set_callback (rest, main_turn_end, NULL, NULL);
  g_source_attach (rest, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_source_destroy (rest);
  g_source_unref (rest);
}
