/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcreceivebranch.h"

#include "gst/media/gstrtccapturetime.h"
#include "gst/media/gstrtcclockpair.h"
#include "gst/media/gstrtcdepayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_media

/* The stock jitter buffer waits in its chain function, and so on [N], when the sequence numbers of
 * what it holds span more than 32765. SPAN_MAX: what may be in it at once. SPAN_SLACK: nothing
 * stays in it for longer than that and the greatest latency. */
#define SPAN_MAX 16384
#define SPAN_SLACK (2 * GST_SECOND)

/* The numbers pushed within such a time, unwrapped. */
typedef struct {
  gint64 min, max;
} Span;

struct _GstRtcReceiveBranch {
  GstBin parent;
  GstPad *feed; /* ours, without an element: pushes into the jitter buffer */
  GstRtcJitterBuffer *hooks;
  gchar *stream_id;
  guint group_id;
  GstCaps *caps;
  gboolean has_started; /* the sticky events went out; whoever pushes */
  RtcLogLimit slow_limit, blocked_limit, span_limit;
  Span spans[2];                      /* this period's and the one before; min > max: nothing */
  GstClockTime span_began, span_time; /* of this period's */
  gint64 last_seq;                    /* unwrapped */
  gint flow;                          /* GstFlowReturn, atomic */
};

G_DEFINE_TYPE (GstRtcReceiveBranch, gst_rtc_receive_branch, GST_TYPE_BIN)

/* --- the pushing pad -------------------------------------------------------------------------- */

/* Packets come as they come: live, and nothing is added here. */
static gboolean
on_feed_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
    return TRUE;
  }
  return gst_pad_query_default (pad, parent, query);
}

/* What the hooks did not use ends here. */
static gboolean
on_feed_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

static void
start_feed (GstRtcReceiveBranch *self)
{
  GstEvent *event = gst_event_new_stream_start (self->stream_id);
  GstSegment segment;

  self->has_started = TRUE;
  gst_event_set_group_id (event, self->group_id);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->feed, event);
  gst_pad_push_event (self->feed, gst_event_new_caps (self->caps));
  gst_pad_push_event (self->feed, gst_event_new_segment (&segment));
}

/* Running time at arrival; NONE before there is such a thing. */
static GstClockTime
to_running_time (GstRtcReceiveBranch *self, GstClockTime arrival)
{
  GstClock *clock = NULL;
  GstClockTime base, running, now, age;

  GST_OBJECT_LOCK (self);
  if (GST_STATE_TARGET (self) == GST_STATE_PLAYING && GST_ELEMENT_CLOCK (self) != NULL)
    clock = gst_object_ref (GST_ELEMENT_CLOCK (self));
  base = GST_ELEMENT_CAST (self)->base_time;
  GST_OBJECT_UNLOCK (self);
  if (clock == NULL)
    return GST_CLOCK_TIME_NONE;
  running = gst_rtc_clock_pair_read (clock, &now);
  gst_object_unref (clock);
  if (!GST_CLOCK_TIME_IS_VALID (running))
    return GST_CLOCK_TIME_NONE;
  age = now > arrival ? now - arrival : 0;
  return running > base + age ? running - base - age : 0;
}

static void
take_flow (GstRtcReceiveBranch *self, GstFlowReturn flow, GstClockTime began)
{
  GstClockTime now = gst_util_get_timestamp ();

  if (flow != (GstFlowReturn) g_atomic_int_get (&self->flow)) {
    GST_INFO_OBJECT (self, "flow is %s", gst_flow_get_name (flow));
    g_atomic_int_set (&self->flow, flow);
  }
  if (now - began > GST_RTC_RECEIVE_BRANCH_SLOW && rtc_log_limit (&self->slow_limit, now, NULL))
    GST_WARNING_OBJECT (self, "the jitter buffer took %" GST_TIME_FORMAT " to take a packet",
        GST_TIME_ARGS (now - began));
}

