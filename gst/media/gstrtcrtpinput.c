/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcrtpinput.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Where the time stamp is in a packet (RFC 3550 5.1). */
#define RTP_TS_OFFSET 4

/* RFC 6184 5.2, 5.7.1: a STAP-A has a NAL unit header of its own, and units behind their sizes. */
#define H264_TYPE_MASK 0x1f
#define H264_NRI_MASK 0x60
#define H264_NAL_IDR 5 /* the last of the slices, Table 7-1 */
#define H264_NAL_SPS 7
#define H264_NAL_PPS 8
#define H264_STAP_A 24
#define H264_FU_A 28

/* RFC 7798 1.1.4, 4.4.2: the same with two bytes of header; LayerId 0, TID 1. */
#define H265_NAL_LAST_VCL 31
#define H265_NAL_VPS 32
#define H265_NAL_PPS 34
#define H265_AP 48
#define H265_FU 49

/* How far back a time stamp is another order and not another clock, s. */
#define MAX_REORDER 2

/* Longest payload of parameter sets. */
#define MAX_SETS (RTC_PAYLOADER_MTU - RTC_RTP_HEADER_LEN)

void
gst_rtc_rtp_input_init (GstRtcRtpInput *self, RtcCodecId codec)
{
  *self = (GstRtcRtpInput){ .codec = rtc_codec_info (codec), .payload_type = -1 };
}

void
gst_rtc_rtp_input_clear (GstRtcRtpInput *self)
{
  g_clear_pointer (&self->sets, g_ptr_array_unref);
}

static gboolean
has_parameter_sets (const GstRtcRtpInput *self)
{
  return self->codec->id == RTC_CODEC_H264 || self->codec->id == RTC_CODEC_H265;
}

/* --- what the caps say -------------------------------------------------------------------------
 */

static gsize
sets_header_len (const GstRtcRtpInput *self)
{
  return self->codec->id == RTC_CODEC_H264 ? 1 : 2;
}

static guint
unit_type (const GstRtcRtpInput *self, guint8 header)
{
  return self->codec->id == RTC_CODEC_H264 ? header & H264_TYPE_MASK : (guint) (header >> 1) & 0x3f;
}

static gboolean
is_parameter_set (const GstRtcRtpInput *self, guint type)
{
  return self->codec->id == RTC_CODEC_H264 ? type == H264_NAL_SPS || type == H264_NAL_PPS
                                           : type >= H265_NAL_VPS && type <= H265_NAL_PPS;
}

static gboolean
is_slice (const GstRtcRtpInput *self, guint type)
{
  return self->codec->id == RTC_CODEC_H264 ? type >= 1 && type <= H264_NAL_IDR
                                           : type <= H265_NAL_LAST_VCL;
}

/* Appends the parameter sets of a field of comma-separated base64 (RFC 6184 8.1), not the SPS
 * extensions that may be among them. FALSE: one is too long. */
static gboolean
add_sets (const GstRtcRtpInput *self, const gchar *text, GPtrArray *sets)
{
  gchar **parts = g_strsplit (text != NULL ? text : "", ",", -1);
  gboolean ok = TRUE;

  for (guint i = 0; parts[i] != NULL && ok; i++) {
    gsize len;
    guint8 *data = g_base64_decode (g_strstrip (parts[i]), &len);

    ok = len <= MAX_SETS;
    /* GStreamer writes an empty one for what there is none of. */
    if (ok && len > sets_header_len (self) && is_parameter_set (self, unit_type (self, data[0])))
      g_ptr_array_add (sets, g_bytes_new_take (data, len));
    else
      g_free (data);
  }
  g_strfreev (parts);
  return ok;
}

static gsize
sets_len (const GstRtcRtpInput *self, const GPtrArray *sets)
{
  gsize len = sets_header_len (self);

  for (guint i = 0; i < sets->len; i++)
    len += 2 + g_bytes_get_size (g_ptr_array_index (sets, i));
  return len;
}

