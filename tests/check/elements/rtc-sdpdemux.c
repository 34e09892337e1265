/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux.c - sdpdemux and sdpsrc with one sender: pads and caps, what is not announced, who
 * sends anew, descriptions that are refused, redirection, states. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/check/bad-announcements.h"
#include "tests/check/elements/run-to-end.h"
#include "tests/check/elements/sdp-play.h"

#define HOST "127.0.0.1"

/* Two media of 127.0.0.1. */
static gchar *
describe_two (guint16 audio, guint16 video)
{
  return g_strdup_printf (
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=tool:hand\r\n"
      "m=audio %u RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"
      "m=video %u RTP/AVPF 96\r\na=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack pli\r\n"
      "a=fmtp:96 packetization-mode=1; Profile-Level-Id=42C01E;bad name=1\r\n",
      audio, video);
}

static void
assert_field (const GstCaps *caps, const gchar *field, const gchar *wanted)
{
  const GValue *value = gst_structure_get_value (gst_caps_get_structure (caps, 0), field);
  gchar *text = value != NULL ? gst_value_serialize (value) : NULL;

  g_assert_cmpstr (text, ==, wanted);
  g_free (text);
}

static void
test_pads (void)
{
  guint16 ports[2] = { sdp_play_free_port (), 0 };
  GSocket *sender = sdp_play_sender (HOST, 0);
  gchar *sdp;
  SdpPlay play;

  do
    ports[1] = sdp_play_free_port ();
  while (ports[1] == ports[0]);
  sdp = describe_two (ports[0], ports[1]);
  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  sdp_play_send_rtp (sender, HOST, ports[1], 96, 10, 5, 7);
  sdp_play_wait (&play, 1, 5);
  g_assert_false (play.has_no_more_pads);
  sdp_play_send_rtp (sender, HOST, ports[0], 8, 65534, 5, 8);
  sdp_play_wait (&play, 0, 5);
  for (guint i = 0; i < 5; i++) {
    sdp_play_assert_packet (&play, 0, i, 8, (guint16) (65534 + i));
    sdp_play_assert_packet (&play, 1, i, 96, (guint16) (10 + i));
  }
  g_assert_true (play.has_no_more_pads);
  g_assert_cmpuint (play.n_pads, ==, 2);
  g_assert_cmpstr (play.names[0], ==, "stream_1");
  assert_field (play.caps[0], "media", "audio");
  assert_field (play.caps[0], "payload", "8");
  assert_field (play.caps[0], "clock-rate", "8000");
  assert_field (play.caps[0], "encoding-name", "PCMA");
  assert_field (play.caps[0], "a-ptime", "20");
  assert_field (play.caps[0], "a-tool", "hand");
  assert_field (play.caps[1], "encoding-name", "H264");
  assert_field (play.caps[1], "profile-level-id", "42C01E");
  assert_field (play.caps[1], "packetization-mode", "1");
  assert_field (play.caps[1], "rtcp-fb-nack-pli", "true");
  assert_field (play.caps[1], "bad name", NULL);
  assert_field (play.caps[1], "a-ptime", NULL);
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  g_object_unref (sender);
  g_free (sdp);
}

static gchar *
describe_audio (const gchar *address, guint16 port, const gchar *more)
{
  return g_strdup_printf ("v=0\nc=IN %s %s\nm=audio %u RTP/AVP 8 101\n"
                          "a=rtpmap:101 telephone-event/8000\n%s",
      strchr (address, ':') != NULL ? "IP6" : "IP4", address, port, more);
}

/* One medium of sound, on its way from a sender. */
typedef struct {
  guint16 port;
  gchar *sdp;
  GSocket *sender;
  SdpPlay play;
} Audio;

/* Playing, without the description. */
static void
audio_init (Audio *self, const gchar *address, const gchar *properties)
{
  self->port = sdp_play_free_port ();
  self->sdp = describe_audio (address, self->port, "");
  self->sender = sdp_play_sender (address, 0);
  sdp_play_init (&self->play, properties);
}

