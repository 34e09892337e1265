/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* net-caller.h - callers made of our own core on the real backends: they call in by WHIP and send.
 *
 * All callers of a NetCallers share one RtcLoop (two threads) of their own, apart from an
 * element's, and one trace (net-trace.h), so that a test may have dozens and no encoder runs.
 * Retransmission comes from the shared history; a key frame that is asked for is the trace's next
 * one, so its distance (NetTraceConfig) is the longest wait. Everything that waits has a deadline.
 * Thread: the test's main thread. */
#pragma once

#include <gio/gio.h>

#include "gst/rtc/loop/rtc-loop.h"
#include "link-emulator.h"
#include "net-trace.h"

G_BEGIN_DECLS

typedef struct _NetCallers NetCallers;
typedef struct _NetCaller NetCaller;

/* Encodes the trace and plays it from now on; media (nullable): the defaults. */
NetCallers *net_callers_new (const NetTraceConfig *media);

/* The same with a trace of the caller's, which must outlive it. */
NetCallers *net_callers_new_with_trace (const NetTrace *trace);

/* Waits until everything is released; all callers must be gone. */
void net_callers_free (NetCallers *self);

NetPlayer *net_callers_get_player (NetCallers *self);

typedef struct {
  gboolean no_video, no_audio;
  gboolean no_rtx;            /* offers no retransmission */
  gboolean wrong_fingerprint; /* lies about its certificate in the offer */
  LinkEmulator *link;         /* (nullable) all of its packets go through this; must outlive it */
} NetCallerConfig;

/* A peer that wants to send; config (nullable): video and audio. */
NetCaller *net_caller_new (NetCallers *callers, const NetCallerConfig *config);

/* --- the call --------------------------------------------------------------------------------- */

/* Its offer with all host candidates. (transfer full) */
gchar *net_caller_create_offer (NetCaller *self);

/* Takes the answer and sends as soon as the peer is connected. */
gboolean net_caller_set_answer (NetCaller *self, const gchar *sdp, GError **error);

/* The answer it took, as the other side made it; NULL before. Owned by self. */
const gchar *net_caller_get_answer (NetCaller *self);

/* Both with a WHIP endpoint in between: POSTs the offer, sets the answer. Returns the status of
 * HTTP (201: calling; 0: no answer); fails the test when an answer is refused. */
guint net_caller_call (NetCaller *self, const gchar *whip_url);

/* DELETEs the WHIP resource of net_caller_call(). Returns the status. */
guint net_caller_delete (NetCaller *self);

/* TRUE once it has that state; FALSE after timeout_ms. */
gboolean net_caller_wait_state (NetCaller *self, RtcPeerState state, guint timeout_ms);

/* TRUE once so many frames in all were sent to the other side; FALSE after timeout_ms. Audio only:
 * packets. */
gboolean net_caller_wait_frames (NetCaller *self, guint64 frames, guint timeout_ms);

typedef struct {
  RtcPeerState state;
  guint64 frames, key_frames;               /* video, sent */
  guint64 video_packets, audio_packets;     /* sent, without RTX */
  guint64 retransmitted;                    /* RTX packets */
  guint64 padding;                          /* of probes: RTX packets that nobody asked for */
  guint64 nacks, plis, firs;                /* received messages */
  gint64 video_lost, audio_lost;            /* as the other side reports */
  GstClockTime rtt;                         /* smoothed; 0: not known */
  gchar failure[256];
} NetCallerCounts;

void net_caller_get_counts (NetCaller *self, NetCallerCounts *out);

/* --- what a peer may do ----------------------------------------------------------------------- */

/* Sends, or sends not, from now on; both are sent from the start. */
void net_caller_set_video (NetCaller *self, gboolean active);
void net_caller_set_audio (NetCaller *self, gboolean active);

/* Goes on with another SSRC, numbers and time stamps running on, as a peer that was restarted
 * behind its transport would. */
void net_caller_change_ssrc (NetCaller *self, RtcMediaKind kind);

/* Protects and sends n packets of the caller's making: make (on the network thread) writes packet i
 * into data (size bytes) and returns its length. is_rtcp: as SRTCP. Blocks until they are handed to
 * the socket. FALSE when the peer is not connected (any more). */
typedef gsize (*NetCallerMake) (guint i, guint8 *data, gsize size, gpointer user_data);
gboolean net_caller_send_own (NetCaller *self, gboolean is_rtcp, guint n, NetCallerMake make,
    gpointer user_data);

/* Sends n packets as they are, unprotected, over the caller's validated pair. */
gboolean net_caller_send_raw (NetCaller *self, guint n, NetCallerMake make, gpointer user_data);

/* The SSRC of what it sends; 0 when it does not. */
guint32 net_caller_get_ssrc (NetCaller *self, RtcMediaKind kind);

/* Says close_notify, but ICE stays alive and answers checks: half a hang-up. */
void net_caller_close_dtls (NetCaller *self);

/* goodbye: BYE and close_notify first; else it vanishes. */
void net_caller_free (NetCaller *self, gboolean goodbye);

G_END_DECLS
