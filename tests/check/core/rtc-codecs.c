/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-codecs.c - candidates, format parameters, which codecs match, and caps fields. */
#include "gst/rtc/sdp/rtc-codecs.h"

#include <string.h>

#include "gst/rtc/sdp/rtc-sdp-candidate.h"
#include "gst/rtc/sdp/rtc-sdp-caps.h"

/* RFC 8839 5.1 and T8. */
static const struct {
  const gchar *text;
  RtcResult parse, check; /* check without loopback, when parsed */
} candidate_rows[] = {
  { "candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host", RTC_OK, RTC_OK },
  { "a=candidate:2 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998",
      RTC_OK, RTC_OK },
  { "candidate:x+/ 1 udp 1 fd00::2 9 typ relay raddr :: rport 0 generation 0 ufrag abcd", RTC_OK,
      RTC_OK },
  { "candidate:1 1 tcp 5 192.0.2.3 9 typ host tcptype active", RTC_OK, RTC_OK },
  { "candidate:1 1 tcp 5 192.0.2.3 0 typ host tcptype active", RTC_OK, RTC_OK },
  { "candidate:1 1 tcp 5 192.0.2.3 0 typ host tcptype passive", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 tcp 5 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 9 typ host tcptype active", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 5d3c0f6e-1a2b.local 9 typ host", RTC_OK, RTC_OK },
  { "candidate:1 1 udp 5 www.example.com 9 typ host", RTC_ERR_UNSUPPORTED, 0 },
  { "candidate:1 1 udp 5 a.b.local 9 typ host", RTC_ERR_UNSUPPORTED, 0 },
  { "candidate:1 1 udp 5 fe80::1%eth0 9 typ host", RTC_ERR_UNSUPPORTED, 0 },
  { "candidate:1 1 ssltcp 5 192.0.2.3 9 typ host", RTC_ERR_UNSUPPORTED, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 9 typ odd", RTC_ERR_UNSUPPORTED, 0 },
  { "candidate:1 1 udp 0 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 2147483648 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 0 udp 5 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 257 udp 5 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 65536 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 9 typ", RTC_ERR_UNSUPPORTED, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 9", RTC_ERR_PARSE, 0 },
  { "candidate:012345678901234567890123456789012 1 udp 5 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:a_b 1 udp 5 192.0.2.3 9 typ host", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 9 typ host generation", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 192.0.2.3 9 typ host\r\na=x", RTC_ERR_PARSE, 0 },
  { "candidate:", RTC_ERR_PARSE, 0 },
  { "", RTC_ERR_PARSE, 0 },
  { "candidate:1 1 udp 5 0.0.0.0 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 0.1.2.3 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 224.0.0.1 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 255.255.255.255 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 127.0.0.1 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 ::1 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 :: 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 ff02::1 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 ::ffff:127.0.0.1 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 ::ffff:224.0.0.1 9 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
  { "candidate:1 1 udp 5 192.0.2.3 0 typ host", RTC_OK, RTC_ERR_UNSUPPORTED },
};

static void
test_candidate (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (candidate_rows); i++) {
    RtcCandidate c, again;
    RtcResult result;
    gchar *text;

    memset (&c, 0x55, sizeof c);
    memcpy (&again, &c, sizeof c);
    result = rtc_candidate_parse (candidate_rows[i].text, &c);
    if (result != candidate_rows[i].parse)
      g_error ("row %u: %s is %s", i, candidate_rows[i].text, rtc_result_to_string (result));
    if (result != RTC_OK) {
      g_assert_cmpmem (&c, sizeof c, &again, sizeof again);
      continue;
    }
    g_assert_cmpint (rtc_candidate_check (&c, FALSE), ==, candidate_rows[i].check);
    text = rtc_candidate_write (&c);
    g_assert_cmpint (rtc_candidate_parse (text, &again), ==, RTC_OK);
    g_assert_true (rtc_candidate_equal (&c, &again));
    g_free (text);
  }
}

static void
test_candidate_loopback (void)
{
  RtcCandidate c;

  g_assert_cmpint (rtc_candidate_parse ("candidate:1 1 udp 5 ::1 9 typ host", &c), ==, RTC_OK);
  g_assert_cmpint (rtc_candidate_check (&c, TRUE), ==, RTC_OK);
}

static void
test_fmtp (void)
{
  static const struct {
    RtcCodecId id;
    const gchar *text, *again; /* NULL: refused */
  } rows[] = {
    { RTC_CODEC_H264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" },
    { RTC_CODEC_H264, " PROFILE-LEVEL-ID = 640C1F ; x=y;; packetization-mode=0",
        "packetization-mode=0;profile-level-id=640c1f" },
    { RTC_CODEC_H264, "sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==",
        "sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==" },
    { RTC_CODEC_H264, "sprop-parameter-sets=a\"b", "" },
    { RTC_CODEC_H264, "packetization-mode=3", NULL },
    { RTC_CODEC_H264, "profile-level-id=42e01", NULL },
    { RTC_CODEC_H264, "profile-level-id=42e01g", NULL },
    { RTC_CODEC_VP9, "profile-id=2", "profile-id=2" },
    { RTC_CODEC_VP9, "profile-id=4", NULL },
    { RTC_CODEC_VP8, "max-fs=12288;max-fr=60", "max-fs=12288;max-fr=60" },
    { RTC_CODEC_VP8, "max-fs=4294967296", NULL },
    { RTC_CODEC_AV1, "level-idx=5;profile=1;tier=0", "level-idx=5;profile=1;tier=0" },
    { RTC_CODEC_AV1, "", "level-idx=5;profile=0;tier=0" },
    { RTC_CODEC_AV1, "level-idx=32", NULL },
    { RTC_CODEC_H265, "level-id=120", "level-id=120;profile-id=1;tier-flag=0;tx-mode=SRST" },
    { RTC_CODEC_H265, "tx-mode=XXXX", NULL },
    { RTC_CODEC_OPUS, "minptime=10;useinbandfec=1", "minptime=10;useinbandfec=1" },
    { RTC_CODEC_OPUS, "sprop-stereo=0;sprop-maxcapturerate=48000", "" },
    { RTC_CODEC_OPUS, "stereo=2", NULL },
    { RTC_CODEC_RTX, "apt=96", "apt=96" },
    { RTC_CODEC_RTX, "apt=96;rtx-time=3000", "apt=96;rtx-time=3000" },
    { RTC_CODEC_RTX, "apt=128", NULL },
    { RTC_CODEC_RTX, "apt=", NULL },
    { RTC_CODEC_RED, "111/111", "111/111" },
    { RTC_CODEC_RED, "111/x", NULL },
    { RTC_CODEC_TELEPHONE_EVENT, "0-15", "0-15" },
    { RTC_CODEC_TELEPHONE_EVENT, "0-9,11,13-15", "0-9,11,13-15" },
    { RTC_CODEC_TELEPHONE_EVENT, "9-0", NULL },
    { RTC_CODEC_TELEPHONE_EVENT, "0-255", "0-63" },
    { RTC_CODEC_FLEXFEC, "repair-window=10000000", "repair-window=10000000" },
    { RTC_CODEC_PCMU, "anything", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcResult expected = rows[i].again != NULL ? RTC_OK : RTC_ERR_PARSE;
    RtcFmtp fmtp;
    gchar *text;

    rtc_fmtp_init (&fmtp, rows[i].id);
    if (rtc_fmtp_parse (&fmtp, rows[i].id, rows[i].text, strlen (rows[i].text)) != expected)
      g_error ("row %u: %s", i, rows[i].text);
    if (expected != RTC_OK)
      continue;
    text = rtc_fmtp_write (&fmtp, rows[i].id);
    g_assert_cmpstr (text != NULL ? text : "", ==, rows[i].again);
    g_free (text);
  }
}

static void
test_h264_profiles (void)
{
  static const struct {
    guint32 id;
    RtcH264Profile profile;
    guint level;
  } rows[] = {
    { 0x42e01f, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 62 },
    { 0x42c01e, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 60 },
    { 0x42400a, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 20 },
    { 0x4d801f, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 62 },
    { 0x58c01f, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 62 },
    { 0x42001f, RTC_H264_PROFILE_BASELINE, 62 },
    { 0x58801f, RTC_H264_PROFILE_BASELINE, 62 },
    { 0x4d001f, RTC_H264_PROFILE_MAIN, 62 },
    { 0x4d401f, RTC_H264_PROFILE_MAIN, 62 },
    { 0x58001f, RTC_H264_PROFILE_EXTENDED, 62 },
    { 0x64001f, RTC_H264_PROFILE_HIGH, 62 },
    { 0x640c1f, RTC_H264_PROFILE_CONSTRAINED_HIGH, 62 },
    { 0x640032, RTC_H264_PROFILE_HIGH, 100 },
    { 0xf4001f, RTC_H264_PROFILE_HIGH_444, 62 },
    { 0x42f00b, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 21 }, /* 1b */
    { 0x42e00b, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 22 },
    { 0x640009, RTC_H264_PROFILE_HIGH, 21 }, /* 1b */
    { 0x640f1f, RTC_H264_PROFILE_UNKNOWN, 62 },
    { 0x42e0ff, RTC_H264_PROFILE_CONSTRAINED_BASELINE, 0 },
    { 0x123456, RTC_H264_PROFILE_UNKNOWN, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_assert_cmpint (rtc_h264_profile (rows[i].id), ==, rows[i].profile);
    g_assert_cmpuint (rtc_h264_level (rows[i].id), ==, rows[i].level);
    if (rows[i].level != 0 && rows[i].profile != RTC_H264_PROFILE_UNKNOWN)
      for (guint level = 20; level <= 22; level++) {
        guint32 id = rtc_h264_with_level (rows[i].id, level);

        g_assert_cmpuint (rtc_h264_level (id), ==, level);
        g_assert_cmpint (rtc_h264_profile (id), ==, rows[i].profile);
      }
  }
}

static void
make (RtcCodec *codec, RtcCodecId id, const gchar *fmtp)
{
  rtc_codec_init (codec, id, 96);
  rtc_fmtp_init (&codec->fmtp, id);
  g_assert_cmpint (rtc_fmtp_parse (&codec->fmtp, id, fmtp, strlen (fmtp)), ==, RTC_OK);
}

#define PM1 "packetization-mode=1;profile-level-id="
#define PM1A "level-asymmetry-allowed=1;" PM1

static void
test_matching (void)
{
  static const struct {
    RtcCodecId id;
    const gchar *ours, *remote;
    const gchar *answer; /* NULL: no match */
  } rows[] = {
    { RTC_CODEC_H264, PM1A "42e01f", PM1A "42e01f", PM1A "42e01f" },
    { RTC_CODEC_H264, PM1A "42e01f", PM1A "42c01e", PM1A "42c01f" }, /* asymmetry: our level */
    { RTC_CODEC_H264, PM1A "42e01f", PM1A "4d801f", PM1A "4d801f" },
    { RTC_CODEC_H264, PM1A "42e01f", PM1 "42e00d", PM1 "42e00d" }, /* lowered */
    { RTC_CODEC_H264, PM1 "42e00d", PM1A "42e01f", PM1 "42e00d" },
    { RTC_CODEC_H264, PM1 "42e01f", PM1 "42f00b", PM1 "42f00b" }, /* 1b */
    { RTC_CODEC_H264, PM1A "42e01f", PM1A "42001f", NULL },
    { RTC_CODEC_H264, PM1A "42e01f", PM1A "640c1f", NULL },
    { RTC_CODEC_H264, PM1A "42e01f", "level-asymmetry-allowed=1;profile-level-id=42e01f", NULL },
    { RTC_CODEC_H264, PM1A "42e01f", "", NULL }, /* inferred Baseline 1, mode 0 */
    { RTC_CODEC_H264, PM1A "640f1f", PM1A "640f1f", NULL },
    { RTC_CODEC_VP9, "profile-id=0", "", "profile-id=0" },
    { RTC_CODEC_VP9, "profile-id=0", "profile-id=2", NULL },
    { RTC_CODEC_AV1, "profile=0", "profile=0;level-idx=13;tier=1", "level-idx=5;profile=0;tier=0" },
    { RTC_CODEC_AV1, "profile=0", "profile=1", NULL },
    { RTC_CODEC_H265, "level-id=120", "level-id=93",
        "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST" },
    { RTC_CODEC_H265, "profile-id=1", "profile-id=2", NULL },
    { RTC_CODEC_H265, "", "tx-mode=MRST", NULL },
    { RTC_CODEC_OPUS, "minptime=10;useinbandfec=1", "stereo=1", "minptime=10;useinbandfec=1" },
    { RTC_CODEC_RTX, "apt=96", "apt=96", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcCodec ours, remote, answer;
    gchar *text;

    make (&ours, rows[i].id, rows[i].ours);
    make (&remote, rows[i].id, rows[i].remote);
    remote.pt = 100;
    remote.rtcp_fb = RTC_RTCP_FB_NACK | RTC_RTCP_FB_TRANSPORT_CC;
    if (rtc_codec_matches (&ours, &remote) != (rows[i].answer != NULL))
      g_error ("row %u: %s / %s", i, rows[i].ours, rows[i].remote);
    if (rows[i].answer == NULL)
      continue;
    rtc_codec_answer (&ours, &remote, &answer);
    g_assert_cmpuint (answer.pt, ==, 100);
    g_assert_cmpuint (answer.rtcp_fb, ==, ours.rtcp_fb & remote.rtcp_fb);
    text = rtc_fmtp_write (&answer.fmtp, rows[i].id);
    g_assert_cmpstr (text, ==, rows[i].answer);
    g_free (text);
  }
}

static const gchar *
get_field (gpointer user_data, const gchar *name)
{
  return g_hash_table_lookup (user_data, name);
}

/* What goes into caps comes back, and nothing of the peer's own words goes in (T25). */
static void
test_caps (void)
{
  for (guint id = RTC_CODEC_OPUS; id < RTC_CODEC_N_IDS; id++) {
    GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    RtcCodec codec, again;
    GArray *fields;

    rtc_codec_init (&codec, (RtcCodecId) id, 101);
    if (id == RTC_CODEC_RTX) {
      codec.fmtp.rtx.has_apt = TRUE;
      codec.fmtp.rtx.apt = 96;
    }
    fields = rtc_codec_to_caps_fields (&codec);
    for (guint i = 0; i < fields->len; i++) {
      RtcCapsField *f = &g_array_index (fields, RtcCapsField, i);

      g_hash_table_insert (table, (gpointer) f->name,
          f->text != NULL ? g_strdup (f->text) : g_strdup_printf ("%d", f->number));
    }
    g_assert_cmpint (rtc_codec_from_caps_fields (&again, get_field, table), ==, RTC_OK);
    if (id != RTC_CODEC_H264)
      g_assert_true (rtc_fmtp_equal (&codec.fmtp, &again.fmtp, codec.id));
    g_assert_cmpuint (again.pt, ==, codec.pt);
    g_assert_cmpint (again.id, ==, codec.id);
    g_array_unref (fields);
    g_hash_table_insert (table, (gpointer) "payload", g_strdup ("300"));
    g_assert_cmpint (rtc_codec_from_caps_fields (&again, get_field, table), ==, RTC_ERR_PARSE);
    g_hash_table_insert (table, (gpointer) "encoding-name", g_strdup ("X;a=(int)1"));
    g_assert_cmpint (
        rtc_codec_from_caps_fields (&again, get_field, table), ==, RTC_ERR_UNSUPPORTED);
    g_hash_table_unref (table);
  }
  {
    RtcCodec codec = { .id = RTC_CODEC_UNKNOWN, .name = "x,y;z" };

    g_assert_null (rtc_codec_to_caps_fields (&codec));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codecs/candidate", test_candidate);
  g_test_add_func ("/codecs/candidate-loopback", test_candidate_loopback);
  g_test_add_func ("/codecs/fmtp", test_fmtp);
  g_test_add_func ("/codecs/h264-profiles", test_h264_profiles);
  g_test_add_func ("/codecs/matching", test_matching);
  g_test_add_func ("/codecs/caps", test_caps);
  return g_test_run ();
}
