/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-scheduler.h"

#include <math.h>

/* RFC 3550 6.3.2: avg_rtcp_size starts as the probable size of the first packet: an RR with an
 * SDES of ours. */
#define FIRST_PACKET_BYTES 80

/* RFC 3550 A.7: "To compensate for 'timer reconsideration' converging to a value below the
 * intended average": e - 3/2. */
#define COMPENSATION 1.21828

/* RFC 3550 6.2: a quarter of the RTCP bandwidth is for senders while they are a quarter of the
 * members or fewer. */
#define SENDER_SHARE 0.25

/* RFC 3550 6.3.3: avg_rtcp_size = (1/16) * packet_size + (15/16) * avg_rtcp_size. */
#define AVERAGE_WEIGHT 16

/* IMMEDIATE_MEMBERS: group size up to which Immediate Feedback mode is on (RFC 4585 3.3): we and
 * one other. */
#define IMMEDIATE_MEMBERS 2

/* RFC 4585 3.5.2, "l=0.5": T_dither_max = l * T_rr for more than two members. */
#define DITHER_SHARE 0.5

/* BURST_BYTES: what feedback may use at once after a silence: a few full packets. */
#define BURST_BYTES 4800

static gboolean
scheduler_is_immediate (const RtcRtcpScheduler *self)
{
  return self->members <= IMMEDIATE_MEMBERS;
}

/* RFC 3550 6.3.1: the deterministic calculated interval Td. */
static GstClockTime
scheduler_calculated_interval (const RtcRtcpScheduler *self)
{
  gdouble bandwidth = (gdouble) self->config.bandwidth_bps / 8.0;
  gdouble n = self->members, seconds;
  GstClockTime floor = self->config.min_interval;

  if (self->senders > 0 && self->senders <= self->members * SENDER_SHARE) {
    bandwidth *= self->we_send ? SENDER_SHARE : 1.0 - SENDER_SHARE;
    n = self->we_send ? self->senders : self->members - self->senders;
  }
  /* RFC 3550 6.2, on the first packet: "This delay MAY be set to half the minimum interval to
   * allow quicker notification that the new participant is present." */
  if (self->initial)
    floor /= 2;
  seconds = MIN (self->average_bytes * n / bandwidth, 3600.0);
  return MAX ((GstClockTime) (seconds * GST_SECOND), floor);
}

/* RFC 3550 6.3.1: "a number uniformly distributed between 0.5 and 1.5 times the deterministic
 * calculated interval", then divided by e - 3/2. */
static GstClockTime
scheduler_random_interval (RtcRtcpScheduler *self)
{
  gdouble factor = (0.5 + rtc_random_double (self->random)) / COMPENSATION;

  return (GstClockTime) ((gdouble) scheduler_calculated_interval (self) * factor);
}

static void
scheduler_refill (RtcRtcpScheduler *self, GstClockTime now)
{
  gdouble seconds = (gdouble) rtc_time_elapsed (self->tokens_time, now) / GST_SECOND;

  self->tokens += seconds * (gdouble) self->config.bandwidth_bps / 8.0;
  self->tokens = MIN (self->tokens, BURST_BYTES);
  self->tokens_time = MAX (self->tokens_time, now);
}

/* When the bucket will hold enough for one more packet of average size. */
static GstClockTime
scheduler_refilled_at (const RtcRtcpScheduler *self)
{
  gdouble missing = MIN (self->average_bytes, BURST_BYTES) - self->tokens;
  gdouble bytes_per_second = (gdouble) self->config.bandwidth_bps / 8.0;

  if (missing <= 0)
    return self->tokens_time;
  return self->tokens_time + (GstClockTime) ceil (missing / bytes_per_second * GST_SECOND) + 1;
}

static void
scheduler_count_size (RtcRtcpScheduler *self, gsize len)
{
  gdouble size = (gdouble) (len + self->config.overhead_bytes);

  self->average_bytes += (size - self->average_bytes) / AVERAGE_WEIGHT;
}

void
rtc_rtcp_scheduler_init (RtcRtcpScheduler *self, const RtcRtcpSchedulerConfig *config,
    RtcRandom *random, GstClockTime now)
{
  self->config = *config;
  self->config.bandwidth_bps = MAX (config->bandwidth_bps, 1);
  self->random = random;
  self->members = 1;
  self->senders = 0;
  self->we_send = FALSE;
  self->initial = TRUE;
  self->allow_early = TRUE;
  self->average_bytes = (gdouble) (FIRST_PACKET_BYTES + config->overhead_bytes);
  self->early = GST_CLOCK_TIME_NONE;
  self->tokens = BURST_BYTES;
  self->tokens_time = now;
  self->last = now;
  self->interval = scheduler_random_interval (self);
  self->next = now + self->interval;
}

void
rtc_rtcp_scheduler_set_bandwidth (RtcRtcpScheduler *self, guint64 bandwidth_bps)
{
  self->config.bandwidth_bps = MAX (bandwidth_bps, 1);
}

