/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sctp-line.h"

#include <gst/sctp/sctpreceivemeta.h>

#define PATIENCE (30 * G_TIME_SPAN_SECOND)

static guint
end_of (SctpLine *self, GstElement *element)
{
  return element == self->encs[1] || element == self->decs[1];
}

static void
add_seen (SctpLine *self, guint end, guint stream, guint32 ppid, GBytes *data)
{
  SctpSeen *seen = g_new (SctpSeen, 1);

  *seen = (SctpSeen){ stream, ppid, data };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->seen[end], seen);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static guint
stream_of (GstPad *pad)
{
  guint64 stream = 0;

  g_assert_true (g_ascii_string_to_unsigned (
      GST_PAD_NAME (pad) + strlen ("src_"), 10, 0, 65534, &stream, NULL));
  return (guint) stream;
}

static GstFlowReturn
take_buffer (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  SctpLine *self = g_object_get_data (G_OBJECT (sink), "line");
  GstPad *src = gst_pad_get_peer (sink);
  const GstSctpReceiveMeta *meta = gst_sctp_buffer_get_receive_meta (buffer);
  gpointer data = NULL;
  gsize len = 0;

  g_assert_nonnull (meta);
  gst_buffer_extract_dup (buffer, 0, gst_buffer_get_size (buffer), &data, &len);
  add_seen (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (sink), "end")), stream_of (src),
      meta->ppid, g_bytes_new_take (data, len));
  gst_object_unref (src);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstPad *
make_sink (SctpLine *self, guint end, GstPadChainFunction chain)
{
  GstPad *sink = gst_object_ref_sink (gst_pad_new ("taker", GST_PAD_SINK));

  g_object_set_data (G_OBJECT (sink), "line", self);
  g_object_set_data (G_OBJECT (sink), "end", GUINT_TO_POINTER (end));
  gst_pad_set_chain_function (sink, chain);
  gst_pad_set_active (sink, TRUE);
  return sink;
}

static void
on_pad_added (GstElement *dec, GstPad *pad, SctpLine *self)
{
  GstPad *sink = make_sink (self, end_of (self, dec), take_buffer);

  g_object_set_data_full (G_OBJECT (pad), "taker", sink, (GDestroyNotify) gst_object_unref);
  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
}

static void
on_pad_removed (GstElement *dec, GstPad *pad, SctpLine *self)
{
  GstPad *sink = g_object_get_data (G_OBJECT (pad), "taker");

  if (GST_PAD_IS_SINK (pad)) /* the element itself ends */
    return;
  g_assert_true (GST_PAD_IS_EOS (sink) || GST_STATE_TARGET (dec) < GST_STATE_PAUSED);
  gst_pad_set_active (sink, FALSE);
  add_seen (self, end_of (self, dec), stream_of (pad), 0, NULL);
}

static void
on_established (GstElement *enc, gboolean is_up, SctpLine *self)
{
  g_mutex_lock (&self->lock);
  self->n_up[end_of (self, enc)] += is_up ? 1 : -1;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* What leaves an end's sctpenc goes into the other's sctpdec. */
static GstFlowReturn
carry_packet (GstPad *link, GstObject *parent, GstBuffer *buffer)
{
  SctpLine *self = g_object_get_data (G_OBJECT (link), "line");
  guint end = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (link), "end"));
  gint n = g_atomic_int_add (&self->n_packets[end], 1);

  if (self->drop_every[end] == 0 || n % (gint) self->drop_every[end] != 0)
    return gst_pad_chain (self->sinks[1 - end], buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
carry_event (GstPad *link, GstObject *parent, GstEvent *event)
{
  SctpLine *self = g_object_get_data (G_OBJECT (link), "line");
  guint end = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (link), "end"));

  return gst_pad_send_event (self->sinks[1 - end], event);
}

