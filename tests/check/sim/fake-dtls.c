/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fake-dtls.h"

#include "fake-hash.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"

/* Record as RFC 6347 4.1: type 1, version 2, epoch and sequence 8, length 2; then the body, and for
 * all but hellos a tag of 8 bytes. Body of a handshake record: kind 1; a hello goes on with random
 * 16, profile 2, length and text of hash name and value. */
#define RECORD_BYTES 13
#define TAG_BYTES 8
#define RANDOM_BYTES 16
#define RECORD_HANDSHAKE 22
#define RECORD_ALERT 21
#define RECORD_DATA 23
#define VERSION 0xfefd

#define RETRY_FIRST (50 * GST_MSECOND)
#define RETRY_LAST GST_SECOND

enum { CLIENT_HELLO = 1, SERVER_HELLO, CLIENT_FINISHED, SERVER_FINISHED };

typedef struct {
  RtcDtls parent;
  FakeDtlsFactory *factory;
  RtcDtlsConfig config;
  RtcDtlsState state;
  gboolean started, is_client, hello_seen, finished; /* finished: the peer's finished was good */
  guint8 own_random[RANDOM_BYTES], peer_random[RANDOM_BYTES];
  guint8 secret[2][RTC_SRTP_MAX_KEY]; /* client's, server's */
  RtcSrtpProfile profile;
  RtcDtlsFingerprint own, seen; /* seen: of the peer */
  RtcDtlsFingerprint *expected;
  guint n_expected;
  guint64 sequence;
  guint64 highest, window; /* anti-replay of tagged records, 64 wide (RFC 6347 4.1.2.6) */
  GstClockTime retry_at, retry_interval, give_up_at;
  GQueue events;
  guint64 packets_dropped;
} FakeDtls;

static void
dtls_push_event (FakeDtls *self, RtcDtlsEventType type, RtcPacket *packet, const gchar *reason)
{
  RtcDtlsEvent *event = g_new0 (RtcDtlsEvent, 1);

  event->type = type;
  event->state = self->state;
  event->packet = packet;
  g_strlcpy (event->reason, reason, sizeof (event->reason));
  g_queue_push_tail (&self->events, event);
}

static void
dtls_set_state (FakeDtls *self, RtcDtlsState state, const gchar *reason)
{
  if (self->state == state)
    return;
  self->state = state;
  if (state != RTC_DTLS_STATE_CONNECTING) {
    self->retry_at = GST_CLOCK_TIME_NONE;
    self->give_up_at = GST_CLOCK_TIME_NONE;
  }
  dtls_push_event (self, RTC_DTLS_EVENT_STATE, NULL, reason);
}

static gboolean
dtls_is_over (const FakeDtls *self)
{
  return self->state == RTC_DTLS_STATE_CLOSED || self->state == RTC_DTLS_STATE_FAILED;
}

static const guint8 *
dtls_key (const FakeDtls *self, gboolean own)
{
  return self->secret[own == self->is_client ? 0 : 1];
}

/* What both ends can compute once they have seen each other's hello. */
static void
dtls_derive (FakeDtls *self)
{
  for (guint i = 0; i < 2; i++) {
    FakeHash hash = { 5, i };

    fake_hash_add (&hash, self->is_client ? self->own_random : self->peer_random, RANDOM_BYTES);
    fake_hash_add (&hash, self->is_client ? self->peer_random : self->own_random, RANDOM_BYTES);
    fake_hash_finish (&hash, self->secret[i], RTC_SRTP_MAX_KEY);
  }
}

