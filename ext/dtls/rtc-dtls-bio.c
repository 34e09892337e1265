/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-bio.h"

static int
bio_write (BIO *bio, const char *data, int len)
{
  RtcDtlsBio *state = BIO_get_data (bio);

  BIO_clear_retry_flags (bio);
  if (len <= 0)
    return 0;
  if (g_queue_get_length (&state->out) < RTC_DTLS_BIO_MAX_OUT)
    g_queue_push_tail (
        &state->out, rtc_packet_new_copy (state->pool, (const guint8 *) data, (gsize) len));
  else
    state->n_dropped++;
  return len;
}

static int
bio_read (BIO *bio, char *data, int cap)
{
  RtcDtlsBio *state = BIO_get_data (bio);
  gsize len;

  BIO_clear_retry_flags (bio);
  if (state->in == NULL || cap <= 0) {
    BIO_set_retry_read (bio);
    return -1;
  }
  /* As recv(2): what does not fit is lost, the next read is the next datagram. */
  len = MIN (state->in_len, (gsize) cap);
  memcpy (data, state->in, len);
  state->in = NULL;
  state->in_len = 0;
  return (int) len;
}

static long
bio_ctrl (BIO *bio, int command, long number, void *pointer)
{
  RtcDtlsBio *state = BIO_get_data (bio);

  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_PENDING:
      return state->in != NULL ? (long) state->in_len : 0;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
      return 28; /* IPv4 and UDP: what OpenSSL takes off its smallest link MTU, 256 */
    default:
      /* The MTU is set on the SSL (SSL_OP_NO_QUERY_MTU), the clock is OpenSSL's own. */
      return 0;
  }
}

static int
bio_create (BIO *bio)
{
  BIO_set_init (bio, 1);
  return 1;
}

static gpointer
bio_method_new (gpointer unused)
{
  BIO_METHOD *method =
      BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "gst-plugins-rtc datagram");

  if (method == NULL)
    return NULL;
  BIO_meth_set_write (method, bio_write);
  BIO_meth_set_read (method, bio_read);
  BIO_meth_set_ctrl (method, bio_ctrl);
  BIO_meth_set_create (method, bio_create);
  return method;
}

BIO *
rtc_dtls_bio_new (RtcDtlsBio *state)
{
  static GOnce once = G_ONCE_INIT;
  const BIO_METHOD *method = g_once (&once, bio_method_new, NULL);
  BIO *bio = method != NULL ? BIO_new (method) : NULL;

  if (bio != NULL)
    BIO_set_data (bio, state);
  return bio;
}

void
rtc_dtls_bio_clear (RtcDtlsBio *state)
{
  state->in = NULL;
  state->in_len = 0;
  g_queue_clear_full (&state->out, (GDestroyNotify) rtc_packet_unref);
}
