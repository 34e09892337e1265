/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What libnice says about one agent, as states and events of RtcIce. */
#include "ext/nice/rtc-nice-private.h"

#include <netinet/in.h>
#include <string.h>
#include <time.h>
#include "ext/net/rtc-sockaddr.h"
#include "ext/nice/rtc-nice-candidate.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/ice/rtc-ice-lite.h"

#define GST_CAT_DEFAULT rtc_log_ice

GstClockTime
rtc_nice_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

/* --- events --- */

static void
nice_push (RtcNice *self, RtcNiceEvent event)
{
  gboolean was_empty = self->first_event == self->events->len;

  g_array_append_val (self->events, event);
  if (was_empty && self->in_call == 0 && self->config.wake != NULL)
    self->config.wake (self->config.wake_data);
}

void
rtc_nice_push_event (RtcNice *self, const RtcIceEvent *event)
{
  nice_push (self, (RtcNiceEvent){ .event = g_memdup2 (event, sizeof *event) });
}

gboolean
rtc_nice_pop_event (RtcNice *self, RtcIceEvent *out)
{
  RtcNiceEvent next;

  if (self->first_event == self->events->len)
    return FALSE;
  next = g_array_index (self->events, RtcNiceEvent, self->first_event++);
  if (self->first_event == self->events->len) {
    g_array_set_size (self->events, 0);
    self->first_event = 0;
  }
  if (next.event != NULL) {
    *out = *next.event;
    g_free (next.event);
    return TRUE;
  }
  out->type = RTC_ICE_EVENT_PACKET;
  out->packet = next.packet;
  self->n_packets--;
  return TRUE;
}

void
rtc_nice_set_state (RtcNice *self, RtcIceState state)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_STATE, .state = state };

  if (self->state == state)
    return;
  GST_INFO (RTC_NICE_LOG_ID "%s -> %s", self->config.peer_id, rtc_ice_state_to_string (self->state),
      rtc_ice_state_to_string (state));
  self->state = state;
  rtc_nice_push_event (self, &event);
  rtc_nice_choose_direct (self);
}

void
rtc_nice_set_gathering (RtcNice *self, RtcIceGatheringState gathering)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_GATHERING, .gathering = gathering };

  rtc_nice_push_event (self, &event);
}

/* --- what libnice says --- */

/* W3C: completed means connected, and nothing better is to be found any more. */
void
rtc_nice_set_connected (RtcNice *self)
{
  NiceComponentState state = nice_agent_get_component_state (self->agent, self->stream, 1);

  self->was_connected = TRUE;
  rtc_nice_set_state (self, state == NICE_COMPONENT_STATE_READY && self->remote_done
                                ? RTC_ICE_STATE_COMPLETED
                                : RTC_ICE_STATE_CONNECTED);
  rtc_nice_choose_direct (self);
}

static void
nice_handle_failed (RtcNice *self)
{
  if (!self->was_connected)
    /* Without end-of-candidates more may come, and checks begin again (RFC 8838 8.2). */
    rtc_nice_set_state (self, self->remote_done ? RTC_ICE_STATE_FAILED : RTC_ICE_STATE_CHECKING);
  else if (!self->consent.is_over) {
    /* A TCP connection was lost, or a restart found no path: consent decides about the old pair. */
    self->consent.in_doubt = TRUE;
    rtc_nice_set_state (self, RTC_ICE_STATE_DISCONNECTED);
  }
}

static void
on_component_state (NiceAgent *agent, guint stream, guint component, guint state, gpointer data)
{
  RtcNice *self = data;
  gboolean is_lost = self->consent.in_doubt || self->consent.is_over;

  GST_DEBUG (RTC_NICE_LOG_ID "libnice: %s", self->config.peer_id,
      nice_component_state_to_string ((NiceComponentState) state));
  switch ((NiceComponentState) state) {
    case NICE_COMPONENT_STATE_CONNECTING:
      if (!self->was_connected && self->has_remote)
        rtc_nice_set_state (self, RTC_ICE_STATE_CHECKING);
      break;
    case NICE_COMPONENT_STATE_CONNECTED:
    case NICE_COMPONENT_STATE_READY:
      if (!is_lost)
        rtc_nice_set_connected (self);
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

/* The same addresses may be chosen again, by a restart. */
static void
nice_note_pair (RtcNice *self, const NiceCandidate *local, const NiceCandidate *remote)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_PAIR };
  gboolean is_relayed = local->type == NICE_CANDIDATE_TYPE_RELAYED;
  const NiceAddress *from = is_relayed ? &local->addr : &local->base_addr;

  if (self->has_pair && self->pair_is_relayed == is_relayed
      && nice_address_equal (&self->pair_from, from)
      && nice_address_equal (&self->pair_to, &remote->addr))
    return;
  self->has_pair = TRUE;
  self->pair_is_relayed = is_relayed;
  self->pair_from = *from;
  self->pair_to = remote->addr;
  rtc_nice_push_event (self, &event);
}

/* A pair was nominated by checks: the peer answers. What was over stays so without a restart. */
static void
on_new_selected_pair (NiceAgent *agent, guint stream, guint component, NiceCandidate *local,
    NiceCandidate *remote, gpointer data)
{
  RtcNice *self = data;

  if (self->consent.is_over && self->was_connected)
    return;
  nice_note_pair (self, local, remote);
  rtc_nice_move_forget (self);
  rtc_nice_begin_consent (self);
  rtc_nice_set_connected (self);
}

