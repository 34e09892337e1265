/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-demux.h - what a datagram of the bundled transport is (RFC 7983, RFC 9443, RFC 5761 4).
 *
 * Looks at two bytes and the length only. Pure, re-entrant. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RTC_DEMUX_UNKNOWN, /* count and drop; also ZRTP, QUIC and what is too short for its kind */
  RTC_DEMUX_STUN,
  RTC_DEMUX_DTLS,
  RTC_DEMUX_TURN_CHANNEL,
  RTC_DEMUX_RTP,
  RTC_DEMUX_RTCP,
} RtcDemuxKind;

/* The kind of a datagram of len bytes. data may be NULL when len is 0. */
RtcDemuxKind rtc_demux_classify (const guint8 *data, gsize len);

/* "stun", "dtls", ...; never NULL. */
const gchar *rtc_demux_kind_to_string (RtcDemuxKind kind);

G_END_DECLS
