/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp-context.h"

#include <string.h>

#include "ext/srtp/rtc-srtp-window.h"

#define ROC_BITS 16
/* A sequence number from which every other one is guessed to be of the same turn. */
#define MID_TURN 0x8000
#define MAX_INDEX_RTP ((G_GUINT64_CONSTANT (1) << 48) - 1)
#define MAX_INDEX_RTCP ((G_GUINT64_CONSTANT (1) << 31) - 1)
#define LATE_END_SEQ (65536 - RTC_SRTP_LATE_START)

/* Indices of RTP or of RTCP. */
typedef struct {
  gboolean is_used; /* with the key there is */
  guint64 highest;
  guint64 *bits; /* in the stream */
} Window;

typedef struct {
  guint32 ssrc;
  RtcSrtpKeyring *keyring; /* NULL: the default */
  gboolean is_proved;      /* a packet was authentic with the key it has */
  guint64 received, dropped;
  guint size, mask; /* of windows */
  Window windows[2];
  guint64 bits[]; /* of both */
} Stream;

struct _RtcSrtpContext {
  guint window;
  gboolean may_repeat;
  RtcSrtpKeyring *keyring; /* the default */
  GHashTable *streams;     /* Stream, by its SSRC */
  Stream *last;            /* found last; (nullable) */
  RtcSrtpContextStats stats;
};

/* -- Streams ----------------------------------------------------------------- */

static gboolean
stream_is_replay (const Stream *self, gboolean is_rtcp, guint64 index)
{
  const Window *window = &self->windows[is_rtcp];

  return window->is_used
         && rtc_srtp_bits_have (window->bits, self->mask, self->size, window->highest, index);
}

static void
stream_note (Stream *self, gboolean is_rtcp, guint64 index)
{
  Window *window = &self->windows[is_rtcp];

  rtc_srtp_bits_note (window->bits, self->mask, &window->is_used, &window->highest, index);
}

static void
stream_free (gpointer data)
{
  Stream *self = data;

  rtc_srtp_keyring_unref (self->keyring);
  g_free (self);
}

static Stream *
context_find (RtcSrtpContext *self, guint32 ssrc)
{
  Stream *stream;

  if (self->last != NULL && self->last->ssrc == ssrc)
    return self->last;
  stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (ssrc));
  if (stream != NULL)
    self->last = stream;
  return stream;
}

/* Makes room for one more, at the cost of an SSRC that proved nothing. */
static gboolean
context_has_room (RtcSrtpContext *self)
{
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->streams) < RTC_SRTP_CONTEXT_MAX_STREAMS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (((Stream *) value)->is_proved)
      continue;
    if (self->last == value)
      self->last = NULL;
    g_hash_table_iter_remove (&iter);
    return TRUE;
  }
  return FALSE;
}

/* NULL: too many. */
static Stream *
context_add (RtcSrtpContext *self, guint32 ssrc)
{
  guint words = rtc_srtp_window_words (self->window);
  Stream *stream;

  if (!context_has_room (self))
    return NULL;
  stream = g_malloc0 (sizeof *stream + 2 * words * sizeof stream->bits[0]);
  stream->ssrc = ssrc;
  stream->size = self->window;
  stream->mask = words - 1;
  stream->windows[0].bits = stream->bits;
  stream->windows[1].bits = stream->bits + words;
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (ssrc), stream);
  self->last = stream;
  return stream;
}

/* A new key: what was used with the old one cannot be repeated with it, so only the roll-over
 * counter goes on. Its SRTCP indices may begin anew (RFC 3711 3.4), which they must some day. */
static void
stream_take_new_key (Stream *self)
{
  self->windows[0].is_used = self->windows[1].is_used = FALSE;
  if (self->windows[1].highest > MAX_INDEX_RTCP / 2)
    self->windows[1].highest = 0;
}

