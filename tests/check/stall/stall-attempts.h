/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* stall-attempts.h - limits in milliseconds on a machine that may stand still for longer.
 *
 * Threads of the test's own that did not get the processor make packets late and time stamps jump,
 * whatever we do. An attempt that misses its limits while that happened says nothing and is made
 * again; one that misses them on a machine at rest fails. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* STALL_MAX: what limits of 40 ms and more, and a latency of 300 ms, have to bear. */
#define STALL_MAX (40 * GST_MSECOND)
#define STALL_ATTEMPTS 4

/* STALL_PATIENCE: no attempt begins later than that after the first one. */
#define STALL_PATIENCE (150 * GST_SECOND)

/* TRUE when the limits were held; *stall gets the greatest
 * that was seen: stall_get(), or what somebody suffered who has nothing to suffer from else. */
typedef gboolean (*StallAttempt) (GstClockTime *stall);

/* Makes STALL_ATTEMPTS attempts at most. Fails the test when one misses its limits without a stall
 * of more than STALL_MAX; skips it when each had one that there was time for. */
void stall_try (StallAttempt attempt);

/* The same with other figures, for what takes longer and bears more. */
void stall_try_within (StallAttempt attempt, guint attempts, GstClockTime max);

G_END_DECLS
