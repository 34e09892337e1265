/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcjitterbuffersync.c - sender reports into the jitter buffer, lip sync out of it. */
#include "gst/media/gstrtcjitterbufferprivate.h"

#include <gst/rtp/rtp.h>

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Per frame while a later offset is approached: 3 % for video of 30/s, 5 % for sound of 20 ms. */
#define SLEW_PER_FRAME GST_MSECOND

/* --- lip sync --------------------------------------------------------------------------------- */

/* Of the group; see GstRtcSyncFunc. */
static void
on_offset (gpointer data, GstClockTimeDiff offset, gboolean is_first)
{
  GstRtcJitterBuffer *self = data;
  GstElement *element = g_weak_ref_get (&self->element);

  if (element == NULL)
    return;
  /* 0: at once. */
  g_object_set (element, "max-ts-offset-adjustment",
      is_first ? G_GUINT64_CONSTANT (0) : (guint64) SLEW_PER_FRAME, "ts-offset", (gint64) offset,
      NULL);
  gst_object_unref (element);
}

/* The NTP time of the SR that rtcp begins with, ns; FALSE when there is none. */
static gboolean
read_ntp_time (GstBuffer *rtcp, GstClockTime *ntp)
{
  GstRTCPBuffer map = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  guint64 ntp64 = 0;

  if (!gst_rtcp_buffer_map (rtcp, GST_MAP_READ, &map))
    return FALSE;
  if (gst_rtcp_buffer_get_first_packet (&map, &packet)
      && gst_rtcp_packet_get_type (&packet) == GST_RTCP_TYPE_SR)
    gst_rtcp_packet_sr_get_sender_info (&packet, NULL, &ntp64, NULL, NULL, NULL);
  gst_rtcp_buffer_unmap (&map);
  *ntp = gst_util_uint64_scale (ntp64, GST_SECOND, G_GUINT64_CONSTANT (1) << 32);
  return ntp64 != 0;
}

/* The jitter buffer put a sender report together with its own clock: "handle-sync". */
void
gst_rtc_jitter_buffer_on_handle_sync (
    GstElement *element, GstStructure *sync, GstRtcJitterBuffer *self)
{
  guint64 base_rtptime, base_time, sr_rtptime;
  GstClockTimeDiff running;
  GstBuffer *rtcp = NULL;
  GstRtcSyncGroup *group = NULL;
  GstClockTime ntp;
  guint clock_rate, id = 0;

  if (!gst_structure_get (sync, "base-rtptime", G_TYPE_UINT64, &base_rtptime, "base-time",
          G_TYPE_UINT64, &base_time, "clock-rate", G_TYPE_UINT, &clock_rate, "sr-ext-rtptime",
          G_TYPE_UINT64, &sr_rtptime, "sr-buffer", GST_TYPE_BUFFER, &rtcp, NULL))
    return;
  if (clock_rate > 0 && rtcp != NULL && read_ntp_time (rtcp, &ntp)) {
    if (sr_rtptime >= base_rtptime)
      running = (GstClockTimeDiff) (base_time
                                    + gst_util_uint64_scale (
                                        sr_rtptime - base_rtptime, GST_SECOND, clock_rate));
    else
      running = (GstClockTimeDiff) (base_time
                                    - gst_util_uint64_scale (
                                        base_rtptime - sr_rtptime, GST_SECOND, clock_rate));
    g_mutex_lock (&self->lock);
    if (self->sync_group != NULL)
      group = g_object_ref (self->sync_group);
    id = self->sync_id;
    g_mutex_unlock (&self->lock);
    if (group != NULL)
      gst_rtc_sync_group_update (group, id, running - (GstClockTimeDiff) ntp);
  }
  g_clear_object (&group);
  gst_clear_buffer (&rtcp);
}

