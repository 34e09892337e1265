/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp.c - descriptions: saved ones and random ones survive write and parse, bad ones are named.
 */
#include "gst/rtc/sdp/rtc-sdp.h"

#include <string.h>

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/sdp/rtc-sdp-fragment.h"
#include "tests/check/thread-time.h"

#define HEAD "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nc=IN IP4 0.0.0.0\r\n"
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"

static RtcSdp *
parse (const gchar *text)
{
  GError *error = NULL;
  RtcSdp *sdp = rtc_sdp_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (sdp);
  return sdp;
}

static void
check_round_trip (const RtcSdp *sdp)
{
  gchar *text = rtc_sdp_write (sdp);
  RtcSdp *again = parse (text), *copy = rtc_sdp_copy (sdp);

  if (!rtc_sdp_equal (sdp, again)) {
    gchar *other = rtc_sdp_write (again);

    g_error ("not equal:\n%s\n----\n%s", text, other);
  }
  g_assert_true (rtc_sdp_equal (sdp, copy));
  g_assert_cmpuint (again->n_dropped, ==, 0);
  rtc_sdp_free (again);
  rtc_sdp_free (copy);
  g_free (text);
}

static void
test_saved (void)
{
  const gchar *path = g_getenv ("RTC_TEST_SDP");
  GDir *dir;
  const gchar *name;
  guint n = 0;

  g_assert_nonnull (path);
  dir = g_dir_open (path, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    gchar *file = g_build_filename (path, name, NULL), *text = NULL;
    RtcSdp *sdp;

    g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
    sdp = parse (text);
    g_assert_cmpuint (sdp->n_dropped, ==, 0);
    for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++) {
      RtcSdpSection *s = rtc_sdp_section (sdp, i);

      g_assert_cmpint (s->protocol, !=, RTC_SDP_PROTOCOL_FOREIGN);
      g_assert_cmpuint (s->fingerprints->len, ==, 1);
      g_assert_cmpuint (strlen (s->ice_pwd), >=, 22);
      g_assert_cmpint (s->setup, !=, RTC_SDP_SETUP_NONE);
      g_assert_true (rtc_sdp_is_bundled (sdp, s->mid));
      for (guint k = 0; k < s->codecs->len; k++) {
        const RtcCodec *codec = &g_array_index (s->codecs, RtcCodec, k);

        if (codec->id == RTC_CODEC_UNKNOWN && !g_str_equal (codec->name, "ISAC")
            && !g_str_equal (codec->name, "ILBC"))
          g_error ("%s: %u %s", name, codec->pt, codec->name);
      }
    }
    check_round_trip (sdp);
    rtc_sdp_free (sdp);
    g_free (text);
    g_free (file);
    n++;
  }
  g_assert_cmpuint (n, >=, 21);
  g_dir_close (dir);
}

/* One saved description, value by value. */
static void
test_firefox (void)
{
  gchar *file = g_build_filename (g_getenv ("RTC_TEST_SDP"), "firefox-offer-simulcast.sdp", NULL),
        *text;
  RtcSdpSection *video;
  const RtcCodec *rtx;
  RtcSdp *sdp;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  sdp = parse (text);
  video = rtc_sdp_section (sdp, 1);
  g_assert_cmpint (video->kind, ==, RTC_MEDIA_VIDEO);
  g_assert_cmpuint (video->codecs->len, ==, 9);
  g_assert_cmpint (g_array_index (video->codecs, RtcCodec, 0).id, ==, RTC_CODEC_VP8);
  g_assert_cmpuint (g_array_index (video->codecs, RtcCodec, 0).fmtp.vpx.max_fs, ==, 12288);
  g_assert_cmpuint (
      g_array_index (video->codecs, RtcCodec, 0).rtcp_fb, ==, RTC_RTCP_FB_VIDEO_DEFAULT);
  rtx = rtc_codec_find_rtx ((RtcCodec *) video->codecs->data, video->codecs->len, 121);
  g_assert_cmpuint (rtx->pt, ==, 125);
  g_assert_cmpuint (video->rids->len, ==, 3);
  g_assert_cmpstr (g_array_index (video->rids, RtcSdpRid, 2).id, ==, "f");
  g_assert_cmpuint (video->simulcast->len, ==, 3);
  g_assert_cmpuint (video->ssrcs->len, ==, 6);
  g_assert_cmpuint (video->ssrc_groups->len, ==, 3);
  g_assert_true (video->end_of_candidates && video->rtcp_mux && video->rtcp_rsize);
  g_assert_true (video->extmap_allow_mixed && video->ice_trickle);
  rtc_sdp_free (sdp);
  g_free (text);
  g_free (file);
}

