/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-webm.h - the Matroska and WebM writer behind rtc-mux.h (RFC 9559, RFC 8794).
 *
 * Live layout: EBML header, Segment of unknown size { Void where the SeekHead will be, Info with
 * room for Duration, Tracks, Clusters of known size }. A Cluster is one unit and holds SimpleBlocks
 * only; its Timestamp and the blocks' are milliseconds. finish appends Cues and gives patches that
 * turn the Void into a SeekHead, the room into Duration, and the unknown size into the real one. */
#pragma once

#include "gst/record/rtc-mux-private.h"

G_BEGIN_DECLS

extern const RtcMuxFormat rtc_webm_format;

/* TRUE when all tracks may be in a file with DocType "webm". */
gboolean rtc_webm_is_webm (const RtcMux *mux);

G_END_DECLS
