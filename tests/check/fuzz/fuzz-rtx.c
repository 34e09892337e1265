/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-rtx.c - what is sent again: NACKs of any numbers to a stream that changes its source, stops,
 * and has parities among its numbers (T16).
 *
 * Whatever is asked for: what comes back under a number is what was sent under it, from whichever
 * source; a parity never does; RTX numbers have no gap; nothing is sent again within a round trip.
 *
 * Input: one byte of FLAG_*, then steps: one byte of Step, its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/media/rtc-send-stream.h"
#include "gst/rtc/rtp/rtc-rtx.h"

#define MAX_STEPS 200
#define N_SOURCES 3
#define RTT (40 * GST_MSECOND)
#define MAX_RESEND 64

enum {
  FLAG_NO_RTX = 1 << 0,
  FLAG_FLEXFEC = 1 << 1,
  FLAG_ULPFEC = 1 << 2,
};

typedef enum {
  STEP_SEND,   /* u8 packets */
  STEP_SOURCE, /* u8: which; its numbers go on */
  STEP_SKIP,   /* u8: packets of the source that are not for this peer */
  STEP_NACK,   /* u16 how far behind the newest, u8 how many */
  STEP_WAIT,   /* u8 * 4 ms */
  STEP_LOSS,   /* u8: the peer reports it */
  N_STEPS,
} Step;

/* What was sent under a number. */
typedef struct {
  gboolean is_media;
  guint32 tag;
  GstClockTime resent; /* last time; 0 never */
} Sent;

typedef struct {
  GstClockTime now;
  RtcSendStream stream;
  RtcPacketHistory *histories[N_SOURCES];
  guint source;
  guint32 next_tag;
  Sent *sent; /* by the peer's number */
  gboolean has_rtx_seq;
  guint16 newest, rtx_seq;
} World;

static const RtcPacketHistoryEntry *
push (World *world)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, 64);
  RtcWriter writer = rtc_writer (packet->data, 64);
  RtcRtpHeader header = { .payload_type = 96,
    .marker = world->next_tag % 4 == 3,
    .seq = (guint16) (world->next_tag * 3),
    .rtp_ts = world->next_tag / 4 * 3000,
    .ssrc = 5 };

  rtc_rtp_header_write (&header, &writer);
  rtc_writer_u32 (&writer, world->next_tag++);
  rtc_writer_u32 (&writer, 0);
  packet->len = writer.pos;
  return rtc_packet_history_push (world->histories[world->source], world->now, packet);
}

static void
note_sent (World *world, guint16 seq, gboolean is_media, guint32 tag)
{
  world->sent[seq] = (Sent){ is_media, tag, 0 };
  world->newest = seq;
}

static void
send_one (World *world)
{
  const RtcPacketHistoryEntry *entry = push (world);
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRewritten out;

  if (rtc_send_stream_build (&world->stream, world->now, entry, data, sizeof data, &out) != RTC_OK)
    return;
  note_sent (world, out.seq, TRUE, world->next_tag - 1);
  while (rtc_send_stream_build_fec (&world->stream, world->now, data, sizeof data, &out)
         != RTC_AGAIN) {
    RtcRtpHeader header;

    FUZZ_CHECK (rtc_rtp_header_parse (&header, data, out.len) == RTC_OK);
    if (header.ssrc == world->stream.config.rewrite.ssrc) {
      FUZZ_CHECK (header.seq == (guint16) (world->newest + 1));
      note_sent (world, header.seq, FALSE, 0);
    }
  }
}

static void
check_resent (World *world, const RtcNackResend *resend)
{
  Sent *sent = &world->sent[resend->seq];
  guint8 data[RTC_MAX_DATAGRAM], *start = data;
  RtcRewritten out;
  RtcRtpHeader header;
  RtcReader r;
  gsize len;

  FUZZ_CHECK (sent->is_media);
  FUZZ_CHECK (sent->resent == 0 || world->now - sent->resent >= RTT);
  sent->resent = world->now;
  FUZZ_CHECK (
      rtc_send_stream_build_rtx (&world->stream, world->now, resend, data, sizeof data, &out)
      == RTC_OK);
  FUZZ_CHECK (rtc_rtp_header_parse (&header, data, out.len) == RTC_OK);
  FUZZ_CHECK (!world->has_rtx_seq || header.seq == (guint16) (world->rtx_seq + 1));
  world->has_rtx_seq = TRUE;
  world->rtx_seq = header.seq;
  len = out.len;
  FUZZ_CHECK (rtc_rtx_unwrap (&header, &start, &len, 96, 1) == RTC_OK);
  FUZZ_CHECK (header.seq == resend->seq);
  r = rtc_reader (start + header.payload_offset, header.payload_len);
  FUZZ_CHECK (rtc_reader_u32 (&r) == sent->tag && r.ok);
}

