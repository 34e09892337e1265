/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcreceivebranch.h - a bin from the RTP packets of one received stream to a pad: jitter buffer
 * with its hooks, and as far as the pad's user wants it depayloader, parser and decoder.
 *
 * The network thread pushes packets in; the jitter buffer's own threads take them from there. The
 * elements are made from the codec's row (gstrtcdepayloader.h), never from what a peer named.
 *
 * Thread: said at each function; [N] = network thread, [C] = control thread. */
#pragma once

#include "gst/media/gstrtcjitterbuffer.h"
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_RECEIVE_BRANCH (gst_rtc_receive_branch_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcReceiveBranch, gst_rtc_receive_branch, GST, RTC_RECEIVE_BRANCH, GstBin)

/* GST_RTC_RECEIVE_BRANCH_SLOW: a push that takes longer is warned of: it holds up all peers. */
#define GST_RTC_RECEIVE_BRANCH_SLOW (5 * GST_MSECOND)

/* What leaves the pad. */
typedef enum {
  GST_RTC_RECEIVE_RAW,     /* decoded */
  GST_RTC_RECEIVE_ENCODED, /* depayloaded, and parsed where there is a parser */
  GST_RTC_RECEIVE_RTP,     /* RTP in order */
} GstRtcReceiveMode;

typedef struct {
  GstRtcReceiveMode mode;
  RtcCodec codec;         /* as negotiated; its pt is what comes */
  const gchar *stream_id; /* of the stream-start event */
  guint group_id;         /* equal for the streams of one peer */
  GstElement *filter;     /* (nullable) between parser and decoder; taken over in any case */
} GstRtcReceiveBranchConfig;

/* NULL with *error, which names the element that is missing. (transfer floating) [C] */
GstElement *gst_rtc_receive_branch_new (const gchar *name, const GstRtcReceiveBranchConfig *config,
    GError **error);

/* The mode in which the codec fits caps that a user of the pad takes: RTP, else encoded, else raw;
 * ANY is taken for raw. FALSE: in none. [C] */
gboolean gst_rtc_receive_branch_choose (const RtcCodec *codec, const GstCaps *caps,
    GstRtcReceiveMode *mode);

/* The hooks; owned by the branch. [any] */
GstRtcJitterBuffer *gst_rtc_receive_branch_get_hooks (GstRtcReceiveBranch *self);

/* Another payload type of the same codec follows. [N] */
void gst_rtc_receive_branch_set_codec (GstRtcReceiveBranch *self, const RtcCodec *codec);

/* A whole RTP packet that arrived at arrival (CLOCK_MONOTONIC). Takes packet. Returns FALSE when it
 * was dropped: not PLAYING, downstream blocked or in an error, see get_flow(); or its number is too
 * far from others that the jitter buffer may still hold. Does not block.
 * [N]; [C] while [N] does not */
gboolean gst_rtc_receive_branch_push (GstRtcReceiveBranch *self, GstBuffer *packet,
    GstClockTime arrival);

/* What the jitter buffer last said: OK, or why nothing flows any more. [any] */
GstFlowReturn gst_rtc_receive_branch_get_flow (GstRtcReceiveBranch *self);

/* Nothing follows: what is held comes out, then EOS. [C] when [N] pushes no more */
void gst_rtc_receive_branch_push_eos (GstRtcReceiveBranch *self);

G_END_DECLS
