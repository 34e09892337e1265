/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* A peer that sends from another address than before is sent to there. */
#include "ext/nice/rtc-nice-private.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* MOVE_PACKETS datagrams from the new address, and for MOVE_SILENCE none from the old one: those of
 * two paths that are used at once, or that were on their way, are not taken for a move. After
 * MOVE_LONG_SILENCE one is enough: who gets nothing any more has little to report, and sends so
 * many in some seconds only. */
#define MOVE_PACKETS 3
#define MOVE_SILENCE (300 * GST_MSECOND)
#define MOVE_LONG_SILENCE (1 * GST_SECOND)

/* MOVE_AGE: what comes from elsewhere for longer after the check that named the address is not from
 * there: a peer checks a pair that it uses more often. */
#define MOVE_AGE (10 * GST_SECOND)

void
rtc_nice_move_forget (RtcNice *self)
{
  g_clear_pointer (&self->move.to, nice_candidate_free);
  self->move = (RtcNiceMove){ .found = GST_CLOCK_TIME_NONE,
    .is_direct = self->move.is_direct,
    .last_direct = self->move.last_direct };
}

void
rtc_nice_move_note_candidate (RtcNice *self, const NiceCandidate *remote)
{
  if (!self->was_connected || self->consent.is_over
      || remote->transport != NICE_CANDIDATE_TRANSPORT_UDP)
    return;
  rtc_nice_move_forget (self);
  self->move.to = nice_candidate_copy (remote);
  self->move.found = rtc_nice_now ();
}

void
rtc_nice_move_set_direct (RtcNice *self, gboolean is_direct)
{
  self->move.is_direct = is_direct;
  rtc_nice_move_note_direct (self, rtc_nice_now ());
}

void
rtc_nice_move_note_direct (RtcNice *self, GstClockTime now)
{
  self->move.last_direct = now;
  self->move.n_elsewhere = 0;
  self->move.is_due = FALSE;
}

void
rtc_nice_move_note_elsewhere (RtcNice *self, GstClockTime now)
{
  const RtcNiceMove *move = &self->move;
  GstClockTime silence = rtc_time_elapsed (move->last_direct, now);

  if (move->to == NULL || !move->is_direct)
    return;
  self->move.n_elsewhere++;
  self->move.is_due =
      silence >= (move->n_elsewhere < MOVE_PACKETS ? MOVE_LONG_SILENCE : MOVE_SILENCE)
      && rtc_time_elapsed (move->found, now) <= MOVE_AGE;
}

/* libnice finds a pair by its foundations, which are the same for all ports of an address; so the
 * new one is given to it once more, under a name of its own. */
void
rtc_nice_move_follow (RtcNice *self)
{
  NiceCandidate *local = NULL, *remote = NULL;
  gchar from[NICE_CANDIDATE_MAX_FOUNDATION], to[NICE_CANDIDATE_MAX_FOUNDATION];
  GSList list = { NULL };

  if (!self->move.is_due)
    return;
  self->move.is_due = FALSE;
  if (self->consent.is_over
      || !nice_agent_get_selected_pair (self->agent, self->stream, 1, &local, &remote))
    return;
  g_strlcpy (from, local->foundation, sizeof from);
  g_snprintf (to, sizeof to, "moved%u", self->n_moves++);
  g_strlcpy (self->move.to->foundation, to, sizeof self->move.to->foundation);
  /* One that the peer told of, as it now did in a way: peer-reflexive ones cannot be given. */
  self->move.to->type = NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
  list.data = self->move.to;
  GST_INFO (RTC_NICE_LOG_ID "the peer has moved to another address", self->config.peer_id);
  if (nice_agent_set_remote_candidates (self->agent, self->stream, 1, &list) <= 0
      || !nice_agent_set_selected_pair (self->agent, self->stream, 1, from, to)) {
    GST_WARNING (RTC_NICE_LOG_ID "libnice does not follow", self->config.peer_id);
    rtc_nice_move_forget (self);
  }
}
