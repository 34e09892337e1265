/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-rtp-extension.h"

/* RFC 8285 4.2, one-byte header:          4.3, two-byte header:
 *
 *  0 1 2 3 4 5 6 7                         0                   1
 * +-+-+-+-+-+-+-+-+                        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * |  ID   |  len  |                       +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * +-+-+-+-+-+-+-+-+                       |       ID      |     length    |
 * len is bytes of data minus one           +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#define BLOCK_HEADER_LEN 4
#define ID_PADDING 0
/* "The local identifier value 15 is reserved for a future extension and MUST NOT be used as an
 * identifier. If the ID value 15 is used, its length field should be ignored, processing of the
 * entire extension should terminate at that point" (RFC 8285 4.2). We never give it out. */
#define ID_RESERVED 15
#define ONE_BYTE_MAX_ID 14
#define ONE_BYTE_MAX_LEN 16
#define TWO_BYTE_MAX_LEN 255

/* The bits of 24-bit signed values. */
#define TOFFSET_SIGN 0x800000
#define TOFFSET_MASK 0xffffff

/* read: the element's data, any length; FALSE when the length or content is not the extension's.
 * write: puts the data into the writer. */
typedef struct {
  const gchar *uri;
  gboolean (*read) (RtcReader *reader, RtcRtpExtensionValues *values);
  void (*write) (const RtcRtpExtensionValues *values, RtcWriter *writer);
} ExtensionRow;

/* One element while a block is walked. */
typedef struct {
  guint id;
  gsize offset; /* of the data, from the packet's first byte */
  gsize len;
} Element;

/* SDES items are UTF-8 (RFC 7941 4); mid is an SDP token, rid alphanumeric with '-' and '_', so
 * anything but printable ASCII cannot match what was negotiated. */
static gboolean
text_is_valid (const guint8 *text, gsize len)
{
  if (len < 1 || len > RTC_RTP_SDES_MAX)
    return FALSE;
  for (gsize i = 0; i < len; i++) {
    if (text[i] <= 0x20 || text[i] >= 0x7f)
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_text (RtcReader *reader, gchar *text)
{
  gsize len = rtc_reader_left (reader);
  const guint8 *bytes = rtc_reader_bytes (reader, len);

  if (bytes == NULL || !text_is_valid (bytes, len))
    return FALSE;
  memcpy (text, bytes, len);
  text[len] = '\0';
  return TRUE;
}

static gboolean
read_mid (RtcReader *reader, RtcRtpExtensionValues *values)
{
  return read_text (reader, values->mid);
}

static void
write_mid (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_bytes (writer, (const guint8 *) values->mid, strlen (values->mid));
}

static gboolean
read_rid (RtcReader *reader, RtcRtpExtensionValues *values)
{
  return read_text (reader, values->rid);
}

static void
write_rid (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_bytes (writer, (const guint8 *) values->rid, strlen (values->rid));
}

static gboolean
read_repaired_rid (RtcReader *reader, RtcRtpExtensionValues *values)
{
  return read_text (reader, values->repaired_rid);
}

static void
write_repaired_rid (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_bytes (writer, (const guint8 *) values->repaired_rid, strlen (values->repaired_rid));
}

static gboolean
read_twcc (RtcReader *reader, RtcRtpExtensionValues *values)
{
  values->twcc_seq = rtc_reader_u16 (reader);
  return reader->ok;
}

static void
write_twcc (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u16 (writer, values->twcc_seq);
}

static gboolean
read_abs_send_time (RtcReader *reader, RtcRtpExtensionValues *values)
{
  values->abs_send_time = rtc_reader_u24 (reader);
  return reader->ok;
}

static void
write_abs_send_time (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u24 (writer, values->abs_send_time);
}

/* RFC 6464 3: the V bit and 7 bits of level. */
static gboolean
read_audio_level (RtcReader *reader, RtcRtpExtensionValues *values)
{
  guint8 b = rtc_reader_u8 (reader);

  values->voice = (b & 0x80) != 0;
  values->audio_level = b & 0x7f;
  return reader->ok;
}

static void
write_audio_level (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u8 (writer, (values->voice ? 0x80u : 0u) | (values->audio_level & 0x7fu));
}

/* Two numbers of 12 bits: | MIN delay | MAX delay |. */
static gboolean
read_playout_delay (RtcReader *reader, RtcRtpExtensionValues *values)
{
  guint32 both = rtc_reader_u24 (reader);

  values->playout_min = (guint16) (both >> 12);
  values->playout_max = both & 0xfff;
  return reader->ok && values->playout_min <= values->playout_max;
}

static void
write_playout_delay (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u24 (writer, ((values->playout_min & 0xfffu) << 12) | (values->playout_max & 0xfffu));
}

static gboolean
read_toffset (RtcReader *reader, RtcRtpExtensionValues *values)
{
  guint32 bits = rtc_reader_u24 (reader);

  values->toffset = (gint32) (bits ^ TOFFSET_SIGN) - TOFFSET_SIGN;
  return reader->ok;
}

static void
write_toffset (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u24 (writer, (guint32) values->toffset & TOFFSET_MASK);
}

static gboolean
read_video_orientation (RtcReader *reader, RtcRtpExtensionValues *values)
{
  values->video_orientation = rtc_reader_u8 (reader) & 0x0f;
  return reader->ok;
}

static void
write_video_orientation (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u8 (writer, values->video_orientation & 0x0fu);
}

static gboolean
read_abs_capture_time (RtcReader *reader, RtcRtpExtensionValues *values)
{
  values->abs_capture_ntp64 = rtc_reader_u64 (reader);
  values->has_capture_offset = rtc_reader_left (reader) > 0;
  if (values->has_capture_offset)
    values->capture_clock_offset = (gint64) rtc_reader_u64 (reader);
  return reader->ok;
}

static void
write_abs_capture_time (const RtcRtpExtensionValues *values, RtcWriter *writer)
{
  rtc_writer_u64 (writer, values->abs_capture_ntp64);
  if (values->has_capture_offset)
    rtc_writer_u64 (writer, (guint64) values->capture_clock_offset);
}

/* Indexed by RtcRtpExtension. */
static const ExtensionRow rows[] = {
  { "urn:ietf:params:rtp-hdrext:sdes:mid", read_mid, write_mid },
  { "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", read_rid, write_rid },
  { "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", read_repaired_rid,
      write_repaired_rid },
  { "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", read_twcc,
      write_twcc },
  { "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", read_abs_send_time,
      write_abs_send_time },
  { "urn:ietf:params:rtp-hdrext:ssrc-audio-level", read_audio_level, write_audio_level },
  { "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", read_playout_delay,
      write_playout_delay },
  { "urn:ietf:params:rtp-hdrext:toffset", read_toffset, write_toffset },
  { "urn:3gpp:video-orientation", read_video_orientation, write_video_orientation },
  { "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", read_abs_capture_time,
      write_abs_capture_time },
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) == RTC_RTP_N_EXTENSIONS);

const gchar *
rtc_rtp_extension_get_uri (RtcRtpExtension extension)
{
  g_return_val_if_fail ((guint) extension < RTC_RTP_N_EXTENSIONS, "");
  return rows[extension].uri;
}

gboolean
rtc_rtp_extension_find (const gchar *uri, RtcRtpExtension *out)
{
  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++) {
    if (strcmp (rows[i].uri, uri) == 0) {
      *out = (RtcRtpExtension) i;
      return TRUE;
    }
  }
  return FALSE;
}

