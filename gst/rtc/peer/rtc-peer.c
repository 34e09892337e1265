/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_jsep

/* Header extensions that we offer and accept, in the order of their ids. */
static const RtcRtpExtension peer_extensions[] = {
  RTC_RTP_EXTENSION_MID, RTC_RTP_EXTENSION_ABS_SEND_TIME, RTC_RTP_EXTENSION_AUDIO_LEVEL,
  RTC_RTP_EXTENSION_RID, RTC_RTP_EXTENSION_REPAIRED_RID, RTC_RTP_EXTENSION_PLAYOUT_DELAY,
  RTC_RTP_EXTENSION_ABS_CAPTURE_TIME,
  RTC_RTP_EXTENSION_TWCC, /* last: left out without congestion control */
};

static RtcJsep *
peer_new_jsep (RtcPeer *self)
{
  RtcCodec receive_codecs[RTC_TRANSCEIVER_MAX_CODECS];
  RtcJsepConfig config = { 0 };

  config.peer_id = self->config.id;
  self->config.dtls->get_local_fingerprint (self->config.dtls, &config.fingerprint);
  g_strlcpy (config.cname, self->cname, sizeof config.cname);
  config.random = self->config.random;
  config.max_sections = self->config.limits.max_sections;
  config.ice_lite = self->ice->vtable->is_lite;
  config.data_channels = self->config.sctp != NULL;
  config.offer_data_section = self->config.offer_data;
  config.max_message_size = RTC_PEER_MAX_MESSAGE_BYTES;
  config.texts = self->config.texts;
  config.multi_codec_answer = self->config.multi_codec_answer;
  config.accept_unknown_media = self->config.accept_unknown_media;
  config.receive_fec = self->config.receive_fec;
  config.n_receive_codecs = MIN (self->config.n_receive_codecs, RTC_TRANSCEIVER_MAX_CODECS);
  for (guint i = 0; i < config.n_receive_codecs; i++)
    receive_codecs[i] = rtc_peer_limit_feedback (self, &self->config.receive_codecs[i]);
  config.receive_codecs = receive_codecs;
  for (guint i = 0; i < G_N_ELEMENTS (peer_extensions); i++) {
    if (peer_extensions[i] == RTC_RTP_EXTENSION_TWCC && !self->config.transport_cc)
      continue;
    config.extensions[config.n_extensions++] = peer_extensions[i];
  }
  return rtc_jsep_new (&config);
}

