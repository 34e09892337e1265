/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-rtx.h"

/* RFC 4588 4:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         RTP Header                            |
 * |            OSN                |                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               |
 * |                  Original RTP Packet Payload                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

RtcResult
rtc_rtx_wrap (const RtcRtpHeader *header, const guint8 *data, guint8 rtx_payload_type,
    guint32 rtx_ssrc, guint16 rtx_seq, RtcWriter *writer)
{
  RtcRtpHeader rtx = *header;

  rtx.payload_type = rtx_payload_type;
  rtx.ssrc = rtx_ssrc;
  rtx.seq = rtx_seq;
  /* "If the original RTP header carried any profile-specific extensions, these extensions MUST
   * be present"; "If the original RTP packet contained RTP padding, that padding MUST be removed
   * before constructing the retransmission packet" (RFC 4588 4). */
  rtx.padding_len = 0;
  rtc_rtp_header_write (&rtx, writer);
  rtc_writer_bytes (writer, data + RTC_RTP_HEADER_LEN, header->payload_offset - RTC_RTP_HEADER_LEN);
  rtc_writer_u16 (writer, header->seq);
  rtc_writer_bytes (writer, data + header->payload_offset, header->payload_len);
  return writer->ok ? RTC_OK : RTC_ERR_LIMIT;
}

RtcResult
rtc_rtx_unwrap (RtcRtpHeader *header, guint8 **data, gsize *len, guint8 payload_type, guint32 ssrc)
{
  RtcReader reader = rtc_reader (*data, header->payload_offset + header->payload_len);
  RtcWriter writer;
  guint16 osn;

  if (header->payload_len == 0)
    return RTC_ERR_UNSUPPORTED;
  rtc_reader_bytes (&reader, header->payload_offset);
  osn = rtc_reader_u16 (&reader);
  if (!reader.ok)
    return RTC_ERR_PARSE;

  memmove (*data + RTC_RTX_OSN_LEN, *data, header->payload_offset);
  *data += RTC_RTX_OSN_LEN;
  header->payload_len -= RTC_RTX_OSN_LEN;
  header->padding_len = 0;
  header->payload_type = payload_type;
  header->ssrc = ssrc;
  header->seq = osn;
  *len = header->payload_offset + header->payload_len;
  writer = rtc_writer (*data, *len);
  rtc_rtp_header_write (header, &writer);
  return RTC_OK;
}
