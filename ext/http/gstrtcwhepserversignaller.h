/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwhepserversignaller.h - the default signaller of webrtcsink: viewers come, by WHEP
 * (draft-ietf-wish-whep).
 *
 * All of it is gstrtchttpserversignaller.h's; the endpoint is <address>/whep or
 * <address>/whep/NAME. "page-url" is the viewer page: <address>/, with ?stream=NAME for a named
 * stream. */
#pragma once

#include "ext/http/gstrtchttpserversignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WHEP_SERVER_SIGNALLER (gst_rtc_whep_server_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWhepServerSignaller, gst_rtc_whep_server_signaller, GST,
    RTC_WHEP_SERVER_SIGNALLER, GstRtcHttpServerSignaller)

/* (transfer full) */
GstRtcSignaller *gst_rtc_whep_server_signaller_new (void);

G_END_DECLS
