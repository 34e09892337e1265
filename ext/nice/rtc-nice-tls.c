/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice-tls.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include "ext/nice/rtc-nice-turn.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_ice

#define LOG_ID "p%" G_GUINT64_FORMAT ": "

typedef struct _Relay Relay;

/* One direction. Reads while there is room, writes, reads again: never both at once. */
typedef struct {
  Relay *relay;
  GInputStream *from; /* not owned */
  GOutputStream *to;  /* not owned */
  gsize len;          /* bytes in data */
  gsize n_passing;    /* of those, being written */
  guint8 data[RTC_NICE_TLS_BUFFER_BYTES];
} Pipe;

/* One connection of libnice's:
 *
 *   connecting --> securing --> relaying --> over
 *        |             |            |         ^
 *        +-------------+------------+--> refusing (a TURN error to libnice)
 */
struct _Relay {
  RtcNiceTls *bridge;
  GCancellable *cancellable;
  GSocketConnection *near; /* libnice */
  GSocketConnection *far;  /* the server, NULL before it is reached */
  GIOStream *tls;          /* on far, NULL before it is secured */
  GSource *timeout;        /* while connecting and securing */
  Pipe up, down;           /* to the server; to libnice */
  gboolean is_allocated;   /* the server granted an allocation */
  gboolean is_refusing;
  gboolean is_over;                           /* freed when nothing is pending */
  guint n_pending;                            /* operations under way */
  guint8 request[RTC_NICE_TURN_HEADER_BYTES]; /* start of libnice's last one */
  gsize request_len;
  guint8 refusal[RTC_NICE_TURN_REFUSAL_BYTES];
};

struct _RtcNiceTls {
  guint refs; /* the owner's and one per relay */
  GMainContext *context;
  GTlsDatabase *trust;
  RtcPeerId peer_id;
  gchar *host, *name; /* name: for logs */
  GSocketAddress *server;
  GSocketConnectable *identity;
  GSocket *listener;
  GSource *incoming;
  gboolean is_ipv6;
  guint16 port;
  guint n_wanted;    /* connections still to come */
  GPtrArray *relays; /* Relay *, not owned */
  guint64 n_failed;
  guint *n_alive;
};

static void
tls_stop_listening (RtcNiceTls *self)
{
  if (self->incoming == NULL)
    return;
  g_source_destroy (self->incoming);
  g_clear_pointer (&self->incoming, g_source_unref);
  g_socket_close (self->listener, NULL);
}

static void
tls_unref (RtcNiceTls *self)
{
  if (--self->refs > 0)
    return;
  tls_stop_listening (self);
  g_clear_object (&self->listener);
  g_clear_object (&self->identity);
  g_clear_object (&self->server);
  g_clear_object (&self->trust);
  g_ptr_array_unref (self->relays);
  g_main_context_unref (self->context);
  g_free (self->host);
  g_free (self->name);
  (*self->n_alive)--;
  g_free (self);
}

/* --- the end of a relay --- */

static void
relay_stop_timeout (Relay *self)
{
  if (self->timeout == NULL)
    return;
  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
}

/* Last call of everything that may have ended self. */
static void
relay_settle (Relay *self)
{
  if (!self->is_over || self->n_pending > 0)
    return;
  relay_stop_timeout (self);
  g_ptr_array_remove_fast (self->bridge->relays, self);
  /* The sockets only: a TLS close_notify could block. */
  if (self->far != NULL)
    g_io_stream_close (G_IO_STREAM (self->far), NULL, NULL);
  g_io_stream_close (G_IO_STREAM (self->near), NULL, NULL);
  g_clear_object (&self->tls);
  g_clear_object (&self->far);
  g_object_unref (self->near);
  g_object_unref (self->cancellable);
  tls_unref (self->bridge);
  g_free (self);
}

static void
relay_end (Relay *self)
{
  self->is_over = TRUE;
  g_cancellable_cancel (self->cancellable);
}

static void
relay_warn (Relay *self, const gchar *reason)
{
  self->bridge->n_failed++;
  GST_WARNING (LOG_ID "TURN over TLS to %s: %s", self->bridge->peer_id, self->bridge->name, reason);
}

/* --- refusing --- */

static void pipe_read (Pipe *pipe);

