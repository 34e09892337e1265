/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsrtp.h - what srtpenc and srtpdec share: the enumerations of their properties, and how keys
 * and ciphers stand in caps.
 *
 * Fields of application/x-srtp and application/x-srtcp: "srtp-key" and "mki" (GstBuffer; further
 * master keys "srtp-key2" and "mki2" to "srtp-key15" and "mki15"), "srtp-cipher", "srtp-auth",
 * "srtcp-cipher", "srtcp-auth" (nicks of the enumerations), "roc" (guint); "ssrc" (guint) says
 * whose they are. Thread: any. */
#pragma once

#include <gst/gst.h>

#include "ext/srtp/rtc-srtp-context.h"

G_BEGIN_DECLS

/* RtcSrtpCipherName and RtcSrtpAuthName, under the names that upstream's dtlssrtpenc looks up. */
#define GST_TYPE_RTC_SRTP_CIPHER (gst_rtc_srtp_cipher_get_type ())
#define GST_TYPE_RTC_SRTP_AUTH (gst_rtc_srtp_auth_get_type ())
GType gst_rtc_srtp_cipher_get_type (void);
GType gst_rtc_srtp_auth_get_type (void);

/* rtc_srtp_keyring_new() with at most one key; key, mki (nullable). It also fails with
 * RTC_ERR_UNSUPPORTED when something is protected but RTCP would not be authenticated (RFC 3711
 * 3.4: "the authentication tag ... mandatory for SRTCP"). */
RtcSrtpKeyring *gst_rtc_srtp_keyring_new (const RtcSrtpSecurity *security, GstBuffer *key,
    GstBuffer *mki, gboolean is_sealing, GError **error);

/* TRUE: caps bring a key, or say that there is none. */
gboolean gst_rtc_srtp_caps_have_keys (const GstStructure *caps);

/* To accept with what caps say. NULL and *error as gst_rtc_srtp_keyring_new(), and
 * RTC_ERR_UNSUPPORTED for ciphers not known by name, or missing. */
RtcSrtpKeyring *gst_rtc_srtp_keyring_from_caps (const GstStructure *caps, GError **error);

/* Caps of what is behind srtpenc for those in front: renamed, with the fields above; key, mki and
 * roc (nullable). (transfer full) */
GstCaps *gst_rtc_srtp_caps_protect (GstCaps *caps, gboolean is_rtcp,
    const RtcSrtpSecurity *security, GstBuffer *key, GstBuffer *mki, const guint32 *roc);

/* Renames caps to name and takes the fields above out, "ssrc" apart. (transfer full) */
GstCaps *gst_rtc_srtp_caps_rename (const GstCaps *caps, const gchar *name);

/* Query of pad: of caps, what its template allows and the peer of other would take; else as any
 * pad. other (nullable) (transfer full): the pad at the other side of the element. */
gboolean gst_rtc_srtp_query (GstPad *pad, GstObject *parent, GstPad *other, GstQuery *query);

/* Internal links of a pad: other alone; NULL for none. (transfer full) both ways. */
GstIterator *gst_rtc_srtp_iterate_link (GstPad *other);

/* GST_RTC_SRTP_DEFAULT_WINDOW: packets of "replay-window-size". */
#define GST_RTC_SRTP_DEFAULT_WINDOW 128

/* The properties that both elements have: "replay-window-size" and "stats". */
void gst_rtc_srtp_install_properties (GObjectClass *klass, guint window_id, guint stats_id);

/* The structure name with "streams": ssrc and roc of each, with_counts also what came and what was
 * dropped. (transfer full) */
GstStructure *gst_rtc_srtp_make_stats (
    RtcSrtpContext *context, const gchar *name, gboolean with_counts);

/* Names of caps: [is_rtcp]. */
extern const gchar *const gst_rtc_srtp_plain_names[2], *const gst_rtc_srtp_protected_names[2];

GST_ELEMENT_REGISTER_DECLARE (srtpenc)
GST_ELEMENT_REGISTER_DECLARE (srtpdec)

G_END_DECLS
