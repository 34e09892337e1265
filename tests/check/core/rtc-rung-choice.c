/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-rung-choice.h"

#define MS GST_MSECOND
#define S GST_SECOND

/* 2.5 Mbit/s, 800 and 200 kbit/s: ranges from 1750, 560 and 0 on. */
static const RtcRung three[] = { { 2500000, FALSE, 0 }, { 800000, FALSE, 0 },
  { 200000, FALSE, 0 } };

/* With layers: without the upper ones from 1137.5 on (0.65), and from 364. */
static const RtcRung layered[] = { { 2500000, FALSE, 0.65 }, { 800000, FALSE, 0.65 },
  { 200000, FALSE, 0.65 } };

/* The lower rung's best is not below the upper one's reach. */
static const RtcRung close_by[] = { { 1000000, FALSE, 0.5 }, { 900000, FALSE, 0 } };

static const RtcRung unknown[] = { { 0, FALSE, 0 }, { 500000, FALSE, 0 } };

/* A camera's two streams. */
static const RtcRung fixed[] = { { 2000000, TRUE, 0 }, { 400000, TRUE, 0 } };

typedef struct {
  const RtcRung *rungs;
  guint n;
  guint64 kbps;
  guint rung;
  gboolean is_thin;
} First;

static const First firsts[] = {
  { three, 3, 0, 0, FALSE }, /* nobody says */
  { three, 3, 9000, 0, FALSE },
  { three, 3, 1750, 0, FALSE },
  { three, 3, 1749, 1, FALSE },
  { three, 3, 560, 1, FALSE },
  { three, 3, 559, 2, FALSE },
  { three, 3, 1, 2, FALSE },
  { three, 1, 1, 0, FALSE },
  { layered, 3, 1749, 0, TRUE },
  { layered, 3, 1138, 0, TRUE },
  { layered, 3, 1137, 1, FALSE },
  { layered, 3, 559, 1, TRUE },
  { layered, 3, 363, 2, FALSE },
  { layered, 3, 100, 2, FALSE }, /* the encoder follows */
  { close_by, 2, 900, 0, FALSE },
  { close_by, 2, 899, 1, FALSE }, /* half of it would be worse than the other */
  { unknown, 2, 500, 0, FALSE },
  { unknown, 2, 499, 1, FALSE },
  { fixed, 2, 2000, 0, FALSE },
  { fixed, 2, 1999, 1, FALSE },
  { fixed, 2, 100, 1, FALSE },
};

static void
test_first (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++) {
    const First *row = &firsts[i];
    RtcRungChoice choice;
    RtcRungPlace place;

    rtc_rung_choice_init (&choice);
    g_assert_true (
        rtc_rung_choice_update (&choice, S, row->rungs, row->n, 1000 * row->kbps, &place));
    g_assert_cmpuint (place.rung, ==, row->rung);
    g_assert_cmpint (place.is_thin, ==, row->is_thin);
    g_assert_false (place.hurry);
    g_assert_cmpuint (choice.n_changes, ==, 0);
    g_assert_false (
        rtc_rung_choice_update (&choice, S, row->rungs, row->n, 1000 * row->kbps, &place));
  }
}

/* A viewer's rate over time and where it is then. */
typedef struct {
  GstClockTime at;
  guint64 kbps;
  guint rung;
  gboolean is_thin;
} Step;

typedef struct {
  const gchar *name;
  const RtcRung *rungs;
  guint n;
  const Step *steps;
  guint n_steps;
} Course;

static const Step down_and_up[] = {
  { 0, 5000, 0, FALSE }, { 1 * S, 1700, 1, FALSE }, /* at once */
  { 1 * S + 250 * MS, 280, 2, FALSE },
  { 2 * S, 5000, 2, FALSE }, /* not at once: it has just gone down */
  { 5 * S, 5000, 2, FALSE }, { 6 * S + 250 * MS, 5000, 0, FALSE }, /* straight to the best */
};

static const Step margin[] = {
  { 0, 1000, 1, FALSE },
  { 10 * S, 2099, 1, FALSE }, /* within the better one's range, and not well within */
  { 20 * S, 2099, 1, FALSE },
  { 21 * S, 2101, 1, FALSE },
  { 21 * S + 900 * MS, 2101, 1, FALSE },
  { 21 * S + 950 * MS, 2000, 1, FALSE }, /* begins anew */
  { 22 * S, 2101, 1, FALSE },
  { 22 * S + 900 * MS, 2101, 1, FALSE },
  { 23 * S, 2101, 0, FALSE },
  { 40 * S, 1751, 0, FALSE },
};

