/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-base.h - what every SRTP backend does alike: profiles, lengths, the key's lifetime,
 * counters.
 *
 * Thread: network thread only, but for what takes no RtcSrtpBase. */
#pragma once

#include "ext/srtp/rtc-srtp.h"

G_BEGIN_DECLS

/* RTC_SRTP_REPLAY_WINDOW: RFC 3711 3.3.2 asks for 64 at least; a key frame at 50 Mbit/s is 1000
 * packets. */
#define RTC_SRTP_REPLAY_WINDOW 1024

/* RFC 3711 9.2: "the maximum number of packets secured under the same key is at most 2^48 SRTP
 * packets, 2^31 SRTCP packets (whichever occurs before)". */
#define RTC_SRTP_KEY_LIMIT_RTP (G_GUINT64_CONSTANT (1) << 48)
#define RTC_SRTP_KEY_LIMIT_RTCP (G_GUINT64_CONSTANT (1) << 31)

/* RTC_SRTP_INDEX_LEN: bytes of E flag and SRTCP index (RFC 3711 3.4). */
#define RTC_SRTP_INDEX_LEN 4

/* A receiver that meets a sender after its first wrap takes the roll-over counter for 0 where it
 * is 1 (RFC 3711 3.3.1 leaves it to key management, RFC 5764 says nothing). So a packet of an
 * SSRC never seen, numbered below RTC_SRTP_LATE_START, that fails is tried once more with 1. */
#define RTC_SRTP_LATE_START 1024

/* RtcSrtpSuite: a profile in figures, bytes (RFC 5764 4.1.2, RFC 7714 12 and 13). */
typedef struct {
  RtcSrtpProfile profile;
  gsize key_len;    /* of the cipher, master and session key alike */
  gsize salt_len;   /* of master and session salt */
  gsize tag_len;    /* 0: not authenticated */
  gboolean is_aead; /* then the SRTCP index follows the tag (RFC 7714 17), else it precedes it */
  gboolean is_clear; /* the body is not encrypted: the NULL cipher (RFC 3711 4.1.3) */
} RtcSrtpSuite;

/* The head of each backend's own struct. */
typedef struct {
  RtcSrtp iface;
  const RtcSrtpSuite *suite;
  guint64 n_out[2], n_in[2]; /* packets that the key has secured: of RTP, of RTCP */
  RtcSrtpStats stats;
} RtcSrtpBase;

/* NULL with *error RTC_ERR_UNSUPPORTED when the profile is not one of ours, or the key's length
 * not the profile's. */
const RtcSrtpSuite *rtc_srtp_suite_find (const RtcSrtpKeys *keys, GError **error);

/* Length of a whole RTP header with CSRCs and extension (RFC 3550 5.1, 5.3.1) that data starts
 * with, and *ssrc; 0 when there is none, or not trailer more bytes after it. */
gsize rtc_srtp_parse_rtp (const guint8 *data, gsize len, gsize trailer, guint32 *ssrc);

/* The same of RTCP (RFC 3550 6.4.1): 8, or 0. */
gsize rtc_srtp_parse_rtcp (const guint8 *data, gsize len, gsize trailer, guint32 *ssrc);

/* E flag and index of an SRTCP packet whose lengths rtc_srtp_parse_rtcp() has checked. WebRTC
 * encrypts always (RFC 8827 6.5), so a packet without RTC_SRTP_E_FLAG is not from our peer. */
#define RTC_SRTP_E_FLAG 0x80000000u
guint32 rtc_srtp_read_index (const RtcSrtpSuite *suite, const guint8 *data, gsize len);

/* FALSE: the key's lifetime is over (RFC 3711 9.2). n: n_out or n_in of a base. */
gboolean rtc_srtp_may_use_key (const guint64 n[2], gboolean is_rtcp);

/* Counts a packet that was not protected or accepted, and returns why. */
RtcResult rtc_srtp_refuse (RtcSrtpBase *self, RtcResult why);

G_END_DECLS
