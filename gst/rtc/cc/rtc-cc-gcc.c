/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc-gcc.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/cc/rtc-cc-cap.h"
#include "gst/rtc/cc/rtc-cc-silence.h"
#include "gst/rtc/cc/rtc-gcc-acked.h"
#include "gst/rtc/cc/rtc-gcc-alr.h"
#include "gst/rtc/cc/rtc-gcc-group.h"
#include "gst/rtc/cc/rtc-gcc-loss.h"
#include "gst/rtc/cc/rtc-gcc-path-loss.h"
#include "gst/rtc/cc/rtc-gcc-probe.h"
#include "gst/rtc/cc/rtc-gcc-queue.h"
#include "gst/rtc/cc/rtc-gcc-rate.h"
#include "gst/rtc/cc/rtc-gcc-trend.h"

/* Messages are 50 to 250 ms apart: SILENCE, and an RTT, is six to thirty of them, so that one burst
 * of losses on their way (A27: five) is none. */
#define SILENCE (1500 * GST_MSECOND)
#define SILENCE_FIRST (2 * GST_SECOND)

/* After a silence shorter than RESUME_MAX the path is likely what it was: RESUME of the rate before
 * it; after a longer one at most the start rate. */
#define RESUME 0.5
#define RESUME_MAX (10 * GST_SECOND)

/* A result that was sent longer ago than this is of no use; nor one from the future. */
#define RESULT_AGE_MAX (10 * GST_SECOND)

/* ARRIVAL_MAX: 146 years. A peer that counts on for longer lies, and differences would overflow. */
#define ARRIVAL_MAX (G_GUINT64_CONSTANT (1) << 62)

/* CALM_QUEUE, CALM_LOSS: a probe is not sent into a longer one, nor where it would be riddled. */
#define CALM_QUEUE ((gint64) (50 * GST_MSECOND))
#define CALM_LOSS 0.15

/* PAUSE: nothing sent for so long, and the path is to be asked anew. */
#define PAUSE (2 * GST_SECOND)

/* FULL_QUEUE: a queue of at least this that loses packets is full: it does not grow any more, so
 * the trend line is blind to it, and the loss is over-use, not the path's nature. */
#define FULL_QUEUE ((gint64) (100 * GST_MSECOND))
#define FULL_INTERVAL (500 * GST_MSECOND)

/* NARROW: with a queue of more than NARROW_QUEUE, less than this share of what is sent comes out of
 * it: the link has become slower all at once. The trend line needs twenty groups to see that, which
 * the slower link takes the longer for. */
#define NARROW 0.6
#define NARROW_QUEUE ((gint64) (80 * GST_MSECOND))

/* FALLEN: with packets that waited for more than FALLEN_QUEUE, less than this share comes out of
 * the queue: it is as good as full, and each message that is waited for fills it more. Others'
 * bursts can look so, too, which is why it takes so little. Probes that come home within FALL_TIME
 * were sent before. */
#define FALLEN 0.4
#define FALLEN_QUEUE ((gint64) (50 * GST_MSECOND))
#define FALL_TIME (1 * GST_SECOND)

/* FALL: a target taken back below this share of what it was may be a short fall. */
#define FALL 0.66

/* SATURATED_SHARE: a probe that did not get through as sent measured the link, in the company of
 * whatever else was in it in those milliseconds. Where nothing else is known that is good enough;
 * later it would take for free what is only free between two frames of somebody else. */
#define SATURATED_SHARE 0.85
#define SATURATED_STEP 1.5

/* PROBE_WAKE: the queue that a probe of ours makes, up to FULL_QUEUE, is no over-use. */
#define PROBE_WAKE (300 * GST_MSECOND)

