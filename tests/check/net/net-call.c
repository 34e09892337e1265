/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "net-call.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "ext/dtls/rtc-dtls.h"
#include "ext/nice/rtc-nice.h"
#include "ext/srtp/rtc-srtp.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define PAYLOAD_BYTES 1000
#define FRAME_INTERVAL (GST_SECOND / NET_CALL_FPS)

GstClockTime
net_call_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

void
net_call_init (NetCall *self)
{
  memset (self, 0, sizeof *self);
  self->context = g_main_context_new ();
  self->random = rtc_random_new_secure ();
  self->ice = rtc_nice_factory_new (self->context);
  for (guint end = 0; end < 2; end++) {
    RtcDtlsIdentity *identity = rtc_dtls_identity_new (NULL);

    self->dtls[end] = rtc_dtls_factory_new (identity, NULL);
    rtc_dtls_identity_unref (identity);
    self->candidates[end] = g_array_new (FALSE, FALSE, sizeof (RtcCandidate));
  }
  self->srtp = rtc_srtp_factory_new (NULL);
  self->next_id = 1;
}

void
net_call_use_mux (NetCall *self)
{
  RtcUdpMuxConfig config = { .allow_loopback = TRUE };
  GError *error = NULL;

  self->mux = rtc_udp_mux_new (self->context, &config, &error);
  g_assert_no_error (error);
}

void
net_call_clear (NetCall *self)
{
  net_call_end (self);
  rtc_udp_mux_free (self->mux);
  rtc_nice_factory_free (self->ice);
  for (guint end = 0; end < 2; end++) {
    rtc_dtls_factory_free (self->dtls[end]);
    g_array_unref (self->candidates[end]);
  }
  rtc_srtp_factory_free (self->srtp);
  rtc_random_free (self->random);
  g_main_context_unref (self->context);
}

/* --- one step --------------------------------------------------------------------------------- */

static void
call_handle_output (NetCall *self, guint end, const RtcOutput *out)
{
  if (out->type == RTC_OUTPUT_CANDIDATES_DONE) {
    self->gathered[end] = TRUE;
  } else if (out->type == RTC_OUTPUT_CANDIDATE) {
    g_array_append_val (self->candidates[end], out->candidate);
  } else if (out->type == RTC_OUTPUT_NEGOTIATED && end == NET_SENDER) {
    rtc_peer_attach (self->peers[NET_SENDER], net_call_now (), 0, self->video);
  } else if (out->type == RTC_OUTPUT_RTP) {
    g_assert_cmpuint (end, ==, NET_VIEWER);
    self->received++;
  } else if (out->type == RTC_OUTPUT_FAILED) {
    g_free (self->failure[end]);
    self->failure[end] = g_strdup (out->reason);
  }
}

static void
call_turn (NetCall *self)
{
  for (guint end = 0; end < 2; end++) {
    RtcPeer *peer = self->peers[end];
    GstClockTime now = net_call_now ();
    RtcOutput out;

    rtc_peer_handle_backends (peer, now);
    if (rtc_time_is_due (rtc_peer_next_deadline (peer), now))
      rtc_peer_handle_timeout (peer, now);
    while (rtc_peer_poll (peer, &out)) {
      call_handle_output (self, end, &out);
      rtc_packet_unref (out.packet);
    }
    rtc_peer_flush (peer);
  }
}

/* RFC 7741: S bit and partition 0, P bit set but in the first picture. */
static void
call_capture (NetCall *self, GstClockTime now)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_RTP_HEADER_LEN + PAYLOAD_BYTES);
  RtcRtpHeader header = { .payload_type = 96,
    .marker = TRUE,
    .seq = self->seq++,
    .rtp_ts = (guint32) self->sent * 90000 / NET_CALL_FPS,
    .ssrc = 1 };
  RtcWriter w = rtc_writer (packet->data, RTC_RTP_HEADER_LEN + PAYLOAD_BYTES);

  rtc_rtp_header_write (&header, &w);
  memset (packet->data + w.pos, 0, PAYLOAD_BYTES);
  packet->data[w.pos] = 0x10;
  packet->data[w.pos + 1] = self->sent == 0 ? 0 : 1;
  packet->len = w.pos + PAYLOAD_BYTES;
  packet->time = now;
  rtc_fanout_push (self->video, now, packet);
  self->sent++;
}

