/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcencoder.h"

#include "gst/media/gstrtcencoderfamilies.h"
#include "gst/media/gstrtcencoderlayers.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_media

static const GstRtcEncoderFamily *
find_family_of_element (GstElement *encoder)
{
  GstElementFactory *factory = gst_element_get_factory (encoder);

  return factory == NULL ? NULL : gst_rtc_encoder_family_find (GST_OBJECT_NAME (factory));
}

/* Bits per pixel below which a moving picture falls apart: H.264 and VP8 by looking at it, later
 * codecs by what they are said to save. */
static gdouble
least_bpp (RtcCodecId codec)
{
  if (codec == RTC_CODEC_VP9 || codec == RTC_CODEC_H265)
    return 0.014;
  if (codec == RTC_CODEC_AV1)
    return 0.012;
  return 0.02;
}

/* Higher rank first, then the table's order. */
static gint
compare_factories (gconstpointer a, gconstpointer b)
{
  guint rank_a = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (a));
  guint rank_b = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (b));
  const GstRtcEncoderFamily *family_a, *family_b;

  if (rank_a != rank_b)
    return rank_a > rank_b ? -1 : 1;
  family_a = gst_rtc_encoder_family_find (GST_OBJECT_NAME (a));
  family_b = gst_rtc_encoder_family_find (GST_OBJECT_NAME (b));
  return family_a < family_b ? -1 : family_a > family_b;
}

/* The factories that have a row for codec, best first; free with gst_plugin_feature_list_free(). */
static GList *
list_factories (RtcCodecId codec)
{
  GList *all, *found = NULL;

  all = gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_ENCODER, GST_RANK_MARGINAL);
  for (GList *l = all; l != NULL; l = l->next) {
    const GstRtcEncoderFamily *family = gst_rtc_encoder_family_find (GST_OBJECT_NAME (l->data));

    if (family != NULL && family->codec == codec)
      found = g_list_prepend (found, gst_object_ref (l->data));
  }
  gst_plugin_feature_list_free (all);
  return g_list_sort (found, compare_factories);
}

static void
apply_settings (GstElement *encoder, const gchar *settings)
{
  gchar **argv = NULL;

  if (*settings == '\0' || !g_shell_parse_argv (settings, NULL, &argv, NULL))
    return;
  for (gchar **arg = argv; *arg != NULL; arg++) {
    gchar *value = strchr (*arg, '=');

    *value++ = '\0';
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), *arg) != NULL)
      gst_util_set_object_arg (G_OBJECT (encoder), *arg, value);
  }
  g_strfreev (argv);
}

static gboolean
reaches_ready (GstElement *encoder)
{
  gboolean ok = gst_element_set_state (encoder, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS;

  gst_element_set_state (encoder, GST_STATE_NULL);
  return ok;
}

static const gchar *
package_hint (RtcCodecId codec)
{
  if (codec == RTC_CODEC_H264 || codec == RTC_CODEC_H265)
    return "gstreamer1.0-plugins-ugly or gstreamer1.0-plugins-bad";
  if (codec == RTC_CODEC_VP8 || codec == RTC_CODEC_VP9)
    return "gstreamer1.0-plugins-good";
  if (codec == RTC_CODEC_G722)
    return "gstreamer1.0-libav";
  return "gstreamer1.0-plugins-base, -good or -bad";
}

GstElement *
gst_rtc_encoder_make (RtcCodecId codec, GError **error)
{
  GList *factories;
  GstElement *encoder = NULL;

  rtc_log_init ();
  factories = list_factories (codec);
  for (GList *l = factories; l != NULL && encoder == NULL; l = l->next) {
    encoder = gst_element_factory_create (GST_ELEMENT_FACTORY (l->data), NULL);
    if (encoder == NULL)
      continue;
    if (!reaches_ready (encoder)) {
      GST_INFO ("%s is installed but does not reach READY", GST_OBJECT_NAME (l->data));
      gst_object_ref_sink (encoder);
      gst_clear_object (&encoder);
      continue;
    }
    apply_settings (encoder, gst_rtc_encoder_family_find (GST_OBJECT_NAME (l->data))->settings);
    GST_INFO_OBJECT (encoder, "chosen for %s", rtc_codec_info (codec)->name);
  }
  gst_plugin_feature_list_free (factories);
  if (encoder == NULL)
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "no encoder for %s that works is installed; try the package %s",
        rtc_codec_info (codec)->name, package_hint (codec));
  return encoder;
}

gboolean
gst_rtc_encoder_is_available (RtcCodecId codec)
{
  GList *factories = list_factories (codec);
  gboolean available = factories != NULL;

  gst_plugin_feature_list_free (factories);
  return available;
}

GstCaps *
gst_rtc_encoder_get_input_caps (GstElement *encoder)
{
  const GstRtcEncoderFamily *family = find_family_of_element (encoder);

  return family == NULL ? gst_caps_new_any () : gst_caps_from_string (family->input_caps);
}

GstCaps *
gst_rtc_encoder_get_output_caps (GstElement *encoder)
{
  const GstRtcEncoderFamily *family = find_family_of_element (encoder);

  return family == NULL ? gst_caps_new_any () : gst_caps_from_string (family->output_caps);
}

/* Sets a property of any type of number, clamped into its range, unless it has that value already:
 * some encoders start again at any. FALSE when there is none. */
