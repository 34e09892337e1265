/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice.h"

#include <string.h>
#include <time.h>
#include "ext/nice/rtc-nice-candidate.h"
#include "ext/nice/rtc-nice-private.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* RFC 8445 5.3: ufrag at least 24, password at least 128 bits; 6 bits a character. */
#define UFRAG_CHARS 8
#define PWD_CHARS 24

/* Gap between two checks, ms. libnice's own 20 would be felt: every step of the handshake
 * (triggered check, nomination) waits for this timer. RFC 8445 14.2 bounds the rate for the sake
 * of others, which FEED_* below does by bounding how many addresses are checked at all. */
#define PACING_MS 2

/* How long the check timer runs on when nothing is left to check: before that no verdict. */
#define IDLE_TIMEOUT_MS 1000

/* Retransmissions: 500 ms, doubling, 4 requests in all: an address or server that does not answer
 * is given up after 7.5 s. */
#define STUN_TIMEOUT_MS 500
#define STUN_REQUESTS 4

/* The same for giving a relay back at the end: a server that is gone is not waited for long. */
#define CLOSE_TIMEOUT_MS 100
#define CLOSE_REQUESTS 3

/* Remote candidates handed to libnice at once, and how long until one more may be: so many
 * addresses that never answer cost at most 1 / FEED_INTERVAL * STUN_REQUESTS = 16 datagrams a
 * second for each local address (T9 in docs/design/reliability.md). */
#define FEED_BURST 12
#define FEED_INTERVAL (250 * GST_MSECOND)

#define LOG_ID "p%" G_GUINT64_FORMAT ": "

static GstClockTime
nice_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

/* --- events --- */

static void
nice_push_event (RtcNice *self, const RtcIceEvent *event)
{
  gboolean was_empty = g_queue_is_empty (&self->events);

  g_queue_push_tail (&self->events, g_memdup2 (event, sizeof *event));
  if (was_empty && self->in_call == 0 && self->config.wake != NULL)
    self->config.wake (self->config.wake_data);
}

static const gchar *
nice_state_to_string (RtcIceState state)
{
  static const gchar *const names[] = {
    [RTC_ICE_STATE_NEW] = "new",
    [RTC_ICE_STATE_CHECKING] = "checking",
    [RTC_ICE_STATE_CONNECTED] = "connected",
    [RTC_ICE_STATE_COMPLETED] = "completed",
    [RTC_ICE_STATE_DISCONNECTED] = "disconnected",
    [RTC_ICE_STATE_FAILED] = "failed",
    [RTC_ICE_STATE_CLOSED] = "closed",
  };

  return names[state];
}

static void
nice_set_state (RtcNice *self, RtcIceState state)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_STATE, .state = state };

  if (self->state == state)
    return;
  GST_INFO (LOG_ID "%s -> %s", self->config.peer_id, nice_state_to_string (self->state),
      nice_state_to_string (state));
  self->state = state;
  nice_push_event (self, &event);
}

static void
nice_set_gathering (RtcNice *self, RtcIceGatheringState gathering)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_GATHERING, .gathering = gathering };

  nice_push_event (self, &event);
}

/* --- what libnice says --- */

/* W3C: completed means connected, and nothing better is to be found any more. */
static void
nice_set_connected (RtcNice *self)
{
  NiceComponentState state = nice_agent_get_component_state (self->agent, self->stream, 1);

  self->was_connected = TRUE;
  nice_set_state (self, state == NICE_COMPONENT_STATE_READY && self->remote_done
                            ? RTC_ICE_STATE_COMPLETED
                            : RTC_ICE_STATE_CONNECTED);
}

static void
nice_handle_failed (RtcNice *self)
{
  if (!self->was_connected)
    /* Without end-of-candidates more may come, and checks begin again (RFC 8838 8.2). */
    nice_set_state (self, self->remote_done ? RTC_ICE_STATE_FAILED : RTC_ICE_STATE_CHECKING);
  else if (rtc_nice_consent_handle_failure (&self->consent, nice_now ()))
    nice_set_state (self, RTC_ICE_STATE_FAILED);
  else
    nice_set_state (self, RTC_ICE_STATE_DISCONNECTED);
}

