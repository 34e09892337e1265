/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* port-flood.h - for tests: a stranger who floods a media port on 127.0.0.1 from a thread of its
 * own, from as many addresses of 127.0.0.0/8 as it likes, which nobody has to be root for.
 *
 * One socket sends and hears the answers to all of them, so that each address's share is known. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _PortFlood PortFlood;

typedef enum {
  PORT_FLOOD_HELLOS,     /* ClientHellos, alerts, media and rubbish */
  PORT_FLOOD_UNKNOWN,    /* checks for fragments that nobody has */
  PORT_FLOOD_INTEGRITY,  /* checks for a session that is there, with a wrong password */
  PORT_FLOOD_BARE,       /* checks without credentials, answers and indications nobody asked for */
  PORT_FLOOD_ALL,        /* all of these in turn */
  PORT_FLOOD_CONNECTIONS, /* TCP: connects; every other one says something that is no datagram */
} PortFloodKind;

typedef struct {
  guint64 sent, sent_bytes;     /* datagrams, or connections */
  guint64 received, received_bytes;
  guint max_gain; /* per mille: of the address that got most for what it sent */
} PortFloodStats;

/* rate a second; ufrag: of a session that is there, for INTEGRITY. (transfer full) */
PortFlood *port_flood_start (PortFloodKind kind, guint port, guint rate, const gchar *ufrag);

/* Ends it. */
void port_flood_stop (PortFlood *self, PortFloodStats *out);

G_END_DECLS
