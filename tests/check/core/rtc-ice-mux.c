/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-mux.c - whose is a datagram: sessions that come, move and go, and strangers of all kinds.
 */
#include "gst/rtc/ice/rtc-ice-mux.h"

#include "ice-check.h"

#define N_SESSIONS 50

typedef struct {
  RtcRandom *random;
  RtcIceMux *mux;
  RtcIceMuxSession *sessions[N_SESSIONS];
  GstClockTime now;
  RtcIceMuxResult result; /* of the last datagram */
} Fixture;

static const guint8 rtp[20] = { 0x80, 96 };

static void
fixture_init (Fixture *f)
{
  memset (f, 0, sizeof *f);
  f->random = rtc_random_new_seeded (2);
  f->now = 100 * GST_SECOND;
  f->mux = rtc_ice_mux_new (f->random, N_SESSIONS);
  for (guint i = 0; i < N_SESSIONS; i++) {
    f->sessions[i] = rtc_ice_mux_add (f->mux, GUINT_TO_POINTER (i));
    g_assert_nonnull (f->sessions[i]);
    rtc_ice_lite_set_remote (rtc_ice_mux_session_get_lite (f->sessions[i]), "peer", PEER_PWD);
  }
}

static void
fixture_clear (Fixture *f)
{
  RtcIceMuxStats stats;

  for (guint i = 0; i < N_SESSIONS; i++)
    rtc_ice_mux_remove (f->mux, f->sessions[i]);
  rtc_ice_mux_get_stats (f->mux, &stats);
  g_assert_cmpuint (stats.n_sessions + stats.n_flows, ==, 0);
  rtc_ice_mux_free (f->mux);
  rtc_random_free (f->random);
}

static RtcIceLite *
lite (Fixture *f, guint session)
{
  return rtc_ice_mux_session_get_lite (f->sessions[session]);
}

static RtcIceMuxStats
stats (Fixture *f)
{
  RtcIceMuxStats out;

  rtc_ice_mux_get_stats (f->mux, &out);
  return out;
}

/* A check with these words over flow; the answer's code, 0 when there is none. */
static guint
ask (Fixture *f, const RtcIceFlow *flow, const gchar *ufrag, const gchar *pwd, guint flags)
{
  IceCheck check;

  ice_check_make (&check, ufrag, pwd, flags);
  rtc_ice_mux_handle_datagram (f->mux, f->now, flow, check.data, check.len, &f->result);
  if (f->result.ask_len > 0) {
    guint8 data[RTC_STUN_MAX_BYTES];
    gsize len = ice_check_answer (f->result.ask, f->result.ask_len, PEER_PWD, data);
    RtcIceMuxResult answered;

    g_assert_cmpint (f->result.kind, ==, RTC_ICE_MUX_STUN);
    rtc_ice_mux_handle_datagram (f->mux, f->now, flow, data, len, &answered);
    g_assert_true (answered.session == f->result.session);
    g_assert_cmpuint (answered.reply_len + answered.ask_len, ==, 0);
  }
  if (f->result.reply_len == 0)
    return 0;
  /* Never more out than in to who may have forged the address. */
  if (f->result.kind == RTC_ICE_MUX_DROPPED)
    g_assert_cmpuint (f->result.reply_len, <=, check.len);
  return ice_check_read_answer (&check, f->result.reply, f->result.reply_len,
      f->result.kind == RTC_ICE_MUX_STUN ? pwd : NULL, &flow->remote);
}

static guint
ask_session (Fixture *f, const RtcIceFlow *flow, guint session, guint flags)
{
  RtcIceLiteCredentials c = lite (f, session)->local;

  return ask (f, flow, c.ufrag, c.pwd, flags);
}

/* The session that a packet over flow is handed to, -1: none. */
static gint
owner (Fixture *f, const RtcIceFlow *flow)
{
  rtc_ice_mux_handle_datagram (f->mux, f->now, flow, rtp, sizeof rtp, &f->result);
  g_assert_cmpuint (f->result.reply_len, ==, 0);
  if (f->result.kind == RTC_ICE_MUX_DROPPED)
    return -1;
  g_assert_cmpint (f->result.kind, ==, RTC_ICE_MUX_PACKET);
  return GPOINTER_TO_INT (rtc_ice_mux_session_get_user_data (f->result.session));
}

