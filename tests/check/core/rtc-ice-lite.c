/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-lite.c - a lite session against checks right and wrong, over time, moves and restarts. */
#include "ice-check.h"

typedef struct {
  RtcRandom *random;
  RtcIceLite lite;
  GstClockTime now;
  RtcIceLiteOutcome outcome; /* of the last check */
  gboolean is_silent;        /* the peer answers no checks of ours */
  guint n_asked, n_consent;
  guint consents;                 /* over this flow it answers when asked for consent; 0: never */
  guint8 ask[RTC_STUN_MAX_BYTES]; /* the last one */
  gsize ask_len;
} Fixture;

static void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  f->random = rtc_random_new_seeded (1);
  f->now = 1000 * GST_SECOND;
  rtc_ice_lite_init (&f->lite, f->random);
}

static void
fixture_clear (Fixture *f)
{
  rtc_ice_lite_clear (&f->lite);
  g_assert_cmpstr (f->lite.local.pwd, ==, "");
  rtc_random_free (f->random);
}

/* The peer's answer over flow number n to the last check of ours; TRUE: it was taken. */
static gboolean
answer (Fixture *f, guint n, const gchar *pwd)
{
  RtcIceFlow flow = ice_check_flow (n % 2, n, 5000);
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcStunMessage m;

  g_assert_cmpint (
      rtc_stun_parse (data, ice_check_answer (f->ask, f->ask_len, pwd, data), &m), ==, RTC_OK);
  return rtc_ice_lite_handle_answer (&f->lite, f->now, &flow, &m);
}

static guint
check_with (Fixture *f, const RtcIceLiteCredentials *credentials, guint n, guint flags)
{
  RtcIceLiteCredentials copy = *credentials;
  RtcIceFlow flow = ice_check_flow (n % 2, n, 5000);
  guint8 reply[RTC_STUN_MAX_BYTES];
  IceCheck check;

  ice_check_make (&check, copy.ufrag, copy.pwd, flags);
  rtc_ice_lite_handle_check (&f->lite, f->now, &flow, &check.message, reply, &f->outcome);
  if (f->outcome.reply_len == 0)
    return 0;
  g_assert_true (f->outcome.is_authentic);
  f->ask_len = rtc_ice_lite_ask (&f->lite, f->now, &flow, f->random, f->ask);
  f->n_asked += f->ask_len > 0;
  if (f->ask_len > 0 && !f->is_silent)
    g_assert_true (answer (f, n, PEER_PWD));
  return ice_check_read_answer (&check, reply, f->outcome.reply_len, copy.pwd, &flow.remote);
}

/* An authentic check over flow number n; the answer's code. */
static guint
check (Fixture *f, guint n, guint flags)
{
  return check_with (f, &f->lite.local, n, flags);
}

static gboolean
packet (Fixture *f, guint n)
{
  RtcIceFlow flow = ice_check_flow (n % 2, n, 5000);

  return rtc_ice_lite_handle_packet (&f->lite, f->now, &flow);
}

static void
assert_selected (Fixture *f, gint n)
{
  const RtcIceLiteFlow *selected = rtc_ice_lite_get_selected (&f->lite);
  RtcIceFlow flow = { 0 };

  g_assert_cmpint (selected != NULL, ==, n >= 0);
  if (n < 0)
    return;
  flow = ice_check_flow (n % 2, (guint) n, 5000);
  g_assert_true (rtc_ice_flow_equal (&selected->flow, &flow));
}

/* Lets time go by, with everything that is due. */
static void
wait (Fixture *f, GstClockTime time)
{
  GstClockTime end = f->now + time, deadline;

  while ((deadline = rtc_ice_lite_next_deadline (&f->lite)) <= end) {
    RtcIceState before = f->lite.state;
    gsize len;

    g_assert_cmpuint (deadline, >, f->now);
    rtc_ice_lite_handle_timeout (&f->lite, deadline - 1);
    g_assert_cmpint (f->lite.state, ==, before);
    f->now = deadline;
    rtc_ice_lite_handle_timeout (&f->lite, f->now);
    len = rtc_ice_lite_ask_consent (&f->lite, f->now, f->random, f->ask);
    g_assert_true (f->lite.state != before || len > 0);
    f->n_consent += len > 0;
    f->ask_len = len > 0 ? len : f->ask_len;
    if (len > 0 && f->consents)
      g_assert_true (answer (f, f->consents, PEER_PWD));
  }
  f->now = end;
}

