/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsrtpsealer.h - the key that srtpenc's properties describe, the caps that name it, and
 * packets protected with it.
 *
 * Thread: any. What takes a lock says so; the fields are read and written with it held. */
#pragma once

#include "ext/srtp/gstrtcsrtp.h"

G_BEGIN_DECLS

typedef struct {
  GMutex lock; /* all below */
  GstBuffer *key, *mki; /* (nullable) */
  RtcSrtpSecurity security;
  gboolean random_key;
  gboolean allow_repeat;
  guint window;

  RtcSrtpContext *context;
  RtcSrtpKeyring *keyring; /* NULL: to be made of the properties */
  guint key_turn;          /* grows with each keyring */
} GstRtcSrtpSealer;

void gst_rtc_srtp_sealer_init (GstRtcSrtpSealer *self);
void gst_rtc_srtp_sealer_clear (GstRtcSrtpSealer *self);

/* A new keyring with the next packet; lock held. */
void gst_rtc_srtp_sealer_renew (GstRtcSrtpSealer *self);

/* Begins anew, with the properties as they are. FALSE: no key that fits; *error RTC_ERR_UNSUPPORTED
 * (the application has to set another) or RTC_ERR_BACKEND. Takes the lock. */
gboolean gst_rtc_srtp_sealer_start (GstRtcSrtpSealer *self, GError **error);

/* TRUE: there is a key, and it is the one of key_turn. Takes the lock. */
gboolean gst_rtc_srtp_sealer_is_current (GstRtcSrtpSealer *self, guint key_turn);

/* Caps of what is behind srtpenc for those in front, and the turn of the key that they name. NULL
 * with *error as start(). Takes the lock. (transfer full) */
GstCaps *gst_rtc_srtp_sealer_make_caps (
    GstRtcSrtpSealer *self, gboolean is_rtcp, GstCaps *caps, guint *key_turn, GError **error);

/* Protects in, (transfer none), into a new buffer. Results as rtc_srtp_context_protect(); without a
 * key RTC_ERR_STATE and *error as start(). *is_near_end: the key's end is announced, once. Takes
 * the lock. */
RtcResult gst_rtc_srtp_sealer_protect (GstRtcSrtpSealer *self, gboolean is_rtcp, GstBuffer *in,
    GstBuffer **out, gboolean *is_near_end, GError **error);

G_END_DECLS
