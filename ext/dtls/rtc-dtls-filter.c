/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-filter.h"

#include "gst/rtc/base/rtc-bytes.h"

/* Handshake types (RFC 5246 7.4, RFC 6347 4.3.2, RFC 6066 8) that a server may receive in plain
 * text: client_hello 1, certificate 11, certificate_verify 15, client_key_exchange 16. */
#define TYPES_TO_SERVER ((1u << 1) | (1u << 11) | (1u << 15) | (1u << 16))

/* And a client: server_hello 2, hello_verify_request 3, certificate 11, server_key_exchange 12,
 * certificate_request 13, server_hello_done 14, certificate_status 22. */
#define TYPES_TO_CLIENT                                                                            \
  ((1u << 2) | (1u << 3) | (1u << 11) | (1u << 12) | (1u << 13) | (1u << 14) | (1u << 22))

#define ALERT_LEVEL_FATAL 2

typedef enum { RECORD_PASS, RECORD_HOLD, RECORD_DROP } RecordVerdict;

void
rtc_dtls_filter_init (RtcDtlsFilter *self, gboolean is_client)
{
  memset (self, 0, sizeof *self);
  self->is_client = is_client;
  self->plain_alert = -1;
  self->min_encrypted = RTC_DTLS_MIN_ENCRYPTED;
}

void
rtc_dtls_filter_clear (RtcDtlsFilter *self)
{
  for (guint i = 0; i < self->n_held; i++)
    g_bytes_unref (self->held[i]);
  self->n_held = 0;
}

/* Takes note of a message's declared length; FALSE when it, or the sum, is beyond the caps, or
 * when the same message was declared with another length before. */
static gboolean
filter_declare (RtcDtlsFilter *self, guint16 message_seq, guint32 length)
{
  if (message_seq >= RTC_DTLS_MAX_MESSAGES || length > RTC_DTLS_MAX_MESSAGE)
    return FALSE;
  if (self->declared[message_seq] != 0)
    return self->declared[message_seq] == length + 1;
  if (self->declared_total + length > RTC_DTLS_MAX_HANDSHAKE)
    return FALSE;
  self->declared[message_seq] = length + 1;
  self->declared_total += length;
  return TRUE;
}

/* One or more handshake fragments in plain text (RFC 6347 4.2.2):
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |   msg_type    |                    length                     |
 *   +---------------+---------------+-------------------------------+
 *   |          message_seq          |      fragment_offset          :
 *   +---------------+---------------+-------------------------------+
 *   :  (24 bits)    |          fragment_length (24 bits)            |
 *   +---------------+-----------------------------------------------+ */
static gboolean
filter_handshake (RtcDtlsFilter *self, const guint8 *body, gsize len)
{
  guint32 allowed = self->is_client ? TYPES_TO_CLIENT : TYPES_TO_SERVER;
  RtcReader r = rtc_reader (body, len);

  do {
    guint8 type = rtc_reader_u8 (&r);
    guint32 length = rtc_reader_u24 (&r);
    guint16 message_seq = rtc_reader_u16 (&r);
    guint32 offset = rtc_reader_u24 (&r);
    guint32 fragment = rtc_reader_u24 (&r);

    rtc_reader_bytes (&r, fragment);
    if (!r.ok || type >= 32 || (allowed & (1u << type)) == 0)
      return FALSE;
    /* An empty fragment makes no progress unless the message is empty (ServerHelloDone). */
    if ((fragment == 0 && length != 0) || fragment > length || offset > length - fragment)
      return FALSE;
    if (!filter_declare (self, message_seq, length))
      return FALSE;
  } while (rtc_reader_left (&r) > 0);
  return TRUE;
}

static RecordVerdict
filter_plain (RtcDtlsFilter *self, RtcDtlsPhase phase, guint8 type, const guint8 *body, gsize len)
{
  if (phase == RTC_DTLS_PHASE_FINISHED)
    return RECORD_DROP;
  switch (type) {
    case RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC:
      /* RFC 5246 7.1: "The message consists of a single byte of value 1." */
      return len == 1 && body[0] == 1 ? RECORD_PASS : RECORD_DROP;
    case RTC_DTLS_CONTENT_HANDSHAKE:
      return filter_handshake (self, body, len) ? RECORD_PASS : RECORD_DROP;
    case RTC_DTLS_CONTENT_ALERT:
      if (len == 2 && body[0] == ALERT_LEVEL_FATAL)
        self->plain_alert = body[1];
      return RECORD_DROP;
    default:
      return RECORD_DROP;
  }
}

