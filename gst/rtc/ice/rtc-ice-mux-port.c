/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/ice/rtc-ice-mux-port.h"

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_ice
#define LOG_ID "p%" G_GUINT64_FORMAT ": "

/* RFC 8445 5.1.2.2: type preferences; 5.1.2.1: "priority = (2^24)*(type preference) + (2^8)*(local
 * preference) + (2^0)*(256 - component ID)". */
#define PREFERENCE_HOST 126u

/* Below what reaches a peer by UDP in any way, above relays, as browsers have it (RFC 6544 4.2).
 * The local preference is 2^13 * direction + other, where a passive one's direction is 4. */
#define PREFERENCE_HOST_TCP 90u
#define LOCAL_TCP(i) (4u << 13 | (8191u - (i)))

#define PRIORITY(type, local) ((type) << 24 | (local) << 8 | (256u - 1u))

/* Room for received packets: what SRTP takes off and puts on. */
#define POOL_PACKET_BYTES (RTC_MAX_DATAGRAM + RTC_SRTP_MAX_OVERHEAD)
#define POOL_MAX_FREE 256

struct _RtcIceMuxPort {
  RtcIceFactory factory; /* first: a factory is its port */
  RtcIceMuxPortConfig config;
  RtcIceMux *mux;
  RtcPacketPool *pool;
  RtcCandidate candidates[RTC_ICE_MUX_PORT_MAX_CANDIDATES];
  guint n_candidates;
};

/* What poll() says of gathering: 0 nothing, 1 that it began, 2.. the candidates, then that it is
 * complete. */
#define STEP_BEGUN 1

typedef struct {
  RtcIce parent;
  RtcIceMuxPort *port;
  RtcIceConfig config;
  RtcIceMuxSession *session;
  RtcIceLite *lite;      /* of session */
  RtcIceState told;      /* last state that poll() gave */
  RtcIceFlow told_flow;  /* last selected flow that it told of */
  gboolean is_gathering; /* or has; until restart() */
  guint step;
  GQueue packets; /* RtcPacket * */
  RtcIceStats stats;
} MuxAgent;

/* --- the vtable --- */

static void
agent_get_local_parameters (RtcIce *ice, const gchar **ufrag, const gchar **pwd)
{
  MuxAgent *self = (MuxAgent *) ice;

  *ufrag = self->lite->local.ufrag;
  *pwd = self->lite->local.pwd;
}

/* A lite agent is always controlled (RFC 8445 6.1.1). */
static void
agent_set_role (RtcIce *ice, gboolean controlling)
{
}

static RtcResult
agent_gather (RtcIce *ice, GstClockTime now)
{
  MuxAgent *self = (MuxAgent *) ice;

  if (self->is_gathering)
    return RTC_ERR_STATE;
  self->is_gathering = TRUE;
  self->step = STEP_BEGUN;
  return RTC_OK;
}

static RtcResult
agent_set_remote (RtcIce *ice, GstClockTime now, const gchar *ufrag, const gchar *pwd,
    gboolean controlling, gboolean remote_is_lite)
{
  rtc_ice_lite_set_remote (((MuxAgent *) ice)->lite, ufrag, pwd);
  return RTC_OK;
}

static RtcResult
agent_add_remote_candidate (RtcIce *ice, GstClockTime now, const RtcCandidate *candidate)
{
  return RTC_OK;
}

static void
agent_end_of_remote_candidates (RtcIce *ice, GstClockTime now)
{
}

static RtcResult
agent_restart (RtcIce *ice, GstClockTime now)
{
  MuxAgent *self = (MuxAgent *) ice;

  rtc_ice_mux_restart (self->port->mux, self->session);
  self->is_gathering = FALSE;
  self->step = 0;
  return RTC_OK;
}

static RtcResult
agent_send (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  MuxAgent *self = (MuxAgent *) ice;
  const RtcIceLiteFlow *selected = rtc_ice_lite_get_selected (self->lite);
  RtcResult result = RTC_AGAIN;

  /* RFC 7675 5.1: after expiry "the endpoint MUST cease transmission on that 5-tuple". */
  if (self->lite->state == RTC_ICE_STATE_FAILED)
    result = RTC_ERR_PEER_CLOSED;
  else if (selected != NULL)
    result = self->port->config.send (self->port->config.data, &selected->flow, data, len);
  if (result != RTC_OK) {
    self->stats.packets_dropped++;
    return result;
  }
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  return RTC_OK;
}

