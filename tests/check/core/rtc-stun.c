/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-stun.c - the vectors of RFC 5769, every message damaged, every attribute written and read. */
#include "gst/rtc/ice/rtc-stun.h"

#define PWD "VOkJxbRl1RmTxUk/WvJxBt"
#define ID "b7e7a701bc34d686fa87dfae"

/* RFC 5769 2.1: "Sample Request", 2.2 and 2.3: responses, padded by 0x20. */
static const gchar a_request[] =
    "000100582112a442" ID "802200105354554e207465737420636c69656e74" /* SOFTWARE */
    "002400046e0001ff80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf";
static const gchar an_ipv4_response[] = "0101003c2112a442" ID "8022000b7465737420766563746f7220"
                                        "002000080001a147e112a643"
                                        "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                        "80280004c07d4c96";
static const gchar an_ipv6_response[] = "010100482112a442" ID "8022000b7465737420766563746f7220"
                                        "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                                        "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
                                        "80280004c8fb0b4c";
/* RFC 5769 2.4: long-term credentials, so neither fingerprint nor a password that is a string. */
static const gchar a_long_term_request[] =
    "000100602112a44278ad3433c6ad72c029da412e"
    "00060012e3839ee38388e383aae38383e382afe382b90000"
    "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
    "0014000b6578616d706c652e6f726700"
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";

