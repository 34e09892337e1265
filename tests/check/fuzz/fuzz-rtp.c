/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-rtp.c - received RTP: header, extensions, RTX and the bundle table (T15, T17).
 *
 * Input: packets, each preceded by its length of 16 bits; a length beyond the end takes what is
 * there. All go through one bundle, so that SSRCs meet. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/media/rtc-capture-time.h"
#include "gst/rtc/rtp/rtc-bundle.h"
#include "gst/rtc/rtp/rtc-rtx.h"

#define MAX_SSRCS 4
#define MAX_PACKETS 64

static RtcRtpExtensionMap
make_map (guint first_id)
{
  RtcRtpExtensionMap map = { .allow_mixed = TRUE };

  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++)
    FUZZ_CHECK (rtc_rtp_extension_map_set (&map, i, first_id + i) == RTC_OK);
  return map;
}

static void
check_header (const RtcRtpHeader *header, const guint8 *data, gsize size)
{
  guint8 bytes[RTC_RTP_HEADER_LEN];
  RtcWriter writer = rtc_writer (bytes, sizeof bytes);

  FUZZ_CHECK (header->payload_offset >= RTC_RTP_HEADER_LEN + header->n_csrcs * 4);
  FUZZ_CHECK (header->payload_offset + header->payload_len + header->padding_len == size);
  FUZZ_CHECK (header->extension_offset + header->extension_len <= header->payload_offset);
  for (guint i = 0; i < header->n_csrcs; i++)
    rtc_rtp_header_get_csrc (header, data, i);
  rtc_rtp_header_write (header, &writer);
  FUZZ_CHECK (writer.ok && memcmp (bytes, data, sizeof bytes) == 0);
}

/* What was read can be written, and reads as the same; the slots point at what they say. */
static void
check_extensions (const RtcRtpExtensionMap *map, const RtcRtpHeader *header, const guint8 *data,
    const RtcRtpExtensionValues *values)
{
  RtcRtpHeader made = { .has_extension = values->present != 0 };
  guint8 packet[RTC_RTP_HEADER_LEN + RTC_RTP_EXTENSION_BLOCK_MAX];
  RtcWriter writer = rtc_writer (packet, sizeof packet);
  RtcRtpExtensionSlots slots, found;
  RtcRtpExtensionValues again;

  rtc_rtp_extension_find_slots (map, header, data, &slots);
  FUZZ_CHECK (slots.twcc + 2u <= header->payload_offset);
  FUZZ_CHECK (slots.abs_send_time + 3u <= header->payload_offset);

  rtc_rtp_header_write (&made, &writer);
  FUZZ_CHECK ((rtc_rtp_extension_write (map, values, &writer, &slots) > 0) == made.has_extension);
  FUZZ_CHECK (writer.ok && writer.pos % 4 == 0);
  FUZZ_CHECK (rtc_rtp_header_parse (&made, packet, writer.pos) == RTC_OK);
  FUZZ_CHECK (rtc_rtp_extension_read (map, &made, packet, &again));
  FUZZ_CHECK (again.present == values->present);
  FUZZ_CHECK (strcmp (again.mid, values->mid) == 0 || values->mid[0] == '\0');
  FUZZ_CHECK (again.twcc_seq == values->twcc_seq || slots.twcc == 0);
  if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_PLAYOUT_DELAY))
    FUZZ_CHECK (values->playout_min <= values->playout_max && values->playout_max <= 0xfff
                && again.playout_min == values->playout_min
                && again.playout_max == values->playout_max);
  if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME))
    FUZZ_CHECK (again.abs_capture_ntp64 == values->abs_capture_ntp64
                && again.has_capture_offset == values->has_capture_offset
                && (!values->has_capture_offset
                    || again.capture_clock_offset == values->capture_clock_offset));
  rtc_rtp_extension_find_slots (map, &made, packet, &found);
  FUZZ_CHECK (found.twcc == slots.twcc && found.abs_send_time == slots.abs_send_time);
}

