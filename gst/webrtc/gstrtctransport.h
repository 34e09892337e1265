/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtctransport.h - the backends that an element's peers are made with, and the loop they run on.
 *
 * Everything that has to outlive a peer is held by one reference: each session and each peer has
 * one, so the factories go when the last peer is really freed, whatever the element does.
 * Thread: any; said where not. */
#pragma once

#include "gst/rtc/loop/rtc-loop.h"

G_BEGIN_DECLS

typedef struct _GstRtcTransport GstRtcTransport;

typedef struct _GstRtcTransportConfig GstRtcTransportConfig;

struct _GstRtcTransportConfig {
  RtcLoop *loop;         /* (transfer full) */
  RtcDtlsFactory *dtls;
  RtcSrtpFactory *srtp;
  RtcSctpFactory *sctp;  /* (nullable) no data channels */
  guint16 udp_mux_port;  /* of the one port for all peers; 0: each has its own */
  /* (nullable) with *error: the ICE factory of loop, made at first use. [N] */
  RtcIceFactory *(*get_ice) (const GstRtcTransportConfig *self, GError **error);
  /* (nullable) Who made the transport is done with it: what get_ice() needs may go, as soon as no
   * peer uses it. As gst_rtc_transport_close(). */
  void (*close) (const GstRtcTransportConfig *self);
  /* (nullable) Frees the factories; any thread, after the last peer. */
  void (*destroy) (RtcDtlsFactory *dtls, RtcSrtpFactory *srtp, RtcSctpFactory *sctp);
};

/* (transfer full) */
GstRtcTransport *gst_rtc_transport_new (const GstRtcTransportConfig *config);
GstRtcTransport *gst_rtc_transport_ref (GstRtcTransport *self);
void gst_rtc_transport_unref (GstRtcTransport *self); /* (nullable) */

/* Who made it says that no peer is made any more, once, after its sessions were closed; others may
 * hold it for longer. When it returns, and all peers were closed, its port is closed. [A], [C] */
void gst_rtc_transport_close (GstRtcTransport *self);

/* Valid with self. */
const GstRtcTransportConfig *gst_rtc_transport_get (GstRtcTransport *self);
static inline RtcLoop *
gst_rtc_transport_get_loop (GstRtcTransport *self)
{
  return gst_rtc_transport_get (self)->loop;
}

G_END_DECLS