static void
on_component_state (NiceAgent *agent, guint stream, guint component, guint state, gpointer data)
{
  RtcNice *self = data;
  gboolean is_lost = self->consent.expires != GST_CLOCK_TIME_NONE || self->consent.is_over;

  GST_DEBUG (LOG_ID "libnice: %s", self->config.peer_id,
      nice_component_state_to_string ((NiceComponentState) state));
  switch ((NiceComponentState) state) {
    case NICE_COMPONENT_STATE_CONNECTING:
      if (!self->was_connected && self->has_remote)
        nice_set_state (self, RTC_ICE_STATE_CHECKING);
      break;
    case NICE_COMPONENT_STATE_CONNECTED:
    case NICE_COMPONENT_STATE_READY:
      if (!is_lost)
        nice_set_connected (self);
      break;
    case NICE_COMPONENT_STATE_FAILED:
      nice_handle_failed (self);
      break;
    case NICE_COMPONENT_STATE_DISCONNECTED:
    case NICE_COMPONENT_STATE_GATHERING:
    case NICE_COMPONENT_STATE_LAST:
    default:
      break;
  }
}

/* A pair was nominated by checks, not by our re-arming: the peer answers. */
static void
on_new_selected_pair (NiceAgent *agent, guint stream, guint component, NiceCandidate *local,
    NiceCandidate *remote, gpointer data)
{
  RtcNice *self = data;

  if (self->consent.rearm || self->consent.is_over)
    return;
  rtc_nice_consent_init (&self->consent);
  nice_set_connected (self);
}

static void
nice_push_candidate (RtcNice *self, const NiceCandidate *candidate)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_CANDIDATE };

  if (!rtc_nice_candidate_from_nice (
          candidate, self->config.policy == RTC_ICE_TRANSPORT_POLICY_RELAY, &event.candidate))
    return;
  g_strlcpy (event.candidate.ufrag, self->ufrag, sizeof event.candidate.ufrag);
  nice_push_event (self, &event);
}

static void
on_new_candidate (NiceAgent *agent, NiceCandidate *candidate, gpointer data)
{
  nice_push_candidate (data, candidate);
}

static void
on_gathering_done (NiceAgent *agent, guint stream, gpointer data)
{
  RtcNice *self = data;

  if (!self->gathering)
    return;
  self->gathering = FALSE;
  nice_set_gathering (self, RTC_ICE_GATHERING_COMPLETE);
}

/* libnice has checked that the source answered or sent an authenticated check. */
static void
on_receive (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
  RtcNice *self = user_data;
  RtcIceEvent event = { .type = RTC_ICE_EVENT_PACKET };

  /* RFC 7983 7: 0..3 is STUN; what libnice did not recognise as such is garbage. */
  if (len == 0 || len > RTC_MAX_DATAGRAM || (guint8) data[0] < 4
      || self->n_packets >= RTC_NICE_MAX_PACKETS) {
    self->stats.packets_dropped++;
    return;
  }
  event.packet = rtc_packet_new_copy (NULL, (const guint8 *) data, len);
  event.packet->time = nice_now ();
  self->stats.packets_received++;
  self->stats.bytes_received += len;
  self->n_packets++;
  nice_push_event (self, &event);
}

/* --- remote candidates --- */

/* Hands over what waits, as many as there are tokens. */
static void
nice_feed (RtcNice *self, GstClockTime now)
{
  while (self->tokens < FEED_BURST && rtc_time_is_due (self->next_token, now)) {
    self->tokens++;
    self->next_token += FEED_INTERVAL * MAX (1, self->n_addresses);
  }
  while (self->has_remote && self->tokens > 0 && !g_queue_is_empty (&self->waiting)) {
    RtcCandidate *candidate = g_queue_pop_head (&self->waiting);
    NiceCandidate *nice = NULL;
    GSList list = { NULL, NULL };

    if (self->tokens == FEED_BURST)
      self->next_token = now + FEED_INTERVAL * MAX (1, self->n_addresses);
    /* RFC 8838 11: a candidate of another generation is dropped. */
    if ((candidate->ufrag[0] != '\0' && strcmp (candidate->ufrag, self->remote_ufrag) != 0)
        || rtc_nice_candidate_to_nice (candidate, self->stream, &nice) != RTC_OK) {
      self->stats.remote_candidates_dropped++;
    } else {
      list.data = nice;
      self->tokens--;
      if (nice_agent_set_remote_candidates (self->agent, self->stream, 1, &list) <= 0)
        self->stats.remote_candidates_dropped++;
      nice_candidate_free (nice);
    }
    g_free (candidate);
  }
  if (self->has_remote && self->end_of_candidates && g_queue_is_empty (&self->waiting)
      && !self->remote_done) {
    self->remote_done = TRUE;
    nice_agent_peer_candidate_gathering_done (self->agent, self->stream);
    if (self->state == RTC_ICE_STATE_CONNECTED)
      nice_set_connected (self);
  }
}

