/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The first picture of whoever has come: the key frame that has just been, all since the last key
 * frame from the shared history (replay_pictures), or a key frame made for it.
 *
 * What is from before the peer came leaves faster than it was captured and bears time stamps that
 * are as close together, so that a receiver plays each picture as it comes and is up to date when
 * the sender is: no delay stays behind. None of it waits in the pacer, whose queue is for what is
 * captured now: it is in the history until it may leave. */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_rtp

/* PEER_REPLAY_AGE: a key frame not older than this is sent from the history: for so long no other
 * would be asked for anyway. PEER_REPLAY_PACKETS: and at most so many packets at once. */
#define PEER_REPLAY_AGE (RTC_KEY_FRAME_INTERVAL / RTC_KEY_FRAME_JOIN_DIV)
#define PEER_REPLAY_PACKETS 256

/* PEER_CATCH_UP_SPEED: how many times as fast as it was captured the past is sent to who has no
 * estimate; PEER_CATCH_UP_MOST: and to anybody, at most. */
#define PEER_CATCH_UP_SPEED 4
#define PEER_CATCH_UP_MOST 8

/* PEER_CATCH_UP_SLOWEST: it takes that many times as long as it is old, at most, and who is
 * PEER_CATCH_UP_SLACK further behind than when it began is better off with a key frame. */
#define PEER_CATCH_UP_SLOWEST 2
#define PEER_CATCH_UP_SLACK (500 * GST_MSECOND)

/* PEER_CATCH_UP_GAP: longer without a picture is a pause, which nobody has to catch up with. */
#define PEER_CATCH_UP_GAP (100 * GST_MSECOND)

/* PEER_CATCH_UP_PERCENT: of the pacing rate; the rest is for sound, headers and repair. */
#define PEER_CATCH_UP_PERCENT 85

gboolean
rtc_peer_has_recent_key_frame (RtcFanout *fanout, GstClockTime now)
{
  RtcPacketHistory *history = rtc_fanout_get_history (fanout);
  guint64 seq = rtc_packet_history_get_key_frame (history, now);
  const RtcPacketHistoryEntry *entry =
      seq == 0 ? NULL : rtc_packet_history_find (history, now, seq);

  return entry != NULL && rtc_time_elapsed (entry->time, now) <= PEER_REPLAY_AGE
         && rtc_packet_history_get_newest (history) - seq < PEER_REPLAY_PACKETS;
}

/* The last key frame and what followed, at once. */
static gboolean
peer_send_recent (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcFanout *fanout = rtc_peer_section (self, transceiver)->fanout;
  RtcPacketHistory *history = rtc_fanout_get_history (fanout);
  guint64 newest = rtc_packet_history_get_newest (history);
  guint64 seq = rtc_packet_history_get_key_frame (history, now);
  const RtcPacketHistoryEntry *entry;

  if (!rtc_peer_has_recent_key_frame (fanout, now))
    return FALSE;
  GST_DEBUG_ID (
      self->id, "%" G_GUINT64_FORMAT " packets from the last key frame on", newest - seq + 1);
  for (; seq <= newest; seq++) {
    entry = rtc_packet_history_find (history, now, seq);
    if (entry != NULL)
      rtc_peer_send_rtp (self, now, transceiver, entry);
  }
  return TRUE;
}

/* --- catching up -------------------------------------------------------------------------------
 */

void
rtc_peer_end_catch_up (RtcPeer *self, RtcPeerSection *section)
{
  if (section->catch_up.next == 0)
    return;
  section->catch_up.next = 0;
  /* If nothing of it was sent, what is sent next is not old. */
  rtc_send_stream_catch_up (&section->send, 0, 0);
  self->n_catching_up--;
  if (self->rate != NULL && self->n_catching_up == 0)
    rtc_pacer_set_catching_up (&self->rate->pacer, FALSE);
}

/* What is left of it is of no use any more. */
static void
peer_give_up (RtcPeer *self, GstClockTime now, RtcPeerSection *section)
{
  GST_DEBUG_ID (self->id, "cannot catch up, a key frame instead");
  rtc_peer_end_catch_up (self, section);
  rtc_send_stream_skip (&section->send, 0);
  section->replay_fallbacks++;
  rtc_peer_wish_key_frame (section, now, TRUE);
}

/* When a packet leaves if nothing holds it up: as its time stamp will say. */
static GstClockTime
catch_up_due (const RtcPeerCatchUp *self, guint32 rtp_ts)
{
  guint32 done = rtp_ts - self->from;

  if (done > G_MAXINT32 || self->ticks == 0)
    return self->began;
  return self->began + gst_util_uint64_scale (self->span, MIN (done, self->ticks), self->ticks);
}

/* How much time it takes to send what was since the key frame, and what comes meanwhile. */
static GstClockTime
peer_find_span (const RtcPeer *self, RtcPacketHistory *history, GstClockTime now, GstClockTime old)
{
  guint64 live = 8 * rtc_packet_history_get_recent_bytes (history, now);
  guint64 bits = 8 * rtc_packet_history_get_group_bytes (history);
  guint64 rate = self->rate != NULL ? self->rate->target.pacing_bps * PEER_CATCH_UP_PERCENT / 100
                                    : PEER_CATCH_UP_SPEED * live;
  GstClockTime slowest = old * PEER_CATCH_UP_SLOWEST;

  if (rate <= live)
    return slowest;
  return CLAMP (gst_util_uint64_scale (bits, GST_SECOND, rate - live),
      old / (PEER_CATCH_UP_MOST - 1), slowest);
}

