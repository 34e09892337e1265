/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-types.h - forward declarations, ids and the limits that bound what a peer can grow.
 *
 * No functions, no state. Every limit names its unit; `RtcLimits` is handed to a peer when it
 * is created, so that a test can set any of them to 1 (docs/design/errors.md). */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RtcPeerId: names a peer across threads; never reused in a process, 0 is "none". */
typedef guint64 RtcPeerId;

/* RTC_MTU: largest datagram we send, bytes of UDP payload. RFC 8261 5 and every browser use
 * 1200: it fits an IPv6 minimum-MTU path with any usual tunnel on the way. */
#define RTC_MTU 1200

/* RTC_MAX_DATAGRAM: largest datagram we accept, bytes. Longer ones are counted and dropped. */
#define RTC_MAX_DATAGRAM 2048

/* RTC_SRTP_MAX_OVERHEAD: most bytes that SRTP or SRTCP protection appends: SRTCP index 4 +
 * tag 16 (RFC 7714 5.2, 9.2), rounded up. */
#define RTC_SRTP_MAX_OVERHEAD 32

/* RTC_SRTP_MAX_TAG: most bytes of them that an RTP packet gets: the tag of AES-GCM (RFC 7714 5.2);
 * we use no MKI. */
#define RTC_SRTP_MAX_TAG 16

/* RTC_RTP_EXTENSION_BUDGET: bytes of a media packet kept free for the header extensions that
 * a peer's view adds: 4 of block header + mid 1+8, twcc 1+2, abs-send 1+3, level 1+1, padding. */
#define RTC_RTP_EXTENSION_BUDGET 40

/* RTC_PAYLOADER_MTU: what payloaders are told, so that RTP + extensions + RTX's OSN + SRTP tag
 * stays within RTC_MTU. Browsers and pion count 1200 without the tag. */
#define RTC_PAYLOADER_MTU (RTC_MTU - RTC_SRTP_MAX_TAG - RTC_RTP_EXTENSION_BUDGET - 2)

typedef enum {
  RTC_MEDIA_AUDIO,
  RTC_MEDIA_VIDEO,
  RTC_MEDIA_APPLICATION,
} RtcMediaKind;

/* RtcLimits: what one peer may make us hold. rtc_limits_init() gives the defaults. */
typedef struct {
  guint max_sections;          /* m-lines in a description */
  guint max_ssrcs;             /* live received SSRCs */
  guint max_remote_candidates; /* candidates kept; more are dropped silently */
  guint max_early_datagrams;   /* DTLS datagrams held until roles and a pair are known */
  guint max_early_rtp;         /* packets of unknown SSRC held until signalling names them */
  guint max_events;            /* events waiting in a peer's queue */
  guint max_rtcp_blocks;       /* feedback blocks handled in one compound packet */
  GstClockTime connect_timeout; /* from negotiated to connected, then the peer fails, ns */
} RtcLimits;

#define RTC_LIMITS_DEFAULT                                                                         \
  {                                                                                                \
    128, 32, 100, 16, 64, 1024, 64, 30 * GST_SECOND                                                \
  }

G_END_DECLS
