/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* http-client.h - a raw HTTP client for tests: bytes out, one response in, over a blocking socket
 * in a thread of its own while the caller's main context serves. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  guint status;     /* 0: the connection ended without a response */
  gchar *head;      /* status line and fields */
  gchar *body;
  gboolean closed;  /* the server closed the connection after the response */
  gsize sent;       /* bytes of the request that the socket took */
} HttpResponse;

/* Sends request (len -1: its string length) to port of 127.0.0.1 and reads one response. With
 * wait_close reads on until the server closes, for at most timeout_ms.
 * Iterates context meanwhile. */
HttpResponse *http_request (GMainContext *context, guint16 port, const gchar *request, gssize len,
    gboolean wait_close, guint timeout_ms);

/* The same over TLS of at most that version (nullable: any) without verification. */
HttpResponse *http_request_stream (GMainContext *context, guint16 port, const gchar *request,
    gboolean tls);

/* What makes pieces to send: returns the length put into buffer, 0 at the end. */
typedef gsize (*HttpProducer) (guint8 *buffer, gsize size, gpointer user_data);
HttpResponse *http_upload (GMainContext *context, guint16 port, const gchar *head,
    HttpProducer producer, gpointer user_data, guint timeout_ms);

void http_response_free (HttpResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpResponse, http_response_free)

/* The value of a response field; NULL when absent. (transfer full) */
gchar *http_response_dup_header (HttpResponse *response, const gchar *name);

G_END_DECLS
