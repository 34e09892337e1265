/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Consent checks of one agent: sent through libnice over whatever the selected pair is, their
 * answers read before libnice, which drops what it did not ask for. */
#include "ext/nice/rtc-nice-private.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* RFC 8445 5.1.2.2: the type preference of peer-reflexive candidates, which a check's PRIORITY
 * has (7.1.1). */
#define PREFERENCE_PRFLX 110u

void
rtc_nice_set_controlling (RtcNice *self, gboolean controlling)
{
  g_object_set (self->agent, "controlling-mode", controlling, NULL);
  if (nice_agent_get_component_state (self->agent, self->stream, 1)
      == NICE_COMPONENT_STATE_DISCONNECTED)
    self->is_controlling = controlling;
}

void
rtc_nice_begin_consent (RtcNice *self)
{
  rtc_nice_consent_begin (&self->consent, rtc_nice_now (), rtc_random_double (self->config.random));
}

/* --- answers --- */

static void
nice_handle_answer (RtcNice *self, GstClockTime now, const guint8 *id, RtcNiceStunAnswer answer)
{
  GstClockTime took = rtc_nice_consent_handle_answer (&self->consent, now, id, answer);

  switch (answer) {
    case RTC_NICE_STUN_SUCCESS:
      self->stats.consent_responses_received++;
      self->stats.round_trip_time = took;
      GST_LOG (RTC_NICE_LOG_ID "consent: answered after %" GST_TIME_FORMAT, self->config.peer_id,
          GST_TIME_ARGS (took));
      if (self->state == RTC_ICE_STATE_DISCONNECTED)
        rtc_nice_set_connected (self);
      break;
    case RTC_NICE_STUN_FORBIDDEN:
      GST_INFO (RTC_NICE_LOG_ID "the peer revokes its consent", self->config.peer_id);
      rtc_nice_set_state (self, RTC_ICE_STATE_FAILED);
      break;
    case RTC_NICE_STUN_CONFLICT:
      /* libnice has changed its role in an earlier conflict, which it does not tell. */
      self->is_controlling = !self->is_controlling;
      break;
    case RTC_NICE_STUN_ERROR:
    case RTC_NICE_STUN_NONE:
    default:
      break;
  }
}

static gboolean
on_peek (const guint8 *data, gsize len, gpointer user_data)
{
  RtcNice *self = user_data;
  GstClockTime now = rtc_nice_now ();
  const guint8 *message, *id;
  gsize pos = 0;

  while (rtc_nice_stun_find (data, len, &pos, &message, &id)) {
    RtcNiceStunAnswer answer;

    if (!rtc_nice_consent_expects (&self->consent, now, id))
      continue;
    answer = rtc_nice_stun_read_answer (message, len - (gsize) (message - data), self->remote_pwd);
    if (answer == RTC_NICE_STUN_NONE)
      continue;
    nice_handle_answer (self, now, id, answer);
    if (!rtc_nice_consent_is_waiting (&self->consent, now))
      rtc_nice_watch_set_peek (self->watch, NULL, NULL);
    return TRUE;
  }
  return FALSE;
}

/* --- checks --- */

static guint32
get_check_priority (const NiceCandidate *local)
{
  return PREFERENCE_PRFLX << 24 | (local->priority & 0xffffffu);
}

static void
nice_send_check (RtcNice *self, GstClockTime now)
{
  NiceCandidate *local = NULL, *remote = NULL;
  guint8 id[RTC_STUN_ID_BYTES], data[RTC_STUN_MAX_BYTES];
  gsize len = 0;

  rtc_random_fill (self->config.random, id, sizeof id);
  if (nice_agent_get_selected_pair (self->agent, self->stream, 1, &local, &remote)) {
    RtcNiceStunCheck check = { self->ufrag, self->remote_ufrag, self->remote_pwd,
      get_check_priority (local), self->is_controlling };

    len = rtc_nice_stun_write_check (&check, id, data, sizeof data);
  }
  if (len > 0) {
    GOutputVector vector = { data, len };
    NiceOutputMessage message = { &vector, 1 };

    if (nice_agent_send_messages_nonblocking (self->agent, self->stream, 1, &message, 1, NULL, NULL)
        == 1)
      self->stats.consent_requests_sent++;
    rtc_nice_watch_set_peek (self->watch, on_peek, self);
  }
  rtc_nice_consent_handle_sent (&self->consent, now, id, rtc_random_double (self->config.random));
}

void
rtc_nice_handle_consent_timeout (RtcNice *self, GstClockTime now)
{
  RtcNiceConsentVerdict verdict =
      rtc_nice_consent_handle_timeout (&self->consent, now, self->last_heard);

  switch (verdict) {
    case RTC_NICE_CONSENT_CHECK:
      nice_send_check (self, now);
      break;
    case RTC_NICE_CONSENT_DOUBT:
      rtc_nice_set_state (self, RTC_ICE_STATE_DISCONNECTED);
      break;
    case RTC_NICE_CONSENT_EXPIRED:
      rtc_nice_watch_set_peek (self->watch, NULL, NULL);
      /* While a restart is under way its checks decide. */
      if (self->was_connected)
        rtc_nice_set_state (self, RTC_ICE_STATE_FAILED);
      break;
    case RTC_NICE_CONSENT_KEPT:
    default:
      break;
  }
}
