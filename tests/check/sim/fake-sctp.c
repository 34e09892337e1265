/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fake-sctp.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"

/* Packets: kind 1; DATA goes on with number 4, flags 1, stream 2, ppid 4, bytes; ACK with the next
 * number expected 4. */
#define DATA_HEADER_BYTES 12
#define WINDOW 64
#define QUEUE_MAX_BYTES (256 * 1024)
#define RETRY_FIRST (100 * GST_MSECOND)
#define RETRY_LAST GST_SECOND

enum { KIND_INIT = 1, KIND_INIT_ACK, KIND_DATA, KIND_ACK, KIND_ABORT };
enum { FLAG_BEGIN = 1, FLAG_END = 2, FLAG_RESET = 4 };

typedef struct {
  RtcSctp parent;
  FakeSctpFactory *factory;
  RtcSctpConfig config;
  RtcSctpState state;
  gboolean started;
  GQueue pieces; /* RtcPacket, ready to send: first the ones in flight */
  guint n_in_flight;
  gsize queued_bytes;
  guint32 next_number;      /* of the next piece made */
  guint32 first_number;     /* of the first piece not acknowledged */
  guint32 expected;         /* number that is next to be received */
  RtcPacket *early[WINDOW]; /* received out of order, by number modulo WINDOW */
  GByteArray *message;      /* being put together */
  GstClockTime retry_at, retry_interval;
  GQueue events;
  GQueue unread;     /* events that wait for set_reading(TRUE) */
  gboolean is_deaf;  /* set_reading(FALSE) */
  gboolean was_full; /* send() said RTC_AGAIN */
  RtcSctpStats stats;
} FakeSctp;

static RtcSctpEvent *
sctp_push_event (FakeSctp *self, RtcSctpEventType type, RtcPacket *packet)
{
  RtcSctpEvent *event = g_new0 (RtcSctpEvent, 1);

  event->type = type;
  event->state = self->state;
  event->packet = packet;
  g_queue_push_tail (type == RTC_SCTP_EVENT_MESSAGE || type == RTC_SCTP_EVENT_STREAM_RESET
                         ? &self->unread
                         : &self->events,
      event);
  return event;
}

static void
sctp_set_state (FakeSctp *self, RtcSctpState state)
{
  if (self->state == state)
    return;
  self->state = state;
  sctp_push_event (self, RTC_SCTP_EVENT_STATE, NULL);
}

static void
sctp_send_control (FakeSctp *self, guint8 kind, guint32 number)
{
  guint8 data[5];
  RtcWriter w = rtc_writer (data, sizeof (data));

  rtc_writer_u8 (&w, kind);
  rtc_writer_u32 (&w, number);
  sctp_push_event (self, RTC_SCTP_EVENT_TRANSMIT, rtc_packet_new_copy (NULL, data, w.pos));
}

static void
sctp_transmit (FakeSctp *self, const RtcPacket *piece)
{
  sctp_push_event (
      self, RTC_SCTP_EVENT_TRANSMIT, rtc_packet_new_copy (NULL, piece->data, piece->len));
}

static void
sctp_fill_window (FakeSctp *self, GstClockTime now)
{
  if (self->state != RTC_SCTP_STATE_CONNECTED)
    return;
  while (self->n_in_flight < WINDOW && self->n_in_flight < self->pieces.length)
    sctp_transmit (self, g_queue_peek_nth (&self->pieces, self->n_in_flight++));
  if (self->n_in_flight > 0 && self->retry_at == GST_CLOCK_TIME_NONE)
    self->retry_at = now + self->retry_interval;
}

static void
sctp_enqueue (
    FakeSctp *self, guint8 flags, guint16 stream, guint32 ppid, const guint8 *data, gsize len)
{
  RtcPacket *piece = rtc_packet_new (NULL, 0, DATA_HEADER_BYTES + len);
  RtcWriter w = rtc_writer (piece->data, DATA_HEADER_BYTES + len);

  rtc_writer_u8 (&w, KIND_DATA);
  rtc_writer_u32 (&w, self->next_number++);
  rtc_writer_u8 (&w, flags);
  rtc_writer_u16 (&w, stream);
  rtc_writer_u32 (&w, ppid);
  rtc_writer_bytes (&w, data, len);
  piece->len = w.pos;
  self->queued_bytes += piece->len;
  g_queue_push_tail (&self->pieces, piece);
}

