/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Consent freshness (RFC 7675) on top of libnice 0.1.21, which gives up 10 s after the last
 * answered check instead of 30 s and then refuses to send.
 *
 *   last answer     libnice: failed, we: rearm      failed again            expired
 *   |<---- 10 s ---->|<-- <= 5 s -->|<--- 10 s --->|                         |
 *   |                 next check, its clock begins                           |
 *   |<------------------------------- 30 s --------------------------------->|
 *
 * libnice does not tell when an answer came, only that none did for 10 s. So: no failure within
 * REARM_WINDOW after re-arming means that answers come again; a failure sooner than REVOKE_WINDOW
 * after it cannot be a time-out and is a 403 (Forbidden), which revokes consent at once. */
#include "ext/nice/rtc-nice-private.h"

#include "gst/rtc/base/rtc-time.h"

/* libnice's own time-out (NICE_AGENT_TIMER_CONSENT_TIMEOUT). */
#define NICE_TIMEOUT (10 * GST_SECOND)
/* Longest gap between two checks: 5 s * 1.2, with some slack for a busy machine. */
#define CHECK_INTERVAL_MAX (6500 * GST_MSECOND)
#define REARM_WINDOW (NICE_TIMEOUT + CHECK_INTERVAL_MAX)
#define REVOKE_WINDOW (NICE_TIMEOUT - 500 * GST_MSECOND)

void
rtc_nice_consent_init (RtcNiceConsent *self)
{
  self->armed = GST_CLOCK_TIME_NONE;
  self->expires = GST_CLOCK_TIME_NONE;
  self->rearm = FALSE;
  self->is_over = FALSE;
}

gboolean
rtc_nice_consent_handle_failure (RtcNiceConsent *self, GstClockTime now)
{
  GstClockTime since = rtc_time_elapsed (self->armed, now);

  if (self->is_over)
    return TRUE;
  if (self->armed != GST_CLOCK_TIME_NONE && since < REVOKE_WINDOW) {
    self->is_over = TRUE;
    return TRUE;
  }
  /* The last answer was 10 s ago; but soon after re-arming that is only when libnice's clock
   * was begun anew, and the first loss keeps counting. */
  if (self->expires == GST_CLOCK_TIME_NONE || since > REARM_WINDOW)
    self->expires = now + RTC_NICE_CONSENT_TIMEOUT - NICE_TIMEOUT;
  if (now >= self->expires) {
    self->is_over = TRUE;
    return TRUE;
  }
  self->rearm = TRUE;
  return FALSE;
}

void
rtc_nice_consent_rearmed (RtcNiceConsent *self, GstClockTime now)
{
  self->rearm = FALSE;
  self->armed = now;
}

/* When the silence after re-arming proves that answers come; NONE while not re-armed. */
static GstClockTime
consent_recovery (const RtcNiceConsent *self)
{
  return self->armed != GST_CLOCK_TIME_NONE ? self->armed + REARM_WINDOW : GST_CLOCK_TIME_NONE;
}

RtcNiceConsentVerdict
rtc_nice_consent_handle_timeout (RtcNiceConsent *self, GstClockTime now)
{
  if (self->is_over || self->expires == GST_CLOCK_TIME_NONE)
    return RTC_NICE_CONSENT_KEPT;
  if (!self->rearm && rtc_time_is_due (consent_recovery (self), now)) {
    self->expires = GST_CLOCK_TIME_NONE;
    return RTC_NICE_CONSENT_BACK;
  }
  if (now >= self->expires) {
    self->is_over = TRUE;
    return RTC_NICE_CONSENT_EXPIRED;
  }
  return RTC_NICE_CONSENT_KEPT;
}

GstClockTime
rtc_nice_consent_next_deadline (const RtcNiceConsent *self)
{
  if (self->is_over || self->expires == GST_CLOCK_TIME_NONE)
    return GST_CLOCK_TIME_NONE;
  if (self->rearm)
    return 0;
  return rtc_time_min (self->expires, consent_recovery (self));
}
