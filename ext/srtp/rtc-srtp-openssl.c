/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp-openssl.h"

#include <string.h>

#include <openssl/crypto.h>

#include "ext/openssl/rtc-openssl.h"
#include "ext/srtp/rtc-srtp-cipher.h"
#include "ext/srtp/rtc-srtp-window.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-prefetch.h"

#define ROC_1 0x10000u

typedef struct {
  guint32 ssrc;
  RtcSrtpWindow rtp, rtcp;
} OpensslStream;

/* Streams found last: as a rule one of pictures and one of sound, by turns. */
#define N_FOUND 2

typedef struct {
  RtcSrtpCipher rtp, rtcp;
  GArray *streams; /* OpensslStream; those of whom an authentic packet was, or is to be, sent */
  /* Their SSRCs are here, so that nothing is looked at but the right one. stream NULL: none yet. */
  struct {
    guint32 ssrc;
    OpensslStream *stream;
  } found[N_FOUND];
} OpensslDirection;

typedef struct {
  RtcSrtpBase base;
  OpensslDirection out, in;
} OpensslSrtp;

/* -- Streams ----------------------------------------------------------------- */

static gboolean
direction_open (
    OpensslDirection *self, const RtcSrtpSuite *suite, const guint8 *master, gboolean is_sealing)
{
  RtcSrtpSessionKeys keys;
  gboolean ok;

  self->streams = g_array_new (FALSE, TRUE, sizeof (OpensslStream));
  ok = rtc_srtp_derive (suite, master, FALSE, &keys)
       && rtc_srtp_cipher_init (&self->rtp, suite, &keys, FALSE, is_sealing)
       && rtc_srtp_derive (suite, master, TRUE, &keys)
       && rtc_srtp_cipher_init (&self->rtcp, suite, &keys, TRUE, is_sealing);
  OPENSSL_cleanse (&keys, sizeof keys);
  return ok;
}

static void
direction_clear (OpensslDirection *self)
{
  rtc_srtp_cipher_clear (&self->rtp);
  rtc_srtp_cipher_clear (&self->rtcp);
  g_clear_pointer (&self->streams, g_array_unref);
}

/* Of those found last; NULL: none of them. */
static OpensslStream *
direction_recall (const OpensslDirection *self, guint32 ssrc)
{
  for (guint i = 0; i < N_FOUND; i++)
    if (self->found[i].ssrc == ssrc && self->found[i].stream != NULL)
      return self->found[i].stream;
  return NULL;
}

static void
direction_remember (OpensslDirection *self, OpensslStream *stream)
{
  memmove (&self->found[1], &self->found[0], sizeof self->found - sizeof self->found[0]);
  self->found[0].ssrc = stream->ssrc;
  self->found[0].stream = stream;
}

/* NULL: none yet; valid until another is added. */
static OpensslStream *
direction_find (OpensslDirection *self, guint32 ssrc)
{
  OpensslStream *stream = direction_recall (self, ssrc);

  for (guint i = 0; stream == NULL && i < self->streams->len; i++) {
    OpensslStream *other = &g_array_index (self->streams, OpensslStream, i);

    if (other->ssrc != ssrc)
      continue;
    stream = other;
    direction_remember (self, stream);
  }
  return stream;
}

static gboolean
direction_has_room (const OpensslDirection *self)
{
  return self->streams->len < RTC_SRTP_MAX_STREAMS;
}

static OpensslStream *
direction_add (OpensslDirection *self, guint32 ssrc)
{
  guint n = self->streams->len;
  OpensslStream *stream;

  /* They may all move. */
  g_array_set_size (self->streams, n + 1);
  memset (self->found, 0, sizeof self->found);
  stream = &g_array_index (self->streams, OpensslStream, n);
  stream->ssrc = ssrc;
  direction_remember (self, stream);
  return stream;
}

/* -- Out --------------------------------------------------------------------- */

/* The stream of a packet that is to be protected; NULL: there must not be one. */
static OpensslStream *
openssl_open_out (OpensslSrtp *self, guint32 ssrc, gboolean is_rtcp)
{
  OpensslStream *stream = direction_find (&self->out, ssrc);

  if (!rtc_srtp_may_use_key (self->base.n_out, is_rtcp))
    return NULL;
  if (stream == NULL && direction_has_room (&self->out))
    stream = direction_add (&self->out, ssrc);
  return stream;
}

static RtcResult
openssl_note_protected (OpensslSrtp *self, gsize made, gsize *len, gboolean is_rtcp)
{
  if (made == 0)
    return rtc_srtp_refuse (&self->base, RTC_ERR_LIMIT);
  self->base.n_out[is_rtcp]++;
  self->base.stats.protected_packets++;
  *len = made;
  return RTC_OK;
}

