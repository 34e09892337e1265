/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* ice-check.h - for tests: a full ICE agent's checks, and what was answered to them. */
#pragma once

#include "gst/rtc/ice/rtc-ice-lite.h"

#define ICE_CHECK_PRIORITY 0x6e0001ffu

/* The peer's own, as its description says. */
#define PEER_PWD "the peer's own password"

typedef enum {
  ICE_CHECK_NOMINATES = 1 << 0,
  ICE_CHECK_CONTROLLED = 1 << 1, /* claims the wrong role */
  ICE_CHECK_UNKNOWN = 1 << 2,    /* has an attribute that must be understood and is not */
} IceCheckFlags;

typedef struct {
  guint8 data[RTC_STUN_MAX_BYTES];
  gsize len;
  RtcStunMessage message; /* of data */
} IceCheck;

/* ufrag: of who is asked. pwd NULL: without integrity. */
static inline void
ice_check_make (IceCheck *self, const gchar *ufrag, const gchar *pwd, guint flags)
{
  static guint8 id[RTC_STUN_ID_BYTES];
  RtcWriter w;

  id[0]++;
  w = rtc_stun_begin (self->data, sizeof self->data, RTC_STUN_REQUEST, id);
  if (ufrag != NULL)
    rtc_stun_write_username (&w, ufrag, "peer");
  rtc_stun_write_priority (&w, ICE_CHECK_PRIORITY);
  rtc_stun_write_role (&w,
      flags & ICE_CHECK_CONTROLLED ? RTC_STUN_ROLE_CONTROLLED : RTC_STUN_ROLE_CONTROLLING, 1);
  if (flags & ICE_CHECK_NOMINATES)
    rtc_stun_write_use_candidate (&w);
  if (flags & ICE_CHECK_UNKNOWN)
    rtc_writer_u32 (&w, 0x7f000000);
  self->len = rtc_stun_end (&w, pwd);
  g_assert_cmpint (rtc_stun_parse (self->data, self->len, &self->message), ==, RTC_OK);
}

/* The answer belongs to the check; its integrity is right for pwd (NULL: has none). Returns 200 or
 * the error code, and with 200 the address is remote. */
static inline guint
ice_check_read_answer (const IceCheck *self, const guint8 *reply, gsize len, const gchar *pwd,
    const RtcAddress *remote)
{
  RtcStunMessage m;

  g_assert_cmpint (rtc_stun_parse (reply, len, &m), ==, RTC_OK);
  g_assert_true (m.has_fingerprint);
  g_assert_cmpmem (m.id, RTC_STUN_ID_BYTES, self->message.id, RTC_STUN_ID_BYTES);
  if (pwd != NULL)
    g_assert_true (rtc_stun_is_authentic (&m, pwd));
  else
    g_assert_cmpuint (m.integrity_pos, ==, 0);
  if (m.class_ == RTC_STUN_ERROR)
    return m.error_code;
  g_assert_cmpint (m.class_, ==, RTC_STUN_SUCCESS);
  g_assert_true (rtc_address_equal (&m.mapped, remote));
  return 200;
}

/* What the peer answers to a check of ours, which is right; into data, of RTC_STUN_MAX_BYTES. */
static inline gsize
ice_check_answer (const guint8 *ask, gsize len, const gchar *pwd, guint8 *data)
{
  RtcAddress somewhere = { .family = RTC_ADDRESS_IPV4, .bytes = { 198, 51, 100, 1 } };
  RtcStunMessage m;
  RtcWriter w;

  g_assert_cmpint (rtc_stun_parse (ask, len, &m), ==, RTC_OK);
  g_assert_cmpint (m.class_, ==, RTC_STUN_REQUEST);
  g_assert_cmpint (m.role, ==, RTC_STUN_ROLE_CONTROLLED);
  g_assert_false (m.use_candidate);
  g_assert_true (rtc_stun_is_authentic (&m, PEER_PWD));
  g_assert_true (m.username_len > 5 && memcmp (m.username, "peer:", 5) == 0);
  w = rtc_stun_begin (data, RTC_STUN_MAX_BYTES, RTC_STUN_SUCCESS, m.id);
  rtc_stun_write_mapped (&w, &somewhere);
  return rtc_stun_end (&w, pwd);
}

/* 192.0.2.n:port to 198.51.100.1:3478, or the same in IPv6. */
static inline RtcIceFlow
ice_check_flow (gboolean is_ipv6, guint n, guint port)
{
  gchar literal[64];
  RtcIceFlow flow = { 0 };

  g_snprintf (literal, sizeof literal, is_ipv6 ? "2001:db8::%x" : "192.0.2.%u", n);
  g_assert_true (rtc_address_parse (literal, (guint16) port, &flow.remote));
  g_assert_true (rtc_address_parse (is_ipv6 ? "2001:db8::" : "198.51.100.1", 3478, &flow.local));
  return flow;
}
