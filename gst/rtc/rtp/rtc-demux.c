/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-demux.h"

/* Shortest datagram of each kind, bytes: a STUN header (RFC 8489 5), a DTLS record header
 * (RFC 6347 4.1), a channel data header (RFC 8656 12.4), the fixed RTP header (RFC 3550 5.1), an
 * RTCP header with its SSRC (RFC 3550 6.4). */
#define STUN_HEADER_LEN 20
#define DTLS_HEADER_LEN 13
#define CHANNEL_HEADER_LEN 4
#define RTP_HEADER_LEN 12
#define RTCP_HEADER_LEN 8

/* RFC 7983 7 as RFC 9443 3 draws it (QUIC took what was unassigned; we do not speak it):
 *
 *              BYTE[0]
 *   [0..3]     STUN          [64..79]   TURN channel
 *   [16..19]   ZRTP          [80..127]  QUIC
 *   [20..63]   DTLS          [128..191] RTP or RTCP
 *                            [192..255] QUIC
 * "If the value does not match any known range, then the packet MUST be dropped". */
static const struct {
  guint8 first, last;
  RtcDemuxKind kind;
  gsize min_len;
} ranges[] = {
  { 0, 3, RTC_DEMUX_STUN, STUN_HEADER_LEN },
  { 20, 63, RTC_DEMUX_DTLS, DTLS_HEADER_LEN },
  { 64, 79, RTC_DEMUX_TURN_CHANNEL, CHANNEL_HEADER_LEN },
  { 128, 191, RTC_DEMUX_RTP, RTCP_HEADER_LEN },
};

/* RFC 5761 4: RTCP packet types 192-223 are payload types 64-95 with the marker bit set, and
 * "payload types in the range 64-95 MUST NOT be used" with multiplexing. */
static RtcDemuxKind
classify_rtp (const guint8 *data, gsize len)
{
  if (data[1] >= 192 && data[1] <= 223)
    return RTC_DEMUX_RTCP;
  return len >= RTP_HEADER_LEN ? RTC_DEMUX_RTP : RTC_DEMUX_UNKNOWN;
}

RtcDemuxKind
rtc_demux_classify (const guint8 *data, gsize len)
{
  if (len < 2)
    return RTC_DEMUX_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
    if (data[0] < ranges[i].first || data[0] > ranges[i].last)
      continue;
    if (len < ranges[i].min_len)
      return RTC_DEMUX_UNKNOWN;
    return ranges[i].kind == RTC_DEMUX_RTP ? classify_rtp (data, len) : ranges[i].kind;
  }
  return RTC_DEMUX_UNKNOWN;
}

const gchar *
rtc_demux_kind_to_string (RtcDemuxKind kind)
{
  switch (kind) {
    case RTC_DEMUX_STUN:
      return "stun";
    case RTC_DEMUX_DTLS:
      return "dtls";
    case RTC_DEMUX_TURN_CHANNEL:
      return "turn channel";
    case RTC_DEMUX_RTP:
      return "rtp";
    case RTC_DEMUX_RTCP:
      return "rtcp";
    case RTC_DEMUX_UNKNOWN:
      break;
  }
  return "unknown";
}
