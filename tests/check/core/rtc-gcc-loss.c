/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-loss.c - loss that sending less would not cure, and loss that it would. */
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/cc/rtc-gcc-loss.h"

#define LEN 1200

typedef struct {
  RtcGccLoss loss;
  RtcRandom *random;
  GstClockTime now;
  gdouble p;      /* inherent */
  gdouble limit;  /* bit/s of a policer, 0 none */
  gdouble bucket; /* its bytes */
  guint burst;    /* mean length of what is lost at once */
  guint losing;
  gdouble least, most; /* bounds seen */
} Rig;

static void
rig_init (Rig *rig, gdouble p, gdouble limit, guint64 seed)
{
  *rig = (Rig){ .p = p,
    .limit = limit,
    .now = GST_SECOND,
    .burst = 1,
    .random = rtc_random_new_seeded (seed),
    .least = G_MAXDOUBLE };
  rtc_gcc_loss_init (&rig->loss);
}

static gboolean
rig_is_lost (Rig *rig, GstClockTime step)
{
  if (rig->limit > 0) {
    rig->bucket = MIN (rig->bucket + rig->limit / 8 * (gdouble) step / GST_SECOND, 5000);
    if (rig->bucket < LEN)
      return TRUE;
    rig->bucket -= LEN;
  }
  if (rig->losing > 0) {
    rig->losing--;
    return TRUE;
  }
  if (rtc_random_double (rig->random) >= rig->p / rig->burst)
    return FALSE;
  rig->losing = rig->burst - 1;
  return TRUE;
}

/* Sends between low and high bit/s, up and down over four seconds, or at the bound if it obeys. */
static void
rig_run (Rig *rig, gdouble low, gdouble high, gboolean obeys, GstClockTime duration)
{
  GstClockTime began = rig->now, next_message = rig->now + 100 * GST_MSECOND;

  while (rig->now < began + duration) {
    gdouble phase = (gdouble) ((rig->now - began) % (4 * GST_SECOND)) / (2 * GST_SECOND);
    gdouble bps = low + (high - low) * (phase < 1 ? phase : 2 - phase);
    gdouble bound = rtc_gcc_loss_get_bound (&rig->loss);
    GstClockTime step;

    if (obeys && bound > 0)
      bps = MIN (bps, bound);
    step = (GstClockTime) (LEN * 8 * GST_SECOND / bps);
    rtc_gcc_loss_handle_packet (&rig->loss, rig->now, LEN, rig_is_lost (rig, step));
    rig->now += step;
    if (rig->now < next_message)
      continue;
    rtc_gcc_loss_end_message (&rig->loss, rig->now);
    next_message += 100 * GST_MSECOND;
    if (bound > 0) {
      rig->least = MIN (rig->least, bound);
      rig->most = MAX (rig->most, bound);
    }
  }
}

static void
test_none (void)
{
  Rig rig;

  rig_init (&rig, 0, 0, 1);
  rig_run (&rig, 1e6, 2e6, TRUE, 30 * GST_SECOND);
  g_assert_cmpfloat (rig.most, ==, 0);
  g_assert_cmpfloat (rtc_gcc_loss_get (&rig.loss), ==, 0);
  g_assert_cmpfloat (rtc_gcc_loss_get_inherent (&rig.loss), ==, 0);
  rtc_random_free (rig.random);
}

/* A radio link: 5, 10, 20 % of whatever is sent. Nothing may come of it but the knowledge. */
static void
test_inherent (void)
{
  static const gdouble shares[] = { 0.05, 0.10, 0.20 };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++) {
    for (guint64 seed = 1; seed <= 20; seed++) {
      Rig rig;

      rig_init (&rig, shares[i], 0, seed);
      rig_run (&rig, 1.6e6, 2e6, TRUE, 60 * GST_SECOND);
      if (rig.most > 0) /* by chance, and then not far below what is sent */
        g_assert_cmpfloat (rig.least, >, 1.5e6);
      g_assert_cmpfloat (rtc_gcc_loss_get_inherent (&rig.loss), >, shares[i] * 0.6);
      g_assert_cmpfloat (rtc_gcc_loss_get_inherent (&rig.loss), <, shares[i] * 1.5);
      rtc_random_free (rig.random);
    }
  }
}

