/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbranch.h - everything from a tee to RTP packets, for one codec of one stream.
 *
 *   raw:      queue (leaky) ! (gate) convert ! scale ! caps ! encoder ! caps ! payloader ! packets
 *   encoded:  parser ! caps ! payloader ! packets
 *   RTP:      packets
 *
 * One branch serves all viewers that negotiated its codec. Raw frames are dropped when the encoder
 * is too slow; encoded ones never are, and nothing here blocks them. In the encoded case the
 * stream is watched for what browsers cannot play (B-frames, parameter sets that never come) and
 * one element warning says which setting of the camera or encoder to change.
 * Thread: any, unless said otherwise. */
#pragma once

#include <gst/gst.h>
#include "gst/media/gstrtcencoder.h"
#include "gst/media/gstrtcpacketsink.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_BRANCH (gst_rtc_branch_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcBranch, gst_rtc_branch, GST, RTC_BRANCH, GstBin)

typedef struct {
  RtcCodecId codec;
  gboolean is_raw;       /* what comes in: raw, or already encoded as codec */
  gboolean is_rtp;       /* and in packets */
  gboolean layers;       /* temporal ones, where the encoder can make them */
  guint start_bitrate;   /* bit/s, video encoders only; 0 leaves the encoder's default */
  GstElement *filter;    /* (nullable, floating) put before the payloader; not of RTP */
  GstRtcPacketOutput output;
} GstRtcBranchConfig;

/* Makes the branch with one pad "sink", floating. config->output's data is taken over in any case.
 *
 * NULL with RTC_ERR_UNSUPPORTED when an element is missing: the message names it or its package. */
GstElement *gst_rtc_branch_new (const gchar *name, const GstRtcBranchConfig *config,
    GError **error);

RtcCodecId gst_rtc_branch_get_codec (GstRtcBranch *self);

/* NULL for encoded input. (transfer none) */
GstElement *gst_rtc_branch_find_encoder (GstRtcBranch *self);

/* NULL for RTP. (transfer none) */
GstElement *gst_rtc_branch_find_payloader (GstRtcBranch *self);

/* Asks the encoder, ours or the one upstream, for a key frame with its parameter sets. Not from
 * streaming threads. */
void gst_rtc_branch_request_key_frame (GstRtcBranch *self);

/* --- steering; thread: any, but one at a time ------------------------------------------------ */

/* What the encoder is to make, bit/s. FALSE for encoded input and encoders without a rate. */
gboolean gst_rtc_branch_set_bitrate (GstRtcBranch *self, guint rate_bps);

/* bit/s; 0 when there is no encoder or it does not say. */
guint gst_rtc_branch_get_bitrate (GstRtcBranch *self);

typedef struct {
  guint rate_bps;      /* as gst_rtc_branch_set_bitrate(); 0: leave it */
  guint keep, of;      /* raw video: let keep of so many frames through, 1 <= keep <= of */
  guint width, height; /* raw video: scale to this, both even; 0,0: as it comes in */
} GstRtcBranchSetting;

/* All of it from the next frame on. A new size costs a key frame, the rest does not (unless the
 * encoder's traits say so). The last two mean nothing for sound and encoded input. */
void gst_rtc_branch_apply (GstRtcBranch *self, const GstRtcBranchSetting *setting);

typedef struct {
  guint width, height; /* of square pixels */
  gdouble fps;         /* 0: variable */
} GstRtcBranchFormat;

/* What comes in. FALSE for all but raw video, and before the first caps. */
gboolean gst_rtc_branch_get_format (GstRtcBranch *self, GstRtcBranchFormat *out);

/* All zero for encoded input. */
void gst_rtc_branch_get_traits (GstRtcBranch *self, GstRtcEncoderTraits *out);

void gst_rtc_branch_get_stats (GstRtcBranch *self, GstRtcPacketSinkStats *out);

/* B-frames of encoded input so far, which are passed on all the same; 0 for other input. Wraps. */
guint gst_rtc_branch_count_b_frames (GstRtcBranch *self);

G_END_DECLS
