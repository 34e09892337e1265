/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/gstrtcsrtpsealer.h"

#include <openssl/rand.h>

void
gst_rtc_srtp_sealer_init (GstRtcSrtpSealer *self)
{
  g_mutex_init (&self->lock);
  self->window = GST_RTC_SRTP_DEFAULT_WINDOW;
  self->context = rtc_srtp_context_new (self->window, FALSE);
  for (guint i = 0; i < 2; i++) {
    self->security.cipher[i] = RTC_SRTP_CIPHER_AES_128_ICM;
    self->security.auth[i] = RTC_SRTP_AUTH_HMAC_SHA1_80;
  }
}

void
gst_rtc_srtp_sealer_renew (GstRtcSrtpSealer *self)
{
  g_clear_pointer (&self->keyring, rtc_srtp_keyring_unref);
}

void
gst_rtc_srtp_sealer_clear (GstRtcSrtpSealer *self)
{
  gst_clear_buffer (&self->key);
  gst_clear_buffer (&self->mki);
  gst_rtc_srtp_sealer_renew (self);
  rtc_srtp_context_free (self->context);
  g_mutex_clear (&self->lock);
}

/* -- Keys -------------------------------------------------------------------- */

/* Lock held. */
static gboolean
make_random_key (GstRtcSrtpSealer *self)
{
  gsize len = rtc_srtp_security_key_len (&self->security);
  guint8 *bytes = g_malloc (len);

  if (RAND_bytes (bytes, (int) len) != 1) {
    g_free (bytes);
    return FALSE;
  }
  gst_clear_buffer (&self->key);
  self->key = gst_buffer_new_wrapped (bytes, len);
  return TRUE;
}

/* Makes the keyring when a property asks for a new one; lock held. FALSE with *error. */
static gboolean
ensure_keyring (GstRtcSrtpSealer *self, GError **error)
{
  gsize wanted = rtc_srtp_security_key_len (&self->security);

  if (self->keyring != NULL)
    return TRUE;
  if (self->random_key && wanted > 0
      && (self->key == NULL || gst_buffer_get_size (self->key) != wanted)
      && !make_random_key (self)) {
    rtc_error (error, RTC_ERR_BACKEND, "No random numbers for a key");
    return FALSE;
  }
  if (wanted > 0 && self->key == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "Cipher is not NULL, key must be set");
    return FALSE;
  }
  self->keyring = gst_rtc_srtp_keyring_new (
      &self->security, wanted > 0 ? self->key : NULL, self->mki, TRUE, error);
  if (self->keyring == NULL)
    return FALSE;
  rtc_srtp_context_set_default (self->context, self->keyring);
  self->key_turn++;
  return TRUE;
}

gboolean
gst_rtc_srtp_sealer_start (GstRtcSrtpSealer *self, GError **error)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  rtc_srtp_context_free (self->context);
  self->context = rtc_srtp_context_new (self->window, self->allow_repeat);
  gst_rtc_srtp_sealer_renew (self);
  ok = ensure_keyring (self, error);
  g_mutex_unlock (&self->lock);
  return ok;
}

gboolean
gst_rtc_srtp_sealer_is_current (GstRtcSrtpSealer *self, guint key_turn)
{
  gboolean is_current;

  g_mutex_lock (&self->lock);
  is_current = self->keyring != NULL && key_turn == self->key_turn;
  g_mutex_unlock (&self->lock);
  return is_current;
}

/* Lock held. roc is what somebody who joins late, or takes each key for a new stream, cannot
 * know. */
static GstCaps *
make_caps_locked (GstRtcSrtpSealer *self, gboolean is_rtcp, GstCaps *caps)
{
  const RtcSrtpSecurity *security = rtc_srtp_keyring_get_security (self->keyring);
  GstStructure *s = gst_caps_get_structure (caps, 0);
  guint32 roc = 0;
  guint ssrc;
  gboolean has_roc = gst_structure_get_uint (s, "ssrc", &ssrc)
                     && rtc_srtp_context_get_roc (self->context, ssrc, &roc) && roc > 0;

  return gst_rtc_srtp_caps_protect (caps, is_rtcp, security,
      rtc_srtp_security_key_len (security) > 0 ? self->key : NULL, self->mki,
      has_roc ? &roc : NULL);
}

GstCaps *
gst_rtc_srtp_sealer_make_caps (
    GstRtcSrtpSealer *self, gboolean is_rtcp, GstCaps *caps, guint *key_turn, GError **error)
{
  GstCaps *out = NULL;

  g_mutex_lock (&self->lock);
  if (ensure_keyring (self, error)) {
    out = make_caps_locked (self, is_rtcp, caps);
    *key_turn = self->key_turn;
  }
  g_mutex_unlock (&self->lock);
  return out;
}

/* -- Packets ----------------------------------------------------------------- */

/* Lock held. */
static RtcResult
protect_locked (GstRtcSrtpSealer *self, gboolean is_rtcp, GstBuffer *in, GstBuffer **out)
{
  gsize room = gst_buffer_get_size (in) + rtc_srtp_keyring_overhead (self->keyring, is_rtcp);
  GstBuffer *made = gst_buffer_new_allocate (NULL, room, NULL);
  GstMapInfo from, to;
  gsize len = 0;
  RtcResult result = RTC_ERR_PARSE;

  if (made == NULL || !gst_buffer_map (made, &to, GST_MAP_WRITE)) {
    gst_clear_buffer (&made);
    return RTC_ERR_LIMIT;
  }
  if (gst_buffer_n_memory (in) > 1) {
    /* Mapping would gather the parts in a buffer of its own first. */
    gsize n = gst_buffer_extract (in, 0, to.data, room);

    result = rtc_srtp_context_protect (self->context, is_rtcp, to.data, n, to.data, room, &len);
  } else if (gst_buffer_map (in, &from, GST_MAP_READ)) {
    result = rtc_srtp_context_protect (
        self->context, is_rtcp, from.data, from.size, to.data, room, &len);
    gst_buffer_unmap (in, &from);
  }
  gst_buffer_unmap (made, &to);
  if (result == RTC_OK) {
    gst_buffer_set_size (made, (gssize) len);
    gst_buffer_copy_into (made, in, GST_BUFFER_COPY_METADATA, 0, -1);
    *out = made;
  } else
    gst_buffer_unref (made);
  return result;
}

RtcResult
gst_rtc_srtp_sealer_protect (GstRtcSrtpSealer *self, gboolean is_rtcp, GstBuffer *in,
    GstBuffer **out, gboolean *is_near_end, GError **error)
{
  RtcResult result = RTC_ERR_STATE;

  *out = NULL;
  *is_near_end = FALSE;
  g_mutex_lock (&self->lock);
  if (ensure_keyring (self, error)) {
    result = protect_locked (self, is_rtcp, in, out);
    *is_near_end = rtc_srtp_keyring_steal_soft_limit (self->keyring);
  }
  g_mutex_unlock (&self->lock);
  return result;
}
