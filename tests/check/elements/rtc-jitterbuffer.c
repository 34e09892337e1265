/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jitterbuffer.c - the hooks on a bare rtpjitterbuffer: losses, requests, what is held. When
 * things come out is in rtc-jitterbuffer-latency.c. */
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "hooked-buffer.h"

static void
test_settings (void)
{
  GstElement *element = gst_element_factory_make ("rtpjitterbuffer", NULL);
  GstRtcJitterBuffer *hooks = gst_rtc_jitter_buffer_new (element);
  gboolean do_lost, do_rtx, guess;
  guint latency;

  g_object_get (element, "do-lost", &do_lost, "do-retransmission", &do_rtx, "rtx-next-seqnum",
      &guess, "latency", &latency, NULL);
  g_assert_true (do_lost && do_rtx && !guess);
  g_assert_cmpuint (latency, ==, GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY);
  g_object_set (hooks, "min-latency", 800, NULL);
  g_object_get (element, "latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 800);
  g_object_get (hooks, "max-latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 800);
  g_object_set (hooks, "max-latency", 100, NULL);
  g_object_get (element, "latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 100);
  gst_rtc_jitter_buffer_detach (hooks);
  gst_rtc_jitter_buffer_detach (hooks);
  g_object_unref (hooks);
  hooks = gst_rtc_jitter_buffer_new (element); /* may come back */
  g_assert_nonnull (hooks);
  gst_object_unref (element);
  gst_rtc_jitter_buffer_push_rtcp (hooks, gst_buffer_new ()); /* its element is gone */
  gst_structure_free (gst_rtc_jitter_buffer_get_stats (hooks));
  g_object_unref (hooks);
}

/* A gap is asked for, what comes back is in its place, and the picture goes on. */
static void
test_retransmission (void)
{
  gint64 end = g_get_monotonic_time () + HOOKED_BUFFER_PATIENCE_US;
  GstBuffer *missing;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  hooked_buffer_push (&b, 0, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, 0);
  hooked_buffer_push (&b, 1, FALSE);
  hooked_buffer_push (&b, 3, FALSE);
  while (g_atomic_int_get (&b.first_request) < 0)
    hooked_buffer_advance (&b, end);
  g_assert_cmpint (b.first_request, ==, 2);
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-missing"), ==, 1);
  missing = hooked_buffer_make_packet (&b, 2, FALSE);
  GST_BUFFER_FLAG_SET (missing, GST_RTP_BUFFER_FLAG_RETRANSMISSION);
  gst_harness_push (b.harness, missing);
  for (guint i = 1; i <= 3; i++)
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, i);
  g_assert_cmpuint (hooked_buffer_get_count (&b, "retransmitted-packets"), ==, 1);
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-lost"), ==, 0);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  /* No request went further up. */
  for (guint n = gst_harness_upstream_events_received (b.harness); n > 0; n--) {
    GstEvent *event = gst_harness_pull_upstream_event (b.harness);

    g_assert_false (gst_event_has_name (event, "GstRTPRetransmissionRequest"));
    gst_event_unref (event);
  }
  hooked_buffer_stop (&b);
}

static void
wait_key_frame_request (HookedBuffer *b)
{
  gint64 end = g_get_monotonic_time () + HOOKED_BUFFER_PATIENCE_US;

  while (g_atomic_int_get (&b->n_key_frame_requests) == 0)
    hooked_buffer_advance (b, end);
}

/* A loss for good: a key frame is asked for, delta frames are held until it comes. */
static void
test_hold (gconstpointer data)
{
  gboolean hold = GPOINTER_TO_UINT (data);
  guint last = 40;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (b.hooks, "hold-picture", hold, NULL);
  hooked_buffer_push (&b, 0, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, 0);
  for (guint i = 1; i <= last; i++) {
    if (i != 5)
      hooked_buffer_push (&b, i, i == 30);
    if (i == 20)
      wait_key_frame_request (&b);
  }
  for (guint i = 1; i <= last; i++) {
    if (i == 5 || (hold && i > 5 && i < 30))
      continue;
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, i);
  }
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-lost"), ==, 1);
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-held"), ==, hold ? 24 : 0);
  g_assert_cmpuint (b.n_key_frame_requests, >=, 1);
  hooked_buffer_stop (&b);
}

/* Nothing is shown before the first key frame. */
static void
test_first_picture (void)
{
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  for (guint i = 0; i < 5; i++)
    hooked_buffer_push (&b, i, FALSE);
  wait_key_frame_request (&b);
  for (guint i = 5; i < 10; i++)
    hooked_buffer_push (&b, i, i == 7);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, 7);
  hooked_buffer_stop (&b);
}

