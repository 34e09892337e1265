/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-fec.h"

#include <string.h>

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/rtp/rtc-flexfec.h"
#include "gst/rtc/rtp/rtc-ulpfec.h"

typedef RtcResult (*ParseFunc) (RtcFecHeader *self, const guint8 *payload, gsize len);
typedef void (*WriteFunc) (const RtcFecHeader *self, RtcWriter *writer);

#define MAX_LEN 1200
#define N_PACKETS 48

typedef struct {
  guint8 data[MAX_LEN];
  gsize len;
} Packet;

static void
make_packet (Packet *packet, guint8 pt, gboolean marker, guint16 seq, guint32 ts, gsize payload_len)
{
  RtcRtpHeader header = {
    .payload_type = pt, .marker = marker, .seq = seq, .rtp_ts = ts, .ssrc = 2
  };
  RtcWriter writer = rtc_writer (packet->data, sizeof packet->data);

  rtc_rtp_header_write (&header, &writer);
  for (gsize i = 0; i < payload_len; i++)
    rtc_writer_u8 (&writer, (guint8) (i * 7 + seq * 31));
  g_assert_true (writer.ok);
  packet->len = writer.pos;
}

/* RFC 5109 10.1: packets A to D and the FEC packet over them. */
static void
test_rfc5109_example (void)
{
  static const guint8 expected[] = { 0, 0, 0, 8, 0, 0, 0, 8, 1, 0x74, 1, 0x54, 0xf0, 0 };
  Packet packets[4];
  RtcFecHeader header = { .seq_base = 8 }, back;
  guint8 body[MAX_LEN], payload[MAX_LEN];
  RtcWriter writer = rtc_writer (payload, sizeof payload);

  make_packet (&packets[0], 11, TRUE, 8, 3, 200);
  make_packet (&packets[1], 18, FALSE, 9, 5, 140);
  make_packet (&packets[2], 11, TRUE, 10, 7, 100);
  make_packet (&packets[3], 18, FALSE, 11, 9, 340);
  for (guint i = 0; i < 4; i++) {
    rtc_fec_mask_add (&header.mask, i);
    g_assert_cmpint (rtc_fec_parity_add (&header.parity, body, &header.body_len, sizeof body,
                         packets[i].data, packets[i].len),
        ==, RTC_OK);
  }
  rtc_ulpfec_write (&header, &writer);
  g_assert_cmpmem (payload, writer.pos, expected, sizeof expected);
  rtc_writer_bytes (&writer, body, header.body_len);
  g_assert_cmpuint (writer.pos, ==, sizeof expected + 340);
  g_assert_cmpint (rtc_ulpfec_parse (&back, payload, writer.pos), ==, RTC_OK);
  g_assert_cmpuint (back.seq_base, ==, 8);
  g_assert_cmpuint (back.body_offset, ==, sizeof expected);
  g_assert_cmpuint (back.body_len, ==, 340);
  g_assert_cmpuint (back.parity.len, ==, 372);
  g_assert_cmpuint (back.parity.rtp_ts, ==, 8);
  g_assert_cmpmem (&back.mask, sizeof back.mask, &header.mask, sizeof header.mask);
}

