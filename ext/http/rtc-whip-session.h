/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whip-session.h - one session of a WHIP client (RFC 9725): an offer out, an answer in,
 * candidates after it, and the DELETE at its end.
 *
 *     POST   endpoint   offer     -> 201, Location, ETag (nullable), answer
 *     PATCH  Location   fragment, If-Match: ETag          candidates, one request at a time
 *     DELETE Location                                     rtc_whip_session_end()
 *
 * Once the answer is there the media does not depend on HTTP any more: a PATCH or DELETE that fails
 * is logged and ends nothing. Thread: [C], as RtcHttpClient. */
#pragma once

#include "ext/http/rtc-http-client.h"

G_BEGIN_DECLS

/* RTC_WHIP_SESSION_MAX_WAITING: candidates kept until they can be sent; more are dropped. */
#define RTC_WHIP_SESSION_MAX_WAITING 64

typedef struct _RtcWhipSession RtcWhipSession;

typedef struct {
  /* 201, with this SDP. */
  void (*answered) (RtcWhipSession *self, const gchar *answer, gpointer user_data);
  /* The offer was not taken; the session is over but for rtc_whip_session_end(). The error's
   * message is a sentence for the user; RTC_AGAIN: worth another try, not before retry_after
   * seconds (0: the server said nothing). */
  void (*failed) (RtcWhipSession *self, const GError *error, guint retry_after,
      gpointer user_data);
  /* What rtc_whip_session_end() began is done; freed when this returns. */
  void (*gone) (RtcWhipSession *self, gpointer user_data);
} RtcWhipSessionCallbacks;

/* POSTs the offer to url. client must outlive the session. The callback comes later, once, unless
 * the session is ended before. */
RtcWhipSession *rtc_whip_session_new (RtcHttpClient *client, const gchar *url, const gchar *offer,
    const RtcWhipSessionCallbacks *callbacks, gpointer user_data);

/* A local candidate ("candidate:..."), "" for end-of-candidates, of the offer's section mid. Kept
 * until the server has said its ETag; dropped when it says none (it takes no PATCH), or refused
 * one. FALSE: dropped. */
gboolean rtc_whip_session_add_candidate (RtcWhipSession *self, const gchar *mid,
    const gchar *candidate);

/* Where DELETE goes; NULL as long as there is nothing to delete. */
const gchar *rtc_whip_session_get_url (RtcWhipSession *self);

/* Ends it: no answered or failed any more, a DELETE if there is something to delete, then gone, now
 * or later. */
void rtc_whip_session_end (RtcWhipSession *self);

/* Frees it without a word to the server and without gone. (nullable) */
void rtc_whip_session_free (RtcWhipSession *self);

/* Seconds of a Retry-After field (nullable) that is a number, at most 300; 0 for others: dates need
 * clocks that agree. */
guint rtc_whip_session_parse_retry_after (const gchar *field);

G_END_DECLS
