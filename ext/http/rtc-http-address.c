/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-listener.h"

#include <glib/gstdio.h>
#include <string.h>
#include "gst/rtc/base/rtc-result.h"

gboolean
rtc_http_address_parse (RtcHttpAddress *self, const gchar *text, GError **error)
{
  GUri *uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const gchar *scheme = uri ? g_uri_get_scheme (uri) : NULL;
  const gchar *host = uri ? g_uri_get_host (uri) : NULL;
  const gchar *path = uri ? g_uri_get_path (uri) : "";
  gboolean tls = g_strcmp0 (scheme, "https") == 0;

  memset (self, 0, sizeof (*self));
  if (!host || (!tls && g_strcmp0 (scheme, "http") != 0) || (path[0] && strcmp (path, "/") != 0)
      || g_uri_get_query (uri) || g_uri_get_userinfo (uri)) {
    rtc_error (error, RTC_ERR_PARSE,
        "\"%s\" is no address to listen on; write http://ADDRESS:PORT/ or https://ADDRESS:PORT/",
        text);
    g_clear_pointer (&uri, g_uri_unref);
    return FALSE;
  }
  self->tls = tls;
  self->host = g_ascii_strdown (host, -1);
  self->port = (guint16) (g_uri_get_port (uri) >= 0 ? g_uri_get_port (uri) : tls ? 443 : 80);
  self->address = strcmp (self->host, "localhost") == 0
                      ? g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)
                      : g_inet_address_new_from_string (self->host);
  g_uri_unref (uri);
  if (!self->address) {
    rtc_error (error, RTC_ERR_PARSE,
        "\"%s\": names are not looked up; give an IP address to listen on (0.0.0.0 or [::] for "
        "all) and the name in allowed-hosts",
        text);
    rtc_http_address_clear (self);
    return FALSE;
  }
  return TRUE;
}

void
rtc_http_address_clear (RtcHttpAddress *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_object (&self->address);
}

gchar *
rtc_http_address_to_url (const RtcHttpAddress *self, guint16 port, gboolean for_user)
{
  GSocketFamily family = g_inet_address_get_family (self->address);
  const gchar *scheme = self->tls ? "https" : "http";
  gchar *host, *url;

  if (for_user && g_inet_address_get_is_any (self->address))
    host = g_strdup (family == G_SOCKET_FAMILY_IPV6 ? "::1" : "127.0.0.1");
  else if (strcmp (self->host, "localhost") == 0 && for_user)
    host = g_strdup (self->host);
  else
    host = g_inet_address_to_string (self->address);
  url = g_strdup_printf (strchr (host, ':') ? "%s://[%s]:%u/" : "%s://%s:%u/", scheme, host, port);
  g_free (host);
  return url;
}

GTlsCertificate *
rtc_http_load_certificate (const gchar *certificate_file, const gchar *key_file, GError **error)
{
  GError *local = NULL;
  GTlsCertificate *certificate;
  GStatBuf info;

  if (!certificate_file || !key_file) {
    rtc_error (
        error, RTC_ERR_UNSUPPORTED, "https needs both a certificate file and a key file (PEM)");
    return NULL;
  }
  /* Whoever reads the key can be this server (T38). A group may: Debian keeps keys so. */
  if (g_stat (key_file, &info) == 0 && (info.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0) {
    rtc_error (error, RTC_ERR_AUTH,
        "the key file %s can be read or changed by others; chmod 600 makes it private", key_file);
    return NULL;
  }
  certificate = g_tls_certificate_new_from_files (certificate_file, key_file, &local);
  if (!certificate) {
    rtc_error (error, RTC_ERR_BACKEND, "cannot load the certificate %s with the key %s: %s",
        certificate_file, key_file, local->message);
    g_error_free (local);
  }
  return certificate;
}