static void
want_key_frame (HookedBuffer *b)
{
  gst_harness_push_upstream_event (
      b->harness, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

static void
test_force_key_unit (void)
{
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  hooked_buffer_push (&b, 0, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, 0);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  want_key_frame (&b);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 1);
  hooked_buffer_stop (&b);
}

#define FRAMES_AFTER 25 /* 500 ms: longer than a request is held back */

typedef struct {
  HookedBuffer b;
  guint n;
} Wish;

/* What comes when a key frame is wanted for the second time. */
typedef enum { COMES_NOTHING, COMES_KEY_FRAME, COMES_FIRST_AGAIN } Comes;

/* A frame comes each 20 ms: what holds requests back goes by the machine's clock. */
static gboolean
push_next (gpointer data)
{
  Wish *wish = data;

  hooked_buffer_push (&wish->b, wish->n++, FALSE);
  return G_SOURCE_CONTINUE;
}

/* One that is wanted too soon after the last request is asked for later, unless it has come;
 * the one before both wishes, once more, is not it. A test that stalls between the two wishes finds
 * that the second one was not too soon. */
static void
test_force_key_unit_again (gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + HOOKED_BUFFER_PATIENCE_US;
  Comes comes = GPOINTER_TO_UINT (data);
  gboolean has_come = comes == COMES_KEY_FRAME;
  Wish wish = { 0 };
  guint n_asked, source;

  hooked_buffer_start (&wish.b, "VP8");
  hooked_buffer_push (&wish.b, wish.n++, TRUE);
  want_key_frame (&wish.b);
  want_key_frame (&wish.b);
  n_asked = wish.b.n_key_frame_requests;
  if (has_come)
    hooked_buffer_push (&wish.b, wish.n++, TRUE);
  if (comes == COMES_FIRST_AGAIN)
    hooked_buffer_push (&wish.b, 0, TRUE);
  source = g_timeout_add (HOOKED_BUFFER_FRAME / GST_MSECOND, push_next, &wish);
  while (has_come ? wish.n < FRAMES_AFTER : wish.b.n_key_frame_requests < 2) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (source);
  g_assert_cmpuint (wish.b.n_key_frame_requests, ==, has_come ? n_asked : 2);
  hooked_buffer_stop (&wish.b);
}

/* A key frame wanted at a time to come is asked for when packets of that time arrive. */
static void
test_force_key_unit_later (void)
{
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  hooked_buffer_push (&b, 0, TRUE);
  gst_harness_push_upstream_event (
      b.harness, gst_video_event_new_upstream_force_key_unit (10 * HOOKED_BUFFER_FRAME, TRUE, 0));
  for (guint i = 1; i < 10; i++)
    hooked_buffer_push (&b, i, FALSE);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  hooked_buffer_push (&b, 10, FALSE);
  hooked_buffer_push (&b, 11, FALSE);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 1);
  hooked_buffer_stop (&b);
}

/* With key-frame-interval one is asked for when the last one is as old as that, and not before. */
static void
test_key_frame_interval (void)
{
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (
      b.hooks, "key-frame-interval", 10 * (guint) (HOOKED_BUFFER_FRAME / GST_MSECOND), NULL);
  for (guint i = 0; i < 26; i++)
    hooked_buffer_push (&b, i, i == 0 || i == 6 || i == 16);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  hooked_buffer_push (&b, 26, FALSE);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 1);
  hooked_buffer_stop (&b);
}

