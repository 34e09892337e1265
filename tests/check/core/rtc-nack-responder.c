/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-nack-responder.h"

#include "tests/check/core/rtp-packets.h"

#define RTT (50 * GST_MSECOND)
#define PAYLOAD 1000
#define MS GST_MSECOND
#define MAX_ASKED 512

/* FIRST: what the first number unwraps to; all sent is needed. */
#define FIRST 65536

typedef struct {
  RtcPacketHistory *history;
  RtcRewrite view;
  RtcNackResponder responder;
  guint64 sent_bytes, resent_bytes, needed_from;
  gdouble loss;
  gboolean no_rtx, is_stuck;
} Fixture;

static void
fixture_init (Fixture *f, guint history_len)
{
  RtcRewriteConfig config = { .payload_type = 102, .rtx_payload_type = 103, .clock_rate = 90000 };

  memset (f, 0, sizeof *f);
  f->needed_from = G_MAXUINT64;
  f->history = rtc_packet_history_new (history_len, 10 * GST_SECOND);
  rtc_rewrite_init (&f->view, &config);
  rtc_nack_responder_init (&f->responder);
}

static void
fixture_clear (Fixture *f)
{
  rtc_nack_responder_clear (&f->responder);
  rtc_packet_history_free (f->history);
}

/* Sends n packets; the peer's numbers are 0.. */
static void
send (Fixture *f, guint n, GstClockTime now)
{
  while (n-- > 0) {
    guint8 packet[1500];
    RtcRewritten out;
    const RtcPacketHistoryEntry *entry =
        rtc_packet_history_push (f->history, now, rtp_packet_new (0, 0, PAYLOAD, 0));

    if (entry->ext_seq == 1)
      rtc_rewrite_set_source (&f->view, 0, entry, FALSE);
    g_assert_cmpint (
        rtc_rewrite_packet (&f->view, entry, NULL, packet, sizeof packet, &out), ==, RTC_OK);
    f->sent_bytes += out.len;
  }
}

static RtcNackSituation
situation_of (Fixture *f, GstClockTime now)
{
  return (RtcNackSituation){ .rtt = RTT,
    .loss = f->loss,
    .has_rtx = !f->no_rtx,
    .sent_bytes = rtc_packet_history_get_recent_bytes (f->history, now),
    .has_needs = f->needed_from != G_MAXUINT64,
    .needed_from = f->needed_from,
    .rewrite = &f->view,
    .histories = &f->history,
    .n_histories = 1 };
}

/* Only asks. */
static guint
ask (Fixture *f, GstClockTime now, guint16 first, guint n, RtcNackResend *resend)
{
  RtcNackSituation situation = situation_of (f, now);
  guint16 seqs[MAX_ASKED];

  for (guint i = 0; i < n; i++)
    seqs[i] = (guint16) (first + i);
  return rtc_nack_responder_handle_nack (
      &f->responder, now, &situation, seqs, n, resend, MAX_ASKED, &f->is_stuck);
}

/* NACKs first .. first + n - 1 and builds what comes out. */
static guint
nack (Fixture *f, GstClockTime now, guint16 first, guint n)
{
  RtcNackResend resend[MAX_ASKED];

  n = ask (f, now, first, n, resend);
  for (guint i = 0; i < n; i++) {
    guint8 packet[1500];
    RtcRewritten out;

    g_assert_cmpint (rtc_rewrite_retransmission (
                         &f->view, resend[i].seq, resend[i].entry, packet, sizeof packet, &out),
        ==, RTC_OK);
    rtc_nack_responder_note_left (&f->responder, now, resend[i].seq);
    f->resent_bytes += out.len;
  }
  return n;
}

static void
test_once_per_rtt (void)
{
  Fixture f;

  fixture_init (&f, 64);
  send (&f, 20, 0);
  g_assert_null (f.responder.table);
  g_assert_cmpuint (nack (&f, 0, 3, 2), ==, 2);
  g_assert_cmpuint (nack (&f, 0, 3, 2), ==, 0);
  g_assert_cmpuint (nack (&f, RTT - 1, 2, 4), ==, 2);
  g_assert_cmpuint (nack (&f, RTT, 2, 4), ==, 2);
  g_assert_cmpuint (f.responder.stats.throttled, ==, 6);
  g_assert_cmpuint (f.responder.stats.requested, ==, 12);
  g_assert_cmpuint (f.responder.stats.resent, ==, 6);
  fixture_clear (&f);
}