static void
dtls_send_record (FakeDtls *self, guint8 type, const guint8 *body, gsize len, gboolean tagged)
{
  gsize total = RECORD_BYTES + len + (tagged ? TAG_BYTES : 0);
  RtcPacket *packet = rtc_packet_new (NULL, 0, total + RTC_SRTP_MAX_OVERHEAD);
  RtcWriter w = rtc_writer (packet->data, total);

  rtc_writer_u8 (&w, type);
  rtc_writer_u16 (&w, VERSION);
  rtc_writer_u64 (&w, ++self->sequence);
  rtc_writer_u16 (&w, (guint16) (len + (tagged ? TAG_BYTES : 0)));
  rtc_writer_bytes (&w, body, len);
  if (tagged)
    fake_hash_tag (dtls_key (self, TRUE), RTC_SRTP_MAX_KEY, packet->data, w.pos,
        packet->data + w.pos, TAG_BYTES);
  packet->len = total;
  dtls_push_event (self, RTC_DTLS_EVENT_TRANSMIT, packet, "");
}

static void
dtls_send_handshake (FakeDtls *self, guint8 kind)
{
  guint8 body[512];
  RtcWriter w = rtc_writer (body, sizeof (body));
  gboolean is_hello = kind == CLIENT_HELLO || kind == SERVER_HELLO;

  rtc_writer_u8 (&w, kind);
  if (is_hello) {
    rtc_writer_bytes (&w, self->own_random, RANDOM_BYTES);
    rtc_writer_u16 (
        &w, kind == CLIENT_HELLO ? (guint16) self->config.offer_srtp : (guint16) self->profile);
    rtc_writer_u8 (&w, (guint8) strlen (self->own.algorithm));
    rtc_writer_bytes (&w, (const guint8 *) self->own.algorithm, strlen (self->own.algorithm));
    rtc_writer_u8 (&w, (guint8) strlen (self->own.value));
    rtc_writer_bytes (&w, (const guint8 *) self->own.value, strlen (self->own.value));
  }
  dtls_send_record (self, RECORD_HANDSHAKE, body, w.pos, !is_hello);
}

/* The client repeats its flight until the server has answered it; the server answers each. */
static void
dtls_send_flight (FakeDtls *self, GstClockTime now)
{
  dtls_send_handshake (self, self->hello_seen ? CLIENT_FINISHED : CLIENT_HELLO);
  self->retry_at = now + self->retry_interval;
  self->retry_interval = MIN (self->retry_interval * 2, RETRY_LAST);
}

static gboolean
fingerprint_equal (const RtcDtlsFingerprint *a, const RtcDtlsFingerprint *b)
{
  return strcmp (a->algorithm, b->algorithm) == 0 && strcmp (a->value, b->value) == 0;
}

/* RFC 8842 5.1: CONNECTED only when the certificate seen matches one that was signalled. */
static void
dtls_verify (FakeDtls *self)
{
  if (!self->finished || self->n_expected == 0 || dtls_is_over (self))
    return;
  for (guint i = 0; i < self->n_expected; i++) {
    if (fingerprint_equal (&self->expected[i], &self->seen)) {
      dtls_set_state (self, RTC_DTLS_STATE_CONNECTED, "");
      return;
    }
  }
  dtls_set_state (self, RTC_DTLS_STATE_FAILED,
      "the peer's certificate matches no fingerprint of its description");
}

static gboolean
read_text (RtcReader *r, gchar *out, gsize size)
{
  gsize len = rtc_reader_u8 (r);
  const guint8 *text = rtc_reader_bytes (r, len);

  if (text == NULL || len >= size)
    return FALSE;
  memcpy (out, text, len);
  out[len] = '\0';
  return TRUE;
}

