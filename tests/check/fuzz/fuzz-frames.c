/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-frames.c - any payloads through the depayloaders as a recording uses them (T21): what comes
 * out begins with a key frame, is within its bounds, and has the form that the muxers want.
 *
 * The first byte chooses the codec; then packets of |flags|len|payload|: flag 1 marker, 2 another
 * time stamp, 4 packets are lost before it. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>
#include "gst/record/gstrtcframes.h"

#define MAX_DIMENSION 4096

static const RtcCodecId codecs[] = { RTC_CODEC_VP8, RTC_CODEC_VP9, RTC_CODEC_H264, RTC_CODEC_H265,
  RTC_CODEC_AV1, RTC_CODEC_OPUS };

typedef struct {
  RtcCodecId codec;
  guint frames;
} Check;

static void
check_frame (gpointer data, const GstRtcFrame *frame)
{
  Check *check = data;
  gsize pos = 0;

  FUZZ_CHECK (frame->len > 0 && frame->len <= GST_RTC_FRAMES_MAX_BYTES);
  FUZZ_CHECK (check->frames > 0 || frame->is_key);
  check->frames++;
  if (check->codec != RTC_CODEC_OPUS) {
    FUZZ_CHECK (frame->width > 0 && frame->width <= MAX_DIMENSION);
    FUZZ_CHECK (frame->height > 0 && frame->height <= MAX_DIMENSION);
  }
  if (check->codec != RTC_CODEC_H264 && check->codec != RTC_CODEC_H265)
    return;
  FUZZ_CHECK (frame->config != NULL && frame->config_len > 6 && frame->config[0] == 1);
  while (pos < frame->len) {
    guint32 len;

    FUZZ_CHECK (frame->len - pos >= 4);
    memcpy (&len, frame->data + pos, 4);
    pos += 4 + GUINT32_FROM_BE (len);
    FUZZ_CHECK (pos <= frame->len);
  }
}

static void
ignore_request (gpointer data)
{
}

static GstRtcFrames *
make_frames (Check *check)
{
  static const GstRtcFramesFuncs funcs = { check_frame, ignore_request };

  return gst_rtc_frames_new (check->codec, MAX_DIMENSION, &funcs, check, NULL);
}

static void
push_all (GstRtcFrames *frames, const guint8 *data, gsize size)
{
  guint32 rtp_ts = 1;
  guint16 seq = 1;

  for (gsize pos = 0; pos + 2 <= size;) {
    guint8 flags = data[pos];
    gsize len = MIN (data[pos + 1], size - pos - 2);
    GstRtcFramesPacket *packet = gst_rtc_frames_packet_new (len);

    if ((flags & 2) != 0)
      rtp_ts += 3000;
    if ((flags & 4) != 0)
      gst_rtc_frames_gap (frames);
    packet->rtp_ts = rtp_ts;
    packet->seq = seq++;
    packet->marker = flags & 1;
    memcpy (packet->payload, data + pos + 2, len);
    gst_rtc_frames_push (frames, packet);
    pos += 2 + len;
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Check check = { RTC_CODEC_UNKNOWN, 0 };
  GstRtcFrames *frames;

  if (size == 0)
    return 0;
  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  check.codec = codecs[data[0] % G_N_ELEMENTS (codecs)];
  frames = make_frames (&check);
  if (frames == NULL)
    return 0;
  push_all (frames, data + 1, size - 1);
  gst_rtc_frames_free (frames);
  return 0;
}
