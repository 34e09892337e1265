/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jsep-peers.c - offer/answer with saved descriptions of real peers, and random walks of
 * two instances. */
#include <string.h>

#include "gst/rtc/jsep/rtc-jsep.h"

#include "tests/check/jsep-pair.h"

/* What we say to each saved offer. video and audio: the direction agreed, or -1 for refused;
 * data: accepted. pt: of our video. */
static const struct {
  const gchar *name;
  gint send_video, send_audio; /* with a VP8, H264, Opus config that only sends */
  gint video, audio;           /* and with one that does both */
  guint pt;
  gboolean rtx, data;
  guint twcc_id, playout_id; /* of our video; 0: not agreed, or the peer's are of no use */
  gboolean rcvr_rtt;         /* RRTRs come and are to be answered */
} offers[] = {
  { "chromium-offer-sendrecv.sdp", 1, 1, 3, 3, 96, TRUE, TRUE, 3, 5, TRUE },
  { "chromium-offer-recvonly.sdp", 1, 1, 1, 1, 96, TRUE, FALSE, 3, 5, TRUE },
  { "chromium-offer-simulcast.sdp", 0, 0, 2, 2, 96, TRUE, FALSE, 3, 5, TRUE },
  { "firefox-offer-sendrecv.sdp", 1, 1, 3, 3, 120, TRUE, TRUE, 7, 6, FALSE },
  { "firefox-offer-recvonly.sdp", 1, 1, 1, 1, 120, TRUE, FALSE, 7, 6, FALSE },
  { "firefox-offer-simulcast.sdp", 0, 0, 2, 2, 120, TRUE, FALSE, 7, 6, FALSE },
  { "aiortc-offer-sendrecv.sdp", 1, 1, 3, 3, 97, TRUE, TRUE, 0, 0, FALSE },
  { "pion-offer-sendrecv.sdp", 1, 1, 3, 3, 96, TRUE, TRUE, 0, 0, FALSE },
  { "werift-offer-sendrecv.sdp", 1, 1, 3, 3, 98, FALSE, TRUE, 0, 0, FALSE },
  { "wrtc-offer-sendrecv.sdp", 1, 1, 3, 3, 96, TRUE, TRUE, 4, 5, FALSE },
};

static void
check_one (const RtcNegotiated *n, gint direction)
{
  if (direction < 0) {
    g_assert_true (n->is_rejected);
    g_assert_cmpstr (n->reason, !=, "");
    return;
  }
  if (n->is_rejected)
    g_error ("%s: refused: %s", n->mid, n->reason);
  g_assert_cmpint (n->direction, ==, direction);
}

/* In each section for media one codec, with its RTX, and rrtr if the offer has it. */
static void
check_sections (const RtcSdp *answer, gboolean rcvr_rtt)
{
  for (guint i = 0; i < rtc_sdp_n_sections (answer); i++) {
    const RtcSdpSection *s = rtc_sdp_section (answer, i);

    if (s->kind == RTC_MEDIA_APPLICATION)
      continue;
    g_assert_cmpint (s->rcvr_rtt == RTC_SDP_RCVR_RTT_ALL, ==, rcvr_rtt);
    g_assert_cmpuint (s->codecs->len, <=, 2);
  }
}

