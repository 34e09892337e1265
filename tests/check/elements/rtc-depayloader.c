/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-depayloader.c - the allow-list: what is made of a peer's description, and that nothing else
 * ever is (A14). */
#include "gst/media/gstrtcdepayloader.h"

#include <string.h>

#include <gst/check/gstharness.h>

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/sdp/rtc-sdp.h"

#define FUZZED_DESCRIPTIONS 10000

/* Everything that may ever come out of gst_rtc_depayloader_new(). */
static const gchar *const allowed[] = { "rtpvp8depay", "rtpvp9depay", "rtph264depay",
  "rtph265depay", "rtpav1depay", "rtpopusdepay", "rtppcmudepay", "rtppcmadepay", "rtpg722depay",
  NULL };

/* Names for which stock depayloaders exist, spellings of ours, and attempts at a caps parser. */
static const gchar *const hostile_names[] = { "X-QDM", "CELT", "SBC", "JPEG", "THEORA", "VORBIS",
  "X-GST", "JPEG2000", "L16", "L24", "MP4V-ES", "MP2T", "SPEEX", "vp8", "Vp8", "h264", "OPUS/48000",
  "VP8,media=(string)x", "VP8;a=(int)1", "VP8\"", "VP8 ! fakesink", "(GstCaps)", "rtpgstdepay" };

static gchar *
factory_name (GstElement *element)
{
  return gst_object_get_name (GST_OBJECT (gst_element_get_factory (element)));
}

/* Each codec of ours that is installed, from its default description to a linked chain. */
static void
test_codecs (void)
{
  static const RtcMediaKind kinds[] = { RTC_MEDIA_VIDEO, RTC_MEDIA_AUDIO };
  guint n = 0;

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
    g_autofree RtcCodecId *list = gst_rtc_depayloader_list_codecs (kinds[k]);

    for (guint i = 0; list[i] != RTC_CODEC_UNKNOWN; i++, n++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstElement) depayloader = gst_rtc_depayloader_new (list[i], &error);
      g_autoptr (GstElement) parser = gst_rtc_depayloader_make_parser (list[i]);
      g_autoptr (GstPad) sink = NULL;
      g_autoptr (GstCaps) caps = NULL, accepted = NULL, media = NULL;
      RtcCodec codec;

      g_assert_no_error (error);
      gst_object_ref_sink (depayloader);
      if (parser != NULL)
        gst_object_ref_sink (parser);
      rtc_codec_init (&codec, list[i], 96);
      caps = gst_rtc_depayloader_make_caps (&codec);
      sink = gst_element_get_static_pad (depayloader, "sink");
      accepted = gst_pad_query_caps (sink, NULL);
      g_assert_true (gst_caps_is_subset (caps, accepted));
      media = gst_rtc_depayloader_get_media_caps (list[i]);
      g_assert_false (gst_caps_is_empty (media));
      g_assert_true (gst_rtc_depayloader_is_available (list[i]));
      g_assert_cmpstr (gst_rtc_depayloader_get_raw_type (list[i]), ==,
          kinds[k] == RTC_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw");
    }
  }
  g_assert_cmpuint (n, >=, 7);
}

/* What has no row is refused with a reason, whatever is asked. */
static void
test_refused (void)
{
  static const RtcCodecId ids[] = { RTC_CODEC_UNKNOWN, RTC_CODEC_RTX, RTC_CODEC_RED,
    RTC_CODEC_ULPFEC, RTC_CODEC_FLEXFEC, RTC_CODEC_TELEPHONE_EVENT, RTC_CODEC_CN };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstCaps) caps = NULL;
    RtcCodec codec = { .id = ids[i] };

    g_assert_null (gst_rtc_depayloader_new (ids[i], &error));
    g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
    g_assert_null (gst_rtc_depayloader_make_parser (ids[i]));
    g_assert_null (gst_rtc_depayloader_make_decoder (ids[i], NULL));
    g_assert_null (gst_rtc_depayloader_get_raw_type (ids[i]));
    caps = gst_rtc_depayloader_make_caps (&codec);
    g_assert_true (gst_caps_is_empty (caps));
  }
}

static void
test_decoders (void)
{
  static const struct {
    RtcCodecId codec;
    const gchar *needs;
  } rows[] = { { RTC_CODEC_VP8, "vp8dec" }, { RTC_CODEC_OPUS, "opusdec" },
    { RTC_CODEC_PCMU, "mulawdec" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (rows[i].needs);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) decoder = NULL;

    if (factory == NULL)
      continue;
    decoder = gst_rtc_depayloader_make_decoder (rows[i].codec, &error);
    g_assert_no_error (error);
    gst_object_ref_sink (decoder);
  }
}

static GPtrArray *
load_descriptions (void)
{
  const gchar *folder = g_getenv ("RTC_TEST_SDP"), *name;
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = folder == NULL ? NULL : g_dir_open (folder, 0, NULL);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    gchar *text = NULL;

    if (g_str_has_suffix (name, ".sdp") && g_file_get_contents (path, &text, NULL, NULL))
      g_ptr_array_add (texts, text);
  }
  g_clear_pointer (&dir, g_dir_close);
  return texts;
}

