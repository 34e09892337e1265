/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-encode-plan.h - what one encoder is told, over time: rate, frame rate, size of the picture.
 *
 * In: the rate that the viewers can take, the format that comes in, the bytes that came out. Out: a
 * setting that falls at once and rises slowly, ignores small changes, and, when there are too few
 * bits for each pixel, gives up frames first and then pixels, step by step, with hysteresis.
 * Pure: time is an argument. Bounded, allocates nothing. Any one thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* Changes smaller than this are ignored ... */
#define RTC_ENCODE_PLAN_LEAST_CHANGE 0.05
/* ... unless one of at least 1 %, to the same side, lasts for so long. */
#define RTC_ENCODE_PLAN_SETTLE (2 * GST_SECOND)

/* A rise goes up by at most RTC_ENCODE_PLAN_RISE, once each interval: twice the rate in a
 * second. */
#define RTC_ENCODE_PLAN_RISE 1.2
#define RTC_ENCODE_PLAN_RISE_INTERVAL (250 * GST_MSECOND)

/* The same for encoders that make a key frame at each change. */
#define RTC_ENCODE_PLAN_COSTLY_CHANGE 0.15
#define RTC_ENCODE_PLAN_COSTLY_RISE 2.0
#define RTC_ENCODE_PLAN_COSTLY_INTERVAL (2 * GST_SECOND)

/* A step up wants this many times the bits per pixel that a step down was for ... */
#define RTC_ENCODE_PLAN_UP 1.5
/* ... for so long: frames cost nothing to get back, a new size costs a key frame. A step up that
 * is taken back within RTC_ENCODE_PLAN_RELAPSE doubles both, up to eight times. */
#define RTC_ENCODE_PLAN_UP_FRAMES (2 * GST_SECOND)
#define RTC_ENCODE_PLAN_UP_SIZE (5 * GST_SECOND)
#define RTC_ENCODE_PLAN_RELAPSE (15 * GST_SECOND)

/* Too few bits for so long make the picture smaller; frames are given up at once. */
#define RTC_ENCODE_PLAN_DOWN_SIZE (1 * GST_SECOND)

/* Never fewer frames a second, and never a shorter side, than these (unless that is what comes
 * in). */
#define RTC_ENCODE_PLAN_LEAST_FPS 12.0
#define RTC_ENCODE_PLAN_LEAST_SIDE 90

/* RTC_ENCODE_PLAN_LEAST_RATE: video below this is no video, bit/s (but max_bps wins). */
#define RTC_ENCODE_PLAN_LEAST_RATE 30000

#define RTC_ENCODE_PLAN_LEAST_CORRECTION 0.4

/* As GstWebRTCSinkMitigationMode. */
typedef enum {
  RTC_MITIGATION_NONE = 0,
  RTC_MITIGATION_DOWNSCALED = 1 << 0,  /* smaller pictures */
  RTC_MITIGATION_DOWNSAMPLED = 1 << 1, /* fewer pictures */
} RtcMitigation;

typedef struct {
  gboolean is_video;
  guint64 min_bps, max_bps; /* of the encoder; min_bps <= max_bps, else max_bps holds */
  RtcMitigation modes;      /* allowed; audio: none */
  gdouble least_bpp;        /* bits per pixel under which a step is given up, by codec: see
                             * gst_rtc_encoder_get_traits() */
  gboolean is_costly;       /* each change of rate makes a key frame */
} RtcEncodePlanConfig;

/* What is to be set. */
typedef struct {
  guint64 rate_bps;    /* of what comes out; 0: leave the encoder alone */
  guint64 encoder_bps; /* what to tell the encoder for that: less, when it makes more than it is
                        * told */
  guint keep, of;      /* pass keep of so many frames; 1 of 1: all */
  guint width, height; /* 0,0: as it comes in */
  RtcMitigation modes; /* in force */
} RtcEncodeSetting;

/* One step of mitigation. */
typedef struct {
  guint keep, of;
  guint width, height; /* 0,0: as it comes in */
  gdouble pixel_rate;  /* pixels per second */
} RtcEncodeStep;

#define RTC_ENCODE_PLAN_MAX_STEPS 10

/* Fields are private. */
typedef struct {
  RtcEncodePlanConfig config;
  RtcEncodeSetting setting;   /* in force */
  guint64 wish;               /* last, clamped; 0: none yet */
  GstClockTime changed_at;    /* the rate last changed; 0: never */
  GstClockTime told_at;       /* encoder_bps last changed */
  GstClockTime drifting_since; /* a small difference exists, NONE: none */
  gboolean drifts_up;

  guint width, height;        /* that come in */
  gdouble fps;
  gboolean is_fresh;          /* the first choice of a step: size needs no waiting */
  RtcEncodeStep steps[RTC_ENCODE_PLAN_MAX_STEPS];
  guint n_steps, step;
  GstClockTime poor_since, rich_since, stepped_up_at; /* NONE: not */
  guint patience;             /* factor of the times of a step up: 1, 2, 4, 8 */

  guint64 last_bytes;         /* total at the begin of the running window */
  GstClockTime window_began;  /* NONE: none */
  gdouble window_bits;        /* that were allowed in it */
  GstClockTime window_at;
  gdouble correction;         /* told / wanted, 0.4..1 */
  gboolean is_saturated;      /* the last window showed that telling less does not help */
} RtcEncodePlan;

void rtc_encode_plan_init (RtcEncodePlan *self, const RtcEncodePlanConfig *config);

/* Other bounds or modes; the next poll() obeys them. */
void rtc_encode_plan_set_config (RtcEncodePlan *self, const RtcEncodePlanConfig *config);

/* What comes in. fps 0 or less: unknown, taken for 30. Another format starts again at the best step
 * that the rate allows. width or height 0: unknown, so nothing is mitigated. */
void rtc_encode_plan_set_format (RtcEncodePlan *self, guint width, guint height, gdouble fps);

/* What viewers can take, media bit/s; 0: nobody says, and the setting stays as it is. */
void rtc_encode_plan_set_wish (RtcEncodePlan *self, guint64 wish_bps);

/* The encoder has made so many bytes in all since its start. What it makes too much is taken off
 * what it is told, at most 30 % a second, down to RTC_ENCODE_PLAN_LEAST_CORRECTION of what is
 * wanted; when that does not help, a step is given up as for too few bits per pixel. Call it before
 * each poll(), or never. */
void rtc_encode_plan_handle_output (RtcEncodePlan *self, GstClockTime now, guint64 total_bytes);

/* Brings the setting up to date; TRUE when anything in it changed. Call it at once when a wish
 * fell, and each RTC_ENCODE_PLAN_RISE_INTERVAL besides. */
gboolean rtc_encode_plan_poll (RtcEncodePlan *self, GstClockTime now, RtcEncodeSetting *out);

G_END_DECLS
