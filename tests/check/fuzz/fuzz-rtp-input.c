/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-rtp-input.c - RTP from elsewhere before it is passed on: any packets, any caps, at any time.
 *
 * What goes on is RTP of one sender with something in it, no longer than may be, with the bytes
 * that it came with but for its time stamp; each packet is passed on or counted as something;
 * parameter sets are made when they are asked for and no longer than may be.
 *
 * Input: a byte that chooses the codec, then steps: one byte of Step, its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/media/gstrtcrtpinput.h"
#include "gst/rtc/base/rtc-log.h"

#define MAX_STEPS 400

typedef enum {
  STEP_NEXT,  /* u8 ahead of the last number by signed, u8 ticks * 256 later, u8 bytes of payload */
  STEP_BYTES, /* u8: so many, as they are */
  STEP_LONG,  /* u16 % 2048: a packet that is filled up to so many */
  STEP_OTHER, /* u8: another of four SSRCs, u16 its next number, u32 its next time stamp */
  STEP_TYPE,  /* u8: payload type, marker */
  STEP_WAIT,  /* u8 * 8 ms */
  STEP_CAPS,  /* u8: CAPS_*, u16 bytes of text */
  N_STEPS,
} Step;

enum {
  CAPS_PAYLOAD = 1 << 0,
  CAPS_SSRC = 1 << 1,
  CAPS_SETS = 1 << 2,
  CAPS_SETS_BASE64 = 1 << 3, /* the text is the bytes of one, and not what is written */
};

typedef struct {
  GstRtcRtpInput input;
  GstClockTime now;
  guint8 type;
  guint32 ssrc, rtp_ts;
  guint16 seq;
  guint64 fed, passed, empty;
  GstRtcRtpInputStats last;
} World;

static void
check_stats (World *world)
{
  const GstRtcRtpInputStats *stats = &world->input.stats, *last = &world->last;

  FUZZ_CHECK (stats->lost >= last->lost && stats->lost - last->lost < GST_RTC_RTP_INPUT_MAX_JUMP);
  FUZZ_CHECK (stats->restarts - last->restarts <= 1);
  FUZZ_CHECK (stats->b_frames - last->b_frames <= 1);
  FUZZ_CHECK (
      world->passed + world->empty + stats->late + stats->too_long + stats->foreign == world->fed);
  world->last = *stats;
}

static void
check_sets (World *world, const RtcRtpHeader *next)
{
  RtcPacket *packet = gst_rtc_rtp_input_make_sets (&world->input, next);
  RtcKeyFrameFormat format = rtc_key_frame_format_from_name (world->input.codec->name);
  RtcRtpHeader header;
  RtcReader reader;
  guint n = 0;

  FUZZ_CHECK (rtc_rtp_header_parse (&header, packet->data, packet->len) == RTC_OK);
  FUZZ_CHECK (packet->len <= RTC_PAYLOADER_MTU && header.payload_len > 2 && !header.marker);
  FUZZ_CHECK (rtc_packet_tailroom (packet) >= RTC_SRTP_MAX_OVERHEAD);
  FUZZ_CHECK (header.rtp_ts == next->rtp_ts && header.ssrc == next->ssrc);
  reader = rtc_reader (packet->data + header.payload_offset, header.payload_len);
  rtc_reader_bytes (&reader, format == RTC_KEY_FRAME_FORMAT_H264 ? 1 : 2);
  for (; rtc_reader_left (&reader) > 0; n++)
    rtc_reader_bytes (&reader, rtc_reader_u16 (&reader));
  FUZZ_CHECK (reader.ok && n == world->input.sets->len);
  rtc_packet_unref (packet);
}

static void
check_passed (World *world, const guint8 *before, const guint8 *data, gsize len,
    const RtcRtpHeader *header, guint32 last_ssrc)
{
  RtcRtpHeader written;

  FUZZ_CHECK (rtc_rtp_header_parse (&written, data, len) == RTC_OK);
  FUZZ_CHECK (written.rtp_ts == header->rtp_ts && written.seq == header->seq);
  FUZZ_CHECK (written.payload_offset == header->payload_offset);
  FUZZ_CHECK (header->payload_len > 0 && len <= GST_RTC_RTP_INPUT_MTU);
  FUZZ_CHECK (header->payload_offset + header->payload_len <= len);
  FUZZ_CHECK (header->ssrc == world->input.ssrc);
  FUZZ_CHECK (header->ssrc == last_ssrc || world->passed == 0
              || world->input.stats.restarts > world->last.restarts);
  FUZZ_CHECK (world->input.payload_type < 0 || header->payload_type == world->input.payload_type);
  /* Where the time stamp is (RFC 3550 5.1). */
  FUZZ_CHECK (memcmp (before, data, 4) == 0 && memcmp (before + 8, data + 8, len - 8) == 0);
}

