/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/gstrtcsrtpopener.h"

GST_DEBUG_CATEGORY_EXTERN (srtpdec_debug);
#define GST_CAT_DEFAULT srtpdec_debug

void
gst_rtc_srtp_opener_init (GstRtcSrtpOpener *self, gpointer owner, GstRtcSrtpAsk ask)
{
  self->owner = owner;
  self->ask = ask;
  g_mutex_init (&self->lock);
  self->window = GST_RTC_SRTP_DEFAULT_WINDOW;
  self->context = rtc_srtp_context_new (self->window, FALSE);
}

void
gst_rtc_srtp_opener_clear (GstRtcSrtpOpener *self)
{
  rtc_srtp_context_free (self->context);
  rtc_srtp_keyring_unref (self->anybody);
  g_mutex_clear (&self->lock);
}

void
gst_rtc_srtp_opener_reset (GstRtcSrtpOpener *self)
{
  g_mutex_lock (&self->lock);
  rtc_srtp_context_free (self->context);
  self->context = rtc_srtp_context_new (self->window, FALSE);
  g_clear_pointer (&self->anybody, rtc_srtp_keyring_unref);
  self->received = self->dropped = 0;
  g_mutex_unlock (&self->lock);
}

/* -- Keys -------------------------------------------------------------------- */

gboolean
gst_rtc_srtp_opener_take_keys (
    GstRtcSrtpOpener *self, const GstStructure *caps, const guint32 *ssrc)
{
  GError *error = NULL;
  RtcSrtpKeyring *ring = gst_rtc_srtp_keyring_from_caps (caps, &error);
  RtcResult result = RTC_OK;
  guint32 roc;
  gboolean has_roc = gst_structure_get_uint (caps, "roc", &roc);

  if (ring == NULL) {
    GST_WARNING_OBJECT (self->owner, "no key from caps: %s", error->message);
    g_error_free (error);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  if (ssrc != NULL) {
    result = rtc_srtp_context_set_key (self->context, *ssrc, ring, has_roc ? &roc : NULL);
    rtc_srtp_keyring_unref (ring);
  } else {
    rtc_srtp_keyring_unref (self->anybody);
    self->anybody = ring;
  }
  g_mutex_unlock (&self->lock);
  if (result != RTC_OK)
    GST_WARNING_OBJECT (self->owner, "too many SSRCs: %u more than can be told apart", *ssrc);
  return result == RTC_OK;
}

/* Asks the owner; then the caps that named no SSRC. FALSE: nobody knows a key. */
static gboolean
ask_for_key (GstRtcSrtpOpener *self, GstRtcSrtpReason reason, guint32 ssrc)
{
  GstCaps *caps = self->ask (self->owner, reason, ssrc);
  gboolean ok = FALSE;

  if (caps != NULL) {
    ok = gst_caps_get_size (caps) > 0
         && gst_rtc_srtp_opener_take_keys (self, gst_caps_get_structure (caps, 0), &ssrc);
    gst_caps_unref (caps);
    return ok;
  }
  g_mutex_lock (&self->lock);
  if (reason == GST_RTC_SRTP_NO_KEY && self->anybody != NULL)
    ok = rtc_srtp_context_set_key (self->context, ssrc, self->anybody, NULL) == RTC_OK;
  g_mutex_unlock (&self->lock);
  return ok;
}

void
gst_rtc_srtp_opener_clear_keys (GstRtcSrtpOpener *self)
{
  g_mutex_lock (&self->lock);
  rtc_srtp_context_clear (self->context);
  g_clear_pointer (&self->anybody, rtc_srtp_keyring_unref);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_srtp_opener_remove_key (GstRtcSrtpOpener *self, guint ssrc)
{
  g_mutex_lock (&self->lock);
  rtc_srtp_context_remove (self->context, ssrc);
  g_mutex_unlock (&self->lock);
}

/* -- Packets ----------------------------------------------------------------- */

static RtcResult
open_packet (GstRtcSrtpOpener *self, gboolean is_rtcp, guint8 *data, gsize *len)
{
  gboolean is_near_end = FALSE;
  RtcSrtpKeyring *ring;
  RtcResult result;
  guint32 ssrc = 0;

  if (!rtc_srtp_context_read_ssrc (is_rtcp, data, *len, &ssrc))
    return RTC_ERR_PARSE;
  for (guint attempt = 0;; attempt++) {
    g_mutex_lock (&self->lock);
    result = rtc_srtp_context_unprotect (self->context, is_rtcp, data, len);
    ring = rtc_srtp_context_find_key (self->context, ssrc);
    if (result == RTC_OK && ring != NULL)
      is_near_end = rtc_srtp_keyring_steal_soft_limit (ring);
    g_mutex_unlock (&self->lock);
    if (attempt > 0 || (result != RTC_ERR_STATE && result != RTC_ERR_LIMIT))
      break;
    if (!ask_for_key (
            self, result == RTC_ERR_STATE ? GST_RTC_SRTP_NO_KEY : GST_RTC_SRTP_KEY_ENDED, ssrc))
      break;
  }
  if (is_near_end)
    ask_for_key (self, GST_RTC_SRTP_KEY_AGES, ssrc);
  return result;
}

static void
count (GstRtcSrtpOpener *self, RtcResult result)
{
  g_mutex_lock (&self->lock);
  self->received++;
  self->dropped += result != RTC_OK;
  g_mutex_unlock (&self->lock);
}

RtcResult
gst_rtc_srtp_opener_unprotect (GstRtcSrtpOpener *self, gboolean is_rtcp, guint8 *data, gsize *len)
{
  RtcResult result = open_packet (self, is_rtcp, data, len);

  count (self, result);
  return result;
}

void
gst_rtc_srtp_opener_count_unreadable (GstRtcSrtpOpener *self)
{
  count (self, RTC_ERR_PARSE);
}

GstStructure *
gst_rtc_srtp_opener_make_stats (GstRtcSrtpOpener *self)
{
  GstStructure *stats;

  g_mutex_lock (&self->lock);
  stats = gst_rtc_srtp_make_stats (self->context, "application/x-srtp-decoder-stats", TRUE);
  gst_structure_set (stats, "recv-count", G_TYPE_UINT, self->received, "recv-drop-count",
      G_TYPE_UINT, self->dropped, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}
