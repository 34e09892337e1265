/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-send-fec.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-flexfec.h"
#include "gst/rtc/rtp/rtc-red.h"
#include "gst/rtc/rtp/rtc-ulpfec.h"

#define BIT_MARKER 0x80

void
rtc_send_fec_init (RtcSendFec *self, const RtcSendFecConfig *config)
{
  memset (self, 0, sizeof *self);
  self->config = *config;
  self->next_seq = config->first_seq;
  self->least_rtt[0] = self->least_rtt[1] = GST_CLOCK_TIME_NONE;
}

void
rtc_send_fec_clear (RtcSendFec *self)
{
  g_clear_pointer (&self->encoder, rtc_fec_encoder_free);
}

static gboolean
send_fec_has_parity (const RtcSendFec *self)
{
  return self->config.flexfec_payload_type != 0
         || (self->config.kind == RTC_MEDIA_VIDEO && self->config.ulpfec_payload_type != 0
             && self->config.red_payload_type != 0);
}

/* Makes the encoder what the policy says. */
static void
send_fec_apply (RtcSendFec *self)
{
  if (self->policy.delta <= 0 || !send_fec_has_parity (self)) {
    g_clear_pointer (&self->encoder, rtc_fec_encoder_free);
    return;
  }
  if (self->encoder == NULL)
    self->encoder = rtc_fec_encoder_new (self->config.flexfec_payload_type == 0);
  rtc_fec_encoder_set_protection (self->encoder, self->policy.key, self->policy.delta);
}

void
rtc_send_fec_update (RtcSendFec *self, const RtcSendFecConfig *config)
{
  guint32 ssrc = self->config.ssrc != 0 ? self->config.ssrc : config->ssrc;
  guint16 first_seq = self->config.first_seq;

  self->config = *config;
  self->config.ssrc = ssrc;
  self->config.first_seq = first_seq;
  send_fec_apply (self);
}

static GstClockTime
send_fec_path_rtt (RtcSendFec *self, GstClockTime rtt)
{
  self->least_rtt[0] = rtc_time_min (self->least_rtt[0], rtt);
  return rtc_send_fec_get_path_rtt (self);
}

static void
send_fec_turn_rtt (RtcSendFec *self)
{
  if (++self->n_samples % RTC_SEND_FEC_RTT_SAMPLES != 0)
    return;
  self->least_rtt[1] = self->least_rtt[0];
  self->least_rtt[0] = GST_CLOCK_TIME_NONE;
}

void
rtc_send_fec_handle_report (
    RtcSendFec *self, guint64 packets, gint64 lost, GstClockTime rtt, gboolean can_resend)
{
  guint64 expected = packets - self->sample_packets;
  gint64 missed = MAX (lost - self->sample_lost, 0);
  GstClockTime path_rtt = send_fec_path_rtt (self, rtt);
  guint enough =
      self->config.kind == RTC_MEDIA_AUDIO ? RTC_SEND_FEC_SAMPLE / 2 : RTC_SEND_FEC_SAMPLE;

  if (self->has_sample && packets >= self->sample_packets && expected < enough)
    return;
  if (self->has_sample && packets > self->sample_packets) {
    rtc_fec_policy_handle_report (
        &self->policy, MIN ((gdouble) missed / (gdouble) expected, 1), path_rtt, can_resend);
    send_fec_apply (self);
    send_fec_turn_rtt (self);
  }
  self->has_sample = TRUE;
  self->sample_packets = packets;
  self->sample_lost = lost;
}

/* --- RED ------------------------------------------------------------------------------------- */

/* Puts RED headers and data of n_blocks, the last of which is the packet's own payload, before that
 * payload. */
static void
send_fec_wrap (RtcSendFec *self, RtcRedBlock *blocks, guint n_blocks, gsize payload_len,
    guint8 *dst, gsize cap, RtcRewritten *out)
{
  gsize payload = out->len - payload_len, added = RTC_RED_PRIMARY_HEADER_LEN;
  RtcWriter writer;

  for (guint i = 0; i + 1 < n_blocks; i++)
    added += RTC_RED_HEADER_LEN + blocks[i].len;
  if (out->len + added > cap)
    return;
  memmove (dst + payload + added, dst + payload, payload_len);
  blocks[n_blocks - 1].len = 0;
  writer = rtc_writer (dst + payload, added);
  if (rtc_red_write (blocks, n_blocks, &writer) != RTC_OK) {
    memmove (dst + payload, dst + payload + added, payload_len);
    return;
  }
  dst[1] = (guint8) ((dst[1] & BIT_MARKER) | self->config.red_payload_type);
  out->len += added;
  for (guint i = 0; i + 1 < n_blocks; i++) {
    self->counters.red_frames++;
    self->counters.red_octets += RTC_RED_HEADER_LEN + blocks[i].len;
  }
}

