/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice.h"

#include <string.h>
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
 * of others, which rtc-nice-remote.c does by bounding how many addresses are checked at all. */
#define PACING_MS 2

/* How long the check timer runs on when nothing is left to check: before that no verdict. */
#define IDLE_TIMEOUT_MS 1000

/* Retransmissions: 500 ms, doubling, 4 requests in all: an address or server that does not answer
 * is given up after 7.5 s. */
#define STUN_TIMEOUT_MS 500
#define STUN_REQUESTS 4

/* After this gathering counts as complete. libnice never says so when a TURN server's TCP
 * connection was lost on which it waited for an answer; what it finds later still comes out. */
#define GATHER_TIMEOUT (8 * GST_SECOND)

/* The same for giving a relay back at the end: a server that is gone is not waited for long. */
#define CLOSE_TIMEOUT_MS 100
#define CLOSE_REQUESTS 3

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
    rtc_nice_push_candidate (self, l->data);
  g_slist_free_full (list, (GDestroyNotify) nice_candidate_free);
}

static void
rtc_nice_set_role (RtcIce *ice, gboolean controlling)
{
  rtc_nice_set_controlling ((RtcNice *) ice, controlling);
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
  rtc_nice_set_gathering (self, RTC_ICE_GATHERING_GATHERING);
  if (self->gathered_once) {
    nice_repeat_candidates (self);
    rtc_nice_handle_gathering_done (self);
    self->in_call--;
    return RTC_OK;
  }
  /* Before the call: without servers it is done inside. */
  self->discovering = TRUE;
  if (!nice_agent_gather_candidates (self->agent, self->stream)) {
    GST_WARNING (RTC_NICE_LOG_ID "no local address or port to gather on", self->config.peer_id);
    self->gathering = self->discovering = FALSE;
    result = RTC_ERR_BACKEND;
  } else {
    self->gathered_once = TRUE;
    self->gather_deadline = now + GATHER_TIMEOUT;
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
  /* The old pair's consent goes on, with it the permission to send, until there is a new one. */
  if (self->state == RTC_ICE_STATE_FAILED || self->state == RTC_ICE_STATE_DISCONNECTED) {
    self->was_connected = FALSE;
    rtc_nice_set_state (self, RTC_ICE_STATE_CHECKING);
  }
  self->in_call--;
  return RTC_OK;
}

/* --- data --- */

/* Packets of one turn leave together, which libnice cannot do. */
static void
nice_use_socket (RtcNice *self)
{
  rtc_udp_batch_set_socket (self->factory->batch, g_socket_get_fd (self->direct),
      self->direct_flow.remote.family == RTC_ADDRESS_IPV6, &self->stats.packets_dropped);
}

static RtcResult
nice_send_direct (RtcNice *self, const guint8 *data, gsize len)
{
  nice_use_socket (self);
  return rtc_udp_batch_add (self->factory->batch, &self->direct_flow, data, len);
}

static guint8 *
rtc_nice_reserve (RtcIce *ice, gsize len)
{
  RtcNice *self = (RtcNice *) ice;

  if (self->direct == NULL || self->consent.is_over)
    return NULL;
  nice_use_socket (self);
  return rtc_udp_batch_reserve (self->factory->batch, &self->direct_flow, len);
}

static RtcResult
rtc_nice_commit (RtcIce *ice, GstClockTime now, gsize len)
{
  RtcNice *self = (RtcNice *) ice;

  rtc_udp_batch_commit (self->factory->batch, &self->direct_flow, len);
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  return RTC_OK;
}

static RtcResult
nice_send_through_library (RtcNice *self, const guint8 *data, gsize len)
{
  GOutputVector vector = { data, len };
  NiceOutputMessage message = { &vector, 1 };
  gint sent;

  self->in_call++;
  sent =
      nice_agent_send_messages_nonblocking (self->agent, self->stream, 1, &message, 1, NULL, NULL);
  self->in_call--;
  return sent == 1 ? RTC_OK : RTC_AGAIN;
}

static RtcResult
rtc_nice_send (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len)
{
  RtcNice *self = (RtcNice *) ice;
  RtcResult result;

  /* RFC 7675 5.1: after expiry "the endpoint MUST cease transmission on that 5-tuple". */
  if (self->consent.is_over) {
    self->stats.packets_dropped++;
    return RTC_ERR_PEER_CLOSED;
  }
  result = (self->direct != NULL ? nice_send_direct : nice_send_through_library) (self, data, len);
  if (result != RTC_OK) {
    self->stats.packets_dropped++;
    return result;
  }
  self->stats.packets_sent++;
  self->stats.bytes_sent += len;
  return RTC_OK;
}

static void
rtc_nice_flush (RtcIce *ice)
{
  rtc_udp_batch_flush (((RtcNice *) ice)->factory->batch);
}

static void
rtc_nice_receive (RtcIce *ice)
{
  RtcNice *self = (RtcNice *) ice;

  self->in_call++;
  rtc_nice_watch_read (self->watch);
  self->in_call--;
}

static gboolean
rtc_nice_poll (RtcIce *ice, RtcIceEvent *out)
{
  return rtc_nice_pop_event ((RtcNice *) ice, out);
}

/* --- time --- */

static GstClockTime
rtc_nice_next_deadline (RtcIce *ice)
{
  RtcNice *self = (RtcNice *) ice;
  GstClockTime deadline = rtc_nice_consent_next_deadline (&self->consent, self->last_heard);

  if (self->has_remote && !g_queue_is_empty (&self->waiting))
    deadline = rtc_time_min (deadline, self->next_token);
  if (self->gathering)
    deadline = rtc_time_min (deadline, self->gather_deadline);
  return self->move.is_due ? 0 : deadline;
}

static void
rtc_nice_handle_timeout (RtcIce *ice, GstClockTime now)
{
  RtcNice *self = (RtcNice *) ice;

  self->in_call++;
  rtc_nice_handle_consent_timeout (self, now);
  rtc_nice_feed (self, now);
  rtc_nice_move_follow (self);
  if (self->gathering && rtc_time_is_due (self->gather_deadline, now))
    rtc_nice_handle_gathering_done (self);
  self->in_call--;
}

static void
rtc_nice_get_stats (RtcIce *ice, RtcIceStats *out)
{
  RtcNice *self = (RtcNice *) ice;
  NiceCandidate *local = NULL, *remote = NULL;

  *out = self->stats;
  out->relays_failed = rtc_nice_count_failed_relays (self);
  out->has_pair = nice_agent_get_selected_pair (self->agent, self->stream, 1, &local, &remote)
                  && rtc_nice_candidate_from_nice (local, FALSE, &out->local)
                  && rtc_nice_candidate_from_nice (remote, FALSE, &out->remote);
}

/* --- life --- */

/* What outlives RtcNice until libnice has given its relays back: through the bridges. */
typedef struct {
  RtcNiceFactory *factory;
  GPtrArray *bridges;
  RtcNiceWatch *watch;
} Closing;

/* Sockets are closed when the agent goes, which it may only do when its relays are given back. */
static void
on_agent_closed (GObject *agent, GAsyncResult *result, gpointer data)
{
  Closing *closing = data;

  /* Before the sockets are closed: a forked process may still have them open, and epoll would
   * speak of them for ever. */
  rtc_nice_watch_free (closing->watch);
  g_object_unref (agent);
  g_ptr_array_unref (closing->bridges);
  closing->factory->n_alive--;
  g_free (closing);
}

static void
on_receive_closing (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
}

/* What libnice still reads while it closes. With no receiver it reads nothing, not even TURN
 * servers' answers, and gives relays back by sending the request a few times. That is just right
 * while it discovers, in a context that nobody iterates: a relay granted from now on would be
 * refreshed for ever, and the agent would never close. */
static void
nice_keep_reading (RtcNice *self)
{
  GMainContext *context = self->discovering
                              ? g_main_context_new ()
                              : g_main_context_ref (rtc_nice_get_socket_context (self));

  nice_agent_attach_recv (self->agent, self->stream, 1, context, on_receive_closing, NULL);
  g_main_context_unref (context);
}

static void
rtc_nice_free (RtcIce *ice)
{
  RtcNice *self = (RtcNice *) ice;
  Closing *closing;
  RtcIceEvent event = { 0 };

  if (self == NULL)
    return;
  rtc_nice_forget_direct (self);
  rtc_nice_watch_set_direct (self->watch, -1, NULL, NULL, NULL);
  rtc_nice_watch_set_peek (self->watch, NULL, NULL);
  g_signal_handlers_disconnect_by_data (self->agent, self);
  g_object_set (self->agent, "stun-initial-timeout", CLOSE_TIMEOUT_MS, "stun-max-retransmissions",
      CLOSE_REQUESTS, NULL);
  nice_keep_reading (self);
  closing = g_new (Closing, 1);
  *closing = (Closing){ self->factory, self->bridges, self->watch };
  g_main_context_push_thread_default (self->factory->context);
  nice_agent_close_async (self->agent, on_agent_closed, closing);
  g_main_context_pop_thread_default (self->factory->context);
  while (rtc_nice_poll (ice, &event)) {
    rtc_packet_unref (event.packet);
    event.packet = NULL;
  }
  g_array_unref (self->events);
  g_queue_clear_full (&self->waiting, g_free);
  rtc_nice_free_servers (self);
  rtc_nice_move_forget (self);
  explicit_bzero (self->pwd, sizeof self->pwd);
  explicit_bzero (self->remote_pwd, sizeof self->remote_pwd);
  g_free (self);
}

static void
nice_add_addresses (RtcNice *self)
{
  GPtrArray *addresses = rtc_nice_get_addresses (self->config.allow_loopback, &self->loopback_ok);

  self->n_addresses = addresses->len;
  for (guint i = 0; i < addresses->len; i++) {
    NiceAddress *address = g_ptr_array_index (addresses, i);

    self->n_ipv4 += nice_address_ip_version (address) == 4;
    nice_agent_add_local_address (self->agent, address);
  }
  g_ptr_array_unref (addresses);
}

static NiceAgent *
nice_make_agent (RtcNice *self)
{
  /* When we control, nominate with every check (RFC 5245 8.1.1.2). libnice's regular nomination
   * holds a working relayed pair back for seconds, until every other check has failed. With TCP
   * candidates only the regular kind is allowed (RFC 6544 8). Consent is ours. */
  NiceAgentOption options =
      NICE_AGENT_OPTION_ICE_TRICKLE
      | (self->config.ice_tcp ? NICE_AGENT_OPTION_REGULAR_NOMINATION : NICE_AGENT_OPTION_NONE);
  NiceAgent *agent =
      nice_agent_new_full (self->factory->context, NICE_COMPATIBILITY_RFC5245, options);

  g_object_set (agent, "upnp", self->config.upnp, "ice-tcp", self->config.ice_tcp, "ice-udp", TRUE,
      "force-relay", self->config.policy == RTC_ICE_TRANSPORT_POLICY_RELAY, "stun-pacing-timer",
      PACING_MS, "idle-timeout", IDLE_TIMEOUT_MS, "stun-initial-timeout", STUN_TIMEOUT_MS,
      "stun-max-retransmissions", STUN_REQUESTS, NULL);
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
  .reserve = rtc_nice_reserve,
  .commit = rtc_nice_commit,
  .flush = rtc_nice_flush,
  .receive = rtc_nice_receive,
  .poll = rtc_nice_poll,
  .next_deadline = rtc_nice_next_deadline,
  .handle_timeout = rtc_nice_handle_timeout,
  .get_stats = rtc_nice_get_stats,
};

static RtcIce *
nice_factory_create (RtcIceFactory *factory, const RtcIceConfig *config, GError **error)
{
  RtcNiceFactory *nice = (RtcNiceFactory *) factory;
  RtcNice *self;

  rtc_log_init ();
  if (nice->poll == NULL)
    nice->poll = rtc_nice_poll_new (nice->context);
  if (nice->poll == NULL || !rtc_nice_has_descriptors ()) {
    rtc_error (error, RTC_ERR_LIMIT,
        "no file descriptors are left for another peer; raise the limit (ulimit -n)");
    return NULL;
  }
  self = g_new0 (RtcNice, 1);
  self->parent.vtable = &nice_vtable;
  self->factory = nice;
  self->config = *config;
  self->events = g_array_new (FALSE, FALSE, sizeof (RtcNiceEvent));
  g_queue_init (&self->waiting);
  self->tokens = RTC_NICE_FEED_BURST;
  self->next_token = GST_CLOCK_TIME_NONE;
  rtc_nice_consent_init (&self->consent);
  self->last_heard = self->move.last_direct = GST_CLOCK_TIME_NONE;
  self->move.found = GST_CLOCK_TIME_NONE;
  rtc_nice_copy_servers (self);
  self->bridges = g_ptr_array_new_with_free_func ((GDestroyNotify) rtc_nice_tls_free);
  self->watch = rtc_nice_watch_new (nice->poll);
  self->agent = nice_make_agent (self);
  rtc_nice_connect_signals (self);
  self->factory->n_alive++;
  self->stream = nice_agent_add_stream (self->agent, 1);
  if (config->max_port > 0)
    nice_agent_set_port_range (self->agent, self->stream, 1, config->min_port, config->max_port);
  nice_new_credentials (self);
  nice_add_addresses (self);
  rtc_nice_add_servers (self);
  if (!rtc_nice_attach_receive (self)) {
    rtc_error (error, RTC_ERR_BACKEND, "libnice refuses to make an ICE agent");
    rtc_nice_free (&self->parent);
    return NULL;
  }
  return &self->parent;
}

/* NULL: the system's authorities. */
static GTlsDatabase *
load_trust (void)
{
  const gchar *path = g_getenv (RTC_NICE_CA_FILE_VARIABLE);
  GTlsDatabase *trust;
  GError *error = NULL;

  if (path == NULL || *path == '\0')
    return NULL;
  trust = g_tls_file_database_new (path, &error);
  if (trust == NULL) {
    GST_ERROR (RTC_NICE_CA_FILE_VARIABLE " names no file of certificates: %s", error->message);
    g_error_free (error);
  }
  return trust;
}

RtcIceFactory *
rtc_nice_factory_new (GMainContext *context)
{
  RtcNiceFactory *self = g_new0 (RtcNiceFactory, 1);

  rtc_log_init ();
  self->parent.name = "nice";
  self->parent.create = nice_factory_create;
  self->context = g_main_context_ref (context);
  self->poll = rtc_nice_poll_new (context);
  self->trust = load_trust ();
  self->pool = rtc_packet_pool_new (RTC_NICE_PACKET_BYTES, RTC_NICE_MAX_POOLED);
  self->batch = rtc_udp_batch_new ();
  return &self->parent;
}

gboolean
rtc_nice_factory_is_idle (RtcIceFactory *factory)
{
  return ((RtcNiceFactory *) factory)->n_alive == 0;
}

void
rtc_nice_factory_free (RtcIceFactory *factory)
{
  RtcNiceFactory *self = (RtcNiceFactory *) factory;

  if (self == NULL)
    return;
  g_return_if_fail (self->n_alive == 0);
  g_clear_object (&self->trust);
  rtc_packet_pool_unref (self->pool);
  rtc_udp_batch_free (self->batch);
  rtc_nice_poll_free (self->poll);
  g_main_context_unref (self->context);
  g_free (self);
}
