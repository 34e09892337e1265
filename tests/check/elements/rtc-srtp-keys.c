/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-keys.c - keys of srtpenc and srtpdec: asked for, told apart by MKIs, changed, at the end
 * of their lifetime, and settings without a key that fits. */
#include "ext/srtp/gstrtcsrtpdec.h"
#include "ext/srtp/gstrtcsrtpenc.h"
#include "tests/check/elements/run-to-end.h"
#include "tests/check/elements/srtp-line.h"

typedef struct {
  guint n_asked;
  guint ssrc;
  guint8 fill; /* of the key that is given; 0: none */
} Asker;

static GstCaps *
give_key (GstElement *dec, guint ssrc, gpointer data)
{
  Asker *self = data;

  self->n_asked++;
  self->ssrc = ssrc;
  return self->fill == 0 ? NULL : srtp_line_key_caps (self->fill);
}

static void
set_key (GstElement *enc, guint8 fill)
{
  GstBuffer *key = gst_buffer_new_allocate (NULL, 30, NULL);

  gst_buffer_memset (key, 0, fill, 30);
  g_object_set (enc, "key", key, NULL);
  gst_buffer_unref (key);
}

/* Without a key in caps srtpdec asks, with each packet until there is one, for each SSRC. */
static void
test_request_key (void)
{
  Asker asker = { 0 };
  SrtpLine line;

  srtp_line_init (&line, NULL, FALSE);
  line.holds = TRUE;
  set_key (line.enc, 9);
  g_signal_emit_by_name (line.dec, "clear-keys");
  g_signal_connect (line.dec, "request-key", G_CALLBACK (give_key), &asker);
  for (guint16 seq = 0; seq < 4; seq++)
    srtp_line_push (&line, seq);
  /* The caps with the new key have gone through: forget it again. */
  g_signal_emit_by_name (line.dec, "clear-keys");
  srtp_line_inject (&line, FALSE, gst_buffer_copy (line.wire->pdata[0]));
  srtp_line_inject (&line, FALSE, gst_buffer_copy (line.wire->pdata[1]));
  g_assert_cmpuint (asker.n_asked, ==, 2);
  g_assert_cmpuint (asker.ssrc, ==, LINE_SSRC);
  g_assert_cmpuint (line.out[0]->len, ==, 0);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-drop-count"), ==, 2);
  asker.fill = 9;
  srtp_line_inject (&line, FALSE, gst_buffer_copy (line.wire->pdata[2]));
  srtp_line_assert_last (&line, 1, 2);
  srtp_line_inject (&line, FALSE, gst_buffer_copy (line.wire->pdata[3]));
  srtp_line_assert_last (&line, 2, 3);
  g_assert_cmpuint (asker.n_asked, ==, 3);
  g_signal_emit_by_name (line.dec, "remove-key", LINE_SSRC);
  srtp_line_inject (&line, FALSE, gst_buffer_copy (line.wire->pdata[1]));
  g_assert_cmpuint (asker.n_asked, ==, 4);
  srtp_line_assert_last (&line, 3, 1);
  srtp_line_clear (&line);
}

