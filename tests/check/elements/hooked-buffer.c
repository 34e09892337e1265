/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "hooked-buffer.h"

#include <gst/rtp/rtp.h>

static void
on_retransmission (GstRtcJitterBuffer *hooks, guint ssrc, guint seq, HookedBuffer *b)
{
  g_assert_cmpuint (ssrc, ==, HOOKED_BUFFER_SSRC);
  g_atomic_int_compare_and_exchange (&b->first_request, -1, (gint) seq);
}

static void
on_key_frame (GstRtcJitterBuffer *hooks, HookedBuffer *b)
{
  g_atomic_int_inc (&b->n_key_frame_requests);
}

void
hooked_buffer_start (HookedBuffer *b, const gchar *encoding)
{
  GstElement *element = gst_element_factory_make ("rtpjitterbuffer", NULL);
  gchar *caps = g_strdup_printf ("application/x-rtp,media=video,encoding-name=%s,clock-rate=90000,"
                                 "payload=96",
      encoding);

  *b = (HookedBuffer){ .first_rtp_ts = 1000000, .first_request = -1 };
  b->hooks = gst_rtc_jitter_buffer_new (element);
  g_object_connect (b->hooks, "signal::request-retransmission", on_retransmission, b,
      "signal::request-key-frame", on_key_frame, b, NULL);
  b->harness = gst_harness_new_with_element (element, "sink", "src");
  b->clock = gst_harness_get_testclock (b->harness);
  gst_harness_set_src_caps_str (b->harness, caps);
  gst_object_unref (element);
  g_free (caps);
}

void
hooked_buffer_stop (HookedBuffer *b)
{
  gpointer hooks = b->hooks;

  g_object_add_weak_pointer (hooks, &hooks);
  g_object_unref (b->hooks);
  g_assert_nonnull (hooks); /* lives with the jitter buffer */
  gst_harness_teardown (b->harness);
  gst_object_unref (b->clock);
  g_assert_null (hooks);
}

GstBuffer *
hooked_buffer_make_packet (HookedBuffer *b, guint n, gboolean is_key)
{
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (4, 0, 0);
  const guint8 payload[] = { 0x10, is_key ? 0x00 : 0x01, 0x9d, 0x01 };
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_ssrc (&rtp, HOOKED_BUFFER_SSRC);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, (guint16) n);
  gst_rtp_buffer_set_timestamp (&rtp, b->first_rtp_ts + n * HOOKED_BUFFER_TICKS);
  memcpy (gst_rtp_buffer_get_payload (&rtp), payload, sizeof payload);
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_DTS (buffer) = b->arrival + n * HOOKED_BUFFER_FRAME;
  return buffer;
}

void
hooked_buffer_push (HookedBuffer *b, guint n, gboolean is_key)
{
  GstClockTime time = b->arrival + n * HOOKED_BUFFER_FRAME;

  if (gst_clock_get_time (GST_CLOCK (b->clock)) < time)
    gst_harness_set_time (b->harness, time);
  g_assert_cmpint (
      gst_harness_push (b->harness, hooked_buffer_make_packet (b, n, is_key)), ==, GST_FLOW_OK);
}

void
hooked_buffer_advance (HookedBuffer *b, gint64 end)
{
  g_assert_cmpint (g_get_monotonic_time (), <, end);
  if (gst_test_clock_peek_id_count (b->clock) == 0
      || !gst_harness_crank_single_clock_wait (b->harness))
    g_thread_yield ();
}

GstBuffer *
hooked_buffer_pull_buffer (HookedBuffer *b)
{
  gint64 end = g_get_monotonic_time () + HOOKED_BUFFER_PATIENCE_US;
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (b->harness)) == NULL)
    hooked_buffer_advance (b, end);
  return buffer;
}

guint
hooked_buffer_pull (HookedBuffer *b)
{
  GstBuffer *buffer = hooked_buffer_pull_buffer (b);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint seq;

  gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp);
  seq = gst_rtp_buffer_get_seq (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  gst_buffer_unref (buffer);
  return seq;
}

guint64
hooked_buffer_get_count (HookedBuffer *b, const gchar *field)
{
  GstStructure *stats;
  guint64 value;

  g_object_get (b->hooks, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  gst_structure_free (stats);
  return value;
}

guint
hooked_buffer_get_latency (HookedBuffer *b)
{
  guint latency;

  g_object_get (b->hooks, "latency", &latency, NULL);
  return latency;
}