typedef struct {
  RtcCc base;
  RtcCcBounds bounds;

  RtcGccGroup group;
  RtcGccTrend trend;
  RtcGccQueue queue;
  RtcGccAcked acked;
  RtcGccRate rate;
  RtcGccLoss loss;
  RtcGccPathLoss path_loss;
  guint64 path_packets; /* of it; when there were more than before */
  GstClockTime path_at;
  gboolean knows_path;
  RtcGccAlr alr;
  RtcGccProbe probe;
  RtcGccProbeResults probe_results;

  guint64 target;
  RtcCcState state;
  GstClockTime rtt;
  guint64 highest_seq;
  gint64 queue_delay; /* ns */
  GstClockTime sent_at;
  GstClockTime probe_seen_at; /* a packet of a probe was reported */
  GstClockTime fell_at;       /* the link was last seen to carry far less than is sent */
  GstClockTime full_at;       /* when a full queue last counted as over-use */

  RtcCcCap remb;
  RtcCcSilence silence;
  RtcCcStats stats;
} CcGcc;

static void
gcc_set_target (CcGcc *self, GstClockTime now)
{
  gdouble target = (gdouble) rtc_gcc_rate_get (&self->rate);
  gdouble bound = rtc_gcc_loss_get_bound (&self->loss);

  if (bound > 0)
    target = MIN (target, bound);
  target = rtc_cc_cap_apply (&self->remb, now, target);
  if (rtc_cc_silence_is_on (&self->silence))
    target = MIN (target, (gdouble) self->silence.bps);
  self->target = rtc_cc_bounds_clamp (&self->bounds, target);
}

static void
gcc_begin (CcGcc *self, GstClockTime now)
{
  memset (&self->group, 0, sizeof self->group);
  rtc_gcc_trend_init (&self->trend);
  rtc_gcc_queue_init (&self->queue);
  rtc_gcc_acked_clear (&self->acked);
  rtc_gcc_loss_init (&self->loss);
  rtc_gcc_alr_init (&self->alr);
  rtc_gcc_probe_begin (&self->probe, self->bounds.start_bps, self->bounds.max_bps);
  self->state = RTC_CC_STATE_NORMAL;
  self->rtt = GST_CLOCK_TIME_NONE;
  rtc_cc_silence_init (&self->silence);
  self->sent_at = self->full_at = self->fell_at = self->probe_seen_at = GST_CLOCK_TIME_NONE;
  self->remb = (RtcCcCap){ 0 };
  self->queue_delay = 0;
  gcc_set_target (self, now);
}

static void
gcc_free (RtcCc *base)
{
  if (base != NULL)
    rtc_gcc_acked_clear (&((CcGcc *) base)->acked);
  g_free (base);
}

static void
gcc_set_bounds (RtcCc *base, GstClockTime now, const RtcCcBounds *bounds)
{
  CcGcc *self = (CcGcc *) base;

  self->bounds = rtc_cc_bounds_sane (bounds);
  rtc_gcc_rate_set_bounds (&self->rate, &self->bounds);
  gcc_set_target (self, now);
}

static void
gcc_handle_sent (RtcCc *base, GstClockTime now, guint len, guint64 in_flight)
{
  CcGcc *self = (CcGcc *) base;

  if (rtc_time_elapsed (self->sent_at, now) > PAUSE) {
    rtc_gcc_trend_restart (&self->trend);
    rtc_gcc_probe_handle_resume (&self->probe, self->target, self->bounds.max_bps);
  }
  self->sent_at = now;
  rtc_gcc_alr_handle_sent (&self->alr, now, len, self->target);
  if (in_flight > 0)
    rtc_cc_silence_handle_sent (&self->silence, now);
}

/* --- one message ---------------------------------------------------------------------------------
 */

