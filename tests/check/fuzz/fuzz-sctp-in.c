/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-sctp-in.c - what comes out of DTLS into an association (T39, T40).
 *
 * Two associations connect, then one gets packets of the input's with the tag and the checksum that
 * it takes, as a hostile peer would send them, while it sends, resets and reads itself. Whatever
 * comes: no message longer than the limit or of no bytes, only streams that exist, nothing after
 * the end, and the end is said once.
 *
 * usrsctp has a clock of its own, so that a time-out may come in one run and not in the other; what
 * is checked holds either way.
 *
 * Input: steps: one byte of Step, its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "ext/sctp/rtc-crc32c.h"
#include "ext/sctp/rtc-usrsctp.h"
#include "gst/rtc/base/rtc-bytes.h"

#define MAX_STEPS 200
#define MAX_STREAMS 64
#define MAX_MESSAGE 3000
#define MAX_ROUNDS 20
#define HEADER_LEN 12

typedef enum {
  STEP_CHUNKS, /* u8 length, bytes: chunks, as they are */
  STEP_RAW,    /* u8 length, bytes: a packet, nothing mended */
  STEP_DATA,   /* u8 flags, u8 TSN ahead, u8 stream, u16 number, u8 * 8 bytes */
  STEP_RESET,  /* u8 parameter, u8 length, bytes: a RE-CONFIG for a TSN near ours */
  STEP_SACK,   /* u8 chunks acknowledged, u8 window, u8 gap */
  STEP_SEND,   /* u8 stream, u8 * 16 bytes, u8 reliability */
  STEP_END,    /* u8 stream: our reset */
  STEP_READ,   /* u8: whether to */
  STEP_CARRY,  /* what the other end has to say */
  N_STEPS,
} Step;

typedef struct {
  RtcSctp *ends[2]; /* 0 gets the input */
  RtcSctpState state[2];
  GstClockTime now;
  gboolean carries;        /* what 0 says reaches 1 */
  guint8 head[HEADER_LEN]; /* of the last packet to 0 */
  guint32 peer_tsn;        /* of 1: the first that 0 was given */
  guint32 our_tsn;         /* the last DATA of 0 */
} World;

static guint32
read_u32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

static void
put_u32 (guint8 *data, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    data[i] = (guint8) (value >> (24 - 8 * i));
}

static void
check_event (World *world, guint end, const RtcSctpEvent *event)
{
  FUZZ_CHECK (world->state[end] != RTC_SCTP_STATE_CLOSED || event->type == RTC_SCTP_EVENT_TRANSMIT);
  switch (event->type) {
    case RTC_SCTP_EVENT_STATE:
      FUZZ_CHECK (event->state != world->state[end]);
      FUZZ_CHECK ((event->state == RTC_SCTP_STATE_CLOSED) == (*event->reason != '\0'));
      world->state[end] = event->state;
      break;
    case RTC_SCTP_EVENT_TRANSMIT:
      FUZZ_CHECK (
          event->packet->len <= 1160 && rtc_crc32c_check (event->packet->data, event->packet->len));
      break;
    case RTC_SCTP_EVENT_MESSAGE:
      FUZZ_CHECK (event->stream < MAX_STREAMS);
      FUZZ_CHECK (event->packet->len > 0 && event->packet->len <= MAX_MESSAGE);
      break;
    case RTC_SCTP_EVENT_STREAM_RESET:
    case RTC_SCTP_EVENT_RESET_DONE:
      FUZZ_CHECK (event->stream < MAX_STREAMS);
      break;
    case RTC_SCTP_EVENT_WRITABLE:
    default:
      break;
  }
}

/* What goes to 0 tells its tag and the peer's numbers. */
static void
note_packet (World *world, guint from, const RtcPacket *packet)
{
  if (packet->len < HEADER_LEN + 20)
    return;
  if (from == 1)
    memcpy (world->head, packet->data, HEADER_LEN);
  if (packet->data[HEADER_LEN] == 1 || packet->data[HEADER_LEN] == 2) {
    if (from == 1)
      world->peer_tsn = read_u32 (packet->data + HEADER_LEN + 16);
  } else if (packet->data[HEADER_LEN] == 0 && from == 0) {
    world->our_tsn = read_u32 (packet->data + HEADER_LEN + 4);
  }
}

