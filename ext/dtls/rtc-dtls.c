/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ext/dtls/rtc-dtls-exporter.h"
#include "ext/dtls/rtc-dtls-remnant.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_dtls

/* MAX_EARLY: datagrams held before start(); a browser's hello has two and is repeated. */
#define MAX_EARLY 8

/* -- The vtable -------------------------------------------------------------- */

static void
dtls_free (RtcDtls *iface)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;

  if (self == NULL)
    return;
  SSL_free (self->ssl);
  rtc_dtls_remnant_free (self->remnant);
  g_clear_pointer (&self->flight, g_bytes_unref);
  g_free (self->digests);
  rtc_dtls_bio_clear (&self->bio);
  rtc_dtls_filter_clear (&self->filter);
  g_queue_clear_full (&self->events, (GDestroyNotify) rtc_dtls_session_event_free);
  rtc_dtls_session_drop_unverified (self);
  g_queue_clear_full (&self->early, (GDestroyNotify) g_bytes_unref);
  g_free (self);
}

static RtcResult
dtls_set_remote_fingerprints (
    RtcDtls *iface, const RtcDtlsFingerprint *fingerprints, guint n_fingerprints)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;
  RtcDtlsDigest digests[RTC_DTLS_MAX_FINGERPRINTS];
  guint n = 0;

  for (guint i = 0; i < n_fingerprints && n < G_N_ELEMENTS (digests); i++) {
    if (rtc_dtls_digest_parse (&fingerprints[i], &digests[n]))
      n++;
  }
  if (n == 0)
    return RTC_ERR_UNSUPPORTED;
  g_free (self->digests);
  self->digests = g_memdup2 (digests, n * sizeof digests[0]);
  self->n_digests = n;
  rtc_dtls_session_try_connect (self);
  return RTC_OK;
}

static RtcResult
dtls_start (RtcDtls *iface, GstClockTime now, gboolean is_client)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;
  GBytes *datagram;

  if (self->state != RTC_DTLS_STATE_NEW)
    return RTC_ERR_STATE;
  self->is_client = is_client;
  if (!rtc_dtls_session_open (self)) {
    rtc_dtls_session_fail (self, "OpenSSL has no memory for a DTLS session");
    return RTC_ERR_BACKEND;
  }
  rtc_dtls_session_set_state (
      self, RTC_DTLS_STATE_CONNECTING, is_client ? "as client" : "as server");
  if (self->config.handshake_timeout != 0 && self->config.handshake_timeout != GST_CLOCK_TIME_NONE)
    self->give_up = now + self->config.handshake_timeout;
  rtc_dtls_session_step (self, NULL, 0);
  while ((datagram = g_queue_pop_head (&self->early)) != NULL) {
    if (!rtc_dtls_session_is_over (self))
      rtc_dtls_session_receive (
          self, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram));
    g_bytes_unref (datagram);
  }
  rtc_dtls_session_arm (self, now);
  return RTC_OK;
}

static RtcResult
dtls_handle_packet (RtcDtls *iface, GstClockTime now, const guint8 *data, gsize len)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;
  RtcResult result;

  if (rtc_dtls_session_is_over (self)) {
    self->stats.packets_dropped++;
    return RTC_ERR_STATE;
  }
  if (len > RTC_MAX_DATAGRAM || !rtc_dtls_filter_looks_like_dtls (data, len)) {
    self->stats.packets_dropped++;
    return RTC_ERR_PARSE;
  }
  if (self->state == RTC_DTLS_STATE_NEW) {
    if (g_queue_get_length (&self->early) >= MAX_EARLY) {
      self->stats.packets_dropped++;
      return RTC_ERR_LIMIT;
    }
    g_queue_push_tail (&self->early, g_bytes_new (data, len));
    return RTC_OK;
  }
  result = rtc_dtls_session_receive (self, data, len);
  rtc_dtls_session_arm (self, now);
  return result;
}