/* --- connecting --- */

static void
test_connect (void)
{
  Fixture f;

  fixture_init (&f);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_NEW);
  assert_selected (&f, -1);
  g_assert_cmpuint (rtc_ice_lite_next_deadline (&f.lite), ==, GST_CLOCK_TIME_NONE);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_CHECKING);
  g_assert_false (packet (&f, 1));
  g_assert_cmpuint (check (&f, 1, 0), ==, 200);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_CONNECTED);
  assert_selected (&f, 1);
  g_assert_cmpuint (rtc_ice_lite_get_selected (&f.lite)->priority, ==, ICE_CHECK_PRIORITY);
  /* Another place is no better before the peer says so, by nominating or by talking from there. */
  g_assert_cmpuint (check (&f, 2, 0), ==, 200);
  assert_selected (&f, 1);
  g_assert_true (packet (&f, 2));
  assert_selected (&f, 2);
  g_assert_false (packet (&f, 3));
  g_assert_cmpuint (check (&f, 1, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  assert_selected (&f, 1);
  g_assert_true (packet (&f, 2));
  assert_selected (&f, 1);
  g_assert_cmpuint (f.lite.moves, ==, 0);
  fixture_clear (&f);
}

/* Checks may overtake the answer that says who the peer is. */
static void
test_early (void)
{
  Fixture f;

  fixture_init (&f);
  g_assert_cmpuint (check (&f, 1, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_NEW);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  fixture_clear (&f);
}

/* --- refusals --- */

static void
test_refused (void)
{
  RtcIceLiteCredentials wrong;
  RtcIceLite before;
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  before = f.lite;
  wrong = f.lite.local;
  wrong.pwd[3] ^= 1;
  g_assert_cmpuint (check_with (&f, &wrong, 1, ICE_CHECK_NOMINATES), ==, 0);
  wrong = f.lite.local;
  wrong.ufrag[3] ^= 1;
  g_assert_cmpuint (check_with (&f, &wrong, 1, ICE_CHECK_NOMINATES), ==, 0);
  wrong = f.lite.local;
  wrong.ufrag[7] = '\0'; /* the beginning of ours */
  g_assert_cmpuint (check_with (&f, &wrong, 1, ICE_CHECK_NOMINATES), ==, 0);
  memset (&wrong, 0, sizeof wrong); /* as the previous credentials are, which there are none of */
  g_assert_cmpuint (check_with (&f, &wrong, 1, ICE_CHECK_NOMINATES), ==, 0);
  g_assert_false (f.outcome.is_authentic);
  g_assert_cmpmem (&f.lite, sizeof f.lite, &before, sizeof before);
  /* Authentic, but not to be had: the peer is told why. */
  g_assert_cmpuint (check (&f, 1, ICE_CHECK_NOMINATES | ICE_CHECK_CONTROLLED), ==, 487);
  g_assert_cmpuint (check (&f, 1, ICE_CHECK_NOMINATES | ICE_CHECK_UNKNOWN), ==, 420);
  g_assert_cmpuint (f.lite.conflicts, ==, 1);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_CHECKING);
  g_assert_cmpuint (f.lite.n_flows, ==, 0);
  fixture_clear (&f);
}

/* --- consent --- */

static void
test_consent (void)
{
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 1, ICE_CHECK_NOMINATES);
  /* As seldom as RFC 7675 allows, for a day, with a longer gap now and then. */
  for (guint i = 0; i < 24 * 600; i++) {
    wait (&f, (i % 7 == 0 ? 9 : 6) * GST_SECOND);
    check (&f, 1, 0);
    g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  }
  /* Packets put the doubt off, not the end. */
  for (guint i = 0; i < 29; i++) {
    wait (&f, GST_SECOND);
    g_assert_true (packet (&f, 1));
    g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  }
  check (&f, 1, 0);
  wait (&f, 10 * GST_SECOND - 1);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  wait (&f, 1);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_DISCONNECTED);
  assert_selected (&f, 1);
  check (&f, 1, 0);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  /* Checks from elsewhere are not for this flow. */
  wait (&f, 2 * GST_SECOND);
  check (&f, 2, 0);
  packet (&f, 1);
  wait (&f, 28 * GST_SECOND - 1);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_DISCONNECTED);
  wait (&f, 1);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_FAILED);
  assert_selected (&f, -1);
  g_assert_false (packet (&f, 1));
  g_assert_cmpuint (check (&f, 1, ICE_CHECK_NOMINATES), ==, 0);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_FAILED);
  g_assert_cmpuint (rtc_ice_lite_next_deadline (&f.lite), ==, GST_CLOCK_TIME_NONE);
  fixture_clear (&f);
}

