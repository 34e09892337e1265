/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsessionpeerprivate.h"

#include <string.h>
#include "gst/rtc/base/rtc-result.h"

/* --- reports: [N] -> [C] --------------------------------------------------------------------- */

typedef struct {
  GstRtcSessionPeer *peer;
  GstRtcSessionReport report;
} Posted;

static void
posted_free (gpointer data)
{
  Posted *posted = data;

  g_free (posted->report.text);
  g_free (posted->report.mid);
  if (posted->report.tracks != NULL)
    g_array_unref (posted->report.tracks);
  g_clear_error (&posted->report.error);
  gst_rtc_session_peer_unref (posted->peer);
  g_free (posted);
}

static void
run_report (gpointer data)
{
  Posted *posted = data;
  GstRtcSessionPeer *self = posted->peer;
  GObject *session = g_weak_ref_get (&self->session);

  g_mutex_lock (&self->lock);
  if (posted->report.type == GST_RTC_SESSION_REPORT_STATES)
    self->states_posted = FALSE;
  if (posted->report.type == GST_RTC_SESSION_REPORT_TARGET_RATE) {
    self->target_posted = FALSE;
    posted->report.target = self->target;
  }
  posted->report.states = self->states;
  g_mutex_unlock (&self->lock);
  if (session == NULL)
    return;
  self->func (session, &posted->report);
  g_object_unref (session);
}

void
gst_rtc_session_peer_post_report (GstRtcSessionPeer *self, const GstRtcSessionReport *report)
{
  Posted *posted = g_new0 (Posted, 1);

  posted->peer = gst_rtc_session_peer_ref (self);
  posted->report = *report;
  rtc_loop_post_control (gst_rtc_session_peer_get_loop (self), run_report, posted, posted_free);
}

static void
report_states (GstRtcSessionPeer *self, RtcPeer *peer)
{
  gboolean is_posted;

  g_mutex_lock (&self->lock);
  self->states.peer = rtc_peer_get_state (peer);
  self->states.ice = rtc_peer_get_ice_state (peer);
  self->states.gathering = rtc_peer_get_gathering_state (peer);
  self->states.signaling = rtc_peer_get_signaling_state (peer);
  is_posted = self->states_posted;
  self->states_posted = TRUE;
  g_mutex_unlock (&self->lock);
  if (!is_posted)
    gst_rtc_session_peer_post_report (
        self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_STATES });
}

static void
report_target (GstRtcSessionPeer *self, const RtcOutput *output)
{
  gboolean is_posted;

  g_mutex_lock (&self->lock);
  self->target = (GstRtcSessionTarget){ output->target_bps, output->loss, output->repair };
  is_posted = self->target_posted;
  self->target_posted = TRUE;
  g_mutex_unlock (&self->lock);
  if (!is_posted)
    gst_rtc_session_peer_post_report (
        self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_TARGET_RATE });
}

void
gst_rtc_session_peer_report_ended (GstRtcSessionPeer *self, GError *error)
{
  if (self->has_ended) {
    g_clear_error (&error);
    return;
  }
  self->has_ended = TRUE;
  gst_rtc_session_peer_post_report (
      self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_ENDED, .error = error });
}

void
gst_rtc_session_peer_report_description (GstRtcSessionPeer *self, RtcPeer *peer)
{
  gchar *text = rtc_peer_get_local_description (peer);

  self->is_describing = FALSE;
  rtc_loop_schedule (
      gst_rtc_session_peer_get_loop (self), &self->gather_timer, GST_CLOCK_TIME_NONE);
  if (text == NULL)
    return;
  gst_rtc_session_peer_post_report (
      self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_DESCRIPTION,
                .sdp_type = self->describing_type,
                .text = text });
}

static void
fill_track (GstRtcSessionTrack *track, guint transceiver, const RtcNegotiated *agreed)
{
  track->transceiver = transceiver;
  track->kind = agreed->kind;
  g_strlcpy (track->mid, agreed->mid, sizeof track->mid);
  track->sends = agreed->has_send_codec && (agreed->direction & RTC_DIRECTION_SENDONLY) != 0;
  track->codec = agreed->send_codec;
  track->receives = !agreed->is_rejected && (agreed->direction & RTC_DIRECTION_RECVONLY) != 0;
  track->n_receive_codecs = agreed->n_receive_codecs;
  for (guint i = 0; i < agreed->n_receive_codecs; i++)
    track->receive_codecs[i] = agreed->receive_codecs[i];
  track->remote_msid = agreed->remote_msid;
  if (agreed->is_rejected)
    g_strlcpy (track->reason, agreed->reason, sizeof track->reason);
}

