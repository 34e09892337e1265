/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fake-srtp.h"

#include "fake-hash.h"
#include "gst/rtc/base/rtc-bytes.h"

#define WINDOW 1024
#define RTP_HEADER_BYTES 12
#define RTCP_HEADER_BYTES 8
#define RTCP_INDEX_BYTES 4
#define RTCP_E_BIT 0x80000000u

/* One SSRC in one direction. */
typedef struct {
  gboolean used;
  guint64 highest;           /* packet index: ROC << 16 | seq, or the SRTCP index */
  guint64 seen[WINDOW / 64]; /* ring of bits, by index modulo WINDOW */
} FakeSource;

typedef struct {
  RtcSrtp parent;
  RtcSrtpKeys keys;
  gsize tag_len;
  GHashTable *sources[4]; /* SSRC -> FakeSource: RTP out, RTCP out, RTP in, RTCP in */
} FakeSrtp;

enum { RTP_OUT, RTCP_OUT, RTP_IN, RTCP_IN };

static FakeSource *
source_get (FakeSrtp *self, guint table, guint32 ssrc)
{
  FakeSource *source = g_hash_table_lookup (self->sources[table], GUINT_TO_POINTER (ssrc));

  if (source == NULL) {
    source = g_new0 (FakeSource, 1);
    g_hash_table_insert (self->sources[table], GUINT_TO_POINTER (ssrc), source);
  }
  return source;
}

/* RFC 3711 3.3.1: the index nearest to the highest one. FALSE when that would be below zero. */
static gboolean
source_guess (const FakeSource *source, guint16 seq, guint64 *index)
{
  guint64 roc = source->highest >> 16;
  guint16 last = (guint16) source->highest;

  if (!source->used)
    roc = 0;
  else if (last < 0x8000 && seq > last && seq - last > 0x8000) {
    if (roc == 0)
      return FALSE;
    roc--;
  } else if (last >= 0x8000 && seq < last - 0x8000)
    roc++;
  *index = roc << 16 | seq;
  return TRUE;
}

static gboolean
source_is_replay (const FakeSource *source, guint64 index)
{
  if (!source->used || index > source->highest)
    return FALSE;
  return source->highest - index >= WINDOW
         || (source->seen[index % WINDOW / 64] >> (index % 64) & 1) != 0;
}

static void
source_note (FakeSource *source, guint64 index)
{
  if (!source->used || index > source->highest) {
    guint64 from = source->used ? source->highest + 1 : index;

    if (index - from >= WINDOW)
      memset (source->seen, 0, sizeof (source->seen));
    else
      for (guint64 i = from; i <= index; i++)
        source->seen[i % WINDOW / 64] &= ~(G_GUINT64_CONSTANT (1) << (i % 64));
    source->highest = index;
    source->used = TRUE;
  }
  source->seen[index % WINDOW / 64] |= G_GUINT64_CONSTANT (1) << (index % 64);
}

static void
srtp_tag (const FakeSrtp *self, const guint8 *key, guint64 roc, const guint8 *data, gsize len,
    guint8 *tag)
{
  FakeHash hash = { 3, roc };

  fake_hash_add (&hash, key, self->keys.key_len);
  fake_hash_add (&hash, data, len);
  fake_hash_finish (&hash, tag, self->tag_len);
}

static guint32
read_u32 (const guint8 *data, gsize pos)
{
  RtcReader r = rtc_reader (data + pos, 4);

  return rtc_reader_u32 (&r);
}

static RtcResult
fake_srtp_protect_rtp (RtcSrtp *srtp, guint8 *data, gsize *len, gsize cap)
{
  FakeSrtp *self = (FakeSrtp *) srtp;
  FakeSource *source;
  guint64 index;

  if (*len < RTP_HEADER_BYTES || data[0] >> 6 != 2)
    return RTC_ERR_PARSE;
  if (cap < *len + self->tag_len)
    return RTC_ERR_LIMIT;
  source = source_get (self, RTP_OUT, read_u32 (data, 8));
  if (!source_guess (source, (guint16) (data[2] << 8 | data[3]), &index))
    return RTC_ERR_REPLAY;
  source_note (source, index);
  srtp_tag (self, self->keys.local_key, index >> 16, data, *len, data + *len);
  *len += self->tag_len;
  return RTC_OK;
}

/* As the real one that has it: the body's place in data is not read, and the header not moved. */
static RtcResult
fake_srtp_protect_rtp_from (RtcSrtp *srtp, guint8 *data, gsize header_len, const guint8 *body,
    gsize body_len, gsize *len, gsize cap)
{
  gsize whole = header_len + body_len;
  RtcResult result;

  if (cap < whole)
    return RTC_ERR_LIMIT;
  memcpy (data + header_len, body, body_len);
  result = fake_srtp_protect_rtp (srtp, data, &whole, cap);
  *len = whole;
  return result;
}

