/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Going over from one encoding of a picture to another, and leaving out temporal layers. */
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_rtp

/* PEER_ROOM: one part in so many of the queue on the way is to be gone before the key frame leaves,
 * which then does not overflow it. That takes no time: it would wait in the queue else. */
#define PEER_ROOM 2

void
rtc_peer_forget_next (RtcPeer *self, guint transceiver)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);

  rtc_send_stream_stay (&section->send);
  if (section->next == NULL)
    return;
  rtc_fanout_remove_waiting (section->next, self, transceiver);
  g_clear_pointer (&section->next, rtc_fanout_unref);
}

void
rtc_peer_wish_key_frame (RtcPeerSection *section, GstClockTime now, gboolean joining)
{
  /* A key frame of what is being left would be for nothing. */
  RtcFanout *fanout = section->next != NULL ? section->next : section->fanout;

  if (fanout != NULL)
    rtc_fanout_request_key_frame (fanout, now, joining);
}

RtcFanout *
rtc_peer_find_next (const RtcPeer *self, guint transceiver)
{
  if (transceiver >= self->sections->len)
    return NULL;
  return rtc_peer_section (self, transceiver)->next;
}

void
rtc_peer_leave (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcPeerSection *section;
  RtcPeerRate *rate = self->rate;
  guint n = 0;

  if (transceiver >= self->sections->len)
    return;
  section = rtc_peer_section (self, transceiver);
  if (section->fanout == NULL || section->send.is_leaving
      || !rtc_fanout_get_config (section->fanout)->wait_for_key_frame)
    return;
  if (rate != NULL) {
    n = rtc_pacer_drop (&rate->pacer, RTC_PACER_VIDEO, transceiver);
    rtc_peer_drop_waiting (self, transceiver);
    /* This is the way back to a picture; what is yet to be heard of as lost needs no other. */
    rate->high_bps = rate->target.target_bps;
    rate->high_at = now;
    rate->n_lost_falling = 0;
    rtc_pacer_hold (&rate->pacer, now + rate->target.queue / PEER_ROOM);
  }
  rtc_send_stream_leave (&section->send, n);
}

void
rtc_peer_stay (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcPeerSection *section;

  if (transceiver >= self->sections->len)
    return;
  section = rtc_peer_section (self, transceiver);
  rtc_peer_forget_next (self, transceiver);
  if (section->send.wait_for_key_frame)
    rtc_peer_wish_key_frame (section, now, FALSE);
}

RtcResult
rtc_peer_attach_next (
    RtcPeer *self, GstClockTime now, guint transceiver, RtcFanout *fanout, gboolean hurry)
{
  RtcPeerSection *section;

  if (transceiver >= self->sections->len || self->is_closed || self->failure != NULL)
    return RTC_ERR_STATE;
  section = rtc_peer_section (self, transceiver);
  if (fanout == section->fanout && fanout != NULL) {
    rtc_peer_stay (self, now, transceiver);
    return RTC_OK;
  }
  if (hurry && fanout != NULL)
    rtc_peer_leave (self, now, transceiver);
  if (fanout == NULL || section->fanout == NULL || self->srtp == NULL
      || !rtc_fanout_get_config (fanout)->wait_for_key_frame
      || (hurry && rtc_peer_has_recent_key_frame (fanout, now)))
    return rtc_peer_attach (self, now, transceiver, fanout);
  if (section->next != fanout) {
    rtc_peer_forget_next (self, transceiver);
    section->next = rtc_fanout_ref (fanout);
    rtc_fanout_add_waiting (fanout, self, transceiver);
  }
  GST_DEBUG_ID (self->id, "%u goes over to %s%s", transceiver, rtc_fanout_get_config (fanout)->name,
      hurry ? ", sends nothing until then" : "");
  rtc_fanout_request_key_frame (fanout, now, hurry);
  return RTC_OK;
}

void
rtc_peer_take_next (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcPeerSection *section = rtc_peer_section (self, transceiver);
  RtcFanout *fanout = g_steal_pointer (&section->next);

  if (fanout == NULL)
    return;
  GST_DEBUG_ID (self->id, "%u is with %s", transceiver, rtc_fanout_get_config (fanout)->name);
  rtc_peer_switch (self, transceiver, fanout);
  rtc_fanout_unref (fanout);
}

void
rtc_peer_set_temporal (RtcPeer *self, guint transceiver, guint8 highest)
{
  if (transceiver < self->sections->len)
    rtc_send_stream_set_temporal (&rtc_peer_section (self, transceiver)->send, highest);
}
