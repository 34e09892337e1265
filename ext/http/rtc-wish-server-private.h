/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-wish-server-private.h - what the files of RtcWishServer share: sessions and their states. */
#pragma once

#include "ext/http/rtc-wish-server.h"
#include "gst/webrtc/gstrtcsharedtext.h"

G_BEGIN_DECLS

typedef enum {
  RTC_WISH_SESSION_OFFERED,    /* POST waits for the answer */
  RTC_WISH_SESSION_OPEN,       /* answered */
  RTC_WISH_SESSION_RESTARTING, /* PATCH waits for the answer */
} RtcWishSessionState;

typedef struct {
  RtcWishServer *server;
  gchar *id;
  gchar etag[20];
  RtcWishSessionState state;
  GstRtcSharedText *offer; /* what the client last offered and we accepted; read by a PATCH only */
  GstSDPMessage *restart;  /* RESTARTING: what it offers now */
  RtcHttpRequest *request; /* waiting; NULL in OPEN */
  GSource *deadline;       /* of request */
  GPtrArray *early;        /* OFFERED, RESTARTING: local candidates before the answer */
  guint n_candidates;      /* remote ones since the last ICE restart */
} RtcWishSession;

struct _RtcWishServer {
  RtcWishProtocol protocol;
  RtcHttpServer *http;
  RtcHttpRoute *route;
  gchar *path;
  gchar **links;
  guint max_sessions;
  guint answer_ms;
  GMainContext *context;
  GHashTable *sessions; /* id -> RtcWishSession */
  RtcWishServerCallbacks callbacks;
  gpointer user_data;
};

/* Makes a session that waits with request for the element's answer. offer, of len bytes, is copied;
 * the table owns the session. */
RtcWishSession *rtc_wish_session_new (RtcWishServer *server, const gchar *offer, gsize len,
    RtcHttpRequest *request);

/* Makes request wait for the element. */
void rtc_wish_session_wait (RtcWishSession *self, RtcHttpRequest *request);

/* The request that waits, which the caller now answers; NULL when none does. */
RtcHttpRequest *rtc_wish_session_steal_request (RtcWishSession *self);

/* A restart is over, one way or the other. */
void rtc_wish_session_end_restart (RtcWishSession *self);

/* Forgets the session and tells the element. reason (nullable): the client left. */
void rtc_wish_session_lost (RtcWishSession *self, const gchar *reason);

/* 503 with Retry-After. */
void rtc_wish_reply_busy (RtcHttpRequest *request, const gchar *text);

/* The route's handler, in rtc-wish-requests.c. */
void rtc_wish_handle_request (RtcHttpRequest *request, const gchar *tail, gpointer server);

G_END_DECLS
