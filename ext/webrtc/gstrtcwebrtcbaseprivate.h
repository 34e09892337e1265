/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcbaseprivate.h - what the two files of GstRtcWebRTCBase share. */
#pragma once

#include "ext/webrtc/gstrtcwaiting.h"
#include "ext/webrtc/gstrtcwebrtcbase.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_WEBRTC_BASE_SIGNAL_SESSION_ADDED,
  GST_RTC_WEBRTC_BASE_SIGNAL_SESSION_REMOVED,
  GST_RTC_WEBRTC_BASE_SIGNAL_GET_SESSIONS,
  GST_RTC_WEBRTC_BASE_N_SIGNALS
} GstRtcWebRTCBaseSignal;

typedef struct {
  GMutex lock; /* guards what properties read and what starting makes */
  GstRtcSignaller *signaller;
  gboolean is_default_signaller;
  gchar *stun_server;
  GValue turn_servers; /* GstValueArray of strings */
  GstWebRTCICETransportPolicy ice_transport_policy;
  guint min_port, max_port;
  guint udp_mux_port;
  gint tcp_mux_port;
  gchar *udp_mux_addresses;
  gchar *certificate, *key;
  gboolean do_retransmission;
  GstStructure *meta;

  GHashTable *sessions; /* id -> GstRtcSession; changed on [C] */
  GstRtcTransport *transport; /* while started */
  GstRtcServers *servers;
  GstRtcWaiting *waiting; /* [C]: while listening; viewers who came too early */
  gboolean is_listening; /* [C]: the signaller runs, its signals are connected */
} GstRtcWebRTCBasePrivate;

GstRtcWebRTCBasePrivate *gst_rtc_webrtc_base_get_private (GstRtcWebRTCBase *self);
guint gst_rtc_webrtc_base_get_signal (GstRtcWebRTCBaseSignal signal);

/* READY to PAUSED: transport, servers, signaller. FALSE: an element error was posted. [A] */
gboolean gst_rtc_webrtc_base_start (GstRtcWebRTCBase *self);

/* PAUSED to READY, before the pads are deactivated: ends the sessions and the signaller; nothing
 * of ours is started on [C] after it. [A] */
void gst_rtc_webrtc_base_stop (GstRtcWebRTCBase *self);

/* After that, when nothing streams any more, and after a start that failed. [A] */
void gst_rtc_webrtc_base_drop_transport (GstRtcWebRTCBase *self);

/* (transfer full), NULL when there is none. [any] */
GstRtcSession *gst_rtc_webrtc_base_find_session (GstRtcWebRTCBase *self, const gchar *id);

G_END_DECLS
