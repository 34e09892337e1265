/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-elements.c - srtpenc linked to srtpdec: ciphers, lists, what must not pass, keys asked
 * for, changed and ended, events, pads that come and go. */
#include <string.h>

#include "ext/srtp/gstrtcsrtpdec.h"
#include "ext/srtp/gstrtcsrtpenc.h"
#include "tests/check/elements/srtp-line.h"

static const gchar hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                           "202122232425262728292a2b2c2d";

/* -- Packets ----------------------------------------------------------------- */

static GstBufferList *
make_list (guint16 first, guint n)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; i < n; i++)
    gst_buffer_list_add (list, srtp_line_make_rtp (LINE_SSRC, (guint16) (first + i), 100));
  return list;
}

static void
check_cipher (const gchar *cipher, guint key_len, const gchar *auth, const gchar *mki)
{
  gchar *properties = g_strdup_printf ("key=%.*s rtp-cipher=%s rtcp-cipher=%s rtp-auth=%s%s",
      2 * (gint) key_len, hex, cipher, cipher, auth, mki);
  SrtpLine line;

  srtp_line_init (&line, properties, FALSE);
  for (guint16 seq = 65530; seq != 5; seq++)
    g_assert_cmpint (srtp_line_push (&line, seq), ==, GST_FLOW_OK);
  srtp_line_assert_last (&line, 11, 4);
  g_assert_cmpint (gst_pad_push_list (line.srcs[0], make_list (5, 10)), ==, GST_FLOW_OK);
  srtp_line_assert_last (&line, 21, 14);
  g_assert_cmpuint (line.lists[0]->len, ==, 1);
  g_assert_cmpint (gst_pad_push (line.srcs[1], srtp_line_make_rtcp (LINE_SSRC)), ==, GST_FLOW_OK);
  g_assert_cmpuint (line.out[1]->len, ==, 1);
  g_assert_cmpuint (gst_buffer_get_size (line.out[1]->pdata[0]), ==, 28);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-count"), ==, 22);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-drop-count"), ==, 0);
  srtp_line_clear (&line);
  g_free (properties);
}

static void
test_ciphers (void)
{
  static const gchar *const auths[] = { "null", "hmac-sha1-32", "hmac-sha1-80" };
  static const gchar *const mkis[] = { "", " mki=07", " mki=01020304" };

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 3; j++) {
      check_cipher ("null", 30, auths[i], mkis[j]);
      check_cipher ("aes-128-icm", 30, auths[i], mkis[j]);
      check_cipher ("aes-256-icm", 46, auths[i], mkis[j]);
      check_cipher ("aes-128-gcm", 28, auths[i], mkis[j]);
      check_cipher ("aes-256-gcm", 44, auths[i], mkis[j]);
    }
  check_cipher ("aes-128-icm", 0, "hmac-sha1-80", " random-key=true");
  check_cipher ("null", 0, "null", " rtcp-auth=null");
}

/* A payloader's packets are header and payload apart, and may be somebody else's too. */
static void
test_shared_memory (void)
{
  SrtpLine line;
  GstBuffer *packet, *before, *wire;
  GstMemory *header;
  GstMapInfo map;

  srtp_line_init (&line, NULL, FALSE);
  before = srtp_line_make_rtp (LINE_SSRC, 7, 100);
  header = gst_memory_copy (gst_buffer_peek_memory (before, 0), 0, 12);
  packet = gst_buffer_new ();
  gst_buffer_append_memory (packet, header);
  gst_buffer_append_memory (packet, gst_memory_share (gst_buffer_peek_memory (before, 0), 12, 100));
  GST_BUFFER_PTS (packet) = GST_BUFFER_PTS (before);
  gst_buffer_ref (packet);
  gst_pad_push (line.srcs[0], packet);
  srtp_line_assert_last (&line, 1, 7);
  /* What was pushed is as it was. */
  gst_buffer_map (before, &map, GST_MAP_READ);
  g_assert_cmpint (gst_buffer_memcmp (packet, 0, map.data, map.size), ==, 0);
  gst_buffer_unmap (before, &map);
  gst_buffer_unref (packet);
  gst_buffer_unref (before);
  /* Also into srtpdec. */
  line.holds = TRUE;
  srtp_line_push (&line, 8);
  wire = gst_buffer_ref (line.wire->pdata[1]);
  before = gst_buffer_copy_deep (wire);
  g_assert_cmpint (srtp_line_inject (&line, FALSE, gst_buffer_ref (wire)), ==, GST_FLOW_OK);
  srtp_line_assert_last (&line, 2, 8);
  gst_buffer_map (before, &map, GST_MAP_READ);
  g_assert_cmpint (gst_buffer_memcmp (wire, 0, map.data, map.size), ==, 0);
  gst_buffer_unmap (before, &map);
  gst_buffer_unref (wire);
  gst_buffer_unref (before);
  srtp_line_clear (&line);
}

