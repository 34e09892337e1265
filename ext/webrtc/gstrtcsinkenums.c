/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcsinkenums.h"

#include "gst/rtc/cc/rtc-encode-plan.h"

GType
gst_rtc_congestion_control_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_RTC_CONGESTION_CONTROL_DISABLED, "Encoders stay at start-bitrate", "disabled" },
    { GST_RTC_CONGESTION_CONTROL_HOMEGROWN, "By losses and what viewers ask for (REMB)",
        "homegrown" },
    { GST_RTC_CONGESTION_CONTROL_GCC, "By delays and losses (transport-wide feedback)", "gcc" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstRtcCongestionControl", values));
  return type;
}

const gchar *
gst_rtc_congestion_control_get_controller (GstRtcCongestionControl value)
{
  switch (value) {
    case GST_RTC_CONGESTION_CONTROL_DISABLED:
      return "fixed";
    case GST_RTC_CONGESTION_CONTROL_HOMEGROWN:
      return "remb";
    case GST_RTC_CONGESTION_CONTROL_GCC:
    default:
      return "gcc";
  }
}

GType
gst_rtc_join_mode_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_RTC_JOIN_MODE_KEY_FRAME, "A key frame is asked for, one for all who join meanwhile",
        "key-frame" },
    { GST_RTC_JOIN_MODE_GOP_REPLAY, "The last key frame and all that followed, until up to date",
        "gop-replay" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstRtcJoinMode", values));
  return type;
}

GType
gst_rtc_mitigation_mode_get_type (void)
{
  static const GFlagsValue values[] = {
    { RTC_MITIGATION_NONE, "No mitigation", "none" },
    { RTC_MITIGATION_DOWNSCALED, "Smaller pictures", "downscaled" },
    { RTC_MITIGATION_DOWNSAMPLED, "Fewer pictures", "downsampled" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_flags_register_static ("GstRtcMitigationMode", values));
  return type;
}