static void
gcc_handle_arrival (CcGcc *self, GstClockTime now, const RtcCcResult *result)
{
  RtcGccDelta delta;

  switch (rtc_gcc_group_handle_packet (&self->group, result->send_time, result->arrival, &delta)) {
    case RTC_GCC_GROUP_DELTA:
      /* One over-use in a message is enough. */
      if (rtc_gcc_trend_handle_delta (&self->trend, &delta) == RTC_CC_STATE_OVERUSE)
        self->state = RTC_CC_STATE_OVERUSE;
      break;
    case RTC_GCC_GROUP_RESET:
      rtc_gcc_trend_restart (&self->trend);
      rtc_gcc_queue_init (&self->queue);
      break;
    case RTC_GCC_GROUP_NOTHING:
      break;
  }
  rtc_gcc_queue_handle_packet (&self->queue, result->send_time, result->arrival, result->len);
  rtc_gcc_acked_handle_packet (&self->acked, now, result->send_time, result->arrival, result->len);
  rtc_gcc_path_loss_handle_arrival (&self->path_loss, rtc_gcc_queue_get_newest (&self->queue));
}

static void
gcc_handle_probe_result (CcGcc *self, GstClockTime now, const RtcGccProbeResult *result)
{
  gdouble bps = result->bps, now_bps = (gdouble) rtc_gcc_rate_get (&self->rate);
  gboolean is_starting = rtc_gcc_probe_is_starting (&self->probe);
  /* It was sent before the link fell, and tells what that carried then. */
  gboolean is_from_before_fall = self->rate.is_holding && self->fell_at != GST_CLOCK_TIME_NONE
                                 && rtc_time_elapsed (self->fell_at, now) < FALL_TIME;

  self->stats.probes_answered++;
  self->stats.last_probe_bps = (guint64) result->bps;
  /* What is said of a burst out of a queue without an end is not believed. */
  if (rtc_gcc_queue_get_newest (&self->queue) > RTC_GCC_QUEUE_ENDLESS)
    return;
  if (result->is_saturated) {
    bps *= SATURATED_SHARE;
    if (!is_starting)
      bps = MIN (bps, SATURATED_STEP * now_bps);
  }
  if (!is_from_before_fall && (bps > now_bps || (is_starting && result->is_saturated)))
    rtc_gcc_rate_set (&self->rate, now, bps);
  rtc_gcc_probe_handle_result (&self->probe, now, self->bounds.max_bps, result);
}

static void
gcc_handle_result (CcGcc *self, GstClockTime now, const RtcCcResult *result)
{
  gboolean received = result->arrival != GST_CLOCK_TIME_NONE;
  gboolean late = result->twcc_seq <= self->highest_seq;
  RtcGccProbeResult measured;

  if (result->send_time > now || now - result->send_time > RESULT_AGE_MAX || (late && !received)
      || (received && result->arrival > ARRIVAL_MAX)) {
    self->stats.results_dropped++;
    return;
  }
  self->highest_seq = MAX (self->highest_seq, result->twcc_seq);
  if (received)
    self->stats.results_received++;
  else
    self->stats.results_lost++;
  if (late) {
    rtc_gcc_loss_handle_late (&self->loss);
    rtc_gcc_path_loss_handle_late (&self->path_loss);
    return;
  }
  rtc_gcc_loss_handle_packet (&self->loss, result->send_time, result->len, !received);
  if (received) {
    gcc_handle_arrival (self, now, result);
  } else {
    rtc_gcc_acked_handle_lost (&self->acked, result->len);
    rtc_gcc_path_loss_handle_lost (&self->path_loss, result->send_time);
  }
  if (result->probe_cluster != 0)
    self->probe_seen_at = now;
  if (result->probe_cluster != 0
      && rtc_gcc_probe_results_handle_packet (&self->probe_results, result, &measured))
    gcc_handle_probe_result (self, now, &measured);
}

/* The first message after a silence. */
static void
gcc_resume (CcGcc *self, GstClockTime now, GstClockTime silence)
{
  gdouble bps = RESUME * (gdouble) self->silence.before;

  if (silence > RESUME_MAX)
    bps = MIN (bps, (gdouble) self->bounds.start_bps);
  rtc_gcc_rate_set (&self->rate, now, bps);
  rtc_gcc_probe_handle_fall (&self->probe, now, self->silence.before);
  rtc_gcc_trend_restart (&self->trend);
  rtc_gcc_loss_skip (&self->loss);
}

