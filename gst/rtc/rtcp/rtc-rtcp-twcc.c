/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

/* draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1, the FCI:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      base sequence number     |      packet status count      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 reference time                | fb pkt. count |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          packet chunks (16 bits each), then deltas          ...
 *
 * Run length chunk:     |0| S |       Run Length (13 bits)      |
 * Status vector chunk:  |1|0|   14 symbols of 1 bit             |
 *                       |1|1|    7 symbols of 2 bits            |
 */
#define SYMBOL_LOST 0
#define SYMBOL_SMALL 1 /* received, delta of one unsigned byte */
#define SYMBOL_LARGE 2 /* received, delta of two signed bytes */
#define SYMBOL_RESERVED 3

#define RUN_MAX 0x1fff
#define FCI_BYTES 8
#define FEEDBACK_BYTES (12 + FCI_BYTES)
#define TICKS_PER_REFERENCE (RTC_TWCC_REFERENCE_UNIT / RTC_TWCC_DELTA_UNIT)

/* -- decode ------------------------------------------------------------------------------- */

/* Takes the next chunk; its symbols beyond the count announced are padding. */
static gboolean
feedback_next_chunk (RtcTwccFeedback *self)
{
  guint chunk = rtc_reader_u16 (&self->chunks);

  if (!self->chunks.ok)
    return FALSE;
  self->chunk = chunk;
  self->symbol_index = 0;
  if ((chunk & 0x8000) == 0) {
    self->chunk_bits = 0;
    self->symbols_left = chunk & RUN_MAX;
  } else {
    self->chunk_bits = (chunk & 0x4000) != 0 ? 2 : 1;
    self->symbols_left = 14 / self->chunk_bits;
  }
  self->symbols_left = MIN (self->symbols_left, self->statuses_left);
  return TRUE;
}

/* The symbol that comes next and how many of it follow at once in a run; 1 in a vector, as that
 * has at most 14. */
static guint
feedback_peek_symbol (const RtcTwccFeedback *self, guint *n_equal)
{
  guint bits = self->chunk_bits;

  if (bits == 0) {
    *n_equal = self->symbols_left;
    return self->chunk >> 13;
  }
  *n_equal = 1;
  return self->chunk >> (bits * (14 / bits - 1 - self->symbol_index)) & ((1u << bits) - 1);
}

static void
feedback_consume (RtcTwccFeedback *self, guint n)
{
  self->symbols_left -= n;
  self->statuses_left -= n;
  self->symbol_index += n;
  self->next_seq = (guint16) (self->next_seq + n);
}

static void
feedback_rewind (RtcTwccFeedback *self)
{
  self->next_seq = self->base_seq;
  self->statuses_left = self->n_statuses;
  self->symbols_left = 0;
  self->offset = 0;
}

/* Reads through all chunks, without their deltas, to find where these start and how many bytes
 * they need. */
static RtcResult
feedback_check (RtcTwccFeedback *self, gsize *n_delta_bytes)
{
  gsize bytes = 0;

  while (self->statuses_left > 0) {
    guint n, symbol;

    if (self->symbols_left == 0) {
      if (!feedback_next_chunk (self))
        return RTC_ERR_PARSE;
      continue;
    }
    symbol = feedback_peek_symbol (self, &n);
    if (symbol == SYMBOL_RESERVED)
      return RTC_ERR_PARSE;
    bytes += (gsize) symbol * n;
    feedback_consume (self, n);
  }
  *n_delta_bytes = bytes;
  return RTC_OK;
}

RtcResult
rtc_rtcp_twcc_parse (const RtcRtcpPacket *packet, RtcTwccFeedback *out)
{
  gsize n_delta_bytes, n_chunk_bytes;
  RtcReader r, chunks;

  if (packet->type != RTC_RTCP_RTPFB || packet->count != RTC_RTPFB_TWCC)
    return RTC_ERR_UNSUPPORTED;
  if (rtc_rtcp_feedback_parse (packet, &out->sender_ssrc, &out->media_ssrc, &r) != RTC_OK)
    return RTC_ERR_PARSE;
  out->base_seq = rtc_reader_u16 (&r);
  out->n_statuses = rtc_reader_u16 (&r);
  out->reference_time = rtc_reader_u24 (&r);
  out->feedback_count = rtc_reader_u8 (&r);
  if (!r.ok || out->n_statuses == 0)
    return RTC_ERR_PARSE;
  chunks = r;
  out->chunks = r;
  feedback_rewind (out);
  if (feedback_check (out, &n_delta_bytes) != RTC_OK)
    return RTC_ERR_PARSE;
  n_chunk_bytes = out->chunks.pos - chunks.pos;
  if (rtc_reader_left (&chunks) - n_chunk_bytes < n_delta_bytes)
    return RTC_ERR_PARSE;
  out->chunks = rtc_reader_sub (&chunks, n_chunk_bytes);
  out->deltas = rtc_reader_sub (&chunks, n_delta_bytes);
  feedback_rewind (out);
  return RTC_OK;
}

