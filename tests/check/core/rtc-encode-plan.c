/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-encode-plan.c - an encoder's rate, frames and size while what viewers can take goes up and
 * down. */
#include "gst/rtc/cc/rtc-encode-plan.h"

#define TICK (50 * GST_MSECOND)

typedef struct {
  RtcEncodePlan plan;
  RtcEncodeSetting setting;
  GstClockTime now;
  guint n_rates, n_sizes, n_frames; /* changes */
  guint64 made;                     /* bytes */
  gdouble excess;                   /* of the encoder: made / told */
  guint64 least;                    /* that all frames in full size take at worst quality, bit/s */
} Rig;

static const RtcEncodePlanConfig video = { TRUE, 1000, 8000000,
  RTC_MITIGATION_DOWNSCALED | RTC_MITIGATION_DOWNSAMPLED, 0.02, FALSE };

static void
rig_init (Rig *self, const RtcEncodePlanConfig *config, guint width, guint height, gdouble fps)
{
  *self = (Rig){ .now = 5 * GST_SECOND, .excess = 1, .setting = { .keep = 1, .of = 1 } };
  rtc_encode_plan_init (&self->plan, config);
  rtc_encode_plan_set_format (&self->plan, width, height, fps);
}

/* What the encoder makes, bit/s. */
static guint64
rig_make (const Rig *self)
{
  guint64 told = (guint64) ((gdouble) self->setting.encoder_bps * self->excess);

  return MAX (told, self->least * self->setting.keep / self->setting.of);
}

/* Runs for time with that wish. */
static void
rig_run (Rig *self, guint64 wish, GstClockTime time)
{
  GstClockTime end = self->now + time;

  rtc_encode_plan_set_wish (&self->plan, wish);
  for (; self->now < end; self->now += TICK) {
    RtcEncodeSetting before = self->setting;

    rtc_encode_plan_handle_output (&self->plan, self->now, self->made);
    rtc_encode_plan_poll (&self->plan, self->now, &self->setting);
    self->made += rig_make (self) * TICK / GST_SECOND / 8;
    self->n_rates += before.rate_bps != self->setting.rate_bps;
    self->n_sizes += before.width != self->setting.width;
    self->n_frames += before.of != self->setting.of || before.keep != self->setting.keep;
  }
}

static void
test_rate (void)
{
  Rig rig;

  rig_init (&rig, &video, 640, 360, 30);
  rig_run (&rig, 0, GST_SECOND);
  g_assert_cmpuint (rig.setting.rate_bps, ==, 0); /* nobody has said anything */
  rig_run (&rig, 2000000, TICK);
  g_assert_cmpuint (rig.setting.rate_bps, ==, 2000000);
  rig_run (&rig, 600000, TICK); /* falls at once */
  g_assert_cmpuint (rig.setting.rate_bps, ==, 600000);
  rig_run (&rig, 2000000, 500 * GST_MSECOND); /* rises slowly */
  g_assert_cmpuint (rig.setting.rate_bps, >, 600000);
  g_assert_cmpuint (rig.setting.rate_bps, <, 1000000);
  rig_run (&rig, 2000000, 1500 * GST_MSECOND); /* but not too slowly */
  g_assert_cmpuint (rig.setting.rate_bps, ==, 2000000);
  rig_run (&rig, 100000000, 10 * GST_SECOND);
  g_assert_cmpuint (rig.setting.rate_bps, ==, 8000000);
  rig_run (&rig, 1, TICK);
  g_assert_cmpuint (rig.setting.rate_bps, ==, RTC_ENCODE_PLAN_LEAST_RATE);
}

static void
test_small_changes (void)
{
  Rig rig;
  guint n;

  rig_init (&rig, &video, 640, 360, 30);
  rig_run (&rig, 1000000, TICK);
  n = rig.n_rates;
  for (guint i = 0; i < 100; i++) /* noise */
    rig_run (&rig, i % 2 ? 1040000 : 965000, 200 * GST_MSECOND);
  g_assert_cmpuint (rig.n_rates, ==, n);
  rig_run (&rig, 1000000, 3 * GST_SECOND);
  n = rig.n_rates;
  rig_run (&rig, 970000, 1900 * GST_MSECOND);
  g_assert_cmpuint (rig.n_rates, ==, n);
  rig_run (&rig, 970000, 300 * GST_MSECOND); /* a small change that lasts */
  g_assert_cmpuint (rig.setting.rate_bps, ==, 970000);
}

