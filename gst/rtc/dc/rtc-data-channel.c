/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/dc/rtc-data-channel-private.h"

#include <string.h>

#define GST_CAT_DEFAULT rtc_log_dc

#define DEFAULT_TEXT_BYTES (256 * 1024)
#define DEFAULT_PARTIAL_BYTES (1024 * 1024)
#define DEFAULT_QUEUED_BYTES (2 * 1024 * 1024)
#define DEFAULT_MESSAGE_BYTES (256 * 1024)
#define DEFAULT_PRIORITY 256

/* --- life ------------------------------------------------------------------------------------- */

static void
channel_free (RtcDataChannels *self, RtcDataChannel *channel)
{
  rtc_data_channels_drop_messages (self, channel);
  self->text_bytes -= channel->text_bytes;
  if (channel->partial != NULL) {
    self->partial_bytes -= channel->partial->len;
    g_byte_array_unref (channel->partial);
  }
  g_free (channel->label);
  g_free (channel->protocol);
  g_free (channel);
}

void
rtc_data_channels_release (RtcDataChannels *self, RtcDataChannel *channel)
{
  if (!channel->in_handles && !channel->in_streams && !channel->in_ready)
    channel_free (self, channel);
}

static void
leave_stream (RtcDataChannels *self, RtcDataChannel *channel)
{
  if (!channel->in_streams)
    return;
  channel->in_streams = FALSE;
  g_hash_table_remove (self->by_stream, GINT_TO_POINTER (channel->stream));
}

void
rtc_data_channels_enter_stream (RtcDataChannels *self, RtcDataChannel *channel, guint16 stream)
{
  channel->stream = stream;
  channel->in_streams = TRUE;
  g_hash_table_insert (self->by_stream, GINT_TO_POINTER (stream), channel);
}

RtcDataChannels *
rtc_data_channels_new (const RtcDataChannelsConfig *config)
{
  RtcDataChannels *self = g_new0 (RtcDataChannels, 1);
  RtcDataChannelsConfig *c = &self->config;

  rtc_log_init ();
  *c = *config;
  if (c->max_channels == 0 || c->max_channels > RTC_DATA_CHANNEL_MAX_STREAMS)
    c->max_channels = RTC_DATA_CHANNEL_MAX_STREAMS;
  c->max_text_bytes = c->max_text_bytes != 0 ? c->max_text_bytes : DEFAULT_TEXT_BYTES;
  c->max_partial_bytes = c->max_partial_bytes != 0 ? c->max_partial_bytes : DEFAULT_PARTIAL_BYTES;
  c->max_queued_bytes = c->max_queued_bytes != 0 ? c->max_queued_bytes : DEFAULT_QUEUED_BYTES;
  c->max_message_bytes = c->max_message_bytes != 0 ? c->max_message_bytes : DEFAULT_MESSAGE_BYTES;
  g_snprintf (self->id, sizeof self->id, "p%" G_GUINT64_FORMAT, config->peer_id);
  self->by_handle = g_hash_table_new (NULL, NULL);
  self->by_stream = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->ready);
  g_queue_init (&self->events);
  return self;
}

void
rtc_data_channels_free (RtcDataChannels *self)
{
  RtcOutput out;

  if (self == NULL)
    return;
  rtc_data_channels_end (self);
  /* The last CLOSED is forgotten by the poll that finds nothing. */
  while (rtc_data_channels_poll (self, &out))
    rtc_packet_unref (out.packet);
  g_hash_table_unref (self->by_handle);
  g_hash_table_unref (self->by_stream);
  g_free (self);
}

/* --- events ----------------------------------------------------------------------------------- */

void
rtc_data_channels_push_event (
    RtcDataChannels *self, RtcOutputType type, RtcDataChannel *channel, RtcPacket *packet)
{
  RtcOutput *event;

  if (!channel->in_handles)
    return;
  event = g_new0 (RtcOutput, 1);
  event->type = type;
  event->channel = channel->handle;
  event->packet = packet;
  g_queue_push_tail (&self->events, event);
}

