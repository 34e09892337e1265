/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sockaddr.h - RtcAddress <-> the kernel's addresses and times of arrival. Pure, any thread. */
#pragma once

#include <gst/gst.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "gst/rtc/base/rtc-address.h"

G_BEGIN_DECLS

/* FALSE for other families than IPv4 and IPv6; out is untouched then. */
gboolean rtc_address_from_sockaddr (const struct sockaddr *sockaddr, RtcAddress *out);

/* For a socket of IPv6, or of IPv4 only. Returns the length; 0: it cannot be sent to from there. */
socklen_t rtc_address_to_sockaddr (const RtcAddress *address, gboolean is_ipv6,
    struct sockaddr_storage *out);

/* The two clocks at one moment. */
typedef struct {
  GstClockTime monotonic, wall;
} RtcArrivalClock;

void rtc_arrival_clock_read (RtcArrivalClock *self);

/* When the kernel had a message of a socket with SO_TIMESTAMPNS, CLOCK_MONOTONIC; the clock's
 * moment when it does not say or cannot be right. */
GstClockTime rtc_arrival_clock_get (const RtcArrivalClock *self, struct msghdr *message);

G_END_DECLS