static void
age_spans (GstRtcReceiveBranch *self, GstClockTime now)
{
  const Span nothing = { G_MAXINT64, G_MININT64 };
  guint latency_ms;

  if (now < self->span_began + self->span_time)
    return;
  self->spans[1] = now < self->span_began + 2 * self->span_time ? self->spans[0] : nothing;
  self->spans[0] = nothing;
  g_object_get (self->hooks, "max-latency", &latency_ms, NULL);
  self->span_began = now;
  self->span_time = SPAN_SLACK + latency_ms * GST_MSECOND;
}

/* Whether the jitter buffer can take the packet beside those that it may still hold. A sender that
 * jumps about is heard again when they have left. */
static gboolean
fits_span (GstRtcReceiveBranch *self, GstBuffer *packet, GstClockTime now)
{
  guint8 bytes[2];
  gint64 seq, min, max;

  if (gst_buffer_extract (packet, 2, bytes, 2) != 2)
    return FALSE;
  age_spans (self, now);
  seq = self->last_seq + (gint16) (GST_READ_UINT16_BE (bytes) - (guint16) self->last_seq);
  min = MIN (seq, MIN (self->spans[0].min, self->spans[1].min));
  max = MAX (seq, MAX (self->spans[0].max, self->spans[1].max));
  if (max - min > SPAN_MAX)
    return FALSE;
  self->spans[0].min = MIN (self->spans[0].min, seq);
  self->spans[0].max = MAX (self->spans[0].max, seq);
  self->last_seq = seq;
  return TRUE;
}

gboolean
gst_rtc_receive_branch_push (GstRtcReceiveBranch *self, GstBuffer *packet, GstClockTime arrival)
{
  GstClockTime time = to_running_time (self, arrival), began = gst_util_get_timestamp ();
  GstFlowReturn flow;

  if (!GST_CLOCK_TIME_IS_VALID (time)) {
    gst_buffer_unref (packet);
    return FALSE;
  }
  if (gst_rtc_jitter_buffer_is_stalled (self->hooks)) {
    if (rtc_log_limit (&self->blocked_limit, began, NULL))
      GST_WARNING_OBJECT (self, "nothing is taken downstream: packets are dropped");
    gst_buffer_unref (packet);
    return FALSE;
  }
  if (!fits_span (self, packet, began)) {
    if (rtc_log_limit (&self->span_limit, began, NULL))
      GST_WARNING_OBJECT (self, "sequence numbers jump about: packets are dropped");
    gst_buffer_unref (packet);
    return FALSE;
  }
  if (!self->has_started)
    start_feed (self);
  GST_BUFFER_DTS (packet) = time;
  GST_BUFFER_PTS (packet) = GST_CLOCK_TIME_NONE;
  flow = gst_pad_push (self->feed, packet);
  take_flow (self, flow, began);
  return flow == GST_FLOW_OK;
}

void
gst_rtc_receive_branch_set_codec (GstRtcReceiveBranch *self, const RtcCodec *codec)
{
  GstCaps *caps = gst_rtc_depayloader_make_caps (codec);

  gst_caps_replace (&self->caps, caps);
  gst_caps_unref (caps);
  if (self->has_started)
    gst_pad_push_event (self->feed, gst_event_new_caps (self->caps));
}

GstFlowReturn
gst_rtc_receive_branch_get_flow (GstRtcReceiveBranch *self)
{
  return (GstFlowReturn) g_atomic_int_get (&self->flow);
}

void
gst_rtc_receive_branch_push_eos (GstRtcReceiveBranch *self)
{
  if (!self->has_started)
    start_feed (self);
  gst_pad_push_event (self->feed, gst_event_new_eos ());
}

GstRtcJitterBuffer *
gst_rtc_receive_branch_get_hooks (GstRtcReceiveBranch *self)
{
  return self->hooks;
}

