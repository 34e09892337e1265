/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/fake-whip-server.h"

#include <libsoup/soup.h>
#include <string.h>

struct _FakeWhipServer {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *soup;
  guint16 port;
  const FakeWhipReply *replies;
  guint n_replies;

  GMutex lock; /* of the rest */
  GCond listens;
  guint n_posts, status;
  FakeWhipAnswerer answerer;
  gpointer answerer_data;
  GString *story;
  gchar *body;
};

static void
note (FakeWhipServer *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const gchar *match = soup_message_headers_get_one (headers, "If-Match");
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  gchar *path = g_uri_to_string_partial (soup_server_message_get_uri (message), G_URI_HIDE_NONE);

  g_bytes_unref (soup_message_body_flatten (body));
  g_string_append_printf (self->story, "%s %s%s", soup_server_message_get_method (message),
      strchr (strstr (path, "://") + 3, '/'),
      g_strcmp0 (soup_message_headers_get_one (headers, "Authorization"), "Bearer s3cret-token")
              == 0
          ? " t"
          : "");
  if (match)
    g_string_append_printf (self->story, " m=%s", match);
  g_string_append_c (self->story, ';');
  g_free (self->body);
  self->body = g_strdup (body->data ? body->data : "");
  g_free (path);
}

static void
answer (FakeWhipServer *self, SoupServerMessage *message, const FakeWhipReply *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gchar *many = reply->n_bytes ? g_strnfill (reply->n_bytes, 'x') : NULL;
  const gchar *body = many ? many : reply->body;

  if (reply->status == 0) {
    soup_server_message_pause (message);
    return;
  }
  soup_server_message_set_status (message, reply->status, NULL);
  if (reply->location) {
    GString *location = g_string_new (reply->location);
    gchar *origin = fake_whip_server_dup_origin (self);

    g_string_replace (location, "{O}", origin, 0);
    soup_message_headers_replace (headers, "Location", location->str);
    g_string_free (location, TRUE);
    g_free (origin);
  }
  if (reply->etag)
    soup_message_headers_replace (headers, "ETag", reply->etag);
  if (reply->retry_after)
    soup_message_headers_replace (headers, "Retry-After", reply->retry_after);
  if (body)
    soup_server_message_set_response (
        message, reply->type ? reply->type : "text/plain", SOUP_MEMORY_COPY, body, strlen (body));
  g_free (many);
}

static void
on_message (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  FakeWhipServer *self = data;
  FakeWhipReply other = { 0 };

  g_mutex_lock (&self->lock);
  note (self, message);
  if (strcmp (soup_server_message_get_method (message), "POST") == 0 && self->answerer) {
    gchar *text = self->answerer (self->body, self->answerer_data);
    gchar *location = g_strdup_printf ("/session/%u", ++self->n_posts);

    other = (FakeWhipReply){ text ? 201 : 406, "application/sdp", text, location };
    answer (self, message, &other);
    g_free (location);
    g_free (text);
  } else if (strcmp (soup_server_message_get_method (message), "POST") == 0) {
    const FakeWhipReply *reply = &self->replies[MIN (self->n_posts, self->n_replies - 1)];

    self->n_posts++;
    answer (self, message, reply);
  } else {
    other.status = self->status != 1                                                 ? self->status
                   : strcmp (soup_server_message_get_method (message), "PATCH") == 0 ? 204
                                                                                     : 200;
    answer (self, message, &other);
  }
  g_mutex_unlock (&self->lock);
}

static gpointer
run (gpointer data)
{
  FakeWhipServer *self = data;
  GSList *uris;

  g_main_context_push_thread_default (self->context);
  self->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->soup, NULL, on_message, self, NULL);
  g_assert_true (soup_server_listen_local (self->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (self->soup);
  g_mutex_lock (&self->lock);
  self->port = (guint16) g_uri_get_port (uris->data);
  g_cond_signal (&self->listens);
  g_mutex_unlock (&self->lock);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (self->loop);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  while (g_main_context_iteration (self->context, FALSE)) {
  }
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

FakeWhipServer *
fake_whip_server_new (const FakeWhipReply *replies, guint n_replies)
{
  FakeWhipServer *self = g_new0 (FakeWhipServer, 1);

  self->replies = replies;
  self->n_replies = n_replies;
  self->status = 1;
  self->story = g_string_new (NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->listens);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("fake-whip", run, self);
  g_mutex_lock (&self->lock);
  while (self->port == 0)
    g_cond_wait (&self->listens, &self->lock);
  g_mutex_unlock (&self->lock);
  return self;
}

static gboolean
on_quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
fake_whip_server_free (FakeWhipServer *self)
{
  GSource *quit = g_idle_source_new (); /* also when the loop does not run yet */

  g_source_set_callback (quit, on_quit, self->loop, NULL);
  g_source_attach (quit, self->context);
  g_source_unref (quit);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_string_free (self->story, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->listens);
  g_free (self->body);
  g_free (self);
}

void
fake_whip_server_set_answerer (FakeWhipServer *self, FakeWhipAnswerer func, gpointer user_data)
{
  g_mutex_lock (&self->lock);
  self->answerer = func;
  self->answerer_data = user_data;
  g_mutex_unlock (&self->lock);
}

guint16
fake_whip_server_get_port (FakeWhipServer *self)
{
  return self->port;
}

gchar *
fake_whip_server_dup_origin (FakeWhipServer *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

void
fake_whip_server_set_status (FakeWhipServer *self, guint status)
{
  g_mutex_lock (&self->lock);
  self->status = status;
  g_mutex_unlock (&self->lock);
}

gchar *
fake_whip_server_dup_story (FakeWhipServer *self)
{
  gchar *story;

  g_mutex_lock (&self->lock);
  story = g_strdup (self->story->str);
  g_mutex_unlock (&self->lock);
  return story;
}

gchar *
fake_whip_server_dup_body (FakeWhipServer *self)
{
  gchar *body;

  g_mutex_lock (&self->lock);
  body = g_strdup (self->body);
  g_mutex_unlock (&self->lock);
  return body;
}
