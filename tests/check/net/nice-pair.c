/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/nice-pair.h"

#include "ext/nice/rtc-nice-private.h"

static void
end_wake (gpointer data)
{
  ((NiceEnd *) data)->n_wakes++;
}

GstClockTime
nice_pair_now (void)
{
  return (GstClockTime) g_get_monotonic_time () * 1000;
}

void
nice_pair_init (NicePair *self)
{
  *self = (NicePair){ 0 };
  self->context = g_main_context_new ();
  g_main_context_acquire (self->context);
  g_main_context_push_thread_default (self->context);
  self->factory = rtc_nice_factory_new (self->context);
  self->random = rtc_random_new_secure ();
}

static void
end_clear (NiceEnd *end)
{
  if (end->ice != NULL)
    end->ice->vtable->free (end->ice);
  g_queue_clear_full (&end->candidates, g_free);
  g_queue_clear_full (&end->packets, (GDestroyNotify) rtc_packet_unref);
  end->ice = NULL;
}

static gboolean
pair_is_idle (NicePair *self, gpointer unused)
{
  return rtc_nice_factory_is_idle (self->factory);
}

void
nice_pair_clear (NicePair *self)
{
  end_clear (&self->a);
  end_clear (&self->b);
  g_assert_true (nice_pair_run (self, FALSE, pair_is_idle, NULL, 5000));
  rtc_nice_factory_free (self->factory);
  rtc_random_free (self->random);
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);
  g_main_context_unref (self->context);
}

RtcIceConfig
nice_pair_config (NicePair *self, NiceEnd *end)
{
  RtcIceConfig config = {
    .peer_id = end == &self->a ? 1 : 2,
    .allow_loopback = TRUE,
    .max_remote_candidates = 100,
    .random = self->random,
    .wake = end_wake,
    .wake_data = end,
  };

  return config;
}

void
nice_pair_create (NicePair *self, NiceEnd *end, const RtcIceConfig *config)
{
  GError *error = NULL;

  *end = (NiceEnd){ 0 };
  end->ice = self->factory->create (self->factory, config, &error);
  g_assert_no_error (error);
  g_assert_nonnull (end->ice);
}

void
nice_pair_exchange_parameters (NicePair *self, gboolean a_controls)
{
  const gchar *ufrag, *pwd;

  self->b.ice->vtable->get_local_parameters (self->b.ice, &ufrag, &pwd);
  g_assert_cmpint (self->a.ice->vtable->set_remote (
                       self->a.ice, nice_pair_now (), ufrag, pwd, a_controls, FALSE),
      ==, RTC_OK);
  self->a.ice->vtable->get_local_parameters (self->a.ice, &ufrag, &pwd);
  g_assert_cmpint (self->b.ice->vtable->set_remote (
                       self->b.ice, nice_pair_now (), ufrag, pwd, !a_controls, FALSE),
      ==, RTC_OK);
}

void
nice_pair_trickle (NiceEnd *from, NiceEnd *to)
{
  RtcCandidate *candidate;

  if (to->ice == NULL)
    return;
  while ((candidate = g_queue_pop_head (&from->candidates)) != NULL) {
    to->ice->vtable->add_remote_candidate (to->ice, nice_pair_now (), candidate);
    g_free (candidate);
  }
}

static void
end_handle (NiceEnd *end, RtcIceEvent *event)
{
  switch (event->type) {
    case RTC_ICE_EVENT_STATE:
      end->state = event->state;
      end->seen_disconnected |= event->state == RTC_ICE_STATE_DISCONNECTED;
      end->seen_failed |= event->state == RTC_ICE_STATE_FAILED;
      break;
    case RTC_ICE_EVENT_GATHERING:
      end->gathered = event->gathering == RTC_ICE_GATHERING_COMPLETE;
      break;
    case RTC_ICE_EVENT_CANDIDATE:
      g_queue_push_tail (&end->candidates, g_memdup2 (&event->candidate, sizeof (RtcCandidate)));
      break;
    case RTC_ICE_EVENT_PACKET:
      g_queue_push_tail (&end->packets, event->packet);
      break;
    case RTC_ICE_EVENT_PAIR:
      end->n_pairs++;
      break;
    default:
      g_assert_not_reached ();
  }
}

void
nice_pair_pump (NiceEnd *end)
{
  GstClockTime now = nice_pair_now ();
  RtcIceEvent event;

  if (end->ice == NULL)
    return;
  if (end->ice->vtable->next_deadline (end->ice) <= now)
    end->ice->vtable->handle_timeout (end->ice, now);
  while (end->ice->vtable->poll (end->ice, &event)) {
    end->n_events++;
    end_handle (end, &event);
  }
}