/* Unwrapped as RTX and wrapped again it is what it was, but for the padding. */
static void
check_rtx (RtcRtpHeader header, const guint8 *data, gsize size)
{
  RtcRtpHeader rtx = header, parsed;
  guint8 *copy = g_memdup2 (data, size), *start = copy;
  guint8 *wrapped = g_malloc (size);
  RtcWriter writer = rtc_writer (wrapped, size);
  gsize len = size;
  RtcResult result = rtc_rtx_unwrap (&header, &start, &len, 96, 0x1234);

  FUZZ_CHECK ((result == RTC_OK) == (rtx.payload_len >= RTC_RTX_OSN_LEN));
  if (result == RTC_OK) {
    FUZZ_CHECK (start + len <= copy + size);
    FUZZ_CHECK (rtc_rtp_header_parse (&parsed, start, len) == RTC_OK);
    FUZZ_CHECK (memcmp (&parsed, &header, sizeof parsed) == 0);
    FUZZ_CHECK (
        rtc_rtx_wrap (&header, start, rtx.payload_type, rtx.ssrc, rtx.seq, &writer) == RTC_OK);
    FUZZ_CHECK (writer.pos == rtx.payload_offset + rtx.payload_len);
    FUZZ_CHECK (memcmp (wrapped + 1, data + 1, writer.pos - 1) == 0);
  } else {
    FUZZ_CHECK (start == copy && len == size && memcmp (copy, data, size) == 0);
  }
  g_free (wrapped);
  g_free (copy);
}

/* What is worked out from one capture time goes back to it, and nothing is said twice. */
static void
check_capture_time (
    RtcCaptureTimeReader *reader, const RtcRtpHeader *header, const RtcRtpExtensionValues *values)
{
  RtcCaptureTimeTeller teller = { 0 };
  guint64 ntp64;

  if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME)) {
    rtc_capture_time_reader_take (reader, header->rtp_ts, values->abs_capture_ntp64);
    FUZZ_CHECK (rtc_capture_time_reader_find (reader, header->rtp_ts, 90000, &ntp64));
    FUZZ_CHECK (ntp64 == values->abs_capture_ntp64);
  } else if (rtc_capture_time_reader_find (reader, header->rtp_ts, 90000, &ntp64)) {
    FUZZ_CHECK (rtc_capture_time_teller_poll (&teller, 0, reader->rtp_ts, 90000, reader->ntp64));
    FUZZ_CHECK (!rtc_capture_time_teller_poll (&teller, 0, header->rtp_ts, 90000, ntp64));
  }
}

static void
check_bundle (RtcBundle *bundle, GstClockTime now, const RtcRtpHeader *header,
    const RtcRtpExtensionValues *values)
{
  RtcBundleMatch match, found;
  RtcBundleStats stats;

  if (rtc_bundle_handle_packet (bundle, now, header, values, &match) == RTC_OK) {
    FUZZ_CHECK (match.section < 2);
    FUZZ_CHECK (rtc_bundle_find (bundle, header->ssrc, &found));
    FUZZ_CHECK (found.section == match.section && strcmp (found.rid, match.rid) == 0);
    FUZZ_CHECK (!match.has_evicted || !rtc_bundle_find (bundle, match.evicted_ssrc, &found));
  }
  rtc_bundle_get_stats (bundle, &stats);
  FUZZ_CHECK (stats.n_ssrcs <= MAX_SSRCS);
}

static void
handle_packet (RtcBundle *bundle, RtcCaptureTimeReader *capture_time, GstClockTime now,
    const guint8 *data, gsize size)
{
  RtcRtpExtensionMap low = make_map (1), high = make_map (20);
  RtcRtpExtensionValues values;
  RtcRtpHeader header;

  if (rtc_rtp_header_parse (&header, data, size) != RTC_OK)
    return;
  check_header (&header, data, size);
  rtc_rtp_extension_read (&high, &header, data, &values);
  check_extensions (&high, &header, data, &values);
  rtc_rtp_extension_read (&low, &header, data, &values);
  check_extensions (&low, &header, data, &values);
  check_capture_time (capture_time, &header, &values);
  check_rtx (header, data, size);
  check_bundle (bundle, now, &header, &values);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 video[] = { 96, 98 }, audio[] = { 111 }, rtx[] = { 97 };
  RtcBundle *bundle = rtc_bundle_new (MAX_SSRCS, 2);
  RtcCaptureTimeReader capture_time = { 0 };
  RtcReader reader = rtc_reader (data, size);
  RtcBundleMatch match;

  rtc_bundle_set_section (bundle, 0, "a", audio, 1, NULL, 0);
  rtc_bundle_set_section (bundle, 1, "v", video, 2, rtx, 1);
  rtc_bundle_add_ssrc (bundle, 1, 1, NULL, 0);
  for (guint i = 0; i < MAX_PACKETS && rtc_reader_left (&reader) >= 2; i++) {
    gsize wanted = rtc_reader_u16 (&reader), len = MIN (wanted, rtc_reader_left (&reader));
    /* A block of its own, so that reading past the packet is seen. */
    guint8 *packet = g_memdup2 (rtc_reader_bytes (&reader, len), len);

    handle_packet (bundle, &capture_time, i * (150 * GST_MSECOND), packet, len);
    g_free (packet);
  }
  FUZZ_CHECK (rtc_bundle_find (bundle, 1, &match));
  rtc_bundle_free (bundle);
  return 0;
}