gboolean
rtc_data_channels_poll (RtcDataChannels *self, RtcOutput *out)
{
  RtcOutput *event;
  RtcDataChannel *channel;

  if (self->closed != NULL) {
    g_hash_table_remove (self->by_handle, GUINT_TO_POINTER (self->closed->handle));
    self->closed->in_handles = FALSE;
    rtc_data_channels_release (self, self->closed);
    self->closed = NULL;
  }
  event = g_queue_pop_head (&self->events);
  if (event == NULL)
    return FALSE;
  *out = *event;
  g_free (event);
  channel = g_hash_table_lookup (self->by_handle, GUINT_TO_POINTER (out->channel));
  if (out->type == RTC_OUTPUT_CHANNEL_SENT) {
    out->n_bytes = channel->sent_bytes;
    out->n_messages = channel->sent_messages;
    channel->sent_bytes = 0;
    channel->sent_messages = 0;
  } else if (out->type == RTC_OUTPUT_CHANNEL_CLOSED) {
    self->closed = channel;
  }
  return TRUE;
}

void
rtc_data_channels_set_open (RtcDataChannels *self, RtcDataChannel *channel)
{
  channel->is_acked = TRUE;
  if (channel->state != RTC_DATA_CHANNEL_CONNECTING)
    return;
  channel->state = RTC_DATA_CHANNEL_OPEN;
  self->stats.opened++;
  GST_INFO_ID (self->id, "channel %u is open on stream %d", channel->handle, channel->stream);
  rtc_data_channels_push_event (
      self, channel->is_remote ? RTC_OUTPUT_CHANNEL_NEW : RTC_OUTPUT_CHANNEL_OPEN, channel, NULL);
}

/* --- closing (RFC 8831 6.7) --------------------------------------------------------------------
 */

static void
stop_deadline (RtcDataChannels *self, RtcDataChannel *channel)
{
  if (channel->close_deadline == GST_CLOCK_TIME_NONE)
    return;
  channel->close_deadline = GST_CLOCK_TIME_NONE;
  self->n_closing--;
}

/* For the application it is over. The stream may still be on its way. */
static void
announce_closed (RtcDataChannels *self, RtcDataChannel *channel)
{
  stop_deadline (self, channel);
  rtc_data_channels_drop_messages (self, channel);
  if (channel->state == RTC_DATA_CHANNEL_CLOSED)
    return;
  self->stats.closed++;
  channel->state = RTC_DATA_CHANNEL_CLOSED;
  GST_INFO_ID (self->id, "channel %u on stream %d is closed", channel->handle, channel->stream);
  rtc_data_channels_push_event (self, RTC_OUTPUT_CHANNEL_CLOSED, channel, NULL);
}

/* Both ends have reset: the stream is free. */
static void
check_complete (RtcDataChannels *self, RtcDataChannel *channel)
{
  if (!channel->reset_done || !channel->peer_reset)
    return;
  announce_closed (self, channel);
  leave_stream (self, channel);
  rtc_data_channels_release (self, channel);
}

static void
begin_close (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel)
{
  if (channel->state >= RTC_DATA_CHANNEL_CLOSING)
    return;
  /* The peer has never heard of it. */
  if (self->sctp == NULL || channel->stream < 0 || channel->needs_open) {
    channel->needs_open = FALSE;
    announce_closed (self, channel);
    leave_stream (self, channel);
    return;
  }
  channel->state = RTC_DATA_CHANNEL_CLOSING;
  channel->close_deadline = now + RTC_DATA_CHANNEL_CLOSE_TIMEOUT;
  self->n_closing++;
  channel->needs_reset = TRUE;
  rtc_data_channels_make_ready (self, channel);
}

void
rtc_data_channels_close (RtcDataChannels *self, GstClockTime now, guint32 handle)
{
  RtcDataChannel *channel = g_hash_table_lookup (self->by_handle, GUINT_TO_POINTER (handle));

  if (channel == NULL)
    return;
  begin_close (self, now, channel);
  if (!self->is_blocked)
    rtc_data_channels_flush (self, now);
}

