/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-peer-private.h - the peer's parts, shared by the rtc-peer-*.c files only.
 *
 * One verb per file: rtc-peer.c creates and drives, -negotiate applies descriptions, -connect
 * climbs the ladder ICE -> DTLS -> SRTP and SCTP, -data has the channels on it, -receive and -send
 * move packets, -early holds what comes before its keys or its stream are known, -rtcp answers and
 * makes reports, -feedback and -cc tell the peer what is missing and how much comes through, -rate
 * asks the congestion controller how much may be sent, -pace holds packets until they may leave,
 * -join gives who has come a first picture, -rung goes over from one encoding to another, -breaker
 * stops what must not go on, -stats takes snapshots. Network thread only.
 *
 * The way of a media packet: rtc_peer_send_rtp() (fan-out) -> rtc_send_stream_admit() ->
 * rtc_peer_hold_media() when a controller is there: it passes, waits as a name in the pacer, or is
 * dropped -> rtc_peer_send_media(): built (this is where a built media packet can be seen, once and
 * in the order of its numbers, before it is stamped: FEC) -> rtc_peer_protect_and_send_rtp():
 * stamped, protected, sent, and noted with controller and pacer. */
#pragma once

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-rate-meter.h"
#include "gst/rtc/cc/rtc-pacer.h"
#include "gst/rtc/cc/rtc-rate-brake.h"
#include "gst/rtc/cc/rtc-remb-estimator.h"
#include "gst/rtc/media/rtc-circuit-breaker.h"
#include "gst/rtc/media/rtc-receive-stream.h"
#include "gst/rtc/media/rtc-send-stream.h"
#include "gst/rtc/media/rtc-twcc-receiver.h"
#include "gst/rtc/media/rtc-twcc-sender.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/rtc/peer/rtc-peer.h"
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "gst/rtc/rtcp/rtc-rtcp-scheduler.h"
#include "gst/rtc/rtcp/rtc-rtcp.h"
#include "gst/rtc/rtp/rtc-bundle.h"
#include "gst/rtc/rtp/rtc-demux.h"

G_BEGIN_DECLS

/* PEER_RTCP_BANDWIDTH_BPS: RTCP may use it even when 5 % of what is received is less. */
#define PEER_RTCP_BANDWIDTH_BPS 100000

/* PEER_MAX_RRTRS: receivers of one peer whose reference times are answered with one report; a
 * browser has one for each stream that it receives. */
#define PEER_MAX_RRTRS 16

/* A receiver reference time report (RFC 3611 4.4). */
typedef struct {
  guint32 ssrc;                    /* of the receiver */
  guint32 compact;                 /* its NTP time */
  GstClockTime time;               /* when it came */
} RtcPeerRrtr;

/* Sending what was before the peer came, faster than it was captured. */
typedef struct {
  guint64 next;                    /* number in the source's history; 0: the peer is up to date */
  GstClockTime began, span;        /* within which it is sent */
  guint32 from, ticks;             /* what is sent within span: source time stamps */
  GstClockTime behind;             /* when it began */
  GstClockTime due;                /* when next may leave */
} RtcPeerCatchUp;

/* What a transceiver of rtc-jsep has become in this peer. */
typedef struct {
  guint64 generation;              /* of the RtcNegotiated applied; 0 = none */
  gboolean can_send;               /* send is initialised and the direction allows it */
  RtcPeerCatchUp catch_up;         /* looked at for each packet, as is what follows */
  RtcSendStream send;
  RtcFanout *fanout;               /* attached source (reference) */
  RtcFanout *next;                 /* to go over to at its next key frame (reference) */
  RtcFanout *slots[RTC_SEND_STREAM_SLOTS]; /* references that keep send's histories alive */
  RtcCodec send_codec;
  guint64 replays;                 /* first pictures from the history: join-mode */
  guint64 replay_fallbacks;        /* that were asked for of the encoder, since it had none, or
                                    * was too far ahead */
  guint64 early_drops;             /* packets that came before there were keys, or after failure,
                                    * or while sending pauses */

  /* For the controller. */
  guint64 reported_highest;        /* of the last report block */
  gint64 reported_lost;
  RtcCircuitBreaker breaker;
  guint64 pacer_drops;             /* times that a backlog was dropped up to the next key frame */
  gboolean is_stuck;               /* the peer will not get what it needs ... */
  guint64 stuck_key_frames;        /* ... unless more key frames than these were sent */
  GstClockTime key_frame_due;      /* when to ask for one after a drop, or for a stuck peer; NONE */
  GstClockTime wish_asked;         /* when one was asked for last; meaningless while no interval */
  GstClockTime wish_interval;      /* to the next; 0: none yet */
} RtcPeerSection;

