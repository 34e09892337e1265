/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sctp-pair.h - two associations of usrsctp joined by a link in memory that delays and, by a seed,
 * loses packets. Real time: usrsctp has clocks of its own. One thread. */
#pragma once

#include "ext/sctp/rtc-usrsctp.h"

G_BEGIN_DECLS

typedef struct {
  GstClockTime due;
  RtcPacket *packet;
} SctpPacket;

typedef struct _SctpPair SctpPair;

struct _SctpPair {
  RtcSctpFactory *factory;
  RtcSctp *ends[2];
  GQueue ways[2];           /* SctpPacket *, to the other end */
  GstClockTime delay;       /* one way */
  gdouble loss;             /* 0..1, both ways */
  gboolean in_batches;      /* ends answer when they have read all that is there */
  GRand *rand;

  RtcSctpState state[2];
  gchar reason[2][120];
  GQueue messages[2];       /* RtcSctpEvent *, with their packets */
  guint n_resets[2], n_resets_done[2], n_writable[2];
  GArray *reset_streams[2]; /* guint16, as they came */
  GArray *done_streams[2];  /* guint16, of n_resets_done */
  guint64 n_lost;
  RtcPacket *last_sent[2];  /* the last packet of that end with DATA in it */

  /* (nullable) each packet that an end sends, before the other has it or as it is lost. */
  void (*on_packet) (
      SctpPair *self, guint from, const RtcPacket *packet, gboolean is_lost, gpointer data);
  gpointer on_packet_data;
};

/* Both connecting. max_message_bytes as in RtcSctpConfig. */
void sctp_pair_init (SctpPair *self, guint64 seed, gsize max_message_bytes);
void sctp_pair_clear (SctpPair *self);

/* The clock of the pair, ns. */
GstClockTime sctp_pair_now (void);

/* Carries, runs timers and collects, once. TRUE when something has happened. */
gboolean sctp_pair_step (SctpPair *self);

/* Steps, waiting for what is due next, until is_done says so. FALSE: not within seconds. */
typedef gboolean (*SctpPairCheck) (SctpPair *self, gpointer data);
gboolean sctp_pair_run (SctpPair *self, guint seconds, SctpPairCheck is_done, gpointer data);

/* Runs until both are CONNECTED. */
void sctp_pair_connect (SctpPair *self);

/* The next message that end has received; NULL when there is none. (transfer full), with its
 * packet */
RtcSctpEvent *sctp_pair_take (SctpPair *self, guint end);
void sctp_pair_free_event (RtcSctpEvent *event);

G_END_DECLS
