/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice-candidate.h"

#include <string.h>
#include "ext/net/rtc-interfaces.h"
#include "ext/net/rtc-sockaddr.h"

static gboolean
candidate_type_from_nice (NiceCandidateType nice, RtcCandidateType *out)
{
  switch (nice) {
    case NICE_CANDIDATE_TYPE_HOST:
      *out = RTC_CANDIDATE_HOST;
      return TRUE;
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      *out = RTC_CANDIDATE_SERVER_REFLEXIVE;
      return TRUE;
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      *out = RTC_CANDIDATE_PEER_REFLEXIVE;
      return TRUE;
    case NICE_CANDIDATE_TYPE_RELAYED:
      *out = RTC_CANDIDATE_RELAYED;
      return TRUE;
    default:
      return FALSE;
  }
}

static NiceCandidateType
candidate_type_to_nice (RtcCandidateType type)
{
  switch (type) {
    case RTC_CANDIDATE_HOST:
      return NICE_CANDIDATE_TYPE_HOST;
    case RTC_CANDIDATE_RELAYED:
      return NICE_CANDIDATE_TYPE_RELAYED;
    case RTC_CANDIDATE_SERVER_REFLEXIVE:
    /* libnice refuses peer-reflexive candidates that are signalled. */
    case RTC_CANDIDATE_PEER_REFLEXIVE:
    default:
      return NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
  }
}

static gboolean
candidate_transport_from_nice (NiceCandidateTransport nice, RtcCandidateTransport *out)
{
  switch (nice) {
    case NICE_CANDIDATE_TRANSPORT_UDP:
      *out = RTC_CANDIDATE_UDP;
      return TRUE;
    case NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE:
      *out = RTC_CANDIDATE_TCP_ACTIVE;
      return TRUE;
    case NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE:
      *out = RTC_CANDIDATE_TCP_PASSIVE;
      return TRUE;
    case NICE_CANDIDATE_TRANSPORT_TCP_SO:
      *out = RTC_CANDIDATE_TCP_SO;
      return TRUE;
    default:
      return FALSE;
  }
}

static NiceCandidateTransport
candidate_transport_to_nice (RtcCandidateTransport transport)
{
  switch (transport) {
    case RTC_CANDIDATE_TCP_ACTIVE:
      return NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
    case RTC_CANDIDATE_TCP_PASSIVE:
      return NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
    case RTC_CANDIDATE_TCP_SO:
      return NICE_CANDIDATE_TRANSPORT_TCP_SO;
    case RTC_CANDIDATE_UDP:
    default:
      return NICE_CANDIDATE_TRANSPORT_UDP;
  }
}

static gboolean
candidate_address_from_nice (const NiceAddress *nice, gchar *out, gsize size)
{
  gchar text[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (nice, text);
  return strchr (text, '%') == NULL && g_strlcpy (out, text, size) < size;
}

gboolean
rtc_nice_candidate_from_nice (const NiceCandidate *nice, gboolean hide_related, RtcCandidate *out)
{
  RtcCandidate c = { 0 };

  if (!candidate_type_from_nice (nice->type, &c.type)
      || !candidate_transport_from_nice (nice->transport, &c.transport)
      || !candidate_address_from_nice (&nice->addr, c.address, sizeof c.address))
    return FALSE;
  g_strlcpy (c.foundation, nice->foundation, sizeof c.foundation);
  c.component = nice->component_id;
  c.priority = nice->priority;
  c.port = (guint16) nice_address_get_port (&nice->addr);
  if (c.transport == RTC_CANDIDATE_TCP_ACTIVE)
    c.port = 0;
  /* RFC 8839 5.1: raddr and rport "MUST be present for server-reflexive, peer-reflexive, and
   * relayed candidates"; 0.0.0.0 and 9 stand for what is not to be told. */
  if (c.type != RTC_CANDIDATE_HOST) {
    if (hide_related
        || !candidate_address_from_nice (
            &nice->base_addr, c.related_address, sizeof c.related_address)) {
      g_strlcpy (c.related_address, nice_address_ip_version (&nice->addr) == 6 ? "::" : "0.0.0.0",
          sizeof c.related_address);
      c.related_port = 9;
    } else {
      c.related_port = (guint16) nice_address_get_port (&nice->base_addr);
    }
  }
  *out = c;
  return TRUE;
}

RtcResult
rtc_nice_candidate_to_nice (const RtcCandidate *candidate, guint stream_id, NiceCandidate **out)
{
  NiceCandidate *nice;

  if (candidate->is_mdns || candidate->component != 1)
    return RTC_ERR_UNSUPPORTED;
  nice = nice_candidate_new (candidate_type_to_nice (candidate->type));
  if (!nice_address_set_from_string (&nice->addr, candidate->address)) {
    nice_candidate_free (nice);
    return RTC_ERR_UNSUPPORTED;
  }
  nice_address_set_port (&nice->addr, candidate->port);
  nice->base_addr = nice->addr;
  if (candidate->related_address[0] != '\0'
      && nice_address_set_from_string (&nice->base_addr, candidate->related_address))
    nice_address_set_port (&nice->base_addr, candidate->related_port);
  nice->transport = candidate_transport_to_nice (candidate->transport);
  nice->stream_id = stream_id;
  nice->component_id = 1;
  nice->priority = candidate->priority;
  g_strlcpy (nice->foundation, candidate->foundation, sizeof nice->foundation);
  *out = nice;
  return RTC_OK;
}

GPtrArray *
rtc_nice_get_addresses (gboolean with_loopback, gboolean *has_loopback)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_address_free);
  GArray *own = rtc_interfaces_list (with_loopback, has_loopback);

  for (guint i = 0; i < own->len; i++) {
    struct sockaddr_storage sockaddr;
    const RtcAddress *address = &g_array_index (own, RtcAddress, i);
    NiceAddress nice;

    rtc_address_to_sockaddr (address, address->family == RTC_ADDRESS_IPV6, &sockaddr);
    nice_address_init (&nice);
    nice_address_set_from_sockaddr (&nice, (struct sockaddr *) &sockaddr);
    g_ptr_array_add (addresses, nice_address_dup (&nice));
  }
  g_array_unref (own);
  return addresses;
}
