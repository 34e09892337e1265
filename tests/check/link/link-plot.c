/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-plot.c - draws a trace of link-trace.h as an SVG picture.
 *
 *   link-plot [--title TEXT] [--out FILE] [--panel NAME] [--name FLOW=TEXT] [--points N] TRACE
 *
 * For each way that has a target (A>B when none has): what is sent and wanted (target, dashed) by
 * each flow over the capacity (grey), the longest wait for the rate, and the share of packets lost;
 * then a panel for each --panel, of the values of that name. Cross traffic (flows from 32 on) is
 * one line. Everything is averaged (waits: the longest) over N stretches of time, 240 unless told,
 * so that a picture stays small. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link-net.h"

#define WIDTH 900
#define LEFT 56
#define RIGHT 12
#define TOP 34
#define GAP 30
#define DEFAULT_POINTS 240

/* Flows of the user's, and one more for all cross traffic. */
#define N_FLOWS (LINK_CROSS_FLOW + 1)

static const gchar *const colours[] = { "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e",
  "#17becf", "#8c564b", "#e377c2" };

/* One stretch of time. */
typedef struct {
  guint64 bytes[N_FLOWS];
  gdouble target[N_FLOWS]; /* last, -1: no news */
  gdouble capacity;        /* last, -1: no news */
  guint64 packets, lost;
  GstClockTime wait;
} Bucket;

typedef struct {
  gboolean is_used[N_FLOWS], has_target[N_FLOWS];
  gboolean is_wanted; /* has targets */
  GArray *buckets;    /* Bucket */
} Way;

/* Values of one name. */
typedef struct {
  gchar *name;
  GArray *values; /* gdouble, -1: no news */
} Extra;

typedef struct {
  Way ways[LINK_N_DIRS];
  GPtrArray *extras; /* Extra */
  gchar *names[N_FLOWS];
  GstClockTime begin, end, step;
  guint n;
  GString *svg;
  gint y;
} Plot;

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean
is_lost (const gchar *event)
{
  return strcmp (event, "loss") == 0 || strcmp (event, "queue") == 0 || strcmp (event, "codel") == 0
         || strcmp (event, "mtu") == 0 || strcmp (event, "hole") == 0 || strcmp (event, "tap") == 0;
}

static void
plot_note_value (Plot *self, guint at, const LinkTraceLine *line)
{
  for (guint i = 0; i < self->extras->len; i++) {
    Extra *extra = g_ptr_array_index (self->extras, i);

    if (strcmp (extra->name, line->event) == 0)
      g_array_index (extra->values, gdouble, at) = line->value;
  }
}

static void
plot_note_line (Plot *self, const LinkTraceLine *line)
{
  guint at = (guint) MIN ((line->time - self->begin) / self->step, self->n - 1);
  guint flow = MIN (line->flow, LINK_CROSS_FLOW);
  Way *way = &self->ways[MAX (line->dir, 0)];
  Bucket *bucket = &g_array_index (way->buckets, Bucket, at);

  if (strcmp (line->event, "target") == 0) {
    bucket->target[flow] = line->value;
    way->is_wanted = way->has_target[flow] = TRUE;
  } else if (strcmp (line->event, "capacity") == 0) {
    bucket->capacity = line->value;
  } else if (strcmp (line->event, "ok") == 0 || is_lost (line->event)) {
    way->is_used[flow] = TRUE;
    bucket->bytes[flow] += (guint64) line->value;
    bucket->packets += flow < LINK_CROSS_FLOW;
    bucket->lost += flow < LINK_CROSS_FLOW && is_lost (line->event);
    if (line->queue != GST_CLOCK_TIME_NONE)
      bucket->wait = MAX (bucket->wait, line->queue);
  } else if (strcmp (line->event, "dup") != 0) {
    plot_note_value (self, at, line);
  }
}

