/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Consent (RFC 7675): the messages beside libnice's own STUN, and the clock without waiting. Agents
 * that are answered by forgers are in rtc-nice-forgers.c. */
#include <string.h>
#include <nice/agent.h>
#include <stun/usages/ice.h>
#include "ext/nice/rtc-nice-private.h"
#include "tests/check/net/nice-pair.h"
#include "tests/check/net/stun-message.h"
#include "tests/check/run-tests.h"

#define PWD "0123456789012345678901"

static const guint8 an_id[RTC_STUN_ID_BYTES] = "\1\2\3\4\5\6\7\10\11\12\13";

/* --- messages --- */

static gsize
write_request (gboolean is_controlling, guint8 *data, gsize size)
{
  RtcNiceStunCheck check = { "local", "remote", PWD, 0x6e001234, is_controlling };

  return rtc_nice_stun_write_check (&check, an_id, data, size);
}

static void
init_agent (StunAgent *agent)
{
  stun_agent_init (agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
      STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
}

static StunDefaultValidaterData credentials[] = {
  { (guint8 *) "remote:local", 12, (guint8 *) PWD, 22 }, { NULL, 0, NULL, 0 }
};

/* libnice's parser takes the request, whichever length the fragments have. */
static void
test_request (gconstpointer role)
{
  gboolean is_controlling = GPOINTER_TO_INT (role);
  guint8 data[RTC_STUN_MAX_BYTES];
  gsize len = write_request (is_controlling, data, sizeof data);
  StunAgent agent;
  StunMessage message;
  StunTransactionId id;
  gchar long_ufrag[257];

  init_agent (&agent);
  g_assert_cmpuint (len, >, 0);
  g_assert_cmpint (
      stun_agent_validate (&agent, &message, data, len, stun_agent_default_validater, credentials),
      ==, STUN_VALIDATION_SUCCESS);
  g_assert_cmpint (stun_message_get_class (&message), ==, STUN_REQUEST);
  g_assert_cmpint (stun_message_get_method (&message), ==, STUN_BINDING);
  stun_message_id (&message, id);
  g_assert_cmpmem (id + 4, 12, an_id, sizeof an_id);
  g_assert_cmpuint (stun_usage_ice_conncheck_priority (&message), ==, 0x6e001234);
  g_assert_cmpint (stun_usage_ice_conncheck_use_candidate (&message), ==, is_controlling);
  g_assert_cmpint (
      stun_message_has_attribute (&message, STUN_ATTRIBUTE_ICE_CONTROLLING), ==, is_controlling);
  g_assert_cmpint (
      stun_message_has_attribute (&message, STUN_ATTRIBUTE_ICE_CONTROLLED), ==, !is_controlling);

  memset (long_ufrag, 'u', 256);
  long_ufrag[256] = '\0';
  for (guint n = 1; n <= 256; n++) {
    RtcNiceStunCheck check = { long_ufrag + 256 - n, long_ufrag, PWD, 1, is_controlling };

    len = rtc_nice_stun_write_check (&check, an_id, data, sizeof data);
    g_assert_cmpuint (len, >, 0);
    g_assert_cmpint (stun_message_validate_buffer_length (data, len, TRUE), ==, (gint) len);
  }
  len = write_request (is_controlling, data, sizeof data);
  for (gsize size = 0; size < len; size++)
    g_assert_cmpuint (write_request (is_controlling, data, size), ==, 0);
}

/* What libnice answers to our request. */
static gsize
write_answer (gboolean is_conflict, guint8 *data, gsize size)
{
  guint8 request_data[RTC_STUN_MAX_BYTES];
  gsize len = write_request (TRUE, request_data, sizeof request_data);
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = 1234 };
  StunAgent agent;
  StunMessage request, response;
  bool controlling = is_conflict;

  init_agent (&agent);
  g_assert_cmpint (stun_agent_validate (&agent, &request, request_data, len,
                       stun_agent_default_validater, credentials),
      ==, STUN_VALIDATION_SUCCESS);
  g_assert_cmpint (stun_usage_ice_conncheck_create_reply (&agent, &request, &response, data, &size,
                       (struct sockaddr_storage *) &from, sizeof from, &controlling, 1,
                       STUN_USAGE_ICE_COMPATIBILITY_RFC5245),
      ==, is_conflict ? STUN_USAGE_ICE_RETURN_ROLE_CONFLICT : STUN_USAGE_ICE_RETURN_SUCCESS);
  /* Who has the same role keeps it. */
  g_assert_cmpint (controlling, ==, is_conflict);
  return size;
}

