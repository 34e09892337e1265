/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-offer.h"

#define FIRST_VIDEO_PT 96
#define AUDIO_PT 111

/* Retransmissions of each take the number behind it (rtc-jsep-offer.c). */
static guint8
next_pt (guint8 *pt)
{
  *pt += 2;
  return (guint8) (*pt - 2);
}

void
load_offer_fill (RtcPeer *peer, RtcCodecId wanted, gboolean *is_media, RtcKeyFrameFormat *formats)
{
  static const guint32 profiles[] = { 0x42e01f, 0x42001f, 0x4d001f, 0x64001f };
  static const RtcCodecId others[] = { RTC_CODEC_VP8, RTC_CODEC_VP9, RTC_CODEC_AV1 };
  RtcTransceiverConfig video = {
    .kind = RTC_MEDIA_VIDEO, .direction = RTC_DIRECTION_RECVONLY, .rtx = TRUE
  };
  RtcTransceiverConfig audio = {
    .kind = RTC_MEDIA_AUDIO, .direction = RTC_DIRECTION_RECVONLY, .n_codecs = 1
  };
  guint8 pt = FIRST_VIDEO_PT;

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (wanted == RTC_CODEC_UNKNOWN || wanted == RTC_CODEC_H264)
      rtc_codec_init_h264 (&video.codecs[video.n_codecs++], next_pt (&pt), profiles[i], 1);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (wanted == RTC_CODEC_UNKNOWN || wanted == others[i])
      rtc_codec_init (&video.codecs[video.n_codecs++], others[i], next_pt (&pt));
  for (guint i = 0; i < video.n_codecs; i++) {
    is_media[video.codecs[i].pt] = TRUE;
    formats[video.codecs[i].pt] = rtc_key_frame_format_from_name (video.codecs[i].name);
  }
  rtc_codec_init (&audio.codecs[0], RTC_CODEC_OPUS, AUDIO_PT);
  is_media[AUDIO_PT] = TRUE;
  rtc_peer_add_transceiver (peer, &video);
  rtc_peer_add_transceiver (peer, &audio);
}