/* What rates and paces the sending to a peer that agreed to feedback. */
typedef struct {
  RtcCc *cc;
  RtcTwccSender *twcc;             /* NULL: no transport-wide numbers agreed, REMB only */
  RtcPacer pacer;
  RtcCcTarget target;              /* as last read */
  gboolean can_pad;
  guint64 high_bps;                /* highest target of late, and when it was that */
  GstClockTime high_at;
  guint n_lost_falling;            /* packets lost since the target is less than half of it */
  gboolean is_narrow;              /* it fell because of a queue */
  guint64 announced_bps;           /* last told to the shell; 0: not yet */
  gfloat announced_loss, announced_repair;
  GstClockTime announced, announce_due;
  RtcRateMeter video_rate, repair_rate;
  gboolean has_rtcp;               /* some came once */
  GstClockTime last_rtcp;          /* when some came, or when the first packet after it left */
  guint64 rtp_at_rtcp;             /* counters.rtp_sent at that time */
  gboolean is_paused;              /* by the circuit breaker */
} RtcPeerRate;

typedef struct {
  gchar mid[RTC_SDP_TOKEN_BYTES];
  guint mline;
  gboolean is_end;
  RtcCandidate candidate;
} RtcPeerCandidate;

/* Packets that wait, oldest first: at most limits.max_early_rtp of them, PEER_EARLY_BYTES and
 * PEER_EARLY_AGE. */
typedef struct {
  GQueue packets;                  /* RtcPacket * */
  gsize bytes;
} RtcPeerEarly;

/* As in RtcPeerStats, which is ten times as large. */
typedef struct {
  guint64 rtp_sent, rtcp_sent, rtp_received, rtcp_received;
  guint64 pair_changes;
  guint64 dlrr_measurements;
  GstClockTime dlrr_rtt, dlrr_total;
  guint64 dropped_unknown, dropped_malformed, dropped_auth, dropped_replay, dropped_limit;
  guint64 dropped_send;
  guint64 early_held, early_dropped;
  guint64 ssrc_collisions;
  guint64 remb_sent, remb_bps, remb_received, remb_received_bps;
  guint64 breaker_pauses;
  guint64 feedback_unknown;
  guint64 candidates_refused;
  guint64 sctp_failures;
} RtcPeerCounters;

struct _RtcPeer {
  RtcPeerConfig config;
  gchar id[24];                    /* "p7", for logs */
  RtcJsep *jsep;
  RtcIce *ice;
  RtcDtls *dtls;
  RtcSrtp *srtp;                   /* NULL until the fingerprint is verified */
  RtcOutputQueue out;

  /* Last words of the backends; everything else is derived. */
  RtcIceState ice_state;
  RtcIceGatheringState gathering_state;
  RtcDtlsState dtls_state;
  gboolean is_closed;
  gchar *failure;                  /* not NULL: FAILED */

  /* Negotiation in force. */
  guint64 transport_generation;
  guint ice_generation, dtls_generation;
  gboolean transport_known;
  gchar *remote_ufrag;             /* last applied; tells candidates of an earlier ICE session */
  gboolean dtls_is_client;
  gboolean dtls_started;
  GArray *candidates;              /* RtcPeerCandidate, waiting for their description */
  GstClockTime connect_deadline;
  GstClockTime connect_began;
  gboolean was_connected;

