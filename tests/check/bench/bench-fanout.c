/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-fanout.c - what congestion control costs the fan-out: one encoded stream to many peers,
 * with nothing agreed, with a fixed rate, and with "gcc" fed by the viewers' feedback.
 *
 * Whole RtcPeers, with SRTP and sockets that do nothing, so that the difference is not hidden in
 * them (they take about 1 and 2.5 us a packet): CPU time per packet and viewer, from the push to
 * the ICE agent, and per feedback message. Prints figures and never fails. RTC_BENCH_VIEWERS: how
 * many, 300 if not set, as the simulated links of more take minutes.
 */
#include <stdlib.h>
#include <time.h>

#include "sim-world.h"

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/peer/rtc-peer-private.h"

#define SECONDS 5
#define FPS 30
#define PACKETS 5
#define PAYLOAD 1000

static gint64
cpu_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (gint64) t.tv_sec * 1000000000 + t.tv_nsec;
}

static gchar *
munge_plain (gchar *sdp, gboolean from_sender)
{
  static const gchar *const names[] = { " transport-cc\r\n", " goog-remb\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar **parts = g_strsplit (sdp, names[i], -1);

    g_free (sdp);
    sdp = g_strjoinv (" x-unknown\r\n", parts);
    g_strfreev (parts);
  }
  return sdp;
}

static RtcPacket *
make_packet (GstClockTime now, guint16 seq, guint32 frame, guint index)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_RTP_HEADER_LEN + PAYLOAD);
  RtcRtpHeader header = { .payload_type = 96,
    .marker = index + 1 == PACKETS,
    .seq = seq,
    .rtp_ts = frame * (90000 / FPS),
    .ssrc = 1 };
  RtcWriter w = rtc_writer (packet->data, RTC_RTP_HEADER_LEN);

  rtc_rtp_header_write (&header, &w);
  memset (packet->data + RTC_RTP_HEADER_LEN, 1, PAYLOAD);
  packet->len = RTC_RTP_HEADER_LEN + PAYLOAD;
  packet->time = now;
  if (frame == 0 && index == 0)
    packet->flags |= RTC_PACKET_KEY_FRAME_START;
  return packet;
}

/* --- backends that do nothing -------------------------------------------------------------------
 */

static RtcResult
null_protect (RtcSrtp *srtp, guint8 *data, gsize *len, gsize cap)
{
  *len += 16;
  return RTC_OK;
}

static RtcResult
null_send (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  return RTC_OK;
}

static void
make_null (RtcPeer *peer)
{
  static RtcSrtpVTable srtp;
  static RtcIceVTable ice;

  srtp = *peer->srtp->vtable;
  srtp.protect_rtp = srtp.protect_rtcp = null_protect;
  peer->srtp->vtable = &srtp;
  ice = *peer->ice->vtable;
  ice.send = null_send;
  peer->ice->vtable = &ice;
}

/* The viewers' ends are not run: their feedback is what sim_world would have them send, made here
 * for all alike, once in 100 ms. */
typedef struct {
  SimWorld *world;
  SimCall **calls;
  guint n;
  GstClockTime now;
} Rig;

static void
rig_feed_back (Rig *self, guint64 first, guint n_packets)
{
  RtcTwccArrival arrivals[256];
  guint8 data[RTC_MTU];
  RtcRtcpBuilder builder;
  guint n_reported;
  gsize len;

  for (guint i = 0; i < n_packets; i++)
    arrivals[i] = (RtcTwccArrival){ first + i, self->now - 60 * GST_MSECOND + i * GST_MSECOND };
  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  if (rtc_rtcp_twcc_write (
          &builder, 1, 2, (guint8) (first / 10), first, arrivals, n_packets, &n_reported)
          != RTC_OK
      || rtc_rtcp_builder_finish (&builder, &len) != RTC_OK)
    return;
  for (guint i = 0; i < self->n; i++)
    rtc_peer_handle_rtcp (self->calls[i]->peers[0], self->now, data, len);
}

static void
rig_drain (Rig *self)
{
  for (guint i = 0; i < self->n; i++) {
    RtcPeer *peer = self->calls[i]->peers[0];
    RtcOutput out;

    while (rtc_peer_poll (peer, &out))
      rtc_packet_unref (out.packet);
    rtc_peer_flush (peer);
  }
}