/* Nothing damaged, repeated, cut short or foreign comes out; each is counted. */
static void
test_refused (void)
{
  GstBuffer *packet;
  SrtpLine line;
  guint n = 0;

  srtp_line_init (&line, NULL, FALSE);
  line.holds = TRUE;
  srtp_line_push (&line, 1);
  packet = line.wire->pdata[0];
  for (gsize i = 1; i < gst_buffer_get_size (packet); i++, n++) {
    GstBuffer *damaged = gst_buffer_copy_deep (packet);
    guint8 byte;

    gst_buffer_extract (damaged, i, &byte, 1);
    gst_buffer_memset (damaged, i, byte ^ 0x20, 1);
    g_assert_cmpint (srtp_line_inject (&line, FALSE, damaged), ==, GST_FLOW_OK);
  }
  for (gsize size = 0; size < gst_buffer_get_size (packet); size++, n++)
    srtp_line_inject (&line, FALSE, gst_buffer_copy_region (packet, GST_BUFFER_COPY_ALL, 0, size));
  srtp_line_inject (&line, FALSE, srtp_line_make_rtp (LINE_SSRC, 2, 100));
  srtp_line_inject (&line, TRUE, srtp_line_make_rtcp (LINE_SSRC));
  g_assert_cmpuint (line.out[0]->len + line.out[1]->len, ==, 0);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-drop-count"), ==, n + 2);
  srtp_line_inject (&line, FALSE, gst_buffer_copy_deep (packet));
  srtp_line_assert_last (&line, 1, 1);
  srtp_line_inject (&line, FALSE, gst_buffer_copy_deep (packet));
  g_assert_cmpuint (line.out[0]->len, ==, 1);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-drop-count"), ==, n + 3);
  g_assert_cmpuint (srtp_line_stat (&line, "recv-count"), ==, n + 4);
  srtp_line_clear (&line);
}

/* A list with one bad packet goes on without it. */
static void
test_refused_in_list (void)
{
  GstBufferList *list;
  SrtpLine line;
  GstPad *pad;

  srtp_line_init (&line, NULL, FALSE);
  line.holds = TRUE;
  gst_pad_push_list (line.srcs[0], make_list (1, 10));
  list = gst_buffer_list_new ();
  for (guint i = 0; i < 10; i++)
    gst_buffer_list_add (list, gst_buffer_copy_deep (line.wire->pdata[i]));
  gst_buffer_memset (gst_buffer_list_get (list, 3), 50, 0xee, 4);
  pad = gst_element_get_static_pad (line.dec, "rtp_sink");
  g_assert_cmpint (gst_pad_chain_list (pad, list), ==, GST_FLOW_OK);
  gst_object_unref (pad);
  srtp_line_assert_last (&line, 9, 10);
  g_assert_cmpuint (line.lists[0]->len, ==, 1);
  srtp_line_clear (&line);
}

/* A number that was sent is not sent again, and nothing stops for it. */
static void
test_repeats (void)
{
  SrtpLine line;

  srtp_line_init (&line, NULL, FALSE);
  srtp_line_push (&line, 1);
  g_assert_cmpint (srtp_line_push (&line, 1), ==, GST_FLOW_OK);
  g_assert_cmpuint (line.wire->len, ==, 1);
  srtp_line_clear (&line);
  srtp_line_init (&line, "key=" LINE_KEY_30 " allow-repeat-tx=true", FALSE);
  srtp_line_push (&line, 1);
  srtp_line_push (&line, 1);
  g_assert_cmpuint (line.wire->len, ==, 2);
  g_assert_cmpuint (line.out[0]->len, ==, 1);
  srtp_line_clear (&line);
}

/* -- Keys -------------------------------------------------------------------- */

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

