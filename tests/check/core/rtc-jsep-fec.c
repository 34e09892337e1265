/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jsep-fec.c - forward error correction in offers and answers, of ours and of saved ones. */
#include "gst/rtc/jsep/rtc-jsep.h"

#include "tests/check/jsep-pair.h"

static guint
add (RtcJsep *jsep, RtcCodecId codec, RtcDirection direction, RtcFecKinds fec)
{
  RtcTransceiverConfig *config = g_new0 (RtcTransceiverConfig, 1);
  guint index;

  config->direction = direction;
  config->rtx = TRUE;
  config->fec = fec;
  config->ssrc = 1000 + 10 * rtc_jsep_get_n_transceivers (jsep);
  config->rtx_ssrc = config->ssrc + 1;
  config->fec_ssrc = config->ssrc + 2;
  rtc_codec_init (&config->codecs[config->n_codecs++], codec, 0);
  config->kind = config->codecs[0].kind;
  index = rtc_jsep_add_transceiver (jsep, config);
  g_free (config);
  return index;
}

static void
apply (RtcJsep *jsep, RtcSdpType type, gboolean is_local, const RtcSdp *sdp)
{
  GError *error = NULL;

  if (is_local)
    rtc_jsep_set_local (jsep, type, sdp, &error);
  else
    rtc_jsep_set_remote (jsep, type, sdp, &error);
  g_assert_no_error (error);
}

static void
negotiate (RtcJsep *a, RtcJsep *b)
{
  RtcSdp *offer = rtc_jsep_create_offer (a, NULL), *answer, *wire;

  apply (a, RTC_SDP_TYPE_OFFER, TRUE, offer);
  wire = jsep_over_wire (offer);
  apply (b, RTC_SDP_TYPE_OFFER, FALSE, wire);
  rtc_sdp_free (wire);
  answer = rtc_jsep_create_answer (b, NULL);
  apply (b, RTC_SDP_TYPE_ANSWER, TRUE, answer);
  wire = jsep_over_wire (answer);
  apply (a, RTC_SDP_TYPE_ANSWER, FALSE, wire);
  rtc_sdp_free (wire);
  rtc_sdp_free (offer);
  rtc_sdp_free (answer);
}

static const RtcCodec *
receive_codec (const RtcNegotiated *n, RtcCodecId id)
{
  for (guint i = 0; i < n->n_receive_codecs; i++)
    if (n->receive_codecs[i].id == id)
      return &n->receive_codecs[i];
  return NULL;
}

