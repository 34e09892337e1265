/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-steps.h - a call on a link that carries more or less as time goes by, looked at all the
 * while: queues that overflow, and how long they do. */
#pragma once

#include "sim-world.h"

G_BEGIN_DECLS

#define SIM_STEPS_MAX 6

/* What a link carries, by time; 0: all there is. */
typedef struct {
  const gchar *name;
  GstClockTime end;
  struct {
    GstClockTime time;
    guint kbps;
  } steps[SIM_STEPS_MAX];
} SimSteps;

/* Of SIM_STEPS_STAIRS the queue overflows again and again. */
typedef enum {
  SIM_STEPS_ONE, /* 2, 0.5, 2 Mbit/s */
  SIM_STEPS_S3,
  SIM_STEPS_STAIRS,
  SIM_STEPS_N,
} SimStepsKind;

/* All links of it carry 3 Mbit/s at the most. */
const SimSteps *sim_steps_get (SimStepsKind kind);

typedef void (*SimStepsLook) (gpointer data, const SimCall *call, GstClockTime now);

/* Runs the call's world to the end, with link of the rates of self on the way of the media, and
 * calls look each 20 ms. Each seed changes the rate a little later. */
void sim_steps_run (const SimSteps *self, SimCall *call, const SimLink *link, guint64 seed,
    SimStepsLook look, gpointer data);

G_END_DECLS
