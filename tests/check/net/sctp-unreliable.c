/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sctp-unreliable.c - partial reliability (RFC 3758) on the wire: what is not to be sent again is
 * not, nothing waits for it, and what has outlived its lifetime is sent no more.
 *
 * Read on the wire itself, and in the order of events rather than by a clock: a machine that stands
 * still for a while changes nothing. */
#include <string.h>

#include "ext/sctp/rtc-usrsctp-private.h"
#include "ext/sctp/rtc-usrsctp-pump.h"
#include "sctp-pair.h"

#define N_MESSAGES 100
#define INTERVAL (6 * GST_MSECOND)
#define LIFETIME_MS 100
#define MESSAGE_LEN 200

/* How late usrsctp may see that a lifetime is over: its clock's step. */
#define CLOCK_STEP (10 * GST_MSECOND)

typedef struct {
  SctpPair pair;
  RtcSctpReliability reliability;
  guint n_sent;
  GstClockTime sent[N_MESSAGES]; /* when send() was done */
  guint n_on_wire[N_MESSAGES];   /* how often each was in a packet */
  gboolean reached[N_MESSAGES];  /* one of these was not lost */
  gboolean came[N_MESSAGES];
  guint n_reached, n_came, most_held;
  GstClockTime step;   /* when this step began */
  GstClockTime oldest; /* age of the oldest message that was sent, by steps */
} Run;