static void
audio_start (Audio *self, const gchar *address, const gchar *properties)
{
  audio_init (self, address, properties);
  sdp_play_describe (&self->play, self->sdp);
}

static void
audio_end (Audio *self)
{
  sdp_play_clear (&self->play);
  g_clear_object (&self->sender);
  g_free (self->sdp);
}

/* What was not announced does not come out, nor does it stop anything; digits have no pad. */
static void
test_strays (void)
{
  Audio a;

  audio_start (&a, HOST, "latency=0");
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 2, 7);
  sdp_play_wait (&a.play, 0, 2);
  sdp_play_send_rtp (a.sender, HOST, a.port, 97, 3, 10, 7);
  for (gsize len = 1; len < 12; len++)
    sdp_play_send (a.sender, HOST, a.port, g_bytes_new_static ("\x80\x08\0\0\0\0\0\0\0\0\0", len));
  sdp_play_send (a.sender, HOST, a.port, g_bytes_new_static ("\x40\x08\0\3\0\0\0\0\0\0\0\7", 12));
  sdp_play_send_report (a.sender, HOST, a.port, 7, FALSE);
  sdp_play_send_rtp (a.sender, HOST, (guint16) (a.port + 1), 8, 3, 10, 7);
  sdp_play_send_rtp (a.sender, HOST, a.port, 101, 3, 2, 7);
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 5, 2, 7);
  sdp_play_wait (&a.play, 0, 4);
  sdp_play_assert_packet (&a.play, 0, 3, 8, 6);
  g_assert_cmpuint (a.play.n_pads, ==, 1);
  g_assert_cmpuint (sdp_play_stat (&a.play, "packets-dropped"), >=, 10 + 11 + 2);
  sdp_play_assert_no_error (&a.play);
  audio_end (&a);
}

static guint
count_elements (GstElement *bin, const gchar *factory)
{
  GstIterator *it = gst_bin_iterate_all_by_element_factory_name (GST_BIN (bin), factory);
  GValue value = G_VALUE_INIT;
  guint n = 0;

  while (gst_iterator_next (it, &value) == GST_ITERATOR_OK) {
    n++;
    g_value_unset (&value);
  }
  gst_iterator_free (it);
  return n;
}

static guint64
count_packets (SdpPlay *play)
{
  return sdp_play_stat (play, "packets-received") + sdp_play_stat (play, "packets-dropped");
}

/* A sender that begins anew takes the place of the one before; a thousand cost no more than a
 * few. */
static void
test_senders (void)
{
  Audio a;

  audio_start (&a, HOST, "latency=0");
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 5, 7);
  sdp_play_wait (&a.play, 0, 5);
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 100, 5, 8);
  sdp_play_wait (&a.play, 0, 10);
  sdp_play_assert_packet (&a.play, 0, 9, 8, 104);
  for (guint i = 0; i < 1000; i++) {
    sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 3, 1000 + i);
    /* No more than the socket holds. */
    while (count_packets (&a.play) < 10 + 3 * (i + 1))
      g_thread_yield ();
  }
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 105, 5, 8);
  while (count_packets (&a.play) < 10 + 3000 + 5)
    g_thread_yield ();
  g_assert_cmpuint (sdp_play_stat (&a.play, "packets-dropped"), ==, 3000 - 3 * 6);
  g_assert_cmpuint (a.play.n_pads, ==, 1);
  g_assert_cmpuint (count_elements (a.play.demux, "rtpjitterbuffer"), <=, 8);
  sdp_play_assert_no_error (&a.play);
  audio_end (&a);
}

