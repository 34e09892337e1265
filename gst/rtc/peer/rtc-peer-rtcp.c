/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"
#include "gst/rtc/rtcp/rtc-rtcp.h"

#define GST_CAT_DEFAULT rtc_log_rtcp

/* PEER_MAX_RESEND: packets resent in answer to one NACK message; numbers beyond count as over
 * budget and are asked for again. PEER_NACK_CHUNK: numbers looked up at once. */
#define PEER_MAX_RESEND 128
#define PEER_NACK_CHUNK 512

/* PEER_RTCP_INTERVAL: RFC 3550 6.2 allows 360 / session kbit/s seconds; browsers use 1 s. */
#define PEER_RTCP_INTERVAL (1 * GST_SECOND)

/* PEER_REPORT_AHEAD: no report leaves more than this ahead of its time, see
 * RTC_RTCP_SCHEDULER_AHEAD. */
#define PEER_REPORT_AHEAD (80 * GST_MSECOND)

/* PEER_MAX_KEY_RTT: longest time for which a key frame is believed to be under way. */
#define PEER_MAX_KEY_RTT (1 * GST_SECOND)

/* PEER_DLRR_WEIGHT: there is one a second, so that more weight than RFC 6298's 1/8 still follows.
 */
#define PEER_DLRR_WEIGHT 4

void
rtc_peer_start_rtcp (RtcPeer *self, GstClockTime now)
{
  RtcRtcpSchedulerConfig config = {
    .bandwidth_bps = PEER_RTCP_BANDWIDTH_BPS,
    .min_interval = PEER_RTCP_INTERVAL,
    .feedback = TRUE,
    .reduced_size = self->reduced_size,
    .overhead_bytes = 28 + 20, /* IPv4, UDP, SRTCP index and tag */
  };

  rtc_rtcp_scheduler_init (&self->scheduler, &config, self->config.random, now);
  rtc_rtcp_scheduler_set_members (&self->scheduler, now, 2, 1, TRUE);
  self->rtcp_running = TRUE;
}

static RtcPeerSection *
peer_find_sender (RtcPeer *self, guint32 ssrc)
{
  for (guint i = 0; i < self->sections->len; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (section->can_send
        && (section->send.config.rewrite.ssrc == ssrc
            || (section->send.config.rewrite.rtx_payload_type != 0
                && section->send.config.rewrite.rtx_ssrc == ssrc)))
      return section;
  }
  return NULL;
}

static void
peer_handle_report (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  guint64 ntp64 = rtc_peer_ntp64 (self, now);
  RtcRtcpReport report;

  if (rtc_rtcp_report_parse (packet, &report) != RTC_OK) {
    self->counters.dropped_malformed++;
    return;
  }
  for (guint i = 0; report.is_sender && i < self->inbound->len; i++) {
    RtcReceiveStream *stream = rtc_peer_inbound (self, i);

    if (stream->ssrc == report.ssrc)
      rtc_receive_stream_handle_sender_report (stream, now, &report.sender);
  }
  for (guint i = 0; i < report.n_blocks; i++) {
    RtcPeerSection *section = peer_find_sender (self, report.blocks[i].ssrc);

    if (section == NULL
        || rtc_send_stream_handle_report_block (&section->send, ntp64, &report.blocks[i]) != RTC_OK
        || report.blocks[i].ssrc != section->send.config.rewrite.ssrc)
      continue;
    if (section->fanout != NULL && section->send.stats.has_rtt)
      rtc_fanout_note_rtt (section->fanout, section->send.stats.smoothed_rtt);
    rtc_send_stream_update_repair (&section->send, now, self->peer_times_repair,
        self->rate != NULL ? self->rate->target.path_packets : 0,
        self->rate != NULL ? self->rate->target.path_lost : 0);
    rtc_peer_handle_loss (self, now, section);
    rtc_peer_check_breaker (self, now, section);
  }
}

/* Its number, from the sections: what waits is named by it. */
static guint
peer_section_index (const RtcPeer *self, const RtcPeerSection *section)
{
  guint index = 0;

  g_ptr_array_find (self->sections, section, &index);
  return index;
}

static void
peer_resend (RtcPeer *self, GstClockTime now, guint transceiver, const RtcNackResend *resend)
{
  if (self->rate == NULL || !rtc_peer_hold_resend (self, now, transceiver, resend))
    rtc_peer_send_resend (self, now, transceiver, resend, now);
}

