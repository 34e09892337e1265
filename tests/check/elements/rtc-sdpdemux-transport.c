/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux-transport.c - what sdpdemux receives over: keys in the description, one port for
 * RTP and RTCP and for several media, reports that go back, repair, groups and who may be in them.
 */
#include <netinet/in.h>
#include <string.h>

#include <gst/check/gstharness.h>
#include <gst/sdp/gstsdpmessage.h>

#include "gst/sdp/gstrtcsdpreturn.h"
#include "tests/check/elements/run-to-end.h"
#include "tests/check/elements/sdp-play.h"
#include "tests/check/stall/stall-attempts.h"

#define HOST "127.0.0.1"
#define GROUP "239.255.77.7"
#define KEY_HEX                                                                                    \
  "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"                               \
  "2122232425262728292a2b2c2d2e"

/* -- What GStreamer announces -------------------------------------------------- */

/* The description that GstSDP makes of a payloader's caps. */
static gchar *
describe_caps (GstElement *payloader, guint16 port)
{
  GstPad *pad = gst_element_get_static_pad (payloader, "src");
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstSDPMessage *message;
  GstSDPMedia *media;
  gchar *text;

  gst_sdp_message_new (&message);
  gst_sdp_message_set_version (message, "0");
  gst_sdp_message_set_origin (message, "-", "1", "1", "IN", "IP4", HOST);
  gst_sdp_message_set_session_name (message, "x");
  gst_sdp_message_set_connection (message, "IN", "IP4", HOST, 0, 0);
  gst_sdp_media_new (&media);
  gst_sdp_media_set_port_info (media, port, 1);
  gst_sdp_media_set_proto (media, "RTP/AVP");
  g_assert_cmpint (gst_sdp_media_set_media_from_caps (caps, media), ==, GST_SDP_OK);
  gst_sdp_message_add_media (message, media);
  text = gst_sdp_message_as_text (message);
  gst_sdp_media_free (media);
  gst_sdp_message_free (message);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  return text;
}

/* What a payloader sends is what depayloaders know by our caps. */
static void
check_payloader (const gchar *source, const gchar *depayloader)
{
  guint16 port = sdp_play_free_port ();
  gchar *line = g_strdup_printf ("audiotestsrc is-live=true samplesperbuffer=441 ! %s name=p ! "
                                 "udpsink host=" HOST " port=%u",
      source, port);
  GstElement *sender = gst_parse_launch (line, NULL), *payloader, *depay;
  GstCaps *wanted;
  GstPad *pad;
  gchar *sdp;
  SdpPlay play;

  payloader = gst_bin_get_by_name (GST_BIN (sender), "p");
  gst_element_set_state (sender, GST_STATE_PLAYING);
  gst_element_get_state (sender, NULL, NULL, 30 * GST_SECOND);
  sdp = describe_caps (payloader, port);
  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  sdp_play_wait (&play, 0, 5);
  depay = gst_object_ref_sink (gst_element_factory_make (depayloader, NULL));
  pad = gst_element_get_static_pad (depay, "sink");
  wanted = gst_pad_get_pad_template_caps (pad);
  g_assert_true (gst_caps_can_intersect (wanted, play.caps[0]));
  gst_element_set_state (sender, GST_STATE_NULL);
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  gst_caps_unref (wanted);
  gst_object_unref (pad);
  gst_object_unref (depay);
  gst_object_unref (payloader);
  gst_object_unref (sender);
  g_free (sdp);
  g_free (line);
}

static void
test_payloaders (void)
{
  check_payloader ("alawenc ! rtppcmapay", "rtppcmadepay");
  check_payloader ("audio/x-raw,format=S16BE,rate=44100,channels=2 ! rtpL16pay", "rtpL16depay");
  check_payloader ("audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay", "rtpopusdepay");
}

/* -- Keys -------------------------------------------------------------------- */

