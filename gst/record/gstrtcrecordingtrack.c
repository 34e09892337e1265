/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcrecordingprivate.h"

#include <string.h>
#include "gst/record/rtc-record-silence.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define GST_CAT_DEFAULT rtc_log_media

/* KEY_FRAME_INTERVAL: between two requests for a key frame, ns. */
#define KEY_FRAME_INTERVAL GST_SECOND

void
gst_rtc_recording_track_init (
    GstRtcRecordingTrackState *track, GstRtcRecording *recording, GstRtcRecordingKind kind)
{
  RtcReorderConfig config = RTC_REORDER_CONFIG_DEFAULT (gst_rtc_frames_packet_free);

  config.latency = MIN (recording->config.latency, 10 * GST_SECOND);
  track->recording = recording;
  track->kind = kind;
  track->reorder = rtc_reorder_new (&config);
  track->first_arrival = GST_CLOCK_TIME_NONE;
  track->last_request = GST_CLOCK_TIME_NONE;
  track->mux_track = -1;
  g_queue_init (&track->queue);
  track->stats.gaps = g_array_new (FALSE, TRUE, sizeof (GstRtcRecordingGap));
  track->stats.sizes = g_array_new (FALSE, TRUE, sizeof (GstRtcRecordingSize));
}

static void
clear_queue (GstRtcRecordingTrackState *track)
{
  while (!g_queue_is_empty (&track->queue))
    gst_rtc_recording_frame_free (gst_rtc_recording_track_pop (track));
}

void
gst_rtc_recording_track_clear (GstRtcRecordingTrackState *track)
{
  clear_queue (track);
  rtc_reorder_free (track->reorder);
  for (guint i = 0; i < G_N_ELEMENTS (track->frames); i++)
    gst_rtc_frames_free (track->frames[i]);
  g_clear_pointer (&track->config, g_bytes_unref);
  g_array_unref (track->stats.gaps);
  g_array_unref (track->stats.sizes);
}

/* --- frames --------------------------------------------------------------------------------- */

void
gst_rtc_recording_frame_free (GstRtcRecordingFrame *frame)
{
  g_clear_pointer (&frame->config, g_bytes_unref);
  g_free (frame);
}

/* The same bytes are kept once. */
static GBytes *
share_config (GstRtcRecordingTrackState *track, const GstRtcFrame *frame)
{
  gsize len;
  const guint8 *known = track->config != NULL ? g_bytes_get_data (track->config, &len) : NULL;

  if (frame->config == NULL)
    return NULL;
  if (known == NULL || len != frame->config_len || memcmp (known, frame->config, len) != 0) {
    g_clear_pointer (&track->config, g_bytes_unref);
    track->config = g_bytes_new (frame->config, frame->config_len);
  }
  return g_bytes_ref (track->config);
}

static void
take_frame (gpointer data, const GstRtcFrame *in)
{
  GstRtcRecordingTrackState *track = data;
  GstRtcRecordingFrame *frame;
  GstClockTime duration = GST_CLOCK_TIME_NONE;

  if (track->kind == GST_RTC_RECORDING_AUDIO) {
    duration = rtc_opus_get_duration (in->data, in->len);
    if (!GST_CLOCK_TIME_IS_VALID (duration)) {
      track->stats.malformed++;
      return;
    }
  }
  if (track->queue_bytes + in->len > GST_RTC_RECORDING_QUEUE_MAX) {
    track->stats.unplaced += track->queue.length + 1;
    clear_queue (track);
    gst_rtc_frames_reset (track->frames[track->frame_codec]);
    track->wants_key_frame = TRUE;
    return;
  }
  frame = g_malloc (sizeof *frame + in->len);
  memset (frame, 0, sizeof *frame);
  frame->link.data = frame;
  frame->codec = track->frame_codec;
  frame->ssrc = in->ssrc;
  frame->rtp_ts = in->rtp_ts;
  frame->seq = in->seq;
  frame->arrival = in->arrival;
  frame->is_key = in->is_key;
  frame->duration = duration;
  frame->width = in->width;
  frame->height = in->height;
  frame->profile = in->profile;
  if (in->is_key)
    frame->config = share_config (track, in);
  frame->lost = track->lost;
  track->lost = 0;
  frame->len = in->len;
  memcpy (frame->data, in->data, in->len);
  track->queue_bytes += in->len;
  g_queue_push_tail_link (&track->queue, &frame->link);
}

