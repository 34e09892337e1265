/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcrecordingprivate.h"

#include "gst/record/rtc-record-silence.h"

#define GST_CAT_DEFAULT rtc_log_media

/* DISK_CHECK: how often the room on the disk is looked at, ns. */
#define DISK_CHECK GST_SECOND

/* MAX_SILENCE: a longer hole of sound stays one, ns. */
#define MAX_SILENCE (3600 * GST_SECOND)

/* SILENCE_LAG: sound that is further behind the pictures than latency and this is filled up. */
#define SILENCE_LAG (300 * GST_MSECOND)

/* INDEX_ENTRY: bytes that a fragment adds to the index at the end, for max_size; generous. */
#define INDEX_ENTRY 32

/* The first error is told, also one of finalising a recording that ends for another reason. */
static void
report_error (GstRtcRecording *self, GError *error)
{
  if (self->error != NULL) {
    g_error_free (error);
    return;
  }
  GST_WARNING ("%s: %s", self->config.session_id, error->message);
  self->error = error;
  if (self->config.funcs.failed != NULL)
    self->config.funcs.failed (self->config.data, error);
}

void
gst_rtc_recording_end (GstRtcRecording *self, const gchar *reason, GError *error)
{
  g_mutex_lock (&self->lock);
  if (!self->finish_asked)
    gst_rtc_recording_pool_note_finishing (self->pool);
  self->finish_asked = TRUE; /* nothing more is taken in */
  if (self->reason == NULL || error != NULL) {
    g_free (self->reason);
    self->reason = g_strdup (reason);
  }
  g_mutex_unlock (&self->lock);
  self->state = MAX (self->state, GST_RTC_RECORDING_ENDING);
  if (error != NULL)
    report_error (self, error);
}

/* --- one segment ---------------------------------------------------------------------------- */

/* Room that the end of the file will need. */
static guint64
count_reserve (const GstRtcRecording *self)
{
  return self->largest_unit + (self->n_units + 2) * INDEX_ENTRY + 1024;
}

/* Takes unit. */
static gboolean
append_unit (GstRtcRecording *self, GByteArray *unit)
{
  GError *error = NULL;
  gsize len = unit->len;
  RtcResult result = rtc_record_file_append (self->file, unit->data, len, &error);

  g_byte_array_unref (unit);
  if (result != RTC_OK) {
    self->broken = TRUE;
    gst_rtc_recording_end (self, "error", error);
    return FALSE;
  }
  self->bytes += len;
  self->n_units++;
  self->largest_unit = MAX (self->largest_unit, len);
  self->pending_since = GST_CLOCK_TIME_NONE;
  return TRUE;
}

