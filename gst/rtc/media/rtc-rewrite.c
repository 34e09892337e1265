/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-rewrite.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-rtx.h"

/* Unwrapped numbers start one turn above zero, so that none before the first goes below it. */
#define FIRST_TURN 0x10000

void
rtc_rewrite_init (RtcRewrite *self, const RtcRewriteConfig *config)
{
  memset (self, 0, sizeof *self);
  self->config = *config;
  self->next_ext_seq = FIRST_TURN + config->first_seq;
  self->next_rtx_seq = config->first_rtx_seq;
  self->last_time = GST_CLOCK_TIME_NONE;
  self->last_captured = GST_CLOCK_TIME_NONE;
}

void
rtc_rewrite_clear (RtcRewrite *self)
{
  g_clear_pointer (&self->inserted, g_free);
  g_clear_pointer (&self->thinning, g_free);
}

/* Writes the block as it stands in a packet with a 12-byte header. */
static RtcResult
prepare_block (
    RtcRewriteBlock *block, const RtcRtpExtensionMap *map, const RtcRtpExtensionValues *values)
{
  guint8 packet[RTC_RTP_HEADER_LEN + RTC_REWRITE_BLOCK_MAX];
  RtcWriter writer = rtc_writer (packet, sizeof packet);

  rtc_writer_reserve (&writer, RTC_RTP_HEADER_LEN);
  block->len = (guint8) rtc_rtp_extension_write (map, values, &writer, &block->slots);
  if (!writer.ok)
    return RTC_ERR_LIMIT;
  memcpy (block->bytes, packet + RTC_RTP_HEADER_LEN, block->len);
  return RTC_OK;
}

/* "RepairedRtpStreamId ... is only used in redundancy RTP streams" and names the RtpStreamId of
 * the stream repaired (RFC 8852 3.2); the rid itself stays out of them. */
static void
values_for_repair (const RtcRtpExtensionValues *values, RtcRtpExtensionValues *repair)
{
  *repair = *values;
  if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_RID))
    rtc_rtp_extension_values_set_text (repair, RTC_RTP_EXTENSION_REPAIRED_RID, values->rid);
  repair->present &= ~(1u << RTC_RTP_EXTENSION_RID);
}

RtcResult
rtc_rewrite_set_values (
    RtcRewrite *self, const RtcRtpExtensionValues *values, const RtcRtpExtensionValues *of_repair)
{
  RtcRewriteBlock block, repair_block;
  RtcRtpExtensionValues repair;

  values_for_repair (of_repair, &repair);
  if (prepare_block (&block, &self->config.extensions, values) != RTC_OK
      || prepare_block (&repair_block, &self->config.extensions, &repair) != RTC_OK)
    return RTC_ERR_LIMIT;
  self->values = *values;
  self->block = block;
  self->repair_block = repair_block;
  return RTC_OK;
}

static RtcRewriteSegment *
current_segment (RtcRewrite *self)
{
  return (RtcRewriteSegment *) rtc_rewrite_get_segment (self);
}

/* Captures this much further apart than the arrivals are not believed. */
#define MAX_CAPTURE_SKEW (1 * GST_SECOND)

/* From the packet written last to first: of rungs of one picture the captures tell it exactly,
 * however long each took to be encoded. */
static GstClockTimeDiff
time_since_last (const RtcRewrite *self, const RtcPacketHistoryEntry *first)
{
  GstClockTimeDiff arrivals = (GstClockTimeDiff) rtc_time_elapsed (self->last_time, first->time);
  GstClockTimeDiff captures;

  if (self->last_captured == GST_CLOCK_TIME_NONE || first->packet->time == GST_CLOCK_TIME_NONE)
    return arrivals;
  captures = GST_CLOCK_DIFF (self->last_captured, first->packet->time);
  if (ABS (captures - arrivals) > (GstClockTimeDiff) MAX_CAPTURE_SKEW)
    return arrivals;
  return captures;
}

