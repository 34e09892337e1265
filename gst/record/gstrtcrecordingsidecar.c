/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "gst/record/gstrtcrecordingprivate.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Nanoseconds as seconds with three digits that count. */
static void
add_seconds (JsonBuilder *builder, const gchar *name, GstClockTime time)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, (gdouble) (time / GST_MSECOND) / 1000.0);
}

static void
add_count (JsonBuilder *builder, const gchar *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) MIN (value, G_MAXINT64));
}

/* JSON is UTF-8; what a caller sent, and a path, may be any bytes. */
static void
add_text (JsonBuilder *builder, const gchar *name, const gchar *text)
{
  g_autofree gchar *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

static void
add_wall (JsonBuilder *builder, const gchar *name, gint64 wall_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
  g_autofree gchar *text = g_date_time_format_iso8601 (time);

  add_text (builder, name, text);
}

static void
add_segments (GstRtcRecording *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->segments->len; i++) {
    const GstRtcRecordingSegment *segment =
        &g_array_index (self->segments, GstRtcRecordingSegment, i);
    g_autofree gchar *name = g_path_get_basename (segment->path);

    json_builder_begin_object (builder);
    add_text (builder, "file", name);
    add_seconds (builder, "start", segment->start);
    add_seconds (builder, "duration", segment->duration);
    add_count (builder, "bytes", segment->bytes);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_codecs (const GstRtcRecordingTrackStats *stats, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "codecs");
  json_builder_begin_array (builder);
  for (guint i = 1; i < RTC_CODEC_N_IDS; i++) {
    if ((stats->codecs & (1u << i)) != 0)
      json_builder_add_string_value (builder, rtc_codec_info (i)->name);
  }
  json_builder_end_array (builder);
}

static void
add_sizes (const GstRtcRecordingTrackStats *stats, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "resolutions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < stats->sizes->len; i++) {
    const GstRtcRecordingSize *size = &g_array_index (stats->sizes, GstRtcRecordingSize, i);
    g_autofree gchar *text = g_strdup_printf ("%ux%u", size->width, size->height);

    json_builder_add_string_value (builder, text);
  }
  json_builder_end_array (builder);
}

