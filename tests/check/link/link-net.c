/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "link-net.h"

typedef struct {
  LinkNet *net;
  guint number;
  LinkCross *cross;
} LinkNeighbour;

struct _LinkNet {
  LinkWay *ways[LINK_N_DIRS];
  guint64 seed;
  LinkWayFuncs funcs;
  gpointer user_data;
  LinkNeighbour neighbours[LINK_MAX_CROSS];
  guint n_neighbours;
};

/* Cross traffic has no data of the user's. */
static void
net_drop (gpointer user_data, gpointer data)
{
  LinkNet *self = user_data;

  if (data != NULL && self->funcs.drop != NULL)
    self->funcs.drop (self->user_data, data);
}

static gpointer
net_copy (gpointer user_data, gpointer data)
{
  LinkNet *self = user_data;

  return data != NULL && self->funcs.copy != NULL ? self->funcs.copy (self->user_data, data) : data;
}

LinkNet *
link_net_new (guint64 seed, LinkTrace *trace, const LinkWayFuncs *funcs, gpointer user_data)
{
  static const LinkWayFuncs own = { net_drop, net_copy };
  LinkNet *self = g_new0 (LinkNet, 1);

  self->seed = seed;
  if (funcs != NULL)
    self->funcs = *funcs;
  self->user_data = user_data;
  for (guint i = 0; i < LINK_N_DIRS; i++)
    self->ways[i] = link_way_new (seed * LINK_N_DIRS + i, (LinkDir) i, trace, &own, self);
  return self;
}

void
link_net_free (LinkNet *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < LINK_N_DIRS; i++)
    link_way_free (self->ways[i]);
  for (guint i = 0; i < self->n_neighbours; i++)
    link_cross_free (self->neighbours[i].cross);
  g_free (self);
}

LinkWay *
link_net_get_way (LinkNet *self, LinkDir dir)
{
  return self->ways[dir];
}

static void
neighbour_send (gpointer user_data, GstClockTime now, LinkDir dir, gsize len, guint64 number)
{
  LinkNeighbour *self = user_data;

  link_way_push (self->net->ways[dir], now, LINK_CROSS_FLOW + self->number, len, number, NULL);
}

guint
link_net_add_cross (LinkNet *self, const LinkCrossConfig *config)
{
  guint number = self->n_neighbours;
  LinkNeighbour *neighbour = &self->neighbours[number];

  g_assert_cmpuint (number, <, LINK_MAX_CROSS);
  neighbour->net = self;
  neighbour->number = number;
  neighbour->cross =
      link_cross_new (config, self->seed * LINK_MAX_CROSS + number, neighbour_send, neighbour);
  for (guint i = 0; i < LINK_N_DIRS; i++)
    link_way_set_flow_delay (self->ways[i], LINK_CROSS_FLOW + number, config->delay);
  self->n_neighbours++;
  return number;
}

void
link_net_get_cross_stats (const LinkNet *self, guint number, LinkCrossStats *out)
{
  g_assert_cmpuint (number, <, self->n_neighbours);
  link_cross_get_stats (self->neighbours[number].cross, out);
}

void
link_net_push (LinkNet *self, GstClockTime now, LinkDir dir, guint flow, gsize len, guint64 number,
    gpointer data)
{
  link_way_push (self->ways[dir], now, flow % LINK_CROSS_FLOW, len, number, data);
}

GstClockTime
link_net_next_deadline (const LinkNet *self)
{
  GstClockTime deadline = MIN (link_way_next_deadline (self->ways[LINK_A_TO_B]),
      link_way_next_deadline (self->ways[LINK_B_TO_A]));

  for (guint i = 0; i < self->n_neighbours; i++)
    deadline = MIN (deadline, link_cross_next_deadline (self->neighbours[i].cross));
  return deadline;
}

static void
net_run_cross (LinkNet *self, GstClockTime now)
{
  for (guint i = 0; i < self->n_neighbours; i++) {
    if (link_cross_next_deadline (self->neighbours[i].cross) <= now)
      link_cross_handle_timeout (self->neighbours[i].cross, now);
  }
}

gboolean
link_net_pop (LinkNet *self, GstClockTime now, LinkDir *dir, LinkPacket *out)
{
  GstClockTime time;

  /* One instant after the other, since cross traffic answers what arrives. */
  while ((time = link_net_next_deadline (self)) <= now && time != GST_CLOCK_TIME_NONE) {
    net_run_cross (self, time);
    for (guint i = 0; i < LINK_N_DIRS; i++) {
      while (link_way_pop (self->ways[i], time, out)) {
        *dir = (LinkDir) i;
        if (out->flow < LINK_CROSS_FLOW)
          return TRUE;
        link_cross_handle_packet (
            self->neighbours[out->flow - LINK_CROSS_FLOW].cross, time, *dir, out->number, out->len);
      }
    }
  }
  return FALSE;
}
