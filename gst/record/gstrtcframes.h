/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcframes.h - ordered RTP packets of one codec to whole frames, on the calling thread.
 *
 * Packets with one RTP time stamp up to the marker are a frame. A frame that lacks a packet is
 * dropped, and so are the frames after it up to the next key frame: pictures are predicted from
 * each other, and a file shows rather no picture than a smeared one. (VP8 and VP9 tell by their
 * picture ids when what was lost carried no picture.) The first frame out is a key frame. Opus
 * packets are frames of their own and know no hold.
 *
 * VP8, VP9, H264 and H265 go through the stock depayloader (gstrtcframesdepay.h), complete frames
 * only; packets are handed to it rebuilt (12 bytes of header, no CSRCs, extensions or padding).
 * AV1 is gst/rtc/rtp/rtc-av1-depay.h, Opus is the payload itself. One thread at a time. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

typedef struct _GstRtcFrames GstRtcFrames;

/* GST_RTC_FRAMES_MAX_BYTES: longest frame, bytes (T21); a longer one is dropped as if lost. */
#define GST_RTC_FRAMES_MAX_BYTES (8 * 1024 * 1024)

/* GST_RTC_FRAMES_HEADER_LEN: of the header that the depayloader gets. */
#define GST_RTC_FRAMES_HEADER_LEN 12

/* One packet of the stream, without header, extensions and padding. */
typedef struct {
  guint32 ssrc;
  guint32 rtp_ts;
  guint16 seq;
  guint8 pt;
  gboolean marker;
  gboolean is_retransmission;
  GstClockTime arrival;
  gsize len;        /* of the payload, bytes */
  guint8 header[GST_RTC_FRAMES_HEADER_LEN]; /* ours: written before it goes to a depayloader */
  guint8 payload[];
} GstRtcFramesPacket;

/* A packet with room for len bytes of payload: free() it or give it to push(). */
GstRtcFramesPacket *gst_rtc_frames_packet_new (gsize len);
void gst_rtc_frames_packet_free (gpointer packet); /* (nullable) */

/* What comes out; valid during the call. */
typedef struct {
  const guint8 *data;     /* as rtc-mux.h wants a frame of this codec */
  gsize len;
  guint32 ssrc;
  guint32 rtp_ts;
  guint16 seq;            /* of its first packet */
  GstClockTime arrival;   /* of its last packet */
  gboolean is_key;
  guint width, height;    /* video: of the key frame in force */
  guint profile;          /* video: codec's number for it */
  const guint8 *config;   /* H264 avcC, H265 hvcC, AV1 av1C in force; NULL for others */
  gsize config_len;
} GstRtcFrame;

/* Called from within push(). */
typedef struct {
  void (*frame) (gpointer data, const GstRtcFrame *frame);
  /* Nothing comes out until a key frame does: ask for one. Each time a hold begins and for each
   * frame dropped in it; the owner limits the rate. */
  void (*key_frame_needed) (gpointer data);
} GstRtcFramesFuncs;

typedef struct {
  guint64 frames;      /* put out */
  guint64 key_frames;  /* of these */
  guint64 incomplete;  /* frames dropped for a missing packet */
  guint64 held;        /* whole frames dropped while waiting for a key frame */
  guint64 refused;     /* malformed, too long, or larger pictures than allowed */
} GstRtcFramesStats;

/* NULL with RTC_ERR_UNSUPPORTED when the codec is not one that can be recorded or its depayloader
 * is not installed. max_dimension: wider or higher pictures are dropped, pixels. */
GstRtcFrames *gst_rtc_frames_new (RtcCodecId codec, guint max_dimension,
    const GstRtcFramesFuncs *funcs, gpointer data, GError **error);
void gst_rtc_frames_free (GstRtcFrames *self); /* (nullable) */

/* Whether new() would succeed. */
gboolean gst_rtc_frames_is_supported (RtcCodecId codec);

/* The next packet in order (transfer full). Empty ones (probing) are passed over. */
void gst_rtc_frames_push (GstRtcFrames *self, GstRtcFramesPacket *packet);

/* Packets before the next one are lost. */
void gst_rtc_frames_gap (GstRtcFrames *self);

/* Another stream begins (SSRC, codec): what is incomplete goes, the next frame is a key frame. */
void gst_rtc_frames_reset (GstRtcFrames *self);

/* Whether packets of a frame are there whose end has not come. */
gboolean gst_rtc_frames_has_partial (const GstRtcFrames *self);

void gst_rtc_frames_get_stats (const GstRtcFrames *self, GstRtcFramesStats *out);

G_END_DECLS