void
rtc_peer_repair_lost (RtcPeer *self, GstClockTime now, const RtcCcResult *results, guint n)
{
  RtcNackResend resend[PEER_MAX_RESEND];
  guint16 seqs[PEER_MAX_RESEND];

  /* What a queue has lost would not get through now: the peer is to ask when it has drained. */
  if (self->rate->target.state == RTC_CC_STATE_OVERUSE)
    return;
  for (guint index = 0; index < self->sections->len; index++) {
    RtcPeerSection *section = rtc_peer_section (self, index);
    guint n_seqs = 0, n_resend;

    for (guint i = 0; i < n && n_seqs < PEER_MAX_RESEND; i++) {
      if (results[i].arrival == GST_CLOCK_TIME_NONE
          && results[i].name >> 16 == PEER_REPAIR_NAME (index, 0) >> 16)
        seqs[n_seqs++] = (guint16) results[i].name;
    }
    n_resend =
        rtc_send_stream_handle_lost (&section->send, now, seqs, n_seqs, resend, PEER_MAX_RESEND);
    for (guint i = 0; i < n_resend; i++)
      peer_resend (self, now, index, &resend[i]);
  }
}

static void
peer_handle_nack (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  guint16 seqs[PEER_NACK_CHUNK];
  RtcNackResend resend[PEER_MAX_RESEND];
  guint n, n_seqs = 0, n_resent = 0;
  gboolean is_stuck, any_stuck = FALSE;
  RtcPeerSection *section;
  RtcNackIter iter;

  if (rtc_rtcp_nack_parse (packet, &iter) != RTC_OK) {
    self->counters.dropped_malformed++;
    return;
  }
  section = peer_find_sender (self, iter.media_ssrc);
  /* Numbers of the RTX stream are not the media's: lost repairs are asked for by their original. */
  if (section == NULL || section->send.config.rewrite.ssrc != iter.media_ssrc) {
    self->counters.feedback_unknown++;
    return;
  }
  section->send.counters.nack_messages++;
  do {
    guint n_resend;

    n = 0;
    while (n < PEER_NACK_CHUNK && rtc_rtcp_nack_next (&iter, &seqs[n]))
      n++;
    /* Feedback that counts the same losses may come a little later. */
    if (self->rate != NULL)
      rtc_peer_note_fall (self, now, n);
    n_resend = rtc_send_stream_handle_nack (
        &section->send, now, seqs, n, resend, PEER_MAX_RESEND - n_resent, &is_stuck);
    any_stuck |= is_stuck;
    for (guint i = 0; i < n_resend; i++)
      peer_resend (self, now, peer_section_index (self, section), &resend[i]);
    n_seqs += n;
    n_resent += n_resend;
  } while (n == PEER_NACK_CHUNK);
  if (any_stuck)
    rtc_peer_handle_stuck (self, now, section);
  GST_DEBUG_ID (
      self->id, "NACK of %u numbers for %08x, %u resent", n_seqs, iter.media_ssrc, n_resent);
}

static void
peer_ask_key_frame (RtcPeer *self, GstClockTime now, RtcPeerSection *section)
{
  rtc_peer_wish_key_frame (section, now, section->send.counters.key_frames == 0);
}

/* The PLI left before the last key frame can have arrived; if that is not enough another one will
 * follow (RFC 4585 6.3.1.3 has it repeated). */
static gboolean
peer_has_key_frame_under_way (RtcPeer *self, GstClockTime now, const RtcPeerSection *section)
{
  const RtcSendStream *send = &section->send;
  GstClockTime rtt = rtc_peer_get_rtt (self);

  /* It waits in the pacer. */
  if (rtc_send_stream_has_waiting_key_frame (send))
    return TRUE;
  if (self->rate != NULL && self->rate->twcc != NULL) {
    GstClockTime newer = rtc_twcc_sender_get_rtt (self->rate->twcc);

    /* Reports are seldom: queues may have grown since. */
    if (newer != GST_CLOCK_TIME_NONE)
      rtt = rtt == GST_CLOCK_TIME_NONE ? newer : MAX (rtt, newer);
  }
  if (rtt == GST_CLOCK_TIME_NONE || !send->has_key_frame)
    return FALSE;
  return rtc_time_elapsed (send->key_frame_time, now) < MIN (rtt, PEER_MAX_KEY_RTT);
}

