/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-proxy.c - the link emulator for browsers and other programs: an HTTP proxy in front of a
 * WHIP or WHEP server that puts a link of its own into each call.
 *
 *   link-proxy [--seed N] [--both SPEC] [--to-server SPEC] [--to-client SPEC] [--trace FILE] URL
 *   SPEC: NAME=VALUE,NAME=VALUE as link-config.h has them (delay=25,rate=2000,queue=300,loss=1)
 *
 * Serves what URL serves (scheme, host and port count) on a free port of 127.0.0.1 and prints
 * {"url": "http://127.0.0.1:PORT/"}. Bodies of type application/sdp are rewritten both ways; the
 * candidates of a PATCH are taken out, since the link knows a client by its packets. The n-th call
 * has seed N + n, and the trace of the first call is in FILE, of the n-th in FILE.n (n from 1).
 *
 * Lines on standard input are for all links there are: "both SPEC", "to-server SPEC", "to-client
 * SPEC" change the link (also of later calls); "schedule both|to-server|to-client
 * SECONDS:KBIT/SECONDS:KBIT" sets rates by time from now; "tcp to-server|to-client SECONDS" adds a
 * TCP connection (Cubic) for so long; "hole both|to-server|to-client MS" loses all for so long;
 * "note to-server|to-client NAME VALUE" writes a value to the trace; "rebind" gives the client
 * other ports; "stats" prints a line of JSON for each. Ends with standard input. */
#include <libsoup/soup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link-emulator.h"
#include "link-sdp.h"

typedef struct {
  GMainLoop *loop;
  gchar *upstream; /* without the final slash */
  LinkEmulatorConfig config;
  GPtrArray *links; /* LinkEmulator */
} Proxy;

/* --- what the link is like -------------------------------------------------------------------- */

/* Sets what the text names; the rest stays. */
static gboolean
parse_link (const gchar *text, SimLink *link)
{
  gchar *error = NULL;
  gboolean good = link_config_parse (link, text, &error);

  if (!good)
    fprintf (stderr, "link-proxy: %s\n", error);
  g_free (error);
  return good;
}

static gboolean
is_way (const gchar *way, SimDir dir)
{
  return strcmp (way, "both") == 0
         || strcmp (way, dir == SIM_A_TO_B ? "to-server" : "to-client") == 0;
}

static gboolean
change_config (Proxy *self, const gchar *way, const gchar *text)
{
  gboolean good = is_way (way, SIM_A_TO_B) || is_way (way, SIM_B_TO_A);

  if (is_way (way, SIM_A_TO_B))
    good = parse_link (text, &self->config.to_server);
  if (is_way (way, SIM_B_TO_A))
    good = parse_link (text, &self->config.to_client) && good;
  return good;
}

/* --- HTTP ------------------------------------------------------------------------------------- */

static gboolean
is_type (SoupMessageHeaders *headers, const gchar *type)
{
  return g_strcmp0 (soup_message_headers_get_content_type (headers, NULL), type) == 0;
}

/* Those of the connection itself are made anew. */
static void
copy_headers (SoupMessageHeaders *from, SoupMessageHeaders *to)
{
  static const gchar *const own[] = { "Connection", "Content-Length", "Transfer-Encoding",
    "Keep-Alive", "Accept-Encoding", NULL };
  const gchar *name, *value;
  SoupMessageHeadersIter iter;

  soup_message_headers_iter_init (&iter, from);
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    gboolean skip = FALSE;

    for (guint i = 0; own[i] != NULL; i++)
      skip |= g_ascii_strcasecmp (name, own[i]) == 0;
    if (!skip)
      soup_message_headers_append (to, name, value);
  }
}

static gchar *
body_to_text (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  return g_strndup (body->data != NULL ? body->data : "", (gsize) body->length);
}

/* What goes to the server; *link is new when it begins a call. */
static GBytes *
rewrite_request (Proxy *self, SoupServerMessage *message, LinkEmulator **link)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  struct sockaddr_in none = { .sin_family = AF_INET };
  gchar *text = body_to_text (message), *rewritten = NULL;

  if (is_type (headers, "application/sdp")
      && soup_server_message_get_method (message) == SOUP_METHOD_POST) {
    LinkEmulatorConfig config = self->config;

    gchar *path = NULL;

    config.seed += self->links->len;
    if (config.trace_path != NULL && self->links->len > 0)
      config.trace_path = path = g_strdup_printf ("%s.%u", config.trace_path, self->links->len);
    *link = link_emulator_new (&config);
    g_free (path);
    g_ptr_array_add (self->links, *link);
    rewritten = link_emulator_rewrite_offer (*link, text);
  } else if (is_type (headers, "application/trickle-ice-sdpfrag")) {
    rewritten = link_sdp_replace_candidates (text, &none);
  }
  if (rewritten != NULL) {
    g_free (text);
    text = rewritten;
  }
  return g_bytes_new_take (text, strlen (text));
}