void
rtc_data_channels_refuse (
    RtcDataChannels *self, GstClockTime now, guint16 stream, const gchar *reason)
{
  RtcDataChannel *channel = rtc_data_channels_find_stream (self, stream);

  self->stats.refused++;
  if (rtc_log_limit (&self->warn_refused, now, NULL))
    GST_WARNING_ID (self->id, "stream %u is reset: %s", stream, reason);
  if (channel == NULL) {
    channel = g_new0 (RtcDataChannel, 1);
    channel->state = RTC_DATA_CHANNEL_CLOSED;
    channel->close_deadline = GST_CLOCK_TIME_NONE;
    channel->needs_reset = TRUE;
    rtc_data_channels_enter_stream (self, channel, stream);
    rtc_data_channels_make_ready (self, channel);
  } else if (channel->state < RTC_DATA_CHANNEL_CLOSING) {
    rtc_data_channels_drop_messages (self, channel);
    rtc_data_channels_push_event (self, RTC_OUTPUT_CHANNEL_CLOSING, channel, NULL);
    begin_close (self, now, channel);
  }
  if (!self->is_blocked)
    rtc_data_channels_flush (self, now);
}

void
rtc_data_channels_handle_reset (RtcDataChannels *self, GstClockTime now, guint16 stream)
{
  RtcDataChannel *channel = rtc_data_channels_find_stream (self, stream);

  if (channel == NULL)
    return;
  channel->peer_reset = TRUE;
  if (channel->state < RTC_DATA_CHANNEL_CLOSING) {
    rtc_data_channels_push_event (self, RTC_OUTPUT_CHANNEL_CLOSING, channel, NULL);
    begin_close (self, now, channel);
    if (!self->is_blocked)
      rtc_data_channels_flush (self, now);
    return;
  }
  check_complete (self, channel);
}

void
rtc_data_channels_handle_reset_done (RtcDataChannels *self, GstClockTime now, guint16 stream)
{
  RtcDataChannel *channel = rtc_data_channels_find_stream (self, stream);

  if (channel == NULL || channel->state < RTC_DATA_CHANNEL_CLOSING)
    return;
  channel->reset_done = TRUE;
  check_complete (self, channel);
}

GstClockTime
rtc_data_channels_next_deadline (const RtcDataChannels *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;
  RtcDataChannel *channel;
  GHashTableIter iter;

  if (self->n_closing == 0)
    return deadline;
  g_hash_table_iter_init (&iter, self->by_handle);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    deadline = rtc_time_min (deadline, channel->close_deadline);
  return deadline;
}

void
rtc_data_channels_handle_timeout (RtcDataChannels *self, GstClockTime now)
{
  RtcDataChannel *channel;
  GHashTableIter iter;

  if (!rtc_time_is_due (rtc_data_channels_next_deadline (self), now))
    return;
  g_hash_table_iter_init (&iter, self->by_handle);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel)) {
    if (!rtc_time_is_due (channel->close_deadline, now))
      continue;
    if (channel->is_late) {
      announce_closed (self, channel);
      continue;
    }
    channel->is_late = TRUE;
    channel->close_deadline = now + RTC_DATA_CHANNEL_CLOSE_TIMEOUT;
    rtc_data_channels_drop_messages (self, channel);
    rtc_data_channels_make_ready (self, channel);
  }
  rtc_data_channels_flush (self, now);
}

/* --- opening ---------------------------------------------------------------------------------- */

/* "the endpoint acting as the DTLS client MUST use even stream identifiers ... the DTLS server odd"
 * (RFC 8832 6). -1: none is free. */
static gint
choose_stream (const RtcDataChannels *self)
{
  for (guint i = self->gives_even ? 0 : 1; i < RTC_DATA_CHANNEL_MAX_STREAMS; i += 2) {
    if (rtc_data_channels_find_stream (self, (guint16) i) == NULL)
      return (gint) i;
  }
  return -1;
}

