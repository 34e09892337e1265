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
  gboolean is_same_host = gst_rtc_sdp_address_is_same_host (self->owner, packet->from);
  gint64 silence = packet->now - self->last;

  if (packet->is_authentic)
    return TRUE;
  if (!is_same_host && silence < GST_RTC_SDP_ORIGIN_SETTLED)
    return FALSE;
  if (packet->is_rtcp)
    return packet->gets_reports;
  return silence >= GST_RTC_SDP_ORIGIN_RESTART
         || (silence >= GST_RTC_SDP_ORIGIN_SILENCE && goes_on (self, packet));
}

/* Who had it on the home's host keeps the right to come back for longer than a port does. */
static gboolean
is_settled (const GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  gboolean is_near =
      packet->is_authentic || gst_rtc_sdp_address_is_same_host (self->home, self->owner);

  return packet->now - self->since
         >= (is_near ? GST_RTC_SDP_ORIGIN_SETTLED : GST_RTC_SDP_ORIGIN_AWAY);
}

/* Something came from who has it. What was overtaken on the way says nothing. */
static void
note_owner (GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  gint16 ahead = (gint16) (packet->seq - self->seq);
  gboolean is_late = ahead <= 0 && ahead > -GST_RTC_SDP_ORIGIN_GAP
                     && packet->now - self->last < GST_RTC_SDP_ORIGIN_RESTART;

  self->last = packet->now;
  if (is_settled (self, packet))
    g_set_object (&self->home, self->owner);
  if (is_late)
    return;
  self->seq = packet->seq;
  self->rtp_time = packet->rtp_time;
}

/* From home: not of before the move. Numbers do not say so when they are others'. */
static gboolean
is_news (const GstRtcSdpOrigin *self, const GstRtcSdpOriginPacket *packet)
{
  return packet->is_rtcp || self->is_anew || (gint16) (packet->seq - self->seq) > 0;
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
  self->is_anew = !packet->is_rtcp && !packet->is_authentic && !goes_on (self, packet);
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
    if (is_news (self, packet))
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
