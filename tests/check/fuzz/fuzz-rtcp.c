/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-rtcp.c - any bytes as RTCP: views stay inside, work stays O(bytes), what is written again
 * reads the same. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"

#define MAX_BLOCKS 64

/* MAX_AGAIN: most numbers, entries and arrivals that are written again. */
#define MAX_AGAIN 512

static gboolean
inside (const RtcRtcpPacket *packet, const gchar *text, gsize len)
{
  const guint8 *p = (const guint8 *) text;

  return text == NULL
         || (p >= packet->data && len <= packet->len && p + len <= packet->data + packet->len);
}

/* A packet written anew and found again. */
typedef struct {
  guint8 data[12 * MAX_AGAIN];
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
} Again;

static RtcRtcpBuilder *
again_begin (Again *again)
{
  rtc_rtcp_builder_init (&again->builder, again->data, sizeof again->data, RTC_RTCP_REDUCED_SIZE);
  return &again->builder;
}

static const RtcRtcpPacket *
again_end (Again *again)
{
  RtcRtcpWalk walk;
  gsize len;

  FUZZ_CHECK (rtc_rtcp_builder_finish (&again->builder, &len) == RTC_OK);
  rtc_rtcp_walk_init (&walk, again->data, len, 1);
  FUZZ_CHECK (rtc_rtcp_walk_next (&walk, &again->packet));
  FUZZ_CHECK (again->packet.data + again->packet.len <= again->data + len);
  return &again->packet;
}

static void
check_report (const RtcRtcpPacket *packet)
{
  RtcRtcpReport report, copy;
  Again again;

  if (rtc_rtcp_report_parse (packet, &report) != RTC_OK)
    return;
  FUZZ_CHECK (rtc_rtcp_report_write (again_begin (&again), &report) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_report_parse (again_end (&again), &copy) == RTC_OK);
  FUZZ_CHECK (copy.n_blocks == report.n_blocks && copy.sender.ntp64 == report.sender.ntp64);
  for (guint i = 0; i < report.n_blocks; i++)
    FUZZ_CHECK (copy.blocks[i].total_lost == report.blocks[i].total_lost);
}

static gboolean
same_text (const gchar *a, gsize a_len, const gchar *b, gsize b_len)
{
  return (a == NULL) == (b == NULL) && a_len == b_len && (a == NULL || memcmp (a, b, a_len) == 0);
}

static void
check_chunk (const RtcSdesChunk *chunk)
{
  RtcSdesChunk copy;
  RtcSdesIter iter;
  Again again;

  FUZZ_CHECK (rtc_rtcp_sdes_write (again_begin (&again), chunk, 1) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_sdes_parse (again_end (&again), &iter) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_sdes_next (&iter, &copy) && copy.ssrc == chunk->ssrc);
  FUZZ_CHECK (same_text (copy.cname, copy.cname_len, chunk->cname, chunk->cname_len));
  FUZZ_CHECK (same_text (copy.mid, copy.mid_len, chunk->mid, chunk->mid_len));
}

static void
check_sdes (const RtcRtcpPacket *packet)
{
  RtcSdesChunk chunk;
  RtcSdesIter iter;
  guint n = 0;

  if (rtc_rtcp_sdes_parse (packet, &iter) != RTC_OK)
    return;
  while (rtc_rtcp_sdes_next (&iter, &chunk)) {
    FUZZ_CHECK (inside (packet, chunk.cname, chunk.cname_len));
    FUZZ_CHECK (inside (packet, chunk.mid, chunk.mid_len));
    FUZZ_CHECK (++n <= packet->count);
    check_chunk (&chunk);
  }
}

static void
check_bye (const RtcRtcpPacket *packet)
{
  RtcRtcpBye bye, copy;
  Again again;

  if (rtc_rtcp_bye_parse (packet, &bye) != RTC_OK)
    return;
  FUZZ_CHECK (inside (packet, bye.reason, bye.reason_len));
  FUZZ_CHECK (rtc_rtcp_bye_write (again_begin (&again), &bye) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_bye_parse (again_end (&again), &copy) == RTC_OK);
  FUZZ_CHECK (copy.n_ssrcs == bye.n_ssrcs);
  FUZZ_CHECK (memcmp (copy.ssrcs, bye.ssrcs, bye.n_ssrcs * sizeof bye.ssrcs[0]) == 0);
  FUZZ_CHECK (same_text (copy.reason, copy.reason_len, bye.reason, bye.reason_len));
}

