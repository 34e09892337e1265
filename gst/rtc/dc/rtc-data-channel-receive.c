/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/dc/rtc-data-channel-private.h"

#define GST_CAT_DEFAULT rtc_log_dc

/* RFC 8832 6 has ids given out by DTLS role. aiortc goes by another role, and what others accept,
 * so do we: the peer's first OPEN says which ids are its, and ours are the others from then on. */
static gboolean
is_peers_id (RtcDataChannels *self, guint16 stream)
{
  gboolean is_even = stream % 2 == 0;

  if (!self->has_peers_parity && is_even == self->gives_even) {
    GST_INFO_ID (self->id, "the peer gives out %s ids against its DTLS role: ours are the others",
        is_even ? "even" : "odd");
    self->gives_even = !is_even;
  }
  self->has_peers_parity = TRUE;
  return is_even != self->gives_even;
}

static void
handle_open (RtcDataChannels *self, GstClockTime now, guint16 stream, const RtcDcepOpen *open)
{
  gsize text_bytes = open->label_len + open->protocol_len;
  RtcDataChannel *channel = rtc_data_channels_find_stream (self, stream);

  /* "MUST be ignored" is not what RFC 8832 6 says of an id in use: the channel is closed. */
  if (channel != NULL) {
    rtc_data_channels_refuse (
        self, now, stream, "the peer opens a data channel where there is one");
  } else if (!is_peers_id (self, stream)) {
    rtc_data_channels_refuse (
        self, now, stream, "the peer opens a data channel with an id that is ours to give");
  } else if (g_hash_table_size (self->by_handle) >= self->config.max_channels) {
    rtc_data_channels_refuse (self, now, stream, "the peer has too many data channels");
  } else if (self->text_bytes + text_bytes > self->config.max_text_bytes) {
    rtc_data_channels_refuse (self, now, stream, "the peer's data channels have too long names");
  } else {
    channel = rtc_data_channels_add (self);
    channel->is_remote = TRUE;
    channel->label = g_strndup (open->label, open->label_len);
    channel->protocol = g_strndup (open->protocol, open->protocol_len);
    channel->text_bytes = text_bytes;
    self->text_bytes += text_bytes;
    channel->ordered = open->ordered;
    channel->max_retransmits = open->max_retransmits;
    channel->max_lifetime_ms = open->max_lifetime_ms;
    channel->priority = open->priority;
    rtc_data_channels_enter_stream (self, channel, stream);
    channel->needs_ack = TRUE;
    rtc_data_channels_make_ready (self, channel);
    rtc_data_channels_set_open (self, channel);
    if (!self->is_blocked)
      rtc_data_channels_flush (self, now);
  }
}

static void
handle_dcep (RtcDataChannels *self, GstClockTime now, guint16 stream, const RtcPacket *packet)
{
  RtcDataChannel *channel = rtc_data_channels_find_stream (self, stream);
  RtcDcepType type;
  RtcDcepOpen open;
  RtcResult result = rtc_dcep_parse (packet->data, packet->len, &type, &open);

  if (result != RTC_OK) {
    self->stats.dropped_malformed++;
    rtc_data_channels_refuse (
        self, now, stream, "malformed or unknown message of the establishment protocol");
  } else if (type == RTC_DCEP_OPEN) {
    handle_open (self, now, stream, &open);
  } else if (channel != NULL && !channel->is_remote && !channel->needs_open) {
    rtc_data_channels_set_open (self, channel);
  } else {
    self->stats.dropped_unknown++;
  }
}

/* A part of a message under one of the deprecated PPIDs. FALSE: more than may be held. */
static gboolean
add_partial (RtcDataChannels *self, RtcDataChannel *channel, const RtcPacket *packet)
{
  if (self->partial_bytes + packet->len > self->config.max_partial_bytes)
    return FALSE;
  if (channel->partial == NULL)
    channel->partial = g_byte_array_new ();
  if (channel->partial->len + packet->len > self->config.max_message_bytes)
    return FALSE;
  self->partial_bytes += packet->len;
  g_byte_array_append (channel->partial, packet->data, (guint) packet->len);
  return TRUE;
}

/* The parts and packet, which ends them, as one; takes over packet. NULL: too long. */
static RtcPacket *
join_partial (RtcDataChannels *self, RtcDataChannel *channel, RtcPacket *packet)
{
  RtcPacket *whole = NULL;

  if (channel->partial == NULL)
    return packet;
  if (add_partial (self, channel, packet))
    whole = rtc_packet_new_copy (NULL, channel->partial->data, channel->partial->len);
  rtc_packet_unref (packet);
  self->partial_bytes -= channel->partial->len;
  g_clear_pointer (&channel->partial, g_byte_array_unref);
  return whole;
}

/* A message, or a part of one; takes over packet. */
static void
receive (RtcDataChannels *self, GstClockTime now, RtcDataChannel *channel, guint32 ppid,
    RtcPacket *packet)
{
  gboolean is_text = ppid == RTC_PPID_TEXT || ppid == RTC_PPID_TEXT_EMPTY;

  if (ppid == RTC_PPID_TEXT_PARTIAL || ppid == RTC_PPID_BINARY_PARTIAL) {
    gboolean fits = add_partial (self, channel, packet);

    rtc_packet_unref (packet);
    if (!fits)
      rtc_data_channels_refuse (self, now, (guint16) channel->stream, "too many parts of messages");
    return;
  }
  if (ppid == RTC_PPID_TEXT_EMPTY || ppid == RTC_PPID_BINARY_EMPTY)
    packet->len = 0;
  packet = join_partial (self, channel, packet);
  if (packet == NULL) {
    rtc_data_channels_refuse (
        self, now, (guint16) channel->stream, "a message in parts that is too long");
    return;
  }
  channel->messages_received++;
  channel->bytes_received += packet->len;
  rtc_data_channels_push_event (
      self, is_text ? RTC_OUTPUT_CHANNEL_TEXT : RTC_OUTPUT_CHANNEL_BINARY, channel, packet);
}

void
rtc_data_channels_handle_message (
    RtcDataChannels *self, GstClockTime now, guint16 stream, guint32 ppid, RtcPacket *packet)
{
  RtcDataChannel *channel = rtc_data_channels_find_stream (self, stream);

  if (self->sctp == NULL || stream >= RTC_DATA_CHANNEL_MAX_STREAMS)
    goto drop;
  if (ppid == RTC_PPID_DCEP) {
    handle_dcep (self, now, stream, packet);
    rtc_packet_unref (packet);
    return;
  }
  if (channel == NULL || channel->handle == 0
      || (ppid != RTC_PPID_TEXT && ppid != RTC_PPID_BINARY && ppid != RTC_PPID_TEXT_PARTIAL
          && ppid != RTC_PPID_BINARY_PARTIAL && ppid != RTC_PPID_TEXT_EMPTY
          && ppid != RTC_PPID_BINARY_EMPTY))
    goto drop;
  /* Who sends has agreed, whatever became of the ACK. */
  if (channel->state == RTC_DATA_CHANNEL_CONNECTING && !channel->needs_open)
    rtc_data_channels_set_open (self, channel);
  if (channel->state == RTC_DATA_CHANNEL_OPEN) {
    receive (self, now, channel, ppid, packet);
    return;
  }

drop:
  self->stats.dropped_unknown++;
  rtc_packet_unref (packet);
}
