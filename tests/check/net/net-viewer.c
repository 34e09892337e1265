/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "net-viewer.h"

#include <libsoup/soup.h>
#include <string.h>

#include "gst/rtc/rtp/rtc-key-frame.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "net-loop.h"

struct _NetViewers {
  NetLoop net;
};

struct _NetViewer {
  gint refs; /* the test's and the loop's */
  NetViewers *viewers;
  NetViewerConfig config;
  RtcSrtpFactory *srtp; /* over that of viewers */
  RtcPeerId id;

  GMutex lock; /* guards what follows; [N] writes, the test reads */
  GCond cond;
  NetViewerCounts counts;
  RtcPeerState state;
  gboolean gathered;
  gchar *offer;
  const gchar *answer;
  gboolean answer_ok;
  GError *error;
  guint32 last_key_ts;
  LoadPictures *pictures; /* NULL: not wanted */
};

NetViewers *
net_viewers_new (void)
{
  NetViewers *self = g_new0 (NetViewers, 1);

  net_loop_init (&self->net);
  return self;
}

void
net_viewers_free (NetViewers *self)
{
  net_loop_clear (&self->net);
  g_free (self);
}

static void
viewer_unref (gpointer data)
{
  NetViewer *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->offer);
  g_clear_error (&self->error);
  lying_srtp_factory_free (self->srtp);
  g_free (self->pictures);
  g_free (self);
}

/* With the lock held. */
static void
viewer_count_packet (NetViewer *self, RtcPeer *peer, const RtcOutput *output)
{
  const RtcNegotiated *negotiated = rtc_transceiver_get_negotiated (
      rtc_jsep_get_transceiver (rtc_peer_get_jsep (peer), output->mline));
  RtcRtpHeader header;
  const RtcCodec *codec;

  if (rtc_rtp_header_parse (&header, output->packet->data, output->packet->len) != RTC_OK)
    return;
  if (self->counts.first_media == GST_CLOCK_TIME_NONE)
    self->counts.first_media = output->packet->time;
  if (negotiated->kind == RTC_MEDIA_AUDIO) {
    self->counts.audio_packets++;
    return;
  }
  self->counts.video_packets++;
  self->counts.longest_video = MAX (self->counts.longest_video, output->packet->len);
  codec = rtc_codec_find_pt (
      negotiated->receive_codecs, negotiated->n_receive_codecs, header.payload_type);
  if (codec == NULL)
    return;
  self->counts.video_codec = codec->id;
  if (self->pictures != NULL && codec->id == RTC_CODEC_VP8)
    load_pictures_add (
        self->pictures, rtc_loop_now (), RTC_KEY_FRAME_FORMAT_VP8, &header, output->packet->data);
  if (rtc_key_frame_is_start (rtc_key_frame_format_from_name (codec->name),
          output->packet->data + header.payload_offset, header.payload_len)
      && (self->counts.key_frames == 0 || header.rtp_ts != self->last_key_ts)) {
    self->counts.key_frames++;
    self->last_key_ts = header.rtp_ts;
  }
}

static void
viewer_handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  NetViewer *self = data;

  g_mutex_lock (&self->lock);
  self->state = rtc_peer_get_state (peer);
  if (output->type == RTC_OUTPUT_RTP)
    viewer_count_packet (self, peer, output);
  else if (output->type == RTC_OUTPUT_CANDIDATES_DONE)
    self->gathered = TRUE;
  else if (output->type == RTC_OUTPUT_FAILED)
    g_strlcpy (self->counts.failure, output->reason, sizeof self->counts.failure);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
viewer_add_transceivers (NetViewer *self, RtcPeer *peer)
{
  static const RtcCodecId all[] = { RTC_CODEC_VP8, RTC_CODEC_VP9, RTC_CODEC_H264 };
  RtcTransceiverConfig video = { .kind = RTC_MEDIA_VIDEO,
    .direction = RTC_DIRECTION_RECVONLY,
    .rtx = TRUE,
    .fec = self->config.fec };
  RtcTransceiverConfig audio = { .kind = RTC_MEDIA_AUDIO, .direction = RTC_DIRECTION_RECVONLY };

  if (self->config.video != RTC_CODEC_UNKNOWN) {
    rtc_codec_init (&video.codecs[video.n_codecs++], self->config.video, 96);
  } else {
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
      rtc_codec_init (&video.codecs[video.n_codecs++], all[i], (guint8) (96 + i));
  }
  rtc_peer_add_transceiver (peer, &video);
  if (self->config.no_audio)
    return;
  rtc_codec_init (&audio.codecs[audio.n_codecs++], RTC_CODEC_OPUS, 111);
  rtc_peer_add_transceiver (peer, &audio);
}