/* Packets as srtpenc makes them. */
static GstHarness *
encrypt_with (const gchar *properties, guint key_len)
{
  GstElement *enc = gst_element_factory_make ("srtpenc", NULL);
  gchar **words = g_strsplit (properties, " ", -1);
  gchar *key = g_strndup (KEY_HEX, 2 * key_len);
  GstHarness *h;

  gst_util_set_object_arg (G_OBJECT (enc), "key", key);
  for (guint i = 0; words[i] != NULL; i++) {
    gchar **pair = g_strsplit (words[i], "=", 2);

    gst_util_set_object_arg (G_OBJECT (enc), pair[0], pair[1]);
    g_strfreev (pair);
  }
  h = gst_harness_new_with_element (enc, "rtp_sink_0", "rtp_src_0");
  gst_object_unref (enc);
  gst_harness_set_src_caps_str (h, "application/x-rtp");
  g_strfreev (words);
  g_free (key);
  return h;
}

static void
send_encrypted (GstHarness *h, GSocket *sender, guint16 port, guint16 seq, guint n)
{
  for (guint i = 0; i < n; i++) {
    GBytes *plain = sdp_play_make_rtp (8, (guint16) (seq + i), 7);
    GstBuffer *buffer = gst_harness_push_and_pull (h, gst_buffer_new_wrapped_bytes (plain));
    gsize len = gst_buffer_get_size (buffer);
    gpointer data = g_malloc (len);

    gst_buffer_extract (buffer, 0, data, len);
    sdp_play_send (sender, HOST, port, g_bytes_new_take (data, len));
    gst_buffer_unref (buffer);
    g_bytes_unref (plain);
  }
}

static void
check_suite (const gchar *suite, const gchar *properties, guint key_len, const gchar *mki)
{
  guint16 port = sdp_play_free_port ();
  gchar *sdp, *base64;
  GstHarness *h = encrypt_with (properties, key_len);
  GSocket *sender = sdp_play_sender (HOST, 0);
  guint8 key[46];
  SdpPlay play;

  for (guint i = 0; i < key_len; i++)
    key[i] = (guint8) (i + 1);
  base64 = g_base64_encode (key, key_len);
  sdp = g_strdup_printf ("v=0\nc=IN IP4 127.0.0.1\nm=audio %u RTP/SAVP 8\n"
                         "a=crypto:1 %s inline:%s%s\n",
      port, suite, base64, mki);
  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  send_encrypted (h, sender, port, 1, 5);
  sdp_play_wait (&play, 0, 5);
  for (guint i = 0; i < 5; i++)
    sdp_play_assert_packet (&play, 0, i, 8, (guint16) (1 + i));
  /* What has no key, or another one, does not come out. */
  sdp_play_send_rtp (sender, HOST, port, 8, 6, 3, 7);
  send_encrypted (h, sender, port, 9, 2);
  sdp_play_wait (&play, 0, 7);
  sdp_play_assert_packet (&play, 0, 5, 8, 9);
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  gst_harness_teardown (h);
  g_object_unref (sender);
  g_free (base64);
  g_free (sdp);
}

static void
test_keys (void)
{
  GstElement *enc = gst_element_factory_make ("srtpenc", NULL);

  if (enc == NULL) {
    g_test_skip ("no srtpenc");
    return;
  }
  gst_object_unref (enc);
  check_suite ("AES_CM_128_HMAC_SHA1_80", "rtp-auth=hmac-sha1-80", 30, "");
  check_suite ("AES_CM_128_HMAC_SHA1_32", "rtp-auth=hmac-sha1-32", 30, "");
  check_suite ("AES_256_CM_HMAC_SHA1_80", "rtp-cipher=aes-256-icm rtcp-cipher=aes-256-icm", 46, "");
  check_suite ("AEAD_AES_128_GCM", "rtp-cipher=aes-128-gcm rtcp-cipher=aes-128-gcm", 28, "");
  check_suite ("AEAD_AES_256_GCM", "rtp-cipher=aes-256-gcm rtcp-cipher=aes-256-gcm", 44, "");
  check_suite ("AES_CM_128_HMAC_SHA1_80", "mki=0102", 30, "|2^20|258:2");
}

