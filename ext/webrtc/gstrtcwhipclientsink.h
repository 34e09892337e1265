/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwhipclientsink.h - whipclientsink: streams to one WHIP server (RFC 9725).
 *
 * GstRtcBaseSink with the WHIP client as its signaller. Runs no web server. */
#pragma once

#include "ext/webrtc/gstrtcbasesink.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WHIP_CLIENT_SINK (gst_rtc_whip_client_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWhipClientSink, gst_rtc_whip_client_sink, GST, RTC_WHIP_CLIENT_SINK,
    GstRtcBaseSink)

GST_ELEMENT_REGISTER_DECLARE (whipclientsink);

G_END_DECLS