/* What is held comes out before the end that a goodbye means. */
static void
test_bye (void)
{
  Audio a;

  audio_start (&a, HOST, "latency=300");
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 5, 7);
  sdp_play_wait (&a.play, 0, 1);
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 6, 5, 7);
  while (sdp_play_stat (&a.play, "packets-received") < 10)
    g_thread_yield ();
  sdp_play_send_report (a.sender, HOST, (guint16) (a.port + 1), 7, TRUE);
  sdp_play_wait (&a.play, 0, 10);
  g_mutex_lock (&a.play.lock);
  while (a.play.n_eos == 0)
    g_assert_true (g_cond_wait_until (
        &a.play.cond, &a.play.lock, g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND));
  g_mutex_unlock (&a.play.lock);
  g_assert_cmpuint (a.play.packets[0]->len, ==, 10);
  audio_end (&a);
}

static void
test_ipv6 (void)
{
  GSocket *any = sdp_play_sender ("::1", 0);
  Audio a;

  if (any == NULL) {
    g_test_skip ("no IPv6 on this machine");
    return;
  }
  g_object_unref (any);
  audio_start (&a, "::1", "latency=0");
  sdp_play_send_rtp (a.sender, "::1", a.port, 8, 1, 5, 7);
  sdp_play_wait (&a.play, 0, 5);
  sdp_play_assert_packet (&a.play, 0, 4, 8, 5);
  audio_end (&a);
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_announcements); i++) {
    GstMessage *second;
    SdpPlay play;
    gchar *error;

    sdp_play_init (&play, NULL);
    sdp_play_describe (&play, bad_announcements[i].text);
    error = sdp_play_wait_error (&play);
    g_assert_nonnull (strstr (error, bad_announcements[i].say));
    second = gst_bus_pop_filtered (play.bus, GST_MESSAGE_ERROR);
    g_assert_null (second);
    g_assert_cmpuint (((GstBin *) play.demux)->numchildren, ==, 0);
    sdp_play_clear (&play);
    g_free (error);
  }
}

/* A port that is taken, and nobody who sends: one error each. */
static void
test_no_packets (void)
{
  guint16 port = sdp_play_free_port ();
  GSocket *taken = sdp_play_sender (HOST, (guint16) (port + 1));
  gchar *sdp = describe_audio (HOST, port, ""), *error;
  SdpPlay play;

  sdp_play_init (&play, "timeout=50000");
  sdp_play_describe (&play, sdp);
  error = sdp_play_wait_error (&play);
  g_assert_nonnull (strstr (error, "in use"));
  g_free (error);
  g_assert_cmpuint (((GstBin *) play.demux)->numchildren, ==, 0);
  g_object_unref (taken);
  sdp_play_restart (&play, GST_STATE_READY);
  sdp_play_describe (&play, sdp);
  error = sdp_play_wait_error (&play);
  g_assert_cmpstr (error, ==,
      "Could not receive any UDP packets for 0.0500 seconds, maybe your firewall is blocking it.");
  g_free (error);
  sdp_play_clear (&play);
  g_free (sdp);
}

/* One kind only: nothing listens for the other. */
static void
test_media (void)
{
  guint16 audio = sdp_play_free_port (), video;
  GSocket *sender = sdp_play_sender (HOST, 0), *free_one;
  gchar *sdp, *error;
  SdpPlay play;

  do
    video = sdp_play_free_port ();
  while (video == audio);
  sdp = describe_two (audio, video);
  sdp_play_init (&play, "latency=0 media=audio");
  sdp_play_describe (&play, sdp);
  free_one = sdp_play_sender (HOST, video);
  g_assert_nonnull (free_one);
  sdp_play_send_rtp (sender, HOST, audio, 8, 1, 3, 7);
  sdp_play_wait (&play, 0, 1);
  g_assert_true (play.has_no_more_pads);
  sdp_play_clear (&play);
  sdp_play_init (&play, "media=text");
  sdp_play_describe (&play, sdp);
  error = sdp_play_wait_error (&play);
  g_assert_cmpstr (error, ==, "The description has no medium of kind \"text\"");
  sdp_play_clear (&play);
  g_object_unref (free_one);
  g_object_unref (sender);
  g_free (error);
  g_free (sdp);
}

