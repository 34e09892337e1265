/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-forgers.c - two agents of which one falls silent, and answers to the other's consent
 * checks (RFC 7675) that somebody else makes: only the peer's own count. */
#include <string.h>
#include <nice/agent.h>
#include "ext/nice/rtc-nice-private.h"
#include "tests/check/net/nice-pair.h"
#include "tests/check/net/stun-message.h"
#include "tests/check/run-tests.h"

#define PWD "0123456789012345678901"

static void
on_ignored (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
}

/* Two connected agents, b of which has fallen silent: its sockets are open, and nobody reads. */
typedef struct {
  NicePair pair;
  GMainContext *nobody;
  RtcNice *a;
  GstClockTime last_answer;
} Forgery;

static void
forgery_init (Forgery *self)
{
  NicePair *pair = &self->pair;
  RtcIceConfig config;
  RtcNice *b;

  nice_pair_init (pair);
  config = nice_pair_config (pair, &pair->a);
  nice_pair_create (pair, &pair->a, &config);
  config = nice_pair_config (pair, &pair->b);
  nice_pair_create (pair, &pair->b, &config);
  nice_pair_exchange_parameters (pair, TRUE);
  pair->a.ice->vtable->gather (pair->a.ice, nice_pair_now ());
  pair->b.ice->vtable->gather (pair->b.ice, nice_pair_now ());
  g_assert_true (nice_pair_run (pair, TRUE, nice_pair_is_connected, NULL, 5000));
  nice_pair_assert_consent (pair);
  self->nobody = g_main_context_new ();
  self->a = (RtcNice *) pair->a.ice;
  b = (RtcNice *) pair->b.ice;
  nice_agent_attach_recv (b->agent, b->stream, 1, self->nobody, on_ignored, NULL);
  nice_pair_send_check (&pair->a);
  self->last_answer = self->a->consent.last_answer;
}

static void
forgery_clear (Forgery *self)
{
  nice_pair_clear (&self->pair);
  g_main_context_unref (self->nobody);
}

static const guint8 *
last_id (Forgery *self)
{
  guint n = (self->a->consent.next + RTC_NICE_MAX_CHECKS - 1) % RTC_NICE_MAX_CHECKS;

  g_assert_cmpuint (self->a->consent.checks[n].sent, !=, GST_CLOCK_TIME_NONE);
  return self->a->consent.checks[n].id;
}

static gboolean
never (NicePair *pair, gpointer unused)
{
  return FALSE;
}

/* Sends a from b's own socket, so from the right address, or from another one. */
static void
forgery_send (Forgery *self, gboolean from_peer, const guint8 *data, gsize len)
{
  RtcNice *b = (RtcNice *) self->pair.b.ice;
  NiceCandidate *local, *remote;
  gchar address[NICE_ADDRESS_STRING_LEN];
  GSocketAddress *to;
  GSocket *socket;

  g_assert_true (nice_agent_get_selected_pair (b->agent, b->stream, 1, &local, &remote));
  nice_address_to_string (&remote->addr, address);
  to = g_inet_socket_address_new_from_string (address, nice_address_get_port (&remote->addr));
  socket = from_peer ? nice_agent_get_selected_socket (b->agent, b->stream, 1)
                     : g_socket_new (g_socket_address_get_family (to), G_SOCKET_TYPE_DATAGRAM,
                         G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_cmpint (
      g_socket_send_to (socket, to, (const gchar *) data, len, NULL, NULL), ==, (gssize) len);
  nice_pair_run (&self->pair, FALSE, never, NULL, 50);
  g_object_unref (socket);
  g_object_unref (to);
}

static gsize
forge (guint16 type, const guint8 *id, const gchar *pwd, guint8 *data, gsize size)
{
  static const guint8 mapped[] = { 0, 1, 1, 2, 3, 4, 5, 6 }, forbidden[] = { 0, 0, 4, 3 };
  RtcWriter w = stun_begin (data, size, type, id);

  if (type == STUN_BINDING_SUCCESS)
    stun_attribute (&w, STUN_ATTR_XOR_MAPPED_ADDRESS, mapped, sizeof mapped);
  else
    stun_attribute (&w, STUN_ATTR_ERROR_CODE, forbidden, sizeof forbidden);
  return stun_end (&w, pwd);
}

static void
assert_untouched (Forgery *self)
{
  g_assert_cmpuint (self->a->consent.last_answer, ==, self->last_answer);
  g_assert_false (self->a->consent.is_over);
  g_assert_true (nice_end_is_connected (&self->pair.a));
}

/* Who does not know the password, the transaction or has not the address gives no consent and
 * revokes none. */
static void
test_forged (void)
{
  static const guint16 types[] = { STUN_BINDING_SUCCESS, STUN_BINDING_ERROR };
  static const guint8 no_id[RTC_STUN_ID_BYTES] = { 0 };
  guint8 data[200];
  Forgery f;
  const gchar *pwd;

  forgery_init (&f);
  pwd = f.a->remote_pwd;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    forgery_send (&f, TRUE, data, forge (types[i], last_id (&f), NULL, data, sizeof data));
    forgery_send (&f, TRUE, data, forge (types[i], last_id (&f), PWD, data, sizeof data));
    forgery_send (&f, TRUE, data, forge (types[i], last_id (&f), f.a->pwd, data, sizeof data));
    forgery_send (&f, TRUE, data, forge (types[i], no_id, pwd, data, sizeof data));
    forgery_send (&f, FALSE, data, forge (types[i], last_id (&f), pwd, data, sizeof data));
    assert_untouched (&f);
  }
  /* The forger's side works: the true answer counts, and counts once. */
  memcpy (data + 100, last_id (&f), RTC_STUN_ID_BYTES);
  forgery_send (&f, TRUE, data, forge (types[0], data + 100, pwd, data, 100));
  g_assert_cmpuint (f.a->consent.last_answer, >, f.last_answer);
  f.last_answer = f.a->consent.last_answer;
  forgery_send (&f, TRUE, data, forge (types[0], data + 100, pwd, data, 100));
  assert_untouched (&f);
  forgery_clear (&f);
}