static void
on_refused (GObject *source, GAsyncResult *result, gpointer data)
{
  Relay *self = data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  self->n_pending--;
  relay_settle (self);
}

/* Answers the last request, if there was any. */
static void
relay_write_refusal (Relay *self)
{
  if (!rtc_nice_turn_write_refusal (self->request, self->request_len, self->refusal))
    return;
  self->n_pending++;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->near)),
      self->refusal, sizeof self->refusal, G_PRIORITY_DEFAULT, self->cancellable, on_refused, self);
}

/* The start of what libnice sent last: without an allocation there is one request at a time. */
static void
relay_note_request (Relay *self, const guint8 *data, gsize len)
{
  self->request_len = MIN (len, sizeof self->request);
  memcpy (self->request, data, self->request_len);
}

/* From here on every request is answered by an error. near stays open: libnice 0.1.21 never ends
 * gathering when a connection is closed on which it still waits for an answer. */
static void
relay_refuse (Relay *self, const gchar *reason)
{
  if (self->is_over || self->is_refusing)
    return;
  relay_warn (self, reason);
  relay_stop_timeout (self);
  self->is_refusing = TRUE;
  relay_write_refusal (self);
  if (self->tls != NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  pipe_read (&self->up);
}

/* The server is gone. Once there is an allocation, libnice has to learn that it is lost. */
static void
relay_break (Relay *self, const gchar *reason)
{
  if (!self->is_allocated) {
    relay_refuse (self, reason);
    return;
  }
  if (!self->is_over)
    relay_warn (self, reason);
  relay_end (self);
}

/* --- relaying --- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Pipe *pipe = data;
  Relay *self = pipe->relay;
  GError *error = NULL;

  self->n_pending--;
  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error)) {
    pipe->len -= pipe->n_passing;
    memmove (pipe->data, pipe->data + pipe->n_passing, pipe->len);
    pipe_read (pipe);
  } else if (pipe == &self->up && !self->is_over) {
    relay_break (self, error->message);
    pipe->len = 0;
    pipe_read (pipe);
  } else {
    relay_end (self);
  }
  g_clear_error (&error);
  relay_settle (self);
}

static void
pipe_write (Pipe *pipe)
{
  pipe->relay->n_pending++;
  g_output_stream_write_all_async (pipe->to, pipe->data, pipe->n_passing, G_PRIORITY_DEFAULT,
      pipe->relay->cancellable, on_written, pipe);
}

/* What the server said before an allocation is passed by whole messages, after a look. */
static void
relay_handle_answer (Relay *self)
{
  Pipe *pipe = &self->down;
  RtcResult result =
      rtc_nice_turn_check (pipe->data, pipe->len, &pipe->n_passing, &self->is_allocated);

  if (result == RTC_ERR_UNSUPPORTED)
    relay_refuse (self, "the server redirects to another one, which is not supported over TLS");
  else if (result != RTC_OK || (pipe->n_passing == 0 && pipe->len == sizeof pipe->data))
    relay_refuse (self, "this is not a TURN server");
  else if (pipe->n_passing > 0)
    pipe_write (pipe);
  else
    pipe_read (pipe);
}

static void
relay_handle_request (Relay *self)
{
  Pipe *pipe = &self->up;

  if (!self->is_allocated)
    relay_note_request (self, pipe->data, pipe->len);
  if (self->is_refusing) {
    relay_write_refusal (self);
    pipe->len = 0;
    pipe_read (pipe);
  } else {
    pipe->n_passing = pipe->len;
    pipe_write (pipe);
  }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Pipe *pipe = data;
  Relay *self = pipe->relay;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  self->n_pending--;
  if (n > 0)
    pipe->len += (gsize) n;
  if (self->is_over || (n <= 0 && pipe == &self->up)) {
    relay_end (self);
  } else if (n <= 0) {
    relay_break (self, error != NULL ? error->message : "closed by the server");
  } else if (pipe == &self->up) {
    relay_handle_request (self);
  } else if (!self->is_allocated) {
    relay_handle_answer (self);
  } else {
    pipe->n_passing = pipe->len;
    pipe_write (pipe);
  }
  g_clear_error (&error);
  relay_settle (self);
}

static void
pipe_read (Pipe *pipe)
{
  pipe->relay->n_pending++;
  g_input_stream_read_async (pipe->from, pipe->data + pipe->len, sizeof pipe->data - pipe->len,
      G_PRIORITY_DEFAULT, pipe->relay->cancellable, on_read, pipe);
}

static void
relay_start_pipes (Relay *self)
{
  self->up.to = g_io_stream_get_output_stream (self->tls);
  self->down.from = g_io_stream_get_input_stream (self->tls);
  pipe_read (&self->up);
  pipe_read (&self->down);
}

/* --- connecting and securing --- */

/* What the worker gets: nothing of Relay's, which belongs to the context's thread. */
typedef struct {
  GIOStream *far;
  GSocketConnectable *identity;
  GTlsDatabase *trust;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->far);
  g_object_unref (job->identity);
  g_clear_object (&job->trust);
  g_free (job);
}

