/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sctp-pair.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"

GstClockTime
sctp_pair_now (void)
{
  return (GstClockTime) g_get_monotonic_time () * 1000;
}

void
sctp_pair_init (SctpPair *self, guint64 seed, gsize max_message_bytes)
{
  RtcSctpConfig config = { .local_port = 5000,
    .remote_port = 5000,
    .max_streams = 1024,
    .max_message_bytes = max_message_bytes,
    .mtu = 1160 };
  GError *error = NULL;

  memset (self, 0, sizeof *self);
  self->factory = rtc_usrsctp_factory_new ();
  self->rand = g_rand_new_with_seed ((guint32) seed);
  for (guint i = 0; i < 2; i++) {
    config.peer_id = i + 1;
    self->ends[i] = self->factory->create (self->factory, &config, &error);
    g_assert_no_error (error);
    g_queue_init (&self->ways[i]);
    g_queue_init (&self->messages[i]);
    self->reset_streams[i] = g_array_new (FALSE, FALSE, sizeof (guint16));
    self->done_streams[i] = g_array_new (FALSE, FALSE, sizeof (guint16));
    g_assert_cmpint (self->ends[i]->vtable->connect (self->ends[i], sctp_pair_now ()), ==, RTC_OK);
    g_assert_cmpint (
        self->ends[i]->vtable->connect (self->ends[i], sctp_pair_now ()), ==, RTC_ERR_STATE);
  }
}

void
sctp_pair_free_event (RtcSctpEvent *event)
{
  rtc_packet_unref (event->packet);
  g_free (event);
}

void
sctp_pair_clear (SctpPair *self)
{
  SctpPacket *carried;

  for (guint i = 0; i < 2; i++) {
    self->ends[i]->vtable->free (self->ends[i]);
    while ((carried = g_queue_pop_head (&self->ways[i])) != NULL) {
      rtc_packet_unref (carried->packet);
      g_free (carried);
    }
    g_queue_clear_full (&self->messages[i], (GDestroyNotify) sctp_pair_free_event);
    rtc_packet_unref (self->last_sent[i]);
    g_array_unref (self->reset_streams[i]);
    g_array_unref (self->done_streams[i]);
  }
  g_rand_free (self->rand);
  rtc_usrsctp_factory_free (self->factory);
}

static void
transmit (SctpPair *self, guint end, RtcPacket *packet)
{
  gboolean is_lost = g_rand_double (self->rand) < self->loss;
  SctpPacket *carried;

  g_assert_cmpuint (packet->len, <=, 1160);
  if (packet->len > 28 && packet->data[12] == 0) {
    rtc_packet_unref (self->last_sent[end]);
    self->last_sent[end] = rtc_packet_ref (packet);
  }
  if (self->on_packet != NULL)
    self->on_packet (self, end, packet, is_lost, self->on_packet_data);
  if (is_lost) {
    self->n_lost++;
    rtc_packet_unref (packet);
    return;
  }
  carried = g_new (SctpPacket, 1);
  *carried = (SctpPacket){ sctp_pair_now () + self->delay, packet };
  g_queue_push_tail (&self->ways[end], carried);
}

static gboolean
collect (SctpPair *self, guint end)
{
  RtcSctpEvent event = { 0 };
  gboolean any = FALSE;

  while (self->ends[end]->vtable->poll (self->ends[end], &event)) {
    any = TRUE;
    switch (event.type) {
      case RTC_SCTP_EVENT_TRANSMIT:
        transmit (self, end, event.packet);
        break;
      case RTC_SCTP_EVENT_STATE:
        self->state[end] = event.state;
        g_strlcpy (self->reason[end], event.reason, sizeof self->reason[end]);
        break;
      case RTC_SCTP_EVENT_MESSAGE:
        g_queue_push_tail (&self->messages[end], g_memdup2 (&event, sizeof event));
        break;
      case RTC_SCTP_EVENT_STREAM_RESET:
        self->n_resets[end]++;
        g_array_append_val (self->reset_streams[end], event.stream);
        break;
      case RTC_SCTP_EVENT_RESET_DONE:
        self->n_resets_done[end]++;
        g_array_append_val (self->done_streams[end], event.stream);
        break;
      case RTC_SCTP_EVENT_WRITABLE:
        self->n_writable[end]++;
        break;
    }
  }
  return any;
}

gboolean
sctp_pair_step (SctpPair *self)
{
  GstClockTime now = sctp_pair_now ();
  gboolean any = FALSE;

  for (guint i = 0; i < 2; i++) {
    RtcSctp *to = self->ends[1 - i];
    SctpPacket *carried;

    any |= collect (self, i);
    while ((carried = g_queue_peek_head (&self->ways[i])) != NULL && carried->due <= now) {
      g_queue_pop_head (&self->ways[i]);
      to->vtable->handle_packet (to, now, carried->packet->data, carried->packet->len);
      rtc_packet_unref (carried->packet);
      g_free (carried);
      if (!self->in_batches)
        collect (self, 1 - i);
      any = TRUE;
    }
    if (rtc_time_is_due (self->ends[i]->vtable->next_deadline (self->ends[i]), now)) {
      self->ends[i]->vtable->handle_timeout (self->ends[i], now);
      any |= collect (self, i);
    }
  }
  return any;
}

/* Time itself is what is waited for here. */
static void
wait_for_next (SctpPair *self)
{
  GstClockTime now = sctp_pair_now (), next = now + 10 * GST_MSECOND;

  for (guint i = 0; i < 2; i++) {
    SctpPacket *carried = g_queue_peek_head (&self->ways[i]);

    next = rtc_time_min (next, self->ends[i]->vtable->next_deadline (self->ends[i]));
    if (carried != NULL)
      next = rtc_time_min (next, carried->due);
  }
  if (next > now)
    g_poll (NULL, 0, (gint) ((next - now) / GST_MSECOND + 1));
}

gboolean
sctp_pair_run (SctpPair *self, guint seconds, SctpPairCheck is_done, gpointer data)
{
  GstClockTime end = sctp_pair_now () + seconds * GST_SECOND;

  while (!is_done (self, data)) {
    if (sctp_pair_now () > end)
      return FALSE;
    if (!sctp_pair_step (self))
      wait_for_next (self);
  }
  return TRUE;
}

static gboolean
both_connected (SctpPair *self, gpointer data)
{
  return self->state[0] == RTC_SCTP_STATE_CONNECTED && self->state[1] == RTC_SCTP_STATE_CONNECTED;
}

void
sctp_pair_connect (SctpPair *self)
{
  g_assert_true (sctp_pair_run (self, 30, both_connected, NULL));
}

RtcSctpEvent *
sctp_pair_take (SctpPair *self, guint end)
{
  return g_queue_pop_head (&self->messages[end]);
}