RtcPeer *
rtc_peer_new (const RtcPeerConfig *config, GstClockTime now, GError **error)
{
  RtcDtlsConfig dtls_config = { 0 };
  const gchar *ufrag, *pwd;
  RtcPeer *self;
  RtcIce *ice;
  RtcDtls *dtls;

  rtc_log_init ();
  ice = config->ice->create (config->ice, &config->ice_config, error);
  if (ice == NULL)
    return NULL;
  dtls_config.peer_id = config->id;
  dtls_config.mtu = RTC_MTU;
  dtls_config.pool = config->pool;
  dtls_config.offer_srtp = TRUE;
  dtls_config.handshake_timeout = config->limits.connect_timeout;
  dtls = config->dtls->create (config->dtls, &dtls_config, error);
  if (dtls == NULL) {
    ice->vtable->free (ice);
    return NULL;
  }
  self = g_new0 (RtcPeer, 1);
  self->config = *config;
  self->ice = ice;
  self->dtls = dtls;
  g_snprintf (self->id, sizeof self->id, "p%" G_GUINT64_FORMAT, config->id);
  /* RFC 7022 4.2: a short-term persistent CNAME, 96 random bits, so that calls cannot be linked. */
  rtc_random_ice_chars (config->random, self->cname, sizeof self->cname - 1);
  self->rtcp_ssrc = rtc_random_u32 (config->random) | 1;
  self->twcc_seq = 1;
  self->told_deadline = GST_CLOCK_TIME_NONE;
  self->connect_deadline = GST_CLOCK_TIME_NONE;
  self->connect_began = GST_CLOCK_TIME_NONE;
  self->rtt = GST_CLOCK_TIME_NONE;
  self->nack_rtt = GST_CLOCK_TIME_NONE;
  rtc_output_queue_init (&self->out, config->limits.max_events);
  g_queue_init (&self->early);
  g_queue_init (&self->locked.packets);
  g_queue_init (&self->strange.packets);
  self->candidates = g_array_new (FALSE, FALSE, sizeof (RtcPeerCandidate));
  self->sections = g_ptr_array_new ();
  self->inbound = g_ptr_array_new_with_free_func ((GDestroyNotify) rtc_receive_stream_free);
  self->bundle = rtc_bundle_new (config->limits.max_ssrcs, config->limits.max_sections);
  if (config->sctp != NULL)
    self->channels = rtc_data_channels_new (&(RtcDataChannelsConfig){ .peer_id = config->id,
        .max_message_bytes = RTC_PEER_MAX_MESSAGE_BYTES,
        .max_queued_bytes = RTC_PEER_MAX_QUEUED_BYTES });
  self->jsep = peer_new_jsep (self);
  self->config.receive_codecs = NULL;
  ice->vtable->get_local_parameters (ice, &ufrag, &pwd);
  rtc_jsep_set_local_ice (self->jsep, ufrag, pwd);
  GST_INFO_ID (
      self->id, "new at %" GST_TIME_FORMAT " on %s", GST_TIME_ARGS (now), ice->vtable->name);
  return self;
}

static void
peer_section_free (RtcPeerSection *section)
{
  rtc_send_stream_clear (&section->send);
  for (guint i = 0; i < G_N_ELEMENTS (section->slots); i++)
    rtc_fanout_unref (section->slots[i]);
  g_free (section);
}

void
rtc_peer_free (RtcPeer *self)
{
  RtcPacket *packet;

  if (self == NULL)
    return;
  rtc_peer_free_rate (self);
  rtc_peer_free_data (self);
  for (guint i = 0; i < self->sections->len; i++) {
    rtc_peer_detach (self, i);
    peer_section_free (rtc_peer_section (self, i));
  }
  g_ptr_array_unref (self->sections);
  if (self->srtp != NULL)
    self->srtp->vtable->free (self->srtp);
  self->dtls->vtable->free (self->dtls);
  self->ice->vtable->free (self->ice);
  rtc_jsep_free (self->jsep);
  rtc_bundle_free (self->bundle);
  rtc_output_queue_clear (&self->out);
  while ((packet = g_queue_pop_head (&self->early)) != NULL)
    rtc_packet_unref (packet);
  rtc_peer_clear_early (self);
  g_array_unref (self->candidates);
  g_ptr_array_unref (self->inbound);
  rtc_twcc_receiver_free (self->twcc);
  g_free (self->remote_ufrag);
  g_free (self->failure);
  g_free (self);
}

RtcPeerId
rtc_peer_get_id (const RtcPeer *self)
{
  return self->config.id;
}

RtcJsep *
rtc_peer_get_jsep (RtcPeer *self)
{
  return self->jsep;
}

void
rtc_peer_push_output (RtcPeer *self, RtcOutputType type)
{
  RtcOutput output = { .type = type };

  if (type == RTC_OUTPUT_FAILED && self->failure != NULL)
    g_strlcpy (output.reason, self->failure, sizeof output.reason);
  rtc_output_queue_push (&self->out, &output);
}

const gchar *
rtc_peer_state_to_string (RtcPeerState state)
{
  static const gchar *const names[] = { "new", "connecting", "connected", "disconnected", "failed",
    "closed" };

  return names[state];
}

