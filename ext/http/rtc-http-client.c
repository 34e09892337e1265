/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-client.h"

#include <libsoup/soup.h>
#include <string.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define READ_BYTES 8192

struct _RtcHttpClient {
  SoupSession *soup;
  GMainContext *context;
  gchar *home, *token;
  guint timeout_ms;
  GPtrArray *calls; /* those that wait for an answer */
};

struct _RtcHttpCall {
  gint refs;             /* one of client->calls, one of each operation under way */
  RtcHttpClient *client; /* NULL once cancelled or answered */
  gchar *method, *url, *content_type, *accept, *if_match;
  GBytes *body; /* nullable */
  RtcHttpReplyFunc func;
  gpointer user_data;
  GCancellable *cancellable;
  GSource *deadline;
  SoupMessage *message; /* of the present try */
  GString *received;
  guint n_redirects;
};

/* -- URLs ---------------------------------------------------------------------------------------
 */

static GUri *
parse (const gchar *base, const gchar *reference)
{
  GUri *base_uri = base ? g_uri_parse (base, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  GUri *uri = NULL;

  if (!base || base_uri)
    uri = g_uri_parse_relative (base_uri, reference, SOUP_HTTP_URI_FLAGS, NULL);
  g_clear_pointer (&base_uri, g_uri_unref);
  if (!uri)
    return NULL;
  if ((strcmp (g_uri_get_scheme (uri), "http") != 0
          && strcmp (g_uri_get_scheme (uri), "https") != 0)
      || !g_uri_get_host (uri) || g_uri_get_host (uri)[0] == '\0')
    g_clear_pointer (&uri, g_uri_unref);
  return uri;
}

gchar *
rtc_http_client_resolve (const gchar *base, const gchar *reference)
{
  GUri *uri = parse (base, reference);
  gchar *text = NULL;
  GUri *plain;

  if (!uri)
    return NULL;
  if (!base || !g_str_has_prefix (base, "https:")
      || strcmp (g_uri_get_scheme (uri), "https") == 0) {
    plain = g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
        g_uri_get_port (uri), g_uri_get_path (uri)[0] ? g_uri_get_path (uri) : "/",
        g_uri_get_query (uri), NULL);
    text = g_uri_to_string (plain);
    g_uri_unref (plain);
  }
  g_uri_unref (uri);
  return text;
}

static gint
port_of (GUri *uri)
{
  if (g_uri_get_port (uri) > 0)
    return g_uri_get_port (uri);
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
}

gboolean
rtc_http_client_is_same_origin (const gchar *a, const gchar *b)
{
  GUri *uri_a = parse (NULL, a), *uri_b = parse (NULL, b);
  gboolean same = uri_a && uri_b && strcmp (g_uri_get_scheme (uri_a), g_uri_get_scheme (uri_b)) == 0
                  && g_ascii_strcasecmp (g_uri_get_host (uri_a), g_uri_get_host (uri_b)) == 0
                  && port_of (uri_a) == port_of (uri_b);

  g_clear_pointer (&uri_a, g_uri_unref);
  g_clear_pointer (&uri_b, g_uri_unref);
  return same;
}

/* scheme://host:port of a URL, for messages: queries may hold secrets. (transfer full) */
static gchar *
origin_of (const gchar *url)
{
  const gchar *host = strstr (url, "://");

  return g_strndup (
      url, host ? (gsize) (host - url) + 3 + strcspn (host + 3, "/?#") : strlen (url));
}

/* -- Calls --------------------------------------------------------------------------------------
 */

static void call_begin (RtcHttpCall *call);

static void
call_unref (RtcHttpCall *call)
{
  if (--call->refs > 0)
    return;
  g_clear_object (&call->message);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_string_free (call->received, TRUE);
  g_object_unref (call->cancellable);
  g_free (call->method);
  g_free (call->url);
  g_free (call->content_type);
  g_free (call->accept);
  g_free (call->if_match);
  g_free (call);
}

/* Nobody waits any more; the caller has the list's reference. */
static void
call_detach (RtcHttpCall *call)
{
  g_ptr_array_remove_fast (call->client->calls, call);
  call->client = NULL;
  g_source_destroy (call->deadline);
  g_clear_pointer (&call->deadline, g_source_unref);
}

static void
call_fail (RtcHttpCall *call, RtcResult code, const gchar *what, const gchar *text)
{
  gchar *origin = origin_of (call->url);
  gchar *safe = rtc_log_safe (text, 200);
  GError *error = NULL;

  rtc_error (&error, code, "%s: %s%s", origin, what, safe);
  call_detach (call);
  g_cancellable_cancel (call->cancellable);
  call->func (NULL, error, call->user_data);
  call_unref (call);
  g_error_free (error);
  g_free (safe);
  g_free (origin);
}

