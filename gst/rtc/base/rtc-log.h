/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-log.h - log categories by subsystem, and warnings limited to one a second.
 *
 * Categories: rtcloop rtcice rtcdtls rtcsrtp rtcsctp rtcrtp rtcrtcp rtccc rtcjsep rtcdc rtcsig
 * rtcmedia. Lines carry an id ("p7/video0") through the GST_*_ID macros. Levels as in
 * docs/HACKING.md. Remote text goes through rtc_log_safe() and never is a format.
 * Thread: rtc_log_init() any, idempotent; the rest any. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

extern GstDebugCategory *rtc_log_loop, *rtc_log_ice, *rtc_log_dtls, *rtc_log_srtp, *rtc_log_sctp,
    *rtc_log_rtp, *rtc_log_rtcp, *rtc_log_cc, *rtc_log_jsep, *rtc_log_dc, *rtc_log_sig,
    *rtc_log_media;

/* Registers the categories. Every entry point into the core (rtc_peer_new, the loop, a backend's
 * new) calls it; logging before that goes to GStreamer's default category. */
void rtc_log_init (void);

/* RtcLogLimit: one per place and object that may warn at packet rate; zero-initialised. */
typedef struct {
  GstClockTime last;    /* when it last let a line through */
  guint64 suppressed;   /* lines held back since then */
  gboolean used;
} RtcLogLimit;

/* TRUE when a line may be printed at now: at most one per second. *suppressed (nullable) gets
 * the number of lines held back since the last one. */
gboolean rtc_log_limit (RtcLogLimit *limit, GstClockTime now, guint64 *suppressed);

/* Copies at most max_chars of remote text into a new string with everything outside printable
 * ASCII replaced by '?' and an ellipsis when cut. text may be NULL. (transfer full) */
gchar *rtc_log_safe (const gchar *text, gsize max_chars);

G_END_DECLS
