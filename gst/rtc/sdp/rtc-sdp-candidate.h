/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp-candidate.h - one ICE candidate: a=candidate text <-> typed value (RFC 8839 5.1).
 *
 * The only parser of candidates from the network: nothing reaches libnice that has not passed
 * rtc_candidate_parse() and rtc_candidate_check(). Pure, any thread. */
#pragma once

#include <gio/gio.h>
#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef enum {
  RTC_CANDIDATE_HOST,
  RTC_CANDIDATE_SERVER_REFLEXIVE,
  RTC_CANDIDATE_PEER_REFLEXIVE,
  RTC_CANDIDATE_RELAYED,
} RtcCandidateType;

typedef enum {
  RTC_CANDIDATE_UDP,
  RTC_CANDIDATE_TCP_ACTIVE, /* RFC 6544 4.5 tcptype */
  RTC_CANDIDATE_TCP_PASSIVE,
  RTC_CANDIDATE_TCP_SO,
} RtcCandidateTransport;

typedef struct {
  gchar foundation[33]; /* 1*32ice-char */
  guint component;      /* 1..256; we use 1 (rtcp-mux) */
  RtcCandidateTransport transport;
  guint32 priority;     /* 1..2^31-1 */
  gchar address[64];    /* IPv4 or IPv6 literal without brackets, or a "*.local" name */
  guint16 port;         /* of TCP active 9 when parsed, 0 or 9 when made (9 on the wire) */
  RtcCandidateType type;
  gchar related_address[64]; /* raddr, empty when absent */
  guint16 related_port;
  gchar ufrag[257];     /* extension attribute "ufrag", empty when absent */
  gboolean is_mdns;     /* address is a .local name, not a literal */
} RtcCandidate;

/* Parses "candidate:..." with or without a leading "a=". Unknown extension attributes are
 * ignored. RTC_ERR_PARSE when malformed (TCP without tcptype included): drop it.
 * RTC_ERR_UNSUPPORTED for a transport we do not know or a host name other than .local: drop it
 * silently, as RFC 8839 5.1 asks. out is untouched on error. */
RtcResult rtc_candidate_parse (const gchar *text, RtcCandidate *out);

/* "candidate:..." without "a=", ready for SDP and for trickling. (transfer full) */
gchar *rtc_candidate_write (const RtcCandidate *candidate);

/* Whether traffic may be sent there: refuses unspecified, multicast, broadcast, port 0 (but for
 * TCP active), and unless allow_loopback loopback addresses. RTC_OK or RTC_ERR_UNSUPPORTED. */
RtcResult rtc_candidate_check (const RtcCandidate *candidate, gboolean allow_loopback);

gboolean rtc_candidate_equal (const RtcCandidate *a, const RtcCandidate *b);

G_END_DECLS
