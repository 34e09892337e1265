/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-reorder.c - order, waiting, wraps under loss, duplicates, restarts and bounds. */
#include "gst/rtc/media/rtc-reorder.h"

#define MS GST_MSECOND
#define SSRC 0x1234

/* Packets are numbers on the heap, so that a leak or a double free is seen by the sanitizers. */
static guint n_alive;

static gpointer
packet (guint64 number)
{
  n_alive++;
  return g_memdup2 (&number, sizeof number);
}

static void
packet_free (gpointer data)
{
  n_alive--;
  g_free (data);
}

static RtcReorder *
reorder (GstClockTime latency, guint max_packets, gsize max_bytes)
{
  RtcReorderConfig config = { latency, max_packets, max_bytes, packet_free };

  n_alive = 0;
  return rtc_reorder_new (&config);
}

static RtcResult
push (RtcReorder *self, GstClockTime now, guint64 number)
{
  return rtc_reorder_push (self, now, SSRC, (guint16) number, packet (number), 100);
}

/* Pops all there is and writes it as "10 11 gap2 14 restart". */
static gchar *
pop_all (RtcReorder *self, GstClockTime now)
{
  GString *text = g_string_new (NULL);
  RtcReorderItem item;

  while (rtc_reorder_pop (self, now, &item) != RTC_REORDER_NONE) {
    if (text->len > 0)
      g_string_append_c (text, ' ');
    if (item.kind == RTC_REORDER_PACKET) {
      g_string_append_printf (text, "%" G_GUINT64_FORMAT, *(guint64 *) item.packet);
      packet_free (item.packet);
    } else if (item.kind == RTC_REORDER_GAP)
      g_string_append_printf (text, "gap%u", item.count);
    else
      g_string_append (text, item.ssrc_changed ? "ssrc" : "restart");
  }
  return g_string_free (text, FALSE);
}

static void
assert_pops (RtcReorder *self, GstClockTime now, const gchar *expected)
{
  gchar *text = pop_all (self, now);

  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_order (void)
{
  RtcReorder *self = reorder (100 * MS, 4096, 1 << 20);
  RtcReorderStats stats;
  guint16 missing[8];

  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (push (self, 0, 10), ==, RTC_OK);
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 0);
  assert_pops (self, 0, "10");
  push (self, 1 * MS, 13);
  push (self, 2 * MS, 15);
  assert_pops (self, 2 * MS, "");
  g_assert_cmpuint (rtc_reorder_get_missing (self, missing, 8), ==, 3);
  g_assert_cmpuint (missing[0], ==, 11);
  g_assert_cmpuint (missing[2], ==, 14);
  g_assert_cmpuint (rtc_reorder_get_missing (self, missing, 2), ==, 2);
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 101 * MS);
  push (self, 50 * MS, 11);
  assert_pops (self, 50 * MS, "11");
  /* The gap counts from when it was seen, not from when the packet before it came. */
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 101 * MS);
  assert_pops (self, 101 * MS - 1, "");
  assert_pops (self, 101 * MS, "gap1 13");
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 102 * MS);
  g_assert_cmpint (push (self, 101 * MS, 12), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (push (self, 101 * MS, 13), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (push (self, 101 * MS, 15), ==, RTC_ERR_REPLAY);
  push (self, 101 * MS, 14);
  assert_pops (self, 101 * MS, "14 15");
  rtc_reorder_get_stats (self, &stats);
  g_assert_cmpuint (stats.pushed, ==, 8);
  g_assert_cmpuint (stats.released, ==, 5);
  g_assert_cmpuint (stats.recovered, ==, 2);
  g_assert_cmpuint (stats.lost, ==, 1);
  g_assert_cmpuint (stats.late, ==, 1);
  g_assert_cmpuint (stats.duplicates, ==, 2);
  g_assert_cmpuint (stats.n_held, ==, 0);
  g_assert_cmpuint (stats.n_bytes, ==, 0);
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
test_flush_and_latency (void)
{
  RtcReorder *self = reorder (100 * MS, 4096, 1 << 20);

  push (self, 0, 65534);
  push (self, 0, 65536 + 1);
  push (self, 0, 65536 + 3);
  assert_pops (self, 0, "65534");
  rtc_reorder_set_latency (self, 20 * MS);
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 20 * MS);
  rtc_reorder_flush (self);
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 0);
  assert_pops (self, 0, "gap2 65537 gap1 65539");
  /* It goes on, and waits again. */
  push (self, 5 * MS, 65536 + 5);
  assert_pops (self, 5 * MS, "");
  push (self, 5 * MS, 65536 + 4);
  assert_pops (self, 5 * MS, "65540 65541");
  /* What is held at the end is freed. */
  push (self, 6 * MS, 65536 + 9);
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
  rtc_reorder_free (NULL);
}

