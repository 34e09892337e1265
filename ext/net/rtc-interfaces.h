/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-interfaces.h - this host's addresses that are fit for host candidates, as ICE backends share
 * them.
 *
 * Asks the kernel, does not wait. Thread: any. */
#pragma once

#include "gst/rtc/base/rtc-address.h"

G_BEGIN_DECLS

/* RTC_INTERFACES_MAX_ADDRESSES: more are left out. */
#define RTC_INTERFACES_MAX_ADDRESSES 16

/* The addresses, with port 0, of interfaces that are up and not loopback, IPv6 link-local ones
 * excepted; loopback too when with_loopback, or when there is nothing else. *has_loopback tells
 * whether any is. RtcAddress (transfer full). */
GArray *rtc_interfaces_list (gboolean with_loopback, gboolean *has_loopback);

G_END_DECLS