/* What libsoup and GIO report. Takes error. */
static void
call_fail_with (RtcHttpCall *call, GError *error)
{
  if (error->domain == G_TLS_ERROR)
    call_fail (call, RTC_ERR_AUTH, "no trust in the server: ", error->message);
  else if (error->domain == SOUP_SESSION_ERROR)
    call_fail (call, RTC_ERR_PARSE, "no proper answer: ", error->message);
  else
    call_fail (call, RTC_AGAIN, "no way to the server: ", error->message);
  g_error_free (error);
}

static gboolean
on_deadline (gpointer data)
{
  call_fail (data, RTC_AGAIN, "no answer in time", NULL);
  return G_SOURCE_REMOVE;
}

static void
call_answer (RtcHttpCall *call)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);
  const RtcHttpReply reply = {
    .status = soup_message_get_status (call->message),
    .url = call->url,
    .body = call->received->str,
    .len = call->received->len,
    .content_type = soup_message_headers_get_content_type (headers, NULL),
    .location = soup_message_headers_get_one (headers, "Location"),
    .etag = soup_message_headers_get_one (headers, "ETag"),
    .retry_after = soup_message_headers_get_one (headers, "Retry-After"),
    .link = soup_message_headers_get_list (headers, "Link"),
  };

  call_detach (call);
  call->func (&reply, NULL, call->user_data);
  call_unref (call);
}

static void
on_bytes (GObject *object, GAsyncResult *result, gpointer data)
{
  GInputStream *stream = G_INPUT_STREAM (object);
  RtcHttpCall *call = data;
  GError *error = NULL;
  GBytes *bytes = g_input_stream_read_bytes_finish (stream, result, &error);
  gsize len = bytes ? g_bytes_get_size (bytes) : 0;

  if (call->client && !bytes) {
    call_fail_with (call, g_steal_pointer (&error));
  } else if (call->client && len == 0) {
    call_answer (call);
  } else if (call->client && call->received->len + len > RTC_HTTP_CLIENT_MAX_BODY) {
    call_fail (call, RTC_ERR_LIMIT, "the answer is too long", NULL);
  } else if (call->client) {
    g_string_append_len (call->received, g_bytes_get_data (bytes, NULL), (gssize) len);
    call->refs++;
    g_input_stream_read_bytes_async (
        stream, READ_BYTES, G_PRIORITY_DEFAULT, call->cancellable, on_bytes, call);
  }
  g_clear_error (&error);
  g_clear_pointer (&bytes, g_bytes_unref);
  call_unref (call);
}

/* FALSE when the call has failed. */
static gboolean
call_redirect (RtcHttpCall *call)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);
  const gchar *location = soup_message_headers_get_one (headers, "Location");
  gchar *url = location ? rtc_http_client_resolve (call->url, location) : NULL;

  if (!url) {
    call_fail (call, RTC_ERR_UNSUPPORTED,
        "it redirects to nowhere, or from https to http, which is not followed", NULL);
    return FALSE;
  }
  if (++call->n_redirects > RTC_HTTP_CLIENT_MAX_REDIRECTS) {
    call_fail (call, RTC_ERR_LIMIT, "it redirects without end", NULL);
    g_free (url);
    return FALSE;
  }
  g_free (call->url);
  call->url = url;
  return TRUE;
}

static void
on_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  RtcHttpCall *call = data;
  GError *error = NULL;
  GInputStream *stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  guint status;

  if (!call->client) {
    g_clear_error (&error);
  } else if (!stream) {
    call_fail_with (call, g_steal_pointer (&error));
  } else {
    status = soup_message_get_status (call->message);
    if (status != 307 && status != 308) {
      call->refs++;
      g_input_stream_read_bytes_async (
          stream, READ_BYTES, G_PRIORITY_DEFAULT, call->cancellable, on_bytes, call);
    } else if (call_redirect (call)) {
      call_begin (call);
    }
  }
  g_clear_object (&stream);
  call_unref (call);
}

static void
call_begin (RtcHttpCall *call)
{
  RtcHttpClient *client = call->client;
  GUri *uri = parse (NULL, call->url);
  SoupMessageHeaders *headers;

  g_clear_object (&call->message);
  call->message = soup_message_new_from_uri (call->method, uri);
  g_uri_unref (uri);
  soup_message_set_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  if (call->body)
    soup_message_set_request_body_from_bytes (call->message, call->content_type, call->body);
  headers = soup_message_get_request_headers (call->message);
  if (call->accept)
    soup_message_headers_replace (headers, "Accept", call->accept);
  if (call->if_match)
    soup_message_headers_replace (headers, "If-Match", call->if_match);
  if (client->token && rtc_http_client_is_same_origin (client->home, call->url)) {
    gchar *field = g_strconcat ("Bearer ", client->token, NULL);

    soup_message_headers_replace (headers, "Authorization", field);
    explicit_bzero (field, strlen (field));
    g_free (field);
  }
  call->refs++;
  soup_session_send_async (
      client->soup, call->message, G_PRIORITY_DEFAULT, call->cancellable, on_sent, call);
}

