/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-report.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
load_mark_read (LoadMark *self, gint64 sender_pid)
{
  memset (self, 0, sizeof *self);
  self->time = rtc_loop_now ();
  self->idle = process_usage_read_idle ();
  process_usage_read (getpid (), &self->self);
  if (sender_pid > 0)
    process_usage_read (sender_pid, &self->sender);
}

void
load_report_sample (LoadReport *self, guint playing, gint64 sender_pid)
{
  LoadSample sample = { (gdouble) (rtc_loop_now () - self->begin.time) / GST_SECOND, playing,
    { 0 } };

  process_usage_read (sender_pid, &sample.sender);
  if (self->samples == NULL)
    self->samples = g_array_new (FALSE, FALSE, sizeof (LoadSample));
  g_array_append_val (self->samples, sample);
  fprintf (stderr, "%5.0f s: %u viewers, sender: %.0f KiB resident, %u threads, %u descriptors\n",
      sample.seconds, playing, sample.sender.rss_kib, sample.sender.threads, sample.sender.fds);
}

/* A figure of the report: the same for both forms. */
typedef struct {
  const gchar *name, *label;
  gdouble value;
  guint decimals;
} ReportRow;

#define MAX_ROWS 48

typedef struct {
  ReportRow rows[MAX_ROWS];
  guint n;
} ReportRows;

static void
rows_add (ReportRows *rows, const gchar *name, const gchar *label, guint decimals, gdouble value)
{
  g_assert (rows->n < MAX_ROWS);
  rows->rows[rows->n++] = (ReportRow){ name, label, value, decimals };
}

static gdouble
seconds_between (const LoadMark *a, const LoadMark *b)
{
  return (gdouble) (b->time - a->time) / GST_SECOND;
}

static void
rows_add_spread (ReportRows *rows, const LoadSpread *spread, guint decimals,
    const gchar *const names[4], const gchar *const labels[4])
{
  static const gdouble shares[] = { 0.5, 0.95, 0.99 };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    rows_add (rows, names[i], labels[i], decimals, load_spread_get_ms (spread, shares[i]));
  rows_add (rows, names[3], labels[3], decimals, (gdouble) spread->max / GST_MSECOND);
}

static void
rows_add_viewers (ReportRows *rows, const LoadReport *self)
{
  static const gchar *const first[] = { "first_packet_ms_p50", "first_packet_ms_p95",
    "first_packet_ms_p99", "first_packet_ms_max" };
  static const gchar *const first_labels[] = { "first packet after the offer, median, ms", "  p95",
    "  p99", "  max" };
  static const gchar *const picture[] = { "first_picture_ms_p50", "first_picture_ms_p95",
    "first_picture_ms_p99", "first_picture_ms_max" };
  static const gchar *const picture_labels[] = { "first picture after the offer, median, ms",
    "  p95", "  p99", "  max" };
  static const gchar *const interval[] = { "frame_interval_ms_p50", "frame_interval_ms_p95",
    "frame_interval_ms_p99", "frame_interval_ms_max" };
  static const gchar *const interval_labels[] = { "between two pictures, median, ms", "  p95",
    "  p99", "  max" };
  const LoadFigures *f = &self->figures;

  rows_add (rows, "viewers_wanted", "viewers wanted", 0, self->wanted);
  rows_add (rows, "viewers", "viewers at the end", 0, self->state.viewers);
  rows_add (rows, "playing", "  of them playing", 0, self->state.playing);
  rows_add (rows, "failed", "failed, ever", 0, self->state.failed);
  rows_add (rows, "late", "joined while it counted", 0, self->late);
  rows_add (rows, "seconds", "seconds counted", 1, seconds_between (&self->begin, &self->end));
  rows_add (rows, "packets", "packets", 0, (gdouble) f->counts.packets);
  rows_add (rows, "lost", "packets lost", 0, (gdouble) (gint64) f->counts.lost);
  rows_add (rows, "gaps", "gaps before repair", 0, (gdouble) f->counts.gaps);
  rows_add (rows, "frames", "pictures", 0, (gdouble) f->counts.frames);
  rows_add_spread (rows, &f->first_packet, 1, first, first_labels);
  rows_add_spread (rows, &f->first_picture, 1, picture, picture_labels);
  rows_add_spread (rows, &f->interval, 1, interval, interval_labels);
}