/* The masks of draft-ietf-payload-flexible-fec-scheme-03 4.2, k bits among them. */
static void
test_flexfec_masks (void)
{
  static const struct {
    guint bits[3];
    gsize mask_len;
    guint8 mask[14];
  } rows[] = {
    { { 0, 0, 14 }, 2, { 0xc0, 0x01 } },
    { { 0, 0, 15 }, 6, { 0x40, 0x00, 0xc0, 0, 0, 0 } },
    { { 1, 14, 45 }, 6, { 0x20, 0x01, 0x80, 0, 0, 1 } },
    { { 0, 45, 46 }, 14, { 0x40, 0, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0 } },
    { { 0, 46, 108 }, 14, { 0x40, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcFecHeader header = { .ssrc = 0x01020304, .seq_base = 0xfffe }, back;
    guint8 payload[RTC_FLEXFEC_HEADER_MAX];
    RtcWriter writer = rtc_writer (payload, sizeof payload);

    for (guint k = 0; k < 3; k++)
      rtc_fec_mask_add (&header.mask, rows[i].bits[k]);
    header.parity = (RtcFecParity){ { 0xff, 0x85 }, 0x1234, 0x56789abc };
    rtc_flexfec_write (&header, &writer);
    g_assert_true (writer.ok);
    g_assert_cmpmem (
        payload, 18, "\x3f\x85\x12\x34\x56\x78\x9a\xbc\x01\0\0\0\x01\x02\x03\x04\xff\xfe", 18);
    g_assert_cmpmem (payload + 18, writer.pos - 18, rows[i].mask, rows[i].mask_len);
    g_assert_cmpint (rtc_flexfec_parse (&back, payload, writer.pos), ==, RTC_OK);
    g_assert_cmpmem (&back.mask, sizeof back.mask, &header.mask, sizeof header.mask);
    g_assert_cmphex (back.ssrc, ==, header.ssrc);
    g_assert_cmpuint (back.seq_base, ==, header.seq_base);
    g_assert_cmpuint (back.parity.len, ==, 0x1234);
    g_assert_cmpuint (back.body_len, ==, 0);
    for (gsize len = 0; len < writer.pos; len++)
      g_assert_cmpint (rtc_flexfec_parse (&back, payload, len), ==, RTC_ERR_PARSE);
  }
}

/* Protects n packets from seq_base on, loses one, and gets it back, byte by byte. */
static void
round_trip (ParseFunc parse, WriteFunc write, guint n, guint lost, guint16 seq_base)
{
  static Packet packets[N_PACKETS];
  RtcFecHeader header = { .ssrc = 2, .seq_base = seq_base }, back;
  guint8 body[MAX_LEN], payload[MAX_LEN + RTC_FLEXFEC_HEADER_MAX], made[MAX_LEN];
  RtcWriter writer = rtc_writer (payload, sizeof payload);
  gsize body_len, len;

  for (guint i = 0; i < n; i++) {
    make_packet (
        &packets[i], 96, i + 1 == n, (guint16) (seq_base + i), 90 * i, 40 + (i * 97) % 1000);
    rtc_fec_mask_add (&header.mask, i);
    g_assert_cmpint (rtc_fec_parity_add (&header.parity, body, &header.body_len,
                         MAX_LEN - RTC_RTP_HEADER_LEN, packets[i].data, packets[i].len),
        ==, RTC_OK);
  }
  write (&header, &writer);
  rtc_writer_bytes (&writer, body, header.body_len);
  g_assert_true (writer.ok);

  g_assert_cmpint (parse (&back, payload, writer.pos), ==, RTC_OK);
  g_assert_cmpmem (&back.mask, sizeof back.mask, &header.mask, sizeof header.mask);
  memcpy (made + RTC_RTP_HEADER_LEN, payload + back.body_offset, back.body_len);
  body_len = back.body_len;
  for (guint i = 0; i < n; i++)
    if (i != lost)
      g_assert_cmpint (rtc_fec_parity_add (&back.parity, made + RTC_RTP_HEADER_LEN, &body_len,
                           back.body_len, packets[i].data, packets[i].len),
          ==, RTC_OK);
  g_assert_cmpint (
      rtc_fec_parity_finish (&back.parity, body_len, 2, (guint16) (seq_base + lost), made, &len),
      ==, RTC_OK);
  g_assert_cmpmem (made, len, packets[lost].data, packets[lost].len);
}

static void
test_round_trip (void)
{
  for (guint n = 1; n <= N_PACKETS; n++) {
    for (guint lost = 0; lost < n; lost++) {
      round_trip (rtc_ulpfec_parse, rtc_ulpfec_write, n, lost, 65530);
      round_trip (rtc_flexfec_parse, rtc_flexfec_write, n, lost, 65530);
    }
  }
}

/* Two parities merged are the parity of both sets. */
static void
test_merge (void)
{
  Packet packets[4];
  RtcFecParity both = { { 0 } }, odd = { { 0 } }, even = { { 0 } };
  guint8 body[MAX_LEN], odd_body[MAX_LEN], even_body[MAX_LEN];
  gsize body_len = 0, odd_len = 0, even_len = 0;

  for (guint i = 0; i < 4; i++) {
    make_packet (&packets[i], 96, FALSE, (guint16) i, 1000 + i, 100 + 50 * i);
    rtc_fec_parity_add (&both, body, &body_len, MAX_LEN, packets[i].data, packets[i].len);
    if (i % 2 == 0)
      rtc_fec_parity_add (&even, even_body, &even_len, MAX_LEN, packets[i].data, packets[i].len);
    else
      rtc_fec_parity_add (&odd, odd_body, &odd_len, MAX_LEN, packets[i].data, packets[i].len);
  }
  rtc_fec_parity_merge (&even, even_body, &even_len, &odd, odd_body, odd_len);
  g_assert_cmpmem (&even, sizeof even, &both, sizeof both);
  g_assert_cmpmem (even_body, even_len, body, body_len);
}

static void
test_refused (void)
{
  static const guint8 flex[] = { 0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0xc0, 0 };
  static const guint8 ulp[] = { 0, 0, 0, 8, 0, 0, 0, 8, 0, 2, 0, 2, 0xf0, 0, 1, 2 };
  guint8 copy[sizeof flex];
  RtcFecHeader header;
  RtcFecParity parity = { { 0 }, 5 };
  guint8 packet[64];
  gsize len = 0;

  g_assert_cmpint (rtc_flexfec_parse (&header, flex, sizeof flex), ==, RTC_OK);
  memcpy (copy, flex, sizeof flex);
  copy[0] = 0x80; /* retransmission */
  g_assert_cmpint (rtc_flexfec_parse (&header, copy, sizeof copy), ==, RTC_ERR_UNSUPPORTED);
  copy[0] = 0x40; /* fixed mask */
  g_assert_cmpint (rtc_flexfec_parse (&header, copy, sizeof copy), ==, RTC_ERR_UNSUPPORTED);
  copy[0] = 0;
  copy[8] = 2; /* two SSRCs */
  g_assert_cmpint (rtc_flexfec_parse (&header, copy, sizeof copy), ==, RTC_ERR_UNSUPPORTED);
  copy[8] = 1;
  copy[18] = 0x80; /* no packet */
  g_assert_cmpint (rtc_flexfec_parse (&header, copy, sizeof copy), ==, RTC_ERR_PARSE);

  g_assert_cmpint (rtc_ulpfec_parse (&header, ulp, sizeof ulp), ==, RTC_OK);
  for (gsize i = 0; i < sizeof ulp; i++)
    g_assert_cmpint (rtc_ulpfec_parse (&header, ulp, i), ==, RTC_ERR_PARSE);
  memcpy (copy, ulp, sizeof ulp);
  copy[0] = 0x80;
  g_assert_cmpint (rtc_ulpfec_parse (&header, copy, sizeof ulp), ==, RTC_ERR_UNSUPPORTED);
  copy[0] = 0;
  copy[12] = 0;
  g_assert_cmpint (rtc_ulpfec_parse (&header, copy, sizeof ulp), ==, RTC_ERR_PARSE);

  /* Longer than what was protected; and no RTP packet: an extension that reaches past the end. */
  memset (packet, 0, sizeof packet);
  g_assert_cmpint (rtc_fec_parity_finish (&parity, 4, 1, 1, packet, &len), ==, RTC_ERR_PARSE);
  g_assert_cmpint (rtc_fec_parity_finish (&parity, 5, 1, 1, packet, &len), ==, RTC_OK);
  parity.head[0] = 0x10;
  packet[RTC_RTP_HEADER_LEN + 3] = 9;
  g_assert_cmpint (rtc_fec_parity_finish (&parity, 5, 1, 1, packet, &len), ==, RTC_ERR_PARSE);
}

/* What is read is written again as it was. */
static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (5109);
  guint n_ok = 0;

  for (guint i = 0; i < 200000; i++) {
    guint8 payload[48], again[48];
    gsize len = (gsize) g_rand_int_range (rand, 0, sizeof payload);
    gboolean flex = (i & 1) != 0;
    RtcFecHeader header;
    RtcWriter writer = rtc_writer (again, sizeof again);

    for (gsize k = 0; k < sizeof payload; k++)
      payload[k] = (guint8) g_rand_int (rand);
    payload[0] &= g_rand_boolean (rand) ? 0x7f : 0x3f;
    payload[8] = flex ? 1 : 0;
    payload[10] = 0;
    if ((flex ? rtc_flexfec_parse : rtc_ulpfec_parse) (&header, payload, len) != RTC_OK)
      continue;
    n_ok++;
    g_assert_cmpuint (header.body_offset + header.body_len, <=, len);
    (flex ? rtc_flexfec_write : rtc_ulpfec_write) (&header, &writer);
    g_assert_true (writer.ok);
    g_assert_cmpuint (writer.pos, <=, header.body_offset);
  }
  g_assert_cmpuint (n_ok, >, 1000);
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-fec/rfc5109-example", test_rfc5109_example);
  g_test_add_func ("/rtc-fec/flexfec-masks", test_flexfec_masks);
  g_test_add_func ("/rtc-fec/round-trip", test_round_trip);
  g_test_add_func ("/rtc-fec/merge", test_merge);
  g_test_add_func ("/rtc-fec/refused", test_refused);
  g_test_add_func ("/rtc-fec/random", test_random);
  return g_test_run ();
}