/* -- One port ---------------------------------------------------------------- */

/* Two media on one port, RTCP too; what goes back is RTCP with a report on what came. */
static void
test_bundle (void)
{
  guint16 port = sdp_play_free_port ();
  gchar *sdp = g_strdup_printf ("v=0\nc=IN IP4 127.0.0.1\na=group:BUNDLE a v\n"
                                "m=audio %u RTP/AVPF 8\na=mid:a\na=rtcp-mux\n"
                                "m=video 9 RTP/AVPF 96\na=mid:v\na=rtcp-mux\n"
                                "a=rtpmap:96 VP8/90000\n",
      port);
  GSocket *sender = sdp_play_sender (HOST, 0);
  guint8 report[1500];
  SdpPlay play;
  gssize len;

  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  for (guint16 seq = 0; seq < 5; seq++) {
    sdp_play_send_rtp (sender, HOST, port, 8, seq, 1, 7);
    sdp_play_send_rtp (sender, HOST, port, 96, (guint16) (seq + 100), 1, 8);
  }
  sdp_play_wait (&play, 0, 5);
  sdp_play_wait (&play, 1, 5);
  sdp_play_assert_packet (&play, 0, 4, 8, 4);
  sdp_play_assert_packet (&play, 1, 4, 96, 104);
  g_assert_true (play.has_no_more_pads);
  sdp_play_send_report (sender, HOST, port, 7, FALSE);
  /* The first may have been made before it was known where to. */
  do {
    GError *error = NULL;

    len = g_socket_receive (sender, (gchar *) report, sizeof report, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (len, >=, 8);
    g_assert_cmpuint (report[0] >> 6, ==, 2);
    g_assert_cmpuint (report[1], ==, 201);
  } while ((report[0] & 31) == 0 || GST_READ_UINT32_BE (report + 8) > 8);
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  g_object_unref (sender);
  g_free (sdp);
}

/* A sender that goes on from another port gets the reports, when the old one is silent. */
static void
test_moved (void)
{
  gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  guint16 port = sdp_play_free_port (), seq = 1;
  gchar *sdp = g_strdup_printf (
      "v=0\nc=IN IP4 " HOST "\nm=audio %u RTP/AVPF 8\na=rtcp-mux\na=rtcp-fb:8 nack\n", port);
  GSocket *before = sdp_play_sender (HOST, 0), *after = sdp_play_sender (HOST, 0);
  guint8 report[1500];
  SdpPlay play;

  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  sdp_play_send_rtp (before, HOST, port, 8, seq, 5, 7);
  sdp_play_wait (&play, 0, 5);
  g_assert_cmpint (g_socket_receive (before, (gchar *) report, sizeof report, NULL, NULL), >=, 8);
  for (seq = 6; !g_socket_condition_timed_wait (after, G_IO_IN, 20000, NULL, NULL); seq++) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    sdp_play_send_rtp (after, HOST, port, 8, seq, 1, 7);
  }
  g_assert_cmpint (g_socket_receive (after, (gchar *) report, sizeof report, NULL, NULL), >=, 8);
  g_assert_cmpuint (report[1], ==, 201);
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  g_object_unref (before);
  g_object_unref (after);
  g_free (sdp);
}

/* A sender whose RTP and RTCP have a port each, and somebody else with its SSRC. */
typedef struct {
  GSocket *rtp, *rtcp, *other;
  guint16 port, seq;
  gint64 sent, longest; /* us: when RTP was sent last, and the longest time between two */
} Apart;

/* 20 ms, or until somebody gets something: the sender, or the other who reports in its name then.
 */
static void
apart_pass (Apart *self, gboolean streams, GSocket *waiting)
{
  gint64 now = g_get_monotonic_time ();

  if (streams) {
    sdp_play_send_rtp (self->rtp, HOST, self->port, 8, self->seq++, 1, 7);
    self->longest = MAX (self->longest, now - self->sent);
    self->sent = now;
  }
  if (waiting == self->other)
    sdp_play_send_report (self->other, HOST, (guint16) (self->port + 1), 7, FALSE);
  g_socket_condition_timed_wait (waiting, G_IO_IN, 20000, NULL, NULL);
}

