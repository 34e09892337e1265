/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-nack-responder.h"

#include "tests/check/core/rtp-packets.h"

#define RTT (50 * GST_MSECOND)
#define PAYLOAD 1000

typedef struct {
  RtcPacketHistory *history;
  RtcRewrite view;
  RtcNackResponder responder;
  guint64 sent_bytes, resent_bytes;
} Fixture;

static void
fixture_init (Fixture *f, guint history_len)
{
  RtcRewriteConfig config = { .payload_type = 102, .rtx_payload_type = 103, .clock_rate = 90000 };

  memset (f, 0, sizeof *f);
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

/* NACKs first .. first + n - 1 and builds what comes out. */
static guint
nack (Fixture *f, GstClockTime now, guint16 first, guint n)
{
  guint16 seqs[512];
  RtcNackResend resend[512];

  for (guint i = 0; i < n; i++)
    seqs[i] = (guint16) (first + i);
  n = rtc_nack_responder_handle_nack (&f->responder, now, RTT,
      rtc_packet_history_get_recent_bytes (f->history, now), &f->view, &f->history, 1, seqs, n,
      resend, G_N_ELEMENTS (resend));
  for (guint i = 0; i < n; i++) {
    guint8 packet[1500];
    RtcRewritten out;

    g_assert_cmpint (rtc_rewrite_retransmission (
                         &f->view, resend[i].seq, resend[i].entry, packet, sizeof packet, &out),
        ==, RTC_OK);
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

  fixture_init (&f, 16);
  g_assert_cmpuint (nack (&f, 0, 0, 4), ==, 0);
  send (&f, 40, 0);
  g_assert_cmpuint (nack (&f, 0, 23, 2), ==, 1);
  g_assert_cmpuint (nack (&f, 0, 39, 2), ==, 1);
  g_assert_cmpuint (nack (&f, 0, 65530, 4), ==, 0);
  g_assert_cmpuint (nack (&f, 20 * GST_SECOND, 38, 1), ==, 0);
  g_assert_cmpuint (f.responder.stats.not_found, ==, 4 + 1 + 1 + 4 + 1);
  /* A source that is gone. */
  g_assert_cmpuint (rtc_nack_responder_handle_nack (&f.responder, RTT, GST_CLOCK_TIME_NONE, 0,
                        &f.view, &f.history, 0, &seq, 1, &resend, 1),
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

  fixture_init (&f, 16);
  send (&f, 10, 0);
  g_assert_cmpuint (rtc_nack_responder_handle_nack (&f.responder, 0, RTT, 10000, &f.view,
                        &f.history, 1, seqs, G_N_ELEMENTS (seqs), resend, 2),
      ==, 2);
  g_assert_cmpuint (resend[0].seq, ==, 1);
  g_assert_cmpuint (resend[1].seq, ==, 2);
  g_assert_cmpuint (f.responder.stats.over_budget, ==, 2);
  /* What was not handed out may be asked for at once. */
  g_assert_cmpuint (nack (&f, 1, 3, 1), ==, 1);
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
  return g_test_run ();
}
