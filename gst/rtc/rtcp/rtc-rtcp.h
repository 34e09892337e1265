/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp.h - the RTCP common header: walking a compound packet, and building one.
 *
 * RFC 3550 6.1 and A.2 (compound packets), RFC 4585 6.1 (feedback header), RFC 5506
 * (reduced-size packets). Reading gives views into the packet, writing goes to memory of the
 * caller; nothing is allocated. The messages themselves are in the rtc-rtcp-*.h files, all with
 * parse functions that take one RtcRtcpPacket of the walk and write functions that append to a
 * builder. Pure, re-entrant. */
#pragma once

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* Packet types (RFC 3550 12.1, RFC 4585 6.1, RFC 3611 2). */
#define RTC_RTCP_SR 200
#define RTC_RTCP_RR 201
#define RTC_RTCP_SDES 202
#define RTC_RTCP_BYE 203
#define RTC_RTCP_APP 204
#define RTC_RTCP_RTPFB 205
#define RTC_RTCP_PSFB 206
#define RTC_RTCP_XR 207

/* FMT values of RTPFB and PSFB: what `count` holds for those two types. */
#define RTC_RTPFB_NACK 1  /* RFC 4585 6.2.1 */
#define RTC_RTPFB_TWCC 15 /* draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1 */
#define RTC_PSFB_PLI 1    /* RFC 4585 6.3.1 */
#define RTC_PSFB_FIR 4    /* RFC 5104 4.3.1 */
#define RTC_PSFB_AFB 15   /* RFC 4585 6.4: application layer feedback; REMB is one */

/* RTC_RTCP_MAX_COUNT: largest value of the 5-bit count: report blocks, chunks, SSRCs. */
#define RTC_RTCP_MAX_COUNT 31

/* One packet of a compound: a view, valid as long as the bytes walked over. */
typedef struct {
  guint8 type;        /* RTC_RTCP_*, or a type we do not know: skip it */
  guint8 count;       /* RC, SC or FMT, by type */
  const guint8 *data; /* after the 4-byte header */
  gsize len;          /* bytes at data, padding removed */
} RtcRtcpPacket;

typedef struct {
  RtcReader reader;
  guint left;       /* packets that may still be handed out */
  RtcResult result; /* once next() has said FALSE: RTC_OK when all was read; RTC_ERR_PARSE when
                     * the rest is malformed, RTC_ERR_LIMIT when it is over max_blocks: count
                     * it. What next() gave before that is good and stays handled. */
} RtcRtcpWalk;

/* Starts over len bytes of decrypted RTCP. max_blocks: RtcLimits.max_rtcp_blocks. */
void rtc_rtcp_walk_init (RtcRtcpWalk *walk, const guint8 *data, gsize len, guint max_blocks);

/* The next packet into *out, FALSE at the end or at the first malformed one. Whether the first
 * packet is an SR or RR is not checked: RFC 5506 lets any come alone. Padding is taken off
 * wherever it stands, as libwebrtc puts it into any of its transport-wide feedback packets. */
gboolean rtc_rtcp_walk_next (RtcRtcpWalk *walk, RtcRtcpPacket *out);

/* The two SSRCs that start an RTPFB or PSFB packet and a reader over the FCI behind them.
 * RTC_ERR_PARSE when too short. */
RtcResult rtc_rtcp_feedback_parse (const RtcRtcpPacket *packet, guint32 *sender_ssrc,
    guint32 *media_ssrc, RtcReader *fci);

typedef enum {
  RTC_RTCP_COMPOUND,     /* SR or RR first, an SDES with CNAME in it (RFC 3550 6.1) */
  RTC_RTCP_REDUCED_SIZE, /* any packets (RFC 5506); only when rtcp-rsize was negotiated */
} RtcRtcpFormat;

typedef struct {
  RtcWriter writer; /* over the caller's memory; cap is the byte budget */
  RtcRtcpFormat format;
  gsize start;      /* of the packet being written */
  guint n_packets;  /* finished ones */
  gboolean has_sdes;
} RtcRtcpBuilder;

/* Starts an empty packet in data, which holds budget bytes: leave room for SRTCP yourself. */
void rtc_rtcp_builder_init (RtcRtcpBuilder *builder, guint8 *data, gsize budget,
    RtcRtcpFormat format);

/* Bytes that may still be written, header of the next packet included. */
gsize rtc_rtcp_builder_left (const RtcRtcpBuilder *builder);

/* For the rtc-rtcp-*.h files: begins one packet and returns the writer for what follows its
 * header; end() pads with zero bytes to a multiple of four and fills the header in.
 * end() returns RTC_OK, RTC_ERR_LIMIT when it did not fit, or RTC_ERR_STATE when it may not
 * come first in a compound packet; after an error the builder is as before begin(). */
RtcWriter *rtc_rtcp_builder_begin (RtcRtcpBuilder *builder);
RtcResult rtc_rtcp_builder_end (RtcRtcpBuilder *builder, guint8 type, guint8 count);

/* As begin(), with the two SSRCs of RTPFB and PSFB written. */
RtcWriter *rtc_rtcp_builder_begin_feedback (RtcRtcpBuilder *builder, guint32 sender_ssrc,
    guint32 media_ssrc);

/* Length of what was built, ready to be protected, into *len. RTC_ERR_STATE when there is
 * nothing in it or it is a compound without SDES: do not send it. */
RtcResult rtc_rtcp_builder_finish (const RtcRtcpBuilder *builder, gsize *len);

G_END_DECLS
