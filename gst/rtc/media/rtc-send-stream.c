/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-send-stream.h"

/* PADDING_SPAN: padding repeats one of so many last packets, PADDING_TRIES of them are looked at;
 * one shorter than PADDING_MIN_BYTES is no better than plain padding. */
#define PADDING_SPAN 32
#define PADDING_TRIES 4
#define PADDING_MIN_BYTES 255

/* The unit of playout-delay, and its longest: what is said where only the least matters. */
#define PLAYOUT_UNIT (10 * GST_MSECOND)
#define PLAYOUT_MOST 0xfff

static void
send_stream_set_values (RtcSendStream *self)
{
  RtcRtpExtensionValues values = { 0 }, of_repair;

  if ((self->config.has_playout_delay || self->has_wait) && !self->peer_knows_delay) {
    values.playout_min = self->config.has_playout_delay
                             ? self->config.playout_min
                             : (guint16) (self->wait.wait / PLAYOUT_UNIT);
    values.playout_max = self->config.has_playout_delay ? self->config.playout_max : PLAYOUT_MOST;
    values.present |= 1u << RTC_RTP_EXTENSION_PLAYOUT_DELAY;
  }
  values.present |= 1u << RTC_RTP_EXTENSION_TWCC;
  values.present |= 1u << RTC_RTP_EXTENSION_ABS_SEND_TIME;
  of_repair = values;
  /* RFC 9143 15: MID until the receiver has shown that it knows the SSRC. The first packet of
   * repair may come at any time, and is shown by nothing; and once Firefox has found one SSRC by
   * its MID, it takes no other without, though the description names it. */
  if (self->config.mid[0] != '\0') {
    rtc_rtp_extension_values_set_text (&of_repair, RTC_RTP_EXTENSION_MID, self->config.mid);
    if (!self->peer_knows_mid)
      rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, self->config.mid);
  }
  rtc_rewrite_set_values (&self->rewrite, &values, &of_repair);
}

void
rtc_send_stream_init (RtcSendStream *self, const RtcSendStreamConfig *config)
{
  memset (self, 0, sizeof *self);
  self->config = *config;
  rtc_rewrite_init (&self->rewrite, &config->rewrite);
  rtc_nack_responder_init (&self->nack);
  rtc_send_fec_init (&self->fec, &config->fec);
  rtc_send_stats_init (&self->stats, config->rewrite.ssrc, config->rewrite.clock_rate);
  rtc_send_stats_init (&self->rtx_stats, config->rewrite.rtx_ssrc, config->rewrite.clock_rate);
  self->delay_since = self->rewrite.next_ext_seq;
  self->temporal_wanted = self->temporal = RTC_SEND_STREAM_ALL_LAYERS;
  send_stream_set_values (self);
}

void
rtc_send_stream_clear (RtcSendStream *self)
{
  rtc_nack_responder_clear (&self->nack);
  rtc_send_fec_clear (&self->fec);
  rtc_rewrite_clear (&self->rewrite);
  memset (self->histories, 0, sizeof self->histories);
  self->has_source = FALSE;
}

void
rtc_send_stream_update (RtcSendStream *self, const RtcSendStreamConfig *config)
{
  RtcRewriteConfig *own = &self->config.rewrite;

  own->payload_type = config->rewrite.payload_type;
  own->clock_rate = config->rewrite.clock_rate;
  own->rtx_payload_type = config->rewrite.rtx_payload_type;
  /* Until RTX is agreed there is no SSRC for it; then it stays, and so do its numbers. */
  if (own->rtx_ssrc == 0)
    own->rtx_ssrc = config->rewrite.rtx_ssrc;
  own->extensions = config->rewrite.extensions;
  g_strlcpy (self->config.mid, config->mid, sizeof self->config.mid);
  /* What was sent before the extension was agreed on said nothing of the delay. */
  if (own->extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY]
      != self->rewrite.config.extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY]) {
    self->peer_knows_delay = FALSE;
    self->delay_since = self->rewrite.next_ext_seq;
  }
  self->rewrite.config = *own;
  rtc_send_fec_update (&self->fec, &config->fec);
  self->rtx_stats.ssrc = own->rtx_ssrc;
  rtc_send_stats_set_clock_rate (&self->stats, own->clock_rate);
  rtc_send_stats_set_clock_rate (&self->rtx_stats, own->clock_rate);
  send_stream_set_values (self);
}

