/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-fec-decoder.h - lost packets of one received stream, made again from ULPFEC or FlexFEC.
 *
 * Holds references to the last RTC_FEC_DECODER_PACKETS packets and to RTC_FEC_DECODER_PARITIES
 * parities that lack more than one packet: nothing grows beyond that. A packet that came as RTX is
 * known to have come, but not used: its header extensions need not be those that were
 * protected. Pure: no clock. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/rtp/rtc-fec.h"
#include "gst/rtc/rtp/rtc-rtp-extension.h"

G_BEGIN_DECLS

typedef struct _RtcFecDecoder RtcFecDecoder;

/* RTC_FEC_DECODER_PACKETS: a power of two, > 2 * RTC_FEC_MASK_BITS. */
#define RTC_FEC_DECODER_PACKETS 256
#define RTC_FEC_DECODER_PARITIES 48

typedef struct {
  guint64 received;   /* parities */
  guint64 discarded;  /* parities that repaired nothing: nothing was lost, or too much, or they were
                       * no use: of something else, malformed */
  guint64 recovered;  /* packets */
} RtcFecDecoderStats;

/* For the stream with that SSRC. pool is (nullable) and outlives it. */
RtcFecDecoder *rtc_fec_decoder_new (guint32 ssrc, RtcPacketPool *pool);
void rtc_fec_decoder_free (RtcFecDecoder *self); /* (nullable) */

/* Notes an RTP packet of the stream, decrypted and out of its RED, and keeps a reference. map:
 * what its header extensions are; those that senders stamp at the last moment count as zero.
 * is_exact: it is as it was sent first; FALSE for RTX, of which no reference is kept. */
void rtc_fec_decoder_handle_media (RtcFecDecoder *self, const RtcRtpExtensionMap *map,
    const RtcRtpHeader *header, RtcPacket *packet, gboolean is_exact);

/* Notes a parity: header as parsed from packet's bytes, payload_offset that of the FEC payload in
 * packet->data. A reference is kept while it may be of use. header->ssrc 0 (ULPFEC) is this
 * stream. */
void rtc_fec_decoder_handle_fec (RtcFecDecoder *self, const RtcFecHeader *header, RtcPacket *packet,
    gsize payload_offset);

/* The next packet that can be made again, NULL when there is none; to be called after each of the
 * two above until then. Flagged RTC_PACKET_RECOVERED, its time is unknown. (transfer full) */
RtcPacket *rtc_fec_decoder_poll (RtcFecDecoder *self);

void rtc_fec_decoder_get_stats (const RtcFecDecoder *self, RtcFecDecoderStats *out);

G_END_DECLS
