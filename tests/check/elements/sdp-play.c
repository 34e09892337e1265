/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/elements/sdp-play.h"

#include <string.h>

#define PATIENCE (30 * G_TIME_SPAN_SECOND)
#define BODY 32

/* -- What comes out ---------------------------------------------------------- */

static GstPadProbeReturn
note_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SdpPlay *self = data;
  guint number = (guint) g_ascii_strtoull (strrchr (GST_PAD_NAME (pad), '_') + 1, NULL, 10);

  g_assert_cmpuint (number, <, SDP_PLAY_MAX_PADS);
  g_mutex_lock (&self->lock);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    if (self->caps[number] == NULL)
      self->caps[number] = gst_pad_get_current_caps (pad);
    g_ptr_array_add (self->packets[number], gst_buffer_ref (info->data));
  } else if (GST_EVENT_TYPE (info->data) == GST_EVENT_EOS)
    self->n_eos++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
take_pad (GstElement *demux, GstPad *pad, gpointer data)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  SdpPlay *self = data;
  GstPad *target = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_data, self, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
  gst_object_unref (target);
  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->n_pads, <, SDP_PLAY_MAX_PADS);
  g_free (self->names[self->n_pads]);
  self->names[self->n_pads++] = gst_pad_get_name (pad);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
drop_pad (GstElement *demux, GstPad *pad, gpointer data)
{
  SdpPlay *self = data;

  g_mutex_lock (&self->lock);
  self->n_removed++;
  g_mutex_unlock (&self->lock);
}

