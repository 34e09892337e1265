/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-exporter.h - SRTP master keys out of a DTLS session (RFC 5764 4.2, RFC 7714 12). */
#pragma once

#include "gst/rtc/iface/rtc-srtp-iface.h"

G_BEGIN_DECLS

/* RTC_DTLS_EXPORTER_LABEL: RFC 5764 4.2: "the label 'EXTRACTOR-dtls_srtp'". No context. */
#define RTC_DTLS_EXPORTER_LABEL "EXTRACTOR-dtls_srtp"

/* RTC_DTLS_EXPORTER_MAX: most material a profile needs, bytes: two keys of 32, two salts of 12. */
#define RTC_DTLS_EXPORTER_MAX (2 * RTC_SRTP_MAX_KEY)

/* Bytes of keying material that profile needs, for both directions; 0 when it is not one we
 * know: refuse it. */
gsize rtc_dtls_exporter_len (RtcSrtpProfile profile);

/* Deals material (len as above) out to *out: key then salt for each direction. FALSE, *out
 * zeroed, when profile or len is wrong. The caller clears material and *out after use. */
gboolean rtc_dtls_exporter_split (RtcSrtpProfile profile, gboolean is_client,
    const guint8 *material, gsize len, RtcSrtpKeys *out);

G_END_DECLS
