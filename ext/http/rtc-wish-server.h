/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-wish-server.h - one endpoint of the WISH protocols, WHIP (RFC 9725) or WHEP
 * (draft-ietf-wish-whep): its sessions and what each request does to them.
 *
 *     POST   endpoint           offer -> 201, Location, ETag, answer     a session is born
 *     PATCH  endpoint/SESSION   fragment -> 204 (trickle) or 200, new ETag (ICE restart)
 *     DELETE endpoint/SESSION   -> 200                                   and dies
 *
 * A request that needs the element waits for rtc_wish_server_answer() or its deadline. Everything
 * about transport (Host, Origin, tokens, methods, sizes) was settled by the web server before.
 * Thread: [C]; the callbacks are called there and may call back. */
#pragma once

#include <gst/sdp/gstsdpmessage.h>
#include "ext/http/rtc-http-server.h"

G_BEGIN_DECLS

typedef struct _RtcWishServer RtcWishServer;

/* To a server they differ by who sends media, so by what an offer must be, and by words. */
typedef enum {
  RTC_WISH_WHEP, /* viewers: the client receives */
  RTC_WISH_WHIP, /* callers: the client sends */
} RtcWishProtocol;

/* "whep" or "whip", the first part of an endpoint's path. */
const gchar *rtc_wish_protocol_get_path (RtcWishProtocol protocol);

typedef struct {
  /* A new session. peer is the client's name (rtc-wish-name.h), else its address; offer is transfer
   * full. The element answers or ends it, now or later. */
  void (*requested) (const gchar *session_id, const gchar *peer, GstSDPMessage *offer,
      gpointer user_data);
  /* An ICE restart, as the offer that asks for it (transfer full). */
  void (*restarted) (const gchar *session_id, GstSDPMessage *offer, gpointer user_data);
  /* A candidate, parsed and written anew; "" is end-of-candidates. */
  void (*candidate) (const gchar *session_id, guint mline, const gchar *mid,
      const gchar *candidate, gpointer user_data);
  /* The session is gone. reason is NULL when the client left. */
  void (*ended) (const gchar *session_id, const gchar *reason, gpointer user_data);
} RtcWishServerCallbacks;

typedef struct {
  RtcWishProtocol protocol;
  const gchar *path;         /* of the endpoint: "/whep", "/whip/door" */
  const gchar *auth_token;   /* nullable */
  const gchar *const *allowed_origins; /* nullable */
  gchar **links;             /* Link fields for 201; nullable, copied */
  guint max_sessions;
  guint answer_ms;
} RtcWishServerConfig;

/* Adds the endpoint to the web server, which must outlive it. NULL with RTC_ERR_STATE when the path
 * is taken. */
RtcWishServer *rtc_wish_server_new (RtcHttpServer *http, const RtcWishServerConfig *config,
    const RtcWishServerCallbacks *callbacks, gpointer user_data, GError **error);

/* Ends all sessions without a callback; who waits is told 503. (nullable) */
void rtc_wish_server_free (RtcWishServer *self);

void rtc_wish_server_set_max_sessions (RtcWishServer *self, guint max_sessions);
guint rtc_wish_server_get_n_sessions (RtcWishServer *self);

/* The element's answer to requested or restarted. FALSE with RTC_ERR_STATE when the session is
 * unknown or waits for none. */
gboolean rtc_wish_server_answer (RtcWishServer *self, const gchar *session_id,
    const GstSDPMessage *answer, GError **error);

/* The element refuses a restart: the session stays as it was. FALSE: none was under way. */
gboolean rtc_wish_server_reject_restart (RtcWishServer *self, const gchar *session_id,
    const GError *reason);

/* A local candidate, to be part of the answer. FALSE with RTC_ERR_STATE (unknown session) or
 * RTC_ERR_UNSUPPORTED (the answer has left). */
gboolean rtc_wish_server_add_candidate (RtcWishServer *self, const gchar *session_id, guint mline,
    const gchar *candidate, GError **error);

/* The element ends a session; no callback. Before the answer reason (nullable) chooses the status
 * (gstrtcsignaller.h). Unknown ids are ignored. */
void rtc_wish_server_end (RtcWishServer *self, const gchar *session_id, const GError *reason);

G_END_DECLS
