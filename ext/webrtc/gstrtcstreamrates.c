/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcstreamprivate.h"

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* The RTP header without extensions, which packets have when they leave the branch. */
#define RTP_HEADER 12

/* How long what is made is counted for a figure. */
#define MADE_WINDOW (1 * GST_SECOND)

/* Opus is told of more losses at once, of fewer when they have stayed away for so long. */
#define LOSS_HOLD (10 * GST_SECOND)

/* The figures it is told: each is a different way to encode, so not every percent counts. */
static const guint loss_steps[] = { 0, 2, 5, 10, 15, 20 };

/* --- the snapshot for other threads ----------------------------------------------------------- */

static gboolean
is_encode (const GstRtcStreamEncode *encode, RtcCodecId codec, guint rung)
{
  return encode->codec == codec && encode->rung == rung;
}

void
gst_rtc_stream_publish_encode (GstRtcStream *self, const GstRtcStreamEncode *encode)
{
  guint i = 0;

  g_mutex_lock (&self->lock);
  while (i < self->encodes->len
         && !is_encode (
             &g_array_index (self->encodes, GstRtcStreamEncode, i), encode->codec, encode->rung))
    i++;
  if (i == self->encodes->len)
    g_array_append_val (self->encodes, *encode);
  else
    g_array_index (self->encodes, GstRtcStreamEncode, i) = *encode;
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_stream_withdraw_encode (GstRtcStream *self, RtcCodecId codec, guint rung)
{
  g_mutex_lock (&self->lock);
  for (guint i = self->encodes->len; i > 0; i--) {
    if (is_encode (&g_array_index (self->encodes, GstRtcStreamEncode, i - 1), codec, rung))
      g_array_remove_index_fast (self->encodes, i - 1);
  }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtc_stream_get_encode (
    GstRtcStream *self, RtcCodecId codec, guint rung, GstRtcStreamEncode *out)
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->encodes->len && !found; i++) {
    const GstRtcStreamEncode *encode = &g_array_index (self->encodes, GstRtcStreamEncode, i);

    if (!is_encode (encode, codec, rung))
      continue;
    *out = *encode;
    found = TRUE;
  }
  g_mutex_unlock (&self->lock);
  return found;
}

/* --- steering, [C] ----------------------------------------------------------------------------
 */

void
gst_rtc_stream_init_rates (GstRtcStreamBranch *branch)
{
  GstRtcBranch *element = GST_RTC_BRANCH (branch->element);
  GstRtcEncoderTraits traits;

  gst_rtc_branch_get_traits (element, &traits);
  branch->encode = (GstRtcStreamEncode){ .codec = branch->codec,
    .rung = branch->rung,
    .nominal_bps = branch->has_size ? branch->rung_size.bitrate : 0,
    .is_encoder = gst_rtc_branch_find_encoder (element) != NULL,
    .is_rtp = gst_rtc_branch_find_payloader (element) == NULL,
    .can_steer = traits.has_bitrate,
    .thin_share = traits.thin_share,
    .own_bps = gst_rtc_branch_get_bitrate (element),
    .format = branch->encode.format,
    .full = branch->encode.full,
    .setting = { .keep = 1, .of = 1 } };
  gst_rtc_stream_publish_encode (branch->stream, &branch->encode);
}

/* Media bytes so far; brings made_bps up to date. */
static guint64
count_made (GstRtcStreamBranch *branch, GstClockTime now)
{
  GstRtcPacketSinkStats stats;
  guint64 bytes;

  gst_rtc_branch_get_stats (GST_RTC_BRANCH (branch->element), &stats);
  branch->encode.rtp_input = stats.rtp_input;
  bytes = stats.bytes - MIN (stats.bytes, RTP_HEADER * stats.packets);
  if (branch->made_at == 0 || now - branch->made_at >= MADE_WINDOW) {
    if (branch->made_at != 0)
      branch->encode.made_bps = gst_util_uint64_scale (
          8 * (bytes - branch->made_bytes), GST_SECOND, now - branch->made_at);
    branch->made_at = now;
    branch->made_bytes = bytes;
  }
  return bytes;
}

static void
tell_losses (GstRtcStreamBranch *branch, const GstRtcStreamSteering *how, GstClockTime now)
{
  GstElement *encoder = gst_rtc_branch_find_encoder (GST_RTC_BRANCH (branch->element));
  guint percent = 0;

  for (guint i = 0; i < G_N_ELEMENTS (loss_steps) && percent < how->loss_percent; i++)
    percent = loss_steps[i];
  if (branch->use_fec != how->use_fec || branch->use_dtx != how->use_dtx || !branch->is_told) {
    gst_rtc_encoder_set_fec (encoder, how->use_fec);
    gst_rtc_encoder_set_dtx (encoder, how->use_dtx);
    branch->use_fec = how->use_fec;
    branch->use_dtx = how->use_dtx;
    branch->is_told = TRUE;
  }
  if (percent >= branch->loss_percent)
    branch->loss_at = now;
  if (percent == branch->loss_percent
      || (percent < branch->loss_percent && now - branch->loss_at < LOSS_HOLD))
    return;
  GST_INFO ("%s/%s: %u %% of the packets get lost, was %u %%", branch->stream->name,
      rtc_codec_info (branch->codec)->name, percent, branch->loss_percent);
  branch->loss_percent = percent;
  branch->loss_at = now;
  gst_rtc_encoder_set_loss (encoder, percent);
}

