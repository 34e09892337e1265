/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-fec-encoder.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"

#define N_LANES RTC_FEC_ENCODER_MAX_PARITIES

/* A block of which less than this is owed gets no parity. */
#define LEAST_OWED 0.5

/* How far what was given may lie from what was asked for: parities. */
#define MAX_CREDIT 2.0
#define MAX_DEBT 4.0

/* One of the parities that a block is collected in. There are twelve of them whatever is needed
 * in the end, which is known with the last packet: for each divisor n of twelve, lane i mod n of
 * them merged is parity i of n. */
typedef struct {
  RtcFecParity parity;
  RtcFecMask mask;
  gsize body_len;
  guint8 body[RTC_FEC_ENCODER_MAX_BODY];
} Lane;

struct _RtcFecEncoder {
  gboolean at_ends;
  gdouble key, delta; /* protection */
  gdouble owed;       /* parities, by the packets so far */
  gboolean in_key_frame;
  gboolean has_key_frame; /* in the block */
  guint32 ssrc;
  guint16 seq_base;
  guint n_packets;       /* in the block */
  GstClockTime begun;    /* when its first packet came */
  GstClockTime last_end; /* of the last picture; NONE */
  GstClockTime interval; /* between the last two pictures */
  guint n_ready, next;   /* parities to fetch */
  RtcFecEncoderStats stats;
  Lane lanes[N_LANES];
};

RtcFecEncoder *
rtc_fec_encoder_new (gboolean at_ends)
{
  RtcFecEncoder *self = g_new0 (RtcFecEncoder, 1);

  self->at_ends = at_ends;
  self->last_end = GST_CLOCK_TIME_NONE;
  return self;
}

void
rtc_fec_encoder_free (RtcFecEncoder *self)
{
  g_free (self);
}

static void
encoder_begin_block (RtcFecEncoder *self)
{
  for (guint i = 0; i < MIN (self->n_packets, N_LANES); i++) {
    self->lanes[i].parity = (RtcFecParity){ { 0 } };
    self->lanes[i].mask = (RtcFecMask){ { 0 } };
    self->lanes[i].body_len = 0;
  }
  self->n_packets = 0;
  self->has_key_frame = FALSE;
  self->n_ready = self->next = 0;
}

void
rtc_fec_encoder_set_protection (RtcFecEncoder *self, gdouble key, gdouble delta)
{
  self->key = CLAMP (key, 0, 1);
  self->delta = CLAMP (delta, 0, 1);
  if (self->key > 0 || self->delta > 0)
    return;
  encoder_begin_block (self);
  self->owed = 0;
}

/* The most that twelve lanes can be merged into, but not more than wanted. */
static guint
encoder_choose_parities (const RtcFecEncoder *self, gdouble wanted)
{
  static const guint8 divisors[] = { 12, 6, 4, 3, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (divisors); i++)
    if (divisors[i] <= wanted && divisors[i] <= self->n_packets)
      return divisors[i];
  return 1;
}

static void
encoder_close_block (RtcFecEncoder *self)
{
  guint n = encoder_choose_parities (self, self->owed + 0.5);

  for (guint i = n; i < MIN (self->n_packets, N_LANES); i++) {
    Lane *into = &self->lanes[i % n], *lane = &self->lanes[i];

    rtc_fec_mask_merge (&into->mask, &lane->mask);
    rtc_fec_parity_merge (
        &into->parity, into->body, &into->body_len, &lane->parity, lane->body, lane->body_len);
  }
  self->owed = CLAMP (self->owed - n, -MAX_CREDIT, MAX_DEBT);
  self->n_ready = n;
  self->next = 0;
  self->stats.blocks++;
  self->stats.parities += n;
}

/* At the end of a picture. */
static void
encoder_consider (RtcFecEncoder *self, GstClockTime now)
{
  gboolean is_last_chance =
      self->has_key_frame
      || rtc_time_elapsed (self->begun, now) + self->interval > RTC_FEC_ENCODER_WAIT;

  if (self->owed >= 2 || (is_last_chance && self->owed >= LEAST_OWED))
    encoder_close_block (self);
  else if (is_last_chance)
    encoder_begin_block (self);
}

static void
encoder_note_picture (RtcFecEncoder *self, GstClockTime now)
{
  if (self->last_end != GST_CLOCK_TIME_NONE)
    self->interval = rtc_time_elapsed (self->last_end, now);
  self->last_end = now;
  self->in_key_frame = FALSE;
}

/* Whether the packet comes after those of the open block. */
static gboolean
encoder_continues (const RtcFecEncoder *self, guint32 ssrc, guint16 seq)
{
  return self->n_packets > 0 && self->n_ready == 0 && ssrc == self->ssrc
         && (guint16) (seq - self->seq_base) >= self->n_packets;
}

static gboolean
encoder_is_full (const RtcFecEncoder *self, guint16 next_seq)
{
  return (guint16) (next_seq - self->seq_base) >= RTC_FEC_ENCODER_MAX_PACKETS;
}

/* Into its lane of the block. */
static void
encoder_protect (RtcFecEncoder *self, guint16 seq, const guint8 *packet, gsize len)
{
  Lane *lane = &self->lanes[self->n_packets % N_LANES];

  if (encoder_is_full (self, seq)
      || rtc_fec_parity_add (
             &lane->parity, lane->body, &lane->body_len, sizeof lane->body, packet, len)
             != RTC_OK) {
    self->stats.packets_unprotected++;
    return;
  }
  rtc_fec_mask_add (&lane->mask, (guint16) (seq - self->seq_base));
  self->n_packets++;
  self->owed += self->in_key_frame ? self->key : self->delta;
  self->has_key_frame |= self->in_key_frame;
  self->stats.packets_protected++;
}

void
rtc_fec_encoder_add (
    RtcFecEncoder *self, GstClockTime now, const guint8 *packet, gsize len, gboolean is_key)
{
  RtcRtpHeader header;

  if (self->key <= 0 && self->delta <= 0)
    return;
  if (rtc_rtp_header_parse (&header, packet, len) != RTC_OK)
    return;
  self->in_key_frame |= is_key;
  if (!encoder_continues (self, header.ssrc, header.seq)
      || (encoder_is_full (self, header.seq) && !self->at_ends)) {
    encoder_begin_block (self);
    self->ssrc = header.ssrc;
    self->seq_base = header.seq;
    self->begun = now;
  }
  encoder_protect (self, header.seq, packet, len);
  if (header.marker)
    encoder_note_picture (self, now);
  if (self->n_packets == 0 || (self->at_ends && !header.marker))
    return;
  if (encoder_is_full (self, (guint16) (header.seq + 1)) || self->owed >= N_LANES)
    encoder_close_block (self);
  else if (header.marker)
    encoder_consider (self, now);
}

gboolean
rtc_fec_encoder_next (RtcFecEncoder *self, RtcFecHeader *out, const guint8 **body)
{
  const Lane *lane;

  if (self->next >= self->n_ready)
    return FALSE;
  lane = &self->lanes[self->next++];
  out->ssrc = self->ssrc;
  out->seq_base = self->seq_base;
  out->mask = lane->mask;
  out->parity = lane->parity;
  out->body_offset = 0;
  out->body_len = lane->body_len;
  *body = lane->body;
  return TRUE;
}

void
rtc_fec_encoder_get_stats (const RtcFecEncoder *self, RtcFecEncoderStats *out)
{
  *out = self->stats;
}
