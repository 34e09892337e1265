/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-result.h - result codes of the core and the GError domain of its edge.
 *
 * Codes are few and mean the caller's next action. Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RTC_OK = 0,
  RTC_AGAIN = -1,           /* not now: keep the data and retry after the next event */
  RTC_ERR_PARSE = -2,       /* malformed input: count it and drop it */
  RTC_ERR_AUTH = -3,        /* authentication failed: count it and drop it */
  RTC_ERR_REPLAY = -4,      /* seen before: count it and drop it */
  RTC_ERR_STATE = -5,       /* not possible in this state: report to the caller, nothing changed */
  RTC_ERR_LIMIT = -6,       /* a limit was hit: count it and drop it */
  RTC_ERR_UNSUPPORTED = -7, /* valid, but not something we do: refuse this part */
  RTC_ERR_PEER_CLOSED = -8, /* the peer is gone: stop sending */
  RTC_ERR_BACKEND = -9,     /* a backend failed: this peer fails with its reason */
} RtcResult;

/* Name of a code, for logs: "ok", "again", "parse error", ... Never NULL. */
const gchar *rtc_result_to_string (RtcResult result);

/* RTC_ERROR: domain of every GError of this project. The code is -RtcResult; the message is a
 * sentence a user can act on. */
#define RTC_ERROR (rtc_error_quark ())
GQuark rtc_error_quark (void);

/* Sets *error (nullable) to domain RTC_ERROR with the given code and returns that code, so that
 * `return rtc_error (error, RTC_ERR_PARSE, "...")` reads in one line. */
RtcResult rtc_error (GError **error, RtcResult code, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

/* The same for a text of lines, of which this one (from 1 on) is at fault. */
void rtc_error_at_line (GError **error, RtcResult code, guint line, const gchar *format,
    va_list args) G_GNUC_PRINTF (4, 0);

/* The RtcResult of an error of RTC_ERROR; RTC_ERR_BACKEND for other domains. */
RtcResult rtc_error_get_result (const GError *error);

G_END_DECLS
