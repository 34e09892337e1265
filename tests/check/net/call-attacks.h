/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* call-attacks.h - packets of hostile callers, to be sent by net_caller_send_own() and _raw(). */
#pragma once

#include "gst/rtc/base/rtc-random.h"
#include "net-caller.h"

G_BEGIN_DECLS

/* CallAttack: the user_data of all NetCallerMake functions here; each says what it reads. */
typedef struct {
  RtcRandom *random;
  guint8 payload_type;
  guint32 ssrc;
  guint16 seq; /* of packet 0 */
  guint32 rtp_ts;
} CallAttack;

/* The RTP header of packet i; returns its length. Reads all but random and ssrc. */
gsize call_attack_write_header (const CallAttack *self, guint i, gboolean marker, guint32 ssrc,
    guint8 *data, gsize size);

/* The start of a picture, from a new SSRC each time (T17). Reads random. */
gsize call_attack_new_stream (guint i, guint8 *data, gsize size, gpointer attack);

/* One VP8 key frame of 16383 x 16383 pixels that goes on and on (T21); packet 0 starts it. */
gsize call_attack_endless_frame (guint i, guint8 *data, gsize size, gpointer attack);

/* Anything behind a good RTP header, with time stamps that jump. Reads random. */
gsize call_attack_garbage (guint i, guint8 *data, gsize size, gpointer attack);

/* RTCP of any type with anything in it. Reads random only. */
gsize call_attack_garbage_rtcp (guint i, guint8 *data, gsize size, gpointer attack);

/* Anything at all. Reads random only. */
gsize call_attack_noise (guint i, guint8 *data, gsize size, gpointer attack);

/* --- whole attacks by one caller, for tests with an honest one beside it. step (data) lets that
 * one go on for a moment and may look at what has become of the element. */

typedef void (*CallAttackStep) (gpointer data);

/* T17: n streams that nobody announced, a step after each thousand. */
void call_attack_run_streams (NetCaller *hostile, guint n, CallAttackStep step, gpointer data);

/* T21: a frame of n packets under an SSRC of its own, which does not end; a step after each 500. */
void call_attack_run_endless_frame (NetCaller *hostile, guint n, CallAttackStep step,
    gpointer data);

/* rounds times 100 packets each of garbage RTP, RTCP and anything at all, in the name of its
 * picture or, in every sound_every-th round, of its sound; a step after every step_every-th. Ends
 * early when a BYE among them has ended the call. */
void call_attack_run_garbage (NetCaller *hostile, guint rounds, guint sound_every,
    guint step_every, CallAttackStep step, gpointer data);

G_END_DECLS