/* What the sender of two of ours may use, by what both want. */
static void
test_pair (void)
{
  static const struct {
    RtcCodecId codec;
    RtcFecKinds ours, theirs;
    gboolean red, ulpfec, flexfec;
  } rows[] = {
    { RTC_CODEC_VP8, RTC_FEC_ALL, RTC_FEC_ALL, FALSE, FALSE, TRUE },
    { RTC_CODEC_VP8, RTC_FEC_ALL, RTC_FEC_ULPFEC, TRUE, TRUE, FALSE },
    { RTC_CODEC_VP9, RTC_FEC_ULPFEC, RTC_FEC_ALL, TRUE, TRUE, FALSE },
    { RTC_CODEC_VP8, RTC_FEC_FLEXFEC, RTC_FEC_ULPFEC, FALSE, FALSE, FALSE },
    { RTC_CODEC_VP8, RTC_FEC_NONE, RTC_FEC_ALL, FALSE, FALSE, FALSE },
    { RTC_CODEC_VP8, RTC_FEC_ALL, RTC_FEC_NONE, FALSE, FALSE, FALSE },
    { RTC_CODEC_H264, RTC_FEC_ALL, RTC_FEC_ULPFEC, FALSE, FALSE, FALSE },
    { RTC_CODEC_H264, RTC_FEC_ALL, RTC_FEC_ALL, FALSE, FALSE, TRUE },
    { RTC_CODEC_OPUS, RTC_FEC_ALL, RTC_FEC_RED, TRUE, FALSE, FALSE },
    { RTC_CODEC_OPUS, RTC_FEC_ALL, RTC_FEC_FLEXFEC, FALSE, FALSE, FALSE },
    { RTC_CODEC_PCMU, RTC_FEC_ALL, RTC_FEC_ALL, FALSE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, FALSE);
    const RtcNegotiated *n, *m;

    g_test_message ("row %u", i);
    add (a, rows[i].codec, RTC_DIRECTION_SENDONLY, rows[i].ours);
    add (b, rows[i].codec, RTC_DIRECTION_RECVONLY, rows[i].theirs);
    negotiate (a, b);
    n = jsep_agreed (a, 0);
    m = jsep_agreed (b, 0);
    g_assert_cmpint (n->send_red_pt >= 0, ==, rows[i].red);
    g_assert_cmpint (n->send_ulpfec_pt >= 0, ==, rows[i].ulpfec);
    g_assert_cmpint (n->send_flexfec_pt >= 0, ==, rows[i].flexfec);
    g_assert_cmpint (receive_codec (m, RTC_CODEC_RED) != NULL, ==, rows[i].red);
    g_assert_cmpint (receive_codec (m, RTC_CODEC_ULPFEC) != NULL, ==, rows[i].ulpfec);
    g_assert_cmpint (receive_codec (m, RTC_CODEC_FLEXFEC) != NULL, ==, rows[i].flexfec);
    g_assert_cmpuint (n->fec_ssrc, ==, rows[i].flexfec ? 1002 : 0);
    if (rows[i].red)
      g_assert_cmpint (receive_codec (m, RTC_CODEC_RED)->pt, ==, n->send_red_pt);
    if (rows[i].ulpfec)
      g_assert_nonnull (
          rtc_codec_find_rtx (m->receive_codecs, m->n_receive_codecs, (guint8) n->send_red_pt));
    if (rows[i].flexfec) {
      gboolean found = FALSE;

      for (guint g = 0; g < m->n_remote_groups; g++)
        found |= m->remote_groups[g].type == RTC_SDP_SSRC_GROUP_FEC_FR
                 && m->remote_groups[g].n_ssrcs == 2 && m->remote_groups[g].ssrcs[0] == 1000
                 && m->remote_groups[g].ssrcs[1] == 1002;
      g_assert_true (found);
    }
    rtc_jsep_free (a);
    rtc_jsep_free (b);
  }
}

/* Payload types stay what they are when more is negotiated, from either side. */
static void
test_again (void)
{
  RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, FALSE);
  RtcNegotiated video, audio;

  add (a, RTC_CODEC_VP8, RTC_DIRECTION_SENDRECV, RTC_FEC_ULPFEC);
  add (a, RTC_CODEC_OPUS, RTC_DIRECTION_SENDRECV, RTC_FEC_ALL);
  add (b, RTC_CODEC_VP8, RTC_DIRECTION_SENDRECV, RTC_FEC_ALL);
  add (b, RTC_CODEC_OPUS, RTC_DIRECTION_SENDRECV, RTC_FEC_ALL);
  negotiate (a, b);
  video = *jsep_agreed (a, 0);
  audio = *jsep_agreed (a, 1);
  g_assert_cmpint (video.send_ulpfec_pt, >=, 0);
  g_assert_cmpint (audio.send_red_pt, >=, 0);
  add (a, RTC_CODEC_VP8, RTC_DIRECTION_SENDONLY, RTC_FEC_ALL);
  add (b, RTC_CODEC_VP8, RTC_DIRECTION_RECVONLY, RTC_FEC_ALL);
  negotiate (a, b);
  negotiate (b, a);
  g_assert_cmpint (jsep_agreed (a, 0)->send_red_pt, ==, video.send_red_pt);
  g_assert_cmpint (jsep_agreed (a, 0)->send_ulpfec_pt, ==, video.send_ulpfec_pt);
  g_assert_cmpint (jsep_agreed (a, 0)->send_red_rtx_pt, ==, video.send_red_rtx_pt);
  g_assert_cmpint (jsep_agreed (a, 1)->send_red_pt, ==, audio.send_red_pt);
  g_assert_cmpint (jsep_agreed (a, 2)->send_flexfec_pt, >=, 0);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

