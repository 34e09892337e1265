/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_cc

/* After frames were dropped, or when repair has failed, the encoder is asked for a key frame: again
 * after PEER_WISH_INTERVAL, and where there are other viewers, whom key frames cost quality, twice
 * as long each time, up to PEER_WISH_INTERVAL_MAX. A peer that wishes for none for twice as long
 * begins anew. */
#define PEER_WISH_INTERVAL (1 * GST_SECOND)
#define PEER_WISH_INTERVAL_MAX (4 * GST_SECOND)

/* PEER_FALL_MEMORY: a target below half of what it was within this time, with PEER_FALL_LOST
 * packets lost since, is a path that has become narrower. */
#define PEER_FALL_MEMORY (1 * GST_SECOND)
#define PEER_FALL_LOST 5

/* PEER_RATE_FIRST: the encoder is told of the new rate before it is asked for a key frame, which
 * would else be as large as the old rate allows, and take longer than all that it mends. */
#define PEER_RATE_FIRST (50 * GST_MSECOND)

/* PEER_SRTP_TAG: bytes that protection appends, about (RFC 7714 13.2). */
#define PEER_SRTP_TAG 16

/* PEER_MAX_PADDING: packets of padding made in one turn. */
#define PEER_MAX_PADDING 64

/* --- key frames on our own account -------------------------------------------------------------
 */

static void
peer_ask_key_frame (GstClockTime now, RtcPeerSection *section)
{
  const RtcSendStream *send = &section->send;
  gboolean is_stuck = section->is_stuck && send->counters.key_frames == section->stuck_key_frames
                      && !rtc_send_stream_has_waiting_key_frame (send);

  section->key_frame_due = GST_CLOCK_TIME_NONE;
  section->wish_asked = now;
  section->is_stuck = FALSE;
  if (send->wait_for_key_frame || is_stuck)
    rtc_peer_wish_key_frame (section, now, FALSE);
}

/* When the key frame may be asked for: after delay for the first one in a long time. */
static void
peer_schedule_key_frame (GstClockTime now, RtcPeerSection *section, GstClockTime delay)
{
  if (section->key_frame_due != GST_CLOCK_TIME_NONE)
    return;
  if (section->wish_interval == 0
      || rtc_time_elapsed (section->wish_asked, now) > 2 * section->wish_interval) {
    section->wish_interval = PEER_WISH_INTERVAL;
    section->key_frame_due = now + delay;
    if (delay == 0)
      peer_ask_key_frame (now, section);
    return;
  }
  section->key_frame_due = section->wish_asked + section->wish_interval;
  if (section->fanout != NULL && rtc_fanout_get_n_peers (section->fanout) > 1)
    section->wish_interval = MIN (2 * section->wish_interval, PEER_WISH_INTERVAL_MAX);
}

void
rtc_peer_handle_stuck (RtcPeer *self, GstClockTime now, RtcPeerSection *section)
{
  if (!section->is_stuck)
    GST_DEBUG_ID (self->id, "%" GST_TIME_FORMAT ": repair of %08x has failed, a key frame instead",
        GST_TIME_ARGS (now), section->send.config.rewrite.ssrc);
  section->is_stuck = TRUE;
  section->stuck_key_frames = section->send.counters.key_frames;
  if (self->rate != NULL)
    peer_schedule_key_frame (now, section, 0);
  else
    peer_ask_key_frame (now, section);
}

/* --- dropping ----------------------------------------------------------------------------------
 */

/* What waits is left out, and so is what comes before the next key frame. */
static void
peer_skip_to_key_frame (RtcPeer *self, GstClockTime now, guint transceiver, guint n_refused)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  guint n = rtc_pacer_drop (&self->rate->pacer, RTC_PACER_VIDEO, transceiver) + n_refused;

  rtc_pacer_drop (&self->rate->pacer, RTC_PACER_RETRANSMISSION, transceiver);
  rtc_nack_responder_note_all_dropped (&section->send.nack);
  section->pacer_drops++;
  GST_DEBUG_ID (self->id,
      "%" GST_TIME_FORMAT ": %u packets of %u dropped up to the next key frame: target "
      "%" G_GUINT64_FORMAT " bit/s, waiting %" GST_TIME_FORMAT,
      GST_TIME_ARGS (now), n, transceiver, self->rate->target.target_bps,
      GST_TIME_ARGS (rtc_pacer_get_wait (&self->rate->pacer, now)));
  rtc_send_stream_skip (&section->send, n);
}

/* What is older than a key frame that waits is left out: nothing builds on it. FALSE: none waits.
 */
