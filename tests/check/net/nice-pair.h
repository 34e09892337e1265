/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* nice-pair.h - two real ICE agents on one context, for the tests of the libnice backend. */
#pragma once

#include "ext/nice/rtc-nice.h"

G_BEGIN_DECLS

/* NiceEnd: one agent and what it said. */
typedef struct {
  RtcIce *ice;
  RtcIceState state;
  gboolean gathered;
  GQueue candidates; /* RtcCandidate *, in the order in which they came */
  GQueue packets;    /* RtcPacket * */
  guint n_events, n_wakes, n_pairs;
  gboolean seen_disconnected, seen_failed;
} NiceEnd;

typedef struct {
  GMainContext *context;
  RtcIceFactory *factory;
  RtcRandom *random;
  NiceEnd a, b;
} NicePair;

void nice_pair_init (NicePair *self);

/* Frees the agents, waits until the factory is idle (a failure if that takes over 5 s) and frees
 * everything. */
void nice_pair_clear (NicePair *self);

/* Default configuration with allow_loopback. */
RtcIceConfig nice_pair_config (NicePair *self, NiceEnd *end);

/* Makes an agent in end. */
void nice_pair_create (NicePair *self, NiceEnd *end, const RtcIceConfig *config);

/* Gives each end the other's credentials; a controls. */
void nice_pair_exchange_parameters (NicePair *self, gboolean a_controls);

/* Takes from's candidates over to to, in order. */
void nice_pair_trickle (NiceEnd *from, NiceEnd *to);

/* Drains an end's events and serves its deadline. */
void nice_pair_pump (NiceEnd *end);

/* Iterates the context, pumping and (when trickle) exchanging candidates, until done (data) says
 * TRUE or so many ms have gone by. Returns what done said last. */
gboolean nice_pair_run (NicePair *self, gboolean trickle, gboolean (*done) (NicePair *, gpointer),
    gpointer data, guint timeout_ms);

gboolean nice_pair_is_connected (NicePair *self, gpointer unused);
gboolean nice_end_is_connected (const NiceEnd *end);

/* For nice_pair_run(): a has gathered; end (a NiceEnd) has a candidate. */
gboolean nice_pair_a_is_gathered (NicePair *self, gpointer unused);
gboolean nice_pair_has_candidate (NicePair *self, gpointer end);

/* Leaves only what a relay's socket, bound to 127.0.0.1, can send to (turn-server.h): coturn gives
 * a relay up at the first address that it cannot reach. */
void nice_end_keep_loopback (NiceEnd *end);

/* Makes end send a consent check now and not in some seconds. */
void nice_pair_send_check (NiceEnd *end);

/* Both ends gather. */
void nice_pair_gather (NicePair *self);

/* The next packet that comes out at to is this one, and it comes soon; as nice_pair_run(). */
void nice_pair_assert_arrives (NicePair *self, gboolean trickle, NiceEnd *to, const guint8 *data,
    gsize len);

/* A large packet of from's, NICE_PAIR_DATA_BYTES long, arrives at to. */
#define NICE_PAIR_DATA_BYTES 1200
void nice_pair_assert_data_flows (NicePair *self, gboolean trickle, NiceEnd *from, NiceEnd *to);

/* A check of each end's is answered: a failure if none of a few is. */
void nice_pair_assert_consent (NicePair *self);

/* CLOCK_MONOTONIC, ns. */
GstClockTime nice_pair_now (void);

G_END_DECLS
