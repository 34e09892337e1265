/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/link/link-way.h"

#include <string.h>

#include "gst/rtc/base/rtc-random.h"
#include "tools/link/link-queue.h"

/* MAX_HOLD: for packets to come that shall overtake. */
#define MAX_HOLD (500 * GST_MSECOND)

#define MIN_FLIGHTS 64

typedef struct {
  GstClockTime from, to;
} LinkHole;

typedef struct {
  LinkPacket packet;
  guint waits_for; /* this many later ones go before it */
} LinkFlight;

typedef struct {
  GstClockTime delay;        /* of its own */
  GstClockTime last_arrival; /* which its next packet does not pass */
} LinkFlow;

struct _LinkWay {
  LinkConfig config;
  LinkDir dir;
  LinkTrace *trace;
  LinkWayFuncs funcs;
  gpointer user_data;
  GArray *steps; /* LinkRateStep, by time */
  GArray *holes;
  RtcRandom *judge;  /* what becomes of a packet */
  RtcRandom *jitter; /* when it arrives */
  gboolean in_burst;
  GstClockTime now; /* latest */

  LinkQueue queue;
  gboolean is_serving;
  LinkPacket serving;
  GstClockTime served_until;

  LinkFlight *flights; /* a ring, by arrival; equal ones as they left */
  guint n_flights, flights_head, flights_size;
  LinkFlow flows[LINK_MAX_FLOWS];
  guint64 traced_rate;
  LinkStats stats;
};

LinkWay *
link_way_new (
    guint64 seed, LinkDir dir, LinkTrace *trace, const LinkWayFuncs *funcs, gpointer user_data)
{
  LinkWay *self = g_new0 (LinkWay, 1);

  self->dir = dir;
  self->trace = trace;
  if (funcs != NULL)
    self->funcs = *funcs;
  self->user_data = user_data;
  self->steps = g_array_new (FALSE, FALSE, sizeof (LinkRateStep));
  self->holes = g_array_new (FALSE, FALSE, sizeof (LinkHole));
  self->judge = rtc_random_new_seeded (2 * seed);
  self->jitter = rtc_random_new_seeded (2 * seed + 1);
  link_queue_init (&self->queue);
  self->flights = g_new0 (LinkFlight, MIN_FLIGHTS);
  self->flights_size = MIN_FLIGHTS;
  return self;
}

static void
way_drop_data (LinkWay *self, gpointer data)
{
  if (self->funcs.drop != NULL)
    self->funcs.drop (self->user_data, data);
}

static LinkFlight *
way_flight (const LinkWay *self, guint i)
{
  return &self->flights[(self->flights_head + i) % self->flights_size];
}

void
link_way_free (LinkWay *self)
{
  LinkPacket packet;

  if (self == NULL)
    return;
  while (link_queue_pop (&self->queue, &packet))
    way_drop_data (self, packet.data);
  if (self->is_serving)
    way_drop_data (self, self->serving.data);
  for (guint i = 0; i < self->n_flights; i++)
    way_drop_data (self, way_flight (self, i)->packet.data);
  link_queue_clear (&self->queue);
  g_free (self->flights);
  rtc_random_free (self->judge);
  rtc_random_free (self->jitter);
  g_array_unref (self->holes);
  g_array_unref (self->steps);
  g_free (self);
}

/* --- rate ------------------------------------------------------------------------------------- */

/* The rate at that time and, if wanted, when the next step comes. */
static guint64
way_rate_until (const LinkWay *self, GstClockTime time, GstClockTime *until)
{
  guint64 rate = self->config.rate_bps;

  if (until != NULL)
    *until = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < self->steps->len; i++) {
    const LinkRateStep *step = &g_array_index (self->steps, LinkRateStep, i);

    if (step->at > time) {
      if (until != NULL)
        *until = step->at;
      break;
    }
    rate = step->rate_bps;
  }
  return rate;
}

guint64
link_way_get_rate (const LinkWay *self, GstClockTime time)
{
  return way_rate_until (self, time, NULL);
}

/* When so many bits that begin to leave at start have left, over all steps of the rate. */
static GstClockTime
way_serve (const LinkWay *self, GstClockTime start, guint64 bits)
{
  for (;;) {
    GstClockTime until, needed;
    guint64 rate = way_rate_until (self, start, &until);

    if (rate == 0)
      return start;
    needed = gst_util_uint64_scale (bits, GST_SECOND, rate);
    if (until == GST_CLOCK_TIME_NONE || start + needed <= until)
      return start + needed;
    bits -= MIN (bits, gst_util_uint64_scale (until - start, rate, GST_SECOND));
    start = until;
  }
}