  /* Media. */
  GPtrArray *sections;             /* RtcPeerSection *, index as the transceiver */
  RtcBundle *bundle;
  RtcRtpExtensionMap extensions;   /* of the whole BUNDLE, receiving (RFC 9143 12: one id space) */
  GPtrArray *inbound;              /* RtcReceiveStream *, owned */
  RtcPeerState last_state;         /* the one last announced */
  GQueue early;                    /* RtcPacket *, DTLS before the roles are known and ICE is up */
  RtcPeerEarly locked;             /* SRTP and SRTCP from before there were keys */
  RtcPeerEarly strange;            /* RTP, decrypted, of streams that nothing names yet */
  gboolean is_replaying;           /* strange is being gone through */
  guint16 twcc_seq;                /* next, of a peer without rate */
  RtcPeerRate *rate;               /* NULL: no feedback agreed, nothing is paced */
  guint n_catching_up;             /* sections whose catch_up.next is not 0 */
  gboolean is_dirty;               /* something was sent: flush */
  GstClockTime told_deadline;      /* what next_deadline() said last */
  gboolean has_more;               /* the last turn left events of the ICE agent behind */

  /* Data channels; channels is NULL without a SCTP factory. */
  RtcDataChannels *channels;
  RtcSctp *sctp;                   /* NULL until agreed on and DTLS is CONNECTED */
  RtcSctpState sctp_state;
  gboolean has_negotiated;         /* an offer and its answer were in force */
  gboolean wants_data;             /* channels wait for our next offer */
  gboolean has_data_in;   /* SCTP was given packets and not asked since */
  gboolean is_closing_data;        /* by us */

  /* RTCP. */
  gchar cname[17];
  guint32 rtcp_ssrc;               /* reporter while nothing is sent */
  RtcRtcpScheduler scheduler;
  gboolean rtcp_running;
  gboolean feedback_requested;     /* of the scheduler, which now owns when it leaves */
  gboolean reduced_size, rcvr_rtt;
  RtcPeerRrtr rrtrs[PEER_MAX_RRTRS]; /* to be answered, one per receiver of the peer */
  guint n_rrtrs;
  gboolean peer_times_repair;      /* it sends reference times, to know the round trip */
  GstClockTime rtt;                /* by DLRR, while we only receive; NONE: unknown */
  GstClockTime nack_rtt;           /* by NACKs and their answers, smoothed; NONE: unknown */

  /* What the peer is told about its rate. */
  RtcRateMeter receive_rate;       /* of all RTP */
  gboolean use_twcc;               /* agreed */
  RtcTwccReceiver *twcc;           /* NULL until agreed */
  gboolean use_remb;               /* agreed, and nothing better */
  RtcRembEstimator remb;
  gboolean use_brake;              /* REMB agreed beside something better */
  RtcRateBrake brake;

  RtcPeerCounters counters;
  RtcLogLimit warn_auth, warn_malformed;
};

static inline guint64
rtc_peer_ntp64 (const RtcPeer *self, GstClockTime now)
{
  return self->config.ntp64_at_zero + rtc_time_duration_to_ntp64 (now);
}

static inline RtcReceiveStream *
rtc_peer_inbound (const RtcPeer *self, guint index)
{
  return (RtcReceiveStream *) g_ptr_array_index (self->inbound, index);
}

static inline RtcPeerSection *
rtc_peer_section (const RtcPeer *self, guint index)
{
  return (RtcPeerSection *) g_ptr_array_index (self->sections, index);
}

/* rtc-peer.c */
void rtc_peer_push_output (RtcPeer *self, RtcOutputType type);
void rtc_peer_announce_state (RtcPeer *self);

/* rtc-peer-negotiate.c: makes what was agreed real; called whenever a description was applied. */
void rtc_peer_apply_negotiation (RtcPeer *self, GstClockTime now);