RtcHttpCall *
rtc_http_client_send (RtcHttpClient *self, const RtcHttpClientRequest *request,
    RtcHttpReplyFunc func, gpointer user_data)
{
  RtcHttpCall *call = g_new0 (RtcHttpCall, 1);

  call->refs = 1;
  call->client = self;
  call->method = g_strdup (request->method);
  call->url = g_strdup (request->url);
  call->content_type = g_strdup (request->content_type);
  call->accept = g_strdup (request->accept);
  call->if_match = g_strdup (request->if_match);
  if (request->body)
    call->body = g_bytes_new (request->body, strlen (request->body));
  call->func = func;
  call->user_data = user_data;
  call->cancellable = g_cancellable_new ();
  call->received = g_string_new (NULL);
  call->deadline = g_timeout_source_new (self->timeout_ms);
  g_source_set_callback (call->deadline, on_deadline, call, NULL);
  g_source_attach (call->deadline, self->context);
  g_ptr_array_add (self->calls, call);
  call_begin (call);
  return call;
}

void
rtc_http_call_cancel (RtcHttpCall *self)
{
  if (!self || !self->client)
    return;
  call_detach (self);
  g_cancellable_cancel (self->cancellable);
  call_unref (self);
}

/* -- The client ---------------------------------------------------------------------------------
 */

/* For the thread's default context. Takes home. */
static RtcHttpClient *
client_new (gchar *home, const gchar *token, GTlsDatabase *database, guint timeout_ms)
{
  RtcHttpClient *self = g_new0 (RtcHttpClient, 1);

  self->home = home;
  self->token = g_strdup (token);
  self->timeout_ms = timeout_ms;
  self->context = g_main_context_ref_thread_default ();
  self->calls = g_ptr_array_new ();
  self->soup = soup_session_new_with_options (
      "user-agent", "gst-plugins-rtc", "max-conns", 4, "max-conns-per-host", 4, NULL);
  /* Bodies are small text: what unpacks to more than it says is not wanted. */
  soup_session_remove_feature_by_type (self->soup, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (self->soup, SOUP_TYPE_AUTH_MANAGER);
  if (database)
    soup_session_set_tls_database (self->soup, database);
  return self;
}

RtcHttpClient *
rtc_http_client_new (const RtcHttpClientConfig *config, GError **error)
{
  gchar *home = config->home ? rtc_http_client_resolve (NULL, config->home) : NULL;
  GTlsDatabase *database = NULL;
  GError *inner = NULL;
  RtcHttpClient *self;

  rtc_log_init ();
  if (!home) {
    rtc_error (error, RTC_ERR_PARSE,
        "\"%s\" is no address of a web server; write http(s)://HOST[:PORT]/PATH",
        config->home ? config->home : "");
    return NULL;
  }
  if (config->tls_ca_file) {
    gchar *path = g_canonicalize_filename (config->tls_ca_file, NULL); /* GIO wants it absolute */

    database = g_tls_file_database_new (path, &inner);
    g_free (path);
  }
  if (inner) {
    rtc_error (error, RTC_ERR_BACKEND, "%s: %s", config->tls_ca_file, inner->message);
    g_error_free (inner);
    g_free (home);
    return NULL;
  }
  self = client_new (home, config->token, database, config->timeout_ms);
  g_clear_object (&database);
  return self;
}

void
rtc_http_client_free (RtcHttpClient *self)
{
  if (!self)
    return;
  while (self->calls->len > 0)
    rtc_http_call_cancel (g_ptr_array_index (self->calls, 0));
  g_ptr_array_unref (self->calls);
  soup_session_abort (self->soup);
  g_object_unref (self->soup);
  g_main_context_unref (self->context);
  if (self->token)
    explicit_bzero (self->token, strlen (self->token));
  g_free (self->token);
  g_free (self->home);
  g_free (self);
}

static void
on_last_reply (const RtcHttpReply *reply, const GError *error, gpointer user_data)
{
  gint *status = user_data;

  *status = reply ? (gint) reply->status : 0;
}

guint
rtc_http_client_send_now (
    RtcHttpClient *self, const RtcHttpClientRequest *request, guint timeout_ms)
{
  GMainContext *context = g_main_context_new ();
  RtcHttpClient *client;
  gint status = -1;

  g_main_context_push_thread_default (context);
  client = client_new (
      g_strdup (self->home), self->token, soup_session_get_tls_database (self->soup), timeout_ms);
  rtc_http_client_send (client, request, on_last_reply, &status);
  while (status < 0)
    g_main_context_iteration (context, TRUE);
  rtc_http_client_free (client);
  /* What was cancelled reports back, which takes no waiting. */
  while (g_main_context_iteration (context, FALSE)) {
  }
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  return (guint) status;
}
