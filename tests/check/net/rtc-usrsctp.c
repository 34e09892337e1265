/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <usrsctp.h>

#include "count-proc.h"
#include "ext/sctp/rtc-crc32c.h"
#include "sctp-pair.h"

#define MAX_MESSAGE (256 * 1024)

static const RtcSctpReliability reliable = { TRUE, -1, -1 };

/* A message of a length and contents that its number tells. */
static GByteArray *
make_message (guint number, gsize len)
{
  GByteArray *message = g_byte_array_sized_new ((guint) len);

  g_byte_array_set_size (message, (guint) len);
  for (gsize i = 0; i < len; i++)
    message->data[i] = (guint8) (number * 31 + i * 7 + (i >> 8));
  return message;
}

/* Every length modulo eight, against usrsctp's own. */
static void
test_checksum (void)
{
  for (gsize len = 12; len < 1200; len += len < 40 ? 1 : 97) {
    GByteArray *packet = make_message ((guint) len, len);
    guint8 wanted[1200];
    guint32 sum;

    memcpy (wanted, packet->data, len);
    memset (wanted + 8, 0, sizeof sum);
    sum = usrsctp_crc32c (wanted, len);
    memcpy (wanted + 8, &sum, sizeof sum);
    g_assert_false (rtc_crc32c_check (packet->data, len));
    rtc_crc32c_write (packet->data, len);
    g_assert_cmpmem (packet->data, len, wanted, len);
    g_assert_true (rtc_crc32c_check (packet->data, len));
    packet->data[len - 1] ^= 1;
    g_assert_false (rtc_crc32c_check (packet->data, len));
    g_byte_array_unref (packet);
  }
  g_assert_false (rtc_crc32c_check ((const guint8 *) "", 0));
}

typedef struct {
  guint n, sent, received;
  guint from;
  gsize max_len;
} Transfer;

static gsize
length_of (const Transfer *t, guint number)
{
  static const gsize lengths[] = { 1, 1000, 1160, 4, 16384, 3, 65536, 100 };

  return number == t->n - 1 ? t->max_len
                            : MIN (lengths[number % G_N_ELEMENTS (lengths)], t->max_len);
}

/* Sends what fits, checks what has come: whole, once and in order. */
static gboolean
transfer_is_done (SctpPair *pair, gpointer data)
{
  Transfer *t = data;
  RtcSctp *from = pair->ends[t->from];
  RtcSctpEvent *event;

  while (t->sent < t->n) {
    GByteArray *message = make_message (t->sent, length_of (t, t->sent));
    RtcResult result = from->vtable->send (from, sctp_pair_now (), 3, RTC_MAX_DATAGRAM + t->sent,
        &reliable, message->data, message->len);

    g_byte_array_unref (message);
    if (result == RTC_AGAIN)
      break;
    g_assert_cmpint (result, ==, RTC_OK);
    t->sent++;
  }
  while ((event = sctp_pair_take (pair, 1 - t->from)) != NULL) {
    GByteArray *message = make_message (t->received, length_of (t, t->received));

    g_assert_cmpuint (event->stream, ==, 3);
    g_assert_cmpuint (event->ppid, ==, RTC_MAX_DATAGRAM + t->received);
    g_assert_cmpmem (event->packet->data, event->packet->len, message->data, message->len);
    g_byte_array_unref (message);
    sctp_pair_free_event (event);
    t->received++;
  }
  return t->received == t->n;
}

static void
test_messages (gconstpointer data)
{
  gdouble loss = GPOINTER_TO_INT (data) / 100.0;
  RtcSctpStats stats;
  SctpPair pair;

  sctp_pair_init (&pair, 4, MAX_MESSAGE);
  pair.loss = loss;
  pair.delay = loss > 0 ? 2 * GST_MSECOND : 0;
  sctp_pair_connect (&pair);
  for (guint from = 0; from < 2; from++) {
    Transfer t = { .n = loss > 0 ? 100 : 400, .from = from, .max_len = MAX_MESSAGE };

    g_assert_true (sctp_pair_run (&pair, 60, transfer_is_done, &t));
  }
  pair.ends[0]->vtable->get_stats (pair.ends[0], &stats);
  g_assert_cmpuint (stats.packets_sent, >, 100);
  g_assert_cmpuint (stats.bytes_received, >, 1000000);
  g_assert_cmpuint (stats.mtu, ==, 1160);
  g_assert_cmpuint (stats.congestion_window, >, 0);
  if (loss > 0)
    g_assert_cmpuint (pair.n_lost, >, 0);
  g_test_message ("%" G_GUINT64_FORMAT " packets lost", pair.n_lost);
  sctp_pair_clear (&pair);
}

