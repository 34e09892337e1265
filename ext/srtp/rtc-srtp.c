/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp.h"

#include <string.h>

#include <srtp2/srtp.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-log.h"

/* RFC 3711 3.3.2 asks for 64 at least; a key frame at 50 Mbit/s is 1000 packets. */
#define REPLAY_WINDOW 1024

/* RFC 3711 9.2: "the maximum number of packets secured under the same key is at most 2^48 SRTP
 * packets, 2^31 SRTCP packets (whichever occurs before)". */
#define KEY_LIMIT_RTP (G_GUINT64_CONSTANT (1) << 48)
#define KEY_LIMIT_RTCP (G_GUINT64_CONSTANT (1) << 31)

#define SRTCP_INDEX 4

/* A receiver that meets a sender after its first wrap takes the roll-over counter for 0 where it
 * is 1 (RFC 3711 3.3.1 leaves it to key management, RFC 5764 says nothing). So a packet of an
 * SSRC never seen, numbered below LATE_START_SEQ, that fails is tried once more with 1; at most
 * MAX_LATE_STARTS times, since each try derives keys and anybody can provoke it. */
#define LATE_START_SEQ 1024
#define MAX_LATE_STARTS 256

/* Lengths by profile, bytes: RFC 5764 4.1.2, RFC 7714 12 and 13. */
static const struct {
  RtcSrtpProfile profile;
  srtp_profile_t library_profile;
  gsize key_len;
  gsize tag;
  gboolean index_last; /* the SRTCP index follows the tag (RFC 7714 17), not before it */
} profile_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, srtp_profile_aes128_cm_sha1_80, 30, 10, FALSE },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, srtp_profile_aead_aes_128_gcm, 28, 16, TRUE },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, srtp_profile_aead_aes_256_gcm, 44, 16, TRUE },
};

typedef struct {
  srtp_t session;
  guint64 n_rtp; /* packets that the key has secured */
  guint64 n_rtcp;
  guint32 ssrcs[RTC_SRTP_MAX_STREAMS]; /* that the library keeps state for */
  guint n_ssrcs;
  guint last; /* place of the SSRC last found */
} SrtpDirection;

typedef struct {
  RtcSrtp iface;
  gsize tag;
  gboolean index_last;
  srtp_profile_t library_profile;
  guint8 remote_key[RTC_SRTP_MAX_KEY]; /* for late starts; secret */
  guint late_starts;                   /* tried */
  SrtpDirection out;
  SrtpDirection in;
  RtcSrtpStats stats;
} Srtp;

/* -- Lengths before the library ---------------------------------------------- */

/* TRUE when data starts with a whole RTP header (RFC 3550 5.1, 5.3.1) and trailer more bytes
 * follow it; *ssrc is set.
 *
 *    0                   1                   2                   3
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   |                           timestamp                           |
 *   |                             SSRC                              |
 *   |                    CSRC, CC times 4 bytes                     |
 *   |     defined by profile (X)    |     words that follow (X)     | */
static gboolean
parse_rtp (const guint8 *data, gsize len, gsize trailer, guint32 *ssrc)
{
  RtcReader r = rtc_reader (data, len);
  guint8 first = rtc_reader_u8 (&r);

  rtc_reader_bytes (&r, 7);
  *ssrc = rtc_reader_u32 (&r);
  rtc_reader_bytes (&r, (gsize) (first & 15) * 4);
  if ((first & 0x10) != 0) {
    rtc_reader_bytes (&r, 2);
    rtc_reader_bytes (&r, (gsize) rtc_reader_u16 (&r) * 4);
  }
  return r.ok && first >> 6 == 2 && len <= G_MAXINT && rtc_reader_left (&r) >= trailer;
}

/* As parse_rtp() for the header and sender SSRC of RTCP (RFC 3550 6.4.1). */
static gboolean
parse_rtcp (const guint8 *data, gsize len, gsize trailer, guint32 *ssrc)
{
  RtcReader r = rtc_reader (data, len);
  guint8 first = rtc_reader_u8 (&r);

  rtc_reader_bytes (&r, 3);
  *ssrc = rtc_reader_u32 (&r);
  return r.ok && first >> 6 == 2 && len <= G_MAXINT && rtc_reader_left (&r) >= trailer;
}

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
direction_is_open (SrtpDirection *self, guint32 ssrc, gboolean is_rtcp)
{
  if (is_rtcp ? self->n_rtcp >= KEY_LIMIT_RTCP : self->n_rtp >= KEY_LIMIT_RTP)
    return FALSE;
  return direction_has_ssrc (self, ssrc) || self->n_ssrcs < RTC_SRTP_MAX_STREAMS;
}

static void
direction_count (SrtpDirection *self, guint32 ssrc, gboolean is_rtcp)
{
  direction_add_ssrc (self, ssrc);
  if (is_rtcp)
    self->n_rtcp++;
  else
    self->n_rtp++;
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
  policy->window_size = REPLAY_WINDOW;
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
srtp_count_failure (Srtp *self, srtp_err_status_t status)
{
  if (status == srtp_err_status_auth_fail) {
    self->stats.auth_failures++;
    return RTC_ERR_AUTH;
  }
  if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old
      || status == srtp_err_status_pkt_idx_old) {
    self->stats.replays++;
    return RTC_ERR_REPLAY;
  }
  if (status == srtp_err_status_key_expired) {
    self->stats.over_limit++;
    return RTC_ERR_LIMIT;
  }
  /* GCM reports a bad tag as a cipher failure in some builds of the library. */
  if (status == srtp_err_status_cipher_fail || status == srtp_err_status_no_ctx) {
    self->stats.auth_failures++;
    return RTC_ERR_AUTH;
  }
  self->stats.malformed++;
  return RTC_ERR_PARSE;
}