static void
answer (Proxy *self, SoupServerMessage *to, SoupMessage *from, GBytes *body, LinkEmulator *link)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (from);

  copy_headers (headers, soup_server_message_get_response_headers (to));
  soup_server_message_set_status (to, soup_message_get_status (from), NULL);
  if (link != NULL && is_type (headers, "application/sdp")) {
    gchar *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    gchar *rewritten = link_emulator_rewrite_answer (link, text);

    soup_message_body_append_take (
        soup_server_message_get_response_body (to), (guchar *) rewritten, strlen (rewritten));
    g_free (text);
  } else if (g_bytes_get_size (body) > 0) {
    soup_message_body_append_bytes (soup_server_message_get_response_body (to), body);
  }
}

/* One at a time: who tests has few requests, and the upstream server does not wait for us. */
static void
handle_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  Proxy *self = data;
  GUri *uri = soup_server_message_get_uri (message);
  const gchar *search = g_uri_get_query (uri);
  gchar *url = g_strconcat (self->upstream, g_uri_get_path (uri), search != NULL ? "?" : "",
      search != NULL ? search : "", NULL);
  SoupSession *session = soup_session_new_with_options ("timeout", 15, NULL);
  SoupMessage *request = soup_message_new (soup_server_message_get_method (message), url);
  LinkEmulator *link = NULL;
  GBytes *body = rewrite_request (self, message, &link), *reply;
  GError *error = NULL;

  soup_message_add_flags (request, SOUP_MESSAGE_NO_REDIRECT);
  copy_headers (soup_server_message_get_request_headers (message),
      soup_message_get_request_headers (request));
  if (g_bytes_get_size (body) > 0)
    soup_message_set_request_body_from_bytes (request, NULL, body);
  reply = soup_session_send_and_read (session, request, NULL, &error);
  if (reply != NULL) {
    answer (self, message, request, reply, link);
    g_bytes_unref (reply);
  } else {
    fprintf (stderr, "link-proxy: %s\n", error->message);
    g_error_free (error);
    soup_server_message_set_status (message, 502, NULL);
  }
  g_bytes_unref (body);
  g_object_unref (request);
  g_object_unref (session);
  g_free (url);
}

/* --- control ---------------------------------------------------------------------------------- */

static void
print_stats (Proxy *self)
{
  for (guint i = 0; i < self->links->len; i++) {
    LinkEmulatorStats stats;

    link_emulator_get_stats (g_ptr_array_index (self->links, i), &stats);
    printf ("{\"call\": %u", i);
    for (guint way = 0; way < SIM_N_DIRS; way++) {
      const SimNetStats *s = &stats.ways[way];

      printf (", \"%s\": {\"packets\": %" G_GUINT64_FORMAT ", \"delivered\": %" G_GUINT64_FORMAT
              ", \"lost\": %" G_GUINT64_FORMAT ", \"queue_dropped\": %" G_GUINT64_FORMAT
              ", \"blackholed\": %" G_GUINT64_FORMAT "}",
          way == SIM_A_TO_B ? "to_server" : "to_client", s->pushed, s->delivered, s->lost,
          s->queue_dropped, s->blackholed);
    }
    printf (", \"strangers\": %" G_GUINT64_FORMAT ", \"late\": %" G_GUINT64_FORMAT "}\n",
        stats.strangers, stats.late);
  }
  fflush (stdout);
}

