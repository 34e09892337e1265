/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-repair-wait.h - how long a receiver of pictures should hold them for repair to come.
 *
 * A receiver that does not learn its round trip (it sends no RFC 3611 reference times: Firefox)
 * shows what it has, and what is lost stands still until repair is there. The sender knows round
 * trip and loss, and asks for the time by the header extension playout-delay: for the gap to be
 * seen, for a request and its answer, and for as many further requests as it takes that no more
 * than RTC_REPAIR_WAIT_LATE of the pictures are late. Nothing is asked for where nothing is lost.
 *
 * One that does (Chromium) times its requests by it and holds pictures for one round trip more than
 * the path takes, so for RTC_REPAIR_WAIT_OWN requests. It is asked only where these are too few.
 *
 * More is asked for at once, less only when RTC_REPAIR_WAIT_HOLD long less would have done, by each
 * two samples and by all of that time together. Loss must show in two samples in a row.
 *
 * What a queue loses that overflows calls for no wait: it has passed before the browser's buffer
 * has grown by so much. Who can tell passes counts without it (RtcCcTarget.path_packets); else two
 * samples in a row mostly rule it out. Not told from loss of the path, so waited for, is what is
 * lost by a queue shorter than RTC_GCC_PATH_LOSS_WAITED; by one that stands for longer than the
 * path's least delay is remembered (one to two RTC_GCC_QUEUE_WINDOW), or than the counts may stand
 * still for it (RTC_REPAIR_WAIT_SILENT); and by a policer, which has no queue, before the rate
 * control has recognised it. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_REPAIR_WAIT_SAMPLE: packets that one sample of the loss speaks of at least. */
#define RTC_REPAIR_WAIT_SAMPLE 100

/* RTC_REPAIR_WAIT_HOLD: before less is asked for. RTC_REPAIR_WAIT_SPAN: one sample speaks of no
 * more of that time, however long a queue has left nothing to count. */
#define RTC_REPAIR_WAIT_HOLD (10 * GST_SECOND)
#define RTC_REPAIR_WAIT_SPAN (2 * GST_SECOND)

/* RTC_REPAIR_WAIT_SILENT: counts that leave queues out and have stood still for so long, while more
 * than a sample was received, tell of nothing any more: go by the others. */
#define RTC_REPAIR_WAIT_SILENT (30 * GST_SECOND)

/* RTC_REPAIR_WAIT_LOSS: less is none. RTC_REPAIR_WAIT_LATE: share of the pictures that may be late,
 * at RTC_REPAIR_WAIT_PACKETS packets each. */
#define RTC_REPAIR_WAIT_LOSS 0.005
#define RTC_REPAIR_WAIT_LATE 0.012
#define RTC_REPAIR_WAIT_PACKETS 6

/* RTC_REPAIR_WAIT_GAP: until a gap is seen: when its frame was the last, at the next one.
 * RTC_REPAIR_WAIT_RETRY: between two requests of a receiver that does not know its round trip, by
 * libwebrtc's timers; not less than a round trip, within which nothing is resent twice.
 * RTC_REPAIR_WAIT_RETRY_TIMED: of one that does, so much more than a round trip.
 * RTC_REPAIR_WAIT_MAX: no more requests are waited for than fit into this, and none where the first
 * one does not. */
#define RTC_REPAIR_WAIT_GAP (40 * GST_MSECOND)
#define RTC_REPAIR_WAIT_RETRY (110 * GST_MSECOND)
#define RTC_REPAIR_WAIT_RETRY_TIMED (20 * GST_MSECOND)
#define RTC_REPAIR_WAIT_OWN 2
#define RTC_REPAIR_WAIT_MAX (550 * GST_MSECOND)

/* Zero-initialised: nothing was reported. wait is for reading: the time to ask for, 0: none. */
typedef struct {
  GstClockTime wait;
  GstClockTime held;        /* the longest that was called for since then */
  GstClockTime held_for;    /* how long samples since then speak of */
  guint64 held_packets;     /* the counts then */
  gint64 held_lost;
  gdouble last_loss;        /* of the sample before */
  gboolean has_sample;
  GstClockTime sample_time; /* when the last sample ended, and the counts then */
  guint64 sample_packets;
  gint64 sample_lost;
} RtcRepairWait;

/* The receiver has reported. packets: a count of those it has told of, from anywhere; lost: how
 * many it misses of all up to there. path_rtt: without queues; NONE unknown, then nothing is asked
 * for. times_repair: it knows its round trip. TRUE: wait has changed. */
gboolean rtc_repair_wait_handle_report (RtcRepairWait *self, GstClockTime now, guint64 packets,
    gint64 lost, GstClockTime path_rtt, gboolean times_repair);

/* The next counts are others, which began elsewhere: nothing of those before is put together with
 * them. wait stays until they call for another. */
void rtc_repair_wait_restart (RtcRepairWait *self);

G_END_DECLS
