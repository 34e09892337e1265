/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcframegate.h"

#include <gst/video/video.h>

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* The caps of the filter for what is set. Under the lock. (transfer full) */
static GstCaps *
make_caps (const GstRtcFrameGate *self)
{
  GstCaps *caps = gst_caps_copy (self->base);

  if (self->width > 0)
    gst_caps_set_simple (
        caps, "width", G_TYPE_INT, self->width, "height", G_TYPE_INT, self->height, NULL);
  return caps;
}

/* side, scaled as to is to from; even and not 0. */
static guint
scale_side (guint side, guint to, guint from)
{
  return MAX (2, (guint) gst_util_uint64_scale_round (side, to, from) / 2 * 2);
}

/* Another size comes in: what was set stays the same part of it. Under the lock. */
static void
take_size (GstRtcFrameGate *self, guint width, guint height)
{
  if (self->width > 0 && self->in_width > 0 && width > 0 && height > 0) {
    self->width = scale_side (self->width, width, self->in_width);
    self->height = scale_side (self->height, height, self->in_height);
  }
  self->in_width = width;
  self->in_height = height;
}

static void
handle_caps (GstRtcFrameGate *self, const GstCaps *caps)
{
  GstCaps *filter_caps = NULL;
  GstVideoInfo info;
  guint width, height;

  if (!gst_video_info_from_caps (&info, caps))
    return;
  width = (guint) gst_util_uint64_scale_int (
      (guint64) info.width, MAX (1, info.par_n), MAX (1, info.par_d));
  height = (guint) info.height;
  g_mutex_lock (&self->lock);
  if (width != self->in_width || height != self->in_height) {
    take_size (self, width, height);
    if (self->width > 0)
      filter_caps = make_caps (self);
  }
  self->fps_n = info.fps_n;
  self->fps_d = info.fps_d;
  g_mutex_unlock (&self->lock);
  if (filter_caps != NULL) {
    g_object_set (self->filter, "caps", filter_caps, NULL);
    gst_caps_unref (filter_caps);
  }
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcFrameGate *self = data;
  GstPadProbeReturn verdict = GST_PAD_PROBE_OK;
  GstCaps *caps;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS) {
      gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
      handle_caps (self, caps);
    }
    return GST_PAD_PROBE_OK;
  }
  g_mutex_lock (&self->lock);
  self->credit += self->keep;
  if (self->credit >= self->of) {
    self->credit -= self->of;
    self->passed++;
  } else {
    self->dropped++;
    verdict = GST_PAD_PROBE_DROP;
  }
  g_mutex_unlock (&self->lock);
  return verdict;
}

void
gst_rtc_frame_gate_init (GstRtcFrameGate *self, GstPad *pad, GstElement *filter)
{
  *self = (GstRtcFrameGate){ .filter = gst_object_ref (filter), .keep = 1, .of = 1 };
  g_mutex_init (&self->lock);
  g_object_get (filter, "caps", &self->base, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, self, NULL);
}

void
gst_rtc_frame_gate_clear (GstRtcFrameGate *self)
{
  gst_clear_object (&self->filter);
  gst_clear_caps (&self->base);
  g_mutex_clear (&self->lock);
}

void
gst_rtc_frame_gate_set_part (GstRtcFrameGate *self, guint keep, guint of)
{
  g_mutex_lock (&self->lock);
  if (self->keep != keep || self->of != of) {
    self->keep = keep;
    self->of = of;
    self->credit = of - keep; /* the next frame passes */
  }
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_frame_gate_set_size (GstRtcFrameGate *self, guint width, guint height)
{
  GstCaps *caps = NULL;

  g_mutex_lock (&self->lock);
  if (self->width != width || self->height != height) {
    self->width = width;
    self->height = height;
    caps = make_caps (self);
  }
  g_mutex_unlock (&self->lock);
  if (caps == NULL)
    return;
  GST_DEBUG_OBJECT (self->filter, "%" GST_PTR_FORMAT, caps);
  g_object_set (self->filter, "caps", caps, NULL);
  gst_caps_unref (caps);
}

gboolean
gst_rtc_frame_gate_get_format (GstRtcFrameGate *self, guint *width, guint *height, gdouble *fps)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->in_width > 0;
  *width = self->in_width;
  *height = self->in_height;
  *fps = self->fps_d > 0 ? (gdouble) self->fps_n / self->fps_d : 0;
  g_mutex_unlock (&self->lock);
  return known;
}

void
gst_rtc_frame_gate_get_counts (GstRtcFrameGate *self, guint64 *passed, guint64 *dropped)
{
  g_mutex_lock (&self->lock);
  *passed = self->passed;
  *dropped = self->dropped;
  g_mutex_unlock (&self->lock);
}