static void
test_redirect (void)
{
  GstMessage *message;
  SdpPlay play;
  gchar *error;

  sdp_play_init (&play, NULL);
  sdp_play_describe (&play, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
                            "a=control:rtsp://127.0.0.1:1/x\r\nm=audio 0 RTP/AVP 8\r\n");
  message = gst_bus_timed_pop_filtered (play.bus, GST_SECOND, GST_MESSAGE_ELEMENT);
  g_assert_true (gst_message_has_name (message, "redirect"));
  g_assert_true (g_str_has_prefix (
      gst_structure_get_string (gst_message_get_structure (message), "new-location"),
      "rtsp-sdp://"));
  gst_message_unref (message);
  error = sdp_play_wait_error (&play);
  g_assert_cmpstr (error, ==, "Sent RTSP redirect.");
  sdp_play_clear (&play);
  g_free (error);
}

static void
test_states (void)
{
  Audio a;

  audio_init (&a, HOST, "latency=0");
  for (guint i = 0; i < 100; i++) {
    sdp_play_describe (&a.play, a.sdp);
    if (i % 4 != 0) {
      sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 3, 7 + i);
      if (i % 4 == 1)
        sdp_play_wait (&a.play, 0, 3);
    }
    sdp_play_restart (&a.play, i % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL);
  }
  sdp_play_assert_no_error (&a.play);
  audio_end (&a);
}

/* The sender goes over to another format: it goes on on the same pad, with caps of its own. */
static void
test_formats (void)
{
  GstCaps *caps;
  GstPad *pad;
  Audio a;

  audio_init (&a, HOST, "latency=0");
  g_free (a.sdp);
  a.sdp = g_strdup_printf ("v=0\nc=IN IP4 " HOST "\nm=audio %u RTP/AVP 8 0\n", a.port);
  sdp_play_describe (&a.play, a.sdp);
  for (guint16 i = 0; i < 40; i++) {
    sdp_play_send_rtp (a.sender, HOST, a.port, i / 5 % 2 == 0 ? 8 : 0, (guint16) (1 + i), 1, 7);
    sdp_play_wait (&a.play, 0, i == 0 ? 0 : i + 1);
  }
  for (guint16 i = 0; i < 40; i++)
    sdp_play_assert_packet (&a.play, 0, i, i / 5 % 2 == 0 ? 8 : 0, (guint16) (1 + i));
  g_assert_cmpuint (a.play.n_pads, ==, 1);
  pad = gst_element_get_static_pad (a.play.demux, "stream_0");
  caps = gst_pad_get_current_caps (pad);
  assert_field (caps, "encoding-name", "PCMU");
  assert_field (a.play.caps[0], "encoding-name", "PCMA");
  gst_caps_unref (caps);
  gst_object_unref (pad);
  sdp_play_assert_no_error (&a.play);
  audio_end (&a);
}

static void
check_names (const gchar *fmtp, const gchar *field, const gchar *wanted)
{
  Audio a;

  audio_init (&a, HOST, "latency=0");
  g_free (a.sdp);
  a.sdp = g_strdup_printf ("v=0\nc=IN IP4 " HOST
                           "\nm=audio %u RTP/AVP 8\na=rtpmap:8 PCMA/8000\na=fmtp:8 %s\n",
      a.port, fmtp);
  sdp_play_describe (&a.play, a.sdp);
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 3, 7);
  sdp_play_wait (&a.play, 0, 1);
  assert_field (a.play.caps[0], field, wanted);
  assert_field (a.play.caps[0], "payload", "8");
  assert_field (a.play.caps[0], "clock-rate", "8000");
  audio_end (&a);
}

/* Parameters are text in a field of their own, whatever is in them, and none takes the place of
 * what caps say besides. When names of a stranger's making are used up, those that codecs have
 * still are taken. */
