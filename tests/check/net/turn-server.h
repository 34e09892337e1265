/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* turn-server.h - coturn on 127.0.0.1 as a process of a test's own, on ports of its own.
 *
 * User viewer, password secret. Its relays can only send to 127.0.0.1, and coturn gives one up at
 * the first address that it cannot reach. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _TurnServer TurnServer;

/* Returns when it answers; NULL when there is no turnserver. certificate and key (nullable): paths
 * of PEM files; without them it does not speak TLS. */
TurnServer *turn_server_start (const gchar *certificate, const gchar *key);

guint16 turn_server_get_port (TurnServer *self);     /* UDP and TCP */
guint16 turn_server_get_tls_port (TurnServer *self); /* 0 without a certificate */

void turn_server_stop (TurnServer *self); /* (nullable) */

/* A port that nobody listens on just now. */
guint16 turn_server_find_free_port (void);

G_END_DECLS
