/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-sdes-bye.h - source description (CNAME, MID) and BYE.
 *
 * RFC 3550 6.5 (SDES), 6.6 (BYE); RFC 7941 (SDES items as such) and RFC 9143 15.1 (MID, item
 * 15). Other items are skipped. Texts are views into the packet, not NUL-terminated, and come
 * from the network: print them with rtc_log_safe() only. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

/* SDES item types. */
#define RTC_SDES_END 0
#define RTC_SDES_CNAME 1
#define RTC_SDES_MID 15

/* One chunk: what is said of one SSRC. Reading: views; writing: texts of the caller, NULL and 0
 * for an item to leave out, at most 255 bytes each. */
typedef struct {
  guint32 ssrc;
  const gchar *cname;
  gsize cname_len;
  const gchar *mid;
  gsize mid_len;
} RtcSdesChunk;

typedef struct {
  RtcReader reader;
  guint left;       /* chunks announced and not read yet */
  RtcResult result; /* as RtcRtcpWalk.result; RTC_ERR_PARSE: the rest is malformed */
} RtcSdesIter;

/* RTC_ERR_UNSUPPORTED when packet is no SDES. */
RtcResult rtc_rtcp_sdes_parse (const RtcRtcpPacket *packet, RtcSdesIter *iter);

/* The next chunk, FALSE at the end or at the first malformed one. */
gboolean rtc_rtcp_sdes_next (RtcSdesIter *iter, RtcSdesChunk *out);

/* Appends one SDES with n_chunks (0..31). RTC_ERR_LIMIT: did not fit or a text over 255 bytes;
 * nothing appended. */
RtcResult rtc_rtcp_sdes_write (RtcRtcpBuilder *builder, const RtcSdesChunk *chunks,
    guint n_chunks);

typedef struct {
  guint n_ssrcs; /* 0..RTC_RTCP_MAX_COUNT */
  guint32 ssrcs[RTC_RTCP_MAX_COUNT];
  const gchar *reason; /* view, NULL when absent */
  gsize reason_len;    /* 0..255 */
} RtcRtcpBye;

/* RTC_ERR_PARSE when shorter than its count or reason says; out is then undefined. Whether the
 * SSRCs belong to the peer that sent it is for the caller to check (threat T18). */
RtcResult rtc_rtcp_bye_parse (const RtcRtcpPacket *packet, RtcRtcpBye *out);
RtcResult rtc_rtcp_bye_write (RtcRtcpBuilder *builder, const RtcRtcpBye *bye);

G_END_DECLS
