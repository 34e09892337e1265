/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-cc.c - what congestion control costs: microseconds to handle a TWCC message of 100 packets,
 * from its bytes to the new target; a packet that leaves; a tick; allocations in steady state; and
 * the bytes of state a peer takes.
 *
 * Times are medians, as who measures is interrupted now and then. Fails when one misses the
 * project's goal (5 us a message, 10 us a tick, no allocation) by more than RTC_BENCH_SLACK times
 * (default 2).
 * RTC_BENCH_MESSAGES: messages per row. */
#include "gst/rtc/cc/rtc-cc.h"
#include "gst/rtc/media/rtc-twcc-sender.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

#include <malloc.h>
#include <string.h>

#define N_STATUSES 100
#define LEN 1200
#define WAY (25 * GST_MSECOND)
#define GOAL_MESSAGE 5.0
#define GOAL_TICK 10.0

/* --- allocations, counted ----------------------------------------------------------------------
 */

static guint64 n_allocations;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 1
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *block, size_t size);

void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *block, size_t size)
{
  n_allocations++;
  return __libc_realloc (block, size);
}
#else
#define COUNTS_ALLOCATIONS 0
#endif

/* --- one sender over a link of its own ---------------------------------------------------------
 */

typedef struct {
  const gchar *name;
  GstClockTime jitter; /* of each arrival */
  guint lose_each;     /* every so manieth packet is lost, 0 none */
  gdouble load;        /* of the link: over 1 it queues, and the rate falls */
} Path;

typedef struct {
  RtcCc *cc;
  RtcTwccSender *twcc;
  const Path *path;
  GstClockTime now, free_at;
  guint64 ext_seq;
  guint8 count;
  gint64 *sending, *handling, *ticking; /* ns of each packet (in hundreds), message and tick */
  guint n_rounds, max_rounds;
} Sender;

static gint64
clock_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (gint64) time.tv_sec * (gint64) GST_SECOND + time.tv_nsec;
}

static void
sender_init (Sender *self, const Path *path, guint max_rounds)
{
  RtcCcConfig config = { .name = "gcc",
    .bounds = { .min_bps = 50000, .start_bps = 2000000, .max_bps = 20000000 },
    .has_twcc = TRUE,
    .can_pad = TRUE };

  memset (self, 0, sizeof *self);
  self->cc = rtc_cc_new (&config);
  self->twcc = rtc_twcc_sender_new (0, NULL);
  self->path = path;
  self->max_rounds = max_rounds;
  self->sending = g_new0 (gint64, max_rounds);
  self->handling = g_new0 (gint64, max_rounds);
  self->ticking = g_new0 (gint64, max_rounds);
  self->now = self->free_at = GST_SECOND;
}

static void
sender_clear (Sender *self)
{
  rtc_cc_free (self->cc);
  rtc_twcc_sender_free (self->twcc);
  g_free (self->sending);
  g_free (self->handling);
  g_free (self->ticking);
}

/* Sends one packet; what it left of the arrivals is n. */
static guint
sender_send (Sender *self, RtcTwccArrival *arrivals, guint n)
{
  RtcCcTarget target;
  RtcCcProbe probe;
  GstClockTime step;

  rtc_twcc_sender_handle_sent (self->twcc, self->now, LEN, 0);
  rtc_cc_handle_sent (self->cc, self->now, LEN, rtc_twcc_sender_get_in_flight (self->twcc));
  rtc_cc_get_target (self->cc, &target);
  while (rtc_cc_poll_probe (self->cc, self->now, &probe))
    ;
  step = (GstClockTime) (LEN * 8. * GST_SECOND / (gdouble) target.target_bps);
  self->free_at =
      MAX (self->free_at, self->now) + (GstClockTime) ((gdouble) step * self->path->load);
  if (self->path->lose_each == 0 || self->ext_seq % self->path->lose_each != 0) {
    arrivals[n].ext_seq = self->ext_seq;
    arrivals[n].arrival =
        self->free_at + WAY
        + (self->path->jitter == 0 ? 0 : self->ext_seq * 2654435761u % self->path->jitter);
    n++;
  }
  self->ext_seq++;
  self->now += step;
  return n;
}

