/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp-fmtp.h - codec ids and their typed format parameters: a=fmtp text <-> RtcFmtp.
 *
 * One member of the union per codec family that we know (RFC 6184 8.1, 7798 7.1, 7741 6.1, 9628
 * 6.1, 7587 6.1, 4588 8.6, AV1 RTP payload 7.2.1). Parameters that we do not use are ignored when
 * parsed and so never written. Values only, no pointers: copied by assignment. Pure, any
 * thread. */
#pragma once

#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

typedef enum {
  RTC_CODEC_UNKNOWN, /* an encoding name that is not in our table */
  RTC_CODEC_OPUS,
  RTC_CODEC_PCMU,
  RTC_CODEC_PCMA,
  RTC_CODEC_G722,
  RTC_CODEC_VP8,
  RTC_CODEC_VP9,
  RTC_CODEC_H264,
  RTC_CODEC_H265,
  RTC_CODEC_AV1,
  RTC_CODEC_RTX,             /* RFC 4588 */
  RTC_CODEC_RED,             /* RFC 2198 */
  RTC_CODEC_ULPFEC,          /* RFC 5109 */
  RTC_CODEC_FLEXFEC,         /* RFC 8627, "flexfec-03" included */
  RTC_CODEC_TELEPHONE_EVENT, /* RFC 4733 */
  RTC_CODEC_CN,              /* RFC 3389 */
} RtcCodecId;
#define RTC_CODEC_N_IDS (RTC_CODEC_CN + 1)

/* RTC_FMTP_MAX_SPROP: longest sprop-parameter-sets kept, characters; a longer one is dropped (it
 * only repeats what the stream carries in band). */
#define RTC_FMTP_MAX_SPROP 255

/* RFC 6184 8.1. profile_level_id is profile_idc << 16 | profile-iop << 8 | level_idc. */
typedef struct {
  guint32 profile_level_id; /* 0x42000a when absent, as 8.1 says for interoperability */
  guint8 packetization_mode; /* 0..2, 0 when absent */
  gboolean level_asymmetry_allowed;
  gboolean has_profile_level_id;
  gchar sprop_parameter_sets[RTC_FMTP_MAX_SPROP + 1]; /* base64 list, empty when absent */
} RtcFmtpH264;

/* RFC 7798 7.1, with the defaults of 7.2.2 and draft-ietf-avtcore-hevc-webrtc. */
typedef struct {
  guint8 profile_id; /* 1 = Main when absent */
  guint8 tier_flag;  /* 0 */
  guint8 level_id;   /* 93 = 3.1 */
  gchar tx_mode[5];  /* "SRST" when absent */
} RtcFmtpH265;

/* RFC 7741 6.1, RFC 9628 6.1. 0 = absent for max_fs (macroblocks) and max_fr (frames/s). */
typedef struct {
  guint8 profile_id; /* VP9 only; 0 when absent */
  guint32 max_fs;
  guint32 max_fr;
} RtcFmtpVpx;

/* AV1 RTP payload format 7.2.1. */
typedef struct {
  guint8 profile;   /* 0 = Main when absent */
  guint8 level_idx; /* 5 = level 3.1 when absent */
  guint8 tier;      /* 0 */
} RtcFmtpAv1;

/* RFC 7587 6.1: what the one who says it prefers to receive; sprop_* about what it sends. */
typedef struct {
  gboolean stereo;
  gboolean sprop_stereo;
  gboolean use_inband_fec;
  gboolean use_dtx;
  gboolean cbr;
  guint32 max_average_bitrate; /* bit/s, 0 = absent */
  guint32 max_playback_rate;   /* Hz, 0 = absent */
  guint8 min_ptime_ms;         /* 0 = absent */
} RtcFmtpOpus;

/* RFC 4588 8.6. */
typedef struct {
  guint8 apt;          /* payload type of the original stream */
  gboolean has_apt;    /* FALSE: the entry is unusable */
  guint32 rtx_time_ms; /* 0 = absent */
} RtcFmtpRtx;

/* RFC 2198 5 in SDP: the payload types of primary and redundant blocks, in order. */
typedef struct {
  guint8 n_pts; /* 0..4; further ones are dropped */
  guint8 pts[4];
} RtcFmtpRed;

/* RFC 4733 2.4.1: bit n set = event n (0..63) is understood. 0 = absent, which means 0-15. */
typedef struct {
  guint64 events;
} RtcFmtpTelephoneEvent;

/* RFC 8627 5.1. */
typedef struct {
  guint32 repair_window_us; /* 0 = absent */
} RtcFmtpFlexfec;

/* Which member holds is told by the codec's id: h264 H264, h265 H265, vpx VP8 and VP9, av1 AV1,
 * opus OPUS, rtx RTX, red RED, telephone_event TELEPHONE_EVENT, flexfec FLEXFEC; none for
 * others. */
typedef union {
  RtcFmtpH264 h264;
  RtcFmtpH265 h265;
  RtcFmtpVpx vpx;
  RtcFmtpAv1 av1;
  RtcFmtpOpus opus;
  RtcFmtpRtx rtx;
  RtcFmtpRed red;
  RtcFmtpTelephoneEvent telephone_event;
  RtcFmtpFlexfec flexfec;
} RtcFmtp;

/* Fills *out with what holds for id when no a=fmtp line was given. */
void rtc_fmtp_init (RtcFmtp *out, RtcCodecId id);

/* Parses what follows "a=fmtp:<pt> " (not NUL-terminated, len bytes) over the defaults. Names are
 * compared without regard to case, spaces around ";" are ignored, a doubled parameter's last value
 * holds. RTC_ERR_PARSE when a parameter that we use has an impossible value ("apt=300",
 * "profile-level-id=xyz"): report it with the line; *out is untouched. */
RtcResult rtc_fmtp_parse (RtcFmtp *out, RtcCodecId id, const gchar *text, gsize len);

/* The parameters as text without "a=fmtp:<pt> ", NULL when there is nothing to say: values equal to
 * their default are left out, but for those that browsers always name. (transfer full) */
gchar *rtc_fmtp_write (const RtcFmtp *fmtp, RtcCodecId id);

/* Whether both say the same for this codec. */
gboolean rtc_fmtp_equal (const RtcFmtp *a, const RtcFmtp *b, RtcCodecId id);

G_END_DECLS