static void
answer_offer (guint row, gboolean send_only)
{
  RtcJsep *jsep = jsep_new (1, TRUE, FALSE);
  RtcDirection direction = send_only ? RTC_DIRECTION_SENDONLY : RTC_DIRECTION_SENDRECV;
  guint video = jsep_add (jsep, RTC_MEDIA_VIDEO, direction);
  guint audio = jsep_add (jsep, RTC_MEDIA_AUDIO, direction);
  const RtcJsepTransport *t = rtc_jsep_get_transport (jsep);
  RtcSdp *offer = jsep_load (offers[row].name), *answer, *wire;
  const RtcNegotiated *n;
  GError *error = NULL;
  RtcSdp *again;

  g_test_message ("%s", offers[row].name);
  rtc_jsep_set_remote (jsep, RTC_SDP_TYPE_OFFER, offer, &error);
  g_assert_no_error (error);
  answer = rtc_jsep_create_answer (jsep, &error);
  g_assert_no_error (error);
  wire = jsep_over_wire (answer);
  rtc_jsep_set_local (jsep, RTC_SDP_TYPE_ANSWER, wire, &error);
  g_assert_no_error (error);

  n = jsep_agreed (jsep, video);
  check_one (n, send_only ? offers[row].send_video : offers[row].video);
  check_one (jsep_agreed (jsep, audio), send_only ? offers[row].send_audio : offers[row].audio);
  g_assert_cmpint (n->send_codec.id, ==, RTC_CODEC_VP8);
  g_assert_cmpuint (n->send_codec.pt, ==, offers[row].pt);
  g_assert_cmpint (n->send_rtx_pt >= 0, ==, offers[row].rtx);
  g_assert_true ((n->rtcp_fb & RTC_RTCP_FB_NACK) != 0);
  g_assert_cmpint (jsep_agreed (jsep, audio)->send_codec.id, ==, RTC_CODEC_OPUS);
  if (offers[row].twcc_id != 0)
    g_assert_cmpuint (n->send_extensions.ids[RTC_RTP_EXTENSION_TWCC], ==, offers[row].twcc_id);
  g_assert_cmpuint (
      n->send_extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY], ==, offers[row].playout_id);
  /* A browser that asks for it in its offer measures the round trip only if the answer repeats
   * it, in each section, whichever way the media goes. */
  g_assert_cmpint (n->rcvr_rtt, ==, offers[row].rcvr_rtt);
  g_assert_cmpint (jsep_agreed (jsep, audio)->rcvr_rtt, ==, offers[row].rcvr_rtt);
  check_sections (answer, offers[row].rcvr_rtt);
  g_assert_cmpint (t->has_data, ==, offers[row].data);
  g_assert_false (t->we_are_dtls_client || t->we_are_ice_controlling);
  g_assert_cmpuint (t->remote_candidates->len, >, 0);
  for (guint i = 0; i < t->remote_candidates->len; i++)
    g_assert_cmpuint (g_array_index (t->remote_candidates, RtcCandidate, i).component, ==, 1);

  /* A renegotiation keeps payload types. */
  again = rtc_jsep_create_offer (jsep, &error);
  g_assert_no_error (error);
  /* Data channels are still wished for where the peer had none. */
  g_assert_cmpuint (
      rtc_sdp_n_sections (again), ==, rtc_sdp_n_sections (offer) + (offers[row].data ? 0 : 1));
  g_assert_cmpuint (
      g_array_index (rtc_sdp_section (again, (guint) n->mline)->codecs, RtcCodec, 0).pt, ==,
      offers[row].pt);
  rtc_sdp_free (again);
  rtc_sdp_free (offer);
  rtc_sdp_free (answer);
  rtc_sdp_free (wire);
  rtc_jsep_free (jsep);
}

static void
test_offers (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (offers); row++) {
    answer_offer (row, TRUE);
    answer_offer (row, FALSE);
  }
}

/* Data only: accepted or refused as the config says. */
static void
test_data_offers (void)
{
  static const gchar *const names[] = { "chromium-offer-data.sdp", "firefox-offer-data.sdp",
    "node-datachannel-offer-sendrecv.sdp" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++) {
    RtcJsep *jsep = jsep_new (1, i % 2, FALSE);
    RtcSdp *offer = jsep_load (names[i / 2]), *answer;

    g_assert_cmpint (rtc_jsep_set_remote (jsep, RTC_SDP_TYPE_OFFER, offer, NULL), ==, RTC_OK);
    answer = rtc_jsep_create_answer (jsep, NULL);
    g_assert_cmpint (rtc_jsep_set_local (jsep, RTC_SDP_TYPE_ANSWER, answer, NULL), ==, RTC_OK);
    for (guint k = 0; k < rtc_sdp_n_sections (answer); k++) {
      const RtcSdpSection *section = rtc_sdp_section (answer, k);

      if (section->kind == RTC_MEDIA_APPLICATION)
        g_assert_cmpint (rtc_sdp_section_is_rejected (section), ==, i % 2 == 0);
      /* webrtcbin wants them in refused sections, too. */
      g_assert_cmpuint (section->fingerprints->len, ==, 1);
      g_assert_cmpstr (section->ice_ufrag, !=, "");
    }
    g_assert_cmpint (rtc_jsep_get_transport (jsep)->has_data, ==, i % 2 == 1);
    g_assert_cmpuint (rtc_jsep_get_transport (jsep)->remote_max_message_size > 0, ==, i % 2);
    rtc_sdp_free (offer);
    rtc_sdp_free (answer);
    rtc_jsep_free (jsep);
  }
}