static RtcResult
fake_srtp_protect_rtcp (RtcSrtp *srtp, guint8 *data, gsize *len, gsize cap)
{
  FakeSrtp *self = (FakeSrtp *) srtp;
  FakeSource *source;
  RtcWriter w;

  if (*len < RTCP_HEADER_BYTES || data[0] >> 6 != 2)
    return RTC_ERR_PARSE;
  if (cap < *len + RTCP_INDEX_BYTES + self->tag_len)
    return RTC_ERR_LIMIT;
  source = source_get (self, RTCP_OUT, read_u32 (data, 4));
  source_note (source, source->used ? source->highest + 1 : 1);
  w = rtc_writer (data + *len, RTCP_INDEX_BYTES);
  rtc_writer_u32 (&w, RTCP_E_BIT | (guint32) source->highest);
  *len += RTCP_INDEX_BYTES;
  srtp_tag (self, self->keys.local_key, 0, data, *len, data + *len);
  *len += self->tag_len;
  return RTC_OK;
}

/* Replay and tag of a packet whose body is len bytes; notes it when all is well. */
static RtcResult
srtp_check (FakeSrtp *self, guint table, guint32 ssrc, guint64 index, guint64 roc,
    const guint8 *data, gsize len)
{
  FakeSource *source = g_hash_table_lookup (self->sources[table], GUINT_TO_POINTER (ssrc));
  guint8 tag[16];

  if (source != NULL && source_is_replay (source, index))
    return RTC_ERR_REPLAY;
  srtp_tag (self, self->keys.remote_key, roc, data, len, tag);
  if (memcmp (tag, data + len, self->tag_len) != 0)
    return RTC_ERR_AUTH;
  source_note (source_get (self, table, ssrc), index);
  return RTC_OK;
}

static RtcResult
fake_srtp_unprotect_rtp (RtcSrtp *srtp, guint8 *data, gsize *len)
{
  static const FakeSource unknown = { 0 };
  FakeSrtp *self = (FakeSrtp *) srtp;
  const FakeSource *source;
  guint32 ssrc;
  guint64 index;
  RtcResult result;

  if (*len < RTP_HEADER_BYTES + self->tag_len || data[0] >> 6 != 2)
    return RTC_ERR_PARSE;
  ssrc = read_u32 (data, 8);
  source = g_hash_table_lookup (self->sources[RTP_IN], GUINT_TO_POINTER (ssrc));
  if (!source_guess (
          source != NULL ? source : &unknown, (guint16) (data[2] << 8 | data[3]), &index))
    return RTC_ERR_REPLAY;
  result = srtp_check (self, RTP_IN, ssrc, index, index >> 16, data, *len - self->tag_len);
  if (result == RTC_OK)
    *len -= self->tag_len;
  return result;
}

static RtcResult
fake_srtp_unprotect_rtcp (RtcSrtp *srtp, guint8 *data, gsize *len)
{
  FakeSrtp *self = (FakeSrtp *) srtp;
  gsize body;
  guint32 index;
  RtcResult result;

  if (*len < RTCP_HEADER_BYTES + RTCP_INDEX_BYTES + self->tag_len || data[0] >> 6 != 2)
    return RTC_ERR_PARSE;
  body = *len - self->tag_len;
  index = read_u32 (data, body - RTCP_INDEX_BYTES);
  if ((index & RTCP_E_BIT) == 0)
    return RTC_ERR_PARSE;
  result = srtp_check (self, RTCP_IN, read_u32 (data, 4), index & ~RTCP_E_BIT, 0, data, body);
  if (result == RTC_OK)
    *len = body - RTCP_INDEX_BYTES;
  return result;
}

static void
fake_srtp_free (RtcSrtp *srtp)
{
  FakeSrtp *self = (FakeSrtp *) srtp;

  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    g_hash_table_unref (self->sources[i]);
  memset (&self->keys, 0, sizeof (self->keys));
  g_free (self);
}

static const RtcSrtpVTable fake_srtp_vtable = {
  .name = "fake-srtp",
  .free = fake_srtp_free,
  .protect_rtp = fake_srtp_protect_rtp,
  .protect_rtp_from = fake_srtp_protect_rtp_from,
  .protect_rtcp = fake_srtp_protect_rtcp,
  .unprotect_rtp = fake_srtp_unprotect_rtp,
  .unprotect_rtcp = fake_srtp_unprotect_rtcp,
};

static RtcSrtp *
fake_srtp_create (RtcSrtpFactory *factory, const RtcSrtpKeys *keys, GError **error)
{
  FakeSrtp *self;

  if (keys->profile == RTC_SRTP_PROFILE_NONE || keys->key_len > RTC_SRTP_MAX_KEY) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "no SRTP profile %d", (int) keys->profile);
    return NULL;
  }
  self = g_new0 (FakeSrtp, 1);
  self->parent.vtable = &fake_srtp_vtable;
  self->keys = *keys;
  self->tag_len = keys->profile == RTC_SRTP_PROFILE_AES128_CM_SHA1_80 ? 10 : 16;
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    self->sources[i] = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return &self->parent;
}

void
fake_srtp_factory_init (FakeSrtpFactory *self)
{
  self->parent.name = "fake-srtp";
  self->parent.create = fake_srtp_create;
}
