/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcencoderlayers.h - two temporal layers of one encoding: every other picture can be left out.
 *
 * W3C webrtc-svc's L1T2: the base layer builds on itself only, and nothing builds on the upper one,
 * each picture of which therefore is a switching point (RFC 7741 4.2: Y). Thread: any, one at a
 * time. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_ENCODER_LAYERS: at most. */
#define GST_RTC_ENCODER_LAYERS 2

/* GST_RTC_ENCODER_BASE_SHARE: of the rate, what the base layer takes: its pictures are further
 * apart, and larger. */
#define GST_RTC_ENCODER_BASE_SHARE 0.6

/* Before it runs. FALSE: it has no layers that the payload tells of, and stays as it was. */
gboolean gst_rtc_encoder_set_layers (GstElement *encoder);

/* Divides the rate among the layers, if it has any. */
void gst_rtc_encoder_divide_bitrate (GstElement *encoder, guint rate_bps);

G_END_DECLS