static RtcNiceStunAnswer
read_anywhere (const guint8 *data, gsize len, const gchar *pwd)
{
  const guint8 *message, *id;
  gsize pos = 0;

  while (rtc_nice_stun_find (data, len, &pos, &message, &id)) {
    if (memcmp (id, an_id, sizeof an_id) == 0)
      return rtc_nice_stun_read_answer (message, len - (gsize) (message - data), pwd);
  }
  return RTC_NICE_STUN_NONE;
}

static void
test_answer (void)
{
  guint8 data[200], copy[300];
  gsize len = write_answer (FALSE, data, sizeof data);

  g_assert_cmpint (read_anywhere (data, len, PWD), ==, RTC_NICE_STUN_SUCCESS);
  g_assert_cmpint (read_anywhere (data, len, "0123456789012345678902"), ==, RTC_NICE_STUN_NONE);
  for (gsize n = 0; n < len; n++)
    g_assert_cmpint (read_anywhere (data, n, PWD), ==, RTC_NICE_STUN_NONE);
  /* All but FINGERPRINT, which is there for others, is covered. */
  for (gsize bit = 0; bit < (len - 8) * 8; bit++) {
    memcpy (copy, data, len);
    copy[bit / 8] ^= (guint8) (1u << bit % 8);
    if (bit / 8 == 3)
      continue; /* the length: with FINGERPRINT or without, see below */
    g_assert_cmpint (read_anywhere (copy, len, PWD), ==, RTC_NICE_STUN_NONE);
  }
  for (guint length = 0; length < 256; length++) {
    memcpy (copy, data, len);
    copy[3] = (guint8) length;
    /* Shorter than up to the integrity's end or longer than what is there: none. */
    if (length < len - 8 - 20 || length > len - 20)
      g_assert_cmpint (read_anywhere (copy, len, PWD), ==, RTC_NICE_STUN_NONE);
  }
  /* As a relay and as TCP wrap it, with more behind. */
  for (gsize before = 0; before < 40; before++) {
    memset (copy, 0x21, sizeof copy);
    memcpy (copy + before, data, len);
    g_assert_cmpint (read_anywhere (copy, sizeof copy, PWD), ==, RTC_NICE_STUN_SUCCESS);
    g_assert_cmpint (read_anywhere (copy, before + len - 9, PWD), ==, RTC_NICE_STUN_NONE);
  }
  /* Our own request is no answer. */
  len = write_request (TRUE, data, sizeof data);
  g_assert_cmpint (read_anywhere (data, len, PWD), ==, RTC_NICE_STUN_NONE);
}

static gsize
write_error (guint code, const gchar *pwd, guint8 *data, gsize size)
{
  guint8 value[] = { 0, 0, (guint8) (code / 100), (guint8) (code % 100), 'n', 'o' };
  RtcWriter w = stun_begin (data, size, STUN_BINDING_ERROR, an_id);

  stun_attribute (&w, STUN_ATTR_ERROR_CODE, value, sizeof value);
  return stun_end (&w, pwd);
}

static void
test_error (void)
{
  static const struct {
    guint code;
    RtcNiceStunAnswer answer;
  } cases[] = { { 400, RTC_NICE_STUN_ERROR }, { 401, RTC_NICE_STUN_ERROR },
    { 403, RTC_NICE_STUN_FORBIDDEN }, { 487, RTC_NICE_STUN_CONFLICT },
    { 500, RTC_NICE_STUN_ERROR } };
  guint8 data[200];
  gsize len;
  RtcWriter w;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    len = write_error (cases[i].code, PWD, data, sizeof data);
    g_assert_cmpint (read_anywhere (data, len, PWD), ==, cases[i].answer);
    len = write_error (cases[i].code, "0123456789012345678902", data, sizeof data);
    g_assert_cmpint (read_anywhere (data, len, PWD), ==, RTC_NICE_STUN_NONE);
    len = write_error (cases[i].code, NULL, data, sizeof data);
    g_assert_cmpint (read_anywhere (data, len, PWD), ==, RTC_NICE_STUN_NONE);
  }
  /* libnice has the controlling role too and keeps it. */
  len = write_answer (TRUE, data, sizeof data);
  g_assert_cmpint (read_anywhere (data, len, PWD), ==, RTC_NICE_STUN_CONFLICT);
  /* A success of nobody's. */
  w = stun_begin (data, sizeof data, STUN_BINDING_SUCCESS, an_id);
  len = stun_end (&w, NULL);
  g_assert_cmpint (read_anywhere (data, len, PWD), ==, RTC_NICE_STUN_NONE);
}

/* --- the clock --- */