static const guint8 an_id[RTC_STUN_ID_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static gsize
from_hex (const gchar *hex, guint8 *data)
{
  gsize n = strlen (hex) / 2;

  for (gsize i = 0; i < n; i++)
    data[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return n;
}

static gchar *
text (const RtcAddress *address)
{
  static gchar out[RTC_ADDRESS_TEXT_BYTES];

  rtc_address_to_text (address, out);
  return out;
}

static void
parse_ok (const guint8 *data, gsize len, RtcStunMessage *m)
{
  g_assert_cmpuint (rtc_stun_get_size (data, len), ==, len);
  g_assert_cmpint (rtc_stun_parse (data, len, m), ==, RTC_OK);
}

/* --- vectors --- */

static void
test_request (void)
{
  guint8 data[200], id[RTC_STUN_ID_BYTES];
  gsize len = from_hex (a_request, data);
  RtcStunMessage m;

  from_hex (ID, id);
  parse_ok (data, len, &m);
  g_assert_cmpint (m.class_, ==, RTC_STUN_REQUEST);
  g_assert_cmpuint (m.method, ==, RTC_STUN_BINDING);
  g_assert_cmpmem (m.id, RTC_STUN_ID_BYTES, id, sizeof id);
  g_assert_cmpmem (m.username, m.username_len, "evtj:h6vY", 9);
  g_assert_cmpuint (m.priority, ==, 0x6e0001ff);
  g_assert_cmpint (m.role, ==, RTC_STUN_ROLE_CONTROLLED);
  g_assert_cmphex (m.tie_breaker, ==, G_GUINT64_CONSTANT (0x932ff9b151263b36));
  g_assert_false (m.use_candidate);
  g_assert_true (m.has_fingerprint);
  g_assert_cmpuint (m.n_unknown + m.error_code, ==, 0);
  g_assert_cmpint (m.mapped.family, ==, RTC_ADDRESS_NONE);
  g_assert_true (rtc_stun_is_authentic (&m, PWD));
  g_assert_false (rtc_stun_is_authentic (&m, "VOkJxbRl1RmTxUk/WvJxBs"));
  g_assert_false (rtc_stun_is_authentic (&m, ""));
}

static void
test_responses (void)
{
  static const struct {
    const gchar *hex, *mapped;
  } cases[] = { { an_ipv4_response, "192.0.2.1:32853" },
    { an_ipv6_response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853" } };
  guint8 data[200];
  RtcStunMessage m;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    parse_ok (data, from_hex (cases[i].hex, data), &m);
    g_assert_cmpint (m.class_, ==, RTC_STUN_SUCCESS);
    g_assert_true (m.has_fingerprint && rtc_stun_is_authentic (&m, PWD));
    g_assert_cmpstr (text (&m.mapped), ==, cases[i].mapped);
  }
}

/* Read as what it is, though no ICE agent sends it: REALM and NONCE have to be understood. */
static void
test_long_term (void)
{
  guint8 data[200];
  RtcStunMessage m;

  parse_ok (data, from_hex (a_long_term_request, data), &m);
  g_assert_cmpuint (m.username_len, ==, 18);
  g_assert_cmpuint (m.n_unknown, ==, 2);
  g_assert_cmphex (m.unknown[0], ==, 0x0015);
  g_assert_cmphex (m.unknown[1], ==, 0x0014);
  g_assert_false (m.has_fingerprint);
  g_assert_false (rtc_stun_is_authentic (&m, PWD));
}

/* --- damage --- */

/* No bit of a vector can be turned, no byte cut or added, without it being noticed. */
static void
test_damage (void)
{
  const gchar *const all[] = { a_request, an_ipv4_response, an_ipv6_response };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    guint8 data[220] = { 0 };
    gsize len = from_hex (all[i], data);
    RtcStunMessage m;

    for (gsize bit = 0; bit < len * 8; bit++) {
      data[bit / 8] ^= (guint8) (1u << bit % 8);
      /* The fingerprint can lose its name, or vanish in another attribute; the integrity holds for
       * what is before it only. */
      if (rtc_stun_parse (data, len, &m) == RTC_OK) {
        g_assert_false (m.has_fingerprint);
        g_assert_cmpint (rtc_stun_is_authentic (&m, PWD), ==, bit / 8 >= len - 8);
      }
      data[bit / 8] ^= (guint8) (1u << bit % 8);
    }
    for (gsize n = 0; n < sizeof data; n++)
      g_assert_cmpint (rtc_stun_parse (data, n, &m), ==, n == len ? RTC_OK : RTC_ERR_PARSE);
    g_assert_cmpuint (rtc_stun_get_size (data, sizeof data), ==, len);
  }
}

/* Fingerprint right, integrity by somebody else's password; and none at all. */
static void
test_not_authentic (void)
{
  const gchar *const passwords[] = { "somebody", NULL };
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcStunMessage m;

  for (guint i = 0; i < G_N_ELEMENTS (passwords); i++) {
    RtcWriter w = rtc_stun_begin (data, sizeof data, RTC_STUN_REQUEST, an_id);

    rtc_stun_write_username (&w, "a", "b");
    parse_ok (data, rtc_stun_end (&w, passwords[i]), &m);
    g_assert_true (m.has_fingerprint);
    g_assert_false (rtc_stun_is_authentic (&m, PWD));
    g_assert_cmpint (rtc_stun_is_authentic (&m, "somebody"), ==, i == 0);
  }
}

/* --- structure --- */

static gsize
make_raw (guint8 *data, gsize size, guint16 type, const void *value, gsize len, const gchar *pwd)
{
  RtcWriter w = rtc_stun_begin (data, size, RTC_STUN_REQUEST, an_id);

  rtc_writer_u16 (&w, type);
  rtc_writer_u16 (&w, (guint16) len);
  rtc_writer_bytes (&w, value, len);
  rtc_writer_uint (&w, 0, (guint) (4 - len % 4) % 4);
  return rtc_stun_end (&w, pwd);
}

/* Attributes whose values cannot be make the message none. */
static void
test_values (void)
{
  static const struct {
    guint16 type;
    guint min, max; /* lengths that are right */
  } cases[] = { { 0x0006, 0, 508 }, { 0x0024, 4, 4 }, { 0x0025, 0, 0 }, { 0x8029, 8, 8 },
    { 0x802a, 8, 8 }, { 0x0020, 8, 8 }, { 0x0009, 4, 520 } };
  guint8 value[520] = { 0, 1, 4, 1 }, data[700];
  RtcStunMessage m;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint len = 0; len <= sizeof value; len++) {
      gsize n = make_raw (data, sizeof data, cases[i].type, value, len, PWD);
      gboolean is_right = len >= cases[i].min && len <= cases[i].max;

      g_assert_cmpint (rtc_stun_parse (data, n, &m), ==, is_right ? RTC_OK : RTC_ERR_PARSE);
    }
  }
  /* Families and error classes that are none. */
  for (guint i = 0; i < 256; i++) {
    value[1] = (guint8) i;
    g_assert_cmpint (rtc_stun_parse (data, make_raw (data, sizeof data, 0x0020, value, 8, PWD), &m),
        ==, i == 1 ? RTC_OK : RTC_ERR_PARSE);
    value[2] = (guint8) i;
    g_assert_cmpint (rtc_stun_parse (data, make_raw (data, sizeof data, 0x0009, value, 4, PWD), &m),
        ==, (i & 7) >= 3 && (i & 7) <= 6 ? RTC_OK : RTC_ERR_PARSE);
  }
  value[2] = 4;
  value[3] = 100;
  g_assert_cmpint (rtc_stun_parse (data, make_raw (data, sizeof data, 0x0009, value, 4, PWD), &m),
      ==, RTC_ERR_PARSE);
}