/* -- Events ------------------------------------------------------------------ */

/* RTCP that comes with RTP leaves by its own pad, which then has all that comes before buffers. */
static void
test_muxed (void)
{
  GstBufferList *list = gst_buffer_list_new ();
  GstBuffer *reports[2];
  SrtpLine line;
  GstPad *pad;

  /* Protected reports, of another line with the same key. */
  srtp_line_init (&line, NULL, FALSE);
  for (guint i = 0; i < 2; i++) {
    gst_pad_push (line.srcs[1], srtp_line_make_rtcp (LINE_SSRC));
    reports[i] = gst_buffer_ref (line.wire->pdata[i]);
  }
  srtp_line_clear (&line);

  srtp_line_init (&line, NULL, TRUE);
  srtp_line_start (&line, FALSE, "application/x-rtp, ssrc=(uint)4660");
  srtp_line_push (&line, 1);
  g_assert_cmpint (srtp_line_inject (&line, FALSE, reports[0]), ==, GST_FLOW_OK);
  g_assert_cmpstr (line.events[1]->str, ==, "stream-start caps segment buffer ");
  line.holds = TRUE;
  srtp_line_push (&line, 2);
  gst_buffer_list_add (list, reports[1]);
  gst_buffer_list_add (list, gst_buffer_copy_deep (line.wire->pdata[1]));
  pad = gst_element_get_static_pad (line.dec, "rtp_sink");
  g_assert_cmpint (gst_pad_chain_list (pad, list), ==, GST_FLOW_OK);
  gst_object_unref (pad);
  srtp_line_assert_last (&line, 2, 2);
  g_assert_cmpuint (line.out[1]->len, ==, 2);
  gst_pad_push_event (line.srcs[0], gst_event_new_eos ());
  g_assert_true (g_str_has_suffix (line.events[0]->str, "eos "));
  g_assert_true (g_str_has_suffix (line.events[1]->str, "eos "));
  srtp_line_clear (&line);
}