static void
read_sets (GstRtcRtpInput *self, const GstStructure *structure)
{
  static const gchar *const h264[] = { "sprop-parameter-sets", NULL };
  static const gchar *const h265[] = { "sprop-vps", "sprop-sps", "sprop-pps", NULL };
  const gchar *const *fields = self->codec->id == RTC_CODEC_H264 ? h264 : h265;
  GPtrArray *sets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gboolean ok = TRUE;

  for (; *fields != NULL && ok; fields++)
    ok = add_sets (self, gst_structure_get_string (structure, *fields), sets);
  if (!ok || sets_len (self, sets) > MAX_SETS)
    GST_WARNING ("the parameter sets in the caps cannot be used: %" GST_PTR_FORMAT, structure);
  else if (sets->len > 0)
    self->sets = g_ptr_array_ref (sets);
  g_ptr_array_unref (sets);
}

void
gst_rtc_rtp_input_set_caps (GstRtcRtpInput *self, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  if (!gst_structure_get_int (structure, "payload", &self->payload_type))
    self->payload_type = -1;
  self->has_caps_ssrc = gst_structure_get_uint (structure, "ssrc", &self->caps_ssrc);
  g_clear_pointer (&self->sets, g_ptr_array_unref);
  if (has_parameter_sets (self))
    read_sets (self, structure);
}

/* --- order --------------------------------------------------------------------------------------
 */

static void
note_hole (GstRtcRtpInput *self)
{
  self->has_hole = self->next_has_hole = TRUE;
}

/* What comes now is the first of a sender: its time stamps go on with what the time says. */
static void
begin (GstRtcRtpInput *self, GstClockTime time, const RtcRtpHeader *header)
{
  if (self->has_ssrc) {
    guint32 due = (guint32) gst_util_uint64_scale_round (
        rtc_time_elapsed (self->last_time, time), self->codec->clock_rate, GST_SECOND);

    self->ts_offset = self->last_rtp_ts + MAX (due, 1) - header->rtp_ts;
    note_hole (self);
    self->stats.restarts++;
    GST_INFO ("%s: SSRC %08x begins anew as %08x", self->codec->name, self->ssrc, header->ssrc);
  }
  self->has_ssrc = TRUE;
  self->ssrc = header->ssrc;
  self->next_seq = header->seq;
  self->has_picture = self->has_slice = FALSE;
}

/* Whether a packet of an SSRC that is not followed is that of its successor. */
static gboolean
is_successor (const GstRtcRtpInput *self, GstClockTime time, const RtcRtpHeader *header)
{
  return (self->has_caps_ssrc && header->ssrc == self->caps_ssrc)
         || rtc_time_elapsed (self->last_time, time) >= GST_RTC_RTP_INPUT_SILENCE;
}

/* Whether numbers far away from those before are those that go on from here. */
static gboolean
is_other_start (GstRtcRtpInput *self, GstClockTime time, guint16 seq)
{
  gboolean is_second = self->has_other_seq && seq == self->other_seq;

  self->has_other_seq = TRUE;
  self->other_seq = (guint16) (seq + 1);
  return is_second || rtc_time_elapsed (self->last_time, time) >= GST_RTC_RTP_INPUT_SILENCE;
}

/* FALSE: behind what has gone on, or a stray. */
static gboolean
put_in_order (GstRtcRtpInput *self, GstClockTime time, const RtcRtpHeader *header)
{
  guint16 ahead = (guint16) (header->seq - self->next_seq);

  if (ahead < GST_RTC_RTP_INPUT_MAX_JUMP) {
    self->stats.lost += ahead;
    if (ahead > 0)
      note_hole (self);
  } else if ((guint16) -ahead > GST_RTC_RTP_INPUT_MAX_BACK
             && is_other_start (self, time, header->seq)) {
    begin (self, time, header);
  } else {
    self->stats.late++;
    return FALSE;
  }
  self->has_other_seq = FALSE;
  self->next_seq = (guint16) (header->seq + 1);
  return TRUE;
}

/* What is not wanted may have a number between those that are: comfort noise, parities of FEC. */
static void
skip_number (GstRtcRtpInput *self, const RtcRtpHeader *header)
{
  if (self->has_ssrc && header->ssrc == self->ssrc && header->seq == self->next_seq)
    self->next_seq++;
}

/* --- key frames ---------------------------------------------------------------------------------
 */

