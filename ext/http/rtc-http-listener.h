/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-listener.h - binds one address, accepts, does TLS, hands out guarded connections.
 *
 * Caps connections in all and per address, survives running out of descriptors, and gives a TLS
 * handshake a deadline without letting it hold up others (T27, T36, T38). Thread: [C]. */
#pragma once

#include <gio/gio.h>
#include "ext/http/rtc-http-limiter.h"
#include "ext/http/rtc-http-server.h"

G_BEGIN_DECLS

/* What an address text says. */
typedef struct {
  gboolean tls;
  gchar *host;          /* as written, without brackets, lower case */
  GInetAddress *address; /* to bind */
  guint16 port;
} RtcHttpAddress;

/* FALSE with RTC_ERR_PARSE and a sentence on what is expected. */
gboolean rtc_http_address_parse (RtcHttpAddress *self, const gchar *text, GError **error);
void rtc_http_address_clear (RtcHttpAddress *self);
/* "http://127.0.0.1:8080/", with that port; wildcards become loopback if for_user.
 * (transfer full) */
gchar *rtc_http_address_to_url (const RtcHttpAddress *self, guint16 port, gboolean for_user);

/* Loads and checks the files. NULL with RTC_ERR_AUTH (key readable by others) or RTC_ERR_BACKEND.
 * (transfer full) */
GTlsCertificate *rtc_http_load_certificate (const gchar *certificate_file, const gchar *key_file,
    GError **error);

typedef struct _RtcHttpListener RtcHttpListener;

/* stream is the guarded connection, ready for HTTP. */
typedef void (*RtcHttpAcceptFunc) (GIOStream *stream, GSocketAddress *local,
    GSocketAddress *remote, gpointer user_data);

/* Binds and begins to accept. certificate (nullable) makes it TLS; limiter is borrowed and must
 * outlive it. NULL with RTC_ERR_STATE (port in use) or RTC_ERR_BACKEND; the message names address
 * and port. */
RtcHttpListener *rtc_http_listener_new (const RtcHttpAddress *address, GTlsCertificate *certificate,
    const RtcHttpLimits *limits, RtcHttpLimiter *limiter, RtcHttpAcceptFunc accept,
    gpointer user_data, GError **error);

/* Closes the socket and every connection (nullable). */
void rtc_http_listener_free (RtcHttpListener *self);

guint16 rtc_http_listener_get_port (RtcHttpListener *self);
guint rtc_http_listener_get_n_connections (RtcHttpListener *self);

G_END_DECLS
