/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcaccessunit.h - H264 and H265 pictures from start codes to lengths, and avcC and hvcC.
 *
 * The depayloader gives an access unit with a 4-byte start code before each NAL unit; files want a
 * 4-byte length there (ISO/IEC 14496-15 4.3, 5.3) and the parameter sets apart. Sizes and profiles
 * come out of the sequence parameter set through GStreamer's codecparsers. One object per stream,
 * one thread at a time. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

typedef struct _GstRtcAccessUnits GstRtcAccessUnits;

/* GST_RTC_MAX_PARAMETER_SETS: of each kind that one picture may bring; more are left in the
 * picture. */
#define GST_RTC_MAX_PARAMETER_SETS 16

typedef struct {
  gboolean is_key;          /* holds an IDR (H265: or CRA, BLA) slice */
  gsize len;                /* bytes now; less than before when parameter sets were taken out */
  guint width, height;      /* as to be shown, of the parameter sets in force; 0: none yet */
  guint profile;            /* profile_idc */
  gboolean has_sets;        /* parameter sets are (still) in it */
  const guint8 *config;     /* avcC or hvcC in force, the object's; NULL: none yet */
  gsize config_len;
} GstRtcAccessUnit;

/* codec: H264 or H265. */
GstRtcAccessUnits *gst_rtc_access_units_new (RtcCodecId codec);
void gst_rtc_access_units_free (GstRtcAccessUnits *self); /* (nullable) */

/* Rewrites one access unit of len bytes in place. FALSE when it does not begin with a start code or
 * holds no picture: parameter sets in it belong before the next one, the rest is to be dropped.
 *
 * Parameter sets are taken out as long as they are those that a picture size and profile came with
 * first, which a file has in its header. Once others have come at the same size (an encoder that
 * numbers them anew for each key frame) they all stay in: decoders take them from there. */
gboolean gst_rtc_access_units_convert (GstRtcAccessUnits *self, guint8 *data, gsize len,
    GstRtcAccessUnit *out);

G_END_DECLS
