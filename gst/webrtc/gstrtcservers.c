/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcservers.h"

#include <string.h>
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* RFC 8489 8, RFC 8656 2.2. */
#define DEFAULT_PORT 3478
#define DEFAULT_TLS_PORT 5349

/* How long a look-up is good for, us. */
#define LOOKUP_AGE_US (60 * G_TIME_SPAN_SECOND)

typedef struct {
  RtcIceServer server; /* host is set, address is NULL while not resolved */
} Entry;

/* One call of resolve(). */
typedef struct {
  GstRtcServers *servers;
  GstRtcServersFunc func;
  gpointer data;
  GDestroyNotify destroy;
  GCancellable *cancellable;
  GSource *timeout;
  guint n_pending;
  gint refs; /* look-ups under way and the caller's */
} Resolution;

struct _GstRtcServers {
  gint refs;
  GArray *entries; /* Entry */
  gint64 resolved_at;
};

static void
wipe (gchar **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

static void
clear_server (gpointer data)
{
  RtcIceServer *server = data;

  g_clear_pointer (&server->host, g_free);
  g_clear_pointer (&server->address, g_free);
  wipe (&server->username);
  wipe (&server->password);
}

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  clear_server (&entry->server);
}

/* "turn:host" as "turn://host", so that one parser does. (transfer full) */
static gchar *
with_slashes (const gchar *text)
{
  const gchar *colon = strchr (text, ':');

  if (colon == NULL || g_str_has_prefix (colon, "://"))
    return g_strdup (text);
  return g_strdup_printf ("%.*s://%s", (int) (colon - text), text, colon + 1);
}

/* Fills *entry. The error never holds the password. */
static gboolean
parse_entry (const gchar *text, Entry *entry, GError **error)
{
  gchar *spelled = with_slashes (text);
  GUri *uri = g_uri_parse (spelled, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_NON_DNS, NULL);
  const gchar *scheme, *query;
  gboolean ok = FALSE;

  memset (entry, 0, sizeof *entry);
  explicit_bzero (spelled, strlen (spelled));
  g_free (spelled);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0') {
    rtc_error (error, RTC_ERR_PARSE,
        "a STUN or TURN server is written stun://host:port or turn://user:password@host:port");
    g_clear_pointer (&uri, g_uri_unref);
    return FALSE;
  }
  scheme = g_uri_get_scheme (uri);
  query = g_uri_get_query (uri);
  entry->server.host = g_strdup (g_uri_get_host (uri));
  entry->server.is_tls = g_str_equal (scheme, "turns");
  entry->server.is_turn = entry->server.is_tls || g_str_equal (scheme, "turn");
  entry->server.is_tcp = entry->server.is_tls || g_strcmp0 (query, "transport=tcp") == 0;
  entry->server.port = g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri)
                       : entry->server.is_tls   ? DEFAULT_TLS_PORT
                                                : DEFAULT_PORT;
  entry->server.username = g_strdup (g_uri_get_user (uri));
  entry->server.password = g_strdup (g_uri_get_password (uri));
  if (!entry->server.is_turn && !g_str_equal (scheme, "stun"))
    rtc_error (error, RTC_ERR_PARSE, "'%s' is none of stun, turn, turns", scheme);
  else if (entry->server.is_turn
           && (entry->server.username == NULL || entry->server.password == NULL))
    rtc_error (error, RTC_ERR_PARSE, "the TURN server %s needs user:password@", entry->server.host);
  else
    ok = TRUE;
  if (g_hostname_is_ip_address (entry->server.host))
    entry->server.address = g_strdup (entry->server.host);
  g_uri_unref (uri);
  if (!ok)
    clear_entry (entry);
  return ok;
}

gboolean
gst_rtc_servers_check (const gchar *uri, GError **error)
{
  Entry entry;

  if (!parse_entry (uri, &entry, error))
    return FALSE;
  clear_entry (&entry);
  return TRUE;
}

gchar *
gst_rtc_servers_redact (const gchar *uri)
{
  const gchar *colon = strchr (uri, ':'), *at = strrchr (uri, '@');
  gsize scheme;

  if (colon == NULL || at == NULL)
    return g_strdup (uri);
  scheme = (gsize) (colon - uri) + (g_str_has_prefix (colon, "://") ? 3 : 1);
  return g_strdup_printf ("%.*s***%s", (int) scheme, uri, at);
}

void
gst_rtc_servers_redact_array (const GValue *uris, GValue *out)
{
  for (guint i = 0; i < gst_value_array_get_size (uris); i++) {
    const gchar *uri = g_value_get_string (gst_value_array_get_value (uris, i));
    GValue item = G_VALUE_INIT;

    g_value_init (&item, G_TYPE_STRING);
    g_value_take_string (&item, uri != NULL ? gst_rtc_servers_redact (uri) : NULL);
    gst_value_array_append_and_take_value (out, &item);
  }
}

void
gst_rtc_servers_clear_array (GValue *uris)
{
  for (guint i = 0; i < gst_value_array_get_size (uris); i++) {
    const gchar *uri = g_value_get_string (gst_value_array_get_value (uris, i));

    if (uri != NULL)
      explicit_bzero ((gchar *) uri, strlen (uri));
  }
  g_value_unset (uris);
}