/* Takes group (nullable). */
void
gst_rtc_jitter_buffer_take_sync_group (GstRtcJitterBuffer *self, GstRtcSyncGroup *group)
{
  guint id = group == NULL ? 0 : gst_rtc_sync_group_add (group, on_offset, self);
  GstRtcSyncGroup *old;
  guint old_id;

  g_mutex_lock (&self->lock);
  old = self->sync_group;
  old_id = self->sync_id;
  self->sync_group = group;
  self->sync_id = id;
  g_mutex_unlock (&self->lock);
  if (old != NULL)
    gst_rtc_sync_group_remove (old, old_id);
  g_clear_object (&old);
}

/* The pad for RTCP, ready for a buffer; NULL when the jitter buffer has none to give. */
static GstPad *
get_rtcp_pad (GstElement *element)
{
  GstPad *pad = gst_element_get_static_pad (element, "sink_rtcp");
  GstEvent *event;
  GstCaps *caps;
  GstSegment segment;

  if (pad == NULL)
    pad = gst_element_request_pad_simple (element, "sink_rtcp");
  if (pad == NULL)
    return NULL;
  event = gst_pad_get_sticky_event (pad, GST_EVENT_STREAM_START, 0);
  if (event != NULL) {
    gst_event_unref (event);
    return pad;
  }
  caps = gst_caps_new_empty_simple ("application/x-rtcp");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (pad, gst_event_new_stream_start ("rtcp"));
  gst_pad_send_event (pad, gst_event_new_caps (caps));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  return pad;
}

/* A packet with the SR of ssrc alone, without report blocks; NULL when rtcp has none. The jitter
 * buffer looks at the first packet of a compound only. */
static GstBuffer *
extract_report (GstBuffer *rtcp, guint32 ssrc)
{
  GstRTCPBuffer in = GST_RTCP_BUFFER_INIT, out = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet, copy;
  GstBuffer *report = NULL;
  gboolean more;

  if (!gst_rtcp_buffer_validate_reduced (rtcp) || !gst_rtcp_buffer_map (rtcp, GST_MAP_READ, &in))
    return NULL;
  for (more = gst_rtcp_buffer_get_first_packet (&in, &packet); more && report == NULL;
       more = gst_rtcp_packet_move_to_next (&packet)) {
    guint32 sender, rtptime, packets, octets;
    guint64 ntp;

    if (gst_rtcp_packet_get_type (&packet) != GST_RTCP_TYPE_SR)
      continue;
    gst_rtcp_packet_sr_get_sender_info (&packet, &sender, &ntp, &rtptime, &packets, &octets);
    if (sender != ssrc)
      continue;
    report = gst_rtcp_buffer_new (64);
    gst_rtcp_buffer_map (report, GST_MAP_READWRITE, &out);
    gst_rtcp_buffer_add_packet (&out, GST_RTCP_TYPE_SR, &copy);
    gst_rtcp_packet_sr_set_sender_info (&copy, sender, ntp, rtptime, packets, octets);
    gst_rtcp_buffer_unmap (&out);
  }
  gst_rtcp_buffer_unmap (&in);
  return report;
}

void
gst_rtc_jitter_buffer_push_rtcp (GstRtcJitterBuffer *self, GstBuffer *rtcp)
{
  GstElement *element = g_weak_ref_get (&self->element);
  GstBuffer *report = NULL;
  gboolean has_ssrc;
  guint32 ssrc;
  GstPad *pad;

  g_mutex_lock (&self->lock);
  has_ssrc = self->has_ssrc && self->is_attached;
  ssrc = self->ssrc;
  g_mutex_unlock (&self->lock);
  if (element != NULL && has_ssrc)
    report = extract_report (rtcp, ssrc);
  if (report != NULL && (pad = get_rtcp_pad (element)) != NULL) {
    gst_pad_chain (pad, g_steal_pointer (&report));
    gst_object_unref (pad);
  }
  gst_clear_buffer (&report);
  gst_buffer_unref (rtcp);
  gst_clear_object (&element);
}
