/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fake-whip-server.h - a web server in a thread of its own that answers by a script, for tests of
 * WHIP clients: other people's servers, and what they do wrong. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _FakeWhipServer FakeWhipServer;

/* One answer. In location {O} is the server's own origin. status 0: never answers. */
typedef struct {
  guint status;
  const gchar *type, *body; /* nullable */
  const gchar *location, *etag, *retry_after; /* nullable */
  gsize n_bytes;            /* body of that many 'x' instead */
} FakeWhipReply;

/* Any free port of 127.0.0.1. POSTs are answered by replies, one after the other, the last one
 * again and again; PATCH by 204, DELETE by 200. replies must outlive it. */
FakeWhipServer *fake_whip_server_new (const FakeWhipReply *replies, guint n_replies);
void fake_whip_server_free (FakeWhipServer *self);

/* POSTs get 201 with what func makes of the offer (transfer full; NULL: 406), Location /session/N
 * from 1 on. func is called on the server's thread. */
typedef gchar *(*FakeWhipAnswerer) (const gchar *offer, gpointer user_data);
void fake_whip_server_set_answerer (FakeWhipServer *self, FakeWhipAnswerer func,
    gpointer user_data);

guint16 fake_whip_server_get_port (FakeWhipServer *self);

/* "http://127.0.0.1:PORT" (transfer full) */
gchar *fake_whip_server_dup_origin (FakeWhipServer *self);

/* PATCH and DELETE get this from now on; 0: no answer. */
void fake_whip_server_set_status (FakeWhipServer *self, guint status);

/* What was asked, in order: "POST /whip;", with " t" when the token "s3cret-token" came along and
 * " m=ETAG" for If-Match. (transfer full) */
gchar *fake_whip_server_dup_story (FakeWhipServer *self);

/* The last body. (transfer full) */
gchar *fake_whip_server_dup_body (FakeWhipServer *self);

G_END_DECLS