/* Packets of end 0 for each that end 1 answers with. */
static gdouble
packets_for_each_answer (gboolean in_batches)
{
  Transfer t = { .n = 600, .max_len = 16384 };
  RtcSctpStats sent, answered;
  SctpPair pair;

  sctp_pair_init (&pair, 4, MAX_MESSAGE);
  pair.in_batches = in_batches;
  sctp_pair_connect (&pair);
  g_assert_true (sctp_pair_run (&pair, 60, transfer_is_done, &t));
  pair.ends[0]->vtable->get_stats (pair.ends[0], &sent);
  pair.ends[1]->vtable->get_stats (pair.ends[1], &answered);
  sctp_pair_clear (&pair);
  g_test_message ("%" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT " answers", sent.packets_sent,
      answered.packets_sent);
  return (gdouble) sent.packets_sent / (gdouble) answered.packets_sent;
}

/* One by one each second packet is acknowledged; what comes in one go by few, though not by one. */
static void
test_acknowledgements (void)
{
  gdouble batches = packets_for_each_answer (TRUE);

  g_assert_cmpfloat (packets_for_each_answer (FALSE), <, 2.5);
  g_assert_cmpfloat (batches, >, 3);
  g_assert_cmpfloat (batches, <, 33);
}

static gboolean
one_is_closed (SctpPair *pair, gpointer data)
{
  return pair->state[0] == RTC_SCTP_STATE_CLOSED && pair->state[1] == RTC_SCTP_STATE_CLOSED;
}

/* A50: exactly the limit passes, one byte more ends the association at both ends. */
static void
test_too_long (void)
{
  SctpPair pair;
  GByteArray *message = make_message (1, 100001);
  Transfer t = { .n = 1, .max_len = 100000 };

  sctp_pair_init (&pair, 4, 100000);
  sctp_pair_connect (&pair);
  g_assert_true (sctp_pair_run (&pair, 20, transfer_is_done, &t));
  g_assert_cmpint (pair.ends[0]->vtable->send (pair.ends[0], sctp_pair_now (), 3, 51, &reliable,
                       message->data, message->len),
      ==, RTC_OK);
  g_assert_true (sctp_pair_run (&pair, 20, one_is_closed, NULL));
  g_assert_cmpstr (pair.reason[1], ==, "the peer sent a longer message than we take");
  g_assert_cmpint (pair.ends[0]->vtable->send (
                       pair.ends[0], sctp_pair_now (), 3, 51, &reliable, message->data, 1),
      ==, RTC_ERR_STATE);
  g_assert_cmpuint (pair.ends[0]->vtable->next_deadline (pair.ends[0]), ==, GST_CLOCK_TIME_NONE);
  g_byte_array_unref (message);
  sctp_pair_clear (&pair);
}

static gboolean
resets_are_done (SctpPair *pair, gpointer data)
{
  guint n = GPOINTER_TO_UINT (data);

  return pair->n_resets[1] >= n && pair->n_resets_done[0] >= n;
}

/* What was sent before a reset comes before it, and the stream begins anew; many resets at once,
 * under loss. */
