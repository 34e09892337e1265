/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-key-frame.h"

#include "gst/rtc/base/rtc-bytes.h"

static const struct {
  const gchar *name;
  RtcKeyFrameFormat format;
} names[] = {
  { "H264", RTC_KEY_FRAME_FORMAT_H264 },
  { "H265", RTC_KEY_FRAME_FORMAT_H265 },
  { "VP8", RTC_KEY_FRAME_FORMAT_VP8 },
  { "VP9", RTC_KEY_FRAME_FORMAT_VP9 },
  { "AV1", RTC_KEY_FRAME_FORMAT_AV1 },
};

RtcKeyFrameFormat
rtc_key_frame_format_from_name (const gchar *encoding_name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strcasecmp (names[i].name, encoding_name) == 0)
      return names[i].format;
  }
  return RTC_KEY_FRAME_FORMAT_NONE;
}

/* RFC 6184 5.2: types 1-23 are NAL units as in H.264 table 7-1. */
#define H264_NAL_IDR 5
#define H264_NAL_SPS 7
#define H264_STAP_A 24
#define H264_STAP_B 25
#define H264_FU_A 28
#define H264_FU_B 29

/* Both codecs begin a slice with "is it the first one": H.264's first_mb_in_slice is 0 exactly when
 * its Exp-Golomb code begins with a 1 bit (7.3.3, 9.1), H.265 has the bit itself (7.3.6.1). */
#define FIRST_SLICE_BIT 0x80

/* RFC 6184 5.8, RFC 7798 4.4.3: "the Start bit indicates the start of a fragmented NAL unit". */
#define FU_START_BIT 0x80

static gboolean
h264_nal_is_start (guint type, RtcReader *rbsp)
{
  if (type == H264_NAL_SPS)
    return TRUE;
  return type == H264_NAL_IDR && (rtc_reader_u8 (rbsp) & FIRST_SLICE_BIT) != 0;
}

/* RFC 6184 5.7.1: each unit is preceded by its size of 16 bits.
 *
 * |STAP-A NAL HDR | NALU 1 Size                   | NALU 1 HDR    |
 * |                         NALU 1 Data                           |
 */
static gboolean
h264_stap_is_start (RtcReader *reader)
{
  while (rtc_reader_left (reader) > 0) {
    guint16 size = rtc_reader_u16 (reader);
    RtcReader nal = rtc_reader_sub (reader, size);
    guint8 b = rtc_reader_u8 (&nal);

    if (!reader->ok || size == 0)
      return FALSE;
    if (h264_nal_is_start (b & 0x1f, &nal))
      return TRUE;
  }
  return FALSE;
}

static gboolean
h264_is_start (RtcReader *reader)
{
  guint8 b = rtc_reader_u8 (reader), fu;

  switch (b & 0x1f) {
    case H264_STAP_B: /* 5.7.1: a decoding order number of 16 bits comes first */
      rtc_reader_bytes (reader, 2);
      return h264_stap_is_start (reader);
    case H264_STAP_A:
      return h264_stap_is_start (reader);
    case H264_FU_A:
    case H264_FU_B: /* 5.8: as FU-A with a decoding order number */
      fu = rtc_reader_u8 (reader);
      if ((b & 0x1f) == H264_FU_B)
        rtc_reader_bytes (reader, 2);
      return (fu & FU_START_BIT) != 0 && h264_nal_is_start (fu & 0x1f, reader);
    default:
      return h264_nal_is_start (b & 0x1f, reader);
  }
}

/* H.265 table 7-1; RFC 7798 4.4. CRA and BLA pictures are entry points like IDR ones. */
#define H265_NAL_BLA_W_LP 16
#define H265_NAL_CRA 21
#define H265_NAL_VPS 32
#define H265_NAL_SPS 33
#define H265_AP 48
#define H265_FU 49

static gboolean
h265_nal_is_start (guint type, RtcReader *rbsp)
{
  if (type == H265_NAL_VPS || type == H265_NAL_SPS)
    return TRUE;
  return type >= H265_NAL_BLA_W_LP && type <= H265_NAL_CRA
         && (rtc_reader_u8 (rbsp) & FIRST_SLICE_BIT) != 0;
}

/* RFC 7798 1.1.4:
 *
 * +---------------+---------------+
 * |F|   Type    |  LayerId  | TID |
 * +-------------+-----------------+
 */
static guint
h265_type (guint16 nal_header)
{
  return (nal_header >> 9) & 0x3f;
}

