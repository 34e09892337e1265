/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-policy.h - who may ask: Host, Origin, Bearer token, path (T31, T32, T34).
 *
 * Pure functions over text from the network; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a Host field names this server: an IP literal, localhost, own_host, or one of allowed
 * (nullable), with any port. A name of somebody else's that was pointed at our address (DNS
 * rebinding) is none of these. Names compare without case and without a final dot. */
gboolean rtc_http_policy_check_host (const gchar *host, const gchar *own_host,
    const gchar *const *allowed);

typedef enum {
  RTC_HTTP_ORIGIN_NONE,    /* no Origin field: not a page, or the same origin's GET */
  RTC_HTTP_ORIGIN_SAME,    /* this server's own page: no CORS fields needed */
  RTC_HTTP_ORIGIN_ALLOWED, /* another page in the list: CORS fields with its name */
  RTC_HTTP_ORIGIN_ANY,     /* the list has "*" and no credentials are asked: "*" */
  RTC_HTTP_ORIGIN_REFUSED, /* answer 403 without CORS fields */
} RtcHttpOrigin;

/* Judges an Origin field (nullable). scheme is this server's; host its Host field, already
 * checked; allowed (nullable) origins "scheme://host[:port]" or "*", which counts only
 * without credentials. */
RtcHttpOrigin rtc_http_policy_check_origin (const gchar *origin, const gchar *scheme,
    const gchar *host, const gchar *const *allowed, gboolean credentials);

/* Whether an Authorization field (nullable) carries token as Bearer (RFC 6750 2.1). Takes the same
 * time wherever they differ. */
gboolean rtc_http_policy_check_bearer (const gchar *authorization, const gchar *token);

/* Decodes the percent-encoding of a request path once. NULL (answer 400) when it has a control
 * character, a backslash, an encoded slash or percent sign, bytes that are not UTF-8, or a segment
 * "." or "..". (transfer full) */
gchar *rtc_http_policy_decode_path (const gchar *path);

/* Whether name is fit for a path segment of ours: [A-Za-z0-9._-]{1,64}, not "." or "..". */
gboolean rtc_http_policy_is_name (const gchar *name);

/* Whether an Accept field (nullable: anything) allows media_type ("application/sdp"). Weights are
 * looked at only for q=0. */
gboolean rtc_http_policy_accepts (const gchar *accept, const gchar *media_type);

G_END_DECLS
