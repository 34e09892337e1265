/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-ice-mux.c - one port, sessions that come, restart and go, peers and strangers of any kind.
 *
 * The input: operations of four bytes (what, which session, which place, how), and behind an
 * operation of raw bytes as many of them as it says. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/ice/rtc-ice-mux.h"

#define N_SESSIONS 6
#define N_PLACES 12
#define MAX_OPERATIONS 2000

typedef struct {
  RtcIceMux *mux;
  RtcRandom *random;
  RtcIceMuxSession *sessions[N_SESSIONS];
  RtcIceLiteCredentials old[N_SESSIONS]; /* some earlier ones of that number */
  GstClockTime now;
  RtcIceMuxResult result;
  guint8 id[RTC_STUN_ID_BYTES]; /* of the last check of the port's */
} Port;

static RtcIceFlow
make_flow (guint place)
{
  RtcIceFlow flow = { { .family = RTC_ADDRESS_IPV4, .bytes = { 192, 0, 2 } },
    { .family = RTC_ADDRESS_IPV4, .bytes = { 10, 0, 0, 1 }, .port = 3478 } };

  place %= N_PLACES;
  flow.remote.bytes[3] = (guint8) (1 + place % 4);
  flow.remote.port = (guint16) (1000 + place % 3);
  flow.local.bytes[3] = (guint8) (1 + place % 2);
  return flow;
}

/* The flows that the table has are those that the sessions have, each one's own. */
static void
check_tables (Port *p)
{
  RtcIceMuxStats stats;
  guint n_sessions = 0, n_flows = 0;

  rtc_ice_mux_get_stats (p->mux, &stats);
  for (guint i = 0; i < N_SESSIONS; i++) {
    const RtcIceLite *lite;

    if (p->sessions[i] == NULL)
      continue;
    lite = rtc_ice_mux_session_get_lite (p->sessions[i]);
    n_sessions++;
    n_flows += lite->n_flows;
    FUZZ_CHECK (lite->n_flows <= RTC_ICE_LITE_MAX_FLOWS);
    FUZZ_CHECK (lite->selected < (gint) lite->n_flows);
    FUZZ_CHECK (rtc_ice_lite_next_deadline (lite) == GST_CLOCK_TIME_NONE || lite->checks > 0);
    FUZZ_CHECK (lite->state < RTC_ICE_STATE_CONNECTED || lite->checks > 0);
  }
  FUZZ_CHECK (stats.n_sessions == n_sessions);
  FUZZ_CHECK (stats.n_flows == n_flows);
}

static void
handle (Port *p, guint place, const guint8 *data, gsize len)
{
  RtcIceFlow flow = make_flow (place);
  RtcStunMessage reply;

  rtc_ice_mux_handle_datagram (p->mux, p->now, &flow, data, len, &p->result);
  FUZZ_CHECK ((p->result.session != NULL) == (p->result.kind != RTC_ICE_MUX_DROPPED));
  FUZZ_CHECK (p->result.kind != RTC_ICE_MUX_PACKET || p->result.reply_len == 0);
  FUZZ_CHECK (p->result.kind == RTC_ICE_MUX_STUN || p->result.ask_len == 0);
  if (p->result.ask_len > 0) {
    FUZZ_CHECK (rtc_stun_parse (p->result.ask, p->result.ask_len, &reply) == RTC_OK);
    FUZZ_CHECK (rtc_stun_is_authentic (&reply, "pwd"));
    memcpy (p->id, reply.id, sizeof p->id);
  }
  if (p->result.reply_len == 0)
    return;
  FUZZ_CHECK (rtc_stun_parse (p->result.reply, p->result.reply_len, &reply) == RTC_OK);
  FUZZ_CHECK (memcmp (reply.id, data + 8, RTC_STUN_ID_BYTES) == 0);
  FUZZ_CHECK (p->result.kind == RTC_ICE_MUX_STUN || p->result.reply_len <= len);
}

/* Answers the port's last check, right or wrong. */
static void
answer (Port *p, guint place, guint8 how)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcWriter w =
      rtc_stun_begin (data, sizeof data, how & 1 ? RTC_STUN_ERROR : RTC_STUN_SUCCESS, p->id);

  handle (p, place, data, rtc_stun_end (&w, how & 2 ? "no" : "pwd"));
  FUZZ_CHECK (!(how & 2) || p->result.kind == RTC_ICE_MUX_DROPPED);
}

/* Writes a check as the bits of how say. */
static gsize
make_check (const RtcIceLiteCredentials *c, guint8 how, guint8 *data, gsize size)
{
  static const guint8 id[RTC_STUN_ID_BYTES] = { 1 };
  RtcWriter w = rtc_stun_begin (data, size, RTC_STUN_REQUEST, id);

  if ((how & 0x70) != 0x10)
    rtc_stun_write_username (&w, c->ufrag, "x");
  if (how & 1)
    rtc_stun_write_use_candidate (&w);
  if (how & 2)
    rtc_stun_write_role (&w, how & 4 ? RTC_STUN_ROLE_CONTROLLED : RTC_STUN_ROLE_CONTROLLING, how);
  if ((how & 0x70) == 0x20)
    rtc_writer_u32 (&w, 0x7f000000);
  return rtc_stun_end (&w, (how & 0x70) == 0x30 ? NULL : (how & 0x70) == 0x40 ? "no" : c->pwd);
}