static void
peer_handle_psfb (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  guint32 sender_ssrc, media_ssrc;
  RtcPeerSection *section;
  RtcFirEntry entry;
  RtcRtcpRemb remb;
  RtcFirIter iter;

  if (rtc_rtcp_pli_parse (packet, &sender_ssrc, &media_ssrc) == RTC_OK) {
    section = peer_find_sender (self, media_ssrc);
    if (section == NULL) {
      self->counters.feedback_unknown++;
      return;
    }
    section->send.counters.plis++;
    GST_DEBUG_ID (self->id, "PLI for %08x", media_ssrc);
    if (!peer_has_key_frame_under_way (self, now, section))
      peer_ask_key_frame (self, now, section);
  } else if (rtc_rtcp_fir_parse (packet, &iter) == RTC_OK) {
    while (rtc_rtcp_fir_next (&iter, &entry)) {
      section = peer_find_sender (self, entry.ssrc);
      if (section == NULL) {
        self->counters.feedback_unknown++;
        continue;
      }
      section->send.counters.firs++;
      if (rtc_fir_state_handle (&section->send.fir, iter.sender_ssrc, entry.seq_nr))
        peer_ask_key_frame (self, now, section);
    }
  } else if (rtc_rtcp_remb_parse (packet, &remb) == RTC_OK) {
    rtc_peer_handle_remb (self, now, &remb);
  }
}

/* The latest of each receiver; those beyond what is kept are answered when they ask again. */
static void
peer_note_rrtr (RtcPeer *self, GstClockTime now, const RtcRtcpXr *xr)
{
  guint i = 0;

  self->peer_times_repair = TRUE;
  while (i < self->n_rrtrs && self->rrtrs[i].ssrc != xr->sender_ssrc)
    i++;
  if (i == PEER_MAX_RRTRS)
    return;
  self->rrtrs[i] = (RtcPeerRrtr){ xr->sender_ssrc, rtc_time_compact_ntp (xr->rrtr_ntp64), now };
  self->n_rrtrs = MAX (self->n_rrtrs, i + 1);
}

static void
peer_handle_xr (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  GstClockTime rtt;
  RtcRtcpXr xr;

  if (rtc_rtcp_xr_parse (packet, &xr) != RTC_OK) {
    self->counters.dropped_malformed++;
    return;
  }
  if (xr.has_rrtr)
    peer_note_rrtr (self, now, &xr);
  for (guint i = 0; i < xr.n_dlrr; i++) {
    RtcPeerSection *section = peer_find_sender (self, xr.dlrr[i].ssrc);

    if ((section == NULL && xr.dlrr[i].ssrc != self->rtcp_ssrc)
        || !rtc_rtcp_compute_rtt (rtc_time_compact_ntp (rtc_peer_ntp64 (self, now)),
            xr.dlrr[i].last_rr, xr.dlrr[i].delay_last_rr, &rtt))
      continue;
    self->counters.dlrr_measurements++;
    self->counters.dlrr_rtt = rtt;
    self->counters.dlrr_total += rtt;
    rtc_time_smooth (&self->rtt, rtt, PEER_DLRR_WEIGHT);
    if (section != NULL)
      rtc_send_stats_handle_rtt (&section->send.stats, rtt);
  }
}

/* Names of streams: the CNAME binds audio and video for lip sync, the MID says where an SSRC
 * belongs that no description and no packet has told of. */
static void
peer_handle_sdes (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  RtcSdesChunk chunk;
  RtcSdesIter iter;

  if (rtc_rtcp_sdes_parse (packet, &iter) != RTC_OK)
    return;
  while (rtc_rtcp_sdes_next (&iter, &chunk)) {
    RtcReceiveStream *stream = rtc_peer_find_inbound (self, chunk.ssrc);
    RtcBundleMatch match;

    if (stream != NULL) {
      rtc_receive_stream_set_cname (stream, chunk.cname, chunk.cname_len);
      continue;
    }
    if (chunk.mid_len == 0 || rtc_peer_is_own_ssrc (self, chunk.ssrc)
        || rtc_bundle_handle_sdes (self->bundle, now, chunk.ssrc, chunk.mid, chunk.mid_len, &match)
               != RTC_OK)
      continue;
    if (match.has_evicted)
      rtc_peer_remove_inbound (self, match.evicted_ssrc);
    if (match.is_new)
      rtc_peer_replay (self, now, chunk.ssrc);
  }
  if (iter.result == RTC_ERR_PARSE)
    self->counters.dropped_malformed++;
}

/* T18: a BYE may end only streams of this very peer, which is all that inbound holds. */
static void
peer_handle_bye (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  RtcRtcpBye bye;

  if (rtc_rtcp_bye_parse (packet, &bye) != RTC_OK) {
    self->counters.dropped_malformed++;
    return;
  }
  for (guint i = 0; i < bye.n_ssrcs; i++) {
    rtc_bundle_end_ssrc (self->bundle, now, bye.ssrcs[i]);
    rtc_peer_end_inbound (self, bye.ssrcs[i]);
  }
}