/* A peer that sends no checks of its own is asked, and only its answers count. */
static void
test_asked_consent (void)
{
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 1, ICE_CHECK_NOMINATES);
  f.consents = 1;
  for (guint i = 0; i < 600; i++) {
    wait (&f, GST_SECOND);
    g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  }
  /* Every 7 s: the answer renews what a check would have. */
  g_assert_cmpuint (f.n_consent, ==, 600 / 7);
  f.consents = 0;
  wait (&f, 31 * GST_SECOND);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_FAILED);
  g_assert_cmpuint (f.n_consent, <=, 600 / 7 + 6);
  fixture_clear (&f);
}

/* --- moves --- */

static void
test_moves (void)
{
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 1, ICE_CHECK_NOMINATES);
  /* Nominated: at once. */
  check (&f, 2, ICE_CHECK_NOMINATES);
  assert_selected (&f, 2);
  g_assert_cmpuint (f.lite.moves, ==, 1);
  /* Not nominated: never while the selected flow lives, once it is quiet. */
  for (guint i = 0; i < 100; i++) {
    wait (&f, GST_SECOND);
    g_assert_cmpuint (check (&f, 3, 0), ==, 200);
    assert_selected (&f, 2);
    packet (&f, 2);
    if (i % 5 == 0)
      check (&f, 2, 0);
  }
  wait (&f, RTC_ICE_LITE_QUIET - 1);
  check (&f, 3, 0);
  assert_selected (&f, 2);
  wait (&f, 1);
  check (&f, 3, 0);
  assert_selected (&f, 3);
  g_assert_cmpuint (f.lite.moves, ==, 2);
  /* Consent is the new flow's now. */
  wait (&f, 29 * GST_SECOND);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_DISCONNECTED);
  check (&f, 4, 0);
  assert_selected (&f, 4);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  fixture_clear (&f);
}

/* Who cannot answer from there does not get the stream there. */
static void
test_proof (void)
{
  Fixture f;

  fixture_init (&f);
  f.is_silent = TRUE;
  check (&f, 1, 0);
  g_assert_cmpuint (f.n_asked, ==, 0); /* whom, without the description? */
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  /* The first way needs no proof: nothing but DTLS is sent before that has answered. Any other
   * does, whether it is the better one for the peer or only where a packet came from. */
  check (&f, 2, 0);
  g_assert_true (packet (&f, 2));
  assert_selected (&f, 1);
  check (&f, 1, ICE_CHECK_NOMINATES);
  assert_selected (&f, 1);
  g_assert_cmpuint (f.n_asked, ==, 2);
  g_assert_true (answer (&f, 1, PEER_PWD));
  g_assert_false (answer (&f, 1, PEER_PWD)); /* once */
  check (&f, 1, ICE_CHECK_NOMINATES);
  g_assert_cmpuint (f.n_asked, ==, 2);
  /* Nominated, also again and again, and when the old place is silent: not without an answer. */
  for (guint i = 0; i < 20; i++) {
    wait (&f, GST_SECOND);
    g_assert_cmpuint (check (&f, 2, ICE_CHECK_NOMINATES), ==, 200);
    assert_selected (&f, 1);
  }
  g_assert_cmpuint (f.n_asked, ==, 22);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_DISCONNECTED);
  g_assert_false (answer (&f, 2, "not the peer's"));
  g_assert_false (answer (&f, 1, PEER_PWD)); /* from elsewhere */
  assert_selected (&f, 1);
  g_assert_true (answer (&f, 2, PEER_PWD));
  assert_selected (&f, 2);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  g_assert_cmpuint (f.lite.answered, ==, 2);
  fixture_clear (&f);
}

