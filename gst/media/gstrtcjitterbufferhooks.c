/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcjitterbufferhooks.c - what passes the pads of the jitter buffer: requests, losses,
 * pictures, latency. */
#include "gst/media/gstrtcjitterbufferprivate.h"

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-seq.h"

#define GST_CAT_DEFAULT rtc_log_media

/* A key frame is not asked for more often than this; who sends the request has a back-off too. */
#define KEY_FRAME_INTERVAL (250 * GST_MSECOND)

/* The last key frame is remembered as one that is no further back: long out of the jitter buffer,
 * and far from half a turn, from where on it would seem to be still to come. */
#define MAX_KEY_FRAME_DISTANCE 0x4000

/* Time stamps that go back by more belong to another run. */
#define MAX_EXCESS (10 * GST_SECOND)

/* On a packet: by how much it is to be shown later than it seems, us. */
static GQuark
excess_quark (void)
{
  return g_quark_from_static_string ("gst-rtc-jitter-buffer-excess");
}

/* --- what is asked of the sender -------------------------------------------------------------- */

/* Under the lock; TRUE when it is time to ask (and it is taken as done). */
gboolean
gst_rtc_jitter_buffer_want_key_frame (GstRtcJitterBuffer *self, GstClockTime now)
{
  if (GST_CLOCK_TIME_IS_VALID (self->last_key_frame_request)
      && now < self->last_key_frame_request + KEY_FRAME_INTERVAL)
    return FALSE;
  self->last_key_frame_request = now;
  self->owes_request = FALSE;
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
  reading.is_idle = self->is_holding;
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

/* Under the lock. */
static void
set_clock_rate (GstRtcJitterBuffer *self, const GstStructure *structure)
{
  gint clock_rate = 0;

  gst_structure_get_int (structure, "clock-rate", &clock_rate);
  if (self->clock_rate != (guint) MAX (clock_rate, 0))
    self->transit.has_last = FALSE;
  self->clock_rate = (guint) MAX (clock_rate, 0);
}

static RtcKeyFrameFormat
get_format (const GstStructure *structure)
{
  const gchar *name = gst_structure_get_string (structure, "encoding-name");

  return name == NULL ? RTC_KEY_FRAME_FORMAT_NONE : rtc_key_frame_format_from_name (name);
}

/* Of what goes in. */
static void
handle_sink_caps (GstRtcJitterBuffer *self, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  g_mutex_lock (&self->lock);
  self->format_in = get_format (structure);
  set_clock_rate (self, structure);
  g_mutex_unlock (&self->lock);
}

/* Of what comes out. */
static void
handle_src_caps (GstRtcJitterBuffer *self, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *media = gst_structure_get_string (structure, "media");

  g_mutex_lock (&self->lock);
  self->format = get_format (structure);
  self->is_video = self->format != RTC_KEY_FRAME_FORMAT_NONE || g_strcmp0 (media, "video") == 0;
  /* Whoever knows the caps by payload type only has not told them before. */
  if (self->format_in == RTC_KEY_FRAME_FORMAT_NONE)
    self->format_in = self->format;
  if (self->clock_rate == 0)
    set_clock_rate (self, structure);
  /* Nothing can be decoded before the first one either. */
  if (self->counters.out == 0 && self->hold_picture)
    self->is_holding = self->format != RTC_KEY_FRAME_FORMAT_NONE;
  g_mutex_unlock (&self->lock);
}

/* Under the lock: a key frame behind seq has come already, and will come out. */
static gboolean
has_key_frame_behind (const GstRtcJitterBuffer *self, guint16 seq)
{
  return self->has_key_frame && rtc_seq_is_newer (self->key_frame_seq, seq);
}

/* Under the lock; seq goes in. */
static void
move_key_frame_along (GstRtcJitterBuffer *self, guint16 seq)
{
  guint16 distance = (guint16) (seq - self->key_frame_seq);

  if (distance > MAX_KEY_FRAME_DISTANCE && rtc_seq_is_newer (seq, self->key_frame_seq))
    self->key_frame_seq = (guint16) (seq - MAX_KEY_FRAME_DISTANCE);
}

/* Under the lock; buffer goes in. A key frame's parameter sets and its slices may all seem to be
 * its start: the first of them is. */
static void
note_key_frame (GstRtcJitterBuffer *self, GstBuffer *buffer, guint16 seq, guint32 rtp_ts)
{
  if (self->format_in == RTC_KEY_FRAME_FORMAT_NONE || !is_key_frame_start (self->format_in, buffer))
    return;
  if (self->has_key_frame_ts && rtp_ts == self->key_frame_ts) {
    if (rtc_seq_is_newer (self->key_frame_seq, seq))
      self->key_frame_seq = seq;
    return;
  }
  if (self->has_key_frame && !rtc_seq_is_newer (seq, self->key_frame_seq))
    return;
  self->key_frame_in = self->running_in;
  /* One that has come before, or is older, is not what was asked for since. */
  self->owes_request = FALSE;
  self->has_key_frame = self->has_key_frame_ts = TRUE;
  self->key_frame_seq = seq;
  self->key_frame_ts = rtp_ts;
}

/* Under the lock; buffer comes out. FALSE also when some of the key frame before it is lost. */
static gboolean
begins_picture (GstRtcJitterBuffer *self, GstBuffer *buffer, guint32 rtp_ts)
{
  if (self->format == RTC_KEY_FRAME_FORMAT_NONE || !is_key_frame_start (self->format, buffer))
    return FALSE;
  if (!self->has_start_out || rtp_ts != self->start_out_ts)
    self->is_damaged_out = FALSE;
  self->has_start_out = TRUE;
  self->start_out_ts = rtp_ts;
  return !self->is_damaged_out;
}

static void
handle_lost (GstRtcJitterBuffer *self, const GstStructure *lost)
{
  gboolean ask;
  guint seq;

  g_mutex_lock (&self->lock);
  self->counters.lost++;
  self->is_damaged_out = TRUE;
  if (self->hold_picture && self->format != RTC_KEY_FRAME_FORMAT_NONE)
    self->is_holding = TRUE;
  if (!gst_structure_get_uint (lost, "seqnum", &seq) || !has_key_frame_behind (self, (guint16) seq))
    self->has_key_frame = FALSE;
  ask = self->is_video && !self->has_key_frame;
  g_mutex_unlock (&self->lock);
  if (ask)
    gst_rtc_jitter_buffer_request_key_frame (self);
}

/* What was late is to be shown as soon as it has come, and nothing before what it follows. */
static GstBuffer *
show_excess (GstRtcJitterBuffer *self, GstBuffer *buffer)
{
  gsize us =
      GPOINTER_TO_SIZE (gst_mini_object_get_qdata (GST_MINI_OBJECT_CAST (buffer), excess_quark ()));
  GstClockTime pts = GST_BUFFER_PTS (buffer);

  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return buffer;
  pts += us * GST_USECOND;
  if (self->has_excess && pts < self->last_pts && self->last_pts - pts < MAX_EXCESS)
    pts = self->last_pts;
  self->has_excess = us > 0 || pts > GST_BUFFER_PTS (buffer);
  self->last_pts = pts;
  if (!self->has_excess)
    return buffer;
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = pts;
  return buffer;
}

/* Under the lock; seq comes out. Numbers go back only when the jitter buffer has begun anew, behind
 * a sender that did: no key frame of before is still to come, nor newer than those that are. */
static void
note_number_out (GstRtcJitterBuffer *self, guint16 seq)
{
  if (self->counters.out > 0 && !rtc_seq_is_newer (seq, self->last_seq_out)) {
    self->has_key_frame = FALSE;
    self->key_frame_in = self->running_in;
  }
  self->last_seq_out = seq;
}

/* One packet in order, on its way out; FALSE when it is held back. */
static gboolean
handle_output (GstRtcJitterBuffer *self, GstBuffer **buffer, GstClockTime now)
{
  gboolean begins, is_held, mark, ask = FALSE;
  guint8 bytes[6] = { 0 };
  RtcReader reader = rtc_reader (bytes, sizeof bytes);
  guint16 seq;

  gst_buffer_extract (*buffer, 2, bytes, sizeof bytes);
  seq = (guint16) rtc_reader_uint (&reader, 2);
  g_mutex_lock (&self->lock);
  self->last_out = now;
  self->in_since_out = 0;
  note_number_out (self, seq);
  self->counters.out++;
  begins = begins_picture (self, *buffer, (guint32) rtc_reader_uint (&reader, 4));
  if (self->is_holding && begins) {
    self->is_holding = FALSE;
    self->mark_discont = self->counters.held > 0;
  }
  is_held = self->is_holding;
  if (!is_held) {
    *buffer = show_excess (self, *buffer);
    gst_rtc_capture_times_note (&self->capture_times, *buffer);
  }
  if (is_held) {
    self->counters.held++;
    ask = !has_key_frame_behind (self, seq) && gst_rtc_jitter_buffer_want_key_frame (self, now);
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

/* Under the lock: how late what came at arrival is. TRUE when the latency had to be raised for it.
 * A repeated packet is late by nature. */
static gboolean
note_arrival (GstRtcJitterBuffer *self, GstElement *element, GstClockTime arrival, guint32 rtp_ts)
{
  gboolean is_same = self->transit.has_last && self->transit.last_ts == rtp_ts, raised = FALSE;
  GstClockTime late;

  if (self->clock_rate == 0 || is_same)
    return FALSE;
  late = rtc_transit_handle_packet (&self->transit, arrival, rtp_ts, self->clock_rate);
  if (!self->is_holding)
    raised = gst_rtc_latency_raise (&self->latency, get_time (element), late);
  self->excess_in = gst_rtc_latency_get_excess (&self->latency, late);
  return raised;
}

/* A jitter buffer that is told of a packet later than its latency takes it for a step of the
 * sender's clock, and needs seconds to find back. So it is told of the latest time at which the
 * packet would have been in time, and the rest is added to its time stamp when it comes out. */
static GstBuffer *
hide_excess (GstBuffer *buffer, GstClockTime excess)
{
  buffer = gst_buffer_make_writable (buffer);
  if (GST_BUFFER_DTS_IS_VALID (buffer))
    GST_BUFFER_DTS (buffer) -= MIN (excess, GST_BUFFER_DTS (buffer));
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    GST_BUFFER_PTS (buffer) -= MIN (excess, GST_BUFFER_PTS (buffer));
  gst_mini_object_set_qdata (GST_MINI_OBJECT_CAST (buffer), excess_quark (),
      GSIZE_TO_POINTER (excess / GST_USECOND), NULL);
  return buffer;
}

/* Thread: whoever pushes packets in. */
static void
handle_input (GstRtcJitterBuffer *self, GstElement *element, GstBuffer **buffer)
{
  GstClockTime arrival = GST_BUFFER_DTS_OR_PTS (*buffer), excess = 0;
  gboolean raised = FALSE;
  guint8 bytes[12];

  if (gst_buffer_extract (*buffer, 0, bytes, sizeof bytes) != sizeof bytes)
    return;
  g_mutex_lock (&self->lock);
  self->has_ssrc = TRUE;
  self->ssrc = GST_READ_UINT32_BE (bytes + 8);
  self->in_since_out++;
  move_key_frame_along (self, GST_READ_UINT16_BE (bytes + 2));
  note_key_frame (self, *buffer, GST_READ_UINT16_BE (bytes + 2), GST_READ_UINT32_BE (bytes + 4));
  if (GST_BUFFER_FLAG_IS_SET (*buffer, GST_RTP_BUFFER_FLAG_RETRANSMISSION)) {
    self->counters.retransmitted++;
  } else {
    self->counters.in++;
    if (GST_CLOCK_TIME_IS_VALID (arrival)) {
      raised = note_arrival (self, element, arrival, GST_READ_UINT32_BE (bytes + 4));
      excess = self->excess_in;
    }
    self->counters.excess += excess > 0;
  }
  g_mutex_unlock (&self->lock);
  if (raised)
    gst_rtc_jitter_buffer_apply_latency (self, element);
  if (excess > 0)
    *buffer = hide_excess (*buffer, excess);
}

/* Who cuts files wants a key frame at a running time to come. A sender makes one as soon as it is
 * asked, so it is asked when packets of that time arrive. */
static void
handle_force_key_unit (GstRtcJitterBuffer *self, GstEvent *event)
{
  GstClockTime at = GST_CLOCK_TIME_NONE;
  gboolean is_early;

  if (!gst_video_event_parse_upstream_force_key_unit (event, &at, NULL, NULL))
    return;
  g_mutex_lock (&self->lock);
  is_early = GST_CLOCK_TIME_IS_VALID (at) && GST_CLOCK_TIME_IS_VALID (self->running_in)
             && at > self->running_in && self->n_wanted < G_N_ELEMENTS (self->wanted);
  if (is_early)
    self->wanted[self->n_wanted++] = at;
  g_mutex_unlock (&self->lock);
  if (!is_early)
    gst_rtc_jitter_buffer_request_key_frame (self);
}

/* Under the lock: forgets what is due by now; returns how many that were. */
static guint
take_due (GstRtcJitterBuffer *self)
{
  guint n = self->n_wanted, n_kept = 0;

  for (guint i = 0; i < n; i++) {
    if (self->wanted[i] > self->running_in)
      self->wanted[n_kept++] = self->wanted[i];
  }
  self->n_wanted = n_kept;
  return n - n_kept;
}

/* Under the lock: there has been no key frame for longer than somebody wants. */
static gboolean
is_overdue (GstRtcJitterBuffer *self)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->key_frame_in))
    self->key_frame_in = self->running_in;
  return self->key_frame_interval > 0 && self->format_in != RTC_KEY_FRAME_FORMAT_NONE
         && self->running_in >= self->key_frame_in + self->key_frame_interval;
}