/* Notes the capacity when it has changed, at the time of the change if there is a schedule. */
static void
way_trace_rate (LinkWay *self, GstClockTime now)
{
  guint64 rate;

  if (self->trace == NULL)
    return;
  for (guint i = 0; i < self->steps->len; i++) {
    const LinkRateStep *step = &g_array_index (self->steps, LinkRateStep, i);

    if (step->at > self->now && step->at <= now) {
      link_trace_value (self->trace, step->at, self->dir, 0, "capacity", (gdouble) step->rate_bps);
      self->traced_rate = step->rate_bps;
    }
  }
  rate = link_way_get_rate (self, now);
  if (rate != self->traced_rate)
    link_trace_value (self->trace, now, self->dir, 0, "capacity", (gdouble) rate);
  self->traced_rate = rate;
}

/* --- on the way ------------------------------------------------------------------------------- */

static void
way_insert_flight (LinkWay *self, const LinkFlight *flight)
{
  guint i;

  if (self->n_flights == self->flights_size) {
    LinkFlight *larger = g_new0 (LinkFlight, self->flights_size * 2);

    for (i = 0; i < self->n_flights; i++)
      larger[i] = *way_flight (self, i);
    g_free (self->flights);
    self->flights = larger;
    self->flights_head = 0;
    self->flights_size *= 2;
  }
  /* Most packets arrive last, so the place is searched from the end. */
  for (i = self->n_flights; i > 0; i--) {
    LinkFlight *before = way_flight (self, i - 1);

    if (before->packet.arrival <= flight->packet.arrival)
      break;
    *way_flight (self, i) = *before;
  }
  *way_flight (self, i) = *flight;
  self->n_flights++;
}

static void
way_remove_flight (LinkWay *self, guint at, LinkFlight *out)
{
  *out = *way_flight (self, at);
  if (at == 0) {
    self->flights_head = (self->flights_head + 1) % self->flights_size;
  } else {
    for (guint i = at; i + 1 < self->n_flights; i++)
      *way_flight (self, i) = *way_flight (self, i + 1);
  }
  self->n_flights--;
}

/* A standard normal variable in -3..3: twelve uniform ones have variance 1. */
static gdouble
way_normal (LinkWay *self)
{
  gdouble sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += rtc_random_double (self->jitter);
  return CLAMP (sum, -3, 3);
}

static GstClockTime
way_arrival (LinkWay *self, GstClockTime left, const LinkFlow *flow)
{
  const LinkConfig *config = &self->config;
  GstClockTime arrival = left + config->delay + flow->delay;

  if (config->jitter > 0)
    arrival += (GstClockTime) (rtc_random_double (self->jitter) * (gdouble) config->jitter);
  if (config->sigma > 0) {
    gdouble shift = way_normal (self) * (gdouble) config->sigma;

    arrival = left + (GstClockTime) MAX ((gdouble) (arrival - left) + shift, 0);
  }
  if (!config->reorder)
    arrival = MAX (arrival, flow->last_arrival);
  return arrival;
}

/* The instant before the depth-th last of those on the way, but none before left. */
static GstClockTime
way_overtake (const LinkWay *self, GstClockTime left, GstClockTime arrival)
{
  guint depth = MIN (self->config.overtake_depth, self->n_flights);

  for (guint i = 1; i <= depth; i++) {
    GstClockTime other = way_flight (self, self->n_flights - i)->packet.arrival;

    arrival = MIN (arrival, other > 0 ? other - 1 : 0);
  }
  return MAX (arrival, left);
}

/* One more arrives (at that time) before those that wait. */
static void
way_release (LinkWay *self, GstClockTime arrival)
{
  guint n = self->n_flights, i = 0;

  while (n-- > 0) {
    LinkFlight *flight = way_flight (self, i), released;

    if (flight->waits_for == 0 || --flight->waits_for > 0) {
      i++;
      continue;
    }
    way_remove_flight (self, i, &released);
    released.packet.arrival = arrival;
    way_insert_flight (self, &released);
  }
}

static gboolean
way_happens (RtcRandom *random, gdouble probability)
{
  return probability > 0 && rtc_random_double (random) < probability;
}

/* What the packet meets after the queue has been decided when it came; see way_judge(). */
typedef enum {
  FATE_OVERTAKE = 1 << 0,
  FATE_HOLD = 1 << 1,
  FATE_DUPLICATE = 1 << 2,
  FATE_HOLD_DUPLICATE = 1 << 3,
} Fate;

