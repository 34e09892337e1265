/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "link-cross.h"

#include <math.h>

/* On the wire, with all headers. */
#define SEGMENT 1500
#define ACK 60
#define STEADY_BYTES 1200

#define INITIAL_WINDOW (10.0 * SEGMENT) /* RFC 6928 */
#define LOSS_THRESHOLD 3                /* RFC 6675: later segments that tell of a loss */
#define RTO_INITIAL GST_SECOND          /* RFC 6298 2.1 */
#define RTO_MIN (200 * GST_MSECOND)     /* as Linux has it; RFC 6298 would have a second */
#define MAX_BACKOFF 6
#define ACK_DELAY (40 * GST_MSECOND)
#define MAX_WINDOW (4.0 * 1024 * 1024) /* bytes: the receiver's */

/* Cubic's constants, RFC 9438 4.1 and 4.6; windows in segments, times in seconds. */
#define CUBIC_C 0.4
#define CUBIC_BETA 0.7
#define CUBIC_ALPHA (3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA))
#define RENO_BETA 0.5

typedef struct {
  GstClockTime time;
  gboolean is_acked, is_lost;
} LinkSegment;

struct _LinkCross {
  LinkCrossConfig config;
  RtcRandom *random;
  LinkCrossSend send;
  gpointer user_data;
  LinkCrossStats stats;
  GstClockTime next_start; /* of a transfer or STEADY's packet; NONE: one is going on, or no more */

  /* The sender. Segments are numbered as they are sent, again or not. */
  guint64 waiting; /* bytes that wait to be sent */
  guint64 in_flight;
  GArray *segments; /* LinkSegment, from first on */
  guint64 first, next, largest_acked, recover;
  gdouble window, threshold; /* bytes */
  gdouble w_max, w_epoch, w_reno, k;
  GstClockTime epoch; /* NONE: congestion avoidance begins anew */
  GstClockTime srtt, rttvar, timer;
  guint backoff;

  /* The receiver: an acknowledgement's number says how far this log goes. */
  GArray *log; /* guint64 numbers as they arrived, from log_first on */
  guint64 log_first, log_seen;
  guint64 expected;
  guint unacked;
  GstClockTime ack_due;
};

LinkCross *
link_cross_new (const LinkCrossConfig *config, guint64 seed, LinkCrossSend send, gpointer user_data)
{
  LinkCross *self = g_new0 (LinkCross, 1);

  self->config = *config;
  self->random = rtc_random_new_seeded (seed);
  self->send = send;
  self->user_data = user_data;
  self->next_start = config->from;
  self->segments = g_array_new (FALSE, FALSE, sizeof (LinkSegment));
  self->log = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->timer = self->ack_due = self->epoch = GST_CLOCK_TIME_NONE;
  return self;
}

void
link_cross_free (LinkCross *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->segments);
  g_array_unref (self->log);
  rtc_random_free (self->random);
  g_free (self);
}

static gboolean
cross_is_over (const LinkCross *self, GstClockTime now)
{
  return self->config.to != 0 && now >= self->config.to;
}

static void
cross_send (LinkCross *self, GstClockTime now, gsize len)
{
  LinkSegment segment = { .time = now };

  if (self->config.kind != LINK_CROSS_STEADY)
    g_array_append_val (self->segments, segment);
  self->stats.segments++;
  self->stats.bytes += len;
  self->send (self->user_data, now, self->config.dir, len, self->next++);
}

/* --- the window ------------------------------------------------------------------------------- */

static void
cross_begin_connection (LinkCross *self)
{
  self->window = INITIAL_WINDOW;
  self->threshold = G_MAXDOUBLE;
  self->w_max = 0;
  self->epoch = GST_CLOCK_TIME_NONE;
  self->srtt = self->rttvar = 0;
  self->backoff = 0;
  self->recover = self->next;
}

static gdouble
cross_beta (const LinkCross *self)
{
  return self->config.kind == LINK_CROSS_RENO ? RENO_BETA : CUBIC_BETA;
}

/* RFC 9438 4.6, 4.7 (fast convergence). */
static void
cross_reduce (LinkCross *self)
{
  gdouble beta = cross_beta (self);

  self->w_max = self->window < self->w_max ? self->window * (1 + beta) / 2 : self->window;
  self->threshold = MAX (self->window * beta, 2.0 * SEGMENT);
  self->window = self->threshold;
  self->epoch = GST_CLOCK_TIME_NONE;
  self->recover = self->next;
}

