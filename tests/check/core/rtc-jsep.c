/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jsep.c - offer/answer: the state table, what gets agreed, rollback, recycling, bad peers. */
#include "gst/rtc/jsep/rtc-jsep.h"

#include "tests/check/jsep-pair.h"

static void
test_states (void)
{
  gboolean reached[RTC_JSEP_STATE_CLOSED + 1] = { TRUE };
  guint n = 0;

  for (guint round = 0; round < 4; round++)
    for (guint s = 0; s <= RTC_JSEP_STATE_CLOSED; s++)
      for (guint local = 0; local < 2; local++)
        for (guint type = 0; type <= RTC_SDP_TYPE_ROLLBACK; type++) {
          RtcJsepState next;

          if (!rtc_jsep_next_state ((RtcJsepState) s, local, (RtcSdpType) type, &next))
            continue;
          n += round == 0;
          if (reached[s])
            reached[next] = TRUE;
          /* Whoever offered does not answer, and a rollback leads to stable. */
          if (type == RTC_SDP_TYPE_ROLLBACK || type == RTC_SDP_TYPE_ANSWER)
            g_assert_cmpint (next, ==, RTC_JSEP_STATE_STABLE);
          g_assert_cmpint (s, !=, RTC_JSEP_STATE_CLOSED);
        }
  g_assert_cmpuint (n, ==, 14);
  for (guint s = 0; s < RTC_JSEP_STATE_CLOSED; s++)
    g_assert_true (reached[s]);
  g_assert_false (reached[RTC_JSEP_STATE_CLOSED]);
}

/* Every pair that the table does not have is refused by the instance, too, and changes nothing. */
static void
test_refused (void)
{
  for (guint local = 0; local < 2; local++)
    for (guint type = 0; type <= RTC_SDP_TYPE_ROLLBACK; type++) {
      RtcJsep *a = jsep_new (1, TRUE, FALSE);
      RtcSdp *sdp = rtc_jsep_create_offer (a, NULL);
      RtcJsepState next;
      GError *error = NULL;

      rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, sdp, NULL);
      if (!rtc_jsep_next_state (RTC_JSEP_STATE_HAVE_LOCAL_OFFER, local, (RtcSdpType) type, &next)) {
        g_assert_cmpint (local ? rtc_jsep_set_local (a, (RtcSdpType) type, sdp, &error)
                               : rtc_jsep_set_remote (a, (RtcSdpType) type, sdp, &error),
            ==, RTC_ERR_STATE);
        g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
        g_assert_cmpint (rtc_jsep_get_state (a), ==, RTC_JSEP_STATE_HAVE_LOCAL_OFFER);
        g_clear_error (&error);
      }
      rtc_jsep_close (a);
      g_assert_cmpint (rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, sdp, NULL), ==, RTC_ERR_STATE);
      g_assert_null (rtc_jsep_create_offer (a, NULL));
      rtc_sdp_free (sdp);
      rtc_jsep_free (a);
    }
}