static gboolean
peer_drop_older (RtcPeer *self, guint transceiver)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  guint n;

  if (!rtc_pacer_drop_to_key_frame (&self->rate->pacer, transceiver, &n))
    return FALSE;
  if (n > 0) {
    rtc_pacer_drop (&self->rate->pacer, RTC_PACER_RETRANSMISSION, transceiver);
    rtc_nack_responder_note_all_dropped (&section->send.nack);
    rtc_send_stream_hide (&section->send, n);
    section->pacer_drops++;
  }
  return TRUE;
}

/* What waits has waited for too long; delay: before the next key frame is asked for. */
static void
peer_drop_to_key_frame (RtcPeer *self, GstClockTime now, guint transceiver, GstClockTime delay)
{
  if (peer_drop_older (self, transceiver))
    return;
  peer_skip_to_key_frame (self, now, transceiver, 0);
  peer_schedule_key_frame (now, rtc_peer_section (self, transceiver), delay);
}

/* The queue has no room for a packet; a key frame that waits stays in it. */
static void
peer_push_refused (RtcPeer *self, GstClockTime now, guint transceiver, const RtcPacerEntry *waiting)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);

  if (!peer_drop_older (self, transceiver)) {
    peer_skip_to_key_frame (self, now, transceiver, 1);
  } else if (rtc_pacer_push (&self->rate->pacer, now, RTC_PACER_VIDEO, waiting) != RTC_OK) {
    section->pacer_drops++;
    rtc_send_stream_skip_from (&section->send, waiting->number);
  } else {
    return;
  }
  peer_schedule_key_frame (now, section, 0);
}

void
rtc_peer_note_fall (RtcPeer *self, GstClockTime now, guint n_lost)
{
  RtcPeerRate *rate = self->rate;
  guint64 target = rate->target.target_bps;

  if (target >= rate->high_bps || rtc_time_elapsed (rate->high_at, now) > PEER_FALL_MEMORY) {
    rate->high_bps = target;
    rate->high_at = now;
  }
  if (target * 2 >= rate->high_bps) {
    rate->n_lost_falling = 0;
    rate->is_narrow = FALSE;
    return;
  }
  rate->n_lost_falling += n_lost;
  /* Without a queue that grows it is a link that loses packets whatever is sent. */
  rate->is_narrow |= rate->target.state == RTC_CC_STATE_OVERUSE;
  if (rate->n_lost_falling < PEER_FALL_LOST || !rate->is_narrow)
    return;
  rate->high_bps = target;
  rtc_pacer_forgive (&rate->pacer, now);
  for (guint i = 0; i < self->sections->len; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (section->fanout == NULL || section->send.config.kind != RTC_MEDIA_VIDEO
        || section->send.wait_for_key_frame)
      continue;
    peer_drop_to_key_frame (self, now, i, PEER_RATE_FIRST);
    /* Repairs of what is given up shall not use up what the key frame may need. */
    rtc_nack_responder_forgive (&section->send.nack);
  }
}

void
rtc_peer_drop_waiting (RtcPeer *self, guint transceiver)
{
  if (self->rate == NULL)
    return;
  for (guint klass = RTC_PACER_RETRANSMISSION; klass <= RTC_PACER_FEC; klass++)
    rtc_pacer_drop (&self->rate->pacer, (RtcPacerClass) klass, transceiver);
  rtc_nack_responder_note_all_dropped (&rtc_peer_section (self, transceiver)->send.nack);
}

void
rtc_peer_note_emptied (RtcPeer *self)
{
  for (guint i = 0; i < self->sections->len; i++)
    rtc_nack_responder_note_all_dropped (&rtc_peer_section (self, i)->send.nack);
}

GstClockTime
rtc_peer_key_frame_deadline (const RtcPeer *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < self->sections->len; i++)
    deadline = rtc_time_min (deadline, rtc_peer_section (self, i)->key_frame_due);
  return deadline;
}

/* --- passing or waiting ------------------------------------------------------------------------
 */

static guint16
peer_entry_len (const RtcPeerSection *section, const RtcPacketHistoryEntry *entry)
{
  return (guint16) (entry->payload_len + rtc_rewrite_get_overhead (&section->send.rewrite)
                    + PEER_SRTP_TAG + RTC_CC_OVERHEAD);
}

gboolean
rtc_peer_hold_media (
    RtcPeer *self, GstClockTime now, guint transceiver, const RtcPacketHistoryEntry *entry)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  gboolean is_audio = section->send.config.kind == RTC_MEDIA_AUDIO;
  RtcPacer *pacer = &self->rate->pacer;
  RtcPacerEntry waiting;

  if (rtc_pacer_may_pass (pacer, now, is_audio ? RTC_PACER_AUDIO : RTC_PACER_VIDEO))
    return FALSE;
  waiting = (RtcPacerEntry){ .number = entry->ext_seq,
    .frame = entry->rtp_ts,
    .len = peer_entry_len (section, entry),
    .stream = (guint16) transceiver,
    .slot = (guint8) section->send.slot,
    .is_key_frame = rtc_send_stream_is_key_frame (&section->send, entry) };
  if (rtc_pacer_push (pacer, now, RTC_PACER_VIDEO, &waiting) != RTC_OK)
    peer_push_refused (self, now, transceiver, &waiting);
  return TRUE;
}

