/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-receive-stream.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-key-frame.h"

/* REPAIR_SHARE: of the time that lost packets are of use, what their repair may take in all of them
 * together; in the rest the requests and the answers are on their way. */
#define REPAIR_SHARE(max_age) ((max_age) *3 / 5)

/* JITTER: packets that are less late may be the next moment, too, but need not. */
#define JITTER (100 * GST_MSECOND)

/* PATIENT_AGE: who waits so long for packets shows nobody anything, and wants all of them: it asks
 * as often as it can. */
#define PATIENT_AGE GST_SECOND

/* QUICK_TRIES: requests once per round trip, when it is known how long an answer is of use. */
#define QUICK_TRIES 4

RtcReceiveStream *
rtc_receive_stream_new (const RtcReceiveStreamConfig *config)
{
  RtcReceiveStream *self = g_new0 (RtcReceiveStream, 1);
  RtcNackGeneratorConfig nack = RTC_NACK_GENERATOR_CONFIG_DEFAULT;

  self->ssrc = config->ssrc;
  self->section = config->section;
  self->is_repair = config->is_repair;
  self->codec = config->codec;
  self->rtcp_fb = config->codec.rtcp_fb;
  /* Authenticated by SRTP, so no probation (RFC 3550 A.1 is about strangers). */
  rtc_receive_stats_init (&self->stats, config->ssrc, config->codec.clock_rate, 0);
  nack.has_rtx = config->has_rtx;
  if (config->max_age > 0) {
    nack.max_age = config->max_age;
    nack.quick_tries = QUICK_TRIES;
  }
  self->max_late = nack.max_age < PATIENT_AGE ? nack.max_age / 2 : 0;
  if ((config->codec.rtcp_fb & (RTC_RTCP_FB_PLI | RTC_RTCP_FB_FIR)) != 0)
    nack.max_repair = REPAIR_SHARE (nack.max_age);
  if (!config->is_repair && (config->codec.rtcp_fb & RTC_RTCP_FB_NACK) != 0) {
    self->nack = rtc_nack_generator_new (&nack);
    self->stats.max_misorder = RTC_RECEIVE_MAX_MISORDER_NACK;
  }
  return self;
}

void
rtc_receive_stream_free (RtcReceiveStream *self)
{
  if (self == NULL)
    return;
  rtc_nack_generator_free (self->nack);
  rtc_fec_decoder_free (self->fec);
  g_free (self);
}

/* How long what comes has waited in a queue, as far as that is believed: time stamps may be wrong.
 */
static GstClockTime
stream_get_late (const RtcReceiveStream *self)
{
  return self->transit.late < JITTER ? 0 : MIN (self->transit.late, self->max_late);
}

/* RTC_OK when ext_seq is news. */
static RtcResult
stream_note_seq (RtcReceiveStream *self, guint64 ext_seq)
{
  switch (rtc_seq_window_add (&self->window, ext_seq)) {
    case RTC_SEQ_FIRST:
      return RTC_OK;
    case RTC_SEQ_SEEN:
      self->repeated++;
      return RTC_ERR_REPLAY;
    case RTC_SEQ_TOO_OLD:
    default:
      self->discarded++;
      return RTC_ERR_LIMIT;
  }
}

static void
stream_count_picture (
    RtcReceiveStream *self, const RtcRtpHeader *header, const guint8 *data, guint64 ext_seq)
{
  RtcKeyFrameFormat format;

  if (self->codec.kind != RTC_MEDIA_VIDEO)
    return;
  self->frames += header->marker ? 1 : 0;
  format = rtc_key_frame_format_from_name (self->codec.name);
  if (format == RTC_KEY_FRAME_FORMAT_NONE
      || !rtc_key_frame_is_start (format, data + header->payload_offset, header->payload_len))
    return;
  rtc_key_frame_wait_stop (&self->key_frame);
  if (self->nack != NULL)
    rtc_nack_generator_note_key_frame (self->nack, ext_seq);
  if (self->has_key_frame_ts && self->key_frame_ts == header->rtp_ts)
    return;
  self->has_key_frame_ts = TRUE;
  self->key_frame_ts = header->rtp_ts;
  self->key_frames++;
}

static void
stream_set_codec (RtcReceiveStream *self, const RtcCodec *codec)
{
  /* A parity among the media's numbers says nothing of the media. */
  if (codec->id == RTC_CODEC_ULPFEC)
    return;
  if (self->codec.pt != codec->pt || self->codec.id != codec->id)
    self->codec = *codec;
}

