/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-announcement.c - descriptions that announce RTP: what senders write, what is refused and with
 * which words, limits, and every cut and change of a good one. */
#include "gst/rtc/sdp/rtc-announcement.h"

#include <string.h>

#include "bad-announcements.h"

static RtcAnnouncement *
parse (const gchar *text)
{
  GError *error = NULL;
  RtcAnnouncement *self = rtc_announcement_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return self;
}

static const RtcAnnouncedFormat *
format (const RtcAnnouncedMedium *medium, guint i)
{
  return &g_array_index (medium->formats, RtcAnnouncedFormat, i);
}

static void
assert_address (const RtcAddress *address, const gchar *wanted)
{
  gchar text[RTC_ADDRESS_TEXT_BYTES];

  g_assert_cmpstr (rtc_address_to_text (address, text), ==, wanted);
}

/* As ffmpeg 5.1 prints it for two outputs. */
static void
test_good (void)
{
  RtcAnnouncement *self = parse (
      "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=No Name\r\nt=0 0\r\na=tool:libavformat 59.27.100\r\n"
      "m=video 5004 RTP/AVP 96\r\nc=IN IP4 127.0.0.1\r\nb=AS:200\r\na=rtpmap:96 H264/90000\r\n"
      "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkA2D3n,aMuMsg==; "
      "profile-level-id=42C01E\r\nm=audio 5006 RTP/AVP 97\r\nc=IN IP4 127.0.0.1\r\n"
      "a=rtpmap:97 MPEG4-GENERIC/48000/2\r\na=fmtp:97 config=1190\r\n");
  const RtcAnnouncedMedium *video = g_ptr_array_index (self->media, 0);
  const RtcAnnouncedMedium *audio = g_ptr_array_index (self->media, 1);

  g_assert_cmpuint (self->media->len, ==, 2);
  g_assert_cmpuint (self->attributes->len, ==, 1);
  g_assert_cmpstr (video->kind, ==, "video");
  assert_address (&video->rtp, "127.0.0.1:5004");
  assert_address (&video->rtcp, "127.0.0.1:5005");
  g_assert_cmpstr (format (video, 0)->name, ==, "H264");
  g_assert_cmpuint (format (video, 0)->clock_rate, ==, 90000);
  g_assert_nonnull (strstr (format (video, 0)->fmtp, "profile-level-id=42C01E"));
  g_assert_false (video->is_feedback || video->is_secure || video->rtcp_mux);
  g_assert_cmpint (video->bundle, ==, -1);
  g_assert_cmpuint (format (audio, 0)->channels, ==, 2);
  rtc_announcement_free (self);
}

static void
test_groups (void)
{
  RtcAnnouncement *self = parse ("v=0\nc=IN IP4 239.1.2.3/32/4\na=source-filter: incl IN IP4 "
                                 "239.1.2.3 10.0.0.1 10.0.0.2\nm=video 5004/2 RTP/AVP 33\n"
                                 "m=audio 5008 RTP/AVP 0 101\nc=IN IP6 ff15::7\n"
                                 "a=rtcp:6000 IN IP6 ff15::8\na=rtpmap:101 telephone-event/8000\n"
                                 "a=source-filter: excl IN IP6 * 2001:db8::1\n");
  const RtcAnnouncedMedium *m = g_ptr_array_index (self->media, 0);

  assert_address (&m->rtp, "239.1.2.3:5004");
  g_assert_true (rtc_address_is_multicast (&m->rtp));
  g_assert_cmpuint (m->ttl, ==, 32);
  g_assert_cmpstr (format (m, 0)->name, ==, "MP2T");
  g_assert_cmpuint (m->sources->len, ==, 2);
  g_assert_false (m->excludes);
  m = g_ptr_array_index (self->media, 1);
  assert_address (&m->rtp, "[ff15::7]:5008");
  assert_address (&m->rtcp, "[ff15::8]:6000");
  g_assert_true (rtc_address_is_multicast (&m->rtp) && m->excludes);
  g_assert_cmpuint (m->sources->len, ==, 1);
  g_assert_cmpuint (m->formats->len, ==, 2);
  rtc_announcement_free (self);
}

