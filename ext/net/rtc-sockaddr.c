/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/net/rtc-sockaddr.h"

#include <string.h>
#include <time.h>

/* How old a datagram may be; beyond that somebody has set the clock. */
#define MAX_AGE GST_SECOND

gboolean
rtc_address_from_sockaddr (const struct sockaddr *sockaddr, RtcAddress *out)
{
  const struct sockaddr_in *in = (const struct sockaddr_in *) (const void *) sockaddr;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) (const void *) sockaddr;

  if (sockaddr->sa_family == AF_INET)
    *out = rtc_address_make ((const guint8 *) &in->sin_addr, 4, ntohs (in->sin_port));
  else if (sockaddr->sa_family == AF_INET6)
    *out = rtc_address_make ((const guint8 *) &in6->sin6_addr, 16, ntohs (in6->sin6_port));
  else
    return FALSE;
  return TRUE;
}

static socklen_t
to_sockaddr_in (const RtcAddress *address, struct sockaddr_storage *out)
{
  struct sockaddr_in *in = (struct sockaddr_in *) out;

  if (address->family != RTC_ADDRESS_IPV4)
    return 0;
  *in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons (address->port) };
  memcpy (&in->sin_addr, address->bytes, 4);
  return sizeof *in;
}

/* IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). */
static socklen_t
to_sockaddr_in6 (const RtcAddress *address, struct sockaddr_storage *out)
{
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) out;
  guint8 *bytes = in6->sin6_addr.s6_addr;

  if (address->family == RTC_ADDRESS_NONE)
    return 0;
  *in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons (address->port) };
  if (address->family == RTC_ADDRESS_IPV6) {
    memcpy (bytes, address->bytes, 16);
  } else {
    bytes[10] = bytes[11] = 0xff;
    memcpy (bytes + 12, address->bytes, 4);
  }
  return sizeof *in6;
}

socklen_t
rtc_address_to_sockaddr (const RtcAddress *address, gboolean is_ipv6, struct sockaddr_storage *out)
{
  return is_ipv6 ? to_sockaddr_in6 (address, out) : to_sockaddr_in (address, out);
}

void
rtc_arrival_clock_read (RtcArrivalClock *self)
{
  struct timespec monotonic, wall;

  clock_gettime (CLOCK_MONOTONIC, &monotonic);
  clock_gettime (CLOCK_REALTIME, &wall);
  self->monotonic = GST_TIMESPEC_TO_TIME (monotonic);
  self->wall = GST_TIMESPEC_TO_TIME (wall);
}

/* The kernel's time stamps are of the wall clock. */
GstClockTime
rtc_arrival_clock_get (const RtcArrivalClock *self, struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c)) {
    struct timespec stamp;
    GstClockTime wall;

    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
      continue;
    memcpy (&stamp, CMSG_DATA (c), sizeof stamp);
    wall = GST_TIMESPEC_TO_TIME (stamp);
    if (wall <= self->wall && self->wall - wall < MIN (MAX_AGE, self->monotonic))
      return self->monotonic - (self->wall - wall);
  }
  return self->monotonic;
}