static RtcResult
dtls_handle_hello (FakeDtls *self, GstClockTime now, RtcReader *r, gboolean from_client)
{
  const guint8 *random = rtc_reader_bytes (r, RANDOM_BYTES);
  guint16 profile = rtc_reader_u16 (r);
  RtcDtlsFingerprint seen = { 0 };

  if (from_client == self->is_client || random == NULL
      || !read_text (r, seen.algorithm, sizeof (seen.algorithm))
      || !read_text (r, seen.value, sizeof (seen.value)))
    return RTC_ERR_PARSE;
  if (!self->hello_seen) {
    self->hello_seen = TRUE;
    self->seen = seen;
    memcpy (self->peer_random, random, RANDOM_BYTES);
    if (self->is_client)
      self->profile = profile;
    else if (profile != 0 && self->config.offer_srtp)
      self->profile = self->factory->profile;
    dtls_derive (self);
    self->retry_interval = RETRY_FIRST;
    if (self->is_client)
      dtls_send_flight (self, now);
  }
  if (!self->is_client)
    dtls_send_handshake (self, SERVER_HELLO);
  return RTC_OK;
}

static RtcResult
dtls_handle_handshake (FakeDtls *self, GstClockTime now, RtcReader *r, gboolean authentic)
{
  guint8 kind = rtc_reader_u8 (r);

  if (kind == CLIENT_HELLO || kind == SERVER_HELLO)
    return dtls_handle_hello (self, now, r, kind == CLIENT_HELLO);
  if (!authentic || kind != (self->is_client ? SERVER_FINISHED : CLIENT_FINISHED))
    return RTC_ERR_PARSE;
  if (!self->is_client)
    dtls_send_handshake (self, SERVER_FINISHED);
  self->retry_at = GST_CLOCK_TIME_NONE;
  if (!self->finished) {
    self->finished = TRUE;
    dtls_verify (self);
  }
  return RTC_OK;
}

/* RFC 6347 4.1.2.6: FALSE for a record seen before or too old; takes note of it. */
static gboolean
dtls_is_fresh (FakeDtls *self, guint64 sequence)
{
  guint64 ahead = sequence > self->highest ? sequence - self->highest : 0;
  guint64 behind = sequence > self->highest ? 0 : self->highest - sequence;

  if (ahead > 0) {
    self->window = ahead < 64 ? self->window << ahead : 0;
    self->highest = sequence;
  }
  if (behind >= 64 || (self->window >> behind & 1) != 0)
    return FALSE;
  self->window |= G_GUINT64_CONSTANT (1) << behind;
  return TRUE;
}

static RtcResult
dtls_handle_record (FakeDtls *self, GstClockTime now, const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data, len);
  guint8 type = rtc_reader_u8 (&r), tag[TAG_BYTES];
  guint16 version = rtc_reader_u16 (&r);
  guint64 sequence = rtc_reader_u64 (&r);
  gsize body_len = rtc_reader_u16 (&r);
  gboolean authentic = FALSE;

  if (!r.ok || version != VERSION || body_len != rtc_reader_left (&r))
    return RTC_ERR_PARSE;
  if (self->hello_seen && body_len >= TAG_BYTES) {
    fake_hash_tag (dtls_key (self, FALSE), RTC_SRTP_MAX_KEY, data, len - TAG_BYTES, tag, TAG_BYTES);
    authentic = memcmp (tag, data + len - TAG_BYTES, TAG_BYTES) == 0;
  }
  if (type == RECORD_HANDSHAKE)
    return dtls_handle_handshake (self, now, &r, authentic);
  if (!authentic || !dtls_is_fresh (self, sequence))
    return RTC_ERR_PARSE;
  if (type == RECORD_ALERT) {
    dtls_set_state (self, RTC_DTLS_STATE_CLOSED, "");
    return RTC_OK;
  }
  if (type != RECORD_DATA || self->state != RTC_DTLS_STATE_CONNECTED)
    return RTC_ERR_PARSE;
  dtls_push_event (self, RTC_DTLS_EVENT_DATA,
      rtc_packet_new_copy (NULL, data + RECORD_BYTES, body_len - TAG_BYTES), "");
  return RTC_OK;
}

static RtcResult
fake_dtls_handle_packet (RtcDtls *dtls, GstClockTime now, const guint8 *data, gsize len)
{
  FakeDtls *self = (FakeDtls *) dtls;
  RtcResult result = RTC_ERR_PARSE;

  if (self->started && !dtls_is_over (self))
    result = dtls_handle_record (self, now, data, len);
  self->packets_dropped += result != RTC_OK;
  return result;
}

