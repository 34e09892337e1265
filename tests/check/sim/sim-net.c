/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-net.h"

#include "gst/rtc/base/rtc-random.h"

typedef struct {
  GstClockTime from, to;
} SimHole;

/* SIM_MAX_WAIT: for packets to come that shall overtake. */
#define SIM_MAX_WAIT (500 * GST_MSECOND)

typedef struct {
  SimLink link;
  RtcRandom *random; /* its own, so that one direction does not disturb the other */
  gboolean in_burst;
  GstClockTime busy_until; /* when the rate has let the last packet out */
  GstClockTime last_arrival;
  GArray *holes;
  SimNetStats stats;
} SimWay;

typedef struct {
  GstClockTime arrival;
  guint64 order;
  guint waits_for; /* this many more of its direction go before it */
  SimDir dir;
  guint tag;
  RtcPacket *packet;
} SimFlight;

struct _SimNet {
  SimWay ways[SIM_N_DIRS];
  GQueue flights; /* SimFlight, by arrival then order */
  guint64 next_order;
  GString *trace;
  SimNetTap tap;
  gpointer tap_data;
};

SimNet *
sim_net_new (guint64 seed, GString *trace)
{
  SimNet *self = g_new0 (SimNet, 1);

  self->trace = trace;
  g_queue_init (&self->flights);
  for (guint i = 0; i < SIM_N_DIRS; i++) {
    self->ways[i].random = rtc_random_new_seeded (seed * SIM_N_DIRS + i);
    self->ways[i].holes = g_array_new (FALSE, FALSE, sizeof (SimHole));
  }
  return self;
}

static void
flight_free (gpointer data)
{
  SimFlight *flight = data;

  rtc_packet_unref (flight->packet);
  g_free (flight);
}

void
sim_net_free (SimNet *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->flights, flight_free);
  for (guint i = 0; i < SIM_N_DIRS; i++) {
    rtc_random_free (self->ways[i].random);
    g_array_unref (self->ways[i].holes);
  }
  g_free (self);
}

void
sim_net_set_link (SimNet *self, SimDir dir, const SimLink *link)
{
  self->ways[dir].link = *link;
}

void
sim_net_set_both (SimNet *self, const SimLink *link)
{
  sim_net_set_link (self, SIM_A_TO_B, link);
  sim_net_set_link (self, SIM_B_TO_A, link);
}

void
sim_net_add_blackhole (SimNet *self, SimDir dir, GstClockTime from, GstClockTime to)
{
  SimHole hole = { from, to };

  g_array_append_val (self->ways[dir].holes, hole);
}

void
sim_net_set_tap (SimNet *self, SimNetTap tap, gpointer user_data)
{
  self->tap = tap;
  self->tap_data = user_data;
}

static void
net_trace (SimNet *self, GstClockTime now, SimDir dir, gsize len, const gchar *verdict,
    GstClockTime arrival)
{
  if (self->trace == NULL)
    return;
  g_string_append_printf (self->trace, "%" G_GUINT64_FORMAT " %s %" G_GSIZE_FORMAT " %s", now,
      dir == SIM_A_TO_B ? "A>B" : "B>A", len, verdict);
  if (arrival != GST_CLOCK_TIME_NONE)
    g_string_append_printf (self->trace, " %" G_GUINT64_FORMAT, arrival);
  g_string_append_c (self->trace, '\n');
}

static gboolean
way_in_hole (const SimWay *way, GstClockTime now)
{
  for (guint i = 0; i < way->holes->len; i++) {
    const SimHole *hole = &g_array_index (way->holes, SimHole, i);

    if (now >= hole->from && now < hole->to)
      return TRUE;
  }
  return FALSE;
}

