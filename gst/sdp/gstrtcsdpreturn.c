/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpreturn.h"

static gboolean
is_same (GSocketAddress *one, GSocketAddress *other)
{
  GInetSocketAddress *a, *b;

  if (one == other)
    return TRUE;
  if (!G_IS_INET_SOCKET_ADDRESS (one) || !G_IS_INET_SOCKET_ADDRESS (other))
    return FALSE;
  a = G_INET_SOCKET_ADDRESS (one);
  b = G_INET_SOCKET_ADDRESS (other);
  return g_inet_socket_address_get_port (a) == g_inet_socket_address_get_port (b)
         && g_inet_address_equal (
             g_inet_socket_address_get_address (a), g_inet_socket_address_get_address (b));
}

static gboolean
has_ssrc (const GstRtcSdpReturn *self, guint32 ssrc)
{
  for (guint i = 0; i < MIN (self->n_ssrcs, GST_RTC_SDP_RETURN_SSRCS); i++)
    if (self->ssrcs[i] == ssrc)
      return TRUE;
  return FALSE;
}

gboolean
gst_rtc_sdp_return_note (GstRtcSdpReturn *self, gint64 now, GSocketAddress *from, guint32 ssrc)
{
  gboolean is_heir = has_ssrc (self, ssrc), moves;
  gint64 silence = is_heir ? GST_RTC_SDP_RETURN_HEIR_SILENCE : GST_RTC_SDP_RETURN_SILENCE;

  moves = self->address == NULL || !is_same (self->address, from);
  if (moves && self->address != NULL && now - self->last < silence)
    return FALSE;
  if (moves) {
    g_set_object (&self->address, from);
    self->n_ssrcs = is_heir ? self->n_ssrcs : 0;
  }
  self->last = now;
  if (!is_heir)
    self->ssrcs[self->n_ssrcs++ % GST_RTC_SDP_RETURN_SSRCS] = ssrc;
  return moves;
}

void
gst_rtc_sdp_return_clear (GstRtcSdpReturn *self)
{
  g_clear_object (&self->address);
}
