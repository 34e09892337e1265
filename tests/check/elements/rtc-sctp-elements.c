/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <gst/gst.h>
#include <gst/sctp/sctpsendmeta.h>

#include "count-proc.h"
#include "sctp-line.h"
#include "wait-gone.h"

#define PPID "application/x-data, ppid=(uint)"

static void
expect (SctpLine *line, guint end, guint stream, guint32 ppid, guint number, gsize len)
{
  SctpSeen *seen = sctp_line_take (line, end);

  g_assert_cmpuint (seen->stream, ==, stream);
  g_assert_cmpuint (seen->ppid, ==, ppid);
  g_assert_true (sctp_line_is (seen, number, len));
  sctp_line_free_seen (seen);
}

static void
expect_gone (SctpLine *line, guint end, guint stream)
{
  SctpSeen *seen = sctp_line_take (line, end);

  g_assert_cmpuint (seen->stream, ==, stream);
  g_assert_null (seen->data);
  sctp_line_free_seen (seen);
}

static guint64
get_stat (GstElement *element, const gchar *name)
{
  GstStructure *stats = NULL;
  guint64 value = 0;

  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  gst_structure_free (stats);
  return value;
}

/* Messages of many lengths, both ways, on several streams, whole and in the order of each. */
static void
test_messages (void)
{
  static const gsize lengths[] = { 1, 2, 1159, 1160, 1161, 65536, 262144, 262145, 1048576, 3 };
  static const guint streams[] = { 0, 1, 1023 };
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  for (guint end = 0; end < 2; end++)
    for (guint s = 0; s < G_N_ELEMENTS (streams); s++) {
      GstPad *pad = sctp_line_request (&line, end, streams[s], s == 0 ? NULL : PPID "51");
      guint64 bytes = 0, sent;

      for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        g_assert_cmpint (sctp_line_send (pad, i, lengths[i]), ==, GST_FLOW_OK);
        expect (&line, 1 - end, streams[s], s == 0 ? 1 : 51, i, lengths[i]);
        bytes += lengths[i];
      }
      g_signal_emit_by_name (line.encs[end], "bytes-sent", streams[s], &sent);
      g_assert_cmpuint (sent, ==, bytes);
      gst_object_unref (pad);
    }
  g_assert_cmpuint (get_stat (line.decs[0], "messages-received"), ==, 30);
  g_assert_cmpuint (get_stat (line.encs[0], "messages-sent"), ==, 30);
  g_assert_null (sctp_line_request (&line, 0, 1024, NULL));
  sctp_line_clear (&line);
}

/* What is longer than SCTP takes is dropped and counted; the stream goes on. */
static void
test_too_long (void)
{
  GstPad *pad;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  pad = sctp_line_request (&line, 0, 1, NULL);
  g_assert_cmpint (sctp_line_send (pad, 0, 1048577), ==, GST_FLOW_OK);
  g_assert_cmpuint (get_stat (line.encs[0], "dropped-output"), ==, 1);
  g_assert_cmpint (sctp_line_send (pad, 1, 1048576), ==, GST_FLOW_OK);
  expect (&line, 1, 1, 1, 1, 1048576);
  gst_object_unref (pad);
  sctp_line_clear (&line);
}

/* A stream that was requested without caps is reliable and in order, also where packets are lost;
 * messages may be sent before the association is up. */
static void
test_ordered_by_default (void)
{
  GstPad *pad;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  gst_element_set_state (line.pipelines[0], GST_STATE_PLAYING);
  pad = sctp_line_request (&line, 0, 4, NULL);
  g_assert_nonnull (pad);
  line.drop_every[0] = 7;
  sctp_line_set_state (&line, GST_STATE_PLAYING);
  for (guint i = 0; i < 60; i++)
    g_assert_cmpint (sctp_line_send (pad, i, 900), ==, GST_FLOW_OK);
  for (guint i = 0; i < 60; i++)
    expect (&line, 1, 4, 1, i, 900);
  gst_object_unref (pad);
  sctp_line_clear (&line);
}

static void
send_with_meta (GstPad *pad, guint number, guint32 ppid, gboolean ordered, guint pr, guint value)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 900, NULL);

  gst_buffer_memset (buffer, 0, (guint8) number, 900);
  gst_sctp_buffer_add_send_meta (
      buffer, ppid, ordered, (GstSctpSendMetaPartiallyReliability) pr, value);
  g_assert_cmpint (gst_pad_chain (pad, buffer), ==, GST_FLOW_OK);
}

