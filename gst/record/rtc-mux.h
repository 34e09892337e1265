/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-mux.h - frames in, bytes of a file out: live WebM/Matroska and fragmented MP4.
 *
 * One interface over two writers (rtc-webm.h, rtc-fmp4.h). The bytes come in units: first the
 * header, then fragments (a Cluster, or moof + mdat), each whole and playable once everything
 * before it is in the file, so that a process killed at any time loses the fragment it was
 * collecting and no more. finish() adds an index and patches durations in; a file without them
 * plays too. Pure: no clock, no I/O; one thread at a time, whichever. docs/design/recording.md
 * says why these writers are our own.
 *
 * Use: new, take until NULL (the header); add_frame and flush, take until NULL after each;
 * finish, take until NULL, write the patches, free. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

typedef struct _RtcMux RtcMux;

typedef enum {
  RTC_MUX_WEBM, /* RFC 9559; DocType "webm" with VP8, VP9, AV1, Opus, else "matroska" */
  RTC_MUX_FMP4, /* ISO/IEC 14496-12 movie fragments */
} RtcMuxContainer;

/* RTC_MUX_MAX_TRACKS: more are refused. */
#define RTC_MUX_MAX_TRACKS 16

/* RTC_MUX_MAX_FRAME: longest frame accepted, bytes. */
#define RTC_MUX_MAX_FRAME (16 * 1024 * 1024)

/* RTC_MUX_MAX_PTS: times from here on (about 36 years) are refused. */
#define RTC_MUX_MAX_PTS (G_GUINT64_CONSTANT (1) << 60)

/* RtcMuxTrack: values are copied by new(). What a frame is, by codec:
 * H264, H265: one access unit, NAL units with 4-byte lengths in front (not start codes);
 * VP8, VP9: one frame (superframe); AV1: one temporal unit in low-overhead format with obu_size (a
 * temporal delimiter at its start is left out by us); Opus: one packet. */
typedef struct {
  RtcCodecId codec;      /* OPUS, VP8, VP9, AV1, H264, H265, see rtc_mux_supports() */
  guint channels;        /* audio: 1 or 2 */
  guint width, height;   /* video: pixels, 1..65535 */
  gboolean in_band_config; /* H264, H265: parameter sets are, or will be, in the frames as well:
                              avc3/hev1 instead of avc1/hvc1 in MP4 */
  const guint8 *config;  /* H264 avcC, H265 hvcC, AV1 av1C (all required, without box header); Opus
                            OpusHead (RFC 7845 5.1) or NULL: one with pre-skip 0; VP8, VP9 NULL */
  gsize config_len;      /* bytes */
  const gchar *name;     /* UTF-8 for the track's title; invalid bytes are replaced (nullable) */
} RtcMuxTrack;

typedef struct {
  RtcMuxContainer container;
  GstClockTime fragment_duration; /* a fragment is cut when it would span more, ns; 10 ms..5 s */
  gsize max_fragment_bytes; /* a fragment is cut when it would have more; one frame always fits */
  gint64 creation_time;     /* seconds since 1970 UTC */
  const gchar *application; /* UTF-8, the writing application, such as "webrtcrecorder 0.1.0" */
  guint max_cues;           /* entries of the index; beyond them every other is left out; 0: 8192 */
} RtcMuxConfig;

#define RTC_MUX_CONFIG_DEFAULT(which)                                                              \
  {                                                                                                \
    (which), 250 * GST_MSECOND, 4 * 1024 * 1024, 0, "gst-plugins-rtc", 0                           \
  }

/* RtcMuxPatch: bytes to be overwritten in place when the file is finished. */
typedef struct {
  guint64 offset;      /* from the start of the file */
  const guint8 *data;  /* the mux's */
  gsize len;
} RtcMuxPatch;

typedef struct {
  guint64 frames;       /* accepted */
  guint64 refused;      /* over a limit or for no track */
  guint64 adjusted;     /* their time did not rise within the track: moved by a tick to rise */
  guint64 estimated;    /* durations written before the next frame was known */
  guint64 fragments;    /* units put out, but for the header and the index */
  guint64 bytes;        /* put out so far, all units */
  GstClockTime duration; /* of the file: end of the last frame put out or waiting, from 0 */
} RtcMuxStats;

/* Whether a container can hold that codec. FMP4: H264, H265, AV1, Opus. WEBM: all six. */
gboolean rtc_mux_supports (RtcMuxContainer container, RtcCodecId codec);

/* The container for these codecs: FMP4 if H264 or H265 is among them and it holds all, else
 * WEBM. */
RtcMuxContainer rtc_mux_choose (const RtcCodecId *codecs, guint n_codecs);

/* Starts a file. All its tracks are named here (1..RTC_MUX_MAX_TRACKS); a track that never gets
 * a frame does no harm, another track needs another file. The header waits in take().
 *
 * NULL with RTC_ERR_UNSUPPORTED (codec not for that container), RTC_ERR_PARSE (config missing or
 * not plausible) or RTC_ERR_LIMIT (tracks, sizes) in *error: use the other container, or leave
 * the track out. */
RtcMux *rtc_mux_new (const RtcMuxConfig *config, const RtcMuxTrack *tracks, guint n_tracks,
    GError **error);

void rtc_mux_free (RtcMux *self); /* (nullable) */

/* "webm", "mkv", "mp4". */
const gchar *rtc_mux_get_extension (const RtcMux *self);

/* Adds a frame of track (index in new()); data is copied. pts: ns from the start of the file,
 * common to all tracks, < RTC_MUX_MAX_PTS; frames come in decoding order, which is also that of
 * display (WebRTC sends no B-frames). A pts that does not rise within its track is moved to just
 * after the one before and counted. duration: ns if it is known (Opus), else NONE: the next
 * frame tells. Tracks need not be interleaved exactly; a fragment is sorted before it is
 * written.
 *
 * Gaps: a track just has no frames for a while; in MP4 the frame before the gap gets longer.
 * Where players want a steady flow of sound the caller fills in (rtc-record-silence.h).
 *
 * Returns RTC_OK, RTC_ERR_LIMIT (longer than RTC_MUX_MAX_FRAME, empty, pts too large, no such
 * track: dropped and counted) or RTC_ERR_STATE (after finish). */
RtcResult rtc_mux_add_frame (RtcMux *self, guint track, GstClockTime pts, GstClockTime duration,
    gboolean is_key, const guint8 *data, gsize len);

/* Puts out what has been collected as a fragment, whatever its duration; nothing when there is
 * none. For frames whose duration is not known yet that of the frame before is taken; the next
 * frame's time is written as it is, so the estimate does not add up. The caller calls it when
 * frames have been waiting for long (rtc_mux_has_pending()) so that a kill loses little on a
 * stream that has paused, and before it stops for any other reason. */
void rtc_mux_flush (RtcMux *self);

/* TRUE when frames wait for a fragment. */
gboolean rtc_mux_has_pending (const RtcMux *self);

/* Ends the file: the last fragment, then the index as a last unit; then get_patches().
 * Idempotent. */
void rtc_mux_finish (RtcMux *self);

/* The next unit to append to the file, NULL when there is none now (transfer full). When a unit
 * cannot be written, the file must be cut back to where that unit would have begun, and is then
 * valid; neither later units nor patches may be written to it. */
GByteArray *rtc_mux_take (RtcMux *self);

/* After finish and once all units are written: what to overwrite (transfer none, until free). */
const RtcMuxPatch *rtc_mux_get_patches (const RtcMux *self, guint *n_patches);

void rtc_mux_get_stats (const RtcMux *self, RtcMuxStats *out);

G_END_DECLS
