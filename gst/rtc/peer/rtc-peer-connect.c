/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* PEER_MAX_TURN_EVENTS: backend events handled in one turn, so that one peer cannot hold the
 * thread; the rest stays queued, and next_deadline() is at once: an agent wakes the peer only when
 * it finds its queue empty. */
#define PEER_MAX_TURN_EVENTS 512

static gboolean
peer_ice_is_up (const RtcPeer *self)
{
  return self->ice_state == RTC_ICE_STATE_CONNECTED || self->ice_state == RTC_ICE_STATE_COMPLETED;
}

/* RFC 8842 6: no DTLS before ICE has a validated pair. A ClientHello that comes earlier, over a
 * pair that only the peer has validated, waits: our answer could not leave, and the peer would
 * repeat itself only after its retransmission timer. */
void
rtc_peer_start_dtls (RtcPeer *self, GstClockTime now)
{
  RtcPacket *packet;

  if (self->dtls_started || !self->transport_known || self->failure != NULL)
    return;
  if (!peer_ice_is_up (self))
    return;
  self->dtls_started = TRUE;
  GST_DEBUG_ID (self->id, "DTLS starts as %s", self->dtls_is_client ? "client" : "server");
  self->dtls->vtable->start (self->dtls, now, self->dtls_is_client);
  while ((packet = g_queue_pop_head (&self->early)) != NULL) {
    self->dtls->vtable->handle_packet (self->dtls, now, packet->data, packet->len);
    rtc_packet_unref (packet);
  }
  rtc_peer_drain_dtls (self, now);
}

void
rtc_peer_handle_dtls_packet (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  if (!self->dtls_started) {
    /* The ClientHello may overtake the answer that tells us our role, and our own checks. */
    if (self->early.length >= self->config.limits.max_early_datagrams) {
      self->counters.dropped_limit++;
      rtc_packet_unref (packet);
      return;
    }
    g_queue_push_tail (&self->early, packet);
    rtc_peer_start_dtls (self, now);
    return;
  }
  self->dtls->vtable->handle_packet (self->dtls, now, packet->data, packet->len);
  rtc_packet_unref (packet);
  rtc_peer_drain_dtls (self, now);
}

static void
peer_set_connected (RtcPeer *self, GstClockTime now)
{
  GST_INFO_ID (self->id, "secured after %" GST_TIME_FORMAT,
      GST_TIME_ARGS (rtc_time_elapsed (self->connect_began, now)));
  self->was_connected = TRUE;
  self->connect_deadline = GST_CLOCK_TIME_NONE;
}

/* Peers with nothing but data channels need not offer SRTP. */
static gboolean
peer_has_media (const RtcPeer *self)
{
  for (guint i = 0; i < rtc_jsep_get_n_transceivers (self->jsep); i++) {
    const RtcNegotiated *negotiated =
        rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, i));

    if (negotiated->generation > 0 && !negotiated->is_rejected)
      return TRUE;
  }
  return FALSE;
}

static void
peer_handle_keys (RtcPeer *self, GstClockTime now)
{
  GError *error = NULL;
  RtcSrtpKeys keys;
  RtcResult result = self->dtls->vtable->export_keys (self->dtls, &keys);

  if (result == RTC_ERR_UNSUPPORTED && rtc_jsep_get_transport (self->jsep)->has_data
      && !peer_has_media (self)) {
    peer_set_connected (self, now);
    return;
  }
  if (result != RTC_OK) {
    rtc_peer_fail (self, now, "the peer agreed on no SRTP protection profile in DTLS");
    return;
  }
  self->srtp = self->config.srtp->create (self->config.srtp, &keys, &error);
  explicit_bzero (&keys, sizeof keys);
  if (self->srtp == NULL) {
    rtc_peer_fail (self, now, error != NULL ? error->message : "SRTP could not be set up");
    g_clear_error (&error);
    return;
  }
  if (self->dtls->vtable->release != NULL && !rtc_jsep_get_transport (self->jsep)->has_data)
    self->dtls->vtable->release (self->dtls);
  peer_set_connected (self, now);
  rtc_peer_start_rtcp (self, now);
  rtc_peer_unlock (self, now);
  for (guint i = 0; i < self->sections->len; i++)
    rtc_peer_start_picture (self, now, i);
}

static void
peer_handle_dtls_state (RtcPeer *self, GstClockTime now, const RtcDtlsEvent *event)
{
  gchar *reason;

  if (event->state == self->dtls_state)
    return;
  self->dtls_state = event->state;
  switch (event->state) {
    case RTC_DTLS_STATE_CONNECTED:
      peer_handle_keys (self, now);
      if (self->failure == NULL)
        rtc_peer_apply_data (self, now);
      break;
    case RTC_DTLS_STATE_FAILED:
      reason = g_strdup_printf (
          "DTLS failed: %s", event->reason[0] != '\0' ? event->reason : "no reason given");
      rtc_peer_fail (self, now, reason);
      g_free (reason);
      return;
    case RTC_DTLS_STATE_CLOSED:
      if (self->is_closed)
        break;
      GST_INFO_ID (self->id, "the peer closed the connection");
      /* What came in the same turn before that has not been read yet. */
      rtc_peer_answer_data (self, now);
      rtc_peer_close (self, now);
      return;
    case RTC_DTLS_STATE_NEW:
    case RTC_DTLS_STATE_CONNECTING:
      break;
  }
  rtc_peer_announce_state (self);
}

