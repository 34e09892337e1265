/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-flexfec.h - the payload of a FlexFEC packet as browsers speak it:
 * draft-ietf-payload-flexible-fec-scheme-03 4.2, "flexfec-03" in SDP.
 *
 * A stream of its own (ssrc-group:FEC-FR) that names the one SSRC which it protects; flexible masks
 * of 15, 46 or 109 bits. Neither retransmissions in it (R), fixed masks (F), nor several SSRCs in
 * one packet: libwebrtc, the only one to speak it, does neither read nor write them. The later
 * RFC 8627 is another format. The parity itself is rtc-fec.h. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtp/rtc-fec.h"

G_BEGIN_DECLS

/* RTC_FLEXFEC_HEADER_MAX: with the longest mask, bytes. */
#define RTC_FLEXFEC_HEADER_MAX 32

/* Reads a payload of len bytes. RTC_ERR_PARSE: truncated, or an empty mask. RTC_ERR_UNSUPPORTED: of
 * those kinds that nobody sends. Drop it. */
RtcResult rtc_flexfec_parse (RtcFecHeader *self, const guint8 *payload, gsize len);

/* Appends the header with the shortest mask that will do; the body is to follow. body_offset and
 * body_len are not looked at. No room: the writer's ok is FALSE. */
void rtc_flexfec_write (const RtcFecHeader *self, RtcWriter *writer);

G_END_DECLS
