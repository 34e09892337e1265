/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpreturn.h"

#include "gst/sdp/gstrtcsdpaddress.h"

static gboolean
has_ssrc (const GstRtcSdpReturn *self, guint32 ssrc)
{
  for (guint i = 0; i < MIN (self->n_ssrcs, GST_RTC_SDP_RETURN_SSRCS); i++)
    if (self->ssrcs[i] == ssrc)
      return TRUE;
  return FALSE;
}

/* Whether somebody else may take the place of whoever has it. */
static gboolean
is_free (const GstRtcSdpReturn *self, gint64 now, GSocketAddress *from, gboolean is_heir)
{
  gint64 silence = now - MAX (self->last, self->streamed);

  if (self->address == NULL || silence >= GST_RTC_SDP_RETURN_SILENCE)
    return TRUE;
  if (!is_heir)
    return FALSE;
  if (silence >= GST_RTC_SDP_RETURN_HEIR_SILENCE && (!self->is_apart || self->streamed > 0))
    return TRUE;
  return now - self->last >= GST_RTC_SDP_RETURN_SILENCE
         && gst_rtc_sdp_address_is_same_host (self->address, from);
}

gboolean
gst_rtc_sdp_return_note (GstRtcSdpReturn *self, gint64 now, GSocketAddress *from, guint32 ssrc)
{
  gboolean is_heir = has_ssrc (self, ssrc);
  gboolean moves = self->address == NULL || !gst_rtc_sdp_address_is_same (self->address, from);

  if (moves && !is_free (self, now, from, is_heir))
    return FALSE;
  if (moves) {
    if (self->address == NULL || !gst_rtc_sdp_address_is_same_host (self->address, from))
      self->streamed = 0;
    g_set_object (&self->address, from);
    self->n_ssrcs = is_heir ? self->n_ssrcs : 0;
  }
  self->last = now;
  if (!is_heir)
    self->ssrcs[self->n_ssrcs++ % GST_RTC_SDP_RETURN_SSRCS] = ssrc;
  return moves;
}

gboolean
gst_rtc_sdp_return_note_move (
    GstRtcSdpReturn *self, gint64 now, GSocketAddress *left, GSocketAddress *from)
{
  if (self->is_apart || self->address == NULL || !gst_rtc_sdp_address_is_same (self->address, left))
    return FALSE;
  g_set_object (&self->address, from);
  self->last = now;
  return TRUE;
}

void
gst_rtc_sdp_return_note_stream (GstRtcSdpReturn *self, gint64 now, GSocketAddress *from)
{
  if (self->address != NULL && gst_rtc_sdp_address_is_same_host (self->address, from))
    self->streamed = now;
}

void
gst_rtc_sdp_return_clear (GstRtcSdpReturn *self)
{
  g_clear_object (&self->address);
}
