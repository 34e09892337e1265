/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-ice-tcp.c - a TCP connection's bytes and its outbox, and who may hold connections.
 *
 * The input: operations of four bytes (what, and three numbers), and behind an operation of raw
 * bytes as many of them as it says. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/ice/rtc-ice-connections.h"
#include "gst/rtc/ice/rtc-ice-framing.h"

#define MAX_OPERATIONS 2000
#define MAX_CONNECTIONS 300

/* What came out of one deframer. */
typedef struct {
  RtcIceDeframer deframer;
  guint hash, n;
  gboolean is_broken;
} Stream;

typedef struct {
  Stream whole, cut; /* the same bytes, at once and in pieces */
  RtcIceOutbox outbox;
  GByteArray *model; /* of outbox: what waits */
  RtcIceConnections *table;
  GstClockTime now;
  guint64 last; /* number of the newest connection */
} Tcp;

/* --- what comes --- */

static void
stream_read (Stream *self, const guint8 *bytes, gsize n_bytes)
{
  RtcReader input = rtc_reader (bytes, n_bytes);
  RtcResult result;
  const guint8 *data;
  gsize len;

  if (self->is_broken)
    return;
  while ((result = rtc_ice_deframer_next (&self->deframer, &input, &data, &len)) == RTC_OK) {
    FUZZ_CHECK (len > 0 && len <= RTC_MAX_DATAGRAM);
    self->n++;
    for (gsize i = 0; i < len; i++)
      self->hash = self->hash * 31 + data[i];
    self->hash = self->hash * 31 + (guint) len;
  }
  FUZZ_CHECK (result == RTC_ERR_PARSE || rtc_reader_left (&input) == 0);
  self->is_broken = result != RTC_AGAIN;
}

static void
read_bytes (Tcp *t, const guint8 *bytes, gsize n, gsize step)
{
  stream_read (&t->whole, bytes, n);
  for (gsize at = 0; at < n; at += step)
    stream_read (&t->cut, bytes + at, MIN (step, n - at));
  FUZZ_CHECK (t->whole.n == t->cut.n && t->whole.hash == t->cut.hash);
  FUZZ_CHECK (t->whole.is_broken == t->cut.is_broken);
}

/* A frame that is complete, so that the bytes behind it are read as frames, too. */
static void
read_frame (Tcp *t, gsize len, guint8 fill, gsize step)
{
  guint8 frame[2 + RTC_MAX_DATAGRAM];

  len = MIN (len, RTC_MAX_DATAGRAM);
  frame[0] = (guint8) (len >> 8);
  frame[1] = (guint8) len;
  memset (frame + 2, fill, len);
  read_bytes (t, frame, len + 2, step);
}

/* --- what goes --- */

static void
send_packet (Tcp *t, guint8 first, guint8 stream, gsize len)
{
  guint8 data[RTC_MAX_DATAGRAM + 2] = { first, 96 }, header[2];
  gsize before = t->outbox.len;

  len = MIN (len, sizeof data);
  data[7] = (guint8) (stream >> 3);
  data[11] = stream & 7;
  header[0] = (guint8) (len >> 8);
  header[1] = (guint8) len;
  if (rtc_ice_outbox_add (&t->outbox, data, len) == RTC_OK) {
    FUZZ_CHECK (len <= RTC_MAX_DATAGRAM);
    g_byte_array_append (t->model, header, 2);
    g_byte_array_append (t->model, data, (guint) len);
  } else {
    FUZZ_CHECK (t->outbox.len == before);
    /* Media may be of a frame that was dropped before. */
    FUZZ_CHECK (
        len > RTC_MAX_DATAGRAM || before + len + 2 > RTC_ICE_OUTBOX_BYTES || first >> 7 != 0);
  }
  FUZZ_CHECK (t->outbox.len == t->model->len && t->outbox.len <= RTC_ICE_OUTBOX_BYTES);
}

static void
take_bytes (Tcp *t, gsize n)
{
  const guint8 *data;
  gsize len;

  while (n > 0 && (data = rtc_ice_outbox_peek (&t->outbox, &len)) != NULL) {
    len = MIN (len, n);
    FUZZ_CHECK (len <= t->model->len && memcmp (data, t->model->data, len) == 0);
    rtc_ice_outbox_take (&t->outbox, len);
    g_byte_array_remove_range (t->model, 0, (guint) len);
    n -= len;
  }
  FUZZ_CHECK ((t->outbox.ring == NULL) == (t->model->len == 0));
}