static void
check_nack (const RtcRtcpPacket *packet)
{
  guint16 seqs[MAX_AGAIN], seq;
  guint n_seqs = 0, covered;
  RtcNackIter iter;
  Again again;
  gsize n = 0;

  if (rtc_rtcp_nack_parse (packet, &iter) != RTC_OK)
    return;
  for (; rtc_rtcp_nack_next (&iter, &seq); n++) {
    /* Those that come in rising order are what may be written. */
    if (n_seqs == 0
        || (n_seqs < MAX_AGAIN && (guint16) (seq - seqs[0]) < 0x8000
            && (guint16) (seq - seqs[0]) > (guint16) (seqs[n_seqs - 1] - seqs[0])))
      seqs[n_seqs++] = seq;
  }
  FUZZ_CHECK (n >= 1 && n <= packet->len / 4 * 17);
  covered = rtc_rtcp_nack_write (again_begin (&again), 1, 2, seqs, n_seqs);
  FUZZ_CHECK (covered >= 1 && covered <= n_seqs);
  FUZZ_CHECK (rtc_rtcp_nack_parse (again_end (&again), &iter) == RTC_OK);
  for (guint i = 0; i < covered; i++)
    FUZZ_CHECK (rtc_rtcp_nack_next (&iter, &seq) && seq == seqs[i]);
  FUZZ_CHECK (!rtc_rtcp_nack_next (&iter, &seq));
}

static void
check_fir (const RtcRtcpPacket *packet)
{
  RtcFirEntry entries[MAX_AGAIN], copy;
  RtcFirIter iter;
  Again again;
  guint n = 0;

  if (rtc_rtcp_fir_parse (packet, &iter) != RTC_OK)
    return;
  while (n < MAX_AGAIN && rtc_rtcp_fir_next (&iter, &entries[n]))
    n++;
  FUZZ_CHECK (n >= 1 && n <= packet->len / 8);
  FUZZ_CHECK (rtc_rtcp_fir_write (again_begin (&again), 1, entries, n) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_fir_parse (again_end (&again), &iter) == RTC_OK);
  for (guint i = 0; i < n; i++) {
    FUZZ_CHECK (rtc_rtcp_fir_next (&iter, &copy));
    FUZZ_CHECK (copy.ssrc == entries[i].ssrc && copy.seq_nr == entries[i].seq_nr);
  }
}

static void
check_psfb (const RtcRtcpPacket *packet)
{
  guint32 sender, media, sender_copy, media_copy;
  RtcRtcpRemb remb, copy;
  Again again;

  if (rtc_rtcp_pli_parse (packet, &sender, &media) == RTC_OK) {
    FUZZ_CHECK (rtc_rtcp_pli_write (again_begin (&again), sender, media) == RTC_OK);
    FUZZ_CHECK (rtc_rtcp_pli_parse (again_end (&again), &sender_copy, &media_copy) == RTC_OK);
    FUZZ_CHECK (sender_copy == sender && media_copy == media);
  }
  check_fir (packet);
  if (rtc_rtcp_remb_parse (packet, &remb) == RTC_OK) {
    FUZZ_CHECK (remb.n_ssrcs <= RTC_REMB_MAX_SSRCS);
    FUZZ_CHECK (rtc_rtcp_remb_write (again_begin (&again), &remb) == RTC_OK);
    FUZZ_CHECK (rtc_rtcp_remb_parse (again_end (&again), &copy) == RTC_OK);
    FUZZ_CHECK (copy.n_ssrcs == remb.n_ssrcs);
    /* What was clamped does not have 18 significant bits. */
    FUZZ_CHECK (copy.bitrate_bps == remb.bitrate_bps || remb.bitrate_bps == G_MAXUINT64);
  }
}

