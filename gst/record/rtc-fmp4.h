/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-fmp4.h - the fragmented MP4 writer behind rtc-mux.h (ISO/IEC 14496-12, 14496-15, AV1 and Opus
 * in ISOBMFF).
 *
 * ftyp, moov without samples but with mvex, then moof + mdat per fragment: one traf for each track
 * that has frames, its time absolute (tfdt, 64 bits), data offsets from the moof itself, so that a
 * fragment depends on nothing but the moov. Video runs at 90 kHz, Opus at 48 kHz. finish appends
 * mfra and gives patches for the durations, among them a mehd in place of a free box. */
#pragma once

#include "gst/record/rtc-mux-private.h"

G_BEGIN_DECLS

extern const RtcMuxFormat rtc_fmp4_format;

G_END_DECLS