/* Tells the shell that something that get_*_state() show has changed. */
void
rtc_peer_announce_state (RtcPeer *self)
{
  RtcPeerState state = rtc_peer_get_state (self);

  if (state != self->last_state)
    GST_INFO_ID (self->id, "%s -> %s", rtc_peer_state_to_string (self->last_state),
        rtc_peer_state_to_string (state));
  self->last_state = state;
  rtc_peer_push_output (self, RTC_OUTPUT_STATE);
}

void
rtc_peer_handle_timeout (RtcPeer *self, GstClockTime now)
{
  GstClockTime deadline;

  if (self->is_closed)
    return;
  deadline = self->ice->vtable->next_deadline (self->ice);
  if (rtc_time_is_due (deadline, now))
    self->ice->vtable->handle_timeout (self->ice, now);
  deadline = self->dtls->vtable->next_deadline (self->dtls);
  if (rtc_time_is_due (deadline, now))
    self->dtls->vtable->handle_timeout (self->dtls, now);
  rtc_peer_handle_backends (self, now);
  rtc_peer_handle_connect_timeout (self, now);
  rtc_peer_poll_rtcp (self, now);
  rtc_peer_poll_rate (self, now);
  rtc_peer_poll_join (self, now);
  rtc_peer_poll_data (self, now);
}

static GstClockTime
peer_find_deadline (RtcPeer *self)
{
  GstClockTime deadline;

  if (self->is_closed || self->failure != NULL)
    return GST_CLOCK_TIME_NONE;
  if (self->has_more)
    return 0;
  deadline = self->ice->vtable->next_deadline (self->ice);
  deadline = rtc_time_min (deadline, self->dtls->vtable->next_deadline (self->dtls));
  deadline = rtc_time_min (deadline, self->connect_deadline);
  deadline = rtc_time_min (deadline, rtc_peer_rate_deadline (self));
  deadline = rtc_time_min (deadline, rtc_peer_join_deadline (self));
  deadline = rtc_time_min (deadline, rtc_peer_data_deadline (self));
  if (self->rtcp_running) {
    deadline = rtc_time_min (deadline, rtc_rtcp_scheduler_next_deadline (&self->scheduler));
    deadline = rtc_time_min (deadline, rtc_peer_cc_deadline (self));
    if (!self->feedback_requested)
      deadline = rtc_time_min (deadline, rtc_peer_feedback_deadline (self));
  }
  return deadline;
}

GstClockTime
rtc_peer_next_deadline (RtcPeer *self)
{
  self->told_deadline = peer_find_deadline (self);
  return self->told_deadline;
}

/* Sending moves no deadline but those of rate and pace. */
gboolean
rtc_peer_needs_turn (const RtcPeer *self)
{
  return self->has_more || !rtc_output_queue_is_empty (&self->out)
         || (self->failure == NULL
             && rtc_time_min (rtc_peer_rate_deadline (self), rtc_peer_join_deadline (self))
                    < self->told_deadline);
}

gboolean
rtc_peer_poll (RtcPeer *self, RtcOutput *out)
{
  /* First, since FAILED and CLOSED are the last that anybody hears. */
  if (self->channels != NULL && rtc_data_channels_poll (self->channels, out))
    return TRUE;
  return rtc_output_queue_pop (&self->out, out);
}

void
rtc_peer_flush (RtcPeer *self)
{
  if (!self->is_dirty)
    return;
  self->is_dirty = FALSE;
  self->ice->vtable->flush (self->ice);
}

void
rtc_peer_close (RtcPeer *self, GstClockTime now)
{
  if (self->is_closed)
    return;
  GST_INFO_ID (self->id, "closing");
  if (self->failure == NULL) {
    rtc_peer_send_bye (self, now);
    rtc_peer_close_data (self, now);
    rtc_peer_end_all (self);
    self->dtls->vtable->close (self->dtls, now);
  }
  self->is_closed = TRUE;
  /* That DTLS is closed now is not the peer's doing. */
  if (self->failure == NULL)
    rtc_peer_drain_dtls (self, now);
  for (guint i = 0; i < self->sections->len; i++)
    rtc_peer_detach (self, i);
  rtc_peer_clear_early (self);
  rtc_jsep_close (self->jsep);
  rtc_peer_announce_state (self);
  rtc_peer_push_output (self, RTC_OUTPUT_CLOSED);
}

