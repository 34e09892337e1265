/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsessionprivate.h - what the files of GstRtcSession share: gstrtcsession.c is the object
 * with its properties and signals, gstrtcsessioncourse.c the course of a call from its start to
 * its end. */
#pragma once

#include "gst/webrtc/gstrtcsession.h"
#include "gst/webrtc/gstrtcsessionpeer.h"
#include "gst/webrtc/gstrtcsharedtext.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_SESSION_SIGNAL_ON_ICE_CANDIDATE,
  GST_RTC_SESSION_SIGNAL_ON_DATA_CHANNEL,
  GST_RTC_SESSION_SIGNAL_ENDED,
  GST_RTC_SESSION_SIGNAL_GET_STATS,
  GST_RTC_SESSION_SIGNAL_CREATE_DATA_CHANNEL,
  GST_RTC_SESSION_SIGNAL_CLOSE,
  GST_RTC_SESSION_N_SIGNALS
} GstRtcSessionSignal;

/* As text: parsed it takes several times as much, and hardly anybody asks. Of what is like other
 * viewers' only the difference is kept, and a signaller may keep the same. */
typedef struct {
  GstWebRTCSDPType type;
  GstRtcSharedText *text; /* NULL: none */
} GstRtcSessionDescription;

struct _GstRtcSession {
  GObject parent;
  gchar *id, *peer_id;
  GstRtcTransport *transport;
  GstRtcServers *servers;
  GstRtcSessionPeer *peer;

  /* [C] only. */
  GstRtcSessionFuncs funcs;
  gboolean is_started, is_closed;
  gboolean is_negotiated;
  guint offer_timeout_ms;
  gchar *offer; /* while names are resolved */
  GSource *watchdog;

  GMutex lock; /* guards the rest, which properties read */
  GstWebRTCPeerConnectionState connection_state;
  GstWebRTCICEConnectionState ice_state;
  GstWebRTCICEGatheringState gathering_state;
  GstWebRTCSignalingState signaling_state;
  GstRtcSessionDescription local, remote;
  GstRtcSessionTarget target;
};

guint gst_rtc_session_get_signal (GstRtcSessionSignal signal);

/* What properties show. Each notifies when it has changed; text NULL: leaves it. [C] */
void gst_rtc_session_set_local (GstRtcSession *self, GstWebRTCSDPType type, const gchar *text);
void gst_rtc_session_set_remote (GstRtcSession *self, GstWebRTCSDPType type, const gchar *text);
void gst_rtc_session_set_states (GstRtcSession *self, const GstRtcSessionStates *states);
void gst_rtc_session_set_target (GstRtcSession *self, const GstRtcSessionTarget *target);

/* What the peer says. [C] */
void gst_rtc_session_handle_report (GObject *object, GstRtcSessionReport *report);

/* As if the element ended the session: the owner hears of it. [C] */
void gst_rtc_session_end_here (GstRtcSession *self);

/* Nobody waits for an answer any more. Idempotent; any thread once it is the last. */
void gst_rtc_session_stop_watchdog (GstRtcSession *self);

G_END_DECLS