static void
add_uri (GstRtcServers *self, const gchar *uri)
{
  GError *error = NULL;
  Entry entry;

  if (parse_entry (uri, &entry, &error)) {
    g_array_append_val (self->entries, entry);
  } else {
    GST_WARNING ("server left out: %s", error->message);
    g_error_free (error);
  }
}

GstRtcServers *
gst_rtc_servers_new (const gchar *stun_uri, const gchar *const *turn_uris)
{
  GstRtcServers *self = g_new0 (GstRtcServers, 1);

  rtc_log_init ();
  self->refs = 1;
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  if (stun_uri != NULL)
    add_uri (self, stun_uri);
  for (; turn_uris != NULL && *turn_uris != NULL; turn_uris++)
    add_uri (self, *turn_uris);
  return self;
}

GstRtcServers *
gst_rtc_servers_ref (GstRtcServers *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_servers_unref (GstRtcServers *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  g_array_unref (self->entries);
  g_free (self);
}

gboolean
gst_rtc_servers_is_empty (GstRtcServers *self)
{
  return self->entries->len == 0;
}

static void
resolution_unref (Resolution *self)
{
  if (--self->refs > 0)
    return;
  gst_rtc_servers_unref (self->servers);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Tells the caller, once, and lets go of what is still under way. */
static void
resolution_finish (Resolution *self)
{
  GstRtcServersFunc func = self->func;

  if (func == NULL)
    return;
  self->func = NULL;
  if (self->timeout != NULL) {
    g_source_destroy (self->timeout);
    g_clear_pointer (&self->timeout, g_source_unref);
  }
  g_cancellable_cancel (self->cancellable);
  self->servers->resolved_at = g_get_monotonic_time ();
  func (self->servers, self->data);
  if (self->destroy != NULL)
    self->destroy (self->data);
}

static gboolean
on_timeout (gpointer data)
{
  GST_WARNING ("a STUN or TURN server's name was not resolved in time; going on without it");
  resolution_finish (data);
  return G_SOURCE_REMOVE;
}

/* One name of a resolution. */
typedef struct {
  Resolution *resolution;
  guint index;
} Lookup;

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;
  Resolution *self = lookup->resolution;
  Entry *entry = &g_array_index (self->servers->entries, Entry, lookup->index);
  GError *error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  if (addresses != NULL) {
    g_free (entry->server.address);
    entry->server.address = g_inet_address_to_string (addresses->data);
    g_resolver_free_addresses (addresses);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    GST_WARNING ("server %s left out: %s", entry->server.host, error->message);
  }
  g_clear_error (&error);
  if (--self->n_pending == 0)
    resolution_finish (self);
  resolution_unref (self);
  g_free (lookup);
}

static void
begin_lookup (Resolution *self, guint index)
{
  GResolver *resolver = g_resolver_get_default ();
  Lookup *lookup = g_new (Lookup, 1);

  *lookup = (Lookup){ self, index };
  self->refs++;
  self->n_pending++;
  g_resolver_lookup_by_name_async (resolver,
      g_array_index (self->servers->entries, Entry, index).server.host, self->cancellable,
      on_resolved, lookup);
  g_object_unref (resolver);
}

void
gst_rtc_servers_resolve (GstRtcServers *self, guint timeout_ms, GstRtcServersFunc func,
    gpointer data, GDestroyNotify destroy)
{
  Resolution *resolution = g_new0 (Resolution, 1);
  gboolean is_fresh =
      self->resolved_at != 0 && g_get_monotonic_time () - self->resolved_at < LOOKUP_AGE_US;

  *resolution = (Resolution){ .servers = gst_rtc_servers_ref (self),
    .func = func,
    .data = data,
    .destroy = destroy,
    .cancellable = g_cancellable_new (),
    .refs = 1 };
  for (guint i = 0; !is_fresh && i < self->entries->len; i++) {
    if (!g_hostname_is_ip_address (g_array_index (self->entries, Entry, i).server.host))
      begin_lookup (resolution, i);
  }
  if (resolution->n_pending == 0) {
    resolution_finish (resolution);
  } else {
    /* Destroyed in resolution_finish(), which comes before the last look-up's unref. */
    resolution->timeout = g_timeout_source_new (timeout_ms);
    g_source_set_callback (resolution->timeout, on_timeout, resolution, NULL);
    g_source_attach (resolution->timeout, g_main_context_get_thread_default ());
  }
  resolution_unref (resolution);
}

GArray *
gst_rtc_servers_get_resolved (GstRtcServers *self)
{
  GArray *servers = g_array_new (FALSE, FALSE, sizeof (RtcIceServer));

  g_array_set_clear_func (servers, clear_server);
  for (guint i = 0; i < self->entries->len; i++) {
    RtcIceServer server = g_array_index (self->entries, Entry, i).server;

    if (server.address == NULL)
      continue;
    server.host = g_strdup (server.host);
    server.address = g_strdup (server.address);
    server.username = g_strdup (server.username);
    server.password = g_strdup (server.password);
    g_array_append_val (servers, server);
  }
  return servers;
}
