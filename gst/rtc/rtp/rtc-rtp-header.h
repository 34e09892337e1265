/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtp-header.h - the RTP header: fixed, CSRC list, extension block, padding (RFC 3550 5.1).
 *
 * Parsing copies nothing: it leaves offsets into the caller's packet. Extension elements are read
 * by rtc-rtp-extension.h. Pure, re-entrant. */
#pragma once

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* RTC_RTP_HEADER_LEN: "The first twelve octets are present in every RTP packet" (RFC 3550 5.1). */
#define RTC_RTP_HEADER_LEN 12

/* RTC_RTP_PROFILE_ONE_BYTE: the bit pattern of one-byte header elements (RFC 8285 4.2). */
#define RTC_RTP_PROFILE_ONE_BYTE 0xbede

/* RTC_RTP_PROFILE_TWO_BYTE: upper 12 bits of two-byte headers, the rest are appbits (4.3). */
#define RTC_RTP_PROFILE_TWO_BYTE 0x1000

/* RtcRtpHeader: one packet's header. Offsets count from the packet's first byte and are inside
 * the packet once parse has said RTC_OK. */
typedef struct {
  guint8 payload_type;       /* 0..127 */
  gboolean marker;
  guint16 seq;
  guint32 rtp_ts;            /* media clock units */
  guint32 ssrc;
  guint n_csrcs;             /* 0..15, from offset RTC_RTP_HEADER_LEN on */
  gboolean has_extension;    /* the X bit; FALSE: the next three are 0 */
  guint16 extension_profile; /* "defined by profile"; any value */
  gsize extension_offset;    /* first byte after the block's own 4 bytes */
  gsize extension_len;       /* bytes, multiple of 4 */
  gsize payload_offset;      /* also the length of the whole header */
  gsize payload_len;         /* without padding; may be 0 (a padding-only probe) */
  gsize padding_len;         /* with its count byte; 0 when the P bit is clear */
} RtcRtpHeader;

/* Reads a whole (unprotected) packet of len bytes into *self.
 * RTC_ERR_PARSE: not version 2, a part reaches past the end, or the padding count is 0 or longer
 * than what follows the header. *self is then undefined; count the packet and drop it. */
RtcResult rtc_rtp_header_parse (RtcRtpHeader *self, const guint8 *data, gsize len);

/* CSRC number i (< n_csrcs) of a parsed packet. */
guint32 rtc_rtp_header_get_csrc (const RtcRtpHeader *self, const guint8 *data, guint i);

/* Writes the 12 fixed bytes: version 2, P from padding_len, X from has_extension, CC from n_csrcs.
 * What these announce is written by the caller after it. Overrun: the writer's ok is FALSE. */
void rtc_rtp_header_write (const RtcRtpHeader *self, RtcWriter *writer);

G_END_DECLS
