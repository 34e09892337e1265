/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-fec.h - parity over RTP packets: what ULPFEC (RFC 5109) and FlexFEC have in common.
 *
 * A parity is the XOR of packets: of their first two bytes, of their lengths, of their time stamps
 * and of all that follows the fixed header. From it and all of the packets but one that one is
 * made again, but for its number and SSRC, which the FEC header names. The two wire formats are
 * rtc-ulpfec.h and rtc-flexfec.h. Pure, re-entrant; nothing is allocated. */
#pragma once

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

G_BEGIN_DECLS

/* RTC_FEC_MASK_BITS: numbers that one mask can name, from its base on: FlexFEC's longest mask. */
#define RTC_FEC_MASK_BITS 109

/* Bit n is the packet with number base + n. Zero-initialised: none. */
typedef struct {
  guint64 bits[2];
} RtcFecMask;

/* n < RTC_FEC_MASK_BITS; others are not in the mask and not put into it. */
static inline gboolean
rtc_fec_mask_has (const RtcFecMask *mask, guint n)
{
  return n < RTC_FEC_MASK_BITS && (mask->bits[n / 64] >> (n % 64) & 1) != 0;
}

static inline void
rtc_fec_mask_add (RtcFecMask *mask, guint n)
{
  if (n < RTC_FEC_MASK_BITS)
    mask->bits[n / 64] |= G_GUINT64_CONSTANT (1) << (n % 64);
}

static inline void
rtc_fec_mask_merge (RtcFecMask *mask, const RtcFecMask *other)
{
  mask->bits[0] |= other->bits[0];
  mask->bits[1] |= other->bits[1];
}

/* One more than the highest bit; 0 when empty. */
static inline guint
rtc_fec_mask_len (const RtcFecMask *mask)
{
  guint n = RTC_FEC_MASK_BITS;

  while (n > 0 && !rtc_fec_mask_has (mask, n - 1))
    n--;
  return n;
}

/* What is XORed of the packets' headers. Zero-initialised: of no packet. */
typedef struct {
  guint8 head[2];   /* first two bytes: V, P, X, CC, M, PT */
  guint16 len;      /* bytes after the fixed header: CSRCs, extensions, payload, padding */
  guint32 rtp_ts;
} RtcFecParity;

/* A FEC packet's payload, as read from the wire or to be written. */
typedef struct {
  guint32 ssrc;       /* of what it protects; 0 with ULPFEC, whose SSRC is that of the media */
  guint16 seq_base;
  RtcFecMask mask;    /* never empty */
  RtcFecParity parity;
  gsize body_offset;  /* where the XOR of what follows the fixed headers begins in the payload */
  gsize body_len;     /* bytes of it */
} RtcFecHeader;

/* dst[i] ^= src[i] for len bytes. */
void rtc_fec_xor (guint8 *dst, const guint8 *src, gsize len);

/* Adds the packet of len bytes, whose extensions that change on the way are zero, to parity and to
 * body, of which *body_len bytes (growing, cap at most) are in use.
 * RTC_ERR_LIMIT: it is shorter than a header or longer than cap allows; nothing changed. */
RtcResult rtc_fec_parity_add (RtcFecParity *parity, guint8 *body, gsize *body_len, gsize cap,
    const guint8 *packet, gsize len);

/* Adds another parity: the XOR of both sets of packets. other_len <= cap. */
void rtc_fec_parity_merge (RtcFecParity *parity, guint8 *body, gsize *body_len,
    const RtcFecParity *other, const guint8 *other_body, gsize other_len);

/* Makes the packet that is left in parity, all others having been added, in dst of cap bytes: body,
 * its bytes after the fixed header, stands at dst + RTC_RTP_HEADER_LEN already, body_len of them.
 * RTC_ERR_PARSE: what is left is no RTP packet: somebody protected something else. */
RtcResult rtc_fec_parity_finish (const RtcFecParity *parity, gsize body_len, guint32 ssrc,
    guint16 seq, guint8 *dst, gsize *len);

G_END_DECLS