/* codec without the feedback that nobody here would evaluate, which is then not negotiated. */
RtcCodec rtc_peer_limit_feedback (const RtcPeer *self, const RtcCodec *codec);

/* rtc-peer-connect.c */
void rtc_peer_handle_connect_timeout (RtcPeer *self, GstClockTime now);
void rtc_peer_start_dtls (RtcPeer *self, GstClockTime now);
void rtc_peer_handle_dtls_packet (RtcPeer *self, GstClockTime now, RtcPacket *packet);
void rtc_peer_drain_dtls (RtcPeer *self, GstClockTime now);

/* rtc-peer-data.c: SCTP over DTLS, and the data channels on it. apply_data after a negotiation and
 * when DTLS is CONNECTED; handle_data for what DTLS has decrypted, whose caller drains DTLS. */
void rtc_peer_apply_data (RtcPeer *self, GstClockTime now);
void rtc_peer_handle_data (RtcPeer *self, GstClockTime now, const RtcPacket *packet);
void rtc_peer_answer_data (RtcPeer *self, GstClockTime now);
void rtc_peer_poll_data (RtcPeer *self, GstClockTime now);
GstClockTime rtc_peer_data_deadline (const RtcPeer *self);
void rtc_peer_close_data (RtcPeer *self, GstClockTime now);
void rtc_peer_free_data (RtcPeer *self);
void rtc_peer_fill_data_stats (RtcPeer *self, RtcPeerStats *out);

/* rtc-peer-receive.c: handle_packet takes over packet. remove_inbound forgets an SSRC, end_inbound
 * also tells the shell (STREAM_END); both ignore unknown ones. end_section and end_all end all that
 * a section, or the peer, received. route_rtp is what follows decryption. */
void rtc_peer_handle_packet (RtcPeer *self, GstClockTime now, RtcPacket *packet);
void rtc_peer_route_rtp (RtcPeer *self, GstClockTime now, RtcPacket *packet);
void rtc_peer_output_rtp (RtcPeer *self, guint section, guint32 ssrc, RtcPacket *packet);
gboolean rtc_peer_is_own_ssrc (const RtcPeer *self, guint32 ssrc);
RtcReceiveStream *rtc_peer_find_inbound (RtcPeer *self, guint32 ssrc);
void rtc_peer_remove_inbound (RtcPeer *self, guint32 ssrc);
void rtc_peer_end_inbound (RtcPeer *self, guint32 ssrc);
void rtc_peer_end_section (RtcPeer *self, guint section);
void rtc_peer_end_all (RtcPeer *self);

/* rtc-peer-repair.c: RTX, RED, ULPFEC and FlexFEC as received. unwrap_rtx turns an RTX packet into
 * what it repeats; FALSE: nothing in it for us. open_red makes *header and *codec those of the
 * payload within RED, whose *cut bytes close_red() then takes out; header and packet do not agree
 * between the two. RTC_ERR_PARSE: no RED, or nothing that may be in it. take_earlier hands on
 * earlier frames that are missing; header is that of the RED packet. note_media tells a stream's
 * decoder of a packet that came as itself, and hands on what is complete now. handle_flexfec and
 * handle_ulpfec take over packet. */
gboolean rtc_peer_unwrap_rtx (RtcPeer *self, GstClockTime now, const RtcBundleMatch *match,
    const RtcCodec *codec, RtcRtpHeader *header, RtcPacket *packet);
RtcResult rtc_peer_open_red (RtcPeer *self, guint section, RtcRtpHeader *header,
    const RtcPacket *packet, const RtcCodec **codec, gsize *cut);
void rtc_peer_close_red (RtcRtpHeader *header, RtcPacket *packet, gsize cut);
void rtc_peer_take_earlier (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    const RtcRtpHeader *header, const RtcPacket *packet);
void rtc_peer_note_media (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    const RtcRtpHeader *header, RtcPacket *packet);
void rtc_peer_handle_flexfec (RtcPeer *self, GstClockTime now, const RtcBundleMatch *match,
    const RtcRtpHeader *header, RtcPacket *packet);
