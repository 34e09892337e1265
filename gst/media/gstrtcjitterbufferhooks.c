/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcjitterbufferhooks.c - what passes the pads of the jitter buffer: requests, losses,
 * pictures, latency. */
#include "gst/media/gstrtcjitterbufferprivate.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* A key frame is not asked for more often than this; who sends the request has a back-off too. */
#define KEY_FRAME_INTERVAL (250 * GST_MSECOND)

/* --- what is asked of the sender -------------------------------------------------------------- */

/* Under the lock; TRUE when it is time to ask (and it is taken as done). */
gboolean
gst_rtc_jitter_buffer_want_key_frame (GstRtcJitterBuffer *self, GstClockTime now)
{
  if (GST_CLOCK_TIME_IS_VALID (self->last_key_frame_request)
      && now < self->last_key_frame_request + KEY_FRAME_INTERVAL)
    return FALSE;
  self->last_key_frame_request = now;
  self->counters.key_frame_requests++;
  return TRUE;
}

/* Under the lock. */
static void
count_missing (GstRtcJitterBuffer *self, guint16 seq)
{
  guint n = MIN (self->n_missing, MISSING_RING);

  for (guint i = 0; i < n; i++) {
    if (self->missing_ring[i] == seq)
      return;
  }
  self->missing_ring[self->n_missing++ % MISSING_RING] = seq;
  if (self->n_missing == 2 * MISSING_RING)
    self->n_missing = MISSING_RING;
  self->counters.missing++;
}

static void
handle_retransmission_request (GstRtcJitterBuffer *self, const GstStructure *request)
{
  gboolean has_ssrc;
  guint seq, ssrc;

  if (!gst_structure_get_uint (request, "seqnum", &seq))
    return;
  g_mutex_lock (&self->lock);
  self->counters.requests++;
  count_missing (self, (guint16) seq);
  has_ssrc = self->has_ssrc;
  ssrc = self->ssrc; /* the jitter buffer leaves it to rtpssrcdemux */
  g_mutex_unlock (&self->lock);
  if (has_ssrc)
    gst_rtc_jitter_buffer_request_retransmission (self, ssrc, seq & 0xffff);
}

/* --- latency ---------------------------------------------------------------------------------- */

/* The property also posts the latency message. Both sides of the jitter buffer may change it at the
 * same time: what was decided last stays. */
void
gst_rtc_jitter_buffer_apply_latency (GstRtcJitterBuffer *self, GstElement *element)
{
  guint applied, latency_ms;

  g_mutex_lock (&self->lock);
  latency_ms = self->latency.latency_ms;
  g_mutex_unlock (&self->lock);
  do {
    applied = latency_ms;
    GST_DEBUG_OBJECT (element, "latency is %u ms", applied);
    g_object_set (element, "latency", applied, NULL);
    g_mutex_lock (&self->lock);
    latency_ms = self->latency.latency_ms;
    g_mutex_unlock (&self->lock);
  } while (latency_ms != applied);
}

void
gst_rtc_jitter_buffer_read_element (
    GstElement *element, guint64 *late, guint64 *duplicates, guint64 *jitter)
{
  GstStructure *stats = NULL;

  *late = *duplicates = *jitter = 0;
  g_object_get (element, "stats", &stats, NULL);
  if (stats == NULL)
    return;
  gst_structure_get (stats, "num-late", G_TYPE_UINT64, late, "num-duplicates", G_TYPE_UINT64,
      duplicates, "avg-jitter", G_TYPE_UINT64, jitter, NULL);
  gst_structure_free (stats);
}

/* The pipeline's clock, so that a slower or faster one counts. */
static GstClockTime
get_time (GstElement *element)
{
  GstClock *clock = gst_element_get_clock (element);
  GstClockTime now;

  if (clock == NULL)
    return gst_util_get_timestamp ();
  now = gst_clock_get_time (clock);
  gst_object_unref (clock);
  return now;
}

