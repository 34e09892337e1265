/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsession.h - one peer's call: the GObject that stands for an RtcPeer outside of [N].
 *
 * Applications get it as session-added's second argument and as a child of the element. Its
 * properties and signals are named as webrtcbin's, so that code written for that finds what it
 * looks for:
 *   properties  id, peer-id, connection-state, ice-connection-state, ice-gathering-state,
 *               signaling-state, local-description, remote-description, target-bitrate (read only)
 *   signals     on-ice-candidate (guint mline, gchararray candidate), ended (gchararray reason,
 *               NULL when the viewer left), on-data-channel (GstRtcDataChannel)
 *   actions     get-stats (GstPad *unused, GstPromise *promise), close (), create-data-channel
 *               (gchararray label, GstStructure *options)
 *
 * The peer itself lives on the network thread; this object knows it through a shared handle and
 * hears of it by posts. Thread: functions and signals [C]; properties any. */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include "gst/rtc/loop/rtc-source.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/webrtc/gstrtcdatachannel.h"
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

/* What was agreed for one transceiver: by its index in the config, or, above those, one that the
 * peer's offer made. */
typedef struct {
  guint transceiver;
  RtcMediaKind kind;
  gchar mid[RTC_SDP_TOKEN_BYTES];
  gboolean sends;    /* we are to send */
  RtcCodec codec;    /* what, when sends */
  gboolean receives; /* the peer may send */
  guint n_receive_codecs;
  RtcCodec receive_codecs[RTC_NEGOTIATED_MAX_CODECS]; /* RTX included, by payload type */
  RtcSdpMsid remote_msid; /* empty stream when none was said */
  gchar reason[256]; /* why not, when it was refused; else empty */
} GstRtcSessionTrack;

/* What a session receives goes to one of these. Each on [N], inside the peer's turn: must neither
 * block nor call the session; getters of peer are fine. */
typedef struct {
  /* One packet in the order of arrival, decrypted, taken out of its RTX packet if it came by one
   * (flag RTC_PACKET_RETRANSMISSION). packet->time is its arrival on rtc_loop_now()'s scale. The
   * packet stays the caller's: copy what is to be kept. */
  void (*rtp) (gpointer receiver, RtcPeer *peer, guint transceiver, guint32 ssrc,
      const RtcPacket *packet);
  /* A compound packet that holds a sender report. */
  void (*rtcp) (gpointer receiver, RtcPeer *peer, const RtcPacket *packet);
  /* No more of that SSRC: BYE, or its section is gone. */
  void (*stream_end) (gpointer receiver, RtcPeer *peer, guint transceiver, guint32 ssrc);
} GstRtcSessionReceiverFuncs;

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
  gboolean transport_cc;      /* see RtcPeerConfig, as are the next two */
  const gchar *congestion_control; /* (nullable) "gcc" */
  RtcCcBounds bitrate;
  guint n_transceivers;
  const RtcTransceiverConfig *transceivers;
  GstRtcSessionFuncs funcs;

  /* Receiving. */
  const GstRtcSessionReceiverFuncs *receiver_funcs; /* static; (nullable): what comes is dropped */
  gpointer receiver;              /* first argument of the funcs; taken over. Must not keep the
                                   * session alive */
  GDestroyNotify receiver_unref;  /* (nullable) any thread, after the last func */
  guint offer_timeout_ms;         /* that our offer may stay unanswered; 0: ..CONNECT_TIMEOUT_MS */
  gboolean offer_data;            /* see RtcPeerConfig, as are the next five */
  gboolean accept_unknown_media;
  gboolean multi_codec_answer;
  guint n_receive_codecs;
  const RtcCodec *receive_codecs;
  RtcFecKinds receive_fec; /* for unknown media */
  GstClockTime receive_latency;
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

/* Goes over to source, another encoding of what is attached, at its next key frame, which is asked
 * for (rtc_peer_attach_next()): hurry: nothing is sent until then. Takes its own reference; who
 * makes what was attached before keeps it going until then. */
void gst_rtc_session_attach_next (GstRtcSession *self, guint transceiver, RtcSource *source,
    gboolean hurry);

/* attach_next() with hurry is about to follow: rtc_peer_leave() until then. FALSE: it does not
 * follow, rtc_peer_stay(). */
void gst_rtc_session_leave (GstRtcSession *self, guint transceiver, gboolean leaves);

/* Pictures of temporal layers above highest are left out, RTC_SEND_STREAM_ALL_LAYERS: none. */
void gst_rtc_session_set_temporal (GstRtcSession *self, guint transceiver, guint8 highest);

/* Asks the peer for a key frame, until one comes (rtc_peer_request_key_frame()). Thread: any. */
void gst_rtc_session_request_key_frame (GstRtcSession *self, guint transceiver);

/* Tells the peer object what a jitter buffer misses (rtc_peer_request_retransmission()). Never
 * blocks. Thread: any. */
void gst_rtc_session_request_retransmission (GstRtcSession *self, guint32 ssrc,
    const guint16 *seqs, guint n_seqs);

/* Other bounds for the target rate (rtc_peer_set_bitrate()). Thread: any. */
void gst_rtc_session_set_bitrate (GstRtcSession *self, const RtcCcBounds *bounds);

/* What may be sent to the peer and what of it is media. */
typedef struct {
  guint64 bps;    /* as gst_rtc_session_get_target_bitrate() */
  gdouble loss;   /* 0..1, of the last seconds, without queues' and outages' (RtcOutput) */
  gdouble repair; /* what retransmission and FEC of video take, as a share of the video, 0..1 */
} GstRtcSessionTarget;

/* All zero while unknown. Thread: any. */
void gst_rtc_session_get_target (GstRtcSession *self, GstRtcSessionTarget *out);

/* What may be sent to the peer, bit/s, all counted: retransmissions, FEC and the headers of RTP,
 * UDP and IP too. 0 while unknown, and for good with a peer that agreed to no feedback. As the
 * property target-bitrate, whose notify comes on [C] at most 20 times a second. Thread: any. */
guint gst_rtc_session_get_target_bitrate (GstRtcSession *self);

/* As the action. (transfer full) Thread: any. */
GstRtcDataChannel *gst_rtc_session_create_data_channel (GstRtcSession *self, const gchar *label,
    const GstStructure *options);

/* Ends it from our side: says goodbye, no func is called any more. Idempotent. */
void gst_rtc_session_close (GstRtcSession *self);

const gchar *gst_rtc_session_get_id (GstRtcSession *self);
const gchar *gst_rtc_session_get_peer_id (GstRtcSession *self); /* never NULL */
GstWebRTCPeerConnectionState gst_rtc_session_get_connection_state (GstRtcSession *self);

/* The W3C statistics (gstrtcstats.h). NULL when the peer is gone. Waits for the network thread:
 * thread [A] or [C], never a streaming thread. (transfer full) */
GstStructure *gst_rtc_session_get_stats (GstRtcSession *self);

G_END_DECLS