guint
rtc_send_stream_set_source (
    RtcSendStream *self, RtcPacketHistory *history, gboolean wait_for_key_frame)
{
  self->has_source = history != NULL;
  if (history == NULL)
    return self->slot;
  /* Only a slot that was sent from belongs to a segment of the rewrite; another one is free for
   * the next source, or sources that nothing came from would push segments' histories out. */
  if (!self->is_fresh) {
    self->same_clock = self->histories[self->slot] == history;
    self->slot = (self->slot + 1) % RTC_SEND_STREAM_SLOTS;
    self->is_fresh = TRUE;
  } else {
    guint sent_from = (self->slot + RTC_SEND_STREAM_SLOTS - 1) % RTC_SEND_STREAM_SLOTS;

    self->same_clock = self->histories[sent_from] == history;
  }
  self->histories[self->slot] = history;
  self->wait_for_key_frame = wait_for_key_frame;
  self->has_admitted_key = FALSE;
  self->is_skipping = FALSE;
  self->is_leaving = FALSE;
  self->has_thin = FALSE;
  self->temporal = self->temporal_wanted;
  self->skip_from = 0;
  self->catch_ticks = 0;
  rtc_rewrite_forget_left_out (&self->rewrite);
  return self->slot;
}

void
rtc_send_stream_catch_up (RtcSendStream *self, guint32 ticks, guint32 span)
{
  self->catch_ticks = ticks;
  self->catch_span = span;
}

void
rtc_send_stream_leave (RtcSendStream *self, guint n_dropped)
{
  rtc_send_stream_skip (self, n_dropped);
  self->is_leaving = TRUE;
}

void
rtc_send_stream_stay (RtcSendStream *self)
{
  self->is_leaving = FALSE;
}

void
rtc_send_stream_set_temporal (RtcSendStream *self, guint8 highest)
{
  self->temporal_wanted = highest;
}

/* Whether the picture that entry begins is left out. */
static gboolean
send_stream_thins (RtcSendStream *self, const RtcPacketHistoryEntry *entry)
{
  const RtcPictureId *picture = &entry->picture;
  self->temporal = MIN (self->temporal, self->temporal_wanted);
  if (entry->is_key_frame)
    self->temporal = self->temporal_wanted;
  else if (picture->is_up && picture->temporal <= self->temporal)
    self->temporal =
        self->temporal_wanted; /* this picture, which is sent anyway, and those after */
  else if (picture->is_sync && picture->temporal == self->temporal + 1
           && picture->temporal <= self->temporal_wanted)
    self->temporal = picture->temporal;
  return picture->temporal > self->temporal;
}

/* Each picture is sent or left out as a whole. */
static gboolean
send_stream_leaves_out (RtcSendStream *self, const RtcPacketHistoryEntry *entry)
{
  if (self->temporal == RTC_SEND_STREAM_ALL_LAYERS
      && self->temporal_wanted == RTC_SEND_STREAM_ALL_LAYERS)
    return FALSE;
  if (!self->has_thin || self->thin_ts != entry->rtp_ts)
    self->is_thin = send_stream_thins (self, entry);
  self->has_thin = TRUE;
  self->thin_ts = entry->rtp_ts;
  if (!self->is_thin)
    return FALSE;
  self->counters.packets_thinned++;
  rtc_rewrite_leave_out (&self->rewrite, entry);
  return TRUE;
}

