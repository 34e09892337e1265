/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcmuxports.h - the ports of a loop that many peers share, each open as long as it is used.
 *
 * Used is a port by its owners, who opened it and have not closed it, and by its agents. Who opens
 * one that is open already shares it, but cannot have it otherwise than its owners do. The last one
 * closes it, whoever still holds the loop, so that the number is free for another program, or for
 * the same element with other settings. */
#pragma once

#include "gst/rtc/loop/rtc-loop.h"

G_BEGIN_DECLS

typedef struct {
  guint16 port;           /* of UDP, > 0 */
  gint tcp_port;          /* RtcUdpMuxConfig.tcp_port */
  const gchar *addresses; /* (nullable) with commas: to tell to peers instead of ours */
} GstRtcMuxPortSettings;

/* The caller is an owner of the port, until it calls close(). FALSE with *error, a sentence that
 * names the port: it cannot be opened, or others have it with other settings. [A], [C], [N] */
gboolean gst_rtc_mux_ports_open (RtcLoop *loop, const GstRtcMuxPortSettings *settings,
    GError **error);

/* Once for each open(). Returns when the port is closed, if nobody else uses it: the peers that
 * were closed before, by closures of [N], are freed here. Not inside a turn. [A], [C], [N] */
void gst_rtc_mux_ports_close (RtcLoop *loop, guint16 port);

/* Valid as long as the port is used; NULL: not open. [N] */
RtcIceFactory *gst_rtc_mux_ports_get_factory (RtcLoop *loop, guint16 port);

G_END_DECLS