static void
test_not_found (void)
{
  Fixture f;
  guint16 seq = 39;
  RtcNackResend resend;
  RtcNackSituation situation;

  fixture_init (&f, 16);
  g_assert_cmpuint (nack (&f, 0, 0, 4), ==, 0);
  send (&f, 40, 0);
  g_assert_cmpuint (nack (&f, 0, 23, 2), ==, 1);
  g_assert_cmpuint (nack (&f, 0, 39, 2), ==, 1);
  g_assert_cmpuint (nack (&f, 0, 65530, 4), ==, 0);
  g_assert_cmpuint (nack (&f, 20 * GST_SECOND, 38, 1), ==, 0);
  g_assert_cmpuint (f.responder.stats.not_found, ==, 4 + 1 + 1 + 4 + 1);
  /* A source that is gone. */
  situation = situation_of (&f, 20 * GST_SECOND);
  situation.n_histories = 0;
  g_assert_cmpuint (rtc_nack_responder_handle_nack (&f.responder, 20 * GST_SECOND, &situation, &seq,
                        1, &resend, 1, &f.is_stuck),
      ==, 0);
  g_assert_cmpuint (f.responder.stats.not_found, ==, 12);
  fixture_clear (&f);
}

/* T18, A31: every packet NACKed a thousand times a second takes half of the send rate, of the whole
 * and of any second. */
static void
test_storm (void)
{
  Fixture f;
  guint64 sent[11] = { 0 }, resent[11] = { 0 };
  guint16 newest = 0;

  fixture_init (&f, 512);
  for (guint ms = 0; ms < 10000; ms++) {
    GstClockTime now = ms * GST_MSECOND;

    if (ms % 1000 == 0) {
      sent[ms / 1000] = f.sent_bytes;
      resent[ms / 1000] = f.resent_bytes;
    }
    if (ms % 4 == 0) {
      send (&f, 1, now);
      newest++;
    }
    nack (&f, now, (guint16) (newest - 17), 17);
    nack (&f, now, (guint16) (newest - 300), 300);
  }
  for (guint i = 1; i < 10; i++)
    g_assert_cmpuint (resent[i] - resent[i - 1], <=, (sent[i] - sent[i - 1]) / 2 + 3 * PAYLOAD);
  g_assert_cmpuint (f.resent_bytes, <=, f.sent_bytes / 2 + RTC_NACK_RESPONDER_FLOOR_BYTES);
  g_assert_cmpuint (f.resent_bytes, >=, f.sent_bytes * 3 / 8);
  g_assert_cmpuint (f.responder.stats.over_budget, >, 0);
  g_assert_cmpuint (f.responder.stats.resent_bytes, ==, f.resent_bytes);
  g_assert_cmpuint (f.responder.stats.requested, ==,
      f.responder.stats.resent + f.responder.stats.throttled + f.responder.stats.not_found
          + f.responder.stats.over_budget);
  fixture_clear (&f);
}

/* However many numbers share the table, none is resent twice within a round trip. */
static void
test_table_never_forgets (void)
{
  Fixture f;
  guint n = 0;

  fixture_init (&f, 1024);
  send (&f, 1000, 0);
  for (guint round = 0; round < 3; round++) {
    for (guint16 first = 0; first < 1000; first += 100) {
      n += nack (&f, 1, first, 100);
    }
  }
  g_assert_cmpuint (n, ==, 256);
  g_assert_cmpuint (nack (&f, 1 + RTT, 500, 100), >, 0);
  fixture_clear (&f);
}

static void
test_output_is_bounded (void)
{
  Fixture f;
  static const guint16 seqs[] = { 1, 2, 3, 3, 2, 1 };
  RtcNackResend resend[2];
  RtcNackSituation situation;

  fixture_init (&f, 16);
  send (&f, 10, 0);
  situation = situation_of (&f, 0);
  g_assert_cmpuint (rtc_nack_responder_handle_nack (&f.responder, 0, &situation, seqs,
                        G_N_ELEMENTS (seqs), resend, 2, &f.is_stuck),
      ==, 2);
  g_assert_cmpuint (resend[0].seq, ==, 1);
  g_assert_cmpuint (resend[1].seq, ==, 2);
  g_assert_cmpuint (f.responder.stats.over_budget, ==, 2);
  /* What was not handed out may be asked for at once. */
  g_assert_cmpuint (nack (&f, 1, 3, 1), ==, 1);
  fixture_clear (&f);
}

/* What waits in a pacer is not resent: nor is it handed out again, nor forgotten; once it has been
 * dropped it may be asked for at once, and costs nothing. */