/* Reads one report if there is any. TRUE: there was, and it is after then. */
static gboolean
apart_gets (GSocket *socket, gint64 then)
{
  guint8 report[1500];

  if (g_socket_condition_check (socket, G_IO_IN) == 0)
    return FALSE;
  g_assert_cmpint (g_socket_receive (socket, (gchar *) report, sizeof report, NULL, NULL), >=, 8);
  return g_get_monotonic_time () > then;
}

/* As long as it streams the reports are its own, and then those of the other. FALSE: the other got
 * them sooner. */
static gboolean
apart_hold (Apart *self)
{
  gint64 begin = g_get_monotonic_time (), then;

  self->sent = begin;
  apart_pass (self, TRUE, self->rtcp);
  sdp_play_send_report (self->rtcp, HOST, (guint16) (self->port + 1), 7, FALSE);
  while (g_socket_condition_check (self->rtcp, G_IO_IN) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, begin + 30 * G_TIME_SPAN_SECOND);
    apart_pass (self, TRUE, self->rtcp);
  }
  then = g_get_monotonic_time () + GST_RTC_SDP_RETURN_HEIR_SILENCE + G_TIME_SPAN_SECOND;
  /* Until the sender gets one although its own is that old. */
  while (!apart_gets (self->rtcp, then)) {
    g_assert_cmpint (g_get_monotonic_time (), <, then + 30 * G_TIME_SPAN_SECOND);
    apart_pass (self, TRUE, self->other);
    if (g_socket_condition_check (self->other, G_IO_IN) != 0)
      return FALSE;
  }
  while (g_socket_condition_check (self->other, G_IO_IN) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, then + 30 * G_TIME_SPAN_SECOND);
    apart_pass (self, FALSE, self->other);
  }
  return TRUE;
}

static gboolean
try_apart (GstClockTime *stall)
{
  Apart apart = { .rtp = sdp_play_sender (HOST, 0),
    .rtcp = sdp_play_sender (HOST, 0),
    .other = sdp_play_sender ("127.0.0.2", 0),
    .port = sdp_play_free_port () };
  gchar *sdp = g_strdup_printf (
      "v=0\nc=IN IP4 " HOST "\nm=audio %u RTP/AVPF 8\na=rtcp-fb:8 nack\n", apart.port);
  SdpPlay play;
  gboolean held;

  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  held = apart_hold (&apart);
  *stall = (GstClockTime) apart.longest * GST_USECOND;
  sdp_play_assert_no_error (&play);
  sdp_play_clear (&play);
  g_object_unref (apart.rtp);
  g_object_unref (apart.rtcp);
  g_object_unref (apart.other);
  g_free (sdp);
  return held;
}

/* Without rtcp-mux a sender's own reports are seconds apart, and in between nobody takes its place
 * as long as it streams. That says nothing when this test did not stream for so long. */
static void
test_apart (void)
{
  stall_try_within (try_apart, STALL_ATTEMPTS, GST_SECOND);
}

