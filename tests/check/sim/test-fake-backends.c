/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-fake-backends.c - the fakes keep the promises of the interfaces they stand in for. */
#include "fake-dtls.h"
#include "fake-ice.h"
#include "fake-sctp.h"
#include "fake-srtp.h"
#include "gst/rtc/base/rtc-time.h"

/* Two ends of everything on one link; end 0 sends A>B. */
typedef struct {
  RtcRandom *random;
  SimNet *net;
  FakeIceFactory ice_factory[2];
  RtcIce *ice[2];
  RtcIceState ice_state[2];
  FakeDtlsFactory dtls_factory[2];
  RtcDtls *dtls[2];
  RtcDtlsState dtls_state[2];
  FakeSctpFactory sctp_factory[2];
  RtcSctp *sctp[2];
  guint64 sum[2]; /* of messages received by SCTP, by number */
  guint n_messages[2];
  guint n_data[2]; /* datagrams of 200 (SRTP) received */
  GstClockTime now;
} Ends;

static void
ends_init (Ends *e, const SimLink *link, guint64 seed)
{
  memset (e, 0, sizeof (*e));
  e->random = rtc_random_new_seeded (seed);
  e->net = sim_net_new (seed, NULL);
  sim_net_set_both (e->net, link);
  for (guint i = 0; i < 2; i++) {
    RtcIceConfig ice = { .random = e->random, .max_remote_candidates = 10 };
    RtcDtlsConfig dtls = { .mtu = 1200, .offer_srtp = TRUE, .handshake_timeout = 30 * GST_SECOND };
    RtcSctpConfig sctp = { .max_streams = 16, .max_message_bytes = 300000, .mtu = 1200 };

    fake_ice_factory_init (&e->ice_factory[i], e->net, i == 0 ? SIM_A_TO_B : SIM_B_TO_A);
    e->ice[i] = e->ice_factory[i].parent.create (&e->ice_factory[i].parent, &ice, NULL);
    fake_dtls_factory_init (&e->dtls_factory[i], e->random);
    e->dtls[i] = e->dtls_factory[i].parent.create (&e->dtls_factory[i].parent, &dtls, NULL);
    fake_sctp_factory_init (&e->sctp_factory[i]);
    e->sctp[i] = e->sctp_factory[i].parent.create (&e->sctp_factory[i].parent, &sctp, NULL);
  }
}

static void
ends_clear (Ends *e)
{
  for (guint i = 0; i < 2; i++) {
    e->sctp[i]->vtable->free (e->sctp[i]);
    e->dtls[i]->vtable->free (e->dtls[i]);
    e->ice[i]->vtable->free (e->ice[i]);
    g_assert_null (e->ice_factory[i].last);
  }
  sim_net_free (e->net);
  rtc_random_free (e->random);
}

static void
ends_drain_sctp (Ends *e, guint i)
{
  RtcSctpEvent event;

  while (e->sctp[i]->vtable->poll (e->sctp[i], &event)) {
    if (event.type == RTC_SCTP_EVENT_TRANSMIT)
      e->dtls[i]->vtable->write (e->dtls[i], e->now, event.packet->data, event.packet->len);
    if (event.type == RTC_SCTP_EVENT_MESSAGE) {
      g_assert_cmpuint (event.ppid, ==, e->n_messages[i]);
      e->n_messages[i]++;
      e->sum[i] += event.packet->len;
    }
    rtc_packet_unref (event.packet);
  }
}

static void
ends_drain_dtls (Ends *e, guint i)
{
  RtcDtlsEvent event;

  while (e->dtls[i]->vtable->poll (e->dtls[i], &event)) {
    if (event.type == RTC_DTLS_EVENT_STATE)
      e->dtls_state[i] = event.state;
    if (event.type == RTC_DTLS_EVENT_TRANSMIT)
      e->ice[i]->vtable->send (e->ice[i], e->now, event.packet->data, event.packet->len);
    if (event.type == RTC_DTLS_EVENT_DATA)
      e->sctp[i]->vtable->handle_packet (e->sctp[i], e->now, event.packet->data, event.packet->len);
    rtc_packet_unref (event.packet);
  }
}

