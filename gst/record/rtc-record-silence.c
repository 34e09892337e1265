/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-record-silence.h"

/* OPUS_MAX_DURATION: RFC 6716 3.2.5, [R5]. */
#define OPUS_MAX_DURATION (120 * GST_MSECOND)

/* Microseconds per frame, by the TOC's configuration number (RFC 6716 Table 2). */
static guint
opus_frame_us (guint config)
{
  static const guint silk[4] = { 10000, 20000, 40000, 60000 };

  if (config < 12)
    return silk[config & 3];
  if (config < 16)
    return config & 1 ? 20000 : 10000;
  return 2500u << (config & 3);
}

GstClockTime
rtc_opus_get_duration (const guint8 *data, gsize len)
{
  guint n_frames;
  GstClockTime duration;

  if (len == 0)
    return GST_CLOCK_TIME_NONE;
  switch (data[0] & 3) {
    case 0:
      n_frames = 1;
      break;
    case 1:
    case 2:
      n_frames = 2;
      break;
    default:
      if (len < 2)
        return GST_CLOCK_TIME_NONE;
      n_frames = data[1] & 0x3F;
      break;
  }
  duration = n_frames * opus_frame_us (data[0] >> 3) * GST_USECOND;
  return duration == 0 || duration > OPUS_MAX_DURATION ? GST_CLOCK_TIME_NONE : duration;
}

guint
rtc_opus_get_channels (const guint8 *data, gsize len)
{
  if (len == 0)
    return 0;
  return data[0] & 4 ? 2 : 1;
}

const guint8 *
rtc_opus_get_silence (guint channels, gsize *len)
{
  /* Configuration 31 is CELT, full band, 20 ms; the range coder's first symbol, the silence flag,
   * has the probability 2^-15 and so is set by these bytes (RFC 6716 4.3, Table 56). */
  static const guint8 mono[3] = { 0xF8, 0xFF, 0xFE }, stereo[3] = { 0xFC, 0xFF, 0xFE };

  *len = 3;
  return channels == 2 ? stereo : mono;
}

void
rtc_opus_fill_init (RtcOpusFill *fill, GstClockTime begin, GstClockTime end)
{
  fill->next = begin;
  fill->end = end;
}

guint64
rtc_opus_fill_get_count (const RtcOpusFill *fill)
{
  if (fill->end <= fill->next)
    return 0;
  return (fill->end - fill->next) / RTC_OPUS_SILENCE_DURATION
         + ((fill->end - fill->next) % RTC_OPUS_SILENCE_DURATION >= RTC_OPUS_SILENCE_DURATION / 2);
}

gboolean
rtc_opus_fill_next (RtcOpusFill *fill, GstClockTime *pts)
{
  if (rtc_opus_fill_get_count (fill) == 0)
    return FALSE;
  *pts = fill->next;
  fill->next += RTC_OPUS_SILENCE_DURATION;
  return TRUE;
}
