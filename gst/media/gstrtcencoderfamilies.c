/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcencoderfamilies.h"

/* Caps that keep software encoders to what every browser decodes: 4:2:0, 8 bit. */
#define I420 "video/x-raw,format=I420"
#define VIDEO "video/x-raw"

/* H264 constrained baseline is what RFC 7742 6.2 makes every browser decode. */
#define H264_BASELINE "video/x-h264,profile=constrained-baseline,stream-format=byte-stream"
#define H264_ANY "video/x-h264,stream-format=byte-stream"
#define H265_MAIN "video/x-h265,profile=main,stream-format=byte-stream"

/* Tried with software, assumed of hardware: an encoder that does not count makes too much then,
 * which is measured and taken back (rtc-encode-plan.h). */
#define COUNTS GST_RTC_ENCODER_COUNTS_FRAMES

/* Preferred order among equal ranks: the table's. */
static const GstRtcEncoderFamily families[] = {
  { "x264enc", RTC_CODEC_H264,
      "tune=zerolatency speed-preset=ultrafast bframes=0 key-int-max=3000 threads=2 "
      "vbv-buf-capacity=300 byte-stream=true aud=false",
      "bitrate", 1000, COUNTS, I420, H264_BASELINE },
  { "openh264enc", RTC_CODEC_H264,
      "usage-type=camera complexity=low rate-control=bitrate gop-size=3000 multi-thread=2 "
      "enable-frame-skip=false scene-change-detection=false",
      "bitrate", 1, 0, I420, H264_BASELINE },
  { "nv*h264enc", RTC_CODEC_H264,
      "preset=low-latency-hq tune=ultra-low-latency zerolatency=true bframes=0 gop-size=3000 "
      "rc-mode=cbr rc-lookahead=0 b-adapt=false strict-gop=true",
      "bitrate", 1000, COUNTS, VIDEO, H264_BASELINE },
  { "va*h264*enc", RTC_CODEC_H264,
      "rate-control=cbr b-frames=0 max-bframes=0 key-int-max=1024 keyframe-period=1024 "
      "target-usage=6",
      "bitrate", 1000, COUNTS, VIDEO, H264_BASELINE },
  { "qsvh264enc", RTC_CODEC_H264,
      "low-latency=true b-frames=0 gop-size=3000 rate-control=cbr rc-lookahead=0", "bitrate", 1000,
      COUNTS, VIDEO, H264_BASELINE },
  { "mfh264enc", RTC_CODEC_H264, "low-latency=true bframes=0 gop-size=3000 rc-mode=cbr", "bitrate",
      1000, COUNTS, VIDEO, H264_BASELINE },
  { "amfh264enc", RTC_CODEC_H264,
      "usage=ultra-low-latency rate-control=cbr gop-size=3000 b-frames=0", "bitrate", 1000, COUNTS,
      VIDEO, H264_BASELINE },
  { "vtenc_h264*", RTC_CODEC_H264,
      "realtime=true allow-frame-reordering=false max-keyframe-interval=3000", "bitrate", 1000, 0,
      VIDEO, H264_BASELINE },
  { "v4l2*h264enc", RTC_CODEC_H264,
      "extra-controls=\"controls,repeat_sequence_header=1,video_b_frames=0,h264_i_frame_period="
      "600,video_bitrate_mode=1\"",
      "video_bitrate", 1, GST_RTC_ENCODER_RATE_IS_CONTROL, VIDEO, H264_ANY ",level=(string)4" },

  { "vp8enc", RTC_CODEC_VP8,
      "deadline=1 cpu-used=8 lag-in-frames=0 auto-alt-ref=false error-resilient=default "
      "keyframe-max-dist=3000 end-usage=cbr threads=2 buffer-size=1000 buffer-initial-size=500 "
      "buffer-optimal-size=600 undershoot=100 overshoot=15 min-quantizer=4 max-quantizer=63 "
      "static-threshold=1 max-intra-bitrate=300 token-partitions=1",
      "target-bitrate", 1, GST_RTC_ENCODER_HAS_LAYERS, I420, "video/x-vp8,profile=(string)0" },
  { "va*vp8enc", RTC_CODEC_VP8, "rate-control=cbr keyframe-period=1024 key-int-max=1024", "bitrate",
      1000, COUNTS, VIDEO, "video/x-vp8" },
  { "v4l2*vp8enc", RTC_CODEC_VP8, "extra-controls=\"controls,video_bitrate_mode=1\"",
      "video_bitrate", 1, GST_RTC_ENCODER_RATE_IS_CONTROL, VIDEO, "video/x-vp8" },

  { "vp9enc", RTC_CODEC_VP9,
      "deadline=1 cpu-used=8 lag-in-frames=0 auto-alt-ref=false error-resilient=default "
      "keyframe-max-dist=3000 end-usage=cbr threads=2 row-mt=true tile-columns=1 aq-mode=3 "
      "buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 undershoot=100 "
      "overshoot=15 min-quantizer=4 max-quantizer=63 static-threshold=1 max-intra-bitrate=300 "
      "frame-parallel-decoding=true",
      "target-bitrate", 1, 0, I420, "video/x-vp9,profile=(string)0" },
  { "va*vp9*enc", RTC_CODEC_VP9, "rate-control=cbr keyframe-period=1024 key-int-max=1024",
      "bitrate", 1000, COUNTS, VIDEO, "video/x-vp9,profile=(string)0" },
  { "qsvvp9enc", RTC_CODEC_VP9, "low-latency=true gop-size=3000 rate-control=cbr", "bitrate", 1000,
      COUNTS, VIDEO, "video/x-vp9,profile=(string)0" },
  { "v4l2*vp9enc", RTC_CODEC_VP9, "extra-controls=\"controls,video_bitrate_mode=1\"",
      "video_bitrate", 1, GST_RTC_ENCODER_RATE_IS_CONTROL, VIDEO, "video/x-vp9,profile=(string)0" },

  { "x265enc", RTC_CODEC_H265,
      "tune=zerolatency speed-preset=ultrafast key-int-max=3000 log-level=error "
      "option-string=bframes=0:rc-lookahead=0:pools=2:frame-threads=1:repeat-headers=1",
      "bitrate", 1000, COUNTS | GST_RTC_ENCODER_RATE_MAKES_KEY_FRAME, I420, H265_MAIN },
  { "nv*h265enc", RTC_CODEC_H265,
      "preset=low-latency-hq tune=ultra-low-latency zerolatency=true bframes=0 gop-size=3000 "
      "rc-mode=cbr rc-lookahead=0",
      "bitrate", 1000, COUNTS, VIDEO, H265_MAIN },
  { "va*h265*enc", RTC_CODEC_H265,
      "rate-control=cbr b-frames=0 max-bframes=0 key-int-max=1024 keyframe-period=1024 "
      "target-usage=6",
      "bitrate", 1000, COUNTS, VIDEO, H265_MAIN },
  { "qsvh265enc", RTC_CODEC_H265,
      "low-latency=true b-frames=0 gop-size=3000 rate-control=cbr rc-lookahead=0", "bitrate", 1000,
      COUNTS, VIDEO, H265_MAIN },
  { "mfh265enc", RTC_CODEC_H265, "low-latency=true bframes=0 gop-size=3000 rc-mode=cbr", "bitrate",
      1000, COUNTS, VIDEO, H265_MAIN },
  { "amfh265enc", RTC_CODEC_H265, "usage=ultra-low-latency rate-control=cbr gop-size=3000",
      "bitrate", 1000, COUNTS, VIDEO, H265_MAIN },
  { "vtenc_h265*", RTC_CODEC_H265,
      "realtime=true allow-frame-reordering=false max-keyframe-interval=3000", "bitrate", 1000, 0,
      VIDEO, H265_MAIN },
  { "v4l2*h265enc", RTC_CODEC_H265,
      "extra-controls=\"controls,repeat_sequence_header=1,video_b_frames=0,video_bitrate_mode=1\"",
      "video_bitrate", 1, GST_RTC_ENCODER_RATE_IS_CONTROL, VIDEO,
      "video/x-h265,stream-format=byte-stream" },

  { "svtav1enc", RTC_CODEC_AV1,
      "preset=12 intra-period-length=3000 logical-processors=2 "
      "parameters-string=pred-struct=1:rtc=1:lookahead=0",
      "target-bitrate", 1000, COUNTS, I420, "video/x-av1" },
  { "av1enc", RTC_CODEC_AV1,
      "usage-profile=realtime cpu-used=10 end-usage=cbr lag-in-frames=0 threads=2 row-mt=true "
      "keyframe-max-dist=3000 buf-sz=1000 buf-initial-sz=500 buf-optimal-sz=600 "
      /* its default of 0 makes libaom abort in this mode */
      "min-quantizer=2 max-quantizer=63",
      "target-bitrate", 1000, 0, I420, "video/x-av1" },
  { "rav1enc", RTC_CODEC_AV1,
      "speed-preset=10 low-latency=true max-key-frame-interval=3000 threads=2 "
      "error-resilient=true",
      "bitrate", 1, COUNTS, I420, "video/x-av1" },
  { "nvav1enc", RTC_CODEC_AV1, "preset=p1 tune=ultra-low-latency gop-size=3000 rc-mode=cbr",
      "bitrate", 1000, COUNTS, VIDEO, "video/x-av1" },
  { "va*av1*enc", RTC_CODEC_AV1, "rate-control=cbr key-int-max=1024 target-usage=6", "bitrate",
      1000, COUNTS, VIDEO, "video/x-av1" },
  { "qsvav1enc", RTC_CODEC_AV1, "low-latency=true gop-size=3000 rate-control=cbr", "bitrate", 1000,
      COUNTS, VIDEO, "video/x-av1" },

  /* RFC 7587 4.2: 20 ms frames; in-band FEC costs nothing until a loss percentage is set. */
  { "opusenc", RTC_CODEC_OPUS,
      "frame-size=20 inband-fec=true bitrate-type=cbr audio-type=generic perfect-timestamp=false",
      "bitrate", 1, 0, "audio/x-raw,rate=48000,channels=[1,2]",
      "audio/x-opus,channel-mapping-family=0" },
  { "mulawenc", RTC_CODEC_PCMU, "", NULL, 0, 0, "audio/x-raw,rate=8000,channels=1",
      "audio/x-mulaw,rate=8000,channels=1" },
  { "alawenc", RTC_CODEC_PCMA, "", NULL, 0, 0, "audio/x-raw,rate=8000,channels=1",
      "audio/x-alaw,rate=8000,channels=1" },
  { "avenc_g722", RTC_CODEC_G722, "", NULL, 0, 0, "audio/x-raw,rate=16000,channels=1",
      "audio/G722" },
};

const GstRtcEncoderFamily *
gst_rtc_encoder_family_find (const gchar *factory_name)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    if (g_pattern_match_simple (families[i].pattern, factory_name))
      return &families[i];
  }
  return NULL;
}