typedef struct {
  GstClockTime due;
  guint64 number;
} Flight;

/* A sender, its lossy network, and what comes out of the reordering. */
typedef struct {
  RtcReorder *reorder;
  GRand *rand;
  GQueue late;      /* Flight */
  guint64 expected; /* the next number that comes out */
  guint64 never, doubled, got, gaps;
} Lossy;

static void
lossy_take (Lossy *self, const RtcReorderItem *item)
{
  gboolean is_packet = item->kind == RTC_REORDER_PACKET;

  self->expected += item->kind == RTC_REORDER_GAP ? item->count : 1;
  self->gaps += item->count;
  self->got += is_packet;
  if (is_packet)
    packet_free (item->packet);
}

/* What was lost and is sent again now. */
static void
lossy_repair (Lossy *self, GstClockTime now)
{
  RtcReorderItem item;
  Flight *flight;

  while ((flight = g_queue_peek_head (&self->late)) != NULL && flight->due <= now) {
    push (self->reorder, now, flight->number);
    g_free (g_queue_pop_head (&self->late));
    while (rtc_reorder_pop (self->reorder, now, &item) != RTC_REORDER_NONE) {
      guint64 number = item.kind == RTC_REORDER_PACKET ? *(guint64 *) item.packet : self->expected;

      g_assert_cmpint (item.kind, !=, RTC_REORDER_RESTART);
      g_assert_cmpuint (number, ==, self->expected);
      g_assert_cmpuint (item.ext_seq & 0xffff, ==, self->expected & 0xffff);
      lossy_take (self, &item);
    }
  }
}

/* All travel times are equal within a class, so that the queue stays sorted by due. */
static void
lossy_send (Lossy *self, GstClockTime now, guint64 number, gdouble luck)
{
  Flight *flight;

  if (luck < 0.01)
    self->never++;
  else if (luck >= 0.2) {
    push (self->reorder, now, number);
    if (luck > 0.98) {
      g_assert_cmpint (push (self->reorder, now, number), ==, RTC_ERR_REPLAY);
      self->doubled++;
    }
  } else {
    flight = g_new (Flight, 1);
    flight->due = now + 250 * MS;
    flight->number = number;
    g_queue_push_tail (&self->late, flight);
  }
}

/* 11 wraps, 20 % of the packets lost of which 19 of 20 are sent again within the latency, the rest
 * too late; 2 % doubled, and each delayed by up to 20 ms. */
