/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdatacaps.h - caps of pads whose buffers are messages of a data channel.
 *
 * The media type says what a message is: text for text/x-raw (format=utf8) and application/x-json,
 * else bytes (application/octet-stream; meta/x-klv, parsed=true). Fields say what the channel is:
 *
 *   label (string), protocol (string), ordered (boolean), max-retransmits (int),
 *   max-packet-lifetime (int, ms)
 *
 * with the meaning and ranges of RTCDataChannelInit. Media types that a browser does not tell apart
 * go by the protocol: it is "meta/x-klv" or "application/x-json" unless caps say another one, and a
 * channel of that protocol has that media type where it comes out. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_DATA_CAPS_MAX_TEXT: bytes of a label or protocol in caps that were made of a peer's; what
 * is longer is cut. */
#define GST_RTC_DATA_CAPS_MAX_TEXT 256

/* Every media type, for pad templates. (transfer full) */
GstCaps *gst_rtc_data_caps_new_any (void);

/* What a channel for buffers of caps (nullable) is: the options of create-data-channel and "label",
 * each as caps say, else as defaults do. *is_text (nullable) is set when caps are there. NULL with
 * *error (RTC_ERROR): RTC_ERR_UNSUPPORTED: another media type, or values that are out of range or
 * exclude each other. (transfer full) */
GstStructure *gst_rtc_data_caps_read (const GstCaps *caps, const GstStructure *defaults,
    gboolean *is_text, GError **error);

/* Caps for messages of one kind that come on channel, an object with the properties of
 * GstWebRTCDataChannel. (transfer full) */
GstCaps *gst_rtc_data_caps_new_for_channel (GObject *channel, gboolean is_text);

G_END_DECLS