/* What has to be understood and is not; more than are remembered are counted as that many. */
static void
test_unknown (void)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcWriter w = rtc_stun_begin (data, sizeof data, RTC_STUN_REQUEST, an_id);
  RtcStunMessage m;

  for (guint i = 0; i < 2 * RTC_STUN_MAX_UNKNOWN; i++) {
    rtc_writer_u32 (&w, 0x7f000000u + (i << 16));
    rtc_writer_u32 (&w, 0xc0570000u); /* libwebrtc's GOOG-NETWORK-INFO need not be understood */
  }
  parse_ok (data, rtc_stun_end (&w, PWD), &m);
  g_assert_cmpuint (m.n_unknown, ==, RTC_STUN_MAX_UNKNOWN);
  g_assert_cmphex (m.unknown[0], ==, 0x7f00);
  g_assert_cmphex (m.unknown[RTC_STUN_MAX_UNKNOWN - 1], ==, 0x7f07);
}

/* The first of two counts; what comes after the integrity does not (RFC 8489 14, 14.5). */
static void
test_order (void)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcWriter w = rtc_stun_begin (data, sizeof data, RTC_STUN_REQUEST, an_id);
  RtcStunMessage m;
  gsize len;

  rtc_stun_write_priority (&w, 1);
  rtc_stun_write_priority (&w, 2);
  rtc_stun_write_username (&w, "first", "x");
  rtc_stun_write_username (&w, "second", "x");
  rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLED, 7);
  rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLING, 8);
  g_assert_cmpuint (rtc_stun_end (&w, PWD), >, 0);
  /* Behind the integrity instead of the fingerprint: not covered, so not there. */
  w.pos -= 8;
  rtc_stun_write_use_candidate (&w);
  rtc_stun_write_mapped (&w, &(RtcAddress){ RTC_ADDRESS_IPV4, { 1, 2, 3, 4 }, 5 });
  len = rtc_stun_end (&w, NULL);
  parse_ok (data, len, &m);
  g_assert_true (rtc_stun_is_authentic (&m, PWD));
  g_assert_cmpuint (m.priority, ==, 1);
  g_assert_cmpmem (m.username, m.username_len, "first:x", 7);
  g_assert_cmpint (m.role, ==, RTC_STUN_ROLE_CONTROLLED);
  g_assert_cmpuint (m.tie_breaker, ==, 7);
  g_assert_false (m.use_candidate);
  g_assert_cmpint (m.mapped.family, ==, RTC_ADDRESS_NONE);
  /* A fingerprint that is not the last. */
  rtc_stun_write_priority (&w, 3);
  g_assert_cmpint (rtc_stun_parse (data, rtc_stun_end (&w, NULL), &m), ==, RTC_ERR_PARSE);
}

static void
test_types (void)
{
  guint8 data[64];
  RtcStunMessage m;

  for (guint type = 0; type < 0x4000; type++) {
    RtcWriter w = rtc_stun_begin (data, sizeof data, RTC_STUN_REQUEST, an_id);

    data[0] = (guint8) (type >> 8);
    data[1] = (guint8) type;
    parse_ok (data, rtc_stun_end (&w, NULL), &m);
    /* Methods are the 12 other bits, in order (RFC 8489 5). */
    g_assert_cmpuint ((m.method & 0x00fu) | (m.method & 0x070u) << 1 | (m.method & 0xf80u) << 2
                          | (m.class_ & 1u) << 4 | (m.class_ & 2u) << 7,
        ==, type);
  }
  /* The two first bits, and the cookie of RFC 3489. */
  data[0] = 0x40;
  g_assert_cmpuint (rtc_stun_get_size (data, 28), ==, 0);
  data[0] = 0;
  g_assert_cmpuint (rtc_stun_get_size (data, 28), ==, 28);
  data[4] = 0x22;
  g_assert_cmpuint (rtc_stun_get_size (data, 28), ==, 0);
}

/* --- writing --- */

static void
write_answers (RtcStunClass class_, guint8 *data, gsize size, gsize *len)
{
  static const guint16 unknown[] = { 0x7f00, 0x0015, 0x0014 };
  RtcWriter w = rtc_stun_begin (data, size, class_, an_id);

  if (class_ == RTC_STUN_ERROR) {
    rtc_stun_write_error (&w, 420, "Unknown Attribute");
    rtc_stun_write_unknown (&w, unknown, G_N_ELEMENTS (unknown));
  } else {
    rtc_stun_write_username (&w, "whom", "who");
    rtc_stun_write_priority (&w, 0x6e0001ff);
    rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLING, G_MAXUINT64 - 1);
    rtc_stun_write_use_candidate (&w);
  }
  *len = rtc_stun_end (&w, PWD);
}

