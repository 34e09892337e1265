/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcjitterbuffersync.c - sender reports into the jitter buffer, lip sync out of it. */
#include "gst/media/gstrtcjitterbufferprivate.h"

#include <gst/rtp/rtp.h>

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Per frame while a later offset is approached: 90 ms a second for video of 30/s, 150 for sound of
 * 20 ms. */
#define SLEW_PER_FRAME (3 * GST_MSECOND)

/* How often the group is told. */
#define SYNC_INTERVAL (200 * GST_MSECOND)

/* Reports that differ by no more than this speak of the same clock. */
#define SAME_CLOCK (100 * GST_MSECOND)

/* --- lip sync --------------------------------------------------------------------------------- */

/* From the report's instant to that of rtp_ts, ns. */
static GstClockTimeDiff
rtp_distance (const GstRtcReport *report, guint32 rtp_ts)
{
  gint32 ticks = (gint32) (rtp_ts - report->rtp_ts);

  return (GstClockTimeDiff) ticks * (GstClockTimeDiff) GST_SECOND / report->clock_rate;
}

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

/* Whether two reports of one stream say the same of its clock. */
static gboolean
agree (const GstRtcReport *a, const GstRtcReport *b)
{
  GstClockTimeDiff expected = (GstClockTimeDiff) a->ntp + rtp_distance (a, b->rtp_ts);

  return a->clock_rate == b->clock_rate
         && ABS ((GstClockTimeDiff) b->ntp - expected) <= (GstClockTimeDiff) SAME_CLOCK;
}

/* Under the lock. One report that contradicts those before is not believed until another one
 * confirms it. */
static void
take_report (GstRtcJitterBuffer *self, const GstRtcReport *report)
{
  gboolean is_confirmed = self->suspect.clock_rate != 0 && agree (&self->suspect, report);

  if (self->report.clock_rate == 0 || agree (&self->report, report) || is_confirmed) {
    self->report = *report;
    self->suspect.clock_rate = 0;
  } else {
    self->suspect = *report;
  }
}

/* The jitter buffer has found a sender report plausible: "handle-sync". */
void
gst_rtc_jitter_buffer_on_handle_sync (
    GstElement *element, GstStructure *sync, GstRtcJitterBuffer *self)
{
  GstRtcReport report = { 0 };
  GstBuffer *rtcp = NULL;
  guint64 rtp_ts;

  if (!gst_structure_get (sync, "clock-rate", G_TYPE_UINT, &report.clock_rate, "sr-ext-rtptime",
          G_TYPE_UINT64, &rtp_ts, "sr-buffer", GST_TYPE_BUFFER, &rtcp, NULL))
    return;
  if (report.clock_rate > 0 && rtcp != NULL && read_ntp_time (rtcp, &report.ntp)) {
    report.rtp_ts = (guint32) rtp_ts;
    g_mutex_lock (&self->lock);
    take_report (self, &report);
    g_mutex_unlock (&self->lock);
  }
  gst_clear_buffer (&rtcp);
}

/* Measured on what comes out: the jitter buffer changes its idea of the sender's clock with each
 * packet, and at once when one is too late. */
void
gst_rtc_jitter_buffer_follow_sync (
    GstRtcJitterBuffer *self, GstElement *element, GstBuffer *buffer, GstClockTime now)
{
  GstRtcReport report = { 0 };
  GstRtcSyncGroup *group = NULL;
  GstClockTimeDiff ntp;
  guint8 bytes[4];
  gint64 offset;
  guint id = 0;

  g_mutex_lock (&self->lock);
  if (self->sync_group != NULL && self->report.clock_rate != 0
      && now >= self->last_sync + SYNC_INTERVAL) {
    self->last_sync = now;
    group = g_object_ref (self->sync_group);
    id = self->sync_id;
    report = self->report;
  }
  g_mutex_unlock (&self->lock);
  if (group == NULL)
    return;
  if (GST_BUFFER_PTS_IS_VALID (buffer) && gst_buffer_extract (buffer, 4, bytes, 4) == 4) {
    g_object_get (element, "ts-offset", &offset, NULL); /* as far as it has been slewed */
    ntp = (GstClockTimeDiff) report.ntp + rtp_distance (&report, GST_READ_UINT32_BE (bytes));
    gst_rtc_sync_group_update (
        group, id, (GstClockTimeDiff) GST_BUFFER_PTS (buffer) - offset - ntp);
  }
  g_object_unref (group);
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
