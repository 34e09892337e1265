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

static void
check (const Row *rows, guint n)
{
  GstRtcSdpReturn back = { 0 };

  for (guint i = 0; i < n; i++) {
    GSocketAddress *from = g_inet_socket_address_new_from_string (rows[i].host, rows[i].port);

    g_test_message ("row %u", i);
    g_assert_cmpint (gst_rtc_sdp_return_note (&back, rows[i].at * 1000, from, rows[i].ssrc), ==,
        rows[i].follows);
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

  check (rows, G_N_ELEMENTS (rows));
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

  check (rows, G_N_ELEMENTS (rows));
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

  check (rows, G_N_ELEMENTS (rows));
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
  g_test_add_func ("/sdpdemux/return/many", test_many);
  return g_test_run ();
}
