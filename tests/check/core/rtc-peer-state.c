/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-peer-state.c - the connection state that follows from those of the transports. */
#include "gst/rtc/peer/rtc-peer.h"

/* webrtc-pc 4.4.3, a row per ICE state, a column per DTLS state:
 * N new, I connecting, O connected, D disconnected, F failed. */
static const gchar *const table[] = {
  /* DTLS:         new connecting connected closed failed */
  [RTC_ICE_STATE_NEW] = "NIINF",
  [RTC_ICE_STATE_CHECKING] = "IIIIF",
  [RTC_ICE_STATE_CONNECTED] = "IIOOF",
  [RTC_ICE_STATE_COMPLETED] = "IIOOF",
  [RTC_ICE_STATE_DISCONNECTED] = "DDDDF",
  [RTC_ICE_STATE_FAILED] = "FFFFF",
  [RTC_ICE_STATE_CLOSED] = "NIINF",
};

static const struct {
  gchar letter;
  RtcPeerState state;
  const gchar *name;
} letters[] = {
  { 'N', RTC_PEER_STATE_NEW, "new" },
  { 'I', RTC_PEER_STATE_CONNECTING, "connecting" },
  { 'O', RTC_PEER_STATE_CONNECTED, "connected" },
  { 'D', RTC_PEER_STATE_DISCONNECTED, "disconnected" },
  { 'F', RTC_PEER_STATE_FAILED, "failed" },
};

static void
test_table (void)
{
  for (guint ice = 0; ice < G_N_ELEMENTS (table); ice++) {
    for (guint dtls = 0; table[ice][dtls] != '\0'; dtls++) {
      RtcPeerState state =
          rtc_peer_derive_state (FALSE, FALSE, (RtcIceState) ice, (RtcDtlsState) dtls);
      guint i = 0;

      while (letters[i].letter != table[ice][dtls])
        i++;
      g_assert_cmpstr (rtc_peer_state_to_string (state), ==, letters[i].name);
      g_assert_cmpint (state, ==, letters[i].state);
      g_assert_cmpint (
          rtc_peer_derive_state (TRUE, dtls % 2 == 0, (RtcIceState) ice, (RtcDtlsState) dtls), ==,
          RTC_PEER_STATE_CLOSED);
      g_assert_cmpint (rtc_peer_derive_state (FALSE, TRUE, (RtcIceState) ice, (RtcDtlsState) dtls),
          ==, RTC_PEER_STATE_FAILED);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-state/table", test_table);
  return g_test_run ();
}
