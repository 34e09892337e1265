/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-key-frame-request.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"

/* How a receiver repeats itself: after RETRY_RTTS round trips, RETRY_MIN at least, then twice as
 * long each time up to RETRY_MAX. */
#define RETRY_RTTS 2
#define RETRY_MIN (200 * GST_MSECOND)
#define RETRY_MAX (5 * GST_SECOND)
#define MAX_DOUBLINGS 5

/* Key frames that are lost one after the other are asked for a round trip apart, then two, then
 * four; CALM after the last of them that is forgotten. */
#define MAX_STREAK 2
#define CALM GST_SECOND

void
rtc_key_frame_request_init (RtcKeyFrameRequest *self, GstClockTime interval)
{
  memset (self, 0, sizeof *self);
  self->interval = interval;
}

void
rtc_key_frame_request_ask (RtcKeyFrameRequest *self, GstClockTime now)
{
  self->stats.asked++;
  self->n_wanted++;
  self->is_wanted = TRUE;
}

void
rtc_key_frame_request_ask_join (RtcKeyFrameRequest *self, GstClockTime now)
{
  rtc_key_frame_request_ask (self, now);
  self->is_joining = TRUE;
}

static void
key_frame_request_hold (RtcKeyFrameRequest *self, GstClockTime now)
{
  self->not_before = MAX (self->not_before, now + self->interval);
  self->join_not_before =
      MAX (self->join_not_before, now + self->interval / RTC_KEY_FRAME_JOIN_DIV);
}

/* One that nobody asked for takes the place of a request: the encoder's key frames, of whatever
 * origin, are what the interval is to keep apart. */
void
rtc_key_frame_request_handle_key_frame (RtcKeyFrameRequest *self, GstClockTime now)
{
  if (!self->is_in_flight)
    key_frame_request_hold (self, now);
  self->stats.merged += self->n_wanted;
  self->n_wanted = 0;
  self->is_wanted = FALSE;
  self->is_joining = FALSE;
  self->is_in_flight = FALSE;
}

GstClockTime
rtc_key_frame_request_next_deadline (const RtcKeyFrameRequest *self)
{
  /* Somebody still waits for the last one: requests get lost on their way through a pipeline
   * that is just being built. */
  if (!self->is_wanted && !self->is_in_flight)
    return GST_CLOCK_TIME_NONE;
  return self->is_joining ? self->join_not_before : self->not_before;
}

gboolean
rtc_key_frame_request_poll (RtcKeyFrameRequest *self, GstClockTime now)
{
  if (!rtc_time_is_due (rtc_key_frame_request_next_deadline (self), now))
    return FALSE;
  self->stats.made++;
  self->stats.merged += self->n_wanted > 0 ? self->n_wanted - 1 : 0;
  self->n_wanted = 0;
  self->is_wanted = FALSE;
  self->is_joining = FALSE;
  self->is_in_flight = TRUE;
  key_frame_request_hold (self, now);
  return TRUE;
}

void
rtc_key_frame_request_get_stats (const RtcKeyFrameRequest *self, RtcKeyFrameRequestStats *out)
{
  *out = self->stats;
}

/* "The sequence number space is unique for each pairing of the SSRC of command source and the
 * SSRC of the command target. The sequence number SHALL be increased by 1 modulo 256 for each new
 * command. A repetition SHALL NOT increase the sequence number" (RFC 5104 4.3.1.1). */
gboolean
rtc_fir_state_handle (RtcFirState *self, guint32 sender_ssrc, guint8 seq_nr)
{
  if (self->used && self->sender_ssrc == sender_ssrc && self->seq_nr == seq_nr)
    return FALSE;
  self->used = TRUE;
  self->sender_ssrc = sender_ssrc;
  self->seq_nr = seq_nr;
  return TRUE;
}

void
rtc_key_frame_wait_start (RtcKeyFrameWait *self, GstClockTime now, GstClockTime delay)
{
  if (self->is_waiting)
    return;
  self->is_waiting = TRUE;
  self->next = MAX (now + delay, self->not_before);
  self->tries = 0;
}

void
rtc_key_frame_wait_stop (RtcKeyFrameWait *self)
{
  self->is_waiting = FALSE;
}

void
rtc_key_frame_wait_hurry (RtcKeyFrameWait *self, GstClockTime now)
{
  if (!self->is_waiting || self->next <= now)
    return;
  self->next = now;
  self->tries = 0;
}

/* The first request of a wait: the more often one follows another, the longer until the next. */
static void
key_frame_wait_note_first (RtcKeyFrameWait *self, GstClockTime now, GstClockTime answer)
{
  if (now >= self->not_before + CALM)
    self->streak = 0;
  self->not_before = now + MIN (answer << MIN (self->streak, MAX_STREAK), RETRY_MAX);
  self->streak++;
}

gboolean
rtc_key_frame_wait_poll (RtcKeyFrameWait *self, GstClockTime now, GstClockTime rtt)
{
  GstClockTime answer = RETRY_MIN, pause = RETRY_MIN;

  if (!self->is_waiting || now < self->next)
    return FALSE;
  if (rtt != GST_CLOCK_TIME_NONE) {
    answer = MAX (answer, MIN (rtt, RETRY_MAX));
    pause = MAX (pause, RETRY_RTTS * MIN (rtt, RETRY_MAX));
  }
  if (self->tries == 0)
    key_frame_wait_note_first (self, now, answer);
  pause <<= MIN (self->tries, MAX_DOUBLINGS);
  self->tries++;
  self->next = now + MIN (pause, RETRY_MAX);
  return TRUE;
}

GstClockTime
rtc_key_frame_wait_next_deadline (const RtcKeyFrameWait *self)
{
  return self->is_waiting ? self->next : GST_CLOCK_TIME_NONE;
}
