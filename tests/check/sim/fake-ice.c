/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fake-ice.h"

#include "fake-hash.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"
#include "tools/load/ice-events.h"

/* A check: kind 1 (0 request, 1 response), nominate 1, transaction 12; a request goes on with
 * length and text of "remote:local" fragments, a response with two zero bytes; then a tag of 8
 * keyed by the password of who is asked, as STUN's MESSAGE-INTEGRITY is. */
#define TAG_BYTES 8
#define TRANSACTION_BYTES 12
#define CHECK_MAX_BYTES 700
#define UFRAG_CHARS 8
#define PWD_CHARS 24

#define CHECK_FIRST (50 * GST_MSECOND)
#define CHECK_LAST (500 * GST_MSECOND)
#define CHECKS_GIVE_UP (10 * GST_SECOND)
#define CONSENT_INTERVAL (5 * GST_SECOND)
#define CONSENT_RETRY (500 * GST_MSECOND)
#define CONSENT_DOUBT (6 * GST_SECOND)
#define CONSENT_EXPIRY (30 * GST_SECOND) /* RFC 7675 5.1 */

enum { CHECK_REQUEST, CHECK_RESPONSE };

typedef struct {
  gchar ufrag[257], pwd[257];
} FakeCredentials;

typedef struct {
  RtcIce parent;
  FakeIceFactory *factory;
  SimNet *net;
  SimDir dir;
  RtcIceConfig config;
  FakeCredentials local, previous; /* previous: before a restart, still answered */
  FakeCredentials remote;
  RtcCandidate local_candidate, remote_candidate;
  gboolean gathered, has_remote, has_candidate, role_set, controlling;
  gboolean waiting_remote; /* restarted, no new set_remote() yet */
  gboolean checking;       /* no answer with the present credentials yet */
  gboolean has_pair;       /* some check of ours was answered: data flows */
  gboolean peer_proven;    /* a check of the peer was authentic */
  gboolean nominated;      /* controlled: the peer has nominated */
  guint n_remote_candidates;
  guint8 transaction[TRANSACTION_BYTES];
  GstClockTime next_check, check_interval, give_up_at, last_answer;
  RtcIceStats stats;
  IceEvents events;
  guint8 room[RTC_MAX_DATAGRAM]; /* of reserve() */
} FakeIce;

static void
ice_new_credentials (FakeIce *self)
{
  self->previous = self->local;
  rtc_random_ice_chars (self->config.random, self->local.ufrag, UFRAG_CHARS);
  rtc_random_ice_chars (self->config.random, self->local.pwd, PWD_CHARS);
}

static void
ice_transmit (FakeIce *self, GstClockTime now, const guint8 *data, gsize len)
{
  if (self->net != NULL)
    sim_net_push (self->net, now, self->dir, data, len);
}

static void
ice_send_message (FakeIce *self, GstClockTime now, guint8 kind, const guint8 *transaction,
    const gchar *user, const gchar *pwd)
{
  guint8 data[CHECK_MAX_BYTES];
  RtcWriter w = rtc_writer (data, sizeof (data) - TAG_BYTES);

  rtc_writer_u8 (&w, kind);
  rtc_writer_u8 (&w, (guint8) self->controlling);
  rtc_writer_bytes (&w, transaction, TRANSACTION_BYTES);
  rtc_writer_u16 (&w, (guint16) strlen (user));
  rtc_writer_bytes (&w, (const guint8 *) user, strlen (user));
  if (!w.ok)
    return;
  fake_hash_tag (pwd, strlen (pwd), data, w.pos, data + w.pos, TAG_BYTES);
  ice_transmit (self, now, data, w.pos + TAG_BYTES);
}

static void
ice_send_check (FakeIce *self, GstClockTime now)
{
  gchar user[sizeof (self->remote.ufrag) + sizeof (self->local.ufrag)];

  g_snprintf (user, sizeof (user), "%s:%s", self->remote.ufrag,
      self->waiting_remote ? self->previous.ufrag : self->local.ufrag);
  ice_send_message (self, now, CHECK_REQUEST, self->transaction, user, self->remote.pwd);
}

/* Begins to check with the present credentials, when all is there that it takes. */
static void
ice_start_checks (FakeIce *self, GstClockTime now)
{
  if (!self->checking || self->next_check != GST_CLOCK_TIME_NONE || !self->has_remote
      || (!self->has_candidate && !self->peer_proven))
    return;
  rtc_random_fill (self->config.random, self->transaction, TRANSACTION_BYTES);
  self->check_interval = CHECK_FIRST;
  self->next_check = now + self->check_interval;
  self->give_up_at = now + CHECKS_GIVE_UP;
  ice_events_set_state (&self->events, RTC_ICE_STATE_CHECKING);
  ice_send_check (self, now);
}