static gboolean
way_loses (SimWay *way)
{
  const SimLink *link = &way->link;

  if (link->burst_start > 0) {
    gdouble turn = rtc_random_double (way->random);

    way->in_burst = way->in_burst ? turn >= link->burst_stop : turn < link->burst_start;
  } else {
    way->in_burst = FALSE;
  }
  return rtc_random_double (way->random) < (way->in_burst ? link->burst_loss : link->loss);
}

/* Waits for the rate; FALSE when the queue is full. *out gets when the last bit has left. */
static gboolean
way_serialize (SimWay *way, GstClockTime now, gsize len, GstClockTime *out)
{
  GstClockTime start = MAX (now, way->busy_until);

  *out = now;
  if (way->link.rate_bps == 0)
    return TRUE;
  if (start - now > way->link.queue)
    return FALSE;
  way->busy_until = start + gst_util_uint64_scale (len * 8, GST_SECOND, way->link.rate_bps);
  *out = way->busy_until;
  return TRUE;
}

/* A standard normal variable in -3..3: twelve uniform ones have variance 1. */
static gdouble
way_normal (SimWay *way)
{
  gdouble sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += rtc_random_double (way->random);
  return CLAMP (sum, -3, 3);
}

static GstClockTime
way_arrival (SimWay *way, GstClockTime left)
{
  GstClockTime arrival = left + way->link.delay;

  arrival += (GstClockTime) (rtc_random_double (way->random) * (gdouble) way->link.jitter);
  if (way->link.sigma > 0) {
    gdouble shift = way_normal (way) * (gdouble) way->link.sigma;

    arrival = left + (GstClockTime) MAX ((gdouble) (arrival - left) + shift, 0);
  }
  if (!way->link.reorder)
    arrival = MAX (arrival, way->last_arrival);
  return arrival;
}

static gint
flight_compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const SimFlight *x = a, *y = b;

  if (x->arrival != y->arrival)
    return x->arrival < y->arrival ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

/* The instant before the depth-th last of those that are on the same way, but none before left. */
static GstClockTime
net_overtake (const SimNet *self, SimDir dir, guint depth, GstClockTime left, GstClockTime arrival)
{
  const GList *l;

  for (l = self->flights.tail; l != NULL && depth > 0; l = l->prev) {
    const SimFlight *flight = l->data;

    if (flight->dir != dir)
      continue;
    arrival = MIN (arrival, flight->arrival > 0 ? flight->arrival - 1 : 0);
    depth--;
  }
  return MAX (arrival, left);
}

/* Most packets arrive last, so the place is searched from the end. */
static void
net_insert (SimNet *self, SimFlight *flight)
{
  GList *l = self->flights.tail;

  while (l != NULL && flight_compare (l->data, flight, NULL) > 0)
    l = l->prev;
  if (l == NULL)
    g_queue_push_head (&self->flights, flight);
  else
    g_queue_insert_after (&self->flights, l, flight);
}

static gboolean
way_holds_back (SimWay *way)
{
  if (way->link.hold <= 0 || rtc_random_double (way->random) >= way->link.hold)
    return FALSE;
  way->stats.held++;
  return TRUE;
}

/* One more arrives (at that time) before those that wait. */
static void
net_release (SimNet *self, SimDir dir, GstClockTime arrival)
{
  for (GList *l = self->flights.head, *next; l != NULL; l = next) {
    SimFlight *flight = l->data;

    next = l->next;
    if (flight->dir != dir || flight->waits_for == 0 || --flight->waits_for > 0)
      continue;
    g_queue_delete_link (&self->flights, l);
    flight->arrival = arrival;
    flight->packet->time = arrival;
    flight->order = self->next_order++;
    net_insert (self, flight);
  }
}

