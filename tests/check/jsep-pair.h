/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* jsep-pair.h - instances of RtcJsep and short ways to make them talk, for tests and fuzzing. */
#pragma once

#include <string.h>

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/jsep/rtc-jsep.h"

/* Keeps each text by itself. */
static inline gpointer
jsep_text_keep (const gchar *text)
{
  return g_strdup (text);
}

static inline gchar *
jsep_text_read (gconstpointer kept)
{
  return g_strdup ((const gchar *) kept);
}

static const RtcTextKeeper jsep_texts = { jsep_text_keep, jsep_text_read, g_free };

/* An instance with ICE credentials of its own; n_credentials-th set of them. */
static inline void
jsep_give_ice (RtcJsep *jsep, guint name, guint n_credentials)
{
  gchar ufrag[16], pwd[40];

  g_snprintf (ufrag, sizeof ufrag, "u%03u%03u", name, n_credentials);
  g_snprintf (pwd, sizeof pwd, "password-of-peer-%03u-%03u", name, n_credentials);
  g_assert_cmpint (rtc_jsep_set_local_ice (jsep, ufrag, pwd), ==, RTC_OK);
}

static inline RtcJsep *
jsep_new (guint name, gboolean data, gboolean accept_unknown)
{
  static const RtcRtpExtension extensions[] = { RTC_RTP_EXTENSION_MID, RTC_RTP_EXTENSION_TWCC,
    RTC_RTP_EXTENSION_ABS_SEND_TIME, RTC_RTP_EXTENSION_AUDIO_LEVEL,
    RTC_RTP_EXTENSION_PLAYOUT_DELAY, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME };
  RtcRandom *random = rtc_random_new_seeded (name);
  RtcJsepConfig config = { .peer_id = name, .random = random, .data_channels = data,
    .offer_data_section = data, .accept_unknown_media = accept_unknown, .texts = &jsep_texts };
  RtcCodec codecs[3];
  RtcJsep *jsep;

  g_strlcpy (config.fingerprint.algorithm, "sha-256", sizeof config.fingerprint.algorithm);
  for (guint k = 0; k < 32; k++)
    g_snprintf (config.fingerprint.value + 3 * k, 4, k < 31 ? "%02X:" : "%02X", name & 0xff);
  g_strlcpy (config.cname, "test", sizeof config.cname);
  config.n_extensions = G_N_ELEMENTS (extensions);
  memcpy (config.extensions, extensions, sizeof extensions);
  if (accept_unknown) {
    config.n_receive_codecs = 3;
    config.receive_codecs = codecs;
    rtc_codec_init (&codecs[0], RTC_CODEC_VP8, 0);
    rtc_codec_init (&codecs[1], RTC_CODEC_H264, 0);
    rtc_codec_init (&codecs[2], RTC_CODEC_OPUS, 0);
  }
  jsep = rtc_jsep_new (&config);
  rtc_random_free (random);
  jsep_give_ice (jsep, name, 0);
  return jsep;
}

/* Video: VP8 then H264; audio: Opus. */
static inline guint
jsep_add (RtcJsep *jsep, RtcMediaKind kind, RtcDirection direction)
{
  RtcTransceiverConfig *config = g_new0 (RtcTransceiverConfig, 1);
  guint index;

  config->kind = kind;
  config->direction = direction;
  config->rtx = TRUE;
  config->ssrc = 1000 + 10 * rtc_jsep_get_n_transceivers (jsep);
  config->rtx_ssrc = config->ssrc + 1;
  if (kind == RTC_MEDIA_VIDEO) {
    rtc_codec_init (&config->codecs[config->n_codecs++], RTC_CODEC_VP8, 0);
    rtc_codec_init (&config->codecs[config->n_codecs++], RTC_CODEC_H264, 0);
  } else {
    rtc_codec_init (&config->codecs[config->n_codecs++], RTC_CODEC_OPUS, 0);
  }
  index = rtc_jsep_add_transceiver (jsep, config);
  g_free (config);
  return index;
}

static inline const RtcNegotiated *
jsep_agreed (RtcJsep *jsep, guint index)
{
  return rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (jsep, index));
}

/* A saved description, by its name in RTC_TEST_SDP. */
static inline RtcSdp *
jsep_load (const gchar *name)
{
  gchar *file = g_build_filename (g_getenv ("RTC_TEST_SDP"), name, NULL), *text = NULL;
  GError *error = NULL;
  RtcSdp *sdp;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  sdp = rtc_sdp_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_free (text);
  g_free (file);
  return sdp;
}

/* A description over the wire: as text. */
static inline RtcSdp *
jsep_over_wire (const RtcSdp *sdp)
{
  gchar *text = rtc_sdp_write (sdp);
  RtcSdp *parsed = rtc_sdp_parse (text, strlen (text), NULL);

  g_assert_nonnull (parsed);
  g_assert_true (rtc_sdp_equal (sdp, parsed));
  g_free (text);
  return parsed;
}

/* One whole round from a to b. */
static inline void
jsep_negotiate (RtcJsep *a, RtcJsep *b)
{
  GError *error = NULL;
  RtcSdp *offer = rtc_jsep_create_offer (a, &error), *answer, *wire;

  g_assert_no_error (error);
  rtc_jsep_set_local (a, RTC_SDP_TYPE_OFFER, offer, &error);
  g_assert_no_error (error);
  wire = jsep_over_wire (offer);
  rtc_jsep_set_remote (b, RTC_SDP_TYPE_OFFER, wire, &error);
  g_assert_no_error (error);
  rtc_sdp_free (wire);
  answer = rtc_jsep_create_answer (b, &error);
  g_assert_no_error (error);
  rtc_jsep_set_local (b, RTC_SDP_TYPE_ANSWER, answer, &error);
  g_assert_no_error (error);
  wire = jsep_over_wire (answer);
  rtc_jsep_set_remote (a, RTC_SDP_TYPE_ANSWER, wire, &error);
  g_assert_no_error (error);
  rtc_sdp_free (wire);
  rtc_sdp_free (offer);
  rtc_sdp_free (answer);
  g_assert_cmpint (rtc_jsep_get_state (a), ==, RTC_JSEP_STATE_STABLE);
  g_assert_cmpint (rtc_jsep_get_state (b), ==, RTC_JSEP_STATE_STABLE);
}
