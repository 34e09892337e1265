/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcdatachannel.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_dc

enum {
  PROP_0,
  PROP_LABEL,
  PROP_ORDERED,
  PROP_MAX_PACKET_LIFETIME,
  PROP_MAX_RETRANSMITS,
  PROP_PROTOCOL,
  PROP_NEGOTIATED,
  PROP_ID,
  PROP_PRIORITY,
  PROP_READY_STATE,
  PROP_BUFFERED_AMOUNT,
  PROP_BUFFERED_AMOUNT_LOW_THRESHOLD,
  N_PROPS
};

enum {
  SIGNAL_ON_OPEN,
  SIGNAL_ON_CLOSE,
  SIGNAL_ON_ERROR,
  SIGNAL_ON_MESSAGE_DATA,
  SIGNAL_ON_MESSAGE_STRING,
  SIGNAL_ON_BUFFERED_AMOUNT_LOW,
  SIGNAL_SEND_DATA,
  SIGNAL_SEND_STRING,
  SIGNAL_CLOSE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

struct _GstRtcDataChannel {
  GObject parent;
  const GstRtcDataChannelFuncs *funcs;
  gpointer peer;

  /* Set at creation. */
  gchar *label, *protocol;
  gboolean ordered, negotiated;
  gint max_retransmits, max_lifetime_ms;
  guint16 priority;

  GMutex lock; /* guards the rest */
  gint id;
  GstWebRTCDataChannelState state;
  guint64 max_message_size;
  guint64 buffered, low_threshold;
};

G_DEFINE_TYPE (GstRtcDataChannel, gst_rtc_data_channel, G_TYPE_OBJECT)

/* RFC 8831 6.4, RFC 8835 4.1. */
static guint16
to_priority (GstWebRTCPriorityType type)
{
  switch (type) {
    case GST_WEBRTC_PRIORITY_TYPE_VERY_LOW:
      return 128;
    case GST_WEBRTC_PRIORITY_TYPE_MEDIUM:
      return 512;
    case GST_WEBRTC_PRIORITY_TYPE_HIGH:
      return 1024;
    case GST_WEBRTC_PRIORITY_TYPE_LOW:
    default:
      return 256;
  }
}

static GstWebRTCPriorityType
from_priority (guint16 priority)
{
  return priority <= 128   ? GST_WEBRTC_PRIORITY_TYPE_VERY_LOW
         : priority <= 256 ? GST_WEBRTC_PRIORITY_TYPE_LOW
         : priority <= 512 ? GST_WEBRTC_PRIORITY_TYPE_MEDIUM
                           : GST_WEBRTC_PRIORITY_TYPE_HIGH;
}

void
gst_rtc_data_channel_read_options (const GstStructure *options, RtcDataChannelInit *init)
{
  gint priority;

  *init = (RtcDataChannelInit){
    .ordered = TRUE, .max_retransmits = -1, .max_lifetime_ms = -1, .id = -1
  };
  if (options == NULL)
    return;
  gst_structure_get_boolean (options, "ordered", &init->ordered);
  gst_structure_get_boolean (options, "negotiated", &init->negotiated);
  gst_structure_get_int (options, "max-packet-lifetime", &init->max_lifetime_ms);
  gst_structure_get_int (options, "max-retransmits", &init->max_retransmits);
  gst_structure_get_int (options, "id", &init->id);
  init->protocol = gst_structure_get_string (options, "protocol");
  if (gst_structure_get_enum (options, "priority", GST_TYPE_WEBRTC_PRIORITY_TYPE, &priority))
    init->priority = to_priority ((GstWebRTCPriorityType) priority);
}

/* --- sending ---------------------------------------------------------------------------------- */

static RtcResult
reserve (GstRtcDataChannel *self, gsize len, GError **error)
{
  RtcResult result = RTC_OK;

  g_mutex_lock (&self->lock);
  if (self->state != GST_WEBRTC_DATA_CHANNEL_STATE_OPEN)
    result = rtc_error (error, RTC_ERR_STATE, "the data channel is not open");
  else if (len > self->max_message_size)
    result = rtc_error (error, RTC_ERR_UNSUPPORTED,
        "a message of %" G_GSIZE_FORMAT " bytes is longer than the peer takes (%" G_GUINT64_FORMAT
        ")",
        len, self->max_message_size);
  else if (!self->funcs->reserve (self->peer, len))
    result = rtc_error (error, RTC_ERR_LIMIT,
        "too much waits to be sent already: go on when buffered-amount is low");
  else
    self->buffered += len;
  g_mutex_unlock (&self->lock);
  return result;
}

gboolean
gst_rtc_data_channel_send (
    GstRtcDataChannel *self, gboolean is_text, const guint8 *data, gsize len, GError **error)
{
  RtcPacket *packet;

  if (reserve (self, len, error) != RTC_OK)
    return FALSE;
  packet = rtc_packet_new (NULL, 0, len);
  if (len > 0)
    memcpy (packet->data, data, len);
  packet->len = len;
  self->funcs->send (self->peer, self, is_text, packet);
  return TRUE;
}

gboolean
gst_rtc_data_channel_send_data_full (GstRtcDataChannel *self, GBytes *bytes, GError **error)
{
  gsize len = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  return gst_rtc_data_channel_send (self, FALSE, data, len, error);
}

gboolean
gst_rtc_data_channel_send_string_full (GstRtcDataChannel *self, const gchar *text, GError **error)
{
  return gst_rtc_data_channel_send (
      self, TRUE, (const guint8 *) text, text != NULL ? strlen (text) : 0, error);
}

guint64
gst_rtc_data_channel_get_buffered (GstRtcDataChannel *self)
{
  guint64 buffered;

  g_mutex_lock (&self->lock);
  buffered = self->buffered;
  g_mutex_unlock (&self->lock);
  return buffered;
}

gboolean
gst_rtc_data_channel_note_sent (GstRtcDataChannel *self, gsize n_bytes)
{
  gboolean is_low;
  guint64 before;

  g_mutex_lock (&self->lock);
  before = self->buffered;
  self->buffered -= MIN (self->buffered, n_bytes);
  is_low = before > self->low_threshold && self->buffered <= self->low_threshold;
  g_mutex_unlock (&self->lock);
  return is_low;
}

/* The actions have nobody to return an error to. */
static void
report (GstRtcDataChannel *self, GError *error)
{
  if (error == NULL)
    return;
  g_signal_emit (self, signals[SIGNAL_ON_ERROR], 0, error);
  g_error_free (error);
}

static void
on_send_data (GstRtcDataChannel *self, GBytes *bytes)
{
  GError *error = NULL;

  gst_rtc_data_channel_send_data_full (self, bytes, &error);
  report (self, error);
}

static void
on_send_string (GstRtcDataChannel *self, const gchar *text)
{
  GError *error = NULL;

  gst_rtc_data_channel_send_string_full (self, text, &error);
  report (self, error);
}

void
gst_rtc_data_channel_close (GstRtcDataChannel *self)
{
  gboolean is_new;

  g_mutex_lock (&self->lock);
  is_new = self->state < GST_WEBRTC_DATA_CHANNEL_STATE_CLOSING;
  if (is_new)
    self->state = GST_WEBRTC_DATA_CHANNEL_STATE_CLOSING;
  g_mutex_unlock (&self->lock);
  if (!is_new)
    return;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY_STATE]);
  self->funcs->close (self->peer, self);
}