static gboolean
open_file (GstRtcRecording *self, GError **error)
{
  const gchar *extension = rtc_mux_get_extension (self->mux);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (self->created_wall / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree gchar *time = g_date_time_format (local, "%Y%m%d-%H%M%S");
  RtcRecordName name = { self->config.location, time, self->config.caller, self->config.session_id,
    extension };
  GstRtcRecordingSegment segment = { NULL };

  if (self->first_file == NULL)
    self->file = self->first_file = rtc_record_file_open (&name, error);
  else
    self->file =
        rtc_record_file_open_beside (self->first_file, self->segments->len + 1, extension, error);
  if (self->file == NULL)
    return FALSE;
  segment.path = g_strdup (rtc_record_file_get_path (self->file));
  segment.start = (GstClockTime) MAX (self->segment_start - self->origin, 0);
  g_array_append_val (self->segments, segment);
  return TRUE;
}

/* The file is made when its first fragment is whole: one that a kill left with a head alone, or
 * empty, would be no recording. */
static gboolean
begin_file (GstRtcRecording *self)
{
  GError *error = NULL;

  if (!open_file (self, &error)) {
    self->broken = TRUE;
    gst_rtc_recording_end (self, "error", error);
    return FALSE;
  }
  GST_INFO (
      "%s: recording into %s", self->config.session_id, rtc_record_file_get_path (self->file));
  if (self->config.funcs.opened != NULL)
    self->config.funcs.opened (self->config.data, rtc_record_file_get_path (self->file));
  if (self->segments->len == 1)
    gst_rtc_recording_write_sidecar (self, FALSE);
  return append_unit (self, g_steal_pointer (&self->head));
}

/* What the mux has ready goes to the file. */
static gboolean
drain (GstRtcRecording *self)
{
  GByteArray *unit;

  while (!self->broken && (unit = rtc_mux_take (self->mux)) != NULL) {
    if (self->file == NULL && self->head == NULL) {
      self->head = unit;
      continue;
    }
    if (self->file == NULL && !begin_file (self)) {
      g_byte_array_unref (unit);
      return FALSE;
    }
    if (!append_unit (self, unit))
      return FALSE;
  }
  if (self->config.max_size > 0 && self->bytes + count_reserve (self) >= self->config.max_size)
    gst_rtc_recording_end (self, "max-size", NULL);
  return TRUE;
}

static gboolean
make_mux (GstRtcRecording *self, const GstRtcRecordingFrame *video, GError **error)
{
  RtcMuxConfig config = RTC_MUX_CONFIG_DEFAULT (RTC_MUX_WEBM);
  RtcMuxTrack tracks[GST_RTC_RECORDING_KINDS] = { { 0 } };
  RtcCodecId codecs[GST_RTC_RECORDING_KINDS];
  GstRtcRecordingTrackState *audio_track = &self->tracks[GST_RTC_RECORDING_AUDIO];
  guint n = 0;

  self->tracks[GST_RTC_RECORDING_VIDEO].mux_track = audio_track->mux_track = -1;
  if (video != NULL) {
    gsize len = 0;

    tracks[n].codec = codecs[n] = video->codec;
    tracks[n].width = video->width;
    tracks[n].height = video->height;
    tracks[n].config = video->config != NULL ? g_bytes_get_data (video->config, &len) : NULL;
    tracks[n].config_len = len;
    self->tracks[GST_RTC_RECORDING_VIDEO].mux_track = (gint) n++;
  }
  if (gst_rtc_recording_track_has_opus (audio_track)) {
    tracks[n].codec = codecs[n] = RTC_CODEC_OPUS;
    tracks[n].channels = 2;
    audio_track->mux_track = (gint) n++;
  }
  config.container = rtc_mux_choose (codecs, n);
  config.fragment_duration = CLAMP (self->config.fragment, 10 * GST_MSECOND, 5 * GST_SECOND);
  config.creation_time = g_get_real_time () / G_USEC_PER_SEC;
  config.application = "gst-plugins-rtc webrtcrecorder";
  self->mux = rtc_mux_new (&config, tracks, n, error);
  return self->mux != NULL;
}

/* Opens the next segment at time; video: its first key frame (nullable: sound only). */
static gboolean
open_segment (GstRtcRecording *self, gint64 time, const GstRtcRecordingFrame *video)
{
  GstRtcRecordingTrackState *audio = &self->tracks[GST_RTC_RECORDING_AUDIO];
  GError *error = NULL;

  if (self->segments->len >= GST_RTC_RECORDING_MAX_SEGMENTS) {
    gst_rtc_recording_end (self, "segments", NULL);
    return FALSE;
  }
  if (self->state == GST_RTC_RECORDING_WAITING) {
    self->origin = time;
    self->state = GST_RTC_RECORDING_RUNNING;
  }
  self->segment_start = self->end = time;
  self->segment_codec = video != NULL ? video->codec : RTC_CODEC_UNKNOWN;
  self->segment_width = video != NULL ? video->width : 0;
  self->segment_height = video != NULL ? video->height : 0;
  self->segment_profile = video != NULL ? video->profile : 0;
  if (!make_mux (self, video, &error)) {
    gst_rtc_recording_end (self, "error", error);
    return FALSE;
  }
  audio->end = MAX (audio->end, time);
  audio->last_time = self->tracks[GST_RTC_RECORDING_VIDEO].last_time = G_MININT64;
  return drain (self);
}

/* --- frames into it ------------------------------------------------------------------------- */

static void
add_frame (GstRtcRecording *self, GstRtcRecordingTrackState *track, gint64 time,
    GstClockTime duration, gboolean is_key, const guint8 *data, gsize len)
{
  rtc_mux_add_frame (self->mux, (guint) track->mux_track,
      (GstClockTime) MAX (time - self->segment_start, 0), duration, is_key, data, len);
  track->last_time = time;
  track->end = time + (gint64) (GST_CLOCK_TIME_IS_VALID (duration) ? duration : 0);
  self->end = MAX (self->end, track->end);
}

/* Silence from the end of the sound up to time, where sound goes on or pictures have come to. */
static void
fill_silence (GstRtcRecording *self, gint64 time)
{
  GstRtcRecordingTrackState *track = &self->tracks[GST_RTC_RECORDING_AUDIO];
  GstClockTime pts;
  RtcOpusFill fill;
  const guint8 *data;
  gsize len;

  if (track->mux_track < 0 || time <= track->end || time - track->end > (gint64) MAX_SILENCE)
    return;
  data = rtc_opus_get_silence (2, &len);
  rtc_opus_fill_init (&fill, (GstClockTime) (track->end - self->segment_start),
      (GstClockTime) (time - self->segment_start));
  while (rtc_opus_fill_next (&fill, &pts)) {
    add_frame (self, track, self->segment_start + (gint64) pts, RTC_OPUS_SILENCE_DURATION, TRUE,
        data, len);
    track->stats.silence++;
  }
}

static void
note_gap (GstRtcRecording *self, GstRtcRecordingTrackState *track, gint64 from, gint64 to,
    guint64 packets)
{
  GstRtcRecordingGap gap = { (GstClockTime) MAX (from - self->origin, 0),
    (GstClockTime) MAX (to - from, 0), packets };

  track->stats.n_gaps++;
  if (track->stats.gaps->len < GST_RTC_RECORDING_MAX_GAPS)
    g_array_append_val (track->stats.gaps, gap);
}

static void
note_size (GstRtcRecordingTrackState *track, const GstRtcRecordingFrame *frame)
{
  GArray *sizes = track->stats.sizes;
  GstRtcRecordingSize size = { frame->width, frame->height };
  const GstRtcRecordingSize *last =
      sizes->len > 0 ? &g_array_index (sizes, GstRtcRecordingSize, sizes->len - 1) : NULL;

  if (last != NULL && last->width == size.width && last->height == size.height)
    return;
  if (sizes->len < GST_RTC_RECORDING_MAX_SIZES)
    g_array_append_val (sizes, size);
}

/* Whether a key frame does not fit the open segment. */
static gboolean
needs_segment (const GstRtcRecording *self, const GstRtcRecordingFrame *frame)
{
  if (self->segment_codec != frame->codec)
    return TRUE;
  if (frame->codec != RTC_CODEC_H264 && frame->codec != RTC_CODEC_H265)
    return FALSE;
  return frame->width != self->segment_width || frame->height != self->segment_height
         || frame->profile != self->segment_profile;
}

static void
write_video (GstRtcRecording *self, GstRtcRecordingFrame *frame)
{
  GstRtcRecordingTrackState *track = &self->tracks[GST_RTC_RECORDING_VIDEO];
  gint64 before = track->last_time, time = frame->time;

  if (frame->is_key && needs_segment (self, frame)) {
    gst_rtc_recording_close_segment (self);
    if (self->state != GST_RTC_RECORDING_RUNNING || !open_segment (self, time, frame))
      return;
  }
  if (track->mux_track < 0) {
    track->stats.unplaced++;
    gst_rtc_recording_track_request_key_frame (track, frame->arrival);
    return;
  }
  if (track->last_time != G_MININT64)
    time = MAX (time, track->last_time + (gint64) GST_MSECOND);
  time = MAX (time, self->segment_start);
  if (frame->lost > 0 && before != G_MININT64)
    note_gap (self, track, before, time, frame->lost);
  if (frame->is_key)
    note_size (track, frame);
  add_frame (self, track, time, frame->duration, frame->is_key, frame->data, frame->len);
  track->stats.frames++;
  track->stats.key_frames += frame->is_key;
  track->stats.codecs |= 1u << frame->codec;
}

static void
write_audio (GstRtcRecording *self, GstRtcRecordingFrame *frame)
{
  GstRtcRecordingTrackState *track = &self->tracks[GST_RTC_RECORDING_AUDIO];
  gint64 half = (gint64) frame->duration / 2;

  if (track->mux_track < 0 || frame->time < self->segment_start - half
      || frame->time < track->end - half) {
    track->stats.unplaced++;
    return;
  }
  if (frame->time - track->end >= (gint64) RTC_OPUS_SILENCE_DURATION / 2) {
    if (track->last_time != G_MININT64)
      note_gap (self, track, track->end, frame->time, frame->lost);
    fill_silence (self, frame->time);
  }
  add_frame (self, track, MAX (frame->time, track->last_time + 1), frame->duration, TRUE,
      frame->data, frame->len);
  track->stats.frames++;
  track->stats.codecs |= 1u << frame->codec;
}

void
gst_rtc_recording_close_segment (GstRtcRecording *self)
{
  const RtcMuxPatch *patches;
  GstRtcRecordingSegment *segment;
  GError *error = NULL;
  RtcMuxStats stats;
  guint n = 0;

  if (self->mux == NULL)
    return;
  if (!self->broken) {
    fill_silence (self, self->tracks[GST_RTC_RECORDING_VIDEO].last_time);
    rtc_mux_finish (self->mux);
    if (drain (self) && self->file != NULL) {
      patches = rtc_mux_get_patches (self->mux, &n);
      for (guint i = 0; i < n && error == NULL; i++)
        rtc_record_file_patch (
            self->file, patches[i].offset, patches[i].data, patches[i].len, &error);
    }
  }
  rtc_mux_get_stats (self->mux, &stats);
  if (self->file != NULL) {
    rtc_record_file_close (self->file, error == NULL ? &error : NULL);
    segment = &g_array_index (self->segments, GstRtcRecordingSegment, self->segments->len - 1);
    segment->bytes = rtc_record_file_get_size (self->file);
    segment->duration = stats.duration;
  }
  if (self->file != self->first_file)
    rtc_record_file_free (self->file);
  self->file = NULL;
  g_clear_pointer (&self->head, g_byte_array_unref);
  g_clear_pointer (&self->mux, rtc_mux_free);
  if (error != NULL)
    gst_rtc_recording_end (self, "error", error);
}

/* --- whose turn it is ----------------------------------------------------------------------- */

/* Whether the pictures that are negotiated are still worth waiting for at the start. */
static gboolean
waits_for_video (GstRtcRecording *self, GstClockTime now)
{
  const GstRtcRecordingTrackState *video = &self->tracks[GST_RTC_RECORDING_VIDEO];
  const GstRtcRecordingTrackState *audio = &self->tracks[GST_RTC_RECORDING_AUDIO];

  if (!video->negotiated)
    return FALSE;
  if (GST_CLOCK_TIME_IS_VALID (video->first_arrival))
    return now < video->first_arrival + GST_RTC_RECORDING_KEY_WAIT;
  return now < audio->first_arrival + self->config.start_wait;
}

/* Begins the first segment when it is time to. */
static void
start (GstRtcRecording *self, GstClockTime now, gboolean all)
{
  GstRtcRecordingTrackState *audio = &self->tracks[GST_RTC_RECORDING_AUDIO];
  GstRtcRecordingTrackState *video = &self->tracks[GST_RTC_RECORDING_VIDEO];
  const GstRtcRecordingFrame *picture = gst_rtc_recording_track_peek (video);
  const GstRtcRecordingFrame *sound = gst_rtc_recording_track_peek (audio);

  audio->end = G_MININT64;
  if (picture != NULL) {
    if (!all && sound == NULL && gst_rtc_recording_track_has_opus (audio)
        && now < video->first_arrival + self->config.start_wait)
      return;
    open_segment (self, picture->time, picture);
  } else if (sound != NULL && (all || !waits_for_video (self, now))) {
    open_segment (self, sound->time, NULL);
  }
}

/* The frame to write next, NULL when one that is not there yet may be earlier. */
static GstRtcRecordingTrackState *
choose_track (GstRtcRecording *self, GstClockTime now, gboolean all)
{
  GstRtcRecordingTrackState *audio = &self->tracks[GST_RTC_RECORDING_AUDIO];
  GstRtcRecordingTrackState *video = &self->tracks[GST_RTC_RECORDING_VIDEO];
  const GstRtcRecordingFrame *sound = gst_rtc_recording_track_peek (audio);
  const GstRtcRecordingFrame *picture = gst_rtc_recording_track_peek (video);
  GstRtcRecordingTrackState *other;
  const GstRtcRecordingFrame *frame;
  GstClockTime patience = GST_RTC_RECORDING_TURN;

  if (sound != NULL && picture != NULL)
    return picture->time <= sound->time ? video : audio;
  if (sound == NULL && picture == NULL)
    return NULL;
  frame = sound != NULL ? sound : picture;
  other = sound != NULL ? video : audio;
  if (all || !other->negotiated || !GST_CLOCK_TIME_IS_VALID (other->first_arrival))
    return sound != NULL ? audio : video;
  if (gst_rtc_recording_track_is_busy (other))
    patience += self->config.latency;
  if (now < frame->arrival + patience)
    return NULL;
  return sound != NULL ? audio : video;
}

static void
write_one (GstRtcRecording *self, GstRtcRecordingTrackState *track)
{
  GstRtcRecordingFrame *frame = gst_rtc_recording_track_pop (track);

  if (GST_CLOCK_TIME_IS_VALID (self->config.max_duration)
      && frame->time - self->origin >= (gint64) self->config.max_duration)
    gst_rtc_recording_end (self, "max-duration", NULL);
  else if (track->kind == GST_RTC_RECORDING_VIDEO)
    write_video (self, frame);
  else
    write_audio (self, frame);
  gst_rtc_recording_frame_free (frame);
}

/* Sound that has stopped is kept up with the pictures. */
static void
keep_up_sound (GstRtcRecording *self)
{
  const GstRtcRecordingTrackState *audio = &self->tracks[GST_RTC_RECORDING_AUDIO];
  gint64 pictures = self->tracks[GST_RTC_RECORDING_VIDEO].last_time;
  gint64 lag = (gint64) (self->config.latency + SILENCE_LAG);

  if (pictures == G_MININT64 || audio->mux_track < 0 || !g_queue_is_empty ((GQueue *) &audio->queue)
      || pictures - lag <= audio->end + (gint64) RTC_OPUS_SILENCE_DURATION)
    return;
  fill_silence (self, pictures - lag);
}

/* Frames that have waited for a fragment's time go out even if nothing follows. */
static void
flush_pending (GstRtcRecording *self, GstClockTime now)
{
  if (!rtc_mux_has_pending (self->mux)) {
    self->pending_since = GST_CLOCK_TIME_NONE;
  } else if (!GST_CLOCK_TIME_IS_VALID (self->pending_since)) {
    self->pending_since = now;
  } else if (now >= self->pending_since + self->config.fragment + GST_RTC_RECORDING_TICK) {
    rtc_mux_flush (self->mux);
    drain (self);
  }
}

static void
check_disk (GstRtcRecording *self, GstClockTime now)
{
  g_autoptr (GError) error = NULL;

  if (self->config.min_free_disk == 0 || now < self->next_disk_check || self->file == NULL)
    return;
  self->next_disk_check = now + DISK_CHECK;
  if (rtc_record_file_check_free (self->file, self->config.min_free_disk, &error) == RTC_OK)
    return;
  GST_WARNING ("%s: %s", self->config.session_id, error->message);
  gst_rtc_recording_end (self, "min-free-disk", NULL);
}

void
gst_rtc_recording_write (GstRtcRecording *self, GstClockTime now, gboolean all)
{
  GstRtcRecordingTrackState *track;

  if (self->state == GST_RTC_RECORDING_WAITING)
    start (self, now, all);
  if (self->state != GST_RTC_RECORDING_RUNNING)
    return;
  while (
      self->state == GST_RTC_RECORDING_RUNNING && (track = choose_track (self, now, all)) != NULL) {
    write_one (self, track);
    if (self->mux != NULL)
      drain (self);
  }
  if (self->state != GST_RTC_RECORDING_RUNNING)
    return;
  keep_up_sound (self);
  drain (self);
  flush_pending (self, now);
  if (self->state == GST_RTC_RECORDING_RUNNING)
    check_disk (self, now);
}
