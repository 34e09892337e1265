/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "cc-flow.h"

#include "gst/rtc/base/rtc-time.h"

/* PAYLOAD: of a full packet of video; HEADERS: RTP with the extensions, SRTP's tag. */
#define PAYLOAD 1150
#define HEADERS 40
#define AUDIO_BYTES 100
#define AUDIO_INTERVAL (20 * GST_MSECOND)
#define KEY_FRAME_INTERVAL GST_SECOND

static CcSlot *
flow_slot (CcFlow *self, GstClockTime time)
{
  guint i = (guint) (time / CC_SLOT);

  if (i >= self->slots->len)
    g_array_set_size (self->slots, i + 1);
  return &g_array_index (self->slots, CcSlot, i);
}

/* --- the sender ------------------------------------------------------------------------------- */

void
cc_flow_update (CcBench *bench, CcFlow *self)
{
  guint64 before = self->target.target_bps, media;
  RtcCcProbe probe;

  rtc_cc_get_target (self->cc, &self->target);
  rtc_pacer_set_rates (&self->pacer, bench->now, self->target.target_bps, self->target.pacing_bps,
      self->target.padding_bps);
  while (rtc_cc_poll_probe (self->cc, bench->now, &probe))
    rtc_pacer_set_probe (&self->pacer, &probe);
  flow_slot (self, bench->now)->target_bps = self->target.target_bps;
  if (self->target.target_bps == before)
    return;
  link_trace_value (bench->trace, bench->now, self->config.dir, self->number, "target",
      (gdouble) self->target.target_bps);
  /* The target counts all headers, the encoder none. */
  media = self->target.target_bps;
  if (self->config.has_audio)
    media -= MIN (media / 2, (AUDIO_BYTES + HEADERS + RTC_CC_OVERHEAD) * 8 * 50);
  media = media * PAYLOAD / (PAYLOAD + HEADERS + RTC_CC_OVERHEAD);
  cc_source_set_target (&self->source, media);
}

static void
flow_send (CcBench *bench, CcFlow *self, RtcPacerClass klass, guint len, GstClockTime queued)
{
  guint64 in_flight = 0, number = self->next_packet++;
  CcSlot *slot = flow_slot (self, bench->now);

  slot->sent += len;
  slot->packets++;
  slot->lost++; /* until it arrives */
  if (self->twcc != NULL) {
    rtc_twcc_sender_handle_sent (
        self->twcc, bench->now, len, rtc_pacer_get_cluster (&self->pacer, klass));
    in_flight = rtc_twcc_sender_get_in_flight (self->twcc);
  }
  rtc_pacer_handle_sent (&self->pacer, bench->now, klass, len, queued);
  rtc_cc_handle_sent (self->cc, bench->now, len, in_flight);
  link_net_push (bench->net, bench->now, self->config.dir, self->number, len, number, NULL);
}

static void
flow_drop (CcBench *bench, CcFlow *self)
{
  rtc_pacer_drop (&self->pacer, RTC_PACER_VIDEO, 0);
  self->wants_key = TRUE;
  if (self->key_asked == GST_CLOCK_TIME_NONE
      || bench->now >= self->key_asked + KEY_FRAME_INTERVAL) {
    self->key_asked = bench->now;
    cc_source_request_key_frame (&self->source);
  }
}

static void
flow_capture (CcBench *bench, CcFlow *self)
{
  CcFrame frame = cc_source_encode (&self->source);
  guint left = frame.bytes;

  self->frame++;
  if (self->wants_key && !frame.is_key) {
    if (bench->now >= self->key_asked + KEY_FRAME_INTERVAL) {
      self->key_asked = bench->now;
      cc_source_request_key_frame (&self->source);
    }
    return;
  }
  self->wants_key = FALSE;
  while (left > 0) {
    guint payload = MIN (left, PAYLOAD);
    RtcPacerEntry entry = { .number = self->frame,
      .frame = self->frame,
      .len = (guint16) (payload + HEADERS + RTC_CC_OVERHEAD),
      .is_key_frame = frame.is_key };

    left -= payload;
    if (rtc_pacer_may_pass (&self->pacer, bench->now, RTC_PACER_VIDEO)) {
      flow_send (bench, self, RTC_PACER_VIDEO, entry.len, bench->now);
    } else if (rtc_pacer_push (&self->pacer, bench->now, RTC_PACER_VIDEO, &entry) != RTC_OK) {
      flow_drop (bench, self);
      return;
    }
  }
}

