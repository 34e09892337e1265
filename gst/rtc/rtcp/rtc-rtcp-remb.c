/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"

/* draft-alvestrand-rmcat-remb-03 2.2, the FCI of an application layer feedback message:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Unique identifier 'R' 'E' 'M' 'B'                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Num SSRC     | BR Exp    |  BR Mantissa                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   SSRC feedback                                               |
 * |  ...                                                          |
 */
#define REMB_IDENTIFIER 0x52454d42u
#define REMB_MANTISSA_BITS 18
#define REMB_MANTISSA_MAX ((1u << REMB_MANTISSA_BITS) - 1)

RtcResult
rtc_rtcp_remb_parse (const RtcRtcpPacket *packet, RtcRtcpRemb *out)
{
  guint32 media_ssrc, mantissa;
  guint n_announced, exponent;
  RtcReader fci;

  if (packet->type != RTC_RTCP_PSFB || packet->count != RTC_PSFB_AFB)
    return RTC_ERR_UNSUPPORTED;
  if (rtc_rtcp_feedback_parse (packet, &out->sender_ssrc, &media_ssrc, &fci) != RTC_OK)
    return RTC_ERR_PARSE;
  if (rtc_reader_u32 (&fci) != REMB_IDENTIFIER)
    return RTC_ERR_UNSUPPORTED;
  n_announced = rtc_reader_u8 (&fci);
  mantissa = rtc_reader_u24 (&fci);
  exponent = mantissa >> REMB_MANTISSA_BITS;
  mantissa &= REMB_MANTISSA_MAX;
  if (!fci.ok || rtc_reader_left (&fci) < n_announced * 4)
    return RTC_ERR_PARSE;
  out->bitrate_bps = (guint64) mantissa << exponent;
  if (out->bitrate_bps >> exponent != mantissa)
    out->bitrate_bps = G_MAXUINT64;
  out->n_ssrcs = MIN (n_announced, RTC_REMB_MAX_SSRCS);
  for (guint i = 0; i < out->n_ssrcs; i++)
    out->ssrcs[i] = rtc_reader_u32 (&fci);
  return RTC_OK;
}

RtcResult
rtc_rtcp_remb_write (RtcRtcpBuilder *builder, const RtcRtcpRemb *remb)
{
  guint64 mantissa = remb->bitrate_bps;
  guint32 exponent = 0;
  RtcWriter *w;

  if (remb->n_ssrcs > RTC_REMB_MAX_SSRCS)
    return RTC_ERR_LIMIT;
  for (; mantissa > REMB_MANTISSA_MAX; exponent++)
    mantissa >>= 1;
  w = rtc_rtcp_builder_begin_feedback (builder, remb->sender_ssrc, 0);
  rtc_writer_u32 (w, REMB_IDENTIFIER);
  rtc_writer_u8 (w, remb->n_ssrcs);
  rtc_writer_u24 (w, exponent << REMB_MANTISSA_BITS | (guint32) mantissa);
  for (guint i = 0; i < remb->n_ssrcs; i++)
    rtc_writer_u32 (w, remb->ssrcs[i]);
  return rtc_rtcp_builder_end (builder, RTC_RTCP_PSFB, RTC_PSFB_AFB);
}
