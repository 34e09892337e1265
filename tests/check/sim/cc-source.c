/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "cc-source.h"

#define DEFAULT_FPS 30
#define SPREAD 0.15
#define KEY_FRAME 4.0
#define SCENE_CHANGE 2.0
#define SCENE_SHARE (1.0 / 300)

/* Of the debt each frame pays back this share, by at most half of itself. */
#define PAY_BACK 0.1
#define MAX_DEBT_FRAMES 30

#define MIN_FRAME 60

void
cc_source_init (CcSource *self, const CcSourceConfig *config, guint64 seed)
{
  *self = (CcSource){ .config = *config, .needs_key = TRUE };
  if (self->config.fps == 0)
    self->config.fps = DEFAULT_FPS;
  self->random = rtc_random_new_seeded (seed);
}

void
cc_source_clear (CcSource *self)
{
  rtc_random_free (self->random);
}

void
cc_source_set_target (CcSource *self, guint64 bps)
{
  self->target_bps = MAX (bps, self->config.min_bps);
  if (self->config.max_bps != 0)
    self->target_bps = MIN (self->target_bps, self->config.max_bps);
}

void
cc_source_request_key_frame (CcSource *self)
{
  self->needs_key = TRUE;
}

GstClockTime
cc_source_get_interval (const CcSource *self)
{
  return GST_SECOND / self->config.fps;
}

static gdouble
source_normal (CcSource *self)
{
  gdouble sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += rtc_random_double (self->random);
  return CLAMP (sum, -3, 3);
}

CcFrame
cc_source_encode (CcSource *self)
{
  gdouble budget = (gdouble) self->target_bps / 8 / self->config.fps;
  gdouble bytes = budget * (1 + SPREAD * source_normal (self));
  CcFrame frame = { .is_key = self->needs_key };

  if (rtc_random_double (self->random) < SCENE_SHARE)
    bytes *= SCENE_CHANGE;
  if (frame.is_key)
    bytes = budget * KEY_FRAME;
  else
    bytes -= CLAMP (self->debt * PAY_BACK, -bytes / 2, bytes / 2);
  self->debt = CLAMP (self->debt + bytes - budget, -budget, budget * MAX_DEBT_FRAMES);
  self->needs_key = FALSE;
  frame.bytes = (guint) MAX (bytes, MIN_FRAME);
  return frame;
}