/* Calls that are connected and whose ends cost nothing. */
static void
rig_call (Rig *self, gboolean is_plain)
{
  SimLink link = { 0 };

  self->calls = g_new (SimCall *, self->n);
  for (guint i = 0; i < self->n; i++) {
    self->calls[i] = sim_world_add_call (self->world, &link);
    sim_call_negotiate (self->calls[i], TRUE, is_plain ? munge_plain : NULL, NULL);
  }
  sim_world_run (self->world, GST_SECOND);
  self->now = sim_world_now (self->world);
  for (guint i = 0; i < self->n; i++)
    make_null (self->calls[i]->peers[0]);
}

static void
rig_handle_timeouts (Rig *self)
{
  for (guint i = 0; i < self->n; i++) {
    RtcPeer *peer = self->calls[i]->peers[0];
    GstClockTime deadline = rtc_peer_next_deadline (peer);

    if (deadline <= self->now)
      rtc_peer_handle_timeout (peer, self->now);
  }
}

static void
measure (const gchar *label, const gchar *controller, guint n)
{
  SimWorldConfig config = { .seed = 1,
    .transport_cc = TRUE,
    .congestion_control = controller,
    .bitrate = { 100000, 5000000, 10000000 } };
  Rig rig = { .world = sim_world_new (&config), .n = n };
  gint64 push = 0, turn = 0, feedback = 0, began;
  guint64 told[2] = { 0, 0 }, n_messages = 0;
  guint16 seq = 0;
  RtcFanout *video = sim_world_get_video (rig.world);
  RtcPeerStats stats;

  rig_call (&rig, controller == NULL);
  if (rig.calls[0]->peers[0]->rate != NULL && rig.calls[0]->peers[0]->rate->twcc != NULL)
    told[0] = 65536 + rtc_twcc_sender_get_next (rig.calls[0]->peers[0]->rate->twcc);
  for (guint frame = 0; frame < SECONDS * FPS; frame++) {
    RtcPacket *packets[PACKETS];

    for (guint k = 0; k < PACKETS; k++)
      packets[k] = make_packet (rig.now, seq++, frame, k);
    began = cpu_ns ();
    for (guint k = 0; k < PACKETS; k++)
      rtc_fanout_push (video, rig.now, packets[k]);
    push += cpu_ns () - began;
    rig.now += GST_SECOND / FPS;
    began = cpu_ns ();
    rig_handle_timeouts (&rig);
    turn += cpu_ns () - began;
    rig_drain (&rig);
    if (told[0] != 0 && frame % 3 == 2) {
      told[1] = 3 * PACKETS;
      began = cpu_ns ();
      rig_feed_back (&rig, told[0], (guint) told[1]);
      feedback += cpu_ns () - began;
      told[0] += told[1];
      n_messages += n;
    }
  }
  rtc_peer_get_stats (rig.calls[0]->peers[0], rig.now, &stats);
  g_print ("%4u viewers, %-22s %6.0f ns per packet, %5.0f ns of it due deadlines; %6.0f ns per "
           "feedback of %u packets; %u packets waited\n",
      n, label, (gdouble) (push + turn) / ((gdouble) seq * n), (gdouble) turn / ((gdouble) seq * n),
      n_messages > 0 ? (gdouble) feedback / (gdouble) n_messages : 0, 3 * PACKETS,
      (guint) stats.rate.pacer.queued);
  rtc_peer_stats_clear (&stats);
  sim_world_free (rig.world);
  g_free (rig.calls);
}

int
main (int argc, char **argv)
{
  const gchar *text = g_getenv ("RTC_BENCH_VIEWERS");
  guint n = text != NULL ? (guint) atoi (text) : 300;

  gst_init (&argc, &argv);
  g_print ("state per viewer: rate and pacer %u bytes, numbers sent %u bytes to begin with\n",
      (guint) sizeof (RtcPeerRate), (guint) (RTC_TWCC_SENDER_MIN_PACKETS * 24));
  for (guint round = 0; round < 2; round++) {
    measure ("nothing agreed", NULL, n);
    measure ("fixed", "fixed", n);
    measure ("gcc", "gcc", n);
  }
  return 0;
}