/* --- what has happened; [C] ------------------------------------------------------------------- */

static gboolean
set_state (GstRtcDataChannel *self, GstWebRTCDataChannelState state)
{
  gboolean is_new;

  g_mutex_lock (&self->lock);
  is_new = self->state < state;
  if (is_new)
    self->state = state;
  g_mutex_unlock (&self->lock);
  if (is_new)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY_STATE]);
  return is_new;
}

static void
handle_open (GstRtcDataChannel *self, const GstRtcDataChannelEvent *event)
{
  g_mutex_lock (&self->lock);
  self->id = event->id;
  self->max_message_size = event->max_message_size;
  g_mutex_unlock (&self->lock);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
  if (set_state (self, GST_WEBRTC_DATA_CHANNEL_STATE_OPEN))
    g_signal_emit (self, signals[SIGNAL_ON_OPEN], 0);
}

/* A peer may call anything text; and what is behind a NUL would be lost without a word. */
static void
emit_text (GstRtcDataChannel *self, GBytes *bytes)
{
  gsize len;
  const gchar *data = g_bytes_get_data (bytes, &len);
  gchar *text = len > 0 ? g_utf8_make_valid (data, (gssize) len) : g_strdup ("");

  g_signal_emit (self, signals[SIGNAL_ON_MESSAGE_STRING], 0, text);
  g_free (text);
}

