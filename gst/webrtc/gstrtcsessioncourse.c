/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsessionprivate.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* How long names of STUN and TURN servers may take. */
#define RESOLVE_TIMEOUT_MS 1000

void
gst_rtc_session_stop_watchdog (GstRtcSession *self)
{
  if (self->watchdog == NULL)
    return;
  g_source_destroy (self->watchdog);
  g_clear_pointer (&self->watchdog, g_source_unref);
}

/* Ends the session towards its owner, once. */
static void
end (GstRtcSession *self, const GError *reason)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  gst_rtc_session_stop_watchdog (self);
  g_object_ref (self);
  GST_INFO ("session %s of %s ended: %s", self->id, self->peer_id,
      reason != NULL ? reason->message : "the peer left");
  if (self->funcs.ended != NULL)
    self->funcs.ended (self, reason, self->funcs.data);
  g_signal_emit (self, gst_rtc_session_get_signal (GST_RTC_SESSION_SIGNAL_ENDED), 0,
      reason != NULL ? reason->message : NULL);
  g_object_unref (self);
}

static GstWebRTCSDPType
to_webrtc_type (RtcSdpType type)
{
  switch (type) {
    case RTC_SDP_TYPE_OFFER:
      return GST_WEBRTC_SDP_TYPE_OFFER;
    case RTC_SDP_TYPE_PRANSWER:
      return GST_WEBRTC_SDP_TYPE_PRANSWER;
    case RTC_SDP_TYPE_ROLLBACK:
      return GST_WEBRTC_SDP_TYPE_ROLLBACK;
    case RTC_SDP_TYPE_ANSWER:
    default:
      return GST_WEBRTC_SDP_TYPE_ANSWER;
  }
}

static RtcSdpType
from_webrtc_type (GstWebRTCSDPType type)
{
  switch (type) {
    case GST_WEBRTC_SDP_TYPE_OFFER:
      return RTC_SDP_TYPE_OFFER;
    case GST_WEBRTC_SDP_TYPE_PRANSWER:
      return RTC_SDP_TYPE_PRANSWER;
    case GST_WEBRTC_SDP_TYPE_ROLLBACK:
      return RTC_SDP_TYPE_ROLLBACK;
    case GST_WEBRTC_SDP_TYPE_ANSWER:
    default:
      return RTC_SDP_TYPE_ANSWER;
  }
}

void
gst_rtc_session_handle_report (GObject *object, GstRtcSessionReport *report)
{
  GstRtcSession *self = GST_RTC_SESSION (object);
  GstRtcSessionFuncs *funcs = &self->funcs;
  GstWebRTCSDPType type = to_webrtc_type (report->sdp_type);

  if (report->type == GST_RTC_SESSION_REPORT_CHANNEL)
    g_signal_emit (self, gst_rtc_session_get_signal (GST_RTC_SESSION_SIGNAL_ON_DATA_CHANNEL), 0,
        report->channel);
  if (report->type == GST_RTC_SESSION_REPORT_STATES) {
    gst_rtc_session_set_states (self, &report->states);
    /* Nothing else is said of a session that has data channels and no media. */
    self->is_negotiated |= report->states.peer == RTC_PEER_STATE_CONNECTED;
  }
  if (self->is_closed)
    return;
  switch (report->type) {
    case GST_RTC_SESSION_REPORT_DESCRIPTION:
      gst_rtc_session_set_local (self, type, report->text);
      if (funcs->description != NULL)
        funcs->description (self, type, report->text, funcs->data);
      break;
    case GST_RTC_SESSION_REPORT_CANDIDATE:
      if (funcs->candidate != NULL)
        funcs->candidate (self, report->mline, report->mid, report->text, funcs->data);
      g_signal_emit (self, gst_rtc_session_get_signal (GST_RTC_SESSION_SIGNAL_ON_ICE_CANDIDATE), 0,
          report->mline, report->text);
      break;
    case GST_RTC_SESSION_REPORT_NEGOTIATED:
      self->is_negotiated = TRUE;
      if (funcs->negotiated != NULL)
        funcs->negotiated (self, (const GstRtcSessionTrack *) report->tracks->data,
            report->tracks->len, funcs->data);
      break;
    case GST_RTC_SESSION_REPORT_REFUSED:
      if (funcs->refused != NULL)
        funcs->refused (self, report->error, funcs->data);
      break;
    case GST_RTC_SESSION_REPORT_ENDED:
      end (self, report->error);
      break;
    case GST_RTC_SESSION_REPORT_TARGET_RATE:
      gst_rtc_session_set_target (self, &report->target);
      break;
    case GST_RTC_SESSION_REPORT_CHANNEL:
    case GST_RTC_SESSION_REPORT_STATES:
    default:
      break;
  }
}

