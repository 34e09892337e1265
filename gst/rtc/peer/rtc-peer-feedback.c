/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"

#define GST_CAT_DEFAULT rtc_log_rtcp

/* PEER_NACK_BATCH: sequence numbers asked for in one message; the rest follows at once. */
#define PEER_NACK_BATCH 256

static RtcPeerInbound *
peer_inbound (const RtcPeer *self, guint i)
{
  return &g_array_index (self->inbound, RtcPeerInbound, i);
}

static gboolean
peer_want_key_frame (RtcPeerInbound *inbound, GstClockTime now)
{
  if ((inbound->rtcp_fb & (RTC_RTCP_FB_PLI | RTC_RTCP_FB_FIR)) == 0)
    return FALSE;
  rtc_key_frame_wait_start (&inbound->key_frame, now);
  return TRUE;
}

RtcResult
rtc_peer_request_key_frame (RtcPeer *self, GstClockTime now, guint transceiver)
{
  RtcResult result = RTC_ERR_STATE;

  for (guint i = 0; i < self->inbound->len; i++) {
    RtcPeerInbound *inbound = peer_inbound (self, i);

    if (inbound->section != transceiver || inbound->is_repair)
      continue;
    if (peer_want_key_frame (inbound, now))
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
    const RtcPeerInbound *inbound = peer_inbound (self, i);

    /* What is missing is on the generator's list before a jitter buffer can have noticed. */
    if (inbound->ssrc == ssrc && !inbound->is_repair)
      return inbound->nack != NULL ? RTC_OK : RTC_ERR_UNSUPPORTED;
  }
  return RTC_ERR_STATE;
}

GstClockTime
rtc_peer_get_rtt (const RtcPeer *self)
{
  return self->rtt;
}

void
rtc_peer_handle_arrival (RtcPeer *self, GstClockTime now, RtcPeerInbound *inbound, guint64 ext_seq,
    gboolean is_key_frame)
{
  if (is_key_frame)
    rtc_key_frame_wait_stop (&inbound->key_frame);
  if (inbound->nack == NULL)
    return;
  if (rtc_nack_generator_handle_packet (inbound->nack, ext_seq, now) == RTC_ERR_LIMIT)
    peer_want_key_frame (inbound, now);
}

GstClockTime
rtc_peer_feedback_deadline (const RtcPeer *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < self->inbound->len; i++) {
    const RtcPeerInbound *inbound = peer_inbound (self, i);

    deadline = rtc_time_min (deadline, rtc_key_frame_wait_next_deadline (&inbound->key_frame));
    if (inbound->nack != NULL)
      deadline = rtc_time_min (deadline, rtc_nack_generator_next_deadline (inbound->nack));
  }
  return deadline;
}

static gboolean
peer_write_nacks (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder, RtcPeerInbound *inbound)
{
  guint16 seqs[PEER_NACK_BATCH];
  gboolean any = FALSE;
  guint n;

  if (self->rtt != GST_CLOCK_TIME_NONE)
    rtc_nack_generator_set_rtt (inbound->nack, self->rtt);
  do {
    n = rtc_nack_generator_poll (inbound->nack, now, seqs, G_N_ELEMENTS (seqs));
    /* What does not fit counts as asked; it is asked for again a round trip later. */
    if (n > 0 && rtc_rtcp_nack_write (builder, self->rtcp_ssrc, inbound->ssrc, seqs, n) > 0) {
      inbound->nacks++;
      any = TRUE;
    }
  } while (n == G_N_ELEMENTS (seqs));
  if (rtc_nack_generator_steal_given_up (inbound->nack) > 0)
    peer_want_key_frame (inbound, now);
  return any;
}

/* RFC 4585 4.2: feedback only as negotiated. */
static gboolean
peer_write_key_frame_request (RtcPeer *self, RtcRtcpBuilder *builder, RtcPeerInbound *inbound)
{
  RtcFirEntry fir = { .ssrc = inbound->ssrc };

  if ((inbound->rtcp_fb & RTC_RTCP_FB_PLI) != 0) {
    if (rtc_rtcp_pli_write (builder, self->rtcp_ssrc, inbound->ssrc) != RTC_OK)
      return FALSE;
    inbound->plis++;
  } else {
    /* "increased by 1 modulo 256 for each new command. A repetition SHALL NOT increase the
     * sequence number" (RFC 5104 4.3.1.1) */
    if (inbound->key_frame.tries <= 1)
      inbound->fir_seq++;
    fir.seq_nr = inbound->fir_seq;
    if (rtc_rtcp_fir_write (builder, self->rtcp_ssrc, &fir, 1) != RTC_OK)
      return FALSE;
    inbound->firs++;
  }
  GST_DEBUG_ID (self->id, "key frame asked of %08x", inbound->ssrc);
  return TRUE;
}

gboolean
rtc_peer_write_feedback (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->inbound->len; i++) {
    RtcPeerInbound *inbound = peer_inbound (self, i);

    if (inbound->nack != NULL && peer_write_nacks (self, now, builder, inbound))
      any = TRUE;
    if (rtc_key_frame_wait_poll (&inbound->key_frame, now, self->rtt)
        && peer_write_key_frame_request (self, builder, inbound))
      any = TRUE;
  }
  return any;
}
