/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-private.h - one libnice agent as rtc-nice*.c share it.
 *
 * Network thread only. libnice's signals come from two places: from inside of a call that the
 * core made (in_call > 0: the core polls afterwards anyhow) and from the context's sources (then
 * the core has to be woken). */
#pragma once

#include <nice/agent.h>
#include "ext/nice/rtc-nice.h"

G_BEGIN_DECLS

/* RTC_NICE_MAX_PACKETS: received datagrams held until the core polls; more are dropped. */
#define RTC_NICE_MAX_PACKETS 512

typedef struct {
  RtcIceFactory parent;
  GMainContext *context;
  guint n_agents; /* alive or still closing */
} RtcNiceFactory;

/* RtcNiceConsent: when the peer's consent to receive ends (RFC 7675 5.1), seen through what
 * libnice 0.1.21 tells: "failed" 10 s after the last answered check, or at a 403. */
typedef struct {
  GstClockTime armed;    /* when libnice's 10 s were last begun anew by us; NONE: not since loss */
  GstClockTime expires;  /* when consent is over for good; NONE: none was lost */
  gboolean rearm;        /* libnice is to be set going again in handle_timeout() */
  gboolean is_over;      /* nothing may be sent any more */
} RtcNiceConsent;

typedef struct {
  RtcIce parent;
  RtcNiceFactory *factory;
  RtcIceConfig config; /* servers: own copy */
  RtcIceServer *servers;
  NiceAgent *agent;
  guint stream;
  gchar ufrag[16], pwd[32];
  gchar remote_ufrag[257];

  GQueue events; /* RtcIceEvent * */
  guint n_packets;
  guint in_call;

  RtcIceState state;
  gboolean gathering, gathered_once, has_remote, end_of_candidates, remote_done, was_connected;
  gboolean loopback_ok; /* we gather on loopback, so its addresses are fit for the peer too */
  guint n_addresses;

  /* Remote candidates on their way into libnice; see rtc_nice_feed(). */
  GQueue waiting; /* RtcCandidate * */
  guint n_remote; /* ever accepted */
  guint tokens;
  GstClockTime next_token;

  RtcNiceConsent consent;
  RtcIceStats stats;
} RtcNice;

/* rtc-nice-consent.c ------------------------------------------------------------------------- */

void rtc_nice_consent_init (RtcNiceConsent *self);

/* libnice said "failed" at now on a connection that had worked. TRUE: consent is over (revoked,
 * or 30 s are up); FALSE: it may come back, *self wants to be re-armed. */
gboolean rtc_nice_consent_handle_failure (RtcNiceConsent *self, GstClockTime now);

/* libnice was set going again at now. */
void rtc_nice_consent_rearmed (RtcNiceConsent *self, GstClockTime now);

typedef enum {
  RTC_NICE_CONSENT_KEPT,    /* nothing changed */
  RTC_NICE_CONSENT_BACK,    /* the peer answers again */
  RTC_NICE_CONSENT_EXPIRED, /* 30 s without an answer */
} RtcNiceConsentVerdict;

RtcNiceConsentVerdict rtc_nice_consent_handle_timeout (RtcNiceConsent *self, GstClockTime now);
GstClockTime rtc_nice_consent_next_deadline (const RtcNiceConsent *self);

G_END_DECLS