static void
test_revoked (void)
{
  guint8 data[200];
  Forgery f;

  forgery_init (&f);
  forgery_send (
      &f, TRUE, data, forge (STUN_BINDING_ERROR, last_id (&f), f.a->remote_pwd, data, sizeof data));
  g_assert_cmpint (f.pair.a.state, ==, RTC_ICE_STATE_FAILED);
  g_assert_cmpint (
      f.a->parent.vtable->send (&f.a->parent, nice_pair_now (), data, 1), ==, RTC_ERR_PEER_CLOSED);
  forgery_clear (&f);
}

/* Nobody answers: in doubt, then the end, then silence. */
static void
test_silent (void)
{
  const GstClockTime steps[] = { 10, 15, 20, 25 };
  RtcIceStats before, after;
  Forgery f;
  RtcIce *ice;

  forgery_init (&f);
  ice = &f.a->parent;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    GstClockTime now = f.last_answer + steps[i] * GST_SECOND + 500 * GST_MSECOND;

    while (ice->vtable->next_deadline (ice) <= now)
      ice->vtable->handle_timeout (ice, now);
    nice_pair_run (&f.pair, FALSE, never, NULL, 1);
    g_assert_cmpint (f.pair.a.state, ==, RTC_ICE_STATE_DISCONNECTED);
    g_assert_cmpint (ice->vtable->send (ice, now, (const guint8 *) "\200", 1), ==, RTC_OK);
  }
  ice->vtable->get_stats (ice, &before);
  g_assert_cmpuint (before.consent_requests_sent, >=, 4);
  ice->vtable->handle_timeout (ice, f.last_answer + 30 * GST_SECOND);
  nice_pair_run (&f.pair, FALSE, never, NULL, 1);
  g_assert_cmpint (f.pair.a.state, ==, RTC_ICE_STATE_FAILED);
  g_assert_cmpint (ice->vtable->send (ice, nice_pair_now (), (const guint8 *) "\200", 1), ==,
      RTC_ERR_PEER_CLOSED);
  g_assert_cmpuint (ice->vtable->next_deadline (ice), ==, GST_CLOCK_TIME_NONE);
  ice->vtable->get_stats (ice, &after);
  g_assert_cmpuint (after.consent_requests_sent, ==, before.consent_requests_sent);
  forgery_clear (&f);
}

static gboolean
has_new_pair (NicePair *pair, gpointer last_check)
{
  return ((RtcNice *) pair->a.ice)->consent.last_answer > *(GstClockTime *) last_check;
}

/* A restart does not end the old pair's consent, and the new pair is asked with the new
 * credentials. */
static void
test_restart (void)
{
  Forgery f;
  NicePair *pair = &f.pair;
  RtcNice *b;

  forgery_init (&f);
  b = (RtcNice *) pair->b.ice;
  nice_agent_attach_recv (
      b->agent, b->stream, 1, rtc_nice_get_socket_context (b), on_ignored, NULL);
  pair->a.ice->vtable->restart (pair->a.ice, nice_pair_now ());
  pair->b.ice->vtable->restart (pair->b.ice, nice_pair_now ());
  assert_untouched (&f);
  pair->a.gathered = FALSE;
  pair->a.ice->vtable->gather (pair->a.ice, nice_pair_now ());
  pair->b.ice->vtable->gather (pair->b.ice, nice_pair_now ());
  nice_pair_exchange_parameters (pair, TRUE);
  g_assert_true (nice_pair_run (pair, TRUE, nice_pair_a_is_gathered, NULL, 2000));
  g_assert_true (nice_pair_run (pair, TRUE, has_new_pair, &f.last_answer, 5000));
  f.last_answer = f.a->consent.last_answer;
  nice_pair_send_check (&pair->a);
  g_assert_true (nice_pair_run (pair, TRUE, has_new_pair, &f.last_answer, 2000));
  g_assert_true (nice_end_is_connected (&pair->a));
  forgery_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consent/forged", test_forged);
  g_test_add_func ("/consent/revoked", test_revoked);
  g_test_add_func ("/consent/silent", test_silent);
  g_test_add_func ("/consent/restart", test_restart);
  return run_tests ();
}
