/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-key-frame-request.h - key frame requests: all viewers' of one stream merged, and our own as
 * a receiver (RFC 4585 6.3.1, RFC 5104 4.3.1).
 *
 * A thousand viewers joining at once ask the encoder once. RtcKeyFrameRequest: one per sent stream;
 * RtcFirState: one per viewer and stream; RtcKeyFrameWait: one per received stream. All are flat
 * and pure. Network thread only. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_KEY_FRAME_INTERVAL: default shortest time between two requests to one encoder, ns. */
#define RTC_KEY_FRAME_INTERVAL (1 * GST_SECOND)

/* RTC_KEY_FRAME_JOIN_DIV: interval / this keeps key frames for joining viewers apart. */
#define RTC_KEY_FRAME_JOIN_DIV 4

typedef struct {
  guint64 asked;   /* PLI, FIR and own wishes that came in */
  guint64 made;    /* requests passed on to the encoder */
  guint64 merged;  /* answered by a request or key frame of somebody else */
} RtcKeyFrameRequestStats;

/* RtcKeyFrameRequest: fields are private, use the functions. */
typedef struct {
  GstClockTime interval;
  GstClockTime not_before;      /* the next request must wait until then; 0: for nothing */
  GstClockTime join_not_before; /* the same while somebody waits who has nothing to show yet */
  gboolean is_wanted;      /* somebody waits */
  gboolean is_joining;     /* one of them has just joined */
  gboolean is_in_flight;   /* asked the encoder, no key frame seen since */
  guint64 n_wanted;        /* how many asks the next request answers */
  RtcKeyFrameRequestStats stats;
} RtcKeyFrameRequest;

void rtc_key_frame_request_init (RtcKeyFrameRequest *self, GstClockTime interval);

/* A viewer needs a key frame: a PLI or a new FIR. */
void rtc_key_frame_request_ask (RtcKeyFrameRequest *self, GstClockTime now);

/* A viewer has just joined and shows nothing before a key frame: it waits for a quarter of the
 * interval only (RTC_KEY_FRAME_JOIN_DIV). Who may join how often is limited elsewhere. */
void rtc_key_frame_request_ask_join (RtcKeyFrameRequest *self, GstClockTime now);

/* A key frame begins to flow: whoever asked before is served. */
void rtc_key_frame_request_handle_key_frame (RtcKeyFrameRequest *self, GstClockTime now);

/* TRUE when the encoder shall make a key frame now; the first ask is passed on at once, later ones
 * when the interval is over. One TRUE per request; a request that no key frame follows is repeated
 * once per interval. */
gboolean rtc_key_frame_request_poll (RtcKeyFrameRequest *self, GstClockTime now);

/* When poll() would say TRUE, GST_CLOCK_TIME_NONE if never. */
GstClockTime rtc_key_frame_request_next_deadline (const RtcKeyFrameRequest *self);

void rtc_key_frame_request_get_stats (const RtcKeyFrameRequest *self, RtcKeyFrameRequestStats *out);

/* RtcFirState: zero-initialised; the last FIR of one viewer for one stream. */
typedef struct {
  guint32 sender_ssrc;
  guint8 seq_nr;
  gboolean used;
} RtcFirState;

/* TRUE when the FIR is a new command, FALSE when it repeats the last one of the same sender, which
 * must then not cause another key frame. */
gboolean rtc_fir_state_handle (RtcFirState *self, guint32 sender_ssrc, guint8 seq_nr);

/* RtcKeyFrameWait: a receiver that needs a key frame and repeats its request until one starts.
 * Zero-initialised: needs none. */
typedef struct {
  gboolean is_waiting;
  GstClockTime next;   /* when to ask (again) */
  guint tries;         /* requests made since waiting began */
  GstClockTime not_before; /* for the first one of the next wait */
  guint streak;            /* waits that followed each other closely */
} RtcKeyFrameWait;

/* A key frame is needed; asks after delay unless already waiting, and not before the answer to a
 * former request can have come: key frames that are lost one after the other are too much for the
 * path, and are asked for ever more seldom. */
void rtc_key_frame_wait_start (RtcKeyFrameWait *self, GstClockTime now, GstClockTime delay);

/* One has begun to arrive; the wait is over. */
void rtc_key_frame_wait_stop (RtcKeyFrameWait *self);

/* Nothing had come for a while, and now something does: what was asked for meanwhile was lost, so
 * it is asked for at once, and soon again. */
void rtc_key_frame_wait_hurry (RtcKeyFrameWait *self, GstClockTime now);

/* TRUE when a PLI or FIR shall be sent now. Repeats after two round-trip times, 200 ms at least
 * (rtt NONE: unknown), doubling up to 5 s. */
gboolean rtc_key_frame_wait_poll (RtcKeyFrameWait *self, GstClockTime now, GstClockTime rtt);

/* GST_CLOCK_TIME_NONE when not waiting. */
GstClockTime rtc_key_frame_wait_next_deadline (const RtcKeyFrameWait *self);

G_END_DECLS