/* What both agreed of the video that a sends; the audio is b's second one. */
static void
assert_media (RtcJsep *a, RtcJsep *b, guint video, guint audio)
{
  const RtcNegotiated *n = jsep_agreed (a, video), *m = jsep_agreed (b, 0);

  g_assert_false (n->is_rejected);
  g_assert_cmpint (n->direction, ==, RTC_DIRECTION_SENDONLY);
  g_assert_cmpint (m->direction, ==, RTC_DIRECTION_RECVONLY);
  g_assert_cmpint (n->send_codec.id, ==, RTC_CODEC_VP8);
  g_assert_cmpuint (n->send_codec.pt, >=, 96);
  g_assert_cmpuint (n->n_send_codecs, ==, 1); /* one codec answered */
  g_assert_cmpuint (m->n_receive_codecs, ==, 2);
  g_assert_cmpuint (m->receive_codecs[0].pt, ==, n->send_codec.pt);
  g_assert_cmpuint (m->receive_codecs[1].pt, ==, (guint) n->send_rtx_pt);
  g_assert_cmpuint (m->receive_codecs[1].fmtp.rtx.apt, ==, n->send_codec.pt);
  g_assert_cmpuint (n->rtcp_fb, ==, RTC_RTCP_FB_VIDEO_DEFAULT);
  g_assert_true (n->rtcp_rsize && n->rcvr_rtt && m->rtcp_rsize && m->rcvr_rtt);
  g_assert_cmpuint (n->ssrc, ==, 1000);
  g_assert_cmpuint (n->rtx_ssrc, ==, 1001);
  g_assert_cmpuint (m->n_remote_ssrcs, ==, 2);
  g_assert_cmpuint (m->remote_groups[0].ssrcs[1], ==, 1001);
  g_assert_cmpstr (m->remote_ssrcs[0].cname, ==, "test");
  g_assert_cmpint (jsep_agreed (a, audio)->direction, ==, RTC_DIRECTION_SENDONLY);
}

static void
assert_extensions (RtcJsep *a, RtcJsep *b, guint video, guint audio)
{
  const RtcNegotiated *n = jsep_agreed (a, video), *m = jsep_agreed (b, 0);

  g_assert_cmpuint (n->send_extensions.ids[RTC_RTP_EXTENSION_MID], ==, 1);
  g_assert_cmpuint (m->receive_extensions.ids[RTC_RTP_EXTENSION_TWCC], ==, 2);
  g_assert_cmpuint (m->receive_extensions.ids[RTC_RTP_EXTENSION_AUDIO_LEVEL], ==, 0);
  g_assert_cmpuint (
      jsep_agreed (b, 1)->receive_extensions.ids[RTC_RTP_EXTENSION_AUDIO_LEVEL], ==, 4);
  /* A delay is for pictures, a capture time for both. */
  g_assert_cmpuint (n->send_extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY], ==, 5);
  g_assert_cmpuint (m->receive_extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY], ==, 5);
  g_assert_cmpuint (m->receive_extensions.ids[RTC_RTP_EXTENSION_ABS_CAPTURE_TIME], ==, 6);
  n = jsep_agreed (a, audio);
  g_assert_cmpuint (n->send_extensions.ids[RTC_RTP_EXTENSION_PLAYOUT_DELAY], ==, 0);
  g_assert_cmpuint (n->send_extensions.ids[RTC_RTP_EXTENSION_ABS_CAPTURE_TIME], ==, 6);
}

static void
assert_transports (const RtcJsepTransport *a, const RtcJsepTransport *b)
{
  g_assert_true (a->roles_known && b->roles_known);
  g_assert_true (a->we_are_dtls_client && !b->we_are_dtls_client);
  g_assert_true (a->we_are_ice_controlling && !b->we_are_ice_controlling);
  g_assert_cmpstr (a->remote_ufrag, ==, "u002000");
  g_assert_cmpstr (b->remote_ufrag, ==, "u001000");
  g_assert_cmpuint (a->n_fingerprints, ==, 1);
  g_assert_true (a->has_data && b->has_data);
  g_assert_cmpuint (a->remote_sctp_port, ==, 5000);
  g_assert_cmpuint (a->remote_max_message_size, ==, 262144);
  g_assert_cmpstr (a->data_mid, ==, "2");
}

