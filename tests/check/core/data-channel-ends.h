/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* data-channel-ends.h - two tables of data channels, joined by an SCTP that loses nothing and takes
 * as many messages at a time as there is room for. */
#pragma once

#include "gst/rtc/dc/rtc-data-channel.h"

G_BEGIN_DECLS

typedef struct {
  guint16 stream;
  guint32 ppid; /* 0: a reset */
  gboolean ordered;
  RtcPacket *packet;
} Item;

typedef struct {
  RtcSctp parent;
  GQueue sent; /* Item * */
  guint room;
  gboolean holds_lifetimes; /* takes no messages that may expire */
  guint n_resets;
} Wire;

typedef struct {
  GstClockTime now;
  Wire wires[2];
  RtcDataChannels *tables[2];
  GString *log[2];   /* one word an event */
  guint32 handle[2]; /* of the last event */
  gsize last_len[2];
} Ends;

/* config (nullable): without limits of its own. */
void ends_init (Ends *e, const RtcDataChannelsConfig *config);

void ends_clear (Ends *e);

/* There is an association, whose first side is end 0. */
void ends_start (Ends *e);

/* Notes what end i has to say. */
void ends_poll (Ends *e, guint i);

/* One item from i to the other end. FALSE: there was none. */
gboolean ends_carry (Ends *e, guint i);

/* Carries until nothing is under way. */
void ends_run (Ends *e);

/* What was said since the last time. */
void ends_assert_log (Ends *e, guint i, const gchar *expected);

/* A channel; negotiated_id -1: the peer is told of it. */
guint32 ends_make (Ends *e, guint i, const gchar *label, gint negotiated_id);

RtcResult ends_say (Ends *e, guint i, guint32 handle, gboolean is_text, gsize len);

/* As if the peer of end i had sent it. */
void ends_inject (
    Ends *e, guint i, guint16 stream, guint32 ppid, gconstpointer data, gsize len);

/* Of a channel that there is. */
RtcDataChannelInfo ends_get (Ends *e, guint i, guint32 handle);

G_END_DECLS
