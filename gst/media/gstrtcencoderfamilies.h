/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcencoderfamilies.h - the table of encoders: one row for each family that somebody has made
 * live, with how it is tuned, how its rate is set while it runs, and how it behaves then.
 *
 * Pure data. Thread: any. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

typedef enum {
  /* Its rate control goes by frames at the frame rate of the caps, not by time stamps: when frames
   * are left out before it, it is to be told more. */
  GST_RTC_ENCODER_COUNTS_FRAMES = 1 << 0,
  /* A change of the rate makes a key frame. */
  GST_RTC_ENCODER_RATE_MAKES_KEY_FRAME = 1 << 1,
  /* The rate is not a property but a control in the structure "extra-controls". */
  GST_RTC_ENCODER_RATE_IS_CONTROL = 1 << 2,
  /* gstrtcencoderlayers.h fits, and the payloader tells of the layers. */
  GST_RTC_ENCODER_HAS_LAYERS = 1 << 3,
} GstRtcEncoderFlags;

typedef struct {
  const gchar *pattern;  /* of the factory name, as GPatternSpec */
  RtcCodecId codec;
  const gchar *settings; /* "property=value ...", those that the element lacks are skipped */
  const gchar *rate_property; /* or control; NULL: the rate cannot be set */
  guint rate_unit;       /* bit/s per unit of it */
  GstRtcEncoderFlags flags;
  const gchar *input_caps;
  const gchar *output_caps;
} GstRtcEncoderFamily;

/* The first row that fits; NULL when there is none. Rows are ordered: of equal rank the first is
 * preferred, and pointers compare accordingly. */
const GstRtcEncoderFamily *gst_rtc_encoder_family_find (const gchar *factory_name);

G_END_DECLS
