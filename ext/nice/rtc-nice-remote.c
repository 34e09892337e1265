/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The peer's credentials and candidates, handed to libnice a few at a time. */
#include "ext/nice/rtc-nice-private.h"

#include <string.h>
#include "ext/nice/rtc-nice-candidate.h"
#include "gst/rtc/base/rtc-time.h"

/* How long until one more candidate than RTC_NICE_FEED_BURST may be handed to libnice: so many
 * addresses that never answer cost at most 1 / FEED_INTERVAL * STUN_REQUESTS = 16 datagrams a
 * second for each local address (T9 in docs/design/reliability.md). */
#define FEED_INTERVAL (250 * GST_MSECOND)

/* --- remote candidates --- */

/* Hands over what waits, as many as there are tokens. */
void
rtc_nice_feed (RtcNice *self, GstClockTime now)
{
  while (self->tokens < RTC_NICE_FEED_BURST && rtc_time_is_due (self->next_token, now)) {
    self->tokens++;
    self->next_token += FEED_INTERVAL * MAX (1, self->n_addresses);
  }
  while (self->has_remote && self->tokens > 0 && !g_queue_is_empty (&self->waiting)) {
    RtcCandidate *candidate = g_queue_pop_head (&self->waiting);
    NiceCandidate *nice = NULL;
    GSList list = { NULL, NULL };

    if (self->tokens == RTC_NICE_FEED_BURST)
      self->next_token = now + FEED_INTERVAL * MAX (1, self->n_addresses);
    /* RFC 8838 11: a candidate of another generation is dropped. */
    if ((candidate->ufrag[0] != '\0' && strcmp (candidate->ufrag, self->remote_ufrag) != 0)
        || rtc_nice_candidate_to_nice (candidate, self->stream, &nice) != RTC_OK) {
      self->stats.remote_candidates_dropped++;
    } else {
      list.data = nice;
      self->tokens--;
      if (nice_agent_set_remote_candidates (self->agent, self->stream, 1, &list) <= 0)
        self->stats.remote_candidates_dropped++;
      nice_candidate_free (nice);
    }
    g_free (candidate);
  }
  if (self->has_remote && self->end_of_candidates && g_queue_is_empty (&self->waiting)
      && !self->remote_done) {
    self->remote_done = TRUE;
    nice_agent_peer_candidate_gathering_done (self->agent, self->stream);
    if (self->state == RTC_ICE_STATE_CONNECTED)
      rtc_nice_set_connected (self);
  }
}

RtcResult
rtc_nice_add_remote_candidate (RtcIce *ice, GstClockTime now, const RtcCandidate *candidate)
{
  RtcNice *self = (RtcNice *) ice;

  if (candidate->is_mdns || candidate->component != 1
      || rtc_candidate_check (candidate, self->config.allow_loopback || self->loopback_ok)
             != RTC_OK) {
    self->stats.remote_candidates_dropped++;
    return RTC_ERR_UNSUPPORTED;
  }
  if (self->n_remote >= self->config.max_remote_candidates) {
    self->stats.remote_candidates_dropped++;
    return RTC_ERR_LIMIT;
  }
  self->n_remote++;
  g_queue_push_tail (&self->waiting, g_memdup2 (candidate, sizeof *candidate));
  self->in_call++;
  rtc_nice_feed (self, now);
  self->in_call--;
  return RTC_OK;
}

void
rtc_nice_end_of_remote_candidates (RtcIce *ice, GstClockTime now)
{
  RtcNice *self = (RtcNice *) ice;

  self->end_of_candidates = TRUE;
  self->in_call++;
  rtc_nice_feed (self, now);
  self->in_call--;
}

RtcResult
rtc_nice_set_remote (RtcIce *ice, GstClockTime now, const gchar *ufrag, const gchar *pwd,
    gboolean controlling, gboolean remote_is_lite)
{
  RtcNice *self = (RtcNice *) ice;

  /* RFC 8839 5.4: 4*256ice-char and 22*256ice-char. */
  if (strlen (ufrag) < 4 || strlen (ufrag) > 256 || strlen (pwd) < 22 || strlen (pwd) > 256)
    return RTC_ERR_PARSE;
  self->in_call++;
  /* RFC 8445 6.1.1: opposite a lite agent the full one "MUST take the controlling role". */
  rtc_nice_set_controlling (self, controlling || remote_is_lite);
  g_strlcpy (self->remote_ufrag, ufrag, sizeof self->remote_ufrag);
  g_strlcpy (self->remote_pwd, pwd, sizeof self->remote_pwd);
  self->has_remote = TRUE;
  if (!self->was_connected)
    rtc_nice_set_state (self, RTC_ICE_STATE_CHECKING);
  nice_agent_set_remote_credentials (self->agent, self->stream, ufrag, pwd);
  rtc_nice_feed (self, now);
  self->in_call--;
  return RTC_OK;
}