/* --- sessions --- */

static void
test_sessions (void)
{
  Fixture f;
  GHashTable *seen = g_hash_table_new (g_str_hash, g_str_equal);

  fixture_init (&f);
  g_assert_null (rtc_ice_mux_add (f.mux, NULL)); /* max_sessions */
  for (guint i = 0; i < N_SESSIONS; i++) {
    RtcIceFlow flow = ice_check_flow (i % 2, i, 6000);

    g_assert_true (g_hash_table_add (seen, lite (&f, i)->local.ufrag));
    g_assert_true (g_hash_table_add (seen, lite (&f, i)->local.pwd));
    g_assert_cmpint (owner (&f, &flow), ==, -1);
    g_assert_cmpuint (ask_session (&f, &flow, i, ICE_CHECK_NOMINATES), ==, 200);
    g_assert_cmpint (f.result.kind, ==, RTC_ICE_MUX_STUN);
    g_assert_true (f.result.session == f.sessions[i]);
  }
  for (guint i = 0; i < N_SESSIONS; i++) {
    RtcIceFlow flow = ice_check_flow (i % 2, i, 6000), other = flow;

    g_assert_cmpint (owner (&f, &flow), ==, (gint) i);
    /* Each part of a flow counts. */
    other.remote.port++;
    g_assert_cmpint (owner (&f, &other), ==, -1);
    other = flow;
    other.local.bytes[3] ^= 1;
    g_assert_cmpint (owner (&f, &other), ==, -1);
  }
  g_assert_cmpuint (stats (&f).n_flows, ==, N_SESSIONS);
  g_assert_cmpuint (stats (&f).packets, ==, N_SESSIONS);
  g_assert_cmpuint (stats (&f).strange_packets, ==, 3 * N_SESSIONS);
  rtc_ice_mux_remove (f.mux, f.sessions[7]);
  f.sessions[7] = NULL;
  for (guint i = 0; i < N_SESSIONS; i++) {
    RtcIceFlow flow = ice_check_flow (i % 2, i, 6000);

    g_assert_cmpint (owner (&f, &flow), ==, i == 7 ? -1 : (gint) i);
  }
  g_hash_table_unref (seen);
  fixture_clear (&f);
}

/* Flows of one session come and go; the table has those that the session has. */
static void
test_flows (void)
{
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < 200; i++) {
    RtcIceFlow flow = ice_check_flow (FALSE, 1, 1000 + i);

    f.now += GST_MSECOND;
    g_assert_cmpuint (ask_session (&f, &flow, 0, 0), ==, 200);
    g_assert_cmpuint (stats (&f).n_flows, ==, MIN (i + 1, RTC_ICE_LITE_MAX_FLOWS));
    g_assert_cmpint (owner (&f, &flow), ==, 0);
  }
  /* A conflict is answered, but makes no flow. */
  for (guint i = 0; i < 2; i++) {
    RtcIceFlow flow = ice_check_flow (FALSE, 2, 1);

    g_assert_cmpuint (ask_session (&f, &flow, 1, ICE_CHECK_CONTROLLED), ==, 487);
    g_assert_cmpint (owner (&f, &flow), ==, -1);
  }
  fixture_clear (&f);
}

