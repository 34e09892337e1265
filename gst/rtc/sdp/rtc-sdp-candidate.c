/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp-candidate.h"

#include <arpa/inet.h>

#include "gst/rtc/sdp/rtc-sdp-span.h"

/* RFC 8839 5.1:
 *
 *   candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type>
 *       [raddr <address>] [rport <port>] *(<name> <value>)
 *
 * RFC 6544 4.5 adds "tcptype active|passive|so", which a TCP candidate must have. */

/* CANDIDATE_ACTIVE_PORT: stands in for the port of an active candidate, which nobody connects to
 * (RFC 6544 4.5: the discard port). */
#define CANDIDATE_ACTIVE_PORT 9

static const gchar *const type_names[] = { "host", "srflx", "prflx", "relay" };
static const gchar *const tcp_names[] = { NULL, "active", "passive", "so" };

static gboolean
is_ice_chars (RtcSpan s)
{
  for (gsize i = 0; i < s.len; i++)
    if (!g_ascii_isalnum (s.p[i]) && s.p[i] != '+' && s.p[i] != '/')
      return FALSE;
  return s.len > 0;
}

static gboolean
is_literal (const gchar *address)
{
  guint8 bytes[16];

  return inet_pton (AF_INET, address, bytes) == 1 || inet_pton (AF_INET6, address, bytes) == 1;
}

/* A name of mDNS (draft-ietf-mmusic-mdns-ice-candidates 3.1): one label and ".local". */
static gboolean
is_mdns_name (const gchar *address)
{
  gsize len = strlen (address);

  if (len <= 6 || g_ascii_strcasecmp (address + len - 6, ".local") != 0)
    return FALSE;
  for (gsize i = 0; i < len - 6; i++)
    if (!g_ascii_isalnum (address[i]) && address[i] != '-')
      return FALSE;
  return TRUE;
}