/* Frames at once, pixels when it lasts; back again the other way round. */
static void
test_mitigation (void)
{
  Rig rig;

  rig_init (&rig, &video, 1280, 720, 30); /* 553 kbit/s are enough for all of it */
  rig_run (&rig, 2000000, 3 * GST_SECOND);
  g_assert_cmpuint (rig.setting.of, ==, 1);
  g_assert_cmpint (rig.setting.modes, ==, RTC_MITIGATION_NONE);
  rig_run (&rig, 450000, TICK);
  g_assert_cmpuint (rig.setting.keep, ==, 2);
  g_assert_cmpuint (rig.setting.of, ==, 3);
  g_assert_cmpint (rig.setting.modes, ==, RTC_MITIGATION_DOWNSAMPLED);
  rig_run (&rig, 100000, 900 * GST_MSECOND);
  g_assert_cmpuint (rig.setting.keep, ==, 1);
  g_assert_cmpuint (rig.setting.of, ==, 2); /* 15 a second, and not fewer */
  g_assert_cmpuint (rig.setting.width, ==, 0);
  rig_run (&rig, 100000, 300 * GST_MSECOND);
  g_assert_cmpuint (rig.setting.width, ==, 640); /* 640x360@15: 69 kbit/s */
  g_assert_cmpuint (rig.setting.height, ==, 360);
  g_assert_cmpuint (rig.n_sizes, ==, 1);
  g_assert_cmpint (rig.setting.modes, ==, video.modes);
  rig_run (&rig, 2000000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.width, ==, 640);
  rig_run (&rig, 2000000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.width, ==, 0);
  g_assert_cmpuint (rig.setting.of, ==, 1);
  g_assert_cmpuint (rig.n_sizes, ==, 2);
}

/* A dip does not change the size, nor does a rate at the border flap. */
static void
test_no_flapping (void)
{
  Rig rig;

  rig_init (&rig, &video, 1280, 720, 30);
  rig_run (&rig, 2000000, 3 * GST_SECOND);
  for (guint i = 0; i < 20; i++) {
    rig_run (&rig, 100000, 700 * GST_MSECOND);
    rig_run (&rig, 2000000, 5 * GST_SECOND);
  }
  g_assert_cmpuint (rig.n_sizes, ==, 0);

  rig_init (&rig, &video, 1280, 720, 30);
  for (guint i = 0; i < 100; i++)
    rig_run (&rig, i % 2 ? 500000 : 600000, GST_SECOND);
  g_assert_cmpuint (rig.n_frames, ==, 1);

  /* Really up and down: less and less often. */
  rig_init (&rig, &video, 1280, 720, 30);
  for (guint i = 0; i < 30; i++) {
    rig_run (&rig, 200000, 2 * GST_SECOND);
    rig_run (&rig, 900000, 8 * GST_SECOND);
  }
  g_assert_cmpuint (rig.n_sizes, <=, 14); /* not 60 */
}

static void
test_modes (void)
{
  RtcEncodePlanConfig config = video;
  Rig rig;

  config.modes = RTC_MITIGATION_NONE;
  rig_init (&rig, &config, 1920, 1080, 60);
  rig_run (&rig, 100000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.of, ==, 1);
  g_assert_cmpuint (rig.setting.width, ==, 0);

  config.modes = RTC_MITIGATION_DOWNSAMPLED;
  rtc_encode_plan_set_config (&rig.plan, &config);
  rig_run (&rig, 100000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.of, ==, 4); /* of 60 */
  g_assert_cmpuint (rig.setting.width, ==, 0);

  config.modes = RTC_MITIGATION_DOWNSCALED;
  rtc_encode_plan_set_config (&rig.plan, &config);
  rig_run (&rig, 100000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.of, ==, 1);
  g_assert_cmpuint (rig.setting.width, ==, 480);

  config.modes = RTC_MITIGATION_NONE;
  rtc_encode_plan_set_config (&rig.plan, &config);
  rig_run (&rig, 100000, TICK);
  g_assert_cmpuint (rig.setting.width, ==, 0);
}