static void
note_time (GstRtcJitterBuffer *self, GstBuffer *buffer)
{
  GstClockTime arrival = GST_BUFFER_DTS_OR_PTS (buffer);

  g_mutex_lock (&self->lock);
  self->running_in = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, arrival);
  g_mutex_unlock (&self->lock);
}

/* A packet has come: asks for what was wanted from its time on, and for what was wanted too soon
 * after the last request. */
static void
ask_when_due (GstRtcJitterBuffer *self)
{
  gboolean ask;

  g_mutex_lock (&self->lock);
  ask = self->owes_request;
  if (GST_CLOCK_TIME_IS_VALID (self->running_in))
    ask |= take_due (self) > 0 || is_overdue (self);
  g_mutex_unlock (&self->lock);
  if (ask)
    gst_rtc_jitter_buffer_request_key_frame (self);
}

static void
take_segment (GstRtcJitterBuffer *self, GstEvent *event)
{
  g_mutex_lock (&self->lock);
  gst_event_copy_segment (event, &self->segment);
  g_mutex_unlock (&self->lock);
}

GstPadProbeReturn
gst_rtc_jitter_buffer_on_sink_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcJitterBuffer *self = data;
  GstElement *element;
  GstEvent *event;
  GstCaps *caps;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    element = g_weak_ref_get (&self->element);
    note_time (self, GST_PAD_PROBE_INFO_BUFFER (info));
    if (element != NULL)
      handle_input (self, element, (GstBuffer **) &info->data);
    ask_when_due (self);
    gst_clear_object (&element);
    return GST_PAD_PROBE_OK;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    handle_sink_caps (self, caps);
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    take_segment (self, event);
  if (gst_event_has_name (event, "GstRTPRetransmissionRequest")) {
    handle_retransmission_request (self, gst_event_get_structure (event));
    return GST_PAD_PROBE_DROP; /* or somebody else would ask, too */
  }
  if (gst_video_event_is_force_key_unit (event))
    handle_force_key_unit (self, event);
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
    handle_src_caps (self, caps);
  } else if (gst_event_has_name (event, "GstRTPPacketLost")) {
    handle_lost (self, gst_event_get_structure (event));
  }
  return GST_PAD_PROBE_OK;
}