static void
random_token (RtcRandom *random, gchar *out, gsize max)
{
  rtc_random_ice_chars (random, out, rtc_random_range (random, 1, (guint32) max));
}

static void
random_transport (RtcRandom *random, RtcSdpSection *s)
{
  guint n = rtc_random_range (random, 0, 4);

  rtc_random_ice_chars (random, s->ice_ufrag, rtc_random_range (random, 4, 257));
  rtc_random_ice_chars (random, s->ice_pwd, rtc_random_range (random, 22, 257));
  s->ice_trickle = rtc_random_range (random, 0, 2);
  s->ice_renomination = rtc_random_range (random, 0, 2);
  s->ice2 = rtc_random_range (random, 0, 2);
  s->setup = (RtcSdpSetup) rtc_random_range (random, 0, 5);
  s->end_of_candidates = rtc_random_range (random, 0, 2);
  if (rtc_random_range (random, 0, 2))
    rtc_random_ice_chars (random, s->tls_id, rtc_random_range (random, 20, 256));
  for (guint i = 0; i < n; i++) {
    RtcDtlsFingerprint f = { "sha-256", "" };
    RtcCandidate c = { .component = 1, .priority = rtc_random_u32 (random) >> 1 | 1 };

    for (guint k = 0; k < 32; k++)
      g_snprintf (f.value + 3 * k, 4, k < 31 ? "%02X:" : "%02X", rtc_random_range (random, 0, 256));
    g_array_append_val (s->fingerprints, f);
    random_token (random, c.foundation, 33);
    c.transport = (RtcCandidateTransport) rtc_random_range (random, 0, 4);
    c.type = (RtcCandidateType) rtc_random_range (random, 0, 4);
    c.port = (guint16) rtc_random_range (random, 1, 65536);
    g_snprintf (c.address, sizeof c.address, "10.%u.3.4", rtc_random_range (random, 0, 256));
    if (rtc_random_range (random, 0, 2)) {
      g_strlcpy (c.related_address, "fd00::2", sizeof c.related_address);
      c.related_port = 77;
    }
    g_array_append_val (s->candidates, c);
  }
}

static void
random_media (RtcRandom *random, RtcSdpSection *s)
{
  guint n = rtc_random_range (random, 1, 12);

  for (guint i = 0; i < n; i++) {
    RtcCodecId id = (RtcCodecId) rtc_random_range (random, 1, RTC_CODEC_N_IDS);
    const RtcCodecInfo *info = rtc_codec_info (id);
    RtcCodec codec;

    if (info->kind != s->kind && info->kind != RTC_MEDIA_VIDEO)
      continue;
    if (info->is_media && info->kind != s->kind)
      continue;
    rtc_codec_init (&codec, id, (guint8) (96 + i));
    if (info->static_pt >= 0 && i > 0)
      continue;
    codec.kind = s->kind;
    codec.channels = s->kind == RTC_MEDIA_AUDIO ? MAX (1, codec.channels) : 0;
    codec.rtcp_fb = rtc_random_range (random, 0, 32);
    if (id == RTC_CODEC_RTX) {
      codec.fmtp.rtx.has_apt = TRUE;
      codec.fmtp.rtx.apt = (guint8) rtc_random_range (random, 0, 128);
    } else if (id == RTC_CODEC_H264) {
      codec.fmtp.h264.profile_level_id = rtc_random_u32 (random) & 0xffffff;
      codec.fmtp.h264.packetization_mode = (guint8) rtc_random_range (random, 0, 3);
    } else if (id == RTC_CODEC_TELEPHONE_EVENT) {
      codec.fmtp.telephone_event.events = rtc_random_u64 (random);
    } else if (id == RTC_CODEC_AV1) {
      codec.fmtp.av1.level_idx = (guint8) rtc_random_range (random, 0, 32);
    } else if (id == RTC_CODEC_OPUS) {
      codec.fmtp.opus.max_average_bitrate = rtc_random_u32 (random);
      codec.fmtp.opus.stereo = rtc_random_range (random, 0, 2);
      codec.fmtp.opus.cbr = rtc_random_range (random, 0, 2);
    }
    g_array_append_val (s->codecs, codec);
  }
  if (s->codecs->len == 0) {
    RtcCodec codec;

    rtc_codec_init (&codec, s->kind == RTC_MEDIA_AUDIO ? RTC_CODEC_OPUS : RTC_CODEC_VP8, 127);
    g_array_append_val (s->codecs, codec);
  }
  s->rtcp_mux = rtc_random_range (random, 0, 2);
  s->rtcp_mux_only = rtc_random_range (random, 0, 2);
  s->rtcp_rsize = rtc_random_range (random, 0, 2);
  s->rcvr_rtt = (RtcSdpRcvrRtt) rtc_random_range (random, 0, 3);
}