static void
way_send_off (LinkWay *self, const LinkPacket *packet, guint fate, gboolean is_held)
{
  LinkFlow *flow = &self->flows[packet->flow % LINK_MAX_FLOWS];
  LinkFlight flight = { .packet = *packet };

  flight.packet.arrival = way_arrival (self, packet->left, flow);
  if (fate & FATE_OVERTAKE) {
    flight.packet.arrival = way_overtake (self, packet->left, flight.packet.arrival);
    self->stats.overtaken++;
  } else {
    flow->last_arrival = MAX (flow->last_arrival, flight.packet.arrival);
  }
  if (is_held) {
    flight.waits_for = self->config.hold_depth;
    flight.packet.arrival += MAX_HOLD;
    self->stats.held++;
  }
  link_trace_packet (self->trace, packet->pushed, self->dir, packet->flow,
      packet->is_duplicate ? LINK_DUP : LINK_OK, packet->len, flight.packet.arrival,
      packet->left - packet->pushed);
  way_insert_flight (self, &flight);
  if (!is_held && self->config.hold > 0)
    way_release (self, flight.packet.arrival);
}

/* A packet leaves the queue (or needed none); its fate is in left until then. */
static void
way_depart (LinkWay *self, LinkPacket *packet, GstClockTime left)
{
  guint fate = (guint) packet->left;

  packet->left = left;
  self->stats.max_queue = MAX (self->stats.max_queue, left - packet->pushed);
  way_send_off (self, packet, fate, (fate & FATE_HOLD) != 0);
  if (fate & FATE_DUPLICATE) {
    LinkPacket copy = *packet;

    self->stats.duplicated++;
    copy.is_duplicate = TRUE;
    if (self->funcs.copy != NULL)
      copy.data = self->funcs.copy (self->user_data, packet->data);
    way_send_off (self, &copy, fate, (fate & FATE_HOLD_DUPLICATE) != 0);
  }
}

/* --- the queue -------------------------------------------------------------------------------- */

static void
way_serve_next (LinkWay *self, GstClockTime now)
{
  LinkPacket packet;

  self->is_serving = FALSE;
  while (link_queue_pop (&self->queue, &packet)) {
    if (self->config.discipline == LINK_QUEUE_CODEL
        && link_queue_codel_drops (&self->queue, now, &self->config, &packet)) {
      self->stats.queue_dropped++;
      self->stats.codel_dropped++;
      link_trace_packet (self->trace, packet.pushed, self->dir, packet.flow, LINK_CODEL, packet.len,
          GST_CLOCK_TIME_NONE, now - packet.pushed);
      way_drop_data (self, packet.data);
      continue;
    }
    self->is_serving = TRUE;
    self->serving = packet;
    self->served_until = way_serve (self, now, packet.len * 8);
    return;
  }
}

/* Everything that leaves the queue by now. */
static void
way_advance (LinkWay *self, GstClockTime now)
{
  if (now <= self->now && !(self->is_serving && self->served_until <= now))
    return;
  way_trace_rate (self, now);
  while (self->is_serving && self->served_until <= now) {
    GstClockTime left = self->served_until;

    way_depart (self, &self->serving, left);
    way_serve_next (self, left);
  }
  self->now = MAX (self->now, now);
}

GstClockTime
link_way_get_wait (const LinkWay *self, GstClockTime now)
{
  GstClockTime wait = self->is_serving && self->served_until > now ? self->served_until - now : 0;
  guint64 rate = link_way_get_rate (self, now);

  return rate == 0 ? wait : wait + gst_util_uint64_scale (self->queue.bytes * 8, GST_SECOND, rate);
}

static gboolean
way_is_full (const LinkWay *self, GstClockTime now, gsize len)
{
  const LinkConfig *config = &self->config;
  gsize bytes = self->queue.bytes + (self->is_serving ? self->serving.len : 0) + len;

  if (config->queue_bytes != 0 && self->is_serving && bytes > config->queue_bytes)
    return TRUE;
  if (config->queue == 0 && config->queue_bytes != 0)
    return FALSE;
  return link_way_get_wait (self, now) > config->queue;
}

/* --- coming in -------------------------------------------------------------------------------- */

static gboolean
way_in_hole (const LinkWay *self, GstClockTime now)
{
  for (guint i = 0; i < self->holes->len; i++) {
    const LinkHole *hole = &g_array_index (self->holes, LinkHole, i);

    if (now >= hole->from && now < hole->to)
      return TRUE;
  }
  return FALSE;
}

static gboolean
way_loses (LinkWay *self)
{
  const LinkConfig *config = &self->config;

  if (config->burst_start > 0) {
    gdouble turn = rtc_random_double (self->judge);

    self->in_burst = self->in_burst ? turn >= config->burst_stop : turn < config->burst_start;
  } else {
    self->in_burst = FALSE;
  }
  return way_happens (self->judge, self->in_burst ? config->burst_loss : config->loss);
}