static void
add_end (SctpLine *self, guint end, guint number)
{
  GstElement *enc = gst_element_factory_make ("sctpenc", NULL);
  GstElement *dec = gst_element_factory_make ("sctpdec", NULL);
  GstPad *src = gst_element_get_static_pad (enc, "src");

  g_object_set (enc, "sctp-association-id", number, "remote-sctp-port", 5000, NULL);
  g_object_set (dec, "sctp-association-id", number, "local-sctp-port", 5000, NULL);
  self->encs[end] = enc;
  self->decs[end] = dec;
  g_queue_init (&self->seen[end]);
  self->pipelines[end] = gst_pipeline_new (NULL);
  g_signal_connect (enc, "sctp-association-established", G_CALLBACK (on_established), self);
  g_signal_connect (dec, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (dec, "pad-removed", G_CALLBACK (on_pad_removed), self);
  gst_bin_add_many (GST_BIN (self->pipelines[end]), enc, dec, NULL);
  self->sinks[end] = gst_element_get_static_pad (dec, "sink");
  self->links[end] = make_sink (self, end, carry_packet);
  gst_pad_set_event_function (self->links[end], carry_event);
  g_assert_cmpint (gst_pad_link (src, self->links[end]), ==, GST_PAD_LINK_OK);
  gst_object_unref (src);
}

void
sctp_line_init (SctpLine *self, guint number0, guint number1)
{
  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  add_end (self, 0, number0);
  add_end (self, 1, number1);
  sctp_line_set_state (self, GST_STATE_READY);
}

void
sctp_line_set_state (SctpLine *self, GstState state)
{
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (
        gst_element_set_state (self->pipelines[i], state), !=, GST_STATE_CHANGE_FAILURE);
}

void
sctp_line_clear (SctpLine *self)
{
  sctp_line_set_state (self, GST_STATE_NULL);
  for (guint i = 0; i < 2; i++) {
    gst_object_unref (self->pipelines[i]);
    gst_object_unref (self->sinks[i]);
    gst_object_unref (self->links[i]);
    g_queue_clear_full (&self->seen[i], (GDestroyNotify) sctp_line_free_seen);
  }
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
}

void
sctp_line_wait_up (SctpLine *self, gint n_up)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->n_up[0] != n_up || self->n_up[1] != n_up)
    g_assert_true (g_cond_wait_until (&self->changed, &self->lock, until));
  g_mutex_unlock (&self->lock);
}

void
sctp_line_start (SctpLine *self)
{
  sctp_line_set_state (self, GST_STATE_PLAYING);
  sctp_line_wait_up (self, 1);
}

void
sctp_line_begin (GstPad *pad)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (pad, gst_event_new_stream_start ("test"));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
}

GstPad *
sctp_line_request (SctpLine *self, guint end, guint stream, const gchar *caps_text)
{
  gchar *name = g_strdup_printf ("sink_%u", stream);
  GstCaps *caps = caps_text != NULL ? gst_caps_from_string (caps_text) : NULL;
  GstPadTemplate *template = gst_element_get_pad_template (self->encs[end], "sink_%u");
  GstPad *pad = gst_element_request_pad (self->encs[end], template, name, caps);

  g_free (name);
  gst_clear_caps (&caps);
  if (pad != NULL)
    sctp_line_begin (pad);
  return pad;
}

void
sctp_line_release (SctpLine *self, guint end, GstPad *pad)
{
  gst_element_release_request_pad (self->encs[end], pad);
  gst_object_unref (pad);
}

static guint8 *
make_bytes (guint number, gsize len)
{
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (number * 31 + i * 7 + (i >> 8));
  return data;
}

GstFlowReturn
sctp_line_send (GstPad *pad, guint number, gsize len)
{
  return gst_pad_chain (pad, gst_buffer_new_wrapped (make_bytes (number, len), len));
}

gboolean
sctp_line_is (const SctpSeen *seen, guint number, gsize len)
{
  guint8 *wanted = make_bytes (number, len);
  gboolean is_same = seen->data != NULL && g_bytes_get_size (seen->data) == len
                     && memcmp (g_bytes_get_data (seen->data, NULL), wanted, len) == 0;

  g_free (wanted);
  return is_same;
}

SctpSeen *
sctp_line_take (SctpLine *self, guint end)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;
  SctpSeen *seen;

  g_mutex_lock (&self->lock);
  while ((seen = g_queue_pop_head (&self->seen[end])) == NULL)
    g_assert_true (g_cond_wait_until (&self->changed, &self->lock, until));
  g_mutex_unlock (&self->lock);
  return seen;
}

void
sctp_line_free_seen (SctpSeen *seen)
{
  g_clear_pointer (&seen->data, g_bytes_unref);
  g_free (seen);
}