static void
test_dropped (void)
{
  RtcNackResend resend[MAX_ASKED];
  Fixture f;

  fixture_init (&f, 64);
  send (&f, 7, 0);
  /* Half of what was sent: three. */
  g_assert_cmpuint (ask (&f, 0, 0, 4, resend), ==, 3);
  g_assert_cmpuint (f.responder.stats.resent, ==, 0);
  g_assert_cmpuint (f.responder.stats.over_budget, ==, 1);
  g_assert_cmpuint (ask (&f, RTT, 0, 4, resend), ==, 0);
  g_assert_cmpuint (f.responder.stats.throttled, ==, 3);
  rtc_nack_responder_note_dropped (&f.responder, 1);
  rtc_nack_responder_note_dropped (&f.responder, 1);
  rtc_nack_responder_note_dropped (&f.responder, 5);
  g_assert_cmpuint (f.responder.stats.dropped, ==, 1);
  g_assert_cmpuint (ask (&f, RTT, 1, 1, resend), ==, 1);
  rtc_nack_responder_note_all_dropped (&f.responder);
  g_assert_cmpuint (f.responder.stats.dropped, ==, 4);
  g_assert_cmpuint (f.responder.waiting_bytes, ==, 0);
  g_assert_cmpuint (ask (&f, RTT, 3, 3, resend), ==, 3);
  /* A round trip counts from when it left. */
  rtc_nack_responder_note_left (&f.responder, 2 * RTT, 3);
  g_assert_cmpuint (f.responder.stats.resent, ==, 1);
  rtc_nack_responder_note_all_dropped (&f.responder);
  g_assert_cmpuint (ask (&f, 3 * RTT - 1, 3, 1, resend), ==, 0);
  g_assert_cmpuint (ask (&f, 3 * RTT, 3, 1, resend), ==, 1);
  fixture_clear (&f);
}

/* How often number 5 is to be asked for, each RTT apart, until the peer counts as stuck. */
static guint
tries_until_stuck (Fixture *f, GstClockTime apart)
{
  GstClockTime now = GST_SECOND;

  for (guint i = 1; i <= 20; i++, now += apart) {
    rtc_nack_responder_forgive (&f->responder);
    nack (f, now, 5, 1);
    if (f->is_stuck)
      return i;
  }
  return 0;
}

