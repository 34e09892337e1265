/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-tls.h - TURN over TLS (RFC 8656 3.1, turns: of RFC 7065) for libnice, which only
 * speaks TURN over TCP: a bridge on loopback for one server of one agent.
 *
 *   libnice  --TURN/TCP-->  127.0.0.1:port | bridge  --TLS-->  server
 *
 * The listener takes as many connections as libnice makes, then closes. Each one is relayed both
 * ways through buffers of a fixed size: a side that does not read stops the other. The server's
 * certificate has to be good for the configured host and come from an authority of the system's
 * (or of trust); nothing is sent before it was checked. A server that cannot be reached or
 * trusted is logged and counted, and libnice is told at once by a TURN error, so that gathering
 * does not wait for it. A server that redirects (300) is refused: libnice would follow in clear
 * text.
 *
 * Loading certificates and the handshake take tens of milliseconds and happen on a GIO worker;
 * everything else on the context.
 *
 * Thread: the context's. */
#pragma once

#include <gio/gio.h>
#include "gst/rtc/iface/rtc-ice-iface.h"

G_BEGIN_DECLS

typedef struct _RtcNiceTls RtcNiceTls;

/* RTC_NICE_TLS_BUFFER_BYTES: most bytes held per connection and direction: one TLS record. */
#define RTC_NICE_TLS_BUFFER_BYTES 16384

/* RTC_NICE_TLS_TIMEOUT: from libnice's connection to the end of the handshake, at most. libnice
 * itself gives up after 7.9 s. */
#define RTC_NICE_TLS_TIMEOUT_MS 7500

typedef struct {
  GMainContext *context;      /* the agent's */
  GTlsDatabase *trust;        /* (nullable): the system's; reference kept */
  RtcPeerId peer_id;          /* for logs */
  const RtcIceServer *server; /* host, address and port are copied; host NULL: address */
  gboolean is_ipv6;           /* which family libnice connects by */
  guint max_connections;      /* > 0 */
  guint *n_alive;             /* counted up here, down when the last descriptor is closed */
} RtcNiceTlsConfig;

/* A listening bridge. NULL with RTC_ERR_BACKEND (no descriptors, no loopback): go on without this
 * server. (transfer full), rtc_nice_tls_free() */
RtcNiceTls *rtc_nice_tls_new (const RtcNiceTlsConfig *config, GError **error);

/* Where libnice has to connect to. */
const gchar *rtc_nice_tls_get_address (RtcNiceTls *self);
guint16 rtc_nice_tls_get_port (RtcNiceTls *self);

/* Connections that failed before they were secured, or were broken off later. */
guint64 rtc_nice_tls_get_n_failed (RtcNiceTls *self);

/* Ends all connections. What is under way is cancelled and let go while the context is iterated;
 * *n_alive tells when. (nullable) */
void rtc_nice_tls_free (RtcNiceTls *self);

G_END_DECLS
