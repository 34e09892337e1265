/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp-caps.h - one codec <-> the fields of application/x-rtp caps.
 *
 * Fields are a typed list, never a caps string: remote text must not reach a parser of GStreamer
 * (docs/design/reliability.md T25). The shell sets each field with a typed setter. Pure, any
 * thread. */
#pragma once

#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* One caps field: a string when text is not NULL, else the integer. */
typedef struct {
  const gchar *name; /* static */
  gchar *text;       /* owned, or NULL */
  gint number;
} RtcCapsField;

/* The fields for a received or sent stream: media, payload, clock-rate, encoding-name (upper
 * case), encoding-params for two channels, packetization-mode, profile-level-id,
 * sprop-parameter-sets, profile-id, stereo, sprop-stereo, useinbandfec, ... as GStreamer's
 * payloaders and depayloaders know them. Only for codecs of our table: UNKNOWN gives NULL.
 * (transfer full): GArray of RtcCapsField, free with g_array_unref(). */
GArray *rtc_codec_to_caps_fields (const RtcCodec *codec);

/* A codec out of caps fields as asked from get (returns a value of a field, or NULL), which is
 * called for each field that matters. RTC_ERR_UNSUPPORTED for an encoding-name that is not in our
 * table; RTC_ERR_PARSE for impossible values. */
typedef const gchar *(*RtcCapsFieldGetter) (gpointer user_data, const gchar *name);
RtcResult rtc_codec_from_caps_fields (RtcCodec *out, RtcCapsFieldGetter get, gpointer user_data);

G_END_DECLS