static void
test_resets (void)
{
  guint n = 0;
  SctpPair pair;

  sctp_pair_init (&pair, 6, MAX_MESSAGE);
  sctp_pair_connect (&pair);
  pair.loss = 0.02;
  for (guint round = 0; round < 3; round++) {
    Transfer t = { .n = 10, .max_len = 5000 };

    for (guint16 stream = 10; stream < 310; stream += 2) {
      g_assert_cmpint (pair.ends[0]->vtable->send (pair.ends[0], sctp_pair_now (), stream, 51,
                           &reliable, (const guint8 *) "x", 1),
          ==, RTC_OK);
      g_assert_cmpint (
          pair.ends[0]->vtable->reset_stream (pair.ends[0], sctp_pair_now (), stream), ==, RTC_OK);
      n++;
    }
    g_assert_true (sctp_pair_run (&pair, 60, resets_are_done, GUINT_TO_POINTER (n)));
    g_assert_cmpuint (g_queue_get_length (&pair.messages[1]), ==, 150);
    g_queue_clear_full (&pair.messages[1], (GDestroyNotify) sctp_pair_free_event);
    g_assert_true (sctp_pair_run (&pair, 20, transfer_is_done, &t));
  }
  g_assert_cmpuint (pair.n_resets[1], ==, n);
  g_assert_cmpuint (pair.n_resets_done[0], ==, n);
  g_assert_cmpuint (pair.n_resets[0], ==, 0);
  g_assert_cmpint (
      pair.ends[0]->vtable->reset_stream (pair.ends[0], sctp_pair_now (), 1024), ==, RTC_ERR_STATE);
  sctp_pair_clear (&pair);
}

static gboolean
is_quiet (SctpPair *pair, gpointer data)
{
  return pair->ends[0]->vtable->next_deadline (pair->ends[0]) == GST_CLOCK_TIME_NONE
         && pair->ends[1]->vtable->next_deadline (pair->ends[1]) == GST_CLOCK_TIME_NONE
         && g_queue_is_empty (&pair->ways[0]) && g_queue_is_empty (&pair->ways[1]);
}

/* A reader that does not read: the window closes, the sender's buffer fills and no more is taken;
 * then all of it comes. And with nothing under way an association wakes nobody. */
static void
test_back_pressure (void)
{
  static guint8 data[16384];
  gsize taken = 0, came = 0;
  RtcSctpEvent *event;
  SctpPair pair;

  sctp_pair_init (&pair, 7, MAX_MESSAGE);
  sctp_pair_connect (&pair);
  g_assert_true (sctp_pair_run (&pair, 20, is_quiet, NULL));
  pair.ends[1]->vtable->set_reading (pair.ends[1], FALSE);
  for (guint idle = 0; idle < 20; idle++) {
    while (pair.ends[0]->vtable->send (
               pair.ends[0], sctp_pair_now (), 3, 53, &reliable, data, sizeof data)
           == RTC_OK) {
      taken += sizeof data;
      idle = 0;
    }
    for (guint i = 0; i < 50; i++)
      sctp_pair_step (&pair);
  }
  g_assert_cmpuint (taken, >=, RTC_USRSCTP_SEND_BYTES);
  g_assert_cmpuint (taken, <=, RTC_USRSCTP_SEND_BYTES + RTC_USRSCTP_RECEIVE_BYTES);
  g_assert_true (g_queue_is_empty (&pair.messages[1]));
  pair.ends[1]->vtable->set_reading (pair.ends[1], TRUE);
  g_assert_true (sctp_pair_run (&pair, 30, is_quiet, NULL));
  while ((event = sctp_pair_take (&pair, 1)) != NULL) {
    came += event->packet->len;
    sctp_pair_free_event (event);
  }
  g_assert_cmpuint (came, ==, taken);
  g_assert_cmpuint (pair.n_writable[0], >, 0);
  sctp_pair_clear (&pair);
}

/* RFC 3758, no retransmission: what is lost is lost, the rest comes once, and nothing waits for it.
 */