static void
sctp_handle_ack (FakeSctp *self, GstClockTime now, guint32 number)
{
  guint32 n = number - self->first_number;

  if (n == 0 || n > self->n_in_flight)
    return;
  for (; n > 0; n--) {
    RtcPacket *piece = g_queue_pop_head (&self->pieces);

    if ((piece->data[5] & FLAG_RESET) != 0)
      sctp_push_event (self, RTC_SCTP_EVENT_RESET_DONE, NULL)->stream =
          (guint16) (piece->data[6] << 8 | piece->data[7]);
    self->queued_bytes -= piece->len;
    rtc_packet_unref (piece);
    self->first_number++;
    self->n_in_flight--;
  }
  self->retry_interval = RETRY_FIRST;
  self->retry_at = GST_CLOCK_TIME_NONE;
  if (self->was_full)
    sctp_push_event (self, RTC_SCTP_EVENT_WRITABLE, NULL);
  self->was_full = FALSE;
  sctp_fill_window (self, now);
}

/* One piece whose turn has come. */
static void
sctp_deliver (FakeSctp *self, const RtcPacket *piece)
{
  RtcReader r = rtc_reader (piece->data + 5, piece->len - 5);
  guint8 flags = rtc_reader_u8 (&r);
  guint16 stream = rtc_reader_u16 (&r);
  guint32 ppid = rtc_reader_u32 (&r);
  gsize len = rtc_reader_left (&r);
  RtcSctpEvent *event;

  if ((flags & FLAG_RESET) != 0) {
    sctp_push_event (self, RTC_SCTP_EVENT_STREAM_RESET, NULL)->stream = stream;
    return;
  }
  if ((flags & FLAG_BEGIN) != 0)
    g_byte_array_set_size (self->message, 0);
  if (self->message->len + len > self->config.max_message_bytes) {
    sctp_send_control (self, KIND_ABORT, 0);
    sctp_set_state (self, RTC_SCTP_STATE_CLOSED);
    return;
  }
  g_byte_array_append (self->message, rtc_reader_bytes (&r, len), (guint) len);
  if ((flags & FLAG_END) == 0)
    return;
  event = sctp_push_event (self, RTC_SCTP_EVENT_MESSAGE,
      rtc_packet_new_copy (NULL, self->message->data, self->message->len));
  event->stream = stream;
  event->ppid = ppid;
}

static RtcResult
sctp_handle_data (FakeSctp *self, const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data, len);
  guint32 number, ahead;
  RtcPacket **slot;

  rtc_reader_bytes (&r, 1);
  number = rtc_reader_u32 (&r);
  if (!r.ok || len < DATA_HEADER_BYTES || self->state != RTC_SCTP_STATE_CONNECTED)
    return RTC_ERR_PARSE;
  ahead = number - self->expected;
  slot = &self->early[number % WINDOW];
  if (ahead < WINDOW && *slot == NULL)
    *slot = rtc_packet_new_copy (NULL, data, len);
  while (*(slot = &self->early[self->expected % WINDOW]) != NULL
         && self->state == RTC_SCTP_STATE_CONNECTED) {
    sctp_deliver (self, *slot);
    rtc_packet_unref (g_steal_pointer (slot));
    self->expected++;
  }
  sctp_send_control (self, KIND_ACK, self->expected);
  return RTC_OK;
}

static void
sctp_connected (FakeSctp *self, GstClockTime now)
{
  self->retry_at = GST_CLOCK_TIME_NONE;
  self->retry_interval = RETRY_FIRST;
  sctp_set_state (self, RTC_SCTP_STATE_CONNECTED);
  sctp_fill_window (self, now);
}

