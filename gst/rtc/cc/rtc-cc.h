/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc.h - the table of congestion controllers, and how they are called.
 *
 * What each call does is said in rtc-cc-iface.h. Network thread only. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

/* A controller by config->name:
 *   "gcc"    Google congestion control on TWCC feedback (rtc-cc-gcc.h); without has_twcc, and while
 *            none comes although packets arrive: "remb" (rtc-cc-fallback.h)
 *   "remb"   loss reports, capped by the peer's REMB (rtc-cc-remb.h)
 *   "fixed"  the start rate, whatever happens (rtc-cc-fixed.h)
 * NULL when there is none of that name. Free with rtc_cc_free(). config is copied. */
RtcCc *rtc_cc_new (const RtcCcConfig *config);

static inline void
rtc_cc_free (RtcCc *self) /* (nullable) */
{
  if (self != NULL)
    self->vtable->free (self);
}

static inline void
rtc_cc_set_bounds (RtcCc *self, GstClockTime now, const RtcCcBounds *bounds)
{
  self->vtable->set_bounds (self, now, bounds);
}

static inline void
rtc_cc_handle_sent (RtcCc *self, GstClockTime now, guint len, guint64 in_flight)
{
  self->vtable->handle_sent (self, now, len, in_flight);
}

static inline void
rtc_cc_handle_feedback (RtcCc *self, GstClockTime now, const RtcCcResult *results, guint n,
    guint64 in_flight)
{
  self->vtable->handle_feedback (self, now, results, n, in_flight);
}

static inline void
rtc_cc_handle_loss_report (RtcCc *self, GstClockTime now, guint expected, guint lost,
    GstClockTime rtt)
{
  self->vtable->handle_loss_report (self, now, expected, lost, rtt);
}

static inline void
rtc_cc_handle_remb (RtcCc *self, GstClockTime now, guint64 bps)
{
  self->vtable->handle_remb (self, now, bps);
}

static inline void
rtc_cc_handle_path_change (RtcCc *self, GstClockTime now)
{
  self->vtable->handle_path_change (self, now);
}

static inline GstClockTime
rtc_cc_next_deadline (const RtcCc *self)
{
  return self->vtable->next_deadline (self);
}

static inline void
rtc_cc_handle_timeout (RtcCc *self, GstClockTime now)
{
  self->vtable->handle_timeout (self, now);
}

static inline void
rtc_cc_get_target (const RtcCc *self, RtcCcTarget *out)
{
  self->vtable->get_target (self, out);
}

static inline gboolean
rtc_cc_poll_probe (RtcCc *self, GstClockTime now, RtcCcProbe *out)
{
  return self->vtable->poll_probe (self, now, out);
}

static inline void
rtc_cc_get_stats (const RtcCc *self, RtcCcStats *out)
{
  self->vtable->get_stats (self, out);
}

G_END_DECLS
