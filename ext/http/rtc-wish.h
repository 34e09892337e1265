/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-wish.h - the parts of WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) that are
 * text in, text out.
 *
 * Link fields, entity tags, answers completed with late candidates, and ICE restarts: a fragment
 * put into an offer, an answer turned into a fragment. Pure, any thread. */
#pragma once

#include <gst/sdp/gstsdpmessage.h>
#include "gst/rtc/sdp/rtc-sdp-fragment.h"

G_BEGIN_DECLS

#define RTC_WISH_SDP_TYPE "application/sdp"
#define RTC_WISH_FRAGMENT_TYPE "application/trickle-ice-sdpfrag"

/* The Link field for a server "stun://host:port", "turn(s)://user:password@host:port[?transport=]"
 * (RFC 9725 4.6). NULL when uri is none of these, or would break the field with line
 * breaks or brackets. (transfer full) */
gchar *rtc_wish_link_header (const gchar *uri);

/* What If-Match (nullable) asks of a resource whose tag is etag (with its quotes). */
typedef enum {
  RTC_WISH_MATCH_ABSENT, /* 428 */
  RTC_WISH_MATCH_ANY,    /* "*": an ICE restart is meant */
  RTC_WISH_MATCH_YES,
  RTC_WISH_MATCH_NO, /* 412 */
} RtcWishMatch;
RtcWishMatch rtc_wish_check_match (const gchar *if_match, const gchar *etag);

/* Parses an offer as far as HTTP must: NULL with RTC_ERR_PARSE when it is no SDP with at least one
 * section, when there are no ICE credentials or no DTLS fingerprint in it, and, with is_sent
 * (WHIP), when it offers no media to send: RFC 9725 4.2 forbids recvonly and inactive. Whether it
 * can be answered is for the element to say. (transfer full) */
GstSDPMessage *rtc_wish_parse_offer (const gchar *text, gsize len, gboolean is_sent,
    GError **error);

/* The ICE credentials of a description: of its first section that has them, else the session's.
 * Empty strings when there are none. */
void rtc_wish_get_credentials (const GstSDPMessage *sdp, const gchar **ufrag, const gchar **pwd);

/* Of a fragment, likewise. */
void rtc_wish_get_fragment_credentials (const RtcSdpFragment *fragment, const gchar **ufrag,
    const gchar **pwd);

/* Adds a candidate ("candidate:...") or, for "", end-of-candidates to section mline of sdp.
 * FALSE: no such section. */
gboolean rtc_wish_add_candidate (GstSDPMessage *sdp, guint mline, const gchar *candidate);

/* The index of the section with that mid; -1 if there is none. */
gint rtc_wish_find_section (const GstSDPMessage *sdp, const gchar *mid);

/* A copy of the offer with the fragment's credentials and candidates instead of its own, that is,
 * the offer the client would have sent for this ICE restart. NULL with RTC_ERR_PARSE when the
 * fragment has no credentials. (transfer full) */
GstSDPMessage *rtc_wish_restart_offer (const GstSDPMessage *offer, const RtcSdpFragment *fragment,
    GError **error);

/* Credentials and candidates of an answer as a fragment. (transfer full) */
gchar *rtc_wish_answer_fragment (const GstSDPMessage *answer);

G_END_DECLS
