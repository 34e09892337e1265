/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcrecordingprivate.h"

#include <string.h>
#include "gst/rtc/rtcp/rtc-rtcp-report.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Inbox records begin with this; the bytes follow, padded to RECORD_ALIGN. */
typedef enum { RECORD_RTP, RECORD_RTCP, RECORD_END } RecordType;

typedef struct {
  GstClockTime arrival;
  guint32 len;
  guint32 transceiver;
  guint32 ssrc;
  guint16 type;
  guint16 is_retransmission;
} Record;

#define RECORD_ALIGN 8
#define INBOX_START (16 * 1024)
/* INBOX_KEEP: a buffer larger than this is given back once it is empty. */
#define INBOX_KEEP (64 * 1024)

/* [L] what set_tracks() leaves for the pool's thread. */
typedef struct {
  guint transceiver;
  RtcMediaKind kind;
  guint n_codecs;
  RtcCodec codecs[GST_RTC_RECORDING_MAX_CODECS];
} NewTrack;

RtcCodecId *
gst_rtc_recording_list_codecs (RtcMediaKind kind)
{
  static const RtcCodecId video[] = { RTC_CODEC_VP8, RTC_CODEC_H264, RTC_CODEC_VP9, RTC_CODEC_H265,
    RTC_CODEC_AV1 };
  RtcCodecId *list = g_new0 (RtcCodecId, G_N_ELEMENTS (video) + 1);
  guint n = 0;

  if (kind == RTC_MEDIA_AUDIO)
    list[n++] = RTC_CODEC_OPUS;
  for (guint i = 0; kind == RTC_MEDIA_VIDEO && i < G_N_ELEMENTS (video); i++) {
    if (gst_rtc_frames_is_supported (video[i]))
      list[n++] = video[i];
  }
  list[n] = RTC_CODEC_UNKNOWN;
  return list;
}

GstRtcRecording *
gst_rtc_recording_new (GstRtcRecordingPool *pool, const GstRtcRecordingConfig *config)
{
  GstRtcRecording *self = g_new0 (GstRtcRecording, 1);

  rtc_log_init ();
  self->refs = 1;
  self->users = 1;
  self->pool = pool != NULL ? gst_rtc_recording_pool_ref (pool) : gst_rtc_recording_pool_get ();
  self->config = *config;
  self->config.location = g_strdup (config->location != NULL ? config->location : "./");
  self->config.session_id = g_strdup (config->session_id);
  self->config.caller = g_strdup (config->caller);
  self->config.max_dimension = CLAMP (config->max_dimension, 1, 16384);
  self->created = GST_CLOCK_TIME_NONE;
  self->created_wall = g_get_real_time ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->clock = rtc_record_clock_new ();
  self->segments = g_array_new (FALSE, TRUE, sizeof (GstRtcRecordingSegment));
  self->pending_since = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < GST_RTC_RECORDING_KINDS; i++)
    gst_rtc_recording_track_init (&self->tracks[i], self, i);
  g_atomic_int_inc (&self->refs);
  gst_rtc_recording_pool_add (self->pool, self);
  return self;
}

static void
bytes_clear (GstRtcRecording *self, GstRtcRecordingBytes *bytes)
{
  if (bytes->data != NULL)
    gst_rtc_recording_pool_release (self->pool, bytes->size);
  g_clear_pointer (&bytes->data, g_free);
  bytes->len = bytes->size = 0;
}

void
gst_rtc_recording_unref_internal (GstRtcRecording *self)
{
  GDestroyNotify destroy = self->config.destroy;
  gpointer data = self->config.data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  for (guint i = 0; i < GST_RTC_RECORDING_KINDS; i++)
    gst_rtc_recording_track_clear (&self->tracks[i]);
  for (guint i = 0; i < self->segments->len; i++)
    g_free (g_array_index (self->segments, GstRtcRecordingSegment, i).path);
  g_array_unref (self->segments);
  g_clear_pointer (&self->new_tracks, g_array_unref);
  bytes_clear (self, &self->inbox);
  bytes_clear (self, &self->outbox);
  rtc_record_clock_free (self->clock);
  rtc_mux_free (self->mux);
  g_clear_pointer (&self->head, g_byte_array_unref);
  if (self->file != self->first_file)
    rtc_record_file_free (self->file);
  rtc_record_file_free (self->first_file);
  g_clear_error (&self->error);
  g_free ((gchar *) self->config.location);
  g_free ((gchar *) self->config.session_id);
  g_free ((gchar *) self->config.caller);
  g_free (self->sidecar_path);
  g_free (self->reason);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  gst_rtc_recording_pool_unref (self->pool);
  g_free (self);
  if (destroy != NULL)
    destroy (data);
}

GstRtcRecording *
gst_rtc_recording_ref (GstRtcRecording *self)
{
  g_atomic_int_inc (&self->users);
  return self;
}

