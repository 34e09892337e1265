/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-result.h"

const gchar *
rtc_result_to_string (RtcResult result)
{
  switch (result) {
    case RTC_OK:
      return "ok";
    case RTC_AGAIN:
      return "again";
    case RTC_ERR_PARSE:
      return "parse error";
    case RTC_ERR_AUTH:
      return "authentication failed";
    case RTC_ERR_REPLAY:
      return "replayed";
    case RTC_ERR_STATE:
      return "wrong state";
    case RTC_ERR_LIMIT:
      return "limit reached";
    case RTC_ERR_UNSUPPORTED:
      return "unsupported";
    case RTC_ERR_PEER_CLOSED:
      return "peer closed";
    case RTC_ERR_BACKEND:
      return "backend failed";
  }
  return "unknown result";
}

/* clang-format off */
G_DEFINE_QUARK (gst-rtc-error-quark, rtc_error)
/* clang-format on */

RtcResult
rtc_error (GError **error, RtcResult code, const gchar *format, ...)
{
  if (error != NULL && *error == NULL) {
    va_list args;

    va_start (args, format);
    *error = g_error_new_valist (RTC_ERROR, -(gint) code, format, args);
    va_end (args);
  }
  return code;
}

void
rtc_error_at_line (GError **error, RtcResult code, guint line, const gchar *format, va_list args)
{
  gchar *text = g_strdup_vprintf (format, args);

  rtc_error (error, code, "line %u: %s", line, text);
  g_free (text);
}

RtcResult
rtc_error_get_result (const GError *error)
{
  if (error == NULL)
    return RTC_OK;
  if (error->domain != RTC_ERROR)
    return RTC_ERR_BACKEND;
  return (RtcResult) -error->code;
}