static void
viewer_start (gpointer data)
{
  NetViewer *self = data;
  NetViewers *viewers = self->viewers;
  GstClockTime now = rtc_loop_now ();
  RtcPeerConfig config = { 0 };
  RtcPeer *peer;

  config.transport_cc = self->config.transport_cc;
  net_loop_configure (&viewers->net, &config);
  config.srtp = self->srtp;
  config.ice_config.ice_tcp = self->config.tcp;
  peer = rtc_peer_new (&config, now, &self->error);
  g_assert_no_error (self->error);
  self->id = config.id;
  viewer_add_transceivers (self, peer);
  if (!self->config.answers)
    net_loop_make_offer (peer, now);
  g_atomic_int_inc (&self->refs);
  rtc_loop_add_peer (viewers->net.loop, peer, viewer_handle_output, self, viewer_unref);
}

NetViewer *
net_viewer_new (NetViewers *viewers, const NetViewerConfig *config)
{
  NetViewer *self = g_new0 (NetViewer, 1);

  self->refs = 1;
  self->viewers = viewers;
  if (config != NULL)
    self->config = *config;
  self->srtp = lying_srtp_factory_new (viewers->net.srtp, self->config.lie);
  self->counts.first_media = GST_CLOCK_TIME_NONE;
  if (self->config.pictures) {
    self->pictures = g_new (LoadPictures, 1);
    load_pictures_init (self->pictures);
  }
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  rtc_loop_call (viewers->net.loop, viewer_start, self);
  return self;
}

static void
viewer_get_offer (gpointer data)
{
  NetViewer *self = data;
  RtcPeer *peer = rtc_loop_find_peer (self->viewers->net.loop, self->id);

  self->offer = rtc_peer_get_local_description (peer);
}

/* With the lock held; FALSE when the deadline has passed. */
static gboolean
viewer_wait (NetViewer *self, gint64 deadline)
{
  return g_cond_wait_until (&self->cond, &self->lock, deadline);
}

gchar *
net_viewer_create_offer (NetViewer *self)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (!self->gathered && viewer_wait (self, deadline))
    ;
  g_assert_true (self->gathered);
  g_mutex_unlock (&self->lock);
  rtc_loop_call (self->viewers->net.loop, viewer_get_offer, self);
  if (self->config.wrong_fingerprint)
    net_loop_spoil_fingerprints (self->offer);
  return g_steal_pointer (&self->offer);
}

static void
viewer_take_offer (gpointer data)
{
  NetViewer *self = data;
  RtcPeer *peer = rtc_loop_find_peer (self->viewers->net.loop, self->id);
  GstClockTime now = rtc_loop_now ();
  gchar *sdp = NULL;

  self->answer_ok =
      rtc_peer_set_remote_description (peer, now, RTC_SDP_TYPE_OFFER, self->answer, &self->error)
          == RTC_OK
      && rtc_peer_create_answer (peer, now, &sdp, &self->error) == RTC_OK
      && rtc_peer_set_local_description (peer, now, RTC_SDP_TYPE_ANSWER, sdp, &self->error)
             == RTC_OK;
  g_free (sdp);
  rtc_loop_turn_peer (self->viewers->net.loop, peer);
}

gchar *
net_viewer_answer (NetViewer *self, const gchar *offer, GError **error)
{
  self->answer = offer;
  rtc_loop_call (self->viewers->net.loop, viewer_take_offer, self);
  self->answer = NULL;
  if (self->answer_ok)
    return net_viewer_create_offer (self); /* what there is as local description */
  g_propagate_error (error, g_steal_pointer (&self->error));
  return NULL;
}

static void
viewer_answer (gpointer data)
{
  NetViewer *self = data;
  RtcPeer *peer = rtc_loop_find_peer (self->viewers->net.loop, self->id);

  self->answer_ok = rtc_peer_set_remote_description (
                        peer, rtc_loop_now (), RTC_SDP_TYPE_ANSWER, self->answer, &self->error)
                    == RTC_OK;
  rtc_loop_turn_peer (self->viewers->net.loop, peer);
}

