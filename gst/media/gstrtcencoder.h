/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcencoder.h - choosing, tuning and steering one encoder for live use.
 *
 * One table row per family of encoders (gstrtcencoderfamilies.h) says what "live" means for it: no
 * look-ahead, no B-frames, no periodic key frames (they come on demand), constant bit rate, two
 * threads. An encoder that has no row is never chosen, because nobody has said how to make it live.
 * Thread: any; steering may happen while the encoder streams. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* Makes and tunes an encoder for codec: of those installed that have a row and a rank above NONE
 * the highest-ranked that reaches READY (a hardware encoder without its hardware does not), so
 * GST_PLUGIN_FEATURE_RANK steers the choice. In state NULL, floating.
 *
 * NULL with RTC_ERR_UNSUPPORTED when none can be had; the message names the package to install. */
GstElement *gst_rtc_encoder_make (RtcCodecId codec, GError **error);

/* Whether gst_rtc_encoder_make() would find one. Looks at the registry only: cheap, and may be
 * wrong about hardware. */
gboolean gst_rtc_encoder_is_available (RtcCodecId codec);

/* Caps to put before the encoder, so that what it makes can be decoded everywhere (I420, 48 kHz).
 * (transfer full) */
GstCaps *gst_rtc_encoder_get_input_caps (GstElement *encoder);

/* Caps to put after it (profile, stream format). (transfer full) */
GstCaps *gst_rtc_encoder_get_output_caps (GstElement *encoder);

/* Sets the target rate in bit/s, in whatever unit and property the encoder has, clamped into the
 * range that it allows. FALSE when it has none that can be set (G.711, an element without a
 * row). */
gboolean gst_rtc_encoder_set_bitrate (GstElement *encoder, guint rate_bps);

/* The target rate in bit/s as the encoder has it; 0 when unknown. */
guint gst_rtc_encoder_get_bitrate (GstElement *encoder);

typedef struct {
  gboolean has_bitrate;          /* it can be set */
  gboolean counts_frames;        /* when only a part of the frames reach it, tell it the rate
                                  * divided by that part */
  gboolean rate_makes_key_frame; /* so change it seldom */
  gdouble thin_share;            /* of its rate that the base layer takes; 0: it makes no layers */
  gdouble least_bpp;             /* bits per pixel below which pictures are not worth watching */
} GstRtcEncoderTraits;

/* All zero for an element without a row. */
void gst_rtc_encoder_get_traits (GstElement *encoder, GstRtcEncoderTraits *out);

/* Opus: how many of 100 packets get lost, for which in-band FEC then provides; whether there is
 * in-band FEC at all; whether silence is left out (RFC 7587 3.1.3, 3.3). Others: nothing. */
void gst_rtc_encoder_set_loss (GstElement *encoder, guint percent);
void gst_rtc_encoder_set_fec (GstElement *encoder, gboolean enabled);
void gst_rtc_encoder_set_dtx (GstElement *encoder, gboolean enabled);

G_END_DECLS