static void
want_key_frame (gpointer data)
{
  ((GstRtcRecordingTrackState *) data)->wants_key_frame = TRUE;
}

static const GstRtcFramesFuncs frames_funcs = { take_frame, want_key_frame };

GstRtcRecordingFrame *
gst_rtc_recording_track_peek (GstRtcRecordingTrackState *track)
{
  GstRtcRecordingFrame *frame = g_queue_peek_head (&track->queue);

  return frame != NULL && frame->timed ? frame : NULL;
}

GstRtcRecordingFrame *
gst_rtc_recording_track_pop (GstRtcRecordingTrackState *track)
{
  GList *link = g_queue_pop_head_link (&track->queue);
  GstRtcRecordingFrame *frame = link->data;

  track->queue_bytes -= frame->len;
  return frame;
}

gboolean
gst_rtc_recording_track_is_busy (const GstRtcRecordingTrackState *track)
{
  const GstRtcRecordingFrame *head = g_queue_peek_head ((GQueue *) &track->queue);

  if (head != NULL && !head->timed)
    return TRUE;
  if (rtc_reorder_next_deadline (track->reorder) != GST_CLOCK_TIME_NONE)
    return TRUE;
  return track->frame_codec != RTC_CODEC_UNKNOWN && track->frames[track->frame_codec] != NULL
         && gst_rtc_frames_has_partial (track->frames[track->frame_codec]);
}

guint64
gst_rtc_recording_track_count_left_out (const GstRtcRecordingTrackState *track)
{
  guint64 n = track->stats.unplaced;

  for (guint i = 0; i < G_N_ELEMENTS (track->frames); i++) {
    GstRtcFramesStats stats;

    if (track->frames[i] == NULL)
      continue;
    gst_rtc_frames_get_stats (track->frames[i], &stats);
    n += stats.incomplete + stats.held + stats.refused;
  }
  return n;
}

/* --- packets -------------------------------------------------------------------------------- */

/* The recorded codec of a payload type, NULL when it is none. */
static const RtcCodec *
find_codec (const GstRtcRecordingTrackState *track, guint8 pt)
{
  const RtcCodec *codec = rtc_codec_find_pt (track->codecs, track->n_codecs, pt);

  /* GStreamer's registry is not asked again for what is already being unpacked. */
  if (codec == NULL || codec->clock_rate == 0
      || (track->frames[codec->id] == NULL && !gst_rtc_frames_is_supported (codec->id)))
    return NULL;
  return (codec->id == RTC_CODEC_OPUS) == (track->kind == GST_RTC_RECORDING_AUDIO) ? codec : NULL;
}

gboolean
gst_rtc_recording_track_has_opus (const GstRtcRecordingTrackState *track)
{
  if (!track->negotiated)
    return FALSE;
  for (guint i = 0; i < track->n_codecs; i++) {
    if (track->codecs[i].id == RTC_CODEC_OPUS)
      return TRUE;
  }
  return FALSE;
}

/* What unpacks codec, made when it first comes; NULL when it cannot be. */
static GstRtcFrames *
get_frames (GstRtcRecordingTrackState *track, RtcCodecId codec)
{
  g_autoptr (GError) error = NULL;

  if (track->frames[codec] == NULL) {
    track->frames[codec] = gst_rtc_frames_new (
        codec, track->recording->config.max_dimension, &frames_funcs, track, &error);
    if (track->frames[codec] == NULL)
      GST_WARNING ("%s: %s", track->recording->config.session_id, error->message);
  }
  return track->frames[codec];
}

static void
unpack (GstRtcRecordingTrackState *track, GstRtcFramesPacket *packet)
{
  const RtcCodec *codec = packet->len > 0 ? find_codec (track, packet->pt) : NULL;
  GstRtcFrames *frames = codec != NULL ? get_frames (track, codec->id) : NULL;

  if (frames == NULL) {
    gst_rtc_frames_packet_free (packet);
    return;
  }
  if (codec->id != track->frame_codec) {
    gst_rtc_frames_reset (frames);
    track->frame_codec = codec->id;
  }
  gst_rtc_frames_push (frames, packet);
}