static void
test_stuck (void)
{
  static const struct {
    GstClockTime apart;
    gdouble loss;
    gboolean no_rtx;
    guint tries;
  } rows[] = {
    { RTT, 0, FALSE, 7 }, /* 300 ms after the first */
    { 2 * RTT, 0, FALSE, 4 },
    { 200 * MS, 0.1, FALSE, 4 },
    { 200 * MS, 0.15, FALSE, 5 },
    { 200 * MS, 0.2, FALSE, 6 },
    { RTT, 0, TRUE, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Fixture f;

    fixture_init (&f, 64);
    send (&f, 20, GST_SECOND);
    f.loss = rows[i].loss;
    f.no_rtx = rows[i].no_rtx;
    f.needed_from = FIRST + 5;
    g_assert_cmpuint (tries_until_stuck (&f, rows[i].apart), ==, rows[i].tries);
    g_assert_cmpuint (f.responder.stats.stuck, ==, 1);
    g_assert_cmpint (f.responder.stats.resent == 0, ==, rows[i].no_rtx);
    fixture_clear (&f);
  }
}

/* Resends stop some time; the peer is stuck as long as it needs the packet and no longer. */
static void
test_not_needed (void)
{
  Fixture f;

  fixture_init (&f, 64);
  send (&f, 20, GST_SECOND);
  g_assert_cmpuint (tries_until_stuck (&f, 200 * MS), ==, 0);
  g_assert_cmpuint (f.responder.stats.resent, ==, RTC_NACK_RESPONDER_MAX_TRIES);
  g_assert_cmpuint (f.responder.stats.throttled, ==, 20 - RTC_NACK_RESPONDER_MAX_TRIES);
  f.needed_from = FIRST + 6;
  nack (&f, 10 * GST_SECOND - MS, 5, 1);
  g_assert_false (f.is_stuck);
  f.needed_from = FIRST + 5;
  nack (&f, 10 * GST_SECOND, 5, 1);
  g_assert_true (f.is_stuck);
  /* Long after, a number is another one's. */
  nack (&f, 30 * GST_SECOND, 5, 1);
  g_assert_cmpuint (f.responder.stats.not_found, ==, 1);
  g_assert_true (f.is_stuck);
  fixture_clear (&f);
}

/* Gone from the history: at once, if it was ever sent and is needed. */
static void
test_gone (void)
{
  Fixture f;

  fixture_init (&f, 16);
  send (&f, 40, 0);
  f.needed_from = FIRST + 10;
  nack (&f, 0, 9, 1);
  g_assert_false (f.is_stuck);
  nack (&f, 0, 10, 1);
  g_assert_true (f.is_stuck);
  nack (&f, 0, 40, 2);
  g_assert_false (f.is_stuck);
  nack (&f, 0, 65530, 2);
  g_assert_false (f.is_stuck);
  rtc_rewrite_forget (&f.view);
  nack (&f, 0, 39, 1);
  g_assert_true (f.is_stuck);
  g_assert_cmpuint (f.responder.stats.resent, ==, 0);
  fixture_clear (&f);
}

/* Twice refused by the budget: it would take too long. */
static void
test_stuck_over_budget (void)
{
  Fixture f;

  fixture_init (&f, 256);
  send (&f, 100, 0);
  f.needed_from = FIRST;
  /* Half of what was sent, a fifth at a time. */
  for (guint16 first = 0; first < 60; first += 20)
    g_assert_cmpuint (nack (&f, 0, first, 20), ==, first == 40 ? 9 : 20);
  g_assert_false (f.is_stuck);
  g_assert_cmpuint (nack (&f, RTT - 1, 40, 20), ==, 0);
  g_assert_false (f.is_stuck);
  g_assert_cmpuint (nack (&f, RTT, 55, 1), ==, 0);
  g_assert_true (f.is_stuck);
  f.needed_from = FIRST + 56;
  nack (&f, RTT, 50, 6);
  g_assert_false (f.is_stuck);
  nack (&f, RTT, 50, 7);
  g_assert_true (f.is_stuck);
  fixture_clear (&f);
}

/* Half a second is missing: a key frame is there sooner. What comes before it is resent, once there
 * is room, but not at the expense of what comes after. */
static void
test_too_much (void)
{
  Fixture f;

  fixture_init (&f, 256);
  send (&f, 100, 0);
  f.needed_from = FIRST;
  g_assert_cmpuint (nack (&f, 0, 20, 60), ==, 0);
  g_assert_true (f.is_stuck);
  g_assert_cmpuint (f.responder.stats.over_budget, ==, 60);
  f.needed_from = FIRST + 90;
  g_assert_cmpuint (nack (&f, 1, 20, 60), ==, 24);
  g_assert_false (f.is_stuck);
  g_assert_cmpuint (nack (&f, 1, 44, 1), ==, 0);
  g_assert_cmpuint (nack (&f, 1, 90, 10), ==, 10);
  g_assert_false (f.is_stuck);
  fixture_clear (&f);
}

/* Feedback says that these were lost. */
static guint
lose (Fixture *f, GstClockTime now, guint16 first, guint n)
{
  RtcNackSituation situation = situation_of (f, now);
  RtcNackResend resend[MAX_ASKED];
  guint16 seqs[MAX_ASKED];

  for (guint i = 0; i < n; i++)
    seqs[i] = (guint16) (first + i);
  n = rtc_nack_responder_handle_lost (&f->responder, now, &situation, seqs, n, resend, MAX_ASKED);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (resend[i].seq, >=, first);
    rtc_nack_responder_note_left (&f->responder, now, resend[i].seq);
  }
  return n;
}

/* A repair that feedback says was lost is resent once a round trip, and together with what is asked
 * for. */
static void
test_lost (void)
{
  Fixture f;

  fixture_init (&f, 256);
  send (&f, 100, 0);
  g_assert_cmpuint (lose (&f, 0, 3, 2), ==, 0); /* never asked for */
  g_assert_cmpuint (nack (&f, 0, 3, 2), ==, 2);
  g_assert_cmpuint (lose (&f, 0, 3, 2), ==, 0);
  g_assert_cmpuint (lose (&f, RTT, 3, 2), ==, 0); /* nobody knows what is needed */
  f.needed_from = FIRST + 4;
  g_assert_cmpuint (lose (&f, RTT - 1, 3, 2), ==, 0);
  g_assert_cmpuint (lose (&f, RTT, 3, 3), ==, 1); /* 3 is not, 5 was never asked for */
  g_assert_cmpuint (nack (&f, 2 * RTT - 1, 4, 1), ==, 0);
  g_assert_cmpuint (nack (&f, 2 * RTT, 4, 1), ==, 1);
  g_assert_cmpuint (lose (&f, 2 * RTT, 4, 1), ==, 0);
  g_assert_cmpuint (f.responder.stats.unasked, ==, 1);
  g_assert_cmpuint (f.responder.stats.resent, ==, 4);
  f.no_rtx = TRUE;
  g_assert_cmpuint (lose (&f, 3 * RTT, 4, 1), ==, 0);
  f.no_rtx = FALSE;
  /* Gone. */
  g_assert_cmpuint (lose (&f, 20 * GST_SECOND, 4, 1), ==, 0);
  fixture_clear (&f);
}

