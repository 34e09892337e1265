/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fake-sctp.h - an SCTP association for simulations: rtc-sctp-iface.h, reliable and in order.
 *
 * Both ends call connect(). Messages of any size are cut into MTU-sized pieces, numbered,
 * acknowledged cumulatively and sent again after 100 ms, doubling to 1 s; at most 64 pieces are in
 * flight and 256 KiB queued (then send() says RTC_AGAIN, and WRITABLE follows). Ordered delivery
 * over all streams: max_retransmits and max_lifetime_ms are accepted and messages still delivered.
 * Stream resets travel in the same order as messages. What an end does not take (set_reading) is
 * kept. Single thread. */
#pragma once

#include "gst/rtc/iface/rtc-sctp-iface.h"

G_BEGIN_DECLS

typedef struct {
  RtcSctpFactory parent;
  RtcSctp *last; /* made last, NULL when it was freed; not owned */
} FakeSctpFactory;

void fake_sctp_factory_init (FakeSctpFactory *self);

G_END_DECLS
