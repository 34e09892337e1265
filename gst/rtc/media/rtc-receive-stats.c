/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-receive-stats.h"

#include <string.h>

/* No sequence number can prove a restart (RFC 3550 A.1: RTP_SEQ_MOD + 1). */
#define BAD_SEQ_NONE 65537u

#define SEQ_TURN G_GUINT64_CONSTANT (65536)

/* A source silent this long gets no block: RFC 3550 6.4 reports only sources heard from since the
 * last report; one silent interval more is granted, so that its last losses are told. */
#define SILENCE (5 * GST_SECOND)

void
rtc_receive_stats_init (
    RtcReceiveStats *self, guint32 ssrc, guint32 clock_rate, guint min_sequential)
{
  memset (self, 0, sizeof (*self));
  self->ssrc = ssrc;
  self->clock_rate = MAX (clock_rate, 1);
  self->min_sequential = min_sequential;
  self->max_misorder = RTC_RECEIVE_MAX_MISORDER;
  self->probation = min_sequential;
  self->bad_seq = BAD_SEQ_NONE;
  self->last_received = GST_CLOCK_TIME_NONE;
  self->last_sr_time = GST_CLOCK_TIME_NONE;
}

/* RFC 3550 A.1 init_seq: loss counts from here on. */
static void
receive_stats_begin (RtcReceiveStats *self, guint64 ext_seq)
{
  self->base_ext_seq = ext_seq;
  self->max_ext_seq = ext_seq;
  self->bad_seq = BAD_SEQ_NONE;
  self->received_base = 0;
  self->received_prior = 0;
  self->expected_prior = 0;
  self->has_transit = FALSE;
}

/* The first value above all earlier ones whose low 16 bits are seq. */
static guint64
receive_stats_above (const RtcReceiveStats *self, guint16 seq)
{
  guint64 ext = (self->max_ext_seq & ~(SEQ_TURN - 1)) | seq;

  return ext > self->max_ext_seq ? ext : ext + SEQ_TURN;
}

/* RFC 3550 A.1, source on probation: min_sequential packets in a row make it valid. */
static RtcResult
receive_stats_probe (RtcReceiveStats *self, guint16 seq, guint64 *ext)
{
  gboolean follows = self->max_ext_seq != 0 && seq == (guint16) (self->max_ext_seq + 1);

  self->probation = follows ? self->probation - 1 : self->min_sequential - 1;
  self->max_ext_seq = *ext = SEQ_TURN + seq;
  if (self->probation > 0)
    return RTC_AGAIN;
  receive_stats_begin (self, *ext);
  return RTC_OK;
}

/* RFC 3550 A.1, valid source. */
static RtcResult
receive_stats_update_seq (RtcReceiveStats *self, guint16 seq, guint64 *ext)
{
  guint16 ahead = (guint16) (seq - (guint16) self->max_ext_seq);

  if (ahead < RTC_RECEIVE_MAX_DROPOUT) {
    *ext = self->max_ext_seq + ahead;
    self->late_packets += ahead == 0;
    self->max_ext_seq = *ext;
    self->bad_seq = BAD_SEQ_NONE;
    return RTC_OK;
  }
  if (ahead <= SEQ_TURN - self->max_misorder) {
    if (seq == self->bad_seq) {
      *ext = receive_stats_above (self, seq);
      receive_stats_begin (self, *ext);
      self->restarts++;
      return RTC_OK;
    }
    self->bad_seq = (guint16) (seq + 1);
    return RTC_ERR_PARSE;
  }
  *ext = self->max_ext_seq - (SEQ_TURN - ahead);
  self->late_packets++;
  return RTC_OK;
}

/* RFC 3550 A.8: J += |D(i-1,i)| - ((J + 8) >> 4), J being the jitter times 16. */
static void
receive_stats_update_jitter (RtcReceiveStats *self, GstClockTime now, guint32 rtp_ts)
{
  guint32 arrival = (guint32) gst_util_uint64_scale (now, self->clock_rate, GST_SECOND);
  guint32 transit = arrival - rtp_ts;
  gint32 d = (gint32) (transit - self->transit);
  guint32 step = d < 0 ? 0u - (guint32) d : (guint32) d;

  /* A step over 30 s is a new time base of the source and says nothing about jitter. */
  if (self->has_transit && step / 30 < self->clock_rate)
    self->jitter_q4 += step - ((self->jitter_q4 + 8) >> 4);
  self->transit = transit;
  self->has_transit = TRUE;
}