static void
ends_drain (Ends *e, guint i)
{
  RtcIceEvent event;

  while (e->ice[i]->vtable->poll (e->ice[i], &event)) {
    if (event.type == RTC_ICE_EVENT_STATE)
      e->ice_state[i] = event.state;
    if (event.type == RTC_ICE_EVENT_PACKET && event.packet->data[0] < 64)
      e->dtls[i]->vtable->handle_packet (e->dtls[i], e->now, event.packet->data, event.packet->len);
    else if (event.type == RTC_ICE_EVENT_PACKET)
      e->n_data[i]++;
    rtc_packet_unref (event.packet);
  }
  for (guint k = 0; k < 2; k++) {
    ends_drain_sctp (e, i);
    ends_drain_dtls (e, i);
  }
}

static void
ends_run (Ends *e, GstClockTime end)
{
  for (;;) {
    GstClockTime next = sim_net_next_deadline (e->net);
    RtcPacket *packet;
    SimDir dir;

    for (guint i = 0; i < 2; i++) {
      ends_drain (e, i);
      next = rtc_time_min (next, e->ice[i]->vtable->next_deadline (e->ice[i]));
      next = rtc_time_min (next, e->dtls[i]->vtable->next_deadline (e->dtls[i]));
      next = rtc_time_min (next, e->sctp[i]->vtable->next_deadline (e->sctp[i]));
    }
    next = rtc_time_min (next, sim_net_next_deadline (e->net));
    if (next > end)
      break;
    e->now = MAX (e->now, next);
    while ((packet = sim_net_pop_due (e->net, e->now, &dir)) != NULL) {
      guint i = dir == SIM_A_TO_B ? 1 : 0;

      fake_ice_handle_datagram (e->ice[i], e->now, packet->data, packet->len);
      rtc_packet_unref (packet);
      ends_drain (e, i);
    }
    for (guint i = 0; i < 2; i++) {
      e->ice[i]->vtable->handle_timeout (e->ice[i], e->now);
      e->dtls[i]->vtable->handle_timeout (e->dtls[i], e->now);
      e->sctp[i]->vtable->handle_timeout (e->sctp[i], e->now);
    }
  }
  e->now = end;
}

static void
ends_exchange_ice (Ends *e)
{
  for (guint i = 0; i < 2; i++) {
    const gchar *ufrag, *pwd;
    RtcIceStats stats;

    e->ice[1 - i]->vtable->get_local_parameters (e->ice[1 - i], &ufrag, &pwd);
    e->ice[1 - i]->vtable->get_stats (e->ice[1 - i], &stats);
    e->ice[i]->vtable->set_remote (e->ice[i], e->now, ufrag, pwd, i == 0, FALSE);
    e->ice[i]->vtable->add_remote_candidate (e->ice[i], e->now, &stats.local);
  }
}

static void
ends_start (Ends *e)
{
  ends_exchange_ice (e);
  for (guint i = 0; i < 2; i++) {
    RtcDtlsFingerprint fingerprint;

    e->dtls_factory[i].parent.get_local_fingerprint (&e->dtls_factory[i].parent, &fingerprint);
    e->dtls[1 - i]->vtable->set_remote_fingerprints (e->dtls[1 - i], &fingerprint, 1);
    e->dtls[i]->vtable->start (e->dtls[i], e->now, i == 0);
    e->sctp[i]->vtable->connect (e->sctp[i], e->now);
  }
}

static const SimLink links[] = {
  { 0 },
  { .delay = 20 * GST_MSECOND },
  { .delay = 40 * GST_MSECOND, .jitter = 30 * GST_MSECOND, .reorder = TRUE, .duplicate = 0.1 },
  { .delay = 20 * GST_MSECOND, .loss = 0.2 },
};