static RtcResult
dtls_write_remnant (RtcDtlsSession *self, const guint8 *data, gsize len)
{
  if (len + RTC_DTLS_RECORD_OVERHEAD > rtc_dtls_session_get_mtu (self))
    return RTC_ERR_LIMIT;
  return rtc_dtls_remnant_send (self, RTC_DTLS_CONTENT_DATA, data, len) ? RTC_OK : RTC_ERR_BACKEND;
}

static RtcResult
dtls_write (RtcDtls *iface, GstClockTime now, const guint8 *data, gsize len)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;

  if (self->state != RTC_DTLS_STATE_CONNECTED)
    return RTC_ERR_STATE;
  if (len == 0)
    return RTC_ERR_PARSE;
  if (self->remnant != NULL)
    return dtls_write_remnant (self, data, len);
  if (len > DTLS_get_data_mtu (self->ssl))
    return RTC_ERR_LIMIT;
  rtc_dtls_session_forget_errors ();
  rtc_dtls_session_wake (self);
  self->has_written = TRUE;
  if (SSL_write (self->ssl, data, (int) len) != (int) len) {
    GST_WARNING_ID (self->id, "cannot encrypt: %s", rtc_dtls_session_error_text ());
    return RTC_ERR_BACKEND;
  }
  return RTC_OK;
}

static RtcResult
dtls_export_keys (RtcDtls *iface, RtcSrtpKeys *out)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;
  guint8 material[RTC_DTLS_EXPORTER_MAX];
  gsize len;
  gboolean ok;

  memset (out, 0, sizeof *out);
  if (self->state != RTC_DTLS_STATE_CONNECTED)
    return RTC_ERR_STATE;
  if (self->remnant != NULL)
    return rtc_dtls_remnant_export (self, out);
  len = rtc_dtls_exporter_len (self->stats.srtp_profile);
  if (len == 0)
    return RTC_ERR_UNSUPPORTED;
  ok = SSL_export_keying_material (self->ssl, material, len, RTC_DTLS_EXPORTER_LABEL,
           strlen (RTC_DTLS_EXPORTER_LABEL), NULL, 0, 0)
           == 1
       && rtc_dtls_exporter_split (self->stats.srtp_profile, self->is_client, material, len, out);
  OPENSSL_cleanse (material, sizeof material);
  return ok ? RTC_OK : RTC_ERR_BACKEND;
}

static void
dtls_release (RtcDtls *iface)
{
  rtc_dtls_remnant_begin ((RtcDtlsSession *) iface);
}

static void
dtls_close (RtcDtls *iface, GstClockTime now)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;

  if (rtc_dtls_session_is_over (self))
    return;
  rtc_dtls_session_shut_down (self);
  rtc_dtls_session_drop_unverified (self);
  rtc_dtls_session_set_state (self, RTC_DTLS_STATE_CLOSED, "");
  ERR_clear_error ();
  rtc_dtls_session_arm (self, now);
}

static gboolean
dtls_poll (RtcDtls *iface, RtcDtlsEvent *out)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;
  RtcPacket *packet = g_queue_pop_head (&self->bio.out);
  RtcDtlsEvent *event;

  memset (out, 0, sizeof *out);
  if (packet != NULL) {
    out->type = RTC_DTLS_EVENT_TRANSMIT;
    out->state = self->state;
    out->packet = packet;
    return TRUE;
  }
  event = g_queue_pop_head (&self->events);
  if (event == NULL)
    return FALSE;
  *out = *event;
  g_free (event);
  return TRUE;
}

static GstClockTime
dtls_next_deadline (RtcDtls *iface)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;

  return rtc_time_min (self->retransmit, self->give_up);
}

static void
dtls_give_up (RtcDtlsSession *self)
{
  gchar reason[160], detail[100] = "nothing was received from the peer";
  gint alert = self->filter.plain_alert;

  if (self->handshake_done)
    g_strlcpy (detail, "signalling gave no fingerprint to check the peer against", sizeof detail);
  else if (alert >= 0)
    g_snprintf (detail, sizeof detail, "an unauthenticated alert said %d (%s)", alert,
        SSL_alert_desc_string_long (alert));
  else if (self->problem[0] != '\0')
    g_snprintf (detail, sizeof detail, "its last hello was refused: %.60s", self->problem);
  else if (self->received)
    g_strlcpy (detail, "the peer stopped answering", sizeof detail);
  g_snprintf (reason, sizeof reason, "no DTLS connection within %u ms: %s",
      (guint) (self->config.handshake_timeout / GST_MSECOND), detail);
  rtc_dtls_session_shut_down (self);
  rtc_dtls_session_fail (self, reason);
}