/* Each time that it is taken back the next one takes longer: 1, 4, 8, 16 s. */
static const Step relapses[] = {
  { 0, 1300, 1, FALSE },
  { 1 * S, 3000, 1, FALSE },
  { 2 * S, 3000, 0, FALSE },
  { 3 * S, 1300, 1, FALSE },
  { 4 * S, 3000, 1, FALSE },
  { 7 * S, 3000, 1, FALSE },
  { 8 * S, 3000, 0, FALSE },
  { 9 * S, 1300, 1, FALSE },
  { 10 * S, 3000, 1, FALSE },
  { 17 * S, 3000, 1, FALSE },
  { 18 * S, 3000, 0, FALSE },
  { 19 * S, 1300, 1, FALSE },
  { 20 * S, 3000, 1, FALSE },
  { 35 * S, 3000, 1, FALSE },
  { 36 * S, 3000, 0, FALSE },
};

static const Step half_steps[] = {
  { 0, 5000, 0, FALSE },
  { 1 * S + 1, 1600, 0, TRUE },
  { 2 * S, 1000, 1, FALSE },
  { 3 * S, 1500, 1, FALSE },
  { 6 * S, 1500, 1, FALSE },
  { 7 * S, 1500, 0, TRUE },
  { 8 * S, 1200, 0, TRUE },
  { 9 * S, 2500, 0, TRUE },
  { 18 * S, 2500, 0, FALSE },
  { 19 * S, 0, 0, FALSE }, /* nobody says: nothing changes */
  { 20 * S, 200, 2, FALSE },
};

static const Course courses[] = {
  { "down-and-up", three, 3, down_and_up, G_N_ELEMENTS (down_and_up) },
  { "margin", three, 3, margin, G_N_ELEMENTS (margin) },
  { "relapses", three, 3, relapses, G_N_ELEMENTS (relapses) },
  { "half-steps", layered, 3, half_steps, G_N_ELEMENTS (half_steps) },
};

static void
test_course (gconstpointer data)
{
  const Course *course = data;
  RtcRungChoice choice;
  guint64 n_changes = 0;
  guint rung = 0;

  rtc_rung_choice_init (&choice);
  for (guint i = 0; i < course->n_steps; i++) {
    const Step *step = &course->steps[i];
    RtcRungPlace place;

    rtc_rung_choice_update (&choice, step->at, course->rungs, course->n, 1000 * step->kbps, &place);
    g_test_message ("%s at %.2f s, %u kbit/s: %u%s", course->name, (gdouble) step->at / S,
        (guint) step->kbps, place.rung, place.is_thin ? " without upper layers" : "");
    g_assert_cmpuint (place.rung, ==, step->rung);
    g_assert_cmpint (place.is_thin, ==, step->is_thin);
    n_changes += i > 0 && place.rung != rung;
    rung = place.rung;
  }
  g_assert_cmpuint (choice.n_changes, ==, n_changes);
}

/* What is far too much is left at once, and for a rung with room to spare; what is a little too
 * much when the lower one is there, unless it is only on its way down. */
static void
test_hurry (void)
{
  static const struct {
    guint64 kbps;
    GstClockTime after; /* the rate was that of the best rung before */
    gboolean hurry;
    guint rung;
  } rows[] = {
    { 1740, 2 * S, FALSE, 1 },
    { 1410, 2 * S, FALSE, 1 },
    { 1390, 2 * S, TRUE, 1 },
    { 1121, 2 * S, TRUE, 1 },
    { 1119, 2 * S, TRUE, 2 },
    { 280, 2 * S, TRUE, 2 },
    { 1740, 100 * MS, TRUE, 1 },
    { 1000, 100 * MS, TRUE, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcRungChoice choice;
    RtcRungPlace place;

    rtc_rung_choice_init (&choice);
    rtc_rung_choice_update (&choice, S, three, 3, 5000000, &place);
    g_assert_true (
        rtc_rung_choice_update (&choice, S + rows[i].after, three, 3, 1000 * rows[i].kbps, &place));
    g_assert_cmpint (place.hurry, ==, rows[i].hurry);
    g_assert_cmpuint (place.rung, ==, rows[i].rung);
  }
}

/* A ladder that loses its lower rungs, or learns what they take, while somebody is on one. */
static void
test_other_ladder (void)
{
  RtcRungChoice choice;
  RtcRungPlace place;

  rtc_rung_choice_init (&choice);
  rtc_rung_choice_update (&choice, 0, three, 3, 300000, &place);
  g_assert_cmpuint (place.rung, ==, 2);
  g_assert_true (rtc_rung_choice_update (&choice, S, three, 1, 300000, &place));
  g_assert_cmpuint (place.rung, ==, 0);
  g_assert_true (rtc_rung_choice_update (&choice, 2 * S, three, 2, 300000, &place));
  g_assert_cmpuint (place.rung, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-rung-choice/first", test_first);
  for (guint i = 0; i < G_N_ELEMENTS (courses); i++) {
    gchar *name = g_strdup_printf ("/rtc-rung-choice/%s", courses[i].name);

    g_test_add_data_func (name, &courses[i], test_course);
    g_free (name);
  }
  g_test_add_func ("/rtc-rung-choice/hurry", test_hurry);
  g_test_add_func ("/rtc-rung-choice/other-ladder", test_other_ladder);
  return g_test_run ();
}