/* Who is authentic for one session does not get another's flow while that lives. */
static void
test_take_over (void)
{
  RtcIceFlow flow = ice_check_flow (TRUE, 1, 6000);
  Fixture f;

  fixture_init (&f);
  g_assert_cmpuint (ask_session (&f, &flow, 0, ICE_CHECK_NOMINATES), ==, 200);
  for (guint i = 0; i < 100; i++) {
    f.now += RTC_ICE_MUX_TAKE_OVER - 1;
    g_assert_cmpuint (ask_session (&f, &flow, 1, ICE_CHECK_NOMINATES), ==, 0);
    g_assert_cmpint (owner (&f, &flow), ==, 0);
  }
  g_assert_cmpuint (stats (&f).contested_checks, ==, 100);
  f.now += RTC_ICE_MUX_TAKE_OVER;
  g_assert_cmpuint (ask_session (&f, &flow, 1, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_cmpint (owner (&f, &flow), ==, 1);
  g_assert_null (rtc_ice_lite_get_selected (lite (&f, 0)));
  g_assert_cmpuint (stats (&f).n_flows, ==, 1);
  fixture_clear (&f);
}

static void
test_restart (void)
{
  RtcIceFlow flow = ice_check_flow (FALSE, 1, 6000), moved = ice_check_flow (FALSE, 2, 6000);
  RtcIceLiteCredentials first, second;
  Fixture f;

  fixture_init (&f);
  first = lite (&f, 0)->local;
  ask_session (&f, &flow, 0, ICE_CHECK_NOMINATES);
  rtc_ice_mux_restart (f.mux, f.sessions[0]);
  second = lite (&f, 0)->local;
  rtc_ice_mux_restart (f.mux, f.sessions[0]);
  g_assert_cmpuint (ask (&f, &flow, first.ufrag, first.pwd, 0), ==, 200);
  g_assert_cmpuint (ask (&f, &flow, second.ufrag, second.pwd, 0), ==, 401);
  g_assert_cmpuint (ask_session (&f, &moved, 0, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_cmpuint (ask (&f, &flow, first.ufrag, first.pwd, 0), ==, 401);
  g_assert_cmpint (owner (&f, &moved), ==, 0);
  /* After the end: the flows are nobody's, the old fragments no session's. */
  first = lite (&f, 0)->local;
  f.now += RTC_ICE_LITE_CONSENT_TIMEOUT;
  rtc_ice_lite_handle_timeout (lite (&f, 0), f.now);
  g_assert_cmpint (lite (&f, 0)->state, ==, RTC_ICE_STATE_FAILED);
  g_assert_cmpint (owner (&f, &moved), ==, -1);
  rtc_ice_mux_restart (f.mux, f.sessions[0]);
  g_assert_cmpuint (stats (&f).n_flows, ==, 0);
  g_assert_cmpuint (ask (&f, &flow, first.ufrag, first.pwd, 0), ==, 401);
  g_assert_cmpuint (ask_session (&f, &flow, 0, 0), ==, 200);
  g_assert_cmpint (owner (&f, &flow), ==, 0);
  fixture_clear (&f);
}

/* --- strangers --- */

static void
test_refused (void)
{
  RtcIceFlow flow = ice_check_flow (FALSE, 1, 6000);
  RtcIceLiteCredentials c;
  Fixture f;

  fixture_init (&f);
  c = lite (&f, 0)->local;
  g_assert_cmpuint (ask (&f, &flow, NULL, c.pwd, 0), ==, 400);
  g_assert_cmpuint (ask (&f, &flow, c.ufrag, NULL, 0), ==, 400);
  g_assert_cmpuint (ask (&f, &flow, "ABCDEFGH", NULL, 0), ==, 400);
  g_assert_cmpuint (ask (&f, &flow, c.ufrag, "wrong", 0), ==, 401);
  g_assert_cmpuint (ask (&f, &flow, "ABCDEFGH", c.pwd, 0), ==, 401);
  g_assert_cmpuint (ask (&f, &flow, "", c.pwd, 0), ==, 401);
  g_assert_cmpint (owner (&f, &flow), ==, -1);
  g_assert_cmpuint (stats (&f).strange_checks, ==, 6);
  g_assert_cmpuint (stats (&f).refusals, ==, 6);
  g_assert_cmpuint (stats (&f).n_flows + stats (&f).checks, ==, 0);
  fixture_clear (&f);
}

/* From one address a bounded number is looked at, from all together a bounded number answered. */
static void
test_flood (void)
{
  RtcIceFlow flow = ice_check_flow (FALSE, 1, 6000), own = ice_check_flow (FALSE, 2, 6000);
  guint answered = 0;
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < 20000; i++) {
    f.now += 100 * GST_USECOND;
    answered += ask (&f, &flow, lite (&f, 0)->local.ufrag, "wrong", 0) != 0;
  }
  g_assert_cmpuint (
      stats (&f).strange_checks, <=, RTC_ICE_MUX_STRANGER_BURST + 2 * RTC_ICE_MUX_STRANGER_RATE);
  g_assert_cmpuint (stats (&f).strange_checks + stats (&f).limited_checks, ==, 20000);
  g_assert_cmpuint (answered, <=, 3 * RTC_ICE_MUX_REFUSAL_RATE);
  /* Also the right password has to wait, from there; from its own place it has not. */
  g_assert_cmpuint (ask_session (&f, &own, 0, ICE_CHECK_NOMINATES), ==, 200);
  f.now += GST_SECOND;
  g_assert_cmpuint (ask_session (&f, &flow, 0, ICE_CHECK_NOMINATES), ==, 200);
  fixture_clear (&f);
}

/* Forged addresses, each once: the session's peer gets through beside them at every moment. */
static void
test_spoofed (void)
{
  RtcIceLiteCredentials c;
  guint answered = 0;
  Fixture f;

  fixture_init (&f);
  c = lite (&f, 0)->local;
  for (guint i = 0; i < 50000; i++) {
    RtcIceFlow flow = ice_check_flow (FALSE, i >> 16 & 255, i & 0xffff);
    RtcIceFlow own = ice_check_flow (TRUE, i, 6000);

    f.now += 100 * GST_USECOND;
    answered += ask (&f, &flow, c.ufrag, "wrong", 0) != 0;
    g_assert_cmpint (owner (&f, &flow), ==, -1);
    if (i % 100 == 0)
      g_assert_cmpuint (ask (&f, &own, c.ufrag, c.pwd, ICE_CHECK_NOMINATES), ==, 200);
  }
  g_assert_cmpuint (answered, <=, 6 * RTC_ICE_MUX_REFUSAL_RATE);
  g_assert_cmpuint (stats (&f).n_flows, ==, RTC_ICE_LITE_MAX_FLOWS);
  fixture_clear (&f);
}

/* Other STUN than requests: indications do nothing, answers are to nobody. */
static void
test_other_stun (void)
{
  RtcIceFlow flow = ice_check_flow (FALSE, 1, 6000);
  static const guint8 id[RTC_STUN_ID_BYTES] = { 9 };
  guint8 data[100];
  Fixture f;

  fixture_init (&f);
  ask_session (&f, &flow, 0, 0);
  for (guint class_ = RTC_STUN_INDICATION; class_ <= RTC_STUN_ERROR; class_++) {
    RtcWriter w = rtc_stun_begin (data, sizeof data, (RtcStunClass) class_, id);
    gsize len = rtc_stun_end (&w, lite (&f, 0)->local.pwd);

    rtc_ice_mux_handle_datagram (f.mux, f.now, &flow, data, len, &f.result);
    g_assert_cmpint (f.result.kind, ==, RTC_ICE_MUX_DROPPED);
    g_assert_cmpuint (f.result.reply_len, ==, 0);
    /* Damaged. */
    data[len - 1] ^= 1;
    rtc_ice_mux_handle_datagram (f.mux, f.now, &flow, data, len, &f.result);
    g_assert_cmpint (f.result.kind, ==, RTC_ICE_MUX_DROPPED);
  }
  g_assert_cmpuint (stats (&f).bad_messages, ==, 5);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-mux/sessions", test_sessions);
  g_test_add_func ("/ice-mux/flows", test_flows);
  g_test_add_func ("/ice-mux/take-over", test_take_over);
  g_test_add_func ("/ice-mux/restart", test_restart);
  g_test_add_func ("/ice-mux/refused", test_refused);
  g_test_add_func ("/ice-mux/flood", test_flood);
  g_test_add_func ("/ice-mux/spoofed", test_spoofed);
  g_test_add_func ("/ice-mux/other-stun", test_other_stun);
  return g_test_run ();
}
