/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* plugin.c - the plugin "rtc": what gst-inspect-1.0 rtc lists. */
#include <gst/gst.h>

#include "config.h"
#include "ext/webrtc/gstrtcwebrtcrecorder.h"
#include "ext/webrtc/gstrtcwebrtcsink.h"
#include "ext/webrtc/gstrtcwebrtcsrc.h"
#include "ext/webrtc/gstrtcwhipclientsink.h"
#include "gst/media/gstrtcjitterbuffer.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  /* So that applications, also those in other languages, can make them by name. */
  g_type_ensure (GST_TYPE_RTC_JITTER_BUFFER);
  g_type_ensure (GST_TYPE_RTC_SYNC_GROUP);
#ifdef HAVE_RTC_HTTP
  if (!GST_ELEMENT_REGISTER (whipclientsink, plugin))
    return FALSE;
#endif
  return GST_ELEMENT_REGISTER (webrtcrecorder, plugin) && GST_ELEMENT_REGISTER (webrtcsink, plugin)
         && GST_ELEMENT_REGISTER (webrtcsrc, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, rtc, "WebRTC for live media", plugin_init,
    PACKAGE_VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
