/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whip-names.c - the names that callers give themselves: what the element hears of them, and
 * that none of what came raw gets into a log. */
#include "ext/http/rtc-wish-name.h"

#include "ext/http/gstrtcwhipserversignaller.h"
#include "tests/check/net/log-tap.h"
#include "tests/check/net/wish-fixture.h"
#include "tests/check/run-tests.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
  const gchar *query, *name; /* NULL: goes by the address */
  gboolean is_no_query;      /* and HTTP refuses it already */
} names[] = {
  { "name=Front%20door", "Front door" },
  { "name=Front+door", "Front door" },
  { "name=a&name=b", "a" },
  { "x=1&name=b&y=2", "b" },
  { "name=a%26b%3Dc%23", "a&b=c#" },
  { "name=J%C3%BCrgen", "J\xc3\xbcrgen" },
  { "name=%E2%98%95%F0%9F%98%80", "\xe2\x98\x95\xf0\x9f\x98\x80" },
  { "name=" A64 "b", A64 },
  /* cut at a character */
  { "name=" A64 "%C3%BC", A64 },
  { "name=a" A64, A64 },
  { "name=%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC"
    "%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC"
    "%C3%BC%C3%BCx%C3%BC%C3%BC",
      "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
      "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
      "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbcx" },
  /* paths stay text: who makes files of names must make them safe */
  { "name=../../x", "../../x" },
  { "name=%2e%2e%2fx%5c", "../x\\" },
  { "name=%252e", "%2e" },
  /* nothing that moves a cursor, hides or reorders */
  { "name=a%00b", "ab" },
  { "name=a%1B%5B2Jb%07", "a[2Jb" },
  { "name=a%0D%0ASet-Cookie:%20b", "aSet-Cookie: b" },
  { "name=a%09b", "a b" },
  { "name=a%C2%9Bb", "ab" },
  { "name=a%E2%80%AEb%E2%81%A6", "ab" },
  { "name=a%E2%80%8Bb%EF%BB%BF", "ab" },
  { "name=a%E2%80%A8b%E2%80%A9", "ab" },
  { "name=a%EF%BF%BEb%EF%B7%90", "ab" },
  { "name=++a+++b++", "a b" },
  /* refused */
  { "", NULL },
  { "name", NULL },
  { "name=", NULL },
  { "name=+%20+", NULL },
  { "name=%00%1b", NULL },
  { "Name=a", NULL },
  { "xname=a", NULL },
  { "name=%", NULL, TRUE },
  { "name=%4", NULL, TRUE },
  { "name=%zz", NULL, TRUE },
  { "name=%C3", NULL },
  { "name=%C0%AF", NULL },
  { "name=%ED%A0%80", NULL },
  { "name=%FF%FE", NULL },
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar *name = rtc_wish_name_of_query (names[i].query);

    g_test_message ("%s", names[i].query);
    g_assert_cmpstr (name, ==, names[i].name);
    g_free (name);
  }
}

/* Over HTTP: the element hears the name, and no log line holds what came raw. */
static void
test_names_over_http (WishFixture *f, gconstpointer data)
{
  GString *story = g_string_new (NULL);

  wish_fixture_start (f);
  log_tap_start ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar *path = g_strdup_printf ("/whip?%s", names[i].query);
    g_autoptr (HttpResponse) response = wish_call (f, "POST", path, SDP, f->offer);

    g_assert_cmpuint (response->status, ==, names[i].is_no_query ? 400 : 201);
    if (!names[i].is_no_query)
      g_string_append_printf (story, "requested(%s) ", names[i].name ? names[i].name : "127.0.0.1");
    g_free (path);
  }
  log_tap_assert_present ("requested by");
  log_tap_assert_absent ("an escape sequence", "\x1b[2J", 4);
  log_tap_assert_absent ("a forged line", "\nSet-Cookie", 11);
  log_tap_assert_absent ("an override", "\xe2\x80\xae", 3);
  log_tap_stop ();
  g_assert_cmpstr (f->story->str, ==, story->str);
  g_string_free (story, TRUE);
}

static void
set_up (WishFixture *f, gconstpointer data)
{
  wish_fixture_set_up (f, gst_rtc_whip_server_signaller_new (), "/whip",
      SDP_HEAD SDP_BODY ("clie", "actpass", "sendonly"));
  f->answer = SDP_HEAD SDP_BODY ("serv", "passive", "recvonly");
}

static void
tear_down (WishFixture *f, gconstpointer data)
{
  wish_fixture_tear_down (f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/whip-names/decoded", test_names);
  g_test_add ("/whip-names/over-http", WishFixture, NULL, set_up, test_names_over_http, tear_down);
  return run_tests ();
}
