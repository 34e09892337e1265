/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdporigin.h - where the packets of one SSRC come from, and where rtpbin is to believe that
 * they do.
 *
 * rtpbin takes an SSRC from the address that had it first and drops it from any other
 * (RFC 3550 8.2). So a sender that goes on from another port, as behind a NAT that gave out another
 * one, would not be heard any more, and be taken for gone after half a minute. Of a sender that has
 * moved rtpbin is therefore told the first address, always.
 *
 * A sender has moved when it is on the same host, nothing has come from the old port for
 * GST_RTC_SDP_ORIGIN_SILENCE, and it goes on where the stream was: by its number, and by the time
 * that has passed since. With other numbers, as one that was started again, it has after
 * GST_RTC_SDP_ORIGIN_RESTART; and on another host, with any, after GST_RTC_SDP_ORIGIN_SETTLED. What
 * is authenticated may move to wherever it likes, at once. RTCP, which has no numbers, moves with
 * the receivers' reports (gstrtcsdpreturn.h), to another host after _SETTLED. Who sends from the
 * old port goes on in any case, and takes its place back: the old port is that which had the stream
 * for _SETTLED, on another host than the one before for GST_RTC_SDP_ORIGIN_AWAY.
 *
 * All others' packets keep their own address, for rtpbin to drop as ever. So of a stream that goes
 * on without pauses who cannot read the packets has to guess number and time stamp, too, where the
 * SSRC was enough, and somebody on another host gets nothing by all this. In a pause it takes the
 * SSRC (32 random bits, RFC 3550 8.1), which who can read the packets knows: on the sender's host
 * that one could send in its name, and elsewhere has to wait for a pause of 10 s where rtpbin
 * itself forgets a sender after 25, and loses all when the sender goes on. Not locked. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* us. _SILENCE: longer than a stream pauses between two packets, mostly. _RESTART: longer than
 * sound that is silence pauses, too (a second at most, as a rule). _SETTLED, _AWAY: who had the
 * stream for so long can come back to it. */
#define GST_RTC_SDP_ORIGIN_SILENCE (300 * G_TIME_SPAN_MILLISECOND)
#define GST_RTC_SDP_ORIGIN_RESTART (2 * G_TIME_SPAN_SECOND)
#define GST_RTC_SDP_ORIGIN_SETTLED (10 * G_TIME_SPAN_SECOND)
#define GST_RTC_SDP_ORIGIN_AWAY (60 * G_TIME_SPAN_SECOND)

/* _GAP: numbers that may be missing where it goes on (RFC 3550 A.1: MAX_DROPOUT). _SLACK: s by
 * which its time stamp may differ from the time that has passed, as that of a packet sent again. */
#define GST_RTC_SDP_ORIGIN_GAP 3000
#define GST_RTC_SDP_ORIGIN_SLACK 5

typedef struct {
  GSocketAddress *from;
  gint64 now;         /* monotonic, us */
  gboolean is_authentic;
  gboolean is_rtcp;   /* seq and rtp_time say nothing */
  gboolean gets_reports; /* is_rtcp: it is from where receivers' reports go to */
  guint16 seq;
  guint32 rtp_time;
  guint32 clock_rate; /* Hz */
} GstRtcSdpOriginPacket;

/* Zero-initialised. */
typedef struct {
  GSocketAddress *first; /* what rtpbin is told; NULL: nothing came yet */
  GSocketAddress *home;  /* who has it or can come back */
  GSocketAddress *owner; /* who has it */
  gint64 since, last;    /* us: owner has it, and sent */
  guint16 seq;           /* the highest that owner sent, and its time stamp */
  guint32 rtp_time;
  gboolean is_anew;      /* what owner sends does not go on where the one before stopped */
} GstRtcSdpOrigin;

/* A packet of the SSRC has come. Where rtpbin is to believe that it is from: the packet's own
 * address, or another one. (transfer none) *left: from where the stream has moved to the packet's
 * address just now; NULL: it has not. (transfer full) */
GSocketAddress *gst_rtc_sdp_origin_note (GstRtcSdpOrigin *self,
    const GstRtcSdpOriginPacket *packet, GSocketAddress **left);

void gst_rtc_sdp_origin_clear (GstRtcSdpOrigin *self);

G_END_DECLS