/* A key frame that has come, and will be shown, is not asked for again; what is lost of it or
 * behind it is. */
static void
test_key_frame_inside (void)
{
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 400, "max-latency", 400, NULL);
  for (guint i = 0; i < 20; i++) {
    if (i != 5)
      hooked_buffer_push (&b, i, i == 0 || i == 8);
  }
  for (guint i = 0; i < 20; i++) {
    if (i < 5 || i >= 8)
      g_assert_cmpuint (hooked_buffer_pull (&b), ==, i);
  }
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-lost"), ==, 1);
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-held"), ==, 2);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);

  for (guint i = 20; i < 40; i++) {
    if (i != 30)
      hooked_buffer_push (&b, i, i == 25);
  }
  for (guint i = 20; i < 30; i++)
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, i);
  wait_key_frame_request (&b);
  hooked_buffer_push (&b, 40, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, 40);
  hooked_buffer_stop (&b);
}

/* A key frame of more than half a turn of numbers ago is not one that is still to come. */
static void
test_key_frame_long_ago (void)
{
  HookedBuffer b;
  guint n;

  hooked_buffer_start (&b, "VP8");
  for (n = 0; n < 0x8000 + 100; n++) {
    hooked_buffer_push (&b, n, n == 0);
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, n);
  }
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  for (guint i = 1; i < 20; i++)
    hooked_buffer_push (&b, n + i, FALSE);
  wait_key_frame_request (&b);
  hooked_buffer_push (&b, n + 20, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, n + 20);
  g_assert_cmpuint (hooked_buffer_get_count (&b, "packets-lost"), ==, 1);
  hooked_buffer_stop (&b);
}

static void
push_in_time (HookedBuffer *b, GstBuffer *buffer, GstClockTime time)
{
  if (gst_clock_get_time (GST_CLOCK (b->clock)) < time)
    gst_harness_set_time (b->harness, time);
  g_assert_cmpint (gst_harness_push (b->harness, buffer), ==, GST_FLOW_OK);
}

static void
push_numbered (HookedBuffer *b, guint n, guint seq, gboolean is_key)
{
  GstBuffer *buffer = hooked_buffer_make_packet (b, n, is_key);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GstClockTime time = GST_BUFFER_DTS (buffer);

  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_seq (&rtp, (guint16) seq);
  gst_rtp_buffer_unmap (&rtp);
  push_in_time (b, buffer, time);
}

/* A sender that was started again goes on with its SSRC and lower numbers: its key frames count as
 * those before did, and are not those before. */
static void
test_numbers_go_back (void)
{
  enum { BEFORE = 30000, AFTER = 1000, N_BEFORE = 20, N_PROOF = 6, N_AFTER = 40, KEY = 8 };
  guint n, n_asked;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (
      b.hooks, "key-frame-interval", (KEY + 2) * (guint) (HOOKED_BUFFER_FRAME / GST_MSECOND), NULL);
  for (n = 0; n < N_BEFORE; n++) {
    push_numbered (&b, n, BEFORE + n, n % KEY == 0);
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, BEFORE + n);
  }
  /* So many in a row are believed. */
  for (; n < N_BEFORE + N_PROOF; n++)
    push_numbered (&b, n, AFTER + n, n == N_BEFORE);
  for (guint i = N_BEFORE; i < n; i++)
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, AFTER + i);
  for (; n < N_BEFORE + N_AFTER; n++) {
    push_numbered (&b, n, AFTER + n, n % KEY == 0);
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, AFTER + n);
  }
  n_asked = b.n_key_frame_requests;
  g_assert_cmpuint (n_asked, ==, 0);
  g_object_set (b.hooks, "key-frame-interval", 0, NULL);
  for (guint i = 1; i < 20; i++)
    push_numbered (&b, n + i, AFTER + n + i, FALSE);
  wait_key_frame_request (&b);
  hooked_buffer_stop (&b);
}

