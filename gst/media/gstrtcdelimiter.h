/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdelimiter.h - leaves out the NAL unit that says where a picture begins.
 *
 * In a byte stream an access unit delimiter (H.264 7.3.2.4, H.265 7.3.2.5) marks the border between
 * two pictures; h264parse and h265parse put one before each picture that has none. RTP says it by
 * its timestamp and marker bit (RFC 6184 5.1, RFC 7798 4.1). rtph264pay makes a packet of its own
 * of it, of some 20 bytes, for each picture and each viewer, and since datagrams of one UDP_SEGMENT
 * message have one length, two messages of what would be one.
 *
 * Thread: any. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* The bytes of the delimiter that data, some first bytes of a picture of codec as a byte stream,
 * begin with, start code included; 0: none, or nothing follows it within len. */
gsize gst_rtc_delimiter_find (RtcCodecId codec, const guint8 *data, gsize len);

/* From now on payloader, floating or not, gets pictures without. Nothing happens for codecs that
 * have none. */
void gst_rtc_delimiter_leave_out (GstElement *payloader, RtcCodecId codec);

G_END_DECLS
