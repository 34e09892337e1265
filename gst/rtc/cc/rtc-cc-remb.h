/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-remb.h - the controller for peers without transport-cc: loss, and the peer's own estimate.
 *
 * Once a second the loss in the report blocks moves the rate by the law of draft-ietf-rmcat-gcc-02
 * 6: over 10 % lost, less by four fifths of the loss; under 2 %, 8 % more; and where the peer sends
 * REMB, up to half more a second until there: the receiver has seen the delay and we have not. REMB
 * is the cap in any case. Without REMB there is no delay signal: a link that queues is filled until
 * it loses. When reports stop, down to the minimum. No probes. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

RtcCc *rtc_cc_remb_new (const RtcCcConfig *config);

/* Begins anew at bps, within the bounds; a REMB holds on. */
void rtc_cc_remb_restart (RtcCc *self, GstClockTime now, guint64 bps);

G_END_DECLS
