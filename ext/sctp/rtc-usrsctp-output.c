/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What an association has to say: its events, and what usrsctp gives it to send. */
#include "ext/sctp/rtc-usrsctp-private.h"

#include <string.h>

#include "ext/sctp/rtc-usrsctp-pump.h"

#define CHUNK_DATA 0
#define CHUNK_SACK 3

/* RFC 9260 3.3.4: a SACK without gaps and duplicates, and where their two counts are in it. */
#define PLAIN_SACK_LEN 16
#define PLAIN_SACK_COUNTS 12

/* Acknowledgements that the next one may replace before they leave: what comes in one go, which a
 * fast link brings, is answered by one for up to some 32 packets instead of one for each two
 * (RFC 9260 6.2: "SHOULD"); packets that come one by one are answered as ever. Not for the first
 * packets: each acknowledgement lets the window of a peer that begins grow by a packet (7.2.1). */
#define MAX_JOINED_SACKS 15
#define JOIN_SACKS_AFTER 1024

RtcSctpEvent *
rtc_usrsctp_make_event (const RtcUsrsctp *self, RtcSctpEventType type)
{
  RtcSctpEvent *event = g_new0 (RtcSctpEvent, 1);

  event->type = type;
  event->state = self->state;
  return event;
}

/* With the lock. */
static void
push_locked (RtcUsrsctp *self, RtcSctpEvent *event)
{
  g_queue_push_tail (&self->events, event);
  self->last_sack = NULL;
}

void
rtc_usrsctp_push_event (RtcUsrsctp *self, RtcSctpEvent *event)
{
  rtc_usrsctp_lock ();
  push_locked (self, event);
  rtc_usrsctp_unlock ();
}

/* The next of the chunks that are left in r. */
static gboolean
next_chunk (RtcReader *r, guint8 *type, RtcReader *value)
{
  gsize chunk_len;

  if (rtc_reader_left (r) < RTC_USRSCTP_CHUNK_HEADER_LEN)
    return FALSE;
  *type = rtc_reader_u8 (r);
  rtc_reader_bytes (r, 1);
  chunk_len = rtc_reader_u16 (r);
  if (chunk_len < RTC_USRSCTP_CHUNK_HEADER_LEN)
    return FALSE;
  *value = rtc_reader_sub (r, chunk_len - RTC_USRSCTP_CHUNK_HEADER_LEN);
  rtc_reader_bytes (r, MIN ((4 - chunk_len % 4) % 4, rtc_reader_left (r)));
  return value->ok;
}

gboolean
rtc_usrsctp_find_chunk (const guint8 *data, gsize len, guint8 type, RtcReader *value)
{
  RtcReader r = rtc_reader (data, len);
  guint8 this_type;

  rtc_reader_bytes (&r, RTC_USRSCTP_HEADER_LEN);
  while (next_chunk (&r, &this_type, value))
    if (this_type == type)
      return TRUE;
  return FALSE;
}

/* An acknowledgement and nothing else, of all that came. */
static gboolean
is_plain_sack (const guint8 *data, gsize len)
{
  return len == RTC_USRSCTP_HEADER_LEN + PLAIN_SACK_LEN
         && data[RTC_USRSCTP_HEADER_LEN] == CHUNK_SACK
         && memcmp (data + RTC_USRSCTP_HEADER_LEN + PLAIN_SACK_COUNTS, "\0\0\0", 4) == 0;
}

/* Of acknowledgements that nobody has taken yet the last says all. */
static gboolean
join_sack (RtcUsrsctp *self, RtcPacket *packet)
{
  if (!is_plain_sack (packet->data, packet->len) || self->stats.packets_received < JOIN_SACKS_AFTER)
    return FALSE;
  if (self->last_sack == NULL || self->n_joined >= MAX_JOINED_SACKS) {
    self->n_joined = 0;
    return FALSE;
  }
  self->n_joined++;
  rtc_packet_unref (self->last_sack->packet);
  self->last_sack->packet = packet;
  return TRUE;
}

/* DATA leaves: for the first time, or again; what is in one packet then need not be in one again.
 */
static void
note_data (RtcUsrsctp *self, guint32 tsn)
{
  if (self->n_new_data > 0 && (gint32) (tsn - self->newest_tsn) <= 0)
    return;
  self->newest_tsn = tsn;
  g_atomic_int_inc (&self->n_new_data);
}

static void
note_chunks (RtcUsrsctp *self, const RtcPacket *packet)
{
  RtcReader r = rtc_reader (packet->data, packet->len), chunk;
  guint8 type;

  rtc_reader_bytes (&r, RTC_USRSCTP_HEADER_LEN);
  while (next_chunk (&r, &type, &chunk)) {
    if (type == CHUNK_SACK) {
      self->cumulative = rtc_reader_u32 (&chunk);
      self->has_cumulative = chunk.ok;
    } else if (type == CHUNK_DATA)
      note_data (self, rtc_reader_u32 (&chunk));
  }
}

void
rtc_usrsctp_on_output (gpointer owner, RtcPacket *packet)
{
  RtcUsrsctp *self = owner;
  RtcSctpEvent *event;

  note_chunks (self, packet);
  if (join_sack (self, packet))
    return;
  self->stats.packets_sent++;
  self->stats.bytes_sent += packet->len;
  event = g_new0 (RtcSctpEvent, 1); /* the state is the other thread's to read */
  event->type = RTC_SCTP_EVENT_TRANSMIT;
  event->packet = packet;
  push_locked (self, event);
  if (is_plain_sack (packet->data, packet->len))
    self->last_sack = event;
}

RtcSctpEvent *
rtc_usrsctp_pop_event (RtcUsrsctp *self)
{
  RtcSctpEvent *event;

  rtc_usrsctp_lock ();
  event = g_queue_pop_head (&self->events);
  if (event == self->last_sack)
    self->last_sack = NULL;
  rtc_usrsctp_unlock ();
  return event;
}
