/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-viewer.h - viewers that only count: whole WebRTC peers of the core (rtc-peer.h) on a loop of
 * their own, thousands of them.
 *
 * Each sends ICE checks, does a DTLS handshake, sends receiver reports, transport-wide feedback,
 * requests for key frames and retransmissions, as a browser does. Every decrypt_every-th decrypts
 * all it receives, the others what is not media (load-srtp.h).
 *
 * Thread: one, which is not the loop's; functions wait for the loop where they have to. */
#pragma once

#include "tools/load/load-group.h"
#include "tools/load/load-wire.h"

G_BEGIN_DECLS

typedef struct _LoadCrowd LoadCrowd;
typedef struct _LoadViewer LoadViewer;

typedef struct {
  LoadWireConfig wire;
  guint decrypt_every;    /* 0: none; 1: all */
  RtcCodecId video;       /* RTC_CODEC_UNKNOWN: whatever the server has */
  gboolean no_feedback;   /* neither transport-wide feedback nor REMB is offered */
  gboolean watches_pictures; /* all decrypt, and figures of groups tell of pictures */
  LoadGroup groups[LOAD_MAX_GROUPS]; /* one is there always */
} LoadCrowdConfig;

typedef struct {
  guint viewers;     /* that are there */
  guint playing;     /* of them: media has come */
  guint failed;      /* ever: refused, or the peer failed */
  gchar failure[256]; /* why the last one did */
} LoadCrowdState;

/* NULL with *error. (transfer full) */
LoadCrowd *load_crowd_new (const LoadCrowdConfig *config, GError **error);

/* Its viewers are gone. (nullable) */
void load_crowd_free (LoadCrowd *self);

void load_crowd_get_state (LoadCrowd *self, LoadCrowdState *out);
void load_crowd_get_wire (LoadCrowd *self, LoadWireStats *out);

/* From now on figures count, from zero, and who joins is late. */
void load_crowd_begin (LoadCrowd *self);

/* What was counted since then of the first group. *out is large. */
void load_crowd_read (LoadCrowd *self, LoadFigures *out);

/* Of each group, what those who are there have seen since then, or since they came. */
void load_crowd_read_groups (LoadCrowd *self, LoadGroupFigures groups[LOAD_MAX_GROUPS]);

/* A viewer of a group and its offer (transfer full). NULL with *error when the host has no means
 * left. */
LoadViewer *load_viewer_new (LoadCrowd *crowd, guint group, gchar **offer, GError **error);

/* The answer to its offer, which was posted at posted. FALSE with *error: it is none that can be
 * used. */
gboolean load_viewer_set_answer (LoadViewer *self, GstClockTime posted, const gchar *sdp,
    GError **error);

/* The server refused it; counts as failed. */
void load_viewer_refuse (LoadViewer *self, const gchar *why);

/* Says goodbye and is gone; what it has counted stays counted. */
void load_viewer_free (LoadViewer *self);

G_END_DECLS
