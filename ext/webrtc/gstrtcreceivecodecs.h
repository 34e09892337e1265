/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcreceivecodecs.h - the properties video-codecs and audio-codecs of elements that receive.
 *
 * Arrays of encoding names ("VP8", "OPUS"; any case), best first, as webrtcsrc of gst-plugins-rs
 * has them. Embedded in the element. Thread: any. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/jsep/rtc-transceiver.h"

G_BEGIN_DECLS

typedef struct {
  guint first_id; /* of video-codecs; audio-codecs is the next */
  GMutex lock;    /* guards the rest */
  GValue names[2]; /* GstValueArray of strings: video, audio */
} GstRtcReceiveCodecs;

/* Installs both properties, with ids first_id and first_id + 1. In class_init. */
void gst_rtc_receive_codecs_install (GObjectClass *klass, guint first_id);

/* video and audio: the names to begin with, ended by NULL. In instance init. */
void gst_rtc_receive_codecs_init (GstRtcReceiveCodecs *self, guint first_id,
    const gchar *const *video, const gchar *const *audio);
void gst_rtc_receive_codecs_clear (GstRtcReceiveCodecs *self);

/* FALSE when id is none of the two. Names that are no codec are warned of and left out. */
gboolean gst_rtc_receive_codecs_set (GstRtcReceiveCodecs *self, guint id, const GValue *value);
gboolean gst_rtc_receive_codecs_get (GstRtcReceiveCodecs *self, guint id, GValue *value);

/* Writes what to negotiate, at most RTC_TRANSCEIVER_MAX_CODECS, and returns how many. can_receive
 * says whether a codec can be taken in here; others are left out. H264 counts several times, for
 * its profiles and packetization modes. */
guint gst_rtc_receive_codecs_list (GstRtcReceiveCodecs *self, RtcMediaKind kind,
    gboolean (*can_receive) (RtcCodecId codec), RtcCodec *codecs);

G_END_DECLS