RtcResult
rtc_receive_stream_handle_packet (RtcReceiveStream *self, GstClockTime now,
    const RtcRtpHeader *header, const guint8 *data, const RtcCodec *codec)
{
  gboolean is_back = rtc_time_elapsed (self->stats.last_received, now) >= RTC_RECEIVE_OUTAGE;
  gboolean is_first = self->stats.last_received == GST_CLOCK_TIME_NONE;
  guint64 ext_seq = 0, before = self->stats.max_ext_seq;
  RtcResult news, result;

  result = rtc_receive_stats_handle_packet (&self->stats, now, header->seq, header->rtp_ts,
      header->payload_len, header->payload_offset + header->padding_len, &ext_seq);
  if (result != RTC_OK)
    return result;
  if (self->is_repair)
    return RTC_OK;
  news = stream_note_seq (self, ext_seq);
  if (codec->clock_rate > 0)
    rtc_transit_handle_packet (&self->transit, now, header->rtp_ts, codec->clock_rate);
  self->late_losses += !is_first && ext_seq > before + 1 && self->transit.late >= JITTER;
  if (self->nack != NULL)
    rtc_nack_generator_set_late (self->nack, stream_get_late (self));
  if (self->nack != NULL && news != RTC_ERR_LIMIT)
    result = rtc_nack_generator_handle_packet (self->nack, ext_seq, now);
  if (is_back)
    rtc_key_frame_wait_hurry (&self->key_frame, now);
  if (result == RTC_ERR_LIMIT)
    rtc_receive_stream_want_key_frame (self, now);
  if (news != RTC_OK)
    return news;
  stream_set_codec (self, codec);
  if (codec->id != RTC_CODEC_ULPFEC)
    stream_count_picture (self, header, data, ext_seq);
  return RTC_OK;
}

static guint64
stream_peek_seq (const RtcReceiveStream *self, guint16 seq)
{
  RtcSeqUnwrap unwrap = { .last = self->stats.max_ext_seq,
    .used = self->stats.last_received != GST_CLOCK_TIME_NONE };

  return rtc_seq_unwrap_peek (&unwrap, seq, 16);
}

RtcResult
rtc_receive_stream_handle_repair (RtcReceiveStream *self, GstClockTime now,
    const RtcRtpHeader *header, const guint8 *data, const RtcCodec *codec)
{
  guint64 ext_seq = stream_peek_seq (self, header->seq);
  RtcResult result = stream_note_seq (self, ext_seq);

  if (result != RTC_OK)
    return result;
  self->retransmitted++;
  self->retransmitted_octets += header->payload_len;
  if (self->nack != NULL
      && rtc_nack_generator_handle_repair (self->nack, ext_seq, now) == RTC_ERR_LIMIT)
    rtc_receive_stream_want_key_frame (self, now);
  stream_set_codec (self, codec);
  stream_count_picture (self, header, data, ext_seq);
  return RTC_OK;
}

RtcResult
rtc_receive_stream_handle_recovered (RtcReceiveStream *self, GstClockTime now,
    const RtcRtpHeader *header, const guint8 *data, const RtcCodec *codec)
{
  guint64 ext_seq = stream_peek_seq (self, header->seq);

  /* Sent again in any case, lost or not: no repetition to be counted. */
  if (rtc_seq_window_has (&self->window, ext_seq) || stream_note_seq (self, ext_seq) != RTC_OK)
    return RTC_ERR_REPLAY;
  self->recovered++;
  self->recovered_octets += header->payload_len;
  if (self->nack != NULL
      && rtc_nack_generator_handle_recovered (self->nack, ext_seq, now) == RTC_ERR_LIMIT)
    rtc_receive_stream_want_key_frame (self, now);
  stream_set_codec (self, codec);
  stream_count_picture (self, header, data, ext_seq);
  return RTC_OK;
}

void
rtc_receive_stream_handle_sender_report (
    RtcReceiveStream *self, GstClockTime now, const RtcSenderInfo *sender)
{
  self->sender_reports++;
  rtc_receive_stats_handle_sender_report (&self->stats, now, sender);
}

void
rtc_receive_stream_set_cname (RtcReceiveStream *self, const gchar *cname, gsize len)
{
  len = MIN (len, RTC_RECEIVE_CNAME_MAX);
  if (len == 0)
    return;
  memcpy (self->cname, cname, len);
  self->cname[len] = '\0';
}

RtcResult
rtc_receive_stream_request (RtcReceiveStream *self, GstClockTime now, guint16 seq)
{
  RtcSeqUnwrap unwrap = { .last = self->stats.max_ext_seq, .used = TRUE };

  if (self->nack == NULL)
    return RTC_ERR_UNSUPPORTED;
  rtc_nack_generator_request (self->nack, rtc_seq_unwrap_peek (&unwrap, seq, 16), now);
  return RTC_OK;
}

GstClockTime
rtc_receive_stream_get_response_time (const RtcReceiveStream *self, GstClockTime rtt)
{
  return rtt == GST_CLOCK_TIME_NONE ? rtt : rtt + stream_get_late (self);
}

gboolean
rtc_receive_stream_want_key_frame (RtcReceiveStream *self, GstClockTime now)
{
  if ((self->rtcp_fb & (RTC_RTCP_FB_PLI | RTC_RTCP_FB_FIR)) == 0)
    return FALSE;
  rtc_key_frame_wait_start (&self->key_frame, now, stream_get_late (self));
  return TRUE;
}

void
rtc_receive_stream_handle_losses (RtcReceiveStream *self, GstClockTime now)
{
  if (self->nack != NULL && rtc_nack_generator_steal_given_up (self->nack) > 0)
    rtc_receive_stream_want_key_frame (self, now);
}

GstClockTime
rtc_receive_stream_next_deadline (const RtcReceiveStream *self)
{
  GstClockTime deadline = rtc_key_frame_wait_next_deadline (&self->key_frame);

  if (self->nack != NULL)
    deadline = rtc_time_min (deadline, rtc_nack_generator_next_deadline (self->nack));
  return deadline;
}
