/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcframes.h"

#include <string.h>
#include "gst/media/gstrtcdepayloader.h"
#include "gst/record/gstrtcaccessunit.h"
#include "gst/record/gstrtcframesdepay.h"
#include "gst/record/rtc-record-vpx.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/rtp/rtc-av1-depay.h"
#include "gst/rtc/rtp/rtc-key-frame.h"

#define GST_CAT_DEFAULT rtc_log_media

struct _GstRtcFrames {
  RtcCodecId codec;
  RtcKeyFrameFormat format;
  guint max_dimension;
  GstRtcFramesFuncs funcs;
  gpointer data;
  GstRtcFramesStats stats;

  /* The frame being collected. */
  GPtrArray *packets; /* GstRtcFramesPacket */
  gsize n_bytes;
  gboolean broken; /* it lacks a packet: what is still to come of it is dropped */
  gboolean collecting;
  guint32 rtp_ts;
  gboolean gap;                  /* packets are lost before what comes next */
  gboolean holding;              /* nothing goes out before a key frame */
  RtcVpxDescriptor last_picture; /* of the last frame that was complete */

  /* What unpacks it. */
  RtcAv1Depay *av1;
  GstRtcAccessUnits *units;
  GByteArray *prefix; /* H264, H265: parameter sets for the next picture */
  GstRtcFramesDepay *depay;

  guint width, height, profile; /* of the last key frame */
};

GstRtcFramesPacket *
gst_rtc_frames_packet_new (gsize len)
{
  GstRtcFramesPacket *packet = g_malloc (sizeof (GstRtcFramesPacket) + len);

  memset (packet, 0, sizeof *packet);
  packet->len = len;
  return packet;
}

void
gst_rtc_frames_packet_free (gpointer packet)
{
  g_free (packet);
}

/* --- making and freeing --------------------------------------------------------------------- */

gboolean
gst_rtc_frames_is_supported (RtcCodecId codec)
{
  switch ((guint) codec) {
    case RTC_CODEC_OPUS:
    case RTC_CODEC_AV1:
      return TRUE;
    case RTC_CODEC_VP8:
    case RTC_CODEC_VP9:
    case RTC_CODEC_H264:
    case RTC_CODEC_H265:
      return gst_rtc_depayloader_is_available (codec);
    default:
      return FALSE;
  }
}

GstRtcFrames *
gst_rtc_frames_new (RtcCodecId codec, guint max_dimension, const GstRtcFramesFuncs *funcs,
    gpointer data, GError **error)
{
  GstRtcFrames *self;

  if (!gst_rtc_frames_is_supported (codec)) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "this codec cannot be recorded, or its depayloader is not installed");
    return NULL;
  }
  self = g_new0 (GstRtcFrames, 1);
  self->codec = codec;
  self->format = rtc_key_frame_format_from_name (rtc_codec_info (codec)->name);
  self->max_dimension = max_dimension;
  self->funcs = *funcs;
  self->data = data;
  self->packets = g_ptr_array_new_with_free_func (gst_rtc_frames_packet_free);
  self->gap = self->holding = codec != RTC_CODEC_OPUS;
  self->last_picture.picture_id = -1;
  if (codec == RTC_CODEC_AV1)
    self->av1 = rtc_av1_depay_new (GST_RTC_FRAMES_MAX_BYTES);
  if (codec == RTC_CODEC_H264 || codec == RTC_CODEC_H265) {
    self->units = gst_rtc_access_units_new (codec);
    self->prefix = g_byte_array_new ();
  }
  if (codec != RTC_CODEC_AV1 && codec != RTC_CODEC_OPUS) {
    self->depay = gst_rtc_frames_depay_new (codec, error);
    if (self->depay == NULL) {
      gst_rtc_frames_free (self);
      return NULL;
    }
  }
  return self;
}

