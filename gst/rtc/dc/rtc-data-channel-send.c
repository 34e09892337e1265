/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/dc/rtc-data-channel-private.h"

#include <string.h>

#define GST_CAT_DEFAULT rtc_log_dc

/* A channel's share of a round, bytes, for each unit of its priority: 16 KiB for a normal one. At
 * least one message goes. */
#define BYTES_PER_PRIORITY 64

static const RtcSctpReliability reliable = { TRUE, -1, -1 };

void
rtc_data_channels_make_ready (RtcDataChannels *self, RtcDataChannel *channel)
{
  if (channel->in_ready)
    return;
  channel->in_ready = TRUE;
  g_queue_push_tail (&self->ready, channel);
}

static void
message_free (RtcDataMessage *message)
{
  rtc_packet_unref (message->packet);
  g_free (message);
}

/* The head of the queue is done with, sent or not. */
static void
pop_message (RtcDataChannels *self, RtcDataChannel *channel, gboolean is_sent)
{
  RtcDataMessage *message = g_queue_pop_head (&channel->messages);

  channel->queued_bytes -= message->packet->len;
  self->stats.queued_bytes -= message->packet->len;
  if (is_sent) {
    channel->messages_sent++;
    channel->bytes_sent += message->n_bytes;
  } else {
    self->stats.dropped_queued++;
  }
  if (channel->sent_messages++ == 0)
    rtc_data_channels_push_event (self, RTC_OUTPUT_CHANNEL_SENT, channel, NULL);
  channel->sent_bytes += message->n_bytes;
  message_free (message);
}

void
rtc_data_channels_drop_messages (RtcDataChannels *self, RtcDataChannel *channel)
{
  while (!g_queue_is_empty (&channel->messages))
    pop_message (self, channel, FALSE);
}

static RtcResult
send_open (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel)
{
  RtcDcepOpen open = { .ordered = channel->ordered,
    .max_retransmits = channel->max_retransmits,
    .max_lifetime_ms = channel->max_lifetime_ms,
    .priority = channel->priority,
    .label = channel->label,
    .label_len = strlen (channel->label),
    .protocol = channel->protocol,
    .protocol_len = strlen (channel->protocol) };
  GByteArray *data = rtc_dcep_write_open (&open);
  RtcResult result = self->sctp->vtable->send (
      self->sctp, now, (guint16) channel->stream, RTC_PPID_DCEP, &reliable, data->data, data->len);

  g_byte_array_unref (data);
  return result;
}

static RtcResult
send_ack (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel)
{
  static const guint8 ack = RTC_DCEP_ACK;

  return self->sctp->vtable->send (
      self->sctp, now, (guint16) channel->stream, RTC_PPID_DCEP, &reliable, &ack, sizeof ack);
}

/* What has waited here for longer than it was to live: SCTP takes no more of it than it can send
 * (its RTC_AGAIN). With a lifetime of 0 it may go at once, or not at all. */
static void
drop_expired (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel)
{
  RtcDataMessage *message;

  while ((message = g_queue_peek_head (&channel->messages)) != NULL && message->expiry < now)
    pop_message (self, channel, FALSE);
}

static RtcResult
send_messages (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel)
{
  RtcSctpReliability reliability = { channel->ordered || !channel->is_acked,
    channel->max_retransmits, channel->max_lifetime_ms };
  gsize share = (gsize) MAX (channel->priority, 1) * BYTES_PER_PRIORITY;
  RtcDataMessage *message;

  drop_expired (self, now, channel);
  while (
      channel->share_used < share && (message = g_queue_peek_head (&channel->messages)) != NULL) {
    RtcResult result;

    if (message->expiry != GST_CLOCK_TIME_NONE)
      reliability.max_lifetime_ms =
          message->expiry > now ? (gint) ((message->expiry - now) / GST_MSECOND) : 0;
    result = self->sctp->vtable->send (self->sctp, now, (guint16) channel->stream, message->ppid,
        &reliability, message->packet->data, message->packet->len);

    if (result == RTC_AGAIN)
      return result;
    if (result != RTC_OK)
      GST_DEBUG_ID (self->id, "channel %u: message of %" G_GSIZE_FORMAT " bytes dropped: %s",
          channel->handle, message->n_bytes, rtc_result_to_string (result));
    if (channel->close_deadline != GST_CLOCK_TIME_NONE && !channel->is_late)
      channel->close_deadline = now + RTC_DATA_CHANNEL_CLOSE_TIMEOUT;
    channel->share_used += message->packet->len;
    pop_message (self, channel, result == RTC_OK);
  }
  return RTC_OK;
}