/* RFC 7798 4.4.2, without DONL fields: nobody offers sprop-max-don-diff > 0 in real time. */
static gboolean
h265_ap_is_start (RtcReader *reader)
{
  while (rtc_reader_left (reader) > 0) {
    guint16 size = rtc_reader_u16 (reader);
    RtcReader nal = rtc_reader_sub (reader, size);
    guint16 header = rtc_reader_u16 (&nal);

    if (!reader->ok || !nal.ok)
      return FALSE;
    if (h265_nal_is_start (h265_type (header), &nal))
      return TRUE;
  }
  return FALSE;
}

static gboolean
h265_is_start (RtcReader *reader)
{
  guint type = h265_type (rtc_reader_u16 (reader));
  guint8 fu;

  if (type == H265_AP)
    return h265_ap_is_start (reader);
  if (type == H265_FU) {
    fu = rtc_reader_u8 (reader);
    return (fu & FU_START_BIT) != 0 && h265_nal_is_start (fu & 0x3f, reader);
  }
  return h265_nal_is_start (type, reader);
}

/* RFC 7741 4.2, 4.3:
 *
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |X|R|N|S|R| PID | (REQUIRED)
 * X:   |I|L|T|K| RSV   | (OPTIONAL)
 * I:   |M| PictureID   | (OPTIONAL) and eight more bits if M
 * L:   |   TL0PICIDX   | (OPTIONAL)
 * T/K: |TID|Y| KEYIDX  | (OPTIONAL)
 *      |Size0|H| VER |P| payload header; P "inverse key frame flag"
 */
static gboolean
vp8_is_start (RtcReader *reader)
{
  guint8 b = rtc_reader_u8 (reader), x = 0;

  if ((b & 0x80) != 0)
    x = rtc_reader_u8 (reader);
  if ((x & 0x80) != 0 && (rtc_reader_u8 (reader) & 0x80) != 0)
    rtc_reader_bytes (reader, 1);
  if ((x & 0x40) != 0)
    rtc_reader_bytes (reader, 1);
  if ((x & 0x30) != 0)
    rtc_reader_bytes (reader, 1);
  /* "S: Start of VP8 partition. SHOULD be set to 1 when the first payload octet of the RTP
   * packet is the beginning of a new VP8 partition"; the picture begins with partition 0. */
  return (b & 0x10) != 0 && (b & 0x07) == 0 && (rtc_reader_u8 (reader) & 0x01) == 0;
}

/* RFC 9628 4.2:
 *
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |I|P|L|F|B|E|V|Z| (REQUIRED)
 * I:   |M| PICTURE ID  | (RECOMMENDED) and eight more bits if M
 * L:   | TID |U| SID |D| (CONDITIONALLY RECOMMENDED)
 */
static gboolean
vp9_is_start (RtcReader *reader)
{
  guint8 b = rtc_reader_u8 (reader), layers = 0;

  if ((b & 0x80) != 0 && (rtc_reader_u8 (reader) & 0x80) != 0)
    rtc_reader_bytes (reader, 1);
  if ((b & 0x20) != 0)
    layers = rtc_reader_u8 (reader);
  /* Not predicted from another picture (P = 0), begins a frame (B = 1), and that is the lowest
   * spatial layer: with B alone a higher layer of the same picture would answer too. */
  return (b & 0x40) == 0 && (b & 0x08) != 0 && ((layers >> 1) & 0x07) == 0;
}

/* AV1 RTP payload format 4.4, the aggregation header:
 *
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |Z|Y| W |N|-|-|-|
 * +-+-+-+-+-+-+-+-+
 *
 * "N: MUST be set to 1 if the packet is the first packet of a coded video sequence"; "if N equals
 * 1 then Z must equal 0". */
static gboolean
av1_is_start (RtcReader *reader)
{
  guint8 b = rtc_reader_u8 (reader);

  rtc_reader_bytes (reader, 1);
  return (b & 0x08) != 0 && (b & 0x80) == 0;
}

gboolean
rtc_key_frame_is_start (RtcKeyFrameFormat format, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);
  gboolean is_start = FALSE;

  switch (format) {
    case RTC_KEY_FRAME_FORMAT_NONE:
      return TRUE;
    case RTC_KEY_FRAME_FORMAT_H264:
      is_start = h264_is_start (&reader);
      break;
    case RTC_KEY_FRAME_FORMAT_H265:
      is_start = h265_is_start (&reader);
      break;
    case RTC_KEY_FRAME_FORMAT_VP8:
      is_start = vp8_is_start (&reader);
      break;
    case RTC_KEY_FRAME_FORMAT_VP9:
      is_start = vp9_is_start (&reader);
      break;
    case RTC_KEY_FRAME_FORMAT_AV1:
      is_start = av1_is_start (&reader);
      break;
  }
  return is_start && reader.ok;
}
