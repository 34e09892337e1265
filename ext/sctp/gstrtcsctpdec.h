/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsctpdec.h - the element sctpdec: the packets of an SCTP association into messages. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTC_SCTP_DEC (gst_rtc_sctp_dec_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSctpDec, gst_rtc_sctp_dec, GST, RTC_SCTP_DEC, GstElement)
GST_ELEMENT_REGISTER_DECLARE (sctpdec)

G_END_DECLS