/* len is that of the body. */
static RecordVerdict
filter_encrypted (const RtcDtlsFilter *self, RtcDtlsPhase phase, guint8 type, gsize len)
{
  if (type == RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC || len < self->min_encrypted)
    return RECORD_DROP;
  if (phase == RTC_DTLS_PHASE_PLAIN)
    return RECORD_HOLD;
  if (phase == RTC_DTLS_PHASE_KEYS && type == RTC_DTLS_CONTENT_DATA)
    return RECORD_HOLD;
  return RECORD_PASS;
}

/* Keeps the newest: junk that came first must not push out the peer's Finished. Returns how many
 * made room. */
static guint
filter_hold (RtcDtlsFilter *self, const guint8 *record, gsize len)
{
  guint n_dropped = 0;

  if (self->n_held == RTC_DTLS_MAX_HELD) {
    g_bytes_unref (self->held[0]);
    memmove (&self->held[0], &self->held[1], (RTC_DTLS_MAX_HELD - 1) * sizeof self->held[0]);
    self->n_held--;
    n_dropped++;
  }
  self->held[self->n_held++] = g_bytes_new (record, len);
  self->n_holds++;
  return n_dropped;
}

static gboolean
version_is_dtls (guint16 version)
{
  /* DTLS 1.0 is what a first ClientHello may carry (RFC 6347 4.2.1), DTLS 1.2 what we speak. */
  return version == 0xfeff || version == 0xfefd;
}

gboolean
rtc_dtls_filter_looks_like_dtls (const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data, len);
  guint8 type = rtc_reader_u8 (&r);
  guint16 version = rtc_reader_u16 (&r);

  return len > RTC_DTLS_RECORD_HEADER && type >= RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC
         && type <= RTC_DTLS_CONTENT_DATA && version_is_dtls (version);
}

gsize
rtc_dtls_filter_datagram (RtcDtlsFilter *self, RtcDtlsPhase phase, const guint8 *data, gsize len,
    guint8 *out, guint64 *n_dropped)
{
  RtcReader r = rtc_reader (data, len);
  RtcWriter w = rtc_writer (out, len);

  while (rtc_reader_left (&r) > 0) {
    const guint8 *record = data + r.pos;
    guint8 type = rtc_reader_u8 (&r);
    guint16 version = rtc_reader_u16 (&r);
    guint16 epoch = rtc_reader_u16 (&r);
    guint64 seq = rtc_reader_uint (&r, 6);
    guint16 length = rtc_reader_u16 (&r);
    const guint8 *body = rtc_reader_bytes (&r, length);
    RecordVerdict verdict = RECORD_DROP;

    (void) seq;
    if (body == NULL || length == 0 || !version_is_dtls (version)) {
      (*n_dropped)++;
      if (body == NULL || !version_is_dtls (version))
        break;
      continue;
    }
    if (epoch == 0)
      verdict = filter_plain (self, phase, type, body, length);
    else if (epoch == 1 && type >= RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC
             && type <= RTC_DTLS_CONTENT_DATA)
      verdict = filter_encrypted (self, phase, type, length);

    if (verdict == RECORD_PASS)
      rtc_writer_bytes (&w, record, RTC_DTLS_RECORD_HEADER + (gsize) length);
    else if (verdict == RECORD_HOLD)
      *n_dropped += filter_hold (self, record, RTC_DTLS_RECORD_HEADER + (gsize) length);
    else
      (*n_dropped)++;
  }
  return w.pos;
}

GBytes *
rtc_dtls_filter_steal_held (RtcDtlsFilter *self, RtcDtlsPhase phase)
{
  for (guint i = 0; i < self->n_held; i++) {
    const guint8 *record = g_bytes_get_data (self->held[i], NULL);
    GBytes *bytes = self->held[i];
    gsize len = g_bytes_get_size (bytes) - RTC_DTLS_RECORD_HEADER;

    if (filter_encrypted (self, phase, record[0], len) != RECORD_PASS)
      continue;
    memmove (&self->held[i], &self->held[i + 1], (self->n_held - i - 1) * sizeof self->held[0]);
    self->n_held--;
    return bytes;
  }
  return NULL;
}