static void
test_feedback (void)
{
  RtcAnnouncement *self =
      parse ("v=0\nc=IN IP4 127.0.0.1\na=group:BUNDLE v a\nm=video 5004 RTP/AVPF 96 97\na=mid:v\n"
             "a=rtcp-mux\na=rtcp-fb:* ccm fir\na=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n"
             "a=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96;rtx-time=1000\n"
             "m=audio 5004 RTP/AVPF 98\na=mid:a\na=rtcp-mux\na=rtpmap:98 opus/48000/2\n"
             "m=text 5008 RTP/AVP 99\na=rtpmap:99 t140/1000\n");
  const RtcAnnouncedMedium *m = g_ptr_array_index (self->media, 0);

  g_assert_true (m->is_feedback && m->rtcp_mux);
  g_assert_cmpint (m->rtcp.family, ==, RTC_ADDRESS_NONE);
  g_assert_true (format (m, 0)->nack && format (m, 0)->nack_pli && format (m, 0)->ccm_fir);
  g_assert_false (format (m, 1)->nack);
  g_assert_cmpint (format (m, 1)->apt, ==, 96);
  g_assert_cmpint (m->bundle, ==, -1);
  g_assert_cmpint (((RtcAnnouncedMedium *) self->media->pdata[1])->bundle, ==, 0);
  g_assert_cmpint (((RtcAnnouncedMedium *) self->media->pdata[2])->bundle, ==, -1);
  rtc_announcement_free (self);
}

/* The first suite that we have, its keys byte by byte, nothing of them among the attributes. */
static void
test_keys (void)
{
  RtcAnnouncement *self =
      parse (BAD_SAVP "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" BAD_KEY "\n"
                      "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" BAD_KEY
                      "|2^20|258:4;inline:" BAD_KEY "|7:4 WSH=128 -x\n"
                      "a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "\na=ptime:20\n");
  const RtcAnnouncedMedium *m = g_ptr_array_index (self->media, 0);
  const RtcAnnouncedKey *key = &g_array_index (m->keys, RtcAnnouncedKey, 0);

  g_assert_cmpint (m->suite, ==, RTC_SUITE_AES_CM_128_HMAC_SHA1_32);
  g_assert_cmpuint (m->keys->len, ==, 2);
  g_assert_cmpuint (key->key_len, ==, 30);
  for (guint i = 0; i < 30; i++)
    g_assert_cmpuint (key->key[i], ==, i + 1);
  g_assert_cmpmem (key->mki, key->mki_len, "\0\0\1\2", 4);
  g_assert_cmpmem (key[1].mki, key[1].mki_len, "\0\0\0\7", 4);
  g_assert_cmpuint (m->attributes->len, ==, 1);
  rtc_announcement_free (self);
  /* Without the padding that some leave out. */
  self = parse (
      BAD_SAVP "a=crypto:1 AEAD_AES_128_GCM inline:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHA\n");
  m = g_ptr_array_index (self->media, 0);
  g_assert_cmpuint (g_array_index (m->keys, RtcAnnouncedKey, 0).key[27], ==, 28);
  rtc_announcement_free (self);
}

/* As ffmpeg announces what it encrypts; without a suite that we have it is taken for plain. */
static void
test_keys_of_plain (void)
{
  RtcAnnouncement *self =
      parse (BAD_PCMA "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "\n"
                      "m=audio 5006 RTP/AVP 8\na=crypto:1 F8_128_HMAC_SHA1_80 inline:AA\n");
  const RtcAnnouncedMedium *m = g_ptr_array_index (self->media, 0);

  g_assert_true (m->is_secure && m->keys->len == 1);
  m = g_ptr_array_index (self->media, 1);
  g_assert_false (m->is_secure || m->keys->len > 0);
  rtc_announcement_free (self);
}

static void
test_left_out (void)
{
  RtcAnnouncement *self = parse (BAD_HEAD "m=application 9 UDP/DTLS/SCTP x\na=mid:a\nc=nonsense\n"
                                          "m=audio 0 RTP/AVP 8\nm=audio 5004 RTP/AVP 8\n"
                                          "m=video 5006 RTP/AVP 26\na=inactive\n");

  g_assert_cmpuint (self->media->len, ==, 1);
  g_assert_cmpuint (self->n_left_out, ==, 3);
  rtc_announcement_free (self);
  /* What an RTSP server describes has no ports. */
  self = parse (BAD_HEAD "a=control:rtsp://127.0.0.1/x\nm=audio 0 RTP/AVP 8\n");
  g_assert_cmpstr (self->control, ==, "rtsp://127.0.0.1/x");
  rtc_announcement_free (self);
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_announcements); i++) {
    GError *error = NULL;
    const gchar *text = bad_announcements[i].text;

    g_assert_null (rtc_announcement_parse (text, strlen (text), &error));
    g_test_message ("%u: %s", i, error->message);
    g_assert_cmpint (rtc_error_get_result (error), ==, bad_announcements[i].code);
    g_assert_nonnull (strstr (error->message, bad_announcements[i].say));
    g_assert_null (strstr (error->message, "AQIDBA"));
    g_error_free (error);
  }
  g_assert_cmpuint (G_N_ELEMENTS (bad_announcements), >=, 50);
}