static void
random_sources (RtcRandom *random, RtcSdpSection *s)
{
  guint n = rtc_random_range (random, 0, 4);
  RtcSdpSsrcGroup group = { .type = (RtcSdpSsrcGroupType) rtc_random_range (random, 0, 2) };

  for (guint i = 0; i < n; i++) {
    RtcSdpSsrc ssrc = { rtc_random_u32 (random) };
    RtcSdpSimulcast entry = { .is_send = i < 2, .is_paused = rtc_random_range (random, 0, 2) };
    RtcSdpMsid msid = { "", "" };
    RtcSdpRid rid = { .is_send = rtc_random_range (random, 0, 2),
      .max_width = rtc_random_range (random, 0, 3),
      .max_bitrate = rtc_random_range (random, 0, 3) };
    gchar uri[30];

    if (rtc_random_range (random, 0, 2))
      random_token (random, ssrc.cname, 65);
    if (rtc_random_range (random, 0, 2))
      random_token (random, ssrc.msid_stream, 65);
    group.ssrcs[group.n_ssrcs++] = ssrc.ssrc;
    g_array_append_val (s->ssrcs, ssrc);
    random_token (random, msid.stream, 65);
    g_array_append_val (s->msids, msid);
    g_snprintf (rid.id, sizeof rid.id, "r%u", i);
    rid.n_pts = rtc_random_range (random, 0, 3);
    for (guint k = 0; k < rid.n_pts; k++)
      rid.pts[k] = (guint8) (96 + k);
    g_array_append_val (s->rids, rid);
    g_strlcpy (entry.rid, rid.id, sizeof entry.rid);
    entry.is_alternative = i == 1 && rtc_random_range (random, 0, 2);
    g_array_append_val (s->simulcast, entry);
    g_snprintf (uri, sizeof uri, "urn:x:%u", i);
    rtc_sdp_section_add_extmap (s, (guint8) rtc_random_range (random, 1, 256),
        (RtcDirection) rtc_random_range (random, 0, 4), uri);
  }
  if (group.n_ssrcs > 0)
    g_array_append_val (s->ssrc_groups, group);
}

static void
test_random (void)
{
  RtcRandom *random = rtc_random_new_seeded (42);

  for (guint round = 0; round < 300; round++) {
    RtcSdp *sdp = rtc_sdp_new ();
    guint n = rtc_random_range (random, 0, 5);

    sdp->session_id = rtc_random_u64 (random);
    sdp->version = rtc_random_u64 (random);
    sdp->ice_lite = rtc_random_range (random, 0, 2);
    sdp->msid_semantic = rtc_random_range (random, 0, 2);
    sdp->extmap_allow_mixed = rtc_random_range (random, 0, 2);
    for (guint i = 0; i < n; i++) {
      RtcMediaKind kind = (RtcMediaKind) rtc_random_range (random, 0, 3);
      gchar mid[12];
      RtcSdpSection *s;

      g_snprintf (mid, sizeof mid, "m%u", i);
      s = rtc_sdp_add_section (sdp, kind, mid);
      s->port = (guint16) rtc_random_range (random, 0, 65536);
      s->bundle_only = rtc_random_range (random, 0, 2);
      s->direction = (RtcDirection) rtc_random_range (random, 0, 4);
      s->extmap_allow_mixed = sdp->extmap_allow_mixed || rtc_random_range (random, 0, 2);
      random_transport (random, s);
      if (kind == RTC_MEDIA_APPLICATION) {
        s->sctp_port = (guint16) rtc_random_range (random, 1, 65536);
        s->has_max_message_size = TRUE;
        s->max_message_size = rtc_random_u64 (random);
      } else {
        random_media (random, s);
        random_sources (random, s);
      }
      if (rtc_random_range (random, 0, 2))
        g_ptr_array_add (sdp->bundle, g_strdup (mid));
    }
    check_round_trip (sdp);
    rtc_sdp_free (sdp);
  }
  rtc_random_free (random);
}

