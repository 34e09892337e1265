/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcpacketsink.h - the last element of a branch: RTP buffers become packets of the core.
 *
 * Copies each buffer once into an RtcPacket with room for SRTP, stamps it with its capture time
 * on the monotonic clock and marks where key frames start. RTP that comes from elsewhere is looked
 * after by gstrtcrtpinput.h; one element warning says what its sender is to change. Never waits for
 * the clock, never makes the pipeline wait for its preroll. */
#pragma once

#include <gst/base/gstbasesink.h>
#include "gst/media/gstrtcrtpinput.h"
#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_PACKET_SINK (gst_rtc_packet_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcPacketSink, gst_rtc_packet_sink, GST, RTC_PACKET_SINK, GstBaseSink)

/* Where packets go: push takes over one packet and says whether it was kept, push_loss says that
 * one is missing before the next (of RTP that comes from elsewhere), push_end follows the
 * last one of a buffer or list, and of video the last one of a picture (its marker, or before the
 * next picture where payloaders set none): who is woken finds all of it. All on the streaming
 * thread, none may block. */
typedef struct {
  gboolean (*push) (gpointer data, RtcPacket *packet);
  void (*push_loss) (gpointer data);
  void (*push_end) (gpointer data);
  gpointer data;
  GDestroyNotify destroy; /* (nullable) of data */
} GstRtcPacketOutput;

typedef struct {
  guint64 packets, bytes;       /* handed over */
  guint64 dropped;              /* refused by push */
  guint64 key_frames;           /* packets marked as a key frame's start */
  gint64 last_key_frame_time;   /* monotonic, us; 0 before the first */
  GstRtcRtpInputStats rtp_input;       /* of RTP that comes from elsewhere */
} GstRtcPacketSinkStats;

/* Takes over output's data. codec says how key frames are recognised; is_input: what comes was not
 * made by a payloader of ours. Floating. */
GstElement *gst_rtc_packet_sink_new (RtcCodecId codec, gboolean is_input,
    const GstRtcPacketOutput *output);

/* Thread: any. */
void gst_rtc_packet_sink_get_stats (GstRtcPacketSink *self, GstRtcPacketSinkStats *out);

/* The monotonic time, ns, at which something with running_time was captured, given the element's
 * clock and base time. Now when that cannot be known; never in the future. */
GstClockTime gst_rtc_packet_sink_get_capture_time (GstElement *element, GstClockTime running_time);

G_END_DECLS
