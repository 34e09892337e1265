/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-request.h"

#include <string.h>
#include "ext/http/rtc-http-request-private.h"

struct _RtcHttpRequest {
  SoupServerMessage *message;
  gchar *path;
  gchar *address;
  gulong finished_id;
  gboolean dispatching; /* within the handler: nothing to resume */
  gboolean replied;
  RtcHttpGoneFunc gone;
  gpointer gone_data;
  RtcHttpRequestDone done;
  gpointer done_data;
};

GInetAddress *
rtc_http_message_find_address (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return G_IS_INET_SOCKET_ADDRESS (address)
             ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))
             : NULL;
}

void
rtc_http_message_respond (SoupServerMessage *message, guint status, const gchar *text)
{
  gchar *line = g_strconcat (text, "\n", NULL);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (
      message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, line, strlen (line));
  g_free (line);
}

static void
request_free (RtcHttpRequest *self)
{
  g_signal_handler_disconnect (self->message, self->finished_id);
  g_object_unref (self->message);
  g_free (self->path);
  g_free (self->address);
  g_free (self);
}

/* libsoup is done with the message: before a reply this means that the client has left. */
static void
on_finished (SoupServerMessage *message, gpointer data)
{
  RtcHttpRequest *self = data;

  if (self->replied)
    return;
  if (self->gone)
    self->gone (self, self->gone_data);
  self->done (self, 0, self->done_data);
  request_free (self);
}

RtcHttpRequest *
rtc_http_request_new (
    SoupServerMessage *message, gchar *path, RtcHttpRequestDone done, gpointer user_data)
{
  RtcHttpRequest *self = g_new0 (RtcHttpRequest, 1);
  GInetAddress *address = rtc_http_message_find_address (message);

  self->message = g_object_ref (message);
  self->path = path;
  self->address = address ? g_inet_address_to_string (address) : g_strdup ("");
  self->done = done;
  self->done_data = user_data;
  self->finished_id = g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);
  return self;
}

SoupServerMessage *
rtc_http_request_get_message (RtcHttpRequest *self)
{
  return self->message;
}

void
rtc_http_request_dispatch (
    RtcHttpRequest *self, RtcHttpHandler handler, const gchar *tail, gpointer user_data)
{
  self->dispatching = TRUE;
  handler (self, tail, user_data);
  self->dispatching = FALSE;
  if (self->replied)
    request_free (self);
  else
    soup_server_message_pause (self->message);
}

const gchar *
rtc_http_request_get_method (RtcHttpRequest *self)
{
  return soup_server_message_get_method (self->message);
}

const gchar *
rtc_http_request_get_path (RtcHttpRequest *self)
{
  return self->path;
}

const gchar *
rtc_http_request_get_query (RtcHttpRequest *self)
{
  const gchar *query = g_uri_get_query (soup_server_message_get_uri (self->message));

  return query ? query : "";
}

const gchar *
rtc_http_request_get_address (RtcHttpRequest *self)
{
  return self->address;
}

const gchar *
rtc_http_request_find_header (RtcHttpRequest *self, const gchar *name)
{
  return soup_message_headers_get_list (
      soup_server_message_get_request_headers (self->message), name);
}

gboolean
rtc_http_request_has_type (RtcHttpRequest *self, const gchar *media_type)
{
  const gchar *type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (self->message), NULL);

  return type != NULL && g_ascii_strcasecmp (type, media_type) == 0;
}

const gchar *
rtc_http_request_get_body (RtcHttpRequest *self, gsize *len)
{
  SoupMessageBody *body = soup_server_message_get_request_body (self->message);

  /* Flattening caches the result in body->data, with a NUL after it. */
  g_bytes_unref (soup_message_body_flatten (body));
  if (len)
    *len = (gsize) body->length;
  return body->data ? (const gchar *) body->data : "";
}

void
rtc_http_request_add_header (RtcHttpRequest *self, const gchar *name, const gchar *value)
{
  for (const gchar *p = value; *p; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      return;
  soup_message_headers_append (
      soup_server_message_get_response_headers (self->message), name, value);
}

void
rtc_http_request_set_gone_func (RtcHttpRequest *self, RtcHttpGoneFunc func, gpointer user_data)
{
  self->gone = func;
  self->gone_data = user_data;
}

void
rtc_http_request_reply (
    RtcHttpRequest *self, guint status, const gchar *content_type, const gchar *body, gssize len)
{
  g_return_if_fail (!self->replied);

  soup_server_message_set_status (self->message, status, NULL);
  if (body)
    soup_server_message_set_response (
        self->message, content_type, SOUP_MEMORY_COPY, body, len < 0 ? strlen (body) : (gsize) len);
  self->replied = TRUE;
  self->done (self, status, self->done_data);
  if (self->dispatching)
    return; /* freed by dispatch() */
  soup_server_message_unpause (self->message);
  request_free (self);
}

void
rtc_http_request_reply_text (RtcHttpRequest *self, guint status, const gchar *format, ...)
{
  va_list args;
  gchar *text, *line;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (text, "\n", NULL);
  rtc_http_request_reply (self, status, "text/plain; charset=utf-8", line, -1);
  g_free (line);
  g_free (text);
}
