/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcpayloader.h - from a codec of the core's table to the stock elements that packetise it.
 *
 * One table row per codec: media type, parser, payloader, settings. Packets are made once for all
 * viewers, so header extensions are left to each viewer's view, and SSRC and payload type have no
 * meaning outside. A codec whose payloader is not installed is not offered (GStreamer 1.22 as in
 * Debian 12 has none for AV1).
 * Thread: any. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* GST_RTC_PAYLOADER_PT: the payload type inside; each viewer's view has its negotiated one. */
#define GST_RTC_PAYLOADER_PT 96

/* The codec of encoded media by its caps' first structure, RTP by its encoding name and clock rate;
 * UNKNOWN for raw media, anything that we do not packetise, and NULL. */
RtcCodecId gst_rtc_payloader_find_codec (const GstCaps *caps);

/* Whether media of these caps (nullable) is in packets already. */
gboolean gst_rtc_payloader_is_rtp (const GstCaps *caps);

/* Whether what was made for media of caps a can go on with b: both raw, or of one codec, in packets
 * or not. */
gboolean gst_rtc_payloader_is_same_input (const GstCaps *a, const GstCaps *b);

/* Every codec of kind that has a row, in the order of the table, ended by UNKNOWN. */
const RtcCodecId *gst_rtc_payloader_list_codecs (RtcMediaKind kind);

/* Encoded media of codec as a pad template names it. (transfer full) */
GstCaps *gst_rtc_payloader_get_media_caps (RtcCodecId codec);

/* The same as RTP. (transfer full) */
GstCaps *gst_rtc_payloader_get_rtp_caps (RtcCodecId codec);

/* Whether the payloader is installed. */
gboolean gst_rtc_payloader_is_available (RtcCodecId codec);

/* The tuned payloader in state NULL, floating. NULL with RTC_ERR_UNSUPPORTED when the codec has no
 * row or its element is not installed; the message names it. */
GstElement *gst_rtc_payloader_make (RtcCodecId codec, GError **error);

/* The parser to put before the payloader for media that comes encoded, floating; *parsed
 * (transfer full) gets the caps to ask of it. NULL without error when the codec needs none or
 * the parser is not installed: *parsed then is what the payloader takes. */
GstElement *gst_rtc_payloader_make_parser (RtcCodecId codec, GstCaps **parsed);

/* Lets parser, which is in front of payloader, repeat parameter sets: once before a key frame's
 * first slice. rtph264pay and rtph265pay do it before each slice, so in the middle of pictures of
 * several, which receivers' parsers take for the beginning of another picture. */
void gst_rtc_payloader_leave_parameter_sets_to (GstElement *payloader, GstElement *parser);

G_END_DECLS
