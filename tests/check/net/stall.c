/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "stall.h"

GstClockTime
stall_get (NetCallers *callers, LinkEmulator *link)
{
  LinkEmulatorStats stats;
  NetPlayerCounts player;

  link_emulator_get_stats (link, &stats);
  net_player_get_counts (net_callers_get_player (callers), &player);
  return MAX (stats.max_late, player.max_lag);
}
