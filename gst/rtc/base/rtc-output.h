/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-output.h - the queue of what a peer has to say to its shell, pulled by rtc_peer_poll().
 *
 * Everything that leaves a peer upwards is one of these; packets for the network leave
 * downwards through the ICE vtable. Bounded: a state change or a candidate is never refused,
 * media is (and counted). Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/sdp/rtc-sdp-candidate.h"

G_BEGIN_DECLS

typedef enum {
  RTC_OUTPUT_STATE,              /* one of the peer's states changed: read them with getters */
  RTC_OUTPUT_CANDIDATE,          /* a local candidate to signal */
  RTC_OUTPUT_CANDIDATES_DONE,    /* end of candidates: the local description is complete */
  RTC_OUTPUT_NEGOTIATED,         /* an offer and its answer are in force: read the sections */
  RTC_OUTPUT_NEGOTIATION_NEEDED, /* as webrtc-pc's event */
  RTC_OUTPUT_FAILED,             /* the peer is dead; reason says why, in words for a user */
  RTC_OUTPUT_CLOSED,             /* the peer left in order, or close() is complete */
  RTC_OUTPUT_RTP,                /* a received packet, decrypted, its stream known */
  RTC_OUTPUT_RTCP,               /* a received compound packet with an SR, for lip sync */
  RTC_OUTPUT_STREAM_END,         /* a received SSRC ended: BYE, or its section is gone */
  RTC_OUTPUT_TARGET_RATE,        /* target_bps, loss, repair: what may be sent to the peer has
                                  * changed, or what of it is media */
  RTC_OUTPUT_CHANNEL_NEW,        /* the peer opened a data channel, which is open: channel */
  RTC_OUTPUT_CHANNEL_OPEN,       /* one of ours is open now */
  RTC_OUTPUT_CHANNEL_TEXT,       /* a message in packet, UTF-8 or what the peer calls so */
  RTC_OUTPUT_CHANNEL_BINARY,     /* likewise, bytes */
  RTC_OUTPUT_CHANNEL_SENT,       /* n_bytes of what was queued have gone to SCTP, or were dropped */
  RTC_OUTPUT_CHANNEL_CLOSING,    /* the peer closes it */
  RTC_OUTPUT_CHANNEL_CLOSED,     /* it is gone, and so is its handle */
} RtcOutputType;

typedef struct {
  RtcOutputType type;
  guint mline;        /* of CANDIDATE, RTP, RTCP, STREAM_END */
  guint32 ssrc;
  guint32 channel;    /* of CHANNEL_*: the handle of rtc-data-channel.h */
  gsize n_bytes;      /* of CHANNEL_SENT, in that many messages: */
  guint n_messages;
  RtcPacket *packet;  /* (transfer full) to who polls; NULL but for RTP, RTCP and messages */
  guint64 target_bps; /* of TARGET_RATE: all that is sent, headers of UDP and IP included */
  gfloat loss;        /* of TARGET_RATE: 0..1, of the last seconds; not what queues and outages
                       * lose, where that is known (RtcCcTarget.path_loss) */
  gfloat repair;      /* of TARGET_RATE: what retransmission and FEC of video take, as a share of
                       * the video itself, 0..1; of the last second */

  /* From here on set with other types than RTP, RTCP, STREAM_END, TARGET_RATE and CHANNEL_* only:
   * those are many. */
  gchar mid[17];
  RtcCandidate candidate;
  gchar reason[256];  /* of FAILED and CLOSED */
} RtcOutput;

typedef struct {
  GQueue items;       /* RtcOutput * */
  guint max_media;    /* RTP outputs held at most */
  guint n_media;
  guint64 dropped;    /* RTP outputs refused */
} RtcOutputQueue;

void rtc_output_queue_init (RtcOutputQueue *self, guint max_media);
void rtc_output_queue_clear (RtcOutputQueue *self);

/* Takes over output->packet whatever happens. */
void rtc_output_queue_push (RtcOutputQueue *self, const RtcOutput *output);

/* FALSE when empty. The caller owns out->packet. */
gboolean rtc_output_queue_pop (RtcOutputQueue *self, RtcOutput *out);

static inline gboolean
rtc_output_queue_is_empty (const RtcOutputQueue *self)
{
  return self->items.length == 0;
}

G_END_DECLS