/* Transceivers for the media of that answer, of one codec each; the video's. */
static guint
add_as_in (RtcJsep *jsep, const RtcSdp *answer)
{
  guint video = G_MAXUINT;

  for (guint i = 0; i < rtc_sdp_n_sections (answer); i++) {
    const RtcSdpSection *s = rtc_sdp_section (answer, i);
    RtcCodec codec;
    guint index;

    if (s->kind == RTC_MEDIA_APPLICATION)
      continue;
    index = jsep_add (jsep, s->kind, RTC_DIRECTION_SENDRECV);
    if (s->kind == RTC_MEDIA_VIDEO)
      video = index;
    rtc_codec_init (&codec, s->kind == RTC_MEDIA_VIDEO ? RTC_CODEC_VP8 : RTC_CODEC_OPUS,
        g_array_index (s->codecs, RtcCodec, 0).pt);
    rtc_jsep_set_codecs (jsep, index, &codec, 1);
  }
  return video;
}

/* An answer to another offer has that one's mids. */
static void
take_mids (RtcSdp *answer, const RtcSdp *offer)
{
  g_ptr_array_set_size (answer->bundle, 0);
  for (guint i = 0; i < rtc_sdp_n_sections (answer); i++) {
    g_strlcpy (rtc_sdp_section (answer, i)->mid, rtc_sdp_section (offer, i)->mid, 4);
    g_ptr_array_add (answer->bundle, g_strdup (rtc_sdp_section (answer, i)->mid));
  }
}

/* The answers of real peers to webrtcbin's offer of VP8 96, RTX 97, Opus 111 and data, applied to
 * an offer of ours with the same m-lines and mids. */
static void
test_answers (void)
{
  static const struct {
    const gchar *name;
    gint video;
    gboolean rtx, twcc, data, rcvr_rtt;
  } rows[] = {
    { "aiortc-answer-to-webrtcbin.sdp", 3, TRUE, FALSE, TRUE, FALSE },
    { "janus-answer-to-webrtcbin.sdp", 3, TRUE, TRUE, TRUE, FALSE },
    { "pion-answer-to-webrtcbin.sdp", 3, TRUE, TRUE, TRUE, FALSE },
    { "werift-answer-to-webrtcbin.sdp", 1, FALSE, TRUE, TRUE, FALSE },
    { "wrtc-answer-to-webrtcbin.sdp", 1, TRUE, TRUE, TRUE, FALSE },
    { "chromium-answer-sendrecv.sdp", 3, TRUE, TRUE, TRUE, TRUE },
    { "firefox-answer-sendrecv.sdp", 3, TRUE, TRUE, TRUE, FALSE },
  };

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    RtcJsep *jsep = jsep_new (1, TRUE, FALSE);
    RtcSdp *answer = jsep_load (rows[row].name), *offer;
    guint video;
    const RtcNegotiated *n;
    GError *error = NULL;

    g_test_message ("%s", rows[row].name);
    video = add_as_in (jsep, answer);
    offer = rtc_jsep_create_offer (jsep, NULL);
    g_assert_cmpint (rtc_jsep_set_local (jsep, RTC_SDP_TYPE_OFFER, offer, NULL), ==, RTC_OK);
    take_mids (answer, offer);
    rtc_jsep_set_remote (jsep, RTC_SDP_TYPE_ANSWER, answer, &error);
    g_assert_no_error (error);
    n = jsep_agreed (jsep, video);
    check_one (n, rows[row].video);
    g_assert_cmpint (n->send_rtx_pt >= 0, ==, rows[row].rtx);
    g_assert_cmpint ((n->rtcp_fb & RTC_RTCP_FB_TRANSPORT_CC) != 0, ==, rows[row].twcc);
    g_assert_true ((n->rtcp_fb & RTC_RTCP_FB_NACK) != 0);
    g_assert_cmpint (n->rcvr_rtt, ==, rows[row].rcvr_rtt);
    g_assert_cmpint (rtc_jsep_get_transport (jsep)->has_data, ==, rows[row].data);
    g_assert_false (rtc_jsep_get_transport (jsep)->we_are_dtls_client);
    g_assert_true (rtc_jsep_get_transport (jsep)->we_are_ice_controlling);
    rtc_sdp_free (offer);
    rtc_sdp_free (answer);
    rtc_jsep_free (jsep);
  }
}

