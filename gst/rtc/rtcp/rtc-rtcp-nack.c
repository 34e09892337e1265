/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"

/* RFC 4585 6.2.1, one entry of the FCI:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |            PID                |             BLP               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * BLP, least significant bit first: PID + 1 .. PID + 16 are lost as well. */
#define NACK_ENTRY_BYTES 4
#define NACK_HEADER_BYTES 12
#define NACK_BLP_BITS 16

RtcResult
rtc_rtcp_nack_parse (const RtcRtcpPacket *packet, RtcNackIter *iter)
{
  gsize len;

  if (packet->type != RTC_RTCP_RTPFB || packet->count != RTC_RTPFB_NACK)
    return RTC_ERR_UNSUPPORTED;
  iter->pid = 0;
  iter->pending = 0;
  if (rtc_rtcp_feedback_parse (packet, &iter->sender_ssrc, &iter->media_ssrc, &iter->fci) != RTC_OK)
    return RTC_ERR_PARSE;
  len = rtc_reader_left (&iter->fci);
  return len == 0 || len % NACK_ENTRY_BYTES != 0 ? RTC_ERR_PARSE : RTC_OK;
}

gboolean
rtc_rtcp_nack_next (RtcNackIter *iter, guint16 *seq)
{
  guint bit;

  if (iter->pending == 0) {
    if (rtc_reader_left (&iter->fci) < NACK_ENTRY_BYTES)
      return FALSE;
    iter->pid = rtc_reader_u16 (&iter->fci);
    iter->pending = 1 | (guint32) rtc_reader_u16 (&iter->fci) << 1;
  }
  bit = (guint) g_bit_nth_lsf (iter->pending, -1);
  iter->pending &= iter->pending - 1;
  *seq = (guint16) (iter->pid + bit);
  return TRUE;
}

guint
rtc_rtcp_nack_write (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc,
    const guint16 *seqs, guint n_seqs)
{
  RtcWriter *w;
  guint i = 0;

  if (n_seqs == 0 || rtc_rtcp_builder_left (builder) < NACK_HEADER_BYTES + NACK_ENTRY_BYTES)
    return 0;
  w = rtc_rtcp_builder_begin_feedback (builder, sender_ssrc, media_ssrc);
  while (i < n_seqs && rtc_writer_left (w) >= NACK_ENTRY_BYTES) {
    guint16 pid = seqs[i++];
    guint32 blp = 0;

    for (; i < n_seqs; i++) {
      guint16 ahead = (guint16) (seqs[i] - pid);

      if (ahead > NACK_BLP_BITS)
        break;
      if (ahead > 0)
        blp |= 1u << (ahead - 1);
    }
    rtc_writer_u16 (w, pid);
    rtc_writer_u16 (w, blp);
  }
  return rtc_rtcp_builder_end (builder, RTC_RTCP_RTPFB, RTC_RTPFB_NACK) == RTC_OK ? i : 0;
}
