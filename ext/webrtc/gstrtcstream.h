/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcstream.h - what is behind one request pad: pacing, a tee, and a branch per codec and rung
 * in use.
 *
 *   sink ! clocksync ! tee ! fakesink         always: the pipeline runs with no viewer
 *                      tee ! GstRtcBranch     one per codec that a viewer negotiated, and
 *                                             of raw video per rung of the ladder
 *
 * RTP that comes in goes on in the packets that it came in.
 *
 * Media that is not live (a file, videotestsrc without is-live) is paced by the clock; live media
 * is passed on at once. A branch goes some seconds after its last viewer. Encoders are shared by
 * all viewers of a codec.
 *
 * Thread: said at each function. */
#pragma once

#include <gst/gst.h>
#include "gst/media/gstrtcbranch.h"
#include "gst/media/gstrtcladder.h"
#include "gst/rtc/cc/rtc-encode-plan.h"
#include "gst/rtc/loop/rtc-source.h"

G_BEGIN_DECLS

typedef struct _GstRtcStream GstRtcStream;

/* GST_RTC_STREAM_LINGER_MS: how long a branch without viewers stays, so that a reload of a page
 * does not restart the encoder. */
#define GST_RTC_STREAM_LINGER_MS 5000

/* What the element wants to be asked or told, all on [C]. */
typedef struct {
  /* A branch is about to start for session_id; look at its encoder and payloader. */
  void (*setup) (GstRtcStream *self, GstRtcBranch *branch, const gchar *session_id, gpointer data);
  /* (nullable, floating) An element to put before the payloader. */
  GstElement *(*make_filter) (GstRtcStream *self, RtcCodecId codec, const gchar *session_id,
      gpointer data);
  /* The first caps have come. */
  void (*started) (GstRtcStream *self, gpointer data);
  /* What comes in is now of another kind: branches made so far are gone. */
  void (*changed) (GstRtcStream *self, gpointer data);
  /* Frames or size of an encode are to change to what *setting says; format is what it makes while
   * nothing is given up. May put others there (keep, of, width, height). */
  void (*mitigate) (GstRtcStream *self, const GstRtcBranchFormat *format, RtcCodecId codec,
      RtcEncodeSetting *setting, gpointer data);
} GstRtcStreamFuncs;

/* Adds the fixed part to bin (kept without a reference: the stream goes first). owner is the
 * funcs' data and kept alive by what is posted. (transfer full) [A] */
GstRtcStream *gst_rtc_stream_new (GstBin *bin, const gchar *name, RtcMediaKind kind,
    const GstRtcStreamFuncs *funcs, GObject *owner);
GstRtcStream *gst_rtc_stream_ref (GstRtcStream *self); /* [any] */
void gst_rtc_stream_unref (GstRtcStream *self);        /* (nullable) [any] */

/* The pad to ghost; (transfer full) [any] */
GstPad *gst_rtc_stream_get_pad (GstRtcStream *self);
const gchar *gst_rtc_stream_get_name (GstRtcStream *self); /* [any] */
RtcMediaKind gst_rtc_stream_get_kind (GstRtcStream *self); /* [any] */

/* What comes in; NULL before the first caps. (transfer full) [any] */
GstCaps *gst_rtc_stream_get_caps (GstRtcStream *self);

/* Raw video is offered in these encodings; without rungs in one, at any rate. Rungs are numbered
 * from 0, the best; of anything else there is only 0. is_default: while no other was set, or one
 * without rungs. From the next viewer on. [any] */
void gst_rtc_stream_set_ladder (GstRtcStream *self, const GstRtcLadder *ladder,
    gboolean is_default);

/* Who joins begins with pictures from the history, see RtcFanoutConfig. Of encodings that begin
 * from now on. [any] */
void gst_rtc_stream_set_replay (GstRtcStream *self, gboolean replay_pictures);

/* It is a sub stream of the stream of that name, (nullable) none: no track of its own. [any] */
void gst_rtc_stream_set_main (GstRtcStream *self, const gchar *name);
gchar *gst_rtc_stream_get_main (GstRtcStream *self); /* (nullable, transfer full) [any] */

/* The rungs that there are, 1 at least; (nullable) nominal: of RTC_RUNG_MAX, the bit rate of each,
 * media bit/s: as in the ladder, or what comes in encoded as it was measured; 0: not known.
 * [any] */
guint gst_rtc_stream_list_rungs (GstRtcStream *self, guint64 *nominal);

/* From here branches can be made, on loop. [A], READY to PAUSED */
void gst_rtc_stream_start (GstRtcStream *self, RtcLoop *loop);

/* Drops all branches at once; nothing may be streaming any more. [C], so that no timer of a branch
 * runs meanwhile */
void gst_rtc_stream_stop (GstRtcStream *self);

/* Takes everything out of the bin. The ghost pad may be active still: from here on what it gets is
 * refused as flushing. [C], or [A] when the stream was never started */
void gst_rtc_stream_remove (GstRtcStream *self);

/* The source of packets of codec, its branch made if there is none; each call is one viewer,
 * session_id only for the setup. rung: one that there is. NULL with *error when an element is
 * missing or the branch does not start. (transfer full) [C] */
RtcSource *gst_rtc_stream_acquire (GstRtcStream *self, RtcCodecId codec, guint rung,
    guint start_bitrate, const gchar *session_id, GError **error);

/* One viewer less. Harmless when the branch is gone. [C] */
void gst_rtc_stream_release (GstRtcStream *self, RtcCodecId codec, guint rung);

/* --- rates ----------------------------------------------------------------------------------- */

/* What a branch makes. */
typedef struct {
  RtcCodecId codec;
  guint rung;
  gboolean is_encoder;       /* FALSE: passes on what comes in */
  gboolean can_steer;        /* it has an encoder whose rate can be set */
  guint64 own_bps;           /* the encoder's rate as it started; 0: not known */
  guint64 made_bps;          /* media that came out in the last second or two; 0: not known yet */
  guint b_frames;            /* of what comes in encoded, all so far; wraps */
  gboolean is_rtp;           /* it comes in packets */
  GstRtcRtpInputStats rtp_input;    /* of these, all so far */
  guint64 nominal_bps;       /* the rung's; 0: there is no ladder */
  gdouble thin_share;        /* of its rate without the upper temporal layers; 0: it has none */
  GstRtcBranchFormat format; /* of raw video that comes in; 0 before it does */
  GstRtcBranchFormat full;   /* what the rung makes of it while nothing is given up */
  RtcEncodeSetting setting;  /* rate_bps 0: not steered so far */
} GstRtcStreamEncode;

/* FALSE when there is no such branch. [any] */
gboolean gst_rtc_stream_get_encode (GstRtcStream *self, RtcCodecId codec, guint rung,
    GstRtcStreamEncode *out);

typedef struct {
  guint64 wish_bps;         /* what the viewers can take, media bit/s; 0: nobody says */
  guint64 min_bps, max_bps; /* of the encoder */
  RtcMitigation modes;      /* allowed */
  guint loss_percent;       /* sound: what viewers lose */
  gboolean use_fec, use_dtx; /* sound: Opus may use in-band FEC and leave out silence */
} GstRtcStreamSteering;

/* Brings an encoder up to date: when wishes change, and each RTC_ENCODE_PLAN_RISE_INTERVAL
 * besides. Harmless when there is no such branch. [C] */
void gst_rtc_stream_steer (GstRtcStream *self, RtcCodecId codec, guint rung,
    const GstRtcStreamSteering *how, GstClockTime now);

guint gst_rtc_stream_get_n_branches (GstRtcStream *self); /* [C] */

G_END_DECLS
