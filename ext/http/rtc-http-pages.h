/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-pages.h - the files of the viewer and publisher pages, compiled in, and the lists of
 * streams as JSON.
 *
 * A closed list of paths: nothing is ever looked up in a file system (T34). Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a page may do: only what comes from this server; peers' text can be no script (T37). Media
 * of its own making (camera, microphone, screen) is no source of others. */
#define RTC_HTTP_PAGES_CSP \
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " \
  "object-src 'none'; media-src 'self' blob: mediastream:"

/* What it may ask the user for. */
#define RTC_HTTP_PAGES_VIEWER_PERMISSIONS "camera=(), microphone=(), display-capture=()"
#define RTC_HTTP_PAGES_PUBLISHER_PERMISSIONS \
  "camera=(self), microphone=(self), display-capture=(self)"

/* What happens to a stream here. */
typedef enum {
  RTC_HTTP_STREAM_VIEW,    /* viewers get it (WHEP) */
  RTC_HTTP_STREAM_PUBLISH, /* callers bring it (WHIP) */
} RtcHttpStreamKind;

/* A file. */
typedef struct {
  GBytes *bytes;            /* owned */
  const gchar *content_type;
  const gchar *permissions; /* for Permissions-Policy; NULL when it is no page */
} RtcHttpPage;

/* The file at that path: "/publish" is the publisher page, "/" the page of kind root, the others
 * are what these load. FALSE when there is none, and nothing was set. */
gboolean rtc_http_pages_find (const gchar *path, RtcHttpStreamKind root, RtcHttpPage *page);

/* One entry of a list. */
typedef struct {
  RtcHttpStreamKind kind;
  gchar *name; /* "" for the default stream */
  gchar *title;
  gchar *endpoint_path;
  gchar *auth_token; /* NULL: everybody sees it */
  gboolean has_data; /* the page is to offer data channels */
} RtcHttpStream;

RtcHttpStream *rtc_http_stream_new (RtcHttpStreamKind kind, const gchar *name,
    const gchar *title, const gchar *endpoint_path, const gchar *auth_token, gboolean has_data);
void rtc_http_stream_free (gpointer stream); /* clears the token */

/* {"streams":[{"name":..,"title":..,"endpoint":..,"data":true}]} (data: only where it is) of the
 * streams (RtcHttpStream) of that kind that an Authorization field (nullable) may see. *is_refused:
 * there are some, and it may see none. (transfer full) */
gchar *rtc_http_pages_list_streams (GPtrArray *streams, RtcHttpStreamKind kind,
    const gchar *authorization, gboolean *is_refused);

G_END_DECLS