gboolean
gst_rtc_receive_branch_choose (const RtcCodec *codec, const GstCaps *caps, GstRtcReceiveMode *mode)
{
  GstCaps *rtp, *media, *raw;
  gboolean fits = TRUE;

  *mode = GST_RTC_RECEIVE_RAW;
  if (gst_caps_is_any (caps))
    return TRUE;
  rtp = gst_rtc_depayloader_make_caps (codec);
  media = gst_rtc_depayloader_get_media_caps (codec->id);
  raw = gst_caps_new_empty_simple (gst_rtc_depayloader_get_raw_type (codec->id));
  gst_caps_set_features_simple (raw, gst_caps_features_new_any ());
  if (gst_caps_can_intersect (rtp, caps))
    *mode = GST_RTC_RECEIVE_RTP;
  else if (gst_caps_can_intersect (media, caps))
    *mode = GST_RTC_RECEIVE_ENCODED;
  else
    fits = gst_caps_can_intersect (raw, caps);
  gst_caps_unref (rtp);
  gst_caps_unref (media);
  gst_caps_unref (raw);
  return fits;
}

/* --- making it -------------------------------------------------------------------------------- */

/* Appends element (floating) to the chain that ends in *last. */
static void
append (GstRtcReceiveBranch *self, GstElement **last, GstElement *element, GError **error)
{
  gst_bin_add (GST_BIN (self), element);
  if (!gst_element_link (*last, element) && *error == NULL)
    rtc_error (error, RTC_ERR_UNSUPPORTED, "%s and %s do not fit together", GST_OBJECT_NAME (*last),
        GST_OBJECT_NAME (element));
  *last = element;
}

/* What a peer sends must not be able to end the pipeline: a decoder goes on after errors. */
static void
tune_decoder (GstElement *decoder)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (decoder), "max-errors") != NULL)
    g_object_set (decoder, "max-errors", -1, NULL);
}

static gboolean
make_chain (GstRtcReceiveBranch *self, GstElement **last, GstRtcReceiveMode mode, RtcCodecId codec,
    GstElement **filter, GError **error)
{
  GstElement *element;
  GError *inner = NULL;

  if (mode == GST_RTC_RECEIVE_RTP)
    return TRUE;
  element = gst_rtc_depayloader_new (codec, &inner);
  if (element != NULL)
    append (self, last, element, &inner);
  element = inner == NULL ? gst_rtc_depayloader_make_parser (codec) : NULL;
  if (element != NULL)
    append (self, last, element, &inner);
  element = inner == NULL ? gst_rtc_depayloader_make_framing (codec) : NULL;
  if (element != NULL)
    append (self, last, element, &inner);
  if (*filter != NULL && inner == NULL)
    append (self, last, g_steal_pointer (filter), &inner);
  if (mode == GST_RTC_RECEIVE_RAW && inner == NULL) {
    element = gst_rtc_depayloader_make_decoder (codec, &inner);
    if (element != NULL) {
      tune_decoder (element);
      append (self, last, element, &inner);
    }
  }
  if (inner != NULL)
    g_propagate_error (error, inner);
  return inner == NULL;
}

/* What leaves tells when it was captured, whatever it went through. */
static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcReceiveBranch *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  gst_rtc_capture_time_put ((GstBuffer **) &info->data,
      gst_rtc_jitter_buffer_find_capture_time (self->hooks, GST_BUFFER_PTS (buffer)));
  return GST_PAD_PROBE_OK;
}

static void
add_source_pad (GstRtcReceiveBranch *self, GstElement *last)
{
  GstPad *pad = gst_element_get_static_pad (last, "src");
  GstPad *ghost = gst_ghost_pad_new ("src", pad);

  gst_pad_add_probe (ghost, GST_PAD_PROBE_TYPE_BUFFER, on_output, self, NULL);
  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
  gst_object_unref (pad);
}

static GstElement *
discard (GstElement *element)
{
  if (element != NULL)
    gst_object_unref (gst_object_ref_sink (element));
  return NULL;
}

