/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-link.h"

#include <string.h>

/* Two hand-overs are apart by at least so much. */
#define REST GST_MSECOND

struct _LoadLinks {
  RtcLoop *loop;
  RtcLoopTimer timer;
  GstClockTime deadline; /* of the timer; NONE: it rests */
  void (*read) (gpointer data);
  gpointer data;
  GPtrArray *links; /* LoadLink */
};

struct _LoadLink {
  LoadLinks *links;
  LinkWay *ways[LINK_N_DIRS]; /* A: the viewer */
  LoadLinkFuncs funcs;
};

/* What is on the way. */
typedef struct {
  RtcAddress peer;
  gsize len;
  guint8 bytes[];
} Datagram;

static void
datagram_drop (gpointer user_data, gpointer data)
{
  g_free (data);
}

static gpointer
datagram_copy (gpointer user_data, gpointer data)
{
  const Datagram *datagram = data;

  return g_memdup2 (datagram, sizeof *datagram + datagram->len);
}

static const LinkWayFuncs way_funcs = { datagram_drop, datagram_copy };

/* --- when ------------------------------------------------------------------------------------- */

static void
links_wait_until (LoadLinks *self, GstClockTime deadline)
{
  if (deadline >= self->deadline)
    return;
  self->deadline = deadline;
  rtc_loop_schedule (self->loop, &self->timer, deadline);
}

static GstClockTime
link_get_deadline (const LoadLink *self)
{
  return MIN (link_way_next_deadline (self->ways[LINK_A_TO_B]),
      link_way_next_deadline (self->ways[LINK_B_TO_A]));
}

static void
link_push (LoadLink *self, LinkDir dir, GstClockTime time, const RtcAddress *peer,
    const guint8 *bytes, gsize len)
{
  Datagram *datagram = g_malloc (sizeof *datagram + len);

  datagram->peer = *peer;
  datagram->len = len;
  memcpy (datagram->bytes, bytes, len);
  link_way_push (self->ways[dir], time, 0, len, 0, datagram);
  links_wait_until (self->links, MAX (link_get_deadline (self), rtc_loop_now () + REST));
}

/* What has passed the link by now. */
static void
link_hand_over (LoadLink *self, LinkDir dir, GstClockTime now)
{
  LinkPacket packet;

  while (link_way_pop (self->ways[dir], now, &packet)) {
    Datagram *datagram = packet.data;

    if (packet.flip >= 0)
      datagram->bytes[packet.flip / 8] ^= (guint8) (1 << packet.flip % 8);
    if (dir == LINK_B_TO_A)
      self->funcs.arrive (
          self->funcs.data, packet.arrival, &datagram->peer, datagram->bytes, datagram->len);
    else
      self->funcs.leave (self->funcs.data, now, &datagram->peer, datagram->bytes, datagram->len);
    g_free (datagram);
  }
}

static void
on_deadline (gpointer data, GstClockTime late)
{
  LoadLinks *self = data;
  GstClockTime now = rtc_loop_now (), next = GST_CLOCK_TIME_NONE;

  self->deadline = GST_CLOCK_TIME_NONE;
  /* Else what the kernel had before now came to the link after what follows. */
  self->read (self->data);
  for (guint i = 0; i < self->links->len; i++) {
    LoadLink *link = g_ptr_array_index (self->links, i);

    link_hand_over (link, LINK_B_TO_A, now);
    link_hand_over (link, LINK_A_TO_B, now);
    next = MIN (next, link_get_deadline (link));
  }
  if (next != GST_CLOCK_TIME_NONE)
    links_wait_until (self, MAX (next, rtc_loop_now () + REST));
}

/* --- packets ---------------------------------------------------------------------------------- */

void
load_link_receive (
    LoadLink *self, GstClockTime time, const RtcAddress *from, const guint8 *bytes, gsize len)
{
  link_push (self, LINK_B_TO_A, time, from, bytes, len);
}

void
load_link_send (LoadLink *self, const RtcAddress *to, const guint8 *bytes, gsize len)
{
  link_push (self, LINK_A_TO_B, rtc_loop_now (), to, bytes, len);
}

guint64
load_link_count_dropped (const LoadLink *self)
{
  LinkStats stats;

  link_way_get_stats (self->ways[LINK_B_TO_A], &stats);
  return stats.lost + stats.queue_dropped + stats.too_long;
}

/* --- life ------------------------------------------------------------------------------------- */

LoadLink *
load_link_open (
    LoadLinks *links, guint64 seed, const LinkConfig *config, const LoadLinkFuncs *funcs)
{
  LoadLink *self = g_new0 (LoadLink, 1);
  LinkConfig back = { .delay = config->delay };
  GstClockTime now = rtc_loop_now ();

  self->links = links;
  self->funcs = *funcs;
  for (guint i = 0; i < LINK_N_DIRS; i++) {
    self->ways[i] = link_way_new (seed, i, NULL, &way_funcs, self);
    link_way_set_config (self->ways[i], now, i == LINK_B_TO_A ? config : &back);
  }
  g_ptr_array_add (links->links, self);
  return self;
}

void
load_link_close (LoadLink *self)
{
  if (self == NULL)
    return;
  g_ptr_array_remove_fast (self->links->links, self);
  for (guint i = 0; i < LINK_N_DIRS; i++)
    link_way_free (self->ways[i]);
  g_free (self);
}

LoadLinks *
load_links_new (RtcLoop *loop, void (*read) (gpointer data), gpointer data)
{
  LoadLinks *self = g_new0 (LoadLinks, 1);

  self->loop = loop;
  self->read = read;
  self->data = data;
  self->deadline = GST_CLOCK_TIME_NONE;
  self->links = g_ptr_array_new ();
  rtc_loop_timer_init (&self->timer, on_deadline, self);
  return self;
}

void
load_links_free (LoadLinks *self)
{
  if (self == NULL)
    return;
  rtc_loop_schedule (self->loop, &self->timer, GST_CLOCK_TIME_NONE);
  g_ptr_array_unref (self->links);
  g_free (self);
}
