/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-srtp-elements.c - processor time of srtpenc and srtpdec per packet, ours beside those of
 * gst-plugins-bad: 1200 bytes, in lists of 10, by cipher.
 *
 * GST_PLUGIN_PATH decides which a process has, so each is measured in a child, in turn. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gst/gst.h>

#include "tests/check/thread-time.h"

#define PACKET 1200
#define N_LIST 10
#define N_LISTS 500
#define ROUNDS 12
#define SSRC 0x1234u

typedef struct {
  const gchar *cipher, *auth;
  guint key_len;
} Kind;

static const Kind kinds[] = {
  { "aes-128-icm", "hmac-sha1-80", 30 },
  { "aes-128-gcm", "null", 28 },
  { "aes-256-gcm", "null", 44 },
};

typedef struct {
  GPtrArray *kept; /* lists; NULL: they are dropped */
  guint n_packets;
} Sink;

static GstFlowReturn
take_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  Sink *self = gst_pad_get_element_private (pad);

  self->n_packets += gst_buffer_list_length (list);
  if (self->kept != NULL)
    g_ptr_array_add (self->kept, list);
  else
    gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

/* Not all keep lists together. */
static GstFlowReturn
take_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Sink *self = gst_pad_get_element_private (pad);
  GstBufferList *last =
      self->kept != NULL && self->kept->len > 0 ? self->kept->pdata[self->kept->len - 1] : NULL;

  self->n_packets++;
  if (self->kept == NULL) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  if (last == NULL || gst_buffer_list_length (last) == N_LIST)
    g_ptr_array_add (self->kept, last = gst_buffer_list_new_sized (N_LIST));
  gst_buffer_list_add (last, buffer);
  return GST_FLOW_OK;
}

static GPtrArray *
make_lists (guint first)
{
  GPtrArray *lists = g_ptr_array_new ();

  for (guint i = 0; i < N_LISTS; i++) {
    GstBufferList *list = gst_buffer_list_new_sized (N_LIST);

    for (guint j = 0; j < N_LIST; j++) {
      GstBuffer *buffer = gst_buffer_new_allocate (NULL, PACKET, NULL);
      GstMapInfo map;

      gst_buffer_map (buffer, &map, GST_MAP_WRITE);
      memset (map.data, 0x5a, map.size);
      GST_WRITE_UINT32_BE (map.data, 0x80600000u | ((first + i * N_LIST + j) & 0xffff));
      GST_WRITE_UINT32_BE (map.data + 8, SSRC);
      gst_buffer_unmap (buffer, &map);
      gst_buffer_list_add (list, buffer);
    }
    g_ptr_array_add (lists, list);
  }
  return lists;
}

/* gst-plugins-bad's srtpdec 1.22.0 crashes on lists of these: it gets them one by one. */
static gboolean
push (GstPad *pad, GstBufferList *list, gboolean as_list)
{
  GstBuffer *buffers[N_LIST];

  if (as_list)
    return gst_pad_push_list (pad, list) == GST_FLOW_OK;
  for (guint i = 0; i < N_LIST; i++)
    buffers[i] = gst_buffer_ref (gst_buffer_list_get (list, i));
  gst_buffer_list_unref (list);
  for (guint i = 0; i < N_LIST; i++)
    if (gst_pad_push (pad, buffers[i]) != GST_FLOW_OK)
      return FALSE;
  return TRUE;
}

