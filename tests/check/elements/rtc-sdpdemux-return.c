/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux-return.c - whom reports go back to, with times of the test's. */
#include "gst/sdp/gstrtcsdpreturn.h"

#define SECOND G_TIME_SPAN_SECOND

typedef struct {
  gint64 at; /* ms */
  const gchar *host;
  guint port;
  guint32 ssrc;
  gboolean follows; /* reports go there from now on */
} Row;

/* The ssrc of what is no report but of the stream. */
#define STREAM 0

static void
note (GstRtcSdpReturn *back, const Row *row, GSocketAddress *from)
{
  GSocketAddress *before = back->address;

  if (row->ssrc != STREAM) {
    g_assert_cmpint (
        gst_rtc_sdp_return_note (back, row->at * 1000, from, row->ssrc), ==, row->follows);
    return;
  }
  gst_rtc_sdp_return_note_stream (back, row->at * 1000, from);
  g_assert_true (back->address == before);
}

static void
check (const Row *rows, guint n, gboolean is_apart)
{
  GstRtcSdpReturn back = { .is_apart = is_apart };

  for (guint i = 0; i < n; i++) {
    GSocketAddress *from = g_inet_socket_address_new_from_string (rows[i].host, rows[i].port);

    g_test_message ("row %u", i);
    note (&back, &rows[i], from);
    if (rows[i].follows)
      g_assert_true (back.address == from);
    g_object_unref (from);
  }
  gst_rtc_sdp_return_clear (&back);
}

/* The first one, for as long as it sends, whoever else does. */
static void
test_first (void)
{
  static const Row rows[] = {
    { 0, "192.0.2.1", 5000, 7, TRUE },
    { 20, "192.0.2.1", 5000, 7, FALSE },
    { 30, "192.0.2.66", 5000, 6, FALSE },
    { 9000, "192.0.2.1", 5000, 8, FALSE },
    { 18999, "192.0.2.66", 5000, 6, FALSE },
    { 19000, "192.0.2.1", 5000, 8, FALSE },
    { 20999, "192.0.2.66", 5000, 8, FALSE },
    { 28999, "192.0.2.66", 5000, 6, FALSE },
    { 28999, "192.0.2.1", 5000, 7, FALSE },
  };

  check (rows, G_N_ELEMENTS (rows), FALSE);
}

/* Another port of the sender's, or another address, that sends any of its SSRCs on. */
static void
test_heir (void)
{
  static const Row rows[] = {
    { 0, "2001:db8::1", 5000, 7, TRUE },
    { 10, "2001:db8::1", 5000, 8, FALSE },
    { 2009, "2001:db8::1", 5002, 7, FALSE },
    { 2010, "2001:db8::1", 5002, 7, TRUE },
    { 4009, "2001:db8::2", 5002, 8, FALSE },
    { 4010, "2001:db8::2", 5002, 8, TRUE },
    { 4011, "2001:db8::1", 5002, 8, FALSE },
  };

  check (rows, G_N_ELEMENTS (rows), FALSE);
}

/* A sender that was started again has other SSRCs; what the one before it had tells nothing then.
 */
static void
test_new (void)
{
  static const Row rows[] = {
    { 0, "192.0.2.1", 5000, 7, TRUE },
    { 9999, "192.0.2.1", 6000, 9, FALSE },
    { 10000, "192.0.2.1", 6000, 9, TRUE },
    { 12500, "192.0.2.1", 5000, 7, FALSE },
    { 20000, "192.0.2.1", 5000, 7, TRUE },
  };

  check (rows, G_N_ELEMENTS (rows), FALSE);
}

/* Without rtcp-mux: nobody at another address takes the reports from a sender whose stream goes on,
 * however far apart its own are. */
static void
test_apart (void)
{
  static const Row rows[] = {
    { 0, "192.0.2.1", 5000, STREAM, FALSE },
    { 1000, "192.0.2.1", 5001, 7, TRUE },
    { 2000, "192.0.2.1", 5000, STREAM, FALSE },
    { 3500, "192.0.2.66", 5001, 7, FALSE },
    { 7000, "192.0.2.1", 5000, STREAM, FALSE },
    { 8999, "192.0.2.66", 5001, 7, FALSE },
    { 8999, "192.0.2.1", 5001, 7, FALSE },
    { 16000, "192.0.2.1", 5000, STREAM, FALSE },
    /* The stream of another host tells nothing of it. */
    { 17900, "192.0.2.66", 5000, STREAM, FALSE },
    { 17999, "192.0.2.66", 5001, 7, FALSE },
    { 18000, "192.0.2.66", 5001, 7, TRUE },
    /* Nor does its own any more. */
    { 19000, "192.0.2.66", 5000, STREAM, FALSE },
    { 19000, "192.0.2.1", 5000, STREAM, FALSE },
    { 20999, "192.0.2.1", 5001, 7, FALSE },
    { 21000, "192.0.2.1", 5001, 7, TRUE },
    { 21000, "192.0.2.1", 5000, STREAM, FALSE },
    { 30999, "192.0.2.66", 5001, 6, FALSE },
    { 31000, "192.0.2.66", 5001, 6, TRUE },
  };

  check (rows, G_N_ELEMENTS (rows), TRUE);
}