/* A call of so many checks with that loss each way; the peer is heard besides or not. */
typedef struct {
  RtcRandom *random;
  RtcNiceConsent consent;
  GstClockTime now, end, shortest, longest;
  gdouble loss;
  gboolean is_heard;
  guint n_checks, n_doubts, n_expired;
} Clock;

static void
clock_check (Clock *self)
{
  static GstClockTime last;
  guint8 id[RTC_STUN_ID_BYTES];

  if (self->n_checks++ > 0 && self->now > last) {
    self->shortest = MIN (self->shortest, self->now - last);
    self->longest = MAX (self->longest, self->now - last);
  }
  last = self->now;
  rtc_random_fill (self->random, id, sizeof id);
  rtc_nice_consent_handle_sent (&self->consent, self->now, id, rtc_random_double (self->random));
  g_assert_true (rtc_nice_consent_expects (&self->consent, self->now, id));
  if (rtc_random_double (self->random) < self->loss
      || rtc_random_double (self->random) < self->loss)
    return;
  self->now += 100 * GST_MSECOND;
  g_assert_cmpuint (
      rtc_nice_consent_handle_answer (&self->consent, self->now, id, RTC_NICE_STUN_SUCCESS), ==,
      100 * GST_MSECOND);
  g_assert_false (rtc_nice_consent_expects (&self->consent, self->now, id));
}

static void
clock_run (Clock *self, guint n_checks)
{
  self->shortest = GST_CLOCK_TIME_NONE;
  self->longest = self->n_checks = self->n_doubts = self->n_expired = 0;
  rtc_nice_consent_begin (&self->consent, self->now, rtc_random_double (self->random));
  while (self->n_checks < n_checks) {
    GstClockTime heard = self->is_heard ? self->now : GST_CLOCK_TIME_NONE;
    GstClockTime deadline = rtc_nice_consent_next_deadline (&self->consent, heard);

    g_assert_cmpuint (deadline, !=, GST_CLOCK_TIME_NONE);
    self->now = MAX (self->now, deadline);
    if (self->is_heard)
      heard = self->now;
    switch (rtc_nice_consent_handle_timeout (&self->consent, self->now, heard)) {
      case RTC_NICE_CONSENT_CHECK:
        clock_check (self);
        break;
      case RTC_NICE_CONSENT_DOUBT:
        self->n_doubts++;
        break;
      case RTC_NICE_CONSENT_EXPIRED:
        self->n_expired++;
        rtc_nice_consent_begin (&self->consent, self->now, rtc_random_double (self->random));
        break;
      case RTC_NICE_CONSENT_KEPT:
      default:
        break;
    }
  }
}

/* 10 000 checks at 5 % loss each way end no call; at 10 % a window of six is lost once in 21 000
 * (A44), which 200 000 checks have to show roughly. */
static void
test_loss (void)
{
  Clock clock = { .random = rtc_random_new_seeded (1), .now = GST_SECOND };

  clock_run (&clock, 1000);
  g_assert_cmpuint (clock.n_doubts + clock.n_expired, ==, 0);
  g_assert_cmpuint (clock.shortest, >=, 4 * GST_SECOND);
  g_assert_cmpuint (clock.longest, <=, 6 * GST_SECOND);
  g_assert_cmpuint (clock.longest - clock.shortest, >, GST_SECOND);
  clock.loss = 0.05;
  clock.is_heard = TRUE;
  clock_run (&clock, 10000);
  g_assert_cmpuint (clock.n_doubts + clock.n_expired, ==, 0);
  clock.loss = 0.1;
  clock_run (&clock, 200000);
  g_test_message ("10 %% each way: %u of 200000 windows expired", clock.n_expired);
  g_assert_cmpuint (clock.n_doubts, ==, 0);
  g_assert_cmpuint (clock.n_expired, <=, 25);
  rtc_random_free (clock.random);
}

static void
send_some (RtcNiceConsent *c, GstClockTime now, guint8 number)
{
  guint8 id[RTC_STUN_ID_BYTES] = { number };

  rtc_nice_consent_handle_sent (c, now, id, 0.5);
}

