/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsctplane.h - work of one kind that is done in order, one piece after the other, by a thread
 * that exists only while there is some.
 *
 * What pushes buffers may block for as long as what is downstream likes, so each pad has a lane of
 * its own; threads come from a pool of the process and return to it. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstRtcSctpLane GstRtcSctpLane;

/* Does all that there is to do. Never runs twice at once in a lane. */
typedef void (*GstRtcSctpLaneFunc) (gpointer data);

/* data is destroyed with the last reference: when the lane was freed and its func has returned. */
GstRtcSctpLane *gst_rtc_sctp_lane_new (GstRtcSctpLaneFunc func, gpointer data,
    GDestroyNotify destroy);

/* There is something to do: func is called, again if it runs already. Thread: any; never blocks. */
void gst_rtc_sctp_lane_wake (GstRtcSctpLane *self);

/* func is not called any more once this returns, unless it is func that calls this. It waits for
 * func to return: make what func may block on give way first. */
void gst_rtc_sctp_lane_stop (GstRtcSctpLane *self);

/* (nullable) After stop(). */
void gst_rtc_sctp_lane_free (GstRtcSctpLane *self);

G_END_DECLS
