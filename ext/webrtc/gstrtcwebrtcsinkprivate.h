/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsinkprivate.h - what the files of webrtcsink share. */
#pragma once

#include "ext/webrtc/gstrtcserversettings.h"
#include "ext/webrtc/gstrtcstream.h"
#include "ext/webrtc/gstrtcwebrtcsink.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_WEBRTC_SINK_SIGNAL_CONSUMER_ADDED,
  GST_RTC_WEBRTC_SINK_SIGNAL_CONSUMER_REMOVED,
  GST_RTC_WEBRTC_SINK_SIGNAL_ENCODER_SETUP,
  GST_RTC_WEBRTC_SINK_SIGNAL_PAYLOADER_SETUP,
  GST_RTC_WEBRTC_SINK_SIGNAL_REQUEST_ENCODED_FILTER,
  GST_RTC_WEBRTC_SINK_N_SIGNALS
} GstRtcWebRTCSinkSignal;

enum {
  PROP_0,
  PROP_VIDEO_CAPS,
  PROP_AUDIO_CAPS,
  PROP_START_BITRATE,
  PROP_MIN_BITRATE,
  PROP_MAX_BITRATE,
  PROP_SERVER, /* and on: of GstRtcServerSettings */
};

struct _GstRtcWebRTCSink {
  GstRtcWebRTCBase parent;
  GHashTable *uses; /* session id -> GArray of Use; [C] */
  GstRtcServerSettings server;

  GMutex lock; /* guards the rest */
  GPtrArray *streams; /* GstRtcStream, in the order of the requests */
  guint next_video, next_audio;
  GstCaps *video_caps, *audio_caps;
  guint start_bitrate, min_bitrate, max_bitrate;
};

guint gst_rtc_webrtc_sink_get_signal (GstRtcWebRTCSinkSignal signal);

/* A snapshot of the streams, each with a reference. (transfer full) [any] */
GPtrArray *gst_rtc_webrtc_sink_list_streams (GstRtcWebRTCSink *self);

/* gstrtcwebrtcsinkviewers.c: which viewer gets what. The vfuncs of the base, the funcs of the
 * streams, and the table that uses is. */
GHashTable *gst_rtc_webrtc_sink_new_uses (void);
gboolean gst_rtc_webrtc_sink_is_ready (GstRtcWebRTCBase *base); /* [C] */
gboolean gst_rtc_webrtc_sink_make_transceivers (GstRtcWebRTCBase *base, const gchar *session_id,
    GArray *transceivers, GError **error);
gboolean gst_rtc_webrtc_sink_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error);
void gst_rtc_webrtc_sink_session_added (GstRtcWebRTCBase *base, GstRtcSession *session);
void gst_rtc_webrtc_sink_session_removed (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GError *reason);
extern const GstRtcStreamFuncs gst_rtc_webrtc_sink_stream_funcs;

/* Viewers keep what else they watch; their track of this stream ends. [C] */
void gst_rtc_webrtc_sink_stop_stream (GstRtcWebRTCSink *self, GstRtcStream *stream);

G_END_DECLS
