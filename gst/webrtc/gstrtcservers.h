/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcservers.h - STUN and TURN servers: from URIs of properties to resolved addresses.
 *
 * URIs: stun://host[:port], turn://user:password@host[:port][?transport=udp|tcp], turns://... ; the
 * forms of RFC 7064 and 7065 without slashes are taken as well. User and password may be
 * percent-encoded. Names are looked up on the control context, asynchronously, so that neither
 * the network thread nor the application waits for DNS. */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include "gst/rtc/iface/rtc-ice-iface.h"

G_BEGIN_DECLS

typedef struct _GstRtcServers GstRtcServers;

/* Checks one URI. FALSE with RTC_ERR_PARSE and a message that names what is wrong, without the
 * password. Thread: any. */
gboolean gst_rtc_servers_check (const gchar *uri, GError **error);

/* The URI with "***" for user and password, fit for properties, graphs and logs. Thread: any.
 * (transfer full) */
gchar *gst_rtc_servers_redact (const gchar *uri);

/* The same for all strings of a GST_TYPE_ARRAY; out is initialised as such and empty. */
void gst_rtc_servers_redact_array (const GValue *uris, GValue *out);

/* Unsets a GST_TYPE_ARRAY of URIs, overwriting them. */
void gst_rtc_servers_clear_array (GValue *uris);

/* An immutable list after a look-up that may be under way. URIs that do not pass check() are left
 * out. stun_uri (nullable), turn_uris (nullable, NULL-ended). Thread: any. (transfer full) */
GstRtcServers *gst_rtc_servers_new (const gchar *stun_uri, const gchar *const *turn_uris);
GstRtcServers *gst_rtc_servers_ref (GstRtcServers *self);
void gst_rtc_servers_unref (GstRtcServers *self); /* (nullable); clears the passwords */

/* Whether there is any server at all, resolved or not. */
gboolean gst_rtc_servers_is_empty (GstRtcServers *self);

typedef void (*GstRtcServersFunc) (GstRtcServers *self, gpointer data);

/* Looks the names up, at most timeout_ms long (names that did not answer are left out), then
 * calls func on the thread-default context; at once when all are literals or known from a look-up
 * of the last minute. destroy (nullable) runs after func. Thread: [C]. */
void gst_rtc_servers_resolve (GstRtcServers *self, guint timeout_ms, GstRtcServersFunc func,
    gpointer data, GDestroyNotify destroy);

/* The resolved servers, an array of RtcIceServer that owns its strings. Thread: [C].
 * (transfer full) */
GArray *gst_rtc_servers_get_resolved (GstRtcServers *self);

G_END_DECLS
