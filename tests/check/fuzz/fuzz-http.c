/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-http.c - a connection's bytes through the framer, and what gets through as path, fields,
 * offer, fragment and caller's name. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>
#include "ext/http/rtc-http-framer.h"
#include "ext/http/rtc-http-policy.h"
#include "ext/http/rtc-wish-name.h"
#include "ext/http/rtc-wish.h"

#define MAX_HEAD 2048
#define MAX_BODY 4096

/* Frames the bytes in pieces of step; returns what went through. */
static GByteArray *
frame (const guint8 *data, gsize size, gsize step, guint *status)
{
  RtcHttpFramer framer;
  GByteArray *out = g_byte_array_new ();
  gsize taken = 0;

  rtc_http_framer_init (&framer, MAX_HEAD, MAX_BODY);
  while (taken < size && framer.phase != RTC_HTTP_FRAME_REFUSED) {
    gsize n = rtc_http_framer_push (&framer, data + taken, MIN (step, size - taken), out);

    FUZZ_CHECK (n > 0);
    FUZZ_CHECK (framer.body_bytes <= MAX_BODY);
    FUZZ_CHECK (framer.head->len <= MAX_HEAD);
    taken += n;
    FUZZ_CHECK (out->len <= taken);
    if (framer.phase == RTC_HTTP_FRAME_COMPLETE)
      rtc_http_framer_next (&framer);
  }
  *status = framer.phase == RTC_HTTP_FRAME_REFUSED ? framer.status : 0;
  FUZZ_CHECK (framer.phase != RTC_HTTP_FRAME_REFUSED || framer.reason != NULL);
  rtc_http_framer_clear (&framer);
  return out;
}

/* A caller's name is one clean line of at most 64 bytes, whatever the query; and it is one more
 * time, when it is sent as it came out. */
static void
check_name (const gchar *query)
{
  gchar *name = rtc_wish_name_of_query (query);
  gchar *escaped, *again;

  if (!name)
    return;
  FUZZ_CHECK (strlen (name) > 0 && strlen (name) <= RTC_WISH_NAME_MAX_BYTES);
  FUZZ_CHECK (g_utf8_validate (name, -1, NULL));
  for (const gchar *p = name; *p; p = g_utf8_next_char (p))
    FUZZ_CHECK (!g_unichar_iscntrl (g_utf8_get_char (p)));
  escaped = g_uri_escape_string (name, NULL, FALSE);
  again = g_strconcat ("x&name=", escaped, NULL);
  g_free (escaped);
  escaped = rtc_wish_name_of_query (again);
  FUZZ_CHECK (g_strcmp0 (escaped, name) == 0);
  g_free (escaped);
  g_free (again);
  g_free (name);
}

/* Every line that goes through as part of a head was checked: no bare CR, LF or NUL. */
static void
check_text (const gchar *text, gsize len)
{
  static const gchar *const allowed[] = { "https://a.example", "*", NULL };
  gchar *path = rtc_http_policy_decode_path (text), *link = rtc_wish_link_header (text);
  GstSDPMessage *offer = rtc_wish_parse_offer (text, len, FALSE, NULL);
  GstSDPMessage *sent = rtc_wish_parse_offer (text, len, TRUE, NULL);
  RtcSdpFragment *fragment = rtc_sdp_fragment_parse (text, len, NULL);

  FUZZ_CHECK (!sent || offer);
  if (sent)
    gst_sdp_message_free (sent);
  check_name (text);
  if (path)
    FUZZ_CHECK (strstr (path, "/../") == NULL && strchr (path, '\\') == NULL);
  if (link)
    FUZZ_CHECK (strpbrk (link, "\r\n") == NULL && g_str_has_prefix (strchr (link, '>'), ">; rel="));
  FUZZ_CHECK (!rtc_http_policy_check_bearer (text, "a token that no input holds 8f2c"));
  FUZZ_CHECK (
      rtc_http_policy_check_origin (text, "http", "h", allowed, TRUE) != RTC_HTTP_ORIGIN_ANY);
  rtc_http_policy_check_host (text, "h", allowed);
  rtc_http_policy_accepts (text, "application/sdp");
  rtc_wish_check_match (text, "\"tag\"");
  if (offer && fragment) {
    GstSDPMessage *restart = rtc_wish_restart_offer (offer, fragment, NULL);

    if (restart)
      gst_sdp_message_free (restart);
  }
  if (offer) {
    g_free (rtc_wish_answer_fragment (offer));
    gst_sdp_message_free (offer);
  }
  rtc_sdp_fragment_free (fragment);
  g_free (path);
  g_free (link);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gchar *text = g_strndup ((const gchar *) data, size);
  guint status_a, status_b;
  GByteArray *whole = frame (data, size, size ? size : 1, &status_a);
  GByteArray *bytewise = frame (data, size, 1, &status_b);

  /* How the bytes were cut into pieces changes nothing. */
  FUZZ_CHECK (status_a == status_b);
  FUZZ_CHECK (whole->len == bytewise->len);
  FUZZ_CHECK (whole->len == 0 || memcmp (whole->data, bytewise->data, whole->len) == 0);
  check_text (text, strlen (text));
  g_byte_array_unref (whole);
  g_byte_array_unref (bytewise);
  g_free (text);
  return 0;
}
