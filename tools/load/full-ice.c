/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/full-ice.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "tools/load/ice-events.h"

#define UFRAG_CHARS 8
#define PWD_CHARS 24
#define CHECK_INTERVAL (50 * GST_MSECOND)
#define CONSENT_INTERVAL (2500 * GST_MSECOND)
#define GIVE_UP (10 * GST_SECOND)
#define CONSENT_EXPIRY (30 * GST_SECOND)

typedef struct {
  RtcIce parent;
  FullIceFactory *factory;
  RtcIceConfig config;
  gchar ufrag[UFRAG_CHARS + 1], pwd[PWD_CHARS + 1];
  gchar remote_ufrag[257], remote_pwd[257];
  RtcAddress address, remote;
  gboolean is_gathered, has_remote, is_controlling, is_stopped;
  gboolean nominates; /* the next check */
  guint8 id[RTC_STUN_ID_BYTES];
  GstClockTime next_check, give_up;
  RtcIceStats stats;
  IceEvents events;
  GQueue packets; /* RtcPacket * */
} FullIce;

static gboolean
full_is_up (const FullIce *self)
{
  return self->events.state == RTC_ICE_STATE_CONNECTED
         || self->events.state == RTC_ICE_STATE_COMPLETED;
}

static void
full_transmit (FullIce *self, const guint8 *data, gsize len)
{
  if (!self->is_stopped)
    self->factory->send (self->factory->data, &self->address, &self->remote, data, len);
}

static void
full_send_check (FullIce *self, GstClockTime now)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcWriter w;

  rtc_random_fill (self->config.random, self->id, sizeof self->id);
  w = rtc_stun_begin (data, sizeof data, RTC_STUN_REQUEST, self->id);
  rtc_stun_write_username (&w, self->remote_ufrag, self->ufrag);
  rtc_stun_write_priority (&w, 0x6e0001ff);
  rtc_stun_write_role (
      &w, self->is_controlling ? RTC_STUN_ROLE_CONTROLLING : RTC_STUN_ROLE_CONTROLLED, 1);
  if (self->nominates)
    rtc_stun_write_use_candidate (&w);
  full_transmit (self, data, rtc_stun_end (&w, self->remote_pwd));
  self->stats.consent_requests_sent++;
  self->next_check = now + (full_is_up (self) ? CONSENT_INTERVAL : CHECK_INTERVAL);
}

static void
full_begin (FullIce *self, GstClockTime now)
{
  if (!self->has_remote || self->remote.family == RTC_ADDRESS_NONE
      || self->next_check != GST_CLOCK_TIME_NONE)
    return;
  if (!full_is_up (self))
    ice_events_set_state (&self->events, RTC_ICE_STATE_CHECKING);
  self->give_up = now + GIVE_UP;
  full_send_check (self, now);
}

static void
full_handle_error (FullIce *self, GstClockTime now, const RtcStunMessage *m)
{
  if (m->error_code != 487) {
    self->factory->n_bad++;
    return;
  }
  self->is_controlling = TRUE;
  full_send_check (self, now);
}

static void
full_handle_answer (FullIce *self, GstClockTime now, const RtcStunMessage *m)
{
  if (!m->has_fingerprint || !rtc_stun_is_authentic (m, self->remote_pwd)) {
    self->factory->n_bad++;
    return;
  }
  if (memcmp (m->id, self->id, sizeof self->id) != 0)
    return;
  if (m->class_ == RTC_STUN_ERROR) {
    full_handle_error (self, now, m);
    return;
  }
  self->factory->n_mapped += !rtc_address_equal (&m->mapped, &self->address);
  self->stats.consent_responses_received++;
  self->give_up = now + CONSENT_EXPIRY;
  if (full_is_up (self))
    return;
  if (!self->nominates) {
    self->nominates = TRUE;
    full_send_check (self, now);
    return;
  }
  ice_events_set_state (&self->events, RTC_ICE_STATE_CONNECTED);
  self->next_check = now + CONSENT_INTERVAL;
}

/* A lite side asks back, a full one for itself. */
static void
full_handle_check (FullIce *self, const RtcStunMessage *check)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcWriter w;

  if (!check->has_fingerprint || !rtc_stun_is_authentic (check, self->pwd)
      || check->role != RTC_STUN_ROLE_CONTROLLED) {
    self->factory->n_bad++;
    return;
  }
  w = rtc_stun_begin (data, sizeof data, RTC_STUN_SUCCESS, check->id);
  rtc_stun_write_mapped (&w, &self->remote);
  full_transmit (self, data, rtc_stun_end (&w, self->pwd));
}

