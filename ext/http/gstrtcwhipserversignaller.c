/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/gstrtcwhipserversignaller.h"

struct _GstRtcWhipServerSignaller {
  GstRtcHttpServerSignaller parent;
};

G_DEFINE_TYPE (
    GstRtcWhipServerSignaller, gst_rtc_whip_server_signaller, GST_TYPE_RTC_HTTP_SERVER_SIGNALLER)

static void
gst_rtc_whip_server_signaller_class_init (GstRtcWhipServerSignallerClass *klass)
{
  GST_RTC_HTTP_SERVER_SIGNALLER_CLASS (klass)->protocol = RTC_WISH_WHIP;
}

static void
gst_rtc_whip_server_signaller_init (GstRtcWhipServerSignaller *self)
{
}

GstRtcSignaller *
gst_rtc_whip_server_signaller_new (void)
{
  return g_object_new (GST_TYPE_RTC_WHIP_SERVER_SIGNALLER, NULL);
}