void
rtc_peer_handle_rtcp (RtcPeer *self, GstClockTime now, const guint8 *data, gsize len)
{
  gboolean has_sender_report = FALSE;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;

  rtc_rtcp_scheduler_received (&self->scheduler, len);
  rtc_peer_note_rtcp (self, now);
  rtc_rtcp_walk_init (&walk, data, len, self->config.limits.max_rtcp_blocks);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    switch (packet.type) {
      case RTC_RTCP_SR:
        has_sender_report = TRUE;
        peer_handle_report (self, now, &packet);
        break;
      case RTC_RTCP_RR:
        peer_handle_report (self, now, &packet);
        break;
      case RTC_RTCP_BYE:
        peer_handle_bye (self, now, &packet);
        break;
      case RTC_RTCP_SDES:
        peer_handle_sdes (self, now, &packet);
        break;
      case RTC_RTCP_RTPFB:
        if (packet.count == RTC_RTPFB_NACK)
          peer_handle_nack (self, now, &packet);
        else if (packet.count == RTC_RTPFB_TWCC)
          rtc_peer_handle_twcc (self, now, &packet);
        break;
      case RTC_RTCP_PSFB:
        peer_handle_psfb (self, now, &packet);
        break;
      case RTC_RTCP_XR:
        peer_handle_xr (self, now, &packet);
        break;
      default: /* APP and what is not known */
        break;
    }
  }
  if (walk.result == RTC_ERR_PARSE)
    self->counters.dropped_malformed++;
  else if (walk.result == RTC_ERR_LIMIT)
    self->counters.dropped_limit++;
  if (has_sender_report) {
    RtcOutput output = { .type = RTC_OUTPUT_RTCP, .packet = rtc_packet_new_copy (NULL, data, len) };

    rtc_output_queue_push (&self->out, &output);
  }
}

static guint
peer_collect_blocks (RtcPeer *self, GstClockTime now, RtcReportBlock *blocks, guint max)
{
  guint n = 0;

  for (guint i = 0; i < self->inbound->len && n < max; i++) {
    RtcReceiveStream *stream = rtc_peer_inbound (self, i);

    if (rtc_receive_stats_make_report_block (&stream->stats, now, &blocks[n]))
      n++;
  }
  return n;
}

/* SR for each stream that sends, the blocks in the first; RR when none does. */
static guint
peer_write_reports (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder, RtcSdesChunk *chunks)
{
  RtcRtcpReport report = { 0 };
  guint n_chunks = 0;

  report.n_blocks = peer_collect_blocks (self, now, report.blocks, RTC_RTCP_MAX_COUNT);
  for (guint i = 0; i < self->sections->len && n_chunks < RTC_RTCP_MAX_COUNT; i++) {
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (!section->can_send
        || !rtc_send_stats_get_sender_info (
            &section->send.stats, now, rtc_peer_ntp64 (self, now), &report.sender))
      continue;
    report.ssrc = section->send.config.rewrite.ssrc;
    report.is_sender = TRUE;
    if (rtc_rtcp_report_write (builder, &report) != RTC_OK)
      break;
    report.n_blocks = 0;
    chunks[n_chunks] = (RtcSdesChunk){ .ssrc = report.ssrc,
      .cname = self->cname,
      .cname_len = strlen (self->cname),
      .mid = section->send.config.mid,
      .mid_len = strlen (section->send.config.mid) };
    if (chunks[n_chunks].mid_len == 0)
      chunks[n_chunks].mid = NULL;
    n_chunks++;
  }
  if (n_chunks == 0) {
    report.ssrc = self->rtcp_ssrc;
    report.is_sender = FALSE;
    rtc_rtcp_report_write (builder, &report);
    chunks[n_chunks++] = (RtcSdesChunk){
      .ssrc = report.ssrc, .cname = self->cname, .cname_len = strlen (self->cname)
    };
  }
  return n_chunks;
}

/* RFC 3611: the receiver's reference time, when we only receive, and the answer to the peer's. */
static void
peer_write_xr (
    RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder, guint32 sender_ssrc, gboolean we_send)
{
  RtcRtcpXr xr = { .sender_ssrc = sender_ssrc };

  if (!self->rcvr_rtt)
    return;
  if (!we_send && self->inbound->len > 0) {
    xr.has_rrtr = TRUE;
    xr.rrtr_ntp64 = rtc_peer_ntp64 (self, now);
  }
  for (guint i = 0; i < self->n_rrtrs; i++) {
    const RtcPeerRrtr *rrtr = &self->rrtrs[i];

    xr.dlrr[xr.n_dlrr++] = (RtcXrDlrr){
      .ssrc = rrtr->ssrc,
      .last_rr = rrtr->compact,
      .delay_last_rr =
          (guint32) (rtc_time_duration_to_ntp64 (rtc_time_elapsed (rrtr->time, now)) >> 16),
    };
  }
  if (rtc_rtcp_xr_write (builder, &xr) == RTC_OK)
    self->n_rrtrs = 0;
}

