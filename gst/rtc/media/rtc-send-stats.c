/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-send-stats.h"

#include <string.h>

/* RFC 6298 2: SRTT <- (1 - alpha) * SRTT + alpha * R', alpha = 1/8. */
#define RTT_WEIGHT 8

void
rtc_send_stats_init (RtcSendStats *self, guint32 ssrc, guint32 clock_rate)
{
  memset (self, 0, sizeof (*self));
  self->ssrc = ssrc;
  self->clock_rate = MAX (clock_rate, 1);
  self->last_sent = GST_CLOCK_TIME_NONE;
  self->last_rtp_time = GST_CLOCK_TIME_NONE;
}

void
rtc_send_stats_set_clock_rate (RtcSendStats *self, guint32 clock_rate)
{
  if (self->clock_rate == MAX (clock_rate, 1))
    return;
  self->clock_rate = MAX (clock_rate, 1);
  self->last_rtp_time = GST_CLOCK_TIME_NONE;
}

void
rtc_send_stats_handle_sent (RtcSendStats *self, GstClockTime now, GstClockTime media_time,
    guint32 rtp_ts, gsize payload_bytes, gsize header_bytes, gboolean is_retransmission)
{
  self->packets++;
  self->octets += payload_bytes;
  self->header_octets += header_bytes;
  self->last_sent = now;
  if (is_retransmission) {
    self->retransmitted_packets++;
    self->retransmitted_octets += payload_bytes;
    return;
  }
  self->last_rtp_ts = rtp_ts;
  self->last_rtp_time = media_time;
}

gboolean
rtc_send_stats_get_sender_info (
    const RtcSendStats *self, GstClockTime now, guint64 ntp64, RtcSenderInfo *out)
{
  GstClockTime since;

  if (self->last_rtp_time == GST_CLOCK_TIME_NONE)
    return FALSE;
  since = rtc_time_elapsed (self->last_rtp_time, now);
  out->ntp64 = ntp64;
  out->rtp_ts =
      self->last_rtp_ts + (guint32) gst_util_uint64_scale (since, self->clock_rate, GST_SECOND);
  out->packets = (guint32) self->packets;
  out->octets = (guint32) self->octets;
  return TRUE;
}

RtcResult
rtc_send_stats_handle_report_block (RtcSendStats *self, guint64 ntp64, const RtcReportBlock *block)
{
  guint32 now_compact = rtc_time_compact_ntp (ntp64);
  GstClockTime rtt;

  if (block->ssrc != self->ssrc || self->packets == 0)
    return RTC_ERR_STATE;
  self->has_report = TRUE;
  self->reports++;
  self->fraction_lost = block->fraction_lost / 256.0;
  self->packets_lost = block->total_lost;
  self->jitter = gst_util_uint64_scale (block->jitter, GST_SECOND, self->clock_rate);
  self->highest_seq = rtc_seq_unwrap_bits (&self->highest_seq_unwrap, block->highest_seq, 32);
  if (rtc_rtcp_compute_rtt (now_compact, block->last_sr, block->delay_last_sr, &rtt))
    rtc_send_stats_handle_rtt (self, rtt);
  return RTC_OK;
}

void
rtc_send_stats_handle_rtt (RtcSendStats *self, GstClockTime rtt)
{
  self->smoothed_rtt =
      self->has_rtt ? (self->smoothed_rtt * (RTT_WEIGHT - 1) + rtt) / RTT_WEIGHT : rtt;
  self->has_rtt = TRUE;
  self->rtt = rtt;
  self->total_rtt += rtt;
  self->rtt_measurements++;
}