static const gchar *
certificate_fault_to_string (GTlsCertificateFlags faults)
{
  if (faults & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return "its certificate comes from an unknown authority";
  if (faults & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return "its certificate is for another host";
  if (faults & G_TLS_CERTIFICATE_EXPIRED)
    return "its certificate has expired";
  if (faults & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return "its certificate is not valid yet";
  if (faults & G_TLS_CERTIFICATE_REVOKED)
    return "its certificate was revoked";
  return "its certificate is not acceptable";
}

/* Worker thread. */
static void
run_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  GIOStream *tls = g_tls_client_connection_new (job->far, job->identity, &error);

  if (tls != NULL && job->trust != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), job->trust);
  if (tls != NULL && g_tls_connection_handshake (G_TLS_CONNECTION (tls), cancellable, &error)) {
    g_task_return_pointer (task, tls, g_object_unref);
    return;
  }
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE)) {
    GTlsCertificateFlags faults =
        g_tls_connection_get_peer_certificate_errors (G_TLS_CONNECTION (tls));

    g_clear_error (&error);
    rtc_error (&error, RTC_ERR_AUTH, "%s", certificate_fault_to_string (faults));
  }
  g_clear_object (&tls);
  g_task_return_error (task, error);
}

static void
on_secured (GObject *source, GAsyncResult *result, gpointer data)
{
  Relay *self = data;
  GError *error = NULL;
  GIOStream *tls = g_task_propagate_pointer (G_TASK (result), &error);

  self->n_pending--;
  if (tls != NULL && !self->is_over && !self->is_refusing) {
    relay_stop_timeout (self);
    GST_DEBUG (LOG_ID "TURN over TLS to %s is secured", self->bridge->peer_id, self->bridge->name);
    self->tls = tls;
    relay_start_pipes (self);
  } else {
    if (error != NULL)
      relay_refuse (self, error->message);
    g_clear_object (&tls);
  }
  g_clear_error (&error);
  relay_settle (self);
}

static void
relay_secure (Relay *self)
{
  GTask *task = g_task_new (NULL, self->cancellable, on_secured, self);
  Job *job = g_new (Job, 1);

  *job = (Job){ g_object_ref (G_IO_STREAM (self->far)), g_object_ref (self->bridge->identity),
    self->bridge->trust != NULL ? g_object_ref (self->bridge->trust) : NULL };
  g_task_set_task_data (task, job, job_free);
  self->n_pending++;
  g_task_run_in_thread (task, run_job);
  g_object_unref (task);
}

