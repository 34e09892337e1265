/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-srtp.h - SRTP that decrypts what it needs: others' packets only have their tag taken off.
 *
 * Header, extensions and length of an SRTP packet are clear (RFC 3711 3.1), which is all that a
 * viewer who counts has to know; most of what receiving costs is decryption. Of a viewer that is
 * made with counts_only, packets of the payload types given are neither decrypted nor checked; all
 * others (retransmissions, RTCP) are, as with any viewer. Network thread only. */
#pragma once

#include "gst/rtc/iface/rtc-srtp-iface.h"

G_BEGIN_DECLS

/* LoadSrtpFactory: over another one. Embedded in its owner. */
typedef struct {
  RtcSrtpFactory parent;
  RtcSrtpFactory *real;   /* not owned */
  gboolean counts_only;
  gboolean is_media[128]; /* payload types that are counted only */
} LoadSrtpFactory;

/* real outlives it; the fields may be set until the first create(). */
void load_srtp_factory_init (LoadSrtpFactory *self, RtcSrtpFactory *real);

G_END_DECLS
