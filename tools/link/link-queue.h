/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-queue.h - packets that wait for the rate of a link, and who of them is dropped.
 *
 * First in, first out; who finds it full is not taken in (the caller's judgement), and with CoDel
 * (RFC 8289) packets are dropped at the head while the wait has been above the target for an
 * interval, more and more often. Single thread. */
#pragma once

#include "tools/link/link-way.h"

G_BEGIN_DECLS

typedef struct {
  LinkPacket *packets; /* a ring */
  guint size, head, len;
  gsize bytes;         /* that wait */
  /* CoDel, RFC 8289 5.1: */
  GstClockTime first_above; /* when the wait will have been above the target for an interval; 0:
                             * it is below */
  GstClockTime drop_next;
  guint count, last_count;
  gboolean is_dropping;
} LinkQueue;

void link_queue_init (LinkQueue *self);
void link_queue_clear (LinkQueue *self); /* (what is in it is forgotten) */

void link_queue_push (LinkQueue *self, const LinkPacket *packet);

/* The next one to be served now. FALSE: the queue is empty. */
gboolean link_queue_pop (LinkQueue *self, LinkPacket *out);

/* Is the packet just popped to be dropped by CoDel? (then the next one is to be popped) */
gboolean link_queue_codel_drops (LinkQueue *self, GstClockTime now, const LinkConfig *config,
    const LinkPacket *packet);

G_END_DECLS