static void
test_wraps_under_loss (void)
{
  const guint64 n = 11 * 65536, first = 60000;
  Lossy lossy = { .reorder = reorder (300 * MS, 4096, 16 << 20),
    .rand = g_rand_new_with_seed (7),
    .late = G_QUEUE_INIT,
    .expected = first };
  guint64 i = first;
  RtcReorderStats stats;
  RtcReorderItem item;

  for (; i < lossy.expected || i < first + n || !g_queue_is_empty (&lossy.late); i++) {
    GstClockTime now = (i - first) * MS;

    lossy_repair (&lossy, now);
    if (i < first + n)
      lossy_send (&lossy, now, i, i == first ? 0.5 : g_rand_double (lossy.rand));
  }
  rtc_reorder_flush (lossy.reorder);
  while (rtc_reorder_pop (lossy.reorder, i * MS, &item) != RTC_REORDER_NONE)
    lossy_take (&lossy, &item);
  rtc_reorder_get_stats (lossy.reorder, &stats);
  g_assert_cmpuint (lossy.got, ==, n - lossy.never);
  g_assert_cmpuint (lossy.gaps, ==, lossy.never);
  g_assert_cmpuint (stats.lost, ==, lossy.never);
  g_assert_cmpuint (stats.duplicates, ==, lossy.doubled);
  g_assert_cmpuint (stats.released, ==, lossy.got);
  g_assert_cmpuint (stats.late + stats.dropped + stats.restarts + stats.early_gaps, ==, 0);
  g_rand_free (lossy.rand);
  rtc_reorder_free (lossy.reorder);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
test_ssrc_change (void)
{
  RtcReorder *self = reorder (100 * MS, 4096, 1 << 20);
  RtcReorderStats stats;

  push (self, 0, 10);
  push (self, 0, 12);
  assert_pops (self, 0, "10");
  g_assert_cmpint (rtc_reorder_push (self, 10 * MS, 99, 500, packet (500), 100), ==, RTC_OK);
  /* Without popping in between it is refused, and not leaked. */
  g_assert_cmpint (rtc_reorder_push (self, 10 * MS, 99, 501, packet (501), 100), ==, RTC_ERR_STATE);
  assert_pops (self, 10 * MS, "gap1 12 ssrc 500");
  /* What was still on its way does not change it back. */
  g_assert_cmpint (push (self, 20 * MS, 13), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (rtc_reorder_push (self, 21 * MS, 99, 501, packet (501), 100), ==, RTC_OK);
  assert_pops (self, 21 * MS, "501");
  /* Much later it does. */
  g_assert_cmpint (push (self, 200 * MS, 14), ==, RTC_OK);
  assert_pops (self, 200 * MS, "ssrc 14");
  rtc_reorder_get_stats (self, &stats);
  g_assert_cmpuint (stats.restarts, ==, 2);
  g_assert_cmpuint (stats.late, ==, 1);
  g_assert_cmpuint (stats.dropped, ==, 1);
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
test_jumps (void)
{
  RtcReorder *self = reorder (100 * MS, 4096, 1 << 20);
  RtcReorderStats stats;

  push (self, 0, 10);
  assert_pops (self, 0, "10");
  /* One stray packet changes nothing; two that agree, in either order, do. */
  g_assert_cmpint (push (self, 0, 20000), ==, RTC_AGAIN);
  g_assert_cmpint (push (self, 0, 20000), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (push (self, 0, 11), ==, RTC_OK);
  assert_pops (self, 0, "11");
  g_assert_cmpint (push (self, 0, 30001), ==, RTC_AGAIN);
  g_assert_cmpint (push (self, 0, 30000), ==, RTC_OK);
  assert_pops (self, 0, "restart 30000 30001");
  push (self, 0, 30002);
  assert_pops (self, 0, "30002");
  rtc_reorder_get_stats (self, &stats);
  g_assert_cmpuint (stats.restarts, ==, 1);
  g_assert_cmpuint (stats.dropped, ==, 1);
  g_assert_cmpuint (stats.duplicates, ==, 1);
  /* The widest gap that is believed at once. */
  push (self, 1 * MS, 30002 + RTC_REORDER_MAX_JUMP);
  assert_pops (self, 101 * MS, "gap2999 33002");
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
test_back_within_numbers (void)
{
  RtcReorder *self = reorder (100 * MS, 4096, 1 << 20);
  guint n_refused = 0;

  for (guint i = 0; i < 200; i++) {
    push (self, 0, 1000 + i);
    g_free (pop_all (self, 0));
  }
  /* The sender goes back by 150 and sends one packet each 10 ms from there. */
  while (n_refused < 150 && push (self, n_refused * 10 * MS, 1050 + n_refused) != RTC_OK)
    n_refused++;
  g_assert_cmpuint (n_refused, ==, 63);
  assert_pops (self, 0, "restart 1113");
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
test_bounds (void)
{
  RtcReorder *self = reorder (GST_SECOND, 16, 1 << 20);
  RtcReorderStats stats;

  push (self, 0, 0);
  assert_pops (self, 0, "0");
  for (guint i = 2; i < 17; i++)
    push (self, 0, i);
  assert_pops (self, 0, "");
  /* 1 to 17 are 17 numbers: the oldest gap goes, the next one is waited for. */
  push (self, 0, 18);
  assert_pops (self, 0, "gap1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
  rtc_reorder_get_stats (self, &stats);
  g_assert_cmpuint (stats.early_gaps, ==, 1);
  g_assert_cmpuint (stats.n_held, ==, 1);
  /* A gap longer than the window at once. */
  push (self, 0, 118);
  assert_pops (self, 0, "gap1 18 gap99 118");
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);

  self = reorder (GST_SECOND, 4096, 1000);
  push (self, 0, 0);
  assert_pops (self, 0, "0");
  for (guint i = 2; i < 12; i++)
    push (self, 0, i);
  assert_pops (self, 0, "");
  push (self, 0, 13);
  g_assert_cmpuint (rtc_reorder_next_deadline (self), ==, 0);
  g_assert_cmpint (push (self, 0, 14), ==, RTC_ERR_STATE);
  assert_pops (self, 0, "gap1 2 3 4 5 6 7 8 9 10 11");
  /* One that is larger than all the room is held too. */
  rtc_reorder_push (self, 0, SSRC, 12, packet (12), 5000);
  assert_pops (self, 0, "12 13");
  rtc_reorder_push (self, 0, SSRC, 15, packet (15), 5000);
  assert_pops (self, 0, "");
  rtc_reorder_get_stats (self, &stats);
  g_assert_cmpuint (stats.n_bytes, ==, 5000);
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
}

/* Any numbers at all: order holds, the counters add up, nothing leaks. */
static void
test_garbage (void)
{
  RtcReorder *self = reorder (50 * MS, 64, 3000);
  GRand *rand = g_rand_new_with_seed (3);
  RtcReorderStats stats;
  RtcReorderItem item;
  guint64 last = 0, n_out = 0;

  for (guint i = 0; i < 300000; i++) {
    guint32 ssrc = g_rand_int_range (rand, 0, 500) == 0 ? g_rand_int_range (rand, 0, 3) : 1;
    guint16 seq = (guint16) (g_rand_boolean (rand) ? i : g_rand_int (rand));

    rtc_reorder_push (self, i * MS, ssrc, seq, packet (i), g_rand_int_range (rand, 0, 2000));
    while (rtc_reorder_pop (self, i * MS, &item) != RTC_REORDER_NONE) {
      if (item.kind == RTC_REORDER_RESTART)
        continue;
      g_assert_cmpuint (item.ext_seq, >, last);
      last = item.ext_seq + (item.kind == RTC_REORDER_GAP ? item.count - 1 : 0);
      if (item.kind == RTC_REORDER_PACKET) {
        packet_free (item.packet);
        n_out++;
      }
    }
    rtc_reorder_get_stats (self, &stats);
    g_assert_cmpuint (stats.n_bytes, <, 3000 + 2000);
  }
  g_assert_cmpuint (stats.released, ==, n_out);
  g_assert_cmpuint (stats.pushed, ==, 300000);
  g_assert_cmpuint (
      n_alive, ==, stats.pushed - stats.released - stats.duplicates - stats.late - stats.dropped);
  g_assert_cmpuint (n_alive - stats.n_held, <=, 1); /* the one in doubt */
  g_rand_free (rand);
  rtc_reorder_free (self);
  g_assert_cmpuint (n_alive, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reorder/order", test_order);
  g_test_add_func ("/reorder/flush-and-latency", test_flush_and_latency);
  g_test_add_func ("/reorder/wraps-under-loss", test_wraps_under_loss);
  g_test_add_func ("/reorder/ssrc-change", test_ssrc_change);
  g_test_add_func ("/reorder/jumps", test_jumps);
  g_test_add_func ("/reorder/back-within-numbers", test_back_within_numbers);
  g_test_add_func ("/reorder/bounds", test_bounds);
  g_test_add_func ("/reorder/garbage", test_garbage);
  return g_test_run ();
}
