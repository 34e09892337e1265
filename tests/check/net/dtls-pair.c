/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/dtls-pair.h"

#include <string.h>
#include <sys/time.h>

static GstClockTime clock_now;

/* Takes the place of the C library's for libssl, which has its DTLS timers on it. */
int
gettimeofday (struct timeval *restrict tv, void *restrict zone)
{
  tv->tv_sec = (time_t) (1700000000 + clock_now / GST_SECOND);
  tv->tv_usec = (suseconds_t) (clock_now % GST_SECOND / GST_USECOND);
  return 0;
}

void
dtls_clock_set (GstClockTime now)
{
  clock_now = now;
}

RtcDtlsConfig
dtls_config (guint64 peer_id)
{
  RtcDtlsConfig config = {
    .peer_id = peer_id, .mtu = 1200, .offer_srtp = TRUE, .handshake_timeout = 30 * GST_SECOND
  };

  return config;
}

static void
end_init (DtlsEnd *self, const RtcDtlsConfig *config)
{
  GError *error = NULL;
  RtcDtlsIdentity *identity = rtc_dtls_identity_new (&error);

  g_assert_no_error (error);
  memset (self, 0, sizeof *self);
  self->factory = rtc_dtls_factory_new (identity, &error);
  g_assert_no_error (error);
  rtc_dtls_identity_unref (identity);
  self->dtls = self->factory->create (self->factory, config, &error);
  g_assert_no_error (error);
  g_queue_init (&self->inbox);
  self->data = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
end_clear (DtlsEnd *self)
{
  self->dtls->vtable->free (self->dtls);
  rtc_dtls_factory_free (self->factory);
  g_queue_clear_full (&self->inbox, (GDestroyNotify) g_bytes_unref);
  g_ptr_array_unref (self->data);
}

void
dtls_pair_init (DtlsPair *self, const RtcDtlsConfig *a, const RtcDtlsConfig *b, guint64 seed)
{
  memset (self, 0, sizeof *self);
  end_init (&self->a, a);
  end_init (&self->b, b);
  self->now = GST_SECOND;
  dtls_clock_set (self->now);
  self->random = rtc_random_new_seeded (seed);
}

void
dtls_pair_clear (DtlsPair *self)
{
  end_clear (&self->a);
  end_clear (&self->b);
  rtc_random_free (self->random);
}

void
dtls_pair_set_fingerprint (DtlsEnd *end, const DtlsEnd *of)
{
  RtcDtlsFingerprint fingerprint;

  of->factory->get_local_fingerprint (of->factory, &fingerprint);
  g_assert_cmpint (
      end->dtls->vtable->set_remote_fingerprints (end->dtls, &fingerprint, 1), ==, RTC_OK);
}

void
dtls_pair_exchange_fingerprints (DtlsPair *self)
{
  dtls_pair_set_fingerprint (&self->a, &self->b);
  dtls_pair_set_fingerprint (&self->b, &self->a);
}

void
dtls_pair_start (DtlsPair *self, gboolean a_is_client)
{
  g_assert_cmpint (self->b.dtls->vtable->start (self->b.dtls, self->now, !a_is_client), ==, RTC_OK);
  g_assert_cmpint (self->a.dtls->vtable->start (self->a.dtls, self->now, a_is_client), ==, RTC_OK);
}

static void
pair_send (DtlsPair *self, DtlsEnd *from, DtlsEnd *to, RtcPacket *packet)
{
  guint copies = rtc_random_range (self->random, 0, 100) < self->duplicate ? 2 : 1;

  from->n_sent++;
  from->max_sent = MAX (from->max_sent, packet->len);
  for (guint i = 0; to != NULL && i < copies; i++) {
    GBytes *bytes;

    if (rtc_random_range (self->random, 0, 100) < self->loss)
      continue;
    bytes = g_bytes_new (packet->data, packet->len);
    if (rtc_random_range (self->random, 0, 100) < self->reorder)
      g_queue_push_head (&to->inbox, bytes);
    else
      g_queue_push_tail (&to->inbox, bytes);
  }
}

void
dtls_pair_drain (DtlsPair *self, DtlsEnd *from, DtlsEnd *to)
{
  RtcDtlsEvent event;

  while (from->dtls->vtable->poll (from->dtls, &event)) {
    if (event.type == RTC_DTLS_EVENT_TRANSMIT) {
      pair_send (self, from, to, event.packet);
    } else if (event.type == RTC_DTLS_EVENT_STATE) {
      from->state = event.state;
      g_strlcpy (from->reason, event.reason, sizeof from->reason);
      g_assert_true ((event.reason[0] != '\0') == (event.state == RTC_DTLS_STATE_FAILED));
    } else {
      g_assert_cmpint (from->state, ==, RTC_DTLS_STATE_CONNECTED);
      g_ptr_array_add (from->data, g_bytes_new (event.packet->data, event.packet->len));
    }
    rtc_packet_unref (event.packet);
  }
}

static gboolean
pair_deliver_one (DtlsPair *self, DtlsEnd *to, DtlsEnd *other)
{
  GBytes *bytes = g_queue_pop_head (&to->inbox);

  if (bytes == NULL)
    return FALSE;
  to->dtls->vtable->handle_packet (
      to->dtls, self->now, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_bytes_unref (bytes);
  dtls_pair_drain (self, to, other);
  return TRUE;
}

void
dtls_pair_settle (DtlsPair *self)
{
  gboolean moved = TRUE;

  dtls_pair_drain (self, &self->a, &self->b);
  dtls_pair_drain (self, &self->b, &self->a);
  while (moved) {
    moved = pair_deliver_one (self, &self->a, &self->b);
    moved |= pair_deliver_one (self, &self->b, &self->a);
  }
}

static gboolean
end_is_busy (const DtlsEnd *self)
{
  return self->state == RTC_DTLS_STATE_NEW || self->state == RTC_DTLS_STATE_CONNECTING;
}

void
dtls_pair_run (DtlsPair *self, GstClockTime duration)
{
  GstClockTime end = self->now + duration;

  for (dtls_pair_settle (self); end_is_busy (&self->a) || end_is_busy (&self->b);
       dtls_pair_settle (self)) {
    RtcDtls *a = self->a.dtls, *b = self->b.dtls;
    GstClockTime next = MIN (a->vtable->next_deadline (a), b->vtable->next_deadline (b));

    if (next >= end)
      break;
    self->now = MAX (next, self->now);
    dtls_clock_set (self->now);
    a->vtable->handle_timeout (a, self->now);
    b->vtable->handle_timeout (b, self->now);
  }
}

RtcResult
dtls_pair_inject (DtlsPair *self, DtlsEnd *to, const guint8 *data, gsize len)
{
  return to->dtls->vtable->handle_packet (to->dtls, self->now, data, len);
}
