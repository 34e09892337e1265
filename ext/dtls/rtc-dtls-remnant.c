/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-remnant.h"

#include <openssl/err.h>

#include "ext/dtls/rtc-dtls-exporter.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_dtls

/* MAX_FLIGHT: bytes; ChangeCipherSpec and Finished have 75. */
#define MAX_FLIGHT 256

#define MESSAGE_FINISHED 20
#define ALERT_BYTES 2
#define LEVEL_WARNING 1
#define LEVEL_FATAL 2
#define ALERT_CLOSE_NOTIFY 0

/* What a fingerprint can be of (RtcDtlsDigest). */
static const gchar *const hash_names[] = { "sha-256", "sha-384", "sha-512" };

struct _RtcDtlsRemnant {
  RtcDtlsRecords records;
  RtcDtlsDigest shown[G_N_ELEMENTS (hash_names)]; /* of the peer's certificate */
  gsize material_len;                             /* bytes; 0: no SRTP */
  guint8 material[RTC_DTLS_EXPORTER_MAX];
};

GBytes *
rtc_dtls_remnant_copy_flight (const GQueue *out)
{
  GByteArray *flight;

  /* What followed may have been dropped. */
  if (out->length >= RTC_DTLS_BIO_MAX_OUT)
    return NULL;
  flight = g_byte_array_new ();
  for (const GList *l = out->head; l != NULL; l = l->next) {
    const RtcPacket *packet = l->data;

    /* RFC 6347 4.2.4: ChangeCipherSpec begins it, since we send no tickets. */
    if (flight->len > 0 || packet->data[0] == RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC)
      g_byte_array_append (flight, packet->data, (guint) packet->len);
  }
  if (flight->len > 0 && flight->len <= MAX_FLIGHT)
    return g_byte_array_free_to_bytes (flight);
  g_byte_array_unref (flight);
  return NULL;
}

/* -- Beginning and end ------------------------------------------------------- */

static gboolean
remnant_copy_session (RtcDtlsRemnant *self, RtcDtlsSession *session)
{
  X509 *certificate = SSL_get0_peer_certificate (session->ssl);

  for (gsize i = 0; i < G_N_ELEMENTS (hash_names); i++) {
    if (certificate == NULL
        || !rtc_dtls_digest_certificate (hash_names[i], certificate, &self->shown[i]))
      return FALSE;
  }
  self->material_len = rtc_dtls_exporter_len (session->stats.srtp_profile);
  return self->material_len == 0
         || SSL_export_keying_material (session->ssl, self->material, self->material_len,
                RTC_DTLS_EXPORTER_LABEL, strlen (RTC_DTLS_EXPORTER_LABEL), NULL, 0, 0)
                == 1;
}

/* OpenSSL says goodbye, to nobody: its record shows where its counters are. */
static gboolean
remnant_take_records (RtcDtlsRemnant *self, RtcDtlsSession *session)
{
  guint waiting = g_queue_get_length (&session->bio.out);
  RtcPacket *last;
  RtcResult result;

  if (waiting >= RTC_DTLS_BIO_MAX_OUT || SSL_alloc_buffers (session->ssl) != 1)
    return FALSE;
  SSL_shutdown (session->ssl);
  if (g_queue_get_length (&session->bio.out) != waiting + 1)
    return FALSE;
  last = g_queue_pop_tail (&session->bio.out);
  result = rtc_dtls_records_init (
      &self->records, session->ssl, session->is_client, last->data, last->len);
  rtc_packet_unref (last);
  return result == RTC_OK;
}

gboolean
rtc_dtls_remnant_begin (RtcDtlsSession *session)
{
  RtcDtlsRemnant *self;

  if (session->state != RTC_DTLS_STATE_CONNECTED || session->ssl == NULL || session->has_written
      || session->has_read || !rtc_dtls_records_can (session->ssl)
      || (!session->is_client && session->flight == NULL))
    return FALSE;
  rtc_dtls_session_forget_errors ();
  self = g_new0 (RtcDtlsRemnant, 1);
  if (!remnant_copy_session (self, session) || !remnant_take_records (self, session)) {
    GST_WARNING_ID (session->id, "OpenSSL is kept: %s", rtc_dtls_session_error_text ());
    SSL_set_shutdown (session->ssl, 0);
    rtc_dtls_session_rest (session);
    rtc_dtls_session_forget_errors ();
    rtc_dtls_remnant_free (self);
    return FALSE;
  }
  session->remnant = self;
  g_clear_pointer (&session->ssl, SSL_free);
  rtc_dtls_session_forget_errors ();
  GST_DEBUG_ID (session->id, "OpenSSL is let go");
  return TRUE;
}

void
rtc_dtls_remnant_free (RtcDtlsRemnant *self)
{
  if (self == NULL)
    return;
  rtc_dtls_records_clear (&self->records);
  OPENSSL_cleanse (self, sizeof *self);
  g_free (self);
}

/* -- Sending ----------------------------------------------------------------- */