/* The description with names of a=rtpmap and characters of a=fmtp lines changed. */
static gchar *
mutate (RtcRandom *random, const gchar *text)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    gboolean is_map = g_str_has_prefix (lines[i], "a=rtpmap:");
    gchar *space = strchr (lines[i], ' ');

    if (is_map && space != NULL && rtc_random_range (random, 0, 6) == 0) {
      g_string_append_len (out, lines[i], space + 1 - lines[i]);
      g_string_append_printf (out, "%s/90000\r\n",
          hostile_names[rtc_random_range (random, 0, G_N_ELEMENTS (hostile_names))]);
      continue;
    }
    if (space != NULL && space[1] > ' ' && g_str_has_prefix (lines[i], "a=fmtp:")
        && rtc_random_range (random, 0, 4) == 0)
      space[1 + rtc_random_range (random, 0, (guint) strlen (space) - 1)] =
          (gchar) rtc_random_range (random, 33, 127);
    g_string_append_printf (out, "%s\n", lines[i]);
  }
  return g_string_free (out, FALSE);
}

static gboolean
check_codec (const RtcCodec *codec, gboolean make)
{
  g_autoptr (GstCaps) caps = gst_rtc_depayloader_make_caps (codec);
  GstElement *element;

  if (!gst_caps_is_empty (caps)) {
    GstStructure *structure = gst_caps_get_structure (caps, 0);
    const RtcCodecInfo *info = rtc_codec_info (codec->id);
    g_autofree gchar *name = g_ascii_strup (info->name, -1);

    g_assert_true (gst_structure_has_name (structure, "application/x-rtp"));
    g_assert_cmpstr (gst_structure_get_string (structure, "encoding-name"), ==, name);
  }
  if (!make && gst_rtc_depayloader_is_available (codec->id))
    return FALSE;
  element = gst_rtc_depayloader_new (codec->id, NULL);
  if (element != NULL) {
    g_autofree gchar *name = factory_name (element);

    g_assert_true (g_strv_contains (allowed, name));
    g_assert_true (gst_rtc_depayloader_is_available (codec->id));
    gst_object_unref (gst_object_ref_sink (element));
  }
  return element != NULL;
}

/* A14: 10 000 descriptions, half of their names not ours: nothing but the list is ever made. */
static void
test_fuzzed (void)
{
  g_autoptr (GPtrArray) texts = load_descriptions ();
  RtcRandom *random = rtc_random_new_seeded (14);
  guint parsed = 0, made = 0, refused = 0;

  g_assert_cmpuint (texts->len, >, 0);
  for (guint i = 0; i < FUZZED_DESCRIPTIONS; i++) {
    g_autofree gchar *text = mutate (random, g_ptr_array_index (texts, i % texts->len));
    RtcSdp *sdp = rtc_sdp_parse (text, strlen (text), NULL);
    guint left = 1;

    for (guint s = 0; sdp != NULL && s < sdp->sections->len; s++) {
      const RtcSdpSection *section = g_ptr_array_index (sdp->sections, s);

      for (guint c = 0; c < section->codecs->len; c++) {
        const RtcCodec *codec = &g_array_index (section->codecs, RtcCodec, c);
        gboolean known = gst_rtc_depayloader_get_raw_type (codec->id) != NULL;

        refused += !known;
        if (check_codec (codec, left > 0) && left > 0) {
          left--;
          made++;
        }
      }
    }
    parsed += sdp != NULL;
    rtc_sdp_free (sdp);
  }
  rtc_random_free (random);
  g_test_message ("%u parsed, %u depayloaders made, %u codecs refused", parsed, made, refused);
  g_assert_cmpuint (parsed, >, FUZZED_DESCRIPTIONS / 2);
  g_assert_cmpuint (made, >, FUZZED_DESCRIPTIONS / 4);
  g_assert_cmpuint (refused, >, FUZZED_DESCRIPTIONS);
}

/* The alignment that comes first where what follows takes these caps. */
static gchar *
prefer (const gchar *taken)
{
  GstElement *filter = gst_object_ref_sink (gst_rtc_depayloader_make_framing (RTC_CODEC_H264));
  GstHarness *harness = gst_harness_new_with_element (filter, "sink", "src");
  GstCaps *caps;
  gchar *alignment;

  gst_harness_set_sink_caps_str (harness, taken);
  caps = gst_caps_fixate (gst_pad_peer_query_caps (harness->srcpad, NULL));
  alignment = g_strdup (gst_structure_get_string (gst_caps_get_structure (caps, 0), "alignment"));
  gst_caps_unref (caps);
  gst_harness_teardown (harness);
  gst_object_unref (filter);
  return alignment;
}

static void
test_framing (void)
{
  g_autofree gchar *either = prefer ("video/x-h264,alignment=(string){nal,au}");
  g_autofree gchar *pieces = prefer ("video/x-h264,alignment=(string)nal");

  g_assert_cmpstr (either, ==, "au");
  g_assert_cmpstr (pieces, ==, "nal");
  g_assert_null (gst_rtc_depayloader_make_framing (RTC_CODEC_VP8));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/depayloader/codecs", test_codecs);
  g_test_add_func ("/depayloader/refused", test_refused);
  g_test_add_func ("/depayloader/decoders", test_decoders);
  g_test_add_func ("/depayloader/framing", test_framing);
  g_test_add_func ("/depayloader/fuzzed", test_fuzzed);
  return g_test_run ();
}
