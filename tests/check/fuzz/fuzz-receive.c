/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-receive.c - one received stream with its NACKs, and the transport-wide feedback, under any
 * order of arrivals, repairs, wishes of a jitter buffer and pauses (T15 to T18).
 *
 * Whatever comes: lists stay within their limits, each packet passes once, no part is due for ever,
 * what is asked for is in rising order, and every message that is written can be read.
 *
 * Input: one byte of FLAG_*, then steps: one byte of Step, and its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/media/rtc-receive-stream.h"
#include "gst/rtc/media/rtc-twcc-receiver.h"

#define MAX_STEPS 400
#define MAX_MISSING 1000 /* RTC_NACK_GENERATOR_CONFIG_DEFAULT */
#define MAX_WRITES 256
#define PAYLOAD 8

enum {
  FLAG_RTX = 1 << 0,
  FLAG_SHORT = 1 << 1, /* 60 ms of patience */
  FLAG_AUDIO = 1 << 2,
};

typedef enum {
  STEP_PACKET,    /* u16 sequence number, u16 transport-wide one */
  STEP_RUN,       /* u8: so many packets in order after the last one */
  STEP_REPAIR,    /* u16 how far behind the newest one */
  STEP_WISH,      /* u16 number */
  STEP_WAIT,      /* u16 ms */
  STEP_RTT,       /* u16 ms, 0 unknown */
  STEP_KEY,       /* the next packet begins a key frame */
  STEP_RECOVERED, /* u16 how far behind the newest one: made again from parities */
  N_STEPS,
} Step;

typedef struct {
  GstClockTime now;
  RtcReceiveStream *stream;
  RtcTwccReceiver *twcc;
  RtcCodec codec;
  gboolean is_key;
  guint16 last_seq, last_twcc;
  guint64 offered, passed, malformed;
} World;

static void
world_init (World *world, guint8 flags)
{
  RtcReceiveStreamConfig config = { .ssrc = 1, .has_rtx = (flags & FLAG_RTX) != 0 };

  *world = (World){ .now = GST_SECOND };
  rtc_codec_init (&world->codec, (flags & FLAG_AUDIO) != 0 ? RTC_CODEC_OPUS : RTC_CODEC_VP8, 96);
  world->codec.rtcp_fb |= RTC_RTCP_FB_NACK | RTC_RTCP_FB_PLI;
  config.codec = world->codec;
  if ((flags & FLAG_SHORT) != 0)
    config.max_age = 60 * GST_MSECOND;
  world->stream = rtc_receive_stream_new (&config);
  world->twcc = rtc_twcc_receiver_new ();
}

static void
poll_nacks (World *world)
{
  RtcNackGenerator *nack = world->stream->nack;
  guint16 seqs[MAX_MISSING + 1];
  GstClockTime deadline;
  guint n;

  n = rtc_nack_generator_poll (nack, world->now, seqs, G_N_ELEMENTS (seqs));
  FUZZ_CHECK (n <= MAX_MISSING);
  for (guint i = 1; i < n; i++)
    FUZZ_CHECK ((guint16) (seqs[i] - seqs[i - 1]) < 0x8000 && seqs[i] != seqs[i - 1]);
  deadline = rtc_nack_generator_next_deadline (nack);
  FUZZ_CHECK (deadline > world->now);
  FUZZ_CHECK ((deadline == GST_CLOCK_TIME_NONE) == (rtc_nack_generator_get_n_missing (nack) == 0));
  rtc_receive_stream_handle_losses (world->stream, world->now);
  FUZZ_CHECK (rtc_nack_generator_steal_given_up (nack) == 0);
}

static void
poll_twcc (World *world)
{
  guint n = 0;

  for (;;) {
    guint8 data[RTC_MTU];
    RtcTwccFeedback feedback;
    RtcRtcpBuilder builder;
    RtcRtcpPacket packet;
    RtcTwccItem item;
    RtcRtcpWalk walk;
    guint n_received = 0;
    gsize len;

    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    if (!rtc_twcc_receiver_write (world->twcc, world->now, 1, 48, &builder))
      break;
    FUZZ_CHECK (++n <= MAX_WRITES);
    FUZZ_CHECK (rtc_rtcp_builder_finish (&builder, &len) == RTC_OK);
    rtc_rtcp_walk_init (&walk, data, len, 2);
    FUZZ_CHECK (rtc_rtcp_walk_next (&walk, &packet));
    FUZZ_CHECK (rtc_rtcp_twcc_parse (&packet, &feedback) == RTC_OK);
    while (rtc_rtcp_twcc_next (&feedback, &item))
      n_received += item.received ? 1 : 0;
    FUZZ_CHECK (n_received >= 1);
  }
  FUZZ_CHECK (rtc_twcc_receiver_next_deadline (world->twcc) > world->now);
}

static void
wait_until (World *world, GstClockTime until)
{
  for (;;) {
    GstClockTime next = rtc_twcc_receiver_next_deadline (world->twcc);

    next = rtc_time_min (next, rtc_nack_generator_next_deadline (world->stream->nack));
    if (next > until)
      break;
    world->now = MAX (world->now, next);
    poll_nacks (world);
    poll_twcc (world);
  }
  world->now = until;
}