/* Without retransmission, by caps or by metas, some do not come; the last, reliable by its meta,
 * comes, and nothing behind it. */
static void
test_unreliable (gconstpointer data)
{
  gboolean by_meta = GPOINTER_TO_INT (data);
  guint n = 0;
  GstPad *pad;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  pad = sctp_line_request (&line, 0, 4,
      by_meta ? NULL
              : PPID "53, ordered=(boolean)false, partially-reliability=(string)rtx, "
                     "reliability-parameter=(uint)0");
  line.drop_every[0] = 5;
  for (guint i = 0; i < 50; i++) {
    if (by_meta)
      send_with_meta (pad, i, 53, FALSE, GST_SCTP_SEND_META_PARTIAL_RELIABILITY_RTX, 0);
    else
      g_assert_cmpint (sctp_line_send (pad, i, 900), ==, GST_FLOW_OK);
  }
  send_with_meta (pad, 50, 99, TRUE, GST_SCTP_SEND_META_PARTIAL_RELIABILITY_NONE, 0);
  for (gboolean is_last = FALSE; !is_last;) {
    SctpSeen *seen = sctp_line_take (&line, 1);

    is_last = seen->ppid == 99;
    g_assert_true (is_last || seen->ppid == 53);
    n++;
    sctp_line_free_seen (seen);
  }
  g_test_message ("%u of 51 came before the last one", n);
  g_assert_cmpuint (n, <, 51);
  gst_object_unref (pad);
  sctp_line_clear (&line);
}

/* A released pad resets its stream: what was sent comes, then the pad ends and goes; the stream can
 * be had again; one on which nothing came is seen to go as well. */
static void
test_resets (void)
{
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  for (guint round = 0; round < 20; round++) {
    GstPad *pad = sctp_line_request (&line, 0, 2, NULL);

    g_assert_nonnull (pad);
    if (round % 5 != 4) {
      g_assert_cmpint (sctp_line_send (pad, round, 5000), ==, GST_FLOW_OK);
      sctp_line_release (&line, 0, pad);
      expect (&line, 1, 2, 1, round, 5000);
    } else
      sctp_line_release (&line, 0, pad);
    expect_gone (&line, 1, 2);
  }
  sctp_line_clear (&line);
}

/* The action ends our pad at once, and tells the peer. */
static void
test_reset_action (void)
{
  GstPad *pads[2];
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  for (guint end = 0; end < 2; end++) {
    pads[end] = sctp_line_request (&line, end, 6, NULL);
    g_assert_cmpint (sctp_line_send (pads[end], end, 100), ==, GST_FLOW_OK);
    expect (&line, 1 - end, 6, 1, end, 100);
  }
  g_signal_emit_by_name (line.decs[0], "reset-stream", 6);
  expect_gone (&line, 0, 6);
  expect_gone (&line, 1, 6);
  gst_object_unref (pads[0]);
  gst_object_unref (pads[1]);
  sctp_line_clear (&line);
}

/* Of two pairs with one number those in one pipeline belong together, whoever is first. */
static void
test_same_number (void)
{
  SctpLine line;

  sctp_line_init (&line, 7, 7);
  gst_element_set_state (line.decs[0], GST_STATE_PLAYING);
  gst_element_set_state (line.decs[1], GST_STATE_PLAYING);
  gst_element_set_state (line.encs[1], GST_STATE_PLAYING);
  sctp_line_start (&line);
  for (guint end = 0; end < 2; end++) {
    GstPad *pad = sctp_line_request (&line, end, 1, NULL);

    g_assert_cmpint (sctp_line_send (pad, end, 3000), ==, GST_FLOW_OK);
    expect (&line, 1 - end, 1, 1, end, 3000);
    gst_object_unref (pad);
  }
  sctp_line_clear (&line);
}

/* Bad packets are counted, and nothing ends. */
static void
test_bad_packets (void)
{
  GstPad *pad;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  for (guint len = 1; len < 40; len++)
    g_assert_cmpint (sctp_line_send (line.sinks[0], len, len), ==, GST_FLOW_OK);
  g_assert_cmpuint (get_stat (line.decs[0], "dropped-malformed"), >, 10);
  pad = sctp_line_request (&line, 1, 1, NULL);
  g_assert_cmpint (sctp_line_send (pad, 1, 3000), ==, GST_FLOW_OK);
  expect (&line, 0, 1, 1, 1, 3000);
  gst_object_unref (pad);
  sctp_line_clear (&line);
}