static RtcResult
rtc_nice_add_remote_candidate (RtcIce *ice, GstClockTime now, const RtcCandidate *candidate)
{
  RtcNice *self = (RtcNice *) ice;

  if (candidate->is_mdns || candidate->component != 1
      || rtc_candidate_check (candidate, self->config.allow_loopback || self->loopback_ok)
             != RTC_OK) {
    self->stats.remote_candidates_dropped++;
    return RTC_ERR_UNSUPPORTED;
  }
  if (self->n_remote >= self->config.max_remote_candidates) {
    self->stats.remote_candidates_dropped++;
    return RTC_ERR_LIMIT;
  }
  self->n_remote++;
  g_queue_push_tail (&self->waiting, g_memdup2 (candidate, sizeof *candidate));
  self->in_call++;
  nice_feed (self, now);
  self->in_call--;
  return RTC_OK;
}

static void
rtc_nice_end_of_remote_candidates (RtcIce *ice, GstClockTime now)
{
  RtcNice *self = (RtcNice *) ice;

  self->end_of_candidates = TRUE;
  self->in_call++;
  nice_feed (self, now);
  self->in_call--;
}

static RtcResult
rtc_nice_set_remote (RtcIce *ice, GstClockTime now, const gchar *ufrag, const gchar *pwd,
    gboolean controlling, gboolean remote_is_lite)
{
  RtcNice *self = (RtcNice *) ice;

  /* RFC 8839 5.4: 4*256ice-char and 22*256ice-char. */
  if (strlen (ufrag) < 4 || strlen (ufrag) > 256 || strlen (pwd) < 22 || strlen (pwd) > 256)
    return RTC_ERR_PARSE;
  self->in_call++;
  /* RFC 8445 6.1.1: opposite a lite agent the full one "MUST take the controlling role". */
  g_object_set (self->agent, "controlling-mode", controlling || remote_is_lite, NULL);
  g_strlcpy (self->remote_ufrag, ufrag, sizeof self->remote_ufrag);
  self->has_remote = TRUE;
  if (!self->was_connected)
    nice_set_state (self, RTC_ICE_STATE_CHECKING);
  nice_agent_set_remote_credentials (self->agent, self->stream, ufrag, pwd);
  nice_feed (self, now);
  self->in_call--;
  return RTC_OK;
}

/* --- own side --- */

static void
nice_new_credentials (RtcNice *self)
{
  rtc_random_ice_chars (self->config.random, self->ufrag, UFRAG_CHARS);
  rtc_random_ice_chars (self->config.random, self->pwd, PWD_CHARS);
  nice_agent_set_local_credentials (self->agent, self->stream, self->ufrag, self->pwd);
}

static void
rtc_nice_get_local_parameters (RtcIce *ice, const gchar **ufrag, const gchar **pwd)
{
  RtcNice *self = (RtcNice *) ice;

  *ufrag = self->ufrag;
  *pwd = self->pwd;
}

/* After a restart: the sockets are the old ones, so are the candidates. */
static void
nice_repeat_candidates (RtcNice *self)
{
  GSList *list = nice_agent_get_local_candidates (self->agent, self->stream, 1);

  for (GSList *l = list; l != NULL; l = l->next)
    nice_push_candidate (self, l->data);
  g_slist_free_full (list, (GDestroyNotify) nice_candidate_free);
}

/* libnice refuses to change the role once a component has left the state "disconnected", which
 * gathering makes it do. */
static void
rtc_nice_set_role (RtcIce *ice, gboolean controlling)
{
  RtcNice *self = (RtcNice *) ice;

  g_object_set (self->agent, "controlling-mode", controlling, NULL);
}

