/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-stun.c - any datagram as a STUN message, and once more with its checksums made right. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/ice/rtc-stun.h"

#define PWD "a password of 22 chars"
#define MAX_BYTES 1500

static gboolean
is_inside (const RtcStunMessage *m, const void *p, gsize len)
{
  const guint8 *at = p;

  return at >= m->data + RTC_STUN_HEADER_BYTES && at + len <= m->data + m->len;
}

static void
check_message (const RtcStunMessage *m, const guint8 *data, gsize size)
{
  FUZZ_CHECK (m->data == data && m->len == size && size % 4 == 0 && size >= RTC_STUN_HEADER_BYTES);
  FUZZ_CHECK (m->id == data + 8);
  FUZZ_CHECK (m->method < 0x1000 && m->class_ <= RTC_STUN_ERROR);
  FUZZ_CHECK (m->username == NULL || is_inside (m, m->username, m->username_len));
  FUZZ_CHECK (m->username != NULL || m->username_len == 0);
  FUZZ_CHECK (m->integrity_pos == 0 || is_inside (m, m->data + m->integrity_pos, 24));
  FUZZ_CHECK (m->n_unknown <= RTC_STUN_MAX_UNKNOWN);
  for (guint i = 0; i < m->n_unknown; i++)
    FUZZ_CHECK (m->unknown[i] < 0x8000);
  FUZZ_CHECK (m->error_code == 0 || (m->error_code >= 300 && m->error_code <= 699));
  FUZZ_CHECK (m->mapped.family <= RTC_ADDRESS_IPV6);
}

/* What was read, written: read again it is the same. */
static void
check_written (const RtcStunMessage *m)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcWriter w = rtc_stun_begin (data, sizeof data, m->class_, m->id);
  RtcStunMessage again;
  gsize len;

  if (m->priority != 0)
    rtc_stun_write_priority (&w, m->priority);
  if (m->use_candidate)
    rtc_stun_write_use_candidate (&w);
  if (m->role != RTC_STUN_ROLE_NONE)
    rtc_stun_write_role (&w, m->role, m->tie_breaker);
  if (m->mapped.family != RTC_ADDRESS_NONE)
    rtc_stun_write_mapped (&w, &m->mapped);
  if (m->error_code != 0)
    rtc_stun_write_error (&w, m->error_code, "why");
  rtc_stun_write_unknown (&w, m->unknown, m->n_unknown);
  len = rtc_stun_end (&w, PWD);
  FUZZ_CHECK (len > 0 && rtc_stun_parse (data, len, &again) == RTC_OK);
  check_message (&again, data, len);
  FUZZ_CHECK (rtc_stun_is_authentic (&again, PWD) && again.has_fingerprint);
  FUZZ_CHECK (again.class_ == m->class_ && again.priority == m->priority);
  FUZZ_CHECK (again.use_candidate == m->use_candidate && again.role == m->role);
  FUZZ_CHECK (again.tie_breaker == m->tie_breaker && again.error_code == m->error_code);
  FUZZ_CHECK (rtc_address_equal (&again.mapped, &m->mapped));
}

/* The attributes as they are, with a right header before and right checksums behind: what somebody
 * who knows the password can send. */
static void
check_signed (const guint8 *data, gsize size)
{
  guint8 copy[MAX_BYTES + 64];
  RtcWriter w = rtc_stun_begin (copy, sizeof copy, RTC_STUN_REQUEST, data);
  RtcStunMessage m;
  gsize len;

  rtc_writer_bytes (&w, data + RTC_STUN_HEADER_BYTES, (size - RTC_STUN_HEADER_BYTES) & ~(gsize) 3);
  len = rtc_stun_end (&w, PWD);
  FUZZ_CHECK (len > 0);
  if (rtc_stun_parse (copy, len, &m) != RTC_OK)
    return;
  check_message (&m, copy, len);
  check_written (&m);
  /* Unless there was an integrity before, which then is the one that counts. */
  FUZZ_CHECK (m.integrity_pos + 32 != len || rtc_stun_is_authentic (&m, PWD));
  copy[RTC_STUN_HEADER_BYTES - 1] ^= 1;
  FUZZ_CHECK (!rtc_stun_is_authentic (&m, PWD));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize own = rtc_stun_get_size (data, size);
  RtcStunMessage m;

  FUZZ_CHECK (own <= size);
  if (rtc_stun_parse (data, size, &m) == RTC_OK) {
    FUZZ_CHECK (own == size);
    check_message (&m, data, size);
    check_written (&m);
    rtc_stun_is_authentic (&m, PWD);
  }
  if (size >= RTC_STUN_HEADER_BYTES && size <= MAX_BYTES)
    check_signed (data, size);
  return 0;
}
