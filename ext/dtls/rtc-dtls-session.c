/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-session.h"

#include <sys/time.h>

#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>

#include "ext/dtls/rtc-dtls-exporter.h"
#include "ext/dtls/rtc-dtls-remnant.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_dtls

/* Retransmission (RFC 6347 4.2.4.1 says 1 s to start; RFC 8827's peers use far less, and ICE has
 * shown the path works): 200 ms, doubling to 4 s, so that OpenSSL's twelve tries outlast the
 * usual handshake timeout of 30 s. */
#define RETRANSMIT_FIRST_US 200000
#define RETRANSMIT_MAX_US 4000000

/* MTU_MIN: OpenSSL refuses smaller ones (256 less IP and UDP). */
#define MTU_MIN 228

/* MAX_UNVERIFIED: messages decrypted and held before the fingerprint came. */
#define MAX_UNVERIFIED 16

/* MAX_RESTARTS: times a server begins anew because a hello nobody vouched for broke OpenSSL. */
#define MAX_RESTARTS 8

#define MAX_EVENTS 256

/* -- States and events ------------------------------------------------------- */

static const gchar *const state_names[] = { "new", "connecting", "connected", "closed", "failed" };

/* state_next: bit per state that may follow. */
static const guint state_next[] = {
  [RTC_DTLS_STATE_NEW] =
      1u << RTC_DTLS_STATE_CONNECTING | 1u << RTC_DTLS_STATE_CLOSED | 1u << RTC_DTLS_STATE_FAILED,
  [RTC_DTLS_STATE_CONNECTING] =
      1u << RTC_DTLS_STATE_CONNECTED | 1u << RTC_DTLS_STATE_CLOSED | 1u << RTC_DTLS_STATE_FAILED,
  [RTC_DTLS_STATE_CONNECTED] = 1u << RTC_DTLS_STATE_CLOSED | 1u << RTC_DTLS_STATE_FAILED,
  [RTC_DTLS_STATE_CLOSED] = 0,
  [RTC_DTLS_STATE_FAILED] = 0,
};

void
rtc_dtls_session_set_state (RtcDtlsSession *self, RtcDtlsState state, const gchar *reason)
{
  RtcDtlsEvent *event = g_new0 (RtcDtlsEvent, 1);

  g_assert ((state_next[self->state] & (1u << state)) != 0);
  GST_INFO_ID (self->id, "%s -> %s%s%s", state_names[self->state], state_names[state],
      reason[0] != '\0' ? ": " : "", reason);
  self->state = state;
  event->type = RTC_DTLS_EVENT_STATE;
  event->state = state;
  if (state == RTC_DTLS_STATE_FAILED)
    g_strlcpy (event->reason, reason, sizeof event->reason);
  g_queue_push_tail (&self->events, event);
  if (state != RTC_DTLS_STATE_CONNECTING)
    self->give_up = GST_CLOCK_TIME_NONE;
}

gboolean
rtc_dtls_session_is_over (const RtcDtlsSession *self)
{
  return self->state == RTC_DTLS_STATE_CLOSED || self->state == RTC_DTLS_STATE_FAILED;
}

void
rtc_dtls_session_event_free (RtcDtlsEvent *event)
{
  rtc_packet_unref (event->packet);
  g_free (event);
}

/* Data that comes before the fingerprint has matched waits apart for the verdict. */
void
rtc_dtls_session_push_data (RtcDtlsSession *self, const guint8 *data, gsize len)
{
  gboolean connected = self->state == RTC_DTLS_STATE_CONNECTED;
  GQueue *queue = connected ? &self->events : &self->unverified;
  RtcDtlsEvent *event;

  if (g_queue_get_length (queue) >= (connected ? MAX_EVENTS : MAX_UNVERIFIED)) {
    self->stats.packets_dropped++;
    return;
  }
  self->has_read = TRUE;
  event = g_new0 (RtcDtlsEvent, 1);
  event->type = RTC_DTLS_EVENT_DATA;
  event->state = RTC_DTLS_STATE_CONNECTED;
  event->packet = rtc_packet_new_copy (self->config.pool, data, len);
  g_queue_push_tail (queue, event);
}

