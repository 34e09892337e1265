/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* net-call.h - a whole call over real sockets in one thread: two RtcPeers on libnice, OpenSSL and
 * libsrtp2, one sending a numbered picture per packet, and a hook for an attacker.
 *
 * All in one GMainContext that net_call_run() iterates, so that a test sees and may touch both
 * ends between any two steps. Host candidates with loopback. */
#pragma once

#include <netinet/in.h>

#include "ext/mux/rtc-udp-mux.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/rtc/peer/rtc-peer.h"

G_BEGIN_DECLS

#define NET_SENDER 0
#define NET_VIEWER 1

/* Pictures a second, each one packet of 1000 bytes payload. */
#define NET_CALL_FPS 100

typedef struct _NetCall NetCall;

struct _NetCall {
  /* Kept over many calls. */
  GMainContext *context;
  RtcRandom *random;
  RtcIceFactory *ice;
  RtcUdpMux *mux;          /* NULL: the sender's peers are on ice, too */
  RtcDtlsFactory *dtls[2];
  RtcSrtpFactory *srtp;
  const RtcIceServer *servers; /* for both agents; set before net_call_begin() */
  guint n_servers;
  guint gather_ms;             /* longest wait for candidates; 0: until all are there */
  gboolean hide_candidates;    /* take them out of the descriptions: the two never meet */

  /* One call. */
  RtcFanout *video;
  RtcPeer *peers[2];
  gboolean gathered[2];
  gchar *failure[2];       /* reason of RTC_OUTPUT_FAILED */
  GArray *candidates[2];   /* RtcCandidate, local ones */
  guint64 sent, received;  /* pictures; received counts each packet that came out */
  GstClockTime next_frame;
  guint16 seq;
  guint64 next_id;

  /* Called between any two steps; now is net_call_now(). */
  void (*attack) (NetCall *self, GstClockTime now, gpointer data);
  gpointer attack_data;
};

void net_call_init (NetCall *self);

/* The sender's peers, all of them, are on one port from here on (rtc-udp-mux.h). */
void net_call_use_mux (NetCall *self);
void net_call_clear (NetCall *self);

/* New peers, gathered and negotiated with complete descriptions: from here on they connect. */
void net_call_begin (NetCall *self, gboolean viewer_offers);

/* Frees the peers and waits until their sockets are closed. */
void net_call_end (NetCall *self);

/* Runs until done (nullable: never) says TRUE or timeout_ms are over. Returns what it said. */
gboolean net_call_run (NetCall *self, gboolean (*done) (NetCall *self), guint timeout_ms);

/* For done: both are connected and a picture has come. */
gboolean net_call_has_media (NetCall *self);

/* The IPv4 host candidates of an end; returns how many. */
guint net_call_get_addresses (NetCall *self, guint end, struct sockaddr_in *out, guint max);

/* CLOCK_MONOTONIC, ns. */
GstClockTime net_call_now (void);

/* A nonblocking UDP socket on that IPv4 address (127.0.0.1, ...), any port. */
int net_call_stranger (const gchar *address);

G_END_DECLS