/* With RTX what is lost is asked for (NACK), and comes by another payload type and SSRC. */
static void
test_repair (void)
{
  guint16 port = sdp_play_free_port ();
  gchar *sdp = g_strdup_printf ("v=0\nc=IN IP4 127.0.0.1\nm=video %u RTP/AVPF 96 97\n"
                                "a=rtcp-mux\na=rtcp-fb:96 nack\na=rtpmap:96 VP8/8000\n"
                                "a=rtpmap:97 rtx/8000\na=fmtp:97 apt=96\n",
      port);
  GSocket *sender = sdp_play_sender (HOST, 0);
  guint8 rtx[12 + 2 + 32];
  GBytes *lost = sdp_play_make_rtp (96, 6, 7);
  SdpPlay play;

  sdp_play_init (&play, "latency=6000");
  sdp_play_describe (&play, sdp);
  sdp_play_send_rtp (sender, HOST, port, 96, 1, 5, 7);
  sdp_play_send_report (sender, HOST, port, 7, FALSE);
  sdp_play_send_rtp (sender, HOST, port, 96, 7, 20, 7);
  while (!sdp_play_is_asked (sender, 7, 6))
    ;
  /* RFC 4588 4: the original number, then the original body. */
  memcpy (rtx, g_bytes_get_data (lost, NULL), 12);
  rtx[1] = 97;
  GST_WRITE_UINT16_BE (rtx + 2, 500);
  GST_WRITE_UINT32_BE (rtx + 8, 99);
  GST_WRITE_UINT16_BE (rtx + 12, 6);
  memcpy (rtx + 14, (const guint8 *) g_bytes_get_data (lost, NULL) + 12, 32);
  sdp_play_send (sender, HOST, port, g_bytes_new (rtx, sizeof rtx));
  rtx[3]++;
  sdp_play_send (sender, HOST, port, g_bytes_new (rtx, sizeof rtx));
  sdp_play_wait (&play, 0, 26);
  for (guint i = 0; i < 26; i++)
    sdp_play_assert_packet (&play, 0, i, 96, (guint16) (i + 1));
  sdp_play_clear (&play);
  g_bytes_unref (lost);
  g_object_unref (sender);
  g_free (sdp);
}

/* -- Groups ------------------------------------------------------------------ */

/* TRUE: somebody on this machine is in the group; it is in network order, read as a number here. */
static gboolean
is_joined (const gchar *group)
{
  GInetAddress *address = g_inet_address_new_from_string (group);
  const guint8 *b = g_inet_address_to_bytes (address);
  gchar *line = g_strdup_printf ("%02X%02X%02X%02X", b[3], b[2], b[1], b[0]), *text = NULL;
  gboolean found;

  g_assert_true (g_file_get_contents ("/proc/net/igmp", &text, NULL, NULL));
  found = strstr (text, line) != NULL;
  g_object_unref (address);
  g_free (line);
  g_free (text);
  return found;
}

static gchar *
describe_group (const gchar *group, guint16 port, const gchar *more)
{
  return g_strdup_printf ("v=0\nc=IN IP4 %s/1\nm=audio %u RTP/AVP 8\n%s", group, port, more);
}

/* Sends to groups over the loopback interface only. */
static GSocket *
group_sender (const gchar *address)
{
  GSocket *sender = sdp_play_sender (address, 0);
  struct in_addr interface = { .s_addr = htonl (INADDR_LOOPBACK) };

  g_assert_cmpint (setsockopt (g_socket_get_fd (sender), IPPROTO_IP, IP_MULTICAST_IF, &interface,
                       sizeof interface),
      ==, 0);
  return sender;
}

static void
check_group (const gchar *properties, const gchar *more)
{
  guint16 port = sdp_play_free_port ();
  gchar *sdp = describe_group (GROUP, port, more);
  GSocket *sender = group_sender (HOST);
  SdpPlay play;

  sdp_play_init (&play, properties);
  sdp_play_describe (&play, sdp);
  sdp_play_assert_no_error (&play);
  g_assert_true (is_joined (GROUP));
  sdp_play_send_rtp (sender, GROUP, port, 8, 1, 5, 7);
  sdp_play_wait (&play, 0, 5);
  sdp_play_assert_packet (&play, 0, 4, 8, 5);
  sdp_play_clear (&play);
  g_assert_false (is_joined (GROUP));
  g_object_unref (sender);
  g_free (sdp);
}

static void
test_groups (void)
{
  check_group ("latency=0 multicast-iface=lo", "");
  check_group ("latency=0 multicast-iface=lo allowed-groups=10.0.0.0/8,239.255.0.0/16", "");
  check_group ("latency=0 multicast-iface=lo allowed-groups=" GROUP,
      "a=source-filter: incl IN IP4 " GROUP " 127.0.0.1\n");
}