void
rtc_dtls_session_drop_unverified (RtcDtlsSession *self)
{
  g_queue_clear_full (&self->unverified, (GDestroyNotify) rtc_dtls_session_event_free);
}

void
rtc_dtls_session_fail (RtcDtlsSession *self, const gchar *reason)
{
  if (rtc_dtls_session_is_over (self))
    return;
  rtc_dtls_session_drop_unverified (self);
  rtc_dtls_session_set_state (self, RTC_DTLS_STATE_FAILED, reason);
}

/* -- Memory ------------------------------------------------------------------ */

/* DTLS writes without looking whether there is a buffer. */
void
rtc_dtls_session_wake (RtcDtlsSession *self)
{
  if (self->handshake_done && SSL_alloc_buffers (self->ssl) != 1)
    rtc_dtls_session_fail (self, "no memory for DTLS");
}

void
rtc_dtls_session_rest (RtcDtlsSession *self)
{
  /* Refused while something is on its way in or out. */
  if (self->handshake_done && !self->has_written)
    SSL_free_buffers (self->ssl);
}

void
rtc_dtls_session_shut_down (RtcDtlsSession *self)
{
  if (self->remnant != NULL) {
    rtc_dtls_remnant_say_goodbye (self);
  } else if (self->handshake_done && SSL_alloc_buffers (self->ssl) == 1) {
    SSL_shutdown (self->ssl);
    rtc_dtls_session_rest (self);
  }
}

/* -- The peer's certificate -------------------------------------------------- */

/* own: as far as known. *reason has 160 bytes. */
static void
dtls_explain_mismatch (const RtcDtlsSession *self, const RtcDtlsDigest *own, gchar *reason)
{
  RtcDtlsFingerprint shown, promised;

  rtc_dtls_digest_write (own, &shown);
  rtc_dtls_digest_write (&self->digests[0], &promised);
  g_snprintf (reason, 160,
      "certificate of the peer does not match the fingerprint in its SDP: it has %s %.11s.. but "
      "the SDP says %.11s..",
      own->algorithm, shown.value, promised.value);
}

/* TRUE when certificate matches; else *reason (of 160) says why not. */
static gboolean
dtls_check_certificate (RtcDtlsSession *self, X509 *certificate, gchar *reason)
{
  const gchar *why = NULL;
  RtcDtlsDigest own;

  if (certificate == NULL) {
    g_strlcpy (reason, "the peer showed no certificate", 160);
    return FALSE;
  }
  if (rtc_dtls_certificate_check (certificate, &why) != RTC_OK) {
    g_snprintf (reason, 160, "the certificate of the peer %s", why);
    return FALSE;
  }
  if (self->n_digests == 0 || rtc_dtls_digest_match (self->digests, self->n_digests, certificate))
    return TRUE;
  if (!rtc_dtls_digest_certificate (self->digests[0].algorithm, certificate, &own))
    memset (&own, 0, sizeof own);
  dtls_explain_mismatch (self, &own, reason);
  return FALSE;
}

/* Called by OpenSSL instead of its chain verification. With no fingerprint yet any certificate
 * that we would accept at all goes on; rtc_dtls_session_try_connect() is the gate that counts. */
