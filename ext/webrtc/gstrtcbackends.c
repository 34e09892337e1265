/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcbackends.h"

#include "ext/dtls/rtc-dtls.h"
#include "ext/nice/rtc-nice.h"
#ifdef HAVE_RTC_SCTP
#include "ext/sctp/rtc-usrsctp.h"
#endif
#include "ext/srtp/rtc-srtp-openssl.h"
#include "ext/webrtc/gstrtcmuxports.h"
#include "gst/rtc/base/rtc-result.h"

/* One ICE factory per loop, found under this name. */
#define NICE_BACKEND "nice"

static gboolean
nice_is_idle (gpointer backend)
{
  return rtc_nice_factory_is_idle (backend);
}

static void
nice_free (gpointer backend)
{
  rtc_nice_factory_free (backend);
}

/* --- ICE ----------------------------------------------------------------------------------------
 */

static RtcIceFactory *
get_nice (RtcLoop *loop, GError **error)
{
  RtcIceFactory *factory = rtc_loop_find_backend (loop, NICE_BACKEND);

  if (factory != NULL)
    return factory;
  factory = rtc_nice_factory_new (rtc_loop_get_context (loop));
  if (factory == NULL)
    rtc_error (error, RTC_ERR_BACKEND, "libnice cannot be used");
  else
    rtc_loop_add_backend (loop, NICE_BACKEND, factory, nice_is_idle, nice_free);
  return factory;
}

static RtcIceFactory *
get_ice (const GstRtcTransportConfig *transport, GError **error)
{
  RtcIceFactory *factory;

  if (transport->udp_mux_port == 0)
    return get_nice (transport->loop, error);
  factory = gst_rtc_mux_ports_get_factory (transport->loop, transport->udp_mux_port);
  if (factory == NULL)
    rtc_error (error, RTC_ERR_STATE, "UDP port %u is not open", transport->udp_mux_port);
  return factory;
}

static void
close_port (const GstRtcTransportConfig *transport)
{
  if (transport->udp_mux_port != 0)
    gst_rtc_mux_ports_close (transport->loop, transport->udp_mux_port);
}

/* --- all together -------------------------------------------------------------------------------
 */

static void
destroy_factories (RtcDtlsFactory *dtls, RtcSrtpFactory *srtp, RtcSctpFactory *sctp)
{
#ifdef HAVE_RTC_SCTP
  rtc_usrsctp_factory_free (sctp);
#endif
  rtc_dtls_factory_free (dtls);
  rtc_srtp_factory_free (srtp);
}

static RtcDtlsIdentity *
load_identity (const gchar *certificate, const gchar *key, GError **error)
{
  if (certificate == NULL && key == NULL)
    return rtc_dtls_identity_get_default (error);
  if (certificate == NULL || key == NULL) {
    rtc_error (error, RTC_ERR_PARSE, "dtls-certificate and dtls-key must be given together");
    return NULL;
  }
  return rtc_dtls_identity_new_from_pem (certificate, key, error);
}

/* Now, not with the first peer, so that who starts the element hears of it. */
static gboolean
open_port (RtcLoop *loop, const GstRtcBackendsConfig *settings, GError **error)
{
  GstRtcMuxPortSettings port = { settings->udp_mux_port, settings->tcp_mux_port,
    settings->udp_mux_addresses };

  return settings->udp_mux_port == 0 || gst_rtc_mux_ports_open (loop, &port, error);
}

GstRtcTransport *
gst_rtc_backends_new_transport (const GstRtcBackendsConfig *settings, GError **error)
{
  GstRtcTransportConfig config = { .get_ice = get_ice,
    .udp_mux_port = settings->udp_mux_port,
    .close = close_port,
    .destroy = destroy_factories };
  RtcDtlsIdentity *identity = load_identity (settings->certificate, settings->key, error);

  if (identity == NULL)
    return NULL;
  config.dtls = rtc_dtls_factory_new (identity, error);
  rtc_dtls_identity_unref (identity);
  if (config.dtls == NULL)
    return NULL;
  config.srtp = rtc_srtp_openssl_factory_new ();
#ifdef HAVE_RTC_SCTP
  config.sctp = rtc_usrsctp_factory_new ();
#endif
  config.loop = rtc_loop_get_default ();
  if (!open_port (config.loop, settings, error)) {
    destroy_factories (config.dtls, config.srtp, config.sctp);
    rtc_loop_unref (config.loop);
    return NULL;
  }
  return gst_rtc_transport_new (&config);
}
