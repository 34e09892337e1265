/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* call-secrets.c - no secret of a call is ever logged, whatever the level (T14 of
 * docs/security.md): SRTP keys, ICE passwords, TURN credentials. */
#include "net-call.h"

#include <string.h>

#include "ext/dtls/rtc-dtls.h"
#include "log-tap.h"
#include "tests/check/run-tests.h"

/* An SRTP factory that notes the keys. */
typedef struct {
  RtcSrtpFactory parent;
  RtcSrtpFactory *real;
  RtcSrtpKeys keys[2];
  guint n;
} KeyTap;

static RtcSrtp *
key_tap_create (RtcSrtpFactory *factory, const RtcSrtpKeys *keys, GError **error)
{
  KeyTap *self = (KeyTap *) factory;

  g_assert_cmpuint (self->n, <, G_N_ELEMENTS (self->keys));
  self->keys[self->n++] = *keys;
  return self->real->create (self->real, keys, error);
}

static void
assert_no_ice_password (NetCall *call, guint end)
{
  gchar *sdp = rtc_peer_get_local_description (call->peers[end]);
  const gchar *pwd = strstr (sdp, "a=ice-pwd:");

  g_assert_nonnull (pwd);
  pwd += strlen ("a=ice-pwd:");
  log_tap_assert_absent ("an ICE password", pwd, strcspn (pwd, "\r\n"));
  g_free (sdp);
}

static void
test_call (void)
{
  gchar *address = g_strdup ("127.0.0.1");
  gchar *user = g_strdup ("user-3fa1c7d2"), *password = g_strdup ("password-9b04e6aa");
  RtcIceServer turn = {
    .is_turn = TRUE, .address = address, .port = 9, .username = user, .password = password
  };
  KeyTap tap = { .parent = { .name = "tap", .create = key_tap_create } };
  NetCall call;

  log_tap_start ();
  net_call_init (&call);
  tap.real = call.srtp;
  call.srtp = &tap.parent;
  call.servers = &turn;
  call.n_servers = 1;
  call.gather_ms = 100; /* nobody answers there */
  net_call_begin (&call, TRUE);
  g_assert_true (net_call_run (&call, net_call_has_media, 10000));
  net_call_run (&call, NULL, 1200);
  rtc_peer_close (call.peers[NET_VIEWER], net_call_now ());
  net_call_run (&call, NULL, 100);

  log_tap_assert_present ("secured after");
  log_tap_assert_present ("DTLS starts as");
  g_assert_cmpuint (tap.n, ==, 2);
  for (guint i = 0; i < 2; i++) {
    log_tap_assert_absent ("an SRTP key", tap.keys[i].local_key, 16);
    log_tap_assert_absent ("an SRTP salt", tap.keys[i].local_key + 16, tap.keys[i].key_len - 16);
    assert_no_ice_password (&call, i);
  }
  log_tap_assert_absent ("a TURN user", user, strlen (user));
  log_tap_assert_absent ("a TURN password", password, strlen (password));
  net_call_end (&call);
  call.srtp = tap.real;
  net_call_clear (&call);
  log_tap_stop ();
  g_free (address);
  g_free (user);
  g_free (password);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/call-secrets/call", test_call);
  return run_tests ();
}
