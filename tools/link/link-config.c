/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/link/link-config.h"

#include <math.h>
#include <string.h>

#define DEFAULT_QUEUE (200 * GST_MSECOND)

typedef enum {
  UNIT_PERCENT, /* a gdouble, 0..1 */
  UNIT_MS,      /* a GstClockTime */
  UNIT_KBIT,    /* a guint64, bit/s */
  UNIT_BYTES,   /* a gsize */
  UNIT_COUNT,   /* a guint */
} Unit;

static const struct {
  const gchar *name;
  Unit unit;
  gsize offset;
} fields[] = {
  { "loss", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, loss) },
  { "burst-start", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, burst_start) },
  { "burst-stop", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, burst_stop) },
  { "overtake", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, overtake) },
  { "hold", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, hold) },
  { "dup", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, duplicate) },
  { "flip", UNIT_PERCENT, G_STRUCT_OFFSET (LinkConfig, flip) },
  { "delay", UNIT_MS, G_STRUCT_OFFSET (LinkConfig, delay) },
  { "sigma", UNIT_MS, G_STRUCT_OFFSET (LinkConfig, sigma) },
  { "jitter", UNIT_MS, G_STRUCT_OFFSET (LinkConfig, jitter) },
  { "queue", UNIT_MS, G_STRUCT_OFFSET (LinkConfig, queue) },
  { "codel-target", UNIT_MS, G_STRUCT_OFFSET (LinkConfig, codel_target) },
  { "codel-interval", UNIT_MS, G_STRUCT_OFFSET (LinkConfig, codel_interval) },
  { "rate", UNIT_KBIT, G_STRUCT_OFFSET (LinkConfig, rate_bps) },
  { "queue-bytes", UNIT_BYTES, G_STRUCT_OFFSET (LinkConfig, queue_bytes) },
  { "mtu", UNIT_BYTES, G_STRUCT_OFFSET (LinkConfig, mtu) },
  { "depth", UNIT_COUNT, G_STRUCT_OFFSET (LinkConfig, overtake_depth) },
  { "hold-depth", UNIT_COUNT, G_STRUCT_OFFSET (LinkConfig, hold_depth) },
  { "codel", UNIT_COUNT, G_STRUCT_OFFSET (LinkConfig, discipline) },
  { "reorder", UNIT_COUNT, G_STRUCT_OFFSET (LinkConfig, reorder) },
};

G_STATIC_ASSERT (sizeof (LinkQueueKind) == sizeof (guint));
G_STATIC_ASSERT (sizeof (gboolean) == sizeof (guint));

static void
set_field (LinkConfig *self, guint i, gdouble value)
{
  gpointer field = G_STRUCT_MEMBER_P (self, fields[i].offset);

  switch (fields[i].unit) {
    case UNIT_PERCENT:
      *(gdouble *) field = MIN (value / 100, 1);
      break;
    case UNIT_MS:
      *(GstClockTime *) field = (GstClockTime) (value * GST_MSECOND);
      break;
    case UNIT_KBIT:
      *(guint64 *) field = (guint64) (value * 1000);
      break;
    case UNIT_BYTES:
      *(gsize *) field = (gsize) value;
      break;
    case UNIT_COUNT:
      *(guint *) field = (guint) value;
      break;
  }
}

/* A number of no more than nine digits before the point, not below 0. */
static gboolean
parse_number (const gchar *text, gdouble *out)
{
  gchar *end;

  *out = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*out) && *out >= 0 && *out < 1e9;
}

static gboolean
parse_pair (LinkConfig *self, gchar *pair)
{
  gchar *sign = strchr (pair, '=');
  gdouble value;

  if (sign == NULL || !parse_number (sign + 1, &value))
    return FALSE;
  *sign = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (strcmp (fields[i].name, pair) != 0)
      continue;
    set_field (self, i, value);
    return TRUE;
  }
  *sign = '=';
  return FALSE;
}

gboolean
link_config_parse (LinkConfig *self, const gchar *text, gchar **error)
{
  gchar **pairs = g_strsplit (text, ",", -1);
  gboolean good = TRUE;

  for (guint i = 0; pairs[i] != NULL && good; i++) {
    good = parse_pair (self, g_strstrip (pairs[i]));
    if (!good)
      *error = g_strdup_printf ("what is \"%s\"?", pairs[i]);
  }
  g_strfreev (pairs);
  self->burst_loss = 1;
  if (self->queue == 0 && self->queue_bytes == 0)
    self->queue = DEFAULT_QUEUE;
  self->overtake_depth = MAX (self->overtake_depth, 1);
  self->hold_depth = MAX (self->hold_depth, 1);
  self->discipline = self->discipline != 0 ? LINK_QUEUE_CODEL : LINK_QUEUE_TAIL;
  return good;
}

GArray *
link_schedule_parse (const gchar *text, GstClockTime start)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (LinkRateStep));
  gchar **parts = g_strsplit (text, "/", -1);
  gboolean good = parts[0] != NULL;

  for (guint i = 0; parts[i] != NULL && good; i++) {
    gchar *colon = strchr (parts[i], ':');
    gdouble seconds = 0, kbit = 0;
    LinkRateStep step;

    good = colon != NULL;
    if (!good)
      break;
    *colon = '\0';
    good = parse_number (parts[i], &seconds) && parse_number (colon + 1, &kbit);
    step.at = start + (GstClockTime) (seconds * GST_SECOND);
    step.rate_bps = (guint64) (kbit * 1000);
    good = good && (i == 0 || step.at >= g_array_index (steps, LinkRateStep, i - 1).at);
    g_array_append_val (steps, step);
  }
  g_strfreev (parts);
  if (!good)
    g_clear_pointer (&steps, g_array_unref);
  return steps;
}