static void
full_handle_stun (FullIce *self, GstClockTime now, const guint8 *data, gsize len)
{
  RtcStunMessage message;

  if (rtc_stun_parse (data, len, &message) != RTC_OK)
    self->factory->n_bad++;
  else if (message.class_ == RTC_STUN_REQUEST)
    full_handle_check (self, &message);
  else if (message.class_ != RTC_STUN_INDICATION)
    full_handle_answer (self, now, &message);
}

void
full_ice_handle_datagram (
    RtcIce *ice, GstClockTime now, const RtcAddress *from, const guint8 *data, gsize len)
{
  FullIce *self = (FullIce *) ice;

  if (self->is_stopped || len == 0 || !rtc_address_equal (from, &self->remote))
    return;
  if (data[0] <= 3) {
    full_handle_stun (self, now, data, len);
  } else if (self->packets.length == FULL_ICE_MAX_PACKETS) {
    self->stats.packets_dropped++;
  } else {
    RtcPacket *packet = rtc_packet_new_copy (self->factory->pool, data, len);

    packet->time = now;
    self->stats.packets_received++;
    self->stats.bytes_received += len;
    g_queue_push_tail (&self->packets, packet);
  }
  if (self->packets.length + self->events.queue.length > 0)
    self->config.wake (self->config.wake_data);
}

void
full_ice_move (RtcIce *ice, GstClockTime now, const RtcAddress *address, gboolean nominates)
{
  FullIce *self = (FullIce *) ice;

  self->address = *address;
  self->nominates = nominates;
  full_send_check (self, now);
}

void
full_ice_stop (RtcIce *ice)
{
  ((FullIce *) ice)->is_stopped = TRUE;
}

void
full_ice_set_controlling (RtcIce *ice, gboolean is_controlling)
{
  ((FullIce *) ice)->is_controlling = is_controlling;
}

/* --- the vtable --- */

static void
full_get_local_parameters (RtcIce *ice, const gchar **ufrag, const gchar **pwd)
{
  *ufrag = ((FullIce *) ice)->ufrag;
  *pwd = ((FullIce *) ice)->pwd;
}

static void
full_set_role (RtcIce *ice, gboolean controlling)
{
}

static RtcResult
full_gather (RtcIce *ice, GstClockTime now)
{
  FullIce *self = (FullIce *) ice;
  RtcCandidate *c;

  if (self->is_gathered)
    return RTC_ERR_STATE;
  self->is_gathered = TRUE;
  ice_events_push (&self->events, RTC_ICE_EVENT_GATHERING)->gathering = RTC_ICE_GATHERING_GATHERING;
  c = &ice_events_push (&self->events, RTC_ICE_EVENT_CANDIDATE)->candidate;
  g_strlcpy (c->foundation, "1", sizeof c->foundation);
  c->component = 1;
  c->priority = 0x7e0000ff;
  rtc_address_to_literal (&self->address, c->address, sizeof c->address);
  c->port = self->address.port;
  ice_events_push (&self->events, RTC_ICE_EVENT_GATHERING)->gathering = RTC_ICE_GATHERING_COMPLETE;
  return RTC_OK;
}

static RtcResult
full_set_remote (RtcIce *ice, GstClockTime now, const gchar *ufrag, const gchar *pwd,
    gboolean controlling, gboolean remote_is_lite)
{
  FullIce *self = (FullIce *) ice;

  /* RFC 8445 6.1.1: who offers, and whoever talks to a lite one, controls. */
  if (!controlling)
    self->factory->n_bad++;
  g_strlcpy (self->remote_ufrag, ufrag, sizeof self->remote_ufrag);
  g_strlcpy (self->remote_pwd, pwd, sizeof self->remote_pwd);
  self->has_remote = TRUE;
  /* After a restart the old way is the best that is known. */
  self->nominates = full_is_up (self);
  self->next_check = GST_CLOCK_TIME_NONE;
  full_begin (self, now);
  return RTC_OK;
}

