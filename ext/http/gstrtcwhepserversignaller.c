/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/gstrtcwhepserversignaller.h"

struct _GstRtcWhepServerSignaller {
  GstRtcHttpServerSignaller parent;
};

G_DEFINE_TYPE (
    GstRtcWhepServerSignaller, gst_rtc_whep_server_signaller, GST_TYPE_RTC_HTTP_SERVER_SIGNALLER)

static void
gst_rtc_whep_server_signaller_class_init (GstRtcWhepServerSignallerClass *klass)
{
  GST_RTC_HTTP_SERVER_SIGNALLER_CLASS (klass)->protocol = RTC_WISH_WHEP;
}

static void
gst_rtc_whep_server_signaller_init (GstRtcWhepServerSignaller *self)
{
}

GstRtcSignaller *
gst_rtc_whep_server_signaller_new (void)
{
  return g_object_new (GST_TYPE_RTC_WHEP_SERVER_SIGNALLER, NULL);
}