/* Only what was fed with stamps has them. */
static void
rows_add_latency (ReportRows *rows, const LoadFigures *figures)
{
  static const gchar *const picture[] = { "picture_latency_ms_p50", "picture_latency_ms_p95",
    "picture_latency_ms_p99", "picture_latency_ms_max" };
  static const gchar *const picture_labels[] = { "end of a picture, from in to out, median, ms",
    "  p95", "  p99", "  max" };
  static const gchar *const sound[] = { "sound_latency_ms_p50", "sound_latency_ms_p95",
    "sound_latency_ms_p99", "sound_latency_ms_max" };
  static const gchar *const sound_labels[] = { "packet of sound, from in to out, median, ms",
    "  p95", "  p99", "  max" };

  if (figures->picture_latency.n > 0)
    rows_add_spread (rows, &figures->picture_latency, 2, picture, picture_labels);
  if (figures->sound_latency.n > 0)
    rows_add_spread (rows, &figures->sound_latency, 2, sound, sound_labels);
}

static void
rows_add_machine (ReportRows *rows, const LoadReport *self)
{
  gdouble seconds = seconds_between (&self->begin, &self->end);
  gdouble own = self->end.self.cpu_seconds - self->begin.self.cpu_seconds;
  gdouble idle = self->end.idle - self->begin.idle;
  glong processors = sysconf (_SC_NPROCESSORS_ONLN);

  rows_add (rows, "generator_busy", "this program, % of a processor", 1, 100 * own / seconds);
  rows_add (rows, "generator_overflows", "packets it was too slow for", 0,
      (gdouble) self->wire.overflows);
  rows_add (rows, "generator_unsent", "feedback it could not send", 0, (gdouble) self->wire.unsent);
  rows_add (rows, "generator_sockets", "its sockets", 0, self->wire.n_sockets);
  rows_add (rows, "machine_idle", "machine idle, % of all processors", 1,
      100 * idle / (seconds * (gdouble) processors));
}

static void
rows_add_sender (ReportRows *rows, const LoadReport *self)
{
  const ProcessUsage *start = &self->start.sender, *begin = &self->begin.sender,
                     *end = &self->end.sender;
  gdouble seconds = seconds_between (&self->begin, &self->end);
  gdouble cpu = end->cpu_seconds - begin->cpu_seconds;
  gdouble viewers = MAX (self->state.playing, 1);

  rows_add (rows, "sender_busy", "sender, % of a processor", 1, 100 * cpu / seconds);
  rows_add (rows, "sender_ms_per_viewer_second", "  ms of a processor per viewer-second", 3,
      1000 * cpu / seconds / viewers);
  rows_add (rows, "sender_rss_mib", "  resident memory, MiB", 1, end->rss_kib / 1024);
  rows_add (rows, "sender_rss_kib_per_viewer", "  more than before, KiB per viewer", 1,
      (end->rss_kib - start->rss_kib) / viewers);
  rows_add (rows, "sender_rss_growth_kib", "  more than when counting began, KiB", 0,
      end->rss_kib - begin->rss_kib);
  rows_add (rows, "sender_threads", "  threads", 0, end->threads);
  rows_add (rows, "sender_threads_before", "  threads without viewers", 0, start->threads);
  rows_add (rows, "sender_fds", "  descriptors", 0, end->fds);
  rows_add (rows, "sender_fds_before", "  descriptors without viewers", 0, start->fds);
}

static void
rows_collect (ReportRows *rows, const LoadReport *self, gboolean has_sender)
{
  rows->n = 0;
  rows_add_viewers (rows, self);
  rows_add_latency (rows, &self->figures);
  rows_add_machine (rows, self);
  if (has_sender)
    rows_add_sender (rows, self);
}

/* --- groups ----------------------------------------------------------------------------------- */

static gboolean
has_groups (const LoadReport *self)
{
  return self->groups.n > 1 || self->groups.groups[0].spec != NULL;
}

static const gchar *
get_spec (const LoadReport *self, guint group)
{
  const gchar *spec = self->groups.groups[group].spec;

  return spec != NULL ? spec : "no link";
}

static gdouble
to_ms (GstClockTime time)
{
  return (gdouble) time / GST_MSECOND;
}