/* The association is there: gives a new channel its stream and says so. */
static gboolean
establish (RtcDataChannels *self, RtcDataChannel *channel)
{
  gint stream;

  if (channel->negotiated) {
    channel->is_acked = TRUE;
    rtc_data_channels_set_open (self, channel);
    return TRUE;
  }
  stream = choose_stream (self);
  if (stream < 0)
    return FALSE;
  rtc_data_channels_enter_stream (self, channel, (guint16) stream);
  channel->needs_open = TRUE;
  rtc_data_channels_make_ready (self, channel);
  return TRUE;
}

static gint
compare_handles (gconstpointer a, gconstpointer b)
{
  guint32 x = (*(RtcDataChannel *const *) a)->handle, y = (*(RtcDataChannel *const *) b)->handle;

  return x < y ? -1 : x > y;
}

/* (transfer container) */
static GPtrArray *
sorted_channels (const RtcDataChannels *self)
{
  GPtrArray *channels = g_ptr_array_new ();
  RtcDataChannel *channel;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->by_handle);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel)) {
    if (channel->state != RTC_DATA_CHANNEL_CLOSED)
      g_ptr_array_add (channels, channel);
  }
  g_ptr_array_sort (channels, compare_handles);
  return channels;
}

void
rtc_data_channels_start (RtcDataChannels *self, GstClockTime now, RtcSctp *sctp,
    gboolean is_dtls_client, guint64 max_message_size)
{
  GPtrArray *channels;

  if (self->sctp != NULL || self->has_ended)
    return;
  self->sctp = sctp;
  self->gives_even = is_dtls_client;
  self->max_message_size = max_message_size;
  channels = sorted_channels (self);
  for (guint i = 0; i < channels->len; i++) {
    if (!establish (self, g_ptr_array_index (channels, i)))
      announce_closed (self, g_ptr_array_index (channels, i));
  }
  g_ptr_array_unref (channels);
  rtc_data_channels_flush (self, now);
}

void
rtc_data_channels_end (RtcDataChannels *self)
{
  GPtrArray *channels = sorted_channels (self);
  RtcDataChannel *channel;
  GHashTableIter iter;

  self->has_ended = TRUE;
  self->sctp = NULL;
  while ((channel = g_queue_pop_head (&self->ready)) != NULL) {
    channel->in_ready = FALSE;
    rtc_data_channels_release (self, channel);
  }
  for (guint i = 0; i < channels->len; i++)
    announce_closed (self, g_ptr_array_index (channels, i));
  g_ptr_array_unref (channels);
  g_hash_table_iter_init (&iter, self->by_stream);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel)) {
    channel->in_streams = FALSE;
    g_hash_table_iter_remove (&iter);
    rtc_data_channels_release (self, channel);
  }
}

RtcDataChannel *
rtc_data_channels_add (RtcDataChannels *self)
{
  RtcDataChannel *channel = g_new0 (RtcDataChannel, 1);

  channel->handle = ++self->next_handle;
  channel->stream = -1;
  channel->close_deadline = GST_CLOCK_TIME_NONE;
  channel->in_handles = TRUE;
  g_hash_table_insert (self->by_handle, GUINT_TO_POINTER (channel->handle), channel);
  return channel;
}

static gboolean
text_fits (const gchar *text)
{
  return text == NULL || (strlen (text) <= RTC_DCEP_MAX_TEXT && g_utf8_validate (text, -1, NULL));
}