RtcSrtpContext *
rtc_srtp_context_new (guint window, gboolean may_repeat)
{
  RtcSrtpContext *self = g_new0 (RtcSrtpContext, 1);

  self->window = CLAMP (window, RTC_SRTP_MIN_WINDOW, RTC_SRTP_MAX_WINDOW);
  self->may_repeat = may_repeat;
  self->streams = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, stream_free);
  return self;
}

void
rtc_srtp_context_free (RtcSrtpContext *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->streams);
  rtc_srtp_keyring_unref (self->keyring);
  g_free (self);
}

void
rtc_srtp_context_remove (RtcSrtpContext *self, guint32 ssrc)
{
  self->last = NULL;
  g_hash_table_remove (self->streams, GUINT_TO_POINTER (ssrc));
}

void
rtc_srtp_context_clear (RtcSrtpContext *self)
{
  self->last = NULL;
  g_hash_table_remove_all (self->streams);
  g_clear_pointer (&self->keyring, rtc_srtp_keyring_unref);
}

/* -- Keys -------------------------------------------------------------------- */

/* Puts keyring where *place says; FALSE: it was there. *is_new: it has none of the keys before. */
static gboolean
replace_keyring (RtcSrtpKeyring **place, RtcSrtpKeyring *keyring, gboolean *is_new)
{
  *is_new = TRUE;
  if (*place == keyring)
    return FALSE;
  if (*place != NULL && keyring != NULL) {
    if (rtc_srtp_keyring_is_equal (*place, keyring))
      return FALSE;
    *is_new = !rtc_srtp_keyring_inherit (keyring, *place);
  }
  rtc_srtp_keyring_unref (*place);
  *place = keyring != NULL ? rtc_srtp_keyring_ref (keyring) : NULL;
  return TRUE;
}

void
rtc_srtp_context_set_default (RtcSrtpContext *self, RtcSrtpKeyring *keyring)
{
  GHashTableIter iter;
  gboolean is_new;
  gpointer value;

  if (!replace_keyring (&self->keyring, keyring, &is_new))
    return;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Stream *stream = value;

    if (stream->keyring != NULL)
      continue;
    stream->is_proved = FALSE;
    if (is_new)
      stream_take_new_key (stream);
  }
}

RtcResult
rtc_srtp_context_set_key (
    RtcSrtpContext *self, guint32 ssrc, RtcSrtpKeyring *keyring, const guint32 *roc)
{
  Stream *stream = context_find (self, ssrc);
  gboolean is_new;

  if (stream == NULL)
    stream = context_add (self, ssrc);
  if (stream == NULL)
    return RTC_ERR_LIMIT;
  if (!replace_keyring (&stream->keyring, keyring, &is_new))
    return RTC_OK;
  stream->is_proved = FALSE;
  if (!is_new)
    return RTC_OK;
  stream_take_new_key (stream);
  if (roc != NULL)
    stream->windows[0].highest = (guint64) *roc << ROC_BITS | MID_TURN;
  return RTC_OK;
}

RtcSrtpKeyring *
rtc_srtp_context_find_key (RtcSrtpContext *self, guint32 ssrc)
{
  Stream *stream = context_find (self, ssrc);

  return stream != NULL && stream->keyring != NULL ? stream->keyring : self->keyring;
}

gboolean
rtc_srtp_context_get_roc (RtcSrtpContext *self, guint32 ssrc, guint32 *roc)
{
  Stream *stream = context_find (self, ssrc);

  if (stream != NULL)
    *roc = (guint32) (stream->windows[0].highest >> ROC_BITS);
  return stream != NULL;
}

/* -- Counting ---------------------------------------------------------------- */

static RtcResult
context_note (RtcSrtpContext *self, Stream *stream, RtcResult result)
{
  RtcSrtpContextStats *stats = &self->stats;
  guint64 *counter = result == RTC_OK           ? &stats->done
                     : result == RTC_ERR_AUTH   ? &stats->auth_failures
                     : result == RTC_ERR_REPLAY ? &stats->replays
                     : result == RTC_ERR_PARSE  ? &stats->malformed
                     : result == RTC_ERR_STATE  ? &stats->keyless
                                                : &stats->over_limit;

  (*counter)++;
  if (stream != NULL) {
    stream->received++;
    if (result != RTC_OK)
      stream->dropped++;
  }
  return result;
}