static void
test_unreliable (void)
{
  static const RtcSctpReliability once = { FALSE, 0, -1 };
  gboolean seen[500] = { FALSE };
  guint n_seen = 0;
  RtcSctpEvent *event;
  Transfer t = { .n = 5, .max_len = 1000 };
  SctpPair pair;

  sctp_pair_init (&pair, 8, MAX_MESSAGE);
  sctp_pair_connect (&pair);
  pair.loss = 0.1;
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++) {
    guint8 message[1000] = { (guint8) (i >> 8), (guint8) i };

    g_assert_cmpint (pair.ends[0]->vtable->send (
                         pair.ends[0], sctp_pair_now (), 5, 53, &once, message, sizeof message),
        ==, RTC_OK);
    while (sctp_pair_step (&pair)) {
    }
  }
  g_assert_true (sctp_pair_run (&pair, 30, is_quiet, NULL));
  while ((event = sctp_pair_take (&pair, 1)) != NULL) {
    guint i = (guint) event->packet->data[0] << 8 | event->packet->data[1];

    g_assert_cmpuint (event->packet->len, ==, 1000);
    g_assert_false (seen[i]);
    seen[i] = TRUE;
    n_seen++;
    sctp_pair_free_event (event);
  }
  g_test_message ("%u of 500 came", n_seen);
  g_assert_cmpuint (n_seen, <, 500);
  g_assert_cmpuint (n_seen, >, 350);
  pair.loss = 0;
  g_assert_true (sctp_pair_run (&pair, 20, transfer_is_done, &t));
  sctp_pair_clear (&pair);
}

static void
test_close (void)
{
  SctpPair pair;

  sctp_pair_init (&pair, 9, MAX_MESSAGE);
  sctp_pair_connect (&pair);
  pair.ends[0]->vtable->close (pair.ends[0], sctp_pair_now ());
  g_assert_true (sctp_pair_run (&pair, 20, one_is_closed, NULL));
  g_assert_cmpstr (pair.reason[1], ==, "the peer aborted SCTP or no longer acknowledges");
  pair.ends[0]->vtable->close (pair.ends[0], sctp_pair_now ());
  sctp_pair_clear (&pair);
}

static void
fix_checksum (guint8 *data, gsize len)
{
  guint32 sum;

  memset (data + 8, 0, 4);
  sum = usrsctp_crc32c (data, len);
  memcpy (data + 8, &sum, 4);
}

/* T39, T40: damaged and invented packets, many with a right checksum, some with the right tag. The
 * association may end, the process and the other associations go on. */
static void
test_hostile_packets (void)
{
  GRand *rand = g_rand_new_with_seed (40);
  guint n_alive = 0, n_taken = 0;

  for (guint round = 0; round < 30; round++) {
    Transfer t = { .n = 3, .max_len = 5000 };
    SctpPair pair;

    sctp_pair_init (&pair, round, MAX_MESSAGE);
    sctp_pair_connect (&pair);
    g_assert_true (sctp_pair_run (&pair, 20, transfer_is_done, &t));
    for (guint i = 0; i < 300; i++) {
      guint8 data[1500];
      gsize len = pair.last_sent[0]->len;

      memcpy (data, pair.last_sent[0]->data, len);
      for (gint k = g_rand_int_range (rand, 0, 6); k >= 0; k--)
        data[g_rand_int_range (rand, g_rand_int_range (rand, 0, 10) == 0 ? 0 : 12,
            (gint) MIN (len, 60))] = (guint8) g_rand_int (rand);
      if (g_rand_int_range (rand, 0, 4) == 0)
        len = (gsize) g_rand_int_range (rand, 0, (gint) len + 1);
      if (len >= 12)
        fix_checksum (data, len);
      n_taken +=
          pair.ends[1]->vtable->handle_packet (pair.ends[1], sctp_pair_now (), data, len) == RTC_OK;
      sctp_pair_step (&pair);
    }
    n_alive += pair.state[1] == RTC_SCTP_STATE_CONNECTED;
    sctp_pair_clear (&pair);
  }
  g_test_message ("%u packets reached usrsctp, %u of 30 associations lived", n_taken, n_alive);
  g_assert_cmpuint (n_taken, >, 500);
  g_rand_free (rand);
}

static void
put_chunk (GByteArray *packet, guint8 flags, guint32 tsn, guint16 stream, const guint8 *payload,
    guint16 len)
{
  guint8 header[16] = { 0, flags, (guint8) ((len + 16) >> 8), (guint8) (len + 16),
    (guint8) (tsn >> 24), (guint8) (tsn >> 16), (guint8) (tsn >> 8), (guint8) tsn,
    (guint8) (stream >> 8), (guint8) stream, 0, 0, 0, 0, 0, 53 };

  g_byte_array_append (packet, header, sizeof header);
  g_byte_array_append (packet, payload, len);
}