void
gst_rtc_data_channel_handle_event (GstRtcDataChannel *self, const GstRtcDataChannelEvent *event)
{
  switch (event->type) {
    case GST_RTC_DATA_CHANNEL_OPEN:
      handle_open (self, event);
      break;
    case GST_RTC_DATA_CHANNEL_TEXT:
      emit_text (self, event->bytes);
      break;
    case GST_RTC_DATA_CHANNEL_BINARY:
      g_signal_emit (self, signals[SIGNAL_ON_MESSAGE_DATA], 0,
          g_bytes_get_size (event->bytes) > 0 ? event->bytes : NULL);
      break;
    case GST_RTC_DATA_CHANNEL_LOW:
      g_signal_emit (self, signals[SIGNAL_ON_BUFFERED_AMOUNT_LOW], 0);
      break;
    case GST_RTC_DATA_CHANNEL_CLOSING:
      set_state (self, GST_WEBRTC_DATA_CHANNEL_STATE_CLOSING);
      break;
    case GST_RTC_DATA_CHANNEL_CLOSED:
      if (set_state (self, GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED))
        g_signal_emit (self, signals[SIGNAL_ON_CLOSE], 0);
      break;
    case GST_RTC_DATA_CHANNEL_ERROR:
      g_signal_emit (self, signals[SIGNAL_ON_ERROR], 0, event->error);
      break;
  }
}

/* --- GObject ---------------------------------------------------------------------------------- */

GstRtcDataChannel *
gst_rtc_data_channel_new (
    const RtcDataChannelInit *init, const GstRtcDataChannelFuncs *funcs, gpointer peer)
{
  GstRtcDataChannel *self = g_object_new (GST_TYPE_RTC_DATA_CHANNEL, NULL);

  self->funcs = funcs;
  self->peer = funcs->ref (peer);
  self->label = g_strdup (init->label != NULL ? init->label : "");
  self->protocol = g_strdup (init->protocol != NULL ? init->protocol : "");
  self->ordered = init->ordered;
  self->negotiated = init->negotiated;
  self->max_retransmits = init->max_retransmits;
  self->max_lifetime_ms = init->max_lifetime_ms;
  self->priority = init->priority != 0 ? init->priority : 256;
  self->id = init->negotiated ? init->id : -1;
  return self;
}

static void
gst_rtc_data_channel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcDataChannel *self = GST_RTC_DATA_CHANNEL (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_ORDERED:
      g_value_set_boolean (value, self->ordered);
      break;
    case PROP_MAX_PACKET_LIFETIME:
      g_value_set_int (value, self->max_lifetime_ms);
      break;
    case PROP_MAX_RETRANSMITS:
      g_value_set_int (value, self->max_retransmits);
      break;
    case PROP_PROTOCOL:
      g_value_set_string (value, self->protocol);
      break;
    case PROP_NEGOTIATED:
      g_value_set_boolean (value, self->negotiated);
      break;
    case PROP_ID:
      g_value_set_int (value, self->id);
      break;
    case PROP_PRIORITY:
      g_value_set_enum (value, from_priority (self->priority));
      break;
    case PROP_READY_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_BUFFERED_AMOUNT:
      g_value_set_uint64 (value, self->buffered);
      break;
    case PROP_BUFFERED_AMOUNT_LOW_THRESHOLD:
      g_value_set_uint64 (value, self->low_threshold);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_data_channel_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcDataChannel *self = GST_RTC_DATA_CHANNEL (object);

  if (id != PROP_BUFFERED_AMOUNT_LOW_THRESHOLD) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  g_mutex_lock (&self->lock);
  self->low_threshold = g_value_get_uint64 (value);
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_data_channel_finalize (GObject *object)
{
  GstRtcDataChannel *self = GST_RTC_DATA_CHANNEL (object);

  if (self->funcs != NULL)
    self->funcs->unref (self->peer);
  g_free (self->label);
  g_free (self->protocol);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_data_channel_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_LABEL] =
      g_param_spec_string ("label", "Label", "What who opened it calls it", "", flags);
  props[PROP_ORDERED] =
      g_param_spec_boolean ("ordered", "Ordered", "Messages come in their order", TRUE, flags);
  props[PROP_MAX_PACKET_LIFETIME] = g_param_spec_int ("max-packet-lifetime", "Max packet lifetime",
      "How long a message is sent again, ms; -1: no limit", -1, G_MAXUINT16, -1, flags);
  props[PROP_MAX_RETRANSMITS] = g_param_spec_int ("max-retransmits", "Max retransmits",
      "How often a message is sent again; -1: no limit", -1, G_MAXUINT16, -1, flags);
  props[PROP_PROTOCOL] =
      g_param_spec_string ("protocol", "Protocol", "Its subprotocol; may be empty", "", flags);
  props[PROP_NEGOTIATED] = g_param_spec_boolean (
      "negotiated", "Negotiated", "Opened by both sides under the same id", FALSE, flags);
  props[PROP_ID] = g_param_spec_int (
      "id", "Id", "Its SCTP stream; -1 until one is chosen", -1, G_MAXUINT16, -1, flags);
  props[PROP_PRIORITY] = g_param_spec_enum ("priority", "Priority", "Among the peer's channels",
      GST_TYPE_WEBRTC_PRIORITY_TYPE, GST_WEBRTC_PRIORITY_TYPE_LOW, flags);
  props[PROP_READY_STATE] =
      g_param_spec_enum ("ready-state", "Ready state", "W3C RTCDataChannelState",
          GST_TYPE_WEBRTC_DATA_CHANNEL_STATE, GST_WEBRTC_DATA_CHANNEL_STATE_CONNECTING, flags);
  props[PROP_BUFFERED_AMOUNT] = g_param_spec_uint64 (
      "buffered-amount", "Buffered amount", "Bytes that wait for SCTP", 0, G_MAXUINT64, 0, flags);
  props[PROP_BUFFERED_AMOUNT_LOW_THRESHOLD] =
      g_param_spec_uint64 ("buffered-amount-low-threshold", "Buffered amount low threshold",
          "on-buffered-amount-low is emitted when buffered-amount falls to this", 0, G_MAXUINT64, 0,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static guint
new_signal (GType type, const gchar *name, GType argument)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
      argument != G_TYPE_NONE ? 1 : 0, argument);
}