/* Three master keys in caps, told apart by their MKIs. */
static void
test_keys_by_mki (void)
{
  GstBuffer *wire[3];
  GstSegment segment;
  GstCaps *caps;
  SrtpLine line;
  GstPad *pad;

  for (guint i = 0; i < 3; i++) {
    gchar *properties = g_strdup_printf ("key=" LINE_KEY_30 " mki=%02x%02x", i, i);

    srtp_line_init (&line, properties, FALSE);
    set_key (line.enc, (guint8) (i + 1));
    srtp_line_push (&line, (guint16) i);
    srtp_line_assert_last (&line, 1, (guint16) i);
    wire[i] = gst_buffer_ref (line.wire->pdata[0]);
    srtp_line_clear (&line);
    g_free (properties);
  }
  srtp_line_init (&line, NULL, TRUE);
  caps = srtp_line_key_caps (1);
  gst_caps_set_simple (caps, "ssrc", G_TYPE_UINT, LINE_SSRC, NULL);
  for (guint i = 0; i < 3; i++) {
    const gchar *const names[3][2] = { { "srtp-key", "mki" }, { "srtp-key2", "mki2" },
      { "srtp-key3", "mki3" } };
    GstBuffer *key = gst_buffer_new_allocate (NULL, 30, NULL);
    GstBuffer *mki = gst_buffer_new_allocate (NULL, 2, NULL);

    gst_buffer_memset (key, 0, (guint8) (i + 1), 30);
    gst_buffer_memset (mki, 0, (guint8) i, 2);
    gst_caps_set_simple (
        caps, names[i][0], GST_TYPE_BUFFER, key, names[i][1], GST_TYPE_BUFFER, mki, NULL);
    gst_buffer_unref (key);
    gst_buffer_unref (mki);
  }
  pad = gst_element_get_static_pad (line.dec, "rtp_sink");
  gst_pad_send_event (pad, gst_event_new_stream_start ("x"));
  g_assert_true (gst_pad_send_event (pad, gst_event_new_caps (caps)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  for (guint i = 0; i < 3; i++)
    srtp_line_inject (&line, FALSE, wire[2 - i]);
  g_assert_cmpuint (line.out[0]->len, ==, 3);
  /* Caps that nobody can use are refused. */
  caps = gst_caps_make_writable (caps);
  gst_caps_set_simple (caps, "srtp-cipher", G_TYPE_STRING, "rot13", NULL);
  g_assert_false (gst_pad_send_event (pad, gst_event_new_caps (caps)));
  gst_object_unref (pad);
  gst_caps_unref (caps);
  srtp_line_clear (&line);
}

static guint
get_roc (GstElement *element)
{
  GstStructure *stats;
  const GValue *streams;
  guint roc = 0;

  g_object_get (element, "stats", &stats, NULL);
  streams = gst_structure_get_value (stats, "streams");
  g_assert_cmpuint (gst_value_array_get_size (streams), ==, 1);
  g_assert_true (gst_structure_get_uint (
      gst_value_get_structure (gst_value_array_get_value (streams, 0)), "roc", &roc));
  gst_structure_free (stats);
  return roc;
}

/* Two wraps, then new keys while playing: both go on where they were; caps say the counter. */
static void
test_new_keys (void)
{
  SrtpLine line;
  GstCaps *caps;
  GstPad *pad;
  guint roc, n = 0;

  srtp_line_init (&line, NULL, FALSE);
  for (guint32 i = 0; i < 140000; i += 1000, n++)
    srtp_line_push (&line, (guint16) i);
  for (guint8 fill = 1; fill < 6; fill++, n++) {
    set_key (line.enc, fill);
    g_assert_cmpint (srtp_line_push (&line, (guint16) (10000 + fill)), ==, GST_FLOW_OK);
    srtp_line_assert_last (&line, n + 1, (guint16) (10000 + fill));
    gst_pad_push (line.srcs[1], srtp_line_make_rtcp (LINE_SSRC));
    g_assert_cmpuint (line.out[1]->len, ==, fill);
  }
  g_assert_cmpuint (get_roc (line.enc), ==, 2);
  g_assert_cmpuint (get_roc (line.dec), ==, 2);
  pad = gst_element_get_static_pad (line.enc, "rtp_src_0");
  caps = gst_pad_get_current_caps (pad);
  g_assert_true (gst_structure_get_uint (gst_caps_get_structure (caps, 0), "roc", &roc));
  g_assert_cmpuint (roc, ==, 2);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  /* None of the fields goes further than srtpdec. */
  pad = gst_element_get_static_pad (line.dec, "rtp_src");
  caps = gst_pad_get_current_caps (pad);
  g_assert_cmpstr (
      gst_structure_get_name (gst_caps_get_structure (caps, 0)), ==, "application/x-rtp");
  g_assert_cmpint (gst_structure_n_fields (gst_caps_get_structure (caps, 0)), ==, 2);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  srtp_line_clear (&line);
}

static void
set_new_key (GstElement *enc, gpointer n)
{
  ++*(guint *) n;
  set_key (enc, (guint8) (100 + *(guint *) n));
}

static void
test_limits (void)
{
  const guint64 limit = G_GUINT64_CONSTANT (1) << 48;
  Asker soft = { 0 }, hard = { 0 };
  GstMessage *message;
  guint n_soft = 0;
  SrtpLine line;
  gulong id;

  srtp_line_init (&line, NULL, FALSE);
  id = g_signal_connect (line.enc, "soft-limit", G_CALLBACK (set_new_key), &n_soft);
  g_signal_connect (line.dec, "soft-limit", G_CALLBACK (give_key), &soft);
  g_signal_connect (line.dec, "hard-limit", G_CALLBACK (give_key), &hard);
  srtp_line_push (&line, 1);
  gst_rtc_srtp_enc_set_key_usage (GST_RTC_SRTP_ENC (line.enc), limit - 10, 0);
  srtp_line_push (&line, 2);
  g_assert_cmpuint (n_soft, ==, 1);
  srtp_line_push (&line, 3);
  srtp_line_assert_last (&line, 3, 3);
  /* Nobody gives a key in time: it ends with an error. */
  g_signal_handler_disconnect (line.enc, id);
  gst_rtc_srtp_enc_set_key_usage (GST_RTC_SRTP_ENC (line.enc), limit - 1, 0);
  g_assert_cmpint (srtp_line_push (&line, 4), ==, GST_FLOW_OK);
  g_assert_cmpint (srtp_line_push (&line, 5), ==, GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (line.bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_unref (message);
  /* The receiver. */
  set_key (line.enc, 50);
  gst_rtc_srtp_dec_set_key_usage (GST_RTC_SRTP_DEC (line.dec), LINE_SSRC, limit - 10, 0);
  srtp_line_push (&line, 6);
  srtp_line_assert_last (&line, 5, 6);
  gst_rtc_srtp_dec_set_key_usage (GST_RTC_SRTP_DEC (line.dec), LINE_SSRC, limit - 10, 0);
  srtp_line_push (&line, 7);
  g_assert_cmpuint (soft.n_asked, ==, 1);
  gst_rtc_srtp_dec_set_key_usage (GST_RTC_SRTP_DEC (line.dec), LINE_SSRC, limit, 0);
  srtp_line_push (&line, 8);
  g_assert_cmpuint (hard.n_asked, ==, 1);
  g_assert_cmpuint (line.out[0]->len, ==, 6);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-drop-count"), ==, 1);
  srtp_line_clear (&line);
}

static void
test_bad_settings (void)
{
  static const gchar *const table[] = { "key=0011",
    "rtp-cipher=aes-128-gcm rtcp-cipher=aes-128-gcm key=" LINE_KEY_30, "random-key=false",
    "rtcp-auth=null key=" LINE_KEY_30, "rtcp-cipher=aes-256-icm key=" LINE_KEY_30 };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GstMessage *message;
    GError *error = NULL;
    SrtpLine line;

    srtp_line_init (&line, table[i], TRUE);
    g_assert_cmpint (
        gst_element_set_state (line.enc, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (line.bus, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, &error, NULL);
    g_assert_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS);
    g_error_free (error);
    gst_message_unref (message);
    srtp_line_clear (&line);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp-keys/request-key", test_request_key);
  g_test_add_func ("/srtp-keys/keys-by-mki", test_keys_by_mki);
  g_test_add_func ("/srtp-keys/new-keys", test_new_keys);
  g_test_add_func ("/srtp-keys/limits", test_limits);
  g_test_add_func ("/srtp-keys/bad-settings", test_bad_settings);
  return run_to_end ();
}
