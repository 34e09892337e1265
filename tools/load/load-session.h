/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-session.h - a viewer and the WHEP session that it watches (draft-ietf-wish-whep).
 *
 * Thread: the one whose default main context the client was made for. */
#pragma once

#include "ext/http/rtc-http-client.h"
#include "tools/load/load-viewer.h"

G_BEGIN_DECLS

typedef struct _LoadSession LoadSession;

/* A viewer of a group whose offer is posted to url at once. NULL with *error when there can be no
 * viewer. client and crowd outlive it. What goes wrong later fails the viewer. (transfer full) */
LoadSession *load_session_new (LoadCrowd *crowd, guint group, RtcHttpClient *client,
    const gchar *url, GError **error);

/* The viewer says goodbye (RTCP BYE, close_notify) and is gone. */
void load_session_free (LoadSession *self);

/* The same, and the server is told by DELETE: *pending is one more until it has answered, or
 * failed to. */
void load_session_leave (LoadSession *self, guint *pending);

G_END_DECLS
