/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp.h - SRTP on libsrtp2, behind gst/rtc/iface/rtc-srtp-iface.h.
 *
 * One RtcSrtp is two libsrtp sessions, one per direction, that make a stream for every SSRC
 * they meet: replay window 1024, no MKI, no repeated sending (a retransmission has an SSRC of
 * its own, RFC 4588). Every length is checked before the library sees a byte; SRTCP that is not
 * encrypted (E = 0) is refused.
 *
 * Key lifetime (RFC 3711 9.2): protect_*() says RTC_ERR_LIMIT for ever when it is over, and
 * unprotect_*() RTC_ERR_LIMIT; the peer must fail. Thread: network thread only; factories any. */
#pragma once

#include "gst/rtc/iface/rtc-srtp-iface.h"

G_BEGIN_DECLS

/* RtcSrtpStats: what came of the packets, counted by result. */
typedef struct {
  guint64 protected_packets;   /* RTP and RTCP made */
  guint64 unprotected_packets; /* RTP and RTCP accepted */
  guint64 auth_failures;       /* bad tag, or SRTCP that is not encrypted */
  guint64 replays;             /* seen before, or older than the window */
  guint64 malformed;           /* too short or not RTP: the library never saw them */
  guint64 over_limit;          /* no room, key lifetime over, or too many SSRCs */
} RtcSrtpStats;

/* RTC_SRTP_MAX_STREAMS: SSRCs for which one direction keeps state (RTP and RTCP together). A
 * genuine peer that uses more gets RTC_ERR_LIMIT for the new ones. */
#define RTC_SRTP_MAX_STREAMS 256

/* A factory; the first one of a process initialises the library. NULL and *error
 * (RTC_ERR_BACKEND) when that fails. */
RtcSrtpFactory *rtc_srtp_factory_new (GError **error);

/* (nullable). Sessions may outlive it. */
void rtc_srtp_factory_free (RtcSrtpFactory *self);

/* self comes from a factory of this file or of rtc-srtp-openssl.h; the same of the next. */
void rtc_srtp_get_stats (RtcSrtp *self, RtcSrtpStats *out);

/* Sets how many packets the key has protected so far, as after that many calls. A key protects
 * 2^48 RTP and 2^31 RTCP packets (RFC 3711 9.2), which no test can send. */
void rtc_srtp_set_key_usage (RtcSrtp *self, guint64 rtp_packets, guint64 rtcp_packets);

G_END_DECLS