static void
test_call (void)
{
  RtcJsep *a = jsep_new (1, TRUE, FALSE), *b = jsep_new (2, TRUE, TRUE);
  guint video = jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  guint audio = jsep_add (a, RTC_MEDIA_AUDIO, RTC_DIRECTION_SENDRECV);
  const RtcJsepTransport *ta = rtc_jsep_get_transport (a), *tb = rtc_jsep_get_transport (b);
  const RtcNegotiated *n;
  guint64 generation;

  g_assert_true (rtc_jsep_needs_negotiation (a));
  jsep_negotiate (a, b);
  g_assert_false (rtc_jsep_needs_negotiation (a));
  g_assert_false (rtc_jsep_needs_negotiation (b));
  g_assert_cmpuint (rtc_jsep_get_n_transceivers (b), ==, 2);
  assert_media (a, b, video, audio);
  assert_extensions (a, b, video, audio);
  assert_transports (ta, tb);

  /* The same again changes nothing; the other way round keeps the roles. */
  n = jsep_agreed (a, video);
  generation = ta->generation;
  jsep_negotiate (a, b);
  g_assert_cmpuint (ta->generation, ==, generation);
  g_assert_cmpuint (n->generation, ==, 1);
  jsep_negotiate (b, a);
  g_assert_true (ta->we_are_dtls_client && ta->we_are_ice_controlling);
  g_assert_false (tb->we_are_dtls_client || tb->we_are_ice_controlling);
  g_assert_cmpuint (ta->dtls_generation, ==, 1);
  g_assert_cmpuint (ta->ice_generation, ==, 1);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

static guint64
offered_version (RtcJsep *jsep)
{
  RtcSdp *offer = rtc_jsep_create_offer (jsep, NULL);
  guint64 version = offer->version;

  rtc_sdp_free (offer);
  return version;
}

static void
test_version (void)
{
  RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, TRUE);

  jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  g_assert_cmpuint (offered_version (a), ==, 1);
  jsep_negotiate (a, b);
  g_assert_cmpuint (offered_version (a), ==, 1);
  jsep_negotiate (a, b);
  g_assert_cmpuint (offered_version (a), ==, 1);
  rtc_jsep_set_direction (a, 0, RTC_DIRECTION_INACTIVE);
  g_assert_true (rtc_jsep_needs_negotiation (a));
  g_assert_cmpuint (offered_version (a), ==, 2);
  g_assert_cmpuint (offered_version (a), ==, 2);
  jsep_negotiate (a, b);
  g_assert_cmpint (jsep_agreed (b, 0)->direction, ==, RTC_DIRECTION_INACTIVE);
  g_assert_cmpuint (offered_version (a), ==, 2);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

static void
test_recycle (void)
{
  RtcJsep *a = jsep_new (1, TRUE, FALSE), *b = jsep_new (2, TRUE, TRUE);
  guint first = jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  guint audio = jsep_add (a, RTC_MEDIA_AUDIO, RTC_DIRECTION_SENDONLY), second;
  RtcSdp *local;

  jsep_negotiate (a, b);
  rtc_jsep_stop_transceiver (a, first);
  g_assert_true (rtc_jsep_needs_negotiation (a));
  jsep_negotiate (a, b);
  g_assert_true (rtc_transceiver_is_stopped (rtc_jsep_get_transceiver (a, first)));
  g_assert_true (rtc_transceiver_is_stopped (rtc_jsep_get_transceiver (b, 0)));
  g_assert_true (jsep_agreed (a, first)->is_rejected);
  g_assert_cmpint (jsep_agreed (a, audio)->direction, ==, RTC_DIRECTION_SENDONLY);
  g_assert_false (rtc_jsep_needs_negotiation (a));

  second = jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  jsep_negotiate (a, b);
  local = rtc_jsep_get_local_description (a);
  g_assert_cmpuint (rtc_sdp_n_sections (local), ==, 3);
  rtc_sdp_free (local);
  g_assert_cmpint (rtc_transceiver_get_mline (rtc_jsep_get_transceiver (a, second)), ==, 0);
  g_assert_cmpint (rtc_transceiver_get_mline (rtc_jsep_get_transceiver (a, first)), ==, -1);
  g_assert_cmpstr (rtc_transceiver_get_mid (rtc_jsep_get_transceiver (a, second)), !=, "0");
  g_assert_false (jsep_agreed (a, second)->is_rejected);
  g_assert_cmpuint (rtc_jsep_get_n_transceivers (b), ==, 3);
  g_assert_cmpint (jsep_agreed (b, 2)->direction, ==, RTC_DIRECTION_RECVONLY);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

static void
test_rollback_and_glare (void)
{
  RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, TRUE);
  RtcSdp *offer_a, *offer_b;
  guint video = jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  GError *error = NULL;

  jsep_add (b, RTC_MEDIA_AUDIO, RTC_DIRECTION_SENDRECV);
  offer_a = rtc_jsep_create_offer (a, NULL);
  offer_b = rtc_jsep_create_offer (b, NULL);
  rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, offer_a, NULL);
  rtc_jsep_set_local (b, RTC_SDP_TYPE_OFFER, offer_b, NULL);
  g_assert_cmpstr (rtc_transceiver_get_mid (rtc_jsep_get_transceiver (a, video)), ==, "0");
  /* Glare: both offered. */
  g_assert_cmpint (rtc_jsep_set_remote (a, RTC_SDP_TYPE_OFFER, offer_b, &error), ==, RTC_ERR_STATE);
  g_clear_error (&error);
  g_assert_cmpint (rtc_jsep_set_local (b, RTC_SDP_TYPE_ROLLBACK, NULL, NULL), ==, RTC_OK);
  g_assert_cmpint (rtc_jsep_get_state (b), ==, RTC_JSEP_STATE_STABLE);
  g_assert_cmpstr (rtc_transceiver_get_mid (rtc_jsep_get_transceiver (b, 0)), ==, "");
  g_assert_cmpint (rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, offer_a, NULL), ==, RTC_OK);
  g_assert_cmpuint (rtc_jsep_get_n_transceivers (b), ==, 2);
  /* And back: the one made for the offer is stopped, the mid is free. */
  g_assert_cmpint (rtc_jsep_set_remote (b, RTC_SDP_TYPE_ROLLBACK, NULL, NULL), ==, RTC_OK);
  g_assert_true (rtc_transceiver_is_stopped (rtc_jsep_get_transceiver (b, 1)));
  g_assert_null (rtc_jsep_find_transceiver (b, "0"));
  g_assert_cmpint (rtc_jsep_set_local (a, RTC_SDP_TYPE_ROLLBACK, NULL, NULL), ==, RTC_OK);
  g_assert_null (rtc_jsep_get_local_description (a));
  jsep_negotiate (a, b);
  jsep_negotiate (b, a);
  g_assert_cmpint (jsep_agreed (a, video)->direction, ==, RTC_DIRECTION_SENDONLY);
  g_assert_true (jsep_agreed (b, 0)->is_rejected); /* a has no sound */
  rtc_sdp_free (offer_a);
  rtc_sdp_free (offer_b);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