RtcResult
rtc_receive_stats_handle_packet (RtcReceiveStats *self, GstClockTime now, guint16 seq,
    guint32 rtp_ts, gsize payload_bytes, gsize header_bytes, guint64 *ext_seq)
{
  guint64 ext = 0, newest = self->max_ext_seq;
  RtcResult result = RTC_OK;

  if (self->probation > 0)
    result = receive_stats_probe (self, seq, &ext);
  else if (self->last_received == GST_CLOCK_TIME_NONE)
    receive_stats_begin (self, ext = SEQ_TURN + seq);
  else
    result = receive_stats_update_seq (self, seq, &ext);
  if (result != RTC_OK) {
    self->invalid_packets += result == RTC_ERR_PARSE;
    return result;
  }
  self->received_base++;
  self->packets++;
  self->octets += payload_bytes;
  self->header_octets += header_bytes;
  self->last_received = now;
  /* Only a packet that moves on measures the path: a retransmission or straggler that
   * comes in between was delayed for other reasons. */
  if (ext > newest || !self->has_transit)
    receive_stats_update_jitter (self, now, rtp_ts);
  if (ext_seq != NULL)
    *ext_seq = ext;
  return RTC_OK;
}

void
rtc_receive_stats_handle_sender_report (
    RtcReceiveStats *self, GstClockTime now, const RtcSenderInfo *sender)
{
  self->sender = *sender;
  self->has_sender = TRUE;
  self->last_sr = rtc_time_compact_ntp (sender->ntp64);
  self->last_sr_time = now;
}

static guint64
receive_stats_expected (const RtcReceiveStats *self)
{
  return self->max_ext_seq - self->base_ext_seq + 1;
}

gint64
rtc_receive_stats_get_lost (const RtcReceiveStats *self)
{
  if (self->last_received == GST_CLOCK_TIME_NONE)
    return 0;
  return (gint64) receive_stats_expected (self) - (gint64) self->received_base;
}

GstClockTime
rtc_receive_stats_get_jitter (const RtcReceiveStats *self)
{
  return gst_util_uint64_scale (self->jitter_q4, GST_SECOND, 16 * (guint64) self->clock_rate);
}

/* RFC 3550 A.3: the share of the packets expected in this interval that did not come, 0 when
 * duplicates make it negative. */
static guint8
receive_stats_take_fraction (RtcReceiveStats *self)
{
  gint64 expected = (gint64) (receive_stats_expected (self) - self->expected_prior);
  gint64 received = (gint64) (self->received_base - self->received_prior);

  self->expected_prior = receive_stats_expected (self);
  self->received_prior = self->received_base;
  if (expected <= 0 || received >= expected)
    return 0;
  return (guint8) MIN ((expected - received) * 256 / expected, 255);
}

gboolean
rtc_receive_stats_make_report_block (RtcReceiveStats *self, GstClockTime now, RtcReportBlock *out)
{
  gint64 lost = rtc_receive_stats_get_lost (self);

  if (self->last_received == GST_CLOCK_TIME_NONE
      || (self->received_base == self->received_prior
          && rtc_time_elapsed (self->last_received, now) > SILENCE))
    return FALSE;
  out->ssrc = self->ssrc;
  out->fraction_lost = receive_stats_take_fraction (self);
  out->total_lost = (gint32) CLAMP (lost, -0x800000, 0x7fffff);
  /* The unwrapped space starts one turn up; on the wire cycles start at 0. */
  out->highest_seq = (guint32) (self->max_ext_seq - SEQ_TURN);
  out->jitter = self->jitter_q4 >> 4;
  out->last_sr = self->last_sr;
  out->delay_last_sr = 0;
  if (self->last_sr != 0)
    out->delay_last_sr =
        (guint32) (rtc_time_duration_to_ntp64 (rtc_time_elapsed (self->last_sr_time, now)) >> 16);
  return TRUE;
}