static RtcResult
full_add_remote_candidate (RtcIce *ice, GstClockTime now, const RtcCandidate *candidate)
{
  FullIce *self = (FullIce *) ice;
  RtcAddress address;

  if (self->remote.family != RTC_ADDRESS_NONE)
    return RTC_OK;
  if (candidate->transport != RTC_CANDIDATE_UDP
      || !rtc_address_parse (candidate->address, candidate->port, &address)
      || address.family != self->address.family)
    return RTC_ERR_UNSUPPORTED;
  self->remote = address;
  full_begin (self, now);
  return RTC_OK;
}

static void
full_end_of_remote_candidates (RtcIce *ice, GstClockTime now)
{
}

static RtcResult
full_restart (RtcIce *ice, GstClockTime now)
{
  FullIce *self = (FullIce *) ice;

  rtc_random_ice_chars (self->config.random, self->ufrag, UFRAG_CHARS);
  rtc_random_ice_chars (self->config.random, self->pwd, PWD_CHARS);
  self->is_gathered = FALSE;
  return RTC_OK;
}

static RtcResult
full_send (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  FullIce *self = (FullIce *) ice;

  if (!full_is_up (self))
    return RTC_AGAIN;
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  full_transmit (self, data, len);
  return RTC_OK;
}

static void
full_flush (RtcIce *ice)
{
}

static gboolean
full_poll (RtcIce *ice, RtcIceEvent *out)
{
  FullIce *self = (FullIce *) ice;

  if (ice_events_pop (&self->events, out))
    return TRUE;
  out->type = RTC_ICE_EVENT_PACKET;
  out->packet = g_queue_pop_head (&self->packets);
  return out->packet != NULL;
}

static GstClockTime
full_next_deadline (RtcIce *ice)
{
  FullIce *self = (FullIce *) ice;

  return self->is_stopped ? self->give_up : rtc_time_min (self->next_check, self->give_up);
}

static void
full_handle_timeout (RtcIce *ice, GstClockTime now)
{
  FullIce *self = (FullIce *) ice;

  if (rtc_time_is_due (self->give_up, now)) {
    self->next_check = self->give_up = GST_CLOCK_TIME_NONE;
    ice_events_set_state (&self->events, RTC_ICE_STATE_FAILED);
  } else if (!self->is_stopped && rtc_time_is_due (self->next_check, now)) {
    full_send_check (self, now);
  }
}

static void
full_get_stats (RtcIce *ice, RtcIceStats *out)
{
  *out = ((FullIce *) ice)->stats;
  out->has_pair = full_is_up ((FullIce *) ice);
}

static void
full_free (RtcIce *ice)
{
  FullIce *self = (FullIce *) ice;
  RtcIceEvent event;

  if (self == NULL)
    return;
  if (self->factory->last == ice)
    self->factory->last = NULL;
  while (full_poll (ice, &event))
    if (event.type == RTC_ICE_EVENT_PACKET)
      rtc_packet_unref (event.packet);
  g_free (self);
}

static const RtcIceVTable full_vtable = {
  .name = "full",
  .free = full_free,
  .get_local_parameters = full_get_local_parameters,
  .set_role = full_set_role,
  .gather = full_gather,
  .set_remote = full_set_remote,
  .add_remote_candidate = full_add_remote_candidate,
  .end_of_remote_candidates = full_end_of_remote_candidates,
  .restart = full_restart,
  .send = full_send,
  .flush = full_flush,
  .poll = full_poll,
  .next_deadline = full_next_deadline,
  .handle_timeout = full_handle_timeout,
  .get_stats = full_get_stats,
};

static RtcIce *
full_create (RtcIceFactory *parent, const RtcIceConfig *config, GError **error)
{
  FullIceFactory *factory = (FullIceFactory *) parent;
  FullIce *self = g_new0 (FullIce, 1);

  self->parent.vtable = &full_vtable;
  self->factory = factory;
  self->config = *config;
  self->address = factory->address;
  self->is_controlling = TRUE;
  self->next_check = self->give_up = GST_CLOCK_TIME_NONE;
  g_queue_init (&self->packets);
  full_restart (&self->parent, 0);
  factory->last = &self->parent;
  return &self->parent;
}

void
full_ice_factory_init (FullIceFactory *self, const RtcAddress *address)
{
  memset (self, 0, sizeof *self);
  self->parent.name = "full";
  self->parent.create = full_create;
  self->address = *address;
}
