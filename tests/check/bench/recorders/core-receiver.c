/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* core-receiver.c - answers calls and drops their media: what the core's part of a recording costs.
 *
 * A WHIP server on libsoup in the main thread; the peers of all callers on one RtcLoop. Prints
 * {"endpoint": URL}; runs until it is killed. */
#include <string.h>
#include <libsoup/soup.h>

#include "ext/dtls/rtc-dtls.h"
#include "ext/nice/rtc-nice.h"
#include "ext/srtp/rtc-srtp-openssl.h"
#include "gst/rtc/loop/rtc-loop.h"

typedef struct {
  RtcLoop *loop;
  RtcIceFactory *ice;
  RtcDtlsIdentity *identity;
  RtcDtlsFactory *dtls;
  RtcSrtpFactory *srtp;
} Receiver;

/* One POST; its peer lives until the process ends. */
typedef struct {
  Receiver *receiver;
  SoupServerMessage *message; /* main thread; NULL once answered */
  gchar *offer, *answer;
  RtcPeerId id;
} Call;

static void
start (gpointer data)
{
  Receiver *self = data;

  self->ice = rtc_nice_factory_new (rtc_loop_get_context (self->loop));
}

static gboolean
send_answer (gpointer data)
{
  Call *call = data;
  gchar *location = g_strdup_printf ("/whip/%" G_GUINT64_FORMAT, call->id);

  soup_message_headers_append (
      soup_server_message_get_response_headers (call->message), "Location", location);
  soup_server_message_set_response (
      call->message, "application/sdp", SOUP_MEMORY_TAKE, call->answer, strlen (call->answer));
  soup_server_message_set_status (call->message, SOUP_STATUS_CREATED, NULL);
  soup_server_message_unpause (call->message);
  g_object_unref (call->message);
  g_free (location);
  return G_SOURCE_REMOVE;
}

static void
handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  Call *call = data;

  if (output->type != RTC_OUTPUT_CANDIDATES_DONE || call->answer != NULL)
    return;
  call->answer = rtc_peer_get_local_description (peer);
  g_idle_add (send_answer, call);
}

static void
add_transceiver (RtcPeer *peer, RtcMediaKind kind, RtcCodecId codec)
{
  RtcTransceiverConfig config = {
    .kind = kind, .direction = RTC_DIRECTION_RECVONLY, .n_codecs = 1, .rtx = kind == RTC_MEDIA_VIDEO
  };

  rtc_codec_init (&config.codecs[0], codec, kind == RTC_MEDIA_VIDEO ? 96 : 111);
  rtc_peer_add_transceiver (peer, &config);
}

static void
take_offer (gpointer data)
{
  Call *call = data;
  Receiver *self = call->receiver;
  RtcPeerConfig config = { .ice = self->ice,
    .dtls = self->dtls,
    .srtp = self->srtp,
    .limits = RTC_LIMITS_DEFAULT,
    .receive_latency = 1500 * GST_MSECOND };
  GstClockTime now = rtc_loop_now ();
  GError *error = NULL;
  RtcPeer *peer;
  gchar *sdp;

  rtc_loop_reserve_peer (self->loop, &config);
  config.ice_config.peer_id = call->id = config.id;
  config.ice_config.max_remote_candidates = 100;
  peer = rtc_peer_new (&config, now, NULL);
  add_transceiver (peer, RTC_MEDIA_AUDIO, RTC_CODEC_OPUS);
  add_transceiver (peer, RTC_MEDIA_VIDEO, RTC_CODEC_VP8);
  rtc_peer_set_remote_description (peer, now, RTC_SDP_TYPE_OFFER, call->offer, &error);
  g_assert_no_error (error);
  rtc_peer_create_answer (peer, now, &sdp, &error);
  g_assert_no_error (error);
  rtc_peer_set_local_description (peer, now, RTC_SDP_TYPE_ANSWER, sdp, &error);
  g_assert_no_error (error);
  g_free (sdp);
  rtc_loop_add_peer (self->loop, peer, handle_output, call, NULL);
}

static void
handle_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  GBytes *body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  Call *call;

  if (!g_str_equal (soup_server_message_get_method (message), "POST")) {
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    return;
  }
  call = g_new0 (Call, 1);
  call->receiver = data;
  call->message = g_object_ref (message);
  call->offer = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_bytes_unref (body);
  soup_server_message_pause (message);
  rtc_loop_call (call->receiver->loop, take_offer, call);
}

int
main (void)
{
  Receiver self = { .loop = rtc_loop_new () };
  SoupServer *server = soup_server_new (NULL, NULL);

  rtc_loop_call (self.loop, start, &self);
  self.identity = rtc_dtls_identity_new (NULL);
  self.dtls = rtc_dtls_factory_new (self.identity, NULL);
  self.srtp = rtc_srtp_openssl_factory_new ();
  soup_server_add_handler (server, NULL, handle_request, &self, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL))
    return 1;
  g_print ("{\"endpoint\": \"http://127.0.0.1:%d/whip\"}\n",
      g_uri_get_port (soup_server_get_uris (server)->data));
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}