static guint32
ts_after_pause (RtcRewrite *self, const RtcPacketHistoryEntry *first)
{
  GstClockTimeDiff time = time_since_last (self, first);
  gint64 ticks = (gint64) gst_util_uint64_scale_round (
      (guint64) ABS (time), self->config.clock_rate, GST_SECOND);
  gint64 due = (time < 0 ? -ticks : ticks) - (gint64) self->ts_debt;

  self->ts_debt = due >= 1 ? 0 : (guint64) (1 - due);
  return self->last_rtp_ts + (guint32) MAX (due, 1);
}

/* What is added to a time stamp of the source's beside the segment's offset: less and less. */
static guint32
ticks_ahead (const RtcRewriteSegment *segment, guint32 source_ts)
{
  guint32 done = source_ts - segment->catch_from, left;

  if (segment->catch_ticks == 0 || done >= segment->catch_ticks)
    return 0;
  left = segment->catch_ticks - done;
  return left - (guint32) ((guint64) left * segment->catch_span / segment->catch_ticks);
}

/* Time stamps that are ahead of first: they go on at half the speed until it has caught up. */
static void
continue_catch_up (const RtcRewrite *self, const RtcRewriteSegment *before,
    const RtcPacketHistoryEntry *first, RtcRewriteSegment *segment)
{
  guint32 behind = self->last_rtp_ts + 1 - (first->rtp_ts + segment->ts_offset);

  if (first->rtp_ts - before->catch_from >= before->catch_ticks || behind == 0
      || behind > before->catch_ticks)
    return;
  segment->catch_from = first->rtp_ts;
  segment->catch_ticks = 2 * behind;
  segment->catch_span = behind;
}

/* What makes first's picture the one after the last. */
static void
continue_ids (
    const RtcRewrite *self, const RtcPacketHistoryEntry *first, RtcRewriteSegment *segment)
{
  const RtcPictureId *picture = &first->picture;

  if (picture->id_offset != 0 && self->has_id)
    segment->id_offset = (guint16) (self->last_id + 1 - picture->id);
  /* Only a picture of the base layer has a TL0PICIDX of its own. */
  if (picture->tl0_offset != 0 && self->has_tl0)
    segment->tl0_offset =
        (guint8) (self->last_tl0 + (picture->temporal == 0 ? 1 : 0) - picture->tl0);
}

void
rtc_rewrite_set_source (
    RtcRewrite *self, guint32 source, const RtcPacketHistoryEntry *first, gboolean same_clock)
{
  gboolean was_sent = self->last_time != GST_CLOCK_TIME_NONE;
  RtcRewriteSegment *segment, before = { 0 };
  guint32 ts_offset;

  if (self->n_segments > 0)
    before = *current_segment (self);
  if (!was_sent)
    ts_offset = self->config.first_rtp_ts - first->rtp_ts;
  else if (same_clock)
    ts_offset = current_segment (self)->ts_offset;
  else
    ts_offset = ts_after_pause (self, first) - first->rtp_ts;

  /* A segment of which nothing was sent gives its place to this one. */
  if (self->n_segments == 0 || current_segment (self)->first != self->next_ext_seq)
    self->n_segments++;
  segment = current_segment (self);
  *segment = (RtcRewriteSegment){
    .first = self->next_ext_seq,
    .seq_offset = self->next_ext_seq - first->ext_seq,
    .ts_offset = ts_offset,
    .source = source,
  };
  continue_ids (self, first, segment);
  if (was_sent && same_clock && before.catch_ticks > 0)
    continue_catch_up (self, &before, first, segment);
  if (self->thinning != NULL)
    rtc_thinning_forget (self->thinning, first->ext_seq);
}

void
rtc_rewrite_catch_up (RtcRewrite *self, guint32 first_rtp_ts, guint32 ticks, guint32 span)
{
  RtcRewriteSegment *segment = current_segment (self);

  segment->catch_from = first_rtp_ts;
  segment->catch_ticks = ticks;
  segment->catch_span = span;
}