/* All that one end has to say, to the other if that is to hear it. */
static gboolean
drain (World *world, guint from, gboolean carries)
{
  RtcSctp *to = world->ends[1 - from];
  RtcSctpEvent event;
  gboolean any = FALSE;

  for (guint i = 0; i < 1000 && world->ends[from]->vtable->poll (world->ends[from], &event); i++) {
    check_event (world, from, &event);
    if (event.type == RTC_SCTP_EVENT_TRANSMIT) {
      note_packet (world, from, event.packet);
      if (carries)
        to->vtable->handle_packet (to, world->now, event.packet->data, event.packet->len);
    }
    rtc_packet_unref (event.packet);
    any = TRUE;
  }
  return any;
}

static void
carry (World *world)
{
  for (guint i = 0; i < MAX_ROUNDS; i++) {
    gboolean any = drain (world, 0, TRUE);

    if (!drain (world, 1, TRUE) && !any)
      return;
  }
}

static void
inject (World *world, guint8 *packet, gsize len)
{
  RtcSctp *to = world->ends[0];

  if (len >= HEADER_LEN) {
    memcpy (packet, world->head, HEADER_LEN);
    rtc_crc32c_write (packet, len);
  }
  to->vtable->handle_packet (to, world->now, packet, len);
}

static void
run_chunks (World *world, RtcReader *r, gboolean is_raw)
{
  guint8 wanted = rtc_reader_u8 (r);
  gsize len = MIN (wanted, rtc_reader_left (r));
  const guint8 *bytes = rtc_reader_bytes (r, len);
  guint8 packet[HEADER_LEN + 256];

  if (bytes == NULL)
    return;
  if (is_raw) {
    world->ends[0]->vtable->handle_packet (world->ends[0], world->now, bytes, len);
    return;
  }
  memcpy (packet + HEADER_LEN, bytes, len);
  inject (world, packet, HEADER_LEN + len);
}

static void
run_data (World *world, RtcReader *r)
{
  guint8 packet[HEADER_LEN + 16 + 2048] = { 0 };
  guint8 *chunk = packet + HEADER_LEN;
  gsize len;

  chunk[1] = rtc_reader_u8 (r);
  put_u32 (chunk + 4, world->peer_tsn + rtc_reader_u8 (r));
  chunk[9] = rtc_reader_u8 (r);
  chunk[10] = rtc_reader_u8 (r);
  chunk[11] = rtc_reader_u8 (r);
  chunk[15] = 51;
  len = 16 + rtc_reader_u8 (r) * 8u;
  chunk[2] = (guint8) (len >> 8);
  chunk[3] = (guint8) len;
  inject (world, packet, HEADER_LEN + len);
}

static void
run_reconfig (World *world, RtcReader *r)
{
  guint8 packet[HEADER_LEN + 4 + 16 + 64] = { 0 };
  guint8 *chunk = packet + HEADER_LEN, *parameter = chunk + 4;
  guint8 type = rtc_reader_u8 (r);
  guint8 wanted = rtc_reader_u8 (r) % 33;
  gsize n = MIN (wanted, rtc_reader_left (r) / 2);
  gsize len = 16 + n * 2;
  const guint8 *streams = rtc_reader_bytes (r, n * 2);

  chunk[0] = 130;
  chunk[2] = (guint8) ((len + 4) >> 8);
  chunk[3] = (guint8) (len + 4);
  parameter[1] = 12 + type % 8;
  parameter[3] = (guint8) len;
  put_u32 (parameter + 4, world->peer_tsn + type / 64);
  put_u32 (parameter + 8, world->our_tsn);
  put_u32 (parameter + 12, world->peer_tsn + type / 8 % 8 - 1);
  if (streams != NULL)
    memcpy (parameter + 16, streams, n * 2);
  inject (world, packet, HEADER_LEN + 4 + ((len + 3) & ~(gsize) 3));
}

