/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-transceiver.h - one m-line from our point of view: what we want, and what was agreed.
 *
 * The wish is RtcTransceiverConfig, copied when added and changed by operations of RtcJsep; the
 * agreement is an RtcNegotiated snapshot, replaced as a whole when an answer is applied and told
 * apart by its generation. Transceivers live as long as their RtcJsep, at a stable index.
 * Thread: that of the RtcJsep. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/rtp/rtc-rtp-extension.h"
#include "gst/rtc/sdp/rtc-sdp.h"

G_BEGIN_DECLS

#define RTC_TRANSCEIVER_MAX_CODECS 16

/* Kinds of forward error correction to offer and accept, all both ways. */
typedef enum {
  RTC_FEC_NONE = 0,
  RTC_FEC_FLEXFEC = 1 << 0, /* pictures: "flexfec-03", an SSRC of its own */
  RTC_FEC_ULPFEC = 1 << 1,  /* pictures: RED with ULPFEC, with VP8 and VP9 */
  RTC_FEC_RED = 1 << 2,     /* sound: RED of Opus */
  RTC_FEC_ALL = RTC_FEC_FLEXFEC | RTC_FEC_ULPFEC | RTC_FEC_RED,
} RtcFecKinds;

typedef struct {
  RtcMediaKind kind;      /* AUDIO or VIDEO; data channels are a switch of RtcJsepConfig */
  RtcDirection direction; /* wanted */

  gboolean rtx; /* offer and accept RFC 4588 retransmission for video */
  RtcFecKinds fec;

  /* Our source. 0 ssrc = none announced (receive only). */
  guint32 ssrc, rtx_ssrc, fec_ssrc;
  gchar msid_stream[RTC_SDP_TOKEN_BYTES]; /* empty = "-" */
  gchar msid_track[RTC_SDP_TOKEN_BYTES];

  /* Video that we send: how long after its capture the receiver is to show it, where the header
   * extension playout-delay is agreed on. In units of 10 ms, 0..4095, min <= max. */
  gboolean has_playout_delay;
  guint16 playout_min, playout_max;

  /* What we can handle, best first, media codecs only (RTX and feedback are negotiated by
   * themselves). pt is what we offer; 0 for a codec without static pt = choose one. 1..16. The last
   * field: who keeps many keeps only the entries that are in use. */
  guint n_codecs;
  RtcCodec codecs[RTC_TRANSCEIVER_MAX_CODECS];
} RtcTransceiverConfig;

#define RTC_NEGOTIATED_MAX_CODECS 32
#define RTC_NEGOTIATED_MAX_SSRCS 32
#define RTC_NEGOTIATED_MAX_RIDS 16

/* What an applied answer (or pranswer) agreed on for one m-line. Lists are as long as their counts
 * say; there are many peers, and most lists have one entry. */
typedef struct {
  guint64 generation;  /* grows each time anything below changed; 0 = nothing agreed yet */
  gchar mid[RTC_SDP_TOKEN_BYTES];
  gint mline;          /* index of the section, -1 = none yet */
  RtcMediaKind kind;
  RtcDirection direction; /* current, ours: SENDONLY = we send */

  gboolean is_rejected; /* port 0 in the answer, or nothing in common: no media either way */
  gchar reason[256];    /* why, as a sentence a user can act on; empty unless rejected */

  /* Sending. Meaningful when direction has SENDONLY. */
  gboolean has_send_codec;
  RtcCodec send_codec;  /* send exactly this: pt and feedback as agreed, fmtp is the peer's wish
                         * (H264: the level it can decode) */
  gint send_rtx_pt;     /* -1 = no RTX for send_codec */
  guint n_send_codecs;  /* all we may send without renegotiating, send_codec first */
  RtcCodec *send_codecs;
  guint32 ssrc, rtx_ssrc; /* ours, as announced */
  gint send_red_pt;     /* of RED: sound if send_codec is Opus, pictures with send_ulpfec_pt; -1 */
  gint send_ulpfec_pt;  /* within RED; -1 */
  gint send_red_rtx_pt; /* RTX for RED; -1 */
  gint send_flexfec_pt; /* FlexFEC, to be preferred; -1 */
  guint32 fec_ssrc;     /* its SSRC, ours */

  /* Receiving. Meaningful when direction has RECVONLY. Look up pt with rtc_codec_find_pt();
   * RTX entries are included, their fmtp.rtx.apt names the original; so are RED, ULPFEC and
   * FlexFEC. */
  guint n_receive_codecs;
  RtcCodec *receive_codecs;
  guint n_remote_ssrcs;
  RtcSdpSsrc *remote_ssrcs;
  guint n_remote_groups;
  RtcSdpSsrcGroup *remote_groups;
  guint n_remote_rids;
  RtcSdpRid *remote_rids; /* those that the peer sends */
  RtcSdpMsid remote_msid; /* empty stream when none */

  RtcRtpExtensionMap send_extensions;    /* what we may write */
  RtcRtpExtensionMap receive_extensions; /* what may come */
  RtcRtcpFbFlags rtcp_fb; /* of send_codec, else of the first receive codec */
  gboolean rtcp_rsize;    /* RFC 5506 reduced size allowed, both ways */
  gboolean rcvr_rtt;      /* RFC 3611 RRTR and DLRR in use */
} RtcNegotiated;

typedef struct _RtcTransceiver RtcTransceiver;

/* The RTC_MEDIA kind, and what is wanted now. */
const RtcTransceiverConfig *rtc_transceiver_get_config (const RtcTransceiver *self);

/* Owned by the transceiver; contents change with the next applied description only. */
const RtcNegotiated *rtc_transceiver_get_negotiated (const RtcTransceiver *self);

/* "" before a description gave it one. */
const gchar *rtc_transceiver_get_mid (const RtcTransceiver *self);

/* Index of its m-line, -1 while it has none. */
gint rtc_transceiver_get_mline (const RtcTransceiver *self);

/* Stopped for good: by us or by the peer's port 0 in an offer. Its m-line may be recycled. */
gboolean rtc_transceiver_is_stopped (const RtcTransceiver *self);

/* Made by a remote offer that had no transceiver of ours to match. */
gboolean rtc_transceiver_is_from_remote (const RtcTransceiver *self);

G_END_DECLS
