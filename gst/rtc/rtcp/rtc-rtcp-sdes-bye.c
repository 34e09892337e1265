/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"

#define SDES_MAX_TEXT 255

/* RFC 3550 6.5, one chunk of SC; items until a zero byte, then zero bytes up to 32 bits:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           SSRC/CSRC                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   item type   |     length    | text, not NUL-terminated   ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
RtcResult
rtc_rtcp_sdes_parse (const RtcRtcpPacket *packet, RtcSdesIter *iter)
{
  if (packet->type != RTC_RTCP_SDES)
    return RTC_ERR_UNSUPPORTED;
  iter->reader = rtc_reader (packet->data, packet->len);
  iter->left = packet->count;
  iter->result = RTC_OK;
  return RTC_OK;
}

gboolean
rtc_rtcp_sdes_next (RtcSdesIter *iter, RtcSdesChunk *out)
{
  RtcReader *r = &iter->reader;
  guint8 type;

  if (iter->left == 0 || iter->result != RTC_OK)
    return FALSE;
  memset (out, 0, sizeof (*out));
  out->ssrc = rtc_reader_u32 (r);
  while (r->ok && (type = rtc_reader_u8 (r)) != RTC_SDES_END) {
    gsize len = rtc_reader_u8 (r);
    const gchar *text = (const gchar *) rtc_reader_bytes (r, len);

    if (type == RTC_SDES_CNAME) {
      out->cname = text;
      out->cname_len = len;
    } else if (type == RTC_SDES_MID) {
      out->mid = text;
      out->mid_len = len;
    }
  }
  /* RFC 3550 6.5: "The list of items in each chunk MUST be terminated by one or more null octets,
   * [...] to denote the end of the list [...] until the next 32-bit boundary." */
  rtc_reader_bytes (r, (4 - r->pos % 4) % 4);
  if (!r->ok) {
    iter->result = RTC_ERR_PARSE;
    return FALSE;
  }
  iter->left--;
  return TRUE;
}

static void
sdes_write_item (RtcWriter *w, guint8 type, const gchar *text, gsize len)
{
  if (text == NULL)
    return;
  rtc_writer_u8 (w, type);
  rtc_writer_u8 (w, (guint8) len);
  rtc_writer_bytes (w, (const guint8 *) text, len);
}

RtcResult
rtc_rtcp_sdes_write (RtcRtcpBuilder *builder, const RtcSdesChunk *chunks, guint n_chunks)
{
  RtcWriter *w;

  if (n_chunks > RTC_RTCP_MAX_COUNT)
    return RTC_ERR_LIMIT;
  for (guint i = 0; i < n_chunks; i++) {
    if (chunks[i].cname_len > SDES_MAX_TEXT || chunks[i].mid_len > SDES_MAX_TEXT)
      return RTC_ERR_LIMIT;
  }
  w = rtc_rtcp_builder_begin (builder);
  for (guint i = 0; i < n_chunks; i++) {
    rtc_writer_u32 (w, chunks[i].ssrc);
    sdes_write_item (w, RTC_SDES_CNAME, chunks[i].cname, chunks[i].cname_len);
    sdes_write_item (w, RTC_SDES_MID, chunks[i].mid, chunks[i].mid_len);
    do
      rtc_writer_u8 (w, RTC_SDES_END);
    while (w->ok && (w->pos - builder->start) % 4 != 0);
  }
  return rtc_rtcp_builder_end (builder, RTC_RTCP_SDES, (guint8) n_chunks);
}

/* RFC 3550 6.6: SC SSRCs, then optionally:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     length    |               reason for leaving            ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
RtcResult
rtc_rtcp_bye_parse (const RtcRtcpPacket *packet, RtcRtcpBye *out)
{
  RtcReader r = rtc_reader (packet->data, packet->len);

  if (packet->type != RTC_RTCP_BYE)
    return RTC_ERR_UNSUPPORTED;
  memset (out, 0, sizeof (*out));
  out->n_ssrcs = packet->count;
  for (guint i = 0; i < out->n_ssrcs; i++)
    out->ssrcs[i] = rtc_reader_u32 (&r);
  if (r.ok && rtc_reader_left (&r) > 0) {
    out->reason_len = rtc_reader_u8 (&r);
    out->reason = (const gchar *) rtc_reader_bytes (&r, out->reason_len);
  }
  return r.ok ? RTC_OK : RTC_ERR_PARSE;
}

RtcResult
rtc_rtcp_bye_write (RtcRtcpBuilder *builder, const RtcRtcpBye *bye)
{
  RtcWriter *w;

  if (bye->n_ssrcs > RTC_RTCP_MAX_COUNT || bye->reason_len > SDES_MAX_TEXT)
    return RTC_ERR_LIMIT;
  w = rtc_rtcp_builder_begin (builder);
  for (guint i = 0; i < bye->n_ssrcs; i++)
    rtc_writer_u32 (w, bye->ssrcs[i]);
  if (bye->reason != NULL) {
    rtc_writer_u8 (w, (guint8) bye->reason_len);
    rtc_writer_bytes (w, (const guint8 *) bye->reason, bye->reason_len);
  }
  return rtc_rtcp_builder_end (builder, RTC_RTCP_BYE, (guint8) bye->n_ssrcs);
}