/* What is in a packet, as far as parameter sets are concerned. */
typedef struct {
  gboolean sets; /* and no slice before them */
  gboolean slice;
} Content;

static void
note_unit (const GstRtcRtpInput *self, guint type, Content *content)
{
  content->sets |= is_parameter_set (self, type) && !content->slice;
  content->slice |= is_slice (self, type);
}

/* Units behind their sizes (RFC 6184 5.7.1, RFC 7798 4.4.2). */
static void
note_units (const GstRtcRtpInput *self, RtcReader *reader, Content *content)
{
  while (rtc_reader_left (reader) > 0) {
    guint16 size = rtc_reader_u16 (reader);
    RtcReader unit = rtc_reader_sub (reader, size);
    guint8 header = rtc_reader_u8 (&unit);

    if (!reader->ok || !unit.ok)
      return;
    note_unit (self, unit_type (self, header), content);
  }
}

static Content
find_content (const GstRtcRtpInput *self, const guint8 *payload, gsize len)
{
  gboolean is_h264 = self->codec->id == RTC_CODEC_H264;
  RtcReader reader = rtc_reader (payload, len);
  guint type = unit_type (self, rtc_reader_u8 (&reader));
  Content content = { 0 };

  rtc_reader_bytes (&reader, sets_header_len (self) - 1);
  if (type == (is_h264 ? H264_STAP_A : H265_AP))
    note_units (self, &reader, &content);
  else if (type == (is_h264 ? H264_FU_A : H265_FU))
    note_unit (self, rtc_reader_u8 (&reader) & (is_h264 ? H264_TYPE_MASK : 0x3f), &content);
  else
    note_unit (self, type, &content);
  return content;
}

/* Packets come in the order of decoding, and time stamps are those of showing (RFC 6184 5.1). */
static void
count_b_frame (GstRtcRtpInput *self, guint32 rtp_ts)
{
  gint64 ahead = (gint32) (rtp_ts - self->newest_ts);

  if (!self->has_picture || ahead >= 0 || ahead < -MAX_REORDER * (gint64) self->codec->clock_rate) {
    self->newest_ts = rtp_ts;
    return;
  }
  /* Once may be a sloppy clock; twice is a pattern. */
  self->reorders |= ++self->stats.b_frames == 2;
}

/* Parameter sets that come with a time stamp of their own are those of the picture after them. */
static void
note_picture (GstRtcRtpInput *self, guint32 rtp_ts)
{
  if (self->has_picture && self->picture_ts == rtp_ts)
    return;
  count_b_frame (self, rtp_ts);
  if (self->has_slice || !self->has_picture)
    self->sets_seen = FALSE;
  /* What came before the first packet is not known. */
  if (self->has_slice || !self->has_picture)
    self->picture_has_hole = !self->has_picture;
  self->has_picture = TRUE;
  self->has_slice = FALSE;
  self->picture_ts = rtp_ts;
}

static GstRtcRtpInputVerdict
look_after_sets (GstRtcRtpInput *self, const RtcRtpHeader *header, const guint8 *payload)
{
  RtcKeyFrameFormat format =
      self->codec->id == RTC_CODEC_H264 ? RTC_KEY_FRAME_FORMAT_H264 : RTC_KEY_FRAME_FORMAT_H265;
  gboolean is_start = rtc_key_frame_is_start (format, payload, header->payload_len);
  Content content = find_content (self, payload, header->payload_len);

  note_picture (self, header->rtp_ts);
  self->picture_has_hole |= self->next_has_hole;
  self->next_has_hole = FALSE;
  self->has_slice |= content.slice;
  self->sets_seen |= content.sets;
  if (!is_start || self->sets_seen)
    return GST_RTC_RTP_INPUT_PASS;
  self->sets_seen = TRUE;
  if (self->sets != NULL)
    return GST_RTC_RTP_INPUT_PASS_AFTER_SETS;
  /* Else they may have been in what did not come. */
  self->lacks_sets |= !self->picture_has_hole;
  return GST_RTC_RTP_INPUT_PASS;
}