/* A refusal tells what there was. */
static void
test_report (void)
{
  RtcJsep *jsep = jsep_new (1, FALSE, FALSE);
  RtcSdp *offer = jsep_load ("firefox-offer-sendrecv.sdp"), *answer;
  guint video = jsep_add (jsep, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  RtcCodec h264;
  gchar *text;

  rtc_codec_init (&h264, RTC_CODEC_H264, 0);
  rtc_jsep_set_codecs (jsep, video, &h264, 1);
  rtc_jsep_set_remote (jsep, RTC_SDP_TYPE_OFFER, offer, NULL);
  answer = rtc_jsep_create_answer (jsep, NULL);
  g_assert_cmpuint (answer->bundle->len, ==, 0);
  rtc_jsep_set_local (jsep, RTC_SDP_TYPE_ANSWER, answer, NULL);
  text = rtc_jsep_describe (jsep);
  g_assert_nonnull (strstr (text, "no codec in common: the peer has only VP8/90000"));
  g_assert_nonnull (strstr (text, "we have H264/90000"));
  g_assert_false (rtc_jsep_get_transport (jsep)->roles_known);
  g_free (text);
  rtc_sdp_free (offer);
  rtc_sdp_free (answer);
  rtc_jsep_free (jsep);
}

/* --- a random walk: whatever two instances do, once both are stable they agree -------------- */

typedef struct {
  RtcJsep *jsep[2];
  guint n_credentials[2];
  RtcSdp *wire; /* last description applied locally, of wire_from */
  guint wire_from;
  RtcSdpType wire_type;
  RtcSdp *heard[2]; /* last description of the other side applied */
  guint n_agreed;
} Walk;

/* Whether both hold the same two descriptions: an offer made anew may have got lost. */
static gboolean
heard_each_other (Walk *w)
{
  gboolean same = TRUE;

  for (guint i = 0; i < 2; i++) {
    RtcSdp *said = rtc_jsep_get_local_description (w->jsep[i]);
    const RtcSdp *heard = w->heard[1 - i];

    same = same && said != NULL && heard != NULL && rtc_sdp_equal (said, heard);
    rtc_sdp_free (said);
  }
  return same;
}

static void
agree (Walk *w)
{
  const RtcJsepTransport *a = rtc_jsep_get_transport (w->jsep[0]);
  const RtcJsepTransport *b = rtc_jsep_get_transport (w->jsep[1]);

  if (!a->roles_known || !b->roles_known || !heard_each_other (w))
    return;
  w->n_agreed++;
  g_assert_cmpint (a->we_are_dtls_client, !=, b->we_are_dtls_client);
  g_assert_cmpint (a->we_are_ice_controlling, !=, b->we_are_ice_controlling);
  g_assert_cmpint (a->has_data, ==, b->has_data);
  for (guint i = 0; i < rtc_jsep_get_n_transceivers (w->jsep[0]); i++) {
    const RtcNegotiated *n = jsep_agreed (w->jsep[0], i), *m;
    RtcTransceiver *peer;

    if (n->generation == 0
        || rtc_transceiver_get_mline (rtc_jsep_get_transceiver (w->jsep[0], i)) < 0)
      continue;
    peer = rtc_jsep_find_transceiver (w->jsep[1], n->mid);
    if (peer == NULL)
      continue;
    m = rtc_transceiver_get_negotiated (peer);
    g_assert_cmpint (n->mline, ==, m->mline);
    g_assert_cmpint (n->is_rejected, ==, m->is_rejected);
    g_assert_cmpint (n->direction, ==, rtc_direction_reverse (m->direction));
    if (n->direction & RTC_DIRECTION_SENDONLY)
      g_assert_nonnull (
          rtc_codec_find_pt (m->receive_codecs, m->n_receive_codecs, n->send_codec.pt));
  }
}

static void
take_local (Walk *w, guint side, RtcSdpType type)
{
  RtcSdp *sdp;

  /* Signalling loses no answer: there is no way back from have-remote-pranswer. */
  if (w->wire != NULL && w->wire_type != RTC_SDP_TYPE_OFFER)
    return;
  sdp = type == RTC_SDP_TYPE_OFFER ? rtc_jsep_create_offer (w->jsep[side], NULL)
                                   : rtc_jsep_create_answer (w->jsep[side], NULL);

  if (sdp == NULL)
    return;
  if (rtc_jsep_set_local (w->jsep[side], type, sdp, NULL) == RTC_OK) {
    rtc_sdp_free (w->wire);
    w->wire = sdp;
    w->wire_from = side;
    w->wire_type = type;
  } else {
    rtc_sdp_free (sdp);
  }
}

static void
finish_round (Walk *w)
{
  for (guint i = 0; i < 2; i++) {
    rtc_jsep_set_local (w->jsep[i], RTC_SDP_TYPE_ROLLBACK, NULL, NULL);
    rtc_jsep_set_remote (w->jsep[i], RTC_SDP_TYPE_ROLLBACK, NULL, NULL);
  }
}

/* What is on the wire, which loses nothing here, gets to the other side. */
static void
take_remote (Walk *w)
{
  RtcJsep *to = w->jsep[1 - w->wire_from];
  RtcJsepState before = rtc_jsep_get_state (to), next;
  GError *error = NULL;
  RtcResult result = rtc_jsep_set_remote (to, w->wire_type, w->wire, &error);

  g_assert_cmpint (result == RTC_OK, ==, error == NULL);
  if (result != RTC_OK) {
    g_assert_cmpint (rtc_jsep_get_state (to), ==, before);
  } else {
    g_assert_true (rtc_jsep_next_state (before, FALSE, w->wire_type, &next));
    g_assert_cmpint (rtc_jsep_get_state (to), ==, next);
    rtc_sdp_free (w->heard[1 - w->wire_from]);
    w->heard[1 - w->wire_from] = rtc_sdp_copy (w->wire);
    if (w->wire_type == RTC_SDP_TYPE_ANSWER
        && rtc_jsep_get_state (w->jsep[w->wire_from]) == RTC_JSEP_STATE_STABLE)
      agree (w);
  }
  g_clear_error (&error);
  if (w->wire_type != RTC_SDP_TYPE_OFFER || result == RTC_OK) {
    rtc_sdp_free (w->wire);
    w->wire = NULL;
  }
}

static void
step (Walk *w, RtcRandom *random)
{
  guint side = rtc_random_range (random, 0, 2), n;
  RtcJsep *jsep = w->jsep[side];
  guint64 generation = rtc_jsep_get_transport (jsep)->generation;

  n = rtc_jsep_get_n_transceivers (jsep);
  switch (rtc_random_range (random, 0, 14)) {
    case 0:
      if (n < 12)
        jsep_add (jsep, (RtcMediaKind) rtc_random_range (random, 0, 2),
            (RtcDirection) rtc_random_range (random, 0, 4));
      break;
    case 1:
      if (n > 0)
        rtc_jsep_set_direction (
            jsep, rtc_random_range (random, 0, n), (RtcDirection) rtc_random_range (random, 0, 4));
      break;
    case 2:
      if (n > 0 && rtc_random_range (random, 0, 4) == 0)
        rtc_jsep_stop_transceiver (jsep, rtc_random_range (random, 0, n));
      break;
    case 3:
      if (rtc_random_range (random, 0, 4) == 0)
        jsep_give_ice (jsep, side + 1, ++w->n_credentials[side]);
      break;
    case 4:
    case 5:
      take_local (w, side, RTC_SDP_TYPE_OFFER);
      break;
    case 6:
    case 7:
      if (rtc_jsep_get_transport (jsep)->remote_restarts)
        jsep_give_ice (jsep, side + 1, ++w->n_credentials[side]);
      take_local (w, side,
          rtc_random_range (random, 0, 4) == 0 ? RTC_SDP_TYPE_PRANSWER : RTC_SDP_TYPE_ANSWER);
      break;
    case 8:
      if (rtc_random_range (random, 0, 6) == 0)
        finish_round (w);
      break;
    default:
      if (w->wire != NULL)
        take_remote (w);
      break;
  }
  /* May be done at any time, and changes nothing. */
  rtc_jsep_rest (jsep);
  g_assert_cmpuint (rtc_jsep_get_transport (jsep)->generation, >=, generation);
}

static void
test_walk (void)
{
  guint64 agreed = 0;

  for (guint seed = 1; seed <= 40; seed++) {
    RtcRandom *random = rtc_random_new_seeded (seed);
    Walk w = { { jsep_new (1, TRUE, TRUE), jsep_new (2, TRUE, TRUE) } };

    for (guint i = 0; i < 2500; i++)
      step (&w, random);
    agreed += w.n_agreed;
    rtc_sdp_free (w.wire);
    rtc_sdp_free (w.heard[0]);
    rtc_sdp_free (w.heard[1]);
    rtc_jsep_free (w.jsep[0]);
    rtc_jsep_free (w.jsep[1]);
    rtc_random_free (random);
  }
  g_test_message ("%" G_GUINT64_FORMAT " agreements", agreed);
  g_assert_cmpuint (agreed, >, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsep-peers/offers", test_offers);
  g_test_add_func ("/jsep-peers/data-offers", test_data_offers);
  g_test_add_func ("/jsep-peers/answers", test_answers);
  g_test_add_func ("/jsep-peers/report", test_report);
  g_test_add_func ("/jsep-peers/walk", test_walk);
  return g_test_run ();
}