static RtcResult
rtc_nice_gather (RtcIce *ice, GstClockTime now)
{
  RtcNice *self = (RtcNice *) ice;
  RtcResult result = RTC_OK;

  if (self->gathering)
    return RTC_ERR_STATE;
  self->in_call++;
  self->gathering = TRUE;
  nice_set_gathering (self, RTC_ICE_GATHERING_GATHERING);
  if (self->gathered_once) {
    nice_repeat_candidates (self);
    on_gathering_done (self->agent, self->stream, self);
  } else if (!nice_agent_gather_candidates (self->agent, self->stream)) {
    GST_WARNING (LOG_ID "no local address or port to gather on", self->config.peer_id);
    self->gathering = FALSE;
    result = RTC_ERR_BACKEND;
  } else {
    self->gathered_once = TRUE;
  }
  self->in_call--;
  return result;
}

static RtcResult
rtc_nice_restart (RtcIce *ice, GstClockTime now)
{
  RtcNice *self = (RtcNice *) ice;

  self->in_call++;
  if (!nice_agent_restart_stream (self->agent, self->stream)) {
    self->in_call--;
    return RTC_ERR_STATE;
  }
  nice_new_credentials (self);
  g_queue_clear_full (&self->waiting, g_free);
  self->n_remote = 0;
  self->has_remote = FALSE;
  self->end_of_candidates = FALSE;
  self->remote_done = FALSE;
  self->gathering = FALSE;
  rtc_nice_consent_init (&self->consent);
  if (self->state == RTC_ICE_STATE_FAILED || self->state == RTC_ICE_STATE_DISCONNECTED) {
    self->was_connected = FALSE;
    nice_set_state (self, RTC_ICE_STATE_CHECKING);
  }
  self->in_call--;
  return RTC_OK;
}

/* --- data --- */

static RtcResult
rtc_nice_send (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  RtcNice *self = (RtcNice *) ice;
  GOutputVector vector = { data, len };
  NiceOutputMessage message = { &vector, 1 };
  gint sent;

  /* RFC 7675 5.1: after expiry "the endpoint MUST cease transmission on that 5-tuple". */
  if (self->consent.is_over) {
    self->stats.packets_dropped++;
    return RTC_ERR_PEER_CLOSED;
  }
  self->in_call++;
  sent =
      nice_agent_send_messages_nonblocking (self->agent, self->stream, 1, &message, 1, NULL, NULL);
  self->in_call--;
  if (sent != 1) {
    self->stats.packets_dropped++;
    return RTC_AGAIN;
  }
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  return RTC_OK;
}

static void
rtc_nice_flush (RtcIce *ice)
{
}

static gboolean
rtc_nice_poll (RtcIce *ice, RtcIceEvent *out)
{
  RtcNice *self = (RtcNice *) ice;
  RtcIceEvent *event = g_queue_pop_head (&self->events);

  if (event == NULL)
    return FALSE;
  *out = *event;
  g_free (event);
  if (out->type == RTC_ICE_EVENT_PACKET)
    self->n_packets--;
  return TRUE;
}

/* --- time --- */

/* Sets libnice's consent clock going again by selecting the same pair anew. */
static void
nice_rearm (RtcNice *self, GstClockTime now)
{
  NiceCandidate *local = NULL, *remote = NULL;

  if (nice_agent_get_selected_pair (self->agent, self->stream, 1, &local, &remote))
    nice_agent_set_selected_pair (
        self->agent, self->stream, 1, local->foundation, remote->foundation);
  rtc_nice_consent_rearmed (&self->consent, now);
}

static GstClockTime
rtc_nice_next_deadline (RtcIce *ice)
{
  RtcNice *self = (RtcNice *) ice;
  GstClockTime deadline = rtc_nice_consent_next_deadline (&self->consent);

  if (self->has_remote && !g_queue_is_empty (&self->waiting))
    deadline = rtc_time_min (deadline, self->next_token);
  return deadline;
}

static void
rtc_nice_handle_timeout (RtcIce *ice, GstClockTime now)
{
  RtcNice *self = (RtcNice *) ice;

  self->in_call++;
  if (self->consent.rearm)
    nice_rearm (self, now);
  switch (rtc_nice_consent_handle_timeout (&self->consent, now)) {
    case RTC_NICE_CONSENT_BACK:
      nice_set_connected (self);
      break;
    case RTC_NICE_CONSENT_EXPIRED:
      nice_set_state (self, RTC_ICE_STATE_FAILED);
      break;
    case RTC_NICE_CONSENT_KEPT:
    default:
      break;
  }
  nice_feed (self, now);
  self->in_call--;
}