static void
test_pranswer (void)
{
  RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, TRUE);
  RtcSdp *offer, *answer;

  jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  offer = rtc_jsep_create_offer (a, NULL);
  rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, offer, NULL);
  rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, offer, NULL);
  for (guint i = 0; i < 2; i++) {
    RtcSdpType type = i == 0 ? RTC_SDP_TYPE_PRANSWER : RTC_SDP_TYPE_ANSWER;

    answer = rtc_jsep_create_answer (b, NULL);
    g_assert_cmpint (rtc_jsep_set_local (b, type, answer, NULL), ==, RTC_OK);
    g_assert_cmpint (rtc_jsep_set_remote (a, type, answer, NULL), ==, RTC_OK);
    rtc_sdp_free (answer);
    g_assert_true (rtc_jsep_get_transport (a)->roles_known);
    g_assert_cmpint (jsep_agreed (a, 0)->direction, ==, RTC_DIRECTION_SENDONLY);
    g_assert_cmpuint (jsep_agreed (a, 0)->generation, ==, 1);
  }
  g_assert_cmpint (rtc_jsep_get_state (a), ==, RTC_JSEP_STATE_STABLE);
  rtc_sdp_free (offer);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

static void
test_ice_restart (void)
{
  RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, TRUE);
  RtcCandidate c;
  RtcSdp *sdp, *answer;
  GError *error = NULL;

  jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  jsep_negotiate (a, b);
  g_assert_cmpint (rtc_candidate_parse ("candidate:1 1 udp 5 192.0.2.1 9 typ host", &c), ==, 0);
  rtc_jsep_add_local_candidate (a, &c);
  sdp = rtc_jsep_get_local_description (a);
  g_assert_cmpuint (rtc_sdp_section (sdp, 0)->candidates->len, ==, 1);
  rtc_sdp_free (sdp);

  jsep_give_ice (a, 1, 1);
  g_assert_true (rtc_jsep_needs_negotiation (a));
  sdp = rtc_jsep_create_offer (a, NULL);
  rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, sdp, NULL);
  rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, sdp, NULL);
  g_assert_true (rtc_jsep_get_transport (b)->remote_restarts);
  g_assert_null (rtc_jsep_create_answer (b, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_clear_error (&error);
  jsep_give_ice (b, 2, 1);
  answer = rtc_jsep_create_answer (b, &error);
  g_assert_no_error (error);
  rtc_jsep_set_local (b, RTC_SDP_TYPE_ANSWER, answer, NULL);
  rtc_jsep_set_remote (a, RTC_SDP_TYPE_ANSWER, answer, NULL);
  g_assert_cmpuint (rtc_jsep_get_transport (a)->ice_generation, ==, 2);
  g_assert_cmpuint (rtc_jsep_get_transport (b)->ice_generation, ==, 2);
  g_assert_cmpuint (rtc_jsep_get_transport (a)->dtls_generation, ==, 1);
  g_assert_cmpstr (rtc_jsep_get_transport (a)->remote_ufrag, ==, "u002001");
  g_assert_false (rtc_jsep_get_transport (b)->remote_restarts);
  rtc_sdp_free (sdp);
  rtc_sdp_free (answer);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

/* T22 to T25: an answer made wrong in one way each; the session stays as it was. */
typedef void (*Spoil) (RtcSdp *answer);

static void
spoil_fingerprint (RtcSdp *s)
{
  for (guint i = 0; i < 2; i++)
    g_array_set_size (rtc_sdp_section (s, i)->fingerprints, 0);
}

static void
spoil_ufrag (RtcSdp *s)
{
  for (guint i = 0; i < 2; i++)
    rtc_sdp_section (s, i)->ice_ufrag[0] = '\0';
}

static void
spoil_mux (RtcSdp *s)
{
  rtc_sdp_section (s, 1)->rtcp_mux = FALSE;
}

static void
spoil_setup (RtcSdp *s)
{
  rtc_sdp_section (s, 0)->setup = RTC_SDP_SETUP_ACTPASS;
}

static void
spoil_holdconn (RtcSdp *s)
{
  rtc_sdp_section (s, 0)->setup = RTC_SDP_SETUP_HOLDCONN;
}

static void
spoil_kind (RtcSdp *s)
{
  rtc_sdp_section (s, 0)->kind = RTC_MEDIA_AUDIO;
}

static void
spoil_mid (RtcSdp *s)
{
  g_strlcpy (rtc_sdp_section (s, 0)->mid, "other", 6);
}

static void
spoil_removed (RtcSdp *s)
{
  g_ptr_array_set_size (s->sections, 1);
}

static void
spoil_added (RtcSdp *s)
{
  rtc_sdp_add_section (s, RTC_MEDIA_VIDEO, "new");
}

static void
spoil_order (RtcSdp *s)
{
  gpointer first = s->sections->pdata[0];

  s->sections->pdata[0] = s->sections->pdata[1];
  s->sections->pdata[1] = first;
}

static void
spoil_all (RtcSdp *s)
{
  g_ptr_array_set_size (s->sections, 0);
}

static void
test_bad_answers (void)
{
  static const struct {
    Spoil spoil;
    const gchar *message;
  } rows[] = { { spoil_fingerprint, "no fingerprint in m-line 0" }, { spoil_ufrag, "no ice-ufrag" },
    { spoil_mux, "m-line 1 of the answer does not multiplex" }, { spoil_setup, "actpass" },
    { spoil_holdconn, "holdconn" }, { spoil_kind, "another kind" }, { spoil_mid, "has the mid" },
    { spoil_removed, "1 m-lines where 2" }, { spoil_added, "3 m-lines where 2" },
    { spoil_order, "another kind" }, { spoil_all, "no m-line" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, TRUE);
    RtcSdp *offer, *answer, *bad;
    GError *error = NULL;

    jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
    jsep_add (a, RTC_MEDIA_AUDIO, RTC_DIRECTION_SENDONLY);
    offer = rtc_jsep_create_offer (a, NULL);
    rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, offer, NULL);
    rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, offer, NULL);
    answer = rtc_jsep_create_answer (b, NULL);
    bad = rtc_sdp_copy (answer);
    rows[i].spoil (bad);
    g_assert_cmpint (rtc_jsep_set_remote (a, RTC_SDP_TYPE_ANSWER, bad, &error), !=, RTC_OK);
    if (error == NULL || strstr (error->message, rows[i].message) == NULL)
      g_error ("row %u: %s", i, error != NULL ? error->message : "no error");
    g_clear_error (&error);
    g_assert_cmpint (rtc_jsep_get_state (a), ==, RTC_JSEP_STATE_HAVE_LOCAL_OFFER);
    g_assert_cmpuint (rtc_jsep_get_transport (a)->generation, ==, 0);
    g_assert_cmpuint (jsep_agreed (a, 0)->generation, ==, 0);
    /* The right one still works. */
    g_assert_cmpint (rtc_jsep_set_remote (a, RTC_SDP_TYPE_ANSWER, answer, &error), ==, RTC_OK);
    rtc_sdp_free (offer);
    rtc_sdp_free (answer);
    rtc_sdp_free (bad);
    rtc_jsep_free (a);
    rtc_jsep_free (b);
  }
}

