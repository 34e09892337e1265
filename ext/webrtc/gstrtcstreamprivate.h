/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcstreamprivate.h - what the files of GstRtcStream share. */
#pragma once

#include "ext/webrtc/gstrtcstream.h"
#include "gst/media/gstrtctee.h"

G_BEGIN_DECLS

/* One codec in use, and one rung: an element behind the tee and the source that its packets go
 * to. */
typedef struct {
  GstRtcStream *stream; /* borrowed */
  RtcCodecId codec;
  guint rung;
  GstElement *element; /* owned */
  GstPad *tee_pad;     /* owned */
  RtcSource *source;   /* owned */
  guint n_users;
  GSource *linger; /* while n_users is 0 */

  /* gstrtcstreamrates.c */
  GstRtcStreamEncode encode;    /* as published last */
  gboolean has_size;            /* a ladder's rung: rung_size */
  GstRtcRung rung_size;
  GstRtcRungFit fit;            /* of what comes in */
  RtcEncodePlan plan;           /* has_plan: steered */
  gboolean has_plan;
  RtcEncodeSetting planned;     /* what the plan said last, before the application's say */
  GstClockTime made_at;         /* 0: not yet; begin of the window of made_bps */
  guint64 made_bytes;           /* at that time */
  gboolean is_told, use_fec, use_dtx;
  guint loss_percent;
  GstClockTime loss_at;         /* losses were last that high */
} GstRtcStreamBranch;

struct _GstRtcStream {
  gint refs;
  GstBin *bin;
  gchar *name;
  RtcMediaKind kind;
  GstRtcStreamFuncs funcs;
  GWeakRef owner;
  GstElement *clocksync, *tee, *fakesink; /* owned */
  GstRtcTee pads;      /* of tee */

  GPtrArray *branches; /* GstRtcStreamBranch; [C] */
  guint n_made;        /* of branches, for names; [C] */
  gboolean is_removed; /* [C] */

  GMutex lock; /* guards the rest */
  RtcLoop *loop;
  GstCaps *caps;
  gulong live_probe;
  GArray *encodes; /* GstRtcStreamEncode, one for each branch */
  GstRtcLadder ladder, default_ladder;
  gchar *main; /* the stream that it is a sub stream of; NULL: none */
  guint64 in_bytes, in_bps; /* of what comes in encoded; bps 0: not known yet */
  GstClockTime in_since;
  gint is_encoded;          /* atomic, as the caps say */
  gint replay_pictures;     /* atomic */
};

/* A closure that holds the stream, and the owner for its callbacks. */
typedef struct {
  GstRtcStream *stream;
  GObject *owner;
} GstRtcStreamHeld;

/* NULL when the owner has gone. (transfer full) [any] */
GstRtcStreamHeld *gst_rtc_stream_held_new (GstRtcStream *self);
void gst_rtc_stream_held_free (gpointer held); /* [any] */

/* NULL while the stream is stopped. (transfer full) [any] */
RtcLoop *gst_rtc_stream_ref_loop (GstRtcStream *self);

/* NULL when there is none. [C] */
GstRtcStreamBranch *gst_rtc_stream_find_branch (GstRtcStream *self, RtcCodecId codec, guint rung);

/* gstrtcstreamladder.c: the rung is to have temporal layers. [any] */
gboolean gst_rtc_stream_wants_layers (GstRtcStream *self, guint rung);

/* gstrtcstreamladder.c: before it is in the bin: what a branch makes of which rung, from the first
 * frame on. [C] */
void gst_rtc_stream_init_rung (GstRtcStreamBranch *branch);

/* Tells the element what setting comes to with its rung. [C] */
void gst_rtc_stream_tell_branch (GstRtcStreamBranch *branch, const RtcEncodeSetting *setting);

/* The format that comes in may be another one. [C] */
void gst_rtc_stream_update_format (GstRtcStreamBranch *branch);

/* Media that is encoded already: so much of it has come. [S] */
void gst_rtc_stream_note_input (GstRtcStream *self, gsize bytes);

/* gstrtcstreamrates.c: what is told about encodes, for gst_rtc_stream_get_encode(). [C] */
void gst_rtc_stream_init_rates (GstRtcStreamBranch *branch);
void gst_rtc_stream_publish_encode (GstRtcStream *self, const GstRtcStreamEncode *encode);
void gst_rtc_stream_withdraw_encode (GstRtcStream *self, RtcCodecId codec, guint rung);

/* All branches out of the list at once, and each out of the pipeline as soon as its pad is idle;
 * what streams meanwhile is not disturbed. [C] */
void gst_rtc_stream_remove_branches (GstRtcStream *self);

/* The same while nothing streams: they are gone on return. [C] */
void gst_rtc_stream_dismantle_branches (GstRtcStream *self);

G_END_DECLS
