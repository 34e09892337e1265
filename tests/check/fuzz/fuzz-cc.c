/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-cc.c - a sender's congestion control against a receiver that says what it likes: transport-
 * wide feedback, true, invented or broken, REMB and loss reports, at any time (T16).
 *
 * Whatever is said: rates stay within the bounds and are numbers; probes have an end and a size;
 * nothing is due for ever; a packet is told of once as lost and once as received, in order, with
 * the length that it was sent with; what is in flight was sent.
 *
 * Input: one byte for the controller and whether padding may be sent, then steps: one byte of
 * Step, its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/cc/rtc-cc-bounds.h"
#include "gst/rtc/cc/rtc-cc.h"
#include "gst/rtc/media/rtc-twcc-sender.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

#define MAX_STEPS 300
#define MAX_SENT 65536 /* in one input */
#define FIRST_SEQ 0xfff0

typedef enum {
  STEP_WAIT,  /* u8 ms */
  STEP_SLEEP, /* u8 of 100 ms */
  STEP_SEND,  /* u8 packets, u8 length / 6, u8 ms in all */
  STEP_TRUE,  /* u8 how far back, u8 delay in ms: what was sent since arrived so much later */
  STEP_LIE,   /* u8 how far back, u8 packets, s8 step of 4 ms between arrivals, u8 which are lost */
  STEP_RAW,   /* u8 length, bytes of an RTPFB message */
  STEP_REMB,  /* u16 mantissa, u8 shift */
  STEP_LOSS,  /* u16 expected, u8 lost of 256, u8 round trip of 8 ms, 255: unknown */
  STEP_BOUNDS, /* u16 min, u16 start, u16 max, each of 10 kbit/s */
  STEP_PATH,
  N_STEPS,
} Step;

typedef struct {
  guint32 len;
  gboolean was_lost, was_received;
} Sent;

typedef struct {
  GstClockTime now;
  RtcCc *cc;
  RtcCcBounds bounds;
  RtcTwccSender *twcc;
  Sent *sent; /* by number since FIRST_SEQ */
  guint n_sent;
  guint64 bytes;
  guint8 feedback_count;
  GstClockTime last_arrival;
  guint16 cluster; /* that is being sent for */
} World;

static void
check_probes (World *self)
{
  RtcCcProbe probe;
  guint n = 0;

  while (rtc_cc_poll_probe (self->cc, self->now, &probe)) {
    FUZZ_CHECK (++n < 16);
    FUZZ_CHECK (probe.cluster > 0 && probe.bps > 0 && probe.bps <= RTC_CC_RATE_MAX);
    FUZZ_CHECK (probe.min_packets > 0 && probe.min_bytes > 0);
    self->cluster = probe.cluster;
  }
}

static void
check_target (World *self)
{
  RtcCcTarget target;

  rtc_cc_get_target (self->cc, &target);
  FUZZ_CHECK (
      target.target_bps >= self->bounds.min_bps && target.target_bps <= self->bounds.max_bps);
  FUZZ_CHECK (target.pacing_bps >= target.target_bps);
  FUZZ_CHECK (target.padding_bps <= self->bounds.max_bps);
  FUZZ_CHECK (isfinite (target.loss) && target.loss >= 0 && target.loss <= 1);
}

/* Lets time pass, with all that is due on the way. */
static void
pass_time (World *self, GstClockTime time)
{
  GstClockTime end = self->now + time;
  guint n = 0;

  for (;;) {
    GstClockTime due = rtc_cc_next_deadline (self->cc);

    if (due == GST_CLOCK_TIME_NONE || due > end)
      break;
    FUZZ_CHECK (++n < 1000); /* 25 s */
    self->now = MAX (self->now, due);
    rtc_cc_handle_timeout (self->cc, self->now);
    check_probes (self);
  }
  self->now = end;
}

static void
send_packets (World *self, guint n, guint len, GstClockTime time)
{
  for (guint i = 0; i < n && self->n_sent < MAX_SENT; i++) {
    guint total = 60 + 6 * len;

    FUZZ_CHECK (rtc_twcc_sender_get_next (self->twcc) == (guint16) (FIRST_SEQ + self->n_sent));
    rtc_twcc_sender_handle_sent (self->twcc, self->now, total, self->cluster);
    self->sent[self->n_sent++] = (Sent){ .len = total };
    self->bytes += total;
    rtc_cc_handle_sent (self->cc, self->now, total, rtc_twcc_sender_get_in_flight (self->twcc));
    pass_time (self, time / n);
  }
}

static void
handle_message (World *self, const RtcRtcpPacket *packet)
{
  const RtcCcResult *results;
  RtcTwccFeedback feedback;
  guint64 last = 0;
  guint n;

  if (rtc_rtcp_twcc_parse (packet, &feedback) != RTC_OK)
    return;
  n = rtc_twcc_sender_handle_feedback (self->twcc, self->now, &feedback, &results);
  for (guint i = 0; i < n; i++) {
    guint index = (guint) (guint16) ((guint16) results[i].twcc_seq - FIRST_SEQ);
    gboolean received = results[i].arrival != GST_CLOCK_TIME_NONE;
    Sent *sent;

    FUZZ_CHECK (i == 0 || results[i].twcc_seq >= last);
    last = results[i].twcc_seq;
    FUZZ_CHECK (index < self->n_sent);
    sent = &self->sent[index];
    FUZZ_CHECK (results[i].len == sent->len && results[i].send_time <= self->now);
    FUZZ_CHECK (received ? !sent->was_received : !sent->was_lost && !sent->was_received);
    sent->was_received |= received;
    sent->was_lost |= !received;
  }
  FUZZ_CHECK (rtc_twcc_sender_get_in_flight (self->twcc) <= self->bytes);
  rtc_cc_handle_feedback (
      self->cc, self->now, results, n, rtc_twcc_sender_get_in_flight (self->twcc));
}