/* Everything connects over every link, and what SCTP carries arrives once, whole and in order. */
static void
test_connects (void)
{
  static const RtcSctpReliability reliable = { TRUE, -1, -1 };
  guint8 *data = g_malloc0 (20000);

  for (guint l = 0; l < G_N_ELEMENTS (links); l++) {
    RtcSrtpKeys keys[2];
    guint64 total = 0;
    Ends e;

    ends_init (&e, &links[l], 100 + l);
    g_assert_cmpint (e.ice[0]->vtable->send (e.ice[0], 0, data, 30), ==, RTC_AGAIN);
    g_assert_cmpint (e.dtls[0]->vtable->export_keys (e.dtls[0], &keys[0]), ==, RTC_ERR_STATE);
    g_assert_cmpint (e.dtls[0]->vtable->write (e.dtls[0], 0, data, 1), ==, RTC_ERR_STATE);
    ends_start (&e);
    ends_run (&e, 10 * GST_SECOND);
    for (guint i = 0; i < 2; i++) {
      g_assert_cmpint (e.ice_state[i], ==, RTC_ICE_STATE_COMPLETED);
      g_assert_cmpint (e.dtls_state[i], ==, RTC_DTLS_STATE_CONNECTED);
      g_assert_cmpint (e.dtls[i]->vtable->export_keys (e.dtls[i], &keys[i]), ==, RTC_OK);
    }
    g_assert_cmpuint (keys[0].key_len, ==, 28);
    g_assert_cmpmem (keys[0].local_key, 28, keys[1].remote_key, 28);
    g_assert_cmpmem (keys[1].local_key, 28, keys[0].remote_key, 28);
    g_assert_true (memcmp (keys[0].local_key, keys[0].remote_key, 28) != 0);
    for (guint32 k = 0; k < 100; k++) {
      RtcResult result = e.sctp[0]->vtable->send (e.sctp[0], e.now, 3, k, &reliable, data, k * 100);

      if (result == RTC_AGAIN) {
        ends_run (&e, e.now + GST_SECOND);
        k--;
        continue;
      }
      g_assert_cmpint (result, ==, RTC_OK);
      total += k * 100;
    }
    ends_run (&e, e.now + 40 * GST_SECOND);
    g_assert_cmpuint (e.n_messages[1], ==, 100);
    g_assert_cmpuint (e.sum[1], ==, total);
    ends_clear (&e);
  }
  g_free (data);
}