static void
test_inherit (void)
{
  RtcSdp *sdp = parse (
      HEAD "a=fingerprint:sha-256 "
           "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
           "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\r\n"
           "a=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
           "a=recvonly\r\na=extmap:3 urn:x\r\na=end-of-candidates\r\na=group:BUNDLE a b\r\n" VIDEO
           "a=mid:a\r\n" VIDEO "a=mid:b\r\na=sendonly\r\na=setup:active\r\na=ice-ufrag:efgh\r\n"
           "a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n");
  RtcSdpSection *a = rtc_sdp_find_section (sdp, "a"), *b = rtc_sdp_find_section (sdp, "b");

  g_assert_cmpint (a->direction, ==, RTC_DIRECTION_RECVONLY);
  g_assert_cmpint (a->setup, ==, RTC_SDP_SETUP_ACTPASS);
  g_assert_cmpstr (a->ice_ufrag, ==, "abcd");
  g_assert_cmpuint (a->extmaps->len, ==, 1);
  g_assert_true (a->end_of_candidates);
  g_assert_true (
      g_str_has_suffix (g_array_index (a->fingerprints, RtcDtlsFingerprint, 0).value, "EE:FF"));
  g_assert_cmpint (b->direction, ==, RTC_DIRECTION_SENDONLY);
  g_assert_cmpint (b->setup, ==, RTC_SDP_SETUP_ACTIVE);
  g_assert_cmpstr (b->ice_ufrag, ==, "efgh");
  g_assert_cmpuint (b->fingerprints->len, ==, 1);
  g_assert_cmpstr (g_array_index (b->fingerprints, RtcDtlsFingerprint, 0).algorithm, ==, "sha-1");
  rtc_sdp_free (sdp);
}