/* Saved offers of browsers, answered with all that we have: payload types, -1 none. */
static void
test_browsers (void)
{
  static const struct {
    const gchar *name;
    RtcCodecId codec;
    gint red, red_rtx, ulpfec, flexfec;
  } rows[] = {
    { "chromium-offer-recvonly.sdp", RTC_CODEC_VP8, -1, -1, -1, 49 },
    { "chromium-offer-recvonly.sdp", RTC_CODEC_H264, -1, -1, -1, 49 },
    { "chromium-offer-recvonly.sdp", RTC_CODEC_OPUS, 63, -1, -1, -1 },
    { "chromium-offer-sendrecv.sdp", RTC_CODEC_VP8, 118, 119, 120, -1 },
    { "chromium-offer-sendrecv.sdp", RTC_CODEC_VP9, 118, 119, 120, -1 },
    { "chromium-offer-sendrecv.sdp", RTC_CODEC_H264, -1, -1, -1, -1 },
    { "chromium-offer-sendrecv.sdp", RTC_CODEC_OPUS, 63, -1, -1, -1 },
    { "firefox-offer-recvonly.sdp", RTC_CODEC_VP8, 122, 119, 123, -1 },
    { "firefox-offer-recvonly.sdp", RTC_CODEC_OPUS, -1, -1, -1, -1 },
    { "firefox-offer-sendrecv.sdp", RTC_CODEC_VP9, 122, 119, 123, -1 },
    { "wrtc-offer-sendrecv.sdp", RTC_CODEC_OPUS, 63, -1, -1, -1 },
    { "aiortc-offer-sendrecv.sdp", RTC_CODEC_VP8, -1, -1, -1, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcJsep *jsep = jsep_new (1, FALSE, FALSE);
    RtcSdp *offer = jsep_load (rows[i].name), *answer;
    const RtcNegotiated *n;

    g_test_message ("%u: %s", i, rows[i].name);
    add (jsep, rows[i].codec, RTC_DIRECTION_SENDRECV, RTC_FEC_ALL);
    apply (jsep, RTC_SDP_TYPE_OFFER, FALSE, offer);
    answer = rtc_jsep_create_answer (jsep, NULL);
    rtc_sdp_free (jsep_over_wire (answer));
    apply (jsep, RTC_SDP_TYPE_ANSWER, TRUE, answer);
    n = jsep_agreed (jsep, 0);
    g_assert_cmpint (n->send_red_pt, ==, rows[i].red);
    g_assert_cmpint (n->send_red_rtx_pt, ==, rows[i].red_rtx);
    g_assert_cmpint (n->send_ulpfec_pt, ==, rows[i].ulpfec);
    g_assert_cmpint (n->send_flexfec_pt, ==, rows[i].flexfec);
    rtc_sdp_free (offer);
    rtc_sdp_free (answer);
    rtc_jsep_free (jsep);
  }
}

/* RED whose blocks are not those of the codec, or that names none, is not ours. */
static void
test_other_red (void)
{
  static const gchar *const fmtps[] = { "a=fmtp:63 111/0\r\n", "", "a=fmtp:63 0/0\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (fmtps); i++) {
    RtcJsep *jsep = jsep_new (1, FALSE, FALSE);
    RtcSdp *offer = jsep_load ("chromium-offer-recvonly.sdp"), *answer, *changed;
    gchar *text = rtc_sdp_write (offer), **parts = g_strsplit (text, "a=fmtp:63 111/111\r\n", -1);
    gchar *joined = g_strjoinv (fmtps[i], parts);

    g_assert_nonnull (parts[1]);
    changed = rtc_sdp_parse (joined, strlen (joined), NULL);
    add (jsep, RTC_CODEC_OPUS, RTC_DIRECTION_SENDONLY, RTC_FEC_ALL);
    apply (jsep, RTC_SDP_TYPE_OFFER, FALSE, changed);
    answer = rtc_jsep_create_answer (jsep, NULL);
    apply (jsep, RTC_SDP_TYPE_ANSWER, TRUE, answer);
    g_assert_true (jsep_agreed (jsep, 0)->has_send_codec);
    g_assert_cmpint (jsep_agreed (jsep, 0)->send_red_pt, ==, -1);
    g_strfreev (parts);
    g_free (text);
    g_free (joined);
    rtc_sdp_free (changed);
    rtc_sdp_free (offer);
    rtc_sdp_free (answer);
    rtc_jsep_free (jsep);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsep-fec/pair", test_pair);
  g_test_add_func ("/jsep-fec/again", test_again);
  g_test_add_func ("/jsep-fec/browsers", test_browsers);
  g_test_add_func ("/jsep-fec/other-red", test_other_red);
  return g_test_run ();
}