gboolean
rtc_send_stream_admit (RtcSendStream *self, const RtcPacketHistoryEntry *entry)
{
  if (!self->has_source || self->is_leaving || (self->wait_for_key_frame && !entry->is_key_frame)) {
    self->counters.packets_dropped++;
    return FALSE;
  }
  if (send_stream_leaves_out (self, entry))
    return FALSE;
  self->wait_for_key_frame = FALSE;
  if (entry->is_key_frame) {
    self->has_admitted_key = TRUE;
    self->admitted_key_ts = entry->rtp_ts;
  }
  return TRUE;
}

gboolean
rtc_send_stream_is_key_frame (const RtcSendStream *self, const RtcPacketHistoryEntry *entry)
{
  return self->has_admitted_key && entry->rtp_ts == self->admitted_key_ts;
}

void
rtc_send_stream_hide (RtcSendStream *self, guint n_dropped)
{
  self->counters.packets_dropped += n_dropped;
  self->is_skipping = TRUE;
  rtc_rewrite_forget (&self->rewrite);
}

void
rtc_send_stream_skip (RtcSendStream *self, guint n_dropped)
{
  rtc_send_stream_hide (self, n_dropped);
  self->wait_for_key_frame = TRUE;
  self->has_admitted_key = FALSE;
}

void
rtc_send_stream_skip_from (RtcSendStream *self, guint64 ext_seq)
{
  self->counters.packets_dropped++;
  self->wait_for_key_frame = TRUE;
  self->skip_from = ext_seq;
}

/* Whether this packet says when it was captured, as *extra then does. */
static gboolean
send_stream_tell_capture_time (RtcSendStream *self, GstClockTime now,
    const RtcPacketHistoryEntry *entry, RtcRtpExtensionValues *extra)
{
  const RtcRewriteConfig *rewrite = &self->config.rewrite;
  GstClockTime captured = entry->packet->time;
  guint64 ntp64;

  if (rewrite->extensions.ids[RTC_RTP_EXTENSION_ABS_CAPTURE_TIME] == 0
      || captured == GST_CLOCK_TIME_NONE)
    return FALSE;
  ntp64 = self->config.ntp64_at_zero + rtc_time_duration_to_ntp64 (captured);
  if (!rtc_capture_time_teller_poll (
          &self->capture_time, now, entry->rtp_ts, rewrite->clock_rate, ntp64))
    return FALSE;
  memset (extra, 0, sizeof *extra);
  extra->present = 1u << RTC_RTP_EXTENSION_ABS_CAPTURE_TIME;
  extra->abs_capture_ntp64 = ntp64;
  return TRUE;
}

/* may_leave: the payload where it is. */
static RtcResult
send_stream_build (RtcSendStream *self, GstClockTime now, const RtcPacketHistoryEntry *entry,
    guint8 *dst, gsize cap, gboolean may_leave, RtcRewritten *out)
{
  RtcRtpExtensionValues extra;
  gboolean has_extra;
  GstClockTime media_time;
  gsize header_len;
  RtcResult result;

  if (!self->has_source) {
    self->counters.packets_dropped++;
    return RTC_AGAIN;
  }
  if (self->is_fresh) {
    self->counters.sources_changed += !self->same_clock && self->rewrite.n_segments > 0;
    rtc_rewrite_set_source (&self->rewrite, self->slot, entry, self->same_clock);
    if (self->catch_ticks > 0)
      rtc_rewrite_catch_up (&self->rewrite, entry->rtp_ts, self->catch_ticks, self->catch_span);
    self->capture_time.has_last &= self->same_clock;
  } else if (self->is_skipping || (self->skip_from != 0 && entry->ext_seq >= self->skip_from)) {
    rtc_rewrite_set_source (&self->rewrite, self->slot, entry, TRUE);
  }
  has_extra = send_stream_tell_capture_time (self, now, entry, &extra);
  result = (may_leave ? rtc_rewrite_head : rtc_rewrite_packet) (
      &self->rewrite, entry, has_extra ? &extra : NULL, dst, cap, out);
  if (result != RTC_OK) {
    self->counters.packets_dropped++;
    return result;
  }
  self->is_fresh = FALSE;
  self->is_skipping = FALSE;
  if (entry->ext_seq >= self->skip_from)
    self->skip_from = 0;
  header_len = out->len - entry->payload_len;
  if (rtc_send_fec_is_active (&self->fec))
    rtc_send_fec_protect (&self->fec, now, self->histories[self->slot], entry, dst, cap, out);
  media_time = entry->packet->time != GST_CLOCK_TIME_NONE ? entry->packet->time + out->ahead : now;
  /* What it says of the time between two packets does not hold while catching up. */
  self->capture_time.has_last &= out->ahead == 0;
  rtc_send_stats_handle_sent (
      &self->stats, now, media_time, out->rtp_ts, out->len - header_len, header_len, FALSE);
  if (self->config.kind == RTC_MEDIA_VIDEO) {
    /* Several packets of one key frame may be marked: its parameter sets and its slices. */
    if (entry->is_key_frame && (!self->has_key_frame || entry->rtp_ts != self->key_frame_ts)) {
      self->counters.key_frames++;
      self->key_frame_seq = out->ext_seq;
    }
    self->has_key_frame |= entry->is_key_frame;
    if (entry->is_key_frame)
      self->key_frame_ts = entry->rtp_ts;
    if (self->has_key_frame && entry->rtp_ts == self->key_frame_ts)
      self->key_frame_time = now;
    self->counters.frames += entry->marker ? 1 : 0;
  }
  return RTC_OK;
}