static void
test_events (void)
{
  GstSegment segment;
  SrtpLine line;
  GstPad *pad;

  /* In order, once. Caps that change go through, and the key stays. */
  srtp_line_init (&line, NULL, FALSE);
  srtp_line_push (&line, 1);
  g_assert_cmpstr (line.events[0]->str, ==, "stream-start caps segment buffer ");
  srtp_line_start (&line, FALSE, "application/x-rtp, ssrc=(uint)4660, payload=97");
  g_assert_cmpint (srtp_line_push (&line, 2), ==, GST_FLOW_OK);
  gst_pad_push_event (line.srcs[0], gst_event_new_flush_start ());
  g_assert_cmpint (srtp_line_push (&line, 3), ==, GST_FLOW_FLUSHING);
  gst_pad_push_event (line.srcs[0], gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (line.srcs[0], gst_event_new_segment (&segment));
  g_assert_cmpint (srtp_line_push (&line, 4), ==, GST_FLOW_OK);
  srtp_line_assert_last (&line, 3, 4);
  gst_pad_push_event (line.srcs[0], gst_event_new_eos ());
  g_assert_true (
      g_str_has_suffix (line.events[0]->str, "flush-start flush-stop segment buffer eos "));
  g_assert_null (strstr (line.events[1]->str, "flush"));
  srtp_line_clear (&line);

  /* Nobody says caps to srtpdec: it says what comes out of it. */
  srtp_line_init (&line, NULL, TRUE);
  pad = gst_element_get_static_pad (line.dec, "rtp_sink");
  gst_pad_send_event (pad, gst_event_new_stream_start ("x"));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  g_assert_cmpstr (line.events[0]->str, ==, "stream-start caps segment ");
  gst_object_unref (pad);
  srtp_line_clear (&line);
}

/* -- Life -------------------------------------------------------------------- */

static void
test_pads (void)
{
  GstElement *enc = gst_object_ref_sink (g_object_new (GST_TYPE_RTC_SRTP_ENC, NULL));
  GstPad *first, *second, *src;
  GstCaps *caps;

  first = gst_element_request_pad_simple (enc, "rtp_sink_%u");
  second = gst_element_request_pad_simple (enc, "rtp_sink_%u");
  g_assert_cmpstr (GST_OBJECT_NAME (first), ==, "rtp_sink_0");
  g_assert_cmpstr (GST_OBJECT_NAME (second), ==, "rtp_sink_1");
  gst_element_release_request_pad (enc, first);
  gst_object_unref (first);
  src = gst_element_get_static_pad (enc, "rtp_src_0");
  g_assert_null (src);
  first = gst_element_request_pad_simple (enc, "rtcp_sink_7");
  src = gst_element_get_static_pad (enc, "rtcp_src_7");
  g_assert_nonnull (src);
  caps = gst_pad_query_caps (src, NULL);
  g_assert_cmpstr (
      gst_structure_get_name (gst_caps_get_structure (caps, 0)), ==, "application/x-srtcp");
  gst_caps_unref (caps);
  gst_object_unref (src);
  gst_element_release_request_pad (enc, first);
  gst_element_release_request_pad (enc, second);
  g_assert_cmpuint (enc->numpads, ==, 0);
  gst_object_unref (first);
  gst_object_unref (second);
  gst_object_unref (enc);
}

static void
test_states (void)
{
  SrtpLine line;

  srtp_line_init (&line, NULL, FALSE);
  for (guint i = 0; i < 100; i++) {
    srtp_line_push (&line, (guint16) (i + 1));
    srtp_line_assert_last (&line, i + 1, (guint16) (i + 1));
    gst_element_set_state (line.enc, i % 2 == 0 ? GST_STATE_NULL : GST_STATE_READY);
    gst_element_set_state (line.dec, i % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL);
    gst_element_set_state (line.dec, GST_STATE_PLAYING);
    gst_element_set_state (line.enc, GST_STATE_PLAYING);
    srtp_line_start (&line, FALSE, "application/x-rtp, ssrc=(uint)4660, payload=96");
  }
  srtp_line_clear (&line);
}

typedef struct {
  GstPad *src;
  gint stop, n_pushed; /* atomic */
} Pusher;

static gpointer
push_for_ever (gpointer data)
{
  Pusher *self = data;

  for (guint16 seq = 0; !g_atomic_int_get (&self->stop); seq++) {
    gst_pad_push (self->src, srtp_line_make_rtp (LINE_SSRC + seq % 3, seq, 50));
    g_atomic_int_inc (&self->n_pushed);
    g_thread_yield ();
  }
  return NULL;
}

/* A pad is released while another thread pushes into it. */
static void
test_release_while_pushing (void)
{
  for (guint i = 0; i < 20; i++) {
    Pusher pusher = { 0 };
    SrtpLine line;
    GThread *thread;
    GstPad *sink;

    srtp_line_init (&line, NULL, FALSE);
    pusher.src = line.srcs[0];
    thread = g_thread_new ("pusher", push_for_ever, &pusher);
    while (g_atomic_int_get (&pusher.n_pushed) < 20)
      g_thread_yield ();
    sink = gst_pad_get_peer (line.srcs[0]);
    gst_element_release_request_pad (line.enc, sink);
    gst_object_unref (sink);
    g_atomic_int_set (&pusher.stop, 1);
    g_thread_join (thread);
    g_assert_cmpuint (line.out[0]->len, >, 0);
    srtp_line_clear (&line);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/srtp-elements/ciphers", test_ciphers);
  g_test_add_func ("/srtp-elements/shared-memory", test_shared_memory);
  g_test_add_func ("/srtp-elements/refused", test_refused);
  g_test_add_func ("/srtp-elements/refused-in-list", test_refused_in_list);
  g_test_add_func ("/srtp-elements/repeats", test_repeats);
  g_test_add_func ("/srtp-elements/request-key", test_request_key);
  g_test_add_func ("/srtp-elements/keys-by-mki", test_keys_by_mki);
  g_test_add_func ("/srtp-elements/new-keys", test_new_keys);
  g_test_add_func ("/srtp-elements/limits", test_limits);
  g_test_add_func ("/srtp-elements/bad-settings", test_bad_settings);
  g_test_add_func ("/srtp-elements/muxed", test_muxed);
  g_test_add_func ("/srtp-elements/events", test_events);
  g_test_add_func ("/srtp-elements/pads", test_pads);
  g_test_add_func ("/srtp-elements/states", test_states);
  g_test_add_func ("/srtp-elements/release-while-pushing", test_release_while_pushing);
  return g_test_run ();
}