void
rtc_srtp_context_get_stats (const RtcSrtpContext *self, RtcSrtpContextStats *out)
{
  *out = self->stats;
}

GArray *
rtc_srtp_context_list (RtcSrtpContext *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (RtcSrtpStreamInfo));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Stream *stream = value;
    RtcSrtpStreamInfo info = { stream->ssrc, (guint32) (stream->windows[0].highest >> ROC_BITS),
      stream->received, stream->dropped };

    g_array_append_val (list, info);
  }
  return list;
}

/* -- Out --------------------------------------------------------------------- */

static gsize
parse_header (gboolean is_rtcp, const guint8 *data, gsize len, gsize trailer, guint32 *ssrc)
{
  return (is_rtcp ? rtc_srtp_parse_rtcp : rtc_srtp_parse_rtp) (data, len, trailer, ssrc);
}

gboolean
rtc_srtp_context_read_ssrc (gboolean is_rtcp, const guint8 *data, gsize len, guint32 *ssrc)
{
  return parse_header (is_rtcp, data, len, 0, ssrc) > 0;
}

static guint16
read_seq (const guint8 *data)
{
  return (guint16) (data[2] << 8 | data[3]);
}

/* The index that a packet is to be protected with, and notes it. */
static RtcResult
context_take_index (
    const RtcSrtpContext *self, Stream *stream, gboolean is_rtcp, guint16 seq, guint64 *index)
{
  Window *window = &stream->windows[is_rtcp];

  if (is_rtcp) {
    /* RFC 3711 3.4: one more for each packet of the SSRC. */
    *index = window->highest + 1;
    if (*index > MAX_INDEX_RTCP)
      return RTC_ERR_LIMIT;
    window->highest = *index;
    return RTC_OK;
  }
  *index = rtc_srtp_guess_index (window->highest, seq);
  if (*index > MAX_INDEX_RTP)
    return RTC_ERR_LIMIT;
  if (stream_is_replay (stream, FALSE, *index)
      && !(self->may_repeat && window->highest - *index < stream->size))
    return RTC_ERR_REPLAY;
  stream_note (stream, FALSE, *index);
  return RTC_OK;
}

RtcResult
rtc_srtp_context_protect (RtcSrtpContext *self, gboolean is_rtcp, const guint8 *in, gsize len,
    guint8 *out, gsize room, gsize *out_len)
{
  guint32 ssrc;
  gsize header_len = parse_header (is_rtcp, in, len, 0, &ssrc);
  RtcSrtpKeyring *keyring;
  RtcResult result;
  guint64 index;
  Stream *stream;

  if (header_len == 0)
    return context_note (self, NULL, RTC_ERR_PARSE);
  keyring = rtc_srtp_context_find_key (self, ssrc);
  if (keyring == NULL)
    return context_note (self, NULL, RTC_ERR_STATE);
  stream = context_find (self, ssrc);
  if (room < len || room - len < rtc_srtp_keyring_overhead (keyring, is_rtcp))
    return context_note (self, stream, RTC_ERR_LIMIT);
  if (stream == NULL)
    stream = context_add (self, ssrc);
  if (stream == NULL)
    return context_note (self, NULL, RTC_ERR_LIMIT);
  /* To forget one that has been sent would be to use its indices again. */
  stream->is_proved = TRUE;
  result = context_take_index (self, stream, is_rtcp, is_rtcp ? 0 : read_seq (in), &index);
  if (result != RTC_OK)
    return context_note (self, stream, result);
  if (out != in)
    memcpy (out, in, header_len);
  result = rtc_srtp_keyring_seal (
      keyring, is_rtcp, ssrc, index, out, header_len, in + header_len, len - header_len, out_len);
  return context_note (self, stream, result);
}

/* -- In ---------------------------------------------------------------------- */