static void
ice_complete (FakeIce *self)
{
  ice_events_set_state (&self->events, RTC_ICE_STATE_CONNECTED);
  if (self->controlling || self->nominated)
    ice_events_set_state (&self->events, RTC_ICE_STATE_COMPLETED);
}

static void
ice_handle_response (FakeIce *self, GstClockTime now)
{
  self->checking = FALSE;
  if (!self->has_pair)
    ice_events_push (&self->events, RTC_ICE_EVENT_PAIR);
  self->has_pair = TRUE;
  self->last_answer = now;
  self->give_up_at = GST_CLOCK_TIME_NONE;
  self->next_check = now + CONSENT_INTERVAL;
  rtc_random_fill (self->config.random, self->transaction, TRANSACTION_BYTES);
  ice_complete (self);
}

static void
ice_handle_request (
    FakeIce *self, GstClockTime now, const guint8 *transaction, gboolean nominate, const gchar *pwd)
{
  ice_send_message (self, now, CHECK_RESPONSE, transaction, "", pwd);
  self->peer_proven = TRUE;
  /* An old session's nomination says nothing of the one being set up. */
  if (nominate && pwd == self->local.pwd) {
    self->nominated = TRUE;
    if (self->events.state == RTC_ICE_STATE_CONNECTED)
      ice_complete (self);
  }
  ice_start_checks (self, now);
}

/* The password under which a request for user is to be read, NULL for somebody else's. */
static const gchar *
ice_find_password (const FakeIce *self, const gchar *user)
{
  const FakeCredentials *all[] = { &self->local, &self->previous };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    gsize len = strlen (all[i]->ufrag);

    if (len > 0 && strncmp (user, all[i]->ufrag, len) == 0 && user[len] == ':')
      return all[i]->pwd;
  }
  return NULL;
}

static gboolean
ice_handle_check (FakeIce *self, GstClockTime now, const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data, len);
  guint8 kind = rtc_reader_u8 (&r), nominate = rtc_reader_u8 (&r), tag[TAG_BYTES];
  const guint8 *transaction = rtc_reader_bytes (&r, TRANSACTION_BYTES);
  gsize user_len = rtc_reader_u16 (&r);
  const guint8 *user = rtc_reader_bytes (&r, user_len);
  gchar text[CHECK_MAX_BYTES] = "";
  const gchar *pwd;

  if (!r.ok || rtc_reader_left (&r) != TAG_BYTES || user_len >= sizeof (text))
    return FALSE;
  memcpy (text, user, user_len);
  pwd = kind == CHECK_REQUEST ? ice_find_password (self, text) : self->remote.pwd;
  if (pwd == NULL || *pwd == '\0')
    return FALSE;
  fake_hash_tag (pwd, strlen (pwd), data, len - TAG_BYTES, tag, TAG_BYTES);
  if (memcmp (tag, data + len - TAG_BYTES, TAG_BYTES) != 0)
    return FALSE;
  if (kind == CHECK_REQUEST)
    ice_handle_request (self, now, transaction, nominate == 1, pwd);
  else if (memcmp (transaction, self->transaction, TRANSACTION_BYTES) == 0)
    ice_handle_response (self, now);
  return TRUE;
}

void
fake_ice_handle_datagram (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  FakeIce *self = (FakeIce *) ice;
  RtcIceEvent *event;

  if (self->events.state == RTC_ICE_STATE_FAILED || len == 0
      || (data[0] > CHECK_RESPONSE && !self->has_pair && !self->peer_proven)) {
    self->stats.packets_dropped++;
    return;
  }
  if (data[0] <= CHECK_RESPONSE) {
    self->stats.packets_dropped += !ice_handle_check (self, now, data, len);
    return;
  }
  self->stats.packets_received++;
  self->stats.bytes_received += len;
  event = ice_events_push (&self->events, RTC_ICE_EVENT_PACKET);
  event->packet = rtc_packet_new_copy (NULL, data, len);
  event->packet->time = now;
}

static void
fake_ice_get_local_parameters (RtcIce *ice, const gchar **ufrag, const gchar **pwd)
{
  FakeIce *self = (FakeIce *) ice;

  *ufrag = self->local.ufrag;
  *pwd = self->local.pwd;
}

