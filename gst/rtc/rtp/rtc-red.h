/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-red.h - several payloads in one RTP packet (RFC 2198, "red").
 *
 * Sound: earlier frames again beside the new one. Video: one block only, an envelope in which
 * ULPFEC and media share a payload type. Pure, re-entrant; nothing is allocated. */
#pragma once

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* RTC_RED_MAX_BLOCKS: in a packet, the primary one among them. libwebrtc sends 2, others 4. */
#define RTC_RED_MAX_BLOCKS 8

/* RTC_RED_MAX_TS_OFFSET, RTC_RED_MAX_LEN: 14 bits of time stamp units, 10 bits of bytes; of
 * redundant blocks (RFC 2198 3). */
#define RTC_RED_MAX_TS_OFFSET 0x3fff
#define RTC_RED_MAX_LEN 0x3ff

/* RTC_RED_PRIMARY_HEADER_LEN, RTC_RED_HEADER_LEN: bytes of header for the primary block, and for
 * each redundant one. */
#define RTC_RED_PRIMARY_HEADER_LEN 1
#define RTC_RED_HEADER_LEN 4

typedef struct {
  guint8 payload_type;
  guint16 ts_offset;   /* how much older than the packet's time stamp; 0 for the primary one */
  const guint8 *data;  /* in the packet, or the caller's */
  gsize len;
} RtcRedBlock;

/* Reads a payload of len bytes into blocks, oldest first as sent; the last one is the primary.
 * *n_blocks is >= 1 then. RTC_ERR_PARSE: truncated. RTC_ERR_LIMIT: more than RTC_RED_MAX_BLOCKS.
 * Drop it. */
RtcResult rtc_red_parse (const guint8 *payload, gsize len, RtcRedBlock blocks[RTC_RED_MAX_BLOCKS],
    guint *n_blocks);

/* Appends headers and data of n_blocks >= 1, the last being the primary.
 * RTC_ERR_LIMIT: a redundant block is over RTC_RED_MAX_TS_OFFSET or RTC_RED_MAX_LEN: leave it out;
 * or there is no room (the writer's ok is FALSE). */
RtcResult rtc_red_write (const RtcRedBlock *blocks, guint n_blocks, RtcWriter *writer);

G_END_DECLS
