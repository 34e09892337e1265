/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-codecs.h - the table of codecs that we know, and when two descriptions of one match.
 *
 * RtcCodec is one payload type of an m-line: name, rate, typed fmtp, feedback flags. Matching
 * follows each codec's own document (RFC 6184 8.2.2 for H264 with its profile-iop equivalences,
 * 9628 6.2 VP9, 7798 7.2.2 H265, AV1 RTP payload 7.2.3, 7587 7 Opus). Lives in sdp/ because the
 * typed description is made of these. Values only, no pointers: copied by assignment. Pure, any
 * thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/sdp/rtc-sdp-fmtp.h"

G_BEGIN_DECLS

/* a=rtcp-fb (RFC 4585 4.2, 5104 7.1, transport-wide-cc-01, REMB). */
typedef enum {
  RTC_RTCP_FB_NACK = 1 << 0,
  RTC_RTCP_FB_PLI = 1 << 1, /* "nack pli" */
  RTC_RTCP_FB_FIR = 1 << 2, /* "ccm fir" */
  RTC_RTCP_FB_TRANSPORT_CC = 1 << 3,
  RTC_RTCP_FB_REMB = 1 << 4, /* "goog-remb" */
} RtcRtcpFbFlags;

#define RTC_RTCP_FB_VIDEO_DEFAULT                                                                  \
  (RTC_RTCP_FB_NACK | RTC_RTCP_FB_PLI | RTC_RTCP_FB_FIR | RTC_RTCP_FB_TRANSPORT_CC                 \
      | RTC_RTCP_FB_REMB)

typedef struct {
  RtcCodecId id;
  RtcMediaKind kind;
  gchar name[24];    /* encoding name as to be written: "VP8", "opus"; as received for UNKNOWN */
  guint32 clock_rate; /* Hz */
  guint8 channels;   /* audio: 1 or 2 (G722 is "8000", RFC 3551 4.5.2); 0 for video */
  guint8 pt;         /* 0..127 */
  RtcFmtp fmtp;
  RtcRtcpFbFlags rtcp_fb;
} RtcCodec;

/* One row of what we know. */
typedef struct {
  RtcCodecId id;
  RtcMediaKind kind;   /* of the m-line where it is used; RTX, RED, FLEXFEC serve both */
  const gchar *name;   /* encoding name */
  guint32 clock_rate;  /* Hz; 0 = that of the codec it repairs */
  guint8 channels;
  gint static_pt;      /* RFC 3551 6, or -1 */
  gboolean is_media;   /* carries pictures or sound; FALSE for RTX, RED, FEC, DTMF, CN */
} RtcCodecInfo;

/* The row of id, NULL for UNKNOWN. */
const RtcCodecInfo *rtc_codec_info (RtcCodecId id);

/* The row whose name this is, without regard to case; NULL when unknown. */
const RtcCodecInfo *rtc_codec_info_find (const gchar *name, gsize len);

/* The row of a static payload type (0, 8, 9, 13), NULL for others. */
const RtcCodecInfo *rtc_codec_info_find_static (guint8 pt);

/* Fills *out for id with its defaults: H264 is 42e01f packetization-mode 1 with level asymmetry,
 * Opus useinbandfec and minptime 10, video has RTC_RTCP_FB_VIDEO_DEFAULT, Opus transport-cc. pt is
 * the static one or the one given. id is not UNKNOWN. */
void rtc_codec_init (RtcCodec *out, RtcCodecId id, guint8 pt);

/* rtc_codec_init() for an H264 variant. */
void rtc_codec_init_h264 (RtcCodec *out, guint8 pt, guint32 profile_level_id,
    guint8 packetization_mode);

gboolean rtc_codec_equal (const RtcCodec *a, const RtcCodec *b);

/* "H264/90000 profile-level-id=42e01f;packetization-mode=1", for logs and reports. (transfer
 * full) */
gchar *rtc_codec_to_string (const RtcCodec *codec);

/* H264 profiles after RFC 6184 Table 5: equal enum = sub-profile of equal meaning. */
typedef enum {
  RTC_H264_PROFILE_UNKNOWN,
  RTC_H264_PROFILE_CONSTRAINED_BASELINE,
  RTC_H264_PROFILE_BASELINE,
  RTC_H264_PROFILE_MAIN,
  RTC_H264_PROFILE_EXTENDED,
  RTC_H264_PROFILE_HIGH,
  RTC_H264_PROFILE_CONSTRAINED_HIGH,
  RTC_H264_PROFILE_HIGH_10,
  RTC_H264_PROFILE_HIGH_422,
  RTC_H264_PROFILE_HIGH_444,
} RtcH264Profile;

RtcH264Profile rtc_h264_profile (guint32 profile_level_id);

/* The level in twentieths, so that levels compare: 1 is 20, 1b is 21, 1.1 is 22, 3.1 is 62; 0 for
 * an unknown one. */
guint rtc_h264_level (guint32 profile_level_id);

/* profile_level_id with the level replaced (level as rtc_h264_level() gives it), 1b included. */
guint32 rtc_h264_with_level (guint32 profile_level_id, guint level);

/* Whether remote names the same format as ours, so that one may answer with the other: name, rate,
 * channels and the fmtp that the codec's document makes part of its identity (H264 profile and
 * packetization-mode, VP9 profile-id, AV1 profile, H265 profile-id and tx-mode). Levels, bit rates
 * and Opus parameters never prevent a match. Payload types are not looked at; RTX matches by
 * rtc_codec_find_rtx() instead. */
gboolean rtc_codec_matches (const RtcCodec *ours, const RtcCodec *remote);

/* The codec to answer with, given a match: remote's pt, our fmtp adapted (H264 and H265 level
 * lowered to the common one unless both allow asymmetry, RFC 6184 8.2.2; packetization-mode and
 * profile as offered), the intersection of the feedback flags. */
void rtc_codec_answer (const RtcCodec *ours, const RtcCodec *remote, RtcCodec *out);

/* Highest H264 level that we may send to the one who described remote, as rtc_h264_level(). */
guint rtc_codec_h264_send_level (const RtcCodec *ours, const RtcCodec *remote);

/* The RTX entry repairing pt among n codecs, NULL when there is none. */
const RtcCodec *rtc_codec_find_rtx (const RtcCodec *codecs, guint n, guint8 pt);

/* The entry with that pt, NULL when there is none. */
const RtcCodec *rtc_codec_find_pt (const RtcCodec *codecs, guint n, guint8 pt);

G_END_DECLS
