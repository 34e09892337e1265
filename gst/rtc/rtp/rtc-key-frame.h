/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-key-frame.h - does an RTP payload begin a key frame: H264, H265, VP8, VP9, AV1.
 *
 * Looks at payload headers only (RFC 6184, 7798, 7741, 9628, AV1 RTP v1.0), so an answer costs no
 * more than a few bytes read; a decoder may still disagree. Pure, re-entrant. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RTC_KEY_FRAME_FORMAT_NONE, /* audio and unknown formats: each packet stands for itself */
  RTC_KEY_FRAME_FORMAT_H264,
  RTC_KEY_FRAME_FORMAT_H265,
  RTC_KEY_FRAME_FORMAT_VP8,
  RTC_KEY_FRAME_FORMAT_VP9,
  RTC_KEY_FRAME_FORMAT_AV1,
} RtcKeyFrameFormat;

/* From an SDP encoding name ("H264", "vp8"; any case); NONE for others. */
RtcKeyFrameFormat rtc_key_frame_format_from_name (const gchar *encoding_name);

/* TRUE when the payload (after the RTP header, without padding) is the first packet of a picture
 * from which a decoder can begin: for H264 and H265 its parameter sets, if they lead, or the IDR
 * slice itself, so one key frame may answer TRUE for several packets; FALSE for malformed payloads
 * and TRUE always for FORMAT_NONE. */
gboolean rtc_key_frame_is_start (RtcKeyFrameFormat format, const guint8 *payload, gsize len);

G_END_DECLS
