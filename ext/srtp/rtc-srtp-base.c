/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp-base.h"

#include "gst/rtc/base/rtc-bytes.h"

#define RTCP_HEADER 8

static const RtcSrtpSuite suites[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14, 10, FALSE },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12, 16, TRUE },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12, 16, TRUE },
};

const RtcSrtpSuite *
rtc_srtp_suite_find (const RtcSrtpKeys *keys, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suites); i++)
    if (suites[i].profile == keys->profile
        && suites[i].key_len + suites[i].salt_len == keys->key_len)
      return &suites[i];
  rtc_error (error, RTC_ERR_UNSUPPORTED,
      "SRTP profile %#06x with a key of %" G_GSIZE_FORMAT " bytes is not one we know",
      keys->profile, keys->key_len);
  return NULL;
}

/*    0                   1                   2                   3
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   |                           timestamp                           |
 *   |                             SSRC                              |
 *   |                    CSRC, CC times 4 bytes                     |
 *   |     defined by profile (X)    |     words that follow (X)     | */
gsize
rtc_srtp_parse_rtp (const guint8 *data, gsize len, gsize trailer, guint32 *ssrc)
{
  RtcReader r = rtc_reader (data, len);
  guint8 first = rtc_reader_u8 (&r);

  rtc_reader_bytes (&r, 7);
  *ssrc = rtc_reader_u32 (&r);
  rtc_reader_bytes (&r, (gsize) (first & 15) * 4);
  if ((first & 0x10) != 0) {
    rtc_reader_bytes (&r, 2);
    rtc_reader_bytes (&r, (gsize) rtc_reader_u16 (&r) * 4);
  }
  return r.ok && first >> 6 == 2 && len <= G_MAXINT && rtc_reader_left (&r) >= trailer ? r.pos : 0;
}

gsize
rtc_srtp_parse_rtcp (const guint8 *data, gsize len, gsize trailer, guint32 *ssrc)
{
  RtcReader r = rtc_reader (data, len);
  guint8 first = rtc_reader_u8 (&r);

  rtc_reader_bytes (&r, 3);
  *ssrc = rtc_reader_u32 (&r);
  if (!r.ok || first >> 6 != 2 || len > G_MAXINT || rtc_reader_left (&r) < trailer)
    return 0;
  return RTCP_HEADER;
}

guint32
rtc_srtp_read_index (const RtcSrtpSuite *suite, const guint8 *data, gsize len)
{
  gsize behind = suite->is_aead ? 0 : suite->tag_len;
  RtcReader r = rtc_reader (data + len - RTC_SRTP_INDEX_LEN - behind, RTC_SRTP_INDEX_LEN);

  return rtc_reader_u32 (&r);
}

gboolean
rtc_srtp_may_use_key (const guint64 n[2], gboolean is_rtcp)
{
  return is_rtcp ? n[1] < RTC_SRTP_KEY_LIMIT_RTCP : n[0] < RTC_SRTP_KEY_LIMIT_RTP;
}

RtcResult
rtc_srtp_refuse (RtcSrtpBase *self, RtcResult why)
{
  if (why == RTC_ERR_AUTH)
    self->stats.auth_failures++;
  else if (why == RTC_ERR_REPLAY)
    self->stats.replays++;
  else if (why == RTC_ERR_LIMIT)
    self->stats.over_limit++;
  else
    self->stats.malformed++;
  return why;
}

void
rtc_srtp_get_stats (RtcSrtp *self, RtcSrtpStats *out)
{
  *out = ((RtcSrtpBase *) self)->stats;
}

void
rtc_srtp_set_key_usage (RtcSrtp *self, guint64 rtp_packets, guint64 rtcp_packets)
{
  RtcSrtpBase *base = (RtcSrtpBase *) self;

  base->n_out[0] = base->n_in[0] = rtp_packets;
  base->n_out[1] = base->n_in[1] = rtcp_packets;
}