/* How a packet comes. */
typedef enum {
  ARRIVAL_ITSELF,
  ARRIVAL_RTX,
  ARRIVAL_RECOVERED,
} Arrival;

static void
take (World *world, guint16 seq, Arrival how)
{
  guint8 data[RTC_RTP_HEADER_LEN + PAYLOAD] = { 0 };
  RtcRtpHeader header = { .payload_type = 96,
    .seq = seq,
    .rtp_ts = (guint32) (world->now / GST_MSECOND * 90),
    .ssrc = 1,
    .marker = seq % 4 == 0,
    .payload_offset = RTC_RTP_HEADER_LEN,
    .payload_len = PAYLOAD };
  RtcReceiveStream *stream = world->stream;
  guint64 refused = stream->repeated + stream->discarded;
  RtcResult result;

  data[RTC_RTP_HEADER_LEN] = 0x10;
  data[RTC_RTP_HEADER_LEN + 1] = world->is_key ? 0 : 1;
  world->is_key = FALSE;
  world->offered++;
  if (how == ARRIVAL_RTX)
    result = rtc_receive_stream_handle_repair (stream, world->now, &header, data, &world->codec);
  else if (how == ARRIVAL_RECOVERED)
    result = rtc_receive_stream_handle_recovered (stream, world->now, &header, data, &world->codec);
  else
    result = rtc_receive_stream_handle_packet (stream, world->now, &header, data, &world->codec);
  world->passed += result == RTC_OK;
  world->offered -= how == ARRIVAL_RECOVERED && result != RTC_OK;
  world->malformed += result == RTC_ERR_PARSE;
  /* What was refused as repeated or too old is counted, and nothing else is. */
  FUZZ_CHECK (
      stream->repeated + stream->discarded - refused
      == (how != ARRIVAL_RECOVERED && (result == RTC_ERR_REPLAY || result == RTC_ERR_LIMIT)));
  FUZZ_CHECK (rtc_nack_generator_get_n_missing (stream->nack) <= MAX_MISSING);
  /* The same again never passes. */
  if (result == RTC_OK)
    FUZZ_CHECK (rtc_receive_stream_handle_repair (stream, world->now, &header, data, &world->codec)
                != RTC_OK);
  world->offered += result == RTC_OK;
}

static void
take_new (World *world, guint16 seq, guint16 twcc)
{
  world->last_seq = seq;
  world->last_twcc = twcc;
  rtc_twcc_receiver_handle_packet (world->twcc, world->now, twcc, 1, 100);
  take (world, seq, ARRIVAL_ITSELF);
}

static void
run_step (World *world, RtcReader *r)
{
  guint16 value;

  switch (rtc_reader_u8 (r) % N_STEPS) {
    case STEP_PACKET:
      value = rtc_reader_u16 (r);
      take_new (world, value, rtc_reader_u16 (r));
      break;
    case STEP_RUN:
      for (guint n = rtc_reader_u8 (r); n > 0; n--)
        take_new (world, world->last_seq + 1, world->last_twcc + 1);
      break;
    case STEP_REPAIR:
      take (world, (guint16) (world->stream->stats.max_ext_seq - rtc_reader_u16 (r)), ARRIVAL_RTX);
      break;
    case STEP_WISH:
      FUZZ_CHECK (
          rtc_receive_stream_request (world->stream, world->now, rtc_reader_u16 (r)) == RTC_OK);
      break;
    case STEP_WAIT:
      wait_until (world, world->now + rtc_reader_u16 (r) * GST_MSECOND);
      break;
    case STEP_RTT:
      value = rtc_reader_u16 (r);
      rtc_nack_generator_set_rtt (
          world->stream->nack, value != 0 ? value * GST_MSECOND : GST_CLOCK_TIME_NONE);
      break;
    case STEP_RECOVERED:
      take (world, (guint16) (world->stream->stats.max_ext_seq - rtc_reader_u16 (r)),
          ARRIVAL_RECOVERED);
      break;
    case STEP_KEY:
      world->is_key = TRUE;
      break;
    default:
      break;
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcReader r = rtc_reader (data, size);
  RtcNackGeneratorStats stats;
  World world;

  world_init (&world, rtc_reader_u8 (&r));
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0 && r.ok; i++) {
    run_step (&world, &r);
    poll_nacks (&world);
  }
  wait_until (&world, world.now + 10 * GST_SECOND);
  FUZZ_CHECK (rtc_nack_generator_get_n_missing (world.stream->nack) == 0);
  FUZZ_CHECK (rtc_twcc_receiver_next_deadline (world.twcc) == GST_CLOCK_TIME_NONE);
  FUZZ_CHECK (world.passed + world.malformed + world.stream->repeated + world.stream->discarded
              == world.offered);
  FUZZ_CHECK (world.stream->frames <= world.passed && world.stream->key_frames <= world.passed);
  rtc_nack_generator_get_stats (world.stream->nack, &stats);
  FUZZ_CHECK (stats.recovered + stats.reordered <= world.passed);
  rtc_receive_stream_free (world.stream);
  rtc_twcc_receiver_free (world.twcc);
  return 0;
}
