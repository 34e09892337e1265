/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcbase.h - what elements with WebRTC peers share: connection properties, signaller,
 * sessions.
 *
 * An abstract GstBin. It starts the signaller between READY and PAUSED, turns what that says into
 * GstRtcSessions and back, and never lets a peer's failure become an error of the element: it is
 * told by an element message "webrtc-session-ended" {session-id, peer-id, reason}.
 *
 * Thread: properties any; vfuncs and signals on the control context [C], where the sessions'
 * table is changed. */
#pragma once

#include <gst/gst.h>
#include "gst/webrtc/gstrtcsession.h"
#include "gst/webrtc/gstrtcsignaller.h"

G_BEGIN_DECLS

#define GST_RTC_WEBRTC_DEFAULT_STUN_SERVER NULL
#define GST_RTC_WEBRTC_DEFAULT_ICE_TRANSPORT_POLICY GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL
#define GST_RTC_WEBRTC_DEFAULT_UDP_MUX_PORT 0
#define GST_RTC_WEBRTC_DEFAULT_TCP_MUX_PORT (-1) /* udp-mux-port, if that is free */
#define GST_RTC_WEBRTC_DEFAULT_DO_RETRANSMISSION TRUE

#define GST_TYPE_RTC_WEBRTC_BASE (gst_rtc_webrtc_base_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstRtcWebRTCBase, gst_rtc_webrtc_base, GST, RTC_WEBRTC_BASE, GstBin)

struct _GstRtcWebRTCBaseClass {
  GstBinClass parent_class;

  /* READY to PAUSED, the loop is there, the signaller about to start: gets ready for viewers and
   * gives the signaller its properties. [A] */
  void (*configure_signaller) (GstRtcWebRTCBase *self, GstRtcSignaller *signaller);
  /* The signaller listens. (nullable) [A] */
  void (*signaller_started) (GstRtcWebRTCBase *self, GstRtcSignaller *signaller);
  /* Whether every stream has its format; until then new viewers wait for a while. [C] */
  gboolean (*is_ready) (GstRtcWebRTCBase *self);
  /* Appends the RtcTransceiverConfigs for a new session. FALSE with error (RTC_AGAIN: not yet,
   * come back): the peer is told. [C] */
  gboolean (*make_transceivers) (GstRtcWebRTCBase *self, const gchar *session_id,
      GArray *transceivers, GError **error);
  /* (nullable) Sets what else a new session needs, receiving above all; what config->receiver is
   * goes with the session, or is given back at once when that cannot be made. [C] */
  void (*configure_session) (GstRtcWebRTCBase *self, const gchar *session_id,
      GstRtcSessionConfig *config);
  /* (nullable) The session is in the table, before it negotiates. [C] */
  void (*session_added) (GstRtcWebRTCBase *self, GstRtcSession *session);
  /* The session has left the table; reason is NULL when the peer left in order. [C] */
  void (*session_removed) (GstRtcWebRTCBase *self, GstRtcSession *session, const GError *reason);
  /* See GstRtcSessionFuncs. FALSE with error ends the session. [C] */
  gboolean (*negotiated) (GstRtcWebRTCBase *self, GstRtcSession *session,
      const GstRtcSessionTrack *tracks, guint n_tracks, GError **error);
  /* (nullable) Adds to the statistics of a session. [A], [C] */
  void (*fill_stats) (GstRtcWebRTCBase *self, GstRtcSession *session, GstStructure *stats);
  /* PAUSED to READY, or a start that failed: nothing streams any more, the loop goes next. [C] */
  void (*stopped) (GstRtcWebRTCBase *self);
};

/* The loop while the element is PAUSED or PLAYING, else NULL. (transfer full) [any] */
RtcLoop *gst_rtc_webrtc_base_get_loop (GstRtcWebRTCBase *self);

/* Never NULL. (transfer full) [any] */
GstRtcSignaller *gst_rtc_webrtc_base_get_signaller (GstRtcWebRTCBase *self);

/* Whether the signaller is still the one that the element came with. [any] */
gboolean gst_rtc_webrtc_base_has_default_signaller (GstRtcWebRTCBase *self);

/* Replaces it as the default one; takes it over. Only while not started. [A] */
void gst_rtc_webrtc_base_take_default_signaller (GstRtcWebRTCBase *self,
    GstRtcSignaller *signaller);

gboolean gst_rtc_webrtc_base_get_do_retransmission (GstRtcWebRTCBase *self); /* [any] */

/* Where STUN and TURN are, for the signaller's own use: stun-server (nullable) and turn-servers.
 * (transfer full) [any] */
gchar *gst_rtc_webrtc_base_get_stun_server (GstRtcWebRTCBase *self);
GValue *gst_rtc_webrtc_base_get_turn_servers (GstRtcWebRTCBase *self);

/* A list of the sessions, each (transfer full). [any] */
GList *gst_rtc_webrtc_base_list_sessions (GstRtcWebRTCBase *self);

/* is_ready() may have become TRUE: viewers who wait for it are served. [C] */
void gst_rtc_webrtc_base_check_ready (GstRtcWebRTCBase *self);

/* Ends a session from our side; the peer and the bus are told why. [C] */
void gst_rtc_webrtc_base_end_session (GstRtcWebRTCBase *self, GstRtcSession *session,
    const GError *reason);

G_END_DECLS