void
rtc_nice_push_candidate (RtcNice *self, const NiceCandidate *candidate)
{
  RtcIceEvent event = { .type = RTC_ICE_EVENT_CANDIDATE };

  if (!rtc_nice_candidate_from_nice (
          candidate, self->config.policy == RTC_ICE_TRANSPORT_POLICY_RELAY, &event.candidate))
    return;
  g_strlcpy (event.candidate.ufrag, self->ufrag, sizeof event.candidate.ufrag);
  rtc_nice_push_event (self, &event);
}

static void
on_new_remote_candidate (NiceAgent *agent, NiceCandidate *candidate, gpointer data)
{
  rtc_nice_move_note_candidate (data, candidate);
}

static void
on_new_candidate (NiceAgent *agent, NiceCandidate *candidate, gpointer data)
{
  rtc_nice_push_candidate (data, candidate);
}

void
rtc_nice_handle_gathering_done (RtcNice *self)
{
  if (!self->gathering)
    return;
  self->gathering = FALSE;
  rtc_nice_set_gathering (self, RTC_ICE_GATHERING_COMPLETE);
}

static void
on_gathering_done (NiceAgent *agent, guint stream, gpointer data)
{
  RtcNice *self = data;

  self->discovering = FALSE;
  rtc_nice_handle_gathering_done (self);
}

/* --- datagrams --- */

static void
nice_handle_datagram (const guint8 *data, gsize len, guint64 time, gpointer user_data)
{
  RtcNice *self = user_data;
  RtcPacket *packet;

  /* RFC 7983 7: 0..3 is STUN; what libnice did not recognise as such is garbage. */
  if (len == 0 || len > RTC_MAX_DATAGRAM || data[0] < 4
      || self->n_packets >= RTC_NICE_MAX_PACKETS) {
    self->stats.packets_dropped++;
    return;
  }
  packet = rtc_packet_new (self->factory->pool, 0, RTC_NICE_PACKET_BYTES);
  memcpy (packet->data, data, len);
  packet->len = len;
  packet->time = time;
  self->last_heard = time;
  self->stats.packets_received++;
  self->stats.bytes_received += len;
  self->n_packets++;
  nice_push (self, (RtcNiceEvent){ .packet = packet });
}

static void
nice_handle_direct (const guint8 *data, gsize len, guint64 time, gpointer user_data)
{
  rtc_nice_move_note_direct (user_data, time);
  nice_handle_datagram (data, len, time, user_data);
}

/* libnice has checked that the source answered or sent an authenticated check. */
static void
on_receive (
    NiceAgent *agent, guint stream, guint component, guint len, gchar *data, gpointer user_data)
{
  GstClockTime now = rtc_nice_now ();

  rtc_nice_move_note_elsewhere (user_data, now);
  nice_handle_datagram ((const guint8 *) data, len, now, user_data);
}

void
rtc_nice_forget_direct (RtcNice *self)
{
  RtcUdpBatch *batch = self->factory->batch;

  if (self->direct != NULL && rtc_udp_batch_get_socket (batch) == g_socket_get_fd (self->direct))
    rtc_udp_batch_set_socket (batch, -1, FALSE, NULL);
  g_clear_object (&self->direct);
}

/* A link-local address of IPv6 needs its interface, which an RtcAddress does not know. */
static gboolean
nice_can_write (const struct sockaddr_storage *to)
{
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) to;

  return to->ss_family == AF_INET
         || (to->ss_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL (&in6->sin6_addr));
}

void
rtc_nice_choose_direct (RtcNice *self)
{
  NiceCandidate *local = NULL, *remote = NULL;
  struct sockaddr_storage from;
  GSocket *socket = NULL;

  if ((self->state == RTC_ICE_STATE_CONNECTED || self->state == RTC_ICE_STATE_COMPLETED
          || self->state == RTC_ICE_STATE_DISCONNECTED)
      && nice_agent_get_selected_pair (self->agent, self->stream, 1, &local, &remote)
      && local->transport == NICE_CANDIDATE_TRANSPORT_UDP
      && local->type != NICE_CANDIDATE_TYPE_RELAYED)
    socket = nice_agent_get_selected_socket (self->agent, self->stream, 1);
  rtc_nice_forget_direct (self);
  rtc_nice_move_set_direct (self, socket != NULL);
  if (socket == NULL) {
    rtc_nice_watch_set_direct (self->watch, -1, NULL, NULL, NULL);
    return;
  }
  nice_address_copy_to_sockaddr (&remote->addr, (struct sockaddr *) &from);
  rtc_nice_watch_set_direct (
      self->watch, g_socket_get_fd (socket), (struct sockaddr *) &from, nice_handle_direct, self);
  if (nice_can_write (&from)
      && rtc_address_from_sockaddr ((struct sockaddr *) &from, &self->direct_flow.remote))
    self->direct = g_object_ref (socket);
  g_object_unref (socket); /* ours; libnice keeps its own while the pair is selected */
}

GMainContext *
rtc_nice_get_socket_context (RtcNice *self)
{
  return rtc_nice_watch_get_context (self->watch);
}

void
rtc_nice_connect_signals (RtcNice *self)
{
  g_signal_connect (self->agent, "component-state-changed", G_CALLBACK (on_component_state), self);
  g_signal_connect (self->agent, "new-selected-pair-full", G_CALLBACK (on_new_selected_pair), self);
  g_signal_connect (
      self->agent, "new-remote-candidate-full", G_CALLBACK (on_new_remote_candidate), self);
  g_signal_connect (self->agent, "new-candidate-full", G_CALLBACK (on_new_candidate), self);
  g_signal_connect (self->agent, "candidate-gathering-done", G_CALLBACK (on_gathering_done), self);
}

gboolean
rtc_nice_attach_receive (RtcNice *self)
{
  return nice_agent_attach_recv (
      self->agent, self->stream, 1, rtc_nice_get_socket_context (self), on_receive, self);
}
