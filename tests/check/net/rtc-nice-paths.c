/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend's paths to a peer: ports, STUN servers, lite peers, TCP, early data, and a
 * peer that falls silent. */
#include <arpa/inet.h>
#include <gio/gio.h>
#include <nice/agent.h>
#include <string.h>
#include <stun/usages/ice.h>
#include <unistd.h>
#include "ext/nice/rtc-nice-private.h"
#include "tests/check/net/nice-pair.h"
#include "tests/check/run-tests.h"

static gboolean
a_is_connected (NicePair *pair, gpointer unused)
{
  return nice_end_is_connected (&pair->a);
}

/* --- ports --- */

/* A range that is in nobody's hands most likely: below the kernel's ephemeral ports, of this
 * process. */
#define MIN_PORT ((guint16) (20000 + getpid () % 900 * 12))
#define MAX_PORT ((guint16) (MIN_PORT + 9))

static void
test_port_range (void)
{
  NicePair pair;
  RtcIceConfig config;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  config.min_port = MIN_PORT;
  config.max_port = MAX_PORT;
  nice_pair_create (&pair, &pair.a, &config);
  pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ());
  g_assert_true (nice_pair_run (&pair, FALSE, nice_pair_a_is_gathered, NULL, 2000));
  g_assert_cmpuint (g_queue_get_length (&pair.a.candidates), >, 0);
  for (GList *l = pair.a.candidates.head; l != NULL; l = l->next) {
    g_assert_cmpuint (((RtcCandidate *) l->data)->port, >=, MIN_PORT);
    g_assert_cmpuint (((RtcCandidate *) l->data)->port, <=, MAX_PORT);
  }
  nice_pair_clear (&pair);
}

/* One port, and it is taken: the second agent says so and does not look elsewhere. */
static void
test_port_range_is_full (void)
{
  NicePair pair;
  RtcIceConfig config;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  config.min_port = config.max_port = (guint16) (MAX_PORT + 1);
  nice_pair_create (&pair, &pair.a, &config);
  nice_pair_create (&pair, &pair.b, &config);
  g_assert_cmpint (pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ()), ==, RTC_OK);
  g_assert_cmpint (pair.b.ice->vtable->gather (pair.b.ice, nice_pair_now ()), ==, RTC_ERR_BACKEND);
  nice_pair_clear (&pair);
}

/* --- STUN servers --- */

/* What our server claims to see: an address that is no host's, so that it is not redundant. */
#define MAPPED_ADDRESS "198.51.100.7"

typedef struct {
  GSocket *socket;
  GSource *source;
  guint16 port;
  guint n_requests;
  gboolean is_silent;
} StunServer;

static gboolean
on_stun_request (GSocket *socket, GIOCondition condition, gpointer data)
{
  StunServer *self = data;
  union {
    struct sockaddr addr;
    struct sockaddr_in in;
  } mapped = { 0 };
  guint8 buffer[1500], reply[200];
  GSocketAddress *from = NULL;
  StunAgent agent;
  StunMessage request, response;
  gssize len = g_socket_receive_from (socket, &from, (gchar *) buffer, sizeof buffer, NULL, NULL);
  gsize reply_len;

  if (len <= 0)
    return G_SOURCE_CONTINUE;
  self->n_requests++;
  /* libnice asks without the magic cookie, as RFC 3489 did. */
  stun_agent_init (&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC3489,
      STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
  if (!self->is_silent
      && stun_agent_validate (&agent, &request, buffer, (gsize) len, NULL, NULL)
             == STUN_VALIDATION_SUCCESS) {
    mapped.in.sin_family = AF_INET;
    inet_pton (AF_INET, MAPPED_ADDRESS, &mapped.in.sin_addr);
    mapped.in.sin_port = htons (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)));
    stun_agent_init_response (&agent, &response, reply, sizeof reply, &request);
    stun_message_append_addr (
        &response, STUN_ATTRIBUTE_MAPPED_ADDRESS, &mapped.addr, sizeof mapped.in);
    reply_len = stun_agent_finish_message (&agent, &response, NULL, 0);
    g_socket_send_to (socket, from, (const gchar *) reply, reply_len, NULL, NULL);
  }
  g_clear_object (&from);
  return G_SOURCE_CONTINUE;
}

static void
stun_server_init (StunServer *self, NicePair *pair, gboolean is_silent)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  *self = (StunServer){ .is_silent = is_silent };
  self->socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (self->socket, address, FALSE, NULL));
  g_object_unref (address);
  address = g_socket_get_local_address (self->socket, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_object_unref (address);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_stun_request), self, NULL);
  g_source_attach (self->source, pair->context);
}

static void
stun_server_clear (StunServer *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
}

