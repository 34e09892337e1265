/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-dcep.c - data channels: what a peer sends on any stream, with ours opened and closed between
 * (T41).
 *
 * Whatever comes: an OPEN that parses is what writing it says; no more channels, bytes of texts or
 * parts than the limits; what is said to SCTP is on streams that exist; each handle is open once
 * and closed once.
 *
 * Input: steps: one byte of Step, its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/dc/rtc-data-channel.h"

#define MAX_STEPS 400
#define MAX_CHANNELS 20

typedef enum {
  STEP_MESSAGE, /* u8 stream, u8 ppid, u8 length, bytes */
  STEP_RESET,   /* u8 stream */
  STEP_RESET_DONE,
  STEP_CREATE, /* u8: the negotiated id, or above 31: none */
  STEP_CLOSE,  /* u8 handle */
  STEP_SEND,   /* u8 handle, u8 length */
  STEP_WAIT,   /* u8 * 100 ms */
  STEP_ROOM,   /* u8 messages that SCTP takes */
  N_STEPS,
} Step;

typedef struct {
  RtcSctp parent;
  guint room;
  GstClockTime now;
  RtcDataChannels *table;
  guint8 seen[65536]; /* by handle: 1 open, 2 closed */
} World;

static RtcResult
take (RtcSctp *sctp, GstClockTime now, guint16 stream, guint32 ppid,
    const RtcSctpReliability *reliability, const guint8 *data, gsize len)
{
  World *world = (World *) sctp;

  FUZZ_CHECK (stream < RTC_DATA_CHANNEL_MAX_STREAMS && len > 0);
  if (world->room == 0)
    return RTC_AGAIN;
  world->room--;
  return RTC_OK;
}

static RtcResult
reset (RtcSctp *sctp, GstClockTime now, guint16 stream)
{
  FUZZ_CHECK (stream < RTC_DATA_CHANNEL_MAX_STREAMS);
  return RTC_OK;
}

static const RtcSctpVTable vtable = { .name = "fuzz", .send = take, .reset_stream = reset };

static void
drain (World *world)
{
  RtcDataChannelsStats stats;
  RtcOutput out;

  while (rtc_data_channels_poll (world->table, &out)) {
    guint8 *seen = &world->seen[out.channel & 0xffff];

    if (out.type == RTC_OUTPUT_CHANNEL_NEW || out.type == RTC_OUTPUT_CHANNEL_OPEN) {
      FUZZ_CHECK (*seen == 0);
      *seen = 1;
    } else if (out.type == RTC_OUTPUT_CHANNEL_CLOSED) {
      FUZZ_CHECK (*seen < 2);
      *seen = 2;
    } else if (out.packet != NULL) {
      FUZZ_CHECK (*seen == 1);
    }
    rtc_packet_unref (out.packet);
  }
  rtc_data_channels_get_stats (world->table, &stats);
  FUZZ_CHECK (stats.n_channels <= MAX_CHANNELS);
}

static void
check_open (const guint8 *data, gsize len)
{
  RtcDcepType type;
  RtcDcepOpen open;
  GByteArray *again;

  if (rtc_dcep_parse (data, len, &type, &open) != RTC_OK || type != RTC_DCEP_OPEN)
    return;
  FUZZ_CHECK (open.max_retransmits < 0 || open.max_lifetime_ms < 0);
  FUZZ_CHECK (RTC_DCEP_OPEN_HEADER_LEN + open.label_len + open.protocol_len == len);
  again = rtc_dcep_write_open (&open);
  FUZZ_CHECK (again->len == len);
  FUZZ_CHECK (memcmp (again->data + 8, data + 8, len - 8) == 0);
  g_byte_array_unref (again);
}

static void
run_message (World *world, RtcReader *r)
{
  guint16 stream = rtc_reader_u8 (r);
  guint32 ppid = rtc_reader_u8 (r);
  guint8 wanted = rtc_reader_u8 (r);
  gsize len = MIN (wanted, rtc_reader_left (r));
  const guint8 *data = rtc_reader_bytes (r, len);

  if (data == NULL)
    return;
  check_open (data, len);
  rtc_data_channels_handle_message (
      world->table, world->now, stream, ppid, rtc_packet_new_copy (NULL, data, len));
}

static void
run_create (World *world, guint8 id)
{
  RtcDataChannelInit init = { .label = "f",
    .ordered = id % 2,
    .max_retransmits = -1,
    .max_lifetime_ms = -1,
    .negotiated = id < 32,
    .id = id };
  guint32 handle;

  rtc_data_channels_create (world->table, world->now, &init, &handle, NULL);
}

static void
run_send (World *world, RtcReader *r)
{
  guint32 handle = rtc_reader_u8 (r);
  gsize len = rtc_reader_u8 (r);
  RtcPacket *packet = rtc_packet_new (NULL, 0, len);

  memset (packet->data, 0, len);
  packet->len = len;
  rtc_data_channels_send (world->table, world->now, handle, len % 2, packet);
}

static void
run_step (World *world, RtcReader *r)
{
  switch (rtc_reader_u8 (r) % N_STEPS) {
    case STEP_MESSAGE:
      run_message (world, r);
      break;
    case STEP_RESET:
      rtc_data_channels_handle_reset (world->table, world->now, rtc_reader_u8 (r));
      break;
    case STEP_RESET_DONE:
      rtc_data_channels_handle_reset_done (world->table, world->now, rtc_reader_u8 (r));
      break;
    case STEP_CREATE:
      run_create (world, rtc_reader_u8 (r));
      break;
    case STEP_CLOSE:
      rtc_data_channels_close (world->table, world->now, rtc_reader_u8 (r));
      break;
    case STEP_SEND:
      run_send (world, r);
      break;
    case STEP_WAIT:
      world->now += rtc_reader_u8 (r) * 100 * GST_MSECOND;
      rtc_data_channels_handle_timeout (world->table, world->now);
      break;
    case STEP_ROOM:
    default:
      world->room = rtc_reader_u8 (r);
      rtc_data_channels_flush (world->table, world->now);
      break;
  }
  drain (world);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcDataChannelsConfig config = { .max_channels = MAX_CHANNELS,
    .max_text_bytes = 300,
    .max_partial_bytes = 500,
    .max_message_bytes = 300,
    .max_queued_bytes = 1000 };
  RtcReader r = rtc_reader (data, size);
  World *world = g_new0 (World, 1);

  world->parent.vtable = &vtable;
  world->room = 10;
  world->now = GST_SECOND;
  world->table = rtc_data_channels_new (&config);
  check_open (data, size);
  rtc_data_channels_start (world->table, world->now, &world->parent, size % 2 == 0, 200);
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0; i++)
    run_step (world, &r);
  rtc_data_channels_end (world->table);
  drain (world);
  rtc_data_channels_free (world->table);
  g_free (world);
  return 0;
}
