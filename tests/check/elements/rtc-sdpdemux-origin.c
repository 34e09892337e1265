/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux-origin.c - whom a stream is believed to come from, with times of the test's. */
#include "gst/sdp/gstrtcsdporigin.h"

#define CLOCK_RATE 90000
#define SETTLED ((gint64) GST_RTC_SDP_ORIGIN_SETTLED / 1000)
#define AWAY ((gint64) GST_RTC_SDP_ORIGIN_AWAY / 1000)
#define RESTART ((gint64) GST_RTC_SDP_ORIGIN_RESTART / 1000)
#define SILENCE ((gint64) GST_RTC_SDP_ORIGIN_SILENCE / 1000)

/* Where a packet is from, and what rtpbin is told: OWN or the first address. */
typedef enum { OWN, FIRST } Told;

typedef struct {
  gint64 at; /* ms */
  const gchar *host;
  guint port;
  guint16 seq;
  Told told;
  gint64 time; /* ms: of its time stamp, later than at */
} Row;

#define A "192.0.2.1", 5000
#define A2 "192.0.2.1", 6000
#define A3 "192.0.2.1", 7000
#define OTHER "192.0.2.66", 5000

typedef struct {
  GstRtcSdpOrigin origin;
  GstRtcSdpOriginPacket what; /* flags of all packets */
  guint32 first_time;
} Rig;

static void
rig_note (Rig *self, const Row *row)
{
  GSocketAddress *from = g_inet_socket_address_new_from_string (row->host, row->port);
  GSocketAddress *before = self->origin.owner != NULL ? g_object_ref (self->origin.owner) : NULL;
  GSocketAddress *first = self->origin.first, *told, *left;
  GstRtcSdpOriginPacket packet = self->what;

  packet.from = from;
  packet.now = row->at * 1000;
  packet.seq = row->seq;
  packet.rtp_time = self->first_time + (guint32) ((row->at + row->time) * (CLOCK_RATE / 1000));
  packet.clock_rate = CLOCK_RATE;
  told = gst_rtc_sdp_origin_note (&self->origin, &packet, &left);
  g_assert_true (told == (row->told == OWN ? from : self->origin.first));
  /* Of what begins anew nobody has moved. */
  g_assert_true (
      left == (self->origin.owner != before && self->origin.first == first ? before : NULL));
  g_clear_object (&left);
  g_clear_object (&before);
  g_object_unref (from);
}

static void
check (Rig *rig, const Row *rows, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_test_message ("row %u", i);
    rig_note (rig, &rows[i]);
  }
  gst_rtc_sdp_origin_clear (&rig->origin);
}

/* To another port, when the old one is silent, and back. */
static void
test_moves (void)
{
  static const Row rows[] = {
    { 0, A, 65534, FIRST, 0 },
    { 20, A, 65535, FIRST, 0 },
    { 40, A2, 0, OWN, 0 },
    { 19 + SILENCE, A2, 14, OWN, 0 },
    { 20 + SILENCE, A2, 15, FIRST, 0 },
    { 40 + SILENCE, A2, 16, FIRST, 0 },
    /* Overtaken on the way: of the stream, but nobody is there any more. */
    { 50 + SILENCE, A, 1, FIRST, 0 },
    { 60 + SILENCE, A2, 17, FIRST, 0 },
    /* Back where it is known, at once. */
    { 80 + SILENCE, A, 18, FIRST, 0 },
    { 90 + SILENCE, A2, 19, OWN, 0 },
    /* On, by a third port, with a time stamp of before. */
    { 80 + 2 * SILENCE, A3, 30, FIRST, -4000 },
  };
  Rig rig = { .first_time = 0xfffffff0 };

  check (&rig, rows, G_N_ELEMENTS (rows));
}

/* Who does not know where the stream was, or is elsewhere, or in too great a hurry. */
static void
test_strangers (void)
{
  static const Row rows[] = {
    { 0, A, 1000, FIRST, 0 },
    { 1000, OTHER, 1001, OWN, 0 },
    { 1000, A2, 1000, OWN, 0 },
    { 1000, A2, 999, OWN, 0 },
    { 1000, A2, 1001 + GST_RTC_SDP_ORIGIN_GAP, OWN, 0 },
    { 1000, A2, 1001, OWN, 5001 },
    { 1000, A2, 1001, OWN, -5001 },
    { 1001, A, 1001, FIRST, 0 },
    { 1100, A2, 1002, OWN, 0 },
    /* As long as it streams nobody takes its place, from wherever. */
    { 1300, A, 1002, FIRST, 0 },
    { 1599, A2, 1003, OWN, 0 },
    { 1599, A, 1003, FIRST, 0 },
    { 1700, A2, 1004, OWN, 0 },
    /* Elsewhere, after a long time; the sender itself has it back, wherever the other one went. */
    { 1598 + SETTLED, OTHER, 1005, OWN, 0 },
    { 1599 + SETTLED, OTHER, 9006, FIRST, 0 },
    { 1600 + SETTLED, A, 1007, FIRST, 0 },
    { 1601 + SETTLED, OTHER, 9007, OWN, 0 },
  };
  Rig rig = { 0 };

  check (&rig, rows, G_N_ELEMENTS (rows));
}