static void
create_with_stun (NicePair *pair, NiceEnd *end, StunServer *stun)
{
  RtcIceServer server = { .address = (gchar *) "127.0.0.1", .port = stun->port };
  RtcIceConfig config = nice_pair_config (pair, end);

  config.servers = &server;
  config.n_servers = 1;
  nice_pair_create (pair, end, &config);
}

static gboolean
is_reflexive (const RtcCandidate *candidate)
{
  return candidate->type == RTC_CANDIDATE_SERVER_REFLEXIVE;
}

static gboolean
a_has_reflexive (NicePair *pair, gpointer unused)
{
  for (GList *l = pair->a.candidates.head; l != NULL; l = l->next)
    if (is_reflexive (l->data))
      return TRUE;
  return FALSE;
}

static void
test_stun (void)
{
  NicePair pair;
  StunServer stun;

  nice_pair_init (&pair);
  stun_server_init (&stun, &pair, FALSE);
  create_with_stun (&pair, &pair.a, &stun);
  pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ());
  g_assert_true (nice_pair_run (&pair, FALSE, a_has_reflexive, NULL, 5000));
  g_assert_cmpuint (stun.n_requests, >, 0);
  for (GList *l = pair.a.candidates.head; l != NULL; l = l->next) {
    RtcCandidate *candidate = l->data;

    if (!is_reflexive (candidate))
      continue;
    g_assert_cmpstr (candidate->address, ==, MAPPED_ADDRESS);
    g_assert_cmpstr (candidate->related_address, !=, "");
    g_assert_cmpuint (candidate->related_port, ==, candidate->port);
  }
  nice_pair_clear (&pair);
  stun_server_clear (&stun);
}

/* A STUN server that never answers holds up nothing but the end of gathering. */
static void
test_silent_stun (void)
{
  NicePair pair;
  StunServer stun;
  RtcIceConfig config;
  GstClockTime start;

  nice_pair_init (&pair);
  stun_server_init (&stun, &pair, TRUE);
  create_with_stun (&pair, &pair.a, &stun);
  config = nice_pair_config (&pair, &pair.b);
  nice_pair_create (&pair, &pair.b, &config);
  nice_pair_exchange_parameters (&pair, TRUE);
  start = nice_pair_now ();
  nice_pair_gather (&pair);
  g_assert_true (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 2000));
  g_assert_cmpuint (nice_pair_now () - start, <, GST_SECOND);
  g_assert_false (pair.a.gathered);
  nice_pair_assert_data_flows (&pair, FALSE, &pair.a, &pair.b);
  nice_pair_clear (&pair);
  stun_server_clear (&stun);
}

/* --- a lite peer (RFC 8445 2.5) --- */

typedef struct {
  NiceAgent *agent;
  guint stream;
  guint n_received;
} Lite;

static void
on_lite_receive (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
  ((Lite *) user_data)->n_received++;
}

static void
lite_init (Lite *self, NicePair *pair)
{
  NiceAddress address;

  self->n_received = 0;
  self->agent =
      nice_agent_new_full (pair->context, NICE_COMPATIBILITY_RFC5245, NICE_AGENT_OPTION_LITE_MODE);
  g_object_set (self->agent, "controlling-mode", FALSE, "upnp", FALSE, NULL);
  nice_address_init (&address);
  nice_address_set_from_string (&address, "127.0.0.1");
  nice_agent_add_local_address (self->agent, &address);
  self->stream = nice_agent_add_stream (self->agent, 1);
  nice_agent_attach_recv (self->agent, self->stream, 1, pair->context, on_lite_receive, self);
  g_assert_true (nice_agent_gather_candidates (self->agent, self->stream));
}

static gboolean
lite_has_received (NicePair *pair, gpointer lite)
{
  return ((Lite *) lite)->n_received > 0;
}

/* Our role is controlled by what signalling says, but opposite a lite agent we control. */
static void
test_lite (void)
{
  NicePair pair;
  RtcIceConfig config;
  Lite lite;
  gchar *ufrag = NULL, *pwd = NULL;
  GSList *candidates;
  RtcCandidate candidate;
  guint8 data[100];

  nice_pair_init (&pair);
  lite_init (&lite, &pair);
  config = nice_pair_config (&pair, &pair.a);
  nice_pair_create (&pair, &pair.a, &config);
  nice_agent_get_local_credentials (lite.agent, lite.stream, &ufrag, &pwd);
  g_assert_cmpint (
      pair.a.ice->vtable->set_remote (pair.a.ice, nice_pair_now (), ufrag, pwd, FALSE, TRUE), ==,
      RTC_OK);
  pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ());
  candidates = nice_agent_get_local_candidates (lite.agent, lite.stream, 1);
  g_assert_nonnull (candidates);
  memset (&candidate, 0, sizeof candidate);
  candidate.component = 1;
  candidate.priority = ((NiceCandidate *) candidates->data)->priority;
  candidate.port = (guint16) nice_address_get_port (&((NiceCandidate *) candidates->data)->addr);
  g_strlcpy (candidate.address, "127.0.0.1", sizeof candidate.address);
  g_strlcpy (candidate.foundation, "1", sizeof candidate.foundation);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  g_assert_cmpint (
      pair.a.ice->vtable->add_remote_candidate (pair.a.ice, nice_pair_now (), &candidate), ==,
      RTC_OK);
  g_assert_true (nice_pair_run (&pair, FALSE, a_is_connected, NULL, 5000));
  memset (data, 0x80, sizeof data);
  g_assert_cmpint (
      pair.a.ice->vtable->send (pair.a.ice, nice_pair_now (), data, sizeof data), ==, RTC_OK);
  pair.a.ice->vtable->flush (pair.a.ice);
  g_assert_true (nice_pair_run (&pair, FALSE, lite_has_received, &lite, 2000));
  g_free (ufrag);
  g_free (pwd);
  g_object_unref (lite.agent);
  nice_pair_clear (&pair);
}

