/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-net.h"

struct _SimNet {
  LinkNet *net;
  LinkTrace *own_trace; /* (nullable) */
  GstClockTime now;     /* of the last call that told it */
  SimNetTap tap;
  gpointer tap_data;
};

static void
net_drop (gpointer user_data, gpointer data)
{
  rtc_packet_unref (data);
}

static gpointer
net_copy (gpointer user_data, gpointer data)
{
  const RtcPacket *packet = data;

  return rtc_packet_new_copy (NULL, packet->data, packet->len);
}

SimNet *
sim_net_new_traced (guint64 seed, LinkTrace *trace)
{
  static const LinkWayFuncs funcs = { net_drop, net_copy };
  SimNet *self = g_new0 (SimNet, 1);

  self->net = link_net_new (seed, trace, &funcs, self);
  return self;
}

SimNet *
sim_net_new (guint64 seed, GString *trace)
{
  LinkTrace *own = trace != NULL ? link_trace_new_text (trace) : NULL;
  SimNet *self = sim_net_new_traced (seed, own);

  self->own_trace = own;
  return self;
}

void
sim_net_free (SimNet *self)
{
  if (self == NULL)
    return;
  link_net_free (self->net);
  link_trace_free (self->own_trace);
  g_free (self);
}

void
sim_net_set_time (SimNet *self, GstClockTime now)
{
  self->now = MAX (self->now, now);
}

void
sim_net_set_link (SimNet *self, SimDir dir, const SimLink *link)
{
  link_way_set_config (link_net_get_way (self->net, dir), self->now, link);
}

void
sim_net_set_both (SimNet *self, const SimLink *link)
{
  sim_net_set_link (self, SIM_A_TO_B, link);
  sim_net_set_link (self, SIM_B_TO_A, link);
}

void
sim_net_set_schedule (SimNet *self, SimDir dir, const LinkRateStep *steps, guint n)
{
  link_way_set_schedule (link_net_get_way (self->net, dir), self->now, steps, n);
}

guint
sim_net_add_cross (SimNet *self, const LinkCrossConfig *config)
{
  return link_net_add_cross (self->net, config);
}

void
sim_net_get_cross_stats (const SimNet *self, guint number, LinkCrossStats *out)
{
  link_net_get_cross_stats (self->net, number, out);
}

void
sim_net_add_blackhole (SimNet *self, SimDir dir, GstClockTime from, GstClockTime to)
{
  link_way_add_blackhole (link_net_get_way (self->net, dir), from, to);
}

void
sim_net_set_tap (SimNet *self, SimNetTap tap, gpointer user_data)
{
  self->tap = tap;
  self->tap_data = user_data;
}

void
sim_net_push_tagged (
    SimNet *self, GstClockTime now, SimDir dir, guint tag, const guint8 *data, gsize len)
{
  self->now = MAX (self->now, now);
  if (self->tap != NULL && self->tap (self->tap_data, now, dir, data, len)) {
    link_way_note_tapped (link_net_get_way (self->net, dir), now, tag, len);
    return;
  }
  link_net_push (self->net, now, dir, tag, len, tag, rtc_packet_new_copy (NULL, data, len));
}

void
sim_net_push (SimNet *self, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  sim_net_push_tagged (self, now, dir, 0, data, len);
}

RtcPacket *
sim_net_pop_due_tagged (SimNet *self, GstClockTime now, SimDir *dir, guint *tag)
{
  LinkPacket arrived;
  RtcPacket *packet;

  /* "All that is left" is asked for with the end of time, which does not come. */
  if (now < GST_CLOCK_TIME_NONE - 1)
    self->now = MAX (self->now, now);
  if (!link_net_pop (self->net, now, dir, &arrived))
    return NULL;
  *tag = (guint) arrived.number;
  packet = arrived.data;
  packet->time = arrived.arrival;
  if (arrived.flip >= 0)
    packet->data[arrived.flip / 8] ^= (guint8) (1 << arrived.flip % 8);
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
  return link_net_next_deadline (self->net);
}

void
sim_net_get_stats (const SimNet *self, SimDir dir, SimNetStats *out)
{
  link_way_get_stats (link_net_get_way (self->net, dir), out);
}
