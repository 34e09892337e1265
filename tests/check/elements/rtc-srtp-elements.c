/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-elements.c - srtpenc linked to srtpdec: ciphers, lists, what must not pass, events, pads
 * that come and go. */
#include <string.h>

#include "ext/srtp/gstrtcsrtpdec.h"
#include "ext/srtp/gstrtcsrtpenc.h"
#include "tests/check/elements/run-to-end.h"
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

/* Ten wraps: near each a fifth is lost and the rest comes shuffled within 30 packets, farther away
 * one in 125 comes, in order. All that comes comes out, once. */
static void
check_wraps (const gchar *properties)
{
  GRand *rand = g_rand_new_with_seed (11);
  guint n_out = 0;
  SrtpLine line;

  srtp_line_init (&line, properties, FALSE);
  line.holds = TRUE;
  for (guint32 seq = 60000; seq < 10 * 65536 + 300;) {
    guint32 first = seq;
    guint n = 0;

    g_ptr_array_set_size (line.wire, 0);
    for (guint i = 0; i < 30; i++) {
      guint16 distance = (guint16) (seq + 300);

      srtp_line_push (&line, (guint16) seq);
      seq += distance < 600 ? 1 : 100;
    }
    while (line.wire->len > 0) {
      gboolean is_near = seq - first == 30;
      guint at = is_near ? (guint) g_rand_int_range (rand, 0, (gint) line.wire->len) : 0;
      GstBuffer *packet = gst_buffer_ref (line.wire->pdata[at]);

      g_ptr_array_remove_index (line.wire, at);
      if (n++ % 5 == 4)
        gst_buffer_unref (packet);
      else {
        srtp_line_inject (&line, FALSE, packet);
        n_out++;
      }
    }
    g_assert_cmpuint (line.out[0]->len, ==, n_out);
  }
  g_assert_cmpuint (srtp_line_stat (&line, "recv-drop-count"), ==, 0);
  srtp_line_clear (&line);
  g_rand_free (rand);
}

static void
test_wraps (void)
{
  check_wraps ("key=" LINE_KEY_30);
  check_wraps ("rtp-cipher=aes-128-gcm rtcp-cipher=aes-128-gcm "
               "key=000102030405060708090a0b0c0d0e0f"
               "101112131415161718191a1b");
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
  g_test_add_func ("/srtp-elements/ciphers", test_ciphers);
  g_test_add_func ("/srtp-elements/wraps", test_wraps);
  g_test_add_func ("/srtp-elements/shared-memory", test_shared_memory);
  g_test_add_func ("/srtp-elements/refused", test_refused);
  g_test_add_func ("/srtp-elements/refused-in-list", test_refused_in_list);
  g_test_add_func ("/srtp-elements/repeats", test_repeats);
  g_test_add_func ("/srtp-elements/muxed", test_muxed);
  g_test_add_func ("/srtp-elements/events", test_events);
  g_test_add_func ("/srtp-elements/pads", test_pads);
  g_test_add_func ("/srtp-elements/states", test_states);
  g_test_add_func ("/srtp-elements/release-while-pushing", test_release_while_pushing);
  return run_to_end ();
}
