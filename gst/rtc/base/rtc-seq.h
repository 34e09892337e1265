/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-seq.h - comparing numbers that wrap, and unwrapping 16 and 32 bits to 64.
 *
 * RFC 1982 serial arithmetic: of two values the newer is the one less than half the number
 * space ahead. Unwrapped values start one full turn above zero, so that a packet from before
 * the first one still unwraps to a positive number. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* TRUE when a comes after b. Exactly half a turn apart counts as newer for the larger value. */
static inline gboolean
rtc_seq_is_newer (guint16 a, guint16 b)
{
  guint16 d = (guint16) (a - b);

  return d == 0x8000 ? a > b : d != 0 && d < 0x8000;
}

static inline gboolean
rtc_ts_is_newer (guint32 a, guint32 b)
{
  guint32 d = a - b;

  return d == 0x80000000u ? a > b : d != 0 && d < 0x80000000u;
}

/* RtcSeqUnwrap: zero-initialised; turns wrapping values into a monotone 64-bit space. */
typedef struct {
  guint64 last; /* highest unwrapped value, meaningless while !used */
  gboolean used;
} RtcSeqUnwrap;

/* The unwrapped value nearest to the highest one seen, without taking note of it. */
static inline guint64
rtc_seq_unwrap_peek (const RtcSeqUnwrap *u, guint32 value, guint bits)
{
  guint64 turn = G_GUINT64_CONSTANT (1) << bits;
  guint64 base, result;

  if (!u->used)
    return turn + value;
  base = u->last & ~(turn - 1);
  result = base + value;
  if (result > u->last && result - u->last > turn / 2 && base >= turn)
    result -= turn;
  else if (result < u->last && u->last - result > turn / 2)
    result += turn;
  return result;
}

static inline guint64
rtc_seq_unwrap_bits (RtcSeqUnwrap *u, guint32 value, guint bits)
{
  guint64 result = rtc_seq_unwrap_peek (u, value, bits);

  if (!u->used || result > u->last)
    u->last = result;
  u->used = TRUE;
  return result;
}

static inline guint64
rtc_seq_unwrap (RtcSeqUnwrap *u, guint16 seq)
{
  return rtc_seq_unwrap_bits (u, seq, 16);
}

static inline guint64
rtc_ts_unwrap (RtcSeqUnwrap *u, guint32 rtp_ts)
{
  return rtc_seq_unwrap_bits (u, rtp_ts, 32);
}

G_END_DECLS
