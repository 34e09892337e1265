/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-bundle.h - which m-section and stream a received RTP packet belongs to (RFC 9143 9.2).
 *
 * By MID (an overtaken packet's moves nothing), then by known SSRC, then by payload type; RID and
 * repaired RID (RFC 8852) name the encoding within the section. SSRCs are the sender's choice, so
 * the table of them is bounded: signalled ones stay, learnt ones leave least recently used first,
 * and after the first max_ssrcs at most one is learnt per RTC_BUNDLE_COOLDOWN, whether the others
 * were displaced or said BYE. Network thread only; nothing is allocated per packet. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/rtp/rtc-rtp-extension.h"

G_BEGIN_DECLS

typedef struct _RtcBundle RtcBundle;

/* RTC_BUNDLE_COOLDOWN: least time between two learnt SSRCs that displace another, between a BYE and
 * the next packet taken of the same SSRC; and, per section and for media and repair apart, between
 * two that nothing but their payload type vouches for. libwebrtc uses the same for unsignalled
 * SSRCs. */
#define RTC_BUNDLE_COOLDOWN (500 * GST_MSECOND)

typedef struct {
  guint section;             /* as given to add_section */
  gchar rid[RTC_RTP_SDES_MAX + 1]; /* encoding; "" when there is none */
  gboolean is_repair;        /* the SSRC carries RTX (or FEC) for rid, or for primary_ssrc */
  guint32 primary_ssrc;      /* of a repair stream: as signalled (FID), else the SSRC with the same
                              * rid, else the section's only other one, or the only one of
                              * those that is not silent; 0 unknown */
  gboolean is_new;           /* first packet of this SSRC, or it has moved to another section */
  gboolean has_evicted;      /* evicted_ssrc has left the table: drop its stream */
  guint32 evicted_ssrc;
} RtcBundleMatch;

typedef struct {
  guint n_ssrcs;                /* now in the table */
  guint64 unknown_packets;      /* nothing vouched for them */
  guint64 limited_packets;      /* of SSRCs refused by the limit or the cooldown */
  guint64 evicted_ssrcs;
} RtcBundleStats;

/* max_ssrcs as RtcLimits.max_ssrcs, >= 1; max_sections as RtcLimits.max_sections. */
RtcBundle *rtc_bundle_new (guint max_ssrcs, guint max_sections);

/* (nullable) */
void rtc_bundle_free (RtcBundle *self);

/* Adds or replaces a section. SSRCs already there stay, but count as learnt from here on: add those
 * that are signalled again, so that the ones which a renegotiation gave up can leave. mid is
 * (nullable): without bundle. pts are the payload types that it receives, RTX ones among them;
 * those of rtx_pts make is_repair.
 * RTC_ERR_LIMIT: too many sections, a mid over RTC_RTP_SDES_MAX that cannot be on the wire, or a
 * PT > 127; nothing changed. */
RtcResult rtc_bundle_set_section (RtcBundle *self, guint section, const gchar *mid,
    const guint8 *pts, guint n_pts, const guint8 *rtx_pts, guint n_rtx_pts);

/* Forgets a section and its SSRCs. */
void rtc_bundle_remove_section (RtcBundle *self, guint section);

/* Notes an a=ssrc line; primary_ssrc != 0: it repairs that one (ssrc-group:FID). rid (nullable).
 * RTC_ERR_STATE: no such section. RTC_ERR_LIMIT: the table is full; go on, its packets may still be
 * found by MID. */
RtcResult rtc_bundle_add_ssrc (RtcBundle *self, guint section, guint32 ssrc, const gchar *rid,
    guint32 primary_ssrc);

/* The end of a stream; unknown ones are fine. */
void rtc_bundle_remove_ssrc (RtcBundle *self, guint32 ssrc);

/* The same by a BYE: packets that were on their way, or an SSRC that says BYE again and again, do
 * not begin a stream within RTC_BUNDLE_COOLDOWN. */
void rtc_bundle_end_ssrc (RtcBundle *self, GstClockTime now, guint32 ssrc);

/* An SDES says which section an SSRC belongs to (RFC 9143 15.1). Changes nothing for a known one.
 * RTC_ERR_UNSUPPORTED: the MID is none of ours. RTC_ERR_LIMIT: over the limit, or within a
 * cooldown. */
RtcResult rtc_bundle_handle_sdes (RtcBundle *self, GstClockTime now, guint32 ssrc,
    const gchar *mid, gsize mid_len, RtcBundleMatch *out);

/* TRUE when the SSRC is known; *out as handle_packet would give it. For RTCP. */
gboolean rtc_bundle_find (const RtcBundle *self, guint32 ssrc, RtcBundleMatch *out);

/* Finds the stream of one packet, learning its SSRC.
 * RTC_AGAIN: nothing names it yet; hold it (RtcLimits.max_early_rtp) or drop it.
 * RTC_ERR_UNSUPPORTED: its MID or its payload type is none of ours; drop it.
 * RTC_ERR_LIMIT: an unknown SSRC over the limit or within the cooldown; drop it. All counted. */
RtcResult rtc_bundle_handle_packet (RtcBundle *self, GstClockTime now, const RtcRtpHeader *header,
    const RtcRtpExtensionValues *values, RtcBundleMatch *out);

void rtc_bundle_get_stats (const RtcBundle *self, RtcBundleStats *out);

G_END_DECLS
