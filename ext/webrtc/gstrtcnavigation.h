/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcnavigation.h - requests of a control channel: JSON, as gst-plugins-rs' webrtcsink and
 * gstwebrtc-api speak it, to GstNavigation events.
 *
 *   {"id": 7, "mid": "0", "request": {"type": "navigationEvent", "event": {"event": "MouseMove",
 *     "x": 1.5, "y": 2, "modifier_state": "shift-mask+control-mask"}}}
 *
 * request may be a string that holds the object. Events: MouseMove (x, y), MouseButtonPress and
 * MouseButtonRelease (button, x, y), MouseScroll (x, y, delta_x, delta_y), KeyPress and KeyRelease
 * (key), TouchDown and TouchMotion (identifier, x, y, pressure), TouchUp (identifier, x, y),
 * TouchFrame, TouchCancel. Everything is checked: it comes from a stranger. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_NAVIGATION_MAX_BYTES: of a request; _MAX_DEPTH: of objects and arrays in it. */
#define GST_RTC_NAVIGATION_MAX_BYTES 4096
#define GST_RTC_NAVIGATION_MAX_DEPTH 16

typedef struct {
  gint64 id;       /* 0 when none was said */
  gchar *mid;      /* NULL: every picture. Owned */
  GstEvent *event; /* owned */
} GstRtcNavigation;

/* FALSE with *error (RTC_ERROR): RTC_ERR_LIMIT: too long or too deep; RTC_ERR_PARSE: no such JSON;
 * RTC_ERR_UNSUPPORTED: a request that is not taken. out->id is set when it could be read; the rest
 * is to be freed by clear() when TRUE. */
gboolean gst_rtc_navigation_parse (const gchar *text, gsize len, GstRtcNavigation *out,
    GError **error);
void gst_rtc_navigation_clear (GstRtcNavigation *self);

/* The reply to request id; error: (nullable) why it was not done. (transfer full) */
gchar *gst_rtc_navigation_reply (gint64 id, const gchar *error);

G_END_DECLS
