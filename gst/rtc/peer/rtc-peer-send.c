/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/base/rtc-prefetch.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_rtp

void
rtc_peer_switch (RtcPeer *self, guint transceiver, RtcFanout *fanout)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  guint slot;

  rtc_peer_detach (self, transceiver);
  slot = rtc_send_stream_set_source (&section->send, rtc_fanout_get_history (fanout),
      rtc_fanout_get_config (fanout)->wait_for_key_frame);
  rtc_fanout_ref (fanout);
  rtc_fanout_unref (section->slots[slot]);
  section->slots[slot] = fanout;
  section->fanout = fanout;
  rtc_fanout_add_peer (fanout, self, transceiver);
}

RtcResult
rtc_peer_attach (RtcPeer *self, GstClockTime now, guint transceiver, RtcFanout *fanout)
{
  RtcPeerSection *section;

  if (transceiver >= self->sections->len || self->is_closed || self->failure != NULL)
    return RTC_ERR_STATE;
  section = rtc_peer_section (self, transceiver);
  if (fanout != NULL && !section->can_send)
    return RTC_ERR_STATE;
  rtc_peer_forget_next (self, transceiver);
  if (section->fanout == fanout)
    return RTC_OK;
  if (fanout == NULL) {
    rtc_peer_detach (self, transceiver);
    return RTC_OK;
  }
  rtc_peer_switch (self, transceiver, fanout);
  /* Before there are keys nothing can be sent; peer_handle_keys() does it then. */
  rtc_peer_start_picture (self, now, transceiver);
  return RTC_OK;
}

RtcFanout *
rtc_peer_find_fanout (const RtcPeer *self, guint transceiver)
{
  if (transceiver >= self->sections->len)
    return NULL;
  return rtc_peer_section (self, transceiver)->fanout;
}

void
rtc_peer_detach (RtcPeer *self, guint transceiver)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);

  rtc_peer_forget_next (self, transceiver);
  if (section->fanout == NULL)
    return;
  rtc_fanout_remove_peer (section->fanout, self, transceiver);
  rtc_peer_end_catch_up (self, section);
  rtc_send_stream_set_source (&section->send, NULL, FALSE);
  rtc_peer_drop_waiting (self, transceiver);
  section->key_frame_due = GST_CLOCK_TIME_NONE;
  /* The slot keeps its reference: NACKs for what was sent can still be answered. */
  section->fanout = NULL;
}

/* The packet at data, whose payload may lie elsewhere. Where we keep the ICE agent's own memory
 * (is_reserved), it is encrypted on the way there and not copied again. */
static RtcResult
peer_protect_and_send (RtcPeer *self, GstClockTime now, guint8 *data, const RtcRewritten *packet,
    gsize body_len, gsize cap, gboolean is_reserved, RtcPacerClass klass, GstClockTime queued)
{
  const RtcRtpExtensionSlots *slots = &packet->slots;
  gboolean is_counted = slots->twcc != 0 && self->rate != NULL && self->rate->twcc != NULL;
  gsize len = packet->len;
  RtcResult result;

  rtc_rtp_extension_patch_abs_send_time (slots, data, len, rtc_time_abs_send (now));
  if (slots->twcc != 0)
    rtc_rtp_extension_patch_twcc (slots, data, len,
        is_counted ? rtc_twcc_sender_get_next (self->rate->twcc) : self->twcc_seq++);
  if (packet->body != NULL)
    result = self->srtp->vtable->protect_rtp_from (
        self->srtp, data, len - body_len, packet->body, body_len, &len, cap);
  else
    result = self->srtp->vtable->protect_rtp (self->srtp, data, &len, cap);
  if (result == RTC_OK)
    result = is_reserved ? self->ice->vtable->commit (self->ice, now, len)
                         : self->ice->vtable->send (self->ice, now, data, len);
  if (result != RTC_OK) {
    self->counters.dropped_send++;
    return result;
  }
  if (self->rate != NULL)
    rtc_peer_note_sent (self, now, klass, (guint) len, is_counted, queued);
  self->counters.rtp_sent++;
  self->is_dirty = TRUE;
  return RTC_OK;
}

RtcResult
rtc_peer_protect_and_send_rtp (RtcPeer *self, GstClockTime now, guint8 *data, gsize len, gsize cap,
    const RtcRtpExtensionSlots *slots, RtcPacerClass klass, GstClockTime queued)
{
  RtcRewritten packet = { .len = len, .slots = *slots };

  return peer_protect_and_send (self, now, data, &packet, 0, cap, FALSE, klass, queued);
}

void
rtc_peer_protect_and_send_rtcp (RtcPeer *self, GstClockTime now, guint8 *data, gsize len, gsize cap)
{
  if (self->srtp->vtable->protect_rtcp (self->srtp, data, &len, cap) != RTC_OK
      || self->ice->vtable->send (self->ice, now, data, len) != RTC_OK) {
    self->counters.dropped_send++;
    return;
  }
  self->counters.rtcp_sent++;
  self->is_dirty = TRUE;
}

/* The parities that the last packet has completed. */
static void
peer_send_parities (RtcPeer *self, GstClockTime now, RtcPeerSection *section)
{
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRewritten rewritten;
  RtcResult result;

  for (;;) {
    result = rtc_send_stream_build_fec (
        &section->send, now, data, sizeof data - RTC_SRTP_MAX_OVERHEAD, &rewritten);
    if (result == RTC_AGAIN)
      return;
    if (result == RTC_OK)
      rtc_peer_protect_and_send_rtp (
          self, now, data, rewritten.len, sizeof data, &rewritten.slots, RTC_PACER_FEC, now);
  }
}

