/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtccapturetime.h"

static GstStaticCaps ntp_caps = GST_STATIC_CAPS ("timestamp/x-ntp");

static void
add_meta (GstBuffer *buffer, GstClockTime ntp)
{
  GstCaps *caps = gst_static_caps_get (&ntp_caps);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, ntp, GST_CLOCK_TIME_NONE);
  gst_caps_unref (caps);
}

void
gst_rtc_capture_time_add (GstBuffer *buffer, guint64 ntp64)
{
  add_meta (buffer, gst_util_uint64_scale (ntp64, GST_SECOND, G_GUINT64_CONSTANT (1) << 32));
}

GstClockTime
gst_rtc_capture_time_get (GstBuffer *buffer)
{
  GstCaps *caps = gst_static_caps_get (&ntp_caps);
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (buffer, caps);

  gst_caps_unref (caps);
  return meta == NULL ? GST_CLOCK_TIME_NONE : meta->timestamp;
}

void
gst_rtc_capture_times_note (GstRtcCaptureTimes *self, GstBuffer *buffer)
{
  GstClockTime ntp = gst_rtc_capture_time_get (buffer), pts = GST_BUFFER_PTS (buffer);

  if (!GST_CLOCK_TIME_IS_VALID (ntp) || !GST_CLOCK_TIME_IS_VALID (pts))
    return;
  /* The packets of one picture. */
  if (self->n > 0 && self->kept[(self->n - 1) % GST_RTC_CAPTURE_TIME_KEPT].pts == pts)
    return;
  self->kept[self->n % GST_RTC_CAPTURE_TIME_KEPT] = (GstRtcCaptureTime){ pts, ntp };
  self->n++;
  if (self->n == 2 * GST_RTC_CAPTURE_TIME_KEPT)
    self->n = GST_RTC_CAPTURE_TIME_KEPT;
}

GstClockTime
gst_rtc_capture_times_find (const GstRtcCaptureTimes *self, GstClockTime pts)
{
  const GstRtcCaptureTime *nearest = NULL;
  GstClockTimeDiff best = 0;

  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < MIN (self->n, GST_RTC_CAPTURE_TIME_KEPT); i++) {
    GstClockTimeDiff difference = GST_CLOCK_DIFF (self->kept[i].pts, pts);

    if (nearest != NULL && ABS (difference) >= ABS (best))
      continue;
    nearest = &self->kept[i];
    best = difference;
  }
  if (nearest == NULL || ABS (best) > (GstClockTimeDiff) GST_RTC_CAPTURE_TIME_NEAR)
    return GST_CLOCK_TIME_NONE;
  return nearest->ntp + (GstClockTime) best;
}

void
gst_rtc_capture_time_put (GstBuffer **buffer, GstClockTime ntp)
{
  if (!GST_CLOCK_TIME_IS_VALID (ntp)
      || GST_CLOCK_TIME_IS_VALID (gst_rtc_capture_time_get (*buffer)))
    return;
  *buffer = gst_buffer_make_writable (*buffer);
  add_meta (*buffer, ntp);
}