/* data may be written to. */
static void
handle (World *world, guint8 *data, gsize len)
{
  guint32 last_ssrc = world->input.ssrc;
  guint64 restarts = world->input.stats.restarts, counted;
  guint8 *before = g_memdup2 (data, len);
  const GstRtcRtpInputStats *stats = &world->input.stats;
  GstRtcRtpInputVerdict verdict;
  RtcRtpHeader header;
  gboolean has_hole;

  counted = stats->late + stats->too_long + stats->foreign;
  verdict = gst_rtc_rtp_input_handle (&world->input, world->now, data, len, &header);
  world->fed++;
  has_hole = gst_rtc_rtp_input_take_hole (&world->input);
  FUZZ_CHECK (!gst_rtc_rtp_input_take_hole (&world->input));
  FUZZ_CHECK (has_hole || stats->restarts == restarts);
  FUZZ_CHECK (has_hole || verdict != GST_RTC_RTP_INPUT_DROP_TOO_LONG);
  counted = stats->late + stats->too_long + stats->foreign - counted;
  FUZZ_CHECK (
      counted <= (verdict == GST_RTC_RTP_INPUT_DROP || verdict == GST_RTC_RTP_INPUT_DROP_TOO_LONG));
  if (verdict == GST_RTC_RTP_INPUT_PASS || verdict == GST_RTC_RTP_INPUT_PASS_AFTER_SETS) {
    check_passed (world, before, data, len, &header, last_ssrc);
    world->passed++;
  } else if (counted == 0) {
    FUZZ_CHECK (verdict == GST_RTC_RTP_INPUT_DROP && header.payload_len == 0);
    world->empty++;
  }
  if (verdict == GST_RTC_RTP_INPUT_PASS_AFTER_SETS)
    check_sets (world, &header);
  FUZZ_CHECK (!gst_rtc_rtp_input_take_lack_of_sets (&world->input) || world->input.sets == NULL);
  check_stats (world);
  g_free (before);
}

static void
send_packet (World *world, const guint8 *payload, gsize payload_len, gsize filled)
{
  gsize len = RTC_RTP_HEADER_LEN + payload_len + filled;
  RtcRtpHeader header = { .payload_type = world->type & 0x7f,
    .marker = world->type >> 7,
    .seq = world->seq++,
    .rtp_ts = world->rtp_ts,
    .ssrc = world->ssrc };
  guint8 *data = g_malloc0 (len);
  RtcWriter writer = rtc_writer (data, len);

  rtc_rtp_header_write (&header, &writer);
  if (payload_len > 0)
    rtc_writer_bytes (&writer, payload, payload_len);
  handle (world, data, len);
  g_free (data);
}

static void
set_text (
    GstStructure *structure, const gchar *field, const guint8 *bytes, gsize len, gboolean encode)
{
  gchar *text = encode ? g_base64_encode (bytes, len) : g_strndup ((const gchar *) bytes, len);

  if (text != NULL && g_utf8_validate (text, -1, NULL))
    gst_structure_set (structure, field, G_TYPE_STRING, text, NULL);
  g_free (text);
}

static void
set_caps (World *world, guint8 what, const guint8 *text, gsize len)
{
  static const gchar *const h265[] = { "sprop-vps", "sprop-sps", "sprop-pps" };
  GstCaps *caps = gst_caps_new_empty_simple ("application/x-rtp");
  GstStructure *structure = gst_caps_get_structure (caps, 0);

  if ((what & CAPS_PAYLOAD) != 0)
    gst_structure_set (structure, "payload", G_TYPE_INT, world->type & 0x7f, NULL);
  if ((what & CAPS_SSRC) != 0)
    gst_structure_set (structure, "ssrc", G_TYPE_UINT, world->ssrc, NULL);
  if ((what & CAPS_SETS) != 0) {
    gboolean encode = (what & CAPS_SETS_BASE64) != 0;

    set_text (structure, "sprop-parameter-sets", text, len, encode);
    for (guint i = 0; i < G_N_ELEMENTS (h265); i++)
      set_text (structure, h265[i], text, len / (i + 1), encode);
  }
  gst_rtc_rtp_input_set_caps (&world->input, caps);
  gst_caps_unref (caps);
}

static const guint8 *
take_bytes (RtcReader *r, gsize *len)
{
  *len = r->ok ? MIN (*len, rtc_reader_left (r)) : 0;
  return rtc_reader_bytes (r, *len);
}

static void
run_step (World *world, RtcReader *r)
{
  const guint8 *bytes;
  guint8 *copy, what;
  gsize len;

  switch (rtc_reader_u8 (r) % N_STEPS) {
    case STEP_NEXT:
      world->seq = (guint16) (world->seq + (gint8) rtc_reader_u8 (r));
      world->rtp_ts += (guint32) ((gint8) rtc_reader_u8 (r) * 256);
      len = rtc_reader_u8 (r);
      bytes = take_bytes (r, &len);
      send_packet (world, bytes, len, 0);
      break;
    case STEP_BYTES:
      len = rtc_reader_u8 (r);
      bytes = take_bytes (r, &len);
      copy = g_memdup2 (bytes, len);
      handle (world, copy, len);
      g_free (copy);
      break;
    case STEP_LONG:
      send_packet (world, (const guint8 *) "\x65\x88", 2, rtc_reader_u16 (r) % RTC_MAX_DATAGRAM);
      break;
    case STEP_OTHER:
      world->ssrc = rtc_reader_u8 (r) % 4;
      world->seq = rtc_reader_u16 (r);
      world->rtp_ts = rtc_reader_u32 (r);
      break;
    case STEP_TYPE:
      world->type = rtc_reader_u8 (r);
      break;
    case STEP_WAIT:
      world->now += rtc_reader_u8 (r) * 8 * GST_MSECOND;
      break;
    case STEP_CAPS:
    default:
      what = rtc_reader_u8 (r);
      len = rtc_reader_u16 (r);
      bytes = take_bytes (r, &len);
      set_caps (world, what, bytes, len);
      break;
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const RtcCodecId codecs[] = { RTC_CODEC_H264, RTC_CODEC_H265, RTC_CODEC_VP8,
    RTC_CODEC_OPUS };
  RtcReader r = rtc_reader (data, size);
  World world = { .now = GST_SECOND, .type = 96 };

  gst_init (NULL, NULL);
  rtc_log_init ();
  gst_rtc_rtp_input_init (&world.input, codecs[rtc_reader_u8 (&r) % G_N_ELEMENTS (codecs)]);
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0 && r.ok; i++)
    run_step (&world, &r);
  gst_rtc_rtp_input_clear (&world.input);
  return 0;
}
