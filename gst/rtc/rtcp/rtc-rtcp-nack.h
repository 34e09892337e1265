/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-nack.h - generic NACK: a list of lost sequence numbers (RFC 4585 6.2.1).
 *
 * Each entry is a packet id and a bitmask of the 16 after it. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

typedef struct {
  guint32 sender_ssrc; /* who asks */
  guint32 media_ssrc;  /* whose packets */
  RtcReader fci;
  guint16 pid;         /* of the entry being read */
  guint32 pending;     /* bit i: pid + i still to be handed out */
} RtcNackIter;

/* RTC_ERR_UNSUPPORTED when packet is no NACK, RTC_ERR_PARSE when it has no or half an entry. */
RtcResult rtc_rtcp_nack_parse (const RtcRtcpPacket *packet, RtcNackIter *iter);

/* The next sequence number asked for; FALSE at the end. At most 17 per 4 bytes received; the
 * same one may come again. */
gboolean rtc_rtcp_nack_next (RtcNackIter *iter, guint16 *seq);

/* Appends one NACK for as many of the n_seqs as fit. seqs are in rising order (as sequence
 * numbers wrap), each less than half a turn after the first. Returns how many are covered,
 * 0 when not even one entry fits (nothing appended): send the rest in the next packet. */
guint rtc_rtcp_nack_write (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc,
    const guint16 *seqs, guint n_seqs);

G_END_DECLS