static RtcResult
fake_sctp_handle_packet (RtcSctp *sctp, GstClockTime now, const guint8 *data, gsize len)
{
  FakeSctp *self = (FakeSctp *) sctp;
  RtcReader r = rtc_reader (data, len);
  guint8 kind = rtc_reader_u8 (&r);
  guint32 number = rtc_reader_u32 (&r);

  if (!r.ok || !self->started || self->state == RTC_SCTP_STATE_CLOSED)
    return RTC_ERR_PARSE;
  self->stats.packets_received++;
  self->stats.bytes_received += len;
  switch (kind) {
    case KIND_INIT:
      sctp_send_control (self, KIND_INIT_ACK, 0);
      return RTC_OK;
    case KIND_INIT_ACK:
      if (self->state == RTC_SCTP_STATE_CONNECTING)
        sctp_connected (self, now);
      return RTC_OK;
    case KIND_DATA:
      return sctp_handle_data (self, data, len);
    case KIND_ACK:
      sctp_handle_ack (self, now, number);
      return RTC_OK;
    case KIND_ABORT:
      /* What came before it is read before it. */
      sctp_set_state (self, RTC_SCTP_STATE_CLOSED);
      g_queue_push_tail (&self->unread, g_queue_pop_tail (&self->events));
      return RTC_OK;
    default:
      return RTC_ERR_PARSE;
  }
}

static RtcResult
fake_sctp_connect (RtcSctp *sctp, GstClockTime now)
{
  FakeSctp *self = (FakeSctp *) sctp;

  if (self->started)
    return RTC_ERR_STATE;
  self->started = TRUE;
  sctp_send_control (self, KIND_INIT, 0);
  self->retry_at = now + self->retry_interval;
  return RTC_OK;
}

static RtcResult
fake_sctp_send (RtcSctp *sctp, GstClockTime now, guint16 stream, guint32 ppid,
    const RtcSctpReliability *reliability, const guint8 *data, gsize len)
{
  FakeSctp *self = (FakeSctp *) sctp;
  gsize room = MAX (self->config.mtu, DATA_HEADER_BYTES + 100) - DATA_HEADER_BYTES - 64;
  gsize pos = 0;

  if (self->state != RTC_SCTP_STATE_CONNECTED || stream >= self->config.max_streams)
    return RTC_ERR_STATE;
  /* A message longer than the queue goes when the queue is empty. */
  if (self->queued_bytes > 0 && self->queued_bytes + len > QUEUE_MAX_BYTES) {
    self->was_full = TRUE;
    return RTC_AGAIN;
  }
  do {
    gsize n = MIN (room, len - pos);
    guint8 flags = (pos == 0 ? FLAG_BEGIN : 0) | (pos + n == len ? FLAG_END : 0);

    sctp_enqueue (self, flags, stream, ppid, data + pos, n);
    pos += n;
  } while (pos < len);
  sctp_fill_window (self, now);
  return RTC_OK;
}

static RtcResult
fake_sctp_reset_stream (RtcSctp *sctp, GstClockTime now, guint16 stream)
{
  FakeSctp *self = (FakeSctp *) sctp;

  if (self->state != RTC_SCTP_STATE_CONNECTED || stream >= self->config.max_streams)
    return RTC_ERR_STATE;
  sctp_enqueue (self, FLAG_RESET, stream, 0, NULL, 0);
  sctp_fill_window (self, now);
  return RTC_OK;
}

/* Nobody reads what is closed. */
static void
sctp_drop_unread (FakeSctp *self)
{
  RtcSctpEvent *event;

  while ((event = g_queue_pop_head (&self->unread)) != NULL) {
    rtc_packet_unref (event->packet);
    g_free (event);
  }
}

static void
fake_sctp_close (RtcSctp *sctp, GstClockTime now)
{
  FakeSctp *self = (FakeSctp *) sctp;

  sctp_drop_unread (self);
  if (self->state == RTC_SCTP_STATE_CLOSED)
    return;
  if (self->started)
    sctp_send_control (self, KIND_ABORT, 0);
  self->retry_at = GST_CLOCK_TIME_NONE;
  sctp_set_state (self, RTC_SCTP_STATE_CLOSED);
}