/* One link, one direction; words are those of the line. FALSE: not a command of this kind. */
static gboolean
change_way (LinkEmulator *link, SimDir dir, gchar **words, guint n)
{
  if (strcmp (words[0], "schedule") == 0 && n == 3) {
    GArray *steps = link_schedule_parse (words[2], 0);

    if (steps == NULL)
      return FALSE;
    link_emulator_set_schedule (link, dir, (LinkRateStep *) (gpointer) steps->data, steps->len);
    g_array_unref (steps);
  } else if (strcmp (words[0], "tcp") == 0 && n == 3) {
    LinkCrossConfig cross = { .dir = dir,
      .to = (GstClockTime) (g_ascii_strtod (words[2], NULL) * GST_SECOND) };

    link_emulator_add_cross (link, &cross);
  } else if (strcmp (words[0], "hole") == 0 && n == 3) {
    link_emulator_add_blackhole (link, dir, 0, (guint) g_ascii_strtoull (words[2], NULL, 10));
  } else if (strcmp (words[0], "note") == 0 && n == 4) {
    link_emulator_note (link, dir, words[2], g_ascii_strtod (words[3], NULL));
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean
change_links (Proxy *self, gchar **words, guint n)
{
  gboolean good = n >= 2;

  if (n == 2 && change_config (self, words[0], words[1])) {
    for (guint i = 0; i < self->links->len; i++) {
      LinkEmulator *link = g_ptr_array_index (self->links, i);

      link_emulator_set_link (link, SIM_A_TO_B, &self->config.to_server);
      link_emulator_set_link (link, SIM_B_TO_A, &self->config.to_client);
    }
    return TRUE;
  }
  for (guint i = 0; i < self->links->len && good; i++) {
    for (guint dir = 0; dir < SIM_N_DIRS && good; dir++) {
      if (is_way (words[1], (SimDir) dir))
        good = change_way (g_ptr_array_index (self->links, i), (SimDir) dir, words, n);
    }
  }
  return good;
}

static void
handle_command (Proxy *self, gchar *line)
{
  gchar **words = g_strsplit (g_strchomp (line), " ", 4);
  guint n = g_strv_length (words);

  if (g_strcmp0 (words[0], "stats") == 0)
    print_stats (self);
  else if (g_strcmp0 (words[0], "rebind") == 0)
    for (guint i = 0; i < self->links->len; i++)
      link_emulator_rebind (g_ptr_array_index (self->links, i));
  else if (!change_links (self, words, n))
    fprintf (stderr, "link-proxy: what is \"%s\"?\n", line);
  g_strfreev (words);
}

static gboolean
read_line (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  Proxy *self = data;
  gchar *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  handle_command (self, line);
  g_free (line);
  return G_SOURCE_CONTINUE;
}

static void
serve (Proxy *self)
{
  SoupServer *server = soup_server_new (NULL, NULL);
  GIOChannel *input = g_io_channel_unix_new (0);
  GError *error = NULL;
  GSList *uris;

  soup_server_add_handler (server, NULL, handle_request, self, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error ("%s", error->message);
  uris = soup_server_get_uris (server);
  printf ("{\"url\": \"http://127.0.0.1:%d/\"}\n", g_uri_get_port (uris->data));
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, read_line, self);
  g_main_loop_run (self->loop);
  g_io_channel_unref (input);
  soup_server_disconnect (server);
  g_object_unref (server);
}

int
main (int argc, char **argv)
{
  Proxy self = { .config = { .seed = 1 } };
  gchar *both = NULL, *to_server = NULL, *to_client = NULL, *trace = NULL;
  gint64 seed = 1;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "of the first call", "N" },
    { "both", 0, 0, G_OPTION_ARG_STRING, &both, "the link, both ways", "SPEC" },
    { "to-server", 0, 0, G_OPTION_ARG_STRING, &to_server, "one way", "SPEC" },
    { "to-client", 0, 0, G_OPTION_ARG_STRING, &to_client, "the other way", "SPEC" },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &trace, "CSV of the calls' packets", "FILE" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("URL");
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2) {
    fprintf (stderr, "link-proxy: %s\n", error != NULL ? error->message : "which URL?");
    return 2;
  }
  g_option_context_free (context);
  self.config.seed = (guint64) seed;
  self.config.trace_path = trace;
  if ((both != NULL && !change_config (&self, "both", both))
      || (to_server != NULL && !change_config (&self, "to-server", to_server))
      || (to_client != NULL && !change_config (&self, "to-client", to_client)))
    return 2;
  self.upstream = g_strdup (argv[1]);
  if (g_str_has_suffix (self.upstream, "/"))
    self.upstream[strlen (self.upstream) - 1] = '\0';
  self.links = g_ptr_array_new_with_free_func ((GDestroyNotify) link_emulator_free);
  self.loop = g_main_loop_new (NULL, FALSE);
  serve (&self);
  g_main_loop_unref (self.loop);
  g_ptr_array_unref (self.links);
  g_free (self.upstream);
  return 0;
}
