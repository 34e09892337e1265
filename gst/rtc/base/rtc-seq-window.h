/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-seq-window.h - which of the latest unwrapped sequence numbers have been seen, one bit each.
 *
 * A number older than the window cannot be told from a seen one and counts as such. Pure; O(1) but
 * for a jump ahead, which costs a word per 64 numbers, RTC_SEQ_WINDOW / 64 at most. */
#pragma once

#include <glib.h>

#include <string.h>

G_BEGIN_DECLS

/* RTC_SEQ_WINDOW: numbers remembered, a power of two: 2 s of 4000 packets/s (40 Mbit/s). */
#define RTC_SEQ_WINDOW 8192

/* Zero-initialised: nothing was seen. */
typedef struct {
  gboolean used;
  guint64 highest;
  guint64 bits[RTC_SEQ_WINDOW / 64];
} RtcSeqWindow;

typedef enum {
  RTC_SEQ_FIRST,     /* not seen before, and noted now */
  RTC_SEQ_SEEN,
  RTC_SEQ_TOO_OLD,   /* left the window behind */
} RtcSeqNews;

static inline void
rtc_seq_window_advance (RtcSeqWindow *self, guint64 ext_seq)
{
  guint64 steps = ext_seq / 64 - self->highest / 64;

  if (steps >= G_N_ELEMENTS (self->bits)) {
    memset (self->bits, 0, sizeof self->bits);
  } else {
    for (guint64 word = self->highest / 64 + 1; word <= ext_seq / 64; word++)
      self->bits[word % G_N_ELEMENTS (self->bits)] = 0;
  }
  self->highest = ext_seq;
}

/* Whether ext_seq was seen, or is too old to tell. */
static inline gboolean
rtc_seq_window_has (const RtcSeqWindow *self, guint64 ext_seq)
{
  if (!self->used || ext_seq > self->highest)
    return FALSE;
  if (self->highest - ext_seq >= RTC_SEQ_WINDOW - 64)
    return TRUE;
  return (self->bits[ext_seq / 64 % G_N_ELEMENTS (self->bits)] >> (ext_seq % 64) & 1) != 0;
}

/* Looks and notes in one. */
static inline RtcSeqNews
rtc_seq_window_add (RtcSeqWindow *self, guint64 ext_seq)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (ext_seq % 64);
  guint64 *word = &self->bits[ext_seq / 64 % G_N_ELEMENTS (self->bits)];

  if (!self->used) {
    self->used = TRUE;
    self->highest = ext_seq;
  } else if (ext_seq > self->highest) {
    rtc_seq_window_advance (self, ext_seq);
  } else if (self->highest - ext_seq >= RTC_SEQ_WINDOW - 64) {
    return RTC_SEQ_TOO_OLD;
  }
  if ((*word & bit) != 0)
    return RTC_SEQ_SEEN;
  *word |= bit;
  return RTC_SEQ_FIRST;
}

G_END_DECLS
