/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* plugin.c - the plugin "srtp", in place of that of gst-plugins-bad. */
#include <gst/gst.h>

#include "config.h"
#include "ext/srtp/gstrtcsrtp.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  /* Upstream's dtlssrtpenc looks them up by name, and expects their classes to be there. */
  g_type_class_ref (GST_TYPE_RTC_SRTP_CIPHER);
  g_type_class_ref (GST_TYPE_RTC_SRTP_AUTH);
  return GST_ELEMENT_REGISTER (srtpenc, plugin) && GST_ELEMENT_REGISTER (srtpdec, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, srtp, "GStreamer SRTP", plugin_init,
    PACKAGE_VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