/* Draws what will become of the packet once it has left the queue. */
static guint
way_judge (LinkWay *self, LinkPacket *packet)
{
  const LinkConfig *config = &self->config;
  guint fate = 0;

  if (way_happens (self->judge, config->overtake))
    fate |= FATE_OVERTAKE;
  if (way_happens (self->judge, config->hold))
    fate |= FATE_HOLD;
  if (way_happens (self->judge, config->duplicate)) {
    fate |= FATE_DUPLICATE;
    if (way_happens (self->judge, config->hold))
      fate |= FATE_HOLD_DUPLICATE;
  }
  packet->flip = -1;
  if (packet->len > 0 && way_happens (self->judge, config->flip)) {
    packet->flip = (gint) rtc_random_range (self->judge, 0, (guint32) packet->len * 8);
    self->stats.flipped++;
  }
  return fate;
}

/* Counts it; LINK_OK if it goes on. */
static LinkVerdict
way_check (LinkWay *self, GstClockTime now, gsize len)
{
  if (len > (self->config.mtu != 0 ? self->config.mtu : RTC_MAX_DATAGRAM)) {
    self->stats.too_long++;
    return LINK_MTU;
  }
  if (way_in_hole (self, now)) {
    self->stats.blackholed++;
    return LINK_HOLE;
  }
  if (way_loses (self)) {
    self->stats.lost++;
    return LINK_LOSS;
  }
  return LINK_OK;
}

void
link_way_push (
    LinkWay *self, GstClockTime now, guint flow, gsize len, guint64 number, gpointer data)
{
  LinkPacket packet = { .flow = flow, .len = len, .number = number, .data = data };
  LinkVerdict verdict;
  guint fate = 0;

  now = MAX (now, self->now);
  way_advance (self, now);
  packet.pushed = now;
  self->stats.pushed++;
  self->stats.bytes_pushed += len;
  verdict = way_check (self, now, len);
  if (verdict == LINK_OK) {
    fate = way_judge (self, &packet);
    if (link_way_get_rate (self, now) != 0 && way_is_full (self, now, len)) {
      self->stats.queue_dropped++;
      verdict = LINK_QUEUE;
    }
  }
  if (verdict != LINK_OK) {
    link_trace_packet (
        self->trace, now, self->dir, flow, verdict, len, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
    way_drop_data (self, data);
    return;
  }
  packet.left = fate;
  link_queue_push (&self->queue, &packet);
  if (!self->is_serving)
    way_serve_next (self, now);
  way_advance (self, now);
}

void
link_way_note_tapped (LinkWay *self, GstClockTime now, guint flow, gsize len)
{
  self->stats.pushed++;
  self->stats.bytes_pushed += len;
  self->stats.tapped++;
  link_trace_packet (
      self->trace, now, self->dir, flow, LINK_TAP, len, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
}

/* --- going out -------------------------------------------------------------------------------- */

gboolean
link_way_pop (LinkWay *self, GstClockTime now, LinkPacket *out)
{
  LinkFlight flight;

  way_advance (self, now);
  if (self->n_flights == 0 || way_flight (self, 0)->packet.arrival > now)
    return FALSE;
  way_remove_flight (self, 0, &flight);
  *out = flight.packet;
  self->stats.delivered++;
  self->stats.bytes_delivered += out->len;
  return TRUE;
}

GstClockTime
link_way_next_deadline (const LinkWay *self)
{
  GstClockTime deadline = self->is_serving ? self->served_until : GST_CLOCK_TIME_NONE;

  return self->n_flights > 0 ? MIN (deadline, way_flight (self, 0)->packet.arrival) : deadline;
}

/* --- settings --------------------------------------------------------------------------------- */

void
link_way_set_config (LinkWay *self, GstClockTime now, const LinkConfig *config)
{
  way_advance (self, MAX (now, self->now));
  self->config = *config;
  way_trace_rate (self, self->now);
}

const LinkConfig *
link_way_get_config (const LinkWay *self)
{
  return &self->config;
}

void
link_way_set_schedule (LinkWay *self, GstClockTime now, const LinkRateStep *steps, guint n)
{
  way_advance (self, MAX (now, self->now));
  g_array_set_size (self->steps, 0);
  g_array_append_vals (self->steps, steps, n);
  way_trace_rate (self, self->now);
}

void
link_way_set_flow_delay (LinkWay *self, guint flow, GstClockTime delay)
{
  self->flows[flow % LINK_MAX_FLOWS].delay = delay;
}

void
link_way_add_blackhole (LinkWay *self, GstClockTime from, GstClockTime to)
{
  LinkHole hole = { from, to };

  g_array_append_val (self->holes, hole);
}

void
link_way_get_stats (const LinkWay *self, LinkStats *out)
{
  *out = self->stats;
}
