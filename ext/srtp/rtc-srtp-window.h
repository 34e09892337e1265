/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-window.h - packet indices of one SSRC: guessing them (RFC 3711 3.3.1), and which of the
 * last RTC_SRTP_REPLAY_WINDOW have been used (3.3.2).
 *
 * Nothing is noted before its packet has proved authentic. Pure; zero-initialised: nothing was. */
#pragma once

#include <string.h>

#include "ext/srtp/rtc-srtp-base.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_used;
  guint64 highest;
  guint64 bits[RTC_SRTP_REPLAY_WINDOW / 64]; /* by index modulo window */
} RtcSrtpWindow;

/* -- Of any size: bits are of 64 * (mask + 1) packets, by index modulo that -- */

/* How many words of bits a window of size packets takes: a power of two. */
static inline guint
rtc_srtp_window_words (guint size)
{
  guint words = 1;

  while (words * 64 < size)
    words *= 2;
  return words;
}

/* ROC << 16 | seq for a sequence number: the one nearest to the highest. Not below the first turn:
 * there, what lies more than half a turn ahead is ahead. */
static inline guint64
rtc_srtp_guess_index (guint64 highest, guint16 seq)
{
  guint64 roc = highest >> 16;
  guint16 last = (guint16) highest;

  if (highest <= 0x8000)
    return seq;
  if (last < 0x8000 && seq > last && seq - last > 0x8000)
    roc--;
  else if (last >= 0x8000 && seq < last - 0x8000)
    roc++;
  return roc << 16 | seq;
}

static inline gboolean
rtc_srtp_bits_have (
    const guint64 *bits, guint mask, guint size, guint64 highest, guint64 index)
{
  return index <= highest
         && (highest - index >= size || (bits[index / 64 & mask] >> (index % 64) & 1) != 0);
}

/* Moves the window to a new highest: what lies between is unused. */
static inline void
rtc_srtp_bits_move (guint64 *bits, guint mask, guint64 highest, guint64 index)
{
  if (index - highest >= (mask + 1) * G_GUINT64_CONSTANT (64)) {
    memset (bits, 0, (mask + 1) * sizeof *bits);
    return;
  }
  for (guint64 i = highest + 1; i <= index; i++)
    bits[i / 64 & mask] &= ~(G_GUINT64_CONSTANT (1) << (i % 64));
}

/* Notes that index has been used. */
static inline void
rtc_srtp_bits_note (
    guint64 *bits, guint mask, gboolean *is_used, guint64 *highest, guint64 index)
{
  if (!*is_used)
    memset (bits, 0, (mask + 1) * sizeof *bits);
  else if (index > *highest)
    rtc_srtp_bits_move (bits, mask, *highest, index);
  if (!*is_used || index > *highest)
    *highest = index;
  *is_used = TRUE;
  bits[index / 64 & mask] |= G_GUINT64_CONSTANT (1) << (index % 64);
}

/* -- Of RTC_SRTP_REPLAY_WINDOW packets ---------------------------------------- */

#define RTC_SRTP_WINDOW_MASK (RTC_SRTP_REPLAY_WINDOW / 64 - 1)

static inline guint64
rtc_srtp_window_guess (const RtcSrtpWindow *self, guint16 seq)
{
  return rtc_srtp_guess_index (self->highest, seq);
}

static inline gboolean
rtc_srtp_window_is_replay (const RtcSrtpWindow *self, guint64 index)
{
  return self->is_used
         && rtc_srtp_bits_have (
             self->bits, RTC_SRTP_WINDOW_MASK, RTC_SRTP_REPLAY_WINDOW, self->highest, index);
}

static inline void
rtc_srtp_window_note (RtcSrtpWindow *self, guint64 index)
{
  rtc_srtp_bits_note (self->bits, RTC_SRTP_WINDOW_MASK, &self->is_used, &self->highest, index);
}

G_END_DECLS