static void
print_groups (const LoadReport *self)
{
  printf ("\n%-30s %7s %7s %5s %8s %10s %8s %8s %8s\n", "viewers behind", "viewers", "playing",
      "lost", "dropped", "size", "switches", "settled", "freeze");
  for (guint i = 0; i < self->groups.n; i++) {
    const LoadGroupFigures *f = &self->group_figures[i];
    gchar *size = f->least_width == f->most_width
                      ? g_strdup_printf ("%ux%u", f->most_width, f->most_height)
                      : g_strdup_printf ("%u to %u", f->least_width, f->most_width);

    printf ("%-30s %7u %7u %5" G_GINT64_FORMAT " %8" G_GUINT64_FORMAT " %10s %8" G_GUINT64_FORMAT
            " %5.0f ms %5.0f ms\n",
        get_spec (self, i), f->viewers, f->playing, (gint64) f->counts.lost, f->dropped, size,
        f->sizes, to_ms (f->settled), to_ms (f->freeze));
    g_free (size);
  }
}

static JsonObject *
make_group (const LoadReport *self, guint group)
{
  const LoadGroupFigures *f = &self->group_figures[group];
  JsonObject *object = json_object_new ();
  const struct {
    const gchar *name;
    gint64 value;
  } members[] = { { "viewers", f->viewers }, { "playing", f->playing }, { "blind", f->blind },
    { "packets", (gint64) f->counts.packets }, { "lost", (gint64) f->counts.lost },
    { "gaps", (gint64) f->counts.gaps }, { "dropped", (gint64) f->dropped },
    { "pictures", (gint64) f->pictures }, { "size_switches", (gint64) f->sizes },
    { "skipped", (gint64) f->skipped }, { "wrong", (gint64) f->wrong },
    { "least_width", f->least_width }, { "least_height", f->least_height },
    { "most_width", f->most_width }, { "most_height", f->most_height } };

  json_object_set_string_member (object, "link", get_spec (self, group));
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    json_object_set_int_member (object, members[i].name, members[i].value);
  json_object_set_double_member (object, "settled_ms", to_ms (f->settled));
  json_object_set_double_member (object, "freeze_ms", to_ms (f->freeze));
  return object;
}

static JsonArray *
make_groups (const LoadReport *self)
{
  JsonArray *groups = json_array_new ();

  for (guint i = 0; i < self->groups.n; i++)
    json_array_add_object_element (groups, make_group (self, i));
  return groups;
}

/* --- the whole -------------------------------------------------------------------------------- */

void
load_report_print (const LoadReport *self, gboolean has_sender)
{
  ReportRows rows;

  rows_collect (&rows, self, has_sender);
  for (guint i = 0; i < rows.n; i++)
    printf ("%-42s %14.*f\n", rows.rows[i].label, (int) rows.rows[i].decimals, rows.rows[i].value);
  if (has_groups (self))
    print_groups (self);
  if (self->state.failed > 0)
    printf ("the last that failed: %s\n", self->state.failure);
}

static JsonArray *
samples_to_json (const GArray *samples)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; samples != NULL && i < samples->len; i++) {
    const LoadSample *sample = &g_array_index (samples, LoadSample, i);
    JsonObject *object = json_object_new ();

    json_object_set_double_member (object, "seconds", sample->seconds);
    json_object_set_int_member (object, "playing", sample->playing);
    json_object_set_double_member (object, "sender_rss_kib", sample->sender.rss_kib);
    json_object_set_int_member (object, "sender_threads", sample->sender.threads);
    json_object_set_int_member (object, "sender_fds", sample->sender.fds);
    json_array_add_object_element (array, object);
  }
  return array;
}

gboolean
load_report_write_json (
    const LoadReport *self, gboolean has_sender, const gchar *path, GError **error)
{
  JsonObject *object = json_object_new ();
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  ReportRows rows;
  gchar *text;
  gboolean ok = TRUE;

  rows_collect (&rows, self, has_sender);
  for (guint i = 0; i < rows.n; i++) {
    if (rows.rows[i].decimals == 0)
      json_object_set_int_member (object, rows.rows[i].name, (gint64) rows.rows[i].value);
    else
      json_object_set_double_member (object, rows.rows[i].name, rows.rows[i].value);
  }
  json_object_set_string_member (object, "failure", self->state.failure);
  json_object_set_array_member (object, "samples", samples_to_json (self->samples));
  if (has_groups (self))
    json_object_set_array_member (object, "groups", make_groups (self));
  json_node_take_object (root, object);
  text = json_to_string (root, TRUE);
  if (g_strcmp0 (path, "-") == 0)
    printf ("%s\n", text);
  else
    ok = g_file_set_contents (path, text, -1, error);
  g_free (text);
  json_node_unref (root);
  return ok;
}
