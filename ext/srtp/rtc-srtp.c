/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp.h"

#include <string.h>

#include <srtp2/srtp.h>

#include "ext/srtp/rtc-srtp-base.h"
#include "gst/rtc/base/rtc-log.h"

/* Each try of a late start derives keys and anybody can provoke it. */
#define MAX_LATE_STARTS 256

static const struct {
  RtcSrtpProfile profile;
  srtp_profile_t library_profile;
} profile_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, srtp_profile_aes128_cm_sha1_80 },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, srtp_profile_aead_aes_128_gcm },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, srtp_profile_aead_aes_256_gcm },
};

typedef struct {
  srtp_t session;
  guint32 ssrcs[RTC_SRTP_MAX_STREAMS]; /* that the library keeps state for */
  guint n_ssrcs;
  guint last; /* place of the SSRC last found */
} SrtpDirection;

typedef struct {
  RtcSrtpBase base;
  srtp_profile_t library_profile;
  guint8 remote_key[RTC_SRTP_MAX_KEY]; /* for late starts; secret */
  guint late_starts;                   /* tried */
  SrtpDirection out;
  SrtpDirection in;
} Srtp;

/* -- Streams ----------------------------------------------------------------- */

static gboolean
direction_has_ssrc (SrtpDirection *self, guint32 ssrc)
{
  if (self->last < self->n_ssrcs && self->ssrcs[self->last] == ssrc)
    return TRUE;
  for (guint i = 0; i < self->n_ssrcs; i++) {
    if (self->ssrcs[i] == ssrc) {
      self->last = i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
direction_add_ssrc (SrtpDirection *self, guint32 ssrc)
{
  if (direction_has_ssrc (self, ssrc) || self->n_ssrcs == RTC_SRTP_MAX_STREAMS)
    return;
  self->last = self->n_ssrcs;
  self->ssrcs[self->n_ssrcs++] = ssrc;
}

/* TRUE when the direction may take another packet of ssrc. */
static gboolean
direction_is_open (SrtpDirection *self, const guint64 n[2], guint32 ssrc, gboolean is_rtcp)
{
  return rtc_srtp_may_use_key (n, is_rtcp)
         && (direction_has_ssrc (self, ssrc) || self->n_ssrcs < RTC_SRTP_MAX_STREAMS);
}

/* Our policy for a profile; key is borrowed. FALSE when the library lacks the profile. */
static gboolean
policy_init (
    srtp_policy_t *policy, srtp_profile_t profile, srtp_ssrc_type_t type, guint32 ssrc, guint8 *key)
{
  memset (policy, 0, sizeof *policy);
  policy->ssrc.type = type;
  policy->ssrc.value = ssrc;
  policy->key = key;
  policy->window_size = RTC_SRTP_REPLAY_WINDOW;
  policy->allow_repeat_tx = 0;
  return srtp_crypto_policy_set_from_profile_for_rtp (&policy->rtp, profile) == srtp_err_status_ok
         && srtp_crypto_policy_set_from_profile_for_rtcp (&policy->rtcp, profile)
                == srtp_err_status_ok;
}

static gboolean
direction_open (
    SrtpDirection *self, srtp_profile_t profile, srtp_ssrc_type_t type, const guint8 *key)
{
  guint8 copy[RTC_SRTP_MAX_KEY]; /* the library's policy wants it writable */
  srtp_policy_t policy;
  gboolean ok;

  memcpy (copy, key, sizeof copy);
  ok = policy_init (&policy, profile, type, 0, copy)
       && srtp_create (&self->session, &policy) == srtp_err_status_ok;
  explicit_bzero (copy, sizeof copy);
  return ok;
}

/* -- The vtable -------------------------------------------------------------- */

static RtcResult
srtp_status_to_result (srtp_err_status_t status)
{
  if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old
      || status == srtp_err_status_pkt_idx_old)
    return RTC_ERR_REPLAY;
  if (status == srtp_err_status_key_expired)
    return RTC_ERR_LIMIT;
  /* GCM reports a bad tag as a cipher failure in some builds of the library. */
  if (status == srtp_err_status_auth_fail || status == srtp_err_status_cipher_fail
      || status == srtp_err_status_no_ctx)
    return RTC_ERR_AUTH;
  return RTC_ERR_PARSE;
}

static RtcResult
srtp_protect_any (Srtp *self, guint8 *data, gsize *len, gsize cap, gboolean is_rtcp)
{
  RtcSrtpBase *base = &self->base;
  gsize trailer = base->suite->tag_len + (is_rtcp ? RTC_SRTP_INDEX_LEN : 0);
  srtp_err_status_t status;
  guint32 ssrc = 0;
  int n = (int) MIN (*len, (gsize) G_MAXINT);

  if ((is_rtcp ? rtc_srtp_parse_rtcp : rtc_srtp_parse_rtp) (data, *len, 0, &ssrc) == 0)
    return rtc_srtp_refuse (base, RTC_ERR_PARSE);
  if (cap < *len || cap - *len < trailer
      || !direction_is_open (&self->out, base->n_out, ssrc, is_rtcp))
    return rtc_srtp_refuse (base, RTC_ERR_LIMIT);
  status = (is_rtcp ? srtp_protect_rtcp : srtp_protect) (self->out.session, data, &n);
  if (status != srtp_err_status_ok)
    return rtc_srtp_refuse (base, srtp_status_to_result (status));
  direction_add_ssrc (&self->out, ssrc);
  base->n_out[is_rtcp]++;
  base->stats.protected_packets++;
  *len = (gsize) n;
  return RTC_OK;
}

/* Tries the packet of an unknown SSRC with a roll-over counter of 1; its stream stays if right. */
static srtp_err_status_t
srtp_unprotect_late_start (Srtp *self, guint32 ssrc, guint8 *data, int *n)
{
  srtp_err_status_t status;
  srtp_policy_t policy;

  self->late_starts++;
  if (!policy_init (&policy, self->library_profile, ssrc_specific, ssrc, self->remote_key)
      || srtp_add_stream (self->in.session, &policy) != srtp_err_status_ok)
    return srtp_err_status_auth_fail;
  status = srtp_set_stream_roc (self->in.session, ssrc, 1);
  if (status == srtp_err_status_ok)
    status = srtp_unprotect (self->in.session, data, n);
  if (status != srtp_err_status_ok)
    srtp_remove_stream (self->in.session, GUINT32_TO_BE (ssrc));
  return status;
}

/* srtp_unprotect() that also finds streams which wrapped before their first packet came. */
static srtp_err_status_t
srtp_unprotect_rtp (Srtp *self, guint32 ssrc, guint8 *data, int *n)
{
  guint8 copy[RTC_MAX_DATAGRAM]; /* a GCM packet that fails is spoilt */
  gsize len = (gsize) *n;
  srtp_err_status_t status;
  gboolean may_be_late = ((guint) data[2] << 8 | data[3]) < RTC_SRTP_LATE_START
                         && len <= sizeof copy && self->late_starts < MAX_LATE_STARTS
                         && !direction_has_ssrc (&self->in, ssrc);

  if (may_be_late)
    memcpy (copy, data, len);
  status = srtp_unprotect (self->in.session, data, n);
  if (status == srtp_err_status_ok || !may_be_late)
    return status;
  memcpy (data, copy, len);
  *n = (int) len;
  return srtp_unprotect_late_start (self, ssrc, data, n);
}

static RtcResult
srtp_unprotect_any (Srtp *self, guint8 *data, gsize *len, gboolean is_rtcp)
{
  RtcSrtpBase *base = &self->base;
  gsize trailer = base->suite->tag_len + (is_rtcp ? RTC_SRTP_INDEX_LEN : 0);
  srtp_err_status_t status;
  guint32 ssrc = 0;
  int n = (int) MIN (*len, (gsize) G_MAXINT);

  if ((is_rtcp ? rtc_srtp_parse_rtcp : rtc_srtp_parse_rtp) (data, *len, trailer, &ssrc) == 0)
    return rtc_srtp_refuse (base, RTC_ERR_PARSE);
  if (is_rtcp && (rtc_srtp_read_index (base->suite, data, *len) & RTC_SRTP_E_FLAG) == 0)
    return rtc_srtp_refuse (base, RTC_ERR_AUTH);
  if (!direction_is_open (&self->in, base->n_in, ssrc, is_rtcp))
    return rtc_srtp_refuse (base, RTC_ERR_LIMIT);
  status = is_rtcp ? srtp_unprotect_rtcp (self->in.session, data, &n)
                   : srtp_unprotect_rtp (self, ssrc, data, &n);
  if (status != srtp_err_status_ok)
    return rtc_srtp_refuse (base, srtp_status_to_result (status));
  direction_add_ssrc (&self->in, ssrc);
  base->n_in[is_rtcp]++;
  base->stats.unprotected_packets++;
  *len = (gsize) n;
  return RTC_OK;
}

static RtcResult
srtp_protect_rtp_packet (RtcSrtp *iface, guint8 *data, gsize *len, gsize cap)
{
  return srtp_protect_any ((Srtp *) iface, data, len, cap, FALSE);
}

static RtcResult
srtp_protect_rtcp_packet (RtcSrtp *iface, guint8 *data, gsize *len, gsize cap)
{
  return srtp_protect_any ((Srtp *) iface, data, len, cap, TRUE);
}

static RtcResult
srtp_unprotect_rtp_packet (RtcSrtp *iface, guint8 *data, gsize *len)
{
  return srtp_unprotect_any ((Srtp *) iface, data, len, FALSE);
}

static RtcResult
srtp_unprotect_rtcp_packet (RtcSrtp *iface, guint8 *data, gsize *len)
{
  return srtp_unprotect_any ((Srtp *) iface, data, len, TRUE);
}

static void
srtp_free (RtcSrtp *iface)
{
  Srtp *self = (Srtp *) iface;

  if (self == NULL)
    return;
  /* The library clears its keys. */
  if (self->out.session != NULL)
    srtp_dealloc (self->out.session);
  if (self->in.session != NULL)
    srtp_dealloc (self->in.session);
  explicit_bzero (self->remote_key, sizeof self->remote_key);
  g_free (self);
}

static const RtcSrtpVTable srtp_vtable = {
  .name = "libsrtp2",
  .free = srtp_free,
  .protect_rtp = srtp_protect_rtp_packet,
  .protect_rtcp = srtp_protect_rtcp_packet,
  .unprotect_rtp = srtp_unprotect_rtp_packet,
  .unprotect_rtcp = srtp_unprotect_rtcp_packet,
};

/* -- Creation ---------------------------------------------------------------- */

static srtp_profile_t
find_library_profile (RtcSrtpProfile profile)
{
  for (gsize i = 0; i < G_N_ELEMENTS (profile_table); i++)
    if (profile_table[i].profile == profile)
      return profile_table[i].library_profile;
  return srtp_profile_reserved;
}

static RtcSrtp *
factory_create (RtcSrtpFactory *factory, const RtcSrtpKeys *keys, GError **error)
{
  const RtcSrtpSuite *suite = rtc_srtp_suite_find (keys, error);
  Srtp *self;

  if (suite == NULL)
    return NULL;
  self = g_new0 (Srtp, 1);
  self->base.iface.vtable = &srtp_vtable;
  self->base.suite = suite;
  self->library_profile = find_library_profile (keys->profile);
  memcpy (self->remote_key, keys->remote_key, sizeof self->remote_key);
  if (direction_open (&self->out, self->library_profile, ssrc_any_outbound, keys->local_key)
      && direction_open (&self->in, self->library_profile, ssrc_any_inbound, keys->remote_key))
    return &self->base.iface;
  srtp_free (&self->base.iface);
  rtc_error (
      error, RTC_ERR_BACKEND, "libsrtp2 was built without SRTP profile %#06x", keys->profile);
  return NULL;
}

/* Once per process and never shut down: another user of the library (GStreamer's own srtp
 * plugin) may live in the same process, and the library does not count. */
static gpointer
srtp_init_library (gpointer unused)
{
  guint8 key[SRTP_AES_ICM_128_KEY_LEN_WSALT] = { 0 };
  srtp_policy_t policy = { 0 };
  srtp_t probe;

  if (srtp_init () == srtp_err_status_ok)
    return GINT_TO_POINTER (TRUE);
  /* libsrtp 2.5 refuses to be initialised twice (its debug modules are there already), so a failure
   * may just mean that the other user came first: what counts is whether a session can be made. */
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 (&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 (&policy.rtcp);
  policy.ssrc.type = ssrc_any_outbound;
  policy.key = key;
  if (srtp_create (&probe, &policy) != srtp_err_status_ok)
    return GINT_TO_POINTER (FALSE);
  srtp_dealloc (probe);
  return GINT_TO_POINTER (TRUE);
}

RtcSrtpFactory *
rtc_srtp_factory_new (GError **error)
{
  static GOnce once = G_ONCE_INIT;
  RtcSrtpFactory *self;

  rtc_log_init ();
  if (g_once (&once, srtp_init_library, NULL) == NULL) {
    rtc_error (error, RTC_ERR_BACKEND, "libsrtp2 does not start: its self-tests failed");
    return NULL;
  }
  self = g_new0 (RtcSrtpFactory, 1);
  self->name = "libsrtp2";
  self->create = factory_create;
  return self;
}

void
rtc_srtp_factory_free (RtcSrtpFactory *self)
{
  g_free (self);
}