static RtcResult
fake_ice_gather (RtcIce *ice, GstClockTime now)
{
  FakeIce *self = (FakeIce *) ice;

  if (self->gathered)
    return RTC_ERR_STATE;
  self->gathered = TRUE;
  ice_events_push (&self->events, RTC_ICE_EVENT_GATHERING)->gathering = RTC_ICE_GATHERING_GATHERING;
  ice_events_push (&self->events, RTC_ICE_EVENT_CANDIDATE)->candidate = self->local_candidate;
  ice_events_push (&self->events, RTC_ICE_EVENT_GATHERING)->gathering = RTC_ICE_GATHERING_COMPLETE;
  return RTC_OK;
}

static void
fake_ice_set_role (RtcIce *ice, gboolean controlling)
{
  FakeIce *self = (FakeIce *) ice;

  g_assert_false (self->gathered);
  self->role_set = TRUE;
  self->controlling = controlling;
}

static RtcResult
fake_ice_set_remote (RtcIce *ice, GstClockTime now, const gchar *ufrag, const gchar *pwd,
    gboolean controlling, gboolean remote_is_lite)
{
  FakeIce *self = (FakeIce *) ice;

  if (self->has_remote && !self->waiting_remote && strcmp (ufrag, self->remote.ufrag) == 0
      && strcmp (pwd, self->remote.pwd) == 0)
    return RTC_OK;
  g_strlcpy (self->remote.ufrag, ufrag, sizeof (self->remote.ufrag));
  g_strlcpy (self->remote.pwd, pwd, sizeof (self->remote.pwd));
  controlling |= remote_is_lite;
  /* A role that changes after gathering is what libnice cannot do: the peer knew it before. */
  g_assert_true (!self->role_set || self->controlling == controlling);
  self->controlling = controlling;
  self->has_remote = TRUE;
  self->waiting_remote = FALSE;
  self->checking = TRUE;
  self->next_check = GST_CLOCK_TIME_NONE;
  ice_start_checks (self, now);
  return RTC_OK;
}

static RtcResult
fake_ice_add_remote_candidate (RtcIce *ice, GstClockTime now, const RtcCandidate *candidate)
{
  FakeIce *self = (FakeIce *) ice;

  if (self->n_remote_candidates >= self->config.max_remote_candidates || candidate->is_mdns) {
    self->stats.remote_candidates_dropped++;
    return candidate->is_mdns ? RTC_ERR_UNSUPPORTED : RTC_ERR_LIMIT;
  }
  self->n_remote_candidates++;
  self->remote_candidate = *candidate;
  self->has_candidate = TRUE;
  ice_start_checks (self, now);
  return RTC_OK;
}

static void
fake_ice_end_of_remote_candidates (RtcIce *ice, GstClockTime now)
{
}

static RtcResult
fake_ice_restart (RtcIce *ice, GstClockTime now)
{
  FakeIce *self = (FakeIce *) ice;

  ice_new_credentials (self);
  self->gathered = FALSE;
  self->waiting_remote = TRUE;
  self->nominated = FALSE;
  self->n_remote_candidates = 0;
  if (self->events.state == RTC_ICE_STATE_FAILED) {
    self->has_pair = self->peer_proven = self->has_candidate = FALSE;
    ice_events_set_state (&self->events, RTC_ICE_STATE_NEW);
  }
  return RTC_OK;
}

static RtcResult
fake_ice_send (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  FakeIce *self = (FakeIce *) ice;

  if (!self->has_pair || self->events.state == RTC_ICE_STATE_FAILED) {
    self->stats.packets_dropped++;
    return RTC_AGAIN;
  }
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  ice_transmit (self, now, data, len);
  return RTC_OK;
}

/* Whoever writes there has not the bytes of the packet before to build on. */
static guint8 *
fake_ice_reserve (RtcIce *ice, gsize len)
{
  FakeIce *self = (FakeIce *) ice;

  if (!self->has_pair || self->events.state == RTC_ICE_STATE_FAILED || len > sizeof self->room)
    return NULL;
  memset (self->room, 0xee, sizeof self->room);
  return self->room;
}

static RtcResult
fake_ice_commit (RtcIce *ice, GstClockTime now, gsize len)
{
  return fake_ice_send (ice, now, ((FakeIce *) ice)->room, len);
}

static void
fake_ice_flush (RtcIce *ice)
{
}

static gboolean
fake_ice_poll (RtcIce *ice, RtcIceEvent *out)
{
  return ice_events_pop (&((FakeIce *) ice)->events, out);
}

/* When consent is next in doubt or over; NONE without a pair. */
static GstClockTime
ice_consent_deadline (const FakeIce *self)
{
  if (!self->has_pair || self->events.state == RTC_ICE_STATE_FAILED)
    return GST_CLOCK_TIME_NONE;
  if (self->events.state == RTC_ICE_STATE_CONNECTED
      || self->events.state == RTC_ICE_STATE_COMPLETED)
    return self->last_answer + CONSENT_DOUBT;
  return self->last_answer + CONSENT_EXPIRY;
}

