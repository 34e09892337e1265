/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-fallback.h - "gcc" for a peer that agreed to transport-cc, and "remb" while it does not
 * send any.
 *
 * A controller that hears nothing of what it sends falls to its minimum, rightly: nothing may be
 * arriving. But a peer whose report blocks say that packets arrive, while its feedback says
 * nothing, is one that does not speak of them, or through a middle box that drops what it does not
 * know. When RTC_CC_FALLBACK_AFTER has passed since the last TWCC message (or the first packet),
 * and in it RTC_CC_FALLBACK_REPORTS reports came by which something arrived (one, if there was
 * never a message), the rate is remb's, which begins with what gcc had when it last heard
 * something. It is gcc's again when RTC_CC_FALLBACK_MESSAGES messages have come within
 * RTC_CC_FALLBACK_SPAN. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

/* RTC_CC_FALLBACK_AFTER: messages are 50 to 250 ms apart; gcc's own patience is 1.5 s, too. */
#define RTC_CC_FALLBACK_AFTER (1500 * GST_MSECOND)
#define RTC_CC_FALLBACK_REPORTS 2
#define RTC_CC_FALLBACK_MESSAGES 3
#define RTC_CC_FALLBACK_SPAN (1 * GST_SECOND)

RtcCc *rtc_cc_fallback_new (const RtcCcConfig *config);

G_END_DECLS