RtcResult
rtc_rtp_extension_map_set (RtcRtpExtensionMap *self, RtcRtpExtension extension, guint id)
{
  RtcRtpExtension owner;

  if (id > 255 || id == ID_RESERVED)
    return RTC_ERR_LIMIT;
  if (id != 0 && rtc_rtp_extension_map_find (self, id, &owner) && owner != extension)
    return RTC_ERR_STATE;
  self->ids[extension] = (guint8) id;
  return RTC_OK;
}

gboolean
rtc_rtp_extension_map_find (const RtcRtpExtensionMap *self, guint id, RtcRtpExtension *out)
{
  for (guint i = 0; id != 0 && i < RTC_RTP_N_EXTENSIONS; i++) {
    if (self->ids[i] == id) {
      *out = (RtcRtpExtension) i;
      return TRUE;
    }
  }
  return FALSE;
}

RtcResult
rtc_rtp_extension_values_set_text (
    RtcRtpExtensionValues *self, RtcRtpExtension extension, const gchar *text)
{
  RtcReader reader = rtc_reader ((const guint8 *) text, strlen (text));

  g_return_val_if_fail (extension <= RTC_RTP_EXTENSION_REPAIRED_RID, RTC_ERR_UNSUPPORTED);
  self->present &= ~(1u << extension);
  if (!rows[extension].read (&reader, self))
    return RTC_ERR_LIMIT;
  self->present |= 1u << extension;
  return RTC_OK;
}