/* T22, T23: one clear error each. */
static void
test_bad (void)
{
  static const struct {
    const gchar *text, *message;
  } rows[] = {
    { "", "no v= line" },
    { "o=- 1 2 IN IP4 x\r\n", "line 1: a description begins with v=0" },
    { "v=1\r\n", "line 1: the version is not 0" },
    { "v=0\r\n", "no o= line" },
    { "v=0\r\no=- x 2\r\n", "line 2: the session id" },
    { "v=0\r\no=- 18446744073709551616 2\r\n", "line 2: the session id" },
    { "v=0\r\nhello\r\n", "line 2: not of the form x=value" },
    { "v=0\r\no=- 1 2\r\ns=\x01\r\n", "line 3: control character 0x01" },
    { HEAD "m=video 9 UDP/TLS/RTP/SAVPF 128\r\n", "line 6: payload type \"128\"" },
    { HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96 4294967296\r\n", "line 6: payload type" },
    { HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96 96\r\n", "line 6: payload type 96 is listed twice" },
    { HEAD "m=video 65536 UDP/TLS/RTP/SAVPF 96\r\n", "line 6: port \"65536\"" },
    { HEAD "m=video -1 UDP/TLS/RTP/SAVPF 96\r\n", "line 6: port \"-1\"" },
    { HEAD "m=video 9 UDP/TLS/RTP/SAVPF\r\n", "line 6: m=video" },
    { HEAD "m=application 9 DTLS/SCTP 70000\r\n", "line 6: the SCTP port" },
    { HEAD VIDEO "a=rtpmap:300 VP8/90000\r\n", "line 7: payload type \"300\"" },
    { HEAD VIDEO "a=rtpmap:96 VP8\r\n", "line 7: a=rtpmap:96" },
    { HEAD VIDEO "a=rtpmap:96 VP8/0\r\n", "line 7: a=rtpmap:96" },
    { HEAD VIDEO "a=rtpmap:96 VP8/90000\r\na=rtpmap:96 VP9/90000\r\n", "line 8: payload type 96" },
    { HEAD VIDEO "a=fmtp:96 apt=300\r\na=rtpmap:96 rtx/90000\r\n", "line 7: a=fmtp:96" },
    { HEAD VIDEO "a=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=42zz1f\r\n", "line 8" },
    { HEAD VIDEO "a=mid:\r\n", "line 7: a=mid is empty" },
    { HEAD VIDEO "a=mid:a\r\na=mid:b\r\n", "line 8: a second a=mid" },
    { HEAD VIDEO "a=mid:a\r\n" VIDEO "a=mid:a\r\n", "two sections have the mid \"a\"" },
    { HEAD "a=group:BUNDLE q\r\n" VIDEO "a=mid:a\r\n", "BUNDLE names \"q\"" },
    { HEAD VIDEO "a=ice-ufrag:abc\r\n", "line 7: a=ice-ufrag" },
    { HEAD VIDEO "a=ice-pwd:short\r\n", "line 7: a=ice-pwd" },
    { HEAD VIDEO "a=fingerprint:sha-256 AB:CD\r\n", "line 7: the sha-256 fingerprint" },
    { HEAD VIDEO "a=fingerprint:sha-1\r\n", "line 7: a=fingerprint needs" },
    { HEAD VIDEO "a=setup:maybe\r\n", "line 7: a=setup:maybe" },
    { HEAD VIDEO "a=extmap:0 urn:x\r\n", "line 7: a=extmap id \"0\"" },
    { HEAD VIDEO "a=extmap:256 urn:x\r\n", "line 7: a=extmap id" },
    { HEAD VIDEO "a=extmap:1/upward urn:x\r\n", "unknown direction" },
    { HEAD VIDEO "a=extmap:1\r\n", "line 7: a=extmap:1 has no URI" },
    { HEAD VIDEO "a=ssrc:4294967296 cname:x\r\n", "line 7: a=ssrc" },
    { HEAD VIDEO "a=ssrc-group:FID 1 -2\r\n", "line 7: a=ssrc-group" },
    { HEAD VIDEO "a=rid:abc up\r\n", "line 7: a=rid:abc" },
    { HEAD VIDEO "a=rid:a,b send\r\n", "line 7: RID" },
    { HEAD VIDEO "a=simulcast:up a\r\n", "line 7: a=simulcast" },
    { HEAD "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:65536\r\n", "line 7" },
    { HEAD "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=max-message-size:x\r\n",
        "line 7" },
    { "v=0\r\no=- 1 2 IN IP4 x\r\n" VIDEO "a=mid:0\r\n", "line 3: the m-line has no c= line" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;
    RtcSdp *sdp = rtc_sdp_parse (rows[i].text, strlen (rows[i].text), &error);

    g_assert_null (sdp);
    g_assert_error (error, RTC_ERROR, -RTC_ERR_PARSE);
    if (strstr (error->message, rows[i].message) == NULL)
      g_error ("row %u: \"%s\" lacks \"%s\"", i, error->message, rows[i].message);
    g_clear_error (&error);
  }
}

static void
repeat (GString *s, guint n, const gchar *format)
{
  gchar **parts = g_strsplit (format, "#", 2);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (s, "%s%u%s", parts[0], i, parts[1]);
  g_strfreev (parts);
}

static void
test_limits (void)
{
  static const struct {
    const gchar *before, *line;
    guint good, bad;
  } rows[] = {
    { HEAD, "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=x:#\r\n", 128, 129 },
    { HEAD VIDEO, "a=extmap:1 urn:#\r\n", 32, 33 },
    { HEAD VIDEO, "a=rid:# send\r\n", 16, 17 },
    { HEAD VIDEO, "a=ssrc:# cname:x\r\n", 64, 65 },
    { HEAD VIDEO, "a=ssrc-group:FID # 2\r\n", 64, 65 },
    { HEAD VIDEO, "a=x:#\r\n", 9994, 9995 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GString *good = g_string_new (rows[i].before), *bad = g_string_new (rows[i].before);
    GError *error = NULL;

    repeat (good, rows[i].good, rows[i].line);
    rtc_sdp_free (parse (good->str));
    repeat (bad, rows[i].bad, rows[i].line);
    g_assert_null (rtc_sdp_parse (bad->str, bad->len, &error));
    g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
    g_clear_error (&error);
    g_string_free (good, TRUE);
    g_string_free (bad, TRUE);
  }
}

/* Candidates beyond the limit, and bad ones, are dropped and counted. */
static void
test_candidate_flood (void)
{
  GString *s = g_string_new (HEAD VIDEO);
  RtcSdp *sdp;

  repeat (s, 5000, "a=candidate:# 1 udp 5 10.0.0.1 9 typ host\r\n");
  g_string_append (s, "a=candidate:nonsense\r\n");
  sdp = parse (s->str);
  g_assert_cmpuint (rtc_sdp_section (sdp, 0)->candidates->len, ==, RTC_SDP_MAX_CANDIDATES);
  g_assert_cmpuint (sdp->n_dropped, ==, 4901);
  rtc_sdp_free (sdp);
  g_string_free (s, TRUE);
}

/* T22, A4: the largest body takes linear time, 50 ms at most. */
static void
test_time (void)
{
  static const gchar *const lines[] = { "a=x:#\r\n", "a=ssrc:1 cname:#\r\n",
    "a=rtcp-fb:96 nack #\r\n", "a=fmtp:96 x=#;profile-id=0\r\n",
    "a=candidate:# 1 udp 5 10.0.0.1 9 typ host\r\n", "a=simulcast:send #\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    GString *s = g_string_new (HEAD VIDEO "a=rtpmap:96 VP9/90000\r\n");
    gint64 start;
    GError *error = NULL;
    RtcSdp *sdp;

    repeat (s, 9990, lines[i]);
    g_string_truncate (s, MIN (s->len, RTC_SDP_MAX_BYTES));
    start = get_thread_time ();
    sdp = rtc_sdp_parse (s->str, s->len, &error);
    start = get_thread_time () - start;
    g_test_message ("%" G_GSIZE_FORMAT " bytes of %.10s: %" G_GINT64_FORMAT " us", s->len, lines[i],
        start / 1000);
    g_assert_cmpint (start, <=, THREAD_TIME_LIMIT (50000));
    rtc_sdp_free (sdp);
    g_clear_error (&error);
    g_string_free (s, TRUE);
  }
  {
    gchar *big = g_malloc0 (10 * 1024 * 1024);
    GError *error = NULL;

    g_assert_null (rtc_sdp_parse (big, 10 * 1024 * 1024, &error));
    g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
    g_clear_error (&error);
    g_free (big);
  }
}

static void
test_lenient (void)
{
  RtcSdp *sdp = parse ("v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
                       "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\nc=IN IP4 0.0.0.0\n"
                       "a=rtpmap:111 OPUS/48000/2\na=rtcp-fb:111 nack \na=rtcp-fb:* transport-cc\n"
                       "a=fmtp:111 stereo=1 ; UseInbandFec=1;x\na=whatever\n\n"
                       "m=text 9 RTP/AVP 98\nc=IN IP4 0.0.0.0\na=mid:t\na=rtpmap:98 t140/1000");
  RtcSdpSection *s = rtc_sdp_section (sdp, 0), *text = rtc_sdp_section (sdp, 1);
  const RtcCodec *opus = &g_array_index (s->codecs, RtcCodec, 0);

  g_assert_cmpint (opus->id, ==, RTC_CODEC_OPUS);
  g_assert_cmpstr (opus->name, ==, "opus");
  g_assert_cmpuint (opus->rtcp_fb, ==, RTC_RTCP_FB_NACK | RTC_RTCP_FB_TRANSPORT_CC);
  g_assert_true (opus->fmtp.opus.stereo && opus->fmtp.opus.use_inband_fec);
  g_assert_cmpint (g_array_index (s->codecs, RtcCodec, 1).id, ==, RTC_CODEC_PCMU);
  g_assert_cmpint (text->protocol, ==, RTC_SDP_PROTOCOL_FOREIGN);
  g_assert_cmpstr (text->mid, ==, "t");
  check_round_trip (sdp);
  rtc_sdp_free (sdp);
}

/* SCTP's attributes count in its own sections only; a=sctpmap is older than RFC 8841. */
static void
test_sctp (void)
{
  static const struct {
    const gchar *section;
    guint16 port, streams;
    gboolean has_max;
  } rows[] = {
    { "application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5000\r\n"
      "a=max-message-size:0\r\n",
        5000, 0, TRUE },
    { "application 9 DTLS/SCTP 5000\r\na=sctpmap:5000 webrtc-datachannel 256\r\n", 5000, 256,
        FALSE },
    { "application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctpmap:5000 webrtc-datachannel 9\r\n",
        5000, 0, FALSE },
    { "video 9 UDP/TLS/RTP/SAVPF 96\r\na=sctpmap:5000 webrtc-datachannel 65535\r\n", 0, 0, FALSE },
    { "audio 9 UDP/TLS/RTP/SAVPF 0\r\na=sctp-port:5000\r\na=max-message-size:9\r\n", 0, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *text = g_strconcat (HEAD "m=", rows[i].section, NULL);
    RtcSdp *sdp = parse (text);
    const RtcSdpSection *section = rtc_sdp_section (sdp, 0);

    g_assert_cmpuint (section->sctp_port, ==, rows[i].port);
    g_assert_cmpuint (section->sctp_streams, ==, rows[i].streams);
    g_assert_cmpint (section->has_max_message_size, ==, rows[i].has_max);
    check_round_trip (sdp);
    rtc_sdp_free (sdp);
    g_free (text);
  }
}

static void
test_fragment (void)
{
  static const gchar text[] = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
                              "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
                              "a=candidate:1 1 udp 5 192.0.2.1 61764 typ host\r\n"
                              "a=candidate:bad\r\na=end-of-candidates\r\n";
  static const gchar *const bad[] = { "m=audio 9 RTP/AVP 0\r\n", "a=mid:0\r\n", "a=ice-ufrag:x\r\n",
    "a=candidate:1 1 udp 5 192.0.2.1 61764 typ host\r\n", "hello", "a=end-of-candidates\r\n",
    "m=audio 9 RTP/AVP 0\r\nm=audio 9 RTP/AVP 0\r\na=mid:1\r\n" };
  GError *error = NULL;
  RtcSdpFragment *f = rtc_sdp_fragment_parse (text, strlen (text), &error), *again;
  RtcSdpFragmentSection *s, *t;
  gchar *out;

  g_assert_no_error (error);
  g_assert_cmpuint (f->sections->len, ==, 1);
  s = &g_array_index (f->sections, RtcSdpFragmentSection, 0);
  g_assert_cmpstr (s->mid, ==, "0");
  g_assert_cmpstr (s->ice_ufrag, ==, "EsAw");
  g_assert_cmpuint (s->candidates->len, ==, 1);
  g_assert_cmpuint (f->n_dropped, ==, 1);
  g_assert_true (s->end_of_candidates);
  out = rtc_sdp_fragment_write (f);
  again = rtc_sdp_fragment_parse (out, strlen (out), &error);
  g_assert_no_error (error);
  t = &g_array_index (again->sections, RtcSdpFragmentSection, 0);
  g_assert_cmpstr (t->ice_pwd, ==, s->ice_pwd);
  g_assert_true (rtc_candidate_equal (&g_array_index (s->candidates, RtcCandidate, 0),
      &g_array_index (t->candidates, RtcCandidate, 0)));
  g_assert_true (t->end_of_candidates);
  g_free (out);
  rtc_sdp_fragment_free (again);
  rtc_sdp_fragment_free (f);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (rtc_sdp_fragment_parse (bad[i], strlen (bad[i]), &error));
    g_assert_error (error, RTC_ERROR, -RTC_ERR_PARSE);
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/saved", test_saved);
  g_test_add_func ("/sdp/firefox", test_firefox);
  g_test_add_func ("/sdp/random", test_random);
  g_test_add_func ("/sdp/inherit", test_inherit);
  g_test_add_func ("/sdp/bad", test_bad);
  g_test_add_func ("/sdp/limits", test_limits);
  g_test_add_func ("/sdp/candidate-flood", test_candidate_flood);
  g_test_add_func ("/sdp/time", test_time);
  g_test_add_func ("/sdp/lenient", test_lenient);
  g_test_add_func ("/sdp/sctp", test_sctp);
  g_test_add_func ("/sdp/fragment", test_fragment);
  return g_test_run ();
}