gboolean
rtc_peer_hold_resend (
    RtcPeer *self, GstClockTime now, guint transceiver, const RtcNackResend *resend)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  RtcPacer *pacer = &self->rate->pacer;
  RtcPacerEntry waiting;

  if (rtc_pacer_may_pass (pacer, now, RTC_PACER_RETRANSMISSION))
    return FALSE;
  waiting = (RtcPacerEntry){ .number = resend->seq,
    .len = peer_entry_len (section, resend->entry),
    .stream = (guint16) transceiver };
  /* Refused: it will be asked for again. */
  if (rtc_pacer_push (pacer, now, RTC_PACER_RETRANSMISSION, &waiting) != RTC_OK)
    rtc_nack_responder_note_dropped (&section->send.nack, resend->seq);
  return TRUE;
}

/* --- leaving -----------------------------------------------------------------------------------
 */

static void
peer_release_media (RtcPeer *self, GstClockTime now, const RtcPacerEntry *waiting)
{
  RtcPeerSection *section = rtc_peer_section (self, waiting->stream);
  RtcPacketHistory *history = section->send.histories[waiting->slot];
  const RtcPacketHistoryEntry *entry =
      history == NULL ? NULL : rtc_packet_history_find (history, now, waiting->number);

  if (entry != NULL)
    rtc_peer_send_media (self, now, waiting->stream, entry, waiting->queued);
}

static void
peer_release_resend (RtcPeer *self, GstClockTime now, const RtcPacerEntry *waiting)
{
  RtcPeerSection *section = rtc_peer_section (self, waiting->stream);
  RtcNackResend resend = { .seq = (guint16) waiting->number };

  resend.entry = rtc_send_stream_find_sent (&section->send, now, resend.seq);
  if (resend.entry != NULL)
    rtc_peer_send_resend (self, now, waiting->stream, &resend, waiting->queued);
  else
    rtc_nack_responder_note_dropped (&section->send.nack, resend.seq);
}

static void
peer_release_waiting (RtcPeer *self, GstClockTime now)
{
  RtcPacer *pacer = &self->rate->pacer;
  RtcPacerEntry waiting;
  RtcPacerClass klass;
  guint transceiver;

  rtc_pacer_handle_late (pacer, now);
  for (;;) {
    while (rtc_pacer_has_expired (pacer, now, &transceiver))
      peer_drop_to_key_frame (self, now, transceiver, 0);
    if (!rtc_pacer_pop (pacer, now, &klass, &waiting))
      return;
    if (klass == RTC_PACER_RETRANSMISSION)
      peer_release_resend (self, now, &waiting);
    else
      peer_release_media (self, now, &waiting);
  }
}

/* --- padding -----------------------------------------------------------------------------------
 */

static gboolean
peer_send_padding (RtcPeer *self, GstClockTime now, guint wanted)
{
  for (guint i = 0; i < self->sections->len; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);
    guint8 data[RTC_MAX_DATAGRAM];
    RtcRewritten rewritten;

    if (!section->can_send || section->send.config.kind != RTC_MEDIA_VIDEO
        || rtc_send_stream_build_padding (
               &section->send, now, wanted, data, sizeof data - RTC_SRTP_MAX_OVERHEAD, &rewritten)
               != RTC_OK)
      continue;
    return rtc_peer_protect_and_send_rtp (self, now, data, rewritten.len, sizeof data,
               &rewritten.slots, RTC_PACER_PADDING, now)
           == RTC_OK;
  }
  return FALSE;
}

static void
peer_release_padding (RtcPeer *self, GstClockTime now)
{
  RtcPacer *pacer = &self->rate->pacer;
  guint wanted;

  for (guint i = 0; i < PEER_MAX_PADDING; i++) {
    wanted = rtc_pacer_get_padding (pacer, now);
    if (wanted == 0)
      return;
    if (!peer_send_padding (self, now, wanted))
      break;
  }
  rtc_pacer_end_padding (pacer, now);
}

void
rtc_peer_release (RtcPeer *self, GstClockTime now)
{
  for (guint i = 0; i < self->sections->len; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (rtc_time_is_due (section->key_frame_due, now))
      peer_ask_key_frame (now, section);
  }
  peer_release_waiting (self, now);
  peer_release_padding (self, now);
}
