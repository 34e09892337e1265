/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-receive-stream.h - one received SSRC: what came of it, what is missing, what is asked for.
 *
 * Puts together the receive statistics (rtc-receive-stats.h), the list of missing packets
 * (rtc-nack-generator.h) and the wait for a key frame (rtc-key-frame-request.h), and drops what
 * comes twice: a packet and its retransmission. Routing and RTCP are the peer's. Pure: no clock, no
 * I/O. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-seq-window.h"
#include "gst/rtc/media/rtc-fec-decoder.h"
#include "gst/rtc/media/rtc-key-frame-request.h"
#include "gst/rtc/media/rtc-nack-generator.h"
#include "gst/rtc/media/rtc-receive-stats.h"
#include "gst/rtc/media/rtc-transit.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* RTC_RECEIVE_CNAME_MAX: bytes of a CNAME kept. RFC 7022 4.2 makes them 16, 255 may come. */
#define RTC_RECEIVE_CNAME_MAX 63

/* RTC_RECEIVE_OUTAGE: a stream that was silent for so long and goes on has been cut off. */
#define RTC_RECEIVE_OUTAGE (500 * GST_MSECOND)

typedef struct {
  guint32 ssrc;
  guint section;           /* of the description; the caller's */
  gboolean is_repair;      /* carries RTX: only counted, never asked for again */
  gboolean has_rtx;        /* lost packets come back as RTX */
  RtcCodec codec;          /* of the first packet: its clock rate and feedback are the stream's */
  GstClockTime max_age;    /* lost packets are of use this long, ns; 0: the generator's default */
} RtcReceiveStreamConfig;

/* Read as you like; changed by the functions below only, but for the counters of messages, which
 * who sends them counts. */
typedef struct {
  guint32 ssrc;
  guint section;
  gboolean is_repair;
  RtcReceiveStats stats;       /* packets that came as themselves */
  RtcNackGenerator *nack;      /* owned; NULL: audio, RTX, or not negotiated */
  RtcFecDecoder *fec;          /* owned; NULL before the first parity; made by who routes them */
  RtcRtcpFbFlags rtcp_fb;      /* agreed for its codec */
  RtcKeyFrameWait key_frame;   /* a PLI or FIR is due while it waits */
  RtcSeqWindow window;
  RtcTransit transit;          /* of packets that came as themselves */
  GstClockTime max_late;       /* as much of it is believed; ns */
  RtcCodec codec;              /* of the last packet */

  guint64 retransmitted, retransmitted_octets; /* packets recovered from RTX for this SSRC, and
                                                * their payload */
  guint64 recovered, recovered_octets; /* packets made again from forward error correction, and
                                        * their payload */
  guint64 fec_octets;          /* of parities, and of earlier frames within RED: payload */
  guint64 fec_packets, fec_discarded; /* beside those that fec counts: earlier frames, malformed
                                       * parities; and those of them that were of no use */
  guint64 late_losses;         /* gaps seen while what came was more than 100 ms late: a queue that
                                * overflows */
  guint64 repeated;            /* dropped: came before, as itself or as RTX */
  guint64 discarded;           /* dropped: too old to tell, or no room further on */
  guint64 frames;              /* pictures whose last packet came (video: the marker) */
  guint64 key_frames;          /* pictures that begin as key frames */
  gboolean has_key_frame_ts;
  guint32 key_frame_ts;        /* of the last one, which may begin with several packets */
  guint64 sender_reports;
  gchar cname[RTC_RECEIVE_CNAME_MAX + 1]; /* of its SDES; the peer's text: log it safely */
  guint8 fir_seq;              /* of the last FIR */
  guint64 nacks, plis, firs;   /* messages sent */
} RtcReceiveStream;

RtcReceiveStream *rtc_receive_stream_new (const RtcReceiveStreamConfig *config);
void rtc_receive_stream_free (RtcReceiveStream *self); /* (nullable) */

/* One authenticated packet of this SSRC; data is the whole packet that header describes. codec is
 * that of its payload type. RTC_OK: pass it on (or unwrap it, when it is_repair).
 * RTC_ERR_REPLAY: it came before; RTC_ERR_LIMIT: too old to tell; RTC_ERR_PARSE: its sequence
 * number jumps, and nothing proves it yet. Drop it then; the first two are counted here. */
RtcResult rtc_receive_stream_handle_packet (RtcReceiveStream *self, GstClockTime now,
    const RtcRtpHeader *header, const guint8 *data, const RtcCodec *codec);

/* A packet of this SSRC that came as RTX, unwrapped. As handle_packet(). */
RtcResult rtc_receive_stream_handle_repair (RtcReceiveStream *self, GstClockTime now,
    const RtcRtpHeader *header, const guint8 *data, const RtcCodec *codec);

/* A packet of this SSRC that was made again from forward error correction; data is not looked at
 * with sound. RTC_OK: pass it on. RTC_ERR_REPLAY: it came, or is too old to tell; not counted. */
RtcResult rtc_receive_stream_handle_recovered (RtcReceiveStream *self, GstClockTime now,
    const RtcRtpHeader *header, const guint8 *data, const RtcCodec *codec);

/* A sender report of this SSRC. */
void rtc_receive_stream_handle_sender_report (RtcReceiveStream *self, GstClockTime now,
    const RtcSenderInfo *sender);

/* Its SDES names the source: len bytes of text, not terminated. */
void rtc_receive_stream_set_cname (RtcReceiveStream *self, const gchar *cname, gsize len);

/* A jitter buffer misses seq; see rtc_nack_generator_request(). RTC_ERR_UNSUPPORTED: nothing of
 * this stream is sent again. */
RtcResult rtc_receive_stream_request (RtcReceiveStream *self, GstClockTime now, guint16 seq);

/* How long an answer to a request takes now that the round trip was rtt when last measured (ns,
 * NONE: unknown): what waits in queues on its way comes late, and so will the answer. */
GstClockTime rtc_receive_stream_get_response_time (const RtcReceiveStream *self, GstClockTime rtt);

/* A key frame is needed. It is asked for as soon as what comes late now has left its queue: a key
 * frame that meets a full one is lost, too, and what has filled it has had time to slow down.
 * FALSE: the peer takes neither PLI nor FIR, wait for the next one. */
gboolean rtc_receive_stream_want_key_frame (RtcReceiveStream *self, GstClockTime now);

/* What was lost for good since the last call becomes the wish for a key frame. */
void rtc_receive_stream_handle_losses (RtcReceiveStream *self, GstClockTime now);

/* When a NACK or a request for a key frame is due, or a packet is given up; NONE: never. */
GstClockTime rtc_receive_stream_next_deadline (const RtcReceiveStream *self);

G_END_DECLS
