/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-encode-plan.h"

#include <math.h>
#include <string.h>

/* What is taken for the frame rate of a stream that does not say. */
#define UNKNOWN_FPS 30.0

/* How long the encoder's output is watched before it is judged, how far off it may be, and how much
 * is changed then. */
#define OUTPUT_WINDOW (1 * GST_SECOND)
#define OUTPUT_TOLERANCE 0.05
#define OUTPUT_STEP 0.3

/* An encoder that makes so much more than it shall although it is told so much less does what it
 * can: the picture is too hard for the rate, whatever the bits per pixel. */
#define SATURATED_EXCESS 1.15
#define SATURATED_CORRECTION 0.6

/* An encoder is told another figure for the same rate when it differs by so much. */
#define LEAST_CORRECTION_CHANGE 0.03

#define MAX_PATIENCE 8

/* First frames are given up, then pixels: parts of the frames, eighths of each side. */
static const struct {
  guint keep, of;
} frame_steps[] = { { 2, 3 }, { 1, 2 }, { 1, 3 }, { 1, 4 } };

static const guint size_steps[] = { 6, 4, 3, 2 };

/* --- the steps --------------------------------------------------------------------------------
 */

static void
add_step (RtcEncodePlan *self, const RtcEncodeStep *step)
{
  if (self->n_steps < RTC_ENCODE_PLAN_MAX_STEPS)
    self->steps[self->n_steps++] = *step;
}

/* Sides are even, as 4:2:0 wants them. */
static guint
scale_side (guint side, guint eighths)
{
  return side * eighths / 16 * 2;
}

static void
make_steps (RtcEncodePlan *self)
{
  guint width = self->width, height = self->height;
  RtcEncodeStep step = { 1, 1, 0, 0, (gdouble) width * height * self->fps };

  self->n_steps = 0;
  add_step (self, &step);
  for (guint i = 0; i < G_N_ELEMENTS (frame_steps); i++) {
    gdouble fps = self->fps * frame_steps[i].keep / frame_steps[i].of;

    if (!(self->config.modes & RTC_MITIGATION_DOWNSAMPLED) || fps < RTC_ENCODE_PLAN_LEAST_FPS)
      continue;
    step = (RtcEncodeStep){ frame_steps[i].keep, frame_steps[i].of, 0, 0, width * height * fps };
    add_step (self, &step);
  }
  for (guint i = 0; i < G_N_ELEMENTS (size_steps); i++) {
    step.width = scale_side (width, size_steps[i]);
    step.height = scale_side (height, size_steps[i]);
    step.pixel_rate = (gdouble) step.width * step.height * self->fps * step.keep / MAX (1, step.of);
    if ((self->config.modes & RTC_MITIGATION_DOWNSCALED)
        && MIN (step.width, step.height) >= RTC_ENCODE_PLAN_LEAST_SIDE)
      add_step (self, &step);
  }
}

/* Whether rate fills the step's pixels, factor times over. */
static gboolean
is_enough (const RtcEncodePlan *self, guint64 rate, guint step, gdouble factor)
{
  return (gdouble) rate >= factor * self->config.least_bpp * self->steps[step].pixel_rate;
}

/* While the rate rises slowly to what it may be, that is no reason to give up anything more. */
static guint64
coming_rate (const RtcEncodePlan *self)
{
  return MAX (self->setting.rate_bps, MIN (self->wish, self->config.max_bps));
}

static gboolean
is_other_size (const RtcEncodePlan *self, guint step)
{
  return self->steps[step].width != self->steps[self->step].width;
}

static void
step_down (RtcEncodePlan *self, GstClockTime now)
{
  guint step = self->step;
  gboolean was_saturated = self->is_saturated, may_resize;

  self->is_saturated = FALSE;
  if (was_saturated)
    step = MIN (step + 1, self->n_steps - 1);
  if (self->poor_since == GST_CLOCK_TIME_NONE)
    self->poor_since = now;
  may_resize = self->is_fresh || now - self->poor_since >= RTC_ENCODE_PLAN_DOWN_SIZE;
  while (step + 1 < self->n_steps && !is_enough (self, coming_rate (self), step, 1)
         && (may_resize || !is_other_size (self, step + 1)))
    step++;
  if (step == self->step)
    return;
  if (was_saturated)
    self->patience = MAX_PATIENCE; /* only a try would show that the picture is easier now */
  else if (self->stepped_up_at != GST_CLOCK_TIME_NONE)
    self->patience = now - self->stepped_up_at < RTC_ENCODE_PLAN_RELAPSE
                         ? MIN (MAX_PATIENCE, self->patience * 2)
                         : 1;
  self->stepped_up_at = GST_CLOCK_TIME_NONE;
  self->step = step;
}

