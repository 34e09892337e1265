/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* net-viewer.h - viewers made of our own core on the real backends, and a WHEP client for them.
 *
 * All viewers of a NetViewers share one RtcLoop of their own, apart from the element's, so that a
 * test may have hundreds. Everything that waits has a deadline. Thread: the test's main thread. */
#pragma once

#include <gio/gio.h>

#include "gst/rtc/loop/rtc-loop.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "lying-srtp.h"
#include "tools/load/load-pictures.h"

G_BEGIN_DECLS

typedef struct _NetViewers NetViewers;
typedef struct _NetViewer NetViewer;

NetViewers *net_viewers_new (void);

/* Waits until everything is released; all viewers must be gone. */
void net_viewers_free (NetViewers *self);

typedef struct {
  RtcCodecId video;       /* what to offer; RTC_CODEC_UNKNOWN: VP8, VP9 and H264 */
  gboolean no_audio;
  gboolean wrong_fingerprint; /* lie about our certificate in the offer */
  gboolean answers;       /* no offer of ours: net_viewer_answer() */
  gboolean transport_cc;  /* tell the sender what arrives, by transport-wide numbers or REMB */
  gboolean tcp;           /* can use TCP as well as UDP */
  gboolean pictures;      /* of VP8: net_viewer_get_pictures() */
  LyingSrtpKind lie;      /* with transport_cc: tell it something else */
  RtcFecKinds fec;        /* to offer */
} NetViewerConfig;

/* A peer that wants to receive; config is (nullable). */
NetViewer *net_viewer_new (NetViewers *viewers, const NetViewerConfig *config);

/* Its offer with all host candidates. (transfer full) */
gchar *net_viewer_create_offer (NetViewer *self);

/* The answer with all host candidates to somebody's offer; NULL when it cannot be answered. Any
 * thread but the viewers' own. (transfer full) */
gchar *net_viewer_answer (NetViewer *self, const gchar *offer, GError **error);

gboolean net_viewer_set_answer (NetViewer *self, const gchar *sdp, GError **error);

/* TRUE once that many packets have come in all; FALSE after timeout_ms or when the peer failed. */
gboolean net_viewer_wait_packets (NetViewer *self, guint video, guint audio, guint timeout_ms);

/* TRUE once the peer has that state; FALSE after timeout_ms. */
gboolean net_viewer_wait_state (NetViewer *self, RtcPeerState state, guint timeout_ms);

/* The round trip as the other side's answers to reference time reports tell it (RFC 3611 4.5);
 * NONE when none has come by timeout_ms. Media must flow meanwhile. */
GstClockTime net_viewer_wait_round_trip (NetViewer *self, guint timeout_ms);

void net_viewer_request_key_frame (NetViewer *self);

typedef struct {
  guint64 video_packets, audio_packets, key_frames;
  GstClockTime first_media; /* rtc_loop_now() of the first packet, NONE: none yet */
  RtcCodecId video_codec;
  gsize longest_video; /* RTP packet, as repair has made it, bytes */
  gchar failure[256];
} NetViewerCounts;

void net_viewer_get_counts (NetViewer *self, NetViewerCounts *out);

/* What it knows of the video stream; all 0 when nothing came. */
void net_viewer_get_video_stats (NetViewer *self, RtcInboundStats *out);

/* What would be seen, and the longest time without a new picture, up to now. */
GstClockTime net_viewer_get_pictures (NetViewer *self, LoadPicturesFigures *out);

/* Gaps count from here on. */
void net_viewer_forget_gaps (NetViewer *self);

/* goodbye: BYE and close_notify first; else it vanishes. */
void net_viewer_free (NetViewer *self, gboolean goodbye);

/* --- WHEP over a plain HTTP client ---------------------------------------------------------- */

/* POSTs an offer. Returns the status; *answer and *location (transfer full) on 201. */
guint net_whep_post (const gchar *url, const gchar *offer, gchar **answer, gchar **location);

/* DELETEs a session. Returns the status. */
guint net_whep_delete (const gchar *url);

/* The Authorization: Bearer of all requests from here on; NULL (the default): none. */
void net_whep_set_token (const gchar *token);

G_END_DECLS