static RtcResult
fake_dtls_set_remote_fingerprints (
    RtcDtls *dtls, const RtcDtlsFingerprint *fingerprints, guint n_fingerprints)
{
  static const gchar *const accepted[] = { "sha-256", "sha-384", "sha-512", NULL };
  FakeDtls *self = (FakeDtls *) dtls;
  guint n = 0;

  for (guint i = 0; i < n_fingerprints; i++)
    n += g_strv_contains (accepted, fingerprints[i].algorithm);
  if (n == 0)
    return RTC_ERR_UNSUPPORTED;
  g_free (self->expected);
  self->expected = g_memdup2 (fingerprints, n_fingerprints * sizeof (*fingerprints));
  self->n_expected = n_fingerprints;
  dtls_verify (self);
  return RTC_OK;
}

static RtcResult
fake_dtls_start (RtcDtls *dtls, GstClockTime now, gboolean is_client)
{
  FakeDtls *self = (FakeDtls *) dtls;

  if (self->started || dtls_is_over (self))
    return RTC_ERR_STATE;
  self->started = TRUE;
  self->is_client = is_client;
  self->retry_interval = RETRY_FIRST;
  self->give_up_at = now + self->config.handshake_timeout;
  dtls_set_state (self, RTC_DTLS_STATE_CONNECTING, "");
  if (is_client)
    dtls_send_flight (self, now);
  return RTC_OK;
}

static RtcResult
fake_dtls_write (RtcDtls *dtls, GstClockTime now, const guint8 *data, gsize len)
{
  FakeDtls *self = (FakeDtls *) dtls;

  if (self->state != RTC_DTLS_STATE_CONNECTED)
    return RTC_ERR_STATE;
  if (len + RECORD_BYTES + TAG_BYTES > RTC_MAX_DATAGRAM)
    return RTC_ERR_LIMIT;
  dtls_send_record (self, RECORD_DATA, data, len, TRUE);
  return RTC_OK;
}

static RtcResult
fake_dtls_export_keys (RtcDtls *dtls, RtcSrtpKeys *out)
{
  FakeDtls *self = (FakeDtls *) dtls;

  if (self->state != RTC_DTLS_STATE_CONNECTED)
    return RTC_ERR_STATE;
  if (self->profile == RTC_SRTP_PROFILE_NONE)
    return RTC_ERR_UNSUPPORTED;
  memset (out, 0, sizeof (*out));
  out->profile = self->profile;
  out->key_len = self->profile == RTC_SRTP_PROFILE_AES128_CM_SHA1_80  ? 30
                 : self->profile == RTC_SRTP_PROFILE_AEAD_AES_128_GCM ? 28
                                                                      : 44;
  memcpy (out->local_key, dtls_key (self, TRUE), out->key_len);
  memcpy (out->remote_key, dtls_key (self, FALSE), out->key_len);
  return RTC_OK;
}

static void
fake_dtls_close (RtcDtls *dtls, GstClockTime now)
{
  FakeDtls *self = (FakeDtls *) dtls;

  if (dtls_is_over (self))
    return;
  if (self->hello_seen)
    dtls_send_record (self, RECORD_ALERT, NULL, 0, TRUE);
  dtls_set_state (self, RTC_DTLS_STATE_CLOSED, "");
}

static gboolean
fake_dtls_poll (RtcDtls *dtls, RtcDtlsEvent *out)
{
  RtcDtlsEvent *event = g_queue_pop_head (&((FakeDtls *) dtls)->events);

  if (event == NULL)
    return FALSE;
  *out = *event;
  g_free (event);
  return TRUE;
}