static void
test_names (void)
{
  check_names ("config=a,b\"(uint)5", "config", "\"a\\,b\\\"\\(uint\\)5\"");
  check_names ("payload=9;clock-rate=1;media=video", "media", "audio");
  check_names ("srtp-key=00;SRTP-Key=00", "srtp-key", NULL);
  check_names ("rtcp-fb-nack-pli=1", "rtcp-fb-nack-pli", NULL);
  check_names ("ssrc=9", "ssrc", "7");
  for (guint i = 0; i < 20; i++) {
    GString *fmtp = g_string_new ("mode=1");

    for (guint j = 0; j < 60; j++)
      g_string_append_printf (fmtp, ";made-up-%u", 60 * i + j);
    check_names (fmtp->str, "mode", "1");
    g_string_free (fmtp, TRUE);
  }
  check_names ("made-up-later=1;sprop-parameter-sets=Z0I=", "made-up-later", NULL);
  check_names ("made-up-later=1;sprop-parameter-sets=Z0I=", "sprop-parameter-sets", "\"Z0I\\=\"");
}

/* A flush of the description's pad forgets half a description, and nothing else. */
static void
test_flush (void)
{
  GstSegment segment;
  GstPad *pad;
  Audio a;

  audio_init (&a, HOST, "latency=0");
  pad = gst_element_get_static_pad (a.play.demux, "sink");
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_send_event (pad, gst_event_new_stream_start ("half"));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  g_assert_cmpint (gst_pad_chain (pad, gst_buffer_new_memdup ("nonsense", 8)), ==, GST_FLOW_OK);
  gst_pad_send_event (pad, gst_event_new_flush_start ());
  gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE));
  sdp_play_describe (&a.play, a.sdp);
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 1, 5, 7);
  sdp_play_wait (&a.play, 0, 5);
  gst_pad_send_event (pad, gst_event_new_flush_start ());
  gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE));
  sdp_play_send_rtp (a.sender, HOST, a.port, 8, 6, 5, 7);
  sdp_play_wait (&a.play, 0, 10);
  sdp_play_assert_packet (&a.play, 0, 9, 8, 10);
  gst_object_unref (pad);
  sdp_play_assert_no_error (&a.play);
  audio_end (&a);
}

typedef struct {
  guint16 ports[2];
  gint stop, n_sent; /* atomic */
} Pusher;

static gpointer
send_for_ever (gpointer data)
{
  GSocket *sender = sdp_play_sender (HOST, 0);
  Pusher *self = data;

  for (guint16 seq = 0; !g_atomic_int_get (&self->stop); seq++) {
    sdp_play_send_rtp (sender, HOST, self->ports[0], 8, seq, 1, 7);
    sdp_play_send_rtp (sender, HOST, self->ports[1], 96, seq, 1, 8);
    g_atomic_int_inc (&self->n_sent);
    /* Nothing comes here: a pace. */
    g_socket_condition_timed_wait (sender, G_IO_IN, 500, NULL, NULL);
  }
  g_object_unref (sender);
  return NULL;
}

/* Under way: one pad loses its reader, which stops no other; then all go, and come again. */
static void
test_release_while_streaming (void)
{
  Pusher pusher = { 0 };
  GThread *thread;
  SdpPlay play;
  gchar *sdp;

  pusher.ports[0] = sdp_play_free_port ();
  do
    pusher.ports[1] = sdp_play_free_port ();
  while (pusher.ports[1] == pusher.ports[0]);
  sdp = describe_two (pusher.ports[0], pusher.ports[1]);
  sdp_play_init (&play, "latency=0");
  thread = g_thread_new ("sender", send_for_ever, &pusher);
  for (guint i = 0; i < 20; i++) {
    GstPad *pad, *peer;
    guint n;

    sdp_play_describe (&play, sdp);
    sdp_play_wait (&play, 0, 3);
    sdp_play_wait (&play, 1, 3);
    pad = gst_element_get_static_pad (play.demux, "stream_0");
    peer = gst_pad_get_peer (pad);
    g_assert_true (gst_pad_unlink (pad, peer));
    gst_object_unref (peer);
    gst_object_unref (pad);
    g_mutex_lock (&play.lock);
    n = play.packets[1]->len;
    g_mutex_unlock (&play.lock);
    sdp_play_wait (&play, 1, n + 10);
    sdp_play_restart (&play, i % 2 == 0 ? GST_STATE_READY : GST_STATE_NULL);
  }
  g_atomic_int_set (&pusher.stop, 1);
  g_thread_join (thread);
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  g_free (sdp);
}