static void
take_value (
    RtcRtpExtensionValues *self, const RtcRtpExtensionValues *other, RtcRtpExtension extension)
{
  switch (extension) {
    case RTC_RTP_EXTENSION_MID:
      memcpy (self->mid, other->mid, sizeof self->mid);
      break;
    case RTC_RTP_EXTENSION_RID:
      memcpy (self->rid, other->rid, sizeof self->rid);
      break;
    case RTC_RTP_EXTENSION_REPAIRED_RID:
      memcpy (self->repaired_rid, other->repaired_rid, sizeof self->repaired_rid);
      break;
    case RTC_RTP_EXTENSION_TWCC:
      self->twcc_seq = other->twcc_seq;
      break;
    case RTC_RTP_EXTENSION_ABS_SEND_TIME:
      self->abs_send_time = other->abs_send_time;
      break;
    case RTC_RTP_EXTENSION_AUDIO_LEVEL:
      self->voice = other->voice;
      self->audio_level = other->audio_level;
      break;
    case RTC_RTP_EXTENSION_PLAYOUT_DELAY:
      self->playout_min = other->playout_min;
      self->playout_max = other->playout_max;
      break;
    case RTC_RTP_EXTENSION_TOFFSET:
      self->toffset = other->toffset;
      break;
    case RTC_RTP_EXTENSION_VIDEO_ORIENTATION:
      self->video_orientation = other->video_orientation;
      break;
    case RTC_RTP_EXTENSION_ABS_CAPTURE_TIME:
      self->abs_capture_ntp64 = other->abs_capture_ntp64;
      self->has_capture_offset = other->has_capture_offset;
      self->capture_clock_offset = other->capture_clock_offset;
      break;
  }
}

void
rtc_rtp_extension_values_merge (RtcRtpExtensionValues *self, const RtcRtpExtensionValues *other)
{
  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++) {
    if (rtc_rtp_extension_values_has (other, i))
      take_value (self, other, i);
  }
  self->present |= other->present;
}

/* Steps to the next element; FALSE at the end. *ok becomes FALSE when an element reaches past
 * the block, which ends it too. */
static gboolean
next_element (RtcReader *block, guint16 profile, Element *out, gboolean *ok)
{
  guint8 id;

  do {
    if (rtc_reader_left (block) == 0)
      return FALSE;
    id = rtc_reader_u8 (block);
  } while (id == ID_PADDING);

  if (profile == RTC_RTP_PROFILE_ONE_BYTE) {
    out->id = id >> 4;
    out->len = (gsize) (id & 0x0f) + 1;
    /* "If such an extension element is encountered, its length field MUST be ignored, processing
     * of the entire extension MUST terminate at that point" (RFC 8285 4.2, for ID 0 with a
     * length; alike for ID 15). */
    if (out->id == ID_PADDING || out->id == ID_RESERVED)
      return FALSE;
  } else {
    out->id = id;
    out->len = rtc_reader_u8 (block);
  }
  out->offset = block->pos;
  rtc_reader_bytes (block, out->len);
  if (!block->ok)
    *ok = FALSE;
  return block->ok;
}

/* A reader from the packet's first byte to the end of the block, standing at the block's data, so
 * that its positions are offsets into the packet. Empty for other profiles. */
static RtcReader
open_block (const RtcRtpHeader *header, const guint8 *data)
{
  RtcReader block = rtc_reader (data, header->extension_offset + header->extension_len);

  if (header->has_extension
      && (header->extension_profile == RTC_RTP_PROFILE_ONE_BYTE
          || (header->extension_profile & 0xfff0) == RTC_RTP_PROFILE_TWO_BYTE))
    rtc_reader_bytes (&block, header->extension_offset);
  else
    block.len = 0;
  return block;
}

gboolean
rtc_rtp_extension_read (const RtcRtpExtensionMap *map, const RtcRtpHeader *header,
    const guint8 *data, RtcRtpExtensionValues *values)
{
  RtcReader block = open_block (header, data);
  gboolean ok = TRUE;
  Element element;

  memset (values, 0, sizeof *values);
  while (next_element (&block, header->extension_profile, &element, &ok)) {
    RtcReader reader = rtc_reader (data + element.offset, element.len);
    RtcRtpExtension extension;

    if (!rtc_rtp_extension_map_find (map, element.id, &extension)
        || rtc_rtp_extension_values_has (values, extension))
      continue;
    if (rows[extension].read (&reader, values) && rtc_reader_left (&reader) == 0)
      values->present |= 1u << extension;
    else
      ok = FALSE;
  }
  return ok;
}

/* Length of the data that an extension's writer makes. */
static gsize
get_data_len (const RtcRtpExtensionValues *values, RtcRtpExtension extension)
{
  guint8 scratch[TWO_BYTE_MAX_LEN];
  RtcWriter writer = rtc_writer (scratch, sizeof scratch);

  rows[extension].write (values, &writer);
  return writer.pos;
}

static gboolean
is_wanted (const RtcRtpExtensionMap *map, const RtcRtpExtensionValues *values, guint extension)
{
  return map->ids[extension] != 0 && rtc_rtp_extension_values_has (values, extension);
}