/* The number of a message is its first two bytes. */
static guint
number_of (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static void
on_packet (SctpPair *pair, guint from, const RtcPacket *packet, gboolean is_lost, gpointer data)
{
  Run *run = data;
  gsize offset = 12;

  while (from == 0 && offset + 16 <= packet->len) {
    const guint8 *chunk = packet->data + offset;
    gsize len = (gsize) chunk[2] << 8 | chunk[3];

    if (chunk[0] == 0) {
      guint i = number_of (chunk + 16);

      run->n_on_wire[i]++;
      run->reached[i] |= !is_lost;
      if (run->step > run->sent[i] && run->sent[i] != 0)
        run->oldest = MAX (run->oldest, run->step - run->sent[i]);
    }
    offset += (len + 3) & ~(gsize) 3;
  }
}

static void
take_messages (Run *run)
{
  RtcSctpEvent *event;

  while ((event = sctp_pair_take (&run->pair, 1)) != NULL) {
    guint i = number_of (event->packet->data);

    g_assert_cmpuint (event->packet->len, ==, MESSAGE_LEN);
    g_assert_false (run->came[i]);
    run->came[i] = TRUE;
    run->n_came++;
    sctp_pair_free_event (event);
  }
}

static void
send_next (Run *run)
{
  guint8 message[MESSAGE_LEN] = { (guint8) (run->n_sent >> 8), (guint8) run->n_sent };

  g_assert_cmpint (run->pair.ends[0]->vtable->send (run->pair.ends[0], sctp_pair_now (), 5, 53,
                       &run->reliability, message, sizeof message),
      ==, RTC_OK);
  run->sent[run->n_sent++] = sctp_pair_now ();
}

static gboolean
is_over (SctpPair *pair, gpointer data)
{
  Run *run = data;
  guint held = 0, n_reached = 0;

  run->step = sctp_pair_now ();
  take_messages (run);
  if (run->n_sent < N_MESSAGES
      && (run->n_sent == 0 || run->step >= run->sent[run->n_sent - 1] + INTERVAL))
    send_next (run);
  for (guint i = 0; i < run->n_sent; i++) {
    n_reached += run->reached[i];
    held += run->reached[i] && !run->came[i];
  }
  run->n_reached = n_reached;
  run->most_held = MAX (run->most_held, held);
  return run->n_sent == N_MESSAGES && held == 0
         && pair->ends[0]->vtable->next_deadline (pair->ends[0]) == GST_CLOCK_TIME_NONE;
}

static void
run_init (Run *run, RtcSctpReliability reliability)
{
  memset (run, 0, sizeof *run);
  sctp_pair_init (&run->pair, 10, 256 * 1024);
  sctp_pair_connect (&run->pair);
  run->pair.delay = 10 * GST_MSECOND;
  run->pair.loss = 0.1;
  run->pair.on_packet = on_packet;
  run->pair.on_packet_data = run;
  run->reliability = reliability;
}

/* maxRetransmits 0 at 10 % loss: each message is on the wire once, and comes when its packet does.
 * In order, the next ones wait until the sender has said that it has given up, which at worst takes
 * it a time-out. */
static void
test_no_retransmission (gconstpointer data)
{
  gboolean ordered = GPOINTER_TO_INT (data);
  Run run;

  run_init (&run, (RtcSctpReliability){ ordered, 0, -1, 0 });
  g_assert_true (sctp_pair_run (&run.pair, 60, is_over, &run));
  g_test_message ("%u of %u reached the other end, at most %u waited, %" G_GUINT64_FORMAT
                  " packets lost",
      run.n_reached, N_MESSAGES, run.most_held, run.pair.n_lost);
  for (guint i = 0; i < N_MESSAGES; i++)
    g_assert_cmpuint (run.n_on_wire[i], ==, 1);
  g_assert_cmpuint (run.n_came, ==, run.n_reached);
  g_assert_cmpuint (run.n_came, <, N_MESSAGES);
  g_assert_cmpuint (run.n_came, >, N_MESSAGES * 3 / 4);
  /* What is on its way: a delay's worth; in order: a time-out's, too. */
  g_assert_cmpuint (run.most_held, <=, ordered ? 150 : 40);
  sctp_pair_clear (&run.pair);
}

/* Within its lifetime a message is sent again: fewer are missing. */
static void
test_lifetime (void)
{
  Run run;

  run_init (&run, (RtcSctpReliability){ FALSE, -1, LIFETIME_MS, 0 });
  g_assert_true (sctp_pair_run (&run.pair, 60, is_over, &run));
  g_test_message ("%u of %u came, the oldest was sent at %" G_GUINT64_FORMAT " ms", run.n_came,
      N_MESSAGES, run.oldest / GST_MSECOND);
  g_assert_cmpuint (run.n_came, ==, run.n_reached);
  g_assert_cmpuint (run.oldest, <=, LIFETIME_MS * GST_MSECOND + CLOCK_STEP);
  sctp_pair_clear (&run.pair);
}

/* A packet of an acknowledgement and n DATA chunks from that TSN on leaves. */
static void
send_data (RtcUsrsctp *self, guint32 tsn, guint n)
{
  guint8 packet[12 + 16 + 3 * 20] = { 0 };
  gsize len = 12 + 16;

  packet[12] = 3;
  packet[15] = 16;
  for (guint i = 0; i < n; i++, len += 20) {
    packet[len + 3] = 17; /* and three bytes of padding */
    GST_WRITE_UINT32_BE (packet + len + 4, tsn + i);
  }
  rtc_usrsctp_lock ();
  rtc_usrsctp_on_output (self, rtc_packet_new_copy (NULL, packet, len));
  rtc_usrsctp_unlock ();
  sctp_pair_free_event (rtc_usrsctp_pop_event (self));
}

/* What tells that a message waits no longer: DATA that leaves for the first time, anywhere in a
 * packet, and not what leaves again, in packets cut differently. */
static void
test_first_time (void)
{
  static const struct {
    guint32 tsn;
    guint n, n_new;
  } rows[] = { { 0xfffffffe, 3, 3 }, { 0xffffffff, 1, 3 }, { 0, 1, 3 }, { 1, 1, 4 }, { 1, 3, 6 },
    { 2, 2, 6 }, { 3, 1, 6 }, { 4, 1, 7 } };
  RtcUsrsctp self = { 0 };

  rtc_usrsctp_prepare ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    send_data (&self, rows[i].tsn, rows[i].n);
    g_assert_cmpuint (self.n_new_data, ==, rows[i].n_new);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func (
      "/unreliable/no-retransmission/unordered", GINT_TO_POINTER (FALSE), test_no_retransmission);
  g_test_add_data_func (
      "/unreliable/no-retransmission/ordered", GINT_TO_POINTER (TRUE), test_no_retransmission);
  g_test_add_func ("/unreliable/lifetime/lossy", test_lifetime);
  g_test_add_func ("/unreliable/lifetime/first-time", test_first_time);
  return g_test_run ();
}