static GString *
repeat (const gchar *head, const gchar *line, guint n)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (text, line);
  return text;
}

static void
test_limits (void)
{
  static const struct {
    const gchar *head, *line;
    guint n; /* as many are too many */
  } table[] = { { BAD_HEAD, "m=audio 5004 RTP/AVP 8\n", 65 }, { BAD_PCMA, "a=x:1\n", 129 },
    { BAD_HEAD, "a=x:1\n", 129 }, { BAD_PCMA, "b=AS:1\n", 10001 },
    { BAD_PCMA "a=source-filter: incl IN IP4 *", " 10.0.0.1", 33 },
    { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "|1:1",
        ";inline:" BAD_KEY "|1:1", 15 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    for (guint is_over = 0; is_over < 2; is_over++) {
      GString *text = repeat (table[i].head, table[i].line, table[i].n - (is_over ? 0 : 8));
      GError *error = NULL;
      RtcAnnouncement *self = rtc_announcement_parse (text->str, text->len, &error);

      if (is_over)
        g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
      else
        g_assert_true (error == NULL || rtc_error_get_result (error) != RTC_ERR_LIMIT);
      g_clear_error (&error);
      rtc_announcement_free (self);
      g_string_free (text, TRUE);
    }
}

/* Nothing that is cut off or changed does more than to be refused. */
static void
test_damaged (void)
{
  static const gchar good[] =
      BAD_SAVP "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" BAD_KEY "|2^20|258:4 WSH=64\n"
               "a=source-filter: incl IN IP4 * 1.2.3.4\na=rtcp:5 IN IP4 1.2.3.4\na=mid:a\n"
               "m=video 5006/2 RTP/AVPF 96 97\na=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\n"
               "a=fmtp:97 apt=96\na=rtcp-fb:* nack pli\n";
  gchar *copy = g_strdup (good);

  for (gsize i = 0; i < sizeof good; i++) {
    rtc_announcement_free (rtc_announcement_parse (good, i, NULL));
    for (guint c = 0; c < 256; c += 7) {
      copy[i] = (gchar) c;
      rtc_announcement_free (rtc_announcement_parse (copy, sizeof good - 1, NULL));
    }
    copy[i] = good[i];
  }
  g_free (copy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announcement/good", test_good);
  g_test_add_func ("/announcement/groups", test_groups);
  g_test_add_func ("/announcement/feedback", test_feedback);
  g_test_add_func ("/announcement/keys", test_keys);
  g_test_add_func ("/announcement/keys-of-plain", test_keys_of_plain);
  g_test_add_func ("/announcement/left-out", test_left_out);
  g_test_add_func ("/announcement/bad", test_bad);
  g_test_add_func ("/announcement/limits", test_limits);
  g_test_add_func ("/announcement/damaged", test_damaged);
  return g_test_run ();
}
