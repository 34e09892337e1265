/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include <string.h>

#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"

#define GST_CAT_DEFAULT rtc_log_rtcp

/* PEER_CC_PACKETS: packets of feedback sent at once; the rest follows with the next turn. */
#define PEER_CC_PACKETS 4

/* PEER_RTCP_SHARE: RTCP may take 1 / this of what is received (RFC 3550 6.2: 5 %). */
#define PEER_RTCP_SHARE 20

/* What an RTCP packet costs besides what is in it: IPv4, UDP, SRTCP index and tag. */
#define PEER_RTCP_OVERHEAD (28 + 20)

void
rtc_peer_apply_cc (RtcPeer *self)
{
  gboolean twcc = FALSE, remb = FALSE;

  for (guint i = 0; i < rtc_jsep_get_n_transceivers (self->jsep); i++) {
    const RtcNegotiated *negotiated =
        rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, i));

    if ((negotiated->direction & RTC_DIRECTION_RECVONLY) == 0 || negotiated->is_rejected)
      continue;
    for (guint k = 0; k < negotiated->n_receive_codecs; k++) {
      RtcRtcpFbFlags feedback = negotiated->receive_codecs[k].rtcp_fb;

      twcc |= (feedback & RTC_RTCP_FB_TRANSPORT_CC) != 0
              && negotiated->receive_extensions.ids[RTC_RTP_EXTENSION_TWCC] != 0;
      remb |= (feedback & RTC_RTCP_FB_REMB) != 0;
    }
  }
  if (twcc && self->twcc == NULL) {
    self->twcc = rtc_twcc_receiver_new ();
    if (self->config.receive_latency >= RTC_PEER_PATIENT_LATENCY)
      rtc_twcc_receiver_set_patient (self->twcc);
  }
  self->use_twcc = twcc;
  if (remb && !twcc && !self->use_remb)
    rtc_remb_estimator_init (&self->remb);
  self->use_remb = remb && !twcc;
  self->use_brake = remb && twcc;
}

void
rtc_peer_note_arrival (RtcPeer *self, GstClockTime now, const RtcRtpHeader *header,
    const RtcRtpExtensionValues *values, const RtcPacket *packet)
{
  /* When it came in, which is a little before its turn came. */
  GstClockTime arrival = packet->time <= now ? packet->time : now;

  rtc_rate_meter_add (&self->receive_rate, now, packet->len);
  if (self->use_twcc && rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_TWCC))
    rtc_twcc_receiver_handle_packet (
        self->twcc, arrival, values->twcc_seq, header->ssrc, packet->len);
  if (self->use_remb)
    rtc_remb_estimator_handle_packet (&self->remb, now, packet->len,
        rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_ABS_SEND_TIME),
        values->abs_send_time);
  if (self->use_brake)
    rtc_rate_brake_handle_packet (&self->brake, now, packet->len);
}

void
rtc_peer_note_queue (
    RtcPeer *self, GstClockTime now, const RtcReceiveStream *stream, gboolean overflows)
{
  if (!self->use_brake || stream->is_repair || stream->codec.kind != RTC_MEDIA_VIDEO)
    return;
  if (overflows)
    rtc_rate_brake_handle_congestion (&self->brake, now);
  rtc_rate_brake_handle_late (&self->brake, now, stream->transit.late);
}

GstClockTime
rtc_peer_cc_deadline (const RtcPeer *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  if (self->use_twcc)
    deadline = rtc_twcc_receiver_next_deadline (self->twcc);
  if (self->use_remb)
    deadline = rtc_time_min (deadline, rtc_remb_estimator_next_deadline (&self->remb));
  if (self->use_brake)
    deadline = rtc_time_min (deadline, rtc_rate_brake_next_deadline (&self->brake));
  return deadline;
}

/* An empty report and an SDES go first where only compound packets were agreed (RFC 3550 6.1). */
static void
peer_begin_packet (RtcPeer *self, RtcRtcpBuilder *builder, guint8 *data, gsize cap)
{
  RtcRtcpReport report = { .ssrc = self->rtcp_ssrc };
  RtcSdesChunk chunk = {
    .ssrc = self->rtcp_ssrc, .cname = self->cname, .cname_len = strlen (self->cname)
  };

  rtc_rtcp_builder_init (
      builder, data, cap, self->reduced_size ? RTC_RTCP_REDUCED_SIZE : RTC_RTCP_COMPOUND);
  if (self->reduced_size)
    return;
  rtc_rtcp_report_write (builder, &report);
  rtc_rtcp_sdes_write (builder, &chunk, 1);
}

static gboolean
peer_write_twcc (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder)
{
  gsize begun = builder->writer.pos;

  return self->use_twcc
         && rtc_twcc_receiver_write (
             self->twcc, now, self->rtcp_ssrc, PEER_RTCP_OVERHEAD + begun, builder);
}

static gboolean
peer_write_remb (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder)
{
  RtcRtcpRemb remb = { .sender_ssrc = self->rtcp_ssrc };
  guint64 expected = 0, received = 0;
  gboolean is_due;

  if (!self->use_remb && !self->use_brake)
    return FALSE;
  for (guint i = 0; i < self->inbound->len; i++) {
    const RtcReceiveStream *stream = rtc_peer_inbound (self, i);
    guint64 packets = stream->stats.packets;

    if (stream->is_repair)
      continue;
    received += packets;
    expected += packets + (guint64) MAX (rtc_receive_stats_get_lost (&stream->stats), 0);
    if (remb.n_ssrcs < RTC_REMB_MAX_SSRCS)
      remb.ssrcs[remb.n_ssrcs++] = stream->ssrc;
  }
  /* Polled in any case, or it would be due for ever. */
  if (self->use_brake)
    is_due = rtc_rate_brake_poll (&self->brake, now, &remb.bitrate_bps);
  else
    is_due = rtc_remb_estimator_poll (&self->remb, now, expected, received, &remb.bitrate_bps);
  if (!is_due || remb.n_ssrcs == 0 || rtc_rtcp_remb_write (builder, &remb) != RTC_OK)
    return FALSE;
  self->counters.remb_sent++;
  self->counters.remb_bps = remb.bitrate_bps;
  GST_LOG_ID (self->id, "REMB %" G_GUINT64_FORMAT " bit/s", remb.bitrate_bps);
  return TRUE;
}

void
rtc_peer_send_cc_feedback (RtcPeer *self, GstClockTime now)
{
  guint8 data[RTC_MTU + RTC_SRTP_MAX_OVERHEAD];

  for (guint i = 0; i < PEER_CC_PACKETS && rtc_time_is_due (rtc_peer_cc_deadline (self), now);
       i++) {
    RtcRtcpBuilder builder;
    gboolean any;
    gsize len;

    peer_begin_packet (self, &builder, data, RTC_MTU - RTC_SRTP_MAX_OVERHEAD);
    any = peer_write_remb (self, now, &builder);
    any |= peer_write_twcc (self, now, &builder);
    if (any && rtc_rtcp_builder_finish (&builder, &len) == RTC_OK)
      rtc_peer_protect_and_send_rtcp (self, now, data, len, sizeof data);
  }
  rtc_rtcp_scheduler_set_bandwidth (
      &self->scheduler, MAX (PEER_RTCP_BANDWIDTH_BPS,
                            rtc_rate_meter_get_bps (&self->receive_rate, now) / PEER_RTCP_SHARE));
}