static void
test_bursts (void)
{
  for (guint64 seed = 1; seed <= 20; seed++) {
    Rig rig;

    rig_init (&rig, 0.05, 0, seed);
    rig.burst = 5;
    rig_run (&rig, 1.6e6, 2e6, TRUE, 60 * GST_SECOND);
    if (rig.most > 0)
      g_assert_cmpfloat (rig.least, >, 1.4e6);
    rtc_random_free (rig.random);
  }
}

/* A policer that drops what exceeds 1 Mbit/s, met while the rate grows. */
static void
test_policer (void)
{
  Rig rig;

  rig_init (&rig, 0, 1e6, 3);
  rig_run (&rig, 0.5e6, 2e6, TRUE, 10 * GST_SECOND);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), >, 0.85e6);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), <, 1.2e6);
  rtc_random_free (rig.random);
}

/* The same with 5 % lost behind it: the limit is found all the same. */
static void
test_policer_lossy (void)
{
  Rig rig;

  rig_init (&rig, 0.05, 1e6, 3);
  rig_run (&rig, 0.5e6, 2e6, FALSE, 8 * GST_SECOND);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), >, 0.8e6);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), <, 1.2e6);
  g_assert_cmpfloat (rtc_gcc_loss_get_inherent (&rig.loss), <, 0.12);
  rtc_random_free (rig.random);
}

/* Half is lost at a rate that does not vary: to learn which kind it is the rate is taken back. A
 * policer is then known; a radio link is left alone for a good while. */
static void
test_try (void)
{
  Rig rig;

  rig_init (&rig, 0, 1e6, 5);
  rig_run (&rig, 2e6, 2e6, TRUE, 8 * GST_SECOND);
  g_assert_cmpfloat (rig.least, >, 0.8e6);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), >, 0.8e6);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), <, 1.4e6);
  rtc_random_free (rig.random);
  rig_init (&rig, 0.4, 0, 5);
  rig_run (&rig, 2e6, 2e6, TRUE, 12 * GST_SECOND);
  g_assert_cmpfloat (rig.least, >, 0.9e6);
  g_assert_cmpfloat (rtc_gcc_loss_get_bound (&rig.loss), ==, 0);
  rtc_random_free (rig.random);
}

/* Said to be lost, then it came: no loss. */
static void
test_late (void)
{
  Rig rig;

  rig_init (&rig, 0, 0, 1);
  for (guint i = 0; i < 1000; i++) {
    rtc_gcc_loss_handle_packet (&rig.loss, rig.now, LEN, i % 5 == 0);
    if (i % 5 == 1)
      rtc_gcc_loss_handle_late (&rig.loss);
    rig.now += 5 * GST_MSECOND;
    if (i % 20 == 19)
      rtc_gcc_loss_end_message (&rig.loss, rig.now);
  }
  g_assert_cmpfloat (rtc_gcc_loss_get (&rig.loss), <, 0.02);
  g_assert_cmpfloat (rtc_gcc_loss_get_inherent (&rig.loss), ==, 0);
  rtc_random_free (rig.random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-loss/none", test_none);
  g_test_add_func ("/gcc-loss/inherent", test_inherent);
  g_test_add_func ("/gcc-loss/bursts", test_bursts);
  g_test_add_func ("/gcc-loss/policer", test_policer);
  g_test_add_func ("/gcc-loss/policer-lossy", test_policer_lossy);
  g_test_add_func ("/gcc-loss/try", test_try);
  g_test_add_func ("/gcc-loss/late", test_late);
  return g_test_run ();
}
