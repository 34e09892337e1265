/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsrtpopener.h - the keys that srtpdec was told or asks for, and packets opened with them.
 *
 * Thread: any; every function takes the lock, and none holds it while it asks. */
#pragma once

#include "ext/srtp/gstrtcsrtp.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_SRTP_NO_KEY,    /* of an SSRC */
  GST_RTC_SRTP_KEY_AGES,  /* its end is near */
  GST_RTC_SRTP_KEY_ENDED, /* its lifetime is over */
  GST_RTC_SRTP_N_REASONS
} GstRtcSrtpReason;

/* Asks the owner for caps with keys of ssrc; NULL: it has none. (transfer full) */
typedef GstCaps *(*GstRtcSrtpAsk) (gpointer owner, GstRtcSrtpReason reason, guint ssrc);

typedef struct {
  gpointer owner; /* borrowed; also named in the log */
  GstRtcSrtpAsk ask;

  GMutex lock; /* all below */
  guint window;
  RtcSrtpContext *context;
  RtcSrtpKeyring *anybody; /* keys from caps that name no SSRC; (nullable) */
  guint received, dropped;
} GstRtcSrtpOpener;

void gst_rtc_srtp_opener_init (GstRtcSrtpOpener *self, gpointer owner, GstRtcSrtpAsk ask);
void gst_rtc_srtp_opener_clear (GstRtcSrtpOpener *self);

/* Forgets everything: keys and counters. */
void gst_rtc_srtp_opener_reset (GstRtcSrtpOpener *self);

/* Takes the keys of caps for ssrc, or for those that nobody else knows (NULL). FALSE: they are of
 * no use, and are not taken; it is in the log. */
gboolean gst_rtc_srtp_opener_take_keys (
    GstRtcSrtpOpener *self, const GstStructure *caps, const guint32 *ssrc);

/* Forgets the keys of all, or of one. */
void gst_rtc_srtp_opener_clear_keys (GstRtcSrtpOpener *self);
void gst_rtc_srtp_opener_remove_key (GstRtcSrtpOpener *self, guint ssrc);

/* Opens a packet in place, asking for keys when there are none or they have ended; *len shrinks.
 * Other than RTC_OK: drop. Both are counted. */
RtcResult gst_rtc_srtp_opener_unprotect (
    GstRtcSrtpOpener *self, gboolean is_rtcp, guint8 *data, gsize *len);

/* Counts a packet that could not even be looked at. */
void gst_rtc_srtp_opener_count_unreadable (GstRtcSrtpOpener *self);

/* (transfer full) */
GstStructure *gst_rtc_srtp_opener_make_stats (GstRtcSrtpOpener *self);

G_END_DECLS
