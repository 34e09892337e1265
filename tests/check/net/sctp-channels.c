/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sctp-channels.c - tables of data channels on associations of usrsctp: channels that come and go
 * by the thousand, and peers that flood or are silent (A49 to A51). RTC_TEST_FULL=1: 10,000 cycles.
 */
#include <stdio.h>
#include <string.h>

#include "count-proc.h"
#include "gst/rtc/dc/rtc-data-channel.h"
#include "sctp-pair.h"

#define AT_A_TIME 100
#define N_OPENS 10000
#define MEGABYTE (1024 * 1024)

typedef struct {
  SctpPair pair;
  RtcDataChannels *tables[2]; /* [0] may be NULL: a peer without manners */
  guint n_new[2], n_open[2], n_closed[2], n_messages[2], n_sent[2];
  guint n_writable[2];
} Ends;

static void
ends_init (Ends *self, gboolean has_manners)
{
  RtcDataChannelsConfig config = { 0 };

  memset (self, 0, sizeof *self);
  sctp_pair_init (&self->pair, 51, 256 * 1024);
  sctp_pair_connect (&self->pair);
  for (guint i = has_manners ? 0 : 1; i < 2; i++) {
    self->tables[i] = rtc_data_channels_new (&config);
    rtc_data_channels_start (
        self->tables[i], sctp_pair_now (), self->pair.ends[i], i == 0, 256 * 1024);
  }
}

static void
ends_clear (Ends *self)
{
  for (guint i = 0; i < 2; i++)
    rtc_data_channels_free (self->tables[i]);
  sctp_pair_clear (&self->pair);
}

/* What has come goes to the table. */
static void
feed (Ends *self, guint end)
{
  RtcDataChannels *table = self->tables[end];
  GstClockTime now = sctp_pair_now ();
  GArray *resets = self->pair.reset_streams[end], *done = self->pair.done_streams[end];
  RtcSctpEvent *event;

  while ((event = sctp_pair_take (&self->pair, end)) != NULL) {
    if (table != NULL)
      rtc_data_channels_handle_message (
          table, now, event->stream, event->ppid, g_steal_pointer (&event->packet));
    sctp_pair_free_event (event);
  }
  for (guint i = 0; table != NULL && i < resets->len; i++)
    rtc_data_channels_handle_reset (table, now, g_array_index (resets, guint16, i));
  for (guint i = 0; table != NULL && i < done->len; i++)
    rtc_data_channels_handle_reset_done (table, now, g_array_index (done, guint16, i));
  g_array_set_size (resets, 0);
  g_array_set_size (done, 0);
  if (table == NULL)
    return;
  rtc_data_channels_handle_timeout (table, now);
  if (self->n_writable[end] != self->pair.n_writable[end])
    rtc_data_channels_flush (table, now);
  self->n_writable[end] = self->pair.n_writable[end];
}

/* What the table says is counted. */
static void
drain (Ends *self, guint end)
{
  RtcOutput out;

  while (self->tables[end] != NULL && rtc_data_channels_poll (self->tables[end], &out)) {
    self->n_new[end] += out.type == RTC_OUTPUT_CHANNEL_NEW;
    self->n_open[end] += out.type == RTC_OUTPUT_CHANNEL_OPEN;
    self->n_closed[end] += out.type == RTC_OUTPUT_CHANNEL_CLOSED;
    self->n_messages[end] += out.packet != NULL;
    rtc_packet_unref (out.packet);
  }
}

static void
turn (Ends *self)
{
  for (guint i = 0; i < 2; i++) {
    feed (self, i);
    drain (self, i);
  }
}

/* --- channels that come and go ---------------------------------------------------------------- */

typedef struct {
  Ends *ends;
  const guint *counter;
  guint least;
} Wait;

static gboolean
has_counted (SctpPair *pair, gpointer data)
{
  Wait *wait = data;

  turn (wait->ends);
  return *wait->counter >= wait->least;
}

static void
wait_for (Ends *ends, const guint *counter, guint least)
{
  Wait wait = { ends, counter, least };

  g_assert_true (sctp_pair_run (&ends->pair, 60, has_counted, &wait));
}

static guint32
open_channel (Ends *self, guint end)
{
  RtcDataChannelInit init = {
    .label = "come and go", .ordered = TRUE, .max_retransmits = -1, .max_lifetime_ms = -1
  };
  guint32 handle = 0;

  g_assert_cmpint (
      rtc_data_channels_create (self->tables[end], sctp_pair_now (), &init, &handle, NULL), ==,
      RTC_OK);
  return handle;
}

