/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-consent.h - when to ask for the peer's consent and when it is over (RFC 7675 5.1).
 *
 *   answer                                                  last answer + 30 s
 *   |<-- 4..6 s -->|<- 4..4.5 s ->|<- 4..4.5 s ->| ...        |
 *                  check          check          check        expired
 *
 * A check is one Binding request, sent once ("transmitted once only") with a transaction id of its
 * own; an answer counts whichever of the requests of the last 30 s it belongs to. So a lost check
 * or answer is nothing, and only six in a row end a call. An answered check is followed by the next
 * one after 4..6 s, one that is not after 4..4.5 s.
 *
 * libnice 0.1.21's own checks are switched off: it gives a pair up after 10 s, that is two lost
 * ones, tells nothing of an answer, and keeps each id that was not answered in a table of 200,
 * after which it sends no more.
 *
 * Pure: time and random numbers are passed in. Network thread. */
#pragma once

#include <gst/gst.h>
#include "ext/nice/rtc-nice-stun.h"

G_BEGIN_DECLS

/* RTC_NICE_MAX_CHECKS: unanswered ones that may still be answered: 30 s / 4 s, and one. */
#define RTC_NICE_MAX_CHECKS 9

typedef struct {
  GstClockTime sent; /* NONE: unused */
  guint8 id[RTC_STUN_ID_BYTES];
} RtcNiceConsentCheck;

typedef struct {
  GstClockTime last_answer;   /* NONE: there is no pair yet, nothing to check and to expire */
  GstClockTime next_check;    /* as long as the last one is not answered */
  GstClockTime regular_check; /* when it is */
  RtcNiceConsentCheck checks[RTC_NICE_MAX_CHECKS]; /* ring */
  guint next;                                      /* of checks, the one to use next */
  gboolean in_doubt; /* RTC_NICE_CONSENT_DOUBT was said, and no answer has come since */
  gboolean is_over;  /* nothing may be sent any more */
} RtcNiceConsent;

typedef enum {
  RTC_NICE_CONSENT_KEPT,    /* nothing to do now */
  RTC_NICE_CONSENT_CHECK,   /* send a check, then handle_sent() */
  RTC_NICE_CONSENT_DOUBT,   /* the peer seems gone: no answer for 10 s, nothing else for 5 s */
  RTC_NICE_CONSENT_EXPIRED, /* 30 s without an answer: is_over from now on */
} RtcNiceConsentVerdict;

/* No pair, nothing outstanding. */
void rtc_nice_consent_init (RtcNiceConsent *self);

/* ICE has chosen a pair, which gives consent (RFC 7675 5.1: "Initial consent ... is obtained using
 * ICE"). random: uniform in [0, 1). Also for each later pair, and after the end. */
void rtc_nice_consent_begin (RtcNiceConsent *self, GstClockTime now, gdouble random);

/* What is due at now. last_heard: when a datagram came from the peer last; NONE: never. */
RtcNiceConsentVerdict rtc_nice_consent_handle_timeout (RtcNiceConsent *self, GstClockTime now,
    GstClockTime last_heard);

/* A check with that id was sent, or could not be. random: uniform in [0, 1). */
void rtc_nice_consent_handle_sent (RtcNiceConsent *self, GstClockTime now, const guint8 *id,
    gdouble random);

/* Whether any check may still be answered, and whether the one with that id may. */
gboolean rtc_nice_consent_is_waiting (const RtcNiceConsent *self, GstClockTime now);
gboolean rtc_nice_consent_expects (const RtcNiceConsent *self, GstClockTime now, const guint8 *id);

/* An authentic answer to the check with that id, which is expected. Forgets the id, so that an
 * answer counts once. Returns how long the answer took. */
GstClockTime rtc_nice_consent_handle_answer (RtcNiceConsent *self, GstClockTime now,
    const guint8 *id, RtcNiceStunAnswer answer);

/* When to call handle_timeout() next; NONE: never. */
GstClockTime rtc_nice_consent_next_deadline (const RtcNiceConsent *self, GstClockTime last_heard);

G_END_DECLS
