/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/cc/rtc-cc.h"
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"

#define GST_CAT_DEFAULT rtc_log_cc

/* The target is announced at once when it falls by PEER_ANNOUNCE_FALL percent; after
 * PEER_ANNOUNCE_INTERVAL when it has changed by PEER_ANNOUNCE_STEP percent, and after
 * PEER_ANNOUNCE_SLOW however little it has changed, or when only the loss has changed by
 * PEER_ANNOUNCE_LOSS or the share of repair by PEER_ANNOUNCE_REPAIR. */
#define PEER_ANNOUNCE_FALL 10
#define PEER_ANNOUNCE_STEP 2
#define PEER_ANNOUNCE_INTERVAL (50 * GST_MSECOND)
#define PEER_ANNOUNCE_SLOW (500 * GST_MSECOND)
#define PEER_ANNOUNCE_LOSS 0.01f
#define PEER_ANNOUNCE_REPAIR 0.05f

/* PEER_MAX_PROBES: taken from the controller at once. */
#define PEER_MAX_PROBES 4

/* PEER_RTX_SHARE: retransmissions may take 1 / this of the target. */
#define PEER_RTX_SHARE 2

/* Used where the application set no bounds. */
#define PEER_DEFAULT_MIN_BPS 30000
#define PEER_DEFAULT_START_BPS 1000000
#define PEER_DEFAULT_MAX_BPS 10000000

/* What retransmission and FEC take, for each bit of video. */
static gfloat
peer_repair_share (RtcPeerRate *rate, GstClockTime now)
{
  guint64 video = rtc_rate_meter_get_bps (&rate->video_rate, now);
  guint64 repair = rtc_rate_meter_get_bps (&rate->repair_rate, now);

  return video == 0 ? 0 : MIN (1.0f, (gfloat) repair / (gfloat) video);
}

static void
peer_announce_target (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;
  guint64 target = rate->target.target_bps, last = rate->announced_bps;
  GstClockTime wait;
  RtcOutput output = { .type = RTC_OUTPUT_TARGET_RATE,
    .target_bps = target,
    .loss = (gfloat) rate->target.path_loss,
    .repair = peer_repair_share (rate, now) };

  rate->announce_due = GST_CLOCK_TIME_NONE;
  if (target == last && ABS (output.loss - rate->announced_loss) < PEER_ANNOUNCE_LOSS
      && ABS (output.repair - rate->announced_repair) < PEER_ANNOUNCE_REPAIR)
    return;
  if (last == 0 || target * 100 <= last * (100 - PEER_ANNOUNCE_FALL))
    wait = 0;
  else if ((target > last ? target - last : last - target) * 100 >= last * PEER_ANNOUNCE_STEP)
    wait = PEER_ANNOUNCE_INTERVAL;
  else
    wait = PEER_ANNOUNCE_SLOW;
  if (wait > 0 && now < rate->announced + wait) {
    rate->announce_due = rate->announced + wait;
    return;
  }
  rate->announced = now;
  rate->announced_bps = target;
  rate->announced_loss = output.loss;
  rate->announced_repair = output.repair;
  rtc_output_queue_push (&self->out, &output);
}

void
rtc_peer_update_rate (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;
  RtcCcProbe probe;

  rtc_cc_get_target (rate->cc, &rate->target);
  rtc_pacer_set_rates (&rate->pacer, now, rate->target.target_bps, rate->target.pacing_bps,
      rate->target.padding_bps);
  for (guint i = 0; i < self->sections->len; i++)
    rtc_nack_responder_set_limit (
        &rtc_peer_section (self, i)->send.nack, rate->target.target_bps / PEER_RTX_SHARE);
  for (guint i = 0; i < PEER_MAX_PROBES && rtc_cc_poll_probe (rate->cc, now, &probe); i++)
    rtc_pacer_set_probe (&rate->pacer, &probe);
  peer_announce_target (self, now);
}

/* --- agreed or not --------------------------------------------------------------------------- */

typedef struct {
  gboolean twcc, remb, video, can_pad;
} RateTerms;

static RateTerms
peer_find_terms (const RtcPeer *self)
{
  RateTerms terms = { 0 };

  for (guint i = 0; i < self->sections->len; i++) {
    const RtcPeerSection *section = rtc_peer_section (self, i);
    RtcRtcpFbFlags feedback = section->send_codec.rtcp_fb;

    if (!section->can_send)
      continue;
    terms.twcc |= (feedback & RTC_RTCP_FB_TRANSPORT_CC) != 0
                  && section->send.config.rewrite.extensions.ids[RTC_RTP_EXTENSION_TWCC] != 0;
    terms.remb |= (feedback & RTC_RTCP_FB_REMB) != 0;
    terms.video |= section->send.config.kind == RTC_MEDIA_VIDEO;
    terms.can_pad |= section->send.config.kind == RTC_MEDIA_VIDEO
                     && section->send.config.rewrite.rtx_payload_type != 0;
  }
  return terms;
}

