/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-limiter.h"

#include <string.h>

typedef struct {
  gdouble tokens;
  gint64 last; /* us */
} Bucket;

typedef struct {
  guint64 key[2];
  guint n_connections;
  Bucket requests, failures;
} RtcHttpClient; /* one address's entry */

struct _RtcHttpLimiter {
  RtcHttpLimiterConfig config;
  GHashTable *clients;    /* RtcHttpClient, keyed by itself */
  RtcHttpClient overflow; /* for all addresses that found the table full */
};

static guint
client_hash (gconstpointer data)
{
  const RtcHttpClient *client = data;
  guint64 h = client->key[0] * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) ^ client->key[1];

  return (guint) (h ^ (h >> 32));
}

static gboolean
client_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (((const RtcHttpClient *) a)->key, ((const RtcHttpClient *) b)->key,
             sizeof (((RtcHttpClient *) NULL)->key))
         == 0;
}

/* IPv4: the address; IPv6: its /64, since a host chooses the rest freely. */
static void
set_key (RtcHttpClient *client, GInetAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff }; /* RFC 4291 2.5.5.2 */
  const guint8 *bytes = g_inet_address_to_bytes (address);
  gboolean ipv4 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;

  client->key[0] = client->key[1] = 0;
  if (!ipv4 && memcmp (bytes, mapped, sizeof (mapped)) == 0) {
    bytes += sizeof (mapped); /* IPv4 through a socket that speaks both */
    ipv4 = TRUE;
  }
  if (ipv4) {
    memcpy (&client->key[0], bytes, 4);
    client->key[1] = 4;
  } else {
    memcpy (&client->key[0], bytes, 8);
    client->key[1] = 6;
  }
}

static void
bucket_fill (Bucket *bucket, guint per_second, guint burst, gint64 now)
{
  if (now > bucket->last)
    bucket->tokens += (gdouble) (now - bucket->last) / G_USEC_PER_SEC * per_second;
  bucket->tokens = MIN (bucket->tokens, (gdouble) burst);
  bucket->last = now;
}

static void
client_fill (RtcHttpLimiter *self, RtcHttpClient *client, gint64 now)
{
  bucket_fill (
      &client->requests, self->config.requests_per_second, self->config.requests_burst, now);
  bucket_fill (
      &client->failures, self->config.failures_per_second, self->config.failures_burst, now);
}

/* Whether nothing would be lost by forgetting it. */
static gboolean
client_is_idle (gpointer key, gpointer value, gpointer data)
{
  gpointer *args = data;
  RtcHttpLimiter *self = args[0];
  RtcHttpClient *client = value;

  client_fill (self, client, *(gint64 *) args[1]);
  return client->n_connections == 0 && client->requests.tokens >= self->config.requests_burst
         && client->failures.tokens >= self->config.failures_burst;
}

static void
client_reset (RtcHttpLimiter *self, RtcHttpClient *client, gint64 now)
{
  client->n_connections = 0;
  client->requests = (Bucket){ self->config.requests_burst, now };
  client->failures = (Bucket){ self->config.failures_burst, now };
}

/* The address's entry, filled up to now; the shared one when there is no room. */
static RtcHttpClient *
get_client (RtcHttpLimiter *self, GInetAddress *address, gint64 now)
{
  gpointer args[] = { self, &now };
  RtcHttpClient *client, key = { 0 };

  set_key (&key, address);
  client = g_hash_table_lookup (self->clients, &key);
  if (!client) {
    if (g_hash_table_size (self->clients) >= RTC_HTTP_LIMITER_MAX_ADDRESSES)
      g_hash_table_foreach_remove (self->clients, client_is_idle, args);
    if (g_hash_table_size (self->clients) >= RTC_HTTP_LIMITER_MAX_ADDRESSES) {
      client_fill (self, &self->overflow, now);
      return &self->overflow;
    }
    client = g_new0 (RtcHttpClient, 1);
    *client = key;
    client_reset (self, client, now);
    g_hash_table_add (self->clients, client);
  }
  client_fill (self, client, now);
  return client;
}

RtcHttpLimiter *
rtc_http_limiter_new (const RtcHttpLimiterConfig *config)
{
  RtcHttpLimiter *self = g_new0 (RtcHttpLimiter, 1);

  self->config = *config;
  self->clients = g_hash_table_new_full (client_hash, client_equal, g_free, NULL);
  client_reset (self, &self->overflow, 0);
  return self;
}

void
rtc_http_limiter_free (RtcHttpLimiter *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->clients);
  g_free (self);
}

gboolean
rtc_http_limiter_open (RtcHttpLimiter *self, GInetAddress *address, gint64 now)
{
  RtcHttpClient *client = get_client (self, address, now);

  if (client == &self->overflow)
    return FALSE; /* its connections could not be given back */
  if (client->n_connections >= self->config.max_connections)
    return FALSE;
  client->n_connections++;
  return TRUE;
}

void
rtc_http_limiter_close (RtcHttpLimiter *self, GInetAddress *address)
{
  RtcHttpClient key, *client;

  set_key (&key, address);
  client = g_hash_table_lookup (self->clients, &key);
  if (client && client->n_connections > 0)
    client->n_connections--;
}

gboolean
rtc_http_limiter_request (RtcHttpLimiter *self, GInetAddress *address, gint64 now)
{
  RtcHttpClient *client = get_client (self, address, now);

  if (client->requests.tokens < 1.0)
    return FALSE;
  client->requests.tokens -= 1.0;
  return TRUE;
}

gboolean
rtc_http_limiter_may_fail (RtcHttpLimiter *self, GInetAddress *address, gint64 now)
{
  return get_client (self, address, now)->failures.tokens >= 1.0;
}

void
rtc_http_limiter_fail (RtcHttpLimiter *self, GInetAddress *address, gint64 now)
{
  RtcHttpClient *client = get_client (self, address, now);

  client->failures.tokens = MAX (0.0, client->failures.tokens - 1.0);
}

guint
rtc_http_limiter_get_n_addresses (RtcHttpLimiter *self)
{
  return g_hash_table_size (self->clients);
}
