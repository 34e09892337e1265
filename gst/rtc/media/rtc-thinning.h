/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-thinning.h - the packets of a source that one peer is not sent, and is not to miss: those of
 * upper temporal layers.
 *
 * A hole is a run of source numbers that were left out. It is noted when it is decided on, closed
 * when the packet behind it is built (packets in between may wait), and from then on known by the
 * peer's number there, so that numbers of later NACKs can be mapped back. A ring of the last
 * RTC_THINNING_HOLES. Network thread only. */
#pragma once

#include "gst/rtc/media/rtc-packet-history.h"

G_BEGIN_DECLS

/* RTC_THINNING_HOLES: remembered, a power of two; at 15 left out of 30 pictures a second the holes
 * of 8 s. NACKs of packets from before all of them cannot be answered. */
#define RTC_THINNING_HOLES 128

/* What a run of numbers comes to. */
typedef struct {
  guint64 packets;
  guint32 pictures;
} RtcThinningCount;

typedef struct {
  guint64 first;       /* number of the source's */
  guint64 at;          /* the peer's number of the packet behind it, once it is closed */
  RtcThinningCount n;
  guint32 rtp_ts;      /* of the last picture in it */
} RtcThinningHole;

/* RtcThinning: fields are private. */
typedef struct {
  RtcThinningHole holes[RTC_THINNING_HOLES];
  guint64 n_noted, n_closed; /* ever */
} RtcThinning;

/* entry, the next of its source, is left out. */
void rtc_thinning_note (RtcThinning *self, const RtcPacketHistoryEntry *entry);

/* The packet ext_seq of the source is about to become the peer's number at, less what this returns:
 * holes in front of it are closed. */
RtcThinningCount rtc_thinning_close (RtcThinning *self, guint64 ext_seq, guint64 at);

/* Holes that were noted and not closed are not of interest any more: those before ext_seq. */
void rtc_thinning_forget (RtcThinning *self, guint64 ext_seq);

/* What was left out in front of the peer's number seq, of n in all up to its number end. FALSE:
 * that is not known any more. */
gboolean rtc_thinning_count_before (const RtcThinning *self, guint64 seq, guint64 end,
    const RtcThinningCount *n, RtcThinningCount *before);

G_END_DECLS