static void
plot_note_time (Plot *self, const LinkTraceLine *line)
{
  self->begin = MIN (self->begin, line->time);
  self->end = MAX (self->end, line->time);
}

/* Calls note for each line of the file. */
static gboolean
plot_read (Plot *self, const gchar *path, void (*note) (Plot *self, const LinkTraceLine *line))
{
  FILE *file = fopen (path, "re");
  gchar text[512];
  LinkTraceLine line;

  if (file == NULL)
    return FALSE;
  while (fgets (text, sizeof text, file) != NULL)
    if (link_trace_read (text, &line))
      note (self, &line);
  fclose (file);
  return TRUE;
}

static void
plot_make_buckets (Plot *self, guint points)
{
  GstClockTime span = MAX (self->end - self->begin, GST_MSECOND);

  self->step = MAX (span / points + 1, 50 * GST_MSECOND);
  self->n = (guint) (span / self->step) + 1;
  for (guint dir = 0; dir < LINK_N_DIRS; dir++) {
    self->ways[dir].buckets = g_array_new (FALSE, TRUE, sizeof (Bucket));
    g_array_set_size (self->ways[dir].buckets, self->n);
    for (guint i = 0; i < self->n; i++) {
      Bucket *bucket = &g_array_index (self->ways[dir].buckets, Bucket, i);

      bucket->capacity = -1;
      for (guint flow = 0; flow < N_FLOWS; flow++)
        bucket->target[flow] = -1;
    }
  }
  for (guint i = 0; i < self->extras->len; i++) {
    Extra *extra = g_ptr_array_index (self->extras, i);
    const gdouble none = -1;

    for (guint at = 0; at < self->n; at++)
      g_array_append_val (extra->values, none);
  }
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* A figure with one digit behind the point, but no ".0"; locales have no say. */
static void
put_number (GString *out, gdouble value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.1f", value);
  if (g_str_has_suffix (text, ".0"))
    text[strlen (text) - 2] = '\0';
  g_string_append (out, text);
}

static void
put_text (Plot *self, gdouble x, gdouble y, const gchar *anchor, const gchar *colour, gint size,
    const gchar *text)
{
  gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append (self->svg, "<text x=\"");
  put_number (self->svg, x);
  g_string_append (self->svg, "\" y=\"");
  put_number (self->svg, y);
  g_string_append_printf (self->svg,
      "\" text-anchor=\"%s\" fill=\"%s\" font-size=\"%d\">%s</text>\n", anchor, colour, size,
      escaped);
  g_free (escaped);
}

static void
put_line (Plot *self, gdouble x1, gdouble y1, gdouble x2, gdouble y2, const gchar *colour)
{
  g_string_append_printf (self->svg, "<path d=\"M");
  put_number (self->svg, x1);
  g_string_append_c (self->svg, ' ');
  put_number (self->svg, y1);
  g_string_append_c (self->svg, 'L');
  put_number (self->svg, x2);
  g_string_append_c (self->svg, ' ');
  put_number (self->svg, y2);
  g_string_append_printf (self->svg, "\" stroke=\"%s\"/>\n", colour);
}

/* A round number of which two to five make most. */
static gdouble
find_tick (gdouble most)
{
  gdouble tick = 1e-6;

  for (guint i = 0; tick * 5 < most; i++)
    tick *= i % 3 == 1 ? 2.5 : 2;
  return tick;
}

typedef struct {
  gint y, height;
  gdouble most;
} Frame;

static gdouble
frame_x (const Plot *self, gdouble at)
{
  return LEFT + (WIDTH - LEFT - RIGHT) * at / self->n;
}

static gdouble
frame_y (const Frame *frame, gdouble value)
{
  return frame->y + frame->height * (1 - CLAMP (value / frame->most, 0, 1));
}

/* Axes, ticks and a heading; moves on to below it. */
static Frame
plot_begin_frame (Plot *self, gint height, gdouble most, const gchar *heading)
{
  Frame frame = { self->y + GAP / 2, height, MAX (most * 1.05, 1e-3) };
  gdouble tick = find_tick (frame.most), seconds;
  gchar text[32];

  put_text (self, LEFT, frame.y - 4, "start", "#333", 11, heading);
  for (gdouble value = 0; value <= frame.most; value += tick) {
    put_line (self, LEFT, frame_y (&frame, value), WIDTH - RIGHT, frame_y (&frame, value), "#eee");
    g_ascii_formatd (text, sizeof text, tick < 0.1 ? "%.2f" : tick < 1 ? "%.1f" : "%.0f", value);
    put_text (self, LEFT - 4, frame_y (&frame, value) + 4, "end", "#333", 10, text);
  }
  seconds = (gdouble) self->n * (gdouble) self->step / GST_SECOND;
  tick = MAX (find_tick (seconds / 2), 1);
  for (gdouble s = 0; s <= seconds; s += tick) {
    gdouble x = LEFT + (WIDTH - LEFT - RIGHT) * s / seconds;

    put_line (self, x, frame.y, x, frame.y + height, "#eee");
    g_ascii_formatd (text, sizeof text, "%.0f s", s);
    put_text (self, x, frame.y + height + 12, "middle", "#333", 10, text);
  }
  g_string_append_printf (self->svg,
      "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>\n", LEFT,
      frame.y, WIDTH - LEFT - RIGHT, height);
  self->y = frame.y + height + GAP;
  return frame;
}

/* A line through values; -1: as before (steps) or nothing yet. */
static void
plot_draw (Plot *self, const Frame *frame, const gdouble *values, gboolean is_step,
    const gchar *colour, const gchar *style)
{
  gdouble last = -1;
  gboolean is_first = TRUE;

  g_string_append (self->svg, "<path d=\"");
  for (guint i = 0; i < self->n; i++) {
    gdouble value = values[i] < 0 && is_step ? last : values[i];

    if (value < 0 || (is_step && value == last && i + 1 < self->n))
      continue;
    if (is_step && !is_first) {
      g_string_append_c (self->svg, 'H');
      put_number (self->svg, frame_x (self, i));
      g_string_append_c (self->svg, 'V');
    } else {
      g_string_append_c (self->svg, is_first ? 'M' : 'L');
      put_number (self->svg, frame_x (self, is_step ? i : i + 0.5));
      g_string_append_c (self->svg, ' ');
    }
    put_number (self->svg, frame_y (frame, value));
    last = value;
    is_first = FALSE;
  }
  if (is_step && !is_first) {
    g_string_append_c (self->svg, 'H');
    put_number (self->svg, WIDTH - RIGHT);
  }
  g_string_append_printf (self->svg, "\" stroke=\"%s\" %s/>\n", colour, style);
}

/* --- panels ----------------------------------------------------------------------------------- */

static const gchar *
flow_colour (guint flow)
{
  return flow == LINK_CROSS_FLOW ? "#7f7f7f" : colours[flow % G_N_ELEMENTS (colours)];
}

static gdouble
to_mbit (const Plot *self, guint64 bytes)
{
  return (gdouble) bytes * 8 * 1e3 / (gdouble) self->step;
}

static gdouble
way_most (const Plot *self, const Way *way)
{
  gdouble most = 0;

  for (guint i = 0; i < self->n; i++) {
    const Bucket *bucket = &g_array_index (way->buckets, Bucket, i);

    most = MAX (most, bucket->capacity / 1e6);
    for (guint flow = 0; flow < N_FLOWS; flow++) {
      most = MAX (most, MIN (to_mbit (self, bucket->bytes[flow]), 50));
      most = MAX (most, bucket->target[flow] / 1e6);
    }
  }
  return most;
}

static void
way_put_legend (Plot *self, const Way *way, gint y)
{
  gdouble x = WIDTH - RIGHT;

  for (guint i = N_FLOWS; i-- > 0;) {
    gchar *name;

    if (!way->is_used[i])
      continue;
    name = self->names[i] != NULL ? g_strdup (self->names[i])
           : i == LINK_CROSS_FLOW ? g_strdup ("cross traffic")
                                  : g_strdup_printf ("flow %u", i + 1);
    put_text (self, x, y, "end", flow_colour (i), 11, name);
    x -= 7.0 * (gdouble) strlen (name) + 8;
    g_free (name);
  }
}

static void
way_draw_rates (Plot *self, const Way *way, const gchar *heading)
{
  Frame frame = plot_begin_frame (self, 220, way_most (self, way), heading);
  gdouble *values = g_new (gdouble, self->n);

  way_put_legend (self, way, frame.y - 4);
  for (guint i = 0; i < self->n; i++) {
    gdouble capacity = g_array_index (way->buckets, Bucket, i).capacity;

    values[i] = capacity > 0 ? capacity / 1e6 : -1;
  }
  plot_draw (self, &frame, values, TRUE, "#bbb", "stroke-width=\"3\"");
  for (guint flow = 0; flow < N_FLOWS; flow++) {
    if (!way->is_used[flow])
      continue;
    for (guint i = 0; i < self->n; i++)
      values[i] = to_mbit (self, g_array_index (way->buckets, Bucket, i).bytes[flow]);
    plot_draw (self, &frame, values, FALSE, flow_colour (flow), "opacity=\"0.6\"");
    for (guint i = 0; i < self->n; i++) {
      gdouble target = g_array_index (way->buckets, Bucket, i).target[flow];

      values[i] = target < 0 ? -1 : target / 1e6;
    }
    if (way->has_target[flow])
      plot_draw (self, &frame, values, TRUE, flow_colour (flow), "stroke-dasharray=\"5 2\"");
  }
  g_free (values);
}

static void
way_draw_rest (Plot *self, const Way *way)
{
  gdouble *values = g_new (gdouble, self->n), most = 0;
  Frame frame;

  for (guint i = 0; i < self->n; i++) {
    values[i] = (gdouble) g_array_index (way->buckets, Bucket, i).wait / 1e6;
    most = MAX (most, values[i]);
  }
  frame = plot_begin_frame (self, 90, MAX (most, 50), "longest wait in the queue, ms");
  plot_draw (self, &frame, values, FALSE, "#444", "");
  most = 0;
  for (guint i = 0; i < self->n; i++) {
    const Bucket *bucket = &g_array_index (way->buckets, Bucket, i);

    values[i] =
        bucket->packets > 0 ? 100.0 * (gdouble) bucket->lost / (gdouble) bucket->packets : 0;
    most = MAX (most, values[i]);
  }
  frame = plot_begin_frame (self, 50, MAX (most, 5), "packets lost, %");
  plot_draw (self, &frame, values, FALSE, "#c00", "");
  g_free (values);
}

static void
extra_draw (Plot *self, const Extra *extra)
{
  const gdouble *values = (const gdouble *) (gconstpointer) extra->values->data;
  gdouble most = 0;
  Frame frame;

  for (guint i = 0; i < self->n; i++)
    most = MAX (most, values[i]);
  frame = plot_begin_frame (self, 80, most, extra->name);
  plot_draw (self, &frame, values, FALSE, "#06c", "");
}

static void
plot_draw_all (Plot *self, const gchar *title)
{
  gboolean is_any = self->ways[0].is_wanted || self->ways[1].is_wanted;

  self->y = TOP;
  put_text (self, LEFT, 18, "start", "#000", 14, title);
  for (guint dir = 0; dir < LINK_N_DIRS; dir++) {
    const Way *way = &self->ways[dir];

    if (is_any ? !way->is_wanted : dir != 0)
      continue;
    way_draw_rates (self, way,
        dir == 0 ? "Mbit/s: capacity, sent, target (dashed)"
                 : "Mbit/s, the other way: capacity, sent, target (dashed)");
    way_draw_rest (self, way);
  }
  for (guint i = 0; i < self->extras->len; i++)
    extra_draw (self, g_ptr_array_index (self->extras, i));
}

static gboolean
plot_write (Plot *self, const gchar *path)
{
  FILE *file = path != NULL ? fopen (path, "we") : stdout;

  if (file == NULL)
    return FALSE;
  fprintf (file,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
      "font-family=\"sans-serif\" fill=\"none\" stroke-width=\"1\">\n"
      "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n%s</svg>\n",
      WIDTH, self->y, WIDTH, self->y, WIDTH, self->y, self->svg->str);
  return path != NULL ? fclose (file) == 0 : fflush (file) == 0;
}

/* --- the command line --------------------------------------------------------------------------
 */

static gboolean
plot_set_names (Plot *self, gchar **names)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    gchar *sign = strchr (names[i], '=');
    guint64 flow = g_ascii_strtoull (names[i], NULL, 10);

    if (sign == NULL || flow >= N_FLOWS)
      return FALSE;
    self->names[flow] = sign + 1;
  }
  return TRUE;
}