/* What one channel has to say, up to its share. A control message that cannot be sent for another
 * reason than a full buffer goes with its association. */
static RtcResult
serve (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel)
{
  if (channel->needs_open) {
    if (send_open (self, now, channel) == RTC_AGAIN)
      return RTC_AGAIN;
    channel->needs_open = FALSE;
  }
  if (channel->needs_ack) {
    if (send_ack (self, now, channel) == RTC_AGAIN)
      return RTC_AGAIN;
    channel->needs_ack = FALSE;
  }
  if (send_messages (self, now, channel) == RTC_AGAIN)
    return RTC_AGAIN;
  if (channel->needs_reset && g_queue_is_empty (&channel->messages)) {
    channel->needs_reset = FALSE;
    self->sctp->vtable->reset_stream (self->sctp, now, (guint16) channel->stream);
  }
  return RTC_OK;
}

/* SCTP takes messages that may expire only while none of them waits there; others still go. */
static gboolean
waits_alone (RtcDataChannel *channel)
{
  const RtcDataMessage *message = g_queue_peek_head (&channel->messages);

  return !channel->needs_open && !channel->needs_ack && message != NULL
         && message->expiry != GST_CLOCK_TIME_NONE;
}

/* Who was stopped goes on with the rest of its share when there is room again. */
void
rtc_data_channels_flush (RtcDataChannels *self, GstClockTime now)
{
  GQueue stopped = G_QUEUE_INIT;
  RtcDataChannel *channel;

  self->is_blocked = FALSE;
  while (self->sctp != NULL && !self->is_blocked
         && (channel = g_queue_pop_head (&self->ready)) != NULL) {
    if (serve (self, now, channel) == RTC_AGAIN) {
      self->is_blocked = !waits_alone (channel);
      g_queue_push_tail (&stopped, channel);
      continue;
    }
    channel->in_ready = FALSE;
    channel->share_used = 0;
    if (!g_queue_is_empty (&channel->messages))
      rtc_data_channels_make_ready (self, channel);
    else
      rtc_data_channels_release (self, channel);
  }
  while ((channel = g_queue_pop_tail (&stopped)) != NULL)
    g_queue_push_head (&self->ready, channel);
}

RtcResult
rtc_data_channels_send (
    RtcDataChannels *self, GstClockTime now, guint32 handle, gboolean is_text, RtcPacket *packet)
{
  RtcDataChannel *channel = g_hash_table_lookup (self->by_handle, GUINT_TO_POINTER (handle));
  RtcDataMessage *message;
  RtcResult result = RTC_OK;

  if (channel != NULL)
    drop_expired (self, now, channel);
  if (channel == NULL || channel->state != RTC_DATA_CHANNEL_OPEN)
    result = RTC_ERR_STATE;
  else if (packet->len > self->max_message_size)
    result = RTC_ERR_UNSUPPORTED;
  else if (self->stats.queued_bytes > 0
           && self->stats.queued_bytes + packet->len > self->config.max_queued_bytes)
    result = RTC_ERR_LIMIT;
  if (result != RTC_OK) {
    rtc_packet_unref (packet);
    return result;
  }
  message = g_new (RtcDataMessage, 1);
  *message = (RtcDataMessage){ is_text ? RTC_PPID_TEXT : RTC_PPID_BINARY, packet->len, packet,
    channel->max_lifetime_ms >= 0 ? now + (GstClockTime) channel->max_lifetime_ms * GST_MSECOND
                                  : GST_CLOCK_TIME_NONE };
  if (packet->len == 0) {
    /* "SCTP does not support the sending of empty user messages ... [they] are sent as a single
     * zero byte" (RFC 8831 6.6) */
    message->ppid = is_text ? RTC_PPID_TEXT_EMPTY : RTC_PPID_BINARY_EMPTY;
    rtc_packet_unref (packet);
    message->packet = rtc_packet_new_copy (NULL, (const guint8 *) "", 1);
  }
  g_queue_push_tail (&channel->messages, message);
  channel->queued_bytes += message->packet->len;
  self->stats.queued_bytes += message->packet->len;
  rtc_data_channels_make_ready (self, channel);
  if (!self->is_blocked)
    rtc_data_channels_flush (self, now);
  return RTC_OK;
}