/* No other flow is selected between the two. */
static guint8 *
agent_reserve (RtcIce *ice, gsize len)
{
  MuxAgent *self = (MuxAgent *) ice;
  const RtcIceMuxPortConfig *config = &self->port->config;
  const RtcIceLiteFlow *selected = rtc_ice_lite_get_selected (self->lite);

  if (config->reserve == NULL || selected == NULL)
    return NULL;
  return config->reserve (config->data, &selected->flow, len);
}

static RtcResult
agent_commit (RtcIce *ice, GstClockTime now, gsize len)
{
  MuxAgent *self = (MuxAgent *) ice;
  const RtcIceMuxPortConfig *config = &self->port->config;

  config->commit (config->data, &rtc_ice_lite_get_selected (self->lite)->flow, len);
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  return RTC_OK;
}

static void
agent_prefetch (RtcIce *ice)
{
  const MuxAgent *self = (const MuxAgent *) ice;
  const RtcIceLite *lite = self->lite;

  __builtin_prefetch (&self->stats.packets_sent, 1);
  __builtin_prefetch (&lite->selected);
  __builtin_prefetch (&lite->flows[0]);
}

static void
agent_flush (RtcIce *ice)
{
  RtcIceMuxPort *port = ((MuxAgent *) ice)->port;

  port->config.flush (port->config.data);
}

static void
agent_receive (RtcIce *ice)
{
  RtcIceMuxPort *port = ((MuxAgent *) ice)->port;

  if (port->config.receive != NULL)
    port->config.receive (port->config.data);
}

static gboolean
agent_poll_gathering (MuxAgent *self, RtcIceEvent *out)
{
  guint candidate = self->step - STEP_BEGUN - 1;

  if (self->step == 0)
    return FALSE;
  out->type = RTC_ICE_EVENT_GATHERING;
  if (self->step == STEP_BEGUN) {
    out->gathering = RTC_ICE_GATHERING_GATHERING;
    self->step++;
  } else if (candidate < self->port->n_candidates) {
    out->type = RTC_ICE_EVENT_CANDIDATE;
    out->candidate = self->port->candidates[candidate];
    self->step++;
  } else {
    out->gathering = RTC_ICE_GATHERING_COMPLETE;
    self->step = 0;
  }
  return TRUE;
}

/* Whether another flow is selected than poll() told of last. */
static gboolean
agent_has_new_flow (const MuxAgent *self)
{
  const RtcIceLiteFlow *selected = rtc_ice_lite_get_selected (self->lite);

  return selected != NULL && !rtc_ice_flow_equal (&selected->flow, &self->told_flow);
}

/* The state first: a peer that is not connected yet would hold a packet back. */
static gboolean
agent_poll (RtcIce *ice, RtcIceEvent *out)
{
  MuxAgent *self = (MuxAgent *) ice;

  out->packet = NULL;
  if (agent_poll_gathering (self, out))
    return TRUE;
  if (self->told != self->lite->state) {
    GST_INFO (LOG_ID "%s -> %s", self->config.peer_id, rtc_ice_state_to_string (self->told),
        rtc_ice_state_to_string (self->lite->state));
    self->told = self->lite->state;
    out->type = RTC_ICE_EVENT_STATE;
    out->state = self->told;
    return TRUE;
  }
  if (agent_has_new_flow (self)) {
    self->told_flow = rtc_ice_lite_get_selected (self->lite)->flow;
    out->type = RTC_ICE_EVENT_PAIR;
    return TRUE;
  }
  out->packet = g_queue_pop_head (&self->packets);
  out->type = RTC_ICE_EVENT_PACKET;
  return out->packet != NULL;
}

static GstClockTime
agent_next_deadline (RtcIce *ice)
{
  return rtc_ice_lite_next_deadline (((MuxAgent *) ice)->lite);
}

static void
agent_handle_timeout (RtcIce *ice, GstClockTime now)
{
  MuxAgent *self = (MuxAgent *) ice;
  RtcIceMuxPort *port = self->port;
  const RtcIceLiteFlow *selected;
  guint8 data[RTC_STUN_MAX_BYTES];
  gsize len;

  rtc_ice_lite_handle_timeout (self->lite, now);
  selected = rtc_ice_lite_get_selected (self->lite);
  len = rtc_ice_lite_ask_consent (self->lite, now, port->config.random, data);
  if (len > 0 && port->config.send (port->config.data, &selected->flow, data, len) == RTC_OK)
    port->config.flush (port->config.data);
}

