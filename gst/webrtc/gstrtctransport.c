/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtctransport.h"

struct _GstRtcTransport {
  gint refs;
  GstRtcTransportConfig config;
};

GstRtcTransport *
gst_rtc_transport_new (const GstRtcTransportConfig *config)
{
  GstRtcTransport *self = g_new0 (GstRtcTransport, 1);

  self->refs = 1;
  self->config = *config;
  return self;
}

GstRtcTransport *
gst_rtc_transport_ref (GstRtcTransport *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_transport_unref (GstRtcTransport *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  if (self->config.destroy != NULL)
    self->config.destroy (self->config.dtls, self->config.srtp, self->config.sctp);
  rtc_loop_unref (self->config.loop);
  g_free (self);
}

void
gst_rtc_transport_close (GstRtcTransport *self)
{
  if (self->config.close != NULL)
    self->config.close (&self->config);
}

const GstRtcTransportConfig *
gst_rtc_transport_get (GstRtcTransport *self)
{
  return &self->config;
}
