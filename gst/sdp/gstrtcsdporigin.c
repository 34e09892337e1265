/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdporigin.h"

#include "gst/sdp/gstrtcsdpaddress.h"

/* What the stream's next packets have: number and time stamp a little ahead. */
static gboolean
goes_on (const GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  guint16 ahead = (guint16) (packet->seq - self->seq);
  gint64 ticks = (gint32) (packet->rtp_time - self->rtp_time);
  gint64 passed = (packet->now - self->last) * packet->clock_rate / G_TIME_SPAN_SECOND;

  return ahead > 0 && ahead <= GST_RTC_SDP_ORIGIN_GAP
         && ABS (ticks - passed) <= (gint64) GST_RTC_SDP_ORIGIN_SLACK * packet->clock_rate;
}

static gboolean
has_moved (const GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  if (packet->is_authentic)
    return TRUE;
  if (!gst_rtc_sdp_address_is_same_host (self->owner, packet->from))
    return FALSE;
  if (packet->is_rtcp)
    return packet->gets_reports;
  return packet->now - self->last >= GST_RTC_SDP_ORIGIN_SILENCE && goes_on (self, packet);
}

/* Something came from who has it. What was overtaken on the way says nothing. */
static void
note_owner (GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  self->last = packet->now;
  if (packet->now - self->since >= GST_RTC_SDP_ORIGIN_SETTLED)
    g_set_object (&self->home, self->owner);
  if ((gint16) (packet->seq - self->seq) <= 0)
    return;
  self->seq = packet->seq;
  self->rtp_time = packet->rtp_time;
}

static void
set_owner (GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  g_set_object (&self->owner, packet->from);
  self->since = self->last = packet->now;
  self->seq = packet->seq;
  self->rtp_time = packet->rtp_time;
}

static void
begin (GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  g_set_object (&self->first, packet->from);
  g_set_object (&self->home, packet->from);
  set_owner (self, packet);
}

static void
move (GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet, GSocketAddress **left)
{
  *left = g_object_ref (self->owner);
  set_owner (self, packet);
}

GSocketAddress *
gst_rtc_sdp_origin_note (
    GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet, GSocketAddress **left)
{
  *left = NULL;
  if (self->first == NULL)
    begin (self, packet);
  else if (gst_rtc_sdp_address_is_same (self->owner, packet->from))
    note_owner (self, packet);
  else if (gst_rtc_sdp_address_is_same (self->home, packet->from)) {
    if (packet->is_rtcp || (gint16) (packet->seq - self->seq) > 0)
      move (self, packet, left);
  } else if (has_moved (self, packet))
    move (self, packet, left);
  else if (packet->now - self->last >= GST_RTC_SDP_ORIGIN_SETTLED)
    begin (self, packet);
  else
    return packet->from;
  return self->first;
}

void
gst_rtc_sdp_origin_clear (GstRtcSdpOrigin *self)
{
  g_clear_object (&self->first);
  g_clear_object (&self->home);
  g_clear_object (&self->owner);
}
