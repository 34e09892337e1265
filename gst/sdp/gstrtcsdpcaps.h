/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpcaps.h - what a description says of a format, as application/x-rtp caps.
 *
 * Fields are set one by one, never parsed from text (docs/security.md T25). Thread: any. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/sdp/rtc-announcement.h"

G_BEGIN_DECLS

/* GST_RTC_SDP_MAX_NAMES: names of fields that no caps of this process had before, for its whole
 * life: GLib never forgets a name. Beyond that, parameters and attributes are left out, but for
 * some sixty well-known ones. */
#define GST_RTC_SDP_MAX_NAMES 1024

/* media, payload, clock-rate, encoding-name, encoding-params; the format's parameters, by their
 * names in small letters, but for names that mean something else in caps ("srtp-key",
 * "rtcp-fb-..."); rtcp-fb-nack, rtcp-fb-nack-pli, rtcp-fb-ccm-fir; attributes of session and medium
 * as "a-NAME" ("x-..." as they are). As gst_sdp_media_get_caps_from_media() and
 * gst_sdp_media_attributes_to_caps() have them. (transfer full) */
GstCaps *gst_rtc_sdp_caps_new (const RtcAnnouncement *announcement,
    const RtcAnnouncedMedium *medium, const RtcAnnouncedFormat *format);

/* For srtpdec: keys, suite and ciphers. medium is secure. (transfer full) */
GstCaps *gst_rtc_sdp_caps_new_keys (const RtcAnnouncedMedium *medium, gboolean is_rtcp);

G_END_DECLS
