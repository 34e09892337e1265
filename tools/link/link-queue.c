/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/link/link-queue.h"

#include <math.h>

#define MIN_SIZE 64
#define CODEL_TARGET (5 * GST_MSECOND)
#define CODEL_INTERVAL (100 * GST_MSECOND)

/* CODEL_MTU: a queue that holds no more than one packet is left alone. */
#define CODEL_MTU 1500

void
link_queue_init (LinkQueue *self)
{
  *self = (LinkQueue){ .size = MIN_SIZE, .packets = g_new0 (LinkPacket, MIN_SIZE) };
}

void
link_queue_clear (LinkQueue *self)
{
  g_free (self->packets);
  self->packets = NULL;
}

void
link_queue_push (LinkQueue *self, const LinkPacket *packet)
{
  if (self->len == self->size) {
    LinkPacket *larger = g_new0 (LinkPacket, self->size * 2);

    for (guint i = 0; i < self->len; i++)
      larger[i] = self->packets[(self->head + i) % self->size];
    g_free (self->packets);
    self->packets = larger;
    self->head = 0;
    self->size *= 2;
  }
  self->packets[(self->head + self->len) % self->size] = *packet;
  self->len++;
  self->bytes += packet->len;
}

gboolean
link_queue_pop (LinkQueue *self, LinkPacket *out)
{
  if (self->len == 0)
    return FALSE;
  *out = self->packets[self->head];
  self->head = (self->head + 1) % self->size;
  self->len--;
  self->bytes -= out->len;
  return TRUE;
}

/* Has the wait been above the target for a whole interval? */
static gboolean
codel_is_late (LinkQueue *self, GstClockTime now, GstClockTime target, GstClockTime interval,
    const LinkPacket *packet)
{
  if (now - packet->pushed < target || self->bytes + packet->len <= CODEL_MTU) {
    self->first_above = 0;
    return FALSE;
  }
  if (self->first_above == 0) {
    self->first_above = now + interval;
    return FALSE;
  }
  return now >= self->first_above;
}

static GstClockTime
codel_next (GstClockTime from, GstClockTime interval, guint count)
{
  return from + (GstClockTime) ((gdouble) interval / sqrt (count));
}

gboolean
link_queue_codel_drops (
    LinkQueue *self, GstClockTime now, const LinkConfig *config, const LinkPacket *packet)
{
  GstClockTime target = config->codel_target != 0 ? config->codel_target : CODEL_TARGET;
  GstClockTime interval = config->codel_interval != 0 ? config->codel_interval : CODEL_INTERVAL;
  gboolean is_late = codel_is_late (self, now, target, interval, packet);

  if (self->is_dropping) {
    if (!is_late)
      self->is_dropping = FALSE;
    if (!is_late || now < self->drop_next)
      return FALSE;
    self->count++;
    self->drop_next = codel_next (self->drop_next, interval, self->count);
    return TRUE;
  }
  if (!is_late)
    return FALSE;
  self->is_dropping = TRUE;
  /* Soon after the last time it goes on about where it was. */
  self->count = now - self->drop_next < 16 * interval && self->count > self->last_count + 1
                    ? self->count - self->last_count
                    : 1;
  self->last_count = self->count;
  self->drop_next = codel_next (now, interval, self->count);
  return TRUE;
}