static void
step_up (RtcEncodePlan *self, GstClockTime now)
{
  guint step = self->step;
  GstClockTime wait;

  while (step > 0 && is_enough (self, self->setting.rate_bps, step - 1, RTC_ENCODE_PLAN_UP))
    step--;
  if (step == self->step) {
    self->rich_since = GST_CLOCK_TIME_NONE;
    return;
  }
  if (self->rich_since == GST_CLOCK_TIME_NONE)
    self->rich_since = now;
  wait = is_other_size (self, step) ? RTC_ENCODE_PLAN_UP_SIZE : RTC_ENCODE_PLAN_UP_FRAMES;
  if (now - self->rich_since < wait * self->patience)
    return;
  self->step = step;
  self->rich_since = GST_CLOCK_TIME_NONE;
  self->stepped_up_at = now;
}

static void
choose_step (RtcEncodePlan *self, GstClockTime now)
{
  if (self->n_steps < 2 || self->setting.rate_bps == 0)
    return;
  if (!self->is_saturated && is_enough (self, coming_rate (self), self->step, 1)) {
    self->poor_since = GST_CLOCK_TIME_NONE;
    step_up (self, now);
  } else {
    self->rich_since = GST_CLOCK_TIME_NONE;
    step_down (self, now);
  }
  self->is_fresh = FALSE;
}

/* --- the rate ---------------------------------------------------------------------------------
 */

static guint64
clamp_rate (const RtcEncodePlan *self, guint64 rate)
{
  guint64 least = self->config.min_bps;

  if (self->config.is_video)
    least = MAX (least, RTC_ENCODE_PLAN_LEAST_RATE);
  return MIN (MAX (rate, least), self->config.max_bps);
}

/* How far up the rate may go now. */
static guint64
limit_rise (const RtcEncodePlan *self, guint64 rate, GstClockTime now)
{
  gboolean is_costly = self->config.is_costly;
  GstClockTime interval =
      is_costly ? RTC_ENCODE_PLAN_COSTLY_INTERVAL : RTC_ENCODE_PLAN_RISE_INTERVAL;
  gdouble rise = is_costly ? RTC_ENCODE_PLAN_COSTLY_RISE : RTC_ENCODE_PLAN_RISE;
  guint64 now_rate = self->setting.rate_bps;

  if (rate <= now_rate)
    return rate;
  if (now - self->changed_at < interval)
    return now_rate;
  return MIN (rate, (guint64) ((gdouble) now_rate * rise) + 1);
}

/* Whether to go from the rate in force to rate: a large change at once, a small one if it lasts. */
static gboolean
is_worth_it (RtcEncodePlan *self, guint64 rate, GstClockTime now)
{
  gdouble in_force = (gdouble) self->setting.rate_bps;
  gdouble change = fabs ((gdouble) rate - in_force) / in_force;
  gdouble least =
      self->config.is_costly ? RTC_ENCODE_PLAN_COSTLY_CHANGE : RTC_ENCODE_PLAN_LEAST_CHANGE;

  if (change >= least)
    return TRUE;
  if (change < 0.01 || self->config.is_costly) {
    self->drifting_since = GST_CLOCK_TIME_NONE;
    return FALSE;
  }
  if (self->drifting_since == GST_CLOCK_TIME_NONE
      || self->drifts_up != (rate > self->setting.rate_bps)) {
    self->drifting_since = now;
    self->drifts_up = rate > self->setting.rate_bps;
  }
  return now - self->drifting_since >= RTC_ENCODE_PLAN_SETTLE;
}

static void
choose_rate (RtcEncodePlan *self, GstClockTime now)
{
  guint64 rate;

  if (self->wish == 0)
    return;
  rate = clamp_rate (self, self->wish);
  if (self->setting.rate_bps > 0) {
    rate = limit_rise (self, rate, now);
    if (rate == self->setting.rate_bps || !is_worth_it (self, rate, now))
      return;
  }
  self->setting.rate_bps = rate;
  self->changed_at = now;
  self->drifting_since = GST_CLOCK_TIME_NONE;
}

/* --- public -----------------------------------------------------------------------------------
 */

void
rtc_encode_plan_init (RtcEncodePlan *self, const RtcEncodePlanConfig *config)
{
  memset (self, 0, sizeof *self);
  self->config = *config;
  self->setting.keep = self->setting.of = 1;
  self->changed_at = 0;
  self->drifting_since = self->poor_since = self->rich_since = self->stepped_up_at =
      self->window_began = GST_CLOCK_TIME_NONE;
  self->patience = 1;
  self->correction = 1;
}