/* The pace of catching up is for a path that is empty. */
static void
peer_check_path (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;

  if (rate == NULL || !rate->pacer.is_catching_up || rate->target.state != RTC_CC_STATE_OVERUSE)
    return;
  rtc_pacer_set_catching_up (&rate->pacer, FALSE);
  rtc_pacer_hold (&rate->pacer, now);
}

/* Sends what is due up to that number of the source's. */
static void
peer_run_catch_up (RtcPeer *self, GstClockTime now, guint transceiver, guint64 until)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  RtcPacketHistory *history = rtc_fanout_get_history (section->fanout);
  RtcPeerCatchUp *run = &section->catch_up;

  peer_check_path (self, now);
  while (run->next <= until) {
    const RtcPacketHistoryEntry *entry = rtc_packet_history_find (history, now, run->next);

    if (entry == NULL || rtc_time_elapsed (entry->time, now) > run->behind + PEER_CATCH_UP_SLACK) {
      peer_give_up (self, now, section);
      return;
    }
    run->due = catch_up_due (run, entry->rtp_ts);
    if (run->due > now)
      return;
    if (self->rate != NULL && !rtc_pacer_may_pass (&self->rate->pacer, now, RTC_PACER_VIDEO)) {
      run->due = rtc_pacer_get_due (&self->rate->pacer);
      return;
    }
    run->next++;
    if (rtc_send_stream_admit (&section->send, entry))
      rtc_peer_send_media (self, now, transceiver, entry, now);
  }
  GST_DEBUG_ID (self->id, "%u is up to date after %" GST_TIME_FORMAT, transceiver,
      GST_TIME_ARGS (now - run->began));
  rtc_peer_end_catch_up (self, section);
}

/* All since the last key frame, if this source keeps that and nothing was sent yet. */
static gboolean
peer_begin_catch_up (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  const RtcFanoutConfig *config = rtc_fanout_get_config (section->fanout);
  RtcPacketHistory *history = rtc_fanout_get_history (section->fanout);
  guint64 newest = rtc_packet_history_get_newest (history);
  guint64 seq = rtc_packet_history_get_key_frame (history, now);
  RtcPeerCatchUp *run = &section->catch_up;
  const RtcPacketHistoryEntry *first, *last;
  GstClockTime old;

  if (!config->replay_pictures || section->send.rewrite.n_segments > 0 || newest == 0)
    return FALSE;
  first = seq == 0 ? NULL : rtc_packet_history_find (history, now, seq);
  last = rtc_packet_history_find (history, now, newest);
  if (first == NULL || last == NULL) {
    section->replay_fallbacks++;
    return FALSE;
  }
  *run = (RtcPeerCatchUp){ .next = seq,
    .began = now,
    .due = now,
    .from = first->rtp_ts,
    .behind = rtc_time_elapsed (first->time, now) };
  old = MIN (run->behind, rtc_time_elapsed (first->time, last->time) + PEER_CATCH_UP_GAP);
  run->span = peer_find_span (self, history, now, old);
  run->ticks = (guint32) gst_util_uint64_scale (old + run->span, config->clock_rate, GST_SECOND);
  rtc_send_stream_catch_up (&section->send, run->ticks,
      (guint32) gst_util_uint64_scale (run->span, config->clock_rate, GST_SECOND));
  section->replays++;
  self->n_catching_up++;
  if (self->rate != NULL)
    rtc_pacer_set_catching_up (&self->rate->pacer, TRUE);
  GST_DEBUG_ID (self->id,
      "%u begins %" GST_TIME_FORMAT " ago, %" G_GUINT64_FORMAT " packets in %" GST_TIME_FORMAT,
      transceiver, GST_TIME_ARGS (run->behind), newest - seq + 1, GST_TIME_ARGS (run->span));
  peer_run_catch_up (self, now, transceiver, newest);
  return TRUE;
}

void
rtc_peer_catch_up (
    RtcPeer *self, GstClockTime now, guint transceiver, const RtcPacketHistoryEntry *entry)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  RtcPeerCatchUp *run = &section->catch_up;

  /* Nothing builds on what is left of the pictures before a key frame. */
  if (entry->is_key_frame && entry->ext_seq > run->next) {
    rtc_send_stream_hide (&section->send, (guint) (entry->ext_seq - run->next));
    rtc_send_stream_catch_up (&section->send, 0, 0);
    run->next = entry->ext_seq;
    run->began = now;
    run->ticks = 0;
  }
  peer_run_catch_up (self, now, transceiver, entry->ext_seq);
}

void
rtc_peer_poll_join (RtcPeer *self, GstClockTime now)
{
  if (self->n_catching_up == 0 || self->srtp == NULL || self->failure != NULL)
    return;
  for (guint i = 0; i < self->sections->len; i++) {
    const RtcPeerSection *section = rtc_peer_section (self, i);

    if (section->catch_up.next != 0 && rtc_time_is_due (section->catch_up.due, now))
      peer_run_catch_up (
          self, now, i, rtc_packet_history_get_newest (rtc_fanout_get_history (section->fanout)));
  }
}

GstClockTime
rtc_peer_join_deadline (const RtcPeer *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  if (self->n_catching_up == 0)
    return GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < self->sections->len; i++) {
    const RtcPeerSection *section = rtc_peer_section (self, i);

    if (section->catch_up.next != 0)
      deadline = rtc_time_min (deadline, section->catch_up.due);
  }
  return deadline;
}

/* Whoever can be seen from now on shall see something at once. */
void
rtc_peer_start_picture (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);

  if (self->srtp == NULL || section->fanout == NULL || !section->send.wait_for_key_frame)
    return;
  rtc_peer_end_catch_up (self, section);
  if (!peer_begin_catch_up (self, now, transceiver) && !peer_send_recent (self, now, transceiver))
    rtc_fanout_request_key_frame (section->fanout, now, TRUE);
}
