/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtccodecchoice.h - which codecs a stream can be offered in: what comes in, what is wished,
 * what is installed. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/jsep/rtc-transceiver.h"

G_BEGIN_DECLS

/* The codecs for a stream of kind whose input caps are input, best first, into out (room for
 * RTC_TRANSCEIVER_MAX_CODECS). Encoded input has one codec, in several forms for H264, since
 * decoders take more than they say; raw input has those of preferred, in its order, for which
 * encoder and payloader are installed. Returns how many; 0 means that the stream cannot be sent.
 * Thread: any. */
guint gst_rtc_codec_choice_list (RtcMediaKind kind, const GstCaps *input, const GstCaps *preferred,
    RtcCodec *out);

G_END_DECLS
