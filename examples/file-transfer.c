/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* file-transfer.c - who opens the page in a browser gets the files of a folder, and puts some
 * there.
 *
 *   file-transfer [--address http://127.0.0.1:8080/] [--max-size BYTES] [--token TOKEN] FOLDER
 *
 * Each session gets a channel "files"; docs/data-channels.md, "Files", has its messages. Signals of
 * sessions and channels come on one thread, the plugin's control thread, one after another: nothing
 * here needs a lock. Files are read and written there a piece at a time, as the channel has room;
 * while a piece is being written, what comes waits with the page. */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>
#include "examples/shared-folder.h"

#define PIECE 65536                /* bytes of a message: what every peer takes */
#define MOST_WAITING (1024 * 1024) /* bytes that the channel has not sent yet */
#define LOW (256 * 1024)           /* so few of them that more are read */
#define MAX_TEXT 4096              /* bytes of a message of text */
#define MAX_LISTED 200

#define END_SECONDS 5 /* for visitors to leave */

typedef struct {
  SharedFolder folder;
  GMutex lock; /* guards n_visitors */
  GCond left;
  guint n_visitors;
} App;

/* A page that is connected. */
typedef struct {
  App *app;
  SharedFolder *folder;
  gchar *id;
  GObject *channel; /* which owns this */
  IncomingFile *in; /* NULL: none comes */
  int out;          /* -1: none goes */
  gchar *out_name;
  guint64 out_left;
  GChecksum *out_sum;
} Visitor;

/* Sends {"type": type, name: text, ...}; a member "size" is a guint64. */
static void
say (Visitor *self, const gchar *type, ...)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree gchar *text = NULL;
  const gchar *name;
  va_list args;

  json_object_set_string_member (object, "type", type);
  va_start (args, type);
  while ((name = va_arg (args, const gchar *)) != NULL) {
    if (strcmp (name, "size") == 0)
      json_object_set_int_member (object, name, (gint64) va_arg (args, guint64));
    else if (strcmp (name, "files") == 0)
      json_object_set_array_member (object, name, va_arg (args, JsonArray *));
    else
      json_object_set_string_member (object, name, va_arg (args, const gchar *));
  }
  va_end (args);
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  g_signal_emit_by_name (self->channel, "send-string", text);
}

static void
list_files (Visitor *self)
{
  g_autoptr (GPtrArray) names = shared_folder_list (self->folder, MAX_LISTED);
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < names->len; i++) {
    guint64 size;
    int fd = shared_folder_read (self->folder, names->pdata[i], &size);
    JsonObject *file;

    if (fd < 0)
      continue;
    close (fd);
    file = json_object_new ();
    json_object_set_string_member (file, "name", names->pdata[i]);
    json_object_set_int_member (file, "size", (gint64) size);
    json_array_add_object_element (list, file);
  }
  say (self, "list", "files", list, NULL);
}

/* --- what goes -------------------------------------------------------------------------------- */

static void
end_sending (Visitor *self)
{
  if (self->out < 0)
    return;
  close (self->out);
  self->out = -1;
  g_clear_pointer (&self->out_name, g_free);
  g_clear_pointer (&self->out_sum, g_checksum_free);
}

static void
stop_sending (Visitor *self, const gchar *reason)
{
  if (self->out < 0)
    return;
  g_print ("%s: %s did not go out: %s\n", self->id, self->out_name, reason);
  end_sending (self);
}

/* The next piece of the file. */
static gboolean
send_piece (Visitor *self)
{
  g_autofree guint8 *data = g_malloc (PIECE);
  g_autoptr (GBytes) bytes = NULL;
  gssize n;

  do
    n = read (self->out, data, MIN (self->out_left, PIECE));
  while (n < 0 && errno == EINTR);
  if (n <= 0) {
    say (self, "stop", "reason", "it cannot be read", NULL);
    stop_sending (self, "it cannot be read");
    return FALSE;
  }
  g_checksum_update (self->out_sum, data, n);
  self->out_left -= (guint64) n;
  bytes = g_bytes_new_take (g_steal_pointer (&data), (gsize) n);
  g_signal_emit_by_name (self->channel, "send-data", bytes); /* on-error ends it */
  return self->out >= 0;
}

/* As much as the channel has room for; on-buffered-amount-low goes on. */
static void
send_some (Visitor *self)
{
  guint64 n_waiting = 0;

  while (self->out >= 0 && n_waiting < MOST_WAITING) {
    if (self->out_left == 0) {
      say (self, "end", "sha256", g_checksum_get_string (self->out_sum), NULL);
      g_print ("%s: %s is on its way\n", self->id, self->out_name);
      end_sending (self);
      return;
    }
    if (!send_piece (self))
      return;
    g_object_get (self->channel, "buffered-amount", &n_waiting, NULL);
  }
}

