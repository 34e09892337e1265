/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The rungs of a stream: of raw video those of its ladder, of what comes encoded that alone. */
#include "ext/webrtc/gstrtcstreamprivate.h"

#include <gst/video/video.h>

#include "gst/media/gstrtcpayloader.h"

/* The rate of encoded input is that of the last seconds: of each second a quarter. */
#define MEASURED_SECOND (1 * GST_SECOND)

void
gst_rtc_stream_set_ladder (GstRtcStream *self, const GstRtcLadder *ladder, gboolean is_default)
{
  g_mutex_lock (&self->lock);
  *(is_default ? &self->default_ladder : &self->ladder) = *ladder;
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_stream_set_main (GstRtcStream *self, const gchar *name)
{
  g_mutex_lock (&self->lock);
  g_free (self->main);
  self->main = g_strdup (name);
  g_mutex_unlock (&self->lock);
}

gchar *
gst_rtc_stream_get_main (GstRtcStream *self)
{
  gchar *name;

  g_mutex_lock (&self->lock);
  name = g_strdup (self->main);
  g_mutex_unlock (&self->lock);
  return name;
}

/* The one in force, NULL: none. With the lock. */
static const GstRtcLadder *
find_ladder (const GstRtcStream *self)
{
  const GstRtcLadder *ladder = self->ladder.n > 0 ? &self->ladder : &self->default_ladder;

  if (self->kind != RTC_MEDIA_VIDEO || ladder->n == 0 || self->caps == NULL
      || gst_rtc_payloader_find_codec (self->caps) != RTC_CODEC_UNKNOWN)
    return NULL;
  return ladder;
}

guint
gst_rtc_stream_list_rungs (GstRtcStream *self, guint64 *nominal)
{
  const GstRtcLadder *ladder;
  guint n = 1;

  g_mutex_lock (&self->lock);
  ladder = find_ladder (self);
  if (ladder != NULL) {
    n = ladder->n;
    for (guint i = 0; nominal != NULL && i < n; i++)
      nominal[i] = ladder->rungs[i].bitrate;
  } else if (nominal != NULL) {
    nominal[0] = self->in_bps;
  }
  g_mutex_unlock (&self->lock);
  return n;
}

gboolean
gst_rtc_stream_wants_layers (GstRtcStream *self, guint rung)
{
  const GstRtcLadder *ladder;
  gboolean wants;

  g_mutex_lock (&self->lock);
  ladder = find_ladder (self);
  wants = ladder != NULL && rung < ladder->n && ladder->rungs[rung].layers;
  g_mutex_unlock (&self->lock);
  return wants;
}

void
gst_rtc_stream_note_input (GstRtcStream *self, gsize bytes)
{
  GstClockTime now = gst_util_get_timestamp ();

  g_mutex_lock (&self->lock);
  if (self->in_since == 0)
    self->in_since = now;
  if (now - self->in_since >= MEASURED_SECOND) {
    guint64 bps = gst_util_uint64_scale (8 * self->in_bytes, GST_SECOND, now - self->in_since);

    self->in_bps = self->in_bps == 0 ? bps : (3 * self->in_bps + bps) / 4;
    self->in_since = now;
    self->in_bytes = 0;
  }
  self->in_bytes += bytes;
  g_mutex_unlock (&self->lock);
}

/* --- what a branch makes of it, [C] -----------------------------------------------------------
 */

void
gst_rtc_stream_tell_branch (GstRtcStreamBranch *branch, const RtcEncodeSetting *setting)
{
  const GstRtcRungFit *fit = &branch->fit;
  GstRtcBranchSetting told = { .rate_bps = (guint) MIN (setting->encoder_bps, G_MAXUINT),
    .keep = setting->keep * fit->keep,
    .of = setting->of * fit->of,
    .width = setting->width > 0 ? setting->width : fit->width,
    .height = setting->height > 0 ? setting->height : fit->height };

  gst_rtc_branch_apply (GST_RTC_BRANCH (branch->element), &told);
}

/* TRUE when the rung makes something else of it than before. */
static gboolean
take_format (GstRtcStreamBranch *branch, const GstRtcBranchFormat *format)
{
  GstRtcRungFit before = branch->fit, *fit = &branch->fit;

  branch->encode.format = branch->encode.full = *format;
  if (!branch->has_size)
    return FALSE;
  *fit = gst_rtc_rung_fit (&branch->rung_size, format->width, format->height, format->fps);
  if (fit->width > 0) {
    branch->encode.full.width = fit->width;
    branch->encode.full.height = fit->height;
  }
  branch->encode.full.fps = format->fps * fit->keep / fit->of;
  return fit->width != before.width || fit->height != before.height || fit->keep != before.keep
         || fit->of != before.of;
}

void
gst_rtc_stream_update_format (GstRtcStreamBranch *branch)
{
  GstRtcBranchFormat format;

  gst_rtc_branch_get_format (GST_RTC_BRANCH (branch->element), &format);
  /* The rate is not for now: a setting with the old one is about to be replaced. */
  if (take_format (branch, &format))
    gst_rtc_stream_tell_branch (branch, &branch->encode.setting);
}

void
gst_rtc_stream_init_rung (GstRtcStreamBranch *branch)
{
  GstRtcStream *self = branch->stream;
  GstRtcBranchFormat format = { 0 };
  const GstRtcLadder *ladder;
  GstVideoInfo info;

  branch->fit = (GstRtcRungFit){ .keep = 1, .of = 1 };
  g_mutex_lock (&self->lock);
  ladder = find_ladder (self);
  branch->has_size = ladder != NULL && branch->rung < ladder->n;
  if (branch->has_size) {
    branch->rung_size = ladder->rungs[branch->rung];
    if (gst_video_info_from_caps (&info, self->caps)) {
      format.width = (guint) gst_util_uint64_scale_int (
          (guint64) info.width, MAX (1, info.par_n), MAX (1, info.par_d));
      format.height = (guint) info.height;
      format.fps = info.fps_d > 0 ? (gdouble) info.fps_n / info.fps_d : 0;
    }
  }
  g_mutex_unlock (&self->lock);
  if (branch->has_size && take_format (branch, &format))
    gst_rtc_stream_tell_branch (branch, &(RtcEncodeSetting){ .keep = 1, .of = 1 });
}