static RtcResult
openssl_protect_rtp_from (RtcSrtp *iface, guint8 *data, gsize header_len, const guint8 *body,
    gsize body_len, gsize *len, gsize cap)
{
  OpensslSrtp *self = (OpensslSrtp *) iface;
  gsize room = self->base.suite->tag_len;
  OpensslStream *stream;
  guint64 index;
  guint32 ssrc;

  if (rtc_srtp_parse_rtp (data, header_len, 0, &ssrc) != header_len || body_len > G_MAXINT)
    return rtc_srtp_refuse (&self->base, RTC_ERR_PARSE);
  if (cap < header_len || cap - header_len < room || cap - header_len - room < body_len)
    return rtc_srtp_refuse (&self->base, RTC_ERR_LIMIT);
  stream = openssl_open_out (self, ssrc, FALSE);
  if (stream == NULL)
    return rtc_srtp_refuse (&self->base, RTC_ERR_LIMIT);
  index = rtc_srtp_window_guess (&stream->rtp, (guint16) (data[2] << 8 | data[3]));
  /* The same index twice would be the same key stream twice. */
  if (rtc_srtp_window_is_replay (&stream->rtp, index))
    return rtc_srtp_refuse (&self->base, RTC_ERR_REPLAY);
  rtc_srtp_window_note (&stream->rtp, index);
  return openssl_note_protected (self,
      rtc_srtp_cipher_seal (&self->out.rtp, ssrc, index, data, header_len, body, body_len), len,
      FALSE);
}

static RtcResult
openssl_protect_rtp (RtcSrtp *iface, guint8 *data, gsize *len, gsize cap)
{
  OpensslSrtp *self = (OpensslSrtp *) iface;
  guint32 ssrc;
  gsize header_len = rtc_srtp_parse_rtp (data, *len, 0, &ssrc);

  if (header_len == 0)
    return rtc_srtp_refuse (&self->base, RTC_ERR_PARSE);
  return openssl_protect_rtp_from (
      iface, data, header_len, data + header_len, *len - header_len, len, cap);
}

static RtcResult
openssl_protect_rtcp (RtcSrtp *iface, guint8 *data, gsize *len, gsize cap)
{
  OpensslSrtp *self = (OpensslSrtp *) iface;
  guint32 ssrc;
  gsize header_len = rtc_srtp_parse_rtcp (data, *len, 0, &ssrc);
  OpensslStream *stream;
  guint64 index;

  if (header_len == 0)
    return rtc_srtp_refuse (&self->base, RTC_ERR_PARSE);
  if (cap < *len || cap - *len < self->base.suite->tag_len + RTC_SRTP_INDEX_LEN)
    return rtc_srtp_refuse (&self->base, RTC_ERR_LIMIT);
  stream = openssl_open_out (self, ssrc, TRUE);
  if (stream == NULL)
    return rtc_srtp_refuse (&self->base, RTC_ERR_LIMIT);
  /* RFC 3711 3.4: one more for each packet of the SSRC; the key's lifetime bounds it. */
  index = stream->rtcp.highest + 1;
  stream->rtcp.highest = index;
  return openssl_note_protected (self,
      rtc_srtp_cipher_seal (
          &self->out.rtcp, ssrc, index, data, header_len, data + header_len, *len - header_len),
      len, TRUE);
}

static void
openssl_prefetch (RtcSrtp *iface, guint32 ssrc)
{
  const OpensslDirection *out = &((OpensslSrtp *) iface)->out;
  const OpensslStream *stream = direction_recall (out, ssrc);

  if (stream != NULL)
    rtc_prefetch (stream, offsetof (OpensslStream, rtcp));
  rtc_srtp_cipher_prefetch (&out->rtp);
}

/* -- In ---------------------------------------------------------------------- */

/* Bytes left, 0: not authentic. *index is what was right. */
static gsize
openssl_open_rtp (OpensslSrtp *self, guint32 ssrc, gboolean is_first, guint64 *index, guint8 *data,
    gsize header_len, gsize len)
{
  guint8 copy[RTC_MAX_DATAGRAM]; /* a GCM packet that fails is spoilt */
  gboolean may_be_late = is_first && *index < RTC_SRTP_LATE_START && len <= sizeof copy;
  gsize plain;

  if (may_be_late)
    memcpy (copy, data, len);
  plain = rtc_srtp_cipher_open (&self->in.rtp, ssrc, *index, data, header_len, len);
  if (plain > 0 || !may_be_late)
    return plain;
  memcpy (data, copy, len);
  *index += ROC_1;
  return rtc_srtp_cipher_open (&self->in.rtp, ssrc, *index, data, header_len, len);
}

