/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbasesinkprivate.h - what the files of GstRtcBaseSink share, and its subclasses
 * need. */
#pragma once

#include "ext/webrtc/gstrtcstream.h"
#include "ext/webrtc/gstrtcbasesink.h"
#include "ext/webrtc/gstrtcremotecontrol.h"
#include "ext/webrtc/gstrtcsinkenums.h"
#include "gst/rtc/cc/rtc-quality-limit.h"
#include "gst/rtc/cc/rtc-rung-choice.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_BASE_SINK_SIGNAL_CONSUMER_ADDED,
  GST_RTC_BASE_SINK_SIGNAL_CONSUMER_REMOVED,
  GST_RTC_BASE_SINK_SIGNAL_ENCODER_SETUP,
  GST_RTC_BASE_SINK_SIGNAL_PAYLOADER_SETUP,
  GST_RTC_BASE_SINK_SIGNAL_REQUEST_ENCODED_FILTER,
  GST_RTC_BASE_SINK_SIGNAL_DEFINE_ENCODER_BITRATES,
  GST_RTC_BASE_SINK_SIGNAL_CONFIGURE_MITIGATION_CAPS,
  GST_RTC_BASE_SINK_SIGNAL_DATA_RECEIVED,
  GST_RTC_BASE_SINK_N_SIGNALS
} GstRtcBaseSinkSignal;

/* One transceiver of one session. */
typedef struct {
  GstRtcStream *stream; /* owned; whose track it is */
  RtcCodecId codec;     /* of the branch acquired, UNKNOWN while none */
  GstRtcStream *sent;   /* owned; what is sent: stream, or a sub stream of it; NULL while none */
  guint rung;           /* of sent */
  RtcRungChoice choice;
  GstRtcStream *left;   /* owned; what was sent before, still acquired; NULL: released */
  RtcCodecId left_codec;
  guint left_rung;
  GstClockTime left_at;
  gchar mid[RTC_SDP_TOKEN_BYTES]; /* of its section; empty until it is negotiated */
  RtcFmtpOpus opus;     /* with Opus: what the viewer prefers */
  guint64 share_bps;    /* of the session's target; media bit/s, 0: not known */
  gboolean is_behind;   /* the encode is more than the session's path carries */
  RtcQualityLimit limit; /* video: of what this viewer gets; with the sink's lock */
} GstRtcBaseSinkUse;

/* One session. */
typedef struct {
  GstRtcSession *session; /* borrowed; NULL before it was added */
  GArray *uses;           /* GstRtcBaseSinkUse, by transceiver */
  GstRtcSessionTarget target; /* as last read; bps 0: not known */
  GstClockTime since;     /* of the first target; 0: none yet */
} GstRtcBaseSinkViewer;

struct _GstRtcBaseSink {
  GstRtcWebRTCBase parent;
  GHashTable *viewers; /* session id -> GstRtcBaseSinkViewer; changed on [C] with the lock, so it
                        * can be read on [C], or anywhere with the lock. Shares, targets: [C]
                        * alone */
  GSource *tick;       /* [C]: while there are viewers */
  GSource *gather;     /* [C]: some target has changed */
  GstRtcRemoteControl *control;

  GMutex lock; /* guards the rest */
  GPtrArray *streams; /* GstRtcStream, in the order of the requests */
  GPtrArray *data_pads; /* GstRtcDataPad, likewise */
  guint next_video, next_audio, next_data;
  GstCaps *video_caps, *audio_caps;
  guint start_bitrate, min_bitrate, max_bitrate;
  GstRtcCongestionControl congestion_control;
  RtcMitigation mitigation_modes;
  gboolean do_fec, do_dtx, enable_control;
  gint min_playout_delay, max_playout_delay; /* ms; -1: nothing is said */
  GstRtcJoinMode join_mode;
  gchar *ladder; /* as written; NULL: none */
  GstRtcLadder default_ladder;
};

guint gst_rtc_base_sink_get_signal (GstRtcBaseSinkSignal signal);

/* A snapshot of the streams, each with a reference. (transfer full) [any] */
GPtrArray *gst_rtc_base_sink_list_streams (GstRtcBaseSink *self);

/* gstrtcbasesinkviewers.c: which viewer gets what. The vfuncs of the base, the funcs of the
 * streams, and the table that viewers is. */
GHashTable *gst_rtc_base_sink_new_viewers (void);
void gst_rtc_base_sink_configure_session (GstRtcWebRTCBase *base, const gchar *session_id,
    GstRtcSessionConfig *config);