static void
set_no_delay (GSocketConnection *connection)
{
  g_socket_set_option (
      g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Relay *self = data;
  GError *error = NULL;

  self->n_pending--;
  self->far = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (self->far == NULL) {
    relay_refuse (self, error->message);
    g_error_free (error);
  } else if (!self->is_over && !self->is_refusing) {
    set_no_delay (self->far);
    relay_secure (self);
  }
  relay_settle (self);
}

static gboolean
on_timeout (gpointer data)
{
  Relay *self = data;

  relay_refuse (self, "no answer in time");
  return G_SOURCE_REMOVE;
}

/* Takes over socket. */
static void
relay_start (RtcNiceTls *bridge, GSocket *socket)
{
  Relay *self = g_new0 (Relay, 1);
  GSocketClient *client = g_socket_client_new ();

  bridge->refs++;
  self->bridge = bridge;
  self->cancellable = g_cancellable_new ();
  self->near = g_socket_connection_factory_create_connection (socket);
  g_object_unref (socket);
  set_no_delay (self->near);
  self->up.relay = self->down.relay = self;
  self->up.from = g_io_stream_get_input_stream (G_IO_STREAM (self->near));
  self->down.to = g_io_stream_get_output_stream (G_IO_STREAM (self->near));
  g_ptr_array_add (bridge->relays, self);
  self->timeout = g_timeout_source_new (RTC_NICE_TLS_TIMEOUT_MS);
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_attach (self->timeout, bridge->context);
  g_socket_client_set_enable_proxy (client, FALSE);
  self->n_pending++;
  g_socket_client_connect_async (
      client, G_SOCKET_CONNECTABLE (bridge->server), self->cancellable, on_connected, self);
  g_object_unref (client);
}

/* --- the bridge --- */

static gboolean
on_incoming (GSocket *listener, GIOCondition condition, gpointer data)
{
  RtcNiceTls *self = data;
  GSocket *socket = g_socket_accept (listener, NULL, NULL);

  if (socket == NULL)
    return G_SOURCE_CONTINUE;
  relay_start (self, socket);
  if (--self->n_wanted == 0)
    tls_stop_listening (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
tls_listen (RtcNiceTls *self, GError **error)
{
  GSocketFamily family = self->is_ipv6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4;
  GInetAddress *loopback = g_inet_address_new_loopback (family);
  GSocketAddress *address = g_inet_socket_address_new (loopback, 0);
  gboolean ok = FALSE;

  self->listener = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (self->listener != NULL) {
    g_socket_set_blocking (self->listener, FALSE);
    g_socket_set_listen_backlog (self->listener, (gint) self->n_wanted);
    ok = g_socket_bind (self->listener, address, FALSE, error)
         && g_socket_listen (self->listener, error);
  }
  g_object_unref (address);
  g_object_unref (loopback);
  if (!ok)
    return FALSE;
  address = g_socket_get_local_address (self->listener, error);
  if (address == NULL)
    return FALSE;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_object_unref (address);
  self->incoming = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->incoming, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (self->incoming, self->context);
  return TRUE;
}

RtcNiceTls *
rtc_nice_tls_new (const RtcNiceTlsConfig *config, GError **error)
{
  const RtcIceServer *server = config->server;
  RtcNiceTls *self = g_new0 (RtcNiceTls, 1);
  GError *reason = NULL;

  self->refs = 1;
  self->context = g_main_context_ref (config->context);
  self->trust = config->trust != NULL ? g_object_ref (config->trust) : NULL;
  self->peer_id = config->peer_id;
  self->host = g_strdup (server->host != NULL ? server->host : server->address);
  self->name = g_strdup_printf ("%s (%s port %u)", self->host, server->address, server->port);
  self->server = g_inet_socket_address_new_from_string (server->address, server->port);
  self->identity = g_network_address_new (self->host, server->port);
  self->is_ipv6 = config->is_ipv6;
  self->n_wanted = config->max_connections;
  self->relays = g_ptr_array_new ();
  self->n_alive = config->n_alive;
  (*self->n_alive)++;
  if (self->server == NULL)
    rtc_error (&reason, RTC_ERR_BACKEND, "not an address");
  if (self->server == NULL || !tls_listen (self, &reason)) {
    rtc_error (error, RTC_ERR_BACKEND, "TURN over TLS to %s: %s", self->name, reason->message);
    g_error_free (reason);
    tls_unref (self);
    return NULL;
  }
  return self;
}

const gchar *
rtc_nice_tls_get_address (RtcNiceTls *self)
{
  return self->is_ipv6 ? "::1" : "127.0.0.1";
}

guint16
rtc_nice_tls_get_port (RtcNiceTls *self)
{
  return self->port;
}

guint64
rtc_nice_tls_get_n_failed (RtcNiceTls *self)
{
  return self->n_failed;
}

void
rtc_nice_tls_free (RtcNiceTls *self)
{
  if (self == NULL)
    return;
  tls_stop_listening (self);
  for (guint i = self->relays->len; i > 0; i--) {
    Relay *relay = g_ptr_array_index (self->relays, i - 1);

    relay_end (relay);
    relay_settle (relay);
  }
  tls_unref (self);
}
