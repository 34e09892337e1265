/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-seeds.h - how many seeds a test of chance goes through: RTC_TEST_SEEDS, or its own number. */
#pragma once

#include <glib.h>
#include <stdlib.h>

G_BEGIN_DECLS

/* normally: where the environment says nothing. */
static inline guint
sim_get_n_seeds (guint normally)
{
  const gchar *text = g_getenv ("RTC_TEST_SEEDS");
  guint n = text != NULL ? (guint) strtoul (text, NULL, 10) : 0;

  return n > 0 ? n : normally;
}

G_END_DECLS
