/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsinkenums.h - types of the sinks' properties, with the values and nicks of
 * gst-plugins-rs' and type names of our own, since both may be loaded.
 * Thread: any. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  GST_RTC_CONGESTION_CONTROL_DISABLED = 0,  /* encoders stay at start-bitrate */
  GST_RTC_CONGESTION_CONTROL_HOMEGROWN = 1, /* losses, and what the viewer asks for (REMB) */
  GST_RTC_CONGESTION_CONTROL_GCC = 2,       /* delays, too, by transport-wide feedback */
} GstRtcCongestionControl;

#define GST_TYPE_RTC_CONGESTION_CONTROL (gst_rtc_congestion_control_get_type ())
GType gst_rtc_congestion_control_get_type (void);

/* The controller (rtc-cc.h) behind it. Static. */
const gchar *gst_rtc_congestion_control_get_controller (GstRtcCongestionControl value);

typedef enum {
  GST_RTC_JOIN_MODE_KEY_FRAME = 0,  /* one key frame is asked for, for all who join meanwhile */
  GST_RTC_JOIN_MODE_GOP_REPLAY = 1, /* the last key frame and what followed, faster than it was */
} GstRtcJoinMode;

#define GST_TYPE_RTC_JOIN_MODE (gst_rtc_join_mode_get_type ())
GType gst_rtc_join_mode_get_type (void);

/* The flags of RtcMitigation: none, downscaled, downsampled. */
#define GST_TYPE_RTC_MITIGATION_MODE (gst_rtc_mitigation_mode_get_type ())
GType gst_rtc_mitigation_mode_get_type (void);

G_END_DECLS