RtcResult
rtc_send_stream_build (RtcSendStream *self, GstClockTime now, const RtcPacketHistoryEntry *entry,
    guint8 *dst, gsize cap, RtcRewritten *out)
{
  return send_stream_build (self, now, entry, dst, cap, FALSE, out);
}

RtcResult
rtc_send_stream_build_head (RtcSendStream *self, GstClockTime now,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out)
{
  return send_stream_build (self, now, entry, dst, cap, !rtc_send_fec_is_active (&self->fec), out);
}

RtcResult
rtc_send_stream_build_fec (
    RtcSendStream *self, GstClockTime now, guint8 *dst, gsize cap, RtcRewritten *out)
{
  gsize header_octets = self->fec.counters.header_octets;
  RtcResult result = rtc_send_fec_build (&self->fec, &self->rewrite, dst, cap, out);

  if (result != RTC_OK || self->config.fec.flexfec_payload_type != 0)
    return result;
  /* Under the media's SSRC, and so in its sender reports. */
  header_octets = self->fec.counters.header_octets - header_octets;
  rtc_send_stats_handle_sent (&self->stats, now, self->stats.last_rtp_time, out->rtp_ts,
      out->len - header_octets, header_octets, FALSE);
  return RTC_OK;
}

/* The history of the source that was sent last; NULL: none was. */
static RtcPacketHistory *
send_stream_sent_from (const RtcSendStream *self)
{
  if (!self->is_fresh)
    return self->histories[self->slot];
  return self->histories[(self->slot + RTC_SEND_STREAM_SLOTS - 1) % RTC_SEND_STREAM_SLOTS];
}

gboolean
rtc_send_stream_has_waiting_key_frame (const RtcSendStream *self)
{
  return self->has_admitted_key
         && (!self->has_key_frame || self->admitted_key_ts != self->key_frame_ts);
}

/* From which number on the peer needs what it was sent: none, while the next that it gets is a key
 * frame. */
static guint64
send_stream_needed_from (const RtcSendStream *self)
{
  if (self->wait_for_key_frame || rtc_send_stream_has_waiting_key_frame (self))
    return G_MAXUINT64;
  return self->key_frame_seq;
}

static RtcNackSituation
send_stream_situation (RtcSendStream *self, GstClockTime now)
{
  RtcPacketHistory *history = send_stream_sent_from (self);

  return (RtcNackSituation){ .rtt = self->stats.has_rtt ? self->stats.smoothed_rtt
                                                        : GST_CLOCK_TIME_NONE,
    .loss = self->stats.has_report ? self->stats.fraction_lost : 0,
    .has_rtx = self->config.rewrite.rtx_payload_type != 0,
    .sent_bytes = history != NULL ? rtc_packet_history_get_recent_bytes (history, now) : 0,
    .has_needs = self->has_key_frame,
    .needed_from = send_stream_needed_from (self),
    .rewrite = &self->rewrite,
    .histories = self->histories,
    .n_histories = G_N_ELEMENTS (self->histories) };
}

