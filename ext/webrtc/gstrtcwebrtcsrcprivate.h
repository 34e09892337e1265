/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsrcprivate.h - what the files of GstRtcWebRTCSrc share. */
#pragma once

#include "ext/webrtc/gstrtcreceivecodecs.h"
#include "ext/webrtc/gstrtcreceiver.h"
#include "ext/webrtc/gstrtcserversettings.h"
#include "ext/webrtc/gstrtcwebrtcbase.h"
#include "ext/webrtc/gstrtcwebrtcsrc.h"
#include "ext/webrtc/gstrtcwebrtcsrcpad.h"

G_BEGIN_DECLS

#define GST_RTC_WEBRTC_SRC_DEFAULT_EOS_ON_HANGUP TRUE
#define GST_RTC_WEBRTC_SRC_DEFAULT_DO_FEC FALSE

/* Branches being taken down on other threads; shared with those. */
typedef struct {
  GMutex lock;
  GCond cond;
  guint n;
} GstRtcDiscards;

struct _GstRtcWebRTCSrc {
  GstRtcWebRTCBase parent;
  GstRtcServerSettings server;
  GstRtcReceiveCodecs codecs;
  GstRtcDiscards *discards; /* atomic rc box */
  GHashTable *sessions;     /* [C]: id -> GstRtcSrcSession */
  RtcCodec unknown_codecs[RTC_TRANSCEIVER_MAX_CODECS]; /* [C]: for the session being made */
  gint is_stopping;         /* atomic: from PAUSED to READY */

  GMutex lock; /* guards the rest */
  guint min_latency, max_latency; /* ms */
  guint key_frame_interval; /* ms; 0: any */
  gboolean hold_picture, eos_on_hangup, do_fec;
  GPtrArray *streams; /* GstRtcSrcStream; changed on [C] */
  GPtrArray *data;    /* GstRtcSrcData; changed on [C] */
};

/* One caller. [C] */
typedef struct {
  GstRtcReceiver *receiver;
  GstRtcSession *session; /* once it has been added */
  GstRtcSyncGroup *sync_group;
  guint group_id;
  GPtrArray *streams; /* GstRtcSrcStream by track; NULL where there is none */
  GArray *names;      /* by track: what SDP calls it */
} GstRtcSrcSession;

/* One track of a caller, from its first packet on. Reference-counted; [C] unless said. */
typedef struct {
  gint refs;
  GWeakRef element; /* the webrtcsrc [any] */
  GWeakRef session; /* [any] */
  RtcLoop *loop;
  gchar *session_id, *peer_id;
  GstRtcReceiver *receiver;
  GstRtcSyncGroup *sync_group;
  guint group_id;
  guint track;
  RtcMediaKind kind;
  GstPad *pad; /* owned until the stream has gone */
  GstRtcReceiveBranch *branch; /* self->lock: what takes the packets; NULL while nobody does */
  gint is_stale;         /* atomic: the pad was linked anew */
  gboolean is_ending;
  gboolean has_warned;
  GSource *deadline;
} GstRtcSrcStream;

typedef enum {
  GST_RTC_WEBRTC_SRC_SIGNAL_REQUEST_ENCODED_FILTER,
  GST_RTC_WEBRTC_SRC_SIGNAL_REQUEST_KEY_FRAME,
  GST_RTC_WEBRTC_SRC_N_SIGNALS
} GstRtcWebRTCSrcSignal;

guint gst_rtc_webrtc_src_get_signal (GstRtcWebRTCSrcSignal signal);

/* --- gstrtcwebrtcsrcsessions.c: vfuncs of the base -------------------------------------------- */

GHashTable *gst_rtc_webrtc_src_new_sessions (void);
gboolean gst_rtc_webrtc_src_make_transceivers (GstRtcWebRTCBase *base, const gchar *session_id,
    GArray *transceivers, GError **error);
void gst_rtc_webrtc_src_configure_session (GstRtcWebRTCBase *base, const gchar *session_id,
    GstRtcSessionConfig *config);
