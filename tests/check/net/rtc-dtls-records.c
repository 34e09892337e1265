/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-records.c - datagrams of several records, flights that were cut, and OpenSSL's errors
 * that are somebody else's. */
#include "ext/dtls/rtc-dtls-remnant.h"
#include "tests/check/net/dtls-pair.h"

#include <openssl/err.h>

static void
assert_connected (DtlsPair *pair)
{
  g_assert_cmpint (pair->a.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_cmpint (pair->b.state, ==, RTC_DTLS_STATE_CONNECTED);
}

static void
write_byte (DtlsPair *pair, guint8 byte)
{
  g_assert_cmpint (pair->a.dtls->vtable->write (pair->a.dtls, pair->now, &byte, 1), ==, RTC_OK);
}

/* OpenSSL's queue of errors is one per thread: what others have left in it is not an association's,
 * and what it leaves is nobody's. */
static void
leave_error (void)
{
  ERR_raise (ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
}

static void
test_errors_of_others (void)
{
  RtcDtlsConfig config = dtls_config (1);
  DtlsPair pair;
  GBytes *record;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_pair_exchange_fingerprints (&pair);
  leave_error ();
  dtls_pair_start (&pair, TRUE);
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  leave_error ();
  dtls_pair_run (&pair, GST_SECOND);
  assert_connected (&pair);
  leave_error ();
  write_byte (&pair, 1);
  dtls_pair_drain (&pair, &pair.a, &pair.b);
  record = g_bytes_ref (g_queue_peek_tail (&pair.b.inbox));
  dtls_pair_settle (&pair);
  g_assert_cmpuint (pair.b.data->len, ==, 1);
  /* The same again is no record, and that is no error. */
  leave_error ();
  dtls_pair_inject (&pair, &pair.b, g_bytes_get_data (record, NULL), g_bytes_get_size (record));
  g_assert_cmpuint (ERR_peek_error (), ==, 0);
  dtls_pair_settle (&pair);
  g_assert_cmpuint (pair.b.data->len, ==, 1);
  write_byte (&pair, 2);
  dtls_pair_settle (&pair);
  g_assert_cmpuint (pair.b.data->len, ==, 2);
  assert_connected (&pair);
  g_bytes_unref (record);
  dtls_pair_clear (&pair);
}

/* All records of a datagram are read, though most have one. */
static void
test_records_of_one_datagram (void)
{
  RtcDtlsConfig config = dtls_config (1);
  GByteArray *together = g_byte_array_new ();
  DtlsPair pair;
  GBytes *record;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, TRUE);
  dtls_pair_run (&pair, GST_SECOND);
  assert_connected (&pair);
  for (guint8 i = 0; i < 3; i++)
    write_byte (&pair, i);
  dtls_pair_drain (&pair, &pair.a, &pair.b);
  while ((record = g_queue_pop_head (&pair.b.inbox)) != NULL) {
    gsize len;
    const guint8 *data = g_bytes_get_data (record, &len);

    g_byte_array_append (together, data, (guint) len);
    g_bytes_unref (record);
  }
  dtls_pair_inject (&pair, &pair.b, together->data, together->len);
  dtls_pair_settle (&pair);
  g_assert_cmpuint (pair.b.data->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (pair.b.data, i), NULL);

    g_assert_cmpuint (data[0], ==, i);
  }
  assert_connected (&pair);
  g_byte_array_unref (together);
  dtls_pair_clear (&pair);
}

/* A flight is kept whole or not at all: a full queue may have dropped its end. */
static void
test_flight_dropped (void)
{
  const guint8 spec[] = { RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC, 1 };
  const guint8 finished[] = { RTC_DTLS_CONTENT_HANDSHAKE, 2, 3 };
  GQueue out = G_QUEUE_INIT;

  for (guint i = 0; i < RTC_DTLS_BIO_MAX_OUT - 2; i++)
    g_queue_push_tail (&out, rtc_packet_new_copy (NULL, finished, sizeof finished));
  g_assert_null (rtc_dtls_remnant_copy_flight (&out));
  g_queue_push_tail (&out, rtc_packet_new_copy (NULL, spec, sizeof spec));
  for (guint i = 0; i < 2; i++) {
    GBytes *flight = rtc_dtls_remnant_copy_flight (&out);

    g_assert_true ((flight == NULL) == (i == 1));
    if (flight != NULL)
      g_assert_cmpuint (g_bytes_get_size (flight), ==, sizeof spec);
    g_clear_pointer (&flight, g_bytes_unref);
    g_queue_push_tail (&out, rtc_packet_new_copy (NULL, finished, sizeof finished));
  }
  g_queue_clear_full (&out, (GDestroyNotify) rtc_packet_unref);
}

/* Records before their keys: the newest are held, and those that make room for them are counted. */
static void
test_held_counted (void)
{
  enum { N = 10 };
  guint8 record[RTC_DTLS_RECORD_HEADER + 40] = { RTC_DTLS_CONTENT_HANDSHAKE, 0xfe,
    0xfd, [4] = 1 /* epoch */, [RTC_DTLS_RECORD_HEADER - 1] = 40 };
  RtcDtlsConfig config = dtls_config (1);
  RtcDtlsStats stats;
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_pair_exchange_fingerprints (&pair);
  pair.a.dtls->vtable->start (pair.a.dtls, pair.now, FALSE);
  for (guint i = 0; i < N; i++) {
    record[RTC_DTLS_RECORD_HEADER - 3] = (guint8) i;
    g_assert_cmpint (dtls_pair_inject (&pair, &pair.a, record, sizeof record), ==, RTC_OK);
  }
  pair.a.dtls->vtable->get_stats (pair.a.dtls, &stats);
  g_assert_cmpuint (stats.packets_dropped, ==, N - RTC_DTLS_MAX_HELD);
  pair.b.dtls->vtable->start (pair.b.dtls, pair.now, TRUE);
  dtls_pair_run (&pair, GST_SECOND);
  assert_connected (&pair);
  dtls_pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtls/errors-of-others", test_errors_of_others);
  g_test_add_func ("/dtls/records-of-one-datagram", test_records_of_one_datagram);
  g_test_add_func ("/dtls/flight-dropped", test_flight_dropped);
  g_test_add_func ("/dtls/held-counted", test_held_counted);
  return g_test_run ();
}
