/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"

/* RFC 5104 4.3.1.1, one entry of a FIR's FCI (a PLI has none):
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                              SSRC                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Seq nr.       |    Reserved                                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#define FIR_ENTRY_BYTES 8

RtcResult
rtc_rtcp_pli_parse (const RtcRtcpPacket *packet, guint32 *sender_ssrc, guint32 *media_ssrc)
{
  RtcReader fci;

  if (packet->type != RTC_RTCP_PSFB || packet->count != RTC_PSFB_PLI)
    return RTC_ERR_UNSUPPORTED;
  return rtc_rtcp_feedback_parse (packet, sender_ssrc, media_ssrc, &fci);
}

RtcResult
rtc_rtcp_pli_write (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc)
{
  rtc_rtcp_builder_begin_feedback (builder, sender_ssrc, media_ssrc);
  return rtc_rtcp_builder_end (builder, RTC_RTCP_PSFB, RTC_PSFB_PLI);
}

RtcResult
rtc_rtcp_fir_parse (const RtcRtcpPacket *packet, RtcFirIter *iter)
{
  guint32 media_ssrc;
  gsize len;

  if (packet->type != RTC_RTCP_PSFB || packet->count != RTC_PSFB_FIR)
    return RTC_ERR_UNSUPPORTED;
  /* RFC 5104 4.3.1.2: "the 'SSRC of media source' is not used and SHALL be set to 0"; senders
   * that set it are understood all the same. */
  if (rtc_rtcp_feedback_parse (packet, &iter->sender_ssrc, &media_ssrc, &iter->fci) != RTC_OK)
    return RTC_ERR_PARSE;
  len = rtc_reader_left (&iter->fci);
  return len == 0 || len % FIR_ENTRY_BYTES != 0 ? RTC_ERR_PARSE : RTC_OK;
}

gboolean
rtc_rtcp_fir_next (RtcFirIter *iter, RtcFirEntry *out)
{
  if (rtc_reader_left (&iter->fci) < FIR_ENTRY_BYTES)
    return FALSE;
  out->ssrc = rtc_reader_u32 (&iter->fci);
  out->seq_nr = rtc_reader_u8 (&iter->fci);
  rtc_reader_bytes (&iter->fci, 3);
  return TRUE;
}

RtcResult
rtc_rtcp_fir_write (
    RtcRtcpBuilder *builder, guint32 sender_ssrc, const RtcFirEntry *entries, guint n_entries)
{
  RtcWriter *w;

  if (n_entries == 0)
    return RTC_ERR_STATE;
  w = rtc_rtcp_builder_begin_feedback (builder, sender_ssrc, 0);
  for (guint i = 0; i < n_entries && w->ok; i++) {
    rtc_writer_u32 (w, entries[i].ssrc);
    rtc_writer_u8 (w, entries[i].seq_nr);
    rtc_writer_u24 (w, 0);
  }
  return rtc_rtcp_builder_end (builder, RTC_RTCP_PSFB, RTC_PSFB_FIR);
}
