/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcjitterbuffer.h - hooks on one stock rtpjitterbuffer: what rtpbin and webrtcbin would do
 * around it, for pipelines that have neither.
 *
 * A public building block, also from Python: make it by type name ("GstRtcJitterBuffer") once the
 * plugin "rtc" is loaded; see docs/elements/jitterbuffer-hooks.md. It attaches itself to the
 * rtpjitterbuffer given at construction and lives with it: the caller may drop its reference.
 *
 * What it does:
 *   - sets what must be set (do-lost, do-retransmission, rtx-next-seqnum=false, latency, ...);
 *   - its retransmission requests become signal "request-retransmission" instead of upstream
 *     events. Whoever listens decides when to send NACKs; packets that come back should be
 *     flagged GST_RTP_BUFFER_FLAG_RETRANSMISSION;
 *   - loss that was not repaired in time, in video, becomes "request-key-frame", and the picture is
 *     held: nothing goes on until a key frame starts (property hold-picture). Events
 *     GstForceKeyUnit from downstream become "request-key-frame", too; those for a running time to
 *     come when packets of that time arrive;
 *   - sender reports given to it keep the streams of one GstRtcSyncGroup in lip sync by ts-offset;
 *   - latency follows RTT, jitter and losses between min-latency and max-latency, and is raised
 *     before a packet that is later than it goes in, so that time stamps run on. Each change is
 *     announced by a latency message, as the jitter buffer does it. What is later than max-latency
 *     is shown as it comes, while time stamps of what follows run on as before.
 *
 * Signals, on threads of the jitter buffer: handlers must not block and not change its state.
 *   "request-retransmission" (guint ssrc, guint seqnum)  again and again while it is missing
 *   "request-key-frame" ()                               at most 4 times a second
 * Action signal: "push-rtcp" (GstBuffer *rtcp): as gst_rtc_jitter_buffer_push_rtcp().
 *
 * Thread: any, unless said otherwise. */
#pragma once

#include "gst/media/gstrtcsyncgroup.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_JITTER_BUFFER (gst_rtc_jitter_buffer_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcJitterBuffer, gst_rtc_jitter_buffer, GST, RTC_JITTER_BUFFER, GObject)

#define GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY 50  /* ms */
#define GST_RTC_JITTER_BUFFER_DEFAULT_MAX_LATENCY 500 /* ms */
#define GST_RTC_JITTER_BUFFER_DEFAULT_HOLD_PICTURE TRUE
#define GST_RTC_JITTER_BUFFER_MAX_KEY_FRAME_INTERVAL (60 * 60 * 1000) /* ms */

/* Properties: jitterbuffer (construct only), sync-group, min-latency, max-latency, latency (read
 * only, ms), hold-picture, key-frame-interval (ms), rtt (ns), stats (read only).
 *
 * stats is "application/x-rtc-jitter-buffer-stats": latency (uint, ms), packets-received,
 * packets-pushed, packets-lost (not repaired in time), packets-late (of no use any more),
 * packets-beyond-latency (shown late), packets-duplicated,
 * packets-held (dropped while the picture was held), retransmission-requests (all of them),
 * packets-missing (asked for, each once), retransmitted-packets, key-frame-requests (all uint64),
 * is-holding (boolean), ts-offset (int64, ns), jitter (uint64, ns). */

/* jitterbuffer: an rtpjitterbuffer that has no hooks yet. NULL, with a critical message, when it is
 * something else. (transfer full) */
GstRtcJitterBuffer *gst_rtc_jitter_buffer_new (GstElement *jitterbuffer);

/* A compound RTCP packet from the sender; what it says of other streams is left out. Anything
 * malformed is ignored. Takes rtcp. Does not block. */
void gst_rtc_jitter_buffer_push_rtcp (GstRtcJitterBuffer *self, GstBuffer *rtcp);

/* What the network is like; NONE where not known. jitter NONE: what the jitter buffer measures. */
void gst_rtc_jitter_buffer_set_network (GstRtcJitterBuffer *self, GstClockTime rtt,
    GstClockTime jitter);

/* What the sender wishes for (header extension playout-delay), in ms: bounds of the latency, as far
 * as min-latency and max-latency allow. In force from the next packet that comes out. Does not
 * block. */
void gst_rtc_jitter_buffer_set_playout_delay (GstRtcJitterBuffer *self, guint min_ms, guint max_ms);

/* When that which comes out with pts was captured, if packets said so when they went in
 * (gstrtccapturetime.h); NONE: not known. */
GstClockTime gst_rtc_jitter_buffer_find_capture_time (GstRtcJitterBuffer *self, GstClockTime pts);

/* TRUE when packets went in but none came out for much longer than the latency: downstream is
 * blocked. The caller drops what it has, so that nothing grows. */
gboolean gst_rtc_jitter_buffer_is_stalled (GstRtcJitterBuffer *self);

/* Lets go of the jitter buffer: no signal after it, settings stay. Idempotent. */
void gst_rtc_jitter_buffer_detach (GstRtcJitterBuffer *self);

/* (transfer full) */
GstStructure *gst_rtc_jitter_buffer_get_stats (GstRtcJitterBuffer *self);

G_END_DECLS