void
rtc_rewrite_leave_out (RtcRewrite *self, const RtcPacketHistoryEntry *entry)
{
  if (self->thinning == NULL)
    self->thinning = g_new0 (RtcThinning, 1);
  rtc_thinning_note (self->thinning, entry);
}

void
rtc_rewrite_forget_left_out (RtcRewrite *self)
{
  if (self->thinning != NULL)
    rtc_thinning_forget (self->thinning, G_MAXUINT64);
}

/* The unwrapped number of what the peer calls seq; FALSE when it was never sent. */
static gboolean
unwrap_sent (const RtcRewrite *self, guint16 seq, guint64 *ext_seq)
{
  guint64 newest = self->next_ext_seq - 1;

  if (rtc_seq_is_newer (seq, (guint16) newest))
    return FALSE;
  *ext_seq = newest - (guint16) ((guint16) newest - seq);
  return *ext_seq >= FIRST_TURN + self->config.first_seq;
}

/* The unwrapped number of what the peer calls seq and the segment it was sent in. */
static const RtcRewriteSegment *
find_segment (const RtcRewrite *self, guint16 seq, guint64 *ext_seq)
{
  guint n_kept = MIN (self->n_segments, RTC_REWRITE_SEGMENTS);

  if (!unwrap_sent (self, seq, ext_seq) || *ext_seq < self->first_kept)
    return NULL;
  for (guint i = 1; i <= n_kept; i++) {
    const RtcRewriteSegment *segment =
        &self->segments[(self->n_segments - i) % RTC_REWRITE_SEGMENTS];

    if (*ext_seq >= segment->first)
      return segment;
  }
  return NULL;
}

/* Where the segment after segment begins. */
static guint64
segment_end (const RtcRewrite *self, const RtcRewriteSegment *segment)
{
  guint64 end = G_MAXUINT64;

  for (guint i = 0; i < MIN (self->n_segments, RTC_REWRITE_SEGMENTS); i++)
    if (self->segments[i].first > segment->first)
      end = MIN (end, self->segments[i].first);
  return end;
}

/* How many numbers in front of peer_seq, which lies in segment, are not the source's; FALSE when
 * peer_seq itself is none of them, or too many were inserted since to know it. */
static gboolean
count_inserted_before (
    const RtcRewrite *self, const RtcRewriteSegment *segment, guint64 peer_seq, guint64 *n)
{
  guint64 n_before = segment->n_inserted, n_kept = MIN (self->n_inserted, RTC_REWRITE_INSERTED);
  guint64 end = n_before > 0 ? segment_end (self, segment) : 0, i = 1;

  for (; n_before > 0 && i <= n_kept; i++) {
    guint64 inserted = self->inserted[(self->n_inserted - i) % RTC_REWRITE_INSERTED];

    if (inserted == peer_seq)
      return FALSE;
    if (inserted < peer_seq)
      break;
    n_before -= inserted < end ? 1 : 0;
  }
  *n = n_before;
  return n_before == 0 || i <= n_kept;
}

/* What was left out in front of peer_seq. */
static gboolean
count_thinned_before (
    const RtcRewrite *self, const RtcRewriteSegment *segment, guint64 peer_seq, RtcThinningCount *n)
{
  *n = segment->thinned;
  return n->packets == 0
         || rtc_thinning_count_before (
             self->thinning, peer_seq, segment_end (self, segment), &segment->thinned, n);
}

/* The source's number of peer_seq, which lies in segment; FALSE when it has none, or too much
 * happened since to know it. */
static gboolean
find_number (
    const RtcRewrite *self, const RtcRewriteSegment *segment, guint64 peer_seq, guint64 *ext_seq)
{
  RtcThinningCount thinned;
  guint64 n_inserted;

  if (!count_inserted_before (self, segment, peer_seq, &n_inserted)
      || !count_thinned_before (self, segment, peer_seq, &thinned))
    return FALSE;
  *ext_seq = peer_seq - segment->seq_offset - n_inserted + thinned.packets;
  return TRUE;
}