static void
rtc_nice_get_stats (RtcIce *ice, RtcIceStats *out)
{
  RtcNice *self = (RtcNice *) ice;
  NiceCandidate *local = NULL, *remote = NULL;

  *out = self->stats;
  out->has_pair = nice_agent_get_selected_pair (self->agent, self->stream, 1, &local, &remote)
                  && rtc_nice_candidate_from_nice (local, FALSE, &out->local)
                  && rtc_nice_candidate_from_nice (remote, FALSE, &out->remote);
}

/* --- life --- */

static void
nice_free_servers (RtcIceServer *servers, guint n_servers)
{
  for (guint i = 0; i < n_servers; i++) {
    g_free (servers[i].address);
    if (servers[i].username != NULL)
      explicit_bzero (servers[i].username, strlen (servers[i].username));
    if (servers[i].password != NULL)
      explicit_bzero (servers[i].password, strlen (servers[i].password));
    g_free (servers[i].username);
    g_free (servers[i].password);
  }
  g_free (servers);
}

static void
nice_copy_servers (RtcNice *self, const RtcIceConfig *config)
{
  self->servers = g_new0 (RtcIceServer, config->n_servers);
  for (guint i = 0; i < config->n_servers; i++) {
    self->servers[i] = config->servers[i];
    self->servers[i].address = g_strdup (config->servers[i].address);
    self->servers[i].username = g_strdup (config->servers[i].username);
    self->servers[i].password = g_strdup (config->servers[i].password);
  }
  self->config.servers = self->servers;
}

/* Sockets are closed when the agent goes, which it may only do when its relays are given back. */
static void
on_agent_closed (GObject *agent, GAsyncResult *result, gpointer data)
{
  RtcNiceFactory *factory = data;

  g_object_unref (agent);
  factory->n_agents--;
}

static void
on_receive_closing (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
}

static void
rtc_nice_free (RtcIce *ice)
{
  RtcNice *self = (RtcNice *) ice;
  RtcIceEvent event;

  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->agent, self);
  /* With no receiver libnice would not read its sockets, nor the TURN server's answers. */
  nice_agent_attach_recv (
      self->agent, self->stream, 1, self->factory->context, on_receive_closing, NULL);
  g_object_set (self->agent, "stun-initial-timeout", CLOSE_TIMEOUT_MS, "stun-max-retransmissions",
      CLOSE_REQUESTS, NULL);
  g_main_context_push_thread_default (self->factory->context);
  nice_agent_close_async (self->agent, on_agent_closed, self->factory);
  g_main_context_pop_thread_default (self->factory->context);
  while (rtc_nice_poll (ice, &event))
    rtc_packet_unref (event.packet);
  g_queue_clear_full (&self->waiting, g_free);
  nice_free_servers (self->servers, self->config.n_servers);
  explicit_bzero (self->pwd, sizeof self->pwd);
  g_free (self);
}