/* A flood of places, each of which wants to be asked. */
static void
test_ask_rate (void)
{
  Fixture f;

  fixture_init (&f);
  f.is_silent = TRUE;
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  f.now += 10 * GST_SECOND;
  for (guint i = 1; i <= 1000; i++) {
    f.now += 10 * GST_MSECOND;
    check (&f, 1 + i % 250, 0);
  }
  g_assert_cmpuint (f.n_asked, >=, 10 * RTC_ICE_LITE_ASK_RATE);
  g_assert_cmpuint (f.n_asked, <=, 10 * RTC_ICE_LITE_ASK_RATE + RTC_ICE_LITE_ASK_BURST + 1);
  fixture_clear (&f);
}

/* A peer that comes from everywhere: the last places count, the selected one is among them. */
static void
test_many_flows (void)
{
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 1, ICE_CHECK_NOMINATES);
  for (guint i = 2; i < 250; i++) {
    f.now += GST_MSECOND;
    g_assert_cmpuint (check (&f, i, 0), ==, 200);
    g_assert_cmpint (f.outcome.has_lost, ==, i > RTC_ICE_LITE_MAX_FLOWS);
    if (f.outcome.has_lost) {
      RtcIceFlow oldest = ice_check_flow ((i - 7) % 2, i - 7, 5000);

      g_assert_true (rtc_ice_flow_equal (&f.outcome.lost, &oldest));
    }
    g_assert_cmpuint (f.lite.n_flows, ==, MIN (i, RTC_ICE_LITE_MAX_FLOWS));
    assert_selected (&f, 1);
    g_assert_true (packet (&f, i));
    g_assert_true (packet (&f, 1));
  }
  g_assert_false (packet (&f, 2));
  fixture_clear (&f);
}

static void
test_remove_flow (void)
{
  Fixture f;

  for (guint n = 1; n <= 4; n++) {
    RtcIceFlow flow = ice_check_flow (n % 2, n, 5000);
    guint64 moves;

    fixture_init (&f);
    rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
    for (guint i = 1; i <= 3; i++) {
      check (&f, i, i == 3 ? ICE_CHECK_NOMINATES : 0);
      f.now += GST_SECOND;
    }
    moves = f.lite.moves;
    rtc_ice_lite_remove_flow (&f.lite, &flow);
    /* Instead of the selected one: the other that gave consent last. */
    assert_selected (&f, n == 3 ? 2 : 3);
    g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
    g_assert_cmpuint (f.lite.moves, ==, moves + (n == 3));
    g_assert_cmpuint (f.lite.consent, ==, f.now - (n == 3 ? 2 : 1) * GST_SECOND);
    for (guint i = 1; i <= 3; i++)
      g_assert_cmpint (packet (&f, i), ==, i != n);
    wait (&f, 30 * GST_SECOND);
    g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_FAILED);
    fixture_clear (&f);
  }
}

