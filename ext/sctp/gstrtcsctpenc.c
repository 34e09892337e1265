/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-sctpenc
 * @title: sctpenc
 * @see_also: sctpdec
 *
 * Sends messages over an SCTP association (RFC 9260) of which #sctpdec is the receiving half: both
 * have the same `sctp-association-id`. Takes the place of the element of that name in
 * gst-plugins-bad, and does the same with the same properties, pads and signals.
 *
 * Each sink pad is a stream, each buffer a message. How a stream is sent is in the caps that its
 * pad is requested with, or in a GstSctpSendMeta of the buffer; without either it is reliable and
 * in order.
 *
 * |[
 * gst-launch-1.0 sctpenc name=e sctp-association-id=1 remote-sctp-port=5000 ! sctpdec name=f
 * sctp-association-id=2 local-sctp-port=5000 sctpenc sctp-association-id=2 remote-sctp-port=5000
 * ! sctpdec sctp-association-id=1 local-sctp-port=5000 videotestsrc num-buffers=100 ! jpegenc
 * ! e.sink_0 f.src_0 ! fakesink dump=true
 * ]| Two associations that talk to each other; pictures go over stream 0 of the first.
 */
#include "ext/sctp/gstrtcsctpenc.h"

#include "ext/sctp/gstrtcsctphalf.h"
#include "ext/sctp/gstrtcsctpencpad.h"
#include "ext/sctp/gstrtcsctplane.h"

#define MAX_STREAM 65534

/* Packets that wait for what is downstream; more are lost, as they would be on the network. */
#define MAX_WAITING_BYTES (4 * 1024 * 1024)

GST_DEBUG_CATEGORY_STATIC (sctpenc_debug);
#define GST_CAT_DEFAULT sctpenc_debug

enum { PROP_0, PROP_SCTP_ASSOCIATION_ID, PROP_REMOTE_SCTP_PORT, PROP_USE_SOCK_STREAM, PROP_STATS };

enum { SIGNAL_ESTABLISHED, SIGNAL_BYTES_SENT, N_SIGNALS };

static guint signals[N_SIGNALS];

/* -- The element ------------------------------------------------------------- */

struct _GstRtcSctpEnc {
  GstElement parent;

  GstPad *src;

  GstRtcSctpHalf half;