gboolean
rtc_dtls_remnant_send (RtcDtlsSession *session, RtcDtlsContent type, const guint8 *data, gsize len)
{
  gsize record_len = len + RTC_DTLS_RECORD_OVERHEAD;
  RtcPacket *packet;

  if (g_queue_get_length (&session->bio.out) >= RTC_DTLS_BIO_MAX_OUT) {
    session->bio.n_dropped++;
    return TRUE; /* lost, as on the network */
  }
  packet = rtc_packet_new (session->config.pool, 0, record_len);
  packet->len = record_len;
  if (rtc_dtls_records_seal (&session->remnant->records, type, data, len, packet->data) != RTC_OK) {
    rtc_packet_unref (packet);
    return FALSE;
  }
  g_queue_push_tail (&session->bio.out, packet);
  return TRUE;
}

void
rtc_dtls_remnant_say_goodbye (RtcDtlsSession *session)
{
  static const guint8 alert[ALERT_BYTES] = { LEVEL_WARNING, ALERT_CLOSE_NOTIFY };

  rtc_dtls_remnant_send (session, RTC_DTLS_CONTENT_ALERT, alert, sizeof alert);
}

/* -- Receiving --------------------------------------------------------------- */

/* FALSE: nothing for us. */
static gboolean
remnant_handle_alert (RtcDtlsSession *session, const guint8 *said, gsize len)
{
  if (len != ALERT_BYTES)
    return FALSE;
  if (said[1] == ALERT_CLOSE_NOTIFY) {
    rtc_dtls_session_end (session);
    return TRUE;
  }
  if (said[0] != LEVEL_FATAL)
    return FALSE;
  session->peer_alert = said[1];
  rtc_dtls_session_break (session, "");
  return TRUE;
}

static gboolean
remnant_handle_handshake (RtcDtlsSession *session, const guint8 *said)
{
  gsize len;
  const guint8 *flight;

  if (said[0] != MESSAGE_FINISHED || session->flight == NULL
      || g_queue_get_length (&session->bio.out) >= RTC_DTLS_BIO_MAX_OUT)
    return FALSE;
  flight = g_bytes_get_data (session->flight, &len);
  g_queue_push_tail (&session->bio.out, rtc_packet_new_copy (session->config.pool, flight, len));
  return TRUE;
}

static gboolean
remnant_handle_record (RtcDtlsSession *session, const guint8 *record, gsize len)
{
  guint8 said[RTC_MAX_DATAGRAM];
  RtcDtlsContent type;
  gsize n_said;

  if (rtc_dtls_records_open (&session->remnant->records, record, len, &type, said, &n_said)
      != RTC_OK)
    return FALSE;
  switch (type) {
    case RTC_DTLS_CONTENT_ALERT:
      return remnant_handle_alert (session, said, n_said);
    case RTC_DTLS_CONTENT_HANDSHAKE:
      return remnant_handle_handshake (session, said);
    case RTC_DTLS_CONTENT_DATA:
      rtc_dtls_session_push_data (session, said, n_said);
      return TRUE;
    case RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC:
      break;
  }
  return FALSE;
}

RtcResult
rtc_dtls_remnant_receive (RtcDtlsSession *session, const guint8 *data, gsize len, guint64 n_dropped)
{
  RtcReader r = rtc_reader (data, len);
  guint n_taken = 0;

  while (rtc_reader_left (&r) > 0 && !rtc_dtls_session_is_over (session)) {
    gsize begin = r.pos;

    rtc_reader_bytes (&r, RTC_DTLS_RECORD_HEADER - 2);
    rtc_reader_bytes (&r, rtc_reader_u16 (&r));
    if (r.ok && remnant_handle_record (session, data + begin, r.pos - begin))
      n_taken++;
    else
      n_dropped++;
  }
  rtc_dtls_session_forget_errors ();
  if (n_dropped > 0)
    session->stats.packets_dropped++;
  return n_taken > 0 ? RTC_OK : RTC_ERR_PARSE;
}

/* -- Questions --------------------------------------------------------------- */

gboolean
rtc_dtls_remnant_matches (const RtcDtlsSession *session)
{
  const RtcDtlsRemnant *self = session->remnant;
  gboolean found = FALSE;

  for (guint i = 0; i < session->n_digests; i++) {
    const RtcDtlsDigest *given = &session->digests[i];

    for (gsize j = 0; j < G_N_ELEMENTS (hash_names); j++) {
      if (strcmp (given->algorithm, self->shown[j].algorithm) == 0
          && given->len == self->shown[j].len
          && CRYPTO_memcmp (given->value, self->shown[j].value, given->len) == 0)
        found = TRUE;
    }
  }
  return found;
}

RtcResult
rtc_dtls_remnant_export (const RtcDtlsSession *session, RtcSrtpKeys *out)
{
  const RtcDtlsRemnant *self = session->remnant;

  if (self->material_len == 0)
    return RTC_ERR_UNSUPPORTED;
  return rtc_dtls_exporter_split (session->stats.srtp_profile, session->is_client, self->material,
             self->material_len, out)
             ? RTC_OK
             : RTC_ERR_BACKEND;
}
