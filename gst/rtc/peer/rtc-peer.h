/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-peer.h - one WebRTC peer: SDP, ICE, DTLS, SRTP, RTP and RTCP put together, without I/O.
 *
 * The contract (docs/design/architecture.md B4):
 * - Inputs are the functions below that take now, and what the backends queued.
 * - After any input, drain rtc_peer_poll() until it says FALSE before the next input. There are
 *   no upcalls. Packets leave through the ICE vtable's send().
 * - rtc_peer_next_deadline() tells when to call rtc_peer_handle_timeout(); a deadline is a
 *   hint, early calls change nothing.
 * - Time and randomness are arguments: equal inputs give equal outputs.
 * Thread: network thread only, all functions. */
#pragma once

#include "gst/rtc/base/rtc-output.h"
#include "gst/rtc/dc/rtc-data-channel.h"
#include "gst/rtc/iface/rtc-cc-iface.h"
#include "gst/rtc/iface/rtc-dtls-iface.h"
#include "gst/rtc/iface/rtc-ice-iface.h"
#include "gst/rtc/iface/rtc-sctp-iface.h"
#include "gst/rtc/iface/rtc-srtp-iface.h"
#include "gst/rtc/jsep/rtc-jsep.h"
#include "gst/rtc/peer/rtc-fanout.h"

G_BEGIN_DECLS

typedef struct _RtcPeer RtcPeer;

/* As RTCPeerConnectionState (webrtc-pc 4.4.3). */
typedef enum {
  RTC_PEER_STATE_NEW,
  RTC_PEER_STATE_CONNECTING,
  RTC_PEER_STATE_CONNECTED,
  RTC_PEER_STATE_DISCONNECTED,
  RTC_PEER_STATE_FAILED,
  RTC_PEER_STATE_CLOSED,
} RtcPeerState;

typedef struct {
  RtcPeerId id;
  RtcIceFactory *ice;    /* factories outlive the peer */
  RtcDtlsFactory *dtls;
  RtcSrtpFactory *srtp;
  RtcSctpFactory *sctp;  /* (nullable) data channels are refused */
  RtcRandom *random;     /* outlives the peer */
  RtcPacketPool *pool;   /* (nullable) outlives the peer */
  GArray *results;       /* (nullable) of RtcCcResult, room that the peers of a thread share while
                          * one reads feedback; who needs it holds a reference. NULL: its own */
  RtcIceConfig ice_config; /* servers are copied by the agent */
  RtcLimits limits;
  guint64 ntp64_at_zero; /* wall clock at now == 0, 32.32 NTP; SRs are made from it */
  const RtcTextKeeper *texts; /* (nullable) for descriptions in force; outlives the peer */
  gboolean multi_codec_answer; /* answer with every common codec, not just the chosen one */
  gboolean transport_cc;       /* negotiate transport-wide congestion control and its numbers, and
                                * REMB for peers that know no better */

  /* Sending, to a peer that agreed to either: what is sent is paced by a controller's target, which
   * RTC_OUTPUT_TARGET_RATE tells of. A peer that agreed to neither is sent everything at once. */
  gchar congestion_control[16]; /* the controller (rtc-cc.h); empty: "gcc" */
  RtcCcBounds bitrate;          /* 0 in any of them: 30 kbit/s, 1 Mbit/s, 10 Mbit/s */

  /* Receiving. */
  gboolean offer_data;           /* our first offer has a section for data, if there is sctp */
  gboolean accept_unknown_media; /* receive sections of an offer that no transceiver of ours fits */
  guint n_receive_codecs;        /* with these, both kinds mixed, best first */
  const RtcCodec *receive_codecs; /* used by rtc_peer_new() only */
  RtcFecKinds receive_fec;       /* for accept_unknown_media */
  GstClockTime receive_latency;  /* how long a lost packet is worth having, ns; 0: 2 s */
} RtcPeerConfig;

/* The peer is in state NEW and has local ICE credentials. NULL with *error when a backend
 * refuses. */