void
rtc_rewrite_forget (RtcRewrite *self)
{
  self->first_kept = self->next_ext_seq;
}

gboolean
rtc_rewrite_find_source (const RtcRewrite *self, guint16 seq, guint32 *source, guint64 *ext_seq)
{
  guint64 peer_seq;
  const RtcRewriteSegment *segment = find_segment (self, seq, &peer_seq);

  if (segment == NULL || !find_number (self, segment, peer_seq, ext_seq))
    return FALSE;
  *source = segment->source;
  return TRUE;
}

gboolean
rtc_rewrite_was_sent (const RtcRewrite *self, guint16 seq, guint64 *ext_seq)
{
  guint64 n_kept = MIN (self->n_inserted, RTC_REWRITE_INSERTED);

  if (!unwrap_sent (self, seq, ext_seq))
    return FALSE;
  for (guint64 i = 1; i <= n_kept; i++) {
    guint64 inserted = self->inserted[(self->n_inserted - i) % RTC_REWRITE_INSERTED];

    if (inserted <= *ext_seq)
      return inserted != *ext_seq;
  }
  return TRUE;
}

/* The block with this packet's own values in addition; in out. */
static RtcResult
extend_block (const RtcRewrite *self, const RtcRtpExtensionValues *extra, RtcRewriteBlock *out)
{
  RtcRtpExtensionValues values = self->values;

  rtc_rtp_extension_values_merge (&values, extra);
  return prepare_block (out, &self->config.extensions, &values);
}

/* What the peer calls the picture of entry when so many were left out before it. */
static RtcPictureId
peer_picture (const RtcRewriteSegment *segment, guint n_thinned, const RtcPictureId *picture)
{
  RtcPictureId own = *picture;

  own.id = (guint16) (picture->id + segment->id_offset - n_thinned);
  own.tl0 = (guint8) (picture->tl0 + segment->tl0_offset);
  return own;
}

/* Header, block and, for RTX, the original number; then the payload with the peer's picture ids. */
static RtcResult
write_packet (const RtcPacketHistoryEntry *entry, const RtcRtpHeader *header,
    const RtcRewriteBlock *block, const guint16 *osn, const RtcPictureId *picture, guint8 *dst,
    gsize cap, gboolean may_leave, RtcRewritten *out)
{
  gboolean is_as_it_was = picture->id == entry->picture.id && picture->tl0 == entry->picture.tl0;
  RtcWriter writer = rtc_writer (dst, cap);
  const guint8 *payload;

  rtc_rtp_header_write (header, &writer);
  rtc_writer_bytes (&writer, block->bytes, block->len);
  if (osn != NULL)
    rtc_writer_u16 (&writer, *osn);
  payload = entry->packet->data + entry->payload_offset;
  out->body = may_leave && is_as_it_was ? payload : NULL;
  if (out->body != NULL)
    rtc_writer_reserve (&writer, entry->payload_len);
  else
    rtc_writer_bytes (&writer, payload, entry->payload_len);
  if (!writer.ok)
    return RTC_ERR_LIMIT;
  if (!is_as_it_was)
    rtc_picture_id_patch (
        picture, dst + writer.pos - entry->payload_len, picture->id, picture->tl0);
  out->len = writer.pos;
  out->seq = header->seq;
  out->rtp_ts = header->rtp_ts;
  out->slots = block->slots;
  return RTC_OK;
}

/* How many numbers were left out right before the source's ext_seq. */
static guint64
close_holes (RtcThinning *thinning, RtcRewriteSegment *segment, guint64 ext_seq, guint64 peer_seq)
{
  RtcThinningCount n = rtc_thinning_close (thinning, ext_seq, peer_seq);

  segment->thinned.packets += n.packets;
  segment->thinned.pictures += n.pictures;
  return n.packets;
}

