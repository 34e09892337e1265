/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcbackends.h"

#include <string.h>

#include "ext/dtls/rtc-dtls.h"
#include "ext/mux/rtc-udp-mux.h"
#include "ext/nice/rtc-nice.h"
#ifdef HAVE_RTC_SCTP
#include "ext/sctp/rtc-usrsctp.h"
#endif
#include "ext/srtp/rtc-srtp-evp.h"
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

/* --- one port for all peers ---------------------------------------------------------------------
 */

/* A port stays open until the loop ends: the first who asks for it says what it tells to peers. */
typedef struct {
  RtcUdpMux *mux;
  gint tcp_port; /* as asked for */
  gchar *addresses;
} MuxBackend;

static void
mux_free (gpointer backend)
{
  MuxBackend *self = backend;

  rtc_udp_mux_free (self->mux);
  g_free (self->addresses);
  g_free (self);
}

static gchar *
mux_name (guint16 port)
{
  return g_strdup_printf ("udp-mux:%u", port);
}

/* "1.2.3.4, ::1" -> { "1.2.3.4", "::1", NULL } */
static gchar **
split_addresses (const gchar *text)
{
  gchar **all = g_strsplit_set (text != NULL ? text : "", ", ", -1);
  guint n = 0;

  for (guint i = 0; all[i] != NULL; i++) {
    if (all[i][0] == '\0')
      g_free (all[i]);
    else
      all[n++] = all[i];
  }
  all[n] = NULL;
  return all;
}

typedef struct {
  RtcLoop *loop;
  const GstRtcBackendsConfig *config;
  GError *error;
} OpenMux;

static MuxBackend *
new_mux (OpenMux *call, gchar **addresses, const gchar *joined)
{
  RtcUdpMuxConfig config = { .port = call->config->udp_mux_port,
    .tcp_port = call->config->tcp_mux_port,
    .addresses = (const gchar *const *) addresses };
  RtcUdpMux *mux = rtc_udp_mux_new (rtc_loop_get_context (call->loop), &config, &call->error);
  MuxBackend *self;

  if (mux == NULL)
    return NULL;
  self = g_new (MuxBackend, 1);
  *self = (MuxBackend){ mux, config.tcp_port, g_strdup (joined) };
  return self;
}

static void
open_mux (gpointer data)
{
  OpenMux *call = data;
  guint16 port = call->config->udp_mux_port;
  gchar **addresses = split_addresses (call->config->udp_mux_addresses);
  gchar *joined = g_strjoinv (",", addresses), *name = mux_name (port);
  MuxBackend *backend = rtc_loop_find_backend (call->loop, name);

  if (backend == NULL) {
    backend = new_mux (call, addresses, joined);
    if (backend != NULL)
      rtc_loop_add_backend (call->loop, name, backend, NULL, mux_free);
  } else if (strcmp (backend->addresses, joined) != 0) {
    rtc_error (&call->error, RTC_ERR_STATE,
        "udp-mux-port %u is in use by another element with other udp-mux-addresses", port);
  } else if (backend->tcp_port != call->config->tcp_mux_port) {
    rtc_error (&call->error, RTC_ERR_STATE,
        "udp-mux-port %u is in use by another element with another tcp-mux-port", port);
  }
  g_free (name);
  g_free (joined);
  g_strfreev (addresses);
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
  const MuxBackend *backend;
  gchar *name;

  if (transport->udp_mux_port == 0)
    return get_nice (transport->loop, error);
  name = mux_name (transport->udp_mux_port);
  backend = rtc_loop_find_backend (transport->loop, name);
  g_free (name);
  if (backend == NULL) {
    rtc_error (error, RTC_ERR_STATE, "UDP port %u is not open", transport->udp_mux_port);
    return NULL;
  }
  return rtc_udp_mux_get_factory (backend->mux);
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
prepare_mux (RtcLoop *loop, const GstRtcBackendsConfig *settings, GError **error)
{
  OpenMux call = { loop, settings, NULL };

  if (settings->udp_mux_port == 0)
    return TRUE;
  rtc_loop_call (loop, open_mux, &call);
  if (call.error == NULL)
    return TRUE;
  g_propagate_error (error, call.error);
  return FALSE;
}

GstRtcTransport *
gst_rtc_backends_new_transport (const GstRtcBackendsConfig *settings, GError **error)
{
  GstRtcTransportConfig config = {
    .get_ice = get_ice, .udp_mux_port = settings->udp_mux_port, .destroy = destroy_factories
  };
  RtcDtlsIdentity *identity = load_identity (settings->certificate, settings->key, error);

  if (identity == NULL)
    return NULL;
  config.dtls = rtc_dtls_factory_new (identity, error);
  rtc_dtls_identity_unref (identity);
  if (config.dtls == NULL)
    return NULL;
  config.srtp = rtc_srtp_evp_factory_new ();
#ifdef HAVE_RTC_SCTP
  config.sctp = rtc_usrsctp_factory_new ();
#endif
  config.loop = rtc_loop_get_default ();
  if (!prepare_mux (config.loop, settings, error)) {
    destroy_factories (config.dtls, config.srtp, config.sctp);
    rtc_loop_unref (config.loop);
    return NULL;
  }
  return gst_rtc_transport_new (&config);
}