/* The last way is closed: no way, until there is another. */
static void
test_remove_last (void)
{
  RtcIceFlow flow = ice_check_flow (TRUE, 1, 5000);
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 1, ICE_CHECK_NOMINATES);
  f.is_silent = TRUE;
  check (&f, 2, 0); /* does not answer: no way to send to */
  rtc_ice_lite_remove_flow (&f.lite, &flow);
  assert_selected (&f, -1);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_DISCONNECTED);
  f.is_silent = FALSE;
  check (&f, 3, 0);
  assert_selected (&f, 3);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  wait (&f, 30 * GST_SECOND);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_FAILED);
  fixture_clear (&f);
}

/* The same two addresses by UDP and by two connections are three flows. */
static void
test_connections (void)
{
  RtcIceFlow flow = ice_check_flow (FALSE, 2, 5000), others[2] = { flow, flow };
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 2, ICE_CHECK_NOMINATES);
  for (guint i = 0; i < 2; i++) {
    others[i].connection = i + 1;
    g_assert_false (rtc_ice_flow_equal (&flow, &others[i]));
    g_assert_cmpuint (rtc_ice_flow_hash (&flow), !=, rtc_ice_flow_hash (&others[i]));
    g_assert_false (rtc_ice_lite_handle_packet (&f.lite, f.now, &others[i]));
  }
  g_assert_true (rtc_ice_lite_handle_packet (&f.lite, f.now, &flow));
  fixture_clear (&f);
}

/* --- restarts --- */

static void
test_restart (void)
{
  RtcIceLiteCredentials old;
  Fixture f;

  fixture_init (&f);
  rtc_ice_lite_set_remote (&f.lite, "peer", PEER_PWD);
  check (&f, 1, ICE_CHECK_NOMINATES);
  old = f.lite.local;
  rtc_ice_lite_restart (&f.lite, f.random);
  rtc_ice_lite_restart (&f.lite, f.random); /* of whose credentials the peer hears nothing */
  g_assert_cmpstr (f.lite.local.ufrag, !=, old.ufrag);
  g_assert_cmpstr (f.lite.local.pwd, !=, old.pwd);
  /* The old way carries on; nominating over it says nothing of the new one. */
  wait (&f, 5 * GST_SECOND);
  g_assert_cmpuint (check_with (&f, &old, 1, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_CONNECTED);
  assert_selected (&f, 1);
  g_assert_cmpuint (check (&f, 2, 0), ==, 200);
  assert_selected (&f, 1);
  g_assert_false (f.outcome.is_restarted);
  g_assert_cmpuint (check (&f, 2, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_true (f.outcome.is_restarted);
  assert_selected (&f, 2);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  g_assert_cmpuint (check_with (&f, &old, 1, 0), ==, 0);
  /* After the end nothing is left. */
  wait (&f, 30 * GST_SECOND);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_FAILED);
  old = f.lite.local;
  rtc_ice_lite_restart (&f.lite, f.random);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_CHECKING);
  g_assert_cmpuint (check_with (&f, &old, 2, 0), ==, 0);
  g_assert_false (packet (&f, 2));
  g_assert_cmpuint (check (&f, 3, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_cmpint (f.lite.state, ==, RTC_ICE_STATE_COMPLETED);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-lite/connect", test_connect);
  g_test_add_func ("/ice-lite/early", test_early);
  g_test_add_func ("/ice-lite/refused", test_refused);
  g_test_add_func ("/ice-lite/consent", test_consent);
  g_test_add_func ("/ice-lite/asked-consent", test_asked_consent);
  g_test_add_func ("/ice-lite/moves", test_moves);
  g_test_add_func ("/ice-lite/proof", test_proof);
  g_test_add_func ("/ice-lite/ask-rate", test_ask_rate);
  g_test_add_func ("/ice-lite/many-flows", test_many_flows);
  g_test_add_func ("/ice-lite/remove-flow", test_remove_flow);
  g_test_add_func ("/ice-lite/remove-last", test_remove_last);
  g_test_add_func ("/ice-lite/connections", test_connections);
  g_test_add_func ("/ice-lite/restart", test_restart);
  return g_test_run ();
}
