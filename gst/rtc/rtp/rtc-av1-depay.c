/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-av1-depay.h"

#include "gst/rtc/base/rtc-bytes.h"

/* Bits of an OBU's first byte (AV1 5.3.2). */
#define OBU_HAS_EXTENSION 0x04
#define OBU_HAS_SIZE 0x02

struct _RtcAv1Depay {
  gsize max_bytes;
  GByteArray *unit;     /* being built; what finish() hands out until the next call */
  GByteArray *fragment; /* an OBU whose end has not come */
  GByteArray *config;   /* av1C of the last sequence header */
  gboolean in_fragment;
  gboolean finished; /* unit was handed out: the next call empties it */
  gboolean frame_seen;
  RtcResult result; /* of this unit */
  RtcAv1Unit info;
};

RtcAv1Depay *
rtc_av1_depay_new (gsize max_bytes)
{
  RtcAv1Depay *self = g_new0 (RtcAv1Depay, 1);

  self->max_bytes = max_bytes;
  self->unit = g_byte_array_new ();
  self->fragment = g_byte_array_new ();
  self->config = g_byte_array_new ();
  return self;
}

void
rtc_av1_depay_free (RtcAv1Depay *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->unit);
  g_byte_array_unref (self->fragment);
  g_byte_array_unref (self->config);
  g_free (self);
}

void
rtc_av1_depay_reset (RtcAv1Depay *self)
{
  g_byte_array_set_size (self->unit, 0);
  g_byte_array_set_size (self->fragment, 0);
  self->in_fragment = FALSE;
  self->finished = FALSE;
  self->frame_seen = FALSE;
  self->result = RTC_OK;
  self->info = (RtcAv1Unit){ 0 };
}

/* AV1 4.10.5 leb128(): at most eight bytes, and no more than 32 bits are meant. */
static guint64
read_leb128 (RtcReader *reader)
{
  guint64 value = 0;

  for (guint i = 0; i < 8; i++) {
    guint8 b = rtc_reader_u8 (reader);

    value |= (guint64) (b & 0x7f) << (7 * i);
    if ((b & 0x80) == 0)
      return value;
  }
  reader->ok = FALSE;
  return 0;
}

static guint
write_leb128 (guint8 out[8], gsize value)
{
  guint n = 0;

  do {
    out[n] = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>= 7;
    n++;
  } while (value != 0);
  return n;
}

/* Appends one OBU with its size to the unit or to av1C. */
static void
write_obu (
    GByteArray *out, guint8 header, const guint8 *extension, const guint8 *payload, gsize len)
{
  guint8 size[8];
  guint n = write_leb128 (size, len);

  header |= OBU_HAS_SIZE;
  g_byte_array_append (out, &header, 1);
  if (extension != NULL)
    g_byte_array_append (out, extension, 1);
  g_byte_array_append (out, size, n);
  if (len > 0)
    g_byte_array_append (out, payload, (guint) len);
}

static RtcResult
take_sequence (RtcAv1Depay *self, guint8 header, const guint8 *payload, gsize len)
{
  RtcAv1Sequence sequence;
  GByteArray *config;
  guint8 fixed[RTC_AV1_CONFIG_LEN];

  if (rtc_av1_sequence_parse (&sequence, payload, len) != RTC_OK)
    return RTC_ERR_PARSE;
  rtc_av1_sequence_write_config (&sequence, fixed);
  config = g_byte_array_new ();
  g_byte_array_append (config, fixed, sizeof fixed);
  /* The extension, if there was one, is of no use there (AV1 in ISOBMFF 2.3.4). */
  write_obu (config, (guint8) (header & ~OBU_HAS_EXTENSION), NULL, payload, len);
  self->info.has_sequence = TRUE;
  self->info.sequence = sequence;
  if (config->len != self->config->len
      || memcmp (config->data, self->config->data, config->len) != 0)
    self->info.sequence_changed = TRUE;
  g_byte_array_unref (self->config);
  self->config = config;
  return RTC_OK;
}

/* AV1 5.9.2: show_existing_frame 1, frame_type 2 (0 is KEY_FRAME), show_frame 1. */
static void
take_frame_header (RtcAv1Depay *self, guint8 first)
{
  if (self->frame_seen)
    return;
  self->frame_seen = TRUE;
  self->info.is_key =
      self->info.has_sequence
      && (self->info.sequence.reduced_still_picture_header || (first & 0xf0) == 0x10);
}