static void
begin_sending (Visitor *self, const gchar *name)
{
  guint64 size;
  int fd = self->out < 0 ? shared_folder_read (self->folder, name, &size) : -1;

  if (fd < 0) {
    say (self, "unavailable", "reason",
        self->out < 0 ? "there is no such file" : "one file at a time", NULL);
    return;
  }
  self->out = fd;
  self->out_name = shared_folder_plain_name (name);
  self->out_left = size;
  self->out_sum = g_checksum_new (G_CHECKSUM_SHA256);
  say (self, "file", "name", name, "size", size, NULL);
  send_some (self);
}

/* --- what comes ------------------------------------------------------------------------------- */

static void
stop_receiving (Visitor *self, const gchar *reason)
{
  if (self->in == NULL)
    return;
  g_print ("%s: %s did not come: %s\n", self->id, incoming_file_get_name (self->in), reason);
  g_clear_pointer (&self->in, incoming_file_free);
}

static void
refuse (Visitor *self, const GError *error)
{
  say (self, "refused", "reason", error->message, NULL);
  stop_receiving (self, error->message);
}

static void
begin_receiving (Visitor *self, const gchar *name, gint64 size)
{
  g_autoptr (GError) error = NULL;

  stop_receiving (self, "another one came");
  self->in =
      incoming_file_new (self->folder, name, size < 0 ? G_MAXUINT64 : (guint64) size, &error);
  if (self->in == NULL)
    refuse (self, error);
  else
    g_print ("%s: %s comes\n", self->id, incoming_file_get_name (self->in));
}

static void
end_receiving (Visitor *self, const gchar *sha256)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *name = NULL;

  if (self->in == NULL)
    return;
  name = incoming_file_keep (self->in, sha256, &error);
  if (name == NULL) {
    refuse (self, error);
    return;
  }
  g_clear_pointer (&self->in, incoming_file_free);
  g_print ("%s: %s is there, SHA-256 %s\n", self->id, name, sha256);
  say (self, "stored", "name", name, "sha256", sha256, NULL);
  list_files (self);
}

/* --- the channel ------------------------------------------------------------------------------ */

static void
on_bytes (GObject *channel, GBytes *bytes, Visitor *self)
{
  g_autoptr (GError) error = NULL;

  if (self->in != NULL && bytes != NULL && !incoming_file_write (self->in, bytes, &error))
    refuse (self, error);
}

static void
on_text (GObject *channel, const gchar *text, Visitor *self)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  const gchar *type, *name, *sha256, *reason;
  JsonObject *message;

  if (strlen (text) > MAX_TEXT || !json_parser_load_from_data (parser, text, -1, NULL)
      || json_parser_get_root (parser) == NULL
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return;
  message = json_node_get_object (json_parser_get_root (parser));
  type = json_object_get_string_member_with_default (message, "type", "");
  name = json_object_get_string_member_with_default (message, "name", "");
  sha256 = json_object_get_string_member_with_default (message, "sha256", "");
  reason = json_object_get_string_member_with_default (message, "reason", "");
  if (type == NULL || name == NULL || sha256 == NULL || reason == NULL)
    return;
  if (strcmp (type, "get") == 0)
    begin_sending (self, name);
  else if (strcmp (type, "file") == 0)
    begin_receiving (self, name, json_object_get_int_member_with_default (message, "size", -1));
  else if (strcmp (type, "end") == 0)
    end_receiving (self, sha256);
  else if (strcmp (type, "stop") == 0)
    stop_receiving (self, "the page has stopped it");
  else if (strcmp (type, "refused") == 0)
    stop_sending (self, "the page did not take it");
  else if (strcmp (type, "stored") == 0)
    g_print ("%s: a file has arrived\n", self->id);
}

static void
on_open (GObject *channel, Visitor *self)
{
  g_print ("%s: connected\n", self->id);
  list_files (self);
}

static void
on_low (GObject *channel, Visitor *self)
{
  send_some (self);
}

static void
on_error (GObject *channel, const GError *error, Visitor *self)
{
  stop_sending (self, error->message);
}

static void
on_close (GObject *channel, Visitor *self)
{
  stop_sending (self, "broken off");
  stop_receiving (self, "broken off");
}

static void
visitor_free (gpointer data)
{
  Visitor *self = data;

  on_close (NULL, self);
  g_mutex_lock (&self->app->lock);
  self->app->n_visitors--;
  g_cond_signal (&self->app->left);
  g_mutex_unlock (&self->app->lock);
  g_free (self->id);
  g_free (self);
}

