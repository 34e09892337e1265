/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcjitterbufferprivate.h"

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* The longest latency that may be asked for: what is held must stay small. */
#define MAX_LATENCY_MS 10000

/* Downstream is blocked when nothing has come out for this long beyond the latency, or this many
 * packets went in meanwhile. */
#define STALL_TIME (2 * GST_SECOND)
#define STALL_PACKETS 20000

enum {
  PROP_0,
  PROP_JITTERBUFFER,
  PROP_SYNC_GROUP,
  PROP_MIN_LATENCY,
  PROP_MAX_LATENCY,
  PROP_LATENCY,
  PROP_HOLD_PICTURE,
  PROP_KEY_FRAME_INTERVAL,
  PROP_RTT,
  PROP_JITTER,
  PROP_STATS,
};

enum { SIGNAL_REQUEST_RETRANSMISSION, SIGNAL_REQUEST_KEY_FRAME, SIGNAL_PUSH_RTCP, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (GstRtcJitterBuffer, gst_rtc_jitter_buffer, G_TYPE_OBJECT)

static GQuark
hooks_quark (void)
{
  return g_quark_from_static_string ("gst-rtc-jitter-buffer");
}

void
gst_rtc_jitter_buffer_emit_key_frame (GstRtcJitterBuffer *self)
{
  g_signal_emit (self, signals[SIGNAL_REQUEST_KEY_FRAME], 0);
}

void
gst_rtc_jitter_buffer_request_key_frame (GstRtcJitterBuffer *self)
{
  gboolean ask;

  g_mutex_lock (&self->lock);
  ask = gst_rtc_jitter_buffer_want_key_frame (self, gst_util_get_timestamp ());
  self->owes_request = !ask;
  g_mutex_unlock (&self->lock);
  if (ask)
    gst_rtc_jitter_buffer_emit_key_frame (self);
}

void
gst_rtc_jitter_buffer_request_retransmission (GstRtcJitterBuffer *self, guint ssrc, guint seqnum)
{
  g_signal_emit (self, signals[SIGNAL_REQUEST_RETRANSMISSION], 0, ssrc, seqnum);
}

gboolean
gst_rtc_jitter_buffer_take_limits (GstRtcJitterBuffer *self)
{
  guint min_ms = self->min_ms, max_ms = self->max_ms;

  self->limits_changed = FALSE;
  if (self->has_playout_delay) {
    min_ms = CLAMP (self->playout_min_ms, self->min_ms, self->max_ms);
    max_ms = CLAMP (self->playout_max_ms, min_ms, self->max_ms);
  }
  return gst_rtc_latency_set_limits (&self->latency, min_ms, max_ms);
}

static void
set_limits (GstRtcJitterBuffer *self, guint min_ms, guint max_ms)
{
  GstElement *element = g_weak_ref_get (&self->element);
  gboolean changed;

  g_mutex_lock (&self->lock);
  self->min_ms = min_ms;
  self->max_ms = max_ms;
  changed = gst_rtc_jitter_buffer_take_limits (self);
  g_mutex_unlock (&self->lock);
  if (changed && element != NULL)
    gst_rtc_jitter_buffer_apply_latency (self, element);
  gst_clear_object (&element);
}

static void
on_push_rtcp (GstRtcJitterBuffer *self, GstBuffer *rtcp)
{
  gst_rtc_jitter_buffer_push_rtcp (self, gst_buffer_ref (rtcp));
}

/* do-lost: events for loss. rtx-next-seqnum off: pictures and silence come in bursts, so a guess
 * when the next packet is due asks for what was never sent. drop-on-latency off: it drops what is
 * merely early. */
static void
attach (GstRtcJitterBuffer *self, GstElement *element)
{
  GstPad *sink = gst_element_get_static_pad (element, "sink");
  GstPad *src = gst_element_get_static_pad (element, "src");

  g_weak_ref_set (&self->element, element);
  /* A gap longer than that begins anew: the default, a minute, lets a sender whose numbers jump
   * fill the buffer with gaps until its chain function waits, and with it the network thread. */
  g_object_set (element, "max-dropout-time", 2000u, NULL);
  g_object_set (element, "do-lost", TRUE, "do-retransmission", TRUE, "rtx-next-seqnum", FALSE,
      "post-drop-messages", FALSE, "drop-on-latency", FALSE, "latency", self->latency.latency_ms,
      NULL);
  self->sink_probe =
      gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_BOTH,
          gst_rtc_jitter_buffer_on_sink_data, g_object_ref (self), g_object_unref);
  self->src_probe =
      gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
          gst_rtc_jitter_buffer_on_src_data, g_object_ref (self), g_object_unref);
  self->sync_handler = g_signal_connect_data (element, "handle-sync",
      G_CALLBACK (gst_rtc_jitter_buffer_on_handle_sync), g_object_ref (self),
      (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  self->is_attached = TRUE;
  g_object_set_qdata (G_OBJECT (element), hooks_quark (), self);
  gst_object_unref (sink);
  gst_object_unref (src);
}

void
gst_rtc_jitter_buffer_detach (GstRtcJitterBuffer *self)
{
  GstElement *element = g_weak_ref_get (&self->element);
  gboolean was_attached;
  GstPad *pad;

  g_mutex_lock (&self->lock);
  was_attached = self->is_attached;
  self->is_attached = FALSE;
  g_mutex_unlock (&self->lock);
  gst_rtc_jitter_buffer_take_sync_group (self, NULL);
  if (was_attached && element != NULL) {
    g_object_ref (self); /* the last reference may be one of those that go now */
    g_object_set_qdata (G_OBJECT (element), hooks_quark (), NULL);
    pad = gst_element_get_static_pad (element, "sink");
    gst_pad_remove_probe (pad, self->sink_probe);
    gst_object_unref (pad);
    pad = gst_element_get_static_pad (element, "src");
    gst_pad_remove_probe (pad, self->src_probe);
    gst_object_unref (pad);
    g_signal_handler_disconnect (element, self->sync_handler);
    g_object_unref (self);
  }
  gst_clear_object (&element);
}

void
gst_rtc_jitter_buffer_set_network (GstRtcJitterBuffer *self, GstClockTime rtt, GstClockTime jitter)
{
  g_mutex_lock (&self->lock);
  self->rtt = rtt;
  self->jitter = jitter;
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_jitter_buffer_set_playout_delay (GstRtcJitterBuffer *self, guint min_ms, guint max_ms)
{
  g_mutex_lock (&self->lock);
  self->has_playout_delay = self->limits_changed = TRUE;
  self->playout_min_ms = min_ms;
  self->playout_max_ms = max_ms;
  g_mutex_unlock (&self->lock);
}

GstClockTime
gst_rtc_jitter_buffer_find_capture_time (GstRtcJitterBuffer *self, GstClockTime pts)
{
  GstClockTime ntp;

  g_mutex_lock (&self->lock);
  ntp = gst_rtc_capture_times_find (&self->capture_times, pts);
  g_mutex_unlock (&self->lock);
  return ntp;
}

gboolean
gst_rtc_jitter_buffer_is_stalled (GstRtcJitterBuffer *self)
{
  GstClockTime now = gst_util_get_timestamp ();
  gboolean is_stalled;

  g_mutex_lock (&self->lock);
  if (!GST_CLOCK_TIME_IS_VALID (self->last_out))
    self->last_out = now; /* the first packet */
  is_stalled = self->in_since_out > STALL_PACKETS
               || (self->in_since_out > 0
                   && now > self->last_out + self->latency.latency_ms * GST_MSECOND + STALL_TIME
                   && self->in_since_out * GST_MSECOND > STALL_TIME);
  g_mutex_unlock (&self->lock);
  return is_stalled;
}

GstStructure *
gst_rtc_jitter_buffer_get_stats (GstRtcJitterBuffer *self)
{
  GstElement *element = g_weak_ref_get (&self->element);
  guint64 late = 0, duplicates = 0, jitter = 0;
  gboolean is_holding;
  gint64 offset = 0;
  guint latency_ms;
  Counters c;

  if (element != NULL) {
    gst_rtc_jitter_buffer_read_element (element, &late, &duplicates, &jitter);
    g_object_get (element, "ts-offset", &offset, NULL);
    gst_object_unref (element);
  }
  g_mutex_lock (&self->lock);
  c = self->counters;
  latency_ms = self->latency.latency_ms;
  is_holding = self->is_holding;
  g_mutex_unlock (&self->lock);
  return gst_structure_new ("application/x-rtc-jitter-buffer-stats", "latency", G_TYPE_UINT,
      latency_ms, "packets-received", G_TYPE_UINT64, c.in + c.retransmitted, "packets-pushed",
      G_TYPE_UINT64, c.out - c.held, "packets-lost", G_TYPE_UINT64, c.lost, "packets-late",
      G_TYPE_UINT64, late, "packets-beyond-latency", G_TYPE_UINT64, c.excess, "packets-duplicated",
      G_TYPE_UINT64, duplicates, "packets-held", G_TYPE_UINT64, c.held, "retransmission-requests",
      G_TYPE_UINT64, c.requests, "packets-missing", G_TYPE_UINT64, c.missing,
      "retransmitted-packets", G_TYPE_UINT64, c.retransmitted, "key-frame-requests", G_TYPE_UINT64,
      c.key_frame_requests, "is-holding", G_TYPE_BOOLEAN, is_holding, "ts-offset", G_TYPE_INT64,
      offset, "jitter", G_TYPE_UINT64, jitter, NULL);
}

static void
set_hold_picture (GstRtcJitterBuffer *self, gboolean hold)
{
  g_mutex_lock (&self->lock);
  self->hold_picture = hold;
  if (!hold)
    self->is_holding = FALSE;
  g_mutex_unlock (&self->lock);
}

static gboolean
is_usable (GstElement *element)
{
  GstElementFactory *factory = element == NULL ? NULL : gst_element_get_factory (element);

  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "rtpjitterbuffer")) {
    g_critical ("GstRtcJitterBuffer: property jitterbuffer must be an rtpjitterbuffer");
    return FALSE;
  }
  if (g_object_get_qdata (G_OBJECT (element), hooks_quark ()) != NULL) {
    g_critical ("GstRtcJitterBuffer: %s has these hooks already", GST_OBJECT_NAME (element));
    return FALSE;
  }
  return TRUE;
}