static void
run_sack (World *world, RtcReader *r)
{
  guint8 packet[HEADER_LEN + 20] = { 0 };
  guint8 *chunk = packet + HEADER_LEN;

  chunk[0] = 3;
  chunk[3] = 20;
  put_u32 (chunk + 4, world->our_tsn - 4 + rtc_reader_u8 (r) % 8);
  put_u32 (chunk + 8, (guint32) rtc_reader_u8 (r) << 12);
  chunk[13] = 1;
  chunk[17] = rtc_reader_u8 (r);
  chunk[19] = (guint8) (chunk[17] + 1);
  inject (world, packet, sizeof packet);
}

static void
run_send (World *world, RtcReader *r)
{
  static const guint8 bytes[4096];
  guint16 stream = rtc_reader_u8 (r);
  gsize len = 1 + rtc_reader_u8 (r) * 16u;
  guint8 kind = rtc_reader_u8 (r);
  RtcSctpReliability reliability = { .ordered = kind % 2,
    .max_retransmits = kind % 8 >= 6 ? kind / 8 : -1,
    .max_lifetime_ms = kind % 8 >= 4 && kind % 8 < 6 ? kind : -1,
    .room_priority = kind / 64 };

  world->ends[0]->vtable->send (world->ends[0], world->now, stream, 51, &reliability, bytes, len);
}

static void
run_step (World *world, RtcReader *r)
{
  RtcSctp *end = world->ends[0];
  guint step = rtc_reader_u8 (r) % N_STEPS;

  switch ((Step) step) {
    case STEP_CHUNKS:
    case STEP_RAW:
      run_chunks (world, r, step == STEP_RAW);
      break;
    case STEP_DATA:
      run_data (world, r);
      break;
    case STEP_RESET:
      run_reconfig (world, r);
      break;
    case STEP_SACK:
      run_sack (world, r);
      break;
    case STEP_SEND:
      run_send (world, r);
      break;
    case STEP_END:
      end->vtable->reset_stream (end, world->now, rtc_reader_u8 (r));
      break;
    case STEP_READ:
      end->vtable->set_reading (end, rtc_reader_u8 (r) % 2);
      break;
    case STEP_CARRY:
    case N_STEPS:
    default:
      carry (world);
      break;
  }
  world->now += 20 * GST_MSECOND;
  end->vtable->handle_timeout (end, world->now);
  drain (world, 0, FALSE);
}

static void
world_init (World *world, RtcSctpFactory *factory)
{
  RtcSctpConfig config = { .local_port = 5000,
    .remote_port = 5000,
    .max_streams = MAX_STREAMS,
    .max_message_bytes = MAX_MESSAGE,
    .mtu = 1160 };

  world->now = GST_SECOND;
  for (guint i = 0; i < 2; i++) {
    config.peer_id = i;
    world->ends[i] = factory->create (factory, &config, NULL);
    FUZZ_CHECK (world->ends[i] != NULL);
  }
}

/* The first byte: whether both are connected when the rest begins. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcReader r = rtc_reader (data, size);
  RtcSctpFactory *factory = rtc_usrsctp_factory_new ();
  World world = { .our_tsn = 0 };
  gboolean connects = rtc_reader_u8 (&r) % 8 != 0;

  world_init (&world, factory);
  for (guint i = 0; i < 2; i++)
    world.ends[i]->vtable->connect (world.ends[i], world.now);
  if (connects) {
    carry (&world);
    FUZZ_CHECK (world.state[0] == RTC_SCTP_STATE_CONNECTED);
  }
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0; i++)
    run_step (&world, &r);
  world.ends[0]->vtable->close (world.ends[0], world.now);
  drain (&world, 0, FALSE);
  FUZZ_CHECK (world.state[0] == RTC_SCTP_STATE_CLOSED);
  FUZZ_CHECK (world.ends[0]->vtable->next_deadline (world.ends[0]) == GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 2; i++)
    world.ends[i]->vtable->free (world.ends[i]);
  rtc_usrsctp_factory_free (factory);
  return 0;
}