/* A peer that is gone: in doubt after 10 s, over after 30 s, and not a moment sooner or later. */
static void
test_vanish (void)
{
  RtcNiceConsent c;
  GstClockTime start = 100 * GST_SECOND, now = start;
  guint n_checks = 0, n_doubts = 0;

  rtc_nice_consent_init (&c);
  g_assert_cmpuint (rtc_nice_consent_next_deadline (&c, start), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (rtc_nice_consent_handle_timeout (&c, start, start), ==, RTC_NICE_CONSENT_KEPT);
  rtc_nice_consent_begin (&c, start, 0.5);
  for (gboolean is_over = FALSE; !is_over;) {
    now = rtc_nice_consent_next_deadline (&c, start);
    g_assert_cmpuint (now, <=, start + 30 * GST_SECOND);
    switch (rtc_nice_consent_handle_timeout (&c, now, start)) {
      case RTC_NICE_CONSENT_CHECK:
        send_some (&c, now, (guint8) ++n_checks);
        break;
      case RTC_NICE_CONSENT_DOUBT:
        n_doubts++;
        g_assert_cmpuint (now, ==, start + 10 * GST_SECOND);
        break;
      case RTC_NICE_CONSENT_EXPIRED:
        is_over = TRUE;
        break;
      case RTC_NICE_CONSENT_KEPT:
      default:
        g_assert_not_reached ();
    }
  }
  g_assert_cmpuint (now, ==, start + 30 * GST_SECOND);
  g_assert_cmpuint (n_checks, ==, 6);
  g_assert_cmpuint (n_doubts, ==, 1);
  /* Too late, whoever answers now. */
  g_assert_true (c.is_over);
  g_assert_false (rtc_nice_consent_is_waiting (&c, now));
  g_assert_false (rtc_nice_consent_expects (&c, now, (const guint8 *) "\5\0\0\0\0\0\0\0\0\0\0"));
  g_assert_cmpuint (rtc_nice_consent_next_deadline (&c, now), ==, GST_CLOCK_TIME_NONE);
}

/* Which answers count, and for how long. */
static void
test_answers (void)
{
  static const guint8 first[RTC_STUN_ID_BYTES] = { 1 }, second[] = "\2\0\0\0\0\0\0\0\0\0\0";
  GstClockTime start = 100 * GST_SECOND;
  RtcNiceConsent c;

  rtc_nice_consent_begin (&c, start, 0.5);
  g_assert_false (rtc_nice_consent_expects (&c, start, first));
  send_some (&c, start + 5 * GST_SECOND, 1);
  send_some (&c, start + 10 * GST_SECOND, 2);
  g_assert_cmpint (rtc_nice_consent_handle_timeout (&c, start + 10 * GST_SECOND, start), ==,
      RTC_NICE_CONSENT_DOUBT);
  /* The answer to an earlier check counts, once, and ends the doubt. */
  rtc_nice_consent_handle_answer (&c, start + 11 * GST_SECOND, first, RTC_NICE_STUN_SUCCESS);
  g_assert_false (c.in_doubt);
  g_assert_cmpuint (c.last_answer, ==, start + 11 * GST_SECOND);
  g_assert_false (rtc_nice_consent_expects (&c, start + 11 * GST_SECOND, first));
  /* Errors are no consent. */
  g_assert_true (rtc_nice_consent_is_waiting (&c, start + 12 * GST_SECOND));
  rtc_nice_consent_handle_answer (&c, start + 12 * GST_SECOND, second, RTC_NICE_STUN_ERROR);
  g_assert_cmpuint (c.last_answer, ==, start + 11 * GST_SECOND);
  g_assert_false (rtc_nice_consent_is_waiting (&c, start + 12 * GST_SECOND));
  /* Nor are answers to requests of more than 30 s ago. */
  send_some (&c, start + 13 * GST_SECOND, 1);
  g_assert_true (rtc_nice_consent_expects (&c, start + 43 * GST_SECOND - 1, first));
  g_assert_false (rtc_nice_consent_expects (&c, start + 43 * GST_SECOND, first));
  /* A revocation ends it at once. */
  rtc_nice_consent_handle_answer (&c, start + 14 * GST_SECOND, first, RTC_NICE_STUN_FORBIDDEN);
  g_assert_true (c.is_over);
  g_assert_cmpint (rtc_nice_consent_handle_timeout (&c, start + 60 * GST_SECOND, start), ==,
      RTC_NICE_CONSENT_KEPT);
  /* Until ICE has found a pair anew. */
  rtc_nice_consent_begin (&c, start + 60 * GST_SECOND, 0.5);
  g_assert_false (c.is_over);
  g_assert_false (rtc_nice_consent_is_waiting (&c, start + 60 * GST_SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/consent/request/controlling", GINT_TO_POINTER (TRUE), test_request);
  g_test_add_data_func ("/consent/request/controlled", GINT_TO_POINTER (FALSE), test_request);
  g_test_add_func ("/consent/answer", test_answer);
  g_test_add_func ("/consent/error", test_error);
  g_test_add_func ("/consent/loss", test_loss);
  g_test_add_func ("/consent/vanish", test_vanish);
  g_test_add_func ("/consent/answers", test_answers);
  return run_tests ();
}