/* One unit of H.264 in a packet of its own, of picture n. */
static void
push_unit (HookedBuffer *b, guint n, guint seq, guint8 type)
{
  const guint8 unit[] = { type, 0x88, 0x80, 0x20 }; /* of a slice: the first */
  GstBuffer *buffer = hooked_buffer_make_packet (b, n, FALSE);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  GstClockTime time = GST_BUFFER_DTS (buffer);

  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  memcpy (gst_rtp_buffer_get_payload (&rtp), unit, sizeof unit);
  gst_rtp_buffer_set_seq (&rtp, (guint16) seq);
  gst_rtp_buffer_unmap (&rtp);
  push_in_time (b, buffer, time);
}

/* Parameter sets have packets of their own, and so has what looks like another start behind them:
 * what is lost in between is part of the key frame. */
static void
test_key_frame_in_parts (void)
{
  enum { SPS = 0x67, PPS = 0x68, IDR = 0x65, SLICE = 0x41 };
  guint n, seq = 0, wanted = 0;
  HookedBuffer b;

  hooked_buffer_start (&b, "H264");
  for (n = 0; n < 10; n++) {
    if (n == 0) {
      push_unit (&b, n, seq++, SPS);
      push_unit (&b, n, seq++, PPS);
    }
    push_unit (&b, n, seq++, n == 0 ? IDR : SLICE);
  }
  push_unit (&b, n, seq, SPS);
  push_unit (&b, n, seq + 2, IDR);
  for (guint i = 1; i < 20; i++)
    push_unit (&b, n + i, seq + 2 + i, SLICE);
  for (; wanted <= seq; wanted++)
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, wanted);
  wait_key_frame_request (&b);
  n += 20;
  seq += 22;
  push_unit (&b, n, seq, SPS);
  push_unit (&b, n, seq + 1, PPS);
  push_unit (&b, n, seq + 2, IDR);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, seq + i);
  hooked_buffer_stop (&b);
}

/* A second one on the same element, or on something else, is a bug of the caller's. */
static void
test_misuse (void)
{
  if (g_test_subprocess ()) {
    GstElement *element = gst_element_factory_make ("identity", NULL);

    g_assert_null (gst_rtc_jitter_buffer_new (element));
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*must be an rtpjitterbuffer*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/jitterbuffer/key-frame-inside", test_key_frame_inside);
  g_test_add_func ("/jitterbuffer/key-frame-long-ago", test_key_frame_long_ago);
  g_test_add_func ("/jitterbuffer/numbers-go-back", test_numbers_go_back);
  g_test_add_func ("/jitterbuffer/key-frame-in-parts", test_key_frame_in_parts);
  g_test_add_func ("/jitterbuffer/settings", test_settings);
  g_test_add_func ("/jitterbuffer/retransmission", test_retransmission);
  g_test_add_data_func ("/jitterbuffer/hold", GUINT_TO_POINTER (TRUE), test_hold);
  g_test_add_data_func ("/jitterbuffer/no-hold", GUINT_TO_POINTER (FALSE), test_hold);
  g_test_add_func ("/jitterbuffer/first-picture", test_first_picture);
  g_test_add_func ("/jitterbuffer/force-key-unit", test_force_key_unit);
  g_test_add_data_func ("/jitterbuffer/force-key-unit-again/none-came",
      GUINT_TO_POINTER (COMES_NOTHING), test_force_key_unit_again);
  g_test_add_data_func ("/jitterbuffer/force-key-unit-again/one-came",
      GUINT_TO_POINTER (COMES_KEY_FRAME), test_force_key_unit_again);
  g_test_add_data_func ("/jitterbuffer/force-key-unit-again/old-one-came",
      GUINT_TO_POINTER (COMES_FIRST_AGAIN), test_force_key_unit_again);
  g_test_add_func ("/jitterbuffer/force-key-unit-later", test_force_key_unit_later);
  g_test_add_func ("/jitterbuffer/key-frame-interval", test_key_frame_interval);
  g_test_add_func ("/jitterbuffer/misuse", test_misuse);
  return g_test_run ();
}