static guint
new_action (GType type, const gchar *name, GCallback handler, GType argument)
{
  return g_signal_new_class_handler (name, type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, handler, NULL,
      NULL, NULL, G_TYPE_NONE, argument != G_TYPE_NONE ? 1 : 0, argument);
}

static void
install_signals (GType type)
{
  /**
   * GstRtcDataChannel::on-open:
   *
   * Messages can be sent. Control thread, as all signals.
   */
  signals[SIGNAL_ON_OPEN] = new_signal (type, "on-open", G_TYPE_NONE);
  /**
   * GstRtcDataChannel::on-close:
   *
   * It is over; nothing follows.
   */
  signals[SIGNAL_ON_CLOSE] = new_signal (type, "on-close", G_TYPE_NONE);
  /**
   * GstRtcDataChannel::on-error:
   * @error: what is wrong
   *
   * A message was not sent, or the channel could not be made. Of an action: on its thread, before
   * it returns.
   */
  signals[SIGNAL_ON_ERROR] = new_signal (type, "on-error", G_TYPE_ERROR);
  /**
   * GstRtcDataChannel::on-message-data:
   * @data: (nullable): the bytes; NULL for an empty message
   */
  signals[SIGNAL_ON_MESSAGE_DATA] = new_signal (type, "on-message-data", G_TYPE_BYTES);
  /**
   * GstRtcDataChannel::on-message-string:
   * @data: the text, as UTF-8 whatever the peer sent
   */
  signals[SIGNAL_ON_MESSAGE_STRING] = new_signal (type, "on-message-string", G_TYPE_STRING);
  /**
   * GstRtcDataChannel::on-buffered-amount-low:
   *
   * buffered-amount has fallen to buffered-amount-low-threshold.
   */
  signals[SIGNAL_ON_BUFFERED_AMOUNT_LOW] = new_signal (type, "on-buffered-amount-low", G_TYPE_NONE);
}

static void
install_actions (GType type)
{
  /**
   * GstRtcDataChannel::send-data:
   * @data: (nullable): bytes
   *
   * Sends a message of bytes; on-error says when it was not sent. Any thread.
   */
  signals[SIGNAL_SEND_DATA] =
      new_action (type, "send-data", G_CALLBACK (on_send_data), G_TYPE_BYTES);
  /**
   * GstRtcDataChannel::send-string:
   * @text: (nullable): UTF-8
   *
   * Sends a message of text; on-error says when it was not sent. Any thread.
   */
  signals[SIGNAL_SEND_STRING] =
      new_action (type, "send-string", G_CALLBACK (on_send_string), G_TYPE_STRING);
  /**
   * GstRtcDataChannel::close:
   *
   * Closes it after all that was sent has left. Any thread.
   */
  signals[SIGNAL_CLOSE] =
      new_action (type, "close", G_CALLBACK (gst_rtc_data_channel_close), G_TYPE_NONE);
}

static void
gst_rtc_data_channel_class_init (GstRtcDataChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = gst_rtc_data_channel_get_property;
  object_class->set_property = gst_rtc_data_channel_set_property;
  object_class->finalize = gst_rtc_data_channel_finalize;
  install_properties (object_class);
  install_signals (type);
  install_actions (type);
}

static void
gst_rtc_data_channel_init (GstRtcDataChannel *self)
{
  g_mutex_init (&self->lock);
  self->state = GST_WEBRTC_DATA_CHANNEL_STATE_CONNECTING;
}