/* Half is opened, and closed, by each end. */
static void
come_and_go (Ends *self, guint round)
{
  guint32 handles[AT_A_TIME];

  for (guint i = 0; i < AT_A_TIME; i++)
    handles[i] = open_channel (self, i % 2);
  for (guint i = 0; i < 2; i++)
    wait_for (self, &self->n_open[i], (round + 1) * AT_A_TIME / 2);
  for (guint i = 0; i < AT_A_TIME; i++) {
    RtcPacket *packet = rtc_packet_new_copy (NULL, (const guint8 *) "x", 1);

    g_assert_cmpint (
        rtc_data_channels_send (self->tables[i % 2], sctp_pair_now (), handles[i], TRUE, packet),
        ==, RTC_OK);
    rtc_data_channels_close (self->tables[i % 2], sctp_pair_now (), handles[i]);
  }
  for (guint i = 0; i < 2; i++) {
    wait_for (self, &self->n_closed[i], (round + 1) * AT_A_TIME);
    wait_for (self, &self->n_messages[i], (round + 1) * AT_A_TIME / 2);
  }
}

static void
test_cycles (void)
{
  gboolean is_full = g_getenv ("RTC_TEST_FULL") != NULL;
  guint n = is_full ? 100 : 8, threads = 0, descriptors = 0;
  gsize settled = 0, end;
  RtcDataChannelsStats stats;
  Ends ends;

  ends_init (&ends, TRUE);
  for (guint round = 0; round < n; round++) {
    come_and_go (&ends, round);
    if (round == n / 4) {
      settled = count_resident_bytes ();
      threads = count_proc ("task");
      descriptors = count_proc ("fd");
    }
  }
  end = count_resident_bytes ();
  g_test_message ("%u channels: %" G_GSIZE_FORMAT " KiB after a quarter, %" G_GSIZE_FORMAT
                  " KiB at the end, %u threads, %u descriptors",
      n * AT_A_TIME, settled / 1024, end / 1024, threads, descriptors);
  for (guint i = 0; i < 2; i++) {
    rtc_data_channels_get_stats (ends.tables[i], &stats);
    g_assert_cmpuint (stats.n_channels, ==, 0);
    g_assert_cmpuint (stats.refused, ==, 0);
    g_assert_cmpuint (stats.opened, ==, n * AT_A_TIME);
  }
  g_assert_cmpuint (count_proc ("task"), ==, threads);
  g_assert_cmpuint (count_proc ("fd"), ==, descriptors);
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    g_assert_cmpuint (end, <=, settled + MEGABYTE / 2);
  ends_clear (&ends);
}

/* --- hostile peers ---------------------------------------------------------------------------- */

/* Another association: it goes on as if nothing had happened. */
static void
assert_others_go_on (Ends *bystander)
{
  guint before = bystander->n_messages[1];
  guint32 handle = open_channel (bystander, 0);

  wait_for (bystander, &bystander->n_open[0], bystander->n_open[0] + 1);
  g_assert_cmpint (rtc_data_channels_send (bystander->tables[0], sctp_pair_now (), handle, FALSE,
                       rtc_packet_new_copy (NULL, (const guint8 *) "still", 5)),
      ==, RTC_OK);
  wait_for (bystander, &bystander->n_messages[1], before + 1);
}

static gboolean
all_is_sent (SctpPair *pair, gpointer data)
{
  static const guint8 open[] = { 3, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 'a', 'b', 'c', 'd' };
  static const RtcSctpReliability reliable = { TRUE, -1, -1, 0 };
  Ends *self = data;
  RtcSctp *from = pair->ends[0];

  /* All streams, the odd ones are ours; it answers no reset and reads no acknowledgement. */
  while (self->n_sent[0] < N_OPENS
         && from->vtable->send (from, sctp_pair_now (), (guint16) (self->n_sent[0] % 1024), 50,
                &reliable, open, sizeof open)
                == RTC_OK)
    self->n_sent[0]++;
  turn (self);
  return self->n_sent[0] == N_OPENS && from->vtable->next_deadline (from) == GST_CLOCK_TIME_NONE;
}

/* 10,000 OPENs on all streams there are, again and again where there is a channel already. */
static void
test_open_flood (void)
{
  RtcDataChannelsStats stats;
  Ends ends, bystander;
  gsize before, after;

  ends_init (&bystander, TRUE);
  ends_init (&ends, FALSE);
  before = count_resident_bytes ();
  g_assert_true (sctp_pair_run (&ends.pair, 60, all_is_sent, &ends));
  after = count_resident_bytes ();
  rtc_data_channels_get_stats (ends.tables[1], &stats);
  g_test_message ("%u OPENs: %u channels, %" G_GUINT64_FORMAT " refused, %" G_GSIZE_FORMAT
                  " KiB more",
      ends.n_sent[0], stats.n_channels, stats.refused, (after - MIN (before, after)) / 1024);
  g_assert_cmpint (ends.pair.state[1], ==, RTC_SCTP_STATE_CONNECTED);
  g_assert_cmpuint (stats.opened, <=, RTC_DATA_CHANNEL_MAX_STREAMS / 2);
  g_assert_cmpuint (stats.refused, >=, N_OPENS - RTC_DATA_CHANNEL_MAX_STREAMS);
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    g_assert_cmpuint (after, <=, before + 6 * MEGABYTE);
  assert_others_go_on (&bystander);
  ends_clear (&ends);
  ends_clear (&bystander);
}

