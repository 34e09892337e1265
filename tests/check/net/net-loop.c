/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "net-loop.h"

#include <string.h>

#include "ext/nice/rtc-nice.h"
#include "ext/srtp/rtc-srtp.h"

#define MAX_REMOTE_CANDIDATES 100

static gboolean
nice_is_idle (gpointer factory)
{
  return rtc_nice_factory_is_idle (factory);
}

static void
add_nice (gpointer data)
{
  NetLoop *self = data;

  self->ice = rtc_nice_factory_new (rtc_loop_get_context (self->loop));
  rtc_loop_add_backend (
      self->loop, "nice", self->ice, nice_is_idle, (GDestroyNotify) rtc_nice_factory_free);
}

void
net_loop_init (NetLoop *self)
{
  self->loop = rtc_loop_new ();
  rtc_loop_call (self->loop, add_nice, self);
  self->identity = rtc_dtls_identity_new (NULL);
  self->dtls = rtc_dtls_factory_new (self->identity, NULL);
  self->srtp = rtc_srtp_factory_new (NULL);
}

void
net_loop_clear (NetLoop *self)
{
  rtc_loop_unref (self->loop);
  rtc_dtls_factory_free (self->dtls);
  rtc_dtls_identity_unref (self->identity);
  rtc_srtp_factory_free (self->srtp);
}

void
net_loop_configure (NetLoop *self, RtcPeerConfig *config)
{
  config->ice = self->ice;
  config->dtls = self->dtls;
  config->srtp = self->srtp;
  config->limits = (RtcLimits) RTC_LIMITS_DEFAULT;
  rtc_loop_reserve_peer (self->loop, config);
  config->ice_config.peer_id = config->id;
  config->ice_config.max_remote_candidates = MAX_REMOTE_CANDIDATES;
}

typedef struct {
  NetLoop *loop;
  RtcPeerId id;
  gboolean goodbye;
} Removal;

static void
remove_peer (gpointer data)
{
  Removal *removal = data;
  RtcPeer *peer = rtc_loop_find_peer (removal->loop->loop, removal->id);

  if (removal->goodbye) {
    rtc_peer_close (peer, rtc_loop_now ());
    rtc_loop_turn_peer (removal->loop->loop, peer);
  }
  rtc_loop_remove_peer (removal->loop->loop, removal->id);
}

void
net_loop_remove (NetLoop *self, RtcPeerId id, gboolean goodbye)
{
  Removal removal = { self, id, goodbye };

  rtc_loop_call (self->loop, remove_peer, &removal);
}

void
net_loop_make_offer (RtcPeer *peer, GstClockTime now)
{
  GError *error = NULL;
  gchar *sdp = NULL;

  rtc_peer_create_offer (peer, now, &sdp, &error);
  g_assert_no_error (error);
  rtc_peer_set_local_description (peer, now, RTC_SDP_TYPE_OFFER, sdp, &error);
  g_assert_no_error (error);
  g_free (sdp);
}

void
net_loop_spoil_fingerprints (gchar *sdp)
{
  for (gchar *at = strstr (sdp, "sha-256 "); at != NULL; at = strstr (at + 1, "sha-256 "))
    at[8] = at[8] == 'A' ? 'B' : 'A';
}