/* What came is reported anew; as much as is taken reads with the same times. */
static void
check_twcc_again (guint64 base, const RtcTwccArrival *arrivals, guint n_arrivals)
{
  RtcTwccFeedback feedback;
  guint n_reported, n = 0;
  RtcTwccItem item;
  Again again;

  if (rtc_rtcp_twcc_write (again_begin (&again), 1, 2, 3, base, arrivals, n_arrivals, &n_reported)
      != RTC_OK)
    return;
  FUZZ_CHECK (n_reported >= 1 && n_reported <= n_arrivals);
  FUZZ_CHECK (rtc_rtcp_twcc_parse (again_end (&again), &feedback) == RTC_OK);
  while (rtc_rtcp_twcc_next (&feedback, &item)) {
    if (!item.received)
      continue;
    FUZZ_CHECK (n < n_reported && item.seq == (guint16) arrivals[n].ext_seq);
    FUZZ_CHECK (feedback.reference_time * RTC_TWCC_REFERENCE_UNIT + item.offset
                == arrivals[n].arrival % (RTC_TWCC_REFERENCE_UNIT << 24));
    n++;
  }
  FUZZ_CHECK (n == n_reported);
}

static void
check_twcc (const RtcRtcpPacket *packet)
{
  RtcTwccArrival arrivals[MAX_AGAIN];
  guint n_packets = 0, n_arrivals = 0;
  RtcTwccFeedback feedback;
  guint64 base, reference;
  gboolean early = FALSE;
  RtcTwccItem item;
  gsize n_items = 0;

  if (rtc_rtcp_twcc_parse (packet, &feedback) != RTC_OK)
    return;
  base = 0x10000 + feedback.base_seq;
  reference = feedback.reference_time * RTC_TWCC_REFERENCE_UNIT;
  while (rtc_rtcp_twcc_next (&feedback, &item)) {
    FUZZ_CHECK (item.n_packets >= 1 && (!item.received || item.n_packets == 1));
    FUZZ_CHECK (item.seq == (guint16) (feedback.base_seq + n_packets));
    if (item.received && n_arrivals < MAX_AGAIN) {
      early |= item.offset < 0 || reference >= RTC_TWCC_REFERENCE_UNIT << 23;
      arrivals[n_arrivals++] =
          (RtcTwccArrival){ base + n_packets, reference + (guint64) item.offset };
    }
    n_packets += item.n_packets;
    n_items++;
  }
  FUZZ_CHECK (n_packets == feedback.n_statuses);
  FUZZ_CHECK (n_items <= packet->len * 7);
  /* Left out: times that would go round or below zero. */
  if (!early && n_arrivals > 0)
    check_twcc_again (base, arrivals, n_arrivals);
}

static void
check_xr (const RtcRtcpPacket *packet)
{
  RtcRtcpXr xr, copy;
  Again again;

  if (rtc_rtcp_xr_parse (packet, &xr) != RTC_OK)
    return;
  FUZZ_CHECK (xr.n_dlrr <= RTC_XR_MAX_DLRR);
  if (!xr.has_rrtr && xr.n_dlrr == 0)
    return;
  FUZZ_CHECK (rtc_rtcp_xr_write (again_begin (&again), &xr) == RTC_OK);
  FUZZ_CHECK (rtc_rtcp_xr_parse (again_end (&again), &copy) == RTC_OK);
  FUZZ_CHECK (copy.has_rrtr == xr.has_rrtr && copy.n_dlrr == xr.n_dlrr);
  FUZZ_CHECK (!xr.has_rrtr || copy.rrtr_ntp64 == xr.rrtr_ntp64);
  for (guint i = 0; i < xr.n_dlrr; i++)
    FUZZ_CHECK (copy.dlrr[i].ssrc == xr.dlrr[i].ssrc
                && copy.dlrr[i].delay_last_rr == xr.dlrr[i].delay_last_rr);
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
    check_sdes (&packet);
    check_bye (&packet);
    check_nack (&packet);
    check_psfb (&packet);
    check_twcc (&packet);
    check_xr (&packet);
  }
  FUZZ_CHECK (bytes <= size);
  return 0;
}