static void
link_to (GstElement *src, GstPad *pad, gpointer sink)
{
  GstPad *target = gst_element_get_static_pad (sink, "sink");

  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
  gst_object_unref (target);
}

/* As a property, and from a file; the pipeline ends with the sink. */
static void
test_sdpsrc (void)
{
  guint16 port = sdp_play_free_port ();
  gchar *sdp = describe_audio (HOST, port, ""), *path = NULL, *uri;
  GSocket *sender = sdp_play_sender (HOST, 0);
  gint fd = g_file_open_tmp ("XXXXXX.sdp", &path, NULL);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, sdp, -1, NULL));
  uri = g_strconcat ("sdp://", path, NULL);
  for (guint i = 0; i < 3; i++) {
    GstElement *pipeline = gst_pipeline_new (NULL), *src, *sink;
    GstBus *bus = gst_element_get_bus (pipeline);
    GstMessage *message = NULL;

    src = gst_element_make_from_uri (GST_URI_SRC, uri, NULL, NULL);
    sink = gst_element_factory_make ("fakesink", NULL);
    if (i == 1)
      g_object_set (src, "location", NULL, "sdp", sdp, NULL);
    if (i == 2)
      g_object_set (src, "location", "sdp:///nowhere/x.sdp", NULL);
    g_object_set (sink, "num-buffers", 3, "async", FALSE, NULL);
    g_signal_connect (src, "pad-added", G_CALLBACK (link_to), sink);
    gst_bin_add_many (GST_BIN (pipeline), src, sink, NULL);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    for (guint16 seq = 0; message == NULL; seq++) {
      sdp_play_send_rtp (sender, HOST, port, 8, seq, 1, 7);
      message =
          gst_bus_timed_pop_filtered (bus, 10 * GST_MSECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
      g_assert_cmpuint (seq, <, 3000);
    }
    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, i == 2 ? GST_MESSAGE_ERROR : GST_MESSAGE_EOS);
    gst_message_unref (message);
    gst_element_set_state (pipeline, GST_STATE_NULL);
    gst_object_unref (bus);
    gst_object_unref (pipeline);
  }
  g_remove (path);
  g_object_unref (sender);
  g_free (path);
  g_free (uri);
  g_free (sdp);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpdemux/pads", test_pads);
  g_test_add_func ("/sdpdemux/strays", test_strays);
  g_test_add_func ("/sdpdemux/senders", test_senders);
  g_test_add_func ("/sdpdemux/bye", test_bye);
  g_test_add_func ("/sdpdemux/ipv6", test_ipv6);
  g_test_add_func ("/sdpdemux/bad", test_bad);
  g_test_add_func ("/sdpdemux/no-packets", test_no_packets);
  g_test_add_func ("/sdpdemux/media", test_media);
  g_test_add_func ("/sdpdemux/redirect", test_redirect);
  g_test_add_func ("/sdpdemux/states", test_states);
  g_test_add_func ("/sdpdemux/formats", test_formats);
  g_test_add_func ("/sdpdemux/names", test_names);
  g_test_add_func ("/sdpdemux/flush", test_flush);
  g_test_add_func ("/sdpdemux/release-while-streaming", test_release_while_streaming);
  g_test_add_func ("/sdpdemux/sdpsrc", test_sdpsrc);
  return run_to_end ();
}