/* However often it is lost, it is resent so often at most, and then the peer is stuck when it asks.
 */
static void
test_lost_for_good (void)
{
  Fixture f;
  guint n = 0;

  fixture_init (&f, 256);
  send (&f, 100, 0);
  f.needed_from = FIRST;
  n = nack (&f, 0, 4, 1);
  for (guint i = 1; i < 20; i++)
    n += lose (&f, i * RTT, 4, 1);
  g_assert_cmpuint (n, ==, RTC_NACK_RESPONDER_MAX_TRIES);
  g_assert_false (f.is_stuck);
  nack (&f, 20 * RTT, 4, 1);
  g_assert_true (f.is_stuck);
  fixture_clear (&f);
}

/* Half of the budget is left to what is asked for. */
static void
test_lost_budget (void)
{
  Fixture f;

  fixture_init (&f, 256);
  send (&f, 200, 0);
  f.needed_from = FIRST;
  g_assert_cmpuint (nack (&f, 0, 0, 40), ==, 40);
  g_assert_cmpuint (lose (&f, RTT, 0, 40), >=, 25);
  g_assert_cmpuint (lose (&f, RTT, 0, 40), <=, 15);
  g_assert_cmpuint (f.responder.stats.unasked, <=, 40);
  fixture_clear (&f);
}

/* What pads and what answers a NACK is one packet, not sent twice within a round trip; padding
 * alone needs no table, and when it gets lost nobody is sent it again. */
static void
test_padding (void)
{
  RtcNackSituation situation;
  RtcNackResend resend[1];
  guint16 lost = 10;
  Fixture f;

  fixture_init (&f, 256);
  send (&f, 200, 0);
  for (guint16 seq = 10; seq < 110; seq++)
    g_assert_true (rtc_nack_responder_note_padding (&f.responder, seq * MS, RTT, seq));
  g_assert_null (f.responder.table);
  g_assert_false (rtc_nack_responder_note_padding (&f.responder, 110 * MS, RTT, 109));
  g_assert_false (rtc_nack_responder_note_padding (&f.responder, 110 * MS, RTT, 80));
  g_assert_true (rtc_nack_responder_note_padding (&f.responder, 110 * MS, 30 * MS, 80));
  g_assert_cmpuint (nack (&f, 111 * MS, 109, 1), ==, 0);
  g_assert_cmpuint (f.responder.stats.throttled, ==, 1);
  situation = situation_of (&f, 300 * MS);
  g_assert_cmpuint (
      rtc_nack_responder_handle_lost (&f.responder, 300 * MS, &situation, &lost, 1, resend, 1), ==,
      0);
  g_assert_cmpuint (nack (&f, 300 * MS, 109, 1), ==, 1);
  g_assert_false (rtc_nack_responder_note_padding (&f.responder, 301 * MS, RTT, 109));
  g_assert_true (rtc_nack_responder_note_padding (&f.responder, 351 * MS, RTT, 109));
  g_assert_cmpuint (nack (&f, 352 * MS, 109, 1), ==, 0);
  g_assert_cmpuint (f.responder.stats.resent, ==, 1);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-nack-responder/once-per-rtt", test_once_per_rtt);
  g_test_add_func ("/rtc-nack-responder/not-found", test_not_found);
  g_test_add_func ("/rtc-nack-responder/storm", test_storm);
  g_test_add_func ("/rtc-nack-responder/table-never-forgets", test_table_never_forgets);
  g_test_add_func ("/rtc-nack-responder/output-is-bounded", test_output_is_bounded);
  g_test_add_func ("/rtc-nack-responder/dropped", test_dropped);
  g_test_add_func ("/rtc-nack-responder/stuck", test_stuck);
  g_test_add_func ("/rtc-nack-responder/not-needed", test_not_needed);
  g_test_add_func ("/rtc-nack-responder/gone", test_gone);
  g_test_add_func ("/rtc-nack-responder/stuck-over-budget", test_stuck_over_budget);
  g_test_add_func ("/rtc-nack-responder/too-much", test_too_much);
  g_test_add_func ("/rtc-nack-responder/lost", test_lost);
  g_test_add_func ("/rtc-nack-responder/lost-for-good", test_lost_for_good);
  g_test_add_func ("/rtc-nack-responder/lost-budget", test_lost_budget);
  g_test_add_func ("/rtc-nack-responder/padding", test_padding);
  return g_test_run ();
}
