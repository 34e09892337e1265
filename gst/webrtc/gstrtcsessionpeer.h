/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsessionpeer.h - the network thread's half of a GstRtcSession: operations on its RtcPeer.
 *
 * A reference-counted handle. Operations are posted from [C] in order and run on [N]; what the
 * peer says is turned into reports that are posted to [C], state changes merged. Nothing of an
 * application runs on [N]. Once the peer has failed or closed exactly one ENDED report follows. */
#pragma once

#include "gst/webrtc/gstrtcdatachannel.h"
#include "gst/webrtc/gstrtcsession.h"

G_BEGIN_DECLS

typedef struct _GstRtcSessionPeer GstRtcSessionPeer;

typedef struct {
  RtcPeerState peer;
  RtcIceState ice;
  RtcIceGatheringState gathering;
  RtcJsepState signaling;
} GstRtcSessionStates;

typedef enum {
  GST_RTC_SESSION_REPORT_STATES,      /* something in states changed */
  GST_RTC_SESSION_REPORT_DESCRIPTION, /* text is to be sent as sdp_type */
  GST_RTC_SESSION_REPORT_CANDIDATE,   /* text, mid, mline */
  GST_RTC_SESSION_REPORT_NEGOTIATED,  /* tracks */
  GST_RTC_SESSION_REPORT_REFUSED,     /* error */
  GST_RTC_SESSION_REPORT_TARGET_RATE, /* target */
  GST_RTC_SESSION_REPORT_CHANNEL,     /* channel: the peer has opened it */
  GST_RTC_SESSION_REPORT_ENDED,       /* error, NULL when the peer left */
} GstRtcSessionReportType;

typedef struct {
  GstRtcSessionReportType type;
  GstRtcSessionStates states;
  RtcSdpType sdp_type;
  gchar *text;
  gchar *mid;
  guint mline;
  GArray *tracks; /* GstRtcSessionTrack */
  GstRtcSessionTarget target;
  GstRtcDataChannel *channel;
  GError *error;
} GstRtcSessionReport;

/* On [C], while the session lives. report is freed after it. */
typedef void (*GstRtcSessionReportFunc) (GObject *session, GstRtcSessionReport *report);

/* config as gst_rtc_session_new() got it. session is held weakly. Thread: any. */
GstRtcSessionPeer *gst_rtc_session_peer_new (GObject *session, const GstRtcSessionConfig *config,
    GstRtcSessionReportFunc func);
GstRtcSessionPeer *gst_rtc_session_peer_ref (GstRtcSessionPeer *self);
void gst_rtc_session_peer_unref (GstRtcSessionPeer *self); /* (nullable) any thread */

/* Each of these posts; thread: any. servers is (transfer full), an array of RtcIceServer; text is
 * copied. */
void gst_rtc_session_peer_start (GstRtcSessionPeer *self, GArray *servers, const gchar *offer);
void gst_rtc_session_peer_set_remote (GstRtcSessionPeer *self, RtcSdpType type, const gchar *text);
void gst_rtc_session_peer_add_candidate (GstRtcSessionPeer *self, guint mline, const gchar *mid,
    const gchar *candidate);
void gst_rtc_session_peer_attach (GstRtcSessionPeer *self, guint transceiver, RtcSource *source);
void gst_rtc_session_peer_attach_next (GstRtcSessionPeer *self, guint transceiver,
    RtcSource *source, gboolean hurry);
void gst_rtc_session_peer_leave (GstRtcSessionPeer *self, guint transceiver, gboolean leaves);
void gst_rtc_session_peer_set_temporal (GstRtcSessionPeer *self, guint transceiver, guint8 highest);
void gst_rtc_session_peer_request_key_frame (GstRtcSessionPeer *self, guint transceiver);
void gst_rtc_session_peer_request_retransmission (GstRtcSessionPeer *self, guint32 ssrc,
    const guint16 *seqs, guint n_seqs);
void gst_rtc_session_peer_set_bitrate (GstRtcSessionPeer *self, const RtcCcBounds *bounds);
void gst_rtc_session_peer_fail (GstRtcSessionPeer *self, const gchar *reason);
void gst_rtc_session_peer_close (GstRtcSessionPeer *self);

/* A channel, CONNECTING; what becomes of it is told by its signals. (transfer full) */
GstRtcDataChannel *gst_rtc_session_peer_create_channel (GstRtcSessionPeer *self,
    const RtcDataChannelInit *init);

/* (nullable) A snapshot, NULL when the peer is gone; free with rtc_peer_stats_clear() and
 * g_free(). Waits for [N]. Thread: [A], [C]. */
RtcPeerStats *gst_rtc_session_peer_get_stats (GstRtcSessionPeer *self);

G_END_DECLS