/* 5.3.2:  |F| type |X|S|-|  and, with X, a byte of extension. */
static RtcResult
take_obu (RtcAv1Depay *self, const guint8 *data, gsize len)
{
  RtcReader reader = rtc_reader (data, len);
  guint8 header = rtc_reader_u8 (&reader), type = (header >> 3) & 0x0f;
  const guint8 *extension = NULL, *payload;
  gsize left;

  if ((header & 0x80) != 0)
    return RTC_ERR_PARSE;
  if ((header & OBU_HAS_EXTENSION) != 0)
    extension = rtc_reader_bytes (&reader, 1);
  left = rtc_reader_left (&reader);
  if ((header & OBU_HAS_SIZE) != 0) { /* allowed, and then bytes behind it are none of its */
    guint64 size = read_leb128 (&reader);

    left = rtc_reader_left (&reader);
    if (size > left)
      return RTC_ERR_PARSE;
    left = (gsize) size;
  }
  payload = rtc_reader_bytes (&reader, left);
  if (!reader.ok)
    return RTC_ERR_PARSE;
  if (type == RTC_AV1_OBU_TEMPORAL_DELIMITER || type == RTC_AV1_OBU_TILE_LIST
      || type == RTC_AV1_OBU_PADDING)
    return RTC_OK;
  if (self->unit->len + left + 10 > self->max_bytes)
    return RTC_ERR_LIMIT;
  if (type == RTC_AV1_OBU_SEQUENCE_HEADER) {
    RtcResult result = take_sequence (self, header, payload, left);

    if (result != RTC_OK)
      return result;
  }
  if ((type == RTC_AV1_OBU_FRAME || type == RTC_AV1_OBU_FRAME_HEADER) && left > 0)
    take_frame_header (self, payload[0]);
  write_obu (self->unit, header, extension, payload, left);
  return RTC_OK;
}

/* One OBU element: continues is "its beginning was in the packet before", goes_on "its end is in
 * the next". */
static RtcResult
take_element (
    RtcAv1Depay *self, const guint8 *data, gsize len, gboolean continues, gboolean goes_on)
{
  RtcResult result;

  if (continues != self->in_fragment)
    return RTC_ERR_PARSE;
  if (!continues && !goes_on)
    return len == 0 ? RTC_OK : take_obu (self, data, len);
  if (self->unit->len + self->fragment->len + len > self->max_bytes)
    return RTC_ERR_LIMIT;
  g_byte_array_append (self->fragment, data, (guint) len);
  self->in_fragment = goes_on;
  if (goes_on)
    return RTC_OK;
  result = take_obu (self, self->fragment->data, self->fragment->len);
  g_byte_array_set_size (self->fragment, 0);
  return result;
}

/* 4.4: |Z|Y| W |N|-|-|-|, then W elements (0: as many as there are), each with its length but, when
 * W is not 0, the last. */
static RtcResult
take_payload (RtcAv1Depay *self, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);
  guint8 header = rtc_reader_u8 (&reader);
  gboolean continues = (header & 0x80) != 0, goes_on = (header & 0x40) != 0;
  guint count = (header >> 4) & 0x03;
  RtcResult result = RTC_OK;

  if (!reader.ok || rtc_reader_left (&reader) == 0)
    return RTC_ERR_PARSE;
  for (guint i = 1; result == RTC_OK && rtc_reader_left (&reader) > 0; i++) {
    gsize left = rtc_reader_left (&reader);
    guint64 size = count != 0 && i == count ? left : read_leb128 (&reader);
    const guint8 *data;
    gboolean is_last;

    if (!reader.ok || size > rtc_reader_left (&reader))
      return RTC_ERR_PARSE;
    data = rtc_reader_bytes (&reader, (gsize) size);
    is_last = rtc_reader_left (&reader) == 0;
    result = take_element (self, data, (gsize) size, continues && i == 1, goes_on && is_last);
  }
  return result;
}

RtcResult
rtc_av1_depay_push (RtcAv1Depay *self, const guint8 *payload, gsize len)
{
  if (self->finished)
    rtc_av1_depay_reset (self);
  if (self->result == RTC_OK)
    self->result = take_payload (self, payload, len);
  return self->result;
}

RtcResult
rtc_av1_depay_finish (RtcAv1Depay *self, RtcAv1Unit *out)
{
  RtcResult result = self->result;

  if (self->finished)
    rtc_av1_depay_reset (self);
  if (result == RTC_OK && self->in_fragment)
    result = RTC_ERR_PARSE;
  if (result == RTC_OK && self->unit->len == 0)
    result = RTC_AGAIN;
  if (result != RTC_OK) {
    rtc_av1_depay_reset (self);
    return result;
  }
  self->info.data = self->unit->data;
  self->info.len = self->unit->len;
  self->info.config = self->config->data;
  self->info.config_len = self->config->len;
  *out = self->info;
  self->finished = TRUE;
  return RTC_OK;
}
