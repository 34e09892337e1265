/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* ice-events.h - what ICE agents of loads and simulations hold for the core until it polls.
 *
 * Single thread. Zero-initialised: nothing is held, and the state is the first. */
#pragma once

#include "gst/rtc/iface/rtc-ice-iface.h"

G_BEGIN_DECLS

typedef struct {
  RtcIceState state;
  GQueue queue; /* RtcIceEvent * */
} IceEvents;

/* An event of that type with the present state; what else it says is set in what is returned, which
 * stays ours. */
static inline RtcIceEvent *
ice_events_push (IceEvents *self, RtcIceEventType type)
{
  RtcIceEvent *event = g_new0 (RtcIceEvent, 1);

  event->type = type;
  event->state = self->state;
  g_queue_push_tail (&self->queue, event);
  return event;
}

/* With an event when it is another one. */
static inline void
ice_events_set_state (IceEvents *self, RtcIceState state)
{
  if (self->state == state)
    return;
  self->state = state;
  ice_events_push (self, RTC_ICE_EVENT_STATE);
}

/* FALSE: there is none. */
static inline gboolean
ice_events_pop (IceEvents *self, RtcIceEvent *out)
{
  RtcIceEvent *event = g_queue_pop_head (&self->queue);

  if (event == NULL)
    return FALSE;
  *out = *event;
  g_free (event);
  return TRUE;
}

G_END_DECLS