static RtcResult
openssl_unprotect (OpensslSrtp *self, guint8 *data, gsize *len, gboolean is_rtcp)
{
  const RtcSrtpSuite *suite = self->base.suite;
  gsize trailer = suite->tag_len + (is_rtcp ? RTC_SRTP_INDEX_LEN : 0), header_len, plain;
  static const RtcSrtpWindow unused = { 0 };
  const RtcSrtpWindow *window = &unused;
  OpensslStream *stream;
  guint64 index;
  guint32 ssrc;

  header_len = (is_rtcp ? rtc_srtp_parse_rtcp : rtc_srtp_parse_rtp) (data, *len, trailer, &ssrc);
  if (header_len == 0)
    return rtc_srtp_refuse (&self->base, RTC_ERR_PARSE);
  index = is_rtcp ? rtc_srtp_read_index (suite, data, *len) : 0;
  if (is_rtcp && (index & RTC_SRTP_E_FLAG) == 0)
    return rtc_srtp_refuse (&self->base, RTC_ERR_AUTH);
  stream = direction_find (&self->in, ssrc);
  if (!rtc_srtp_may_use_key (self->base.n_in, is_rtcp)
      || (stream == NULL && !direction_has_room (&self->in)))
    return rtc_srtp_refuse (&self->base, RTC_ERR_LIMIT);
  if (stream != NULL)
    window = is_rtcp ? &stream->rtcp : &stream->rtp;
  index = is_rtcp ? index & ~(guint64) RTC_SRTP_E_FLAG
                  : rtc_srtp_window_guess (window, (guint16) (data[2] << 8 | data[3]));
  if (rtc_srtp_window_is_replay (window, index))
    return rtc_srtp_refuse (&self->base, RTC_ERR_REPLAY);
  plain = is_rtcp ? rtc_srtp_cipher_open (&self->in.rtcp, ssrc, index, data, header_len, *len)
                  : openssl_open_rtp (self, ssrc, !window->is_used, &index, data, header_len, *len);
  if (plain == 0)
    return rtc_srtp_refuse (&self->base, RTC_ERR_AUTH);
  if (stream == NULL)
    stream = direction_add (&self->in, ssrc);
  rtc_srtp_window_note (is_rtcp ? &stream->rtcp : &stream->rtp, index);
  self->base.n_in[is_rtcp]++;
  self->base.stats.unprotected_packets++;
  *len = plain;
  return RTC_OK;
}

static RtcResult
openssl_unprotect_rtp (RtcSrtp *iface, guint8 *data, gsize *len)
{
  return openssl_unprotect ((OpensslSrtp *) iface, data, len, FALSE);
}

static RtcResult
openssl_unprotect_rtcp (RtcSrtp *iface, guint8 *data, gsize *len)
{
  return openssl_unprotect ((OpensslSrtp *) iface, data, len, TRUE);
}

/* -- Life -------------------------------------------------------------------- */

static void
openssl_free (RtcSrtp *iface)
{
  OpensslSrtp *self = (OpensslSrtp *) iface;

  if (self == NULL)
    return;
  direction_clear (&self->out);
  direction_clear (&self->in);
  g_free (self);
}

static const RtcSrtpVTable openssl_vtable = {
  .name = "openssl",
  .free = openssl_free,
  .protect_rtp = openssl_protect_rtp,
  .protect_rtp_from = openssl_protect_rtp_from,
  .protect_rtcp = openssl_protect_rtcp,
  .prefetch = openssl_prefetch,
  .unprotect_rtp = openssl_unprotect_rtp,
  .unprotect_rtcp = openssl_unprotect_rtcp,
};

static RtcSrtp *
openssl_create (RtcSrtpFactory *factory, const RtcSrtpKeys *keys, GError **error)
{
  const RtcSrtpSuite *suite = rtc_srtp_suite_find (keys, error);
  OpensslSrtp *self;

  if (suite == NULL)
    return NULL;
  self = g_new0 (OpensslSrtp, 1);
  self->base.iface.vtable = &openssl_vtable;
  self->base.suite = suite;
  if (direction_open (&self->out, suite, keys->local_key, TRUE)
      && direction_open (&self->in, suite, keys->remote_key, FALSE))
    return &self->base.iface;
  openssl_free (&self->base.iface);
  rtc_error (
      error, RTC_ERR_BACKEND, "OpenSSL lacks the ciphers of SRTP profile %#06x", keys->profile);
  return NULL;
}

RtcSrtpFactory *
rtc_srtp_openssl_factory_new (void)
{
  RtcSrtpFactory *self = g_new0 (RtcSrtpFactory, 1);

  rtc_log_init ();
  rtc_openssl_init ();
  self->name = "openssl";
  self->create = openssl_create;
  return self;
}
