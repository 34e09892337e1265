/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcbackends.h"

#include "ext/dtls/rtc-dtls.h"
#include "ext/nice/rtc-nice.h"
#include "ext/srtp/rtc-srtp.h"
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

static RtcIceFactory *
get_ice (RtcLoop *loop, GError **error)
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

static void
destroy_factories (RtcDtlsFactory *dtls, RtcSrtpFactory *srtp)
{
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

GstRtcTransport *
gst_rtc_backends_new_transport (const gchar *certificate, const gchar *key, GError **error)
{
  GstRtcTransportConfig config = { .get_ice = get_ice, .destroy = destroy_factories };
  RtcDtlsIdentity *identity = load_identity (certificate, key, error);

  if (identity == NULL)
    return NULL;
  config.dtls = rtc_dtls_factory_new (identity, error);
  rtc_dtls_identity_unref (identity);
  if (config.dtls == NULL)
    return NULL;
  config.srtp = rtc_srtp_factory_new (error);
  if (config.srtp == NULL) {
    rtc_dtls_factory_free (config.dtls);
    return NULL;
  }
  config.loop = rtc_loop_get_default ();
  return gst_rtc_transport_new (&config);
}