/* A peer that never acknowledges: what is taken for it is bounded, here and in SCTP. */
static void
test_no_acknowledgement (void)
{
  static guint8 data[16384];
  RtcDataChannelsStats stats;
  gsize before, after, taken = 0;
  Ends ends, bystander;
  guint32 handle;

  ends_init (&bystander, TRUE);
  ends_init (&ends, TRUE);
  handle = open_channel (&ends, 1);
  wait_for (&ends, &ends.n_open[1], 1);
  ends.pair.loss = 1;
  before = count_resident_bytes ();
  for (guint i = 0; i < 2000; i++) {
    RtcPacket *packet = rtc_packet_new_copy (NULL, data, sizeof data);

    if (rtc_data_channels_send (ends.tables[1], sctp_pair_now (), handle, FALSE, packet) == RTC_OK)
      taken += sizeof data;
    sctp_pair_step (&ends.pair);
    turn (&ends);
  }
  after = count_resident_bytes ();
  rtc_data_channels_get_stats (ends.tables[1], &stats);
  g_test_message ("%" G_GSIZE_FORMAT " KiB were taken, %" G_GSIZE_FORMAT " wait, %" G_GSIZE_FORMAT
                  " KiB more",
      taken / 1024, stats.queued_bytes / 1024, (after - MIN (before, after)) / 1024);
  g_assert_cmpuint (stats.queued_bytes, <=, 2 * MEGABYTE + sizeof data);
  g_assert_cmpuint (taken, <=, 2 * MEGABYTE + RTC_USRSCTP_SEND_BYTES + 2 * sizeof data);
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    g_assert_cmpuint (after, <=, before + 2 * (2 * MEGABYTE + RTC_USRSCTP_SEND_BYTES));
  assert_others_go_on (&bystander);
  ends_clear (&ends);
  ends_clear (&bystander);
}

/* --- lifetimes -------------------------------------------------------------------------------- */

/* N_READINGS: within the outage; what is said after it is AFTER. */
#define N_READINGS 100
#define AFTER 255
#define READING_LIFETIME_MS 100

typedef struct {
  Ends *ends;
  guint32 handle;
  guint n_sent, last_came, n_came_early, n_came;
  gboolean is_after;
  GstClockTime next;
} Readings;

static gboolean
readings_are_sent (SctpPair *pair, gpointer data)
{
  Readings *r = data;
  RtcOutput out;

  for (guint i = 0; i < 2; i++)
    feed (r->ends, i);
  drain (r->ends, 0);
  while (rtc_data_channels_poll (r->ends->tables[1], &out)) {
    if (out.packet != NULL) {
      r->n_came++;
      r->last_came = out.packet->data[0];
      r->n_came_early += out.packet->data[0] < N_READINGS / 2;
    }
    rtc_packet_unref (out.packet);
  }
  if (sctp_pair_now () >= r->next) {
    guint8 reading[1000] = { r->is_after ? AFTER : (guint8) r->n_sent++ };

    rtc_data_channels_send (r->ends->tables[0], sctp_pair_now (), r->handle, FALSE,
        rtc_packet_new_copy (NULL, reading, sizeof reading));
    r->next = sctp_pair_now () + 10 * GST_MSECOND;
  }
  return r->is_after ? r->last_came == AFTER : r->n_sent == N_READINGS;
}

/* Nothing gets through for more than a second: what nobody wanted any more by then does not come,
 * but for the one that SCTP had already, and what is said now does. */
static void
test_lifetime_after_outage (void)
{
  RtcDataChannelInit init = { .label = "sensor",
    .ordered = TRUE,
    .max_retransmits = -1,
    .max_lifetime_ms = READING_LIFETIME_MS };
  Ends ends;
  Readings r = { .ends = &ends };
  GstClockTime outage;

  ends_init (&ends, TRUE);
  g_assert_cmpint (
      rtc_data_channels_create (ends.tables[0], sctp_pair_now (), &init, &r.handle, NULL), ==,
      RTC_OK);
  wait_for (&ends, &ends.n_open[0], 1);
  ends.pair.loss = 1;
  outage = sctp_pair_now ();
  g_assert_true (sctp_pair_run (&ends.pair, 60, readings_are_sent, &r));
  outage = sctp_pair_now () - outage;
  g_assert_cmpuint (r.n_came, ==, 0);
  ends.pair.loss = 0;
  r.is_after = TRUE;
  g_assert_true (sctp_pair_run (&ends.pair, 60, readings_are_sent, &r));
  g_test_message ("%u came after an outage of %" G_GUINT64_FORMAT " ms, %u of its first half",
      r.n_came, outage / GST_MSECOND, r.n_came_early);
  g_assert_cmpuint (r.n_came_early, <=, 1);
  ends_clear (&ends);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sctp-channels/cycles", test_cycles);
  g_test_add_func ("/sctp-channels/open-flood", test_open_flood);
  g_test_add_func ("/sctp-channels/no-acknowledgement", test_no_acknowledgement);
  g_test_add_func ("/sctp-channels/lifetime-after-outage", test_lifetime_after_outage);
  return g_test_run ();
}
