/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/net/rtc-interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>

#include "ext/net/rtc-sockaddr.h"

/* RFC 8445 5.1.1.1: link-local IPv6 (fe80::/10) is of use only against such candidates of the peer,
 * which WebRTC does not signal. */
static gboolean
is_link_local6 (const RtcAddress *address)
{
  return address->family == RTC_ADDRESS_IPV6 && address->bytes[0] == 0xfe
         && (address->bytes[1] & 0xc0) == 0x80;
}

static gboolean
accept_entry (const struct ifaddrs *entry, gboolean loopback, RtcAddress *out)
{
  gboolean is_loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;

  if (entry->ifa_addr == NULL || (entry->ifa_flags & IFF_UP) == 0 || is_loopback != loopback
      || !rtc_address_from_sockaddr (entry->ifa_addr, out) || is_link_local6 (out))
    return FALSE;
  out->port = 0;
  return TRUE;
}

static void
add_entries (GArray *addresses, const struct ifaddrs *entries, gboolean loopback)
{
  RtcAddress address;

  for (const struct ifaddrs *e = entries; e != NULL; e = e->ifa_next)
    if (addresses->len < RTC_INTERFACES_MAX_ADDRESSES && accept_entry (e, loopback, &address))
      g_array_append_val (addresses, address);
}

GArray *
rtc_interfaces_list (gboolean with_loopback, gboolean *has_loopback)
{
  GArray *addresses = g_array_new (FALSE, FALSE, sizeof (RtcAddress));
  struct ifaddrs *entries = NULL;

  *has_loopback = FALSE;
  if (getifaddrs (&entries) != 0)
    return addresses;
  add_entries (addresses, entries, FALSE);
  if (with_loopback || addresses->len == 0) {
    guint before = addresses->len;

    add_entries (addresses, entries, TRUE);
    *has_loopback = addresses->len > before;
  }
  freeifaddrs (entries);
  return addresses;
}
