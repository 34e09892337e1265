/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbasesinkprivate.h - what the files of GstRtcBaseSink share, and its subclasses
 * need. */
#pragma once

#include "ext/webrtc/gstrtcstream.h"
#include "ext/webrtc/gstrtcbasesink.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_BASE_SINK_SIGNAL_CONSUMER_ADDED,
  GST_RTC_BASE_SINK_SIGNAL_CONSUMER_REMOVED,
  GST_RTC_BASE_SINK_SIGNAL_ENCODER_SETUP,
  GST_RTC_BASE_SINK_SIGNAL_PAYLOADER_SETUP,
  GST_RTC_BASE_SINK_SIGNAL_REQUEST_ENCODED_FILTER,
  GST_RTC_BASE_SINK_N_SIGNALS
} GstRtcBaseSinkSignal;

struct _GstRtcBaseSink {
  GstRtcWebRTCBase parent;
  GHashTable *uses; /* session id -> GArray of Use; [C] */

  GMutex lock; /* guards the rest */
  GPtrArray *streams; /* GstRtcStream, in the order of the requests */
  guint next_video, next_audio;
  GstCaps *video_caps, *audio_caps;
  guint start_bitrate, min_bitrate, max_bitrate;
  gboolean do_fec;
  gint min_playout_delay, max_playout_delay; /* ms; -1: nothing is said */
};

guint gst_rtc_base_sink_get_signal (GstRtcBaseSinkSignal signal);

/* A snapshot of the streams, each with a reference. (transfer full) [any] */
GPtrArray *gst_rtc_base_sink_list_streams (GstRtcBaseSink *self);

/* gstrtcbasesinkviewers.c: which viewer gets what. The vfuncs of the base, the funcs of the
 * streams, and the table that uses is. */
GHashTable *gst_rtc_base_sink_new_uses (void);
gboolean gst_rtc_base_sink_is_ready (GstRtcWebRTCBase *base); /* [C] */
gboolean gst_rtc_base_sink_make_transceivers (GstRtcWebRTCBase *base, const gchar *session_id,
    GArray *transceivers, GError **error);
gboolean gst_rtc_base_sink_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error);
void gst_rtc_base_sink_session_added (GstRtcWebRTCBase *base, GstRtcSession *session);
void gst_rtc_base_sink_session_removed (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GError *reason);
extern const GstRtcStreamFuncs gst_rtc_base_sink_stream_funcs;

/* Viewers keep what else they watch; their track of this stream ends. [C] */
void gst_rtc_base_sink_stop_stream (GstRtcBaseSink *self, GstRtcStream *stream);

G_END_DECLS
