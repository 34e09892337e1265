/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp-fragment.h - application/trickle-ice-sdpfrag: what WHIP and WHEP carry in PATCH (RFC
 * 8840 9).
 *
 * A fragment names ICE credentials and candidates per mid. Pure, any thread. */
#pragma once

#include "gst/rtc/sdp/rtc-sdp.h"

G_BEGIN_DECLS

#define RTC_SDP_FRAGMENT_MAX_BYTES (64 * 1024)

typedef struct {
  gchar mid[RTC_SDP_TOKEN_BYTES];
  gchar ice_ufrag[257]; /* of the session when the section has none; empty when absent */
  gchar ice_pwd[257];
  GArray *candidates; /* RtcCandidate */
  gboolean end_of_candidates;
} RtcSdpFragmentSection;

typedef struct {
  gchar ice_ufrag[257]; /* session level; empty when only sections have it */
  gchar ice_pwd[257];
  GArray *sections; /* RtcSdpFragmentSection */
  guint n_dropped;  /* candidates dropped: malformed, unknown, over the limit */
} RtcSdpFragment;

RtcSdpFragment *rtc_sdp_fragment_new (void);
void rtc_sdp_fragment_free (RtcSdpFragment *self); /* (nullable); clears passwords */
/* A new section at the end, owned by self, valid until the next is added. */
RtcSdpFragmentSection *rtc_sdp_fragment_add_section (RtcSdpFragment *self, const gchar *mid);

/* As rtc_sdp_parse(). A section without a=mid is RTC_ERR_PARSE; candidates before the first
 * m-line, too. NULL on error. (transfer full) */
RtcSdpFragment *rtc_sdp_fragment_parse (const gchar *text, gsize len, GError **error);

/* (transfer full) */
gchar *rtc_sdp_fragment_write (const RtcSdpFragment *self);

G_END_DECLS