void
rtc_peer_send_media (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcPacketHistoryEntry *entry, GstClockTime queued)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  RtcPacerClass klass =
      section->send.config.kind == RTC_MEDIA_AUDIO ? RTC_PACER_AUDIO : RTC_PACER_VIDEO;
  guint8 own[RTC_MAX_DATAGRAM], *data = NULL;
  gboolean is_reserved;
  RtcRewritten rewritten;
  RtcResult result;

  if (self->ice->vtable->reserve != NULL)
    data = self->ice->vtable->reserve (self->ice, sizeof own);
  is_reserved = data != NULL;
  if (!is_reserved)
    data = own;
  result = (self->srtp->vtable->protect_rtp_from != NULL ? rtc_send_stream_build_head
                                                         : rtc_send_stream_build) (
      &section->send, now, entry, data, sizeof own - RTC_SRTP_MAX_OVERHEAD, &rewritten);
  if (result != RTC_OK)
    return;
  section->send.counters.total_delay += rtc_time_elapsed (queued, now);
  peer_protect_and_send (
      self, now, data, &rewritten, entry->payload_len, sizeof own, is_reserved, klass, queued);
  if (rtc_send_fec_is_active (&section->send.fec))
    peer_send_parities (self, now, section);
}

void
rtc_peer_send_resend (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcNackResend *resend, GstClockTime queued)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRewritten rewritten;

  if (rtc_send_stream_build_rtx (
          &section->send, now, resend, data, sizeof data - RTC_SRTP_MAX_OVERHEAD, &rewritten)
          != RTC_OK
      || rtc_peer_protect_and_send_rtp (self, now, data, rewritten.len, sizeof data,
             &rewritten.slots, RTC_PACER_RETRANSMISSION, queued)
             != RTC_OK)
    return;
  /* So that feedback can tell what became of it. */
  if (rewritten.slots.twcc != 0 && self->rate != NULL && self->rate->twcc != NULL)
    rtc_twcc_sender_name (self->rate->twcc, PEER_REPAIR_NAME (transceiver, resend->seq));
}

/* --- many viewers ------------------------------------------------------------------------------
 */

/* Bytes of an RtcSrtp and an RtcIce that sending looks at, about. */
#define PREFETCH_BACKEND 320

static void
prefetch_section (const RtcPeerSection *section)
{
  const RtcSendStream *send = &section->send;
  const RtcRewrite *rewrite = &send->rewrite;

  rtc_prefetch (section, offsetof (RtcPeerSection, send.config.mid));
  rtc_prefetch (&send->stats, offsetof (RtcSendStats, has_report));
  rtc_prefetch (&send->counters, sizeof send->counters);
  rtc_prefetch (&rewrite->config, sizeof rewrite->config);
  rtc_prefetch (
      &rewrite->n_segments, offsetof (RtcRewrite, values) - offsetof (RtcRewrite, n_segments));
  rtc_prefetch (&rewrite->block, sizeof rewrite->block);
  rtc_prefetch (&send->fec.policy, offsetof (RtcSendFec, next_seq) - offsetof (RtcSendFec, policy));
  rtc_prefetch (
      &send->histories, offsetof (RtcSendStream, wait) - offsetof (RtcSendStream, histories));
  rtc_prefetch (&send->capture_time, sizeof send->capture_time);
}

void
rtc_peer_prefetch (const RtcPeer *self, const RtcPeerSection *section, guint step)
{
  switch (step) {
    case 0:
      rtc_prefetch (&self->jsep, offsetof (RtcPeer, failure) - offsetof (RtcPeer, jsep));
      rtc_prefetch (&self->sections, 1);
      rtc_prefetch (&self->rate, 32);
      rtc_prefetch (&self->counters.rtp_sent, 1);
      prefetch_section (section);
      break;
    case 1:
      if (self->srtp != NULL)
        rtc_prefetch (self->srtp, PREFETCH_BACKEND);
      rtc_prefetch (self->ice, PREFETCH_BACKEND);
      rtc_prefetch (self->sections, sizeof *self->sections);
      break;
    default:
      rtc_prefetch (self->sections->pdata, 1);
      rtc_prefetch (rtc_rewrite_get_segment (&section->send.rewrite), sizeof (RtcRewriteSegment));
      if (self->srtp != NULL && self->srtp->vtable->prefetch != NULL)
        self->srtp->vtable->prefetch (self->srtp, section->send.rewrite.config.ssrc);
      if (self->ice->vtable->prefetch != NULL)
        self->ice->vtable->prefetch (self->ice);
      break;
  }
}

void
rtc_peer_send_rtp (
    RtcPeer *self, GstClockTime now, guint transceiver, const RtcPacketHistoryEntry *entry)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);

  if (self->srtp == NULL || self->failure != NULL || self->is_closed
      || (self->rate != NULL && self->rate->is_paused)) {
    section->early_drops++;
    return;
  }
  if (section->catch_up.next != 0) {
    rtc_peer_catch_up (self, now, transceiver, entry);
    return;
  }
  if (!rtc_send_stream_admit (&section->send, entry))
    return;
  if (self->rate != NULL && rtc_peer_hold_media (self, now, transceiver, entry))
    return;
  rtc_peer_send_media (self, now, transceiver, entry, now);
}
