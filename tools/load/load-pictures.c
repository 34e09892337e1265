/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-pictures.h"

#include <string.h>

#include "gst/rtc/rtp/rtc-picture-id.h"

/* What comes later than so many newer packets is not waited for. */
#define MOST_BEHIND (LOAD_PICTURES_RING / 2)

void
load_pictures_init (LoadPictures *self)
{
  memset (self, 0, sizeof *self);
  self->needs_key = TRUE;
  self->figures.first = self->figures.last = GST_CLOCK_TIME_NONE;
}

static LoadPicturesPacket *
at (LoadPictures *self, guint64 number)
{
  return &self->ring[number % LOAD_PICTURES_RING];
}

/* RFC 7741 4.3, RFC 6386 9.1: behind the descriptor 3 bytes of frame tag, a start code, 14 bits of
 * width and of height. */
static void
read_size (LoadPicturesPacket *packet, const guint8 *payload, gsize len)
{
  gsize pos = 1;
  guint8 x = 0;

  if (len > 1 && (payload[0] & 0x80) != 0)
    x = payload[pos++];
  if ((x & 0x80) != 0)
    pos += pos < len && (payload[pos] & 0x80) != 0 ? 2 : 1;
  pos += (x & 0x40) != 0 ? 1 : 0;
  pos += (x & 0x30) != 0 ? 1 : 0;
  if (pos + 10 > len)
    return;
  packet->width = (payload[pos + 6] | payload[pos + 7] << 8) & 0x3fff;
  packet->height = (payload[pos + 8] | payload[pos + 9] << 8) & 0x3fff;
}

static void
note_picture (LoadPictures *self, const LoadPicturesPacket *first, GstClockTime now)
{
  LoadPicturesFigures *figures = &self->figures;
  const LoadPicturesPacket *last = &self->last;

  if (self->has_shown) {
    figures->wrong_ids +=
        first->has_id && last->has_id && ((last->id + 1 - first->id) & 0x7fff) != 0;
    figures->wrong_tl0 += first->has_tl0 && last->has_tl0
                          && (guint8) (last->tl0 + (first->temporal == 0 ? 1 : 0)) != first->tl0;
    figures->wrong_times += (gint32) (first->rtp_ts - last->rtp_ts) <= 0;
    if (now - figures->last > figures->longest_gap) {
      figures->longest_gap = now - figures->last;
      figures->gap_at = now;
    }
  } else {
    figures->first = now;
  }
  if (first->is_key) {
    figures->key_frames++;
    if (figures->width != first->width || figures->height != first->height) {
      figures->sizes += figures->width != 0;
      figures->sized = now;
    }
    figures->width = first->width;
    figures->height = first->height;
  }
  figures->shown++;
  figures->upper += first->temporal > 0;
  figures->last = now;
  self->last = *first;
  self->has_shown = TRUE;
  self->needs_key = FALSE;
}

/* Where the picture that begins at from ends, 0: not whole. */
static guint64
find_end (LoadPictures *self, guint64 from)
{
  for (guint64 i = from; i <= self->newest && at (self, i)->is_there; i++) {
    if (i > from && at (self, i)->rtp_ts != at (self, from)->rtp_ts)
      return 0;
    if (at (self, i)->marker)
      return i;
  }
  return 0;
}

/* The first key frame behind from that is whole; 0: none. */
static guint64
find_key_frame (LoadPictures *self, guint64 from)
{
  for (guint64 i = from; i <= self->newest; i++) {
    if (at (self, i)->is_there && at (self, i)->is_key && find_end (self, i) != 0)
      return i;
  }
  return 0;
}

/* Shows what can be shown. */
static void
advance (LoadPictures *self, GstClockTime now)
{
  for (;;) {
    LoadPicturesPacket *packet = at (self, self->next);
    gboolean can_be = self->next <= self->newest && packet->is_there && packet->starts
                      && (!self->needs_key || packet->is_key);
    guint64 end = can_be ? find_end (self, self->next) : 0, key;

    if (end == 0) {
      key = find_key_frame (self, self->next);
      if (key == 0)
        return;
      self->figures.cut_off += !self->needs_key && at (self, self->next)->is_there;
      for (; self->next < key; self->next++)
        self->figures.skipped += !at (self, self->next)->is_there;
      continue;
    }
    note_picture (self, packet, now);
    for (; self->next <= end; self->next++)
      ;
  }
}

/* The ring has no room for number while next is in it: what is missing there will not come. */
static void
make_room (LoadPictures *self, guint64 number)
{
  for (; number - self->next >= LOAD_PICTURES_RING; self->next++) {
    self->figures.skipped += !at (self, self->next)->is_there;
    self->needs_key = TRUE;
  }
}

void
load_pictures_add (LoadPictures *self, GstClockTime now, RtcKeyFrameFormat format,
    const RtcRtpHeader *header, const guint8 *data)
{
  const guint8 *payload = data + header->payload_offset;
  LoadPicturesPacket packet = { .is_there = TRUE, .marker = header->marker };
  RtcPictureId picture;
  guint64 number;

  if (header->payload_len == 0)
    return;
  if (!self->has_any) {
    self->next = self->newest = 0x10000 + header->seq;
    self->has_any = TRUE;
  }
  number = self->newest + (guint64) (gint64) (gint16) (header->seq - (guint16) self->newest);
  if (number < self->next || number + MOST_BEHIND < self->newest)
    return;
  while (self->newest < number) {
    make_room (self, self->newest + 1);
    at (self, ++self->newest)->is_there = FALSE;
  }
  rtc_picture_id_parse (&picture, format, payload, header->payload_len);
  packet.rtp_ts = header->rtp_ts;
  packet.has_id = picture.id_offset != 0;
  packet.id = picture.id;
  packet.has_tl0 = picture.tl0_offset != 0;
  packet.tl0 = picture.tl0;
  packet.temporal = picture.temporal;
  /* Where else it is looked at is behind the end of one, or at a key frame. */
  packet.starts = format != RTC_KEY_FRAME_FORMAT_VP8 || (payload[0] & 0x17) == 0x10;
  packet.is_key = rtc_key_frame_is_start (format, payload, header->payload_len);
  if (packet.is_key && format == RTC_KEY_FRAME_FORMAT_VP8)
    read_size (&packet, payload, header->payload_len);
  *at (self, number) = packet;
  advance (self, now);
}

GstClockTime
load_pictures_longest_gap (const LoadPictures *self, GstClockTime now)
{
  const LoadPicturesFigures *figures = &self->figures;

  return self->has_shown ? MAX (figures->longest_gap, now - figures->last) : now;
}

void
load_pictures_forget_gaps (LoadPictures *self)
{
  self->figures.longest_gap = self->figures.gap_at = 0;
}