static gboolean
fake_sctp_poll (RtcSctp *sctp, RtcSctpEvent *out)
{
  FakeSctp *self = (FakeSctp *) sctp;
  RtcSctpEvent *event = g_queue_pop_head (&self->events);

  if (event == NULL && !self->is_deaf)
    event = g_queue_pop_head (&self->unread);
  if (event == NULL)
    return FALSE;
  if (event->type == RTC_SCTP_EVENT_TRANSMIT) {
    self->stats.packets_sent++;
    self->stats.bytes_sent += event->packet->len;
  }
  *out = *event;
  g_free (event);
  return TRUE;
}

static void
fake_sctp_set_reading (RtcSctp *sctp, gboolean is_reading)
{
  ((FakeSctp *) sctp)->is_deaf = !is_reading;
}

static void
fake_sctp_get_stats (RtcSctp *sctp, RtcSctpStats *out)
{
  *out = ((FakeSctp *) sctp)->stats;
}

static GstClockTime
fake_sctp_next_deadline (RtcSctp *sctp)
{
  FakeSctp *self = (FakeSctp *) sctp;

  return self->state == RTC_SCTP_STATE_CLOSED ? GST_CLOCK_TIME_NONE : self->retry_at;
}

static void
fake_sctp_handle_timeout (RtcSctp *sctp, GstClockTime now)
{
  FakeSctp *self = (FakeSctp *) sctp;

  if (!rtc_time_is_due (fake_sctp_next_deadline (sctp), now))
    return;
  self->retry_interval = MIN (self->retry_interval * 2, RETRY_LAST);
  self->retry_at = now + self->retry_interval;
  if (self->state == RTC_SCTP_STATE_CONNECTING)
    sctp_send_control (self, KIND_INIT, 0);
  for (guint i = 0; i < self->n_in_flight; i++)
    sctp_transmit (self, g_queue_peek_nth (&self->pieces, i));
}

static void
fake_sctp_free (RtcSctp *sctp)
{
  FakeSctp *self = (FakeSctp *) sctp;
  RtcSctpEvent event;

  if (self == NULL)
    return;
  if (self->factory->last == sctp)
    self->factory->last = NULL;
  self->is_deaf = FALSE;
  sctp_drop_unread (self);
  while (fake_sctp_poll (sctp, &event))
    rtc_packet_unref (event.packet);
  g_queue_clear_full (&self->pieces, (GDestroyNotify) rtc_packet_unref);
  for (guint i = 0; i < WINDOW; i++)
    rtc_packet_unref (self->early[i]);
  g_byte_array_unref (self->message);
  g_free (self);
}

static const RtcSctpVTable fake_sctp_vtable = {
  .name = "fake-sctp",
  .free = fake_sctp_free,
  .connect = fake_sctp_connect,
  .handle_packet = fake_sctp_handle_packet,
  .send = fake_sctp_send,
  .reset_stream = fake_sctp_reset_stream,
  .set_reading = fake_sctp_set_reading,
  .close = fake_sctp_close,
  .poll = fake_sctp_poll,
  .next_deadline = fake_sctp_next_deadline,
  .handle_timeout = fake_sctp_handle_timeout,
  .get_stats = fake_sctp_get_stats,
};

static RtcSctp *
fake_sctp_create (RtcSctpFactory *factory, const RtcSctpConfig *config, GError **error)
{
  FakeSctp *self = g_new0 (FakeSctp, 1);

  self->parent.vtable = &fake_sctp_vtable;
  self->factory = (FakeSctpFactory *) factory;
  self->factory->last = &self->parent;
  self->config = *config;
  self->message = g_byte_array_new ();
  self->retry_at = GST_CLOCK_TIME_NONE;
  self->retry_interval = RETRY_FIRST;
  g_queue_init (&self->pieces);
  g_queue_init (&self->events);
  g_queue_init (&self->unread);
  return &self->parent;
}

void
fake_sctp_factory_init (FakeSctpFactory *self)
{
  memset (self, 0, sizeof (*self));
  self->parent.name = "fake-sctp";
  self->parent.create = fake_sctp_create;
}
