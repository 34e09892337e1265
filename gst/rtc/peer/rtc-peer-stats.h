/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-peer-stats.h - a snapshot of everything that can be known about a peer, in plain C.
 *
 * One struct per W3C webrtc-stats dictionary; gst/webrtc/gstrtcstats.h turns them into
 * GstStructures. Counters never go back. Network thread only to take; then any one thread. */
#pragma once

#include "gst/rtc/cc/rtc-pacer.h"
#include "gst/rtc/media/rtc-twcc-sender.h"
#include "gst/rtc/peer/rtc-peer.h"

G_BEGIN_DECLS

/* RTCOutboundRtpStreamStats and the RTCRemoteInboundRtpStreamStats that belongs to it. */
typedef struct {
  guint transceiver;
  RtcMediaKind kind;
  gchar mid[RTC_SDP_TOKEN_BYTES];
  guint32 ssrc, rtx_ssrc;          /* rtx_ssrc 0: no RTX */
  RtcCodec codec;                  /* id RTC_CODEC_UNKNOWN while none is negotiated */
  guint64 packets_sent, bytes_sent, header_bytes_sent;
  guint64 retransmitted_packets_sent, retransmitted_bytes_sent;
  guint32 fec_ssrc;                /* of FlexFEC; 0: none */
  guint64 fec_packets_sent, fec_bytes_sent; /* parities; with ULPFEC contained in the above */
  guint64 red_frames_sent, red_bytes_sent; /* earlier frames of sound within RED */
  gdouble fec_protection;          /* parities, or earlier frames, for each packet now */
  guint64 nack_count;              /* NACK messages */
  guint64 nack_requested, nack_not_found, nack_throttled; /* sequence numbers in them, and repairs
                                                           * that feedback said were lost */
  guint64 pli_count, fir_count;
  guint64 frames_sent, key_frames_sent; /* video */
  guint64 packets_dropped;         /* not sent: before keys, before a key frame, socket full, too
                                    * long a queue */
  guint64 pacer_drops;             /* times that the queue was dropped up to the next key frame */
  guint64 replays;                 /* joins that began with pictures from the history */
  guint64 replay_fallbacks;        /* joins for which a key frame was asked for instead */
  guint64 padding_packets_sent, padding_bytes_sent; /* not in bytes_sent's retransmitted ones */
  GstClockTime total_send_delay;   /* sum over all packets of their wait in the pacer */
  guint64 rtx_over_budget;         /* of nack_throttled: by the share of the rate, not by time */
  guint64 nack_stuck;              /* asked for although no repair gets through: see
                                    * rtc-nack-responder.h */
  gboolean active;                 /* a source is attached */
  gboolean has_remote;             /* the peer has reported */
  gint64 remote_packets_lost;
  gdouble remote_fraction_lost;    /* 0..1 */
  GstClockTime remote_jitter;
  gboolean has_rtt;
  GstClockTime rtt;
  guint64 rtt_measurements;
  GstClockTime total_rtt;
} RtcOutboundStats;

/* RTCInboundRtpStreamStats, and the RTCRemoteOutboundRtpStreamStats that belongs to it. As
 * webrtc-stats has it, packets and bytes received include retransmissions. */
typedef struct {
  guint transceiver;
  RtcMediaKind kind;
  gchar mid[RTC_SDP_TOKEN_BYTES];
  guint32 ssrc;
  RtcCodec codec;                  /* of the last packet */
  gchar cname[64];                 /* the peer's text, "" while no SDES came */
  guint64 packets_received, bytes_received, header_bytes_received;
  gint64 packets_lost;             /* as reported: what retransmission repaired counts as lost */
  guint64 retransmitted_packets_received, retransmitted_bytes_received;
  guint64 fec_packets_received, fec_bytes_received; /* parities, earlier frames of sound */
  guint64 fec_packets_discarded;   /* of them, of no use */
  guint64 packets_recovered;       /* made again from them; not among packets_received */
  guint64 packets_duplicated;      /* dropped: came before; replays refused by SRTP among them,
                                    * which nobody vouches for */
  guint64 packets_discarded;       /* dropped: too old, or no room */
  guint64 packets_reordered;       /* came behind a successor, and in time */
  GstClockTime last_packet;        /* when one came, on the clock of RtcPeerStats.now */
  GstClockTime jitter;
  guint64 frames_received;         /* video: pictures whose last packet came */
  guint64 key_frames_received;
  guint64 nack_count, pli_count, fir_count; /* sent by us */
  guint64 nack_requested;          /* sequence numbers in them */
  guint64 nack_needless;           /* packets asked for that came by themselves */
  guint64 nack_given_up;           /* packets lost for good */
  guint64 nack_too_costly;         /* times that this was because a key frame costs less */
  guint64 nack_merged, nack_added, nack_refused; /* wishes of a jitter buffer: known already, added,
                                                  * without effect */
  gboolean has_remote;             /* the peer has sent a report */
  guint64 remote_packets_sent, remote_bytes_sent; /* by it; 32 bits that wrap */
  guint64 remote_ntp64;            /* when it was made, by the peer's clock */
  guint64 reports_sent;            /* that came of this stream */
} RtcInboundStats;