static gsize
peer_write_compound (
    RtcPeer *self, GstClockTime now, guint8 *data, gsize cap, const RtcRtcpBye *bye)
{
  RtcSdesChunk chunks[RTC_RTCP_MAX_COUNT];
  RtcRtcpBuilder builder;
  guint n_chunks;
  gsize len = 0;

  rtc_rtcp_builder_init (&builder, data, cap, RTC_RTCP_COMPOUND);
  n_chunks = peer_write_reports (self, now, &builder, chunks);
  rtc_rtcp_sdes_write (&builder, chunks, n_chunks);
  peer_write_xr (self, now, &builder, chunks[0].ssrc, chunks[0].ssrc != self->rtcp_ssrc);
  rtc_peer_write_feedback (self, now, &builder);
  if (bye != NULL)
    rtc_rtcp_bye_write (&builder, bye);
  if (rtc_rtcp_builder_finish (&builder, &len) != RTC_OK)
    return 0;
  return len;
}

static gsize
peer_write_reduced (RtcPeer *self, GstClockTime now, guint8 *data, gsize cap)
{
  RtcRtcpBuilder builder;
  gsize len = 0;

  rtc_rtcp_builder_init (&builder, data, cap, RTC_RTCP_REDUCED_SIZE);
  if (!rtc_peer_write_feedback (self, now, &builder)
      || rtc_rtcp_builder_finish (&builder, &len) != RTC_OK)
    return 0;
  return len;
}

void
rtc_peer_poll_rtcp (RtcPeer *self, GstClockTime now)
{
  guint8 data[RTC_MTU + RTC_SRTP_MAX_OVERHEAD];
  RtcRtcpSendKind kind;
  gsize len = 0;

  if (!self->rtcp_running || self->srtp == NULL || self->failure != NULL || self->is_closed)
    return;
  rtc_peer_send_cc_feedback (self, now);
  if (!self->feedback_requested && rtc_time_is_due (rtc_peer_feedback_deadline (self), now)) {
    self->feedback_requested = TRUE;
    rtc_rtcp_scheduler_request_feedback (&self->scheduler, now);
  }
  kind = rtc_rtcp_scheduler_poll (&self->scheduler, now);
  if (kind == RTC_RTCP_SEND_NOTHING)
    return;
  self->feedback_requested = FALSE;
  if (kind == RTC_RTCP_SEND_EARLY_REDUCED)
    len = peer_write_reduced (self, now, data, RTC_MTU - RTC_SRTP_MAX_OVERHEAD);
  else
    len = peer_write_compound (self, now, data, RTC_MTU - RTC_SRTP_MAX_OVERHEAD, NULL);
  rtc_rtcp_scheduler_sent (&self->scheduler, now, kind, len);
  if (len > 0)
    rtc_peer_protect_and_send_rtcp (self, now, data, len, sizeof data);
}

gboolean
rtc_peer_report_along (RtcPeer *self, GstClockTime now)
{
  /* What the deadline says is at hand; the scheduler is in no cache. */
  if (rtc_time_elapsed (now, self->told_deadline) > PEER_REPORT_AHEAD || !self->rtcp_running
      || !rtc_rtcp_scheduler_hurry (&self->scheduler, now))
    return FALSE;
  rtc_peer_poll_rtcp (self, now);
  return TRUE;
}

void
rtc_peer_send_bye (RtcPeer *self, GstClockTime now)
{
  guint8 data[RTC_MTU + RTC_SRTP_MAX_OVERHEAD];
  RtcRtcpBye bye = { 0 };
  gsize len;

  if (self->srtp == NULL)
    return;
  for (guint i = 0; i < self->sections->len && bye.n_ssrcs < RTC_RTCP_MAX_COUNT; i++) {
    const RtcPeerSection *section = rtc_peer_section (self, i);

    if (section->can_send)
      bye.ssrcs[bye.n_ssrcs++] = section->send.config.rewrite.ssrc;
  }
  if (bye.n_ssrcs == 0)
    bye.ssrcs[bye.n_ssrcs++] = self->rtcp_ssrc;
  len = peer_write_compound (self, now, data, RTC_MTU - RTC_SRTP_MAX_OVERHEAD, &bye);
  if (len > 0)
    rtc_peer_protect_and_send_rtcp (self, now, data, len, sizeof data);
}