gboolean gst_rtc_base_sink_is_ready (GstRtcWebRTCBase *base); /* [C] */
gboolean gst_rtc_base_sink_make_transceivers (GstRtcWebRTCBase *base, const gchar *session_id,
    GArray *transceivers, GError **error);
gboolean gst_rtc_base_sink_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error);
void gst_rtc_base_sink_session_added (GstRtcWebRTCBase *base, GstRtcSession *session);
void gst_rtc_base_sink_session_removed (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GError *reason);
extern const GstRtcStreamFuncs gst_rtc_base_sink_stream_funcs;

guint gst_rtc_base_sink_get_start_bitrate (GstRtcBaseSink *self); /* [any] */

/* gstrtcbasesinkrungs.c: which encoding of its stream each viewer gets. */

/* The stream that this one is a sub stream of, borrowed; NULL: none, or it does not exist. [any] */
GstRtcStream *gst_rtc_base_sink_find_main (GstRtcBaseSink *self, GstRtcStream *stream);

/* Sends the best encoding that the start bitrate allows, in codec instead of what was sent; its
 * branch is made if need be. FALSE with *error: it cannot be, and all is as before. [C] */
gboolean gst_rtc_base_sink_start_use (GstRtcBaseSink *self, GstRtcSession *session,
    guint transceiver, GstRtcBaseSinkUse *use, RtcCodecId codec, GError **error);
void gst_rtc_base_sink_stop_use (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver,
    GstRtcBaseSinkUse *use); /* [C] */
void gst_rtc_base_sink_release_use (GstRtcBaseSinkUse *use); /* the session is gone. [C] */

/* stream goes: whoever gets it gets another encoding, if there is one. [C] */
void gst_rtc_base_sink_leave_stream (GstRtcBaseSink *self, GstRtcSession *session,
    guint transceiver, GstRtcBaseSinkUse *use, GstRtcStream *stream);

/* Viewers whose shares have changed go elsewhere. [C] */
void gst_rtc_base_sink_choose_rungs (GstRtcBaseSink *self, GstClockTime now);

/* gstrtcbasesinkrates.c: encoders follow the viewers, from start to stop; both idempotent. [C] */
void gst_rtc_base_sink_start_rates (GstRtcBaseSink *self);
void gst_rtc_base_sink_stop_rates (GstRtcBaseSink *self);

/* What may be sent to a viewer has changed: all is looked at soon. [C] */
void gst_rtc_base_sink_gather_targets (GstRtcBaseSink *self);

/* gstrtcbasesinkstats.c: adds "consumer-stats", and to outbound-rtp why it is no better. [any] */
void gst_rtc_base_sink_fill_stats (GstRtcWebRTCBase *base, GstRtcSession *session,
    GstStructure *stats);

/* Does what the viewer wants to the stream of that mid, or to all pictures: a func of
 * GstRtcRemoteControl. [C] */
gboolean gst_rtc_base_sink_navigate (gpointer owner, GstRtcSession *session, const gchar *mid,
    GstEvent *event);

/* gstrtcbasesinkpads.c: vfuncs of the element. [A] */
GstPad *gst_rtc_base_sink_request_new_pad (GstElement *element, GstPadTemplate *templ,
    const gchar *wanted, const GstCaps *caps);
void gst_rtc_base_sink_release_pad (GstElement *element, GstPad *pad);

/* gstrtcbasesinkdata.c: pads whose buffers are messages. */

/* Whether templ is that of such pads, and one of them; NULL: the name is taken. [A] */
gboolean gst_rtc_base_sink_is_data (GstPadTemplate *templ);
GstPad *gst_rtc_base_sink_request_data_pad (GstRtcBaseSink *self, GstPadTemplate *templ,
    const gchar *name);
void gst_rtc_base_sink_release_data_pad (GstRtcBaseSink *self, GstPad *pad); /* [A] */

gboolean gst_rtc_base_sink_has_data (GstRtcBaseSink *self); /* [any] */

/* A channel for each pad to the viewer, and no longer. [C] */
void gst_rtc_base_sink_add_data (GstRtcBaseSink *self, GstRtcSession *session);
void gst_rtc_base_sink_remove_data (GstRtcBaseSink *self, GstRtcSession *session);

/* Adds "send-NAME" for each pad, and "control". [any] */
void gst_rtc_base_sink_fill_data_stats (GstRtcBaseSink *self, GstRtcSession *session,
    GstStructure *stats);

void gst_rtc_base_sink_install_data (GstElementClass *klass);

/* Viewers keep what else they watch; their track of this stream ends. [C] */
void gst_rtc_base_sink_stop_stream (GstRtcBaseSink *self, GstRtcStream *stream);

G_END_DECLS
