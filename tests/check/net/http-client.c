/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/http-client.h"

#include <string.h>

typedef struct {
  GMainContext *context;
  guint16 port;
  const gchar *request;
  gsize len;
  gboolean wait_close, tls;
  guint timeout_ms;
  HttpProducer producer;
  gpointer producer_data;
  HttpResponse *response;
  gint done; /* atomic */
} Job;

static gboolean
accept_any (
    GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

static GIOStream *
job_connect (Job *job)
{
  GSocketClient *client = g_socket_client_new ();
  GSocketConnection *connection;
  GIOStream *tls;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", job->port, NULL, NULL);
  g_object_unref (client);
  if (!connection)
    return NULL;
  g_socket_set_timeout (
      g_socket_connection_get_socket (connection), MAX (1, (job->timeout_ms + 999) / 1000));
  if (!job->tls)
    return G_IO_STREAM (connection);
  tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, NULL);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_object_unref (connection);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL))
    g_clear_object (&tls);
  return tls;
}

static void
job_send (Job *job, GIOStream *stream)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  guint8 buffer[16384];
  gsize n, written;

  if (!g_output_stream_write_all (out, job->request, job->len, &job->response->sent, NULL, NULL))
    return;
  while (job->producer && (n = job->producer (buffer, sizeof (buffer), job->producer_data)) > 0) {
    gboolean ok = g_output_stream_write_all (out, buffer, n, &written, NULL, NULL);

    job->response->sent += written;
    if (!ok)
      return;
  }
}

/* The length of the whole response, 0 while its head is not complete. */
static gsize
response_length (GString *data)
{
  const gchar *end = strstr (data->str, "\r\n\r\n");
  gsize length = 0;
  gchar **lines;

  if (!end)
    return 0;
  lines = g_strsplit (data->str, "\r\n", -1);
  for (guint i = 1; lines[i] && lines[i][0]; i++)
    if (g_ascii_strncasecmp (lines[i], "Content-Length:", 15) == 0)
      length = g_ascii_strtoull (lines[i] + 15, NULL, 10);
  g_strfreev (lines);
  return (gsize) (end + 4 - data->str) + length;
}

static void
job_receive (Job *job, GIOStream *stream)
{
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GString *data = g_string_new (NULL);
  gchar buffer[4096];
  gssize n;

  do {
    gsize want = response_length (data);

    if (want > 0 && data->len >= want && !job->wait_close)
      break;
    n = g_input_stream_read (in, buffer, sizeof (buffer), NULL, NULL);
    if (n > 0)
      g_string_append_len (data, buffer, n);
    job->response->closed = n == 0;
    if (g_str_has_prefix (data->str, "HTTP/1.1 100 ") && response_length (data) > 0)
      g_string_erase (data, 0, strstr (data->str, "\r\n\r\n") + 4 - data->str);
  } while (n > 0);

  if (g_str_has_prefix (data->str, "HTTP/1.")) {
    gchar *end = strstr (data->str, "\r\n\r\n");

    job->response->status = (guint) g_ascii_strtoull (data->str + 9, NULL, 10);
    job->response->head = end ? g_strndup (data->str, (gsize) (end + 2 - data->str)) : NULL;
    job->response->body = g_strdup (end ? end + 4 : "");
  }
  g_string_free (data, TRUE);
}

static gpointer
job_run (gpointer data)
{
  Job *job = data;
  GIOStream *stream = job_connect (job);

  if (stream) {
    job_send (job, stream);
    job_receive (job, stream);
    g_io_stream_close (stream, NULL, NULL);
    g_object_unref (stream);
  }
  g_atomic_int_set (&job->done, 1);
  g_main_context_wakeup (job->context);
  return NULL;
}

static HttpResponse *
job_finish (Job *job)
{
  GThread *thread;

  job->response = g_new0 (HttpResponse, 1);
  thread = g_thread_new ("http-client", job_run, job);
  while (!g_atomic_int_get (&job->done))
    g_main_context_iteration (job->context, TRUE);
  g_thread_join (thread);
  return job->response;
}

HttpResponse *
http_request (GMainContext *context, guint16 port, const gchar *request, gssize len,
    gboolean wait_close, guint timeout_ms)
{
  Job job = { .context = context,
    .port = port,
    .request = request,
    .wait_close = wait_close,
    .timeout_ms = timeout_ms };

  job.len = len < 0 ? strlen (request) : (gsize) len;
  return job_finish (&job);
}

HttpResponse *
http_request_stream (GMainContext *context, guint16 port, const gchar *request, gboolean tls)
{
  Job job = { .context = context,
    .port = port,
    .request = request,
    .len = strlen (request),
    .tls = tls,
    .timeout_ms = 5000 };

  return job_finish (&job);
}

HttpResponse *
http_upload (GMainContext *context, guint16 port, const gchar *head, HttpProducer producer,
    gpointer user_data, guint timeout_ms)
{
  Job job = { .context = context,
    .port = port,
    .request = head,
    .len = strlen (head),
    .wait_close = TRUE,
    .timeout_ms = timeout_ms,
    .producer = producer,
    .producer_data = user_data };

  return job_finish (&job);
}

void
http_response_free (HttpResponse *response)
{
  g_free (response->head);
  g_free (response->body);
  g_free (response);
}

gchar *
http_response_dup_header (HttpResponse *response, const gchar *name)
{
  gchar **lines = g_strsplit (response->head ? response->head : "", "\r\n", -1);
  gsize len = strlen (name);
  gchar *value = NULL;

  for (guint i = 0; lines[i] && !value; i++)
    if (g_ascii_strncasecmp (lines[i], name, len) == 0 && lines[i][len] == ':')
      value = g_strstrip (g_strdup (lines[i] + len + 1));
  g_strfreev (lines);
  return value;
}
