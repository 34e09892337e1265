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

/* ROC << 16 | seq for a sequence number: the one nearest to the highest. Not below the first turn:
 * there, what lies more than half a turn ahead is ahead. */
static inline guint64
rtc_srtp_window_guess (const RtcSrtpWindow *self, guint16 seq)
{
  guint64 roc = self->highest >> 16;
  guint16 last = (guint16) self->highest;

  if (self->highest <= 0x8000)
    return seq;
  if (last < 0x8000 && seq > last && seq - last > 0x8000)
    roc--;
  else if (last >= 0x8000 && seq < last - 0x8000)
    roc++;
  return roc << 16 | seq;
}

static inline gboolean
rtc_srtp_window_is_replay (const RtcSrtpWindow *self, guint64 index)
{
  if (!self->is_used || index > self->highest)
    return FALSE;
  return self->highest - index >= RTC_SRTP_REPLAY_WINDOW
         || (self->bits[index / 64 % G_N_ELEMENTS (self->bits)] >> (index % 64) & 1) != 0;
}

static inline void
rtc_srtp_window_clear_bit (RtcSrtpWindow *self, guint64 index)
{
  self->bits[index / 64 % G_N_ELEMENTS (self->bits)] &= ~(G_GUINT64_CONSTANT (1) << (index % 64));
}

static inline void
rtc_srtp_window_note (RtcSrtpWindow *self, guint64 index)
{
  if (!self->is_used || index > self->highest) {
    if (!self->is_used || index - self->highest >= RTC_SRTP_REPLAY_WINDOW)
      memset (self->bits, 0, sizeof self->bits);
    else
      for (guint64 i = self->highest + 1; i <= index; i++)
        rtc_srtp_window_clear_bit (self, i);
    self->highest = index;
    self->is_used = TRUE;
  }
  self->bits[index / 64 % G_N_ELEMENTS (self->bits)] |= G_GUINT64_CONSTANT (1) << (index % 64);
}

G_END_DECLS