/* Streaming thread, nothing locked. */
static void
follow_network (GstRtcJitterBuffer *self, GstElement *element)
{
  GstClockTime now = get_time (element);
  GstRtcLatencyReading reading = { 0 };
  guint64 duplicates;
  gboolean changed, due;

  g_mutex_lock (&self->lock);
  changed = self->limits_changed && gst_rtc_jitter_buffer_take_limits (self);
  due = self->latency.min_ms < self->latency.max_ms
        && (!GST_CLOCK_TIME_IS_VALID (self->latency.last_reading)
            || now >= self->latency.last_reading + GST_RTC_LATENCY_INTERVAL
            || now < self->latency.last_reading);
  g_mutex_unlock (&self->lock);
  if (changed)
    gst_rtc_jitter_buffer_apply_latency (self, element);
  if (!due)
    return;
  gst_rtc_jitter_buffer_read_element (element, &reading.late, &duplicates, &reading.jitter);
  g_mutex_lock (&self->lock);
  reading.packets = self->counters.in;
  reading.missing = self->counters.missing;
  reading.rtt = self->rtt;
  if (GST_CLOCK_TIME_IS_VALID (self->jitter))
    reading.jitter = self->jitter;
  changed = gst_rtc_latency_update (&self->latency, now, &reading);
  g_mutex_unlock (&self->lock);
  if (changed)
    gst_rtc_jitter_buffer_apply_latency (self, element);
}

/* --- the picture ------------------------------------------------------------------------------ */

static gboolean
is_key_frame_start (RtcKeyFrameFormat format, GstBuffer *buffer)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean is_start;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return FALSE;
  is_start = rtc_key_frame_is_start (
      format, gst_rtp_buffer_get_payload (&rtp), gst_rtp_buffer_get_payload_len (&rtp));
  gst_rtp_buffer_unmap (&rtp);
  return is_start;
}

static void
handle_caps (GstRtcJitterBuffer *self, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *name = gst_structure_get_string (structure, "encoding-name");
  const gchar *media = gst_structure_get_string (structure, "media");
  gint clock_rate = 0;

  gst_structure_get_int (structure, "clock-rate", &clock_rate);
  g_mutex_lock (&self->lock);
  self->format = name == NULL ? RTC_KEY_FRAME_FORMAT_NONE : rtc_key_frame_format_from_name (name);
  self->is_video = self->format != RTC_KEY_FRAME_FORMAT_NONE || g_strcmp0 (media, "video") == 0;
  if (self->clock_rate != (guint) MAX (clock_rate, 0))
    self->transit.has_last = FALSE;
  self->clock_rate = (guint) MAX (clock_rate, 0);
  /* Nothing can be decoded before the first one either. */
  if (self->counters.out == 0 && self->hold_picture)
    self->is_holding = self->format != RTC_KEY_FRAME_FORMAT_NONE;
  g_mutex_unlock (&self->lock);
}

static void
handle_lost (GstRtcJitterBuffer *self)
{
  gboolean ask;

  g_mutex_lock (&self->lock);
  self->counters.lost++;
  if (self->hold_picture && self->format != RTC_KEY_FRAME_FORMAT_NONE)
    self->is_holding = TRUE;
  ask = self->is_video;
  g_mutex_unlock (&self->lock);
  if (ask)
    gst_rtc_jitter_buffer_request_key_frame (self);
}

/* One packet in order, on its way out; FALSE when it is held back. */
static gboolean
handle_output (GstRtcJitterBuffer *self, GstBuffer **buffer, GstClockTime now)
{
  gboolean is_held, mark, ask = FALSE;

  g_mutex_lock (&self->lock);
  self->last_out = now;
  self->in_since_out = 0;
  self->counters.out++;
  if (self->is_holding && is_key_frame_start (self->format, *buffer)) {
    self->is_holding = FALSE;
    self->mark_discont = self->counters.held > 0;
  }
  is_held = self->is_holding;
  if (!is_held)
    gst_rtc_capture_times_note (&self->capture_times, *buffer);
  if (is_held) {
    self->counters.held++;
    ask = gst_rtc_jitter_buffer_want_key_frame (self, now);
  }
  mark = self->mark_discont && !is_held;
  if (mark)
    self->mark_discont = FALSE;
  g_mutex_unlock (&self->lock);
  if (ask)
    gst_rtc_jitter_buffer_emit_key_frame (self);
  if (mark) {
    *buffer = gst_buffer_make_writable (*buffer);
    GST_BUFFER_FLAG_SET (*buffer, GST_BUFFER_FLAG_DISCONT);
  }
  return !is_held;
}

