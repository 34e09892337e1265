/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcencoderlayers.h"

#include "gst/media/gstrtcencoderfamilies.h"

#define NUMBER "temporal-scalability-number-layers"
#define FLAGS "temporal-scalability-layer-flags"

/* By picture of the period. The upper layer's changes nothing, not even the probabilities. */
static const gchar *const uses[GST_RTC_ENCODER_LAYERS] = {
  "no-ref-golden+no-ref-alt+no-upd-golden+no-upd-alt",
  "no-ref-golden+no-ref-alt+no-upd-last+no-upd-golden+no-upd-alt+no-upd-entropy",
};

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
/* The property's type is GValueArray, for which nothing else is offered. */
static void
set_numbers (GstElement *encoder, const gchar *name, gint first, gint second)
{
  GValueArray *array = g_value_array_new (GST_RTC_ENCODER_LAYERS);
  const gint numbers[GST_RTC_ENCODER_LAYERS] = { first, second };

  for (guint i = 0; i < GST_RTC_ENCODER_LAYERS; i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, G_TYPE_INT);
    g_value_set_int (&value, numbers[i]);
    g_value_array_append (array, &value);
    g_value_unset (&value);
  }
  g_object_set (encoder, name, array, NULL);
  g_value_array_free (array);
}
G_GNUC_END_IGNORE_DEPRECATIONS

/* TRUE: taken. The type of the flags is the encoder's own. */
static gboolean
set_uses (GstElement *encoder, GType flags_type)
{
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;
  gboolean ok = TRUE;

  g_value_init (&array, GST_TYPE_ARRAY);
  for (guint i = 0; i < GST_RTC_ENCODER_LAYERS && ok; i++) {
    g_value_init (&value, flags_type);
    ok = gst_value_deserialize (&value, uses[i]);
    gst_value_array_append_value (&array, &value);
    g_value_unset (&value);
  }
  if (ok)
    g_object_set_property (G_OBJECT (encoder), FLAGS, &array);
  g_value_unset (&array);
  return ok;
}

static void
set_syncs (GstElement *encoder)
{
  GValue array = G_VALUE_INIT, value = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&value, G_TYPE_BOOLEAN);
  for (guint i = 0; i < GST_RTC_ENCODER_LAYERS; i++) {
    g_value_set_boolean (&value, i > 0);
    gst_value_array_append_value (&array, &value);
  }
  g_object_set_property (G_OBJECT (encoder), "temporal-scalability-layer-sync-flags", &array);
  g_value_unset (&value);
  g_value_unset (&array);
}

static gboolean
has_layers (GstElement *encoder)
{
  GstElementFactory *factory = gst_element_get_factory (encoder);
  const GstRtcEncoderFamily *family =
      factory == NULL ? NULL : gst_rtc_encoder_family_find (GST_OBJECT_NAME (factory));

  return family != NULL && (family->flags & GST_RTC_ENCODER_HAS_LAYERS) != 0
         && g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), NUMBER) != NULL;
}

gboolean
gst_rtc_encoder_set_layers (GstElement *encoder)
{
  GParamSpec *flags = g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), FLAGS);

  if (!has_layers (encoder) || flags == NULL || !GST_IS_PARAM_SPEC_ARRAY_LIST (flags)
      || !set_uses (encoder, GST_PARAM_SPEC_ARRAY_LIST (flags)->element_spec->value_type))
    return FALSE;
  set_syncs (encoder);
  set_numbers (encoder, "temporal-scalability-layer-id", 0, 1);
  set_numbers (encoder, "temporal-scalability-rate-decimator", 2, 1);
  g_object_set (encoder, "temporal-scalability-periodicity", GST_RTC_ENCODER_LAYERS, NUMBER,
      GST_RTC_ENCODER_LAYERS, NULL);
  return TRUE;
}

void
gst_rtc_encoder_divide_bitrate (GstElement *encoder, guint rate_bps)
{
  gint n = 1;

  if (!has_layers (encoder))
    return;
  g_object_get (encoder, NUMBER, &n, NULL);
  if (n == GST_RTC_ENCODER_LAYERS)
    set_numbers (encoder, "temporal-scalability-target-bitrate",
        (gint) (GST_RTC_ENCODER_BASE_SHARE * rate_bps), (gint) MIN (rate_bps, G_MAXINT));
}