/* A re-offer made wrong: T24. */
static void
spoil_pwd_only (RtcSdp *s)
{
  for (guint i = 0; i < 2; i++)
    g_strlcpy (rtc_sdp_section (s, i)->ice_pwd, "0123456789012345678901", 23);
}

static void
spoil_role (RtcSdp *s)
{
  for (guint i = 0; i < 2; i++)
    rtc_sdp_section (s, i)->setup = RTC_SDP_SETUP_PASSIVE;
}

static void
test_bad_reoffers (void)
{
  static const struct {
    Spoil spoil;
    const gchar *message;
  } rows[] = { { spoil_mux, "takes back a=rtcp-mux" }, { spoil_order, "is not the one" },
    { spoil_mid, "is not the one" }, { spoil_removed, "stopped, not removed" },
    { spoil_pwd_only, "only one of ice-ufrag and ice-pwd" },
    { spoil_role, "changes the DTLS role" }, { spoil_fingerprint, "no fingerprint" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcJsep *a = jsep_new (1, FALSE, FALSE), *b = jsep_new (2, FALSE, TRUE);
    RtcSdp *offer, *bad;
    GError *error = NULL;

    jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
    jsep_add (a, RTC_MEDIA_AUDIO, RTC_DIRECTION_SENDONLY);
    jsep_negotiate (a, b);
    offer = rtc_jsep_create_offer (a, NULL);
    bad = rtc_sdp_copy (offer);
    rows[i].spoil (bad);
    g_assert_cmpint (rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, bad, &error), !=, RTC_OK);
    if (error == NULL || strstr (error->message, rows[i].message) == NULL)
      g_error ("row %u: %s", i, error != NULL ? error->message : "no error");
    g_clear_error (&error);
    g_assert_cmpint (rtc_jsep_get_state (b), ==, RTC_JSEP_STATE_STABLE);
    g_assert_cmpint (rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, offer, &error), ==, RTC_OK);
    rtc_sdp_free (offer);
    rtc_sdp_free (bad);
    rtc_jsep_free (a);
    rtc_jsep_free (b);
  }
}

