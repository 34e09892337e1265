/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/ice/rtc-ice-connections.h"

struct _RtcIceConnections {
  guint max;
  guint64 last_number;
  GHashTable *all;       /* number, in the connection -> RtcIceConnection */
  GHashTable *addresses; /* RtcAddress of those that are not known -> how many */
  GQueue unknown;        /* RtcIceConnection.link, the next to be closed first */
  RtcIceConnectionsStats stats;
};

/* --- addresses --- */

static guint
address_hash (gconstpointer key)
{
  return rtc_address_hash (key);
}

static gboolean
address_equal (gconstpointer a, gconstpointer b)
{
  return rtc_address_equal (a, b);
}

/* What counts as one place: without port; of IPv6 the part that a network is given. */
static RtcAddress
place_of (const RtcIceConnection *connection)
{
  RtcAddress place = connection->flow.remote;

  place.port = 0;
  if (place.family == RTC_ADDRESS_IPV6)
    memset (place.bytes + 8, 0, 8);
  return place;
}

static guint
count_at (const RtcIceConnections *self, const RtcAddress *place)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->addresses, place));
}

static void
set_count_at (RtcIceConnections *self, const RtcAddress *place, guint n)
{
  if (n == 0)
    g_hash_table_remove (self->addresses, place);
  else
    g_hash_table_insert (self->addresses, g_memdup2 (place, sizeof *place), GUINT_TO_POINTER (n));
}

/* --- known and unknown --- */

static void
add_unknown (RtcIceConnections *self, RtcIceConnection *connection, GstClockTime end)
{
  RtcAddress place = place_of (connection);
  GList *after = self->unknown.tail;

  connection->is_known = FALSE;
  connection->end = end;
  /* Those that LEFT end before most strangers. */
  while (after != NULL && ((RtcIceConnection *) after->data)->end > end)
    after = after->prev;
  if (after == NULL)
    g_queue_push_head_link (&self->unknown, &connection->link);
  else
    g_queue_insert_after_link (&self->unknown, after, &connection->link);
  set_count_at (self, &place, count_at (self, &place) + 1);
}

static void
remove_unknown (RtcIceConnections *self, RtcIceConnection *connection)
{
  RtcAddress place = place_of (connection);

  g_queue_unlink (&self->unknown, &connection->link);
  set_count_at (self, &place, count_at (self, &place) - 1);
}

/* --- life --- */

RtcIceConnections *
rtc_ice_connections_new (guint max)
{
  RtcIceConnections *self = g_new0 (RtcIceConnections, 1);

  self->max = max;
  self->all = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->addresses = g_hash_table_new_full (address_hash, address_equal, g_free, NULL);
  g_queue_init (&self->unknown);
  return self;
}

void
rtc_ice_connections_free (RtcIceConnections *self)
{
  if (self == NULL)
    return;
  g_return_if_fail (g_hash_table_size (self->all) == 0);
  g_hash_table_unref (self->all);
  g_hash_table_unref (self->addresses);
  g_free (self);
}

RtcIceConnection *
rtc_ice_connections_add (RtcIceConnections *self, GstClockTime now, const RtcAddress *remote,
    const RtcAddress *local, gpointer user_data)
{
  guint n = g_hash_table_size (self->all);
  RtcIceConnection *connection = g_new0 (RtcIceConnection, 1), *oldest;
  RtcAddress place;

  connection->flow = (RtcIceFlow){ *remote, *local, self->last_number + 1 };
  connection->user_data = user_data;
  connection->link.data = connection;
  place = place_of (connection);
  if (count_at (self, &place) >= RTC_ICE_CONNECTIONS_MAX_AT
      || (n >= self->max && self->unknown.length == 0)) {
    self->stats.refused++;
    g_free (connection);
    return NULL;
  }
  if (n >= self->max || self->unknown.length >= RTC_ICE_CONNECTIONS_MAX_STRANGERS) {
    oldest = self->unknown.head->data;
    oldest->end = 0;
    self->stats.made_room++;
  }
  self->last_number++;
  self->stats.accepted++;
  g_hash_table_insert (self->all, &connection->flow.connection, connection);
  add_unknown (self, connection, now + RTC_ICE_CONNECTIONS_STRANGER_TIME);
  return connection;
}

void
rtc_ice_connections_remove (RtcIceConnections *self, RtcIceConnection *connection)
{
  if (!connection->is_known)
    remove_unknown (self, connection);
  g_hash_table_remove (self->all, &connection->flow.connection);
  g_free (connection);
}

RtcIceConnection *
rtc_ice_connections_find (const RtcIceConnections *self, guint64 number)
{
  return g_hash_table_lookup (self->all, &number);
}

/* --- time goes by --- */

gboolean
rtc_ice_connections_note_frame (
    RtcIceConnections *self, RtcIceConnection *connection, gboolean is_known)
{
  if (connection->is_known)
    return TRUE;
  if (is_known) {
    remove_unknown (self, connection);
    connection->is_known = TRUE;
    return TRUE;
  }
  return ++connection->n_frames < RTC_ICE_CONNECTIONS_STRANGER_FRAMES;
}

void
rtc_ice_connections_check (
    RtcIceConnections *self, GstClockTime now, RtcIceConnectionsFunc is_known, gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    RtcIceConnection *connection = value;

    if (connection->is_known && !is_known (data, &connection->flow))
      add_unknown (self, connection, now + RTC_ICE_CONNECTIONS_LEFT_TIME);
  }
}

RtcIceConnection *
rtc_ice_connections_get_expired (const RtcIceConnections *self, GstClockTime now)
{
  RtcIceConnection *first = self->unknown.head != NULL ? self->unknown.head->data : NULL;

  return first != NULL && now >= first->end ? first : NULL;
}

RtcIceConnection *
rtc_ice_connections_get_any (const RtcIceConnections *self)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->all);
  g_hash_table_iter_next (&iter, NULL, &value);
  return value;
}

void
rtc_ice_connections_get_stats (const RtcIceConnections *self, RtcIceConnectionsStats *out)
{
  *out = self->stats;
  out->n_connections = g_hash_table_size (self->all);
  out->n_strangers = self->unknown.length;
}