static void
restart_steps (RtcEncodePlan *self)
{
  self->n_steps = self->step = 0;
  self->poor_since = self->rich_since = self->stepped_up_at = GST_CLOCK_TIME_NONE;
  self->is_fresh = TRUE;
  if (self->config.is_video && self->width > 0 && self->height > 0)
    make_steps (self);
}

void
rtc_encode_plan_set_config (RtcEncodePlan *self, const RtcEncodePlanConfig *config)
{
  gboolean other_steps = config->modes != self->config.modes;

  self->config = *config;
  if (other_steps)
    restart_steps (self);
}

void
rtc_encode_plan_set_format (RtcEncodePlan *self, guint width, guint height, gdouble fps)
{
  fps = fps > 0 ? fps : UNKNOWN_FPS;
  if (width == self->width && height == self->height && fps == self->fps)
    return;
  self->width = width;
  self->height = height;
  self->fps = fps;
  restart_steps (self);
}

void
rtc_encode_plan_set_wish (RtcEncodePlan *self, guint64 wish_bps)
{
  self->wish = wish_bps;
}

void
rtc_encode_plan_handle_output (RtcEncodePlan *self, GstClockTime now, guint64 total_bytes)
{
  gdouble made;

  if (self->window_began == GST_CLOCK_TIME_NONE || self->setting.rate_bps == 0
      || total_bytes < self->last_bytes) {
    self->window_began = self->window_at = now;
    self->window_bits = 0;
    self->last_bytes = total_bytes;
    return;
  }
  self->window_bits +=
      (gdouble) self->setting.rate_bps * (gdouble) (now - self->window_at) / GST_SECOND;
  self->window_at = now;
  if (now - self->window_began < OUTPUT_WINDOW)
    return;
  made = (gdouble) (total_bytes - self->last_bytes) * 8 / MAX (1, self->window_bits);
  self->is_saturated = made > SATURATED_EXCESS && self->correction <= SATURATED_CORRECTION;
  if (made > 1 + OUTPUT_TOLERANCE)
    self->correction *= MAX (1 - OUTPUT_STEP, 1 / made);
  else if (made < 1 - OUTPUT_TOLERANCE)
    self->correction *= MIN (1 + OUTPUT_STEP, 1 / MAX (made, 0.1));
  self->correction = CLAMP (self->correction, RTC_ENCODE_PLAN_LEAST_CORRECTION, 1);
  self->window_began = now;
  self->window_bits = 0;
  self->last_bytes = total_bytes;
}

/* What the step in force makes of the setting. */
static void
fill_step (const RtcEncodePlan *self, RtcEncodeSetting *setting)
{
  static const RtcEncodeStep untouched = { 1, 1, 0, 0, 0 };
  const RtcEncodeStep *step = self->n_steps > 0 ? &self->steps[self->step] : &untouched;

  setting->keep = step->keep;
  setting->of = step->of;
  setting->width = step->width;
  setting->height = step->height;
  setting->modes = (step->of > 1 ? RTC_MITIGATION_DOWNSAMPLED : RTC_MITIGATION_NONE)
                   | (step->width > 0 ? RTC_MITIGATION_DOWNSCALED : RTC_MITIGATION_NONE);
}

/* modes follows from the rest. */
static gboolean
is_same (const RtcEncodeSetting *a, const RtcEncodeSetting *b)
{
  return a->rate_bps == b->rate_bps && a->encoder_bps == b->encoder_bps && a->keep == b->keep
         && a->of == b->of && a->width == b->width && a->height == b->height;
}

/* Whether the encoder is to be told so much for a rate that stays the same. */
static gboolean
is_correction (const RtcEncodePlan *self, guint64 told, GstClockTime now)
{
  gdouble change = fabs ((gdouble) told - (gdouble) self->setting.encoder_bps);

  if (self->config.is_costly)
    return change > RTC_ENCODE_PLAN_COSTLY_CHANGE * (gdouble) self->setting.encoder_bps
           && now - self->told_at >= RTC_ENCODE_PLAN_COSTLY_INTERVAL;
  return change > LEAST_CORRECTION_CHANGE * (gdouble) self->setting.encoder_bps;
}

gboolean
rtc_encode_plan_poll (RtcEncodePlan *self, GstClockTime now, RtcEncodeSetting *out)
{
  RtcEncodeSetting before = self->setting;
  guint64 told;

  choose_rate (self, now);
  choose_step (self, now);
  fill_step (self, &self->setting);
  told = (guint64) ((gdouble) self->setting.rate_bps * self->correction);
  if (self->setting.rate_bps != before.rate_bps || is_correction (self, told, now)) {
    self->setting.encoder_bps = told;
    self->told_at = now;
  }
  *out = self->setting;
  return !is_same (&before, &self->setting);
}