void
gst_rtc_frames_free (GstRtcFrames *self)
{
  if (self == NULL)
    return;
  gst_rtc_frames_depay_free (self->depay);
  g_ptr_array_unref (self->packets);
  rtc_av1_depay_free (self->av1);
  gst_rtc_access_units_free (self->units);
  g_clear_pointer (&self->prefix, g_byte_array_unref);
  g_free (self);
}

/* --- unpacking one frame -------------------------------------------------------------------- */

static void
hold (GstRtcFrames *self)
{
  self->holding = TRUE;
  self->funcs.key_frame_needed (self->data);
}

static void
drop_packets (GstRtcFrames *self)
{
  g_ptr_array_set_size (self->packets, 0);
  self->n_bytes = 0;
  self->collecting = FALSE;
}

static gboolean
unpack_av1 (GstRtcFrames *self, GstRtcFrame *out)
{
  RtcAv1Unit unit;

  rtc_av1_depay_reset (self->av1);
  for (guint i = 0; i < self->packets->len; i++) {
    const GstRtcFramesPacket *packet = g_ptr_array_index (self->packets, i);

    rtc_av1_depay_push (self->av1, packet->payload, packet->len);
  }
  if (rtc_av1_depay_finish (self->av1, &unit) != RTC_OK)
    return FALSE;
  out->data = unit.data;
  out->len = unit.len;
  out->is_key = unit.is_key;
  out->config = unit.config;
  out->config_len = unit.config_len;
  if (unit.is_key) {
    self->width = unit.sequence.width;
    self->height = unit.sequence.height;
    self->profile = unit.sequence.profile;
  }
  return TRUE;
}

static gboolean
unpack_vpx (GstRtcFrames *self, const GstMapInfo *map, GstRtcFrame *out)
{
  RtcVpxFrame frame;
  gboolean ok = self->codec == RTC_CODEC_VP8 ? rtc_vp8_frame_parse (&frame, map->data, map->size)
                                             : rtc_vp9_frame_parse (&frame, map->data, map->size);

  if (!ok)
    return FALSE;
  out->data = map->data;
  out->len = map->size;
  out->is_key = frame.is_key;
  if (frame.is_key) {
    self->width = frame.width;
    self->height = frame.height;
    self->profile = frame.profile;
  }
  return TRUE;
}

/* Parameter sets that came with no picture wait in prefix for the one that they are for. */
static gboolean
unpack_access_unit (GstRtcFrames *self, const GstMapInfo *map, GstRtcFrame *out)
{
  GstRtcAccessUnit unit;

  if (!gst_rtc_access_units_convert (self->units, map->data, map->size, &unit)) {
    if (unit.has_sets && self->prefix->len + unit.len <= G_MAXUINT16)
      g_byte_array_append (self->prefix, map->data, (guint) unit.len);
    return FALSE;
  }
  out->data = map->data;
  out->len = unit.len;
  if (self->prefix->len > 0) {
    g_byte_array_append (self->prefix, map->data, (guint) unit.len);
    out->data = self->prefix->data;
    out->len = self->prefix->len;
  }
  out->is_key = unit.is_key && unit.config != NULL;
  out->config = unit.config;
  out->config_len = unit.config_len;
  self->width = unit.width;
  self->height = unit.height;
  self->profile = unit.profile;
  return TRUE;
}

static gboolean
is_too_large (const GstRtcFrames *self)
{
  return self->width > self->max_dimension || self->height > self->max_dimension;
}

/* A frame is unpacked: out it goes, unless it is not the one that is waited for. */
static void
put_out (GstRtcFrames *self, GstRtcFrame *frame)
{
  if (self->codec != RTC_CODEC_OPUS && is_too_large (self)) {
    self->stats.refused++;
    hold (self);
    return;
  }
  if (self->holding && !frame->is_key) {
    self->stats.held++;
    hold (self);
    return;
  }
  /* Parameter sets can crop all of a picture away. */
  if (self->codec != RTC_CODEC_OPUS && (self->width == 0 || self->height == 0)) {
    self->stats.refused++;
    hold (self);
    return;
  }
  self->holding = FALSE;
  frame->width = self->width;
  frame->height = self->height;
  frame->profile = self->profile;
  self->stats.frames++;
  self->stats.key_frames += frame->is_key;
  self->funcs.frame (self->data, frame);
}

