/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* hooked-buffer.h - a bare rtpjitterbuffer with our hooks, in a harness with a clock of the test's:
 * VP8 packets of one SSRC go in, one frame each, at the times the test chooses. */
#pragma once

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>

#include "gst/media/gstrtcjitterbuffer.h"

#define HOOKED_BUFFER_SSRC 0x12345678
#define HOOKED_BUFFER_FRAME (20 * GST_MSECOND)
#define HOOKED_BUFFER_TICKS 1800 /* of 90 kHz in one frame */
#define HOOKED_BUFFER_PATIENCE_US (20 * G_TIME_SPAN_SECOND)

typedef struct {
  GstHarness *harness;
  GstTestClock *clock;
  GstRtcJitterBuffer *hooks;
  gint first_request; /* atomic; -1: none */
  guint n_key_frame_requests;
  guint32 first_rtp_ts;
  GstClockTime arrival; /* of the first packet */
} HookedBuffer;

/* first_request and n_key_frame_requests tell what the hooks asked for; first_rtp_ts and arrival
 * may be changed before the first packet. */
void hooked_buffer_start (HookedBuffer *b, const gchar *encoding);
void hooked_buffer_stop (HookedBuffer *b);

/* One frame, for make and push: VP8 (RFC 7741 4.2, 4.3): S=1, partition 0; then the frame's first
 * bit, inverse key frame flag. */
GstBuffer *hooked_buffer_make_packet (HookedBuffer *b, guint n, gboolean is_key);

/* Packet n arrives in time. */
void hooked_buffer_push (HookedBuffer *b, guint n, gboolean is_key);

/* Lets time pass up to what the jitter buffer waits for next, if it waits; a failure when it is end
 * (monotonic, us). */
void hooked_buffer_advance (HookedBuffer *b, gint64 end);

/* The packet that comes out next; lets time pass for it. (transfer full) */
GstBuffer *hooked_buffer_pull_buffer (HookedBuffer *b);

/* The sequence number of the next packet that comes out; lets time pass for it. */
guint hooked_buffer_pull (HookedBuffer *b);

/* Of the hooks' stats. */
guint64 hooked_buffer_get_count (HookedBuffer *b, const gchar *field);

/* The jitter buffer's, ms. */
guint hooked_buffer_get_latency (HookedBuffer *b);