static void
gst_rtc_jitter_buffer_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcJitterBuffer *self = GST_RTC_JITTER_BUFFER (object);

  switch (id) {
    case PROP_JITTERBUFFER:
      if (is_usable (g_value_get_object (value)))
        attach (self, g_value_get_object (value));
      break;
    case PROP_SYNC_GROUP:
      gst_rtc_jitter_buffer_take_sync_group (self, g_value_dup_object (value));
      break;
    case PROP_MIN_LATENCY:
      set_limits (self, g_value_get_uint (value), MAX (self->max_ms, g_value_get_uint (value)));
      break;
    case PROP_MAX_LATENCY:
      set_limits (self, MIN (self->min_ms, g_value_get_uint (value)), g_value_get_uint (value));
      break;
    case PROP_HOLD_PICTURE:
      set_hold_picture (self, g_value_get_boolean (value));
      break;
    case PROP_KEY_FRAME_INTERVAL:
      g_mutex_lock (&self->lock);
      self->key_frame_interval = g_value_get_uint (value) * GST_MSECOND;
      g_mutex_unlock (&self->lock);
      break;
    case PROP_RTT:
      gst_rtc_jitter_buffer_set_network (self, g_value_get_uint64 (value), self->jitter);
      break;
    case PROP_JITTER:
      gst_rtc_jitter_buffer_set_network (self, self->rtt, g_value_get_uint64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
gst_rtc_jitter_buffer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcJitterBuffer *self = GST_RTC_JITTER_BUFFER (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, gst_rtc_jitter_buffer_get_stats (self));
    return;
  }
  if (id == PROP_JITTERBUFFER) {
    g_value_take_object (value, g_weak_ref_get (&self->element));
    return;
  }
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_SYNC_GROUP:
      g_value_set_object (value, self->sync_group);
      break;
    case PROP_MIN_LATENCY:
      g_value_set_uint (value, self->min_ms);
      break;
    case PROP_MAX_LATENCY:
      g_value_set_uint (value, self->max_ms);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency.latency_ms);
      break;
    case PROP_HOLD_PICTURE:
      g_value_set_boolean (value, self->hold_picture);
      break;
    case PROP_KEY_FRAME_INTERVAL:
      g_value_set_uint (value, (guint) (self->key_frame_interval / GST_MSECOND));
      break;
    case PROP_RTT:
      g_value_set_uint64 (value, self->rtt);
      break;
    case PROP_JITTER:
      g_value_set_uint64 (value, self->jitter);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_jitter_buffer_finalize (GObject *object)
{
  GstRtcJitterBuffer *self = GST_RTC_JITTER_BUFFER (object);

  gst_rtc_jitter_buffer_take_sync_group (self, NULL);
  g_weak_ref_clear (&self->element);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_jitter_buffer_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_JITTERBUFFER,
      g_param_spec_object ("jitterbuffer", "Jitter buffer",
          "The rtpjitterbuffer to attach to; it then owns these hooks", GST_TYPE_ELEMENT,
          flags | G_PARAM_CONSTRUCT_ONLY));
  g_object_class_install_property (klass, PROP_SYNC_GROUP,
      g_param_spec_object ("sync-group", "Sync group",
          "Streams of one sender that are to be in lip sync; NULL: none", GST_TYPE_RTC_SYNC_GROUP,
          flags));
  g_object_class_install_property (klass, PROP_MIN_LATENCY,
      g_param_spec_uint ("min-latency", "Minimum latency",
          "What is waited at least, ms; raises max-latency if need be", 0, MAX_LATENCY_MS,
          GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY, flags));
  g_object_class_install_property (klass, PROP_MAX_LATENCY,
      g_param_spec_uint ("max-latency", "Maximum latency",
          "What is waited at most, ms; lowers min-latency if need be", 0, MAX_LATENCY_MS,
          GST_RTC_JITTER_BUFFER_DEFAULT_MAX_LATENCY, flags));
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency", "What is waited now, ms", 0, MAX_LATENCY_MS,
          GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY, read_only));
  g_object_class_install_property (klass, PROP_HOLD_PICTURE,
      g_param_spec_boolean ("hold-picture", "Hold picture",
          "Video: after a loss, drop everything up to the next key frame rather than show a "
          "smeared "
          "picture",
          GST_RTC_JITTER_BUFFER_DEFAULT_HOLD_PICTURE, flags));
  g_object_class_install_property (klass, PROP_KEY_FRAME_INTERVAL,
      g_param_spec_uint ("key-frame-interval", "Key frame interval",
          "Video: ask for a key frame when none has come for so long, ms; 0: only when one is "
          "needed",
          0, GST_RTC_JITTER_BUFFER_MAX_KEY_FRAME_INTERVAL, 0, flags));
  g_object_class_install_property (klass, PROP_RTT,
      g_param_spec_uint64 ("rtt", "Round trip time",
          "To the sender, ns, as somebody measured it; G_MAXUINT64: not known", 0, G_MAXUINT64,
          GST_CLOCK_TIME_NONE, flags));
  g_object_class_install_property (klass, PROP_JITTER,
      g_param_spec_uint64 ("jitter", "Jitter",
          "Of the arrival (RFC 3550 6.4.1), ns, as somebody measured it; G_MAXUINT64: what the "
          "jitter "
          "buffer measures",
          0, G_MAXUINT64, GST_CLOCK_TIME_NONE, flags));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Counters: application/x-rtc-jitter-buffer-stats",
          GST_TYPE_STRUCTURE, read_only));
}

