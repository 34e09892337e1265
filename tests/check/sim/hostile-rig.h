/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* hostile-rig.h - two calls of one source, of which one end misbehaves: the other call is to notice
 * nothing of it. */
#pragma once

#include "sim-world.h"

#include "gst/rtc/peer/rtc-peer-private.h"

G_BEGIN_DECLS

enum { SENDER, VIEWER };

typedef struct {
  SimWorld *world;
  SimCall *bad;  /* one of its two ends misbehaves */
  SimCall *good; /* another viewer of the same source */
} Rig;

/* RTC_TEST_FULL=1 in the environment. */
gboolean rig_is_full_size (void);

/* Both calls are connected for two seconds. */
void rig_init (Rig *self, guint64 seed);

/* Fails when the good call was harmed. */
void rig_clear (Rig *self);

void rig_run (Rig *self, GstClockTime duration);

/* Connected, and no picture missing. */
void rig_assert_unharmed (Rig *self, SimCall *call);

void rig_call_stats (Rig *self, SimCall *call, guint end, RtcPeerStats *out);

/* From an end of the bad call. Datagrams as they are, over the validated pair. */
void rig_inject_raw (Rig *self, guint end, const guint8 *data, gsize len);

/* A compound that the attacker is entitled to send: protected with its own key. */
void rig_inject_rtcp (Rig *self, guint end, RtcRtcpBuilder *builder, gsize cap);

/* The bad call's video, at its viewer. */
RtcReceiveStream *rig_find_video (Rig *self);

G_END_DECLS