static void
take_loss (GstRtcRecordingTrackState *track, const RtcReorderItem *item)
{
  GstRtcFrames *frames = track->frames[track->frame_codec];

  if (item->kind == RTC_REORDER_GAP)
    track->lost += item->count;
  if (frames == NULL)
    return;
  if (item->kind == RTC_REORDER_RESTART && item->ssrc_changed)
    gst_rtc_frames_reset (frames);
  else
    gst_rtc_frames_gap (frames);
}

static void
pop_packets (GstRtcRecordingTrackState *track, GstClockTime now)
{
  RtcReorderItem item;

  while (rtc_reorder_pop (track->reorder, now, &item) != RTC_REORDER_NONE) {
    if (item.kind == RTC_REORDER_PACKET)
      unpack (track, item.packet);
    else
      take_loss (track, &item);
  }
}

void
gst_rtc_recording_track_take (GstRtcRecordingTrackState *track, const guint8 *data, gsize len,
    GstClockTime arrival, gboolean is_retransmission)
{
  GstRtcFramesPacket *packet;
  const RtcCodec *codec;
  RtcRtpHeader header;

  if (rtc_rtp_header_parse (&header, data, len) != RTC_OK) {
    track->stats.malformed++;
    return;
  }
  track->stats.packets++;
  track->stats.bytes += len;
  track->stats.retransmissions += is_retransmission;
  codec = find_codec (track, header.payload_type);
  if (codec == NULL) {
    /* It has a place in the order, no more. */
    track->stats.unknown_codec++;
    header.payload_len = 0;
  } else if (!is_retransmission) {
    rtc_record_clock_arrive (track->recording->clock, track->kind,
        track->kind == GST_RTC_RECORDING_AUDIO, codec->clock_rate, header.ssrc, header.seq,
        header.rtp_ts, arrival);
  }
  if (codec != NULL && !GST_CLOCK_TIME_IS_VALID (track->first_arrival))
    track->first_arrival = arrival;
  packet = gst_rtc_frames_packet_new (header.payload_len);
  packet->ssrc = header.ssrc;
  packet->rtp_ts = header.rtp_ts;
  packet->seq = header.seq;
  packet->pt = header.payload_type;
  packet->marker = header.marker;
  packet->arrival = arrival;
  memcpy (packet->payload, data + header.payload_offset, header.payload_len);
  rtc_reorder_push (track->reorder, arrival, header.ssrc, header.seq, packet,
      sizeof *packet + header.payload_len);
  pop_packets (track, arrival);
}

/* --- time ----------------------------------------------------------------------------------- */

static void
set_times (GstRtcRecordingTrackState *track, GstClockTime now)
{
  GList *link = track->queue.tail;

  while (link != NULL && !((GstRtcRecordingFrame *) link->data)->timed)
    link = link->prev;
  link = link != NULL ? link->next : track->queue.head;
  while (link != NULL) {
    GstRtcRecordingFrame *frame = link->data;
    RtcRecordClockAnswer answer = rtc_record_clock_get_time (track->recording->clock, track->kind,
        frame->ssrc, frame->seq, frame->rtp_ts, now, &frame->time);

    if (answer == RTC_RECORD_CLOCK_WAIT)
      return;
    link = link->next;
    frame->timed = answer == RTC_RECORD_CLOCK_TIME;
    if (!frame->timed) {
      g_queue_unlink (&track->queue, &frame->link);
      track->queue_bytes -= frame->len;
      track->stats.unplaced++;
      gst_rtc_recording_frame_free (frame);
    }
  }
}

void
gst_rtc_recording_track_request_key_frame (GstRtcRecordingTrackState *track, GstClockTime now)
{
  const GstRtcRecordingConfig *config = &track->recording->config;

  if (GST_CLOCK_TIME_IS_VALID (track->last_request)
      && now < track->last_request + KEY_FRAME_INTERVAL)
    return;
  track->last_request = now;
  track->wants_key_frame = FALSE;
  if (config->funcs.key_frame_needed != NULL)
    config->funcs.key_frame_needed (config->data, track->transceiver);
}

void
gst_rtc_recording_track_advance (GstRtcRecordingTrackState *track, GstClockTime now)
{
  pop_packets (track, now);
  set_times (track, now);
  if (track->wants_key_frame && track->negotiated && track->kind == GST_RTC_RECORDING_VIDEO)
    gst_rtc_recording_track_request_key_frame (track, now);
}

void
gst_rtc_recording_track_flush (GstRtcRecordingTrackState *track, GstClockTime now)
{
  rtc_reorder_flush (track->reorder);
  pop_packets (track, now);
}