/* --- probes ----------------------------------------------------------------------------------- */

/* Under the lock: whether the latency had to be raised, because what has come is later than it. A
 * repeated packet is late by nature. */
static gboolean
raise_latency (GstRtcJitterBuffer *self, GstElement *element, GstBuffer *buffer, guint32 rtp_ts)
{
  GstClockTime arrival = GST_BUFFER_DTS_OR_PTS (buffer), late;

  if (self->clock_rate == 0 || !GST_CLOCK_TIME_IS_VALID (arrival))
    return FALSE;
  late = gst_rtc_transit_handle_packet (&self->transit, arrival, rtp_ts, self->clock_rate);
  return late > self->latency.latency_ms * GST_MSECOND / 2
         && gst_rtc_latency_raise (&self->latency, get_time (element), late);
}

/* Thread: whoever pushes packets in. */
static void
handle_input (GstRtcJitterBuffer *self, GstElement *element, GstBuffer *buffer)
{
  gboolean raised = FALSE;
  guint8 bytes[12];

  if (gst_buffer_extract (buffer, 0, bytes, sizeof bytes) != sizeof bytes)
    return;
  g_mutex_lock (&self->lock);
  self->has_ssrc = TRUE;
  self->ssrc = GST_READ_UINT32_BE (bytes + 8);
  self->in_since_out++;
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_RTP_BUFFER_FLAG_RETRANSMISSION)) {
    self->counters.retransmitted++;
  } else {
    self->counters.in++;
    raised = raise_latency (self, element, buffer, GST_READ_UINT32_BE (bytes + 4));
  }
  g_mutex_unlock (&self->lock);
  if (raised)
    gst_rtc_jitter_buffer_apply_latency (self, element);
}

GstPadProbeReturn
gst_rtc_jitter_buffer_on_sink_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcJitterBuffer *self = data;
  GstElement *element;
  GstEvent *event;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    element = g_weak_ref_get (&self->element);
    if (element != NULL)
      handle_input (self, element, GST_PAD_PROBE_INFO_BUFFER (info));
    gst_clear_object (&element);
    return GST_PAD_PROBE_OK;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (gst_event_has_name (event, "GstRTPRetransmissionRequest")) {
    handle_retransmission_request (self, gst_event_get_structure (event));
    return GST_PAD_PROBE_DROP; /* or somebody else would ask, too */
  }
  if (gst_video_event_is_force_key_unit (event))
    gst_rtc_jitter_buffer_request_key_frame (self);
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn
gst_rtc_jitter_buffer_on_src_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcJitterBuffer *self = data;
  GstClockTime now;
  GstElement *element;
  GstCaps *caps;
  GstEvent *event;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    now = gst_util_get_timestamp ();
    element = g_weak_ref_get (&self->element);
    if (element != NULL) {
      follow_network (self, element);
      gst_rtc_jitter_buffer_follow_sync (self, element, GST_PAD_PROBE_INFO_BUFFER (info), now);
    }
    gst_clear_object (&element);
    return handle_output (self, (GstBuffer **) &info->data, now) ? GST_PAD_PROBE_OK
                                                                 : GST_PAD_PROBE_DROP;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    handle_caps (self, caps);
  } else if (gst_event_has_name (event, "GstRTPPacketLost")) {
    handle_lost (self);
  }
  return GST_PAD_PROBE_OK;
}
