/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdepayloader.h - the closed list of what may be made of a peer's RTP.
 *
 * One row per codec of the core's table: stock depayloader, parser, media type, decoders. Elements
 * are made by the row of a codec id only, never by a name out of an SDP and never by plugging what
 * fits a peer's caps (docs/design/reliability.md T14, T25, A14). Codecs: VP8, VP9, H264, H265, AV1,
 * Opus, G722, PCMU, PCMA. A codec whose depayloader is not installed is not to be accepted
 * (GStreamer 1.22 as in Debian 12 has none for AV1; the recorder unpacks AV1 itself and so goes by
 * gst_rtc_recording_list_codecs()).
 * Thread: any. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* The codecs of kind whose depayloader is installed, the ones to prefer first: VP8, H264, VP9,
 * H265, AV1; OPUS, G722, PCMU, PCMA. Ended by UNKNOWN. (transfer full): g_free(). */
RtcCodecId *gst_rtc_depayloader_list_codecs (RtcMediaKind kind);

/* Whether the depayloader of codec is installed; FALSE for a codec without a row. */
gboolean gst_rtc_depayloader_is_available (RtcCodecId codec);

/* The depayloader in state NULL, floating, its extension handling off (the core has read the
 * header extensions). NULL with RTC_ERR_UNSUPPORTED when codec has no row (a codec of the SDP that
 * we do not take: refuse the m-line) or its element is not installed: the message names the element
 * and the Debian package that has it. */
GstElement *gst_rtc_depayloader_new (RtcCodecId codec, GError **error);

/* The parser to put behind the depayloader, floating; NULL when the codec needs none or it is not
 * installed. */
GstElement *gst_rtc_depayloader_make_parser (RtcCodecId codec);

/* A filter to put behind the parser, floating, so that whole access units come out where what
 * follows takes them as well as pieces: of pieces only the first has a time, and muxers then lose
 * pictures. NULL: nothing to choose. */
GstElement *gst_rtc_depayloader_make_framing (RtcCodecId codec);

/* The decoder of the highest rank installed among those of the codec's row, floating. NULL with
 * RTC_ERR_UNSUPPORTED when the codec has no row or none is installed. */
GstElement *gst_rtc_depayloader_make_decoder (RtcCodecId codec, GError **error);

/* application/x-rtp caps of a negotiated codec for a depayloader's sink pad. Each field is set by a
 * typed setter from the core's typed description; no remote text is parsed. clock-rate and payload
 * are the negotiated ones. Empty caps for a codec without a row. (transfer full) */
GstCaps *gst_rtc_depayloader_make_caps (const RtcCodec *codec);

/* What leaves the depayloader (and its parser): "video/x-vp8", "audio/x-opus", ...; empty caps for
 * a codec without a row. (transfer full) */
GstCaps *gst_rtc_depayloader_get_media_caps (RtcCodecId codec);

/* What leaves a decoder of codec: "video/x-raw" or "audio/x-raw"; NULL for one without a row. */
const gchar *gst_rtc_depayloader_get_raw_type (RtcCodecId codec);

G_END_DECLS
