/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rung-choice.h - which of several encodings of one picture a viewer gets, over time.
 *
 * A ladder's rungs are listed best first. Each suits a range of rates: down to RTC_RUNG_REACH of
 * its nominal rate, since an encoder can be told less, but not below what the next rung wants at
 * best; the last one suits whatever is left. Where a rung has temporal layers, leaving out the
 * upper ones is a half step before the next rung. A viewer goes down as soon as its rate leaves the
 * range, and up when its rate has been well within a better one for a while. docs/design/ladder.md
 * says why. Pure: time is an argument. Flat, allocates nothing. Any one thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_RUNG_MAX: rungs of a ladder at most. */
#define RTC_RUNG_MAX 8

/* RTC_RUNG_REACH: the least that an encoder is told, as a part of its rung's nominal rate. */
#define RTC_RUNG_REACH 0.7

/* RTC_RUNG_UP: times the least rate of a step that going up to it wants ... */
#define RTC_RUNG_UP 1.2
/* ... for so long; after a step down RTC_RUNG_CAUTION times that, and twice as long each time that
 * a step up is taken back within RTC_RUNG_RELAPSE, up to RTC_RUNG_MAX_PATIENCE times. */
#define RTC_RUNG_HOLD (1 * GST_SECOND)
#define RTC_RUNG_CAUTION 4
#define RTC_RUNG_RELAPSE (15 * GST_SECOND)
#define RTC_RUNG_MAX_PATIENCE 32

/* RTC_RUNG_HURRY: below this part of the least rate of what it gets, a viewer is better off with
 * nothing until the lower rung's key frame. */
#define RTC_RUNG_HURRY 0.8

/* RTC_RUNG_PLUNGE: what has fallen below this part of its highest within RTC_RUNG_PLUNGE_TIME, and
 * out of its range, is still falling: hurry as well. RTC_RUNG_FALL: in a hurry what waits on the
 * path takes its part, too: so many times the least rate of the rung are wanted. */
#define RTC_RUNG_PLUNGE 0.6
#define RTC_RUNG_PLUNGE_TIME (1 * GST_SECOND)
#define RTC_RUNG_FALL 2.0

typedef struct {
  guint64 nominal_bps; /* media bit/s; 0: not known */
  gboolean is_fixed;   /* nobody can tell it less: it suits nothing below its nominal rate */
  gdouble thin_share;  /* of its rate that remains without the upper temporal layers; 0: has none */
} RtcRung;

/* Fields are private but for reading: rung, n_rungs, is_thin, least_bps, n_changes. */
typedef struct {
  gboolean has_rung;
  guint rung, n_rungs;     /* n_rungs: of the last update */
  guint64 least_bps;       /* that the rung suits as a whole */
  gboolean is_thin;        /* without the upper temporal layers */
  guint64 n_changes;       /* of the rung, after the first */
  GstClockTime rich_since; /* NONE: not */
  GstClockTime went_up;    /* NONE: never */
  guint64 high_bps;        /* highest rate of late, and when it was that */
  GstClockTime high_at;
  guint patience;
} RtcRungChoice;

typedef struct {
  guint rung;
  gboolean is_thin;
  gboolean hurry; /* down: what is sent now is far too much */
} RtcRungPlace;

/* The least rate that rung i (< n) suits. */
guint64 rtc_rung_least (const RtcRung *rungs, guint n, guint i);

void rtc_rung_choice_init (RtcRungChoice *self);

/* What the viewer is to get, whose path carries rate_bps (media bit/s; 0: not known, nothing
 * changes, or at first the best rung). rungs may change from call to call, n of them, 1 to
 * RTC_RUNG_MAX. TRUE: *out is other than before; always the first time. Call it whenever the rate
 * changes and several times a second besides. */
gboolean rtc_rung_choice_update (RtcRungChoice *self, GstClockTime now, const RtcRung *rungs,
    guint n, guint64 rate_bps, RtcRungPlace *out);

G_END_DECLS
