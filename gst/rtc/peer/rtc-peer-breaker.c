/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_cc

static void
peer_pause_sending (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;

  GST_WARNING_ID (self->id, "no RTCP for %u s: sending pauses until some comes",
      (guint) (RTC_BREAKER_TIMEOUT / GST_SECOND));
  rate->is_paused = TRUE;
  self->counters.breaker_pauses++;
  rtc_pacer_set_paused (&rate->pacer, TRUE);
  rtc_peer_note_emptied (self);
}

/* Fails the peer when a breaker has opened. */
static void
peer_break (RtcPeer *self, GstClockTime now, RtcPeerSection *section, RtcBreakerState state)
{
  const RtcCircuitBreaker *breaker = &section->breaker;
  gchar *reason = NULL;

  switch (state) {
    case RTC_BREAKER_CLOSED:
      return;
    case RTC_BREAKER_NOTHING_ARRIVES:
      reason =
          g_strdup_printf ("the peer reports that for %u s nothing of what is sent has arrived "
                           "(RFC 8083)",
              (guint) (RTC_BREAKER_TIMEOUT / GST_SECOND));
      break;
    case RTC_BREAKER_CONGESTION:
      reason = g_strdup_printf ("the network is congested: %.0f %% of the packets are lost and "
                                "%" G_GUINT64_FORMAT " kbit/s are sent, more than ten times what "
                                "TCP would send (RFC 8083)",
          breaker->loss * 100, breaker->rate_bps / 1000);
      break;
  }
  rtc_peer_fail (self, now, reason);
  g_free (reason);
}

/* Where a decoder can begin: with what is sent from now on. */
static void
peer_resume_sending (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;

  GST_INFO_ID (self->id, "RTCP came: sending goes on");
  rate->is_paused = FALSE;
  rtc_pacer_set_paused (&rate->pacer, FALSE);
  for (guint i = 0; i < self->sections->len; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (!section->can_send || section->fanout == NULL
        || section->send.config.kind != RTC_MEDIA_VIDEO)
      continue;
    rtc_send_stream_skip (&section->send, 0);
    rtc_peer_start_picture (self, now, i);
  }
}

void
rtc_peer_note_rtcp (RtcPeer *self, GstClockTime now)
{
  RtcPeerRate *rate = self->rate;

  if (rate == NULL)
    return;
  rate->has_rtcp = TRUE;
  rate->last_rtcp = now;
  rate->rtp_at_rtcp = self->counters.rtp_sent;
  if (rate->is_paused)
    peer_resume_sending (self, now);
  for (guint i = 0; i < self->sections->len && self->failure == NULL; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (section->can_send)
      peer_break (self, now, section,
          rtc_circuit_breaker_handle_rtcp (&section->breaker, now, section->send.stats.packets));
  }
}

GstClockTime
rtc_peer_breaker_deadline (const RtcPeer *self)
{
  const RtcPeerRate *rate = self->rate;

  if (!rate->has_rtcp || rate->is_paused || self->counters.rtp_sent == rate->rtp_at_rtcp)
    return GST_CLOCK_TIME_NONE;
  return rate->last_rtcp + RTC_BREAKER_TIMEOUT;
}

void
rtc_peer_poll_breaker (RtcPeer *self, GstClockTime now)
{
  if (rtc_time_is_due (rtc_peer_breaker_deadline (self), now))
    peer_pause_sending (self, now);
}

void
rtc_peer_check_breaker (RtcPeer *self, GstClockTime now, RtcPeerSection *section)
{
  const RtcSendStats *stats = &section->send.stats;
  RtcBreakerReport report = { .highest_seq = stats->highest_seq,
    .packets_lost = stats->packets_lost,
    .packets = stats->packets,
    .bytes = stats->octets + stats->header_octets,
    .rtt = stats->has_rtt ? stats->smoothed_rtt : GST_CLOCK_TIME_NONE };

  if (self->rate != NULL)
    peer_break (
        self, now, section, rtc_circuit_breaker_handle_report (&section->breaker, now, &report));
}
