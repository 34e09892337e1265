/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/ice/rtc-ice-framing.h"

#include "gst/rtc/rtp/rtc-demux.h"

#define HEADER RTC_ICE_FRAMING_HEADER_BYTES

/* A small frame's packets; grows by doubling. */
#define FIRST_RING_BYTES 8192

/* --- what came --- */

static gsize
read_length (const guint8 *header)
{
  return (gsize) header[0] << 8 | header[1];
}

/* Moves bytes of input into held until that has n; TRUE: it has. */
static gboolean
deframer_hold (RtcIceDeframer *self, RtcReader *input, gsize n)
{
  gsize len = MIN (rtc_reader_left (input), n - self->n_held);

  if (len > 0) {
    if (self->held == NULL)
      self->held = g_malloc (HEADER + RTC_MAX_DATAGRAM);
    memcpy (self->held + self->n_held, rtc_reader_bytes (input, len), len);
    self->n_held += len;
  }
  return self->n_held == n;
}

static RtcResult
deframer_next_held (RtcIceDeframer *self, RtcReader *input, const guint8 **data, gsize *len)
{
  if (self->n_held < HEADER && !deframer_hold (self, input, HEADER))
    return RTC_AGAIN;
  *len = read_length (self->held);
  if (*len > RTC_MAX_DATAGRAM)
    return RTC_ERR_PARSE;
  if (!deframer_hold (self, input, HEADER + *len))
    return RTC_AGAIN;
  *data = self->held + HEADER;
  self->is_done = TRUE;
  return RTC_OK;
}

static RtcResult
deframer_next (RtcIceDeframer *self, RtcReader *input, const guint8 **data, gsize *len)
{
  const guint8 *at = input->data + input->pos;
  gsize left = rtc_reader_left (input);

  if (self->is_done) {
    self->is_done = FALSE;
    self->n_held = 0;
  }
  if (self->n_held > 0 || left < HEADER || left < HEADER + read_length (at))
    return deframer_next_held (self, input, data, len);
  *len = read_length (at);
  if (*len > RTC_MAX_DATAGRAM)
    return RTC_ERR_PARSE;
  *data = rtc_reader_bytes (input, HEADER + *len) + HEADER;
  return RTC_OK;
}

RtcResult
rtc_ice_deframer_next (RtcIceDeframer *self, RtcReader *input, const guint8 **data, gsize *len)
{
  RtcResult result;

  do
    result = deframer_next (self, input, data, len);
  while (result == RTC_OK && *len == 0);
  if (result == RTC_AGAIN && self->n_held == 0)
    rtc_ice_deframer_clear (self);
  return result;
}

void
rtc_ice_deframer_clear (RtcIceDeframer *self)
{
  g_clear_pointer (&self->held, g_free);
  self->n_held = 0;
  self->is_done = FALSE;
}

/* --- what goes out --- */

static void
outbox_copy (RtcIceOutbox *self, const guint8 *data, gsize len)
{
  gsize end = (self->start + self->len) & (self->size - 1);
  gsize first = MIN (len, self->size - end);

  memcpy (self->ring + end, data, first);
  memcpy (self->ring, data + first, len - first);
  self->len += len;
}

/* Makes the ring hold n bytes more, which RTC_ICE_OUTBOX_BYTES allows. */
static void
outbox_grow (RtcIceOutbox *self, gsize n)
{
  RtcIceOutbox old = *self;
  const guint8 *part;
  gsize len;

  while (self->size < old.len + n)
    self->size = self->size == 0 ? FIRST_RING_BYTES : self->size * 2;
  if (self->size == old.size)
    return;
  self->ring = g_malloc (self->size);
  self->start = self->len = 0;
  while ((part = rtc_ice_outbox_peek (&old, &len)) != NULL) {
    outbox_copy (self, part, len);
    rtc_ice_outbox_take (&old, len);
  }
  rtc_ice_outbox_clear (&old);
}

static RtcIceOutboxStream *
outbox_find_stream (RtcIceOutbox *self, guint32 ssrc)
{
  RtcIceOutboxStream *stream;

  for (guint i = 0; i < RTC_ICE_OUTBOX_STREAMS; i++) {
    if (self->streams[i].is_known && self->streams[i].ssrc == ssrc)
      return &self->streams[i];
  }
  stream = &self->streams[self->next_stream];
  self->next_stream = (self->next_stream + 1) % RTC_ICE_OUTBOX_STREAMS;
  *stream = (RtcIceOutboxStream){ .ssrc = ssrc };
  return stream;
}

/* Whether a packet of media goes with its frame, and notes what becomes of the frame. RFC 3550 5.1:
 * the header is not encrypted. */
static gboolean
outbox_allows_media (RtcIceOutbox *self, const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data + 4, len - 4);
  guint32 rtp_ts = rtc_reader_u32 (&r);
  RtcIceOutboxStream *stream = outbox_find_stream (self, rtc_reader_u32 (&r));

  if (!stream->is_known || stream->rtp_ts != rtp_ts) {
    stream->is_known = TRUE;
    stream->rtp_ts = rtp_ts;
    stream->is_dropped = self->len > RTC_ICE_OUTBOX_NEW_FRAME;
  }
  if (self->len + HEADER + len > RTC_ICE_OUTBOX_BYTES - RTC_ICE_OUTBOX_RESERVE)
    stream->is_dropped = TRUE;
  return !stream->is_dropped;
}

RtcResult
rtc_ice_outbox_add (RtcIceOutbox *self, const guint8 *data, gsize len)
{
  guint8 header[HEADER] = { (guint8) (len >> 8), (guint8) len };

  if (len > RTC_MAX_DATAGRAM)
    return RTC_ERR_LIMIT;
  if (self->len + HEADER + len > RTC_ICE_OUTBOX_BYTES
      || (rtc_demux_classify (data, len) == RTC_DEMUX_RTP
          && !outbox_allows_media (self, data, len))) {
    self->dropped++;
    return RTC_AGAIN;
  }
  outbox_grow (self, HEADER + len);
  outbox_copy (self, header, HEADER);
  outbox_copy (self, data, len);
  self->packets++;
  return RTC_OK;
}

const guint8 *
rtc_ice_outbox_peek (const RtcIceOutbox *self, gsize *len)
{
  *len = MIN (self->len, self->size - self->start);
  return self->len == 0 ? NULL : self->ring + self->start;
}

void
rtc_ice_outbox_take (RtcIceOutbox *self, gsize len)
{
  self->start = (self->start + len) & (self->size - 1);
  self->len -= len;
  if (self->len == 0) {
    g_clear_pointer (&self->ring, g_free);
    self->size = self->start = 0;
  }
}

void
rtc_ice_outbox_clear (RtcIceOutbox *self)
{
  g_clear_pointer (&self->ring, g_free);
  self->size = self->start = self->len = 0;
}
