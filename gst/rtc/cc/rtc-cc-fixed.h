/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-fixed.h - the controller that controls nothing: the start rate, whatever happens.
 *
 * For paths that are known (a cable, a reserved rate), for measuring, and where congestion-control
 * is disabled. No probes, no deadlines, no pacing beyond 2.5 times the rate; loss and RTT are
 * passed through from the report blocks or the feedback. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

RtcCc *rtc_cc_fixed_new (const RtcCcConfig *config);

G_END_DECLS