static void
dtls_handle_timeout (RtcDtls *iface, GstClockTime now)
{
  RtcDtlsSession *self = (RtcDtlsSession *) iface;

  if (rtc_dtls_session_is_over (self) || self->ssl == NULL)
    return;
  if (rtc_time_is_due (self->give_up, now)) {
    dtls_give_up (self);
  } else if (rtc_time_is_due (self->retransmit, now)) {
    ERR_clear_error ();
    if (DTLSv1_handle_timeout (self->ssl) < 0)
      rtc_dtls_session_fail (self, "the peer does not answer the DTLS handshake");
    ERR_clear_error ();
  }
  rtc_dtls_session_arm (self, now);
}

static void
dtls_get_stats (RtcDtls *iface, RtcDtlsStats *out)
{
  const RtcDtlsSession *self = (const RtcDtlsSession *) iface;

  *out = self->stats;
  out->packets_dropped += self->bio.n_dropped;
}

static const RtcDtlsVTable dtls_vtable = {
  .name = "openssl",
  .free = dtls_free,
  .set_remote_fingerprints = dtls_set_remote_fingerprints,
  .start = dtls_start,
  .handle_packet = dtls_handle_packet,
  .write = dtls_write,
  .export_keys = dtls_export_keys,
  .release = dtls_release,
  .close = dtls_close,
  .poll = dtls_poll,
  .next_deadline = dtls_next_deadline,
  .handle_timeout = dtls_handle_timeout,
  .get_stats = dtls_get_stats,
};

/* -- The factory ------------------------------------------------------------- */

typedef struct {
  RtcDtlsFactory iface;
  RtcDtlsIdentity *identity;
  RtcDtlsContext *context;
} DtlsFactory;

static RtcDtls *
factory_create (RtcDtlsFactory *iface, const RtcDtlsConfig *config, GError **error)
{
  RtcDtlsSession *self = g_new0 (RtcDtlsSession, 1);

  self->iface.vtable = &dtls_vtable;
  self->context = ((DtlsFactory *) iface)->context;
  self->config = *config;
  g_snprintf (self->id, sizeof self->id, "p%" G_GUINT64_FORMAT, config->peer_id);
  self->peer_alert = -1;
  self->retransmit = self->give_up = GST_CLOCK_TIME_NONE;
  rtc_dtls_filter_init (&self->filter, FALSE);
  g_queue_init (&self->bio.out);
  self->bio.pool = config->pool;
  g_queue_init (&self->events);
  g_queue_init (&self->unverified);
  g_queue_init (&self->early);
  return &self->iface;
}

static void
factory_get_local_fingerprint (RtcDtlsFactory *iface, RtcDtlsFingerprint *out)
{
  rtc_dtls_identity_get_fingerprint (((DtlsFactory *) iface)->identity, out);
}

RtcDtlsFactory *
rtc_dtls_factory_new (RtcDtlsIdentity *identity, GError **error)
{
  RtcDtlsContext *context;
  DtlsFactory *self;

  rtc_log_init ();
  context = rtc_dtls_context_new (identity, rtc_dtls_session_verify, error);
  if (context == NULL)
    return NULL;
  self = g_new0 (DtlsFactory, 1);
  self->iface.name = "openssl";
  self->iface.create = factory_create;
  self->iface.get_local_fingerprint = factory_get_local_fingerprint;
  self->identity = rtc_dtls_identity_ref (identity);
  self->context = context;
  return &self->iface;
}

void
rtc_dtls_factory_free (RtcDtlsFactory *iface)
{
  DtlsFactory *self = (DtlsFactory *) iface;

  if (self == NULL)
    return;
  rtc_dtls_context_free (self->context);
  rtc_dtls_identity_unref (self->identity);
  g_free (self);
}