/* The frames right before entry: the receiver counts back from the packet's number. */
static void
send_fec_repeat_sound (RtcSendFec *self, GstClockTime now, const RtcPacketHistory *history,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out)
{
  RtcRedBlock blocks[3];
  guint8 payload_type = dst[1] & ~BIT_MARKER;
  guint n = 0;

  for (guint age = MIN (self->policy.n_red, G_N_ELEMENTS (blocks) - 1); age > 0; age--) {
    const RtcPacketHistoryEntry *earlier =
        rtc_packet_history_find (history, now, entry->ext_seq - age);
    guint32 ts_offset = earlier != NULL ? entry->rtp_ts - earlier->rtp_ts : 0;

    if (earlier == NULL || ts_offset == 0 || ts_offset > RTC_RED_MAX_TS_OFFSET
        || earlier->payload_len > RTC_RED_MAX_LEN) {
      n = 0; /* those before it would be counted wrongly */
      continue;
    }
    blocks[n++] = (RtcRedBlock){ payload_type, (guint16) ts_offset,
      earlier->packet->data + earlier->payload_offset, earlier->payload_len };
  }
  if (n == 0)
    return;
  blocks[n++] = (RtcRedBlock){ payload_type, 0, NULL, 0 };
  send_fec_wrap (self, blocks, n, entry->payload_len, dst, cap, out);
}

void
rtc_send_fec_protect (RtcSendFec *self, GstClockTime now, const RtcPacketHistory *history,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out)
{
  if (self->config.kind == RTC_MEDIA_AUDIO) {
    send_fec_repeat_sound (self, now, history, entry, dst, cap, out);
    return;
  }
  if (self->encoder == NULL)
    return;
  rtc_fec_encoder_add (self->encoder, now, dst, out->len, entry->is_key_frame);
  if (self->config.flexfec_payload_type == 0) {
    RtcRedBlock block = { dst[1] & ~BIT_MARKER, 0, NULL, 0 };

    send_fec_wrap (self, &block, 1, entry->payload_len, dst, cap, out);
  }
}

/* --- parities -------------------------------------------------------------------------------- */

static RtcResult
send_fec_begin (
    RtcSendFec *self, RtcRewrite *rewrite, guint32 media_ssrc, RtcWriter *writer, RtcRewritten *out)
{
  guint16 seq;

  if (self->config.flexfec_payload_type != 0) {
    rtc_rewrite_begin_other (rewrite, self->config.flexfec_payload_type, self->config.ssrc,
        self->next_seq++, writer, out);
    return RTC_OK;
  }
  if (rtc_rewrite_insert (rewrite, &seq) != RTC_OK)
    return RTC_AGAIN;
  rtc_rewrite_begin_other (rewrite, self->config.red_payload_type, media_ssrc, seq, writer, out);
  rtc_writer_u8 (writer, self->config.ulpfec_payload_type);
  return RTC_OK;
}

RtcResult
rtc_send_fec_build (
    RtcSendFec *self, RtcRewrite *rewrite, guint8 *dst, gsize cap, RtcRewritten *out)
{
  RtcWriter writer = rtc_writer (dst, cap);
  RtcFecHeader header;
  const guint8 *body;
  gsize payload;

  if (self->encoder == NULL || !rtc_fec_encoder_next (self->encoder, &header, &body))
    return RTC_AGAIN;
  if (send_fec_begin (self, rewrite, header.ssrc, &writer, out) != RTC_OK)
    return RTC_AGAIN;
  payload = writer.pos;
  if (self->config.flexfec_payload_type != 0)
    rtc_flexfec_write (&header, &writer);
  else
    rtc_ulpfec_write (&header, &writer);
  rtc_writer_bytes (&writer, body, header.body_len);
  if (!writer.ok)
    return RTC_ERR_LIMIT;
  out->len = writer.pos;
  self->counters.packets++;
  self->counters.octets += out->len - payload;
  self->counters.header_octets += payload;
  return RTC_OK;
}
