/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwhipserversignaller.h - the default signaller of webrtcsrc and webrtcrecorder: callers
 * come, by WHIP (RFC 9725).
 *
 * All of it is gstrtchttpserversignaller.h's; the endpoint is <address>/whip or
 * <address>/whip/NAME. "page-url" is the publisher page: <address>/publish, with ?stream=NAME for
 * a named stream; for the default one <address>/ when nobody shows streams to viewers there. */
#pragma once

#include "ext/http/gstrtchttpserversignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WHIP_SERVER_SIGNALLER (gst_rtc_whip_server_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWhipServerSignaller, gst_rtc_whip_server_signaller, GST,
    RTC_WHIP_SERVER_SIGNALLER, GstRtcHttpServerSignaller)

/* (transfer full) */
GstRtcSignaller *gst_rtc_whip_server_signaller_new (void);

G_END_DECLS