static void
write_and_handle (World *self, const RtcTwccArrival *arrivals, guint n, guint64 base)
{
  guint8 data[1500];
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  guint n_reported;
  gsize len;

  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  if (n == 0
      || rtc_rtcp_twcc_write (
             &builder, 1, 2, self->feedback_count++, base, arrivals, n, &n_reported)
             != RTC_OK
      || rtc_rtcp_builder_finish (&builder, &len) != RTC_OK)
    return;
  rtc_rtcp_walk_init (&walk, data, len, 4);
  while (rtc_rtcp_walk_next (&walk, &packet))
    handle_message (self, &packet);
}

/* Of the packets from back on: each arrived step after the one before, but those lost by mask. */
static void
tell (World *self, guint back, guint n, GstClockTimeDiff step, guint8 mask)
{
  guint64 next = 0x10000 + FIRST_SEQ + self->n_sent;
  guint64 base = next - back;
  RtcTwccArrival arrivals[256];
  guint n_arrivals = 0;

  for (guint i = 0; i < n; i++) {
    if ((mask >> i % 8 & 1) != 0)
      continue;
    self->last_arrival = (GstClockTime) MAX ((GstClockTimeDiff) self->last_arrival + step, 0);
    arrivals[n_arrivals++] = (RtcTwccArrival){ base + i, self->last_arrival };
  }
  write_and_handle (self, arrivals, n_arrivals, base);
}

static void
tell_raw (World *self, RtcReader *r)
{
  gsize wanted = rtc_reader_u8 (r), len = MIN (wanted, rtc_reader_left (r));
  RtcRtcpPacket packet = { .type = RTC_RTCP_RTPFB, .count = RTC_RTPFB_TWCC, .len = len };
  guint8 *copy = g_memdup2 (rtc_reader_bytes (r, len), len);

  packet.data = copy;
  handle_message (self, &packet);
  g_free (copy);
}

static void
set_bounds (World *self, RtcReader *r)
{
  RtcCcBounds bounds;

  bounds.min_bps = rtc_reader_u16 (r) * G_GUINT64_CONSTANT (10000);
  bounds.start_bps = rtc_reader_u16 (r) * G_GUINT64_CONSTANT (10000);
  bounds.max_bps = rtc_reader_u16 (r) * G_GUINT64_CONSTANT (10000);
  self->bounds = rtc_cc_bounds_sane (&bounds);
  rtc_cc_set_bounds (self->cc, self->now, &bounds);
}

static void
run_step (World *self, RtcReader *r)
{
  guint a, b, c;

  switch ((Step) (rtc_reader_u8 (r) % N_STEPS)) {
    case STEP_WAIT:
      pass_time (self, rtc_reader_u8 (r) * GST_MSECOND);
      break;
    case STEP_SLEEP:
      pass_time (self, rtc_reader_u8 (r) * 100 * GST_MSECOND);
      break;
    case STEP_SEND:
      a = rtc_reader_u8 (r);
      b = rtc_reader_u8 (r);
      send_packets (self, a, b, rtc_reader_u8 (r) * GST_MSECOND);
      break;
    case STEP_TRUE:
      a = rtc_reader_u8 (r);
      self->last_arrival = self->now + rtc_reader_u8 (r) * GST_MSECOND;
      tell (self, a, a, GST_MSECOND, 0);
      break;
    case STEP_LIE:
      a = rtc_reader_u8 (r);
      b = rtc_reader_u8 (r);
      c = rtc_reader_u8 (r);
      tell (self, a, b, (gint8) c * 4 * (GstClockTimeDiff) GST_MSECOND, rtc_reader_u8 (r));
      break;
    case STEP_RAW:
      tell_raw (self, r);
      break;
    case STEP_REMB:
      a = rtc_reader_u16 (r);
      b = rtc_reader_u8 (r) % 49;
      rtc_cc_handle_remb (self->cc, self->now, (guint64) a << b);
      break;
    case STEP_LOSS:
      a = rtc_reader_u16 (r);
      b = rtc_reader_u8 (r);
      c = rtc_reader_u8 (r);
      rtc_cc_handle_loss_report (self->cc, self->now, a, a * b / 256,
          c == 255 ? GST_CLOCK_TIME_NONE : c * 8 * GST_MSECOND);
      break;
    case STEP_BOUNDS:
      set_bounds (self, r);
      break;
    case STEP_PATH:
      rtc_cc_handle_path_change (self->cc, self->now);
      break;
    case N_STEPS:
    default:
      break;
  }
  check_probes (self);
  check_target (self);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const gchar *const names[] = { "gcc", "gcc", "gcc", "remb", "fixed" };
  RtcReader r = rtc_reader (data, size);
  guint8 flags = rtc_reader_u8 (&r);
  RtcCcConfig config = { .name = names[(flags >> 1) % G_N_ELEMENTS (names)],
    .bounds = { 30000, 300000, 5000000 },
    .has_twcc = TRUE,
    .can_pad = (flags & 1) != 0 };
  World world = { .now = GST_SECOND, .bounds = config.bounds };

  world.cc = rtc_cc_new (&config);
  world.twcc = rtc_twcc_sender_new (FIRST_SEQ, NULL);
  world.sent = g_new0 (Sent, MAX_SENT);
  check_target (&world);
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0 && r.ok; i++)
    run_step (&world, &r);
  rtc_cc_free (world.cc);
  rtc_twcc_sender_free (world.twcc);
  g_free (world.sent);
  return 0;
}