static GstClockTime
fake_ice_next_deadline (RtcIce *ice)
{
  FakeIce *self = (FakeIce *) ice;

  return rtc_time_min (
      rtc_time_min (self->next_check, self->give_up_at), ice_consent_deadline (self));
}

static void
ice_fail (FakeIce *self)
{
  self->next_check = GST_CLOCK_TIME_NONE;
  self->give_up_at = GST_CLOCK_TIME_NONE;
  self->has_pair = FALSE;
  ice_events_set_state (&self->events, RTC_ICE_STATE_FAILED);
}

static void
fake_ice_handle_timeout (RtcIce *ice, GstClockTime now)
{
  FakeIce *self = (FakeIce *) ice;

  if (rtc_time_is_due (self->give_up_at, now)
      || (self->has_pair && now >= self->last_answer + CONSENT_EXPIRY)) {
    ice_fail (self);
    return;
  }
  if (rtc_time_is_due (ice_consent_deadline (self), now))
    ice_events_set_state (&self->events, RTC_ICE_STATE_DISCONNECTED);
  if (!rtc_time_is_due (self->next_check, now))
    return;
  ice_send_check (self, now);
  if (self->checking) {
    self->check_interval = MIN (self->check_interval * 3 / 2, CHECK_LAST);
    self->next_check = now + self->check_interval;
  } else {
    self->next_check = now + CONSENT_RETRY;
  }
}

static void
fake_ice_get_stats (RtcIce *ice, RtcIceStats *out)
{
  FakeIce *self = (FakeIce *) ice;

  *out = self->stats;
  out->has_pair = self->has_pair;
  out->local = self->local_candidate;
  out->remote = self->remote_candidate;
}

static void
fake_ice_free (RtcIce *ice)
{
  FakeIce *self = (FakeIce *) ice;
  RtcIceEvent event;

  if (self == NULL)
    return;
  if (self->factory->last == ice)
    self->factory->last = NULL;
  while (fake_ice_poll (ice, &event))
    rtc_packet_unref (event.packet);
  g_free (self);
}

static const RtcIceVTable fake_ice_vtable = {
  .name = "fake-ice",
  .free = fake_ice_free,
  .get_local_parameters = fake_ice_get_local_parameters,
  .set_role = fake_ice_set_role,
  .gather = fake_ice_gather,
  .set_remote = fake_ice_set_remote,
  .add_remote_candidate = fake_ice_add_remote_candidate,
  .end_of_remote_candidates = fake_ice_end_of_remote_candidates,
  .restart = fake_ice_restart,
  .send = fake_ice_send,
  .reserve = fake_ice_reserve,
  .commit = fake_ice_commit,
  .flush = fake_ice_flush,
  .poll = fake_ice_poll,
  .next_deadline = fake_ice_next_deadline,
  .handle_timeout = fake_ice_handle_timeout,
  .get_stats = fake_ice_get_stats,
};

static RtcIce *
fake_ice_create (RtcIceFactory *factory, const RtcIceConfig *config, GError **error)
{
  FakeIce *self = g_new0 (FakeIce, 1);
  RtcCandidate *candidate = &self->local_candidate;

  self->parent.vtable = &fake_ice_vtable;
  self->factory = (FakeIceFactory *) factory;
  self->factory->last = &self->parent;
  self->net = self->factory->net;
  self->dir = self->factory->dir;
  self->config = *config;
  self->next_check = self->give_up_at = GST_CLOCK_TIME_NONE;
  ice_new_credentials (self);
  g_strlcpy (candidate->foundation, "1", sizeof (candidate->foundation));
  candidate->component = 1;
  candidate->priority = 2130706431;
  g_snprintf (candidate->address, sizeof (candidate->address), "10.0.0.%d", self->dir + 1);
  candidate->port = (guint16) (40000 + rtc_random_range (config->random, 0, 20000));
  return &self->parent;
}

void
fake_ice_factory_init (FakeIceFactory *self, SimNet *net, SimDir dir)
{
  memset (self, 0, sizeof (*self));
  self->parent.name = "fake-ice";
  self->parent.create = fake_ice_create;
  self->net = net;
  self->dir = dir;
}

void
fake_ice_set_net (RtcIce *ice, SimNet *net, SimDir dir)
{
  FakeIce *self = (FakeIce *) ice;

  self->net = net;
  self->dir = dir;
  if (self->has_pair)
    ice_events_push (&self->events, RTC_ICE_EVENT_PAIR);
}