void gst_rtc_webrtc_src_session_added (GstRtcWebRTCBase *base, GstRtcSession *session);
void gst_rtc_webrtc_src_session_removed (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GError *reason);
gboolean gst_rtc_webrtc_src_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error);
void gst_rtc_webrtc_src_fill_stats (GstRtcWebRTCBase *base, GstRtcSession *session,
    GstStructure *stats);

/* --- gstrtcwebrtcsrcstreams.c ----------------------------------------------------------------- */

/* A stream with a new pad of the element, which is told of. (transfer full) [C] */
GstRtcSrcStream *gst_rtc_src_stream_new (GstRtcWebRTCSrc *element, GstRtcSrcSession *session,
    guint track, RtcMediaKind kind);
GstRtcSrcStream *gst_rtc_src_stream_ref (GstRtcSrcStream *self); /* [any] */
void gst_rtc_src_stream_unref (gpointer self);                   /* (nullable) [any] */

/* Makes, replaces or drops the branch, as the pad's links and what comes ask for. anew: what
 * comes is of another codec. [C] */
void gst_rtc_src_stream_update (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, gboolean anew);

/* EOS, by force or if it is wished for, then the pad goes. [C] */
void gst_rtc_src_stream_end (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, gboolean force_eos);

/* The pad goes at once. [C] */
void gst_rtc_src_stream_finish (GstRtcSrcStream *self, GstRtcWebRTCSrc *element);

/* [any] */
void gst_rtc_src_stream_request_key_frame (GstRtcSrcStream *self);

/* (nullable) (transfer full) [any] */
GstRtcReceiveBranch *gst_rtc_src_stream_get_branch (GstRtcSrcStream *self,
    GstRtcWebRTCSrc *element);

/* The element's latency, hold-picture and key-frame-interval to the branch. [any] */
void gst_rtc_src_stream_apply_settings (GstRtcSrcStream *self, GstRtcWebRTCSrc *element);

/* A copy of the list; free with g_ptr_array_unref(). [any] */
GPtrArray *gst_rtc_webrtc_src_list_streams (GstRtcWebRTCSrc *self);

/* KIND_N with the lowest number that no pad has: names repeat only when their pad has gone.
 * (transfer full) [C] */
gchar *gst_rtc_webrtc_src_find_name (GstRtcWebRTCSrc *element, const gchar *kind);

/* Takes child out of the bin and, with the pad (nullable), down. Elsewhere, since its threads may
 * be blocked downstream, which only the application ends. [C] */
void gst_rtc_webrtc_src_discard (GstRtcWebRTCSrc *self, GstElement *child, GstPad *pad);

/* --- gstrtcwebrtcsrcdata.c -------------------------------------------------------------------- */

/* GST_RTC_SRC_MAX_DATA: channels of a caller that have a pad; further ones come by the session's
 * on-data-channel alone. */
#define GST_RTC_SRC_MAX_DATA 16

void gst_rtc_src_data_unref (gpointer data); /* of one in the list */

/* What the session's peer opens gets pads. [C] */
void gst_rtc_webrtc_src_watch_data (GstRtcWebRTCSrc *self, GstRtcSession *session);

/* Ends what the session (NULL: any) has: EOS, by force or if it is wished for, then the pad goes;
 * at_once: without. [C] */
void gst_rtc_webrtc_src_end_data (GstRtcWebRTCSrc *self, const gchar *session_id,
    gboolean force_eos, gboolean at_once);

/* Adds "receive-NAME" for each pad. [any] */
void gst_rtc_webrtc_src_fill_data_stats (GstRtcWebRTCSrc *self, GstRtcSession *session,
    GstStructure *stats);

GstRtcDiscards *gst_rtc_discards_new (void);
void gst_rtc_discards_unref (GstRtcDiscards *self);

/* Waits until all branches are down, for a bounded time. [A] */
void gst_rtc_discards_wait (GstRtcDiscards *self);

G_END_DECLS