static void
check_denied (const gchar *properties, const gchar *group, const gchar *say)
{
  gchar *sdp = describe_group (group, sdp_play_free_port (), "");
  gboolean was_joined = is_joined (group);
  SdpPlay play;
  gchar *error;

  sdp_play_init (&play, properties);
  sdp_play_describe (&play, sdp);
  error = sdp_play_wait_error (&play);
  g_assert_nonnull (strstr (error, say));
  g_assert_cmpint (is_joined (group), ==, was_joined);
  g_assert_cmpuint (((GstBin *) play.demux)->numchildren, ==, 0);
  sdp_play_clear (&play);
  g_free (error);
  g_free (sdp);
}

/* Also when only RTCP goes to a group. */
static void
test_denied (void)
{
  gchar *sdp;
  SdpPlay play;
  gchar *error;

  check_denied ("multicast-iface=lo", "224.0.0.5", "hosts and routers use it");
  check_denied (
      "multicast-iface=lo allowed-groups=224.0.0.0/4", "224.0.0.251", "hosts and routers");
  check_denied ("multicast-iface=lo allowed-groups=", GROUP, "it is not in allowed-groups");
  check_denied ("multicast-iface=lo allowed-groups=239.255.77.0/29,ff15::/16", "239.255.77.8",
      "The group 239.255.77.8");
  sdp = g_strdup_printf ("v=0\nc=IN IP4 127.0.0.1\nm=audio %u RTP/AVP 8\na=rtcp:5005 IN IP4 " GROUP
                         "\n",
      sdp_play_free_port ());
  sdp_play_init (&play, "allowed-groups=");
  sdp_play_describe (&play, sdp);
  error = sdp_play_wait_error (&play);
  g_assert_nonnull (strstr (error, "The group " GROUP));
  g_assert_false (is_joined (GROUP));
  sdp_play_clear (&play);
  g_free (error);
  g_free (sdp);
}

/* RFC 4570, of one receiver too: who is not wanted is not heard. */
static void
check_filter (const gchar *more, gboolean wants_first)
{
  guint16 port = sdp_play_free_port ();
  gchar *sdp = g_strdup_printf ("v=0\nc=IN IP4 127.0.0.1\nm=audio %u RTP/AVP 8\n%s", port, more);
  GSocket *senders[2] = { sdp_play_sender ("127.0.0.1", 0), sdp_play_sender ("127.0.0.2", 0) };
  SdpPlay play;

  sdp_play_init (&play, "latency=0");
  sdp_play_describe (&play, sdp);
  sdp_play_send_rtp (senders[wants_first], HOST, port, 8, 100, 5, 8);
  sdp_play_send_rtp (senders[!wants_first], HOST, port, 8, 1, 5, 7);
  sdp_play_wait (&play, 0, 5);
  for (guint i = 0; i < 5; i++)
    sdp_play_assert_packet (&play, 0, i, 8, (guint16) (1 + i));
  g_assert_cmpuint (sdp_play_stat (&play, "packets-dropped"), ==, 5);
  sdp_play_clear (&play);
  g_object_unref (senders[0]);
  g_object_unref (senders[1]);
  g_free (sdp);
}

static void
test_filter (void)
{
  check_filter ("a=source-filter: incl IN IP4 * 127.0.0.1 10.0.0.1\n", TRUE);
  check_filter ("a=source-filter: excl IN IP4 * 127.0.0.1\n", FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpdemux/payloaders", test_payloaders);
  g_test_add_func ("/sdpdemux/keys", test_keys);
  g_test_add_func ("/sdpdemux/bundle", test_bundle);
  g_test_add_func ("/sdpdemux/moved", test_moved);
  g_test_add_func ("/sdpdemux/moved-apart", test_apart);
  g_test_add_func ("/sdpdemux/repair", test_repair);
  g_test_add_func ("/sdpdemux/groups", test_groups);
  g_test_add_func ("/sdpdemux/denied", test_denied);
  g_test_add_func ("/sdpdemux/filter", test_filter);
  return run_to_end ();
}