static RtcResult
check_init (const RtcDataChannels *self, const RtcDataChannelInit *init, GError **error)
{
  if (self->has_ended)
    return rtc_error (error, RTC_ERR_STATE, "the association for data channels is closed");
  if (!text_fits (init->label) || !text_fits (init->protocol))
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "a data channel's label and protocol are UTF-8 of at most %d bytes", RTC_DCEP_MAX_TEXT);
  if (init->max_retransmits >= 0 && init->max_lifetime_ms >= 0)
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "a data channel has either max-retransmits or max-packet-lifetime, not both");
  if (init->max_retransmits > G_MAXUINT16 || init->max_lifetime_ms > G_MAXUINT16)
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "max-retransmits and max-packet-lifetime are at most %d", G_MAXUINT16);
  if (init->negotiated && (init->id < 0 || init->id >= RTC_DATA_CHANNEL_MAX_STREAMS))
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "a negotiated data channel needs an id from 0 to %d", RTC_DATA_CHANNEL_MAX_STREAMS - 1);
  if (init->negotiated && rtc_data_channels_find_stream (self, (guint16) init->id) != NULL)
    return rtc_error (error, RTC_ERR_STATE, "the data channel id %d is in use", init->id);
  if (g_hash_table_size (self->by_handle) >= self->config.max_channels)
    return rtc_error (
        error, RTC_ERR_LIMIT, "there are %u data channels already", self->config.max_channels);
  if (self->sctp != NULL && !init->negotiated && choose_stream (self) < 0)
    return rtc_error (error, RTC_ERR_LIMIT, "no data channel id is free");
  return RTC_OK;
}

RtcResult
rtc_data_channels_create (RtcDataChannels *self, GstClockTime now, const RtcDataChannelInit *init,
    guint32 *handle, GError **error)
{
  RtcResult result = check_init (self, init, error);
  RtcDataChannel *channel;

  if (result != RTC_OK)
    return result;
  channel = rtc_data_channels_add (self);
  channel->label = g_strdup (init->label != NULL ? init->label : "");
  channel->protocol = g_strdup (init->protocol != NULL ? init->protocol : "");
  channel->ordered = init->ordered;
  channel->max_retransmits = MAX (init->max_retransmits, -1);
  channel->max_lifetime_ms = MAX (init->max_lifetime_ms, -1);
  channel->priority = init->priority != 0 ? init->priority : DEFAULT_PRIORITY;
  channel->negotiated = init->negotiated;
  if (init->negotiated)
    rtc_data_channels_enter_stream (self, channel, (guint16) init->id);
  *handle = channel->handle;
  if (self->sctp != NULL) {
    establish (self, channel);
    if (!self->is_blocked)
      rtc_data_channels_flush (self, now);
  }
  return RTC_OK;
}

/* --- what is there ---------------------------------------------------------------------------- */

static void
fill_info (const RtcDataChannel *channel, RtcDataChannelInfo *out)
{
  *out = (RtcDataChannelInfo){ .handle = channel->handle,
    .state = channel->state,
    .label = channel->label,
    .protocol = channel->protocol,
    .ordered = channel->ordered,
    .negotiated = channel->negotiated,
    .max_retransmits = channel->max_retransmits,
    .max_lifetime_ms = channel->max_lifetime_ms,
    .priority = channel->priority,
    .id = channel->stream,
    .messages_sent = channel->messages_sent,
    .bytes_sent = channel->bytes_sent,
    .messages_received = channel->messages_received,
    .bytes_received = channel->bytes_received,
    .queued_bytes = channel->queued_bytes };
}

gboolean
rtc_data_channels_get (const RtcDataChannels *self, guint32 handle, RtcDataChannelInfo *out)
{
  RtcDataChannel *channel = g_hash_table_lookup (self->by_handle, GUINT_TO_POINTER (handle));

  if (channel == NULL)
    return FALSE;
  fill_info (channel, out);
  return TRUE;
}

GArray *
rtc_data_channels_list (const RtcDataChannels *self)
{
  GArray *list = g_array_new (FALSE, TRUE, sizeof (RtcDataChannelInfo));
  GPtrArray *channels = sorted_channels (self);

  g_array_set_size (list, channels->len);
  for (guint i = 0; i < channels->len; i++)
    fill_info (g_ptr_array_index (channels, i), &g_array_index (list, RtcDataChannelInfo, i));
  g_ptr_array_unref (channels);
  return list;
}

void
rtc_data_channels_get_stats (const RtcDataChannels *self, RtcDataChannelsStats *out)
{
  *out = self->stats;
  out->n_channels = g_hash_table_size (self->by_handle);
}
