/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-channels.h - what benchmarks of data channels measure, for channels with the interface of
 * GstWebRTCDataChannel; both ends are in one process. pion/ and node/ do the same.
 *
 *   bulk MEBIBYTES    one way, messages of 16 KiB, reliable and ordered, no more than 1 MiB
 *                     buffered; from the first message to the last that comes
 *   check MEBIBYTES   as bulk, with numbered messages and SHA-256 of all at both ends
 *   open CALLS        from the making of the offer to open at both ends
 *   rtt MESSAGES      64 bytes there and back, one at a time
 *
 * prints one line of JSON. With BENCH_LINK in the environment (link-config.h: delay=25,loss=5)
 * every call crosses an emulated link. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _Bench Bench;

Bench *bench_new (const gchar *peer);
void bench_free (Bench *self);
int bench_main (Bench *self, int argc, char **argv);

/* A channel of that end (0 offers). Thread: any. */
void bench_take_channel (Bench *self, guint end, GObject *channel);

/* A description on its way to the other end. (transfer full) */
gchar *bench_cross_link (Bench *self, gboolean is_offer, const gchar *sdp);

/* Of the program: makes both ends and their call; and ends it. */
void bench_peer_connect (Bench *bench);
void bench_peer_hang_up (Bench *bench);

G_END_DECLS