/* A hundred packets, the message about them, and a tick. */
static void
sender_round (Sender *self)
{
  static RtcTwccArrival arrivals[N_STATUSES];
  guint8 data[1200];
  RtcRtcpBuilder builder;
  RtcRtcpWalk walk;
  RtcRtcpPacket packet;
  RtcTwccFeedback feedback;
  const RtcCcResult *results;
  guint64 base = self->ext_seq;
  guint n = 0, n_reported = 0;
  gsize len;
  gint64 began;

  began = clock_ns ();
  for (guint i = 0; i < N_STATUSES; i++)
    n = sender_send (self, arrivals, n);
  self->sending[self->n_rounds] = (clock_ns () - began) / N_STATUSES;
  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  if (rtc_rtcp_twcc_write (&builder, 1, 2, self->count++, base, arrivals, n, &n_reported) != RTC_OK
      || rtc_rtcp_builder_finish (&builder, &len) != RTC_OK)
    g_error ("no message");
  began = clock_ns ();
  rtc_rtcp_walk_init (&walk, data, len, 16);
  if (!rtc_rtcp_walk_next (&walk, &packet) || rtc_rtcp_twcc_parse (&packet, &feedback) != RTC_OK)
    g_error ("message refused");
  n = rtc_twcc_sender_handle_feedback (self->twcc, self->now, &feedback, &results);
  rtc_cc_handle_feedback (
      self->cc, self->now, results, n, rtc_twcc_sender_get_in_flight (self->twcc));
  self->handling[self->n_rounds] = clock_ns () - began;
  began = clock_ns ();
  rtc_cc_handle_timeout (self->cc, self->now);
  rtc_cc_next_deadline (self->cc);
  self->ticking[self->n_rounds++] = clock_ns () - began;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static gdouble
median_us (gint64 *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return (gdouble) values[n / 2] / 1000;
}

static gboolean
measure (const Path *path, guint n_messages, gdouble slack)
{
  Sender sender;
  guint64 allocations;
  gdouble message, tick;

  sender_init (&sender, path, MAX (n_messages, 100));
  for (guint i = 0; i < 100; i++)
    sender_round (&sender);
  sender.n_rounds = 0;
  allocations = n_allocations;
  for (guint i = 0; i < n_messages; i++)
    sender_round (&sender);
  allocations = n_allocations - allocations;
  message = median_us (sender.handling, sender.n_rounds);
  tick = median_us (sender.ticking, sender.n_rounds);
  g_print ("%-22s %6.2f us per message, %6.1f ns per packet sent, %6.3f us per tick, "
           "%" G_GUINT64_FORMAT " allocations\n",
      path->name, message, 1000 * median_us (sender.sending, sender.n_rounds), tick, allocations);
  sender_clear (&sender);
  return message <= GOAL_MESSAGE * slack && tick <= GOAL_TICK * slack
         && (!COUNTS_ALLOCATIONS || allocations == 0);
}

static gsize
controller_size (const gchar *name)
{
  RtcCcConfig config = { .name = name, .bounds = { 50000, 300000, 2000000 }, .has_twcc = TRUE };
  RtcCc *cc = rtc_cc_new (&config);
  gsize size = malloc_usable_size (cc);

  rtc_cc_free (cc);
  return size;
}

int
main (void)
{
  static const Path paths[] = {
    { "steady", 0, 0, 0.9 },
    { "10 ms of jitter", 10 * GST_MSECOND, 0, 0.9 },
    { "jitter, 5 % lost", 10 * GST_MSECOND, 20, 0.9 },
    { "full link, 10 % lost", 5 * GST_MSECOND, 10, 1.05 },
  };
  const gchar *text = g_getenv ("RTC_BENCH_MESSAGES"), *slack_text = g_getenv ("RTC_BENCH_SLACK");
  guint n_messages = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 20000;
  gdouble slack = slack_text != NULL ? g_ascii_strtod (slack_text, NULL) : 2;
  gboolean good = TRUE;

  g_print ("state per peer: gcc %u bytes, remb %u, fixed %u\n", (guint) controller_size ("gcc"),
      (guint) controller_size ("remb"), (guint) controller_size ("fixed"));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    good = measure (&paths[i], n_messages, slack) && good;
  return good ? 0 : 1;
}