static void
test_fingerprint (void)
{
  static const RtcDtlsFingerprint md5 = { "md5", "00" };
  RtcDtlsFingerprint right, wrong = { "sha-256", "00:11" };
  Ends e;

  ends_init (&e, &links[1], 5);
  ends_exchange_ice (&e);
  e.dtls_factory[1].parent.get_local_fingerprint (&e.dtls_factory[1].parent, &right);
  e.dtls[0]->vtable->start (e.dtls[0], 0, TRUE);
  e.dtls[1]->vtable->start (e.dtls[1], 0, FALSE);
  g_assert_cmpint (
      e.dtls[0]->vtable->set_remote_fingerprints (e.dtls[0], &md5, 1), ==, RTC_ERR_UNSUPPORTED);
  ends_run (&e, 3 * GST_SECOND);
  g_assert_cmpint (e.dtls_state[0], ==, RTC_DTLS_STATE_CONNECTING);
  e.dtls[0]->vtable->set_remote_fingerprints (e.dtls[0], &right, 1);
  e.dtls[1]->vtable->set_remote_fingerprints (e.dtls[1], &wrong, 1);
  ends_run (&e, 4 * GST_SECOND);
  g_assert_cmpint (e.dtls_state[0], ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_cmpint (e.dtls_state[1], ==, RTC_DTLS_STATE_FAILED);
  ends_clear (&e);
}

static void
test_dtls_ends (void)
{
  Ends e;

  ends_init (&e, &links[1], 6);
  ends_start (&e);
  ends_run (&e, 5 * GST_SECOND);
  e.dtls[0]->vtable->close (e.dtls[0], e.now);
  ends_run (&e, 6 * GST_SECOND);
  g_assert_cmpint (e.dtls_state[0], ==, RTC_DTLS_STATE_CLOSED);
  g_assert_cmpint (e.dtls_state[1], ==, RTC_DTLS_STATE_CLOSED);
  ends_clear (&e);

  ends_init (&e, &links[1], 6);
  ends_exchange_ice (&e);
  e.dtls[0]->vtable->start (e.dtls[0], 0, TRUE);
  ends_run (&e, 31 * GST_SECOND);
  g_assert_cmpint (e.dtls_state[0], ==, RTC_DTLS_STATE_FAILED);
  ends_clear (&e);
}

/* Consent: doubt after 6 s of silence, back when it ends, the end after 30 s. */
static void
test_consent (void)
{
  Ends e;

  ends_init (&e, &links[1], 7);
  sim_net_add_blackhole (e.net, SIM_B_TO_A, 20 * GST_SECOND, 32 * GST_SECOND);
  sim_net_add_blackhole (e.net, SIM_B_TO_A, 60 * GST_SECOND, 200 * GST_SECOND);
  ends_exchange_ice (&e);
  ends_run (&e, 19 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_COMPLETED);
  ends_run (&e, 31 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_DISCONNECTED);
  ends_run (&e, 34 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_COMPLETED);
  ends_run (&e, 84 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_DISCONNECTED);
  ends_run (&e, 91 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_FAILED);
  ends_clear (&e);
}

/* Data flows all through a restart, and the new credentials are the ones in use after it. */
static void
test_restart (void)
{
  guint8 data[30] = { 200 };
  Ends e;

  ends_init (&e, &links[1], 8);
  ends_exchange_ice (&e);
  ends_run (&e, 5 * GST_SECOND);
  for (guint i = 0; i < 2; i++)
    e.ice[i]->vtable->restart (e.ice[i], e.now);
  g_assert_cmpint (e.ice[0]->vtable->send (e.ice[0], e.now, data, 30), ==, RTC_OK);
  ends_run (&e, 15 * GST_SECOND);
  g_assert_cmpuint (e.n_data[1], ==, 1);
  ends_exchange_ice (&e);
  ends_run (&e, 15 * GST_SECOND + GST_MSECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_CHECKING);
  g_assert_cmpint (e.ice[0]->vtable->send (e.ice[0], e.now, data, 30), ==, RTC_OK);
  ends_run (&e, 60 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_COMPLETED);
  g_assert_cmpint (e.ice_state[1], ==, RTC_ICE_STATE_COMPLETED);
  g_assert_cmpuint (e.n_data[1], ==, 2);
  ends_clear (&e);
}

/* Wrong password: nothing is proven, no data either way, and it fails. */
static void
test_ice_wrong_password (void)
{
  guint8 data[30] = { 200 };
  const gchar *ufrag, *pwd;
  RtcIceStats stats;
  Ends e;

  ends_init (&e, &links[1], 9);
  e.ice[1]->vtable->get_local_parameters (e.ice[1], &ufrag, &pwd);
  e.ice[1]->vtable->get_stats (e.ice[1], &stats);
  e.ice[0]->vtable->set_remote (e.ice[0], 0, ufrag, "wrong wrong wrong wrong", TRUE, FALSE);
  e.ice[0]->vtable->add_remote_candidate (e.ice[0], 0, &stats.local);
  fake_ice_handle_datagram (e.ice[1], 0, data, sizeof (data));
  ends_run (&e, 20 * GST_SECOND);
  g_assert_cmpint (e.ice_state[0], ==, RTC_ICE_STATE_FAILED);
  g_assert_cmpint (e.ice_state[1], ==, RTC_ICE_STATE_NEW);
  g_assert_cmpuint (e.n_data[1], ==, 0);
  ends_clear (&e);
}

static void
make_rtp (guint8 *data, guint16 seq)
{
  memset (data, 0, 100);
  data[0] = 0x80;
  data[2] = (guint8) (seq >> 8);
  data[3] = (guint8) seq;
  data[11] = 7;
}

/* Tag sizes, any flipped bit, replays, the window's edge, and the roll-over counter. */
static void
test_srtp (void)
{
  static const struct {
    RtcSrtpProfile profile;
    gsize tag;
  } cases[] = { { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 10 },
    { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 16 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
    RtcSrtpKeys keys = { .profile = cases[c].profile, .key_len = 28, { 1 }, { 1 } };
    FakeSrtpFactory factory;
    guint8 data[140], first[140], old[140];
    gsize len, first_len = 0, old_len = 0;
    RtcSrtp *srtp;

    fake_srtp_factory_init (&factory);
    srtp = factory.parent.create (&factory.parent, &keys, NULL);
    for (guint i = 0; i < 200000; i++) {
      make_rtp (data, (guint16) (65000 + i));
      len = 100;
      g_assert_cmpint (srtp->vtable->protect_rtp (srtp, data, &len, sizeof (data)), ==, RTC_OK);
      g_assert_cmpuint (len, ==, 100 + cases[c].tag);
      if (i == 198975) {
        memcpy (first, data, first_len = len);
        continue;
      }
      if (i == 198976) {
        memcpy (old, data, old_len = len);
        continue;
      }
      g_assert_cmpint (srtp->vtable->unprotect_rtp (srtp, data, &len), ==, RTC_OK);
      g_assert_cmpuint (len, ==, 100);
    }
    g_assert_cmpint (srtp->vtable->unprotect_rtp (srtp, first, &first_len), ==, RTC_ERR_REPLAY);
    for (gsize bit = 8; bit < old_len * 8; bit += 7) {
      old[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_cmpint (srtp->vtable->unprotect_rtp (srtp, old, &old_len), !=, RTC_OK);
      old[bit / 8] ^= (guint8) (1 << bit % 8);
    }
    g_assert_cmpint (srtp->vtable->unprotect_rtp (srtp, old, &old_len), ==, RTC_OK);
    old_len = 100 + cases[c].tag;
    g_assert_cmpint (srtp->vtable->unprotect_rtp (srtp, old, &old_len), ==, RTC_ERR_REPLAY);
    srtp->vtable->free (srtp);
  }
}

static void
test_srtcp (void)
{
  RtcSrtpKeys keys = { .profile = RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28, { 1 }, { 2 } };
  RtcSrtpKeys other = { .profile = RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28, { 2 }, { 1 } };
  guint8 data[64] = { 0x80, 201, 0, 1, 0, 0, 0, 9 }, copy[64];
  gsize len = 8, copy_len;
  FakeSrtpFactory factory;
  RtcSrtp *a, *b;

  fake_srtp_factory_init (&factory);
  a = factory.parent.create (&factory.parent, &keys, NULL);
  b = factory.parent.create (&factory.parent, &other, NULL);
  g_assert_cmpint (a->vtable->protect_rtcp (a, data, &len, 27), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (a->vtable->protect_rtcp (a, data, &len, 28), ==, RTC_OK);
  g_assert_cmpuint (len, ==, 28);
  for (copy_len = 0; copy_len < len; copy_len++) {
    gsize cut = copy_len;
    guint8 *exact = g_memdup2 (data, MAX (cut, 1));

    g_assert_cmpint (b->vtable->unprotect_rtcp (b, exact, &cut), ==, RTC_ERR_PARSE);
    g_free (exact);
  }
  memcpy (copy, data, copy_len = len);
  g_assert_cmpint (a->vtable->unprotect_rtcp (a, copy, &copy_len), ==, RTC_ERR_AUTH);
  g_assert_cmpint (b->vtable->unprotect_rtcp (b, copy, &copy_len), ==, RTC_OK);
  g_assert_cmpuint (copy_len, ==, 8);
  copy_len = len;
  g_assert_cmpint (b->vtable->unprotect_rtcp (b, copy, &copy_len), ==, RTC_ERR_REPLAY);
  a->vtable->free (a);
  b->vtable->free (b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/fakes/connects", test_connects);
  g_test_add_func ("/sim/fakes/fingerprint", test_fingerprint);
  g_test_add_func ("/sim/fakes/dtls-ends", test_dtls_ends);
  g_test_add_func ("/sim/fakes/consent", test_consent);
  g_test_add_func ("/sim/fakes/restart", test_restart);
  g_test_add_func ("/sim/fakes/ice-wrong-password", test_ice_wrong_password);
  g_test_add_func ("/sim/fakes/srtp", test_srtp);
  g_test_add_func ("/sim/fakes/srtcp", test_srtcp);
  return g_test_run ();
}