static void
on_session (GstElement *sink, const gchar *id, GObject *session, App *app)
{
  Visitor *self = g_new0 (Visitor, 1);

  self->app = app;
  self->folder = &app->folder;
  self->id = g_strdup (id);
  self->out = -1;
  g_mutex_lock (&app->lock);
  app->n_visitors++;
  g_mutex_unlock (&app->lock);
  g_signal_emit_by_name (session, "create-data-channel", "files", NULL, &self->channel);
  if (self->channel == NULL) {
    visitor_free (self);
    return;
  }
  g_object_set_data_full (self->channel, "visitor", self, visitor_free);
  g_object_set (self->channel, "buffered-amount-low-threshold", (guint64) LOW, NULL);
  g_signal_connect (self->channel, "on-open", G_CALLBACK (on_open), self);
  g_signal_connect (self->channel, "on-message-string", G_CALLBACK (on_text), self);
  g_signal_connect (self->channel, "on-message-data", G_CALLBACK (on_bytes), self);
  g_signal_connect (self->channel, "on-buffered-amount-low", G_CALLBACK (on_low), self);
  g_signal_connect (self->channel, "on-error", G_CALLBACK (on_error), self);
  g_signal_connect (self->channel, "on-close", G_CALLBACK (on_close), self);
  g_object_unref (self->channel); /* the session has it */
}

/* --- the pipeline ----------------------------------------------------------------------------- */

typedef struct {
  GMainLoop *loop;
  int status;
} Run;

static gboolean
on_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  Run *self = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (gst_message_has_name (message, "webrtcsink-server")) {
    g_print ("Open %s in a browser. Ctrl-C ends it.\n",
        gst_structure_get_string (gst_message_get_structure (message), "url"));
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer data)
{
  Run *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

/* A picture, so that the page has one to show, and a section for data in its offers. */
static GstElement *
make_pipeline (const gchar *address, const gchar *token, App *app, GError **error)
{
  GstElement *pipeline =
      gst_parse_launch ("videotestsrc is-live=true pattern=ball ! "
                        "video/x-raw,width=320,height=180,framerate=15/1 ! "
                        "queue ! webrtcsink name=sink signaller::data-channels=true",
          error);
  g_autoptr (GstElement) sink = NULL;

  if (pipeline == NULL)
    return NULL;
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_object_set (sink, "web-server-host-addr", address, "auth-token", token, NULL);
  g_signal_connect (sink, "session-added", G_CALLBACK (on_session), app);
  return pipeline;
}

static int
run (GstElement *pipeline)
{
  Run self = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bus_add_watch (bus, on_bus, &self);
  g_unix_signal_add (SIGINT, on_interrupt, &self);
  g_unix_signal_add (SIGTERM, on_interrupt, &self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING); /* the bus says what is wrong */
  g_main_loop_run (self.loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  g_main_loop_unref (self.loop);
  return self.status;
}

/* Channels end after the pipeline, and files that were coming are deleted with them. */
static void
wait_for_visitors (App *app)
{
  gint64 end = g_get_monotonic_time () + END_SECONDS * G_TIME_SPAN_SECOND;

  g_mutex_lock (&app->lock);
  while (app->n_visitors > 0 && g_cond_wait_until (&app->left, &app->lock, end))
    continue;
  g_mutex_unlock (&app->lock);
}

int
main (int argc, char **argv)
{
  g_autofree gchar *address = g_strdup ("http://127.0.0.1:8080/"), *token = NULL;
  gint64 max_size = G_GINT64_CONSTANT (1) << 30;
  const GOptionEntry options[] = {
    { "address", 0, 0, G_OPTION_ARG_STRING, &address, "Where to serve the page", "URL" },
    { "max-size", 0, 0, G_OPTION_ARG_INT64, &max_size, "Of a file that comes in", "BYTES" },
    { "token", 0, 0, G_OPTION_ARG_STRING, &token, "What the page asks for", "TOKEN" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER - files to and from browsers");
  g_autoptr (GError) error = NULL;
  static App app;
  GstElement *pipeline;
  int status;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || max_size < 0
      || !shared_folder_open (&app.folder, argv[1], (guint64) max_size, &error)) {
    g_printerr ("%s\n", error != NULL ? error->message : "file-transfer FOLDER, see --help");
    return 2;
  }
  pipeline = make_pipeline (address, token, &app, &error);
  if (pipeline == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  status = run (pipeline);
  gst_object_unref (pipeline);
  wait_for_visitors (&app);
  return status;
}