/* Who was started again, with other numbers: on its port at once, on another when it was silent. */
static void
test_restart (void)
{
  static const Row rows[] = {
    { 0, A, 1000, FIRST, 0 },
    { RESTART - 1, A2, 60000, OWN, 777777 },
    { RESTART, A2, 60000, FIRST, 777777 },
    { RESTART + 1, A3, 60001, OWN, 777777 },
    /* The old one is there: it has it back, and goes on with lower numbers than the other had. */
    { RESTART + 20, A, 1002, FIRST, 0 },
    { RESTART + 40, A2, 60001, OWN, 777777 },
    { RESTART + 40, A, 30000, FIRST, 5 },
    { RESTART + 60, A, 100, FIRST, 9 },
    { RESTART + 60 + SILENCE, A2, 101, FIRST, 9 },
  };
  Rig rig = { 0 };

  check (&rig, rows, G_N_ELEMENTS (rows));
}

/* On another host: when nothing has come for long, and its own after a minute. */
static void
test_host (void)
{
  static const Row rows[] = {
    { 0, A, 1, FIRST, 0 },
    { SETTLED - 1, OTHER, 60000, OWN, 0 },
    { SETTLED, OTHER, 60000, FIRST, 0 },
    { SETTLED + 9999, OTHER, 60001, FIRST, 0 },
    { SETTLED + AWAY - 2, OTHER, 60002, FIRST, 0 },
    { SETTLED + AWAY - 1, A, 2, FIRST, 0 },
    { 2 * SETTLED + AWAY, OTHER, 7, FIRST, 0 },
    { 2 * SETTLED + 2 * AWAY, OTHER, 8, FIRST, 0 },
    { 2 * SETTLED + 2 * AWAY + 1, A, 3, OWN, 0 },
  };
  Rig rig = { 0 };

  check (&rig, rows, G_N_ELEMENTS (rows));
}

/* Who takes a pause for a move loses the stream again, until it had it for long. */
static void
test_home (void)
{
  static const Row rows[] = {
    { 0, A, 1, FIRST, 0 },
    { 1000, A2, 2, FIRST, 0 },
    { 2000, A3, 3, FIRST, 0 },
    { 2001, A, 4, FIRST, 0 },
    { 2002, A3, 5, OWN, 0 },
    { 3000, A2, 6, FIRST, 0 },
    { 2999 + SETTLED, A2, 7, FIRST, 0 },
    { 3000 + SETTLED, A2, 8, FIRST, 0 },
    { 3001 + SETTLED, A, 9, OWN, 0 },
    { 4000 + SETTLED, A3, 10, FIRST, 0 },
    { 4001 + SETTLED, A2, 11, FIRST, 0 },
  };
  Rig rig = { 0 };

  check (&rig, rows, G_N_ELEMENTS (rows));
}

/* What nobody else can have made. */
static void
test_authentic (void)
{
  static const Row rows[] = {
    { 0, A, 1, FIRST, 0 },
    { 1, OTHER, 2, FIRST, 0 },
    { 2, A2, 30000, FIRST, 99999 },
  };
  Rig rig = { .what.is_authentic = TRUE };

  check (&rig, rows, G_N_ELEMENTS (rows));
}

/* Reports move with those that go back, on one host. */
static void
test_reports (void)
{
  static const Row before[] = { { 0, A, 0, FIRST, 0 }, { 5000, A2, 0, OWN, 0 } };
  static const Row after[] = { { 9000, A2, 0, FIRST, 0 }, { 9001, OTHER, 0, OWN, 0 },
    { 9002, A, 0, FIRST, 0 }, { 9002 + SETTLED, OTHER, 0, FIRST, 0 } };
  Rig rig = { .what.is_rtcp = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    rig_note (&rig, &before[i]);
  rig.what.gets_reports = TRUE;
  check (&rig, after, G_N_ELEMENTS (after));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpdemux/origin/moves", test_moves);
  g_test_add_func ("/sdpdemux/origin/strangers", test_strangers);
  g_test_add_func ("/sdpdemux/origin/restart", test_restart);
  g_test_add_func ("/sdpdemux/origin/host", test_host);
  g_test_add_func ("/sdpdemux/origin/home", test_home);
  g_test_add_func ("/sdpdemux/origin/authentic", test_authentic);
  g_test_add_func ("/sdpdemux/origin/reports", test_reports);
  return g_test_run ();
}
