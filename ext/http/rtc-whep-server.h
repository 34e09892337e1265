/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whep-server.h - one WHEP endpoint: its sessions and what each request does to them.
 *
 *     POST   endpoint           offer -> 201, Location, ETag, answer     a session is born
 *     PATCH  endpoint/SESSION   fragment -> 204 (trickle) or 200, new ETag (ICE restart)
 *     DELETE endpoint/SESSION   -> 200                                   and dies
 *
 * A request that needs the element waits for rtc_whep_server_answer() or its deadline. Everything
 * about transport (Host, Origin, tokens, methods, sizes) was settled by the web server before.
 * Thread: [C]; the callbacks are called there and may call back. */
#pragma once

#include <gst/sdp/gstsdpmessage.h>
#include "ext/http/rtc-http-server.h"

G_BEGIN_DECLS

typedef struct _RtcWhepServer RtcWhepServer;

typedef struct {
  /* A new session. offer is transfer full. The element answers or ends it, now or later. */
  void (*requested) (const gchar *session_id, const gchar *address, GstSDPMessage *offer,
      gpointer user_data);
  /* An ICE restart, as the offer that asks for it (transfer full). */
  void (*restarted) (const gchar *session_id, GstSDPMessage *offer, gpointer user_data);
  /* A candidate, parsed and written anew; "" is end-of-candidates. */
  void (*candidate) (const gchar *session_id, guint mline, const gchar *mid,
      const gchar *candidate, gpointer user_data);
  /* The session is gone. reason is NULL when the client left. */
  void (*ended) (const gchar *session_id, const gchar *reason, gpointer user_data);
} RtcWhepServerCallbacks;

typedef struct {
  const gchar *path;         /* of the endpoint: "/whep", "/whep/door" */
  const gchar *auth_token;   /* nullable */
  const gchar *const *allowed_origins; /* nullable */
  gchar **links;             /* Link fields for 201; nullable, copied */
  guint max_sessions;
  guint answer_ms;
} RtcWhepServerConfig;

/* Adds the endpoint to the web server, which must outlive it. NULL with RTC_ERR_STATE when the path
 * is taken. */
RtcWhepServer *rtc_whep_server_new (RtcHttpServer *http, const RtcWhepServerConfig *config,
    const RtcWhepServerCallbacks *callbacks, gpointer user_data, GError **error);

/* Ends all sessions without a callback; who waits is told 503. (nullable) */
void rtc_whep_server_free (RtcWhepServer *self);

void rtc_whep_server_set_max_sessions (RtcWhepServer *self, guint max_sessions);
guint rtc_whep_server_get_n_sessions (RtcWhepServer *self);

/* The element's answer to requested or restarted. FALSE with RTC_ERR_STATE when the session is
 * unknown or waits for none. */
gboolean rtc_whep_server_answer (RtcWhepServer *self, const gchar *session_id,
    const GstSDPMessage *answer, GError **error);

/* The element refuses a restart: the session stays as it was. FALSE: none was under way. */
gboolean rtc_whep_server_reject_restart (RtcWhepServer *self, const gchar *session_id,
    const GError *reason);

/* A local candidate, to be part of the answer. FALSE with RTC_ERR_STATE (unknown session) or
 * RTC_ERR_UNSUPPORTED (the answer has left). */
gboolean rtc_whep_server_add_candidate (RtcWhepServer *self, const gchar *session_id, guint mline,
    const gchar *candidate, GError **error);

/* The element ends a session; no callback. Before the answer reason (nullable) chooses the status
 * (gstrtcsignaller.h). Unknown ids are ignored. */
void rtc_whep_server_end (RtcWhepServer *self, const gchar *session_id, const GError *reason);

G_END_DECLS