/* --- who is there --- */

static void
expire (Tcp *t)
{
  RtcIceConnection *connection;

  while ((connection = rtc_ice_connections_get_expired (t->table, t->now)) != NULL) {
    FUZZ_CHECK (!connection->is_known);
    rtc_ice_connections_remove (t->table, connection);
  }
}

static void
connect_from (Tcp *t, guint8 place, guint8 port)
{
  RtcAddress remote = { .family = RTC_ADDRESS_IPV4, .bytes = { 192, 0, 2, place }, .port = port };
  RtcAddress local = { .family = RTC_ADDRESS_IPV4, .bytes = { 10, 0, 0, 1 }, .port = 1 };
  RtcIceConnection *connection;

  if (place & 1) {
    remote.family = RTC_ADDRESS_IPV6;
    remote.bytes[15] = port;
  }
  connection = rtc_ice_connections_add (t->table, t->now, &remote, &local, NULL);
  if (connection != NULL) {
    FUZZ_CHECK (connection->flow.connection > t->last);
    t->last = connection->flow.connection;
  }
  expire (t);
}

static gboolean
is_multiple (gpointer data, const RtcIceFlow *flow)
{
  return flow->connection % GPOINTER_TO_UINT (data) == 0;
}

static void
check_table (Tcp *t)
{
  RtcIceConnectionsStats stats;

  rtc_ice_connections_get_stats (t->table, &stats);
  FUZZ_CHECK (stats.n_connections <= MAX_CONNECTIONS);
  FUZZ_CHECK (stats.n_strangers <= stats.n_connections);
  FUZZ_CHECK (stats.n_connections <= stats.accepted);
}

static void
note (Tcp *t, guint64 back, gboolean is_known)
{
  RtcIceConnection *connection = rtc_ice_connections_find (t->table, t->last - back);

  if (connection != NULL && !rtc_ice_connections_note_frame (t->table, connection, is_known))
    rtc_ice_connections_remove (t->table, connection);
}

/* --- the input --- */

/* Returns how many of the bytes behind the operation it took. */
static gsize
operate (Tcp *t, const guint8 *op, const guint8 *more, gsize n_more)
{
  gsize n = MIN (op[3], n_more);

  switch (op[0] % 8) {
    case 0:
      read_bytes (t, more, n, op[1] % 32 + 1);
      return n;
    case 1:
      read_frame (t, (gsize) op[1] << 8 | op[2], op[3], op[3] + 1);
      break;
    case 2:
      for (guint i = 0; i <= op[0] / 8; i++)
        send_packet (t, op[1], op[2], (gsize) op[3] * 9);
      break;
    case 3:
      take_bytes (t, (gsize) op[1] << 8 | op[2]);
      break;
    case 4:
      for (guint i = 0; i <= op[0] / 8; i++)
        connect_from (t, (guint8) (op[1] + (op[3] & 1) * i), (guint8) (op[2] + i));
      break;
    case 5:
      note (t, op[1], op[2] & 1);
      break;
    case 6:
      rtc_ice_connections_check (t->table, t->now, is_multiple, GUINT_TO_POINTER (op[1] % 8u + 1u));
      break;
    default:
      t->now += (GstClockTime) op[1] * op[2] * GST_MSECOND;
      expire (t);
      break;
  }
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Tcp t = { .model = g_byte_array_new (),
    .table = rtc_ice_connections_new (MAX_CONNECTIONS),
    .now = GST_SECOND };
  RtcIceConnection *connection;

  for (guint i = 0; i < MAX_OPERATIONS && size >= 4; i++) {
    gsize used = 4 + operate (&t, data, data + 4, size - 4);

    data += used;
    size -= used;
    check_table (&t);
  }
  take_bytes (&t, G_MAXSIZE);
  while ((connection = rtc_ice_connections_get_any (t.table)) != NULL)
    rtc_ice_connections_remove (t.table, connection);
  rtc_ice_connections_free (t.table);
  rtc_ice_deframer_clear (&t.whole.deframer);
  rtc_ice_deframer_clear (&t.cut.deframer);
  g_byte_array_unref (t.model);
  return 0;
}
