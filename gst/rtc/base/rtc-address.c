/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-address.h"

#include <arpa/inet.h>
#include <string.h>

/* RFC 4291 2.5.5.2 */
static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

RtcAddress
rtc_address_make (const guint8 *bytes, guint n_bytes, guint16 port)
{
  RtcAddress a = { .port = port };

  if (n_bytes == 16 && memcmp (bytes, mapped_prefix, sizeof mapped_prefix) == 0) {
    bytes += sizeof mapped_prefix;
    n_bytes = 4;
  }
  a.family = n_bytes == 4 ? RTC_ADDRESS_IPV4 : RTC_ADDRESS_IPV6;
  memcpy (a.bytes, bytes, n_bytes == 4 ? 4 : 16);
  return a;
}

gboolean
rtc_address_parse (const gchar *literal, guint16 port, RtcAddress *out)
{
  guint8 bytes[16];

  if (inet_pton (AF_INET, literal, bytes) == 1)
    *out = rtc_address_make (bytes, 4, port);
  else if (inet_pton (AF_INET6, literal, bytes) == 1)
    *out = rtc_address_make (bytes, 16, port);
  else
    return FALSE;
  return TRUE;
}

void
rtc_address_to_literal (const RtcAddress *self, gchar *out, gsize size)
{
  int family = self->family == RTC_ADDRESS_IPV4 ? AF_INET : AF_INET6;

  g_return_if_fail (size > 0);
  out[0] = '\0';
  if (self->family != RTC_ADDRESS_NONE)
    inet_ntop (family, self->bytes, out, (socklen_t) size);
}

const gchar *
rtc_address_to_text (const RtcAddress *self, gchar *out)
{
  gchar literal[INET6_ADDRSTRLEN];

  rtc_address_to_literal (self, literal, sizeof literal);
  if (self->family == RTC_ADDRESS_NONE)
    g_strlcpy (out, "none", RTC_ADDRESS_TEXT_BYTES);
  else
    g_snprintf (out, RTC_ADDRESS_TEXT_BYTES, self->family == RTC_ADDRESS_IPV4 ? "%s:%u" : "[%s]:%u",
        literal, self->port);
  return out;
}

gboolean
rtc_address_equal (const RtcAddress *a, const RtcAddress *b)
{
  return a->family == b->family && a->port == b->port
         && memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

guint
rtc_address_hash (const RtcAddress *self)
{
  /* FNV-1a */
  guint hash = 2166136261u;

  for (guint i = 0; i < sizeof self->bytes; i++)
    hash = (hash ^ self->bytes[i]) * 16777619u;
  hash = (hash ^ (self->port & 0xffu)) * 16777619u;
  return (hash ^ (guint) (self->port >> 8)) * 16777619u;
}
