/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-request.h - one request as a route's handler sees it, and its reply.
 *
 * Hides libsoup from the protocols above it. Strings got here live as long as the request.
 * Thread: [C]. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _RtcHttpRequest RtcHttpRequest;

/* tail is what follows the route's path: "" or "/...", percent-decoded once, never with ".." or
 * control characters (those requests were refused). The handler borrows request; to reply
 * later it keeps the pointer, which stays valid until it replied or its gone function ran. */
typedef void (*RtcHttpHandler) (RtcHttpRequest *request, const gchar *tail, gpointer user_data);

/* The client has left before the reply; request is freed after this returns. */
typedef void (*RtcHttpGoneFunc) (RtcHttpRequest *request, gpointer user_data);

const gchar *rtc_http_request_get_method (RtcHttpRequest *self);
const gchar *rtc_http_request_get_path (RtcHttpRequest *self);
/* The query as the client sent it, still encoded, without "?"; "" when there is none. Never log it:
 * there may be a token in it. */
const gchar *rtc_http_request_get_query (RtcHttpRequest *self);
/* The remote address as text without the port; "" if unknown. */
const gchar *rtc_http_request_get_address (RtcHttpRequest *self);
/* A field's value, several joined by ", "; NULL when absent. */
const gchar *rtc_http_request_find_header (RtcHttpRequest *self, const gchar *name);
/* Whether Content-Type is that media type, parameters aside. */
gboolean rtc_http_request_has_type (RtcHttpRequest *self, const gchar *media_type);
/* The body, NUL-terminated; len (nullable) counts without the NUL. Never NULL. */
const gchar *rtc_http_request_get_body (RtcHttpRequest *self, gsize *len);

/* Adds a field to the reply. Control characters in value make the field be left out. */
void rtc_http_request_add_header (RtcHttpRequest *self, const gchar *name, const gchar *value);

/* Called at most once, when the client leaves before the reply. */
void rtc_http_request_set_gone_func (RtcHttpRequest *self, RtcHttpGoneFunc func,
    gpointer user_data);

/* Sends the reply and ends the caller's use of the request. body may be NULL; with it
 * content_type is required. */
void rtc_http_request_reply (RtcHttpRequest *self, guint status, const gchar *content_type,
    const gchar *body, gssize len);

/* The same with one sentence of text/plain for whoever debugs a client. */
void rtc_http_request_reply_text (RtcHttpRequest *self, guint status, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
