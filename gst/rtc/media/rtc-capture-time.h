/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-capture-time.h - when a picture or a sound was captured: the header extension
 * abs-capture-time (http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time).
 *
 * It says an NTP time of the capturing system's clock, in few packets only: a receiver works the
 * others out by their RTP time stamps. So a sender says it again only when that would give
 * something else, or after a while (RtcCaptureTimeTeller), and a receiver keeps what it was last
 * told (RtcCaptureTimeReader). One of each per SSRC. Pure, nothing is allocated. */
#pragma once

#include "gst/rtc/base/rtc-time.h"

G_BEGIN_DECLS

/* RTC_CAPTURE_TIME_INTERVAL: said again after this; libwebrtc does so, too. */
#define RTC_CAPTURE_TIME_INTERVAL GST_SECOND

/* RTC_CAPTURE_TIME_ERROR: and when working it out would be wrong by more. */
#define RTC_CAPTURE_TIME_ERROR GST_MSECOND

/* RTC_CAPTURE_TIME_REACH_S: nothing is worked out over more seconds of media than this: the clocks
 * drift, and what is so far away may be from another source behind the same SSRC. */
#define RTC_CAPTURE_TIME_REACH_S 5

/* RTC_CAPTURE_TIME_MAX_CLOCK_RATE: Hz; with a faster one nothing is worked out. */
#define RTC_CAPTURE_TIME_MAX_CLOCK_RATE (1u << 30)

/* Zero-initialised: nothing said, or known, yet. */
typedef struct {
  gboolean has_last;
  guint32 rtp_ts;
  guint64 ntp64;
  GstClockTime time; /* when it was said */
} RtcCaptureTimeTeller;

typedef struct {
  gboolean has_last;
  guint32 rtp_ts;
  guint64 ntp64;
} RtcCaptureTimeReader;

/* Whether the packet that leaves now is to carry ntp64, the capture time of rtp_ts; if so, it
 * counts as said. Once per rtp_ts at most: further packets of a picture say nothing. clock_rate:
 * Hz, > 0. */
gboolean rtc_capture_time_teller_poll (RtcCaptureTimeTeller *self, GstClockTime now,
    guint32 rtp_ts, guint clock_rate, guint64 ntp64);

/* A packet of rtp_ts carried ntp64. */
void rtc_capture_time_reader_take (RtcCaptureTimeReader *self, guint32 rtp_ts, guint64 ntp64);

/* The capture time of rtp_ts, by the same clock as what was taken. FALSE when nothing was, or it
 * is out of reach. */
gboolean rtc_capture_time_reader_find (const RtcCaptureTimeReader *self, guint32 rtp_ts,
    guint clock_rate, guint64 *ntp64);

G_END_DECLS
