/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-client.h - requests to somebody else's web server, with bounds on all that it may do.
 *
 * Each call has one deadline for everything, a limit for the body, and follows 307 and 308 only
 * (RFC 9110 15.4.8, 15.4.9: method and body stay), never from https to http. The bearer token goes
 * to the origin it is for and to no other. HTTP is libsoup's, certificates are always verified.
 *
 * Thread: the main context that was the thread's default at new() [C]; functions, too. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RTC_HTTP_CLIENT_MAX_BODY (256 * 1024)
#define RTC_HTTP_CLIENT_MAX_REDIRECTS 5

typedef struct _RtcHttpClient RtcHttpClient;
typedef struct _RtcHttpCall RtcHttpCall;

typedef struct {
  const gchar *home;        /* URL whose origin the token is for */
  const gchar *token;       /* Bearer token; NULL: none */
  const gchar *tls_ca_file; /* PEM certificates to trust; NULL: those of the system */
  guint timeout_ms;         /* of a call, redirects included */
} RtcHttpClientConfig;

/* NULL with RTC_ERR_PARSE when home is no http(s) URL with a host, RTC_ERR_BACKEND when the file
 * cannot be loaded. */
RtcHttpClient *rtc_http_client_new (const RtcHttpClientConfig *config, GError **error);

/* Drops all calls without an answer. (nullable) */
void rtc_http_client_free (RtcHttpClient *self);

typedef struct {
  const gchar *method, *url;
  const gchar *content_type, *body; /* nullable */
  const gchar *accept, *if_match;   /* nullable */
} RtcHttpClientRequest;

/* Strings live until the function returns; absent fields are NULL. */
typedef struct {
  guint status;
  const gchar *url;  /* that answered, after redirects */
  const gchar *body; /* NUL-terminated */
  gsize len;
  const gchar *content_type; /* without parameters */
  const gchar *location, *etag, *retry_after, *link;
} RtcHttpReply;

/* Either reply or error (RTC_ERROR) is NULL. RTC_AGAIN: no way to the server or no answer in time,
 * a later try may do better. RTC_ERR_AUTH: its certificate is not trusted. RTC_ERR_LIMIT: the body
 * or the redirects are too many. RTC_ERR_UNSUPPORTED: a redirect that is not followed.
 * RTC_ERR_PARSE: that was no HTTP. The message names the server. */
typedef void (*RtcHttpReplyFunc) (const RtcHttpReply *reply, const GError *error,
    gpointer user_data);

/* The call is valid until func begins or it is cancelled. func is never called before this
 * returns. */
RtcHttpCall *rtc_http_client_send (RtcHttpClient *self, const RtcHttpClientRequest *request,
    RtcHttpReplyFunc func, gpointer user_data);

/* func will not be called. (nullable) */
void rtc_http_call_cancel (RtcHttpCall *self);

/* Sends and waits, for timeout_ms at most, without iterating the thread's own context; for the
 * last word when there is no time for more. Returns the status, 0 when there was none. */
guint rtc_http_client_send_now (RtcHttpClient *self, const RtcHttpClientRequest *request,
    guint timeout_ms);

/* reference, absolute or relative to base, as an http(s) URL without user and fragment. NULL when
 * it is none, or http while base is https. (transfer full) */
gchar *rtc_http_client_resolve (const gchar *base, const gchar *reference);

/* Whether scheme, host and port are the same. */
gboolean rtc_http_client_is_same_origin (const gchar *a, const gchar *b);

G_END_DECLS
