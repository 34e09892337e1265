/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-dtls.c - datagrams of a stranger into an association in each stage of its life.
 *
 * Input: one byte of stage, then datagrams, each with two bytes of length before it. Whatever
 * they are, no data and no keys come of them, and what was connected stays connected. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/base/rtc-bytes.h"
#include "tests/check/net/dtls-pair.h"

typedef enum {
  STAGE_NEW,       /* start() comes after the datagrams */
  STAGE_SERVER,    /* waits for a hello */
  STAGE_CLIENT,    /* has sent its hello */
  STAGE_ANSWERED,  /* server whose flight is out */
  STAGE_CONNECTED, /* in mid-call, as server */
  STAGE_UNPROVEN,  /* handshake done, no fingerprint yet */
  STAGE_RELEASED,  /* as CONNECTED, without OpenSSL */
  N_STAGES,
} Stage;

static void
prepare (DtlsPair *pair, Stage stage)
{
  RtcDtlsConfig config = dtls_config (1);

  dtls_pair_init (pair, &config, &config, 1);
  dtls_pair_set_fingerprint (&pair->b, &pair->a);
  if (stage != STAGE_UNPROVEN)
    dtls_pair_set_fingerprint (&pair->a, &pair->b);
  if (stage == STAGE_SERVER)
    pair->a.dtls->vtable->start (pair->a.dtls, pair->now, FALSE);
  else if (stage == STAGE_CLIENT)
    pair->a.dtls->vtable->start (pair->a.dtls, pair->now, TRUE);
  else if (stage != STAGE_NEW)
    dtls_pair_start (pair, FALSE);
  if (stage >= STAGE_CONNECTED)
    dtls_pair_run (pair, GST_SECOND);
  if (stage == STAGE_RELEASED)
    pair->a.dtls->vtable->release (pair->a.dtls);
  if (stage == STAGE_ANSWERED) {
    GBytes *hello;

    dtls_pair_drain (pair, &pair->b, &pair->a);
    while ((hello = g_queue_pop_head (&pair->a.inbox)) != NULL) {
      dtls_pair_inject (pair, &pair->a, g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
      g_bytes_unref (hello);
    }
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcReader r = rtc_reader (data, size);
  Stage stage = (Stage) (rtc_reader_u8 (&r) % N_STAGES);
  RtcSrtpKeys keys;
  DtlsPair pair;

  gst_init (NULL, NULL);
  prepare (&pair, stage);
  while (rtc_reader_left (&r) > 2) {
    gsize declared = rtc_reader_u16 (&r), len = MIN (declared, rtc_reader_left (&r));
    guint8 *datagram = g_memdup2 (rtc_reader_bytes (&r, len), len);

    dtls_pair_inject (&pair, &pair.a, datagram, len);
    g_free (datagram);
  }
  if (stage == STAGE_NEW)
    pair.a.dtls->vtable->start (pair.a.dtls, pair.now, FALSE);
  dtls_pair_drain (&pair, &pair.a, NULL);
  FUZZ_CHECK (pair.a.data->len == 0);
  if (stage == STAGE_CONNECTED || stage == STAGE_RELEASED) {
    FUZZ_CHECK (pair.a.state == RTC_DTLS_STATE_CONNECTED);
    FUZZ_CHECK (pair.b.dtls->vtable->write (pair.b.dtls, pair.now, data, 1) == RTC_OK);
    dtls_pair_settle (&pair);
    FUZZ_CHECK (pair.a.data->len == 1);
  } else {
    FUZZ_CHECK (pair.a.state != RTC_DTLS_STATE_CONNECTED);
    FUZZ_CHECK (pair.a.dtls->vtable->export_keys (pair.a.dtls, &keys) == RTC_ERR_STATE);
  }
  if (stage == STAGE_UNPROVEN)
    FUZZ_CHECK (pair.a.state == RTC_DTLS_STATE_CONNECTING);
  pair.now += 40 * GST_SECOND;
  dtls_clock_set (pair.now);
  pair.a.dtls->vtable->handle_timeout (pair.a.dtls, pair.now);
  dtls_pair_clear (&pair);
  return 0;
}