RtcPeer *rtc_peer_new (const RtcPeerConfig *config, GstClockTime now, GError **error);

/* Frees at once, saying nothing to the other side; see rtc_peer_close(). (nullable) */
void rtc_peer_free (RtcPeer *self);

RtcPeerId rtc_peer_get_id (const RtcPeer *self);

/* --- negotiation (RFC 9429); texts are SDP -------------------------------------------------- */

/* Adds an m-line to be, before or between negotiations; its index is stable. Copies config. */
guint rtc_peer_add_transceiver (RtcPeer *self, const RtcTransceiverConfig *config);

/* A new offer or answer as text; no state changes. RTC_ERR_STATE with *error when it is not the
 * time for one. *sdp is (transfer full). */
RtcResult rtc_peer_create_offer (RtcPeer *self, GstClockTime now, gchar **sdp, GError **error);
RtcResult rtc_peer_create_answer (RtcPeer *self, GstClockTime now, gchar **sdp, GError **error);

/* Applies a description. Anything wrong leaves the peer as it was and sets *error to a sentence
 * a user can act on: RTC_ERR_PARSE, RTC_ERR_UNSUPPORTED (no fingerprint, no mux, ...),
 * RTC_ERR_STATE. sdp is NULL for a rollback; setting the local description starts gathering, and
 * the peer fails when there is nothing to gather on. */
RtcResult rtc_peer_set_local_description (RtcPeer *self, GstClockTime now, RtcSdpType type,
    const gchar *sdp, GError **error);
RtcResult rtc_peer_set_remote_description (RtcPeer *self, GstClockTime now, RtcSdpType type,
    const gchar *sdp, GError **error);

/* The local description with the candidates gathered so far; NULL before there is one.
 * (transfer full) */
gchar *rtc_peer_get_local_description (RtcPeer *self);

/* One trickled candidate, "candidate:..." or "" / NULL for end-of-candidates. mid (nullable) or
 * mline names the section. Candidates that come before the remote description is in force, the
 * first one or that of an ICE restart, wait here.
 * RTC_ERR_PARSE with *error when malformed; refused and surplus ones are counted and RTC_OK. */
RtcResult rtc_peer_add_ice_candidate (RtcPeer *self, GstClockTime now, const gchar *mid,
    guint mline, const gchar *candidate, GError **error);

/* The next offer restarts ICE (RFC 8445 9). */
RtcResult rtc_peer_restart_ice (RtcPeer *self, GstClockTime now);

/* Negotiation's result; see rtc-jsep.h. Owned by the peer, valid until the next input. */
RtcJsep *rtc_peer_get_jsep (RtcPeer *self);

/* --- media ---------------------------------------------------------------------------------- */

/* Sends fanout's packets on the transceiver's negotiated codec; NULL stops, and so does a
 * negotiation that ends the sending or changes the codec: attach the right one after
 * RTC_OUTPUT_NEGOTIATED. The peer holds a reference. Switching continues sequence numbers and time
 * stamps without a gap. RTC_ERR_STATE when the transceiver does not send. */
RtcResult rtc_peer_attach (RtcPeer *self, GstClockTime now, guint transceiver, RtcFanout *fanout);

/* Goes over to another fan-out, another encoding of the same picture, when its next key frame
 * starts; that is asked for. Until then hurry says what is sent: FALSE what is attached now, TRUE
 * nothing, as it is too much for the path (and a key frame that has just been is taken at once).
 * What is attached already, or nothing: as rtc_peer_attach(). A later call, or rtc_peer_attach(),
 * takes it back. RTC_ERR_STATE as there. */
RtcResult rtc_peer_attach_next (RtcPeer *self, GstClockTime now, guint transceiver,
    RtcFanout *fanout, gboolean hurry);

/* What waits of the transceiver's video is dropped and nothing more of what is attached is sent,
 * since it is too much for the path; then attach_next() is to follow, whose key frame leaves at the
 * pace of the path. stay() takes it back, from the next key frame on. */
