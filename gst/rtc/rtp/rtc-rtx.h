/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtx.h - retransmission payloads: an original packet in an RTX packet and back (RFC 4588 4).
 *
 * SSRC-multiplexed. Which packets to resend is rtc-nack-responder.h; the sender's RTX of a shared
 * packet is built by rtc-rewrite.h. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtp/rtc-rtp-header.h"

G_BEGIN_DECLS

/* RTC_RTX_OSN_LEN: the Original Sequence Number before the payload, bytes. */
#define RTC_RTX_OSN_LEN 2

/* Appends data's packet (parsed into *header) to the writer as an RTX packet: time stamp, marker,
 * CSRCs and extension block are the original's, padding is dropped. RTC_ERR_LIMIT: no room. */
RtcResult rtc_rtx_wrap (const RtcRtpHeader *header, const guint8 *data, guint8 rtx_payload_type,
    guint32 rtx_ssrc, guint16 rtx_seq, RtcWriter *writer);

/* Turns an RTX packet back into the original in place: *data moves on by two bytes, *len shrinks by
 * two plus the padding, and *header (of the RTX packet on entry) describes the original.
 * RTC_ERR_UNSUPPORTED: no payload at all, a probe of padding only; it has served its purpose.
 * RTC_ERR_PARSE: too short for an OSN. Count and drop; nothing changed. */
RtcResult rtc_rtx_unwrap (RtcRtpHeader *header, guint8 **data, gsize *len, guint8 payload_type,
    guint32 ssrc);

G_END_DECLS