void
rtc_peer_drain_dtls (RtcPeer *self, GstClockTime now)
{
  RtcDtlsEvent event = { 0 };

  while (self->dtls->vtable->poll (self->dtls, &event)) {
    switch (event.type) {
      case RTC_DTLS_EVENT_TRANSMIT:
        self->ice->vtable->send (self->ice, now, event.packet->data, event.packet->len);
        self->is_dirty = TRUE;
        break;
      case RTC_DTLS_EVENT_STATE:
        peer_handle_dtls_state (self, now, &event);
        break;
      case RTC_DTLS_EVENT_DATA:
        rtc_peer_handle_data (self, now, event.packet);
        break;
    }
    rtc_packet_unref (event.packet);
    event = (RtcDtlsEvent){ 0 };
  }
}

static void
peer_handle_ice_state (RtcPeer *self, GstClockTime now, RtcIceState state)
{
  RtcIceStats stats;
  gchar *reason;

  if (state == self->ice_state)
    return;
  self->ice_state = state;
  if (state == RTC_ICE_STATE_FAILED) {
    self->ice->vtable->get_stats (self->ice, &stats);
    if (self->was_connected)
      reason = g_strdup ("the connection was lost: the peer no longer answers ICE consent checks");
    else
      reason = g_strdup_printf ("ICE found no working path (%" G_GUINT64_FORMAT
                                " candidates of the peer were unusable); "
                                "check firewalls or configure a TURN server",
          stats.remote_candidates_dropped);
    rtc_peer_fail (self, now, reason);
    g_free (reason);
    return;
  }
  rtc_peer_announce_state (self);
  if (peer_ice_is_up (self))
    rtc_peer_start_dtls (self, now);
}

static void
peer_handle_ice_event (RtcPeer *self, GstClockTime now, RtcIceEvent *event)
{
  RtcOutput output = { 0 };
  gint mline = 0;

  switch (event->type) {
    case RTC_ICE_EVENT_STATE:
      peer_handle_ice_state (self, now, event->state);
      break;
    case RTC_ICE_EVENT_GATHERING:
      self->gathering_state = event->gathering;
      if (event->gathering == RTC_ICE_GATHERING_COMPLETE)
        rtc_jsep_set_gathering_complete (self->jsep);
      rtc_peer_announce_state (self);
      if (event->gathering == RTC_ICE_GATHERING_COMPLETE) {
        rtc_jsep_rest (self->jsep);
        rtc_peer_push_output (self, RTC_OUTPUT_CANDIDATES_DONE);
      }
      break;
    case RTC_ICE_EVENT_CANDIDATE:
      rtc_jsep_add_local_candidate (self->jsep, &event->candidate);
      output.type = RTC_OUTPUT_CANDIDATE;
      output.candidate = event->candidate;
      g_strlcpy (output.mid, rtc_jsep_get_bundle_mid (self->jsep, &mline), sizeof output.mid);
      output.mline = mline >= 0 ? (guint) mline : 0;
      rtc_output_queue_push (&self->out, &output);
      break;
    case RTC_ICE_EVENT_PACKET:
      rtc_peer_handle_packet (self, now, g_steal_pointer (&event->packet));
      break;
    case RTC_ICE_EVENT_PAIR:
      self->counters.pair_changes++;
      /* The first pair is what all that is known was learned of. */
      if (self->counters.pair_changes > 1 && self->srtp != NULL)
        rtc_peer_handle_path_change (self, now);
      break;
  }
}

void
rtc_peer_handle_backends (RtcPeer *self, GstClockTime now)
{
  RtcIceEvent event;
  guint n;

  if (self->is_closed)
    return;
  for (n = 0; n < PEER_MAX_TURN_EVENTS && self->ice->vtable->poll (self->ice, &event); n++) {
    /* The peer may have said goodbye in one of them. */
    if (self->failure == NULL && !self->is_closed)
      peer_handle_ice_event (self, now, &event);
    rtc_packet_unref (event.packet);
  }
  self->has_more = n == PEER_MAX_TURN_EVENTS;
  if (self->failure == NULL && !self->is_closed) {
    rtc_peer_drain_dtls (self, now);
    rtc_peer_answer_data (self, now);
  }
}

void
rtc_peer_handle_connect_timeout (RtcPeer *self, GstClockTime now)
{
  guint seconds = (guint) (self->config.limits.connect_timeout / GST_SECOND);
  gchar *reason;

  if (!rtc_time_is_due (self->connect_deadline, now) || self->failure != NULL)
    return;
  self->connect_deadline = GST_CLOCK_TIME_NONE;
  if (!peer_ice_is_up (self))
    reason = g_strdup_printf ("ICE did not connect within %u s: no candidate pair answered; "
                              "check firewalls or configure a TURN server",
        seconds);
  else
    reason = g_strdup_printf ("the DTLS handshake did not complete within %u s", seconds);
  rtc_peer_fail (self, now, reason);
  g_free (reason);
}
