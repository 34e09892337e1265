/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-wire.h - the datagrams of many viewers over few sockets.
 *
 * A server tells its viewers apart by where they send from. On this host that can be an address of
 * 127.0.0.0/8 for each, so that LOAD_WIRE_PORTS_PER_SOCKET viewers share a socket; towards other
 * hosts each viewer has a socket of its own. Received with UDP_GRO where the kernel has it: what
 * was sent as one message is read as one.
 *
 * Thread: the network thread of its loop, for all functions. */
#pragma once

#include "gst/rtc/base/rtc-address.h"
#include "gst/rtc/loop/rtc-loop.h"

G_BEGIN_DECLS

typedef struct _LoadWire LoadWire;
typedef struct _LoadSocket LoadSocket;

#define LOAD_WIRE_PORTS_PER_SOCKET 64

/* A datagram that came to a port; time: when the kernel had it, on the clock of rtc_loop_now(). */
typedef void (*LoadWireFunc) (gpointer data, GstClockTime time, const RtcAddress *from,
    const guint8 *bytes, gsize len);

/* LoadPort: where one viewer sends from; embedded in its owner. */
typedef struct {
  RtcAddress address; /* its candidate */
  LoadWireFunc func;
  gpointer data;
  LoadSocket *socket; /* private */
} LoadPort;

typedef struct {
  guint n_sockets;
  guint64 datagrams, bytes, reads; /* received; reads: messages of the kernel */
  guint64 overflows;               /* datagrams that the kernel dropped: we are too slow */
  guint64 strange;                 /* dropped: to nobody's port */
  guint64 sent, unsent;            /* datagrams; unsent: the kernel had no room */
} LoadWireStats;

typedef struct {
  gboolean is_local; /* viewers have loopback addresses, else a socket each */
  gboolean has_gro;  /* use it if it is there */
} LoadWireConfig;

/* loop outlives it. (transfer full) */
LoadWire *load_wire_new (RtcLoop *loop, const LoadWireConfig *config);

/* Its ports are closed. (nullable) */
void load_wire_free (LoadWire *self);

/* port->func and data are set. FALSE with *error: no descriptors are left, or all addresses are in
 * use. */
gboolean load_wire_open (LoadWire *self, LoadPort *port, GError **error);
void load_wire_close (LoadWire *self, LoadPort *port);

/* Leaves with the end of the loop's round. */
void load_wire_send (LoadWire *self, const LoadPort *port, const RtcAddress *to,
    const guint8 *bytes, gsize len);

/* Sends what is held now. */
void load_wire_flush (LoadWire *self);

/* Hands over what the kernel has now, without waiting for the loop's turn. */
void load_wire_read (LoadWire *self);

void load_wire_get_stats (const LoadWire *self, LoadWireStats *out);

G_END_DECLS
