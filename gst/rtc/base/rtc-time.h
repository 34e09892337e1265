/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-time.h - arithmetic on the three clocks of the core, which are never mixed.
 *
 * now: GstClockTime, monotonic, ns, an argument of every call. ntp64: wall clock as 32.32 fixed
 * point seconds since 1900 (RFC 3550 4). rtp_ts: media time in a stream's clock rate. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_NTP_UNIX_OFFSET: seconds from 1900-01-01 to 1970-01-01 (RFC 868). */
#define RTC_NTP_UNIX_OFFSET G_GUINT64_CONSTANT (2208988800)

/* TRUE when deadline is set and has come. */
static inline gboolean
rtc_time_is_due (GstClockTime deadline, GstClockTime now)
{
  return deadline != GST_CLOCK_TIME_NONE && now >= deadline;
}

/* now - since, or 0 when since is unset or lies in the future. */
static inline GstClockTime
rtc_time_elapsed (GstClockTime since, GstClockTime now)
{
  return since == GST_CLOCK_TIME_NONE || now < since ? 0 : now - since;
}

/* The earlier of two deadlines; GST_CLOCK_TIME_NONE is "never" and is the largest value. */
static inline GstClockTime
rtc_time_min (GstClockTime a, GstClockTime b)
{
  return a < b ? a : b;
}

/* *value moves by 1 / weight towards the sample; the first one is taken as it is. */
static inline void
rtc_time_smooth (GstClockTime *value, GstClockTime sample, guint weight)
{
  if (*value == GST_CLOCK_TIME_NONE)
    *value = sample;
  *value = *value - *value / weight + sample / weight;
}

/* ns since the Unix epoch to 32.32 NTP. Wraps in 2036 as RFC 5905 era 1 does. */
static inline guint64
rtc_time_unix_to_ntp64 (guint64 unix_ns)
{
  guint64 seconds = unix_ns / GST_SECOND + RTC_NTP_UNIX_OFFSET;
  guint64 fraction = ((unix_ns % GST_SECOND) << 32) / GST_SECOND;

  return (seconds << 32) | fraction;
}

/* A duration in ns as 32.32 NTP units. */
static inline guint64
rtc_time_duration_to_ntp64 (GstClockTime duration)
{
  return ((duration / GST_SECOND) << 32) | (((duration % GST_SECOND) << 32) / GST_SECOND);
}

/* Middle 32 bits of an NTP time stamp (RFC 3550 6.4.1, LSR). */
static inline guint32
rtc_time_compact_ntp (guint64 ntp64)
{
  return (guint32) (ntp64 >> 16);
}

/* A compact NTP duration (1/65536 s, as DLSR) to ns. */
static inline GstClockTime
rtc_time_from_compact_ntp (guint32 compact)
{
  return ((GstClockTime) compact * GST_SECOND) >> 16;
}

/* now as abs-send-time: 6.18 fixed point seconds, 24 bits, wraps each 64 s. */
static inline guint32
rtc_time_abs_send (GstClockTime now)
{
  guint64 seconds = now / GST_SECOND, rest = now % GST_SECOND;

  return (guint32) (((seconds << 18) | ((rest << 18) / GST_SECOND)) & 0xffffff);
}

G_END_DECLS
