/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-request-private.h - how the server makes requests; for rtc-http-router.c only. */
#pragma once

#include <libsoup/soup.h>
#include "ext/http/rtc-http-request.h"

G_BEGIN_DECLS

/* The reply with this status was handed to libsoup, or the client has left (status 0). request is
 * freed after this returns. */
typedef void (*RtcHttpRequestDone) (RtcHttpRequest *request, guint status, gpointer user_data);

/* Takes path. message is paused by rtc_http_request_dispatch() if its handler has not replied. */
RtcHttpRequest *rtc_http_request_new (SoupServerMessage *message, gchar *path,
    RtcHttpRequestDone done, gpointer user_data);

SoupServerMessage *rtc_http_request_get_message (RtcHttpRequest *self);

/* Calls the handler; request may be freed when it returns. */
void rtc_http_request_dispatch (RtcHttpRequest *self, RtcHttpHandler handler, const gchar *tail,
    gpointer user_data);

/* The remote address; NULL when it is not an Internet one. Borrowed. */
GInetAddress *rtc_http_message_find_address (SoupServerMessage *message);

/* Sets status and one sentence of text as the message's response. */
void rtc_http_message_respond (SoupServerMessage *message, guint status, const gchar *text);

G_END_DECLS
