/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_dc

/* PEER_SCTP_MTU: largest SCTP packet. What DTLS puts around it has to fit a datagram too: a header
 * of 13, with AES-GCM a nonce of 8 and a tag of 16 (RFC 5288 3), rounded up. */
#define PEER_SCTP_MTU (RTC_MTU - 40)

static void
peer_handle_sctp_state (RtcPeer *self, GstClockTime now, const RtcSctpEvent *event)
{
  const RtcJsepTransport *transport = rtc_jsep_get_transport (self->jsep);

  self->sctp_state = event->state;
  switch (event->state) {
    case RTC_SCTP_STATE_CONNECTED:
      GST_INFO_ID (self->id, "data channels can be opened");
      rtc_data_channels_start (self->channels, now, self->sctp, self->dtls_is_client,
          MIN (transport->remote_max_message_size, RTC_PEER_MAX_SEND_BYTES));
      break;
    case RTC_SCTP_STATE_CLOSED:
      /* Its media goes on. */
      if (!self->is_closing_data) {
        self->counters.sctp_failures++;
        GST_WARNING_ID (self->id, "data channels end: %s", event->reason);
      }
      rtc_data_channels_end (self->channels);
      break;
    case RTC_SCTP_STATE_CONNECTING:
      break;
  }
}

/* What SCTP has to say; its packets leave by DTLS. */
static void
peer_poll_sctp (RtcPeer *self, GstClockTime now)
{
  RtcSctpEvent event = { 0 };

  while (self->sctp != NULL && self->sctp->vtable->poll (self->sctp, &event)) {
    switch (event.type) {
      case RTC_SCTP_EVENT_TRANSMIT:
        /* What does not leave is lost, as on the network. */
        self->dtls->vtable->write (self->dtls, now, event.packet->data, event.packet->len);
        /* One by one: DTLS holds few, a window has many. */
        rtc_peer_drain_dtls (self, now);
        break;
      case RTC_SCTP_EVENT_STATE:
        peer_handle_sctp_state (self, now, &event);
        break;
      case RTC_SCTP_EVENT_MESSAGE:
        rtc_data_channels_handle_message (
            self->channels, now, event.stream, event.ppid, g_steal_pointer (&event.packet));
        break;
      case RTC_SCTP_EVENT_STREAM_RESET:
        rtc_data_channels_handle_reset (self->channels, now, event.stream);
        break;
      case RTC_SCTP_EVENT_RESET_DONE:
        rtc_data_channels_handle_reset_done (self->channels, now, event.stream);
        break;
      case RTC_SCTP_EVENT_WRITABLE:
        rtc_data_channels_flush (self->channels, now);
        break;
    }
    rtc_packet_unref (event.packet);
    event = (RtcSctpEvent){ 0 };
  }
}

/* What SCTP has to say to it is asked when all that came with it has been read: one acknowledgement
 * may then do for many packets (rtc_peer_answer_data()). */
void
rtc_peer_handle_data (RtcPeer *self, GstClockTime now, const RtcPacket *packet)
{
  if (self->sctp == NULL || self->sctp_state == RTC_SCTP_STATE_CLOSED) {
    self->counters.dropped_unknown++;
    return;
  }
  if (self->sctp->vtable->handle_packet (self->sctp, now, packet->data, packet->len) != RTC_OK)
    self->counters.dropped_malformed++;
  self->has_data_in = TRUE;
}

/* After anything that SCTP was asked for. */
static void
peer_drain_data (RtcPeer *self, GstClockTime now)
{
  peer_poll_sctp (self, now);
  rtc_peer_drain_dtls (self, now);
}

void
rtc_peer_answer_data (RtcPeer *self, GstClockTime now)
{
  while (self->has_data_in) {
    self->has_data_in = FALSE;
    peer_drain_data (self, now);
  }
}

static void
peer_end_refused (RtcPeer *self, GstClockTime now)
{
  GArray *channels = rtc_data_channels_list (self->channels);

  for (guint i = 0; i < channels->len; i++)
    rtc_data_channels_close (
        self->channels, now, g_array_index (channels, RtcDataChannelInfo, i).handle);
  g_array_unref (channels);
}

void
rtc_peer_apply_data (RtcPeer *self, GstClockTime now)
{
  const RtcJsepTransport *transport = rtc_jsep_get_transport (self->jsep);
  RtcSctpConfig config = { .peer_id = self->config.id,
    .local_port = transport->local_sctp_port,
    .remote_port = transport->remote_sctp_port,
    .max_streams = RTC_DATA_CHANNEL_MAX_STREAMS,
    .max_message_bytes = RTC_PEER_MAX_MESSAGE_BYTES,
    .mtu = PEER_SCTP_MTU };
  GError *error = NULL;

  if (self->channels == NULL || !transport->roles_known)
    return;
  if (!transport->has_data) {
    /* Taken back by either side, or ours refused. */
    if (self->sctp != NULL)
      rtc_peer_close_data (self, now);
    else if (transport->data_refused)
      peer_end_refused (self, now);
    if (transport->data_refused)
      self->wants_data = FALSE;
    return;
  }
  /* RFC 8831 5: SCTP runs on DTLS, which says CONNECTED only for the right certificate. */
  if (self->sctp != NULL || self->dtls_state != RTC_DTLS_STATE_CONNECTED)
    return;
  self->sctp = self->config.sctp->create (self->config.sctp, &config, &error);
  if (self->sctp == NULL) {
    GST_WARNING_ID (self->id, "no data channels: %s", error != NULL ? error->message : "no reason");
    g_clear_error (&error);
    self->counters.sctp_failures++;
    rtc_data_channels_end (self->channels);
    return;
  }
  self->sctp_state = RTC_SCTP_STATE_CONNECTING;
  self->sctp->vtable->connect (self->sctp, now);
  peer_drain_data (self, now);
}