static void
candidate_init (RtcCandidate *out, const RtcAddress *address, RtcCandidateTransport transport)
{
  memset (out, 0, sizeof *out);
  g_strlcpy (out->foundation, "1", sizeof out->foundation);
  out->component = 1;
  out->transport = transport;
  rtc_address_to_literal (address, out->address, sizeof out->address);
  out->port = address->port;
}

static void
agent_get_stats (RtcIce *ice, RtcIceStats *out)
{
  MuxAgent *self = (MuxAgent *) ice;
  const RtcIceLiteFlow *selected = rtc_ice_lite_get_selected (self->lite);
  gboolean is_tcp;

  *out = self->stats;
  out->round_trip_time = self->lite->round_trip;
  out->has_pair = selected != NULL;
  if (selected == NULL)
    return;
  is_tcp = selected->flow.connection != 0;
  candidate_init (
      &out->local, &selected->flow.local, is_tcp ? RTC_CANDIDATE_TCP_PASSIVE : RTC_CANDIDATE_UDP);
  out->local.type = RTC_CANDIDATE_HOST;
  out->local.priority =
      is_tcp ? PRIORITY (PREFERENCE_HOST_TCP, LOCAL_TCP (0)) : PRIORITY (PREFERENCE_HOST, 65535u);
  /* Which of the candidates that it told the peer has come from, if any, a lite agent need not
   * know. */
  candidate_init (
      &out->remote, &selected->flow.remote, is_tcp ? RTC_CANDIDATE_TCP_ACTIVE : RTC_CANDIDATE_UDP);
  out->remote.type = RTC_CANDIDATE_PEER_REFLEXIVE;
  out->remote.priority = selected->priority;
}

static void
agent_free (RtcIce *ice)
{
  MuxAgent *self = (MuxAgent *) ice;
  RtcIceMuxPort *port;
  RtcIceMuxStats stats;

  if (self == NULL)
    return;
  port = self->port;
  rtc_ice_mux_remove (port->mux, self->session);
  g_queue_clear_full (&self->packets, (GDestroyNotify) rtc_packet_unref);
  g_free (self);
  rtc_ice_mux_get_stats (port->mux, &stats);
  if (stats.n_sessions == 0 && port->config.idle != NULL)
    port->config.idle (port->config.data);
}

static const RtcIceVTable mux_vtable = {
  .name = "mux",
  .is_lite = TRUE,
  .free = agent_free,
  .get_local_parameters = agent_get_local_parameters,
  .set_role = agent_set_role,
  .gather = agent_gather,
  .set_remote = agent_set_remote,
  .add_remote_candidate = agent_add_remote_candidate,
  .end_of_remote_candidates = agent_end_of_remote_candidates,
  .restart = agent_restart,
  .send = agent_send,
  .reserve = agent_reserve,
  .commit = agent_commit,
  .prefetch = agent_prefetch,
  .flush = agent_flush,
  .receive = agent_receive,
  .poll = agent_poll,
  .next_deadline = agent_next_deadline,
  .handle_timeout = agent_handle_timeout,
  .get_stats = agent_get_stats,
};

/* --- the port --- */

static RtcIce *
port_create (RtcIceFactory *factory, const RtcIceConfig *config, GError **error)
{
  RtcIceMuxPort *port = (RtcIceMuxPort *) factory;
  MuxAgent *self;

  if (config->policy == RTC_ICE_TRANSPORT_POLICY_RELAY) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "one port for all peers and relays only (ice-transport-policy) exclude each other");
    return NULL;
  }
  self = g_new0 (MuxAgent, 1);
  self->session = rtc_ice_mux_add (port->mux, self);
  if (self->session == NULL) {
    rtc_error (error, RTC_ERR_LIMIT, "there are %u peers on this port, no more are allowed",
        port->config.max_sessions);
    g_free (self);
    return NULL;
  }
  self->parent.vtable = &mux_vtable;
  self->port = port;
  self->config = *config;
  self->lite = rtc_ice_mux_session_get_lite (self->session);
  g_queue_init (&self->packets);
  return &self->parent;
}

/* RFC 8445 5.1.1.3: candidates of other addresses and transports have other foundations. */
static void
port_add_candidate (RtcIceMuxPort *self, const RtcAddress *address, RtcCandidateTransport transport,
    guint32 priority)
{
  RtcCandidate *c = &self->candidates[self->n_candidates];

  if (self->n_candidates == RTC_ICE_MUX_PORT_MAX_CANDIDATES)
    return;
  self->n_candidates++;
  candidate_init (c, address, transport);
  c->type = RTC_CANDIDATE_HOST;
  c->priority = priority;
  g_snprintf (c->foundation, sizeof c->foundation, "%u", self->n_candidates);
}