/* When one end stops the other is told: its signal, its pads, and what it sends. */
static void
test_end (void)
{
  GstPad *pad, *other;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  sctp_line_start (&line);
  pad = sctp_line_request (&line, 0, 1, NULL);
  other = sctp_line_request (&line, 1, 1, NULL);
  g_assert_cmpint (sctp_line_send (pad, 1, 100), ==, GST_FLOW_OK);
  g_assert_cmpint (sctp_line_send (other, 1, 100), ==, GST_FLOW_OK);
  expect (&line, 0, 1, 1, 1, 100);
  expect (&line, 1, 1, 1, 1, 100);
  gst_element_set_state (line.decs[1], GST_STATE_NULL);
  expect_gone (&line, 1, 1);
  expect_gone (&line, 0, 1);
  sctp_line_wait_up (&line, 0);
  g_assert_cmpint (sctp_line_send (pad, 1, 100), ==, GST_FLOW_EOS);
  g_assert_null (sctp_line_request (&line, 0, 3, NULL));
  gst_object_unref (pad);
  gst_object_unref (other);
  sctp_line_clear (&line);
}

static gpointer
send_until_refused (gpointer data)
{
  GstFlowReturn flow;

  do
    flow = sctp_line_send (data, 1, 60000);
  while (flow == GST_FLOW_OK);
  return GINT_TO_POINTER (flow);
}

/* Who waits for room, or for a peer that never comes, stops when the pipeline does. */
static void
test_stop_while_waiting (gconstpointer data)
{
  gboolean has_peer = GPOINTER_TO_INT (data);
  GThread *sender;
  GstPad *pad;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  if (has_peer) {
    sctp_line_start (&line);
    line.drop_every[1] = 1;
  } else {
    g_object_set (line.decs[1], "local-sctp-port", 0, NULL);
    sctp_line_set_state (&line, GST_STATE_PLAYING);
  }
  pad = sctp_line_request (&line, 0, 1, NULL);
  sender = g_thread_new ("sender", send_until_refused, pad);
  if (has_peer)
    while (get_stat (line.encs[0], "messages-sent") < 16)
      g_thread_yield ();
  sctp_line_set_state (&line, GST_STATE_NULL);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (sender)), ==, GST_FLOW_FLUSHING);
  gst_object_unref (pad);
  sctp_line_clear (&line);
}

/* Up and down again, 50 times: the pads stay, the associations are new ones. */
static void
test_state_changes (void)
{
  guint threads = 0, descriptors = 0;
  GstPad *pad;
  SctpLine line;

  sctp_line_init (&line, 1, 2);
  pad = sctp_line_request (&line, 0, 1, NULL);
  for (guint round = 0; round < 50; round++) {
    sctp_line_set_state (&line, GST_STATE_PLAYING);
    sctp_line_begin (pad);
    g_assert_cmpint (sctp_line_send (pad, round, 2000), ==, GST_FLOW_OK);
    expect (&line, 1, 1, 1, round, 2000);
    sctp_line_set_state (&line, GST_STATE_READY);
    expect_gone (&line, 1, 1);
    line.n_up[0] = line.n_up[1] = 0;
    if (round == 9) {
      threads = count_proc ("task");
      descriptors = count_proc ("fd");
    }
  }
  g_assert_cmpuint (count_proc ("task"), <=, threads + 2);
  g_assert_cmpuint (count_proc ("fd"), <=, descriptors);
  gst_object_unref (pad);
  sctp_line_clear (&line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/sctp/messages", test_messages);
  g_test_add_func ("/sctp/too-long", test_too_long);
  g_test_add_func ("/sctp/ordered-by-default", test_ordered_by_default);
  g_test_add_data_func ("/sctp/unreliable/caps", GINT_TO_POINTER (0), test_unreliable);
  g_test_add_data_func ("/sctp/unreliable/meta", GINT_TO_POINTER (1), test_unreliable);
  g_test_add_func ("/sctp/resets", test_resets);
  g_test_add_func ("/sctp/reset-action", test_reset_action);
  g_test_add_func ("/sctp/same-number", test_same_number);
  g_test_add_func ("/sctp/bad-packets", test_bad_packets);
  g_test_add_func ("/sctp/end", test_end);
  g_test_add_data_func ("/sctp/stop/no-peer", GINT_TO_POINTER (0), test_stop_while_waiting);
  g_test_add_data_func ("/sctp/stop/no-room", GINT_TO_POINTER (1), test_stop_while_waiting);
  g_test_add_func ("/sctp/state-changes", test_state_changes);
  return g_test_run ();
}