  GMutex lock; /* all below */
  gboolean use_sock_stream;
  GstRtcSctpLane *lane; /* pushes what is in waiting; likewise */
  GQueue waiting;       /* RtcSctpEvent *: TRANSMIT, STATE */
  gsize waiting_bytes;
  guint64 dropped;
  gboolean was_established;
  gboolean has_told_limit;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-sctp"));

G_DEFINE_TYPE_WITH_CODE (GstRtcSctpEnc, gst_rtc_sctp_enc, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (sctpenc_debug, "sctpenc", 0, "SCTP encoder"))
GST_ELEMENT_REGISTER_DEFINE (sctpenc, "sctpenc", GST_RANK_NONE, GST_TYPE_RTC_SCTP_ENC)

/* -- Packets out ------------------------------------------------------------- */

/* The association's lock is held. */
static void
handle_event (GstElement *element, RtcSctpEvent *event)
{
  GstRtcSctpEnc *self = GST_RTC_SCTP_ENC (element);
  gsize len = event->packet != NULL ? event->packet->len : 0;

  g_mutex_lock (&self->lock);
  if (self->waiting_bytes + len > MAX_WAITING_BYTES) {
    self->dropped++;
    rtc_packet_unref (event->packet);
  } else {
    self->waiting_bytes += len;
    g_queue_push_tail (&self->waiting, g_memdup2 (event, sizeof *event));
  }
  if (self->lane != NULL)
    gst_rtc_sctp_lane_wake (self->lane);
  g_mutex_unlock (&self->lock);
}

static void
free_event (RtcSctpEvent *event)
{
  rtc_packet_unref (event->packet);
  g_free (event);
}

/* The packet, whose only reference this is, as a buffer. */
static GstBuffer *
wrap (RtcPacket *packet)
{
  return gst_buffer_new_wrapped_full (
      0, packet->data, packet->len, 0, packet->len, packet, (GDestroyNotify) rtc_packet_unref);
}

static void
push_first_events (GstRtcSctpEnc *self)
{
  gchar *id;
  GstCaps *caps;
  GstSegment segment;

  if (gst_pad_has_current_caps (self->src))
    return;
  id = g_strdup_printf ("sctp-%08x%08x", g_random_int (), g_random_int ());
  gst_pad_push_event (self->src, gst_event_new_stream_start (id));
  g_free (id);
  caps = gst_caps_new_empty_simple ("application/x-sctp");
  gst_pad_push_event (self->src, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

static void
push_packets (GstRtcSctpEnc *self, GstBufferList *packets)
{
  GstFlowReturn flow;

  if (packets == NULL)
    return;
  push_first_events (self);
  if (gst_buffer_list_length (packets) == 1) {
    flow = gst_pad_push (self->src, gst_buffer_ref (gst_buffer_list_get (packets, 0)));
    gst_buffer_list_unref (packets);
  } else {
    flow = gst_pad_push_list (self->src, packets);
  }
  if (flow != GST_FLOW_OK)
    GST_DEBUG_OBJECT (self, "packets were not taken: %s", gst_flow_get_name (flow));
}

static void
tell_state (GstRtcSctpEnc *self, const RtcSctpEvent *event)
{
  gboolean is_up = event->state == RTC_SCTP_STATE_CONNECTED, was_up;

  g_mutex_lock (&self->lock);
  was_up = self->was_established;
  self->was_established = is_up;
  g_mutex_unlock (&self->lock);
  if (!is_up)
    GST_INFO_OBJECT (self, "%s", event->reason);
  if (is_up != was_up)
    g_signal_emit (self, signals[SIGNAL_ESTABLISHED], 0, is_up);
}

/* Pushes packets, all that there are at a time, and tells the state in between. */
static void
work (gpointer data)
{
  GstRtcSctpEnc *self = gst_object_ref (data);
  GQueue taken;
  RtcSctpEvent *event;
  GstBufferList *packets = NULL;

  g_mutex_lock (&self->lock);
  taken = self->waiting;
  g_queue_init (&self->waiting);
  self->waiting_bytes = 0;
  g_mutex_unlock (&self->lock);
  while ((event = g_queue_pop_head (&taken)) != NULL) {
    if (event->type == RTC_SCTP_EVENT_TRANSMIT) {
      if (packets == NULL)
        packets = gst_buffer_list_new ();
      gst_buffer_list_add (packets, wrap (g_steal_pointer (&event->packet)));
    } else {
      push_packets (self, g_steal_pointer (&packets));
      tell_state (self, event);
    }
    free_event (event);
  }
  push_packets (self, packets);
  gst_object_unref (self);
}

/* -- Messages in ------------------------------------------------------------- */

static void
tell_limit (GstRtcSctpEnc *self, gsize len)
{
  gboolean has_told;

  g_mutex_lock (&self->lock);
  self->dropped++;
  has_told = self->has_told_limit;
  self->has_told_limit = TRUE;
  g_mutex_unlock (&self->lock);
  if (!has_told)
    GST_ELEMENT_WARNING (self, RESOURCE, WRITE, ("A message cannot be sent and is dropped"),
        ("%" G_GSIZE_FORMAT " bytes; 1 to %d can be sent", len, GST_RTC_SCTP_MAX_MESSAGE));
}

static GstFlowReturn
to_flow (GstRtcSctpEnc *self, GstRtcSctpEncPad *pad, RtcResult result, gsize len)
{
  switch ((gint) result) {
    case RTC_OK:
      gst_rtc_sctp_enc_pad_add_sent (pad, len);
      return GST_FLOW_OK;
    case RTC_AGAIN:
      return GST_FLOW_FLUSHING;
    case RTC_ERR_PEER_CLOSED:
      return GST_FLOW_EOS;
    case RTC_ERR_LIMIT:
      tell_limit (self, len);
      return GST_FLOW_OK;
    default:
      GST_ELEMENT_ERROR (self, RESOURCE, WRITE,
          ("The peer takes no stream %u", gst_rtc_sctp_enc_pad_get_stream (pad)),
          ("%s", rtc_result_to_string (result)));
      return GST_FLOW_ERROR;
  }
}

static GstFlowReturn
sink_chain (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  GstRtcSctpEnc *self = GST_RTC_SCTP_ENC (parent);
  GstRtcSctpEncPad *pad = GST_RTC_SCTP_ENC_PAD (sink);
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (&self->half);
  GstFlowReturn flow = GST_FLOW_FLUSHING;
  GstRtcSctpMessage message = { 0 };
  GstMapInfo map;

  if (association != NULL && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    RtcResult result = RTC_ERR_LIMIT;

    if (gst_rtc_sctp_enc_pad_fill_message (pad, buffer, map.data, map.size, &message))
      result = gst_rtc_sctp_association_send (association, &message, sink);
    flow = to_flow (self, pad, result, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  gst_rtc_sctp_association_unref (association);
  gst_buffer_unref (buffer);
  return flow;
}

static void
wake_senders (GstRtcSctpEnc *self)
{
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (&self->half);

  if (association != NULL)
    gst_rtc_sctp_association_wake_senders (association);
  gst_rtc_sctp_association_unref (association);
}

/* Nothing but messages goes to the other side; an end of stream does neither, since other streams
 * go on. */
static gboolean
sink_event (GstPad *sink, GstObject *parent, GstEvent *event)
{
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    gst_rtc_sctp_enc_pad_take_caps (GST_RTC_SCTP_ENC_PAD (sink), caps);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START) {
    wake_senders (GST_RTC_SCTP_ENC (parent));
  }
  gst_event_unref (event);
  return TRUE;
}

static gboolean
sink_activate_mode (GstPad *sink, GstObject *parent, GstPadMode mode, gboolean active)
{
  if (!active)
    wake_senders (GST_RTC_SCTP_ENC (parent));
  return TRUE;
}

/* -- Pads -------------------------------------------------------------------- */

/* FALSE: not a stream, or there is such a pad, or nothing will ever be sent there. */
static gboolean
may_add (GstRtcSctpEnc *self, guint stream)
{
  GstRtcSctpEncPad *there = gst_rtc_sctp_enc_pad_find (GST_ELEMENT (self), stream);
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (&self->half);
  gboolean ok =
      there == NULL && stream <= MAX_STREAM
      && (association == NULL || gst_rtc_sctp_association_has_stream (association, stream));

  gst_clear_object (&there);
  gst_rtc_sctp_association_unref (association);
  return ok;
}

static GstPad *
gst_rtc_sctp_enc_request_new_pad (
    GstElement *element, GstPadTemplate *template, const gchar *wanted, const GstCaps *caps)
{
  guint64 stream = 0;
  GstRtcSctpEncPad *pad;

  if (wanted == NULL)
    stream = gst_rtc_sctp_enc_pad_find_free (element);
  else if (!g_str_has_prefix (wanted, "sink_")
           || !g_ascii_string_to_unsigned (
               wanted + strlen ("sink_"), 10, 0, MAX_STREAM, &stream, NULL))
    return NULL;
  if (!may_add (GST_RTC_SCTP_ENC (element), (guint) stream))
    return NULL;
  pad = gst_rtc_sctp_enc_pad_new (template, (guint16) stream, caps);
  gst_pad_set_chain_function (GST_PAD (pad), sink_chain);
  gst_pad_set_event_function (GST_PAD (pad), sink_event);
  gst_pad_set_activatemode_function (GST_PAD (pad), sink_activate_mode);
  if (GST_STATE (element) > GST_STATE_READY || GST_STATE_TARGET (element) > GST_STATE_READY)
    gst_pad_set_active (GST_PAD (pad), TRUE);
  gst_element_add_pad (element, GST_PAD (pad));
  return GST_PAD (pad);
}

static void
gst_rtc_sctp_enc_release_pad (GstElement *element, GstPad *pad)
{
  GstRtcSctpAssociation *association =
      gst_rtc_sctp_half_get_association (&GST_RTC_SCTP_ENC (element)->half);

  gst_pad_set_active (pad, FALSE);
  if (association != NULL)
    gst_rtc_sctp_association_reset_stream (
        association, gst_rtc_sctp_enc_pad_get_stream (GST_RTC_SCTP_ENC_PAD (pad)));
  gst_rtc_sctp_association_unref (association);
  gst_element_remove_pad (element, pad);
}

static guint64
gst_rtc_sctp_enc_bytes_sent (GstRtcSctpEnc *self, guint stream)
{
  GstRtcSctpEncPad *pad = gst_rtc_sctp_enc_pad_find (GST_ELEMENT (self), stream);
  guint64 bytes = pad != NULL ? gst_rtc_sctp_enc_pad_get_sent (pad) : 0;

  gst_clear_object (&pad);
  return bytes;
}

/* -- Properties -------------------------------------------------------------- */

static void
gst_rtc_sctp_enc_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSctpEnc *self = GST_RTC_SCTP_ENC (object);

  switch (id) {
    case PROP_REMOTE_SCTP_PORT:
      gst_rtc_sctp_half_set_port (&self->half, g_value_get_uint (value));
      break;
    case PROP_SCTP_ASSOCIATION_ID:
      gst_rtc_sctp_half_set_number (&self->half, g_value_get_uint (value));
      break;
    case PROP_USE_SOCK_STREAM:
      g_mutex_lock (&self->lock);
      self->use_sock_stream = g_value_get_boolean (value);
      g_mutex_unlock (&self->lock);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static GstStructure *
make_stats (GstRtcSctpEnc *self)
{
  GstStructure *stats = gst_rtc_sctp_half_make_stats (&self->half);

  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "dropped-output", G_TYPE_UINT64, self->dropped, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}

static void
gst_rtc_sctp_enc_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSctpEnc *self = GST_RTC_SCTP_ENC (object);

  switch (id) {
    case PROP_SCTP_ASSOCIATION_ID:
      g_value_set_uint (value, gst_rtc_sctp_half_get_number (&self->half));
      break;
    case PROP_REMOTE_SCTP_PORT:
      g_value_set_uint (value, gst_rtc_sctp_half_get_port (&self->half));
      break;
    case PROP_USE_SOCK_STREAM:
      g_mutex_lock (&self->lock);
      g_value_set_boolean (value, self->use_sock_stream);
      g_mutex_unlock (&self->lock);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, make_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* -- Life -------------------------------------------------------------------- */

/* The pads are not active yet: who pushes into them finds an association. */
static void
start (GstRtcSctpEnc *self)
{
  g_mutex_lock (&self->lock);
  self->was_established = self->has_told_limit = FALSE;
  self->dropped = 0;
  g_mutex_unlock (&self->lock);
  gst_rtc_sctp_half_join (&self->half, GST_ELEMENT (self), handle_event);
}

/* The pads are active: what waits can leave. */
static void
start_pushing (GstRtcSctpEnc *self)
{
  g_mutex_lock (&self->lock);
  self->lane = gst_rtc_sctp_lane_new (work, self, NULL);
  gst_rtc_sctp_lane_wake (self->lane);
  g_mutex_unlock (&self->lock);
}

/* The pads are not active any more. */
static void
stop (GstRtcSctpEnc *self)
{
  GstRtcSctpLane *lane;
  RtcSctpEvent *event;

  g_mutex_lock (&self->lock);
  lane = g_steal_pointer (&self->lane);
  g_mutex_unlock (&self->lock);
  gst_rtc_sctp_half_drop (&self->half);
  if (lane != NULL)
    gst_rtc_sctp_lane_stop (lane);
  gst_rtc_sctp_lane_free (lane);
  while ((event = g_queue_pop_head (&self->waiting)) != NULL)
    free_event (event);
  self->waiting_bytes = 0;
}

static GstStateChangeReturn
gst_rtc_sctp_enc_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcSctpEnc *self = GST_RTC_SCTP_ENC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    /* While pads are active: the last packet says to the peer that this is the end. */
    gst_rtc_sctp_half_leave (&self->half);
  result = GST_ELEMENT_CLASS (gst_rtc_sctp_enc_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result != GST_STATE_CHANGE_FAILURE) {
    start_pushing (self);
  } else if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    gst_rtc_sctp_half_leave (&self->half);
    stop (self);
  } else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    stop (self);
  }
  return result;
}

static void
gst_rtc_sctp_enc_finalize (GObject *object)
{
  GstRtcSctpEnc *self = GST_RTC_SCTP_ENC (object);

  gst_rtc_sctp_half_clear (&self->half);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_sctp_enc_parent_class)->finalize (object);
}

static void
gst_rtc_sctp_enc_init (GstRtcSctpEnc *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  gst_rtc_sctp_half_init (&self->half, GST_RTC_SCTP_SENDER);
  self->src = gst_pad_new_from_static_template (&src_template, "src");
  gst_element_add_pad (GST_ELEMENT (self), self->src);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_SCTP_ASSOCIATION_ID,
      g_param_spec_uint ("sctp-association-id", "SCTP Association ID",
          "The sctpdec of the same association has the same number", 0, G_MAXUINT,
          GST_RTC_SCTP_HALF_NUMBER, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_REMOTE_SCTP_PORT,
      g_param_spec_uint ("remote-sctp-port", "Remote SCTP port",
          "The peer's SCTP port; 0: not known yet. Ours is a property of sctpdec", 0, G_MAXUINT16,
          0, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_USE_SOCK_STREAM,
      g_param_spec_boolean ("use-sock-stream", "Use sock-stream",
          "Has no effect: associations are connections, and partial reliability is always honoured",
          FALSE, flags));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Various statistics", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_rtc_sctp_enc_class_init (GstRtcSctpEncClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GObjectClass *object = G_OBJECT_CLASS (klass);

  object->finalize = gst_rtc_sctp_enc_finalize;
  object->set_property = gst_rtc_sctp_enc_set_property;
  object->get_property = gst_rtc_sctp_enc_get_property;
  element->change_state = gst_rtc_sctp_enc_change_state;
  element->request_new_pad = gst_rtc_sctp_enc_request_new_pad;
  element->release_pad = gst_rtc_sctp_enc_release_pad;
  install_properties (object);

  /**
   * GstRtcSctpEnc::sctp-association-established:
   * @connected: %TRUE: messages can go; %FALSE: the association has ended
   */
  signals[SIGNAL_ESTABLISHED] =
      g_signal_new ("sctp-association-established", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  /**
   * GstRtcSctpEnc::bytes-sent:
   * @stream: of a sink pad
   *
   * Returns: the bytes of messages that the association has taken from that pad
   */
  signals[SIGNAL_BYTES_SENT] = g_signal_new_class_handler ("bytes-sent", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gst_rtc_sctp_enc_bytes_sent), NULL, NULL,
      NULL, G_TYPE_UINT64, 1, G_TYPE_UINT);

  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "SCTP Encoder", "Encoder/Network/SCTP",
      "Encodes packets with SCTP", "the gst-plugins-rtc authors");
}