void
rtc_peer_close_data (RtcPeer *self, GstClockTime now)
{
  if (self->channels == NULL)
    return;
  self->is_closing_data = TRUE;
  if (self->sctp != NULL && self->sctp_state != RTC_SCTP_STATE_CLOSED) {
    self->sctp->vtable->close (self->sctp, now);
    peer_poll_sctp (self, now);
  }
  rtc_data_channels_end (self->channels);
}

void
rtc_peer_free_data (RtcPeer *self)
{
  rtc_data_channels_free (self->channels);
  if (self->sctp != NULL)
    self->sctp->vtable->free (self->sctp);
}

void
rtc_peer_poll_data (RtcPeer *self, GstClockTime now)
{
  if (self->channels == NULL || self->failure != NULL)
    return;
  rtc_data_channels_handle_timeout (self->channels, now);
  if (self->sctp == NULL)
    return;
  if (rtc_time_is_due (self->sctp->vtable->next_deadline (self->sctp), now))
    self->sctp->vtable->handle_timeout (self->sctp, now);
  peer_drain_data (self, now);
}

GstClockTime
rtc_peer_data_deadline (const RtcPeer *self)
{
  GstClockTime deadline;

  if (self->channels == NULL)
    return GST_CLOCK_TIME_NONE;
  deadline = rtc_data_channels_next_deadline (self->channels);
  if (self->sctp != NULL)
    deadline = rtc_time_min (deadline, self->sctp->vtable->next_deadline (self->sctp));
  return deadline;
}

/* --- what the shell asks for ------------------------------------------------------------------ */

RtcResult
rtc_peer_create_channel (RtcPeer *self, GstClockTime now, const RtcDataChannelInit *init,
    guint32 *channel, GError **error)
{
  RtcResult result;

  if (self->channels == NULL)
    return rtc_error (error, RTC_ERR_UNSUPPORTED, "data channels are switched off here");
  if (self->is_closed || self->failure != NULL)
    return rtc_error (error, RTC_ERR_STATE, "the peer is gone");
  result = rtc_data_channels_create (self->channels, now, init, channel, error);
  if (result != RTC_OK)
    return result;
  if (!rtc_jsep_get_transport (self->jsep)->has_data && !self->wants_data) {
    self->wants_data = TRUE;
    rtc_jsep_add_data_section (self->jsep);
    rtc_peer_push_output (self, RTC_OUTPUT_NEGOTIATION_NEEDED);
  }
  peer_drain_data (self, now);
  return RTC_OK;
}

RtcResult
rtc_peer_send_data (
    RtcPeer *self, GstClockTime now, guint32 channel, gboolean is_text, RtcPacket *packet)
{
  RtcResult result;

  if (self->channels == NULL) {
    rtc_packet_unref (packet);
    return RTC_ERR_STATE;
  }
  result = rtc_data_channels_send (self->channels, now, channel, is_text, packet);
  peer_drain_data (self, now);
  return result;
}

void
rtc_peer_close_channel (RtcPeer *self, GstClockTime now, guint32 channel)
{
  if (self->channels == NULL)
    return;
  rtc_data_channels_close (self->channels, now, channel);
  peer_drain_data (self, now);
}

gboolean
rtc_peer_get_channel (const RtcPeer *self, guint32 channel, RtcDataChannelInfo *out)
{
  return self->channels != NULL && rtc_data_channels_get (self->channels, channel, out);
}

guint64
rtc_peer_get_max_message_size (const RtcPeer *self)
{
  const RtcJsepTransport *transport = rtc_jsep_get_transport (self->jsep);

  return transport->has_data ? MIN (transport->remote_max_message_size, RTC_PEER_MAX_SEND_BYTES)
                             : 0;
}

void
rtc_peer_set_data_reading (RtcPeer *self, GstClockTime now, gboolean is_reading)
{
  if (self->sctp == NULL)
    return;
  self->sctp->vtable->set_reading (self->sctp, is_reading);
  if (is_reading)
    peer_drain_data (self, now);
}

void
rtc_peer_fill_data_stats (RtcPeer *self, RtcPeerStats *out)
{
  GArray *channels;

  out->has_data = self->sctp != NULL;
  out->sctp_state = self->sctp_state;
  out->channels = g_array_new (FALSE, TRUE, sizeof (RtcChannelStats));
  if (self->sctp != NULL)
    self->sctp->vtable->get_stats (self->sctp, &out->sctp);
  if (self->channels == NULL)
    return;
  rtc_data_channels_get_stats (self->channels, &out->data);
  channels = rtc_data_channels_list (self->channels);
  for (guint i = 0; i < channels->len; i++) {
    RtcChannelStats stats = { .info = g_array_index (channels, RtcDataChannelInfo, i) };

    g_strlcpy (stats.label, stats.info.label, sizeof stats.label);
    g_strlcpy (stats.protocol, stats.info.protocol, sizeof stats.protocol);
    stats.info.label = stats.info.protocol = NULL;
    g_array_append_val (out->channels, stats);
  }
  g_array_unref (channels);
}