static gboolean
find_name (const gchar *const *names, guint n, RtcSpan word, guint *out)
{
  for (guint i = 0; i < n; i++) {
    if (names[i] != NULL && rtc_span_is_nocase (word, names[i])) {
      *out = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* The pairs after the type; is_tcp tells whether tcptype is needed. */
static RtcResult
parse_extensions (RtcSpan rest, gboolean is_tcp, RtcCandidate *out)
{
  gboolean has_tcp_type = FALSE;
  RtcSpan name;

  while ((name = rtc_span_word (&rest)).len > 0) {
    RtcSpan value = rtc_span_word (&rest);
    guint64 number;
    guint index;

    if (value.len == 0)
      return RTC_ERR_PARSE;
    if (rtc_span_is (name, "raddr")) {
      /* Only told to users: a host name or anything else is forgotten, not looked up. */
      if (!rtc_span_copy (value, out->related_address, sizeof out->related_address)
          || !is_literal (out->related_address))
        out->related_address[0] = '\0';
    } else if (rtc_span_is (name, "rport")) {
      if (!rtc_span_uint (value, 0, 65535, &number))
        return RTC_ERR_PARSE;
      out->related_port = (guint16) number;
    } else if (rtc_span_is (name, "tcptype")) {
      if (!is_tcp || !find_name (tcp_names, G_N_ELEMENTS (tcp_names), value, &index))
        return RTC_ERR_PARSE;
      out->transport = (RtcCandidateTransport) index;
      has_tcp_type = TRUE;
    } else if (rtc_span_is (name, "ufrag")) {
      if (!rtc_span_copy (value, out->ufrag, sizeof out->ufrag))
        return RTC_ERR_PARSE;
    }
  }
  if (out->related_address[0] == '\0')
    out->related_port = 0;
  return is_tcp && !has_tcp_type ? RTC_ERR_PARSE : RTC_OK;
}

RtcResult
rtc_candidate_parse (const gchar *text, RtcCandidate *out)
{
  RtcSpan rest, foundation, transport, address;
  RtcCandidate c = { 0 };
  guint64 component, priority, port;
  gboolean is_tcp;
  RtcResult result;
  guint type;

  if (g_str_has_prefix (text, "a="))
    text += 2;
  if (!g_str_has_prefix (text, "candidate:"))
    return RTC_ERR_PARSE;
  rest = rtc_span (text + 10, strlen (text + 10));
  for (gsize i = 0; i < rest.len; i++)
    if (rest.p[i] != ' ' && (rest.p[i] < 0x21 || rest.p[i] > 0x7e))
      return RTC_ERR_PARSE;

  foundation = rtc_span_word (&rest);
  if (!is_ice_chars (foundation) || !rtc_span_copy (foundation, c.foundation, sizeof c.foundation))
    return RTC_ERR_PARSE;
  if (!rtc_span_uint (rtc_span_word (&rest), 1, 256, &component))
    return RTC_ERR_PARSE;
  transport = rtc_span_word (&rest);
  /* "priority: ... a positive integer between 1 and (2**31 - 1)" (RFC 8839 5.1) */
  if (!rtc_span_uint (rtc_span_word (&rest), 1, G_MAXINT32, &priority))
    return RTC_ERR_PARSE;
  address = rtc_span_word (&rest);
  if (address.len == 0 || !rtc_span_uint (rtc_span_word (&rest), 0, 65535, &port)
      || !rtc_span_is (rtc_span_word (&rest), "typ"))
    return RTC_ERR_PARSE;
  c.component = (guint) component;
  c.priority = (guint32) priority;
  c.port = (guint16) port;

  /* "an agent MUST ignore candidates with an unknown ... type" and transport (RFC 8839 5.1). */
  is_tcp = rtc_span_is_nocase (transport, "tcp");
  if (!is_tcp && !rtc_span_is_nocase (transport, "udp"))
    return transport.len > 0 ? RTC_ERR_UNSUPPORTED : RTC_ERR_PARSE;
  if (!find_name (type_names, G_N_ELEMENTS (type_names), rtc_span_word (&rest), &type))
    return RTC_ERR_UNSUPPORTED;
  c.type = (RtcCandidateType) type;

  result = parse_extensions (rest, is_tcp, &c);
  if (result != RTC_OK)
    return result;
  /* So that what means the same compares as the same, and is written as it was read. */
  if (c.transport == RTC_CANDIDATE_TCP_ACTIVE && c.port == 0)
    c.port = CANDIDATE_ACTIVE_PORT;

  /* Names other than .local would make us ask DNS on behalf of the peer. */
  if (!rtc_span_copy (address, c.address, sizeof c.address))
    return RTC_ERR_UNSUPPORTED;
  c.is_mdns = is_mdns_name (c.address);
  if (!c.is_mdns && !is_literal (c.address))
    return RTC_ERR_UNSUPPORTED;
  *out = c;
  return RTC_OK;
}

gchar *
rtc_candidate_write (const RtcCandidate *candidate)
{
  GString *s = g_string_new ("candidate:");
  gboolean is_tcp = candidate->transport != RTC_CANDIDATE_UDP;
  guint port = candidate->port;

  if (candidate->transport == RTC_CANDIDATE_TCP_ACTIVE && port == 0)
    port = CANDIDATE_ACTIVE_PORT;
  g_string_append_printf (s, "%s %u %s %u %s %u typ %s", candidate->foundation,
      candidate->component, is_tcp ? "tcp" : "udp", candidate->priority, candidate->address, port,
      type_names[candidate->type]);
  if (candidate->related_address[0] != '\0')
    g_string_append_printf (
        s, " raddr %s rport %u", candidate->related_address, candidate->related_port);
  if (is_tcp)
    g_string_append_printf (s, " tcptype %s", tcp_names[candidate->transport]);
  if (candidate->ufrag[0] != '\0')
    g_string_append_printf (s, " ufrag %s", candidate->ufrag);
  return g_string_free (s, FALSE);
}

static gboolean
is_sendable_ipv4 (const guint8 *a, gboolean allow_loopback)
{
  /* 0.0.0.0/8 "this network", 224/4 multicast, 240/4 reserved with the broadcast address. */
  if (a[0] == 0 || a[0] >= 224)
    return FALSE;
  return a[0] != 127 || allow_loopback;
}

static gboolean
is_sendable_ipv6 (const guint8 *a, gboolean allow_loopback)
{
  static const guint8 zeros[15], mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  if (memcmp (a, mapped, 12) == 0)
    return is_sendable_ipv4 (a + 12, allow_loopback);
  if (a[0] == 0xff)
    return FALSE;
  if (memcmp (a, zeros, 15) == 0 && a[15] <= 1)
    return a[15] == 1 && allow_loopback;
  /* ::a.b.c.d, the deprecated IPv4-compatible form, reaches what IPv4 reaches. */
  if (memcmp (a, zeros, 12) == 0)
    return is_sendable_ipv4 (a + 12, allow_loopback);
  return TRUE;
}

RtcResult
rtc_candidate_check (const RtcCandidate *candidate, gboolean allow_loopback)
{
  guint8 bytes[16];
  gboolean good;

  if (candidate->port == 0 && candidate->transport != RTC_CANDIDATE_TCP_ACTIVE)
    return RTC_ERR_UNSUPPORTED;
  if (candidate->is_mdns)
    return RTC_OK;
  if (inet_pton (AF_INET, candidate->address, bytes) == 1)
    good = is_sendable_ipv4 (bytes, allow_loopback);
  else if (inet_pton (AF_INET6, candidate->address, bytes) == 1)
    good = is_sendable_ipv6 (bytes, allow_loopback);
  else
    good = FALSE;
  return good ? RTC_OK : RTC_ERR_UNSUPPORTED;
}

gboolean
rtc_candidate_equal (const RtcCandidate *a, const RtcCandidate *b)
{
  return strcmp (a->foundation, b->foundation) == 0 && a->component == b->component
         && a->transport == b->transport && a->priority == b->priority
         && strcmp (a->address, b->address) == 0 && a->port == b->port && a->type == b->type
         && strcmp (a->related_address, b->related_address) == 0
         && a->related_port == b->related_port && strcmp (a->ufrag, b->ufrag) == 0
         && a->is_mdns == b->is_mdns;
}