void
gst_rtc_recording_unref (GstRtcRecording *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->users))
    return;
  gst_rtc_recording_finish (self, "dropped");
  gst_rtc_recording_unref_internal (self);
}

void
gst_rtc_recording_set_tracks (
    GstRtcRecording *self, const GstRtcRecordingTrack *tracks, guint n_tracks)
{
  GArray *list = g_array_new (FALSE, TRUE, sizeof (NewTrack));

  for (guint i = 0; i < MIN (n_tracks, GST_RTC_RECORDING_MAX_TRACKS); i++) {
    NewTrack track = { tracks[i].transceiver, tracks[i].kind, 0 };

    for (guint c = 0; c < tracks[i].n_codecs && track.n_codecs < GST_RTC_RECORDING_MAX_CODECS; c++)
      track.codecs[track.n_codecs++] = tracks[i].codecs[c];
    g_array_append_val (list, track);
  }
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->new_tracks, g_array_unref);
  self->new_tracks = list;
  g_mutex_unlock (&self->lock);
}

/* Room for len more bytes in the inbox; [L] held. */
static gboolean
make_room (GstRtcRecording *self, gsize len)
{
  GstRtcRecordingBytes *inbox = &self->inbox;
  gsize size = MAX (inbox->size, INBOX_START);

  if (inbox->size - inbox->len >= len)
    return TRUE;
  while (size - inbox->len < len)
    size += size / 2;
  if (size > GST_RTC_RECORDING_INBOX_MAX
      || !gst_rtc_recording_pool_reserve (self->pool, size - inbox->size))
    return FALSE;
  inbox->data = g_realloc (inbox->data, size);
  inbox->size = size;
  return TRUE;
}

