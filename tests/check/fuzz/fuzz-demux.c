/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-demux.c - the first look at a datagram: any bytes have a kind, and it is the RFC's. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/rtp/rtc-demux.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcDemuxKind kind = rtc_demux_classify (data, size);

  FUZZ_CHECK (rtc_demux_kind_to_string (kind) != NULL);
  if (kind != RTC_DEMUX_UNKNOWN)
    FUZZ_CHECK (size >= 4);
  if (kind == RTC_DEMUX_STUN)
    FUZZ_CHECK (data[0] <= 3 && size >= 20);
  if (kind == RTC_DEMUX_RTP || kind == RTC_DEMUX_RTCP)
    FUZZ_CHECK (data[0] >> 6 == 2);
  /* The kind depends on two bytes and the length, so the rest may change. */
  if (size > 2) {
    guint8 *copy = g_memdup2 (data, size);

    for (gsize i = 2; i < size; i++)
      copy[i] = (guint8) ~copy[i];
    FUZZ_CHECK (rtc_demux_classify (copy, size) == kind);
    g_free (copy);
  }
  return 0;
}