void
rtc_peer_fail (RtcPeer *self, GstClockTime now, const gchar *reason)
{
  if (self->is_closed || self->failure != NULL)
    return;
  GST_INFO_ID (self->id, "failed at %" GST_TIME_FORMAT ": %s", GST_TIME_ARGS (now), reason);
  self->failure = g_strdup (reason);
  if (self->channels != NULL)
    rtc_data_channels_end (self->channels);
  self->connect_deadline = GST_CLOCK_TIME_NONE;
  rtc_peer_announce_state (self);
  rtc_peer_push_output (self, RTC_OUTPUT_FAILED);
}

/* webrtc-pc 4.4.3: the first row that holds. */
RtcPeerState
rtc_peer_derive_state (gboolean is_closed, gboolean has_failed, RtcIceState ice, RtcDtlsState dtls)
{
  gboolean ice_up = ice == RTC_ICE_STATE_CONNECTED || ice == RTC_ICE_STATE_COMPLETED;

  if (is_closed)
    return RTC_PEER_STATE_CLOSED;
  if (has_failed || ice == RTC_ICE_STATE_FAILED || dtls == RTC_DTLS_STATE_FAILED)
    return RTC_PEER_STATE_FAILED;
  if (ice == RTC_ICE_STATE_DISCONNECTED)
    return RTC_PEER_STATE_DISCONNECTED;
  /* "new": none of the transports is anything but new or closed. */
  if ((ice == RTC_ICE_STATE_NEW || ice == RTC_ICE_STATE_CLOSED)
      && (dtls == RTC_DTLS_STATE_NEW || dtls == RTC_DTLS_STATE_CLOSED))
    return RTC_PEER_STATE_NEW;
  if (ice_up && (dtls == RTC_DTLS_STATE_CONNECTED || dtls == RTC_DTLS_STATE_CLOSED))
    return RTC_PEER_STATE_CONNECTED;
  return RTC_PEER_STATE_CONNECTING;
}

RtcPeerState
rtc_peer_get_state (const RtcPeer *self)
{
  return rtc_peer_derive_state (
      self->is_closed, self->failure != NULL, self->ice_state, self->dtls_state);
}

void
rtc_peer_receive (RtcPeer *self)
{
  if (self->ice->vtable->receive != NULL)
    self->ice->vtable->receive (self->ice);
}

gboolean
rtc_peer_is_patient (const RtcPeer *self)
{
  if (self->config.receive_latency < RTC_PEER_PATIENT_LATENCY
      || rtc_peer_get_state (self) != RTC_PEER_STATE_CONNECTED)
    return FALSE;
  if (self->sctp != NULL)
    return FALSE;
  for (guint i = 0; i < self->sections->len; i++) {
    if (rtc_peer_section (self, i)->can_send)
      return FALSE;
  }
  return TRUE;
}

RtcIceState
rtc_peer_get_ice_state (const RtcPeer *self)
{
  return self->is_closed ? RTC_ICE_STATE_CLOSED : self->ice_state;
}

RtcIceGatheringState
rtc_peer_get_gathering_state (const RtcPeer *self)
{
  return self->gathering_state;
}

RtcDtlsState
rtc_peer_get_dtls_state (const RtcPeer *self)
{
  return self->is_closed ? RTC_DTLS_STATE_CLOSED : self->dtls_state;
}

RtcJsepState
rtc_peer_get_signaling_state (const RtcPeer *self)
{
  return rtc_jsep_get_state (self->jsep);
}

const gchar *
rtc_peer_get_failure (const RtcPeer *self)
{
  return self->failure;
}