static gboolean
fits_one_byte (guint id, gsize len)
{
  return id <= ONE_BYTE_MAX_ID && len >= 1 && len <= ONE_BYTE_MAX_LEN;
}

/* Whether the two-byte form is needed for something, and whether anything can be written at all.
 * Mixing the forms in one stream needs extmap-allow-mixed (RFC 8285 4.1.2, 6), and we are a
 * one-byte sender unless allowed to mix. */
static gboolean
choose_form (
    const RtcRtpExtensionMap *map, const RtcRtpExtensionValues *values, gboolean *is_two_byte)
{
  gboolean any = FALSE;

  *is_two_byte = FALSE;
  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++) {
    if (!is_wanted (map, values, i))
      continue;
    if (fits_one_byte (map->ids[i], get_data_len (values, i)))
      any = TRUE;
    else if (map->allow_mixed)
      any = *is_two_byte = TRUE;
  }
  return any;
}

static void
note_slot (RtcRtpExtensionSlots *slots, RtcRtpExtension extension, gsize offset, gsize len)
{
  if (extension == RTC_RTP_EXTENSION_TWCC && len == 2)
    slots->twcc = (guint16) offset;
  else if (extension == RTC_RTP_EXTENSION_ABS_SEND_TIME && len == 3)
    slots->abs_send_time = (guint16) offset;
}

static void
write_element (const RtcRtpExtensionValues *values, RtcRtpExtension extension, guint id,
    gboolean is_two_byte, RtcWriter *writer, RtcRtpExtensionSlots *slots)
{
  gsize len = get_data_len (values, extension);

  if (is_two_byte) {
    rtc_writer_u8 (writer, id);
    rtc_writer_u8 (writer, len);
  } else if (fits_one_byte (id, len)) {
    rtc_writer_u8 (writer, (id << 4) | (len - 1));
  } else {
    return;
  }
  if (slots != NULL)
    note_slot (slots, extension, writer->pos, len);
  rows[extension].write (values, writer);
}

gsize
rtc_rtp_extension_write (const RtcRtpExtensionMap *map, const RtcRtpExtensionValues *values,
    RtcWriter *writer, RtcRtpExtensionSlots *slots)
{
  gsize start = writer->pos;
  gboolean is_two_byte;

  if (slots != NULL)
    memset (slots, 0, sizeof *slots);
  if (!choose_form (map, values, &is_two_byte))
    return 0;
  rtc_writer_u16 (writer, is_two_byte ? RTC_RTP_PROFILE_TWO_BYTE : RTC_RTP_PROFILE_ONE_BYTE);
  rtc_writer_u16 (writer, 0);
  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++) {
    if (is_wanted (map, values, i))
      write_element (values, i, map->ids[i], is_two_byte, writer, slots);
  }
  while (writer->ok && (writer->pos - start) % 4 != 0)
    rtc_writer_u8 (writer, ID_PADDING);
  rtc_writer_patch_u16 (
      writer, start + 2, (guint16) ((writer->pos - start - BLOCK_HEADER_LEN) / 4));
  if (writer->ok)
    return writer->pos - start;
  if (slots != NULL)
    memset (slots, 0, sizeof *slots);
  return 0;
}

void
rtc_rtp_extension_find_slots (const RtcRtpExtensionMap *map, const RtcRtpHeader *header,
    const guint8 *data, RtcRtpExtensionSlots *slots)
{
  RtcReader block = open_block (header, data);
  gboolean ok = TRUE;
  Element element;

  memset (slots, 0, sizeof *slots);
  while (next_element (&block, header->extension_profile, &element, &ok)) {
    RtcRtpExtension extension;

    if (element.offset <= G_MAXUINT16 && rtc_rtp_extension_map_find (map, element.id, &extension))
      note_slot (slots, extension, element.offset, element.len);
  }
}

static void
patch (guint8 *data, gsize len, gsize offset, guint32 value, guint n_bytes)
{
  RtcWriter writer = rtc_writer (data, len);

  if (offset == 0)
    return;
  rtc_writer_reserve (&writer, offset);
  rtc_writer_uint (&writer, value, n_bytes);
}

void
rtc_rtp_extension_patch_twcc (
    const RtcRtpExtensionSlots *slots, guint8 *data, gsize len, guint16 twcc_seq)
{
  patch (data, len, slots->twcc, twcc_seq, 2);
}

void
rtc_rtp_extension_patch_abs_send_time (
    const RtcRtpExtensionSlots *slots, guint8 *data, gsize len, guint32 abs_send_time)
{
  patch (data, len, slots->abs_send_time, abs_send_time, 3);
}