void rtc_peer_handle_ulpfec (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    RtcRtpHeader *header, RtcPacket *packet);

/* rtc-peer-early.c: both hold functions take over packet, or drop and count it. unlock: there are
 * keys now. replay: routes the held packets of one SSRC, or of all with ALL: a description or an
 * SDES may have named them. */
#define PEER_EARLY_ALL 0
void rtc_peer_hold_locked (RtcPeer *self, GstClockTime now, RtcPacket *packet);
void rtc_peer_hold_strange (RtcPeer *self, GstClockTime now, RtcPacket *packet);
void rtc_peer_unlock (RtcPeer *self, GstClockTime now);
void rtc_peer_replay (RtcPeer *self, GstClockTime now, guint32 ssrc);
void rtc_peer_clear_early (RtcPeer *self);

/* rtc-peer-feedback.c: what we ask of the peer as a receiver. The write functions append what
 * is due and report whether anything was appended. */
GstClockTime rtc_peer_feedback_deadline (const RtcPeer *self);
gboolean rtc_peer_write_feedback (RtcPeer *self, GstClockTime now, RtcRtcpBuilder *builder);

/* rtc-peer-cc.c: transport-wide feedback or REMB, as negotiated, at their own time. apply_cc after
 * a negotiation; note_arrival for each RTP packet that was decrypted; note_queue when it has been
 * noted in its stream: overflows when late_losses has grown. */
void rtc_peer_apply_cc (RtcPeer *self);
void rtc_peer_note_arrival (RtcPeer *self, GstClockTime now, const RtcRtpHeader *header,
    const RtcRtpExtensionValues *values, const RtcPacket *packet);
void rtc_peer_note_queue (RtcPeer *self, GstClockTime now, const RtcReceiveStream *stream,
    gboolean overflows);
GstClockTime rtc_peer_cc_deadline (const RtcPeer *self);
void rtc_peer_send_cc_feedback (RtcPeer *self, GstClockTime now);

/* rtc-peer-rate.c: the controller's life, its inputs, and what follows from its target. */
void rtc_peer_apply_rate (RtcPeer *self, GstClockTime now); /* after a negotiation */
void rtc_peer_free_rate (RtcPeer *self);
void rtc_peer_update_rate (RtcPeer *self, GstClockTime now);
void rtc_peer_handle_twcc (RtcPeer *self, GstClockTime now, const RtcRtcpPacket *packet);
void rtc_peer_handle_remb (RtcPeer *self, GstClockTime now, const RtcRtcpRemb *remb);
void rtc_peer_handle_loss (RtcPeer *self, GstClockTime now, RtcPeerSection *section);
void rtc_peer_handle_path_change (RtcPeer *self, GstClockTime now);
/* A packet of len bytes of UDP payload has left; has_number: transport-wide. Needs rate. */
void rtc_peer_note_sent (RtcPeer *self, GstClockTime now, RtcPacerClass klass, guint len,
    gboolean has_number, GstClockTime queued);
void rtc_peer_poll_rate (RtcPeer *self, GstClockTime now);
GstClockTime rtc_peer_rate_deadline (const RtcPeer *self);

/* rtc-peer-pace.c; all need rate, but for drop_waiting, note_emptied and handle_stuck.
 * TRUE: the packet waits or was dropped, do
 * not send it. */
gboolean rtc_peer_hold_media (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcPacketHistoryEntry *entry);
gboolean rtc_peer_hold_resend (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcNackResend *resend);
/* After each feedback that reported n_lost packets more, and before what a NACK asks for is sent:
 * when the path has become so much narrower that what is on it is lost, the way back to a picture
 * is a key frame at the new rate. */