static void
add_gaps (const GstRtcRecordingTrackStats *stats, JsonBuilder *builder)
{
  add_count (builder, "gap-count", stats->n_gaps);
  json_builder_set_member_name (builder, "gaps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < stats->gaps->len; i++) {
    const GstRtcRecordingGap *gap = &g_array_index (stats->gaps, GstRtcRecordingGap, i);

    json_builder_begin_object (builder);
    add_seconds (builder, "at", gap->at);
    add_seconds (builder, "duration", gap->duration);
    add_count (builder, "packets", gap->packets);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_track (const GstRtcRecordingTrackState *track, JsonBuilder *builder)
{
  const GstRtcRecordingTrackStats *stats = &track->stats;
  gboolean is_video = track->kind == GST_RTC_RECORDING_VIDEO;
  RtcReorderStats order;

  rtc_reorder_get_stats (track->reorder, &order);
  json_builder_begin_object (builder);
  add_text (builder, "kind", is_video ? "video" : "audio");
  add_codecs (stats, builder);
  if (is_video)
    add_sizes (stats, builder);
  add_count (builder, "frames", stats->frames);
  if (is_video)
    add_count (builder, "key-frames", stats->key_frames);
  add_count (builder, "frames-left-out", gst_rtc_recording_track_count_left_out (track));
  add_count (builder, "packets-received", stats->packets);
  add_count (builder, "bytes-received", stats->bytes);
  add_count (builder, "packets-lost", order.lost);
  add_count (builder, "packets-retransmitted", stats->retransmissions);
  add_count (builder, "packets-recovered", order.recovered);
  add_count (builder, "packets-late", order.late);
  add_count (builder, "packets-duplicate", order.duplicates);
  add_count (builder, "packets-not-recorded", stats->unknown_codec + stats->malformed);
  if (!is_video)
    add_count (builder, "silence-inserted", stats->silence);
  add_gaps (stats, builder);
  json_builder_end_object (builder);
}

static gchar *
get_reason (GstRtcRecording *self)
{
  gchar *reason;

  g_mutex_lock (&self->lock);
  reason = g_strdup (self->reason);
  g_mutex_unlock (&self->lock);
  return reason;
}

static GstClockTime
get_duration (const GstRtcRecording *self)
{
  return self->segments->len == 0 ? 0 : (GstClockTime) MAX (self->end - self->origin, 0);
}

static JsonNode *
build (GstRtcRecording *self, gboolean is_end)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "state", is_end ? "finished" : "recording");
  add_text (builder, "caller", self->config.caller);
  add_text (builder, "session", self->config.session_id);
  add_wall (builder, "begin", self->created_wall);
  if (is_end) {
    g_autofree gchar *reason = get_reason (self);

    add_wall (builder, "end", g_get_real_time ());
    add_text (builder, "reason", reason);
    if (self->error != NULL)
      add_text (builder, "error", self->error->message);
    add_seconds (builder, "duration", get_duration (self));
    add_count (builder, "packets-dropped", self->inbox_drops);
  }
  add_segments (self, builder);
  json_builder_set_member_name (builder, "tracks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < GST_RTC_RECORDING_KINDS; i++) {
    if (self->tracks[i].negotiated || self->tracks[i].stats.packets > 0)
      add_track (&self->tracks[i], builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* Writes text as a new file beside the first segment; (transfer full), NULL when it failed. */
static RtcRecordFile *
write_beside (GstRtcRecording *self, const gchar *extension, const gchar *text, gsize len)
{
  g_autoptr (GError) error = NULL;
  RtcRecordFile *file = rtc_record_file_open_beside (self->first_file, 0, extension, &error);

  if (file != NULL && rtc_record_file_append (file, (const guint8 *) text, len, &error) == RTC_OK
      && rtc_record_file_close (file, &error) == RTC_OK)
    return file;
  GST_WARNING ("%s: no sidecar: %s", self->config.session_id, error->message);
  if (file != NULL)
    rtc_record_file_remove (file);
  rtc_record_file_free (file);
  return NULL;
}

/* The first time under its name, then as a new file that takes the name over, so that a reader and
 * a crash see the old or the new text. */
void
gst_rtc_recording_write_sidecar (GstRtcRecording *self, gboolean is_end)
{
  g_autoptr (JsonGenerator) generator = NULL;
  g_autofree gchar *text = NULL;
  RtcRecordFile *file;
  JsonNode *root;
  gsize len;

  if (!self->config.sidecar || self->first_file == NULL || (is_end && self->sidecar_path == NULL))
    return;
  root = build (self, is_end);
  generator = json_generator_new ();
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, &len);
  json_node_unref (root);
  file = write_beside (self, is_end ? "json.part" : "json", text, len);
  if (file == NULL)
    return;
  if (!is_end)
    self->sidecar_path = g_strdup (rtc_record_file_get_path (file));
  else if (g_rename (rtc_record_file_get_path (file), self->sidecar_path) != 0)
    rtc_record_file_remove (file);
  rtc_record_file_free (file);
}

/* A structure's strings are UTF-8; an application's path need not be (locations has it as it is).
 */
static void
set_text (GstStructure *structure, const gchar *name, const gchar *text)
{
  g_autofree gchar *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    gst_structure_set (structure, name, G_TYPE_STRING, valid, NULL);
}

GstStructure *
gst_rtc_recording_make_summary (GstRtcRecording *self)
{
  const GstRtcRecordingTrackState *video = &self->tracks[GST_RTC_RECORDING_VIDEO];
  const GstRtcRecordingTrackState *audio = &self->tracks[GST_RTC_RECORDING_AUDIO];
  g_autofree gchar *reason = get_reason (self);
  g_auto (GStrv) paths = g_new0 (gchar *, self->segments->len + 1);
  RtcReorderStats v, a;
  GstStructure *summary;

  rtc_reorder_get_stats (video->reorder, &v);
  rtc_reorder_get_stats (audio->reorder, &a);
  for (guint i = 0; i < self->segments->len; i++)
    paths[i] = g_strdup (g_array_index (self->segments, GstRtcRecordingSegment, i).path);
  summary = gst_structure_new ("webrtc-recording", "locations", G_TYPE_STRV, paths, "duration",
      G_TYPE_UINT64, get_duration (self), "bytes", G_TYPE_UINT64, self->bytes, "video-frames",
      G_TYPE_UINT64, video->stats.frames, "audio-frames", G_TYPE_UINT64, audio->stats.frames,
      "key-frames", G_TYPE_UINT64, video->stats.key_frames, "packets-received", G_TYPE_UINT64,
      video->stats.packets + audio->stats.packets, "packets-lost", G_TYPE_UINT64, v.lost + a.lost,
      "packets-recovered", G_TYPE_UINT64, v.recovered + a.recovered, "packets-dropped",
      G_TYPE_UINT64, self->inbox_drops, "gaps", G_TYPE_UINT64,
      video->stats.n_gaps + audio->stats.n_gaps, "silence", G_TYPE_UINT64, audio->stats.silence,
      NULL);
  set_text (summary, "reason", reason);
  set_text (summary, "session-id", self->config.session_id);
  set_text (summary, "peer-id", self->config.caller);
  set_text (summary, "location", paths[0]);
  set_text (summary, "sidecar", self->sidecar_path);
  set_text (summary, "error", self->error != NULL ? self->error->message : NULL);
  return summary;
}
