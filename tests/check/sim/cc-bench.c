/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "cc-flow.h"

typedef struct {
  GstClockTime due;
  CcMessage *message;
} CcLate;

/* Data of media is NULL. */
static void
bench_drop_message (gpointer user_data, gpointer data)
{
  g_free (data);
}

static gpointer
bench_copy_message (gpointer user_data, gpointer data)
{
  return g_memdup2 (data, sizeof (CcMessage));
}

CcBench *
cc_bench_new (guint64 seed, LinkTrace *trace)
{
  static const LinkWayFuncs funcs = { bench_drop_message, bench_copy_message };
  CcBench *self = g_new0 (CcBench, 1);

  self->seed = seed;
  self->trace = trace;
  self->net = link_net_new (seed, trace, &funcs, self);
  g_queue_init (&self->late);
  return self;
}

static void
late_free (gpointer data)
{
  CcLate *late = data;

  g_free (late->message);
  g_free (late);
}

void
cc_bench_free (CcBench *self)
{
  for (guint i = 0; i < self->n_flows; i++) {
    CcFlow *flow = &self->flows[i];

    rtc_cc_free (flow->cc);
    rtc_twcc_sender_free (flow->twcc);
    rtc_pacer_clear (&flow->pacer);
    cc_source_clear (&flow->source);
    rtc_twcc_receiver_free (flow->receiver);
    g_array_unref (flow->slots);
    g_array_unref (flow->waits);
  }
  g_queue_clear_full (&self->late, late_free);
  link_net_free (self->net);
  g_free (self);
}

LinkNet *
cc_bench_get_net (CcBench *self)
{
  return self->net;
}

void
cc_bench_set_link (CcBench *self, const LinkConfig *both)
{
  for (guint i = 0; i < LINK_N_DIRS; i++)
    link_way_set_config (link_net_get_way (self->net, (LinkDir) i), self->now, both);
}

void
cc_bench_set_schedule (CcBench *self, LinkDir dir, const LinkRateStep *steps, guint n)
{
  link_way_set_schedule (link_net_get_way (self->net, dir), self->now, steps, n);
}

/* --- time ------------------------------------------------------------------------------------- */

static const CcFlowConfig defaults = { .controller = "gcc", .bounds = { 50000, 300000, 5000000 } };

guint
cc_bench_add_flow (CcBench *self, const CcFlowConfig *config)
{
  guint number = self->n_flows++;
  CcFlow *flow = &self->flows[number];
  RtcCcConfig cc;

  g_assert_cmpuint (number, <, CC_MAX_FLOWS);
  flow->config = *config;
  flow->number = number;
  if (flow->config.controller == NULL)
    flow->config.controller = defaults.controller;
  if (flow->config.bounds.max_bps == 0)
    flow->config.bounds = defaults.bounds;
  cc = (RtcCcConfig){ .name = flow->config.controller,
    .bounds = flow->config.bounds,
    .has_twcc = !config->no_twcc,
    .can_pad = !config->no_padding };
  flow->cc = rtc_cc_new (&cc);
  g_assert_nonnull (flow->cc);
  if (!config->no_twcc) {
    flow->twcc = rtc_twcc_sender_new (0, NULL);
    flow->receiver = rtc_twcc_receiver_new ();
  }
  rtc_pacer_init (&flow->pacer);
  cc_source_init (&flow->source, &config->source, self->seed * CC_MAX_FLOWS + number);
  flow->slots = g_array_new (FALSE, TRUE, sizeof (CcSlot));
  flow->waits = g_array_new (FALSE, FALSE, sizeof (CcWait));
  flow->key_asked = GST_CLOCK_TIME_NONE;
  /* Cameras are not in step. */
  flow->next_frame = flow->next_audio = config->from + number * 7 * GST_MSECOND;
  flow->next_report = config->from + CC_REPORT_INTERVAL;
  for (guint i = 0; i < LINK_N_DIRS; i++)
    link_way_set_flow_delay (link_net_get_way (self->net, (LinkDir) i), number, config->delay);
  cc_flow_update (self, flow);
  return number;
}

GstClockTime
cc_bench_now (const CcBench *self)
{
  return self->now;
}

static GstClockTime
bench_deadline (const CcBench *self)
{
  GstClockTime deadline = link_net_next_deadline (self->net);
  const CcLate *late = g_queue_peek_head ((GQueue *) &self->late);

  for (guint i = 0; i < self->n_flows; i++)
    deadline = MIN (deadline, cc_flow_deadline (&self->flows[i]));
  return late != NULL ? MIN (deadline, late->due) : deadline;
}

static void
bench_arrive (CcBench *self, const LinkPacket *packet)
{
  CcFlow *flow = &self->flows[packet->flow];
  CcMessage *message = packet->data;

  if (message == NULL) {
    cc_flow_receive (self, flow, packet);
  } else if (flow->feedback_delay > 0) {
    CcLate *late = g_new0 (CcLate, 1);

    late->due = self->now + flow->feedback_delay;
    late->message = message;
    g_queue_push_tail (&self->late, late);
  } else {
    cc_flow_handle_message (self, flow, message);
    g_free (message);
  }
}

static void
bench_run_late (CcBench *self)
{
  CcLate *late;

  while ((late = g_queue_peek_head (&self->late)) != NULL && late->due <= self->now) {
    g_queue_pop_head (&self->late);
    cc_flow_handle_message (self, &self->flows[late->message->flow], late->message);
    late_free (late);
  }
}

void
cc_bench_run (CcBench *self, GstClockTime until)
{
  GstClockTime deadline, last = 0;
  LinkPacket packet;
  guint turns = 0;
  LinkDir dir;

  while ((deadline = bench_deadline (self)) <= until) {
    self->now = MAX (self->now, deadline);
    /* Something that is always due would stop the time. */
    turns = self->now == last ? turns + 1 : 0;
    g_assert_cmpuint (turns, <, 10000);
    last = self->now;
    while (link_net_pop (self->net, self->now, &dir, &packet))
      bench_arrive (self, &packet);
    bench_run_late (self);
    for (guint i = 0; i < self->n_flows; i++) {
      if (cc_flow_deadline (&self->flows[i]) > self->now)
        continue;
      cc_flow_run_receiver (self, &self->flows[i]);
      cc_flow_run_sender (self, &self->flows[i]);
    }
  }
  self->now = until;
}

void
cc_bench_set_remb (CcBench *self, guint flow, guint64 bps)
{
  self->flows[flow].remb_bps = bps;
}

void
cc_bench_delay_feedback (CcBench *self, guint flow, GstClockTime delay)
{
  self->flows[flow].feedback_delay = delay;
}

guint64
cc_bench_get_target (CcBench *self, guint flow)
{
  return self->flows[flow].target.target_bps;
}

GstClockTime
cc_bench_get_longest_wait (const CcBench *self, guint flow, gboolean of_key_frames)
{
  const CcFlow *one = &self->flows[flow];

  return of_key_frames ? one->longest_key_wait : one->longest_wait;
}

const GArray *
cc_bench_get_slots (const CcBench *self, guint flow)
{
  return self->flows[flow].slots;
}

const GArray *
cc_bench_get_waits (const CcBench *self, guint flow)
{
  return self->flows[flow].waits;
}

guint
cc_bench_get_n_flows (const CcBench *self)
{
  return self->n_flows;
}
