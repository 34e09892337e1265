/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcreceivecodecs.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* What H264 decoders take in, the commonest first. Level 5.2, since a decoder in software has none:
 * a sender must not hold back because of us (level-asymmetry-allowed, RFC 6184 8.1). */
static const struct {
  guint32 profile_level_id;
  guint8 packetization_mode;
} h264_forms[] = {
  { 0x42e034, 1 },
  { 0x42e034, 0 },
  { 0x640034, 1 },
  { 0x4d0034, 1 },
  { 0x420034, 1 },
  { 0x640c34, 1 },
};

static GParamSpec *
make_spec (const gchar *name, const gchar *nick, const gchar *blurb)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  return gst_param_spec_array (name, nick, blurb,
      g_param_spec_string ("codec", "Codec", "An encoding name", NULL, flags), flags);
}

void
gst_rtc_receive_codecs_install (GObjectClass *klass, guint first_id)
{
  g_object_class_install_property (klass, first_id,
      make_spec ("video-codecs", "Video codecs",
          "Encoding names of the video that is taken in, best first: <VP8, H264>; those that are "
          "not installed are left out. An empty array refuses video"));
  g_object_class_install_property (klass, first_id + 1,
      make_spec ("audio-codecs", "Audio codecs",
          "Encoding names of the audio that is taken in, best first: <OPUS>; an empty array "
          "refuses audio"));
}

/* Unset values are all zero. */
static void
set_names (GValue *array, const gchar *const *names)
{
  g_value_init (array, GST_TYPE_ARRAY);
  for (guint i = 0; names[i] != NULL; i++) {
    GValue name = G_VALUE_INIT;

    g_value_init (&name, G_TYPE_STRING);
    g_value_set_string (&name, names[i]);
    gst_value_array_append_and_take_value (array, &name);
  }
}

void
gst_rtc_receive_codecs_init (
    GstRtcReceiveCodecs *self, guint first_id, const gchar *const *video, const gchar *const *audio)
{
  g_mutex_init (&self->lock);
  self->first_id = first_id;
  set_names (&self->names[0], video);
  set_names (&self->names[1], audio);
}

void
gst_rtc_receive_codecs_clear (GstRtcReceiveCodecs *self)
{
  g_value_unset (&self->names[0]);
  g_value_unset (&self->names[1]);
  g_mutex_clear (&self->lock);
}

/* The codec of that name, if it carries media of that kind; NULL with a warning if not. */
static const RtcCodecInfo *
find_codec (const gchar *name, RtcMediaKind kind)
{
  const RtcCodecInfo *info = name != NULL ? rtc_codec_info_find (name, strlen (name)) : NULL;

  if (info != NULL && info->is_media && info->kind == kind)
    return info;
  g_warning ("%s-codecs: \"%s\" is no %s codec that is known",
      kind == RTC_MEDIA_VIDEO ? "video" : "audio", name != NULL ? name : "",
      kind == RTC_MEDIA_VIDEO ? "video" : "audio");
  return NULL;
}

gboolean
gst_rtc_receive_codecs_set (GstRtcReceiveCodecs *self, guint id, const GValue *value)
{
  guint index = id - self->first_id;
  GPtrArray *names;

  if (id < self->first_id || index > 1)
    return FALSE;
  names = g_ptr_array_new ();
  for (guint i = 0; i < gst_value_array_get_size (value); i++) {
    const gchar *name = g_value_get_string (gst_value_array_get_value (value, i));

    if (find_codec (name, index == 0 ? RTC_MEDIA_VIDEO : RTC_MEDIA_AUDIO) != NULL)
      g_ptr_array_add (names, (gpointer) name);
  }
  g_ptr_array_add (names, NULL);
  g_mutex_lock (&self->lock);
  g_value_unset (&self->names[index]);
  set_names (&self->names[index], (const gchar *const *) names->pdata);
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (names);
  return TRUE;
}

gboolean
gst_rtc_receive_codecs_get (GstRtcReceiveCodecs *self, guint id, GValue *value)
{
  if (id < self->first_id || id - self->first_id > 1)
    return FALSE;
  g_mutex_lock (&self->lock);
  g_value_copy (&self->names[id - self->first_id], value);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static guint
add_codec (RtcCodecId id, RtcCodec *codecs, guint n)
{
  if (id == RTC_CODEC_H264) {
    for (guint i = 0; i < G_N_ELEMENTS (h264_forms) && n < RTC_TRANSCEIVER_MAX_CODECS; i++)
      rtc_codec_init_h264 (
          &codecs[n++], 0, h264_forms[i].profile_level_id, h264_forms[i].packetization_mode);
    return n;
  }
  if (n == RTC_TRANSCEIVER_MAX_CODECS)
    return n;
  rtc_codec_init (&codecs[n], id, 0);
  /* RFC 7587 7.1: we would rather have both channels, if there are two. */
  if (id == RTC_CODEC_OPUS)
    codecs[n].fmtp.opus.stereo = TRUE;
  return n + 1;
}

guint
gst_rtc_receive_codecs_list (GstRtcReceiveCodecs *self, RtcMediaKind kind,
    gboolean (*can_receive) (RtcCodecId codec), RtcCodec *codecs)
{
  const GValue *array = &self->names[kind == RTC_MEDIA_VIDEO ? 0 : 1];
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < gst_value_array_get_size (array); i++) {
    const gchar *name = g_value_get_string (gst_value_array_get_value (array, i));
    const RtcCodecInfo *info = rtc_codec_info_find (name, strlen (name));

    if (can_receive (info->id))
      n = add_codec (info->id, codecs, n);
    else
      GST_INFO ("%s is left out: it cannot be received here", name);
  }
  g_mutex_unlock (&self->lock);
  return n;
}