static void
net_deliver (SimNet *self, GstClockTime now, SimDir dir, guint tag, const guint8 *data, gsize len,
    GstClockTime left, const gchar *verdict)
{
  SimFlight *flight = g_new0 (SimFlight, 1);
  SimWay *way = &self->ways[dir];

  flight->arrival = way_arrival (way, left);
  if (way->link.overtake > 0 && rtc_random_double (way->random) < way->link.overtake) {
    flight->arrival = net_overtake (self, dir, way->link.overtake_depth, left, flight->arrival);
    way->stats.overtaken++;
  } else {
    way->last_arrival = MAX (way->last_arrival, flight->arrival);
  }
  flight->order = self->next_order++;
  flight->dir = dir;
  flight->tag = tag;
  flight->packet = rtc_packet_new_copy (NULL, data, len);
  if (way_holds_back (way)) {
    flight->waits_for = way->link.hold_depth;
    flight->arrival += SIM_MAX_WAIT;
  }
  flight->packet->time = flight->arrival;
  if (way->link.flip > 0 && len > 0 && rtc_random_double (way->random) < way->link.flip) {
    guint32 bit = rtc_random_range (way->random, 0, (guint32) len * 8);

    flight->packet->data[bit / 8] ^= (guint8) (1 << bit % 8);
    way->stats.flipped++;
  }
  net_trace (self, now, dir, len, verdict, flight->arrival);
  net_insert (self, flight);
  if (flight->waits_for == 0 && way->link.hold > 0)
    net_release (self, dir, flight->arrival);
}

void
sim_net_push_tagged (
    SimNet *self, GstClockTime now, SimDir dir, guint tag, const guint8 *data, gsize len)
{
  SimWay *way = &self->ways[dir];
  const gchar *verdict = NULL;
  GstClockTime left;

  way->stats.pushed++;
  way->stats.bytes_pushed += len;
  if (len > (way->link.mtu != 0 ? way->link.mtu : RTC_MAX_DATAGRAM)) {
    way->stats.too_long++;
    verdict = "mtu";
  } else if (self->tap != NULL && self->tap (self->tap_data, now, dir, data, len)) {
    way->stats.tapped++;
    verdict = "tap";
  } else if (way_in_hole (way, now)) {
    way->stats.blackholed++;
    verdict = "hole";
  } else if (way_loses (way)) {
    way->stats.lost++;
    verdict = "loss";
  } else if (!way_serialize (way, now, len, &left)) {
    way->stats.queue_dropped++;
    verdict = "queue";
  }
  if (verdict != NULL) {
    net_trace (self, now, dir, len, verdict, GST_CLOCK_TIME_NONE);
    return;
  }
  net_deliver (self, now, dir, tag, data, len, left, "ok");
  if (rtc_random_double (way->random) < way->link.duplicate) {
    way->stats.duplicated++;
    net_deliver (self, now, dir, tag, data, len, left, "dup");
  }
}

void
sim_net_push (SimNet *self, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  sim_net_push_tagged (self, now, dir, 0, data, len);
}

RtcPacket *
sim_net_pop_due_tagged (SimNet *self, GstClockTime now, SimDir *dir, guint *tag)
{
  SimFlight *flight = g_queue_peek_head (&self->flights);
  RtcPacket *packet;

  if (flight == NULL || flight->arrival > now)
    return NULL;
  g_queue_pop_head (&self->flights);
  *dir = flight->dir;
  *tag = flight->tag;
  packet = flight->packet;
  self->ways[*dir].stats.delivered++;
  self->ways[*dir].stats.bytes_delivered += packet->len;
  g_free (flight);
  return packet;
}

RtcPacket *
sim_net_pop_due (SimNet *self, GstClockTime now, SimDir *dir)
{
  guint tag;

  return sim_net_pop_due_tagged (self, now, dir, &tag);
}

GstClockTime
sim_net_next_deadline (const SimNet *self)
{
  const SimFlight *flight = self->flights.head != NULL ? self->flights.head->data : NULL;

  return flight != NULL ? flight->arrival : GST_CLOCK_TIME_NONE;
}

void
sim_net_get_stats (const SimNet *self, SimDir dir, SimNetStats *out)
{
  *out = self->ways[dir].stats;
}