void rtc_peer_leave (RtcPeer *self, GstClockTime now, guint transceiver);
void rtc_peer_stay (RtcPeer *self, GstClockTime now, guint transceiver);

/* Leaves out the pictures of temporal layers above highest, see rtc_send_stream_set_temporal(); for
 * any source of the transceiver. */
void rtc_peer_set_temporal (RtcPeer *self, guint transceiver, guint8 highest);

/* Called by the fan-out that comes next, once, before the first packet of a key frame. */
void rtc_peer_take_next (RtcPeer *self, GstClockTime now, guint transceiver);

/* After rtc_peer_send_rtp(): whether the peer needs a turn, because it has something to tell or
 * to do before what next_deadline() said last. If not, flush() is enough. */
gboolean rtc_peer_needs_turn (const RtcPeer *self);

/* After rtc_peer_send_rtp(), before flush(): sends the RTCP report that would be due soon, so that
 * it leaves with the media and nobody has to wake up for it. TRUE: the peer needs a turn, since its
 * deadline has moved. */
gboolean rtc_peer_report_along (RtcPeer *self, GstClockTime now);

/* What is attached to the transceiver, NULL when nothing is. Owned by the peer. */
RtcFanout *rtc_peer_find_fanout (const RtcPeer *self, guint transceiver);

/* What it goes over to next, NULL when nothing. Owned by the peer. */
RtcFanout *rtc_peer_find_next (const RtcPeer *self, guint transceiver);

/* Called by the fan-out for each attached peer: one source packet. */
void rtc_peer_send_rtp (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcPacketHistoryEntry *entry);

/* Asks the peer for a key frame of what it sends on the transceiver (PLI, else FIR, as
 * negotiated), again and again until one starts. RTC_ERR_STATE when nothing is received there,
 * RTC_ERR_UNSUPPORTED when the peer takes neither: wait for the next one. */
RtcResult rtc_peer_request_key_frame (RtcPeer *self, GstClockTime now, guint transceiver);

/* A jitter buffer misses packets of a received SSRC. The peer is the one authority for asking
 * (RFC 4585 6.2.1): what it asks for already, has received or has given up changes nothing.
 * RTC_ERR_STATE when there is no such stream, RTC_ERR_UNSUPPORTED when it takes no NACK. */
RtcResult rtc_peer_request_retransmission (RtcPeer *self, GstClockTime now, guint32 ssrc,
    const guint16 *seqs, guint n_seqs);

/* Other bounds for the target rate, from now on; as config.bitrate. */
void rtc_peer_set_bitrate (RtcPeer *self, GstClockTime now, const RtcCcBounds *bounds);

/* The round trip to the peer as far as it is known; GST_CLOCK_TIME_NONE: not yet. */
GstClockTime rtc_peer_get_rtt (const RtcPeer *self);

/* Reads header extensions of a packet that RTC_OUTPUT_RTP handed out. TRUE when it has one of
 * wanted (bits as in RtcRtpExtensionValues.present); at once FALSE when none of them was agreed
 * on. */
gboolean rtc_peer_read_extensions (const RtcPeer *self, const RtcPacket *packet, guint32 wanted,
    RtcRtpExtensionValues *out);

/* --- data channels (RFC 8831) ---------------------------------------------------------------- */

/* RTC_PEER_MAX_SEND_BYTES: the longest message that we send, whatever the peer takes: SCTP keeps
 * all of it until it is acknowledged. */
#define RTC_PEER_MAX_SEND_BYTES (1024 * 1024)

/* RTC_PEER_MAX_MESSAGE_BYTES: the longest message that we take, as our SDP says. */
#define RTC_PEER_MAX_MESSAGE_BYTES (256 * 1024)

/* RTC_PEER_MAX_QUEUED_BYTES: what all channels together keep for sending. */
#define RTC_PEER_MAX_QUEUED_BYTES (32 * 1024 * 1024)

/* A new channel, CONNECTING, as rtc_data_channels_create(). Where none was agreed on yet, our next
 * offer asks for it (RTC_OUTPUT_NEGOTIATION_NEEDED), and the channel opens once both have agreed.
 * RTC_ERR_UNSUPPORTED with *error also without a SCTP factory. What happens with it is told by
 * RTC_OUTPUT_CHANNEL_*. */