/* T40: messages that begin on 1,000 streams and never end. */
static void
test_never_ending_messages (void)
{
  static const guint8 payload[1120];
  Transfer t = { .n = 3, .max_len = 100 };
  const guint8 *sent;
  gsize before, after;
  guint32 tsn;
  guint n = 0;
  SctpPair pair;

  sctp_pair_init (&pair, 40, MAX_MESSAGE);
  sctp_pair_connect (&pair);
  g_assert_true (sctp_pair_run (&pair, 20, transfer_is_done, &t));
  sent = pair.last_sent[0]->data;
  tsn = (guint32) sent[16] << 24 | (guint32) sent[17] << 16 | (guint32) sent[18] << 8 | sent[19];
  before = count_resident_bytes ();
  /* With gaps between them, so that nobody can know that they do not belong together. */
  for (; n < 20000 && pair.state[1] == RTC_SCTP_STATE_CONNECTED; n++) {
    GByteArray *packet = g_byte_array_new ();

    g_byte_array_append (packet, sent, 12);
    put_chunk (packet, n % 3000 < 1000 ? 2 : 0, tsn + 10 + n % 3000 * 2, (guint16) (10 + n % 1000),
        payload, n < 3000 ? 4 : sizeof payload);
    fix_checksum (packet->data, packet->len);
    pair.ends[1]->vtable->handle_packet (pair.ends[1], sctp_pair_now (), packet->data, packet->len);
    g_byte_array_unref (packet);
    sctp_pair_step (&pair);
  }
  after = count_resident_bytes ();
  g_test_message ("%u packets: %" G_GSIZE_FORMAT " KiB more, %s", n,
      (after - MIN (before, after)) / 1024,
      pair.state[1] == RTC_SCTP_STATE_CONNECTED ? "connected" : pair.reason[1]);
  g_assert_cmpuint (n, >, 3000);
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    g_assert_cmpuint (after, <=, before + 6 * 1024 * 1024);
  sctp_pair_clear (&pair);
}

/* Associations that come, speak and go leave nothing. */
static void
test_cycles (void)
{
  guint threads = count_proc ("task"), descriptors = count_proc ("fd");
  gsize settled = 0;

  for (guint i = 0; i < 500; i++) {
    Transfer t = { .n = 2, .max_len = 100, .from = i % 2 };
    SctpPair pair;

    sctp_pair_init (&pair, i, MAX_MESSAGE);
    sctp_pair_connect (&pair);
    g_assert_true (sctp_pair_run (&pair, 20, transfer_is_done, &t));
    sctp_pair_clear (&pair);
    if (i == 200)
      settled = count_resident_bytes ();
  }
  g_assert_cmpuint (count_proc ("task"), ==, threads);
  g_assert_cmpuint (count_proc ("fd"), ==, descriptors);
  if (g_getenv ("ASAN_OPTIONS") == NULL)
    g_assert_cmpuint (count_resident_bytes (), <=, settled + 1024 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/usrsctp/checksum", test_checksum);
  g_test_add_data_func ("/usrsctp/messages/clean", GINT_TO_POINTER (0), test_messages);
  g_test_add_data_func ("/usrsctp/messages/lossy", GINT_TO_POINTER (3), test_messages);
  g_test_add_func ("/usrsctp/acknowledgements", test_acknowledgements);
  g_test_add_func ("/usrsctp/too-long", test_too_long);
  g_test_add_func ("/usrsctp/resets", test_resets);
  g_test_add_func ("/usrsctp/back-pressure", test_back_pressure);
  g_test_add_func ("/usrsctp/unreliable", test_unreliable);
  g_test_add_func ("/usrsctp/close", test_close);
  g_test_add_func ("/usrsctp/hostile-packets", test_hostile_packets);
  g_test_add_func ("/usrsctp/never-ending-messages", test_never_ending_messages);
  g_test_add_func ("/usrsctp/cycles", test_cycles);
  return g_test_run ();
}
