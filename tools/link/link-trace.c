/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/link/link-trace.h"

#include <string.h>

struct _LinkTrace {
  GString *text;
  FILE *file; /* (nullable) */
};

static const gchar *const verdicts[] = { "ok", "dup", "loss", "queue", "codel", "mtu", "hole",
  "tap" };
static const gchar *const ways[] = { "A>B", "B>A" };

LinkTrace *
link_trace_new_text (GString *text)
{
  LinkTrace *self = g_new0 (LinkTrace, 1);

  self->text = text;
  return self;
}

LinkTrace *
link_trace_new_file (const gchar *path)
{
  FILE *file = fopen (path, "we");
  LinkTrace *self;

  if (file == NULL)
    return NULL;
  self = g_new0 (LinkTrace, 1);
  self->file = file;
  self->text = g_string_new (NULL);
  fputs (LINK_TRACE_HEADER "\n", file);
  return self;
}

void
link_trace_free (LinkTrace *self)
{
  if (self == NULL)
    return;
  if (self->file != NULL) {
    fclose (self->file);
    g_string_free (self->text, TRUE);
  }
  g_free (self);
}

static void
trace_end_line (LinkTrace *self)
{
  g_string_append_c (self->text, '\n');
  if (self->file == NULL)
    return;
  fwrite (self->text->str, 1, self->text->len, self->file);
  g_string_truncate (self->text, 0);
}

static void
trace_time (LinkTrace *self, GstClockTime time)
{
  g_string_append_c (self->text, ',');
  if (time != GST_CLOCK_TIME_NONE)
    g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, time);
}

void
link_trace_packet (LinkTrace *self, GstClockTime time, LinkDir dir, guint flow, LinkVerdict verdict,
    gsize bytes, GstClockTime arrival, GstClockTime queue)
{
  if (self == NULL)
    return;
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT ",%s,%u,%s,%" G_GSIZE_FORMAT, time,
      ways[dir], flow, verdicts[verdict], bytes);
  trace_time (self, arrival);
  trace_time (self, queue);
  trace_end_line (self);
}

void
link_trace_value (
    LinkTrace *self, GstClockTime time, LinkDir dir, guint flow, const gchar *name, gdouble value)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (self == NULL)
    return;
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT ",%s,%u,%s,%s,,", time, ways[dir], flow,
      name, g_ascii_formatd (number, sizeof number, "%.10g", value));
  trace_end_line (self);
}

static GstClockTime
read_time (const gchar *field)
{
  return *field != '\0' ? g_ascii_strtoull (field, NULL, 10) : GST_CLOCK_TIME_NONE;
}

gboolean
link_trace_read (gchar *line, LinkTraceLine *out)
{
  gchar *field[7];

  for (guint i = 0; i < G_N_ELEMENTS (field); i++) {
    field[i] = line;
    line += strcspn (line, ",\r\n");
    if ((*line == ',') != (i + 1 < G_N_ELEMENTS (field)))
      return FALSE;
    if (*line != '\0')
      *line++ = '\0';
  }
  if (!g_ascii_isdigit (field[0][0]))
    return FALSE;
  out->time = read_time (field[0]);
  out->dir = strcmp (field[1], ways[0]) == 0 ? 0 : strcmp (field[1], ways[1]) == 0 ? 1 : -1;
  out->flow = (guint) g_ascii_strtoull (field[2], NULL, 10);
  out->event = field[3];
  out->value = g_ascii_strtod (field[4], NULL);
  out->arrival = read_time (field[5]);
  out->queue = read_time (field[6]);
  return TRUE;
}
