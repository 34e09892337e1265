/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* mux-backend.h - for tests: the one port in a context of its own, and agents on it. */
#pragma once

#include "ext/mux/rtc-udp-mux.h"

G_BEGIN_DECLS

typedef struct {
  GMainContext *context;
  RtcUdpMux *mux;
  RtcRandom *random;
  gboolean is_woken; /* any agent */
} MuxBackend;

/* Any port; addresses and tcp_port as in RtcUdpMuxConfig. */
void mux_backend_init (MuxBackend *self, const gchar *const *addresses, gint tcp_port);
void mux_backend_clear (MuxBackend *self);

/* An agent. (transfer full) */
RtcIce *mux_backend_create (MuxBackend *self);

G_END_DECLS
