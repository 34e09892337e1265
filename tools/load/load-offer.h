/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-offer.h - what viewers offer to receive. */
#pragma once

#include "gst/rtc/peer/rtc-peer.h"
#include "gst/rtc/rtp/rtc-key-frame.h"

G_BEGIN_DECLS

/* As the order in which they are offered. */
enum { LOAD_VIDEO, LOAD_AUDIO, LOAD_N_TRACKS };

/* Adds video (wanted; UNKNOWN: H264 with four profiles, VP8, VP9, AV1) and Opus to a peer that has
 * nothing yet. By payload type, 128 of each: is_media (not retransmissions) and formats of pictures
 * are set, the others left. */
void load_offer_fill (RtcPeer *peer, RtcCodecId wanted, gboolean *is_media,
    RtcKeyFrameFormat *formats);

G_END_DECLS
