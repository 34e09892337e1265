/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsession.h - one viewer's call: the GObject that stands for an RtcPeer outside of [N].
 *
 * Applications get it as consumer-added's second argument and as a child of the element. Its
 * properties and signals are named as webrtcbin's, so that code written for that finds what it
 * looks for:
 *   properties  id, peer-id, connection-state, ice-connection-state, ice-gathering-state,
 *               signaling-state, local-description, remote-description (read only)
 *   signals     on-ice-candidate (guint mline, gchararray candidate), ended (gchararray reason,
 *               NULL when the viewer left)
 *   actions     get-stats (GstPad *unused, GstPromise *promise), close ()
 *
 * The peer itself lives on the network thread; this object knows it through a shared handle and
 * hears of it by posts. Thread: functions and signals [C]; properties any. */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include "gst/rtc/loop/rtc-source.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/webrtc/gstrtcservers.h"
#include "gst/webrtc/gstrtctransport.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_SESSION (gst_rtc_session_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSession, gst_rtc_session, GST, RTC_SESSION, GObject)

/* GST_RTC_SESSION_CONNECT_TIMEOUT_MS: from start to ICE connected; then the session ends. */
#define GST_RTC_SESSION_CONNECT_TIMEOUT_MS 10000

/* GST_RTC_SESSION_GATHER_CAP: how long a description that must be complete waits for candidates
 * of STUN and TURN servers. Host candidates take about 1 ms. */
#define GST_RTC_SESSION_GATHER_CAP (500 * GST_MSECOND)

/* What was agreed for one transceiver, by its index in the config. */
typedef struct {
  guint transceiver;
  gboolean sends;    /* we are to send */
  RtcCodec codec;    /* what, when sends */
  gchar reason[256]; /* why not, when it was refused; else empty */
} GstRtcSessionTrack;

/* What the session tells its owner, each on [C] and never after ended or close. */
typedef struct {
  void (*description) (GstRtcSession *self, GstWebRTCSDPType type, const gchar *sdp, gpointer data);
  void (*candidate) (GstRtcSession *self, guint mline, const gchar *mid, const gchar *candidate,
      gpointer data);
  /* An offer and its answer are in force: attach the sources. */
  void (*negotiated) (GstRtcSession *self, const GstRtcSessionTrack *tracks, guint n_tracks,
      gpointer data);
  /* A later description was refused, the session goes on as before. */
  void (*refused) (GstRtcSession *self, const GError *reason, gpointer data);
  /* Over, once. reason is NULL when the peer left in order. */
  void (*ended) (GstRtcSession *self, const GError *reason, gpointer data);
  gpointer data;
} GstRtcSessionFuncs;

/* Copied. */
typedef struct {
  const gchar *id;
  const gchar *peer_id; /* (nullable) who it is, as the signaller says */
  GstRtcTransport *transport;
  GstRtcServers *servers;
  RtcIceTransportPolicy ice_transport_policy;
  guint16 min_port, max_port; /* 0,0 = any */
  gboolean can_trickle;       /* candidates may follow the description */
  gboolean transport_cc;
  guint n_transceivers;
  const RtcTransceiverConfig *transceivers;
  GstRtcSessionFuncs funcs;
} GstRtcSessionConfig;

/* (transfer full) */
GstRtcSession *gst_rtc_session_new (const GstRtcSessionConfig *config);

/* Makes the peer and answers offer, or with NULL makes an offer. Once. What follows comes through
 * the funcs: description, or ended with what is wrong with the offer (RTC_ERR_PARSE,
 * RTC_ERR_UNSUPPORTED, ...). */
void gst_rtc_session_start (GstRtcSession *self, const gchar *offer);

/* The peer's answer, or a later offer of its. */
void gst_rtc_session_set_remote_description (GstRtcSession *self, GstWebRTCSDPType type,
    const gchar *sdp);

/* As rtc_peer_add_ice_candidate(); malformed ones are logged and dropped. */
void gst_rtc_session_add_candidate (GstRtcSession *self, guint mline, const gchar *mid,
    const gchar *candidate);

/* Sends source on the transceiver; NULL stops. Takes its own reference. */
void gst_rtc_session_attach (GstRtcSession *self, guint transceiver, RtcSource *source);

/* Ends it from our side: says goodbye, no func is called any more. Idempotent. */
void gst_rtc_session_close (GstRtcSession *self);

const gchar *gst_rtc_session_get_id (GstRtcSession *self);
const gchar *gst_rtc_session_get_peer_id (GstRtcSession *self); /* never NULL */
GstWebRTCPeerConnectionState gst_rtc_session_get_connection_state (GstRtcSession *self);

/* The W3C statistics (gstrtcstats.h). NULL when the peer is gone. Waits for the network thread:
 * thread [A] or [C], never a streaming thread. (transfer full) */
GstStructure *gst_rtc_session_get_stats (GstRtcSession *self);

G_END_DECLS
