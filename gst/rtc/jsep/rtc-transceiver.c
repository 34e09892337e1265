/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-transceiver.h"

#include "gst/rtc/jsep/rtc-jsep-private.h"

const RtcTransceiverConfig *
rtc_transceiver_get_config (const RtcTransceiver *self)
{
  return &self->config;
}

const RtcNegotiated *
rtc_transceiver_get_negotiated (const RtcTransceiver *self)
{
  return &self->negotiated;
}

const gchar *
rtc_transceiver_get_mid (const RtcTransceiver *self)
{
  return self->mid;
}

gint
rtc_transceiver_get_mline (const RtcTransceiver *self)
{
  return self->mline;
}

gboolean
rtc_transceiver_is_stopped (const RtcTransceiver *self)
{
  return self->is_stopped;
}

gboolean
rtc_transceiver_is_from_remote (const RtcTransceiver *self)
{
  return self->is_from_remote;
}