void
rtc_rtcp_scheduler_set_members (
    RtcRtcpScheduler *self, GstClockTime now, guint members, guint senders, gboolean we_send)
{
  members = MAX (members, 1);
  /* RFC 3550 6.3.4: "tn = tc + (members/pmembers) * (tn - tc); tp = tc - (members/pmembers) *
   * (tc - tp)". */
  if (members < self->members) {
    gdouble share = (gdouble) members / self->members;
    GstClockTime ahead = rtc_time_elapsed (now, self->next);
    GstClockTime since = rtc_time_elapsed (self->last, now);

    if (self->next > now)
      self->next = now + (GstClockTime) (share * (gdouble) ahead);
    self->last = now - (GstClockTime) (share * (gdouble) since);
  }
  self->members = members;
  self->senders = MIN (senders, members);
  self->we_send = we_send;
}

void
rtc_rtcp_scheduler_request_feedback (RtcRtcpScheduler *self, GstClockTime now)
{
  GstClockTime dither;

  if (!self->config.feedback || self->early != GST_CLOCK_TIME_NONE)
    return;
  if (scheduler_is_immediate (self)) {
    scheduler_refill (self, now);
    self->early = MAX (now, scheduler_refilled_at (self));
    return;
  }
  /* RFC 4585 3.5.2 step 2 and 4: when allow_early is FALSE, or a regular packet comes within
   * T_dither_max, feedback leaves with that. */
  dither = (GstClockTime) (DITHER_SHARE * (gdouble) self->interval);
  if (!self->allow_early || now + dither >= self->next)
    return;
  self->early = now + (GstClockTime) (rtc_random_double (self->random) * (gdouble) dither);
}

void
rtc_rtcp_scheduler_received (RtcRtcpScheduler *self, gsize len)
{
  scheduler_count_size (self, len);
}

/* RFC 3550 6.3.6: when the timer expires T is computed anew: "If tp + T is less than or equal to
 * tc, an RTCP packet is transmitted. [...] If tp + T is greater than tc, tn is set to tp + T". */
static gboolean
scheduler_reconsider (RtcRtcpScheduler *self, GstClockTime now)
{
  GstClockTime interval = scheduler_random_interval (self);

  if (self->last + interval <= now)
    return TRUE;
  self->interval = interval;
  self->next = self->last + interval;
  return FALSE;
}

RtcRtcpSendKind
rtc_rtcp_scheduler_poll (RtcRtcpScheduler *self, GstClockTime now)
{
  if (rtc_time_is_due (self->next, now) && scheduler_reconsider (self, now))
    return RTC_RTCP_SEND_REGULAR;
  if (!rtc_time_is_due (self->early, now))
    return RTC_RTCP_SEND_NOTHING;
  if (scheduler_is_immediate (self)) {
    scheduler_refill (self, now);
    if (scheduler_refilled_at (self) > now) {
      self->early = scheduler_refilled_at (self);
      return RTC_RTCP_SEND_NOTHING;
    }
  }
  return self->config.reduced_size ? RTC_RTCP_SEND_EARLY_REDUCED : RTC_RTCP_SEND_EARLY;
}

static void
scheduler_sent_early (RtcRtcpScheduler *self)
{
  GstClockTime previous;

  if (scheduler_is_immediate (self))
    return;
  /* RFC 4585 3.5.2 step 6: "R MUST set allow_early to FALSE. [...] R MUST recalculate
   * tn = tp + 2*T_rr and MUST set tp to the previous tn". */
  self->allow_early = FALSE;
  previous = self->next;
  self->next = self->last + 2 * self->interval;
  self->last = previous;
}

void
rtc_rtcp_scheduler_sent (RtcRtcpScheduler *self, GstClockTime now, RtcRtcpSendKind kind, gsize len)
{
  if (kind == RTC_RTCP_SEND_NOTHING)
    return;
  self->early = GST_CLOCK_TIME_NONE;
  if (len > 0) {
    scheduler_refill (self, now);
    self->tokens -= (gdouble) (len + self->config.overhead_bytes);
    scheduler_count_size (self, len);
  }
  if (kind != RTC_RTCP_SEND_REGULAR) {
    if (len > 0)
      scheduler_sent_early (self);
    return;
  }
  self->initial = FALSE;
  self->allow_early = TRUE;
  self->last = now;
  self->interval = scheduler_random_interval (self);
  self->next = now + self->interval;
}

gboolean
rtc_rtcp_scheduler_hurry (RtcRtcpScheduler *self, GstClockTime now)
{
  if (self->next > now + self->interval / RTC_RTCP_SCHEDULER_AHEAD)
    return FALSE;
  self->next = MIN (self->next, now);
  return TRUE;
}

GstClockTime
rtc_rtcp_scheduler_next_deadline (const RtcRtcpScheduler *self)
{
  return rtc_time_min (self->next, self->early);
}