static void
gst_rtc_jitter_buffer_class_init (GstRtcJitterBufferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->set_property = gst_rtc_jitter_buffer_set_property;
  object_class->get_property = gst_rtc_jitter_buffer_get_property;
  object_class->finalize = gst_rtc_jitter_buffer_finalize;
  install_properties (object_class);

  /**
   * GstRtcJitterBuffer::request-retransmission:
   * @ssrc: the stream
   * @seqnum: what is missing
   *
   * Emitted again and again while it is missing. A thread of the jitter buffer: must not block.
   */
  signals[SIGNAL_REQUEST_RETRANSMISSION] = g_signal_new ("request-retransmission", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  /**
   * GstRtcJitterBuffer::request-key-frame:
   *
   * A picture was lost for good, or somebody downstream wants a key frame; at most 4 times a
   * second. A streaming thread: must not block.
   */
  signals[SIGNAL_REQUEST_KEY_FRAME] = g_signal_new (
      "request-key-frame", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * GstRtcJitterBuffer::push-rtcp:
   * @rtcp: a compound packet from the sender
   *
   * Hands over sender reports, for lip sync. Any thread.
   */
  signals[SIGNAL_PUSH_RTCP] =
      g_signal_new_class_handler ("push-rtcp", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (on_push_rtcp), NULL, NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_BUFFER);
}

static void
gst_rtc_jitter_buffer_init (GstRtcJitterBuffer *self)
{
  rtc_log_init ();
  g_weak_ref_init (&self->element, NULL);
  g_mutex_init (&self->lock);
  self->min_ms = GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY;
  self->max_ms = GST_RTC_JITTER_BUFFER_DEFAULT_MAX_LATENCY;
  gst_rtc_latency_init (&self->latency, self->min_ms, self->max_ms);
  self->rtt = self->jitter = GST_CLOCK_TIME_NONE;
  self->hold_picture = GST_RTC_JITTER_BUFFER_DEFAULT_HOLD_PICTURE;
  self->last_key_frame_request = self->last_out = self->running_in = self->key_frame_in =
      GST_CLOCK_TIME_NONE;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
}

GstRtcJitterBuffer *
gst_rtc_jitter_buffer_new (GstElement *jitterbuffer)
{
  GstRtcJitterBuffer *self =
      g_object_new (GST_TYPE_RTC_JITTER_BUFFER, "jitterbuffer", jitterbuffer, NULL);

  if (!self->is_attached)
    g_clear_object (&self);
  return self;
}