static void
feedback_read_arrival (RtcTwccFeedback *self, guint symbol, RtcTwccItem *out)
{
  gint64 ticks = symbol == SYMBOL_SMALL ? rtc_reader_u8 (&self->deltas)
                                        : (gint16) rtc_reader_u16 (&self->deltas);

  self->offset += ticks * (gint64) RTC_TWCC_DELTA_UNIT;
  out->received = TRUE;
  out->n_packets = 1;
  out->offset = self->offset;
}

gboolean
rtc_rtcp_twcc_next (RtcTwccFeedback *feedback, RtcTwccItem *out)
{
  guint n_lost = 0;

  out->seq = feedback->next_seq;
  while (feedback->statuses_left > 0) {
    guint n, symbol;

    if (feedback->symbols_left == 0) {
      if (!feedback_next_chunk (feedback))
        return FALSE;
      continue;
    }
    symbol = feedback_peek_symbol (feedback, &n);
    if (symbol != SYMBOL_LOST) {
      if (n_lost > 0)
        break;
      feedback_read_arrival (feedback, symbol, out);
      feedback_consume (feedback, 1);
      return TRUE;
    }
    n_lost += n;
    feedback_consume (feedback, n);
  }
  out->received = FALSE;
  out->n_packets = n_lost;
  out->offset = 0;
  return n_lost > 0;
}

/* -- encode ------------------------------------------------------------------------------- */

/* A place in the sequence of statuses that arrivals stand for. */
typedef struct {
  const RtcTwccArrival *arrivals;
  guint n_arrivals;
  guint i;     /* first arrival not before seq */
  guint64 seq; /* whose status is next */
} StatusCursor;

static gint64
arrival_ticks (const RtcTwccArrival *arrival)
{
  return (gint64) (arrival->arrival / RTC_TWCC_DELTA_UNIT);
}

/* Delta of arrival i to the one before it; the first one's is to the reference time. */
static gint64
arrival_delta (const RtcTwccArrival *arrivals, guint i)
{
  if (i == 0)
    return arrival_ticks (&arrivals[0]) % (gint64) TICKS_PER_REFERENCE;
  return arrival_ticks (&arrivals[i]) - arrival_ticks (&arrivals[i - 1]);
}

static guint
arrival_symbol (const RtcTwccArrival *arrivals, guint i)
{
  gint64 delta = arrival_delta (arrivals, i);

  return delta >= 0 && delta <= G_MAXUINT8 ? SYMBOL_SMALL : SYMBOL_LARGE;
}

static gboolean
cursor_at_end (const StatusCursor *self)
{
  return self->i == self->n_arrivals;
}

/* Symbol at the cursor and how many equal ones come in a row, at most max. */
static guint
cursor_peek_run (const StatusCursor *self, guint max, guint *symbol)
{
  guint64 gap = self->arrivals[self->i].ext_seq - self->seq;
  guint n = 1;

  if (gap > 0) {
    *symbol = SYMBOL_LOST;
    return (guint) MIN (gap, max);
  }
  *symbol = arrival_symbol (self->arrivals, self->i);
  while (n < max && self->i + n < self->n_arrivals
         && self->arrivals[self->i + n].ext_seq == self->seq + n
         && arrival_symbol (self->arrivals, self->i + n) == *symbol)
    n++;
  return n;
}

static void
cursor_advance (StatusCursor *self, guint symbol, guint n)
{
  self->seq += n;
  if (symbol != SYMBOL_LOST)
    self->i += n;
}

/* Moves over as many symbols as one vector of the given width holds; FALSE when one of them does
 * not fit it. */
static gboolean
cursor_take_vector (StatusCursor *self, guint bits, guint *chunk)
{
  guint n_symbols = 14 / bits;

  *chunk = bits == 1 ? 0x8000 : 0xc000;
  for (guint k = 0; k < n_symbols && !cursor_at_end (self); k++) {
    guint symbol;

    cursor_peek_run (self, 1, &symbol);
    if (bits == 1 && symbol > SYMBOL_SMALL)
      return FALSE;
    *chunk |= symbol << (bits * (n_symbols - 1 - k));
    cursor_advance (self, symbol, 1);
  }
  return TRUE;
}

