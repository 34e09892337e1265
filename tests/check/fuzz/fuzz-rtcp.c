/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-rtcp.c - any bytes as RTCP: views stay inside, work stays O(bytes), what is written again
 * reads the same. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"

#define MAX_BLOCKS 64

static gboolean
inside (const RtcRtcpPacket *packet, const gchar *text, gsize len)
{
  const guint8 *p = (const guint8 *) text;

  return text == NULL
         || (p >= packet->data && len <= packet->len && p + len <= packet->data + packet->len);
}

static void
check_report (const RtcRtcpPacket *packet)
{
  RtcRtcpReport report, again;
  RtcRtcpBuilder builder;
  RtcRtcpPacket copy;
  RtcRtcpWalk walk;
  guint8 data[1024];
  gsize len;

  if (rtc_rtcp_report_parse (packet, &report) != RTC_OK)
    return;
  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  FUZZ_CHECK (rtc_rtcp_report_write (&builder, &report) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_builder_finish (&builder, &len) == RTC_OK);
  rtc_rtcp_walk_init (&walk, data, len, 1);
  FUZZ_CHECK (rtc_rtcp_walk_next (&walk, &copy));
  FUZZ_CHECK (rtc_rtcp_report_parse (&copy, &again) == RTC_OK);
  FUZZ_CHECK (again.n_blocks == report.n_blocks && again.sender.ntp64 == report.sender.ntp64);
  for (guint i = 0; i < report.n_blocks; i++)
    FUZZ_CHECK (again.blocks[i].total_lost == report.blocks[i].total_lost);
}

static void
check_sdes_bye (const RtcRtcpPacket *packet)
{
  RtcSdesChunk chunk;
  RtcSdesIter iter;
  RtcRtcpBye bye;
  guint n = 0;

  if (rtc_rtcp_sdes_parse (packet, &iter) == RTC_OK) {
    while (rtc_rtcp_sdes_next (&iter, &chunk)) {
      FUZZ_CHECK (inside (packet, chunk.cname, chunk.cname_len));
      FUZZ_CHECK (inside (packet, chunk.mid, chunk.mid_len));
      FUZZ_CHECK (++n <= packet->count);
    }
  }
  if (rtc_rtcp_bye_parse (packet, &bye) == RTC_OK)
    FUZZ_CHECK (inside (packet, bye.reason, bye.reason_len));
}

static void
check_nack (const RtcRtcpPacket *packet)
{
  RtcNackIter iter;
  guint16 seq;
  gsize n = 0;

  if (rtc_rtcp_nack_parse (packet, &iter) != RTC_OK)
    return;
  while (rtc_rtcp_nack_next (&iter, &seq))
    n++;
  FUZZ_CHECK (n >= 1 && n <= packet->len / 4 * 17);
}

static void
check_psfb (const RtcRtcpPacket *packet)
{
  guint32 sender, media;
  RtcFirEntry entry;
  RtcRtcpRemb remb;
  RtcFirIter iter;
  gsize n = 0;

  rtc_rtcp_pli_parse (packet, &sender, &media);
  if (rtc_rtcp_fir_parse (packet, &iter) == RTC_OK) {
    while (rtc_rtcp_fir_next (&iter, &entry))
      n++;
    FUZZ_CHECK (n >= 1 && n <= packet->len / 8);
  }
  if (rtc_rtcp_remb_parse (packet, &remb) == RTC_OK)
    FUZZ_CHECK (remb.n_ssrcs <= RTC_REMB_MAX_SSRCS);
}

static void
check_twcc (const RtcRtcpPacket *packet)
{
  RtcTwccFeedback feedback;
  RtcTwccItem item;
  guint n_packets = 0;
  gsize n_items = 0;

  if (rtc_rtcp_twcc_parse (packet, &feedback) != RTC_OK)
    return;
  while (rtc_rtcp_twcc_next (&feedback, &item)) {
    FUZZ_CHECK (item.n_packets >= 1 && (!item.received || item.n_packets == 1));
    FUZZ_CHECK (item.seq == (guint16) (feedback.base_seq + n_packets));
    n_packets += item.n_packets;
    n_items++;
  }
  FUZZ_CHECK (n_packets == feedback.n_statuses);
  FUZZ_CHECK (n_items <= packet->len * 7);
}

static void
check_xr (const RtcRtcpPacket *packet)
{
  RtcRtcpXr xr;

  if (rtc_rtcp_xr_parse (packet, &xr) == RTC_OK)
    FUZZ_CHECK (xr.n_dlrr <= RTC_XR_MAX_DLRR);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  gsize bytes = 0;
  guint n = 0;

  rtc_rtcp_walk_init (&walk, data, size, MAX_BLOCKS);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    FUZZ_CHECK (packet.data > data && packet.data + packet.len <= data + size);
    FUZZ_CHECK (++n <= MAX_BLOCKS);
    bytes += 4 + packet.len;
    check_report (&packet);
    check_sdes_bye (&packet);
    check_nack (&packet);
    check_psfb (&packet);
    check_twcc (&packet);
    check_xr (&packet);
  }
  FUZZ_CHECK (bytes <= size);
  return 0;
}
