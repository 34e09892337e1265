/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bench-channels.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/check/net/link-emulator.h"

#define MESSAGE_BYTES 16384
#define HIGH (1024 * 1024)
#define LOW (256 * 1024)
#define PING_BYTES 64
#define WARM_UP 100

struct _Bench {
  const gchar *peer;
  SimLink link;
  gboolean has_link;
  LinkEmulator *emulator;

  GMutex lock; /* guards what follows */
  GCond cond;
  GObject *channels[2];
  gint64 opened[2];
  gint64 first, last; /* of what end 1 received */
  guint64 received, n_received;
  gboolean echoes;
  EVP_MD_CTX *digest; /* of what end 1 receives; NULL: none */
};

static gdouble
processor_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (gdouble) time.tv_sec + (gdouble) time.tv_nsec / 1e9;
}

/* --- what channels say ------------------------------------------------------------------------ */

static void
on_open (GObject *channel, Bench *self)
{
  guint end = channel == self->channels[0] ? 0 : 1;

  g_mutex_lock (&self->lock);
  if (self->opened[end] == 0)
    self->opened[end] = g_get_monotonic_time ();
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_low (GObject *channel, Bench *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_message (GObject *channel, GBytes *bytes, Bench *self)
{
  if (self->echoes && channel == self->channels[1]) {
    g_signal_emit_by_name (channel, "send-data", bytes);
    return;
  }
  g_mutex_lock (&self->lock);
  self->last = g_get_monotonic_time ();
  if (self->first == 0)
    self->first = self->last;
  if (self->digest != NULL)
    EVP_DigestUpdate (self->digest, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  self->received += g_bytes_get_size (bytes);
  self->n_received++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
bench_take_channel (Bench *self, guint end, GObject *channel)
{
  gint state;

  g_set_object (&self->channels[end], channel);
  g_object_set (channel, "buffered-amount-low-threshold", (guint64) LOW, NULL);
  g_signal_connect (channel, "on-open", G_CALLBACK (on_open), self);
  g_signal_connect (channel, "on-buffered-amount-low", G_CALLBACK (on_low), self);
  g_signal_connect (channel, "on-message-data", G_CALLBACK (on_message), self);
  g_object_get (channel, "ready-state", &state, NULL);
  if (state == 2) /* open, in GstWebRTCDataChannelState of 1.22 */
    on_open (channel, self);
}

gchar *
bench_cross_link (Bench *self, gboolean is_offer, const gchar *sdp)
{
  if (self->emulator == NULL)
    return g_strdup (sdp);
  return is_offer ? link_emulator_rewrite_offer (self->emulator, sdp)
                  : link_emulator_rewrite_answer (self->emulator, sdp);
}

/* --- a call ----------------------------------------------------------------------------------- */

static void
begin (Bench *self)
{
  if (self->has_link) {
    LinkEmulatorConfig config = { 1, self->link, self->link, NULL };

    self->emulator = link_emulator_new (&config);
  }
  bench_peer_connect (self);
  g_mutex_lock (&self->lock);
  while (self->opened[0] == 0 || self->opened[1] == 0)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
end (Bench *self)
{
  for (guint i = 0; i < 2; i++) {
    g_signal_handlers_disconnect_by_data (self->channels[i], self);
    g_clear_object (&self->channels[i]);
    self->opened[i] = 0;
  }
  bench_peer_hang_up (self);
  g_clear_pointer (&self->emulator, link_emulator_free);
}

/* --- what is measured ------------------------------------------------------------------------- */

static void
wait_for_room (Bench *self)
{
  guint64 buffered;

  g_mutex_lock (&self->lock);
  for (;;) {
    g_object_get (self->channels[0], "buffered-amount", &buffered, NULL);
    if (buffered <= HIGH)
      break;
    g_cond_wait_until (&self->cond, &self->lock, g_get_monotonic_time () + 20000);
  }
  g_mutex_unlock (&self->lock);
}

static void
finish_digest (EVP_MD_CTX *context, gchar *out)
{
  guint8 hash[EVP_MAX_MD_SIZE];
  guint len = 0;

  EVP_DigestFinal_ex (context, hash, &len);
  for (guint i = 0; i < len; i++)
    g_snprintf (out + 2 * i, 3, "%02x", hash[i]);
  EVP_MD_CTX_free (context);
}

static EVP_MD_CTX *
new_digest (void)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();

  EVP_DigestInit_ex (context, EVP_sha256 (), NULL);
  return context;
}

/* Message number n: no two are alike. */
static GBytes *
make_message (guint64 n)
{
  guint64 *words = g_new (guint64, MESSAGE_BYTES / 8);

  for (guint i = 0; i < MESSAGE_BYTES / 8; i++)
    words[i] = GUINT64_TO_LE ((n + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + i);
  return g_bytes_new_take (words, MESSAGE_BYTES);
}

static int
run_bulk (Bench *self, guint64 wanted, gboolean checks)
{
  EVP_MD_CTX *sent = checks ? new_digest () : NULL;
  gchar hashes[2][2 * EVP_MAX_MD_SIZE + 1] = { "", "" };
  GBytes *message = make_message (0);
  gdouble seconds, processor = processor_seconds ();

  self->digest = checks ? new_digest () : NULL;
  for (guint64 n = 0; n * MESSAGE_BYTES < wanted; n++) {
    wait_for_room (self);
    if (checks) {
      g_bytes_unref (message);
      message = make_message (n);
      EVP_DigestUpdate (sent, g_bytes_get_data (message, NULL), MESSAGE_BYTES);
    }
    g_signal_emit_by_name (self->channels[0], "send-data", message);
  }
  g_mutex_lock (&self->lock);
  while (self->received < wanted)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  g_bytes_unref (message);
  processor = processor_seconds () - processor;
  seconds = (gdouble) (self->last - self->first) / 1e6;
  if (checks) {
    finish_digest (sent, hashes[0]);
    finish_digest (g_steal_pointer (&self->digest), hashes[1]);
  }
  printf ("{\"peer\": \"%s\", \"what\": \"%s\", \"bytes\": %" G_GUINT64_FORMAT
          ", \"seconds\": %.3f, \"mb_s\": %.2f, \"cpu_s\": %.2f, \"cpu_s_per_gb\": %.2f"
          ", \"sha256\": \"%s\", \"sha256_equal\": %s}\n",
      self->peer, checks ? "check" : "bulk", self->received, seconds,
      (gdouble) self->received / 1e6 / seconds, processor,
      processor / ((gdouble) self->received / 1e9), hashes[1],
      !checks                              ? "null"
      : g_str_equal (hashes[0], hashes[1]) ? "true"
                                           : "false");
  return checks && !g_str_equal (hashes[0], hashes[1]);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return x < y ? -1 : x > y;
}

static void
print_times (Bench *self, const gchar *what, gdouble *ms, guint n)
{
  qsort (ms, n, sizeof *ms, compare);
  printf ("{\"peer\": \"%s\", \"what\": \"%s\", \"n\": %u, \"p50_ms\": %.3f, \"min_ms\": %.3f"
          ", \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
      self->peer, what, n, ms[n / 2], ms[0], ms[n * 99 / 100], ms[n - 1]);
}

static void
run_open (Bench *self, guint n)
{
  gdouble *ms = g_new (gdouble, n);

  for (guint i = 0; i < n; i++) {
    gint64 start = g_get_monotonic_time ();

    begin (self);
    ms[i] = (gdouble) (MAX (self->opened[0], self->opened[1]) - start) / 1e3;
    end (self);
  }
  print_times (self, "open", ms, n);
  g_free (ms);
}

static void
run_rtt (Bench *self, guint n)
{
  gdouble *ms = g_new (gdouble, n);
  GBytes *ping = g_bytes_new_take (g_malloc0 (PING_BYTES), PING_BYTES);

  self->echoes = TRUE;
  for (guint i = 0; i < n + WARM_UP; i++) {
    gint64 start = g_get_monotonic_time ();
    guint64 before = self->n_received;

    g_signal_emit_by_name (self->channels[0], "send-data", ping);
    g_mutex_lock (&self->lock);
    while (self->n_received == before)
      g_cond_wait (&self->cond, &self->lock);
    if (i >= WARM_UP)
      ms[i - WARM_UP] = (gdouble) (self->last - start) / 1e3;
    g_mutex_unlock (&self->lock);
  }
  print_times (self, "rtt", ms, n);
  g_bytes_unref (ping);
  g_free (ms);
}

/* --- the program ------------------------------------------------------------------------------ */

Bench *
bench_new (const gchar *peer)
{
  Bench *self = g_new0 (Bench, 1);

  self->peer = peer;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

void
bench_free (Bench *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

int
bench_main (Bench *self, int argc, char **argv)
{
  const gchar *what = argc > 2 ? argv[1] : "", *link = g_getenv ("BENCH_LINK");
  guint n = argc > 2 ? (guint) atoi (argv[2]) : 0;
  gchar *error = NULL;
  int status = 0;

  self->has_link = link != NULL;
  if (link != NULL && !link_config_parse (&self->link, link, &error)) {
    fprintf (stderr, "%s\n", error);
    return 2;
  }
  if (n > 0 && strcmp (what, "open") == 0) {
    run_open (self, n);
  } else if (n > 0
             && (strcmp (what, "rtt") == 0 || strcmp (what, "bulk") == 0
                 || strcmp (what, "check") == 0)) {
    begin (self);
    if (strcmp (what, "rtt") == 0)
      run_rtt (self, n);
    else
      status = run_bulk (self, (guint64) n * 1024 * 1024, strcmp (what, "check") == 0);
    fflush (stdout);
    end (self);
  } else {
    fprintf (stderr, "usage: %s bulk|check|open|rtt N\n", argv[0]);
    return 2;
  }
  return status;
}