RtcPacket *
gst_rtc_rtp_input_make_sets (const GstRtcRtpInput *self, const RtcRtpHeader *header)
{
  RtcRtpHeader own = { .payload_type = header->payload_type,
    .seq = header->seq,
    .rtp_ts = header->rtp_ts,
    .ssrc = header->ssrc };
  gsize len = RTC_RTP_HEADER_LEN + sets_len (self, self->sets);
  RtcPacket *packet = rtc_packet_new (NULL, 0, len + RTC_SRTP_MAX_OVERHEAD);
  RtcWriter writer = rtc_writer (packet->data, len);

  rtc_rtp_header_write (&own, &writer);
  if (self->codec->id == RTC_CODEC_H264) {
    const guint8 *first = g_bytes_get_data (g_ptr_array_index (self->sets, 0), NULL);

    rtc_writer_u8 (&writer, (first[0] & H264_NRI_MASK) | H264_STAP_A);
  } else {
    rtc_writer_u16 (&writer, H265_AP << 9 | 1);
  }
  for (guint i = 0; i < self->sets->len; i++) {
    gsize size;
    const guint8 *set = g_bytes_get_data (g_ptr_array_index (self->sets, i), &size);

    rtc_writer_u16 (&writer, (guint16) size);
    rtc_writer_bytes (&writer, set, size);
  }
  packet->len = writer.pos;
  return packet;
}

/* --- packets ------------------------------------------------------------------------------------
 */

/* Without a payload type in the caps it is any but those that RTCP on the same port looks like
 * (RFC 5761 4). */
static gboolean
is_wanted_type (const GstRtcRtpInput *self, guint8 payload_type)
{
  if (self->payload_type >= 0)
    return payload_type == self->payload_type;
  return payload_type < 64 || payload_type > 95;
}

/* Whether the packet is the next of the sender that is followed; counts it else. */
static gboolean
is_next (GstRtcRtpInput *self, GstClockTime time, const RtcRtpHeader *header)
{
  if (!is_wanted_type (self, header->payload_type)) {
    skip_number (self, header);
    self->stats.foreign++;
    return FALSE;
  }
  if (!self->has_ssrc || (header->ssrc != self->ssrc && is_successor (self, time, header)))
    begin (self, time, header);
  if (header->ssrc == self->ssrc)
    return put_in_order (self, time, header);
  self->stats.foreign++;
  return FALSE;
}

GstRtcRtpInputVerdict
gst_rtc_rtp_input_handle (
    GstRtcRtpInput *self, GstClockTime time, guint8 *data, gsize len, RtcRtpHeader *header)
{
  if (rtc_rtp_header_parse (header, data, len) != RTC_OK) {
    self->stats.foreign++;
    return GST_RTC_RTP_INPUT_DROP;
  }
  if (!is_next (self, time, header))
    return GST_RTC_RTP_INPUT_DROP;
  self->last_time = time;
  header->rtp_ts += self->ts_offset;
  self->last_rtp_ts = header->rtp_ts;
  if (len > GST_RTC_RTP_INPUT_MTU) {
    self->stats.too_long++;
    note_hole (self);
    return GST_RTC_RTP_INPUT_DROP_TOO_LONG;
  }
  if (header->payload_len == 0)
    return GST_RTC_RTP_INPUT_DROP;
  if (self->ts_offset != 0) {
    RtcWriter writer = rtc_writer (data + RTP_TS_OFFSET, sizeof header->rtp_ts);

    rtc_writer_u32 (&writer, header->rtp_ts);
  }
  if (!has_parameter_sets (self))
    return GST_RTC_RTP_INPUT_PASS;
  return look_after_sets (self, header, data + header->payload_offset);
}

static gboolean
take_flag (gboolean *flag)
{
  gboolean was_set = *flag;

  *flag = FALSE;
  return was_set;
}

gboolean
gst_rtc_rtp_input_take_hole (GstRtcRtpInput *self)
{
  return take_flag (&self->has_hole);
}

gboolean
gst_rtc_rtp_input_take_lack_of_sets (GstRtcRtpInput *self)
{
  return take_flag (&self->lacks_sets);
}

gboolean
gst_rtc_rtp_input_take_reordering (GstRtcRtpInput *self)
{
  return take_flag (&self->reorders);
}