/* How much is sent to the peer, and why not more. */
typedef struct {
  gboolean is_active;           /* feedback was agreed; else the rest is 0 */
  gchar controller[16];         /* "gcc", ...; "remb" also while gcc gets no feedback */
  RtcCcTarget target;
  RtcCcStats cc;
  RtcTwccSenderStats twcc;
  RtcPacerStats pacer;
  guint64 in_flight;            /* bytes */
  guint waiting;                /* packets in the pacer */
  GstClockTime wait;            /* of a packet that came now */
  gboolean is_paused;           /* by the circuit breaker: no RTCP came */
} RtcRateStats;

/* RTCDataChannelStats; texts are cut. */
typedef struct {
  RtcDataChannelInfo info;      /* label and protocol are NULL here */
  gchar label[128], protocol[64];
} RtcChannelStats;

typedef struct {
  GstClockTime now;
  RtcPeerState state;
  RtcIceState ice_state;
  RtcDtlsState dtls_state;
  gboolean dtls_is_client;
  RtcIceStats ice;
  guint64 pair_changes;         /* pairs that ICE has chosen, the first one included */
  RtcDtlsStats dtls;
  gboolean has_rtt;
  GstClockTime rtt;             /* as rtc_peer_get_rtt() */
  guint64 dlrr_measurements;    /* round trips measured as a receiver only (RFC 3611 4.5) */
  GstClockTime dlrr_rtt, dlrr_total; /* the last one, and the sum */
  guint64 rtp_sent, rtp_received, rtcp_sent, rtcp_received; /* packets */
  guint64 dropped_unknown;      /* not STUN, DTLS, RTP, RTCP; before keys; of no stream */
  guint64 dropped_malformed;    /* RTP or RTCP that does not parse, sequence numbers that jump */
  guint64 dropped_auth;         /* SRTP authentication failed */
  guint64 dropped_replay;
  guint64 dropped_limit;        /* SSRC, queue and early-packet limits */
  guint64 early_held, early_dropped; /* packets that came before keys or before their stream was
                                * known: held for it, and dropped as too many or too old */
  guint64 ssrc_collisions;      /* RTP under an SSRC of ours, dropped */
  guint64 dropped_send;         /* refused by ICE when sending */
  guint64 twcc_packets, twcc_sent; /* packets with a transport-wide number, messages about them */
  guint64 remb_sent, remb_bps;  /* messages, and the rate in the last one, bit/s */
  guint64 remb_received, remb_received_bps;
  guint64 breaker_pauses;       /* times that sending paused for want of RTCP (RFC 8083 4.1) */
  RtcRateStats rate;
  guint64 feedback_unknown;     /* NACK, PLI, FIR about an SSRC that we do not send media with */
  guint64 candidates_refused;   /* trickled candidates refused or over the limit */
  gboolean has_data;            /* there is, or was, an SCTP association */
  RtcSctpState sctp_state;
  RtcSctpStats sctp;
  RtcDataChannelsStats data;
  guint64 sctp_failures;        /* associations that the peer ended, or that could not be made */
  GArray *channels;             /* RtcChannelStats of those that are not closed */
  GArray *outbound;             /* RtcOutboundStats */
  GArray *inbound;              /* RtcInboundStats */
} RtcPeerStats;

/* Fills *out; end with rtc_peer_stats_clear(). */
void rtc_peer_get_stats (RtcPeer *self, GstClockTime now, RtcPeerStats *out);
void rtc_peer_stats_clear (RtcPeerStats *stats);

G_END_DECLS