/* --- TCP (RFC 6544) --- */

typedef struct {
  const gchar *name;
  gboolean a_controls;
  RtcCandidateTransport a_told; /* which of b's candidates a is told of, and the other way round */
  RtcCandidateTransport b_told;
} TcpCase;

static void
trickle_only (NiceEnd *from, NiceEnd *to, RtcCandidateTransport transport)
{
  for (guint n = g_queue_get_length (&from->candidates); n > 0; n--) {
    RtcCandidate *candidate = g_queue_pop_head (&from->candidates);

    if (candidate->transport == transport && g_str_equal (candidate->address, "127.0.0.1"))
      to->ice->vtable->add_remote_candidate (to->ice, nice_pair_now (), candidate);
    g_free (candidate);
  }
}

static gboolean
tcp_is_connected (NicePair *pair, gpointer data)
{
  const TcpCase *c = data;

  trickle_only (&pair->b, &pair->a, c->a_told);
  trickle_only (&pair->a, &pair->b, c->b_told);
  return nice_pair_is_connected (pair, NULL);
}

static void
test_tcp (gconstpointer data)
{
  const TcpCase *c = data;
  NicePair pair;
  RtcIceConfig config;
  RtcIceStats stats;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  config.ice_tcp = TRUE;
  nice_pair_create (&pair, &pair.a, &config);
  config = nice_pair_config (&pair, &pair.b);
  config.ice_tcp = TRUE;
  nice_pair_create (&pair, &pair.b, &config);
  nice_pair_exchange_parameters (&pair, c->a_controls);
  nice_pair_gather (&pair);
  g_assert_true (nice_pair_run (&pair, FALSE, tcp_is_connected, (gpointer) c, 8000));
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_true (stats.has_pair);
  g_assert_cmpint (stats.local.transport, !=, RTC_CANDIDATE_UDP);
  for (guint i = 0; i < 10; i++) {
    nice_pair_assert_data_flows (&pair, FALSE, &pair.a, &pair.b);
    nice_pair_assert_data_flows (&pair, FALSE, &pair.b, &pair.a);
  }
  nice_pair_assert_consent (&pair);
  nice_pair_clear (&pair);
}

/* --- data before nomination --- */

static gboolean
has_arrived (NicePair *pair, gpointer socket)
{
  return g_socket_condition_check (socket, G_IO_IN) != 0;
}

/* As browsers do: a check without USE-CANDIDATE, and the ClientHello as soon as it is answered
 * (RFC 8445 12.1). We are controlled, so nothing is nominated yet. */
