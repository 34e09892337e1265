/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-picture-id.h"

#include "gst/rtc/base/rtc-bytes.h"

#define LONG_BIT 0x80 /* M: the PictureID has 15 bits */

/* |M| PictureID   | and eight more bits if M */
static void
parse_id (RtcPictureId *self, RtcReader *reader)
{
  guint8 b;

  self->id_offset = (guint8) reader->pos;
  b = rtc_reader_u8 (reader);
  self->is_long = (b & LONG_BIT) != 0;
  self->id = b & 0x7f;
  if (self->is_long)
    self->id = (guint16) (self->id << 8 | rtc_reader_u8 (reader));
}

static void
parse_tl0 (RtcPictureId *self, RtcReader *reader)
{
  self->tl0_offset = (guint8) reader->pos;
  self->tl0 = rtc_reader_u8 (reader);
}

/* RFC 7741 4.2:
 *
 *      |X|R|N|S|R| PID | (REQUIRED)
 * X:   |I|L|T|K| RSV   | (OPTIONAL)
 * I:   |M| PictureID   | (OPTIONAL) and eight more bits if M
 * L:   |   TL0PICIDX   | (OPTIONAL)
 * T/K: |TID|Y| KEYIDX  | (OPTIONAL)
 */
static void
parse_vp8 (RtcPictureId *self, RtcReader *reader)
{
  guint8 x = 0, b;

  if ((rtc_reader_u8 (reader) & 0x80) != 0)
    x = rtc_reader_u8 (reader);
  if ((x & 0x80) != 0)
    parse_id (self, reader);
  if ((x & 0x40) != 0)
    parse_tl0 (self, reader);
  if ((x & 0x30) == 0)
    return;
  b = rtc_reader_u8 (reader);
  /* "TID and Y: ... MUST be ignored by the receiver when the T bit is set equal to 0". */
  if ((x & 0x20) != 0) {
    self->temporal = b >> 6;
    self->is_sync = (b >> 5) & 1;
  }
}

/* RFC 9628 4.2:
 *
 *      |I|P|L|F|B|E|V|Z| (REQUIRED)
 * I:   |M| PICTURE ID  | (RECOMMENDED) and eight more bits if M
 * L:   | TID |U| SID |D| (CONDITIONALLY RECOMMENDED)
 *      |   TL0PICIDX   | (CONDITIONALLY REQUIRED): not in flexible mode
 */
static void
parse_vp9 (RtcPictureId *self, RtcReader *reader)
{
  guint8 b = rtc_reader_u8 (reader), layers;

  if ((b & 0x80) != 0)
    parse_id (self, reader);
  if ((b & 0x20) == 0)
    return;
  layers = rtc_reader_u8 (reader);
  self->temporal = layers >> 5;
  self->is_up = (layers >> 4) & 1;
  if ((b & 0x10) == 0)
    parse_tl0 (self, reader);
}

void
rtc_picture_id_parse (
    RtcPictureId *self, RtcKeyFrameFormat format, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);

  *self = (RtcPictureId){ 0 };
  if (format == RTC_KEY_FRAME_FORMAT_VP8)
    parse_vp8 (self, &reader);
  else if (format == RTC_KEY_FRAME_FORMAT_VP9)
    parse_vp9 (self, &reader);
  if (!reader.ok)
    *self = (RtcPictureId){ 0 };
}

void
rtc_picture_id_patch (const RtcPictureId *self, guint8 *payload, guint16 id, guint8 tl0)
{
  guint8 *at = payload + self->id_offset;

  if (self->id_offset != 0 && self->is_long) {
    at[0] = (guint8) (LONG_BIT | ((id >> 8) & 0x7f));
    at[1] = (guint8) id;
  } else if (self->id_offset != 0) {
    at[0] = (guint8) (id & 0x7f);
  }
  if (self->tl0_offset != 0)
    payload[self->tl0_offset] = tl0;
}
