/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/turn-server.h"

#include <glib/gstdio.h>

/* Longest that coturn may take to start on a busy machine. */
#define START_TIMEOUT_US (10 * G_USEC_PER_SEC)

struct _TurnServer {
  GSubprocess *process;
  gchar *folder;
  guint16 port, tls_port;
};

guint16
turn_server_find_free_port (void)
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocketAddress *bound;
  guint16 port;

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_object_unref (bound);
  g_object_unref (address);
  g_object_unref (socket);
  return port;
}

static gboolean
answers (guint16 port)
{
  GSocketClient *client = g_socket_client_new ();
  GSocketConnection *connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  gboolean result = connection != NULL;

  g_clear_object (&connection);
  g_object_unref (client);
  return result;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for_port (guint16 port)
{
  gint64 deadline = g_get_monotonic_time () + START_TIMEOUT_US;
  GMainContext *context = g_main_context_new ();
  GSource *tick = g_timeout_source_new (20);

  g_source_set_callback (tick, on_tick, NULL, NULL);
  g_source_attach (tick, context);
  while (!answers (port)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (context, TRUE);
  }
  g_source_destroy (tick);
  g_source_unref (tick);
  g_main_context_unref (context);
}

static GSubprocess *
spawn (TurnServer *self, const gchar *program, const gchar *certificate, const gchar *key)
{
  GPtrArray *args = g_ptr_array_new_with_free_func (g_free);
  static const gchar *const fixed[] = { "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1",
    "--lt-cred-mech", "--user=viewer:secret", "--realm=test", "--allow-loopback-peers",
    "--cli-password=unused", "--no-cli", "--no-dtls", "--log-file=stdout" };
  GSubprocess *process;
  GError *error = NULL;

  g_ptr_array_add (args, g_strdup (program));
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (args, g_strdup (fixed[i]));
  g_ptr_array_add (args, g_strdup_printf ("--listening-port=%u", self->port));
  g_ptr_array_add (args, g_strdup_printf ("--pidfile=%s/pid", self->folder));
  g_ptr_array_add (args, g_strdup_printf ("--userdb=%s/db", self->folder));
  if (certificate != NULL) {
    g_ptr_array_add (args, g_strdup_printf ("--tls-listening-port=%u", self->tls_port));
    g_ptr_array_add (args, g_strdup_printf ("--cert=%s", certificate));
    g_ptr_array_add (args, g_strdup_printf ("--pkey=%s", key));
  } else {
    g_ptr_array_add (args, g_strdup ("--no-tls"));
  }
  g_ptr_array_add (args, NULL);
  process = g_subprocess_newv ((const gchar *const *) args->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (args);
  return process;
}

TurnServer *
turn_server_start (const gchar *certificate, const gchar *key)
{
  gchar *program = g_find_program_in_path ("turnserver");
  TurnServer *self;

  if (program == NULL)
    return NULL;
  self = g_new0 (TurnServer, 1);
  self->folder = g_dir_make_tmp ("rtc-turn-XXXXXX", NULL);
  self->port = turn_server_find_free_port ();
  self->tls_port = certificate != NULL ? turn_server_find_free_port () : 0;
  self->process = spawn (self, program, certificate, key);
  wait_for_port (self->port);
  if (certificate != NULL)
    wait_for_port (self->tls_port);
  g_free (program);
  return self;
}

guint16
turn_server_get_port (TurnServer *self)
{
  return self->port;
}

guint16
turn_server_get_tls_port (TurnServer *self)
{
  return self->tls_port;
}

void
turn_server_stop (TurnServer *self)
{
  static const gchar *const names[] = { "pid", "db" };

  if (self == NULL)
    return;
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar *file = g_build_filename (self->folder, names[i], NULL);

    g_unlink (file);
    g_free (file);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self);
}