/* The packet is the newest that was written. */
static void
note_newest (RtcRewrite *self, const RtcPacketHistoryEntry *entry, const RtcPictureId *picture,
    const RtcRewritten *out)
{
  self->next_ext_seq = out->ext_seq + 1;
  self->last_rtp_ts = out->rtp_ts;
  self->last_time = entry->time + out->ahead;
  self->last_captured = entry->packet->time;
  if (self->last_captured != GST_CLOCK_TIME_NONE)
    self->last_captured += out->ahead;
  if (picture->id_offset != 0) {
    self->last_id = picture->id;
    self->has_id = TRUE;
  }
  if (picture->tl0_offset != 0) {
    self->last_tl0 = picture->tl0;
    self->has_tl0 = TRUE;
  }
}

static RtcResult
rewrite_media (RtcRewrite *self, const RtcPacketHistoryEntry *entry,
    const RtcRtpExtensionValues *extra, guint8 *dst, gsize cap, gboolean may_leave,
    RtcRewritten *out)
{
  RtcRewriteSegment *segment;
  RtcRewriteBlock extended;
  const RtcRewriteBlock *block = &self->block;
  RtcPictureId picture;
  RtcRtpHeader header;
  guint32 ahead;

  if (self->n_segments == 0)
    return RTC_ERR_STATE;
  segment = current_segment (self);
  out->ext_seq =
      entry->ext_seq + segment->seq_offset + segment->n_inserted - segment->thinned.packets;
  if ((gint64) (out->ext_seq - segment->first) < 0)
    return RTC_ERR_STATE;
  if (self->thinning != NULL)
    out->ext_seq -= close_holes (self->thinning, segment, entry->ext_seq, out->ext_seq);
  picture = peer_picture (segment, segment->thinned.pictures, &entry->picture);
  if (extra != NULL && extend_block (self, extra, &extended) == RTC_OK)
    block = &extended;

  header.payload_type = self->config.payload_type;
  header.marker = entry->marker;
  header.seq = (guint16) out->ext_seq;
  ahead = ticks_ahead (segment, entry->rtp_ts);
  header.rtp_ts = entry->rtp_ts + segment->ts_offset + ahead;
  out->ahead = ahead == 0 ? 0 : gst_util_uint64_scale (ahead, GST_SECOND, self->config.clock_rate);
  header.ssrc = self->config.ssrc;
  header.n_csrcs = 0;
  header.has_extension = block->len > 0;
  header.padding_len = 0;
  if (write_packet (entry, &header, block, NULL, &picture, dst, cap, may_leave, out) != RTC_OK)
    return RTC_ERR_LIMIT;
  if (out->ext_seq >= self->next_ext_seq)
    note_newest (self, entry, &picture, out);
  return RTC_OK;
}

RtcResult
rtc_rewrite_packet (RtcRewrite *self, const RtcPacketHistoryEntry *entry,
    const RtcRtpExtensionValues *extra, guint8 *dst, gsize cap, RtcRewritten *out)
{
  return rewrite_media (self, entry, extra, dst, cap, FALSE, out);
}

RtcResult
rtc_rewrite_head (RtcRewrite *self, const RtcPacketHistoryEntry *entry,
    const RtcRtpExtensionValues *extra, guint8 *dst, gsize cap, RtcRewritten *out)
{
  return rewrite_media (self, entry, extra, dst, cap, TRUE, out);
}