void rtc_peer_note_fall (RtcPeer *self, GstClockTime now, guint n_lost);
void rtc_peer_release (RtcPeer *self, GstClockTime now); /* what may leave now */
void rtc_peer_drop_waiting (RtcPeer *self, guint transceiver); /* its source is gone */
void rtc_peer_note_emptied (RtcPeer *self); /* the pacer dropped all that waited */
/* Repair has failed for good: asks for a key frame, now or when that is due. rate may be NULL. */
void rtc_peer_handle_stuck (RtcPeer *self, GstClockTime now, RtcPeerSection *section);
GstClockTime rtc_peer_key_frame_deadline (const RtcPeer *self);

/* rtc-peer-breaker.c: RFC 8083. */
void rtc_peer_note_rtcp (RtcPeer *self, GstClockTime now);
void rtc_peer_check_breaker (RtcPeer *self, GstClockTime now, RtcPeerSection *section);
void rtc_peer_poll_breaker (RtcPeer *self, GstClockTime now);
GstClockTime rtc_peer_breaker_deadline (const RtcPeer *self); /* needs rate */

/* rtc-peer-send.c: protects and sends a plain packet held in data (cap bytes of memory); queued is
 * when it came. */
RtcResult rtc_peer_protect_and_send_rtp (RtcPeer *self, GstClockTime now, guint8 *data, gsize len,
    gsize cap, const RtcRtpExtensionSlots *slots, RtcPacerClass klass, GstClockTime queued);
void rtc_peer_send_media (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcPacketHistoryEntry *entry, GstClockTime queued);
void rtc_peer_send_resend (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcNackResend *resend, GstClockTime queued);
void rtc_peer_protect_and_send_rtcp (RtcPeer *self, GstClockTime now, guint8 *data, gsize len,
    gsize cap);
void rtc_peer_detach (RtcPeer *self, guint transceiver);
void rtc_peer_switch (RtcPeer *self, guint transceiver, RtcFanout *fanout); /* asks for nothing */

/* rtc-peer-join.c: start_picture sees to it that a section which waits for a key frame gets one.
 * catch_up takes over a packet of a source that the section is behind with; poll_join sends what is
 * due of what was before; end_catch_up: nothing more of it. */
void rtc_peer_start_picture (RtcPeer *self, GstClockTime now, guint transceiver);
gboolean rtc_peer_has_recent_key_frame (RtcFanout *fanout, GstClockTime now);
void rtc_peer_catch_up (RtcPeer *self, GstClockTime now, guint transceiver,
    const RtcPacketHistoryEntry *entry);
void rtc_peer_end_catch_up (RtcPeer *self, RtcPeerSection *section);
void rtc_peer_poll_join (RtcPeer *self, GstClockTime now);
GstClockTime rtc_peer_join_deadline (const RtcPeer *self);

/* Begins to fetch into the caches what sending will need; steps 0, 1, ... in this order, with other
 * work between them. */
#define RTC_PEER_PREFETCH_STEPS 3
void rtc_peer_prefetch (const RtcPeer *self, const RtcPeerSection *section, guint step);

/* rtc-peer-rung.c: the sources of a ladder. forget_next takes back what attach_next began;
 * wish_key_frame asks whom the peer's next picture is to come from. */
void rtc_peer_forget_next (RtcPeer *self, guint transceiver);
void rtc_peer_wish_key_frame (RtcPeerSection *section, GstClockTime now, gboolean joining);

/* PEER_REPAIR_NAME: what repair of the number seq of that section is called in RtcCcResult. */
#define PEER_REPAIR_NAME(transceiver, seq) (((guint32) (transceiver) + 1) << 16 | (seq))

/* rtc-peer-rtcp.c; repair_lost resends repairs that were lost. */
void rtc_peer_repair_lost (RtcPeer *self, GstClockTime now, const RtcCcResult *results, guint n);
void rtc_peer_start_rtcp (RtcPeer *self, GstClockTime now);
void rtc_peer_handle_rtcp (RtcPeer *self, GstClockTime now, const guint8 *data, gsize len);
void rtc_peer_poll_rtcp (RtcPeer *self, GstClockTime now);
void rtc_peer_send_bye (RtcPeer *self, GstClockTime now);

G_END_DECLS