static void
ask (World *world, guint16 back, guint n)
{
  guint16 seqs[256];
  RtcNackResend resend[MAX_RESEND];
  gboolean is_stuck;
  guint n_resend;

  for (guint i = 0; i < n; i++)
    seqs[i] = (guint16) (world->newest - back + i);
  n_resend = rtc_send_stream_handle_nack (
      &world->stream, world->now, seqs, n, resend, G_N_ELEMENTS (resend), &is_stuck);
  FUZZ_CHECK (n_resend <= MIN (n, MAX_RESEND));
  FUZZ_CHECK (n_resend == 0 || world->stream.config.rewrite.rtx_payload_type != 0);
  for (guint i = 0; i < n_resend; i++)
    check_resent (world, &resend[i]);
}

static void
run_step (World *world, RtcReader *r)
{
  guint n;

  switch (rtc_reader_u8 (r) % N_STEPS) {
    case STEP_SEND:
      for (n = rtc_reader_u8 (r); n > 0; n--)
        send_one (world);
      break;
    case STEP_SOURCE:
      world->source = rtc_reader_u8 (r) % N_SOURCES;
      rtc_send_stream_set_source (&world->stream, world->histories[world->source], FALSE);
      break;
    case STEP_SKIP:
      for (n = rtc_reader_u8 (r); n > 0; n--)
        push (world);
      /* It comes back to the source: numbers go on. */
      rtc_send_stream_set_source (&world->stream, world->histories[world->source], FALSE);
      break;
    case STEP_NACK:
      n = rtc_reader_u16 (r);
      ask (world, (guint16) n, rtc_reader_u8 (r));
      break;
    case STEP_WAIT:
      world->now += rtc_reader_u8 (r) * 4 * GST_MSECOND;
      break;
    case STEP_LOSS:
    default:
      n = rtc_reader_u8 (r);
      for (guint i = 0; i < 3; i++)
        rtc_send_fec_handle_report (&world->stream.fec, world->stream.fec.sample_packets + 255,
            world->stream.fec.sample_lost + n, 200 * GST_MSECOND, TRUE);
      break;
  }
}

static void
world_init (World *world, guint8 flags)
{
  RtcSendStreamConfig config = { .kind = RTC_MEDIA_VIDEO,
    .rewrite = { .ssrc = 1,
        .payload_type = 96,
        .rtx_ssrc = 2,
        .rtx_payload_type = (flags & FLAG_NO_RTX) != 0 ? 0 : 97,
        .clock_rate = 90000,
        .first_seq = 32000,
        .first_rtx_seq = 65530 } };

  *world = (World){ .now = GST_SECOND, .sent = g_new0 (Sent, 0x10000) };
  config.fec.kind = RTC_MEDIA_VIDEO;
  if ((flags & FLAG_FLEXFEC) != 0) {
    config.fec.flexfec_payload_type = 49;
    config.fec.ssrc = 3;
  }
  if ((flags & FLAG_ULPFEC) != 0) {
    config.fec.red_payload_type = 100;
    config.fec.ulpfec_payload_type = 101;
  }
  for (guint i = 0; i < N_SOURCES; i++)
    world->histories[i] = rtc_packet_history_new (256, GST_SECOND);
  rtc_send_stream_init (&world->stream, &config);
  rtc_send_stats_handle_rtt (&world->stream.stats, RTT);
  rtc_send_stream_set_source (&world->stream, world->histories[0], FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcReader r = rtc_reader (data, size);
  World world;

  world_init (&world, rtc_reader_u8 (&r));
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0 && r.ok; i++)
    run_step (&world, &r);
  rtc_send_stream_clear (&world.stream);
  for (guint i = 0; i < N_SOURCES; i++)
    rtc_packet_history_free (world.histories[i]);
  g_free (world.sent);
  return 0;
}