/* Best first. */
static void
port_add_candidates (RtcIceMuxPort *self, const RtcIceMuxPortConfig *config)
{
  for (guint i = 0; i < config->n_addresses; i++)
    port_add_candidate (
        self, &config->addresses[i], RTC_CANDIDATE_UDP, PRIORITY (PREFERENCE_HOST, 65535u - i));
  for (guint i = 0; config->tcp_port != 0 && i < config->n_addresses; i++) {
    RtcAddress address = config->addresses[i];

    address.port = config->tcp_port;
    port_add_candidate (
        self, &address, RTC_CANDIDATE_TCP_PASSIVE, PRIORITY (PREFERENCE_HOST_TCP, LOCAL_TCP (i)));
  }
}

RtcIceMuxPort *
rtc_ice_mux_port_new (const RtcIceMuxPortConfig *config)
{
  RtcIceMuxPort *self = g_new0 (RtcIceMuxPort, 1);

  rtc_log_init ();
  self->factory.name = "mux";
  self->factory.create = port_create;
  self->config = *config;
  self->config.addresses = NULL;
  self->mux = rtc_ice_mux_new (config->random, config->max_sessions);
  self->pool = rtc_packet_pool_new (POOL_PACKET_BYTES, POOL_MAX_FREE);
  port_add_candidates (self, config);
  return self;
}

void
rtc_ice_mux_port_free (RtcIceMuxPort *self)
{
  if (self == NULL)
    return;
  rtc_ice_mux_free (self->mux);
  rtc_packet_pool_unref (self->pool);
  g_free (self);
}

RtcIceFactory *
rtc_ice_mux_port_get_factory (RtcIceMuxPort *self)
{
  return &self->factory;
}

static void
agent_take_packet (MuxAgent *self, GstClockTime now, const guint8 *data, gsize len)
{
  RtcPacket *packet;

  if (len > RTC_MAX_DATAGRAM || self->packets.length >= RTC_ICE_MUX_PORT_MAX_PACKETS) {
    self->stats.packets_dropped++;
    return;
  }
  packet = rtc_packet_new_copy (self->port->pool, data, len);
  packet->time = now;
  self->stats.packets_received++;
  self->stats.bytes_received += len;
  g_queue_push_tail (&self->packets, packet);
}

/* Tells the agent's owner when there is something to poll. */
static void
agent_wake (MuxAgent *self)
{
  if (self->config.wake != NULL
      && (self->packets.length > 0 || self->told != self->lite->state || agent_has_new_flow (self)))
    self->config.wake (self->config.wake_data);
}

void
rtc_ice_mux_port_handle_datagram (
    RtcIceMuxPort *self, GstClockTime now, const RtcIceFlow *flow, const guint8 *data, gsize len)
{
  RtcIceMuxResult result;
  MuxAgent *agent;

  rtc_ice_mux_handle_datagram (self->mux, now, flow, data, len, &result);
  if (result.reply_len > 0)
    self->config.send (self->config.data, flow, result.reply, result.reply_len);
  if (result.ask_len > 0)
    self->config.send (self->config.data, flow, result.ask, result.ask_len);
  if (result.reply_len + result.ask_len > 0)
    self->config.flush (self->config.data);
  if (result.kind == RTC_ICE_MUX_DROPPED)
    return;
  agent = rtc_ice_mux_session_get_user_data (result.session);
  if (result.kind == RTC_ICE_MUX_PACKET)
    agent_take_packet (agent, now, data, len);
  agent_wake (agent);
}

gboolean
rtc_ice_mux_port_has_flow (const RtcIceMuxPort *self, const RtcIceFlow *flow)
{
  return rtc_ice_mux_find_flow (self->mux, flow) != NULL;
}

void
rtc_ice_mux_port_remove_flow (RtcIceMuxPort *self, const RtcIceFlow *flow)
{
  RtcIceMuxSession *session = rtc_ice_mux_remove_flow (self->mux, flow);

  if (session != NULL)
    agent_wake (rtc_ice_mux_session_get_user_data (session));
}

void
rtc_ice_mux_port_get_stats (const RtcIceMuxPort *self, RtcIceMuxStats *out)
{
  rtc_ice_mux_get_stats (self->mux, out);
}