static void
test_early_data (void)
{
  static const gchar remote_ufrag[] = "peer", remote_pwd[] = "0123456789012345678901";
  static const guint8 hello[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
  NicePair pair;
  RtcIceConfig config;
  const gchar *ufrag, *pwd;
  gchar *username;
  GSocket *socket;
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  RtcCandidate *candidate;
  StunAgent agent;
  StunMessage message;
  guint8 buffer[500];
  gsize len;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  nice_pair_create (&pair, &pair.a, &config);
  pair.a.ice->vtable->set_remote (
      pair.a.ice, nice_pair_now (), remote_ufrag, remote_pwd, FALSE, FALSE);
  pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ());
  g_assert_true (nice_pair_run (&pair, FALSE, nice_pair_a_is_gathered, NULL, 2000));
  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_clear_object (&address);
  for (GList *l = pair.a.candidates.head; l != NULL; l = l->next) {
    candidate = l->data;
    if (g_str_equal (candidate->address, "127.0.0.1"))
      address = g_inet_socket_address_new_from_string ("127.0.0.1", candidate->port);
  }
  g_assert_nonnull (address);
  pair.a.ice->vtable->get_local_parameters (pair.a.ice, &ufrag, &pwd);
  username = g_strdup_printf ("%s:%s", ufrag, remote_ufrag);
  stun_agent_init (&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
      STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  len = stun_usage_ice_conncheck_create (&agent, &message, buffer, sizeof buffer,
      (const guint8 *) username, strlen (username), (const guint8 *) pwd, strlen (pwd), FALSE, TRUE,
      2130706431, 1, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  g_assert_cmpuint (len, >, 0);
  g_socket_send_to (socket, address, (const gchar *) buffer, len, NULL, NULL);
  g_assert_true (nice_pair_run (&pair, FALSE, has_arrived, socket, 2000));
  g_socket_send_to (socket, address, (const gchar *) hello, sizeof hello, NULL, NULL);
  nice_pair_assert_arrives (&pair, FALSE, &pair.a, hello, sizeof hello);
  g_assert_false (nice_end_is_connected (&pair.a));
  g_free (username);
  g_object_unref (address);
  g_object_unref (socket);
  nice_pair_clear (&pair);
}

/* --- a peer that falls silent (RFC 7675 5.1) --- */

static void
on_ignored (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
}

static gboolean
a_is_lost (NicePair *pair, gpointer unused)
{
  return pair->a.state == RTC_ICE_STATE_DISCONNECTED;
}

static gboolean
a_has_failed (NicePair *pair, gpointer unused)
{
  return pair->a.state == RTC_ICE_STATE_FAILED;
}

/* b's sockets stay open, but nobody reads them any more: a black hole. This takes half a minute and
 * has to be asked for; rtc-nice-consent.c does the same in no time. */
static void
test_black_hole (void)
{
  GMainContext *nobody = g_main_context_new ();
  NicePair pair;
  RtcIceConfig config;
  GstClockTime start, lost, failed;

  if (g_getenv ("RTC_TEST_FULL") == NULL) {
    g_test_skip ("takes 40 s: set RTC_TEST_FULL");
    g_main_context_unref (nobody);
    return;
  }
  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  nice_pair_create (&pair, &pair.a, &config);
  config = nice_pair_config (&pair, &pair.b);
  nice_pair_create (&pair, &pair.b, &config);
  nice_pair_exchange_parameters (&pair, TRUE);
  nice_pair_gather (&pair);
  g_assert_true (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 5000));
  start = nice_pair_now ();
  nice_agent_attach_recv (((RtcNice *) pair.b.ice)->agent, ((RtcNice *) pair.b.ice)->stream, 1,
      nobody, on_ignored, NULL);
  g_assert_true (nice_pair_run (&pair, FALSE, a_is_lost, NULL, 20000));
  lost = nice_pair_now () - start;
  g_assert_true (nice_pair_run (&pair, FALSE, a_has_failed, NULL, 30000));
  failed = nice_pair_now () - start;
  g_test_message ("disconnected after %.1f s, failed after %.1f s", (gdouble) lost / GST_SECOND,
      (gdouble) failed / GST_SECOND);
  /* Of the last answer, which may have come up to a check's interval before the hole opened. */
  g_assert_cmpuint (failed, >=, 23 * GST_SECOND);
  g_assert_cmpuint (failed, <=, 31 * GST_SECOND);
  g_assert_cmpint (pair.a.ice->vtable->send (pair.a.ice, nice_pair_now (), (const guint8 *) "x", 1),
      ==, RTC_ERR_PEER_CLOSED);
  nice_pair_clear (&pair);
  g_main_context_unref (nobody);
}

int
main (int argc, char **argv)
{
  static const TcpCase tcp_cases[] = {
    { "active-controls", TRUE, RTC_CANDIDATE_TCP_PASSIVE, RTC_CANDIDATE_TCP_ACTIVE },
    { "passive-controls", FALSE, RTC_CANDIDATE_TCP_PASSIVE, RTC_CANDIDATE_TCP_ACTIVE },
    { "other-way-round", TRUE, RTC_CANDIDATE_TCP_ACTIVE, RTC_CANDIDATE_TCP_PASSIVE },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nice/port-range", test_port_range);
  g_test_add_func ("/nice/port-range/full", test_port_range_is_full);
  g_test_add_func ("/nice/stun", test_stun);
  g_test_add_func ("/nice/stun/silent", test_silent_stun);
  g_test_add_func ("/nice/lite", test_lite);
  for (guint i = 0; i < G_N_ELEMENTS (tcp_cases); i++) {
    gchar *path = g_strdup_printf ("/nice/tcp/%s", tcp_cases[i].name);

    g_test_add_data_func (path, &tcp_cases[i], test_tcp);
    g_free (path);
  }
  g_test_add_func ("/nice/early-data", test_early_data);
  g_test_add_func ("/nice/black-hole", test_black_hole);
  return run_tests ();
}