static RtcCcBounds
peer_make_bounds (const RtcPeer *self)
{
  RtcCcBounds bounds = self->config.bitrate;

  if (bounds.min_bps == 0)
    bounds.min_bps = PEER_DEFAULT_MIN_BPS;
  if (bounds.max_bps == 0)
    bounds.max_bps = PEER_DEFAULT_MAX_BPS;
  if (bounds.start_bps == 0)
    bounds.start_bps = PEER_DEFAULT_START_BPS;
  /* What was learned so far outlives a renegotiation. */
  if (self->rate != NULL)
    bounds.start_bps = self->rate->target.target_bps;
  return bounds;
}

void
rtc_peer_set_bitrate (RtcPeer *self, GstClockTime now, const RtcCcBounds *bounds)
{
  RtcCcBounds own;

  self->config.bitrate = *bounds;
  if (self->rate == NULL)
    return;
  own = peer_make_bounds (self);
  rtc_cc_set_bounds (self->rate->cc, now, &own);
  rtc_peer_update_rate (self, now);
}

void
rtc_peer_free_rate (RtcPeer *self)
{
  RtcPeerRate *rate = g_steal_pointer (&self->rate);

  if (rate == NULL)
    return;
  rtc_cc_free (rate->cc);
  /* Numbers go on: the receiver would take lower ones for old packets, and not speak of them. */
  if (rate->twcc != NULL)
    self->twcc_seq = rtc_twcc_sender_get_next (rate->twcc);
  rtc_twcc_sender_free (rate->twcc);
  rtc_pacer_clear (&rate->pacer);
  rtc_peer_note_emptied (self);
  g_free (rate);
}

void
rtc_peer_apply_rate (RtcPeer *self, GstClockTime now)
{
  const gchar *name = self->config.congestion_control;
  RateTerms terms = peer_find_terms (self);
  RtcCcConfig config = { .name = *name != '\0' ? name : "gcc",
    .bounds = peer_make_bounds (self),
    .has_twcc = terms.twcc,
    .can_pad = terms.can_pad };
  RtcPeerRate *rate;
  RtcCc *cc;

  if (!terms.twcc && !terms.remb) {
    rtc_peer_free_rate (self);
    return;
  }
  if (self->rate != NULL && (self->rate->twcc != NULL) == terms.twcc
      && self->rate->can_pad == terms.can_pad)
    return;
  cc = rtc_cc_new (&config);
  if (cc == NULL) {
    GST_WARNING_ID (self->id, "there is no congestion controller \"%s\"", config.name);
    return;
  }
  rtc_peer_free_rate (self);
  rate = self->rate = g_new0 (RtcPeerRate, 1);
  rate->cc = cc;
  rate->can_pad = terms.can_pad;
  if (terms.twcc)
    rate->twcc = rtc_twcc_sender_new (self->twcc_seq, self->config.results);
  rtc_pacer_init (&rate->pacer);
  rate->announced = rate->announce_due = GST_CLOCK_TIME_NONE;
  GST_INFO_ID (self->id, "controller %s, %s", cc->vtable->name,
      terms.twcc ? "transport-wide feedback" : "REMB");
  rtc_peer_update_rate (self, now);
}

/* --- what the peer says ------------------------------------------------------------------------
 */

void
rtc_peer_handle_twcc (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  RtcPeerRate *rate = self->rate;
  const RtcCcResult *results;
  RtcTwccFeedback feedback;
  guint n, n_lost = 0;

  if (rate == NULL || rate->twcc == NULL) {
    self->counters.feedback_unknown++;
    return;
  }
  if (rtc_rtcp_twcc_parse (packet, &feedback) != RTC_OK) {
    self->counters.dropped_malformed++;
    return;
  }
  n = rtc_twcc_sender_handle_feedback (rate->twcc, now, &feedback, &results);
  for (guint i = 0; n > 0 && i < self->sections->len; i++)
    rtc_circuit_breaker_note_arrival (&rtc_peer_section (self, i)->breaker, now);
  rtc_cc_handle_feedback (rate->cc, now, results, n, rtc_twcc_sender_get_in_flight (rate->twcc));
  rtc_peer_update_rate (self, now);
  for (guint i = 0; i < n; i++)
    n_lost += results[i].arrival == GST_CLOCK_TIME_NONE ? 1 : 0;
  rtc_peer_note_fall (self, now, n_lost);
  if (n_lost > 0)
    rtc_peer_repair_lost (self, now, results, n);
}