static RtcResult
srtp_malformed (Srtp *self)
{
  self->stats.malformed++;
  return RTC_ERR_PARSE;
}

static RtcResult
srtp_over_limit (Srtp *self)
{
  self->stats.over_limit++;
  return RTC_ERR_LIMIT;
}

static RtcResult
srtp_protect_any (Srtp *self, guint8 *data, gsize *len, gsize cap, gboolean is_rtcp)
{
  gsize trailer = self->tag + (is_rtcp ? SRTCP_INDEX : 0);
  srtp_err_status_t status;
  guint32 ssrc = 0;
  int n = (int) MIN (*len, (gsize) G_MAXINT);

  if (!(is_rtcp ? parse_rtcp : parse_rtp) (data, *len, 0, &ssrc))
    return srtp_malformed (self);
  if (cap < *len || cap - *len < trailer || !direction_is_open (&self->out, ssrc, is_rtcp))
    return srtp_over_limit (self);
  status = (is_rtcp ? srtp_protect_rtcp : srtp_protect) (self->out.session, data, &n);
  if (status != srtp_err_status_ok)
    return srtp_count_failure (self, status);
  direction_count (&self->out, ssrc, is_rtcp);
  self->stats.protected_packets++;
  *len = (gsize) n;
  return RTC_OK;
}

/* RFC 3711 3.4: the E flag is the first bit of the word that holds the SRTCP index. WebRTC
 * encrypts always (RFC 8827 6.5), so a packet without it is not from our peer. */
static gboolean
srtcp_is_encrypted (const Srtp *self, const guint8 *data, gsize len)
{
  return (data[len - SRTCP_INDEX - (self->index_last ? 0 : self->tag)] & 0x80) != 0;
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
  gboolean may_be_late = ((guint) data[2] << 8 | data[3]) < LATE_START_SEQ && len <= sizeof copy
                         && self->late_starts < MAX_LATE_STARTS
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
  gsize trailer = self->tag + (is_rtcp ? SRTCP_INDEX : 0);
  srtp_err_status_t status;
  guint32 ssrc = 0;
  int n = (int) MIN (*len, (gsize) G_MAXINT);

  if (!(is_rtcp ? parse_rtcp : parse_rtp) (data, *len, trailer, &ssrc))
    return srtp_malformed (self);
  if (is_rtcp && !srtcp_is_encrypted (self, data, *len)) {
    self->stats.auth_failures++;
    return RTC_ERR_AUTH;
  }
  if (!direction_is_open (&self->in, ssrc, is_rtcp))
    return srtp_over_limit (self);
  status = is_rtcp ? srtp_unprotect_rtcp (self->in.session, data, &n)
                   : srtp_unprotect_rtp (self, ssrc, data, &n);
  if (status != srtp_err_status_ok)
    return srtp_count_failure (self, status);
  direction_count (&self->in, ssrc, is_rtcp);
  self->stats.unprotected_packets++;
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

static RtcSrtp *
factory_create (RtcSrtpFactory *factory, const RtcSrtpKeys *keys, GError **error)
{
  Srtp *self;

  for (gsize i = 0; i < G_N_ELEMENTS (profile_table); i++) {
    if (profile_table[i].profile != keys->profile || profile_table[i].key_len != keys->key_len)
      continue;
    self = g_new0 (Srtp, 1);
    self->iface.vtable = &srtp_vtable;
    self->tag = profile_table[i].tag;
    self->index_last = profile_table[i].index_last;
    self->library_profile = profile_table[i].library_profile;
    memcpy (self->remote_key, keys->remote_key, sizeof self->remote_key);
    if (direction_open (
            &self->out, profile_table[i].library_profile, ssrc_any_outbound, keys->local_key)
        && direction_open (
            &self->in, profile_table[i].library_profile, ssrc_any_inbound, keys->remote_key))
      return &self->iface;
    srtp_free (&self->iface);
    rtc_error (
        error, RTC_ERR_BACKEND, "libsrtp2 was built without SRTP profile %#06x", keys->profile);
    return NULL;
  }
  rtc_error (error, RTC_ERR_UNSUPPORTED,
      "SRTP profile %#06x with a key of %" G_GSIZE_FORMAT " bytes is not one we know",
      keys->profile, keys->key_len);
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

void
rtc_srtp_get_stats (RtcSrtp *iface, RtcSrtpStats *out)
{
  *out = ((Srtp *) iface)->stats;
}

void
rtc_srtp_set_key_usage (RtcSrtp *iface, guint64 rtp_packets, guint64 rtcp_packets)
{
  Srtp *self = (Srtp *) iface;

  self->out.n_rtp = self->in.n_rtp = rtp_packets;
  self->out.n_rtcp = self->in.n_rtcp = rtcp_packets;
}
