/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-steps.h"

#define S GST_SECOND
#define TICK (20 * GST_MSECOND)
#define SHIFT (47 * GST_MSECOND) /* of a seed */

static const SimSteps all[SIM_STEPS_N] = {
  [SIM_STEPS_ONE] = { "2-0.5-2", 43 * S, { { 0, 2000 }, { 13 * S, 500 }, { 28 * S, 2000 } } },
  [SIM_STEPS_S3] = { "S3", 49 * S, { { 0, 2500 }, { 13 * S, 600 }, { 31 * S, 2500 } } },
  [SIM_STEPS_STAIRS] = { "stairs", 40 * S,
      { { 0, 3000 }, { 13 * S, 1500 }, { 14 * S, 750 }, { 15 * S, 375 }, { 16 * S, 180 },
          { 25 * S, 3000 } } },
};

const SimSteps *
sim_steps_get (SimStepsKind kind)
{
  return &all[kind];
}

void
sim_steps_run (const SimSteps *self, SimCall *call, const SimLink *link, guint64 seed,
    SimStepsLook look, gpointer data)
{
  SimLink now_link = *link;
  guint i = 0;

  for (GstClockTime now = 0; now < self->end; now += TICK) {
    GstClockTime shift = i == 0 ? 0 : seed * SHIFT;

    if (i < SIM_STEPS_MAX && (i == 0 || self->steps[i].time > 0)
        && now >= self->steps[i].time + shift) {
      now_link.rate_bps = self->steps[i++].kbps * 1000;
      sim_net_set_link (call->net, SIM_A_TO_B, &now_link);
    }
    sim_world_run (call->world, now);
    look (data, call, now);
  }
}
