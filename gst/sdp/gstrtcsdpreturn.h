/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpreturn.h - where the reports of a receiver go back to, when a description does not say:
 * the address of the sender, for as long as it sends.
 *
 * The first that sends (without rtcp-mux: a report) is the sender. Another address takes its place
 * when nothing has come from it any more: for HEIR_SILENCE when the new one sends an SSRC on that
 * the old one sent, as behind a NAT that gave out another port, or for SILENCE when it sends
 * anything, as a program that was started again does. A transport whose sender has gone trusts
 * whoever is next, as it did at first. With rtcp-mux it moves with the sender's stream, at once
 * (gstrtcsdporigin.h).
 *
 * Without rtcp-mux only reports come from that address, seconds apart (RFC 3550 6.2), and in
 * between it is the stream, from another port of the same host, that says that the sender is there.
 * Until any of it has come from there an heir waits for SILENCE, too. A NAT may give out another
 * port for reports while the stream goes on: then an heir on the same host, and nobody else, takes
 * the place after SILENCE without a report.
 *
 * So nobody turns reports away from a sender whose stream goes on; without rtcp-mux but for those
 * who share its address, know its SSRCs, and find it without a report for SILENCE. Who cannot read
 * its packets does not know its SSRCs (32 random bits, RFC 3550 8.1), and who sends in its name
 * gets them sent to it. While a stream pauses who reads the SSRCs can take its reports over between
 * two of the sender's. Not locked. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* us; both longer than a stream pauses between packets, and SILENCE than between reports. */
#define GST_RTC_SDP_RETURN_HEIR_SILENCE (2 * G_TIME_SPAN_SECOND)
#define GST_RTC_SDP_RETURN_SILENCE (10 * G_TIME_SPAN_SECOND)

/* SSRCs of a sender that are remembered, the latest ones. */
#define GST_RTC_SDP_RETURN_SSRCS 8

typedef struct {
  gboolean is_apart;       /* the stream is from another port: no rtcp-mux. The owner sets it */
  GSocketAddress *address; /* NULL: nothing came yet */
  gint64 last;             /* us, when something came from there */
  gint64 streamed;         /* us, is_apart: when RTP came from its host; 0: not yet */
  guint32 ssrcs[GST_RTC_SDP_RETURN_SSRCS];
  guint n_ssrcs;           /* that were seen; later ones overwrite */
} GstRtcSdpReturn;

/* A packet of ssrc (is_apart: of RTCP) has come at now (monotonic, us) from an address. TRUE:
 * reports go there from now on. */
gboolean gst_rtc_sdp_return_note (GstRtcSdpReturn *self, gint64 now, GSocketAddress *from,
    guint32 ssrc);

/* A stream has moved at now. TRUE: it left the address, and reports go to where it is from now on.
 * Never where is_apart. */
gboolean gst_rtc_sdp_return_note_move (GstRtcSdpReturn *self, gint64 now, GSocketAddress *left,
    GSocketAddress *from);

/* is_apart: a packet of RTP has come at now from an address. Moves nothing. */
void gst_rtc_sdp_return_note_stream (GstRtcSdpReturn *self, gint64 now, GSocketAddress *from);

void gst_rtc_sdp_return_clear (GstRtcSdpReturn *self);

G_END_DECLS
