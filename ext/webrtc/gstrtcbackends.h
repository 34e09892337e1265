/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbackends.h - the transport made of libnice or one port for all, OpenSSL and libsrtp2, on
 * the default loop.
 *
 * Thread: any but streaming threads. */
#pragma once

#include "gst/webrtc/gstrtctransport.h"

G_BEGIN_DECLS

typedef struct {
  const gchar *certificate, *key; /* (nullable) paths of PEM files for DTLS, both or neither;
                                   * without, the certificate of the process is used */
  guint16 udp_mux_port;           /* one port for all peers (rtc-udp-mux.h); 0: libnice */
  gint tcp_mux_port;              /* with it: RtcUdpMuxConfig.tcp_port */
  const gchar *udp_mux_addresses; /* (nullable) with commas: to tell to peers instead of ours */
} GstRtcBackendsConfig;

/* Opens the port, too (gstrtcmuxports.h): gst_rtc_transport_close() has to follow. NULL with
 * *error, a sentence that names the file or the port. (transfer full) */
GstRtcTransport *gst_rtc_backends_new_transport (const GstRtcBackendsConfig *settings,
    GError **error);

G_END_DECLS
