/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"

/* RFC 3611 3, 4.4, 4.5. Every block starts with:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      BT       | type-specific |         block length          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * block length: in 32-bit words, this one not counted. RRTR (BT 4): 8 bytes of NTP time stamp.
 * DLRR (BT 5): per receiver SSRC, last RR, delay since last RR, 4 bytes each. */
#define XR_RRTR 4
#define XR_DLRR 5
#define XR_RRTR_WORDS 2
#define XR_DLRR_WORDS 3

static RtcResult
xr_parse_dlrr (RtcReader *block, RtcRtcpXr *out)
{
  if (rtc_reader_left (block) % (XR_DLRR_WORDS * 4) != 0)
    return RTC_ERR_PARSE;
  while (rtc_reader_left (block) > 0 && out->n_dlrr < RTC_XR_MAX_DLRR) {
    RtcXrDlrr *dlrr = &out->dlrr[out->n_dlrr++];

    dlrr->ssrc = rtc_reader_u32 (block);
    dlrr->last_rr = rtc_reader_u32 (block);
    dlrr->delay_last_rr = rtc_reader_u32 (block);
  }
  return RTC_OK;
}

RtcResult
rtc_rtcp_xr_parse (const RtcRtcpPacket *packet, RtcRtcpXr *out)
{
  RtcReader r = rtc_reader (packet->data, packet->len);

  if (packet->type != RTC_RTCP_XR)
    return RTC_ERR_UNSUPPORTED;
  memset (out, 0, sizeof (*out));
  out->sender_ssrc = rtc_reader_u32 (&r);
  while (rtc_reader_left (&r) > 0) {
    guint8 type = rtc_reader_u8 (&r);
    gsize len;
    RtcReader block;

    rtc_reader_bytes (&r, 1);
    len = (gsize) rtc_reader_u16 (&r) * 4;
    block = rtc_reader_sub (&r, len);
    if (!r.ok)
      return RTC_ERR_PARSE;
    if (type == XR_RRTR) {
      if (len != XR_RRTR_WORDS * 4)
        return RTC_ERR_PARSE;
      out->has_rrtr = TRUE;
      out->rrtr_ntp64 = rtc_reader_u64 (&block);
    } else if (type == XR_DLRR && xr_parse_dlrr (&block, out) != RTC_OK) {
      return RTC_ERR_PARSE;
    }
  }
  return r.ok ? RTC_OK : RTC_ERR_PARSE;
}

RtcResult
rtc_rtcp_xr_write (RtcRtcpBuilder *builder, const RtcRtcpXr *xr)
{
  RtcWriter *w;

  if (!xr->has_rrtr && xr->n_dlrr == 0)
    return RTC_ERR_STATE;
  if (xr->n_dlrr > RTC_XR_MAX_DLRR)
    return RTC_ERR_LIMIT;
  w = rtc_rtcp_builder_begin (builder);
  rtc_writer_u32 (w, xr->sender_ssrc);
  if (xr->has_rrtr) {
    rtc_writer_u8 (w, XR_RRTR);
    rtc_writer_u8 (w, 0);
    rtc_writer_u16 (w, XR_RRTR_WORDS);
    rtc_writer_u64 (w, xr->rrtr_ntp64);
  }
  if (xr->n_dlrr > 0) {
    rtc_writer_u8 (w, XR_DLRR);
    rtc_writer_u8 (w, 0);
    rtc_writer_u16 (w, xr->n_dlrr * XR_DLRR_WORDS);
  }
  for (guint i = 0; i < xr->n_dlrr; i++) {
    rtc_writer_u32 (w, xr->dlrr[i].ssrc);
    rtc_writer_u32 (w, xr->dlrr[i].last_rr);
    rtc_writer_u32 (w, xr->dlrr[i].delay_last_rr);
  }
  return rtc_rtcp_builder_end (builder, RTC_RTCP_XR, 0);
}