RtcResult
rtc_rewrite_retransmission (RtcRewrite *self, guint16 seq, const RtcPacketHistoryEntry *entry,
    guint8 *dst, gsize cap, RtcRewritten *out)
{
  gboolean is_rtx = self->config.rtx_payload_type != 0;
  const RtcRewriteBlock *block = is_rtx ? &self->repair_block : &self->block;
  const RtcRewriteSegment *segment = find_segment (self, seq, &out->ext_seq);
  RtcThinningCount thinned;
  RtcPictureId picture;
  RtcRtpHeader header;
  guint64 number;

  if (segment == NULL || !find_number (self, segment, out->ext_seq, &number)
      || number != entry->ext_seq || !count_thinned_before (self, segment, out->ext_seq, &thinned))
    return RTC_ERR_STATE;
  picture = peer_picture (segment, thinned.pictures, &entry->picture);
  header.payload_type = is_rtx ? self->config.rtx_payload_type : self->config.payload_type;
  header.marker = entry->marker;
  header.seq = is_rtx ? (guint16) self->next_rtx_seq : seq;
  header.rtp_ts = entry->rtp_ts + segment->ts_offset + ticks_ahead (segment, entry->rtp_ts);
  header.ssrc = is_rtx ? self->config.rtx_ssrc : self->config.ssrc;
  header.n_csrcs = 0;
  header.has_extension = block->len > 0;
  header.padding_len = 0;
  if (write_packet (entry, &header, block, is_rtx ? &seq : NULL, &picture, dst, cap, FALSE, out)
      != RTC_OK)
    return RTC_ERR_LIMIT;
  if (is_rtx)
    self->next_rtx_seq++;
  return RTC_OK;
}

RtcResult
rtc_rewrite_insert (RtcRewrite *self, guint16 *seq)
{
  if (self->n_segments == 0 || self->last_time == GST_CLOCK_TIME_NONE)
    return RTC_ERR_STATE;
  if (self->inserted == NULL)
    self->inserted = g_new (guint64, RTC_REWRITE_INSERTED);
  *seq = (guint16) self->next_ext_seq;
  self->inserted[self->n_inserted++ % RTC_REWRITE_INSERTED] = self->next_ext_seq++;
  current_segment (self)->n_inserted++;
  return RTC_OK;
}

void
rtc_rewrite_begin_other (const RtcRewrite *self, guint8 payload_type, guint32 ssrc, guint16 seq,
    RtcWriter *writer, RtcRewritten *out)
{
  const RtcRewriteBlock *block = ssrc == self->config.ssrc ? &self->block : &self->repair_block;
  RtcRtpHeader header = { .payload_type = payload_type,
    .seq = seq,
    .rtp_ts = self->last_rtp_ts,
    .ssrc = ssrc,
    .has_extension = block->len > 0 };

  rtc_rtp_header_write (&header, writer);
  rtc_writer_bytes (writer, block->bytes, block->len);
  out->seq = seq;
  out->rtp_ts = header.rtp_ts;
  out->slots = block->slots;
}

RtcResult
rtc_rewrite_padding (RtcRewrite *self, guint8 n_padding, guint8 *dst, gsize cap, RtcRewritten *out)
{
  RtcWriter writer = rtc_writer (dst, cap);
  RtcRtpHeader header = { .payload_type = self->config.rtx_payload_type,
    .seq = (guint16) self->next_rtx_seq,
    .rtp_ts = self->last_rtp_ts,
    .ssrc = self->config.rtx_ssrc,
    .has_extension = self->repair_block.len > 0,
    .padding_len = n_padding };

  if (self->config.rtx_payload_type == 0 || self->last_time == GST_CLOCK_TIME_NONE
      || n_padding == 0)
    return RTC_ERR_STATE;
  rtc_rtp_header_write (&header, &writer);
  rtc_writer_bytes (&writer, self->repair_block.bytes, self->repair_block.len);
  /* RFC 3550 5.1: the last octet says how many there are, itself included. */
  for (guint i = 1; i < n_padding; i++)
    rtc_writer_u8 (&writer, 0);
  rtc_writer_u8 (&writer, n_padding);
  if (!writer.ok)
    return RTC_ERR_LIMIT;
  self->next_rtx_seq++;
  *out = (RtcRewritten){ .len = writer.pos,
    .seq = header.seq,
    .ext_seq = self->next_ext_seq - 1,
    .rtp_ts = header.rtp_ts,
    .slots = self->repair_block.slots };
  return RTC_OK;
}

gsize
rtc_rewrite_get_overhead (const RtcRewrite *self)
{
  return RTC_RTP_HEADER_LEN + MAX (self->block.len, self->repair_block.len) + RTC_RTX_OSN_LEN;
}
