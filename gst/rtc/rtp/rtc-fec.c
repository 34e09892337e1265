/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-fec.h"

#include <string.h>

#define BITS_VERSION_2 0x80
#define MASK_WITHOUT_VERSION 0x3f

void
rtc_fec_xor (guint8 *dst, const guint8 *src, gsize len)
{
  gsize i = 0;

  for (; i + sizeof (guint64) <= len; i += sizeof (guint64)) {
    guint64 a, b;

    memcpy (&a, dst + i, sizeof a);
    memcpy (&b, src + i, sizeof b);
    a ^= b;
    memcpy (dst + i, &a, sizeof a);
  }
  for (; i < len; i++)
    dst[i] ^= src[i];
}

/* Bytes past *body_len are as good as zero: they are copied instead of XORed. */
static void
body_add (guint8 *body, gsize *body_len, const guint8 *other, gsize other_len)
{
  gsize common = MIN (*body_len, other_len);

  rtc_fec_xor (body, other, common);
  if (other_len <= common)
    return;
  memcpy (body + common, other + common, other_len - common);
  *body_len = other_len;
}

RtcResult
rtc_fec_parity_add (
    RtcFecParity *parity, guint8 *body, gsize *body_len, gsize cap, const guint8 *packet, gsize len)
{
  RtcReader reader = rtc_reader (packet, len);

  if (len < RTC_RTP_HEADER_LEN || len - RTC_RTP_HEADER_LEN > cap)
    return RTC_ERR_LIMIT;
  parity->head[0] ^= rtc_reader_u8 (&reader);
  parity->head[1] ^= rtc_reader_u8 (&reader);
  rtc_reader_bytes (&reader, 2);
  parity->rtp_ts ^= rtc_reader_u32 (&reader);
  parity->len ^= (guint16) (len - RTC_RTP_HEADER_LEN);
  body_add (body, body_len, packet + RTC_RTP_HEADER_LEN, len - RTC_RTP_HEADER_LEN);
  return RTC_OK;
}

void
rtc_fec_parity_merge (RtcFecParity *parity, guint8 *body, gsize *body_len,
    const RtcFecParity *other, const guint8 *other_body, gsize other_len)
{
  parity->head[0] ^= other->head[0];
  parity->head[1] ^= other->head[1];
  parity->len ^= other->len;
  parity->rtp_ts ^= other->rtp_ts;
  body_add (body, body_len, other_body, other_len);
}

RtcResult
rtc_fec_parity_finish (
    const RtcFecParity *parity, gsize body_len, guint32 ssrc, guint16 seq, guint8 *dst, gsize *len)
{
  RtcWriter writer = rtc_writer (dst, RTC_RTP_HEADER_LEN);
  RtcRtpHeader header;

  if (parity->len > body_len)
    return RTC_ERR_PARSE;
  /* "Set the version of the new packet to 2" (RFC 5109 9.2): its bits are used otherwise in FEC
   * headers. */
  rtc_writer_u8 (&writer, (parity->head[0] & MASK_WITHOUT_VERSION) | BITS_VERSION_2);
  rtc_writer_u8 (&writer, parity->head[1]);
  rtc_writer_u16 (&writer, seq);
  rtc_writer_u32 (&writer, parity->rtp_ts);
  rtc_writer_u32 (&writer, ssrc);
  *len = (gsize) RTC_RTP_HEADER_LEN + parity->len;
  return rtc_rtp_header_parse (&header, dst, *len);
}
