/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-policy.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_NAME_BYTES 64

/* Splits "name", "name:port", "[v6]" or "[v6]:port" and returns the name in lower case without
 * brackets and final dot; NULL when it is none of these. *port (nullable) is "" when absent. */
static gchar *
split_authority (const gchar *authority, const gchar **port)
{
  const gchar *end, *colon;
  gchar *name;

  if (authority[0] == '[') {
    end = strchr (authority, ']');
    if (!end || (end[1] != '\0' && end[1] != ':'))
      return NULL;
    name = g_ascii_strdown (authority + 1, end - authority - 1);
    colon = end[1] == ':' ? end + 1 : NULL;
  } else {
    colon = strchr (authority, ':');
    end = colon ? colon : authority + strlen (authority);
    name = g_ascii_strdown (authority, end - authority);
    if (g_str_has_suffix (name, "."))
      name[strlen (name) - 1] = '\0';
  }
  if (name[0] == '\0' || (colon && strspn (colon + 1, "0123456789") != strlen (colon + 1))) {
    g_free (name);
    return NULL;
  }
  if (port)
    *port = colon ? colon + 1 : "";
  return name;
}

static gboolean
is_literal (const gchar *name)
{
  GInetAddress *address = g_inet_address_new_from_string (name);
  gboolean result = address != NULL;

  g_clear_object (&address);
  return result;
}

gboolean
rtc_http_policy_check_host (const gchar *host, const gchar *own_host, const gchar *const *allowed)
{
  gchar *name = split_authority (host, NULL);
  gboolean ok;

  if (!name)
    return FALSE;
  /* RFC 6761 6.3: "localhost." and names below it are the loopback address. */
  ok = strcmp (name, "localhost") == 0 || g_str_has_suffix (name, ".localhost") || is_literal (name)
       || (own_host && g_ascii_strcasecmp (name, own_host) == 0);
  for (guint i = 0; !ok && allowed && allowed[i]; i++)
    ok = g_ascii_strcasecmp (name, allowed[i]) == 0;
  g_free (name);
  return ok;
}

/* Whether origin is scheme://host, default ports aside. */
static gboolean
is_same_origin (const gchar *origin, const gchar *scheme, const gchar *host)
{
  const gchar *default_port = strcmp (scheme, "https") == 0 ? "443" : "80";
  const gchar *port_a = "", *port_b = "";
  gchar *a, *b;
  gsize len = strlen (scheme);
  gboolean same;

  if (g_ascii_strncasecmp (origin, scheme, len) != 0 || strncmp (origin + len, "://", 3) != 0)
    return FALSE;
  a = split_authority (origin + len + 3, &port_a);
  b = split_authority (host, &port_b);
  same = a && b && strcmp (a, b) == 0
         && strcmp (*port_a ? port_a : default_port, *port_b ? port_b : default_port) == 0;
  g_free (a);
  g_free (b);
  return same;
}

RtcHttpOrigin
rtc_http_policy_check_origin (const gchar *origin, const gchar *scheme, const gchar *host,
    const gchar *const *allowed, gboolean credentials)
{
  gboolean any = FALSE;

  if (!origin)
    return RTC_HTTP_ORIGIN_NONE;
  if (is_same_origin (origin, scheme, host))
    return RTC_HTTP_ORIGIN_SAME;
  for (guint i = 0; allowed && allowed[i]; i++) {
    if (strcmp (allowed[i], "*") == 0)
      any = TRUE;
    else if (g_ascii_strcasecmp (allowed[i], origin) == 0)
      return RTC_HTTP_ORIGIN_ALLOWED;
  }
  return any && !credentials ? RTC_HTTP_ORIGIN_ANY : RTC_HTTP_ORIGIN_REFUSED;
}

gboolean
rtc_http_policy_check_bearer (const gchar *authorization, const gchar *token)
{
  GChecksum *sum;
  guint8 a[32], b[32];
  gsize len_a = sizeof (a), len_b = sizeof (b);
  guint difference = 0;

  /* RFC 9110 11.1: the scheme is case-insensitive, RFC 6750 2.1: "Bearer" 1*SP b64token. */
  if (!authorization || g_ascii_strncasecmp (authorization, "Bearer ", 7) != 0)
    return FALSE;
  authorization += 7;
  while (*authorization == ' ')
    authorization++;

  /* Digests are of one length whatever was sent, and tell nothing about where the texts differ. */
  sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *) authorization, -1);
  g_checksum_get_digest (sum, a, &len_a);
  g_checksum_reset (sum);
  g_checksum_update (sum, (const guchar *) token, -1);
  g_checksum_get_digest (sum, b, &len_b);
  g_checksum_free (sum);
  for (gsize i = 0; i < sizeof (a); i++)
    difference |= a[i] ^ b[i];
  return difference == 0;
}

gchar *
rtc_http_policy_decode_path (const gchar *path)
{
  gchar *decoded, **segments;
  gboolean ok;

  if (path[0] != '/')
    return NULL;
  decoded = g_uri_unescape_string (path, "/%\\"); /* NULL for these, for NUL and for bad escapes */
  ok = decoded != NULL && g_utf8_validate (decoded, -1, NULL) && !strchr (decoded, '\\');
  for (const gchar *p = decoded; ok && *p; p++)
    ok = (guchar) *p >= 0x20 && *p != 0x7f;
  if (!ok) {
    g_free (decoded);
    return NULL;
  }
  segments = g_strsplit (decoded, "/", -1);
  for (guint i = 0; ok && segments[i]; i++)
    ok = strcmp (segments[i], ".") != 0 && strcmp (segments[i], "..") != 0;
  g_strfreev (segments);
  if (!ok)
    g_clear_pointer (&decoded, g_free);
  return decoded;
}

gboolean
rtc_http_policy_is_name (const gchar *name)
{
  gsize len = strlen (name);

  if (len == 0 || len > MAX_NAME_BYTES || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (name[i]) && !strchr ("._-", name[i]))
      return FALSE;
  return TRUE;
}

/* Whether one element of Accept, "type/subtype;q=0.5", allows media_type. */
static gboolean
range_accepts (gchar *range, const gchar *media_type)
{
  gchar **parts = g_strsplit (range, ";", -1);
  const gchar *slash = strchr (media_type, '/');
  gboolean match;
  gchar *type;

  type = g_strstrip (parts[0]);
  match = strcmp (type, "*/*") == 0 || g_ascii_strcasecmp (type, media_type) == 0
          || (g_str_has_suffix (type, "/*")
              && g_ascii_strncasecmp (type, media_type, (gsize) (slash - media_type) + 1) == 0
              && strlen (type) == (gsize) (slash - media_type) + 2);
  for (guint i = 1; match && parts[i]; i++) {
    const gchar *parameter = g_strstrip (parts[i]);

    if (g_ascii_strncasecmp (parameter, "q=", 2) == 0
        && g_ascii_strtod (parameter + 2, NULL) <= 0.0)
      match = FALSE;
  }
  g_strfreev (parts);
  return match;
}

gboolean
rtc_http_policy_accepts (const gchar *accept, const gchar *media_type)
{
  gchar **ranges;
  gboolean ok = FALSE;

  if (!accept)
    return TRUE;
  ranges = g_strsplit (accept, ",", 64);
  for (guint i = 0; !ok && ranges[i]; i++)
    ok = ranges[i][0] != '\0' && range_accepts (ranges[i], media_type);
  g_strfreev (ranges);
  return ok;
}
