/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-base.c - addresses, heap order, packet pool, ring, unwrap, byte reader and writer, log limit.
 */
#include "gst/rtc/base/rtc-address.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-heap.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/base/rtc-ring.h"
#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/base/rtc-time.h"

/* One place has one value, whichever way it was written; others differ in each part. */
static void
test_address (void)
{
  static const gchar *const refused[] = { "", "1.2.3", "1.2.3.4:5", "[::1]", "fe80::1%lo", "a.b" };
  gchar text[RTC_ADDRESS_TEXT_BYTES];
  RtcAddress a, b;

  g_assert_true (rtc_address_parse ("192.0.2.1", 4000, &a));
  g_assert_true (rtc_address_parse ("::ffff:192.0.2.1", 4000, &b));
  g_assert_true (rtc_address_equal (&a, &b));
  g_assert_cmpuint (rtc_address_hash (&a), ==, rtc_address_hash (&b));
  g_assert_cmpstr (rtc_address_to_text (&b, text), ==, "192.0.2.1:4000");
  for (guint i = 0; i < 4; i++) {
    b = a;
    b.bytes[i] ^= 1;
    g_assert_false (rtc_address_equal (&a, &b));
    g_assert_cmpuint (rtc_address_hash (&a), !=, rtc_address_hash (&b));
  }
  b = a;
  b.port ^= 0x100;
  g_assert_false (rtc_address_equal (&a, &b));
  g_assert_cmpuint (rtc_address_hash (&a), !=, rtc_address_hash (&b));
  g_assert_true (rtc_address_parse ("2001:db8:1:2:3:4:5:6", 65535, &a));
  g_assert_cmpstr (rtc_address_to_text (&a, text), ==, "[2001:db8:1:2:3:4:5:6]:65535");
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_false (rtc_address_parse (refused[i], 1, &b));
  b = (RtcAddress){ 0 };
  g_assert_cmpstr (rtc_address_to_text (&b, text), ==, "none");
}

static void
test_heap (void)
{
  RtcRandom *random = rtc_random_new_seeded (7);
  RtcHeapItem items[200], *item;
  RtcHeap heap;
  GstClockTime last = 0;
  guint n = 0;

  rtc_heap_init (&heap);
  g_assert_cmpuint (rtc_heap_next_deadline (&heap), ==, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++) {
    rtc_heap_item_init (&items[i], &items[i]);
    rtc_heap_schedule (&heap, &items[i], rtc_random_range (random, 0, 50));
  }
  for (guint i = 0; i < G_N_ELEMENTS (items); i += 3)
    rtc_heap_schedule (&heap, &items[i], rtc_random_range (random, 0, 50));
  for (guint i = 1; i < G_N_ELEMENTS (items); i += 10)
    rtc_heap_schedule (&heap, &items[i], GST_CLOCK_TIME_NONE);
  while ((item = rtc_heap_pop_due (&heap, 100)) != NULL) {
    g_assert_cmpuint (item->deadline, >=, last);
    last = item->deadline;
    n++;
  }
  g_assert_cmpuint (n, ==, 200 - 20);
  rtc_heap_clear (&heap);
  rtc_random_free (random);
}

static void
test_heap_ties (void)
{
  RtcHeapItem items[64];
  RtcHeap heap;

  rtc_heap_init (&heap);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++) {
    rtc_heap_item_init (&items[i], GUINT_TO_POINTER (i));
    rtc_heap_schedule (&heap, &items[i], 5);
  }
  g_assert_null (rtc_heap_pop_due (&heap, 4));
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (rtc_heap_pop_due (&heap, 5)->owner), ==, i);
  rtc_heap_clear (&heap);
}

static void
test_packet_pool (void)
{
  RtcPacketPool *pool = rtc_packet_pool_new (256, 1);
  RtcPacket *a = rtc_packet_new (pool, 16, 200);
  RtcPacket *b = rtc_packet_new (pool, 0, 10), *big = rtc_packet_new (pool, 0, 257);

  g_assert_cmpuint (rtc_packet_headroom (a), ==, 16);
  g_assert_cmpuint (rtc_packet_tailroom (a), ==, 240);
  g_assert_null (big->pool);
  rtc_packet_ref (a);
  rtc_packet_unref (a);
  rtc_packet_unref (a);
  g_assert_true (rtc_packet_new (pool, 0, 1) == a);
  rtc_packet_pool_unref (pool);
  rtc_packet_unref (a);
  rtc_packet_unref (b);
  rtc_packet_unref (big);
}

static void
test_unwrap (void)
{
  RtcSeqUnwrap u = { 0 };
  guint64 first = rtc_seq_unwrap (&u, 65530);

  for (guint i = 1; i <= 200000; i++)
    g_assert_cmpuint (rtc_seq_unwrap (&u, (guint16) (65530 + i)), ==, first + i);
  g_assert_cmpuint (rtc_seq_unwrap (&u, (guint16) (65530 + 200000 - 100)), ==, first + 199900);
  g_assert_cmpuint (u.last, ==, first + 200000);
  u = (RtcSeqUnwrap){ 0 };
  first = rtc_seq_unwrap (&u, 3);
  g_assert_cmpuint (rtc_seq_unwrap (&u, 65534), ==, first - 5);
  g_assert_true (rtc_seq_is_newer (1, 65535));
  g_assert_false (rtc_seq_is_newer (65535, 1));
  g_assert_false (rtc_seq_is_newer (9, 9));
  g_assert_true (rtc_seq_is_newer (0x8000, 0) != rtc_seq_is_newer (0, 0x8000));
}

