/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ulpfec.h - the payload of an ULPFEC packet (RFC 5109 7), level 0 only.
 *
 * As browsers use it: inside RED, under the media's SSRC and in its sequence numbers; one level
 * that protects whole packets. The parity itself is rtc-fec.h. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtp/rtc-fec.h"

G_BEGIN_DECLS

/* RTC_ULPFEC_MASK_BITS: packets that the long mask can name. */
#define RTC_ULPFEC_MASK_BITS 48

/* RTC_ULPFEC_HEADER_MAX: both headers, with the long mask, bytes. */
#define RTC_ULPFEC_HEADER_MAX 18

/* Reads a payload of len bytes. RTC_ERR_PARSE: truncated, or an empty mask.
 * RTC_ERR_UNSUPPORTED: the extension bit, which RFC 5109 7.3 reserves. Drop it. What further
 * levels protect is ignored: level 0 protects the beginnings of packets, and only a level that
 * protects all of a packet repairs it. */
RtcResult rtc_ulpfec_parse (RtcFecHeader *self, const guint8 *payload, gsize len);

/* Appends both headers; body_len bytes of body are to follow. Bits from RTC_ULPFEC_MASK_BITS on
 * must not be set; ssrc and body_offset are not looked at. No room: the writer's ok is FALSE. */
void rtc_ulpfec_write (const RtcFecHeader *self, RtcWriter *writer);

G_END_DECLS