static void
call_step (NetCall *self)
{
  GstClockTime now = net_call_now ();

  if (self->attack != NULL)
    self->attack (self, now, self->attack_data);
  if (rtc_peer_get_state (self->peers[NET_SENDER]) == RTC_PEER_STATE_CONNECTED
      && rtc_time_is_due (self->next_frame, now)) {
    call_capture (self, now);
    self->next_frame = MAX (self->next_frame, now - 10 * FRAME_INTERVAL) + FRAME_INTERVAL;
  }
  call_turn (self);
}

static gboolean
wake_up (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

gboolean
net_call_run (NetCall *self, gboolean (*done) (NetCall *self), guint timeout_ms)
{
  GstClockTime end = net_call_now () + timeout_ms * GST_MSECOND;
  GSource *tick = g_timeout_source_new (1);
  gboolean is_done = FALSE;

  g_source_set_callback (tick, wake_up, NULL, NULL);
  g_source_attach (tick, self->context);
  while (!is_done && net_call_now () < end) {
    g_main_context_iteration (self->context, TRUE);
    call_step (self);
    is_done = done != NULL && done (self);
  }
  g_source_destroy (tick);
  g_source_unref (tick);
  return is_done;
}

gboolean
net_call_has_media (NetCall *self)
{
  return self->received > 0
         && rtc_peer_get_state (self->peers[NET_SENDER]) == RTC_PEER_STATE_CONNECTED
         && rtc_peer_get_state (self->peers[NET_VIEWER]) == RTC_PEER_STATE_CONNECTED;
}

/* --- life ------------------------------------------------------------------------------------- */

static RtcPeer *
call_new_peer (NetCall *self, guint end)
{
  RtcPeerConfig config = { .id = self->next_id++,
    .ice = self->ice,
    .dtls = self->dtls[end],
    .srtp = self->srtp,
    .random = self->random,
    .limits = RTC_LIMITS_DEFAULT };
  RtcTransceiverConfig video = { .kind = RTC_MEDIA_VIDEO,
    .direction = end == NET_SENDER ? RTC_DIRECTION_SENDONLY : RTC_DIRECTION_RECVONLY,
    .n_codecs = 1,
    .rtx = TRUE };
  GError *error = NULL;
  RtcPeer *peer;

  if (end == NET_SENDER && self->mux != NULL)
    config.ice = rtc_udp_mux_get_factory (self->mux);
  config.ice_config.peer_id = config.id;
  config.ice_config.random = self->random;
  config.ice_config.allow_loopback = TRUE;
  config.ice_config.max_remote_candidates = config.limits.max_remote_candidates;
  config.ice_config.servers = self->servers;
  config.ice_config.n_servers = self->n_servers;
  peer = rtc_peer_new (&config, net_call_now (), &error);
  g_assert_no_error (error);
  rtc_codec_init (&video.codecs[0], RTC_CODEC_VP8, 96);
  rtc_peer_add_transceiver (peer, &video);
  return peer;
}

static gboolean
call_is_gathered (NetCall *self)
{
  return self->gathered[0] && self->gathered[1];
}

static gboolean
call_viewer_is_gathered (NetCall *self)
{
  return self->gathered[NET_VIEWER];
}

static gboolean
call_sender_is_gathered (NetCall *self)
{
  return self->gathered[NET_SENDER];
}

/* Takes all lines that start so out of a description. (transfer full) */
static gchar *
call_strip (gchar *sdp, const gchar *prefix)
{
  gchar **lines = g_strsplit (sdp, "\r\n", -1);
  GString *kept = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    if (!g_str_has_prefix (lines[i], prefix))
      g_string_append_printf (kept, "%s\r\n", lines[i]);
  g_strfreev (lines);
  g_free (sdp);
  return g_string_free (kept, FALSE);
}

/* Makes, sets and gathers for one description; the other end gets it complete. */
static void
call_carry (NetCall *self, guint from, RtcSdpType type)
{
  RtcPeer *peer = self->peers[from];
  GError *error = NULL;
  gchar *sdp;

  if (type == RTC_SDP_TYPE_OFFER)
    rtc_peer_create_offer (peer, net_call_now (), &sdp, &error);
  else
    rtc_peer_create_answer (peer, net_call_now (), &sdp, &error);
  g_assert_no_error (error);
  rtc_peer_set_local_description (peer, net_call_now (), type, sdp, &error);
  g_assert_no_error (error);
  g_free (sdp);
  net_call_run (self, from == NET_VIEWER ? call_viewer_is_gathered : call_sender_is_gathered,
      self->gather_ms > 0 ? self->gather_ms : 5000);
  sdp = rtc_peer_get_local_description (peer);
  if (self->hide_candidates)
    sdp = call_strip (call_strip (sdp, "a=candidate:"), "a=end-of-candidates");
  rtc_peer_set_remote_description (self->peers[1 - from], net_call_now (), type, sdp, &error);
  g_assert_no_error (error);
  g_free (sdp);
}

void
net_call_begin (NetCall *self, gboolean viewer_offers)
{
  RtcFanoutConfig config = { .kind = RTC_MEDIA_VIDEO,
    .clock_rate = 90000,
    .history_packets = 512,
    .history_age = GST_SECOND,
    .key_frame_interval = GST_SECOND };
  guint offerer = viewer_offers ? NET_VIEWER : NET_SENDER;

  g_strlcpy (config.name, "video", sizeof config.name);
  self->video = rtc_fanout_new (&config);
  self->sent = self->received = 0;
  self->next_frame = 0;
  for (guint end = 0; end < 2; end++) {
    self->gathered[end] = FALSE;
    g_array_set_size (self->candidates[end], 0);
    self->peers[end] = call_new_peer (self, end);
  }
  call_carry (self, offerer, RTC_SDP_TYPE_OFFER);
  call_carry (self, 1 - offerer, RTC_SDP_TYPE_ANSWER);
  g_assert_true (self->gather_ms > 0 || call_is_gathered (self));
}

void
net_call_end (NetCall *self)
{
  if (self->peers[0] == NULL)
    return;
  for (guint end = 0; end < 2; end++) {
    rtc_peer_free (g_steal_pointer (&self->peers[end]));
    g_clear_pointer (&self->failure[end], g_free);
  }
  g_clear_pointer (&self->video, rtc_fanout_unref);
  while (!rtc_nice_factory_is_idle (self->ice))
    g_main_context_iteration (self->context, TRUE);
}

/* --- for attackers ---------------------------------------------------------------------------- */

guint
net_call_get_addresses (NetCall *self, guint end, struct sockaddr_in *out, guint max)
{
  guint n = 0;

  for (guint i = 0; i < self->candidates[end]->len && n < max; i++) {
    const RtcCandidate *c = &g_array_index (self->candidates[end], RtcCandidate, i);

    out[n] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons (c->port) };
    if (c->transport == RTC_CANDIDATE_UDP && c->type == RTC_CANDIDATE_HOST
        && inet_pton (AF_INET, c->address, &out[n].sin_addr) == 1)
      n++;
  }
  return n;
}

int
net_call_stranger (const gchar *address)
{
  struct sockaddr_in from = { .sin_family = AF_INET };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_cmpint (inet_pton (AF_INET, address, &from.sin_addr), ==, 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &from, sizeof from), ==, 0);
  return fd;
}