static void
unpack_and_put_out (GstRtcFrames *self, GstRtcFrame *frame)
{
  GstBuffer *buffer;
  GstMapInfo map;
  gboolean ok;

  if (self->av1 != NULL) {
    ok = unpack_av1 (self, frame);
    if (ok)
      put_out (self, frame);
    else
      self->stats.refused++;
    if (!ok)
      hold (self);
    return;
  }
  buffer = gst_rtc_frames_depay_run (self->depay, self->packets);
  if (buffer == NULL
      || !gst_buffer_map (buffer, &map, self->units != NULL ? GST_MAP_READWRITE : GST_MAP_READ)) {
    if (self->units == NULL) { /* nothing lacked, so it was malformed */
      self->stats.refused++;
      hold (self);
    }
  } else {
    ok = self->units != NULL ? unpack_access_unit (self, &map, frame)
                             : unpack_vpx (self, &map, frame);
    if (ok) {
      put_out (self, frame);
    } else if (self->units == NULL) {
      self->stats.refused++;
      hold (self);
    }
    if (ok && self->prefix != NULL)
      g_byte_array_set_size (self->prefix, 0);
    gst_buffer_unmap (buffer, &map);
  }
  gst_clear_buffer (&buffer);
}

/* --- collecting one frame ------------------------------------------------------------------- */

/* H.264 table 7-1, RFC 6184 5.2. Parameter sets begin a picture, but for a lone PPS: its SPS would
 * be what was lost. */
static gboolean
h264_begins (const guint8 *data, gsize len)
{
  guint type = len > 0 ? data[0] & 0x1f : 0;

  if (type == 24 && len > 3) /* STAP-A */
    return h264_begins (data + 3, len - 3);
  if (type == 28 || type == 29) { /* FU-A, FU-B */
    gsize at = type == 28 ? 2 : 4;

    return len > at && (data[1] & 0x80) != 0 && ((data[1] & 0x1f) > 5 || (data[at] & 0x80) != 0);
  }
  if (type >= 1 && type <= 5)
    return len > 1 && (data[1] & 0x80) != 0; /* first_mb_in_slice is 0 */
  return type == 6 || type == 7 || type == 9;
}

static gboolean
h265_begins (const guint8 *data, gsize len)
{
  guint type = len > 2 ? (data[0] >> 1) & 0x3f : 0;

  if (len <= 2)
    return FALSE;
  if (type == 48) /* AP */
    return len > 4 && ((data[4] >> 1) & 0x3f) != 48 && h265_begins (data + 4, len - 4);
  if (type == 49) /* FU */
    return len > 3 && (data[2] & 0x80) != 0 && ((data[2] & 0x3f) >= 32 || (data[3] & 0x80) != 0);
  if (type < 32)
    return (data[2] & 0x80) != 0; /* first_slice_segment_in_pic_flag */
  return type == 32 || type == 35 || type == 39;
}

/* Whether a packet behind a gap can be the first of its picture; *picture gets what its descriptor
 * says. */
static gboolean
begins_picture (
    const GstRtcFrames *self, const GstRtcFramesPacket *packet, RtcVpxDescriptor *picture)
{
  picture->picture_id = -1;
  switch ((guint) self->codec) {
    case RTC_CODEC_VP8:
      return rtc_vp8_descriptor_parse (picture, packet->payload, packet->len)
             && picture->begins_picture;
    case RTC_CODEC_VP9:
      return rtc_vp9_descriptor_parse (picture, packet->payload, packet->len)
             && picture->begins_picture;
    case RTC_CODEC_H264:
      return h264_begins (packet->payload, packet->len);
    case RTC_CODEC_H265:
      return h265_begins (packet->payload, packet->len);
    default:
      return (packet->payload[0] & 0x80) == 0; /* AV1: no continuation */
  }
}

