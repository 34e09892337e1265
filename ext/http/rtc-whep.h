/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whep.h - the parts of WHEP (draft-ietf-wish-whep, RFC 9725) that are text in, text out.
 *
 * Link fields, entity tags, answers completed with late candidates, and ICE restarts: a fragment
 * put into an offer, an answer turned into a fragment. Pure, any thread. */
#pragma once

#include <gst/sdp/gstsdpmessage.h>
#include "gst/rtc/sdp/rtc-sdp-fragment.h"

G_BEGIN_DECLS

#define RTC_WHEP_SDP_TYPE "application/sdp"
#define RTC_WHEP_FRAGMENT_TYPE "application/trickle-ice-sdpfrag"

/* The Link field for a server "stun://host:port", "turn(s)://user:password@host:port[?transport=]"
 * (RFC 9725 4.6). NULL when uri is none of these, or would break the field with line
 * breaks or brackets. (transfer full) */
gchar *rtc_whep_link_header (const gchar *uri);

/* What If-Match (nullable) asks of a resource whose tag is etag (with its quotes). */
typedef enum {
  RTC_WHEP_MATCH_ABSENT, /* 428 */
  RTC_WHEP_MATCH_ANY,    /* "*": an ICE restart is meant */
  RTC_WHEP_MATCH_YES,
  RTC_WHEP_MATCH_NO, /* 412 */
} RtcWhepMatch;
RtcWhepMatch rtc_whep_check_match (const gchar *if_match, const gchar *etag);

/* Parses an offer as far as HTTP must: NULL with RTC_ERR_PARSE when it is no SDP with at least one
 * section. Whether it can be answered is for the element to say. (transfer full) */
GstSDPMessage *rtc_whep_parse_offer (const gchar *text, gsize len, GError **error);

/* The ICE credentials of a description: of its first section that has them, else the session's.
 * Empty strings when there are none. */
void rtc_whep_get_credentials (const GstSDPMessage *sdp, const gchar **ufrag, const gchar **pwd);

/* Of a fragment, likewise. */
void rtc_whep_get_fragment_credentials (const RtcSdpFragment *fragment, const gchar **ufrag,
    const gchar **pwd);

/* Adds a candidate ("candidate:...") or, for "", end-of-candidates to section mline of sdp.
 * FALSE: no such section. */
gboolean rtc_whep_add_candidate (GstSDPMessage *sdp, guint mline, const gchar *candidate);

/* The index of the section with that mid; -1 if there is none. */
gint rtc_whep_find_section (const GstSDPMessage *sdp, const gchar *mid);

/* A copy of the offer with the fragment's credentials and candidates instead of its own, that is,
 * the offer the client would have sent for this ICE restart. NULL with RTC_ERR_PARSE when the
 * fragment has no credentials. (transfer full) */
GstSDPMessage *rtc_whep_restart_offer (const GstSDPMessage *offer, const RtcSdpFragment *fragment,
    GError **error);

/* Credentials and candidates of an answer as a fragment. (transfer full) */
gchar *rtc_whep_answer_fragment (const GstSDPMessage *answer);

G_END_DECLS