static void
push (GstRtcRecording *self, const Record *record, const guint8 *data)
{
  gsize len = sizeof *record + record->len;

  len = (len + RECORD_ALIGN - 1) & ~(gsize) (RECORD_ALIGN - 1);
  g_mutex_lock (&self->lock);
  if (self->finished || self->finish_asked) {
    g_mutex_unlock (&self->lock);
    return;
  }
  if (make_room (self, len)) {
    memcpy (self->inbox.data + self->inbox.len, record, sizeof *record);
    if (record->len > 0)
      memcpy (self->inbox.data + self->inbox.len + sizeof *record, data, record->len);
    self->inbox.len += len;
  } else {
    self->inbox_drops++;
    self->inbox_overflow = TRUE;
  }
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_recording_push_rtp (
    GstRtcRecording *self, guint transceiver, guint32 ssrc, const RtcPacket *packet)
{
  Record record = { GST_CLOCK_TIME_IS_VALID (packet->time) ? packet->time
                                                           : gst_util_get_timestamp (),
    (guint32) MIN (packet->len, RTC_MAX_DATAGRAM), transceiver, ssrc, RECORD_RTP,
    (packet->flags & RTC_PACKET_RETRANSMISSION) != 0 };

  push (self, &record, packet->data);
}

void
gst_rtc_recording_push_rtcp (GstRtcRecording *self, const RtcPacket *packet)
{
  Record record = { packet->time, (guint32) MIN (packet->len, RTC_MAX_DATAGRAM), 0, 0, RECORD_RTCP,
    FALSE };

  push (self, &record, packet->data);
}

void
gst_rtc_recording_end_stream (GstRtcRecording *self, guint transceiver, guint32 ssrc)
{
  Record record = { GST_CLOCK_TIME_NONE, 0, transceiver, ssrc, RECORD_END, FALSE };

  push (self, &record, NULL);
}

void
gst_rtc_recording_finish (GstRtcRecording *self, const gchar *reason)
{
  g_mutex_lock (&self->lock);
  /* Under the lock: the pool's thread must not be done with it before it is counted. */
  if (!self->finish_asked)
    gst_rtc_recording_pool_note_finishing (self->pool);
  self->finish_asked = TRUE;
  if (self->reason == NULL)
    self->reason = g_strdup (reason != NULL ? reason : "finished");
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtc_recording_wait_finished (GstRtcRecording *self, GstClockTime timeout)
{
  gint64 until = GST_CLOCK_TIME_IS_VALID (timeout)
                     ? g_get_monotonic_time () + (gint64) (timeout / GST_USECOND)
                     : G_MAXINT64;
  gboolean finished;

  g_mutex_lock (&self->lock);
  while (!self->finished && g_cond_wait_until (&self->cond, &self->lock, until))
    continue;
  finished = self->finished;
  g_mutex_unlock (&self->lock);
  return finished;
}

/* --- on the pool's thread ------------------------------------------------------------------- */

/* The first track of each kind; a transceiver that was recorded stays the one. */
static void
apply_tracks (GstRtcRecording *self, GArray *list)
{
  for (guint k = 0; k < GST_RTC_RECORDING_KINDS; k++) {
    GstRtcRecordingTrackState *track = &self->tracks[k];
    const NewTrack *chosen = NULL;

    for (guint i = 0; i < list->len; i++) {
      const NewTrack *one = &g_array_index (list, NewTrack, i);
      gboolean is_same = track->negotiated && one->transceiver == track->transceiver;

      if ((one->kind == RTC_MEDIA_VIDEO) != (k == GST_RTC_RECORDING_VIDEO)
          || one->kind == RTC_MEDIA_APPLICATION)
        continue;
      if (chosen == NULL || is_same)
        chosen = one;
    }
    if (chosen == NULL) {
      track->negotiated = FALSE;
      continue;
    }
    track->negotiated = TRUE;
    track->transceiver = chosen->transceiver;
    track->n_codecs = chosen->n_codecs;
    memcpy (track->codecs, chosen->codecs, sizeof chosen->codecs[0] * chosen->n_codecs);
  }
}

static GstRtcRecordingTrackState *
find_track (GstRtcRecording *self, guint transceiver)
{
  for (guint i = 0; i < GST_RTC_RECORDING_KINDS; i++) {
    if (self->tracks[i].negotiated && self->tracks[i].transceiver == transceiver)
      return &self->tracks[i];
  }
  return NULL;
}

static void
take_reports (GstRtcRecording *self, const guint8 *data, gsize len)
{
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  RtcRtcpReport report;

  rtc_rtcp_walk_init (&walk, data, len, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    if (packet.type == RTC_RTCP_SR && rtc_rtcp_report_parse (&packet, &report) == RTC_OK)
      rtc_record_clock_report (self->clock, report.ssrc, report.sender.ntp64, report.sender.rtp_ts);
  }
}

static void
take_inbox (GstRtcRecording *self, GstClockTime now)
{
  const GstRtcRecordingBytes *box = &self->outbox;

  for (gsize pos = 0; pos < box->len;) {
    GstRtcRecordingTrackState *track;
    const guint8 *data = box->data + pos + sizeof (Record);
    Record record;

    memcpy (&record, box->data + pos, sizeof record);
    pos += (sizeof record + record.len + RECORD_ALIGN - 1) & ~(gsize) (RECORD_ALIGN - 1);
    if (record.type == RECORD_RTCP) {
      take_reports (self, data, record.len);
      continue;
    }
    track = find_track (self, record.transceiver);
    if (track == NULL)
      continue;
    if (record.type == RECORD_END)
      gst_rtc_recording_track_flush (track, now);
    else
      gst_rtc_recording_track_take (
          track, data, record.len, record.arrival, record.is_retransmission);
  }
}

/* Swaps the inbox for the empty outbox, so that the lock is held for no longer than that. Returns
 * whether to finish. */
static gboolean
collect (GstRtcRecording *self, GArray **tracks, gboolean *overflow)
{
  GstRtcRecordingBytes empty = self->outbox;
  gboolean finish;

  g_mutex_lock (&self->lock);
  self->outbox = self->inbox;
  self->inbox = empty;
  self->inbox.len = 0;
  *tracks = g_steal_pointer (&self->new_tracks);
  *overflow = self->inbox_overflow;
  self->inbox_overflow = FALSE;
  finish = self->finish_asked;
  g_mutex_unlock (&self->lock);
  return finish;
}

static void
report_end (GstRtcRecording *self)
{
  GstStructure *summary;

  gst_rtc_recording_close_segment (self);
  gst_rtc_recording_write_sidecar (self, TRUE);
  summary = gst_rtc_recording_make_summary (self);
  self->state = GST_RTC_RECORDING_FINISHED;
  if (self->config.funcs.finished != NULL)
    self->config.funcs.finished (self->config.data, summary);
  gst_structure_free (summary);
  g_mutex_lock (&self->lock);
  self->finished = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtc_recording_tick (GstRtcRecording *self, GstClockTime now)
{
  GArray *tracks;
  gboolean overflow, finish = collect (self, &tracks, &overflow);

  if (!GST_CLOCK_TIME_IS_VALID (self->created))
    self->created = now;
  if (tracks != NULL) {
    apply_tracks (self, tracks);
    g_array_unref (tracks);
  }
  take_inbox (self, now);
  if (self->outbox.size > INBOX_KEEP)
    bytes_clear (self, &self->outbox);
  if (overflow)
    self->tracks[GST_RTC_RECORDING_VIDEO].wants_key_frame = TRUE;
  for (guint i = 0; i < GST_RTC_RECORDING_KINDS; i++) {
    if (finish)
      gst_rtc_recording_track_flush (&self->tracks[i], now);
    gst_rtc_recording_track_advance (
        &self->tracks[i], finish ? now + GST_RTC_RECORDING_FOREVER : now);
  }
  gst_rtc_recording_write (self, now, finish);
  if (finish && self->state != GST_RTC_RECORDING_ENDING)
    gst_rtc_recording_end (self, NULL, NULL);
  if (self->state == GST_RTC_RECORDING_ENDING) {
    report_end (self);
    return FALSE;
  }
  return TRUE;
}