static void
test_write (void)
{
  static const guint8 unknown[] = { 0, 10, 0, 6, 0x7f, 0, 0, 0x15, 0, 0x14, 0, 0 };
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcStunMessage m;
  gsize len;

  write_answers (RTC_STUN_REQUEST, data, sizeof data, &len);
  parse_ok (data, len, &m);
  g_assert_cmpint (m.class_, ==, RTC_STUN_REQUEST);
  g_assert_cmpmem (m.username, m.username_len, "whom:who", 8);
  g_assert_cmpuint (m.priority, ==, 0x6e0001ff);
  g_assert_cmpint (m.role, ==, RTC_STUN_ROLE_CONTROLLING);
  g_assert_cmpuint (m.tie_breaker, ==, G_MAXUINT64 - 1);
  g_assert_true (m.use_candidate && m.has_fingerprint && rtc_stun_is_authentic (&m, PWD));
  write_answers (RTC_STUN_ERROR, data, sizeof data, &len);
  parse_ok (data, len, &m);
  g_assert_cmpint (m.class_, ==, RTC_STUN_ERROR);
  g_assert_cmpuint (m.error_code, ==, 420);
  /* Behind the header and ERROR-CODE with its 17 characters. */
  g_assert_cmpmem (data + 48, sizeof unknown, unknown, sizeof unknown);
  g_assert_true (rtc_stun_is_authentic (&m, PWD));
  /* Whatever does not fit is not written at all. */
  for (gsize size = 0; size < len; size++) {
    gsize none;

    write_answers (RTC_STUN_ERROR, data, size, &none);
    g_assert_cmpuint (none, ==, 0);
  }
}

static void
test_longest (void)
{
  gchar ufrag[257];
  guint8 data[RTC_STUN_MAX_BYTES];
  RtcStunMessage m;
  gsize len;

  memset (ufrag, 'u', 256);
  ufrag[256] = '\0';
  for (guint n = 1; n <= 256; n++) {
    RtcWriter w = rtc_stun_begin (data, sizeof data, RTC_STUN_REQUEST, an_id);

    rtc_stun_write_username (&w, ufrag, ufrag + 256 - n);
    rtc_stun_write_priority (&w, 1);
    rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLING, 0);
    rtc_stun_write_use_candidate (&w);
    len = rtc_stun_end (&w, PWD);
    g_assert_cmpuint (len, >, 0);
    /* RFC 8489 14.3 allows 508: what we may have to write, and nobody may send. */
    g_assert_cmpint (rtc_stun_parse (data, len, &m), ==, 257 + n < 509 ? RTC_OK : RTC_ERR_PARSE);
  }
}

static void
test_mapped (void)
{
  static const gchar *const literals[] = { "0.0.0.0", "255.255.255.255", "192.0.2.1", "::", "::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::1" };
  static const guint16 ports[] = { 0, 1, 0x2112, 65535 };
  guint8 data[100];
  RtcAddress address;
  RtcStunMessage m;

  for (guint i = 0; i < G_N_ELEMENTS (literals) * G_N_ELEMENTS (ports); i++) {
    RtcWriter w = rtc_stun_begin (data, sizeof data, RTC_STUN_SUCCESS, an_id);

    g_assert_true (rtc_address_parse (literals[i / 4], ports[i % 4], &address));
    rtc_stun_write_mapped (&w, &address);
    parse_ok (data, rtc_stun_end (&w, PWD), &m);
    g_assert_true (rtc_address_equal (&m.mapped, &address));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/vectors/request", test_request);
  g_test_add_func ("/stun/vectors/responses", test_responses);
  g_test_add_func ("/stun/vectors/long-term", test_long_term);
  g_test_add_func ("/stun/damage", test_damage);
  g_test_add_func ("/stun/not-authentic", test_not_authentic);
  g_test_add_func ("/stun/values", test_values);
  g_test_add_func ("/stun/unknown", test_unknown);
  g_test_add_func ("/stun/order", test_order);
  g_test_add_func ("/stun/types", test_types);
  g_test_add_func ("/stun/write", test_write);
  g_test_add_func ("/stun/longest", test_longest);
  g_test_add_func ("/stun/mapped", test_mapped);
  return g_test_run ();
}
