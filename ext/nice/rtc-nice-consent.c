/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice-consent.h"

#include <string.h>
#include "ext/nice/rtc-nice.h"
#include "gst/rtc/base/rtc-time.h"

/* RFC 7675 5.1: "Implementations SHOULD set a default interval of 5 seconds", "each interval MUST
 * be randomized from between 0.8 and 1.2 times the basic period", and never below 4 s. */
#define BASIC_PERIOD (5 * GST_SECOND)
#define MIN_FACTOR 0.8
#define MAX_FACTOR 1.2

/* Until a check is answered the next one is planned for the first quarter of the range, 4..4.5 s:
 * that makes it six of them, not five, in which one has to get through. */
#define UNANSWERED_PART 0.25

/* Two answers are missing, which loss alone does now and then; so nothing else may come either. A
 * peer who only receives sends its RTCP reports at least as often as QUIET. */
#define DOUBT (10 * GST_SECOND)
#define QUIET (5 * GST_SECOND)

static GstClockTime
consent_interval (gdouble random)
{
  return (
      GstClockTime) ((gdouble) BASIC_PERIOD * (MIN_FACTOR + (MAX_FACTOR - MIN_FACTOR) * random));
}

void
rtc_nice_consent_init (RtcNiceConsent *self)
{
  memset (self, 0, sizeof *self);
  self->last_answer = self->next_check = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < RTC_NICE_MAX_CHECKS; i++)
    self->checks[i].sent = GST_CLOCK_TIME_NONE;
}

void
rtc_nice_consent_begin (RtcNiceConsent *self, GstClockTime now, gdouble random)
{
  rtc_nice_consent_init (self);
  self->last_answer = now;
  self->next_check = self->regular_check = now + consent_interval (random);
}

static GstClockTime
consent_doubt_time (const RtcNiceConsent *self, GstClockTime last_heard)
{
  GstClockTime doubt = self->last_answer + DOUBT;

  return last_heard == GST_CLOCK_TIME_NONE ? doubt : MAX (doubt, last_heard + QUIET);
}

RtcNiceConsentVerdict
rtc_nice_consent_handle_timeout (RtcNiceConsent *self, GstClockTime now, GstClockTime last_heard)
{
  if (self->is_over || self->last_answer == GST_CLOCK_TIME_NONE)
    return RTC_NICE_CONSENT_KEPT;
  if (now >= self->last_answer + RTC_NICE_CONSENT_TIMEOUT) {
    self->is_over = TRUE;
    return RTC_NICE_CONSENT_EXPIRED;
  }
  if (rtc_time_is_due (self->next_check, now))
    return RTC_NICE_CONSENT_CHECK;
  if (!self->in_doubt && now >= consent_doubt_time (self, last_heard)) {
    self->in_doubt = TRUE;
    return RTC_NICE_CONSENT_DOUBT;
  }
  return RTC_NICE_CONSENT_KEPT;
}

void
rtc_nice_consent_handle_sent (
    RtcNiceConsent *self, GstClockTime now, const guint8 *id, gdouble random)
{
  RtcNiceConsentCheck *check = &self->checks[self->next];

  self->next = (self->next + 1) % RTC_NICE_MAX_CHECKS;
  check->sent = now;
  memcpy (check->id, id, sizeof check->id);
  self->next_check = now + consent_interval (random * UNANSWERED_PART);
  self->regular_check = now + consent_interval (random);
}

static gboolean
check_is_open (const RtcNiceConsentCheck *check, GstClockTime now)
{
  return check->sent != GST_CLOCK_TIME_NONE
         && rtc_time_elapsed (check->sent, now) < RTC_NICE_CONSENT_TIMEOUT;
}

static const RtcNiceConsentCheck *
consent_find (const RtcNiceConsent *self, GstClockTime now, const guint8 *id)
{
  for (guint i = 0; i < RTC_NICE_MAX_CHECKS; i++) {
    const RtcNiceConsentCheck *check = &self->checks[i];

    if (check_is_open (check, now) && memcmp (check->id, id, sizeof check->id) == 0)
      return check;
  }
  return NULL;
}

gboolean
rtc_nice_consent_is_waiting (const RtcNiceConsent *self, GstClockTime now)
{
  for (guint i = 0; i < RTC_NICE_MAX_CHECKS && !self->is_over; i++) {
    if (check_is_open (&self->checks[i], now))
      return TRUE;
  }
  return FALSE;
}

gboolean
rtc_nice_consent_expects (const RtcNiceConsent *self, GstClockTime now, const guint8 *id)
{
  return !self->is_over && consent_find (self, now, id) != NULL;
}

GstClockTime
rtc_nice_consent_handle_answer (
    RtcNiceConsent *self, GstClockTime now, const guint8 *id, RtcNiceStunAnswer answer)
{
  RtcNiceConsentCheck *check = (RtcNiceConsentCheck *) consent_find (self, now, id);
  GstClockTime took;

  g_return_val_if_fail (check != NULL, 0);
  took = rtc_time_elapsed (check->sent, now);
  check->sent = GST_CLOCK_TIME_NONE;
  if (answer == RTC_NICE_STUN_SUCCESS) {
    self->last_answer = now;
    self->in_doubt = FALSE;
    self->next_check = self->regular_check;
  } else if (answer == RTC_NICE_STUN_FORBIDDEN) {
    self->is_over = TRUE;
  }
  return took;
}

GstClockTime
rtc_nice_consent_next_deadline (const RtcNiceConsent *self, GstClockTime last_heard)
{
  GstClockTime deadline;

  if (self->is_over || self->last_answer == GST_CLOCK_TIME_NONE)
    return GST_CLOCK_TIME_NONE;
  deadline = rtc_time_min (self->next_check, self->last_answer + RTC_NICE_CONSENT_TIMEOUT);
  if (!self->in_doubt)
    deadline = rtc_time_min (deadline, consent_doubt_time (self, last_heard));
  return deadline;
}