static void
note_no_more_pads (GstElement *demux, gpointer data)
{
  SdpPlay *self = data;

  g_mutex_lock (&self->lock);
  self->has_no_more_pads = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
forget (SdpPlay *self)
{
  for (guint i = 0; i < SDP_PLAY_MAX_PADS; i++) {
    g_ptr_array_set_size (self->packets[i], 0);
    gst_clear_caps (&self->caps[i]);
    g_clear_pointer (&self->names[i], g_free);
  }
  self->n_pads = self->n_removed = self->n_eos = 0;
  self->has_no_more_pads = FALSE;
}

void
sdp_play_init (SdpPlay *self, const gchar *properties)
{
  gchar **words = g_strsplit (properties != NULL ? properties : "", " ", -1);

  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  for (guint i = 0; i < SDP_PLAY_MAX_PADS; i++)
    self->packets[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  self->pipeline = gst_pipeline_new (NULL);
  self->demux = gst_element_factory_make ("sdpdemux", NULL);
  g_assert_nonnull (self->demux);
  self->bus = gst_element_get_bus (self->pipeline);
  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++) {
    gchar **pair = g_strsplit (words[i], "=", 2);

    gst_util_set_object_arg (G_OBJECT (self->demux), pair[0], pair[1]);
    g_strfreev (pair);
  }
  g_strfreev (words);
  g_signal_connect (self->demux, "pad-added", G_CALLBACK (take_pad), self);
  g_signal_connect (self->demux, "pad-removed", G_CALLBACK (drop_pad), self);
  g_signal_connect (self->demux, "no-more-pads", G_CALLBACK (note_no_more_pads), self);
  gst_bin_add (GST_BIN (self->pipeline), self->demux);
  g_assert_cmpint (
      gst_element_set_state (self->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
}

void
sdp_play_clear (SdpPlay *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->bus);
  gst_object_unref (self->pipeline);
  forget (self);
  for (guint i = 0; i < SDP_PLAY_MAX_PADS; i++)
    g_ptr_array_unref (self->packets[i]);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

void
sdp_play_describe (SdpPlay *self, const gchar *sdp)
{
  GstPad *pad = gst_element_get_static_pad (self->demux, "sink");
  GstCaps *caps = gst_caps_new_empty_simple ("application/sdp");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_send_event (pad, gst_event_new_stream_start ("sdp"));
  gst_pad_send_event (pad, gst_event_new_caps (caps));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  /* In two parts, as files may come. */
  for (gsize i = 0, half = strlen (sdp) / 2; i < 2; i++) {
    gsize len = i == 0 ? half : strlen (sdp) - half;

    if (len > 0)
      g_assert_cmpint (
          gst_pad_chain (pad, gst_buffer_new_memdup (sdp + i * half, len)), ==, GST_FLOW_OK);
  }
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

void
sdp_play_restart (SdpPlay *self, GstState through)
{
  g_assert_cmpint (gst_element_set_state (self->pipeline, through), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (self->n_removed, ==, self->n_pads);
  g_assert_cmpuint (self->demux->numsrcpads, ==, 0);
  forget (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

/* -- Waiting ----------------------------------------------------------------- */

void
sdp_play_wait (SdpPlay *self, guint number, guint n)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&self->lock);
  while (self->packets[number]->len < n)
    if (!g_cond_wait_until (&self->cond, &self->lock, end))
      g_error ("stream_%u: %u packets of %u", number, self->packets[number]->len, n);
  g_mutex_unlock (&self->lock);
}

static gchar *
read_error (GstMessage *message)
{
  GError *error = NULL;
  gchar *text;

  gst_message_parse_error (message, &error, NULL);
  text = g_strdup (error->message);
  g_error_free (error);
  gst_message_unref (message);
  return text;
}

gchar *
sdp_play_wait_error (SdpPlay *self)
{
  GstMessage *message =
      gst_bus_timed_pop_filtered (self->bus, PATIENCE * GST_USECOND, GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  return read_error (message);
}

void
sdp_play_assert_no_error (SdpPlay *self)
{
  GstMessage *message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);

  if (message != NULL)
    g_error ("unexpected: %s", read_error (message));
}

guint64
sdp_play_stat (SdpPlay *self, const gchar *name)
{
  GstStructure *stats;
  guint64 value = 0;

  g_object_get (self->demux, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  gst_structure_free (stats);
  return value;
}

void
sdp_play_assert_packet (SdpPlay *self, guint number, guint i, guint8 pt, guint16 seq)
{
  GstBuffer *buffer;
  guint8 head[4];

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (i, <, self->packets[number]->len);
  buffer = gst_buffer_ref (g_ptr_array_index (self->packets[number], i));
  g_mutex_unlock (&self->lock);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 12 + BODY);
  gst_buffer_extract (buffer, 0, head, sizeof head);
  g_assert_cmpuint (head[1] & 0x7f, ==, pt);
  g_assert_cmpuint (GST_READ_UINT16_BE (head + 2), ==, seq);
  for (guint j = 0; j < BODY; j++) {
    guint8 byte;

    gst_buffer_extract (buffer, 12 + j, &byte, 1);
    g_assert_cmpuint (byte, ==, (guint8) (pt + seq + j));
  }
  gst_buffer_unref (buffer);
}

/* -- Senders ----------------------------------------------------------------- */

GSocket *
sdp_play_sender (const gchar *address, guint16 port)
{
  GSocketAddress *at = g_inet_socket_address_new_from_string (address, port);
  GSocket *socket = g_socket_new (
      g_socket_address_get_family (at), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  if (socket != NULL && !g_socket_bind (socket, at, FALSE, NULL))
    g_clear_object (&socket);
  if (socket != NULL)
    g_socket_set_timeout (socket, PATIENCE / G_TIME_SPAN_SECOND);
  g_object_unref (at);
  return socket;
}

static guint16
get_port (GSocket *socket)
{
  GSocketAddress *at = g_socket_get_local_address (socket, NULL);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (at));

  g_object_unref (at);
  return port;
}

guint16
sdp_play_free_port (void)
{
  for (;;) {
    GSocket *one = sdp_play_sender ("127.0.0.1", 0), *two;
    guint16 port = get_port (one);
    gboolean is_free = FALSE;

    if (port % 2 == 0 && port < 65534) {
      two = sdp_play_sender ("127.0.0.1", (guint16) (port + 1));
      is_free = two != NULL;
      g_clear_object (&two);
    }
    g_object_unref (one);
    if (is_free)
      return port;
  }
}

GBytes *
sdp_play_make_rtp (guint8 pt, guint16 seq, guint32 ssrc)
{
  guint8 data[12 + BODY] = { 0x80, pt };

  GST_WRITE_UINT16_BE (data + 2, seq);
  GST_WRITE_UINT32_BE (data + 4, seq * 80);
  GST_WRITE_UINT32_BE (data + 8, ssrc);
  for (guint i = 0; i < BODY; i++)
    data[12 + i] = (guint8) (pt + seq + i);
  return g_bytes_new (data, sizeof data);
}

void
sdp_play_send (GSocket *from, const gchar *address, guint16 port, GBytes *packet)
{
  GSocketAddress *to = g_inet_socket_address_new_from_string (address, port);
  GError *error = NULL;
  gsize len;
  const gchar *data = g_bytes_get_data (packet, &len);

  g_socket_send_to (from, to, data, len, NULL, &error);
  g_assert_no_error (error);
  g_bytes_unref (packet);
  g_object_unref (to);
}

void
sdp_play_send_rtp (GSocket *from, const gchar *address, guint16 port, guint8 pt, guint16 seq,
    guint n, guint32 ssrc)
{
  for (guint i = 0; i < n; i++)
    sdp_play_send (from, address, port, sdp_play_make_rtp (pt, (guint16) (seq + i), ssrc));
}

void
sdp_play_send_report (
    GSocket *from, const gchar *address, guint16 port, guint32 ssrc, gboolean is_bye)
{
  guint8 data[28 + 12 + 8] = { 0x80, 200, 0, 6 };

  GST_WRITE_UINT32_BE (data + 4, ssrc);
  GST_WRITE_UINT32_BE (data + 8, 0xe8000000);
  /* One chunk with a name of two letters, and padding. */
  GST_WRITE_UINT32_BE (data + 28, 0x81ca0002);
  GST_WRITE_UINT32_BE (data + 32, ssrc);
  memcpy (data + 36, "\1\1a\0", 4);
  GST_WRITE_UINT32_BE (data + 40, 0x81cb0001);
  GST_WRITE_UINT32_BE (data + 44, ssrc);
  sdp_play_send (from, address, port, g_bytes_new (data, is_bye ? sizeof data : 40));
}

gboolean
sdp_play_is_asked (GSocket *socket, guint32 ssrc, guint16 seq)
{
  guint8 data[1500];
  GError *error = NULL;
  gssize len = g_socket_receive (socket, (gchar *) data, sizeof data, NULL, &error), end;
  gboolean is_asked = FALSE;

  g_assert_no_error (error);
  for (gssize at = 0; at + 12 <= len; at = end) {
    end = at + 4 * (GST_READ_UINT16_BE (data + at + 2) + 1);
    if (data[at + 1] != 205 || (data[at] & 31) != 1 || GST_READ_UINT32_BE (data + at + 8) != ssrc)
      continue;
    for (gssize fci = at + 12; fci + 4 <= MIN (end, len); fci += 4) {
      guint16 behind = (guint16) (seq - GST_READ_UINT16_BE (data + fci));

      is_asked |= behind == 0
                  || (behind <= 16 && (GST_READ_UINT16_BE (data + fci + 2) >> (behind - 1) & 1));
    }
  }
  return is_asked;
}