static void
begin_frame (GstRtcFrames *self, const GstRtcFramesPacket *packet)
{
  RtcVpxDescriptor picture;
  gboolean begins = begins_picture (self, packet, &picture);

  self->collecting = TRUE;
  self->broken = FALSE;
  self->rtp_ts = packet->rtp_ts;
  if (self->gap && begins && rtc_vpx_descriptor_follows (&self->last_picture, &picture))
    self->gap = FALSE; /* padding or a repetition was lost, no picture */
  if (self->gap) {
    self->broken = !begins;
    if (!self->holding)
      hold (self);
  }
  self->gap = FALSE;
  self->last_picture = picture;
}

/* Whether a frame that was collected may be a key frame, without unpacking it. */
static gboolean
may_be_key (const GstRtcFrames *self)
{
  for (guint i = 0; i < self->packets->len; i++) {
    const GstRtcFramesPacket *packet = g_ptr_array_index (self->packets, i);

    if (rtc_key_frame_is_start (self->format, packet->payload, packet->len))
      return TRUE;
  }
  return FALSE;
}

static void
finish_frame (GstRtcFrames *self)
{
  const GstRtcFramesPacket *first, *last;
  GstRtcFrame frame = { NULL };

  if (self->broken || self->packets->len == 0) {
    self->stats.incomplete++;
    self->last_picture.picture_id = -1;
    drop_packets (self);
    hold (self);
    return;
  }
  if (self->holding && !may_be_key (self)) {
    self->stats.held++;
    drop_packets (self);
    hold (self);
    return;
  }
  first = g_ptr_array_index (self->packets, 0);
  last = g_ptr_array_index (self->packets, self->packets->len - 1);
  frame.ssrc = first->ssrc;
  frame.rtp_ts = first->rtp_ts;
  frame.seq = first->seq;
  frame.arrival = last->arrival;
  unpack_and_put_out (self, &frame);
  drop_packets (self);
}

static void
push_opus (GstRtcFrames *self, const GstRtcFramesPacket *packet)
{
  GstRtcFrame frame = { packet->payload, packet->len, packet->ssrc, packet->rtp_ts, packet->seq,
    packet->arrival, TRUE, 0, 0, 0, NULL, 0 };

  put_out (self, &frame);
}

void
gst_rtc_frames_push (GstRtcFrames *self, GstRtcFramesPacket *packet)
{
  gboolean is_last = packet->marker;

  if (packet->len == 0 || self->codec == RTC_CODEC_OPUS) {
    if (packet->len > 0)
      push_opus (self, packet);
    gst_rtc_frames_packet_free (packet);
    return;
  }
  if (self->collecting && packet->rtp_ts != self->rtp_ts)
    finish_frame (self);
  if (!self->collecting)
    begin_frame (self, packet);
  if (self->n_bytes + packet->len > GST_RTC_FRAMES_MAX_BYTES)
    self->broken = TRUE;
  if (self->broken) {
    g_ptr_array_set_size (self->packets, 0);
    gst_rtc_frames_packet_free (packet);
  } else {
    self->n_bytes += packet->len;
    g_ptr_array_add (self->packets, packet);
  }
  if (is_last)
    finish_frame (self);
}

void
gst_rtc_frames_gap (GstRtcFrames *self)
{
  if (self->codec == RTC_CODEC_OPUS)
    return;
  self->gap = TRUE;
  if (!self->collecting)
    return;
  self->stats.incomplete++;
  self->last_picture.picture_id = -1;
  drop_packets (self);
  hold (self);
}

void
gst_rtc_frames_reset (GstRtcFrames *self)
{
  if (self->codec == RTC_CODEC_OPUS)
    return;
  drop_packets (self);
  self->gap = TRUE;
  self->holding = TRUE;
  self->last_picture.picture_id = -1;
}

gboolean
gst_rtc_frames_has_partial (const GstRtcFrames *self)
{
  return self->collecting;
}

void
gst_rtc_frames_get_stats (const GstRtcFrames *self, GstRtcFramesStats *out)
{
  *out = self->stats;
}