static gboolean
gcc_is_calm (const CcGcc *self)
{
  return self->state == RTC_CC_STATE_NORMAL && !self->rate.is_holding
         && self->queue_delay < CALM_QUEUE && rtc_gcc_loss_get (&self->loss) < CALM_LOSS;
}

static void
gcc_process_probes (CcGcc *self, GstClockTime now)
{
  RtcGccProbeSituation situation = { .target_bps = self->target,
    .max_bps = self->bounds.max_bps,
    .alr_since = rtc_gcc_alr_since (&self->alr),
    .is_calm = gcc_is_calm (self) };

  rtc_gcc_probe_process (&self->probe, now, &situation);
}

/* What is sent, or would be by the target. */
static gdouble
gcc_get_sent (const CcGcc *self, const RtcGccAckedRate *fast, GstClockTime now)
{
  RtcGccAckedRate longer = rtc_gcc_acked_get_rate (&self->acked, now, RTC_GCC_ACKED_WINDOW);

  /* All of a frame leaves at once: no rate. */
  return MIN (fast->sent > 0 ? fast->sent : longer.sent, (gdouble) self->target);
}

/* What the link carries that has become slower all at once; 0: it has not. */
static gdouble
gcc_find_fall (CcGcc *self, GstClockTime now)
{
  RtcGccAckedRate fast = rtc_gcc_acked_get_rate (&self->acked, now, RTC_GCC_ACKED_FAST);
  gdouble sent = gcc_get_sent (self, &fast, now), link = rtc_gcc_queue_get_rate (&self->queue);

  if (self->rate.is_competing)
    return 0;
  if (rtc_gcc_queue_get_newest (&self->queue) > FALLEN_QUEUE && link > 0 && link < FALLEN * sent) {
    self->fell_at = now;
    return link;
  }
  if (self->queue_delay > NARROW_QUEUE && fast.received > 0 && fast.received < NARROW * sent)
    return fast.received;
  return 0;
}

static void
gcc_move_rate (CcGcc *self, GstClockTime now, gdouble fall)
{
  gdouble before = (gdouble) rtc_gcc_rate_get (&self->rate);
  RtcGccRateInput input = { .state = self->state,
    .acked = rtc_gcc_acked_get_rate (&self->acked, now, RTC_GCC_ACKED_WINDOW),
    .fast = rtc_gcc_acked_get_rate (&self->acked, now, RTC_GCC_ACKED_FAST),
    .queue = self->queue_delay,
    .rtt = self->rtt,
    .inherent_loss = self->queue_delay > FULL_QUEUE ? 0 : rtc_gcc_loss_get_inherent (&self->loss),
    .loss = rtc_gcc_loss_get (&self->loss),
    .is_app_limited = rtc_gcc_alr_since (&self->alr) != GST_CLOCK_TIME_NONE };

  if (fall > 0 && fall < input.fast.received)
    input.fast.received = fall;
  rtc_gcc_rate_update (&self->rate, now, &input);
  if ((gdouble) rtc_gcc_rate_get (&self->rate) < FALL * before)
    rtc_gcc_probe_handle_fall (&self->probe, now, (guint64) before);
  self->stats.acked_bps = (guint64) input.acked.received;
}

/* Whether what the path loses is known, and not of long ago. */
static void
gcc_note_path (CcGcc *self, GstClockTime now)
{
  if (self->path_loss.packets != self->path_packets) {
    self->path_packets = self->path_loss.packets;
    self->path_at = now;
  }
  self->knows_path =
      self->path_packets > 0 && rtc_time_elapsed (self->path_at, now) < RTC_CC_PATH_SILENT;
}