GstElement *
gst_rtc_receive_branch_new (
    const gchar *name, const GstRtcReceiveBranchConfig *config, GError **error)
{
  GstElement *filter = config->filter, *last;
  GstElement *jitterbuffer = gst_element_factory_make ("rtpjitterbuffer", NULL);
  GstRtcReceiveBranch *self;
  gboolean made;
  GstPad *sink;

  if (jitterbuffer == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "the element rtpjitterbuffer is not installed; it is in the package "
        "gstreamer1.0-plugins-good");
    return discard (filter);
  }
  self = g_object_new (GST_TYPE_RTC_RECEIVE_BRANCH, "name", name, NULL);
  self->stream_id = g_strdup (config->stream_id);
  self->group_id = config->group_id;
  self->caps = gst_rtc_depayloader_make_caps (&config->codec);
  self->hooks = gst_rtc_jitter_buffer_new (jitterbuffer);
  /* Nothing is sent again without NACK, so nothing need be waited for. */
  g_object_set (
      jitterbuffer, "do-retransmission", (config->codec.rtcp_fb & RTC_RTCP_FB_NACK) != 0, NULL);
  gst_bin_add (GST_BIN (self), jitterbuffer);
  last = jitterbuffer;
  made = make_chain (self, &last, config->mode, config->codec.id, &filter, error);
  discard (filter);
  if (!made)
    return discard (GST_ELEMENT (self));
  add_source_pad (self, last);
  sink = gst_element_get_static_pad (jitterbuffer, "sink");
  gst_pad_link (self->feed, sink);
  gst_object_unref (sink);
  return GST_ELEMENT (self);
}

static GstStateChangeReturn
gst_rtc_receive_branch_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcReceiveBranch *self = GST_RTC_RECEIVE_BRANCH (element);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_pad_set_active (self->feed, FALSE);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    gst_pad_set_active (self->feed, TRUE);
  return GST_ELEMENT_CLASS (gst_rtc_receive_branch_parent_class)
      ->change_state (element, transition);
}

static void
gst_rtc_receive_branch_dispose (GObject *object)
{
  GstRtcReceiveBranch *self = GST_RTC_RECEIVE_BRANCH (object);

  if (self->hooks != NULL)
    gst_rtc_jitter_buffer_detach (self->hooks);
  g_clear_object (&self->hooks);
  if (self->feed != NULL) {
    GstPad *peer = gst_pad_get_peer (self->feed);

    if (peer != NULL) {
      gst_pad_unlink (self->feed, peer);
      gst_object_unref (peer);
    }
  }
  gst_clear_object (&self->feed);
  G_OBJECT_CLASS (gst_rtc_receive_branch_parent_class)->dispose (object);
}

static void
gst_rtc_receive_branch_finalize (GObject *object)
{
  GstRtcReceiveBranch *self = GST_RTC_RECEIVE_BRANCH (object);

  gst_clear_caps (&self->caps);
  g_free (self->stream_id);
  G_OBJECT_CLASS (gst_rtc_receive_branch_parent_class)->finalize (object);
}

static void
gst_rtc_receive_branch_class_init (GstRtcReceiveBranchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gst_rtc_receive_branch_dispose;
  G_OBJECT_CLASS (klass)->finalize = gst_rtc_receive_branch_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = gst_rtc_receive_branch_change_state;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "RTP receive branch",
      "Source/Network", "From the RTP packets of one stream to a pad",
      "the gst-plugins-rtc authors");
}

static void
gst_rtc_receive_branch_init (GstRtcReceiveBranch *self)
{
  rtc_log_init ();
  self->feed = gst_object_ref_sink (gst_pad_new ("feed", GST_PAD_SRC));
  gst_pad_set_query_function (self->feed, on_feed_query);
  gst_pad_set_event_function (self->feed, on_feed_event);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}
