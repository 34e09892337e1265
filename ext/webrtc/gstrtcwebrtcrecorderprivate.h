/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcrecorderprivate.h - what the two files of webrtcrecorder share: the element with its
 * properties, and its calls. */
#pragma once

#include "ext/webrtc/gstrtcreceivecodecs.h"
#include "ext/webrtc/gstrtcserversettings.h"
#include "ext/webrtc/gstrtcwebrtcrecorder.h"
#include "gst/record/gstrtcrecording.h"

G_BEGIN_DECLS

struct _GstRtcWebRTCRecorder {
  GstRtcWebRTCBase parent;
  GstRtcServerSettings server;
  GstRtcReceiveCodecs codecs;
  GstRtcRecordingPool *pool; /* while PAUSED or PLAYING */
  GHashTable *calls;         /* session id -> call; [C] */
  gboolean is_ending;        /* [C]: EOS was asked for, no call is taken any more */

  GMutex lock; /* guards the rest */
  gchar *location;
  guint latency_ms, fragment_ms, max_duration_s;
  guint64 max_size, min_free_disk;
  gboolean sidecar;
  guint n_open;       /* recordings that have not finished */
  gboolean eos_wanted; /* EOS is posted when n_open is 0 */
  gboolean is_stopping; /* to READY: calls end by that */
};

/* gstrtcwebrtcrecordercalls.c: the table that calls is, and the vfuncs of the base, [C]. */
GHashTable *gst_rtc_webrtc_recorder_new_calls (void);
gboolean gst_rtc_webrtc_recorder_is_ready (GstRtcWebRTCBase *base);
gboolean gst_rtc_webrtc_recorder_make_transceivers (GstRtcWebRTCBase *base,
    const gchar *session_id, GArray *transceivers, GError **error);
void gst_rtc_webrtc_recorder_configure_session (GstRtcWebRTCBase *base, const gchar *session_id,
    GstRtcSessionConfig *config);
void gst_rtc_webrtc_recorder_session_added (GstRtcWebRTCBase *base, GstRtcSession *session);
gboolean gst_rtc_webrtc_recorder_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error);
void gst_rtc_webrtc_recorder_session_removed (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GError *reason);

/* Hangs up every call and takes no more; EOS is posted when the last file is finished. [any] */
void gst_rtc_webrtc_recorder_end (GstRtcWebRTCRecorder *self);

G_END_DECLS