/* Another format comes in: steps begin anew, with the size that fits at once. */
static void
test_format (void)
{
  Rig rig;

  rig_init (&rig, &video, 160, 120, 10); /* nothing left to give up but a quarter of each side */
  rig_run (&rig, 30000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.of, ==, 1);
  rtc_encode_plan_set_format (&rig.plan, 1921, 1081, 0);
  rig_run (&rig, 30000, TICK);
  g_assert_cmpuint (rig.setting.of, ==, 2);
  g_assert_cmpuint (rig.setting.width, ==, 480); /* even */
  g_assert_cmpuint (rig.setting.height, ==, 270);
  rtc_encode_plan_set_format (&rig.plan, 0, 0, 30);
  rig_run (&rig, 30000, TICK);
  g_assert_cmpuint (rig.setting.width, ==, 0);
  g_assert_cmpuint (rig.setting.of, ==, 1);
}

static void
test_costly (void)
{
  RtcEncodePlanConfig config = video;
  Rig rig;
  guint n;

  config.is_costly = TRUE;
  rig_init (&rig, &config, 640, 360, 30);
  rig_run (&rig, 1000000, 3 * GST_SECOND);
  n = rig.n_rates;
  for (guint i = 0; i < 20; i++)
    rig_run (&rig, i % 2 ? 1100000 : 900000, GST_SECOND);
  g_assert_cmpuint (rig.n_rates, ==, n);
  rig_run (&rig, 500000, TICK);
  g_assert_cmpuint (rig.setting.rate_bps, ==, 500000);
  rig_run (&rig, 2000000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.n_rates - n, <=, 3);
}

/* An encoder that makes twice what it is told is told half. */
static void
test_correction (void)
{
  Rig rig;
  guint64 made;

  rig_init (&rig, &video, 640, 360, 30);
  rig.excess = 2;
  rig_run (&rig, 1000000, 10 * GST_SECOND);
  made = rig.made;
  rig_run (&rig, 1000000, 10 * GST_SECOND);
  g_assert_cmpuint ((rig.made - made) * 8 / 10, >, 900000);
  g_assert_cmpuint ((rig.made - made) * 8 / 10, <, 1100000);
  rig.excess = 0.7; /* an easy picture: it gets what there is */
  rig_run (&rig, 1000000, 10 * GST_SECOND);
  g_assert_cmpuint (rig.setting.encoder_bps, ==, rig.setting.rate_bps);
  rig.excess = 10; /* a bound */
  rig_run (&rig, 1000000, 20 * GST_SECOND);
  g_assert_cmpuint (
      rig.setting.encoder_bps, >=, (guint64) (1000000 * RTC_ENCODE_PLAN_LEAST_CORRECTION) - 1);
}

/* A picture so hard that the worst quality is too much: fewer of them. */
static void
test_saturated (void)
{
  Rig rig;
  guint64 made;

  rig_init (&rig, &video, 640, 360, 30);
  rig.least = 900000;
  rig_run (&rig, 500000, 15 * GST_SECOND);
  g_assert_cmpuint (rig.setting.of, ==, 2);
  made = rig.made;
  rig_run (&rig, 500000, 60 * GST_SECOND);
  g_assert_cmpuint ((rig.made - made) * 8 / 60, <, 550000);
  g_assert_cmpuint (rig.n_frames, <, 20);
}

static void
test_audio (void)
{
  const RtcEncodePlanConfig audio = { FALSE, 6000, 64000, RTC_MITIGATION_NONE, 0, FALSE };
  Rig rig;

  rig_init (&rig, &audio, 0, 0, 0);
  rig_run (&rig, 1, TICK);
  g_assert_cmpuint (rig.setting.rate_bps, ==, 6000);
  rig_run (&rig, 1000000, 5 * GST_SECOND);
  g_assert_cmpuint (rig.setting.rate_bps, ==, 64000);
  g_assert_cmpint (rig.setting.modes, ==, RTC_MITIGATION_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encode-plan/rate", test_rate);
  g_test_add_func ("/encode-plan/small-changes", test_small_changes);
  g_test_add_func ("/encode-plan/mitigation", test_mitigation);
  g_test_add_func ("/encode-plan/no-flapping", test_no_flapping);
  g_test_add_func ("/encode-plan/modes", test_modes);
  g_test_add_func ("/encode-plan/format", test_format);
  g_test_add_func ("/encode-plan/costly", test_costly);
  g_test_add_func ("/encode-plan/correction", test_correction);
  g_test_add_func ("/encode-plan/saturated", test_saturated);
  g_test_add_func ("/encode-plan/audio", test_audio);
  return g_test_run ();
}
