/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-srtp-context.c - packets of a stranger into what srtpdec is made of.
 *
 * Input: ciphers and authentication (two bytes), kind and MKI (one), then a packet. As it is, it is
 * refused and no longer than it was; as plain text it comes back from protect and unprotect as it
 * was, once; damaged on the way, it is refused. Without authentication only survival counts. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "ext/srtp/rtc-srtp-context.h"

#define CAP 4096

static RtcSrtpContext *
make_context (const guint8 *data, gboolean is_sealing)
{
  static const guint8 key[RTC_SRTP_MAX_MASTER_KEY] = { 1, 2, 3 }, mki[4] = { 9, 8, 7, 6 };
  const RtcSrtpSecurity security = { { data[0] % 5, data[0] / 5 % 5 },
    { data[1] % 3, data[1] / 3 % 3 } };
  RtcSrtpMasterKey master = { key, rtc_srtp_security_key_len (&security), mki, data[2] / 2 % 5 };
  RtcSrtpContext *context = rtc_srtp_context_new (64, FALSE);
  RtcSrtpKeyring *ring =
      rtc_srtp_keyring_new (&security, &master, master.key_len > 0 ? 1 : 0, is_sealing, NULL);

  FUZZ_CHECK (ring != NULL);
  rtc_srtp_context_set_default (context, ring);
  rtc_srtp_keyring_unref (ring);
  return context;
}

/* TRUE: accepted. An allocation of its own, so that reading past the end shows. */
static gboolean
is_accepted (RtcSrtpContext *rx, gboolean is_rtcp, const guint8 *data, gsize len)
{
  guint8 *copy = g_memdup2 (data, len);
  gsize out = len;
  gboolean ok = rtc_srtp_context_unprotect (rx, is_rtcp, copy, &out) == RTC_OK;

  FUZZ_CHECK (out <= len);
  g_free (copy);
  return ok;
}

static void
check_round_trip (RtcSrtpContext *tx, RtcSrtpContext *rx, gboolean is_rtcp, gboolean is_safe,
    const guint8 *data, gsize size)
{
  guint8 out[CAP];
  gsize len = 0;

  if (rtc_srtp_context_protect (tx, is_rtcp, data, size, out, sizeof out, &len) != RTC_OK)
    return;
  FUZZ_CHECK (len >= size && len <= size + 16 + 4 + 4);
  if (is_safe) {
    out[len - 1] ^= 0x55;
    FUZZ_CHECK (!is_accepted (rx, is_rtcp, out, len));
    out[len - 1] ^= 0x55;
  }
  FUZZ_CHECK (rtc_srtp_context_unprotect (rx, is_rtcp, out, &len) == RTC_OK);
  FUZZ_CHECK (len == size && memcmp (out, data, size) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gboolean is_rtcp, is_safe;
  RtcSrtpContext *tx, *rx;
  RtcSrtpKeyring *ring;

  if (size < 3 || size > 2000)
    return 0;
  is_rtcp = data[2] % 2;
  tx = make_context (data, TRUE);
  rx = make_context (data, FALSE);
  ring = rtc_srtp_context_find_key (rx, 0);
  is_safe = rtc_srtp_security_authenticates (rtc_srtp_keyring_get_security (ring), is_rtcp);
  data += 3;
  size -= 3;
  FUZZ_CHECK (!is_accepted (rx, is_rtcp, data, size) || !is_safe);
  rtc_srtp_context_free (rx);
  rx = make_context (data - 3, FALSE);
  check_round_trip (tx, rx, is_rtcp, is_safe, data, size);
  rtc_srtp_context_free (tx);
  rtc_srtp_context_free (rx);
  return 0;
}
