/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "call-attacks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

gsize
call_attack_write_header (
    const CallAttack *self, guint i, gboolean marker, guint32 ssrc, guint8 *data, gsize size)
{
  RtcRtpHeader header = { .payload_type = self->payload_type,
    .marker = marker,
    .seq = (guint16) (self->seq + i),
    .rtp_ts = self->rtp_ts,
    .ssrc = ssrc };
  RtcWriter w = rtc_writer (data, size);

  rtc_rtp_header_write (&header, &w);
  return w.pos;
}

/* What a small key frame might begin with, from somebody new each time. */
gsize
call_attack_new_stream (guint i, guint8 *data, gsize size, gpointer user_data)
{
  CallAttack *self = user_data;
  gsize len = call_attack_write_header (self, i, TRUE, rtc_random_u32 (self->random), data, size);

  memset (data + len, 0, 100);
  data[len] = 0x10;
  return len + 100;
}

/* One VP8 frame that goes on and on. */
gsize
call_attack_endless_frame (guint i, guint8 *data, gsize size, gpointer user_data)
{
  CallAttack *self = user_data;
  gsize len = call_attack_write_header (self, i, FALSE, self->ssrc, data, size);

  memset (data + len, 0xff, 1100);
  data[len] = i == 0 ? 0x10 : 0x00;
  /* A key frame of 16383 x 16383 pixels (RFC 6386 9.1). */
  if (i == 0)
    memcpy (data + len + 1, "\x10\x02\x00\x9d\x01\x2a\xff\x3f\xff\x3f", 10);
  return len + 1100;
}

/* Packets of the agreed types with anything in them, of either stream. */
gsize
call_attack_garbage (guint i, guint8 *data, gsize size, gpointer user_data)
{
  CallAttack *self = user_data;
  gsize len = call_attack_write_header (self, i, i % 3 == 0, self->ssrc, data, size);
  gsize n = rtc_random_range (self->random, 0, 1100);

  rtc_random_fill (self->random, data + len, n);
  self->rtp_ts += rtc_random_range (self->random, 0, 9000);
  return len + n;
}

gsize
call_attack_garbage_rtcp (guint i, guint8 *data, gsize size, gpointer user_data)
{
  CallAttack *self = user_data;
  gsize words = rtc_random_range (self->random, 1, 100), n = 4 * (words + 1);

  rtc_random_fill (self->random, data, n);
  /* Of a known type and right length, or of any. */
  data[0] = (guint8) (0x80 | (data[0] & 0x1f));
  data[1] = (guint8) rtc_random_range (self->random, 192, 224);
  if (i % 2 == 0) {
    data[2] = (guint8) (words >> 8);
    data[3] = (guint8) words;
  }
  return n;
}

/* Whatever the first byte says: STUN, DTLS, media or nothing. */
gsize
call_attack_noise (guint i, guint8 *data, gsize size, gpointer user_data)
{
  CallAttack *self = user_data;
  gsize n = rtc_random_range (self->random, 1, 1200);

  rtc_random_fill (self->random, data, n);
  return n;
}

/* --- whole attacks ---------------------------------------------------------------------------- */

void
call_attack_run_streams (NetCaller *hostile, guint n, CallAttackStep step, gpointer data)
{
  CallAttack attack = { .random = rtc_random_new_seeded (1), .payload_type = 96 };

  for (guint sent = 0; sent < n; sent += 1000) {
    g_assert_true (net_caller_send_own (hostile, FALSE, 1000, call_attack_new_stream, &attack));
    step (data);
  }
  rtc_random_free (attack.random);
}

void
call_attack_run_endless_frame (NetCaller *hostile, guint n, CallAttackStep step, gpointer data)
{
  CallAttack attack = { .payload_type = 96, .rtp_ts = 1 };

  attack.ssrc = net_caller_get_ssrc (hostile, RTC_MEDIA_VIDEO) ^ 0x5a5a;
  for (guint sent = 0; sent < n; sent += 500) {
    attack.seq = (guint16) sent;
    g_assert_true (net_caller_send_own (hostile, FALSE, 500, call_attack_endless_frame, &attack));
    step (data);
  }
}

void
call_attack_run_garbage (NetCaller *hostile, guint rounds, guint sound_every, guint step_every,
    CallAttackStep step, gpointer data)
{
  CallAttack attack = { .random = rtc_random_new_seeded (2) };

  for (guint round = 1; round <= rounds; round++) {
    gboolean audio = round % sound_every == 0;

    attack.payload_type = audio ? 111 : 96;
    attack.ssrc = net_caller_get_ssrc (hostile, audio ? RTC_MEDIA_AUDIO : RTC_MEDIA_VIDEO);
    attack.seq = (guint16) rtc_random_u32 (attack.random);
    if (!net_caller_send_own (hostile, FALSE, 100, call_attack_garbage, &attack)
        || !net_caller_send_own (hostile, TRUE, 100, call_attack_garbage_rtcp, &attack)
        || !net_caller_send_raw (hostile, 100, call_attack_noise, &attack))
      break;
    if (round % step_every == 0)
      step (data);
  }
  rtc_random_free (attack.random);
}