static void
ask (Port *p, guint session, guint place, guint8 how)
{
  const RtcIceLite *lite =
      p->sessions[session] != NULL ? rtc_ice_mux_session_get_lite (p->sessions[session]) : NULL;
  gboolean is_old = how >> 7 != 0 || lite == NULL, is_right = (how & 0x70) == 0 && !is_old;
  RtcIceLiteCredentials c = is_old ? p->old[session] : lite->local;
  RtcIceState before = lite != NULL ? lite->state : RTC_ICE_STATE_NEW;
  guint8 data[RTC_STUN_MAX_BYTES];

  handle (p, place, data, make_check (&c, how, data, sizeof data));
  if (lite == NULL)
    return;
  if (how & 0x40 || (how & 0x70) == 0x10 || (how & 0x70) == 0x30)
    FUZZ_CHECK ((how & 0x70) > 0x40 || p->result.kind == RTC_ICE_MUX_DROPPED);
  if (is_right && p->result.kind == RTC_ICE_MUX_STUN) {
    FUZZ_CHECK (p->result.session == p->sessions[session]);
    FUZZ_CHECK (before != RTC_ICE_STATE_FAILED);
    FUZZ_CHECK (!(how & 1) || (how & 6) == 6 || lite->is_nominated);
  }
}

static void
toggle_session (Port *p, guint session)
{
  RtcIceMuxStats stats;

  rtc_ice_mux_get_stats (p->mux, &stats);
  if (p->sessions[session] == NULL) {
    p->sessions[session] = rtc_ice_mux_add (p->mux, NULL);
    FUZZ_CHECK ((p->sessions[session] == NULL) == (stats.n_sessions == N_SESSIONS - 1));
    return;
  }
  p->old[session] = rtc_ice_mux_session_get_lite (p->sessions[session])->local;
  rtc_ice_mux_remove (p->mux, p->sessions[session]);
  p->sessions[session] = NULL;
}

/* Lets time go by, with all that is due. */
static void
advance (Port *p, GstClockTime time)
{
  p->now += time;
  for (guint i = 0; i < N_SESSIONS; i++) {
    RtcIceLite *lite;

    if (p->sessions[i] == NULL)
      continue;
    lite = rtc_ice_mux_session_get_lite (p->sessions[i]);
    for (guint n = 0; rtc_ice_lite_next_deadline (lite) <= p->now; n++) {
      guint8 data[RTC_STUN_MAX_BYTES];

      FUZZ_CHECK (n < 3);
      rtc_ice_lite_handle_timeout (lite, p->now);
      rtc_ice_lite_ask_consent (lite, p->now, p->random, data);
    }
  }
}

/* Returns how many of the bytes behind the operation it took. */
static gsize
operate (Port *p, const guint8 *op, const guint8 *more, gsize n_more)
{
  static const guint8 rtp[16] = { 0x80, 96 };
  guint session = op[1] % N_SESSIONS;
  gsize n = MIN (op[3], n_more);

  switch (op[0] % 8) {
    case 0:
      toggle_session (p, session);
      break;
    case 1:
      if (p->sessions[session] != NULL)
        rtc_ice_lite_set_remote (
            rtc_ice_mux_session_get_lite (p->sessions[session]), "peer", "pwd");
      break;
    case 2:
      if (p->sessions[session] == NULL)
        break;
      p->old[session] = rtc_ice_mux_session_get_lite (p->sessions[session])->local;
      rtc_ice_mux_restart (p->mux, p->sessions[session]);
      break;
    case 3:
      advance (p, (GstClockTime) op[2] * op[3] * 2 * GST_MSECOND);
      break;
    case 4:
      if (op[3] < 128)
        handle (p, op[2], rtp, sizeof rtp);
      else
        answer (p, op[2], op[3]);
      break;
    case 5:
      handle (p, op[2], more, n);
      return n;
    default:
      ask (p, session, op[2], op[3]);
      break;
  }
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcRandom *random = rtc_random_new_seeded (1);
  Port p = { .mux = rtc_ice_mux_new (random, N_SESSIONS - 1), .random = random, .now = GST_SECOND };

  for (guint i = 0; i < N_SESSIONS - 1; i++) {
    p.sessions[i] = rtc_ice_mux_add (p.mux, NULL);
    if (i % 2 == 0)
      rtc_ice_lite_set_remote (rtc_ice_mux_session_get_lite (p.sessions[i]), "peer", "pwd");
  }
  for (guint i = 0; i < MAX_OPERATIONS && size >= 4; i++) {
    gsize used = 4 + operate (&p, data, data + 4, size - 4);

    data += used;
    size -= used;
    check_tables (&p);
  }
  for (guint i = 0; i < N_SESSIONS; i++)
    rtc_ice_mux_remove (p.mux, p.sessions[i]);
  rtc_ice_mux_free (p.mux);
  rtc_random_free (random);
  return 0;
}