guint
rtc_send_stream_handle_nack (RtcSendStream *self, GstClockTime now, const guint16 *seqs,
    guint n_seqs, RtcNackResend *out, guint n_out, gboolean *is_stuck)
{
  RtcNackSituation situation = send_stream_situation (self, now);

  return rtc_nack_responder_handle_nack (
      &self->nack, now, &situation, seqs, n_seqs, out, n_out, is_stuck);
}

guint
rtc_send_stream_handle_lost (RtcSendStream *self, GstClockTime now, const guint16 *seqs,
    guint n_seqs, RtcNackResend *out, guint n_out)
{
  RtcNackSituation situation = send_stream_situation (self, now);

  return rtc_nack_responder_handle_lost (&self->nack, now, &situation, seqs, n_seqs, out, n_out);
}

RtcResult
rtc_send_stream_build_rtx (RtcSendStream *self, GstClockTime now, const RtcNackResend *resend,
    guint8 *dst, gsize cap, RtcRewritten *out)
{
  RtcResult result =
      rtc_rewrite_retransmission (&self->rewrite, resend->seq, resend->entry, dst, cap, out);

  if (result != RTC_OK) {
    rtc_nack_responder_note_dropped (&self->nack, resend->seq);
    return result;
  }
  rtc_nack_responder_note_left (&self->nack, now, resend->seq);
  rtc_send_stats_handle_sent (&self->rtx_stats, now, now, out->rtp_ts, resend->entry->payload_len,
      out->len - resend->entry->payload_len, TRUE);
  return RTC_OK;
}

/* The peer has the packet of that number: what was said in it, and in all before, is known. */
static void
send_stream_note_seen (RtcSendStream *self, guint16 seq)
{
  guint64 newest = self->rewrite.next_ext_seq - 1;
  guint64 seen = newest - (guint16) ((guint16) newest - seq);
  gboolean knows_delay = seen >= self->delay_since && seen <= newest;

  if (self->peer_knows_mid && (self->peer_knows_delay || !knows_delay))
    return;
  self->peer_knows_mid = TRUE;
  self->peer_knows_delay |= knows_delay;
  send_stream_set_values (self);
}

const RtcPacketHistoryEntry *
rtc_send_stream_find_sent (const RtcSendStream *self, GstClockTime now, guint16 seq)
{
  guint32 source;
  guint64 ext_seq;

  if (!rtc_rewrite_find_source (&self->rewrite, seq, &source, &ext_seq)
      || source >= G_N_ELEMENTS (self->histories) || self->histories[source] == NULL)
    return NULL;
  return rtc_packet_history_find (self->histories[source], now, ext_seq);
}

/* One of the last packets that is worth repeating; entry NULL: none. */
static RtcNackResend
send_stream_find_padding (RtcSendStream *self, GstClockTime now, guint wanted)
{
  GstClockTime rtt = self->stats.has_rtt ? self->stats.smoothed_rtt : GST_CLOCK_TIME_NONE;
  RtcNackResend resend = { 0 };

  for (guint i = 0; i < PADDING_TRIES; i++) {
    guint back = self->padding_step++ % PADDING_SPAN;
    const RtcPacketHistoryEntry *entry;

    resend.seq = (guint16) (self->rewrite.next_ext_seq - 1 - back);
    entry = rtc_send_stream_find_sent (self, now, resend.seq);
    if (entry == NULL || entry->payload_len < PADDING_MIN_BYTES
        || entry->payload_len > MAX (wanted, 2 * PADDING_MIN_BYTES)
        || !rtc_nack_responder_note_padding (&self->nack, now, rtt, resend.seq))
      continue;
    resend.entry = entry;
    return resend;
  }
  return resend;
}

