/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcdatacaps.h"

#include <string.h>

#include "gst/rtc/base/rtc-result.h"

/* The first of each kind is what a message is taken for when nothing else is known. */
static const struct {
  const gchar *caps;
  const gchar *protocol; /* NULL: any */
  gboolean is_text;
} formats[] = {
  { "text/x-raw, format=utf8", NULL, TRUE },
  { "application/octet-stream", NULL, FALSE },
  { "application/x-json", "application/x-json", TRUE },
  { "meta/x-klv, parsed=true", "meta/x-klv", FALSE },
};

GstCaps *
gst_rtc_data_caps_new_any (void)
{
  GstCaps *caps = gst_caps_new_empty ();

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    gst_caps_append (caps, gst_caps_from_string (formats[i].caps));
  return caps;
}

/* Of the table, G_N_ELEMENTS (formats): none. */
static guint
find_format (const GstCaps *caps)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (formats); i++) {
    GstCaps *format = gst_caps_from_string (formats[i].caps);
    gboolean fits = gst_caps_can_intersect (caps, format);

    gst_caps_unref (format);
    if (fits)
      break;
  }
  return i;
}

/* What a channel is. */
static const struct {
  const gchar *name;
  enum { FIELD_TEXT, FIELD_FLAG, FIELD_COUNT } kind;
} fields[] = {
  { "label", FIELD_TEXT },
  { "protocol", FIELD_TEXT },
  { "ordered", FIELD_FLAG },
  { "max-retransmits", FIELD_COUNT },
  { "max-packet-lifetime", FIELD_COUNT },
};

static gboolean
check_field (const gchar *name, guint kind, const GValue *value, GError **error)
{
  static const GType types[] = { G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_INT };
  gboolean fits = TRUE;

  if (!G_VALUE_HOLDS (value, types[kind])) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "%s is a %s, not a %s", name, G_VALUE_TYPE_NAME (value),
        g_type_name (types[kind]));
    return FALSE;
  }
  if (kind == FIELD_TEXT)
    fits = g_value_get_string (value) != NULL && strlen (g_value_get_string (value)) <= G_MAXUINT16;
  else if (kind == FIELD_COUNT)
    fits = g_value_get_int (value) >= -1 && g_value_get_int (value) <= G_MAXUINT16;
  if (!fits)
    rtc_error (error, RTC_ERR_UNSUPPORTED, "%s is out of range", name);
  return fits;
}

static gboolean
merge_fields (GstStructure *options, const GstStructure *from, GError **error)
{
  gint retransmits = -1, lifetime = -1;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    const GValue *value = gst_structure_get_value (from, fields[i].name);

    if (value == NULL)
      continue;
    if (!check_field (fields[i].name, fields[i].kind, value, error))
      return FALSE;
    gst_structure_set_value (options, fields[i].name, value);
  }
  gst_structure_get_int (options, "max-retransmits", &retransmits);
  gst_structure_get_int (options, "max-packet-lifetime", &lifetime);
  if (retransmits < 0 || lifetime < 0)
    return TRUE;
  rtc_error (
      error, RTC_ERR_UNSUPPORTED, "max-retransmits and max-packet-lifetime exclude each other");
  return FALSE;
}

GstStructure *
gst_rtc_data_caps_read (
    const GstCaps *caps, const GstStructure *defaults, gboolean *is_text, GError **error)
{
  GstStructure *options = gst_structure_copy (defaults);
  const GstStructure *wanted = NULL;
  guint format = 0;

  if (caps != NULL && !gst_caps_is_any (caps) && !gst_caps_is_empty (caps)) {
    wanted = gst_caps_get_structure (caps, 0);
    format = find_format (caps);
  }
  if (format == G_N_ELEMENTS (formats)) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "%s cannot be sent as messages",
        gst_structure_get_name (wanted));
  } else if (wanted == NULL || merge_fields (options, wanted, error)) {
    const gchar *protocol = gst_structure_get_string (options, "protocol");

    if (wanted != NULL && is_text != NULL)
      *is_text = formats[format].is_text;
    if (wanted != NULL && formats[format].protocol != NULL
        && (protocol == NULL || *protocol == '\0'))
      gst_structure_set (options, "protocol", G_TYPE_STRING, formats[format].protocol, NULL);
    return options;
  }
  gst_structure_free (options);
  return NULL;
}

/* A peer's words, without what terminals obey. Takes text (nullable); NULL when nothing is left. */
static gchar *
tame (gchar *text)
{
  gchar *valid = text != NULL ? g_utf8_make_valid (text, -1) : g_strdup ("");
  gsize len = strlen (valid);

  g_free (text);
  if (len > GST_RTC_DATA_CAPS_MAX_TEXT)
    *g_utf8_find_prev_char (valid, valid + GST_RTC_DATA_CAPS_MAX_TEXT + 1) = '\0';
  for (gchar *c = valid; *c != '\0'; c++) {
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  }
  if (*valid == '\0')
    g_clear_pointer (&valid, g_free);
  return valid;
}

GstCaps *
gst_rtc_data_caps_new_for_channel (GObject *channel, gboolean is_text)
{
  gchar *label = NULL, *protocol = NULL;
  gint retransmits, lifetime;
  gboolean ordered;
  GstCaps *caps = NULL;

  g_object_get (channel, "label", &label, "protocol", &protocol, "ordered", &ordered,
      "max-retransmits", &retransmits, "max-packet-lifetime", &lifetime, NULL);
  label = tame (label);
  protocol = tame (protocol);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    gboolean is_named =
        formats[i].protocol != NULL && g_strcmp0 (formats[i].protocol, protocol) == 0;

    if (formats[i].is_text != is_text
        || !(is_named || (caps == NULL && formats[i].protocol == NULL)))
      continue;
    gst_clear_caps (&caps);
    caps = gst_caps_from_string (formats[i].caps);
  }
  gst_caps_set_simple (caps, "ordered", G_TYPE_BOOLEAN, ordered, NULL);
  if (label != NULL)
    gst_caps_set_simple (caps, "label", G_TYPE_STRING, label, NULL);
  if (protocol != NULL)
    gst_caps_set_simple (caps, "protocol", G_TYPE_STRING, protocol, NULL);
  if (retransmits >= 0)
    gst_caps_set_simple (caps, "max-retransmits", G_TYPE_INT, retransmits, NULL);
  if (lifetime >= 0)
    gst_caps_set_simple (caps, "max-packet-lifetime", G_TYPE_INT, lifetime, NULL);
  g_free (label);
  g_free (protocol);
  return caps;
}