void
rtc_peer_handle_remb (RtcPeer *self, GstClockTime now, const RtcRtcpRemb *remb)
{
  if (self->rate == NULL) {
    self->counters.feedback_unknown++;
    return;
  }
  self->counters.remb_received++;
  self->counters.remb_received_bps = remb->bitrate_bps;
  rtc_cc_handle_remb (self->rate->cc, now, remb->bitrate_bps);
  rtc_peer_update_rate (self, now);
}

void
rtc_peer_handle_loss (RtcPeer *self, GstClockTime now, RtcPeerSection *section)
{
  const RtcSendStats *stats = &section->send.stats;
  guint64 expected = stats->highest_seq - section->reported_highest;
  gint64 lost = stats->packets_lost - section->reported_lost;
  gboolean is_first = section->reported_highest == 0;

  section->reported_highest = stats->highest_seq;
  section->reported_lost = stats->packets_lost;
  /* A first report has nothing to be compared with, and a number may be made up. */
  if (self->rate == NULL || is_first || expected > stats->packets)
    return;
  rtc_cc_handle_loss_report (self->rate->cc, now, (guint) expected,
      (guint) CLAMP (lost, 0, (gint64) expected),
      stats->has_rtt ? stats->rtt : GST_CLOCK_TIME_NONE);
  rtc_peer_update_rate (self, now);
}

void
rtc_peer_handle_path_change (RtcPeer *self, GstClockTime now)
{
  if (self->rate == NULL)
    return;
  GST_INFO_ID (self->id, "another path");
  rtc_cc_handle_path_change (self->rate->cc, now);
  rtc_peer_update_rate (self, now);
}

/* --- what leaves -------------------------------------------------------------------------------
 */

void
rtc_peer_note_sent (RtcPeer *self, GstClockTime now, RtcPacerClass klass, guint len,
    gboolean has_number, GstClockTime queued)
{
  RtcPeerRate *rate = self->rate;
  guint64 in_flight = 0;

  len += RTC_CC_OVERHEAD;
  /* The first one since the peer spoke last: the wait for its RTCP begins now. */
  if (self->counters.rtp_sent == rate->rtp_at_rtcp)
    rate->last_rtcp = now;
  if (has_number)
    rtc_twcc_sender_handle_sent (rate->twcc, now, len, rtc_pacer_get_cluster (&rate->pacer, klass));
  if (rate->twcc != NULL)
    in_flight = rtc_twcc_sender_get_in_flight (rate->twcc);
  if (klass == RTC_PACER_VIDEO)
    rtc_rate_meter_add (&rate->video_rate, now, len);
  else if (klass == RTC_PACER_RETRANSMISSION || klass == RTC_PACER_FEC)
    rtc_rate_meter_add (&rate->repair_rate, now, len);
  rtc_pacer_handle_sent (&rate->pacer, now, klass, len, queued);
  rtc_cc_handle_sent (rate->cc, now, len, in_flight);
}

/* --- time --------------------------------------------------------------------------------------
 */

void
rtc_peer_poll_rate (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;

  if (rate == NULL || self->srtp == NULL || self->failure != NULL)
    return;
  rtc_peer_poll_breaker (self, now);
  if (rtc_time_is_due (rtc_cc_next_deadline (rate->cc), now)) {
    rtc_cc_handle_timeout (rate->cc, now);
    rtc_peer_update_rate (self, now);
    /* Silence says nothing of what is lost. */
    rate->high_bps = MIN (rate->high_bps, rate->target.target_bps);
  } else if (rtc_time_is_due (rate->announce_due, now)) {
    peer_announce_target (self, now);
  }
  rtc_peer_release (self, now);
}

GstClockTime
rtc_peer_rate_deadline (const RtcPeer *self)
{
  const RtcPeerRate *rate = self->rate;
  GstClockTime deadline;

  if (rate == NULL || self->srtp == NULL)
    return GST_CLOCK_TIME_NONE;
  deadline = rtc_time_min (rtc_cc_next_deadline (rate->cc), rate->announce_due);
  deadline = rtc_time_min (deadline, rtc_peer_breaker_deadline (self));
  deadline = rtc_time_min (deadline, rtc_peer_key_frame_deadline (self));
  return rtc_time_min (deadline, rtc_pacer_next_deadline (&rate->pacer));
}
