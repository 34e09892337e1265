/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcframesdepay.h - the stock depayloader of a codec between two pads of ours.
 *
 * No queue, no thread: what goes in comes out before run() returns. The depayloader sees one stream
 * without gaps, whatever SSRCs, sequence numbers and time stamps the packets had, so that it never
 * has a reason to reset. H264 and H265 come out as byte-stream with start codes. One thread at a
 * time. */
#pragma once

#include <gst/gst.h>

#include "gst/record/gstrtcframes.h"

G_BEGIN_DECLS

typedef struct _GstRtcFramesDepay GstRtcFramesDepay;

/* VP8, VP9, H264 or H265. NULL with RTC_ERR_UNSUPPORTED when its depayloader is not installed,
 * with RTC_ERR_BACKEND when it cannot be started: this codec cannot be recorded. */
GstRtcFramesDepay *gst_rtc_frames_depay_new (RtcCodecId codec, GError **error);
void gst_rtc_frames_depay_free (GstRtcFramesDepay *self); /* (nullable) */

/* The frame that packets make (GstRtcFramesPacket, in order, none missing), as one writable buffer
 * (transfer full); NULL when the depayloader had nothing to give. Takes the packets: their headers
 * are written and the array is empty afterwards. */
GstBuffer *gst_rtc_frames_depay_run (GstRtcFramesDepay *self, GPtrArray *packets);

G_END_DECLS