static gboolean
set_number (GstElement *encoder, const gchar *name, guint64 number)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), name);
  GValue wide = G_VALUE_INIT, value = G_VALUE_INIT, old = G_VALUE_INIT;
  gboolean ok;

  if (pspec == NULL)
    return FALSE;
  g_value_init (&wide, G_TYPE_INT);
  g_value_set_int (&wide, (gint) MIN (number, G_MAXINT));
  g_value_init (&value, pspec->value_type);
  ok = g_value_transform (&wide, &value);
  if (ok) {
    g_param_value_validate (pspec, &value);
    g_value_init (&old, pspec->value_type);
    g_object_get_property (G_OBJECT (encoder), name, &old);
    if (g_param_values_cmp (pspec, &old, &value) != 0)
      g_object_set_property (G_OBJECT (encoder), name, &value);
    g_value_unset (&old);
  }
  g_value_unset (&value);
  g_value_unset (&wide);
  return ok;
}

static gboolean
get_number (GstElement *encoder, const gchar *name, guint64 *number)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), name);
  GValue wide = G_VALUE_INIT, value = G_VALUE_INIT;
  gboolean ok;

  if (pspec == NULL)
    return FALSE;
  g_value_init (&value, pspec->value_type);
  g_value_init (&wide, G_TYPE_UINT64);
  g_object_get_property (G_OBJECT (encoder), name, &value);
  ok = g_value_transform (&value, &wide);
  if (ok)
    *number = g_value_get_uint64 (&wide);
  g_value_unset (&value);
  g_value_unset (&wide);
  return ok;
}

/* V4L2: a control among those that are set already; an open device takes all of them again. */
static gboolean
set_control (GstElement *encoder, const gchar *name, guint number)
{
  GstStructure *controls = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), "extra-controls") == NULL)
    return FALSE;
  g_object_get (encoder, "extra-controls", &controls, NULL);
  if (controls == NULL)
    controls = gst_structure_new_empty ("controls");
  gst_structure_set (controls, name, G_TYPE_INT, (gint) MIN (number, G_MAXINT), NULL);
  g_object_set (encoder, "extra-controls", controls, NULL);
  gst_structure_free (controls);
  return TRUE;
}

static guint64
get_control (GstElement *encoder, const gchar *name)
{
  GstStructure *controls = NULL;
  gint number = 0;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), "extra-controls") == NULL)
    return 0;
  g_object_get (encoder, "extra-controls", &controls, NULL);
  if (controls == NULL)
    return 0;
  gst_structure_get_int (controls, name, &number);
  gst_structure_free (controls);
  return (guint64) MAX (0, number);
}

gboolean
gst_rtc_encoder_set_bitrate (GstElement *encoder, guint rate_bps)
{
  const GstRtcEncoderFamily *family = find_family_of_element (encoder);
  guint units;

  if (family == NULL || family->rate_property == NULL)
    return FALSE;
  units = MAX (1, rate_bps / family->rate_unit);
  if (family->flags & GST_RTC_ENCODER_RATE_IS_CONTROL)
    return set_control (encoder, family->rate_property, units);
  gst_rtc_encoder_divide_bitrate (encoder, rate_bps);
  return set_number (encoder, family->rate_property, units);
}

guint
gst_rtc_encoder_get_bitrate (GstElement *encoder)
{
  const GstRtcEncoderFamily *family = find_family_of_element (encoder);
  guint64 units = 0;

  if (family == NULL || family->rate_property == NULL)
    return 0;
  if (family->flags & GST_RTC_ENCODER_RATE_IS_CONTROL)
    units = get_control (encoder, family->rate_property);
  else
    get_number (encoder, family->rate_property, &units);
  return (guint) MIN (units * family->rate_unit, G_MAXUINT);
}

void
gst_rtc_encoder_get_traits (GstElement *encoder, GstRtcEncoderTraits *out)
{
  const GstRtcEncoderFamily *family = find_family_of_element (encoder);

  *out = (GstRtcEncoderTraits){ 0 };
  if (family == NULL)
    return;
  out->has_bitrate = family->rate_property != NULL;
  out->counts_frames = (family->flags & GST_RTC_ENCODER_COUNTS_FRAMES) != 0;
  out->rate_makes_key_frame = (family->flags & GST_RTC_ENCODER_RATE_MAKES_KEY_FRAME) != 0;
  out->least_bpp = least_bpp (family->codec);
}

/* --- sound ------------------------------------------------------------------------------------
 */

void
gst_rtc_encoder_set_loss (GstElement *encoder, guint percent)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), "inband-fec") == NULL)
    return;
  set_number (encoder, "packet-loss-percentage", MIN (percent, 100));
}

void
gst_rtc_encoder_set_fec (GstElement *encoder, gboolean enabled)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), "inband-fec") != NULL)
    g_object_set (encoder, "inband-fec", enabled, NULL);
}

void
gst_rtc_encoder_set_dtx (GstElement *encoder, gboolean enabled)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), "dtx") == NULL)
    return;
  g_object_set (encoder, "dtx", enabled, NULL);
  /* At a constant rate silence would be filled up again. */
  gst_util_set_object_arg (G_OBJECT (encoder), "bitrate-type", enabled ? "constrained-vbr" : "cbr");
}