gboolean
net_viewer_set_answer (NetViewer *self, const gchar *sdp, GError **error)
{
  self->answer = sdp;
  rtc_loop_call (self->viewers->net.loop, viewer_answer, self);
  self->answer = NULL;
  if (!self->answer_ok && self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  return self->answer_ok;
}

gboolean
net_viewer_wait_packets (NetViewer *self, guint video, guint audio, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean ok;

  g_mutex_lock (&self->lock);
  while ((self->counts.video_packets < video || self->counts.audio_packets < audio)
         && self->state != RTC_PEER_STATE_FAILED && viewer_wait (self, deadline))
    ;
  ok = self->counts.video_packets >= video && self->counts.audio_packets >= audio;
  g_mutex_unlock (&self->lock);
  return ok;
}

gboolean
net_viewer_wait_state (NetViewer *self, RtcPeerState state, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean ok;

  g_mutex_lock (&self->lock);
  while (self->state != state && viewer_wait (self, deadline))
    ;
  ok = self->state == state;
  g_mutex_unlock (&self->lock);
  return ok;
}

typedef struct {
  NetViewer *viewer;
  GstClockTime rtt;
} RoundTripCall;

static void
viewer_get_round_trip (gpointer data)
{
  RoundTripCall *call = data;
  RtcPeer *peer = rtc_loop_find_peer (call->viewer->viewers->net.loop, call->viewer->id);
  RtcPeerStats stats;

  if (peer == NULL)
    return;
  rtc_peer_get_stats (peer, rtc_loop_now (), &stats);
  if (stats.dlrr_measurements > 0)
    call->rtt = stats.dlrr_rtt;
  rtc_peer_stats_clear (&stats);
}

GstClockTime
net_viewer_wait_round_trip (NetViewer *self, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  RoundTripCall call = { self, GST_CLOCK_TIME_NONE };
  gboolean in_time = TRUE;

  while (call.rtt == GST_CLOCK_TIME_NONE && in_time) {
    rtc_loop_call (self->viewers->net.loop, viewer_get_round_trip, &call);
    g_mutex_lock (&self->lock);
    in_time = viewer_wait (self, deadline);
    g_mutex_unlock (&self->lock);
  }
  return call.rtt;
}

static void
viewer_ask_key_frame (gpointer data)
{
  NetViewer *self = data;
  RtcPeer *peer = rtc_loop_find_peer (self->viewers->net.loop, self->id);

  rtc_peer_request_key_frame (peer, rtc_loop_now (), 0);
  rtc_loop_turn_peer (self->viewers->net.loop, peer);
}

void
net_viewer_request_key_frame (NetViewer *self)
{
  rtc_loop_call (self->viewers->net.loop, viewer_ask_key_frame, self);
}

void
net_viewer_get_counts (NetViewer *self, NetViewerCounts *out)
{
  g_mutex_lock (&self->lock);
  *out = self->counts;
  g_mutex_unlock (&self->lock);
}

typedef struct {
  NetViewer *viewer;
  RtcInboundStats *out;
} VideoStatsCall;

static void
viewer_get_video_stats (gpointer data)
{
  VideoStatsCall *call = data;
  RtcPeer *peer = rtc_loop_find_peer (call->viewer->viewers->net.loop, call->viewer->id);
  RtcPeerStats stats;

  if (peer == NULL)
    return;
  rtc_peer_get_stats (peer, rtc_loop_now (), &stats);
  for (guint i = 0; i < stats.inbound->len; i++) {
    const RtcInboundStats *inbound = &g_array_index (stats.inbound, RtcInboundStats, i);

    if (inbound->kind == RTC_MEDIA_VIDEO)
      *call->out = *inbound;
  }
  rtc_peer_stats_clear (&stats);
}

void
net_viewer_get_video_stats (NetViewer *self, RtcInboundStats *out)
{
  VideoStatsCall call = { self, out };

  memset (out, 0, sizeof *out);
  rtc_loop_call (self->viewers->net.loop, viewer_get_video_stats, &call);
}

GstClockTime
net_viewer_get_pictures (NetViewer *self, LoadPicturesFigures *out)
{
  GstClockTime gap;

  g_mutex_lock (&self->lock);
  *out = self->pictures->figures;
  gap = load_pictures_longest_gap (self->pictures, rtc_loop_now ());
  g_mutex_unlock (&self->lock);
  return gap;
}

void
net_viewer_forget_gaps (NetViewer *self)
{
  g_mutex_lock (&self->lock);
  load_pictures_forget_gaps (self->pictures);
  g_mutex_unlock (&self->lock);
}

void
net_viewer_free (NetViewer *self, gboolean goodbye)
{
  net_loop_remove (&self->viewers->net, self->id, goodbye);
  viewer_unref (self);
}

static gchar *whep_token;

void
net_whep_set_token (const gchar *token)
{
  g_free (whep_token);
  whep_token = g_strdup (token);
}

static guint
whep_send (SoupMessage *message, gchar **body)
{
  SoupSession *session = soup_session_new_with_options ("timeout", 15, NULL);
  GError *error = NULL;
  GBytes *bytes;
  guint status;

  if (whep_token != NULL) {
    gchar *field = g_strconcat ("Bearer ", whep_token, NULL);

    soup_message_headers_replace (
        soup_message_get_request_headers (message), "Authorization", field);
    g_free (field);
  }
  bytes = soup_session_send_and_read (session, message, NULL, &error);
  status = soup_message_get_status (message);
  if (bytes == NULL)
    g_test_message ("HTTP: %s", error->message);
  else if (body != NULL)
    *body = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_clear_error (&error);
  g_clear_pointer (&bytes, g_bytes_unref);
  g_object_unref (session);
  return status;
}

guint
net_whep_post (const gchar *url, const gchar *offer, gchar **answer, gchar **location)
{
  SoupMessage *message = soup_message_new ("POST", url);
  GBytes *body = g_bytes_new (offer, strlen (offer));
  const gchar *path;
  guint status;

  soup_message_set_request_body_from_bytes (message, "application/sdp", body);
  g_bytes_unref (body);
  *answer = *location = NULL;
  status = whep_send (message, answer);
  path = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  if (path != NULL)
    *location = g_uri_resolve_relative (url, path, G_URI_FLAGS_NONE, NULL);
  g_object_unref (message);
  return status;
}

guint
net_whep_delete (const gchar *url)
{
  SoupMessage *message = soup_message_new ("DELETE", url);
  guint status = whep_send (message, NULL);

  g_object_unref (message);
  return status;
}
