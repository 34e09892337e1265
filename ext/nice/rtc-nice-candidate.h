/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-candidate.h - RtcCandidate <-> NiceCandidate, field by field, and our own addresses.
 *
 * No text is parsed here but address literals. Pure but for get_addresses, which asks the
 * kernel. Thread: any. */
#pragma once

#include <nice/agent.h>
#include "gst/rtc/sdp/rtc-sdp-candidate.h"

G_BEGIN_DECLS

/* A local candidate of libnice's. hide_related: write no base address (policy relay: the
 * addresses of the host are not to be shown). FALSE for what has no place in SDP (an address
 * with a zone). */
gboolean rtc_nice_candidate_from_nice (const NiceCandidate *nice, gboolean hide_related,
    RtcCandidate *out);

/* A remote candidate for stream_id, component 1. RTC_ERR_UNSUPPORTED: not an address literal, or
 * a component other than 1 (we multiplex RTCP). *out is (transfer full), nice_candidate_free() */
RtcResult rtc_nice_candidate_to_nice (const RtcCandidate *candidate, guint stream_id,
    NiceCandidate **out);

/* rtc_interfaces_list(), the addresses to gather on, as libnice has them: NiceAddress *, (transfer
 * full). */
GPtrArray *rtc_nice_get_addresses (gboolean with_loopback, gboolean *has_loopback);

G_END_DECLS