/* The stream goes on, and a NAT gives out another port for reports. */
static void
test_apart_port (void)
{
  static const Row rows[] = {
    { 0, "192.0.2.1", 5001, 7, TRUE },
    { 9000, "192.0.2.1", 5000, STREAM, FALSE },
    { 9999, "192.0.2.1", 5003, 7, FALSE },
    { 10000, "192.0.2.66", 5003, 7, FALSE },
    { 10000, "192.0.2.1", 5003, 8, FALSE },
    { 10000, "192.0.2.1", 5003, 7, TRUE },
    /* It is known to stream still. */
    { 10500, "192.0.2.1", 5000, STREAM, FALSE },
    { 12499, "192.0.2.1", 5005, 7, FALSE },
    { 12500, "192.0.2.1", 5005, 7, TRUE },
  };

  check (rows, G_N_ELEMENTS (rows), TRUE);
}

/* Whose stream is not from its host, or has not come yet, is known by reports alone. */
static void
test_apart_host (void)
{
  static const Row rows[] = {
    { 10, "192.0.2.1", 5000, STREAM, FALSE },
    { 20, "192.0.2.9", 5001, 7, TRUE },
    { 30, "192.0.2.1", 5000, STREAM, FALSE },
    { 2020, "192.0.2.66", 5001, 7, FALSE },
    { 10019, "192.0.2.66", 5001, 7, FALSE },
    { 10020, "192.0.2.66", 5001, 7, TRUE },
  };

  check (rows, G_N_ELEMENTS (rows), TRUE);
}

/* With the stream, at once; but only from where they went to, and not without rtcp-mux. */
static void
test_moved (void)
{
  GSocketAddress *from = g_inet_socket_address_new_from_string ("192.0.2.1", 5000);
  GSocketAddress *other = g_inet_socket_address_new_from_string ("192.0.2.1", 5002);

  for (guint is_apart = 0; is_apart <= 1; is_apart++) {
    GstRtcSdpReturn back = { .is_apart = is_apart };

    g_assert_false (gst_rtc_sdp_return_note_move (&back, 0, from, other));
    g_assert_true (gst_rtc_sdp_return_note (&back, 0, from, 7));
    g_assert_false (gst_rtc_sdp_return_note_move (&back, 1, other, from));
    g_assert_cmpint (gst_rtc_sdp_return_note_move (&back, 2, from, other), ==, !is_apart);
    g_assert_true (back.address == (is_apart ? from : other));
    /* Whoever was left is as any other then. */
    g_assert_false (gst_rtc_sdp_return_note (&back, SECOND, is_apart ? other : from, 7));
    gst_rtc_sdp_return_clear (&back);
  }
  g_object_unref (other);
  g_object_unref (from);
}

/* Of many SSRCs the latest ones are known. */
static void
test_many (void)
{
  GSocketAddress *from = g_inet_socket_address_new_from_string ("192.0.2.1", 5000);
  GSocketAddress *other = g_inet_socket_address_new_from_string ("192.0.2.1", 5002);
  GstRtcSdpReturn back = { 0 };

  for (guint32 ssrc = 0; ssrc < 100; ssrc++)
    g_assert_cmpint (gst_rtc_sdp_return_note (&back, 0, from, ssrc), ==, ssrc == 0);
  g_assert_false (gst_rtc_sdp_return_note (&back, 3 * SECOND, other, 0));
  g_assert_false (gst_rtc_sdp_return_note (&back, 3 * SECOND, other, 91));
  g_assert_true (gst_rtc_sdp_return_note (&back, 3 * SECOND, other, 92));
  gst_rtc_sdp_return_clear (&back);
  g_object_unref (other);
  g_object_unref (from);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpdemux/return/first", test_first);
  g_test_add_func ("/sdpdemux/return/heir", test_heir);
  g_test_add_func ("/sdpdemux/return/new", test_new);
  g_test_add_func ("/sdpdemux/return/apart", test_apart);
  g_test_add_func ("/sdpdemux/return/apart-port", test_apart_port);
  g_test_add_func ("/sdpdemux/return/apart-host", test_apart_host);
  g_test_add_func ("/sdpdemux/return/moved", test_moved);
  g_test_add_func ("/sdpdemux/return/many", test_many);
  return g_test_run ();
}