static void
nice_add_server (RtcNice *self, const RtcIceServer *server)
{
  if (!server->is_turn) {
    g_object_set (self->agent, "stun-server", server->address, "stun-server-port",
        (guint) server->port, NULL);
    return;
  }
  /* libnice 0.1.21 has no TLS: what it calls TURN over TLS is TCP in clear text. */
  if (server->is_tls) {
    GST_WARNING (
        LOG_ID "turns: is not supported by this backend, server left out", self->config.peer_id);
    return;
  }
  nice_agent_set_relay_info (self->agent, self->stream, 1, server->address, server->port,
      server->username != NULL ? server->username : "",
      server->password != NULL ? server->password : "",
      server->is_tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
}

static void
nice_add_addresses (RtcNice *self)
{
  GPtrArray *addresses = rtc_nice_get_addresses (self->config.allow_loopback, &self->loopback_ok);

  self->n_addresses = addresses->len;
  for (guint i = 0; i < addresses->len; i++)
    nice_agent_add_local_address (self->agent, g_ptr_array_index (addresses, i));
  g_ptr_array_unref (addresses);
}

static NiceAgent *
nice_make_agent (RtcNice *self)
{
  /* When we control, nominate with every check (RFC 5245 8.1.1.2). libnice's regular nomination
   * holds a working relayed pair back for seconds, until every other check has failed. With TCP
   * candidates only the regular kind is allowed (RFC 6544 8). */
  NiceAgentOption options =
      NICE_AGENT_OPTION_ICE_TRICKLE | NICE_AGENT_OPTION_CONSENT_FRESHNESS
      | (self->config.ice_tcp ? NICE_AGENT_OPTION_REGULAR_NOMINATION : NICE_AGENT_OPTION_NONE);
  NiceAgent *agent =
      nice_agent_new_full (self->factory->context, NICE_COMPATIBILITY_RFC5245, options);

  g_object_set (agent, "upnp", self->config.upnp, "ice-tcp", self->config.ice_tcp, "ice-udp", TRUE,
      "force-relay", self->config.policy == RTC_ICE_TRANSPORT_POLICY_RELAY, "stun-pacing-timer",
      PACING_MS, "idle-timeout", IDLE_TIMEOUT_MS, "stun-initial-timeout", STUN_TIMEOUT_MS,
      "stun-max-retransmissions", STUN_REQUESTS, NULL);
  g_signal_connect (agent, "component-state-changed", G_CALLBACK (on_component_state), self);
  g_signal_connect (agent, "new-selected-pair-full", G_CALLBACK (on_new_selected_pair), self);
  g_signal_connect (agent, "new-candidate-full", G_CALLBACK (on_new_candidate), self);
  g_signal_connect (agent, "candidate-gathering-done", G_CALLBACK (on_gathering_done), self);
  return agent;
}

static const RtcIceVTable nice_vtable = {
  .name = "nice",
  .free = rtc_nice_free,
  .get_local_parameters = rtc_nice_get_local_parameters,
  .set_role = rtc_nice_set_role,
  .gather = rtc_nice_gather,
  .set_remote = rtc_nice_set_remote,
  .add_remote_candidate = rtc_nice_add_remote_candidate,
  .end_of_remote_candidates = rtc_nice_end_of_remote_candidates,
  .restart = rtc_nice_restart,
  .send = rtc_nice_send,
  .flush = rtc_nice_flush,
  .poll = rtc_nice_poll,
  .next_deadline = rtc_nice_next_deadline,
  .handle_timeout = rtc_nice_handle_timeout,
  .get_stats = rtc_nice_get_stats,
};

static RtcIce *
nice_factory_create (RtcIceFactory *factory, const RtcIceConfig *config, GError **error)
{
  RtcNice *self = g_new0 (RtcNice, 1);

  rtc_log_init ();
  self->parent.vtable = &nice_vtable;
  self->factory = (RtcNiceFactory *) factory;
  self->config = *config;
  g_queue_init (&self->events);
  g_queue_init (&self->waiting);
  self->tokens = FEED_BURST;
  self->next_token = GST_CLOCK_TIME_NONE;
  rtc_nice_consent_init (&self->consent);
  nice_copy_servers (self, config);
  self->agent = nice_make_agent (self);
  self->factory->n_agents++;
  self->stream = nice_agent_add_stream (self->agent, 1);
  if (config->max_port > 0)
    nice_agent_set_port_range (self->agent, self->stream, 1, config->min_port, config->max_port);
  nice_new_credentials (self);
  for (guint i = 0; i < config->n_servers; i++)
    nice_add_server (self, &self->servers[i]);
  nice_add_addresses (self);
  if (!nice_agent_attach_recv (
          self->agent, self->stream, 1, self->factory->context, on_receive, self)) {
    rtc_error (error, RTC_ERR_BACKEND, "libnice refuses to make an ICE agent");
    rtc_nice_free (&self->parent);
    return NULL;
  }
  return &self->parent;
}

RtcIceFactory *
rtc_nice_factory_new (GMainContext *context)
{
  RtcNiceFactory *self = g_new0 (RtcNiceFactory, 1);

  self->parent.name = "nice";
  self->parent.create = nice_factory_create;
  self->context = g_main_context_ref (context);
  return &self->parent;
}

gboolean
rtc_nice_factory_is_idle (RtcIceFactory *factory)
{
  return ((RtcNiceFactory *) factory)->n_agents == 0;
}

void
rtc_nice_factory_free (RtcIceFactory *factory)
{
  RtcNiceFactory *self = (RtcNiceFactory *) factory;

  if (self == NULL)
    return;
  g_return_if_fail (self->n_agents == 0);
  g_main_context_unref (self->context);
  g_free (self);
}