/* Cubic's congestion avoidance, RFC 9438 4.2 to 4.4. */
static void
cross_grow_cubic (LinkCross *self, GstClockTime now, gdouble acked)
{
  gdouble t, target;

  if (self->epoch == GST_CLOCK_TIME_NONE) {
    self->epoch = now;
    self->w_epoch = self->w_reno = self->window;
    self->w_max = MAX (self->w_max, self->window);
    self->k = cbrt ((self->w_max - self->w_epoch) / SEGMENT / CUBIC_C);
  }
  t = (gdouble) (now - self->epoch + self->srtt) / GST_SECOND - self->k;
  target = CLAMP (self->w_max + CUBIC_C * t * t * t * SEGMENT, self->window, 1.5 * self->window);
  self->w_reno += CUBIC_ALPHA * SEGMENT * acked / self->window;
  self->window += (target - self->window) * acked / self->window;
  self->window = MAX (self->window, self->w_reno);
}

static void
cross_grow (LinkCross *self, GstClockTime now, gdouble acked)
{
  if (self->largest_acked < self->recover)
    return;
  if (self->window < self->threshold)
    self->window += acked;
  else if (self->config.kind == LINK_CROSS_RENO)
    self->window += SEGMENT * acked / self->window;
  else
    cross_grow_cubic (self, now, acked);
  self->window = MIN (self->window, MAX_WINDOW);
}

/* --- the sender ------------------------------------------------------------------------------- */

/* RFC 6298 2. */
static void
cross_note_rtt (LinkCross *self, GstClockTime rtt)
{
  if (self->srtt == 0) {
    self->srtt = rtt;
    self->rttvar = rtt / 2;
    return;
  }
  self->rttvar = (3 * self->rttvar + (rtt > self->srtt ? rtt - self->srtt : self->srtt - rtt)) / 4;
  self->srtt = (7 * self->srtt + rtt) / 8;
}

static void
cross_restart_timer (LinkCross *self, GstClockTime now)
{
  GstClockTime rto = self->srtt == 0 ? RTO_INITIAL : MAX (self->srtt + 4 * self->rttvar, RTO_MIN);

  self->timer = self->in_flight > 0 ? now + (rto << self->backoff) : GST_CLOCK_TIME_NONE;
}

static void
cross_send_window (LinkCross *self, GstClockTime now)
{
  if (cross_is_over (self, now))
    self->waiting = 0;
  while (
      self->waiting > 0 && (gdouble) (self->in_flight + SEGMENT) <= MAX (self->window, SEGMENT)) {
    self->waiting -= MIN (self->waiting, SEGMENT);
    self->in_flight += SEGMENT;
    cross_send (self, now, SEGMENT);
    if (self->timer == GST_CLOCK_TIME_NONE)
      cross_restart_timer (self, now);
  }
}

static void
cross_end_transfer (LinkCross *self, GstClockTime now)
{
  gdouble pause;

  self->timer = GST_CLOCK_TIME_NONE;
  if (self->config.max_bytes == 0 || cross_is_over (self, now))
    return;
  self->stats.transfers++;
  pause = -log (1 - rtc_random_double (self->random)) * (gdouble) self->config.idle;
  self->next_start = now + (GstClockTime) pause;
}

static void
cross_begin_transfer (LinkCross *self, GstClockTime now)
{
  guint64 span = self->config.max_bytes - self->config.min_bytes;

  self->next_start = GST_CLOCK_TIME_NONE;
  if (cross_is_over (self, now))
    return;
  if (self->config.kind == LINK_CROSS_STEADY) {
    cross_send (self, now, STEADY_BYTES);
    self->next_start =
        now + gst_util_uint64_scale (STEADY_BYTES * 8, GST_SECOND, MAX (self->config.rate_bps, 1));
    return;
  }
  cross_begin_connection (self);
  self->waiting =
      self->config.max_bytes == 0
          ? G_MAXUINT64 / 2
          : self->config.min_bytes + (guint64) (rtc_random_double (self->random) * (gdouble) span);
  cross_send_window (self, now);
}

static LinkSegment *
cross_segment (LinkCross *self, guint64 number)
{
  if (number < self->first || number >= self->next)
    return NULL;
  return &g_array_index (self->segments, LinkSegment, number - self->first);
}

static void
cross_lose (LinkCross *self, LinkSegment *segment)
{
  segment->is_lost = TRUE;
  self->stats.lost++;
  self->in_flight -= SEGMENT;
  self->waiting += SEGMENT;
}

