/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-fec-encoder.h - parity packets over what one peer is sent of one stream.
 *
 * Packets are taken in blocks: a picture, or two while they are small, so that there is more than
 * one parity for them. Packet i of a block goes into parity i mod n: n packets lost in a row are
 * made again. The number of parities follows the protection asked for, exactly over time. What is
 * handed out is a FlexFEC or ULPFEC payload in parts; its RTP packet is the caller's
 * (rtc-send-stream.h). Pure: no clock. Network thread only; 15 KiB each, allocated by new()
 * alone. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/rtp/rtc-fec.h"

G_BEGIN_DECLS

typedef struct _RtcFecEncoder RtcFecEncoder;

/* RTC_FEC_ENCODER_MAX_PACKETS: of a block; as many as ULPFEC's mask has bits. */
#define RTC_FEC_ENCODER_MAX_PACKETS 48

/* RTC_FEC_ENCODER_MAX_PARITIES: of a block. */
#define RTC_FEC_ENCODER_MAX_PARITIES 12

/* RTC_FEC_ENCODER_MAX_BODY: longest packet that is protected, without its fixed header, bytes. Its
 * parity fits a datagram of 1232 bytes, as IPv6 carries everywhere; what payloaders make has 26 for
 * extensions. */
#define RTC_FEC_ENCODER_MAX_BODY (RTC_MTU - RTC_SRTP_MAX_OVERHEAD - RTC_RTP_HEADER_LEN)

/* RTC_FEC_ENCODER_WAIT: a block waits no longer for its parities than this after its first packet,
 * ns. */
#define RTC_FEC_ENCODER_WAIT (50 * GST_MSECOND)

typedef struct {
  guint64 packets_protected;
  guint64 packets_unprotected; /* too long, or too many of one picture */
  guint64 blocks;
  guint64 parities;
} RtcFecEncoderStats;

/* at_ends: parities are due at the end of a picture only, and what a picture has beyond a block is
 * not protected. ULPFEC needs it, whose parities have numbers of the media's: libwebrtc does not
 * put a picture together that has another packet's number within. */
RtcFecEncoder *rtc_fec_encoder_new (gboolean at_ends);
void rtc_fec_encoder_free (RtcFecEncoder *self); /* (nullable) */

/* Parities per packet, 0..1, from the next packet on: of key frames, and of others. 0 for both: the
 * block that is open is dropped, and add() does nothing. */
void rtc_fec_encoder_set_protection (RtcFecEncoder *self, gdouble key, gdouble delta);

/* Takes the packet of len bytes as the peer gets it, in the order of its numbers, but for the
 * header extensions that are stamped when it leaves, which are still zero. is_key: it starts a key
 * frame. next() must be called until it is FALSE before the next packet; parities not fetched are
 * lost. */
void rtc_fec_encoder_add (RtcFecEncoder *self, GstClockTime now, const guint8 *packet, gsize len,
    gboolean is_key);

/* The next parity that is due; FALSE: none. out->ssrc is that of the packets; *body holds
 * out->body_len bytes until the next add(). */
gboolean rtc_fec_encoder_next (RtcFecEncoder *self, RtcFecHeader *out, const guint8 **body);

void rtc_fec_encoder_get_stats (const RtcFecEncoder *self, RtcFecEncoderStats *out);

G_END_DECLS