static void
gcc_handle_feedback (
    RtcCc *base, GstClockTime now, const RtcCcResult *results, guint n, guint64 in_flight)
{
  CcGcc *self = (CcGcc *) base;
  GstClockTime newest = GST_CLOCK_TIME_NONE, silence;
  gdouble fall;
  guint64 lost = self->stats.results_lost;

  self->stats.feedbacks++;
  silence = rtc_cc_silence_handle_heard (&self->silence, now, in_flight > 0);
  if (silence > 0)
    gcc_resume (self, now, silence);
  self->state = self->trend.state;
  if (self->state == RTC_CC_STATE_OVERUSE)
    self->state = RTC_CC_STATE_NORMAL;
  for (guint i = 0; i < n; i++) {
    gcc_handle_result (self, now, &results[i]);
    if (results[i].arrival != GST_CLOCK_TIME_NONE && results[i].send_time <= now)
      newest = results[i].send_time;
  }
  if (self->state != RTC_CC_STATE_OVERUSE)
    self->state = self->trend.state;
  self->queue_delay = rtc_gcc_queue_end_message (&self->queue);
  if (self->probe_seen_at != GST_CLOCK_TIME_NONE
      && rtc_time_elapsed (self->probe_seen_at, now) < PROBE_WAKE && self->queue_delay < FULL_QUEUE
      && self->state == RTC_CC_STATE_OVERUSE)
    self->state = RTC_CC_STATE_UNDERUSE;
  fall = gcc_find_fall (self, now);
  if (fall > 0)
    self->state = RTC_CC_STATE_OVERUSE;
  if (self->stats.results_lost > lost && self->queue_delay > FULL_QUEUE
      && (self->full_at == GST_CLOCK_TIME_NONE
          || rtc_time_elapsed (self->full_at, now) > FULL_INTERVAL)) {
    self->state = RTC_CC_STATE_OVERUSE;
    self->full_at = now;
  }
  if (newest != GST_CLOCK_TIME_NONE && now - newest < RESULT_AGE_MAX)
    rtc_time_smooth (&self->rtt, now - newest, RTC_CC_RTT_WEIGHT);
  rtc_gcc_loss_end_message (&self->loss, now);
  gcc_move_rate (self, now, fall);
  rtc_gcc_path_loss_end_message (&self->path_loss, self->state == RTC_CC_STATE_OVERUSE
                                                       || self->rate.is_holding
                                                       || rtc_gcc_loss_get_bound (&self->loss) > 0);
  gcc_note_path (self, now);
  gcc_set_target (self, now);
  gcc_process_probes (self, now);
}

static void
gcc_handle_loss_report (RtcCc *base, GstClockTime now, guint expected, guint lost, GstClockTime rtt)
{
  CcGcc *self = (CcGcc *) base;

  (void) now, (void) expected, (void) lost;
  if (self->rtt == GST_CLOCK_TIME_NONE && rtt != GST_CLOCK_TIME_NONE)
    self->rtt = rtt;
}

static void
gcc_handle_remb (RtcCc *base, GstClockTime now, guint64 bps)
{
  CcGcc *self = (CcGcc *) base;

  rtc_cc_cap_handle_remb (&self->remb, now, bps);
  gcc_set_target (self, now);
}

static void
gcc_handle_path_change (RtcCc *base, GstClockTime now)
{
  CcGcc *self = (CcGcc *) base;
  guint64 target = self->target;

  rtc_gcc_rate_init (&self->rate, &self->bounds);
  rtc_gcc_rate_set (&self->rate, now, (gdouble) MIN (target, self->bounds.start_bps));
  gcc_begin (self, now);
}

/* --- silence -------------------------------------------------------------------------------------
 */

static GstClockTime
gcc_silence_limit (const CcGcc *self)
{
  return self->rtt == GST_CLOCK_TIME_NONE ? SILENCE_FIRST : SILENCE + MIN (self->rtt, SILENCE);
}

static GstClockTime
gcc_next_deadline (const RtcCc *base)
{
  const CcGcc *self = (const CcGcc *) base;

  return rtc_cc_silence_next_deadline (
      &self->silence, gcc_silence_limit (self), self->bounds.min_bps);
}