int
rtc_dtls_session_verify (X509_STORE_CTX *store, void *unused)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  RtcDtlsSession *self = SSL_get_app_data (ssl);
  X509 *certificate = X509_STORE_CTX_get0_cert (store);
  gchar reason[160] = "";
  RtcDtlsDigest digest;

  self->certificate_seen = TRUE;
  if (certificate != NULL && rtc_dtls_digest_certificate ("sha-256", certificate, &digest))
    rtc_dtls_digest_write (&digest, &self->stats.remote);
  if (dtls_check_certificate (self, certificate, reason)) {
    X509_STORE_CTX_set_error (store, X509_V_OK);
    return 1;
  }
  rtc_dtls_session_fail (self, reason);
  X509_STORE_CTX_set_error (store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

/* The same of one that was seen and let go. */
static gboolean
dtls_check_again (RtcDtlsSession *self, gchar *reason)
{
  RtcDtlsDigest own = { "" };

  if (self->remnant == NULL)
    return dtls_check_certificate (self, SSL_get0_peer_certificate (self->ssl), reason);
  if (rtc_dtls_remnant_matches (self))
    return TRUE;
  rtc_dtls_digest_parse (&self->stats.remote, &own);
  dtls_explain_mismatch (self, &own, reason);
  return FALSE;
}

/* The handshake is over: CONNECTED if a fingerprint matches, FAILED if none does. */
void
rtc_dtls_session_try_connect (RtcDtlsSession *self)
{
  gchar reason[160] = "";

  if (!self->handshake_done || self->n_digests == 0 || rtc_dtls_session_is_over (self))
    return;
  if (!dtls_check_again (self, reason)) {
    rtc_dtls_session_shut_down (self);
    rtc_dtls_session_fail (self, reason);
  } else if (self->state == RTC_DTLS_STATE_CONNECTING) {
    RtcDtlsEvent *event;

    rtc_dtls_session_set_state (self, RTC_DTLS_STATE_CONNECTED, "");
    while ((event = g_queue_pop_head (&self->unverified)) != NULL)
      g_queue_push_tail (&self->events, event);
  }
}

/* -- Driving OpenSSL --------------------------------------------------------- */

/* RFC 5246 7.2: alerts in the session (epoch 0 ones never get here). */
static void
dtls_info (const SSL *ssl, int where, int value)
{
  RtcDtlsSession *self = SSL_get_app_data (ssl);

  if ((where & SSL_CB_ALERT) != 0 && (where & SSL_CB_READ) != 0 && (value >> 8) == SSL3_AL_FATAL)
    self->peer_alert = value & 0xff;
}

static unsigned int
dtls_timer (SSL *ssl, unsigned int last_us)
{
  return last_us == 0 ? RETRANSMIT_FIRST_US : MIN (last_us * 2, RETRANSMIT_MAX_US);
}

void
rtc_dtls_session_forget_errors (void)
{
  /* Emptying an empty queue looks at all of its places. */
  if (ERR_peek_error () != 0)
    ERR_clear_error ();
}

const gchar *
rtc_dtls_session_error_text (void)
{
  const gchar *text = ERR_reason_error_string (ERR_peek_last_error ());

  return text != NULL ? text : "protocol error";
}

gsize
rtc_dtls_session_get_mtu (const RtcDtlsSession *self)
{
  return CLAMP (self->config.mtu, MTU_MIN, RTC_MAX_DATAGRAM);
}

/* A fresh SSL with its BIO; FALSE when OpenSSL has no memory. */
gboolean
rtc_dtls_session_open (RtcDtlsSession *self)
{
  SSL *ssl = rtc_dtls_context_open (self->context, self->config.offer_srtp);
  BIO *bio = rtc_dtls_bio_new (&self->bio);

  if (ssl == NULL || bio == NULL) {
    SSL_free (ssl);
    BIO_free (bio);
    return FALSE;
  }
  SSL_set_bio (ssl, bio, bio);
  SSL_set_app_data (ssl, self);
  SSL_set_info_callback (ssl, dtls_info);
  DTLS_set_timer_cb (ssl, dtls_timer);
  SSL_set_mtu (ssl, (long) rtc_dtls_session_get_mtu (self));
  if (self->is_client)
    SSL_set_connect_state (ssl);
  else
    SSL_set_accept_state (ssl);
  SSL_free (self->ssl);
  self->ssl = ssl;
  rtc_dtls_filter_clear (&self->filter);
  rtc_dtls_filter_init (&self->filter, self->is_client);
  return TRUE;
}

/* A handshake step failed. Before the peer showed a certificate nobody stands behind what broke
 * it, and a server has nothing to lose: it waits for the next hello, until the timeout. The
 * alert that OpenSSL made is not sent, it would end the handshake of the true peer. */
static void
dtls_handshake_error (RtcDtlsSession *self)
{
  gchar reason[160];

  g_strlcpy (self->problem, rtc_dtls_session_error_text (), sizeof self->problem);
  if (!self->is_client && !self->certificate_seen && self->peer_alert < 0
      && self->restarts < MAX_RESTARTS) {
    GST_DEBUG_ID (self->id, "hello dropped: %s", self->problem);
    self->restarts++;
    self->stats.packets_dropped++;
    rtc_dtls_bio_clear (&self->bio);
    if (rtc_dtls_session_open (self))
      return;
  }
  if (self->peer_alert >= 0)
    g_snprintf (reason, sizeof reason, "the peer ended the DTLS handshake with alert %d (%s)",
        self->peer_alert, SSL_alert_desc_string_long (self->peer_alert));
  else
    g_snprintf (
        reason, sizeof reason, "the DTLS handshake with the peer failed: %s", self->problem);
  rtc_dtls_session_fail (self, reason);
}

static void
dtls_handshake_finish (RtcDtlsSession *self)
{
  SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile (self->ssl);
  const gchar *cipher = SSL_CIPHER_standard_name (SSL_get_current_cipher (self->ssl));

  self->handshake_done = TRUE;
  g_strlcpy (self->stats.version, SSL_get_version (self->ssl), sizeof self->stats.version);
  g_strlcpy (self->stats.cipher, cipher != NULL ? cipher : "", sizeof self->stats.cipher);
  if (profile != NULL && rtc_dtls_exporter_len ((RtcSrtpProfile) profile->id) > 0)
    self->stats.srtp_profile = (RtcSrtpProfile) profile->id;
  if (!self->is_client)
    self->flight = rtc_dtls_remnant_copy_flight (&self->bio.out);
  GST_INFO_ID (self->id, "handshake done as %s: %s, %s, SRTP profile %#06x",
      self->is_client ? "client" : "server", self->stats.version, self->stats.cipher,
      self->stats.srtp_profile);
  rtc_dtls_session_try_connect (self);
}

void
rtc_dtls_session_end (RtcDtlsSession *self)
{
  rtc_dtls_session_shut_down (self);
  rtc_dtls_session_drop_unverified (self);
  rtc_dtls_session_set_state (self, RTC_DTLS_STATE_CLOSED, "closed by the peer");
}

void
rtc_dtls_session_break (RtcDtlsSession *self, const gchar *why)
{
  gchar reason[160];

  if (self->peer_alert >= 0)
    g_snprintf (reason, sizeof reason, "the peer ended the DTLS session with alert %d (%s)",
        self->peer_alert, SSL_alert_desc_string_long (self->peer_alert));
  else
    g_snprintf (reason, sizeof reason, "the DTLS session failed: %s", why);
  rtc_dtls_session_fail (self, reason);
}

/* Reads what the datagram held. Retransmitted Finished messages are answered inside. */
static void
dtls_read (RtcDtlsSession *self)
{
  guint8 data[RTC_MAX_DATAGRAM];
  gint n = 1, error;

  while (!rtc_dtls_session_is_over (self)) {
    rtc_dtls_session_forget_errors ();
    n = SSL_read (self->ssl, data, sizeof data);
    if (n <= 0)
      break;
    rtc_dtls_session_push_data (self, data, (gsize) n);
    /* A datagram has one record as a rule; asking for another takes as long again. */
    if (self->bio.in == NULL && SSL_has_pending (self->ssl) == 0)
      return;
  }
  if (n > 0)
    return;
  error = SSL_get_error (self->ssl, n);
  if (error == SSL_ERROR_ZERO_RETURN)
    rtc_dtls_session_end (self);
  else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
    rtc_dtls_session_break (self, rtc_dtls_session_error_text ());
}

/* What a record of the negotiated cipher has at least. Until there is one the shortest counts. */
static gsize
dtls_get_min_encrypted (const RtcDtlsSession *self)
{
  gboolean is_gcm = self->remnant != NULL || rtc_dtls_records_can (self->ssl);

  return RTC_DTLS_MIN_ENCRYPTED + (is_gcm ? RTC_DTLS_GCM_NONCE : 0);
}

static RtcDtlsPhase
dtls_get_phase (const RtcDtlsSession *self)
{
  OSSL_HANDSHAKE_STATE state;

  if (self->handshake_done)
    return RTC_DTLS_PHASE_FINISHED;
  state = SSL_get_state (self->ssl);
  /* Set by OpenSSL when it took the peer's ChangeCipherSpec; what it waits for next is in epoch
   * 1, so nothing of that epoch ever has to wait inside OpenSSL, 17 KiB a record. */
  if (state == TLS_ST_SR_CHANGE || state == TLS_ST_CR_CHANGE)
    return RTC_DTLS_PHASE_KEYS;
  return RTC_DTLS_PHASE_PLAIN;
}

/* Gives OpenSSL one datagram (data may be NULL: none, only go on). */
void
rtc_dtls_session_step (RtcDtlsSession *self, const guint8 *data, gsize len)
{
  rtc_dtls_session_wake (self);
  self->bio.in = data;
  self->bio.in_len = len;
  if (!self->handshake_done) {
    gint n, error;

    rtc_dtls_session_forget_errors ();
    n = SSL_do_handshake (self->ssl);
    error = n == 1 ? SSL_ERROR_NONE : SSL_get_error (self->ssl, n);
    if (n == 1)
      dtls_handshake_finish (self);
    else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
      dtls_handshake_error (self);
  }
  if (self->handshake_done && !rtc_dtls_session_is_over (self))
    dtls_read (self);
  self->bio.in = NULL;
  self->bio.in_len = 0;
  rtc_dtls_session_rest (self);
  rtc_dtls_session_forget_errors ();
}

/* Notes when OpenSSL wants to be called again. */
void
rtc_dtls_session_arm (RtcDtlsSession *self, GstClockTime now)
{
  struct timeval left = { 0, 0 };

  self->retransmit = GST_CLOCK_TIME_NONE;
  if (self->ssl == NULL || self->handshake_done || rtc_dtls_session_is_over (self)
      || DTLSv1_get_timeout (self->ssl, &left) != 1)
    return;
  self->retransmit =
      now + (GstClockTime) left.tv_sec * GST_SECOND + (GstClockTime) left.tv_usec * GST_USECOND;
  self->retransmit = MAX (self->retransmit, now + GST_MSECOND);
}

/* One datagram through the filter into OpenSSL, then what it made readable of the held ones. */
RtcResult
rtc_dtls_session_receive (RtcDtlsSession *self, const guint8 *data, gsize len)
{
  guint8 passed[RTC_MAX_DATAGRAM];
  guint64 dropped = 0;
  guint64 holds = self->filter.n_holds;
  gsize n;
  gboolean taken;
  GBytes *record;

  self->filter.min_encrypted = dtls_get_min_encrypted (self);
  n = rtc_dtls_filter_datagram (&self->filter, dtls_get_phase (self), data, len, passed, &dropped);
  taken = n > 0 || self->filter.n_holds != holds;
  if (n > 0 && self->remnant != NULL)
    return rtc_dtls_remnant_receive (self, passed, n, dropped);
  if (dropped > 0)
    self->stats.packets_dropped++;
  if (n > 0) {
    self->received = TRUE;
    rtc_dtls_session_step (self, passed, n);
  }
  self->filter.min_encrypted = dtls_get_min_encrypted (self);
  while (!rtc_dtls_session_is_over (self)
         && (record = rtc_dtls_filter_steal_held (&self->filter, dtls_get_phase (self))) != NULL) {
    rtc_dtls_session_step (self, g_bytes_get_data (record, NULL), g_bytes_get_size (record));
    g_bytes_unref (record);
    taken = TRUE;
  }
  return taken || dropped == 0 ? RTC_OK : RTC_ERR_PARSE;
}
