/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ladder.c - what users write for a ladder, and what its rungs make of pictures. */
#include <gst/gst.h>
#include <string.h>

#include "gst/media/gstrtcladder.h"
#include "gst/rtc/base/rtc-result.h"

static void
test_good (void)
{
  static const struct {
    const gchar *text;
    GstRtcLadder ladder;
  } rows[] = {
    { "", { 0 } },
    { "full:2M", { 1, { { 1, 0, 0, 0, 2000000 } } } },
    { "1280x720@30:2500k,640x360@29.97:800k, 1/4@15:200k",
        { 3, { { 0, 1280, 720, 30, 2500000 }, { 0, 640, 360, 29.97, 800000 },
                 { 4, 0, 0, 15, 200000 } } } },
    { "full:2M:L1T2, 1/2:800k:L1T1",
        { 2, { { 1, 0, 0, 0, 2000000, TRUE }, { 2, 0, 0, 0, 800000 } } } },
    { "1/1 : 2.5M,\n1/2 : 640000", { 2, { { 1, 0, 0, 0, 2500000 }, { 2, 0, 0, 0, 640000 } } } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;
    GstRtcLadder ladder;

    memset (&ladder, 0xff, sizeof ladder);
    g_assert_true (gst_rtc_ladder_parse (rows[i].text, &ladder, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (ladder.n, ==, rows[i].ladder.n);
    for (guint r = 0; r < ladder.n; r++) {
      const GstRtcRung *rung = &ladder.rungs[r], *wanted = &rows[i].ladder.rungs[r];

      g_assert_cmpuint (rung->divisor, ==, wanted->divisor);
      g_assert_cmpuint (rung->width, ==, wanted->width);
      g_assert_cmpuint (rung->height, ==, wanted->height);
      g_assert_cmpfloat (rung->fps, ==, wanted->fps);
      g_assert_cmpuint (rung->bitrate, ==, wanted->bitrate);
      g_assert_true (rung->layers == wanted->layers);
    }
  }
}

/* Each is refused, and the message names what is wrong. */
static void
test_bad (void)
{
  static const struct {
    const gchar *text, *part;
  } rows[] = {
    { "2500k", "begin with a size" },
    { ",full:1M", "begin with a size" },
    { "full:1M,", "begin with a size" },
    { "half:1M", "\"half:1M\"" },
    { "1/0:1M", "begin with a size" },
    { "1/65:1M", "begin with a size" },
    { "2/3:1M", "begin with a size" },
    { "640:1M", "begin with a size" },
    { "640x:1M", "begin with a size" },
    { "640x1:1M", "begin with a size" },
    { "99999999999x360:1M", "begin with a size" },
    { "-640x360:1M", "begin with a size" },
    { "640x360", "bit rate" },
    { "640x360:", "bit rate" },
    { "640x360:fast", "bit rate" },
    { "640x360:5k", "bit rate" },
    { "640x360:1e999", "bit rate" },
    { "640x360:9999M", "bit rate" },
    { "640x360:800kbit", "bit rate" },
    { "640x360:800k:", "L1T2" },
    { "640x360:800k:L1T3", "L1T2" },
    { "640x360:800k:L1T22", "L1T2" },
    { "640x360@:800k", "frame rate" },
    { "640x360@0:800k", "frame rate" },
    { "640x360@1000:800k", "frame rate" },
    { "640x360@nan:800k", "frame rate" },
    { "full:800k,1/2:800k", "best first" },
    { "1/2:200k,full:800k", "best first" },
    { "full:9M,full:8M,full:7M,full:6M,full:5M,full:4M,full:3M,full:2M,full:1M", "at most" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtcLadder ladder = { .n = 7 };
    GError *error = NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_false (gst_rtc_ladder_parse (rows[i].text, &ladder, &error));
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, rows[i].part));
    g_assert_cmpuint (ladder.n, ==, 7);
    g_error_free (error);
  }
}

static void
test_fit (void)
{
  static const struct {
    GstRtcRung rung;
    guint width, height;
    gdouble fps;
    GstRtcRungFit fit;
  } rows[] = {
    { { 1, 0, 0, 0, 1 }, 1280, 720, 30, { 0, 0, 1, 1 } },
    { { 2, 0, 0, 0, 1 }, 1280, 720, 30, { 640, 360, 1, 1 } },
    { { 4, 0, 0, 15, 1 }, 1280, 720, 30, { 320, 180, 1, 2 } },
    { { 4, 0, 0, 0, 1 }, 6, 6, 30, { 2, 2, 1, 1 } },
    { { 0, 640, 360, 0, 1 }, 1280, 720, 30, { 640, 360, 1, 1 } },
    { { 0, 640, 360, 0, 1 }, 640, 480, 30, { 480, 360, 1, 1 } }, /* the shape is kept */
    { { 0, 640, 360, 0, 1 }, 320, 240, 30, { 0, 0, 1, 1 } },     /* nothing is enlarged */
    { { 0, 640, 360, 0, 1 }, 640, 360, 30, { 0, 0, 1, 1 } },
    { { 0, 640, 360, 20, 1 }, 0, 0, 0, { 0, 0, 2, 3 } }, /* nothing known of what comes in */
    { { 1, 0, 0, 60, 1 }, 640, 360, 30, { 0, 0, 1, 1 } },
    { { 1, 0, 0, 15, 1 }, 640, 360, 29.97, { 0, 0, 500, 999 } },
    { { 1, 0, 0, 0.5, 1 }, 640, 360, 25, { 0, 0, 1, 50 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GstRtcRungFit fit =
        gst_rtc_rung_fit (&rows[i].rung, rows[i].width, rows[i].height, rows[i].fps);

    g_assert_cmpuint (fit.width, ==, rows[i].fit.width);
    g_assert_cmpuint (fit.height, ==, rows[i].fit.height);
    g_assert_cmpuint (fit.keep, ==, rows[i].fit.keep);
    g_assert_cmpuint (fit.of, ==, rows[i].fit.of);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/rtc-ladder/good", test_good);
  g_test_add_func ("/rtc-ladder/bad", test_bad);
  g_test_add_func ("/rtc-ladder/fit", test_fit);
  return g_test_run ();
}