static void
extra_free (gpointer data)
{
  Extra *extra = data;

  g_array_unref (extra->values);
  g_free (extra);
}

static gboolean
plot_run (Plot *self, const gchar *trace, const gchar *title, const gchar *out, guint points)
{
  self->begin = GST_CLOCK_TIME_NONE;
  if (!plot_read (self, trace, plot_note_time)) {
    fprintf (stderr, "link-plot: %s: %s\n", trace, g_strerror (errno));
    return FALSE;
  }
  if (self->begin == GST_CLOCK_TIME_NONE) {
    fprintf (stderr, "link-plot: %s: not a trace\n", trace);
    return FALSE;
  }
  plot_make_buckets (self, points);
  plot_read (self, trace, plot_note_line);
  plot_draw_all (self, title != NULL ? title : trace);
  if (!plot_write (self, out)) {
    fprintf (stderr, "link-plot: %s: %s\n", out, g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  gchar *title = NULL, *out = NULL, **panels = NULL, **names = NULL;
  gint points = DEFAULT_POINTS;
  const GOptionEntry entries[] = {
    { "title", 0, 0, G_OPTION_ARG_STRING, &title, "the heading", "TEXT" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "where to write it", "FILE" },
    { "panel", 0, 0, G_OPTION_ARG_STRING_ARRAY, &panels, "values to draw as well", "NAME" },
    { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, "what a flow is called", "FLOW=TEXT" },
    { "points", 0, 0, G_OPTION_ARG_INT, &points, "stretches of time", "N" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("TRACE");
  GError *error = NULL;
  Plot self = { 0 };
  gboolean good;

  g_option_context_add_main_entries (context, entries, NULL);
  self.extras = g_ptr_array_new_with_free_func (extra_free);
  self.svg = g_string_new (NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || points < 2
      || !plot_set_names (&self, names)) {
    fprintf (stderr, "link-plot: %s\n", error != NULL ? error->message : "which TRACE? (--help)");
    return 2;
  }
  for (guint i = 0; panels != NULL && panels[i] != NULL; i++) {
    Extra *extra = g_new0 (Extra, 1);

    extra->name = panels[i];
    extra->values = g_array_new (FALSE, FALSE, sizeof (gdouble));
    g_ptr_array_add (self.extras, extra);
  }
  good = plot_run (&self, argv[1], title, out, (guint) points);
  for (guint dir = 0; dir < LINK_N_DIRS; dir++)
    g_clear_pointer (&self.ways[dir].buckets, g_array_unref);
  g_ptr_array_unref (self.extras);
  g_string_free (self.svg, TRUE);
  g_option_context_free (context);
  g_strfreev (panels);
  g_strfreev (names);
  g_free (title);
  g_free (out);
  return good ? 0 : 1;
}
