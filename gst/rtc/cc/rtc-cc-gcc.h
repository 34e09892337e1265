/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-gcc.h - Google congestion control: the parts rtc-gcc-* behind the controller's interface.
 *
 * Per message: each packet goes to the groups and the trend line (do queues grow), the acknowledged
 * rate, the probes and the loss model; then the rate is moved once. The target is the least of what
 * delay, loss and the peer's REMB allow, within the bounds; and when messages stop although packets
 * leave, less and less, to the minimum within three seconds. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

/* For a transport with TWCC feedback. */
RtcCc *rtc_cc_gcc_new (const RtcCcConfig *config);

G_END_DECLS