/* Pushes what is ready into sink_name of element; ns per packet. */
static gint64
run (GstElement *element, const gchar *sink_name, const gchar *src_name, GstCaps *caps,
    GPtrArray *lists, gboolean as_lists, Sink *sink)
{
  GstPad *from = gst_pad_new ("from", GST_PAD_SRC), *to = gst_pad_new ("to", GST_PAD_SINK);
  GstPad *in = gst_element_get_static_pad (element, sink_name), *out;
  GstSegment segment;
  gint64 begin;

  if (in == NULL)
    in = gst_element_request_pad_simple (element, sink_name);
  out = gst_element_get_static_pad (element, src_name);
  gst_pad_set_element_private (to, sink);
  gst_pad_set_chain_function (to, take_buffer);
  gst_pad_set_chain_list_function (to, take_list);
  gst_pad_link_full (from, in, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_link_full (out, to, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_set_active (to, TRUE);
  gst_element_set_state (element, GST_STATE_PLAYING);
  gst_pad_set_active (from, TRUE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (from, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (from, gst_event_new_caps (caps));
  gst_pad_push_event (from, gst_event_new_segment (&segment));
  begin = get_thread_time ();
  for (guint i = 0; i < lists->len; i++)
    if (!push (from, lists->pdata[i], as_lists))
      g_error ("a list was refused");
  begin = get_thread_time () - begin;
  gst_element_set_state (element, GST_STATE_NULL);
  if (sink->n_packets != N_LISTS * N_LIST)
    g_error ("%u packets came out of %u", sink->n_packets, N_LISTS * N_LIST);
  return begin / (N_LISTS * N_LIST);
}

/* What came out of an srtpenc as lists of buffers that nobody else has. */
static GPtrArray *
copy_lists (GPtrArray *lists)
{
  GPtrArray *copies = g_ptr_array_new ();

  for (guint i = 0; i < lists->len; i++) {
    GstBufferList *copy = gst_buffer_list_new_sized (N_LIST);

    for (guint j = 0; j < gst_buffer_list_length (lists->pdata[i]); j++)
      gst_buffer_list_add (copy, gst_buffer_copy_deep (gst_buffer_list_get (lists->pdata[i], j)));
    g_ptr_array_add (copies, copy);
  }
  return copies;
}

/* Prints "cipher ns-enc ns-dec" for each kind. */
static void
measure (void)
{
  static const gchar hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                             "202122232425262728292a2b2c2d";

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    gchar *key = g_strndup (hex, 2 * kinds[i].key_len);
    gchar *text = g_strdup_printf (
        "application/x-srtp, ssrc=(uint)%u, srtp-key=(buffer)%s, srtp-cipher=%s, srtp-auth=%s, "
        "srtcp-cipher=%s, srtcp-auth=%s",
        SSRC, key, kinds[i].cipher, kinds[i].auth, kinds[i].cipher, kinds[i].auth);
    GstCaps *plain = gst_caps_from_string ("application/x-rtp");
    GstCaps *protected = gst_caps_from_string (text);
    GstElement *enc = gst_element_factory_make ("srtpenc", NULL);
    GstElement *dec = gst_element_factory_make ("srtpdec", NULL);
    Sink wire = { g_ptr_array_new (), 0 }, away = { NULL, 0 }, end = { NULL, 0 };
    gboolean as_lists = g_getenv ("RTC_SRTP_SINGLE") == NULL;
    gint64 enc_ns, dec_ns;

    gst_util_set_object_arg (G_OBJECT (enc), "key", key);
    for (guint j = 0; j < 2; j++) {
      gst_util_set_object_arg (
          G_OBJECT (enc), j == 0 ? "rtp-cipher" : "rtcp-cipher", kinds[i].cipher);
      gst_util_set_object_arg (G_OBJECT (enc), j == 0 ? "rtp-auth" : "rtcp-auth", kinds[i].auth);
    }
    run (enc, "rtp_sink_0", "rtp_src_0", plain, make_lists (1), TRUE, &wire);
    enc_ns = run (enc, "rtp_sink_1", "rtp_src_1", plain, make_lists (1), TRUE, &away);
    dec_ns = run (dec, "rtp_sink", "rtp_src", protected, copy_lists (wire.kept), as_lists, &end);
    g_print ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", kinds[i].cipher, enc_ns, dec_ns);
    gst_caps_unref (plain);
    gst_caps_unref (protected);
    g_free (text);
    g_free (key);
  }
}

/* Runs a child with path (nullable) for its plugins; the least of each figure is kept. */
static void
run_child (const gchar *program, const gchar *path, const gchar *registry, gint64 best[][2])
{
  const gchar *argv[] = { program, "measure", NULL };
  gchar **env = g_get_environ (), *out = NULL, **lines;
  GError *error = NULL;
  gint status = 0;

  env = g_environ_setenv (env, "GST_PLUGIN_PATH", path != NULL ? path : "", TRUE);
  env = g_environ_setenv (env, "GST_REGISTRY", registry, TRUE);
  if (path == NULL)
    env = g_environ_setenv (env, "RTC_SRTP_SINGLE", "1", TRUE);
  if (!g_spawn_sync (
          NULL, (gchar **) argv, env, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("%s", error->message);
  lines = g_strsplit (out, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    gint64 enc, dec;
    gchar cipher[32];

    if (sscanf (lines[i], "%31s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, cipher, &enc, &dec) != 3)
      g_error ("cannot read: %s", lines[i]);
    best[i][0] = best[i][0] == 0 ? enc : MIN (best[i][0], enc);
    best[i][1] = best[i][1] == 0 ? dec : MIN (best[i][1], dec);
  }
  g_strfreev (lines);
  g_strfreev (env);
  g_free (out);
}

int
main (int argc, char **argv)
{
  const gchar *ours = g_getenv ("RTC_SRTP_MODULE_DIR");
  gint64 best[2][G_N_ELEMENTS (kinds)][2] = { 0 };
  gchar *registries[2];

  gst_init (&argc, &argv);
  if (argc > 1) {
    measure ();
    return 0;
  }
  for (guint i = 0; i < 2; i++)
    registries[i] = g_strdup_printf ("%s/bench-srtp-%d-%u.reg", g_get_tmp_dir (), getpid (), i);
  for (guint round = 0; round < ROUNDS; round++) {
    run_child (argv[0], ours, registries[0], best[0]);
    run_child (argv[0], NULL, registries[1], best[1]);
  }
  g_print ("ns per packet of %u bytes in lists of %u, least of %u rounds: ours, gst-plugins-bad\n",
      PACKET, N_LIST, ROUNDS);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < 2; j++)
      g_print ("%s %s: %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ", %.2f times as fast\n",
          j == 0 ? "srtpenc" : "srtpdec", kinds[i].cipher, best[0][i][j], best[1][i][j],
          (gdouble) best[1][i][j] / (gdouble) best[0][i][j]);
  for (guint i = 0; i < 2; i++) {
    remove (registries[i]);
    g_free (registries[i]);
  }
  return 0;
}