static void
flow_note_wait (CcFlow *self, const RtcPacerEntry *entry, GstClockTime now)
{
  GstClockTime *longest = entry->is_key_frame ? &self->longest_key_wait : &self->longest_wait;

  *longest = MAX (*longest, now - entry->queued);
}

static void
flow_release (CcBench *bench, CcFlow *self)
{
  RtcPacerEntry entry;
  RtcPacerClass klass;
  guint stream, wanted;

  rtc_pacer_handle_late (&self->pacer, bench->now);
  while (rtc_pacer_has_expired (&self->pacer, bench->now, &stream))
    flow_drop (bench, self);
  while (rtc_pacer_pop (&self->pacer, bench->now, &klass, &entry)) {
    flow_note_wait (self, &entry, bench->now);
    flow_send (bench, self, klass, entry.len, entry.queued);
    while (rtc_pacer_has_expired (&self->pacer, bench->now, &stream))
      flow_drop (bench, self);
  }
  while ((wanted = rtc_pacer_get_padding (&self->pacer, bench->now)) > 0) {
    if (self->config.no_padding) {
      rtc_pacer_end_padding (&self->pacer, bench->now);
      return;
    }
    /* As the peer does: a repeated packet, or an empty one. */
    flow_send (bench, self, RTC_PACER_PADDING,
        CLAMP (wanted, 200, PAYLOAD) + HEADERS + RTC_CC_OVERHEAD, bench->now);
  }
}

static gboolean
flow_captures (const CcFlow *self, GstClockTime now)
{
  if (self->config.to != 0 && now >= self->config.to)
    return FALSE;
  return self->config.resume == 0 || now < self->config.pause || now >= self->config.resume;
}

void
cc_flow_run_sender (CcBench *bench, CcFlow *self)
{
  if (self->next_frame <= bench->now) {
    if (flow_captures (self, bench->now))
      flow_capture (bench, self);
    self->next_frame += cc_source_get_interval (&self->source);
  }
  if (self->next_audio <= bench->now) {
    if (self->config.has_audio && flow_captures (self, bench->now))
      flow_send (bench, self, RTC_PACER_AUDIO, AUDIO_BYTES + HEADERS + RTC_CC_OVERHEAD, bench->now);
    self->next_audio += AUDIO_INTERVAL;
  }
  if (rtc_cc_next_deadline (self->cc) <= bench->now) {
    rtc_cc_handle_timeout (self->cc, bench->now);
    cc_flow_update (bench, self);
  }
  flow_release (bench, self);
}

static void
flow_handle_twcc (CcBench *bench, CcFlow *self, const CcMessage *message)
{
  const RtcCcResult *results;
  RtcTwccFeedback feedback;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  guint n;

  rtc_rtcp_walk_init (&walk, message->data, message->len, 16);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
    n = rtc_twcc_sender_handle_feedback (self->twcc, bench->now, &feedback, &results);
    rtc_cc_handle_feedback (
        self->cc, bench->now, results, n, rtc_twcc_sender_get_in_flight (self->twcc));
  }
}

void
cc_flow_handle_message (CcBench *bench, CcFlow *self, const CcMessage *message)
{
  switch (message->kind) {
    case CC_MESSAGE_TWCC:
      flow_handle_twcc (bench, self, message);
      break;
    case CC_MESSAGE_REPORT:
      rtc_cc_handle_loss_report (self->cc, bench->now, message->expected, message->lost,
          bench->now - message->echo - message->held);
      break;
    case CC_MESSAGE_REMB:
      rtc_cc_handle_remb (self->cc, bench->now, message->remb_bps);
      break;
  }
  cc_flow_update (bench, self);
  flow_release (bench, self);
}