RtcResult rtc_peer_create_channel (RtcPeer *self, GstClockTime now, const RtcDataChannelInit *init,
    guint32 *channel, GError **error);

/* As rtc_data_channels_send() and _close(). */
RtcResult rtc_peer_send_data (RtcPeer *self, GstClockTime now, guint32 channel, gboolean is_text,
    RtcPacket *packet);
void rtc_peer_close_channel (RtcPeer *self, GstClockTime now, guint32 channel);

/* What a channel is; its texts are valid within the handling of an output. FALSE: not any more. */
gboolean rtc_peer_get_channel (const RtcPeer *self, guint32 channel, RtcDataChannelInfo *out);

/* The longest message that the peer takes; 0 while nothing is agreed on. */
guint64 rtc_peer_get_max_message_size (const RtcPeer *self);

/* FALSE: no messages until TRUE; the peer has to wait when its window is used up. FALSE
 * may be said while an output is handled. */
void rtc_peer_set_data_reading (RtcPeer *self, GstClockTime now, gboolean is_reading);

/* --- turn ----------------------------------------------------------------------------------- */

/* Takes what the backends queued (packets, ICE and DTLS events) and answers it. The loop calls
 * it when a backend woke the peer; handle_timeout() does it too. */
void rtc_peer_handle_backends (RtcPeer *self, GstClockTime now);

void rtc_peer_handle_timeout (RtcPeer *self, GstClockTime now);

/* GST_CLOCK_TIME_NONE: nothing will happen by time alone; in the past: at once. */
GstClockTime rtc_peer_next_deadline (RtcPeer *self);

/* Next output; FALSE when there is none. The caller owns out->packet. */
gboolean rtc_peer_poll (RtcPeer *self, RtcOutput *out);

/* Pushes out what the ICE agent batched; once, at the end of a turn. */
void rtc_peer_flush (RtcPeer *self);

/* Before a close: what has come in and nobody has looked at yet becomes part of the next turn, so
 * that the last of what was sent is not lost to a goodbye that took another way. */
void rtc_peer_receive (RtcPeer *self);

/* Says goodbye (RTCP BYE, close_notify), ends what was received (STREAM_END), then state CLOSED.
 * The peer may be freed after the following poll and flush. Idempotent. */
void rtc_peer_close (RtcPeer *self, GstClockTime now);

/* Fails the peer with a reason of the shell's own (a deadline of signalling, ...). */
void rtc_peer_fail (RtcPeer *self, GstClockTime now, const gchar *reason);

/* --- states, each derived (webrtc-pc 4.4.3), never stored twice ------------------------------ */

RtcPeerState rtc_peer_get_state (const RtcPeer *self);

/* RTC_PEER_PATIENT_LATENCY: a receive_latency from which some ms more do not matter. */
#define RTC_PEER_PATIENT_LATENCY GST_SECOND

/* TRUE for a connected peer that sends no media and was configured with at least that
 * receive_latency: what it receives may lie in its socket for some ms. */
gboolean rtc_peer_is_patient (const RtcPeer *self);

/* The rule behind it: the state of a peer whose transports have these. Pure. */
RtcPeerState rtc_peer_derive_state (gboolean is_closed, gboolean has_failed, RtcIceState ice,
    RtcDtlsState dtls);

/* "new", "connecting", ...; as in webrtc-pc. */
const gchar *rtc_peer_state_to_string (RtcPeerState state);
RtcIceState rtc_peer_get_ice_state (const RtcPeer *self);
RtcIceGatheringState rtc_peer_get_gathering_state (const RtcPeer *self);
RtcDtlsState rtc_peer_get_dtls_state (const RtcPeer *self);
RtcJsepState rtc_peer_get_signaling_state (const RtcPeer *self);
const gchar *rtc_peer_get_failure (const RtcPeer *self); /* NULL while all is well */

G_END_DECLS
