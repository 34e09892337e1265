/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-ours.c - data channels of two of our sessions, each with threads of its own, over UDP. What
 * is measured, and how it is called: bench-channels.h. */
#include "bench-channels.h"
#include "ext/sctp/rtc-usrsctp.h"
#include "gst/webrtc/gstrtcsession.h"
#include "tests/check/net/net-loop.h"

typedef struct {
  Bench *bench;
  NetLoop net;
  GstRtcTransport *transport;
  RtcSctpFactory *sctp;
  GstRtcSession *session;
  gboolean is_started;
} End;

static End ends[2]; /* 0 offers */

static RtcIceFactory *
get_ice (const GstRtcTransportConfig *config, GError **error)
{
  for (guint i = 0; i < 2; i++) {
    if (config->loop == ends[i].net.loop)
      return ends[i].net.ice;
  }
  return NULL;
}

static void
on_description (GstRtcSession *session, GstWebRTCSDPType type, const gchar *sdp, gpointer data)
{
  End *end = data, *other = &ends[end == &ends[0]];
  gchar *text = bench_cross_link (end->bench, end == &ends[0], sdp);

  if (type == GST_WEBRTC_SDP_TYPE_OFFER && !other->is_started)
    gst_rtc_session_start (other->session, text);
  else
    gst_rtc_session_set_remote_description (other->session, type, text);
  other->is_started = TRUE;
  g_free (text);
}

static void
on_data_channel (GstRtcSession *session, GObject *channel, Bench *bench)
{
  bench_take_channel (bench, 1, channel);
}

static void
end_init (End *end, Bench *bench)
{
  GstRtcTransportConfig config = { .get_ice = get_ice };

  end->bench = bench;
  net_loop_init (&end->net);
  end->sctp = rtc_usrsctp_factory_new ();
  config.loop = rtc_loop_ref (end->net.loop);
  config.dtls = end->net.dtls;
  config.srtp = end->net.srtp;
  config.sctp = end->sctp;
  end->transport = gst_rtc_transport_new (&config);
}

static void
end_call (End *end)
{
  GstRtcServers *servers = gst_rtc_servers_new (NULL, NULL);
  GstRtcSessionConfig session = { .id = "end",
    .transport = end->transport,
    .servers = servers,
    .funcs = { .description = on_description, .data = end } };

  end->session = gst_rtc_session_new (&session);
  end->is_started = FALSE;
  gst_rtc_servers_unref (servers);
  g_signal_connect (end->session, "on-data-channel", G_CALLBACK (on_data_channel), end->bench);
}

static void
run_start (gpointer data)
{
  ends[0].is_started = TRUE;
  gst_rtc_session_start (ends[0].session, NULL);
}

/* --- what bench-channels.c calls -------------------------------------------------------------- */

void
bench_peer_connect (Bench *bench)
{
  GObject *channel = NULL;

  for (guint i = 0; i < 2; i++)
    end_call (&ends[i]);
  g_signal_emit_by_name (ends[0].session, "create-data-channel", "bench", NULL, &channel);
  bench_take_channel (bench, 0, channel);
  g_object_unref (channel);
  rtc_loop_post_control (ends[0].net.loop, run_start, NULL, NULL);
}

void
bench_peer_hang_up (Bench *bench)
{
  for (guint i = 0; i < 2; i++) {
    g_signal_emit_by_name (ends[i].session, "close");
    g_clear_object (&ends[i].session);
  }
}

int
main (int argc, char **argv)
{
  Bench *bench;
  int status;

  gst_init (NULL, NULL);
  bench = bench_new ("ours");
  for (guint i = 0; i < 2; i++)
    end_init (&ends[i], bench);
  status = bench_main (bench, argc, argv);
  for (guint i = 0; i < 2; i++) {
    gst_rtc_transport_unref (ends[i].transport);
    net_loop_clear (&ends[i].net);
    rtc_usrsctp_factory_free (ends[i].sctp);
  }
  bench_free (bench);
  return status;
}