/* The indices that a packet may have, most likely first. A stream that has proved nothing with its
 * key may be a turn ahead of what we know, when its first packets were lost, or a turn behind, or
 * its sender began anew with the key. */
static guint
list_indices (const Stream *stream, guint16 seq, guint64 indices[4])
{
  guint64 turn = G_GUINT64_CONSTANT (1) << ROC_BITS, first;
  guint n = 0;

  first = rtc_srtp_guess_index (stream->windows[0].highest, seq);
  indices[n++] = first;
  if (stream->is_proved)
    return n;
  if (seq < RTC_SRTP_LATE_START)
    indices[n++] = first + turn;
  if (seq >= LATE_END_SEQ && first >= turn)
    indices[n++] = first - turn;
  if (first >= 2 * turn)
    indices[n++] = seq;
  return n;
}

/* Opens one that select() has been at, trying each index. *index: the one that was right. */
static RtcResult
stream_open_rtp (Stream *self, RtcSrtpKeyring *keyring, guint place, guint8 *data, gsize header_len,
    gsize *len, guint64 *index)
{
  gboolean spoils = rtc_srtp_cipher_is_gcm (rtc_srtp_keyring_get_security (keyring)->cipher[0]);
  RtcResult result = RTC_ERR_AUTH;
  guint64 indices[4];
  guint n = list_indices (self, read_seq (data), indices);
  guint8 *copy = spoils && n > 1 ? g_memdup2 (data, *len) : NULL;

  for (guint i = 0; i < n && result == RTC_ERR_AUTH; i++) {
    if (i > 0 && copy != NULL)
      memcpy (data, copy, *len);
    *index = indices[i];
    result = stream_is_replay (self, FALSE, *index) ? RTC_ERR_REPLAY
                                                    : rtc_srtp_keyring_open (keyring, place, FALSE,
                                                        self->ssrc, *index, data, header_len, len);
  }
  g_free (copy);
  return result;
}

static RtcResult
stream_open_rtcp (Stream *self, RtcSrtpKeyring *keyring, guint place, guint8 *data,
    gsize header_len, gsize *len, guint64 *index)
{
  gboolean is_expected;

  *index = rtc_srtp_keyring_read_index (keyring, data, *len, &is_expected);
  if (!is_expected)
    return RTC_ERR_AUTH;
  if (stream_is_replay (self, TRUE, *index))
    return RTC_ERR_REPLAY;
  return rtc_srtp_keyring_open (keyring, place, TRUE, self->ssrc, *index, data, header_len, len);
}

RtcResult
rtc_srtp_context_unprotect (RtcSrtpContext *self, gboolean is_rtcp, guint8 *data, gsize *len)
{
  RtcSrtpKeyring *keyring;
  RtcResult result;
  gsize header_len;
  guint64 index;
  guint32 ssrc;
  Stream *stream;
  guint place;

  if (parse_header (is_rtcp, data, *len, 0, &ssrc) == 0)
    return context_note (self, NULL, RTC_ERR_PARSE);
  keyring = rtc_srtp_context_find_key (self, ssrc);
  if (keyring == NULL)
    return context_note (self, NULL, RTC_ERR_STATE);
  stream = context_find (self, ssrc);
  if (stream == NULL)
    stream = context_add (self, ssrc);
  if (stream == NULL)
    return context_note (self, NULL, RTC_ERR_LIMIT);
  header_len =
      parse_header (is_rtcp, data, *len, rtc_srtp_keyring_overhead (keyring, is_rtcp), &ssrc);
  if (header_len == 0)
    return context_note (self, stream, RTC_ERR_PARSE);
  result = rtc_srtp_keyring_select (keyring, is_rtcp, data, len, &place);
  if (result != RTC_OK)
    return context_note (self, stream, result);
  result = (is_rtcp ? stream_open_rtcp : stream_open_rtp) (
      stream, keyring, place, data, header_len, len, &index);
  if (result == RTC_OK) {
    stream_note (stream, is_rtcp, index);
    stream->is_proved = TRUE;
  }
  return context_note (self, stream, result);
}