static GstClockTime
fake_dtls_next_deadline (RtcDtls *dtls)
{
  FakeDtls *self = (FakeDtls *) dtls;

  return rtc_time_min (self->retry_at, self->give_up_at);
}

static void
fake_dtls_handle_timeout (RtcDtls *dtls, GstClockTime now)
{
  FakeDtls *self = (FakeDtls *) dtls;

  if (rtc_time_is_due (self->give_up_at, now))
    dtls_set_state (self, RTC_DTLS_STATE_FAILED, "the DTLS handshake took too long");
  else if (rtc_time_is_due (self->retry_at, now))
    dtls_send_flight (self, now);
}

static void
fake_dtls_release (RtcDtls *dtls)
{
  FakeDtls *self = (FakeDtls *) dtls;

  g_assert_cmpint (self->state, ==, RTC_DTLS_STATE_CONNECTED);
  self->factory->n_released++;
}

static void
fake_dtls_get_stats (RtcDtls *dtls, RtcDtlsStats *out)
{
  FakeDtls *self = (FakeDtls *) dtls;

  memset (out, 0, sizeof (*out));
  g_strlcpy (out->version, "fake", sizeof (out->version));
  out->srtp_profile = self->profile;
  out->remote = self->seen;
  out->packets_dropped = self->packets_dropped;
}

static void
fake_dtls_free (RtcDtls *dtls)
{
  FakeDtls *self = (FakeDtls *) dtls;
  RtcDtlsEvent event;

  if (self == NULL)
    return;
  while (fake_dtls_poll (dtls, &event))
    rtc_packet_unref (event.packet);
  g_free (self->expected);
  g_free (self);
}

static const RtcDtlsVTable fake_dtls_vtable = {
  .name = "fake-dtls",
  .free = fake_dtls_free,
  .set_remote_fingerprints = fake_dtls_set_remote_fingerprints,
  .start = fake_dtls_start,
  .handle_packet = fake_dtls_handle_packet,
  .write = fake_dtls_write,
  .export_keys = fake_dtls_export_keys,
  .release = fake_dtls_release,
  .close = fake_dtls_close,
  .poll = fake_dtls_poll,
  .next_deadline = fake_dtls_next_deadline,
  .handle_timeout = fake_dtls_handle_timeout,
  .get_stats = fake_dtls_get_stats,
};

static RtcDtls *
fake_dtls_create (RtcDtlsFactory *factory, const RtcDtlsConfig *config, GError **error)
{
  FakeDtls *self = g_new0 (FakeDtls, 1);

  self->parent.vtable = &fake_dtls_vtable;
  self->factory = (FakeDtlsFactory *) factory;
  self->config = *config;
  self->own = self->factory->fingerprint;
  self->retry_at = GST_CLOCK_TIME_NONE;
  self->give_up_at = GST_CLOCK_TIME_NONE;
  g_queue_init (&self->events);
  rtc_random_fill (self->factory->random, self->own_random, RANDOM_BYTES);
  return &self->parent;
}

static void
fake_dtls_get_local_fingerprint (RtcDtlsFactory *factory, RtcDtlsFingerprint *out)
{
  *out = ((FakeDtlsFactory *) factory)->fingerprint;
}

void
fake_dtls_factory_init (FakeDtlsFactory *self, RtcRandom *random)
{
  GString *text = g_string_new (NULL);

  memset (self, 0, sizeof (*self));
  self->parent.name = "fake-dtls";
  self->parent.create = fake_dtls_create;
  self->parent.get_local_fingerprint = fake_dtls_get_local_fingerprint;
  self->random = random;
  self->profile = RTC_SRTP_PROFILE_AEAD_AES_128_GCM;
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", rtc_random_u32 (random) & 0xff);
  g_strlcpy (self->fingerprint.algorithm, "sha-256", sizeof (self->fingerprint.algorithm));
  g_strlcpy (self->fingerprint.value, text->str, sizeof (self->fingerprint.value));
  g_string_free (text, TRUE);
}