/* What was sent well before something that arrived is lost. */
static void
cross_detect_losses (LinkCross *self)
{
  for (guint64 n = self->first; n + LOSS_THRESHOLD <= self->largest_acked; n++) {
    LinkSegment *segment = cross_segment (self, n);

    if (segment->is_acked || segment->is_lost)
      continue;
    cross_lose (self, segment);
    if (n >= self->recover)
      cross_reduce (self);
  }
}

/* Those of whom all is known are forgotten, many at a time. */
static void
cross_forget (LinkCross *self)
{
  guint n = 0;

  while (n < self->segments->len) {
    const LinkSegment *segment = &g_array_index (self->segments, LinkSegment, n);

    if (!segment->is_acked && !segment->is_lost)
      break;
    n++;
  }
  if (n < 256)
    return;
  g_array_remove_range (self->segments, 0, n);
  self->first += n;
}

static void
cross_handle_ack (LinkCross *self, GstClockTime now, guint64 up_to)
{
  gdouble acked = 0;

  for (; self->log_seen < up_to; self->log_seen++) {
    guint64 number = g_array_index (self->log, guint64, self->log_seen - self->log_first);
    LinkSegment *segment = cross_segment (self, number);

    if (segment == NULL || segment->is_acked)
      continue;
    if (!segment->is_lost) {
      self->in_flight -= SEGMENT;
      acked += SEGMENT;
    }
    segment->is_acked = TRUE;
    if (number >= self->largest_acked) {
      self->largest_acked = number;
      cross_note_rtt (self, now - segment->time);
    }
  }
  if (self->log_seen - self->log_first >= 256) {
    g_array_remove_range (self->log, 0, (guint) (self->log_seen - self->log_first));
    self->log_first = self->log_seen;
  }
  self->stats.delivered_bytes += (guint64) acked;
  cross_detect_losses (self);
  if (acked > 0) {
    self->backoff = 0;
    cross_grow (self, now, acked);
    cross_restart_timer (self, now);
  }
  cross_forget (self);
  cross_send_window (self, now);
  if (self->in_flight == 0 && self->waiting == 0 && self->next_start == GST_CLOCK_TIME_NONE)
    cross_end_transfer (self, now);
}

/* RFC 5681 3.1: back to one segment. */
static void
cross_time_out (LinkCross *self, GstClockTime now)
{
  self->stats.timeouts++;
  for (guint64 n = self->first; n < self->next; n++) {
    LinkSegment *segment = cross_segment (self, n);

    if (!segment->is_acked && !segment->is_lost)
      cross_lose (self, segment);
  }
  cross_reduce (self);
  self->window = SEGMENT;
  self->backoff = MIN (self->backoff + 1, MAX_BACKOFF);
  self->timer = GST_CLOCK_TIME_NONE;
  cross_forget (self);
  cross_send_window (self, now);
  if (self->in_flight == 0 && self->waiting == 0)
    cross_end_transfer (self, now);
}

/* --- the receiver ----------------------------------------------------------------------------- */

static void
cross_send_ack (LinkCross *self, GstClockTime now)
{
  self->unacked = 0;
  self->ack_due = GST_CLOCK_TIME_NONE;
  self->send (self->user_data, now, self->config.dir == LINK_A_TO_B ? LINK_B_TO_A : LINK_A_TO_B,
      ACK, self->log_first + self->log->len);
}

/* RFC 5681 4.2: each second segment, and at once when one is missing. */
static void
cross_receive (LinkCross *self, GstClockTime now, guint64 number)
{
  gboolean in_order = number == self->expected;

  g_array_append_val (self->log, number);
  self->expected = MAX (self->expected, number + 1);
  if (++self->unacked >= 2 || !in_order)
    cross_send_ack (self, now);
  else
    self->ack_due = now + ACK_DELAY;
}

void
link_cross_handle_packet (LinkCross *self, GstClockTime now, LinkDir dir, guint64 number, gsize len)
{
  if (self->config.kind == LINK_CROSS_STEADY)
    self->stats.delivered_bytes += len;
  else if (dir == self->config.dir)
    cross_receive (self, now, number);
  else if (number > self->log_seen)
    cross_handle_ack (self, now, number);
}

void
link_cross_handle_timeout (LinkCross *self, GstClockTime now)
{
  if (self->ack_due <= now)
    cross_send_ack (self, now);
  if (self->timer <= now)
    cross_time_out (self, now);
  if (self->next_start <= now)
    cross_begin_transfer (self, now);
}

GstClockTime
link_cross_next_deadline (const LinkCross *self)
{
  return MIN (self->next_start, MIN (self->timer, self->ack_due));
}

void
link_cross_get_stats (const LinkCross *self, LinkCrossStats *out)
{
  *out = self->stats;
}
