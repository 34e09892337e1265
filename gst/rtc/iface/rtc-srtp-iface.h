/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-iface.h - what the core needs of SRTP (RFC 3711, 7714): two keyed directions.
 *
 * Works in place on memory with tailroom. Checks lengths before any library sees the bytes.
 * Replay window >= 1024. Roll-over counters are per SSRC. Thread: network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef struct _RtcSrtp RtcSrtp;
typedef struct _RtcSrtpVTable RtcSrtpVTable;
typedef struct _RtcSrtpFactory RtcSrtpFactory;

/* Values are the IANA numbers of use_srtp (RFC 5764 4.1.2, RFC 7714 14.2). */
typedef enum {
  RTC_SRTP_PROFILE_NONE = 0,
  RTC_SRTP_PROFILE_AES128_CM_SHA1_80 = 0x0001,
  RTC_SRTP_PROFILE_AEAD_AES_128_GCM = 0x0007,
  RTC_SRTP_PROFILE_AEAD_AES_256_GCM = 0x0008,
} RtcSrtpProfile;

#define RTC_SRTP_MAX_KEY 48

/* RtcSrtpKeys: master key then salt, for each direction. Secret: cleared by who made it. */
typedef struct {
  RtcSrtpProfile profile;
  gsize key_len;                         /* key + salt bytes: 30, 28 or 44 */
  guint8 local_key[RTC_SRTP_MAX_KEY];    /* what we protect with */
  guint8 remote_key[RTC_SRTP_MAX_KEY];   /* what we unprotect with */
} RtcSrtpKeys;

struct _RtcSrtpVTable {
  const gchar *name;
  void (*free) (RtcSrtp *self); /* (nullable) */

  /* In place; *len grows, cap bounds it. RTC_ERR_LIMIT: no room, or the key's lifetime is over
   * (then the peer must fail or re-key). RTC_ERR_PARSE: not an RTP packet. */
  RtcResult (*protect_rtp) (RtcSrtp *self, guint8 *data, gsize *len, gsize cap);
  RtcResult (*protect_rtcp) (RtcSrtp *self, guint8 *data, gsize *len, gsize cap);

  /* As protect_rtp(), of a packet whose body lies elsewhere: data holds header_len bytes, a whole
   * RTP header with CSRCs and extension; the body, which must not overlap data, goes behind it in
   * the same pass that encrypts it. *len is set. (nullable): copy it, and protect_rtp(). */
  RtcResult (*protect_rtp_from) (RtcSrtp *self, guint8 *data, gsize header_len, const guint8 *body,
      gsize body_len, gsize *len, gsize cap);

  /* Begins to fetch into the caches what protecting RTP of ssrc will need. (nullable) */
  void (*prefetch) (RtcSrtp *self, guint32 ssrc);

  /* In place; *len shrinks. RTC_ERR_AUTH, _REPLAY, _PARSE: count and drop. */
  RtcResult (*unprotect_rtp) (RtcSrtp *self, guint8 *data, gsize *len);
  RtcResult (*unprotect_rtcp) (RtcSrtp *self, guint8 *data, gsize *len);
};

struct _RtcSrtp {
  const RtcSrtpVTable *vtable;
};

struct _RtcSrtpFactory {
  const gchar *name;
  RtcSrtp *(*create) (RtcSrtpFactory *self, const RtcSrtpKeys *keys, GError **error);
};

G_END_DECLS