/* --- the receiver ----------------------------------------------------------------------------- */

static LinkDir
flow_back (const CcFlow *self)
{
  return self->config.dir == LINK_A_TO_B ? LINK_B_TO_A : LINK_A_TO_B;
}

void
cc_flow_receive (CcBench *bench, CcFlow *self, const LinkPacket *packet)
{
  CcSlot *slot = flow_slot (self, packet->pushed);
  CcWait wait = { packet->pushed, packet->left - packet->pushed };

  if (!packet->is_duplicate) {
    slot->lost--;
    self->arrived++;
    g_array_append_val (self->waits, wait);
  }
  slot->max_queue = MAX (slot->max_queue, wait.wait);
  flow_slot (self, bench->now)->received += packet->len;
  self->last_arrival = bench->now;
  self->last_sent = packet->pushed;
  self->highest = MAX (self->highest, packet->number + 1);
  if (self->receiver != NULL)
    rtc_twcc_receiver_handle_packet (
        self->receiver, bench->now, (guint16) packet->number, 1, packet->len);
}

static void
flow_send_back (CcBench *bench, CcFlow *self, CcMessage *message, gsize len)
{
  message->flow = self->number;
  link_net_push (bench->net, bench->now, flow_back (self), self->number, len + HEADERS, 0, message);
}

static void
flow_send_twcc (CcBench *bench, CcFlow *self)
{
  gboolean is_more = TRUE;

  while (is_more) {
    CcMessage *message = g_new0 (CcMessage, 1);
    RtcRtcpBuilder builder;

    rtc_rtcp_builder_init (&builder, message->data, sizeof message->data, RTC_RTCP_REDUCED_SIZE);
    is_more = rtc_twcc_receiver_write (self->receiver, bench->now, 2, 70, &builder);
    message->kind = CC_MESSAGE_TWCC;
    if (rtc_rtcp_builder_finish (&builder, &message->len) != RTC_OK) {
      g_free (message);
      return;
    }
    flow_send_back (bench, self, message, message->len);
  }
}

static void
flow_send_report (CcBench *bench, CcFlow *self)
{
  guint64 expected = self->highest - self->reported_highest;
  guint64 arrived = self->arrived - self->reported_arrived;
  CcMessage *message;

  if (expected > 0) {
    message = g_new0 (CcMessage, 1);
    message->kind = CC_MESSAGE_REPORT;
    message->expected = (guint) expected;
    message->lost = (guint) (expected - MIN (arrived, expected));
    message->echo = self->last_sent;
    message->held = bench->now - self->last_arrival;
    flow_send_back (bench, self, message, 32);
    self->reported_highest = self->highest;
    self->reported_arrived = self->arrived;
  }
  if (self->remb_bps != 0) {
    message = g_new0 (CcMessage, 1);
    message->kind = CC_MESSAGE_REMB;
    message->remb_bps = self->remb_bps;
    flow_send_back (bench, self, message, 24);
  }
}

void
cc_flow_run_receiver (CcBench *bench, CcFlow *self)
{
  if (self->receiver != NULL && rtc_twcc_receiver_next_deadline (self->receiver) <= bench->now)
    flow_send_twcc (bench, self);
  if (self->next_report <= bench->now) {
    flow_send_report (bench, self);
    self->next_report += CC_REPORT_INTERVAL;
  }
}

GstClockTime
cc_flow_deadline (const CcFlow *self)
{
  GstClockTime deadline = MIN (self->next_frame, self->next_report);

  if (self->config.has_audio)
    deadline = MIN (deadline, self->next_audio);
  deadline = MIN (deadline, rtc_cc_next_deadline (self->cc));
  deadline = MIN (deadline, rtc_pacer_next_deadline (&self->pacer));
  return self->receiver == NULL ? deadline
                                : MIN (deadline, rtc_twcc_receiver_next_deadline (self->receiver));
}
