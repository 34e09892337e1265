/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-pages.h - the files of the viewer page, compiled in, and the list of streams as JSON.
 *
 * A closed list of paths: nothing is ever looked up in a file system (T34). Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the page may do: only what comes from this server; peers' text can be no script (T37). */
#define RTC_HTTP_PAGES_CSP \
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " \
  "object-src 'none'"

/* The file at that path ("/", "/viewer.js", ...); NULL if there is none. *content_type is set to a
 * constant. (transfer full) */
GBytes *rtc_http_pages_find (const gchar *path, const gchar **content_type);

/* One entry of the list. */
typedef struct {
  gchar *name; /* "" for the default stream */
  gchar *title;
  gchar *endpoint_path;
  gchar *auth_token; /* NULL: everybody sees it */
} RtcHttpStream;

RtcHttpStream *rtc_http_stream_new (const gchar *name, const gchar *title,
    const gchar *endpoint_path, const gchar *auth_token);
void rtc_http_stream_free (gpointer stream); /* clears the token */

/* {"streams":[{"name":..,"title":..,"endpoint":..}]} of the streams (RtcHttpStream) that an
 * Authorization field (nullable) may see. *n_hidden counts the others. (transfer full) */
gchar *rtc_http_pages_list_streams (GPtrArray *streams, const gchar *authorization,
    guint *n_hidden);

G_END_DECLS