static gboolean
run_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* The tick bounds how long an iteration blocks; nothing depends on its rate. */
gboolean
nice_pair_run (NicePair *self, gboolean trickle, gboolean (*done) (NicePair *, gpointer),
    gpointer data, guint timeout_ms)
{
  GstClockTime deadline = nice_pair_now () + timeout_ms * GST_MSECOND;
  GSource *tick = g_timeout_source_new (20);
  gboolean result;

  g_source_set_callback (tick, run_tick, NULL, NULL);
  g_source_attach (tick, self->context);
  for (;;) {
    nice_pair_pump (&self->a);
    nice_pair_pump (&self->b);
    if (trickle) {
      nice_pair_trickle (&self->a, &self->b);
      nice_pair_trickle (&self->b, &self->a);
    }
    result = done (self, data);
    if (result || nice_pair_now () >= deadline)
      break;
    g_main_context_iteration (self->context, TRUE);
  }
  g_source_destroy (tick);
  g_source_unref (tick);
  return result;
}

gboolean
nice_end_is_connected (const NiceEnd *end)
{
  return end->state == RTC_ICE_STATE_CONNECTED || end->state == RTC_ICE_STATE_COMPLETED;
}

static gboolean
has_packet (NicePair *self, gpointer end)
{
  return !g_queue_is_empty (&((NiceEnd *) end)->packets);
}

void
nice_pair_gather (NicePair *self)
{
  g_assert_cmpint (self->a.ice->vtable->gather (self->a.ice, nice_pair_now ()), ==, RTC_OK);
  g_assert_cmpint (self->b.ice->vtable->gather (self->b.ice, nice_pair_now ()), ==, RTC_OK);
}

void
nice_pair_assert_arrives (
    NicePair *self, gboolean trickle, NiceEnd *to, const guint8 *data, gsize len)
{
  RtcPacket *packet;

  g_assert_true (nice_pair_run (self, trickle, has_packet, to, 5000));
  packet = g_queue_pop_head (&to->packets);
  g_assert_cmpmem (packet->data, packet->len, data, len);
  g_assert_cmpuint (packet->time, !=, GST_CLOCK_TIME_NONE);
  rtc_packet_unref (packet);
}

void
nice_pair_assert_data_flows (NicePair *self, gboolean trickle, NiceEnd *from, NiceEnd *to)
{
  guint8 data[NICE_PAIR_DATA_BYTES];

  memset (data, 0x80, sizeof data);
  g_assert_cmpint (
      from->ice->vtable->send (from->ice, nice_pair_now (), data, sizeof data), ==, RTC_OK);
  from->ice->vtable->flush (from->ice);
  nice_pair_assert_arrives (self, trickle, to, data, sizeof data);
}

gboolean
nice_pair_is_connected (NicePair *self, gpointer unused)
{
  return nice_end_is_connected (&self->a) && nice_end_is_connected (&self->b);
}

void
nice_pair_send_check (NiceEnd *end)
{
  RtcNice *nice = (RtcNice *) end->ice;

  g_assert_cmpuint (nice->consent.next_check, !=, GST_CLOCK_TIME_NONE);
  end->ice->vtable->handle_timeout (end->ice, nice->consent.next_check);
}

static gboolean
end_has_answer (NicePair *pair, gpointer data)
{
  RtcIceStats stats;
  NiceEnd *end = data;

  end->ice->vtable->get_stats (end->ice, &stats);
  return stats.consent_responses_received > 0;
}

void
nice_pair_assert_consent (NicePair *self)
{
  NiceEnd *const ends[] = { &self->a, &self->b };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    RtcIceStats stats;

    for (guint n = 0; n < 5 && !end_has_answer (self, ends[i]); n++) {
      nice_pair_send_check (ends[i]);
      nice_pair_run (self, FALSE, end_has_answer, ends[i], 1000);
    }
    ends[i]->ice->vtable->get_stats (ends[i]->ice, &stats);
    g_assert_cmpuint (stats.consent_requests_sent, >, 0);
    g_assert_cmpuint (stats.consent_responses_received, >, 0);
    g_assert_cmpuint (stats.consent_responses_received, <=, stats.consent_requests_sent);
  }
}

gboolean
nice_pair_a_is_gathered (NicePair *self, gpointer unused)
{
  return self->a.gathered;
}

gboolean
nice_pair_has_candidate (NicePair *self, gpointer end)
{
  return !g_queue_is_empty (&((NiceEnd *) end)->candidates);
}

void
nice_end_keep_loopback (NiceEnd *end)
{
  for (guint n = g_queue_get_length (&end->candidates); n > 0; n--) {
    RtcCandidate *candidate = g_queue_pop_head (&end->candidates);

    if (g_str_equal (candidate->address, "127.0.0.1"))
      g_queue_push_tail (&end->candidates, candidate);
    else
      g_free (candidate);
  }
}