RtcResult
rtc_send_stream_build_padding (
    RtcSendStream *self, GstClockTime now, guint wanted, guint8 *dst, gsize cap, RtcRewritten *out)
{
  RtcResult result = RTC_ERR_STATE;
  RtcNackResend resend = { 0 };

  if (self->config.rewrite.rtx_payload_type == 0 || !self->has_source)
    return RTC_ERR_STATE;
  resend = send_stream_find_padding (self, now, wanted);
  if (resend.entry != NULL)
    result = rtc_rewrite_retransmission (&self->rewrite, resend.seq, resend.entry, dst, cap, out);
  if (result != RTC_OK) {
    resend.entry = NULL;
    result =
        rtc_rewrite_padding (&self->rewrite, (guint8) CLAMP (wanted, 1, G_MAXUINT8), dst, cap, out);
  }
  if (result != RTC_OK)
    return result;
  self->counters.padding_packets++;
  self->counters.padding_bytes += out->len;
  rtc_send_stats_handle_sent (&self->rtx_stats, now, now, out->rtp_ts,
      resend.entry != NULL ? resend.entry->payload_len : 0,
      out->len - (resend.entry != NULL ? resend.entry->payload_len : 0), FALSE);
  return RTC_OK;
}

RtcResult
rtc_send_stream_handle_report_block (
    RtcSendStream *self, guint64 ntp64, const RtcReportBlock *block)
{
  if (self->config.rewrite.rtx_payload_type != 0 && block->ssrc == self->rtx_stats.ssrc)
    return rtc_send_stats_handle_report_block (&self->rtx_stats, ntp64, block);
  send_stream_note_seen (self, (guint16) block->highest_seq);
  return rtc_send_stats_handle_report_block (&self->stats, ntp64, block);
}

/* Whether the counts without what queues lose are there, and not of long ago. */
static gboolean
send_stream_knows_path (RtcSendStream *self, GstClockTime now, guint64 path_packets)
{
  if (path_packets != self->path_packets) {
    self->path_packets = path_packets;
    self->path_time = now;
    self->path_seq = self->stats.highest_seq;
  }
  return path_packets > 0
         && (rtc_time_elapsed (self->path_time, now) < RTC_REPAIR_WAIT_SILENT
             || self->stats.highest_seq <= self->path_seq + RTC_REPAIR_WAIT_SAMPLE);
}

static gboolean
send_stream_may_ask_for_delay (const RtcSendStream *self)
{
  const RtcRewriteConfig *rewrite = &self->config.rewrite;

  return !self->config.has_playout_delay && self->config.kind == RTC_MEDIA_VIDEO
         && rewrite->rtx_payload_type != 0
         && rewrite->extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY] != 0;
}

void
rtc_send_stream_update_repair (RtcSendStream *self, GstClockTime now, gboolean times_repair,
    guint64 path_packets, guint64 path_lost)
{
  gboolean is_of_path = send_stream_knows_path (self, now, path_packets);
  guint64 packets = is_of_path ? path_packets : self->stats.highest_seq;
  gint64 lost = is_of_path ? (gint64) path_lost : self->stats.packets_lost;

  if (is_of_path != self->is_of_path) {
    rtc_send_fec_restart (&self->fec);
    rtc_repair_wait_restart (&self->wait);
  }
  self->is_of_path = is_of_path;
  rtc_send_fec_handle_report (&self->fec, packets, lost,
      self->stats.has_rtt ? self->stats.smoothed_rtt : GST_CLOCK_TIME_NONE,
      self->config.rewrite.rtx_payload_type != 0);
  if (!send_stream_may_ask_for_delay (self)
      || !rtc_repair_wait_handle_report (
          &self->wait, now, packets, lost, rtc_send_fec_get_path_rtt (&self->fec), times_repair))
    return;
  self->has_wait = TRUE;
  self->peer_knows_delay = FALSE;
  self->delay_since = self->rewrite.next_ext_seq;
  send_stream_set_values (self);
}