/* A local description is what was made, or less. */
static void
test_local_changes (void)
{
  RtcJsep *a = jsep_new (1, FALSE, FALSE);
  RtcSdp *offer, *changed;

  jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  offer = rtc_jsep_create_offer (a, NULL);
  changed = rtc_sdp_copy (offer);
  g_strlcpy (rtc_sdp_section (changed, 0)->ice_ufrag, "forged", 7);
  g_assert_cmpint (
      rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, changed, NULL), ==, RTC_ERR_UNSUPPORTED);
  rtc_sdp_free (changed);
  changed = rtc_sdp_copy (offer);
  rtc_sdp_section (changed, 0)->direction = RTC_DIRECTION_SENDRECV;
  g_assert_cmpint (
      rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, changed, NULL), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (rtc_jsep_get_state (a), ==, RTC_JSEP_STATE_STABLE);
  rtc_sdp_section (changed, 0)->direction = RTC_DIRECTION_INACTIVE;
  g_array_remove_range (rtc_sdp_section (changed, 0)->codecs, 2, 2);
  g_assert_cmpint (rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, changed, NULL), ==, RTC_OK);
  rtc_sdp_free (changed);
  rtc_sdp_free (offer);
  rtc_jsep_free (a);
}

/* RFC 5761 4: what the application wishes and what follows from it stay clear of RTCP. */
static void
test_payload_types (void)
{
  static const guint8 wishes[] = { 63, 64, 72, 95, 96, 127 };

  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++) {
    RtcTransceiverConfig config = {
      .kind = RTC_MEDIA_VIDEO, .direction = RTC_DIRECTION_RECVONLY, .n_codecs = 1, .rtx = TRUE
    };
    RtcJsep *a = jsep_new (1, FALSE, FALSE);
    guint index;
    RtcSdp *offer;
    const RtcSdpSection *s;

    rtc_codec_init (&config.codecs[0], RTC_CODEC_VP8, wishes[i]);
    index = rtc_jsep_add_transceiver (a, &config);
    offer = rtc_jsep_create_offer (a, NULL);
    g_assert_nonnull (offer);
    s = rtc_sdp_section (offer, index);
    g_assert_cmpuint (s->codecs->len, >=, 2);
    for (guint k = 0; k < s->codecs->len; k++) {
      guint8 pt = g_array_index (s->codecs, RtcCodec, k).pt;

      g_assert_true (pt < 64 || pt > 95);
    }
    rtc_sdp_free (offer);
    rtc_jsep_free (a);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsep/states", test_states);
  g_test_add_func ("/jsep/refused", test_refused);
  g_test_add_func ("/jsep/call", test_call);
  g_test_add_func ("/jsep/version", test_version);
  g_test_add_func ("/jsep/recycle", test_recycle);
  g_test_add_func ("/jsep/rollback-and-glare", test_rollback_and_glare);
  g_test_add_func ("/jsep/pranswer", test_pranswer);
  g_test_add_func ("/jsep/ice-restart", test_ice_restart);
  g_test_add_func ("/jsep/bad-answers", test_bad_answers);
  g_test_add_func ("/jsep/bad-reoffers", test_bad_reoffers);
  g_test_add_func ("/jsep/local-changes", test_local_changes);
  g_test_add_func ("/jsep/payload-types", test_payload_types);
  return g_test_run ();
}
