/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpsocket.h"

#include <string.h>

typedef struct {
  RtcAddress address;
  guint bits;
} Prefix;

/* -- Policy ------------------------------------------------------------------ */

static gboolean
read_prefix (const gchar *text, Prefix *out)
{
  gchar **parts = g_strsplit (text, "/", 2);
  gboolean ok = parts[0] != NULL && rtc_address_parse (g_strstrip (parts[0]), 0, &out->address);
  guint max = ok && out->address.family == RTC_ADDRESS_IPV4 ? 32 : 128;
  guint64 bits = max;

  if (ok && parts[1] != NULL)
    ok = g_ascii_string_to_unsigned (g_strstrip (parts[1]), 10, 0, max, &bits, NULL);
  out->bits = (guint) bits;
  g_strfreev (parts);
  return ok;
}

static gboolean
prefix_has (const Prefix *self, const RtcAddress *address)
{
  guint whole = self->bits / 8, rest = self->bits % 8;

  return address->family == self->address.family
         && memcmp (address->bytes, self->address.bytes, whole) == 0
         && (rest == 0 || (address->bytes[whole] ^ self->address.bytes[whole]) >> (8 - rest) == 0);
}

/* *has: address is in the list. FALSE: it is no list. */
static gboolean
find_in_list (const gchar *list, const RtcAddress *address, gboolean *has)
{
  gchar **entries = g_strsplit (list, ",", -1);
  gboolean ok = TRUE;
  Prefix prefix;

  *has = FALSE;
  for (guint i = 0; entries[i] != NULL && ok; i++) {
    if (g_strstrip (entries[i])[0] == '\0')
      continue;
    ok = read_prefix (entries[i], &prefix);
    *has |= ok && address != NULL && prefix_has (&prefix, address);
  }
  g_strfreev (entries);
  return ok;
}

gboolean
gst_rtc_sdp_policy_is_valid (const gchar *allowed)
{
  gboolean has;

  return find_in_list (allowed, NULL, &has);
}

gboolean
gst_rtc_sdp_policy_allows (const gchar *allowed, const RtcAddress *where, GError **error)
{
  static const gchar denied[] = "224.0.0.0/24, ff00::/16, ff01::/16, ff02::/112, "
                                "ff10::/16, ff11::/16";
  gchar text[RTC_ADDRESS_TEXT_BYTES];
  gboolean is_denied, is_allowed = TRUE;

  if (!rtc_address_is_multicast (where))
    return TRUE;
  find_in_list (denied, where, &is_denied);
  if (allowed != NULL && !find_in_list (allowed, where, &is_allowed))
    is_allowed = FALSE;
  if (is_allowed && !is_denied)
    return TRUE;
  rtc_error (error, RTC_ERR_UNSUPPORTED, "The group %s must not be joined: %s",
      rtc_address_to_text (where, text),
      is_denied ? "hosts and routers use it" : "it is not in allowed-groups");
  return FALSE;
}

/* -- Sockets ----------------------------------------------------------------- */

static GSocketAddress *
to_socket_address (const RtcAddress *address, gboolean is_any)
{
  GSocketFamily family =
      address->family == RTC_ADDRESS_IPV6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4;
  GInetAddress *inet = is_any ? g_inet_address_new_any (family)
                              : g_inet_address_new_from_bytes (address->bytes, family);
  GSocketAddress *out = g_inet_socket_address_new (inet, address->port);

  g_object_unref (inet);
  return out;
}

static gboolean
bind_to (GSocket *socket, const RtcAddress *where, gboolean is_any, GError **error)
{
  GSocketAddress *address = to_socket_address (where, is_any);
  /* Several may listen to a group; a port of one's own is one's own. */
  gboolean ok = g_socket_bind (socket, address, rtc_address_is_multicast (where), error);

  g_object_unref (address);
  return ok;
}

static gboolean
join (GSocket *socket, const RtcAddress *where, const GstRtcSdpSocketConfig *config, GError **error)
{
  GSocketFamily family = g_socket_get_family (socket);
  GInetAddress *group = g_inet_address_new_from_bytes (where->bytes, family);
  guint n = config->sources != NULL ? config->sources->len : 0;
  gboolean ok = TRUE;

  for (guint i = 0; i < n && ok; i++) {
    const RtcAddress *source = &g_array_index (config->sources, RtcAddress, i);
    GInetAddress *inet;

    if (source->family != where->family)
      continue;
    inet = g_inet_address_new_from_bytes (source->bytes, family);
    ok = g_socket_join_multicast_group_ssm (socket, group, inet, config->interface, error);
    g_object_unref (inet);
  }
  if (n == 0)
    ok = g_socket_join_multicast_group (socket, group, FALSE, config->interface, error);
  g_socket_set_multicast_ttl (socket, MAX (config->ttl, 1));
  g_object_unref (group);
  return ok;
}

GSocket *
gst_rtc_sdp_socket_open (
    const RtcAddress *where, const GstRtcSdpSocketConfig *config, GError **error)
{
  gboolean is_group = rtc_address_is_multicast (where), ok;
  GError *why = NULL;
  GSocket *socket;

  if (!gst_rtc_sdp_policy_allows (config->allowed, where, error))
    return NULL;
  socket =
      g_socket_new (where->family == RTC_ADDRESS_IPV6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4,
          G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (socket == NULL)
    return NULL;
  ok = bind_to (socket, where, FALSE, &why);
  if (!ok && !is_group && !g_error_matches (why, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
    /* The address of a router in front of us, or of whoever wrote the file. */
    g_clear_error (&why);
    ok = bind_to (socket, where, TRUE, &why);
  }
  if (ok && is_group)
    ok = join (socket, where, config, &why);
  if (ok)
    return socket;
  g_propagate_error (error, why);
  g_object_unref (socket);
  return NULL;
}