static void
report_negotiated (GstRtcSessionPeer *self, RtcPeer *peer)
{
  RtcJsep *jsep = rtc_peer_get_jsep (peer);
  GArray *tracks = g_array_new (FALSE, TRUE, sizeof (GstRtcSessionTrack));

  for (guint i = 0; i < rtc_jsep_get_n_transceivers (jsep); i++) {
    g_array_set_size (tracks, i + 1);
    fill_track (&g_array_index (tracks, GstRtcSessionTrack, i), i,
        rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (jsep, i)));
  }
  gst_rtc_session_peer_post_report (
      self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_NEGOTIATED, .tracks = tracks });
}

/* --- the peer on [N] ------------------------------------------------------------------------- */

void
gst_rtc_session_peer_forget (GstRtcSessionPeer *self)
{
  RtcPeerId id = self->id;

  gst_rtc_session_peer_end_channels (self);
  self->id = 0;
  rtc_loop_schedule (
      gst_rtc_session_peer_get_loop (self), &self->gather_timer, GST_CLOCK_TIME_NONE);
  if (id != 0)
    rtc_loop_remove_peer (gst_rtc_session_peer_get_loop (self), id);
}

static void
handle_media (GstRtcSessionPeer *self, RtcPeer *peer, const RtcOutput *output)
{
  const GstRtcSessionReceiverFuncs *funcs = self->receiver_funcs;

  if (funcs == NULL)
    return;
  if (output->type == RTC_OUTPUT_RTP)
    funcs->rtp (self->receiver, peer, output->mline, output->ssrc, output->packet);
  else if (output->type == RTC_OUTPUT_RTCP)
    funcs->rtcp (self->receiver, peer, output->packet);
  else
    funcs->stream_end (self->receiver, peer, output->mline, output->ssrc);
}

/* text (transfer full) */
static void
report_candidate (GstRtcSessionPeer *self, const RtcOutput *output, gchar *text)
{
  if (!self->can_trickle) {
    g_free (text);
    return;
  }
  gst_rtc_session_peer_post_report (
      self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_CANDIDATE,
                .text = text,
                .mid = g_strdup (output->mid),
                .mline = output->mline });
}

void
gst_rtc_session_peer_handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  GstRtcSessionPeer *self = data;
  GError *error = NULL;

  switch (output->type) {
    case RTC_OUTPUT_STATE:
      report_states (self, peer);
      break;
    case RTC_OUTPUT_CANDIDATE:
      report_candidate (self, output, rtc_candidate_write (&output->candidate));
      break;
    case RTC_OUTPUT_CANDIDATES_DONE:
      if (self->is_describing)
        gst_rtc_session_peer_report_description (self, peer);
      else
        report_candidate (self, output, g_strdup (""));
      break;
    case RTC_OUTPUT_NEGOTIATED:
      report_negotiated (self, peer);
      break;
    case RTC_OUTPUT_FAILED:
      report_states (self, peer);
      rtc_error (&error, RTC_ERR_BACKEND, "%s", output->reason);
      gst_rtc_session_peer_report_ended (self, error);
      gst_rtc_session_peer_forget (self);
      break;
    case RTC_OUTPUT_CLOSED:
      report_states (self, peer);
      gst_rtc_session_peer_report_ended (self, NULL);
      gst_rtc_session_peer_forget (self);
      break;
    case RTC_OUTPUT_RTP:
    case RTC_OUTPUT_RTCP:
    case RTC_OUTPUT_STREAM_END:
      handle_media (self, peer, output);
      break;
    case RTC_OUTPUT_TARGET_RATE:
      report_target (self, output);
      break;
    case RTC_OUTPUT_CHANNEL_NEW:
    case RTC_OUTPUT_CHANNEL_OPEN:
    case RTC_OUTPUT_CHANNEL_TEXT:
    case RTC_OUTPUT_CHANNEL_BINARY:
    case RTC_OUTPUT_CHANNEL_SENT:
    case RTC_OUTPUT_CHANNEL_CLOSING:
    case RTC_OUTPUT_CHANNEL_CLOSED:
      gst_rtc_session_peer_handle_channel (self, peer, output);
      break;
    case RTC_OUTPUT_NEGOTIATION_NEEDED:
    default:
      break;
  }
}
