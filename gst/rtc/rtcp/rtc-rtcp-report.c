/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-report.h"

/* RFC 3550 6.4.1, behind the common header (an RR has no sender info):
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         SSRC of sender                        |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |              NTP timestamp, most significant word             |
 * |             NTP timestamp, least significant word             |
 * |                         RTP timestamp                         |
 * |                     sender's packet count                     |
 * |                      sender's octet count                     |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                 SSRC_1 (SSRC of first source)                 |
 * | fraction lost |       cumulative number of packets lost       |
 * |           extended highest sequence number received           |
 * |                      interarrival jitter                      |
 * |                         last SR (LSR)                         |
 * |                   delay since last SR (DLSR)                  |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 */
#define LOST_MAX 0x7fffff
#define LOST_MIN (-0x800000)

/* RTT_TOLERANCE: how far below zero a round trip may come out by rounding, 1/65536 s: 16 ms. */
#define RTT_TOLERANCE 1048

static void
report_parse_block (RtcReader *r, RtcReportBlock *block)
{
  guint32 lost;

  block->ssrc = rtc_reader_u32 (r);
  block->fraction_lost = rtc_reader_u8 (r);
  lost = rtc_reader_u24 (r);
  block->total_lost = (gint32) (lost ^ 0x800000) - 0x800000;
  block->highest_seq = rtc_reader_u32 (r);
  block->jitter = rtc_reader_u32 (r);
  block->last_sr = rtc_reader_u32 (r);
  block->delay_last_sr = rtc_reader_u32 (r);
}

RtcResult
rtc_rtcp_report_parse (const RtcRtcpPacket *packet, RtcRtcpReport *out)
{
  RtcReader r = rtc_reader (packet->data, packet->len);

  if (packet->type != RTC_RTCP_SR && packet->type != RTC_RTCP_RR)
    return RTC_ERR_UNSUPPORTED;
  out->is_sender = packet->type == RTC_RTCP_SR;
  out->ssrc = rtc_reader_u32 (&r);
  memset (&out->sender, 0, sizeof (out->sender));
  if (out->is_sender) {
    out->sender.ntp64 = rtc_reader_u64 (&r);
    out->sender.rtp_ts = rtc_reader_u32 (&r);
    out->sender.packets = rtc_reader_u32 (&r);
    out->sender.octets = rtc_reader_u32 (&r);
  }
  out->n_blocks = packet->count;
  for (guint i = 0; i < out->n_blocks && r.ok; i++)
    report_parse_block (&r, &out->blocks[i]);
  return r.ok ? RTC_OK : RTC_ERR_PARSE;
}

RtcResult
rtc_rtcp_report_write (RtcRtcpBuilder *builder, const RtcRtcpReport *report)
{
  RtcWriter *w;

  if (report->n_blocks > RTC_RTCP_MAX_COUNT)
    return RTC_ERR_LIMIT;
  w = rtc_rtcp_builder_begin (builder);
  rtc_writer_u32 (w, report->ssrc);
  if (report->is_sender) {
    rtc_writer_u64 (w, report->sender.ntp64);
    rtc_writer_u32 (w, report->sender.rtp_ts);
    rtc_writer_u32 (w, report->sender.packets);
    rtc_writer_u32 (w, report->sender.octets);
  }
  for (guint i = 0; i < report->n_blocks; i++) {
    const RtcReportBlock *block = &report->blocks[i];
    gint32 lost = CLAMP (block->total_lost, LOST_MIN, LOST_MAX);

    rtc_writer_u32 (w, block->ssrc);
    rtc_writer_u8 (w, block->fraction_lost);
    rtc_writer_u24 (w, (guint32) lost & 0xffffff);
    rtc_writer_u32 (w, block->highest_seq);
    rtc_writer_u32 (w, block->jitter);
    rtc_writer_u32 (w, block->last_sr);
    rtc_writer_u32 (w, block->delay_last_sr);
  }
  return rtc_rtcp_builder_end (
      builder, report->is_sender ? RTC_RTCP_SR : RTC_RTCP_RR, (guint8) report->n_blocks);
}

gboolean
rtc_rtcp_compute_rtt (guint32 now_compact_ntp, guint32 last, guint32 delay, GstClockTime *rtt)
{
  gint32 round_trip = (gint32) (now_compact_ntp - last - delay);
  GstClockTime result;

  if (last == 0 || round_trip < -RTT_TOLERANCE)
    return FALSE;
  result = rtc_time_from_compact_ntp ((guint32) MAX (round_trip, 0));
  if (result > RTC_RTCP_MAX_RTT)
    return FALSE;
  *rtt = result;
  return TRUE;
}