static gboolean
is_same_step (const RtcEncodeSetting *a, const RtcEncodeSetting *b)
{
  return a->keep == b->keep && a->of == b->of && a->width == b->width && a->height == b->height;
}

static void
log_setting (
    const GstRtcStreamBranch *branch, const RtcEncodeSetting *before, const RtcEncodeSetting *now)
{
  const GstRtcBranchFormat *format = &branch->encode.full;
  const gchar *codec = rtc_codec_info (branch->codec)->name;

  if (is_same_step (before, now)) {
    GST_DEBUG ("%s/%s/%u: %" G_GUINT64_FORMAT " kbit/s, was %" G_GUINT64_FORMAT,
        branch->stream->name, codec, branch->rung, now->rate_bps / 1000, before->rate_bps / 1000);
    return;
  }
  GST_INFO ("%s/%s/%u: %u of %u frames of %ux%u (was %u of %u of %ux%u, all are %ux%u at %.1f/s) "
            "for %" G_GUINT64_FORMAT " kbit/s",
      branch->stream->name, codec, branch->rung, now->keep, now->of,
      now->width ? now->width : format->width, now->height ? now->height : format->height,
      before->keep, before->of, before->width ? before->width : format->width,
      before->height ? before->height : format->height, format->width, format->height, format->fps,
      now->rate_bps / 1000);
}

/* The application may have the size and the frames otherwise. FALSE: it has taken the pad away when
 * it was asked, and the branch is gone. */
static gboolean
ask_application (GstRtcStreamBranch *branch, RtcEncodeSetting *setting)
{
  GstRtcStream *stream = branch->stream;
  GstRtcBranchFormat format = branch->encode.full;
  RtcCodecId codec = branch->codec;
  guint rung = branch->rung;
  GObject *owner = g_weak_ref_get (&stream->owner);

  if (owner != NULL && stream->funcs.mitigate != NULL)
    stream->funcs.mitigate (stream, &format, codec, setting, owner);
  g_clear_object (&owner);
  return gst_rtc_stream_find_branch (stream, codec, rung) == branch;
}

/* Tells the encoder. FALSE as ask_application(). */
static gboolean
apply (GstRtcStreamBranch *branch, RtcEncodeSetting *setting)
{
  RtcEncodeSetting *before = &branch->encode.setting;

  if (is_same_step (&branch->planned, setting)) {
    branch->planned = *setting;
    setting->keep = before->keep;
    setting->of = before->of;
    setting->width = before->width;
    setting->height = before->height;
  } else {
    branch->planned = *setting;
    if (!ask_application (branch, setting))
      return FALSE;
  }
  log_setting (branch, before, setting);
  *before = *setting;
  gst_rtc_stream_tell_branch (branch, setting);
  return TRUE;
}

static void
configure_plan (GstRtcStreamBranch *branch, const GstRtcStreamSteering *how)
{
  GstRtcBranch *element = GST_RTC_BRANCH (branch->element);
  gboolean is_video = branch->stream->kind == RTC_MEDIA_VIDEO;
  GstRtcEncoderTraits traits;
  RtcEncodePlanConfig config;

  gst_rtc_branch_get_traits (element, &traits);
  config = (RtcEncodePlanConfig){ .is_video = is_video,
    .min_bps = how->min_bps,
    .max_bps = how->max_bps,
    .modes = is_video ? how->modes : RTC_MITIGATION_NONE,
    .least_bpp = traits.least_bpp,
    .is_costly = traits.rate_makes_key_frame };
  if (branch->has_plan) {
    rtc_encode_plan_set_config (&branch->plan, &config);
  } else {
    rtc_encode_plan_init (&branch->plan, &config);
    branch->planned = branch->encode.setting;
    branch->has_plan = TRUE;
  }
  gst_rtc_stream_update_format (branch);
  rtc_encode_plan_set_format (&branch->plan, branch->encode.full.width, branch->encode.full.height,
      branch->encode.full.fps);
}

void
gst_rtc_stream_steer (GstRtcStream *self, RtcCodecId codec, guint rung,
    const GstRtcStreamSteering *how, GstClockTime now)
{
  GstRtcStreamBranch *branch = gst_rtc_stream_find_branch (self, codec, rung);
  RtcEncodeSetting setting;
  guint64 bytes;

  if (branch == NULL)
    return;
  bytes = count_made (branch, now);
  branch->encode.b_frames = gst_rtc_branch_count_b_frames (GST_RTC_BRANCH (branch->element));
  if (branch->encode.can_steer && how->wish_bps > 0) {
    configure_plan (branch, how);
    rtc_encode_plan_set_wish (&branch->plan, how->wish_bps);
    if (self->kind == RTC_MEDIA_VIDEO)
      rtc_encode_plan_handle_output (&branch->plan, now, bytes);
    if (rtc_encode_plan_poll (&branch->plan, now, &setting) && !apply (branch, &setting))
      return;
  }
  if (branch->encode.is_encoder && self->kind == RTC_MEDIA_AUDIO)
    tell_losses (branch, how, now);
  gst_rtc_stream_publish_encode (self, &branch->encode);
}