static void
gcc_handle_timeout (RtcCc *base, GstClockTime now)
{
  CcGcc *self = (CcGcc *) base;
  gboolean was_silent = rtc_cc_silence_is_on (&self->silence);

  if (!rtc_cc_silence_handle_timeout (
          &self->silence, now, gcc_silence_limit (self), self->target, self->bounds.min_bps))
    return;
  self->stats.timeouts += was_silent ? 0 : 1;
  gcc_set_target (self, now);
}

/* --- what comes out ------------------------------------------------------------------------------
 */

/* Beside a queue that stands for long nothing is told of the path: then it is all that is lost. */
static gdouble
gcc_get_path_loss (const CcGcc *self)
{
  return self->knows_path ? self->path_loss.loss : rtc_gcc_loss_get (&self->loss);
}

static void
gcc_get_target (const RtcCc *base, RtcCcTarget *out)
{
  const CcGcc *self = (const CcGcc *) base;

  *out = (RtcCcTarget){ .target_bps = self->target,
    .pacing_bps = (guint64) (RTC_CC_PACING_FACTOR * (gdouble) self->target),
    .loss = rtc_gcc_loss_get (&self->loss),
    .rtt = self->rtt,
    .queue = (GstClockTime) MAX (self->queue_delay, 0),
    .state = self->state,
    .path_packets = self->path_loss.packets,
    .path_lost = self->path_loss.lost,
    .path_loss = gcc_get_path_loss (self),
    .is_app_limited = rtc_gcc_alr_since (&self->alr) != GST_CLOCK_TIME_NONE };
}

static gboolean
gcc_poll_probe (RtcCc *base, GstClockTime now, RtcCcProbe *out)
{
  CcGcc *self = (CcGcc *) base;

  if (!rtc_gcc_probe_poll (&self->probe, now, out))
    return FALSE;
  rtc_gcc_probe_results_handle_asked (&self->probe_results, now, out);
  self->stats.probes_asked++;
  return TRUE;
}

static void
gcc_get_stats (const RtcCc *base, RtcCcStats *out)
{
  const CcGcc *self = (const CcGcc *) base;
  gdouble bound = rtc_gcc_loss_get_bound (&self->loss);

  *out = self->stats;
  out->delay_bps = rtc_gcc_rate_get (&self->rate);
  out->loss_bps = bound > 0 ? (guint64) bound : RTC_CC_RATE_MAX;
  out->remb_bps = rtc_cc_cap_get (&self->remb);
  out->capacity_bps = (guint64) rtc_gcc_capacity_get (&self->rate.capacity);
  out->trend = self->trend.trend;
  out->threshold = self->trend.threshold;
  out->overuses = self->rate.overuses;
}

static const RtcCcVTable gcc_vtable = {
  .name = "gcc",
  .free = gcc_free,
  .set_bounds = gcc_set_bounds,
  .handle_sent = gcc_handle_sent,
  .handle_feedback = gcc_handle_feedback,
  .handle_loss_report = gcc_handle_loss_report,
  .handle_remb = gcc_handle_remb,
  .handle_path_change = gcc_handle_path_change,
  .next_deadline = gcc_next_deadline,
  .handle_timeout = gcc_handle_timeout,
  .get_target = gcc_get_target,
  .poll_probe = gcc_poll_probe,
  .get_stats = gcc_get_stats,
};

RtcCc *
rtc_cc_gcc_new (const RtcCcConfig *config)
{
  CcGcc *self = g_new0 (CcGcc, 1);

  self->base.vtable = &gcc_vtable;
  self->bounds = rtc_cc_bounds_sane (&config->bounds);
  rtc_gcc_probe_init (&self->probe, config->can_pad);
  rtc_gcc_rate_init (&self->rate, &self->bounds);
  gcc_begin (self, 0);
  return &self->base;
}