/* One chunk, the widest of: a run that beats what a vector would hold, 14 one-bit symbols, 7
 * two-bit ones. */
static guint
cursor_next_chunk (StatusCursor *self)
{
  StatusCursor vector = *self;
  guint chunk, symbol, n = cursor_peek_run (self, RUN_MAX, &symbol);
  gboolean one_bit = n < 14 && cursor_take_vector (&vector, 1, &chunk);

  if (!one_bit && n < 7) {
    vector = *self;
    cursor_take_vector (&vector, 2, &chunk);
  } else if (!one_bit) {
    cursor_advance (self, symbol, n);
    return symbol << 13 | n;
  }
  *self = vector;
  return chunk;
}

/* Bytes that chunks and deltas of n arrivals take. */
static gsize
twcc_body_bytes (guint64 base_ext_seq, const RtcTwccArrival *arrivals, guint n)
{
  StatusCursor cursor = { arrivals, n, 0, base_ext_seq };
  gsize bytes = 0;

  for (guint i = 0; i < n; i++)
    bytes += arrival_symbol (arrivals, i);
  for (; !cursor_at_end (&cursor); bytes += 2)
    cursor_next_chunk (&cursor);
  return bytes;
}

/* How many arrivals one message can hold whatever its size: order, count, delta range. */
static RtcResult
twcc_count_reportable (
    guint64 base_ext_seq, const RtcTwccArrival *arrivals, guint n_arrivals, guint *n_reportable)
{
  guint n;

  if (n_arrivals == 0 || arrivals[0].ext_seq < base_ext_seq)
    return RTC_ERR_STATE;
  for (n = 0; n < n_arrivals; n++) {
    gint64 delta = arrival_delta (arrivals, n);

    if (n > 0 && arrivals[n].ext_seq <= arrivals[n - 1].ext_seq)
      return RTC_ERR_STATE;
    if (arrivals[n].ext_seq - base_ext_seq >= G_MAXUINT16 || delta < G_MININT16
        || delta > G_MAXINT16)
      break;
  }
  *n_reportable = n;
  return n > 0 ? RTC_OK : RTC_ERR_LIMIT;
}

/* The largest part of n arrivals whose message fits left bytes: bisection, as size grows with n. */
static guint
twcc_count_fitting (guint64 base_ext_seq, const RtcTwccArrival *arrivals, guint n, gsize left)
{
  gsize budget = left / 4 * 4;
  guint low = 0, high;

  if (budget <= FEEDBACK_BYTES)
    return 0;
  budget -= FEEDBACK_BYTES;
  high = (guint) MIN (n, budget);
  while (low < high) {
    guint middle = high - (high - low) / 2;

    if (twcc_body_bytes (base_ext_seq, arrivals, middle) <= budget)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

RtcResult
rtc_rtcp_twcc_write (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc,
    guint8 feedback_count, guint64 base_ext_seq, const RtcTwccArrival *arrivals, guint n_arrivals,
    guint *n_reported)
{
  StatusCursor cursor = { arrivals, 0, 0, base_ext_seq };
  guint n;
  RtcResult result;
  RtcWriter *w;

  *n_reported = 0;
  result = twcc_count_reportable (base_ext_seq, arrivals, n_arrivals, &n);
  if (result != RTC_OK)
    return result;
  n = twcc_count_fitting (base_ext_seq, arrivals, n, rtc_rtcp_builder_left (builder));
  if (n == 0)
    return RTC_ERR_LIMIT;
  w = rtc_rtcp_builder_begin_feedback (builder, sender_ssrc, media_ssrc);
  rtc_writer_u16 (w, (guint16) base_ext_seq);
  rtc_writer_u16 (w, arrivals[n - 1].ext_seq - base_ext_seq + 1);
  rtc_writer_u24 (w, (guint64) arrival_ticks (&arrivals[0]) / TICKS_PER_REFERENCE);
  rtc_writer_u8 (w, feedback_count);
  for (cursor.n_arrivals = n; !cursor_at_end (&cursor);)
    rtc_writer_u16 (w, cursor_next_chunk (&cursor));
  for (guint i = 0; i < n; i++)
    rtc_writer_uint (w, (guint64) arrival_delta (arrivals, i), arrival_symbol (arrivals, i));
  result = rtc_rtcp_builder_end (builder, RTC_RTCP_RTPFB, RTC_RTPFB_TWCC);
  if (result == RTC_OK)
    *n_reported = n;
  return result;
}