static void
test_bytes (void)
{
  guint8 memory[8];
  RtcWriter w = rtc_writer (memory, sizeof memory);
  RtcReader r, sub;

  rtc_writer_u8 (&w, 1);
  rtc_writer_u16 (&w, 0x0203);
  rtc_writer_u32 (&w, 0x04050607);
  g_assert_true (w.ok);
  rtc_writer_u16 (&w, 9);
  g_assert_false (w.ok);
  rtc_writer_u8 (&w, 9);
  g_assert_cmpuint (w.pos, ==, 7);
  r = rtc_reader (memory, 7);
  g_assert_cmpuint (rtc_reader_u24 (&r), ==, 0x010203);
  sub = rtc_reader_sub (&r, 2);
  g_assert_cmpuint (rtc_reader_u16 (&sub), ==, 0x0405);
  g_assert_cmpuint (rtc_reader_u8 (&sub), ==, 0);
  g_assert_false (sub.ok);
  g_assert_cmpuint (rtc_reader_left (&r), ==, 2);
  g_assert_cmpuint (rtc_reader_u32 (&r), ==, 0);
  g_assert_false (r.ok);
}

static gpointer
ring_producer (gpointer data)
{
  for (guint i = 1; i <= 200000;) {
    if (rtc_ring_push (data, GUINT_TO_POINTER (i)))
      i++;
    else
      g_thread_yield ();
  }
  return NULL;
}

static void
test_ring (void)
{
  RtcRing *ring = rtc_ring_new (100, NULL);
  GThread *thread;
  guint next = 1;

  for (guint i = 1; i <= 128; i++)
    g_assert_true (rtc_ring_push (ring, GUINT_TO_POINTER (i)));
  g_assert_false (rtc_ring_push (ring, ring));
  while (rtc_ring_pop (ring) != NULL)
    ;
  thread = g_thread_new ("producer", ring_producer, ring);
  while (next <= 200000) {
    gpointer item = rtc_ring_pop (ring);

    if (item == NULL)
      g_thread_yield ();
    else
      g_assert_cmpuint (GPOINTER_TO_UINT (item), ==, next++);
  }
  g_thread_join (thread);
  rtc_ring_free (ring);
}

static void
test_random (void)
{
  RtcRandom *a = rtc_random_new_seeded (1), *b = rtc_random_new_seeded (1);
  RtcRandom *secure = rtc_random_new_secure ();
  gchar ice[25];

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (rtc_random_u64 (a), ==, rtc_random_u64 (b));
  g_assert_cmpuint (rtc_random_u64 (secure), !=, rtc_random_u64 (secure));
  rtc_random_ice_chars (secure, ice, 24);
  g_assert_cmpuint (strlen (ice), ==, 24);
  for (guint i = 0; i < 1000; i++) {
    guint32 v = rtc_random_range (a, 10, 20);

    g_assert_cmpuint (v, >=, 10);
    g_assert_cmpuint (v, <, 20);
  }
  rtc_random_free (a);
  rtc_random_free (b);
  rtc_random_free (secure);
}

static void
test_log_and_time (void)
{
  RtcLogLimit limit = { 0 };
  guint64 suppressed = 99;
  gchar *safe = rtc_log_safe ("a\x1b[1m\nb%s", 6);

  g_assert_cmpstr (safe, ==, "a?[1m?...");
  g_free (safe);
  g_assert_true (rtc_log_limit (&limit, 5, NULL));
  for (guint i = 0; i < 10; i++)
    g_assert_false (rtc_log_limit (&limit, 6 + i, NULL));
  g_assert_true (rtc_log_limit (&limit, 5 + GST_SECOND, &suppressed));
  g_assert_cmpuint (suppressed, ==, 10);
  g_assert_cmpuint (rtc_time_abs_send (64 * GST_SECOND), ==, 0);
  g_assert_cmpuint (rtc_time_abs_send (GST_SECOND / 2), ==, 1 << 17);
  g_assert_cmpuint (rtc_time_unix_to_ntp64 (0) >> 32, ==, RTC_NTP_UNIX_OFFSET);
  g_assert_cmpuint (rtc_time_from_compact_ntp (65536), ==, GST_SECOND);
  g_assert_cmpstr (rtc_result_to_string (RTC_ERR_AUTH), ==, "authentication failed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  rtc_log_init ();
  g_test_add_func ("/base/address", test_address);
  g_test_add_func ("/base/heap", test_heap);
  g_test_add_func ("/base/heap-ties", test_heap_ties);
  g_test_add_func ("/base/packet-pool", test_packet_pool);
  g_test_add_func ("/base/unwrap", test_unwrap);
  g_test_add_func ("/base/bytes", test_bytes);
  g_test_add_func ("/base/ring", test_ring);
  g_test_add_func ("/base/random", test_random);
  g_test_add_func ("/base/log-and-time", test_log_and_time);
  return g_test_run ();
}
