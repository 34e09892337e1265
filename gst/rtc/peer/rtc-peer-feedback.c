/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"

#define GST_CAT_DEFAULT rtc_log_rtcp

/* PEER_NACK_BATCH: sequence numbers asked for in one message; the rest follows at once. */
#define PEER_NACK_BATCH 256

/* PEER_RTT_WEIGHT: RFC 6298 2: SRTT <- 7/8 * SRTT + 1/8 * R'. */
#define PEER_RTT_WEIGHT 8

RtcResult
rtc_peer_request_key_frame (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcResult result = RTC_ERR_STATE;

  for (guint i = 0; i < self->inbound->len; i++) {
    RtcReceiveStream *stream = rtc_peer_inbound (self, i);

    if (stream->section != transceiver || stream->is_repair)
      continue;
    if (rtc_receive_stream_want_key_frame (stream, now))
      result = RTC_OK;
    else if (result != RTC_OK)
      result = RTC_ERR_UNSUPPORTED;
  }
  return result;
}

RtcResult
rtc_peer_request_retransmission (
    RtcPeer *self, GstClockTime now, guint32 ssrc, const guint16 *seqs, guint n_seqs)
{
  for (guint i = 0; i < self->inbound->len; i++) {
    RtcReceiveStream *stream = rtc_peer_inbound (self, i);
    RtcResult result = RTC_OK;

    if (stream->ssrc != ssrc || stream->is_repair)
      continue;
    for (guint n = 0; n < n_seqs && result == RTC_OK; n++)
      result = rtc_receive_stream_request (stream, now, seqs[n]);
    return result;
  }
  return RTC_ERR_STATE;
}

/* By reports, which the peer answers at once; else by what it does for us, resending. */
GstClockTime
rtc_peer_get_rtt (const RtcPeer *self)
{
  for (guint i = 0; i < self->sections->len; i++) {
    const RtcSendStats *stats = &rtc_peer_section (self, i)->send.stats;

    if (rtc_peer_section (self, i)->can_send && stats->has_rtt)
      return stats->rtt;
  }
  /* Measured only while we send nothing. */
  if (self->rtt != GST_CLOCK_TIME_NONE)
    return self->rtt;
  return self->nack_rtt;
}

static void
peer_note_nack_rtt (RtcPeer *self, RtcReceiveStream *stream)
{
  GstClockTime sample = rtc_nack_generator_steal_rtt (stream->nack);

  if (sample != GST_CLOCK_TIME_NONE)
    rtc_time_smooth (&self->nack_rtt, sample, PEER_RTT_WEIGHT);
}

GstClockTime
rtc_peer_feedback_deadline (const RtcPeer *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < self->inbound->len; i++)
    deadline =
        rtc_time_min (deadline, rtc_receive_stream_next_deadline (rtc_peer_inbound (self, i)));
  return deadline;
}

static gboolean
peer_write_nacks (
    RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder, RtcReceiveStream *stream)
{
  guint16 seqs[PEER_NACK_BATCH];
  gboolean any = FALSE;
  guint n;

  peer_note_nack_rtt (self, stream);
  rtc_nack_generator_set_rtt (stream->nack, rtc_peer_get_rtt (self));
  do {
    n = rtc_nack_generator_poll (stream->nack, now, seqs, G_N_ELEMENTS (seqs));
    /* What does not fit counts as asked; it is asked for again a round trip later. */
    if (n > 0 && rtc_rtcp_nack_write (builder, self->rtcp_ssrc, stream->ssrc, seqs, n) > 0) {
      stream->nacks++;
      any = TRUE;
    }
  } while (n == G_N_ELEMENTS (seqs));
  rtc_receive_stream_handle_losses (stream, now);
  return any;
}

/* RFC 4585 4.2: feedback only as negotiated. */
static gboolean
peer_write_key_frame_request (RtcPeer *self, RtcRtcpBuilder *builder, RtcReceiveStream *stream)
{
  RtcFirEntry fir = { .ssrc = stream->ssrc };

  if ((stream->rtcp_fb & RTC_RTCP_FB_PLI) != 0) {
    if (rtc_rtcp_pli_write (builder, self->rtcp_ssrc, stream->ssrc) != RTC_OK)
      return FALSE;
    stream->plis++;
  } else {
    /* "increased by 1 modulo 256 for each new command. A repetition SHALL NOT increase the
     * sequence number" (RFC 5104 4.3.1.1) */
    if (stream->key_frame.tries <= 1)
      stream->fir_seq++;
    fir.seq_nr = stream->fir_seq;
    if (rtc_rtcp_fir_write (builder, self->rtcp_ssrc, &fir, 1) != RTC_OK)
      return FALSE;
    stream->firs++;
  }
  GST_DEBUG_ID (self->id, "key frame asked of %08x", stream->ssrc);
  return TRUE;
}

gboolean
rtc_peer_write_feedback (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->inbound->len; i++) {
    RtcReceiveStream *stream = rtc_peer_inbound (self, i);

    if (stream->nack != NULL && peer_write_nacks (self, now, builder, stream))
      any = TRUE;
    if (rtc_key_frame_wait_poll (&stream->key_frame, now,
            rtc_receive_stream_get_response_time (stream, rtc_peer_get_rtt (self)))
        && peer_write_key_frame_request (self, builder, stream))
      any = TRUE;
  }
  return any;
}
