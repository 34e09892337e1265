/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-send-fec.h - what one sent stream spends on forward error correction, and in which form.
 *
 * Pictures: FlexFEC in an SSRC of its own, or ULPFEC within RED in the media's numbers; sound: RED
 * with earlier frames. The policy (rtc-fec-policy.h) turns it on and off by the peer's reports;
 * while it is off, there is no state but this struct and no cost per packet. Network thread only;
 * an encoder is allocated when protection begins and freed when it ends. */
#pragma once

#include "gst/rtc/media/rtc-fec-encoder.h"
#include "gst/rtc/media/rtc-fec-policy.h"
#include "gst/rtc/media/rtc-rewrite.h"

G_BEGIN_DECLS

/* Payload types; 0: not negotiated. */
typedef struct {
  RtcMediaKind kind;
  guint8 flexfec_payload_type; /* to be preferred */
  guint32 ssrc;                /* of FlexFEC */
  guint16 first_seq;           /* of FlexFEC; random */
  guint8 red_payload_type;     /* sound: alone; pictures: with the next */
  guint8 ulpfec_payload_type;
} RtcSendFecConfig;

/* Payload octets, without RTP headers. */
typedef struct {
  guint64 packets, octets;       /* parities */
  guint64 header_octets;         /* RTP headers of FlexFEC */
  guint64 red_frames, red_octets; /* earlier frames of sound, sent once more */
} RtcSendFecCounters;

/* config, policy and counters are for reading. */
typedef struct {
  RtcSendFecConfig config;
  RtcFecPolicy policy;
  RtcSendFecCounters counters;
  RtcFecEncoder *encoder;        /* NULL: no protection of pictures now */
  guint16 next_seq;
  gboolean has_sample;
  guint64 sample_packets;        /* the counts that ended the last sample */
  gint64 sample_lost;
  GstClockTime least_rtt[2];     /* of the last samples, and of those before */
  guint n_samples;
} RtcSendFec;

void rtc_send_fec_init (RtcSendFec *self, const RtcSendFecConfig *config);
void rtc_send_fec_clear (RtcSendFec *self);

/* Renegotiated payload types; the SSRC stays once there was one, and its numbers run on. */
void rtc_send_fec_update (RtcSendFec *self, const RtcSendFecConfig *config);

/* RTC_SEND_FEC_SAMPLE: packets that the policy is told of at least at once; half as many of sound,
 * which has a quarter of the packets. Reports come when they like: libwebrtc adds one to each NACK,
 * so that those which tell of a loss speak of few packets. */
#define RTC_SEND_FEC_SAMPLE 200

/* RTC_SEND_FEC_RTT_SAMPLES: what was the shortest round trip of one to two times so many samples is
 * the path's own. */
#define RTC_SEND_FEC_RTT_SAMPLES 8

/* The peer has reported. packets: a count of those it has told of, from anywhere; lost: how many
 * it misses of all up to there. Every RTC_SEND_FEC_SAMPLE packets the policy hears of it, with the
 * path's own round trip: a queue makes rtt longer, and parities would make the queue longer. Nor do
 * they bring what a queue loses that overflows: who can tell passes counts without it
 * (RtcCcTarget.path_packets). rtt and can_resend else as rtc_fec_policy_handle_report(). */
void rtc_send_fec_handle_report (RtcSendFec *self, guint64 packets, gint64 lost, GstClockTime rtt,
    gboolean can_resend);

/* The next counts are others, which began elsewhere. What is known of the loss stays. */
static inline void
rtc_send_fec_restart (RtcSendFec *self)
{
  self->has_sample = FALSE;
}

/* The path's own round trip; NONE: no report has told one. */
static inline GstClockTime
rtc_send_fec_get_path_rtt (const RtcSendFec *self)
{
  return MIN (self->least_rtt[0], self->least_rtt[1]);
}

static inline gboolean
rtc_send_fec_is_active (const RtcSendFec *self)
{
  return self->encoder != NULL || (self->policy.n_red > 0 && self->config.red_payload_type != 0);
}

/* Does to a packet that rtc_rewrite_packet() has just made of entry in dst of cap bytes what is to
 * be done: takes it into a parity, wraps it in RED; out->len changes then. history, which entry is
 * from, has the frames before. Only while is_active(). */
void rtc_send_fec_protect (RtcSendFec *self, GstClockTime now, const RtcPacketHistory *history,
    const RtcPacketHistoryEntry *entry, guint8 *dst, gsize cap, RtcRewritten *out);

/* Builds the next parity that is due in dst, to be called after each protect() until it says
 * otherwise. RTC_AGAIN: none. RTC_ERR_LIMIT: longer than cap; dropped. */
RtcResult rtc_send_fec_build (RtcSendFec *self, RtcRewrite *rewrite, guint8 *dst, gsize cap,
    RtcRewritten *out);

G_END_DECLS