/* Nobody answered our offer. What comes after the answer has its own deadline in the core. */
static gboolean
on_watchdog (gpointer data)
{
  GstRtcSession *self = data;

  if (!self->is_negotiated)
    gst_rtc_session_peer_fail (self->peer, "the offer was not answered in time");
  gst_rtc_session_stop_watchdog (self);
  return G_SOURCE_REMOVE;
}

static void
on_resolved (GstRtcServers *servers, gpointer data)
{
  GstRtcSession *self = data;

  if (!self->is_closed)
    gst_rtc_session_peer_start (self->peer, gst_rtc_servers_get_resolved (servers), self->offer);
  g_clear_pointer (&self->offer, g_free);
}

void
gst_rtc_session_start (GstRtcSession *self, const gchar *offer)
{
  if (self->is_started || self->is_closed)
    return;
  self->is_started = TRUE;
  self->offer = g_strdup (offer);
  gst_rtc_session_set_remote (self, GST_WEBRTC_SDP_TYPE_OFFER, offer);
  self->watchdog = g_timeout_source_new (self->offer_timeout_ms);
  g_source_set_callback (self->watchdog, on_watchdog, self, NULL);
  g_source_attach (
      self->watchdog, rtc_loop_get_control_context (gst_rtc_transport_get_loop (self->transport)));
  gst_rtc_servers_resolve (
      self->servers, RESOLVE_TIMEOUT_MS, on_resolved, g_object_ref (self), g_object_unref);
}

void
gst_rtc_session_set_remote_description (
    GstRtcSession *self, GstWebRTCSDPType type, const gchar *sdp)
{
  if (self->is_closed)
    return;
  gst_rtc_session_set_remote (self, type, sdp);
  gst_rtc_session_peer_set_remote (self->peer, from_webrtc_type (type), sdp);
}

void
gst_rtc_session_add_candidate (
    GstRtcSession *self, guint mline, const gchar *mid, const gchar *candidate)
{
  if (!self->is_closed)
    gst_rtc_session_peer_add_candidate (self->peer, mline, mid, candidate);
}

void
gst_rtc_session_attach_next (
    GstRtcSession *self, guint transceiver, RtcSource *source, gboolean hurry)
{
  if (!self->is_closed)
    gst_rtc_session_peer_attach_next (self->peer, transceiver, source, hurry);
}

void
gst_rtc_session_leave (GstRtcSession *self, guint transceiver, gboolean leaves)
{
  if (!self->is_closed)
    gst_rtc_session_peer_leave (self->peer, transceiver, leaves);
}

void
gst_rtc_session_set_temporal (GstRtcSession *self, guint transceiver, guint8 highest)
{
  if (!self->is_closed)
    gst_rtc_session_peer_set_temporal (self->peer, transceiver, highest);
}

void
gst_rtc_session_attach (GstRtcSession *self, guint transceiver, RtcSource *source)
{
  if (!self->is_closed)
    gst_rtc_session_peer_attach (self->peer, transceiver, source);
}

void
gst_rtc_session_request_key_frame (GstRtcSession *self, guint transceiver)
{
  gst_rtc_session_peer_request_key_frame (self->peer, transceiver);
}

void
gst_rtc_session_request_retransmission (
    GstRtcSession *self, guint32 ssrc, const guint16 *seqs, guint n_seqs)
{
  gst_rtc_session_peer_request_retransmission (self->peer, ssrc, seqs, n_seqs);
}

void
gst_rtc_session_set_bitrate (GstRtcSession *self, const RtcCcBounds *bounds)
{
  gst_rtc_session_peer_set_bitrate (self->peer, bounds);
}

void
gst_rtc_session_close (GstRtcSession *self)
{
  gboolean was_closed = self->is_closed;

  self->is_closed = TRUE;
  gst_rtc_session_stop_watchdog (self);
  if (!was_closed)
    gst_rtc_session_peer_close (self->peer);
}

void
gst_rtc_session_end_here (GstRtcSession *self)
{
  GError *reason = NULL;

  if (self->is_closed)
    return;
  rtc_error (&reason, RTC_ERR_PEER_CLOSED, "closed by the application");
  gst_rtc_session_peer_close (self->peer);
  end (self, reason);
  g_error_free (reason);
}
