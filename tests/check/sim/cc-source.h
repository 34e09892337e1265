/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-source.h - a model of a video encoder that follows a target: how long each frame is.
 *
 * In the manner of RFC 8593: frames at a steady rate, their lengths spread about what the target
 * gives each (normally, standard deviation 0.15 of it; a change of scene now and then takes twice
 * as much), key frames first and when asked for (four times as long). What a frame took too much
 * the following ones save, as an encoder's rate control does; a new target holds from the next
 * frame on. Sans-I/O; seeded. */
#pragma once

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

typedef struct {
  guint fps;                /* default 30 */
  guint64 min_bps, max_bps; /* of the encoder; max 0: none */
} CcSourceConfig;

typedef struct {
  CcSourceConfig config;
  RtcRandom *random;
  guint64 target_bps;
  gdouble debt;             /* bytes taken too much so far */
  gboolean needs_key;
} CcSource;

typedef struct {
  guint bytes;
  gboolean is_key;
} CcFrame;

void cc_source_init (CcSource *self, const CcSourceConfig *config, guint64 seed);
void cc_source_clear (CcSource *self);

/* What the next frames shall take, bit/s. */
void cc_source_set_target (CcSource *self, guint64 bps);
void cc_source_request_key_frame (CcSource *self);

GstClockTime cc_source_get_interval (const CcSource *self);
CcFrame cc_source_encode (CcSource *self);

G_END_DECLS
