/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-silence.h - Opus packets that fill gaps of sound, and how long an Opus packet lasts.
 *
 * A player that gets no sound for a while plays the next sound too early or drifts, depending on
 * its make; packets of silence keep it in step. Pure, re-entrant. RFC 6716 3.1 and 3.2. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_OPUS_SILENCE_DURATION: of each packet of silence, ns. */
#define RTC_OPUS_SILENCE_DURATION (20 * GST_MSECOND)

/* How long a packet plays, ns, from its TOC byte and frame count: a multiple of 2.5 ms, 120 ms at
 * most. GST_CLOCK_TIME_NONE when it is empty or not Opus: treat it as lost. */
GstClockTime rtc_opus_get_duration (const guint8 *data, gsize len);

/* 1 or 2: what the packet's TOC says; 0 for an empty packet. */
guint rtc_opus_get_channels (const guint8 *data, gsize len);

/* A packet of 20 ms that decodes to silence in a decoder of any state (CELT, full band, its silence
 * flag set); channels 1 or 2 as the stream has them. Static memory; *len gets its length. */
const guint8 *rtc_opus_get_silence (guint channels, gsize *len);

/* RtcOpusFill: hands out the packets of silence for one gap. */
typedef struct {
  GstClockTime next; /* when the next packet of silence begins */
  GstClockTime end;  /* where the sound goes on */
} RtcOpusFill;

/* Starts to fill from begin (the end of the last packet) to end (the start of the next one). Gaps
 * under half a packet need none. */
void rtc_opus_fill_init (RtcOpusFill *fill, GstClockTime begin, GstClockTime end);

/* How many packets of silence are still to come. */
guint64 rtc_opus_fill_get_count (const RtcOpusFill *fill);

/* TRUE and the next packet's time in *pts while there is one. The last one ends at most half a
 * packet after end, never later, so that what follows is not moved. The caller may stop in
 * between, to bound its work, and go on later. */
gboolean rtc_opus_fill_next (RtcOpusFill *fill, GstClockTime *pts);

G_END_DECLS
