/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-psfb.h - key frame requests: PLI (RFC 4585 6.3.1) and FIR (RFC 5104 4.3.1).
 *
 * Other payload-specific feedback (SLI, RPSI, TSTR, VBCM) is RTC_ERR_UNSUPPORTED: skip it; for
 * REMB see rtc-rtcp-remb.h. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

/* RTC_ERR_UNSUPPORTED when packet is no PLI; RTC_ERR_PARSE when too short. */
RtcResult rtc_rtcp_pli_parse (const RtcRtcpPacket *packet, guint32 *sender_ssrc,
    guint32 *media_ssrc);
RtcResult rtc_rtcp_pli_write (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc);

/* One FIR command. RFC 5104 4.3.1.1: "The sequence number space is unique for each pairing of
 * the SSRC of command source and the SSRC of the command target." */
typedef struct {
  guint32 ssrc;  /* the media sender asked */
  guint8 seq_nr; /* raised by one for a new request, equal in a repetition */
} RtcFirEntry;

typedef struct {
  guint32 sender_ssrc;
  RtcReader fci;
} RtcFirIter;

/* RTC_ERR_UNSUPPORTED when packet is no FIR, RTC_ERR_PARSE when it has no or half an entry. */
RtcResult rtc_rtcp_fir_parse (const RtcRtcpPacket *packet, RtcFirIter *iter);
gboolean rtc_rtcp_fir_next (RtcFirIter *iter, RtcFirEntry *out);
RtcResult rtc_rtcp_fir_write (RtcRtcpBuilder *builder, guint32 sender_ssrc,
    const RtcFirEntry *entries, guint n_entries);

G_END_DECLS
