/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-context.h - one direction of SRTP with every choice that RFC 3711 leaves: any cipher and
 * authentication, keys that change, MKIs, a roll-over counter given from outside, several SSRCs
 * with keys of their own. What srtpenc and srtpdec are made of; sessions of WebRTC, which need none
 * of that, use rtc-srtp-iface.h.
 *
 * No I/O, clock or thread. An SSRC's state (highest index, what has been used) outlives its key: a
 * new key goes on at the same roll-over counter. Nothing is noted before a packet has proved
 * authentic. Every length is checked first. Thread: one at a time; the caller locks. */
#pragma once

#include "ext/srtp/rtc-srtp-keyring.h"

G_BEGIN_DECLS

/* RTC_SRTP_CONTEXT_MAX_STREAMS: SSRCs of one context. Full, an SSRC whose key was set but of which
 * nothing authentic ever came makes way. */
#define RTC_SRTP_CONTEXT_MAX_STREAMS 1024

#define RTC_SRTP_MIN_WINDOW 64
#define RTC_SRTP_MAX_WINDOW 32768

typedef struct _RtcSrtpContext RtcSrtpContext;

typedef struct {
  guint32 ssrc;
  guint32 roc;
  guint64 received;  /* packets given to unprotect() */
  guint64 dropped;   /* of them, not accepted */
} RtcSrtpStreamInfo;

/* RtcSrtpContextStats: of all SSRCs, also of those that have no state. */
typedef struct {
  guint64 done;           /* protected or accepted */
  guint64 auth_failures;  /* also an unknown MKI, and RTCP whose encryption was taken off */
  guint64 replays;        /* seen before, or older than the window; when sending: used before */
  guint64 malformed;      /* not RTP or RTCP, or too short for its trailer */
  guint64 over_limit;     /* key lifetime over, no room, or too many SSRCs */
  guint64 keyless;        /* no key for the SSRC */
} RtcSrtpContextStats;

/* window: packets of the replay window, RTC_SRTP_MIN_WINDOW to RTC_SRTP_MAX_WINDOW, for RTP and for
 * RTCP; other values are taken into that range. may_repeat: protect() makes a packet of an index
 * that has been used once more, if it is within the window (the same payload, or two payloads can
 * be had from one another). */
RtcSrtpContext *rtc_srtp_context_new (guint window, gboolean may_repeat);
void rtc_srtp_context_free (RtcSrtpContext *self); /* (nullable) */

/* The key of every SSRC that has none of its own; NULL: none. Replacing it goes for SSRCs already
 * met, which keep their counters. A ring equal to the one there changes nothing. (transfer none) */
void rtc_srtp_context_set_default (RtcSrtpContext *self, RtcSrtpKeyring *keyring);

/* The key of one SSRC. roc (nullable): its roll-over counter, when the SSRC or the key is new;
 * else, and with NULL, the counter stays (0 for a new SSRC). A ring equal to the one there changes
 * nothing. RTC_ERR_LIMIT: too many SSRCs. (transfer none) */
RtcResult rtc_srtp_context_set_key (
    RtcSrtpContext *self, guint32 ssrc, RtcSrtpKeyring *keyring, const guint32 *roc);

/* (transfer none), NULL: the SSRC has no key, not even the default. */
RtcSrtpKeyring *rtc_srtp_context_find_key (RtcSrtpContext *self, guint32 ssrc);

/* FALSE: never met. */
gboolean rtc_srtp_context_get_roc (RtcSrtpContext *self, guint32 ssrc, guint32 *roc);

/* Forgets an SSRC, or all of them and the default. */
void rtc_srtp_context_remove (RtcSrtpContext *self, guint32 ssrc);
void rtc_srtp_context_clear (RtcSrtpContext *self);

/* Reads the SSRC that a key is needed for. FALSE: not RTP (RTCP). */
gboolean rtc_srtp_context_read_ssrc (
    gboolean is_rtcp, const guint8 *data, gsize len, guint32 *ssrc);

/* Protects the len bytes at in to out, which may be in, else does not overlap it; room: bytes there
 * are at out. *out_len bytes are made. RTC_ERR_STATE: no key; RTC_ERR_LIMIT: the key's lifetime
 * over, or no room, or too many SSRCs; RTC_ERR_REPLAY: the index was used; RTC_ERR_PARSE. Other
 * than RTC_OK out may be spoilt: drop. */
RtcResult rtc_srtp_context_protect (RtcSrtpContext *self, gboolean is_rtcp, const guint8 *in,
    gsize len, guint8 *out, gsize room, gsize *out_len);

/* Accepts a packet in place; *len shrinks. RTC_ERR_STATE: no key, ask for one and try again (the
 * packet is as it was); RTC_ERR_LIMIT: the key's lifetime is over, the same; RTC_ERR_AUTH,
 * _REPLAY, _PARSE: drop, the packet may be spoilt. */
RtcResult rtc_srtp_context_unprotect (
    RtcSrtpContext *self, gboolean is_rtcp, guint8 *data, gsize *len);

void rtc_srtp_context_get_stats (const RtcSrtpContext *self, RtcSrtpContextStats *out);

/* (transfer full): RtcSrtpStreamInfo, in no order. */
GArray *rtc_srtp_context_list (RtcSrtpContext *self);

G_END_DECLS
