/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-iface.h - what the core needs of a congestion controller: how fast may one peer send now.
 *
 * One RtcCc serves one peer's whole transport (its BUNDLE). Pure: no clock, no I/O, no randomness;
 * bounded memory; nothing is allocated after creation. Network thread only, for every function.
 * Nothing that comes from the network makes a controller assert: numbers out of order, repeated,
 * absurd or years late are dropped and counted (RtcCcStats).
 *
 * Time: `now` is monotonic ns as everywhere in the core, never decreasing from call to call.
 * Rates: bit/s. Lengths: bytes on the wire, with the RTP header, the SRTP tag and RTC_CC_OVERHEAD
 * for UDP and IP; targets are counted in the same way, so who sets an encoder takes the overhead,
 * the retransmissions and the FEC off first.
 *
 * The caller's loop:
 *   packet leaves       -> handle_sent()
 *   TWCC message comes  -> RtcTwccSender makes RtcCcResult[] of it -> handle_feedback()
 *   report block comes  -> handle_loss_report();   REMB comes -> handle_remb()
 *   deadline comes      -> handle_timeout()
 *   after any of these  -> get_target() (cheap; the caller compares), and poll_probe() until FALSE;
 *                          then next_deadline(). */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

typedef struct _RtcCc RtcCc;
typedef struct _RtcCcVTable RtcCcVTable;

/* RTC_CC_OVERHEAD: bytes of IPv4 (20) and UDP (8) headers, added to every length. IPv6, relays and
 * TCP cost more; the error is under 2 % of a full packet, and the feedback corrects it. */
#define RTC_CC_OVERHEAD 28

/* RTC_CC_RATE_MAX: the highest rate that any bound or estimate takes, bit/s. */
#define RTC_CC_RATE_MAX G_GUINT64_CONSTANT (10000000000)

/* RTC_CC_MIN_BPS: the lowest min_bps, bit/s. Below it TWCC messages are a large part of it all. */
#define RTC_CC_MIN_BPS 5000

/* RTC_CC_REMB_LIFE: a REMB not repeated for this long holds no more. libwebrtc's receivers send one
 * a second at least; ten times that is no stream of REMBs any more. */
#define RTC_CC_REMB_LIFE (10 * GST_SECOND)

/* RTC_CC_PATH_SILENT: for so long all packets met a queue: nothing is known of the path's loss. */
#define RTC_CC_PATH_SILENT (30 * GST_SECOND)

/* RTC_CC_PACING_FACTOR: pacing_bps of the target, as libwebrtc has it: a key frame of ten times the
 * mean size leaves in four frame times. RTC_CC_RTT_WEIGHT: an eighth of each new sample goes into
 * the smoothed rtt (RFC 6298 2.3). */
#define RTC_CC_PACING_FACTOR 2.5
#define RTC_CC_RTT_WEIGHT 8

/* What the path does, as the detector sees it; for stats and plots (draft-ietf-rmcat-gcc-02 5). */
typedef enum {
  RTC_CC_STATE_NORMAL,
  RTC_CC_STATE_UNDERUSE, /* queues drain: the rate is held */
  RTC_CC_STATE_OVERUSE,  /* queues grow: the rate is taken back */
} RtcCcState;

/* The rates a controller stays within; min_bps <= start_bps <= max_bps (set_bounds() sorts out what
 * is not so: min wins over max, start is clamped). */
typedef struct {
  guint64 min_bps;   /* the target never falls below this, whatever happens to the path */
  guint64 start_bps; /* the target until something is known of the path */
  guint64 max_bps;   /* neither target nor probe goes above this. Pass what can be used: with only
                      * audio to send that is little, and no probe then goes further */
} RtcCcBounds;

typedef struct {
  const gchar *name; /* "gcc", "remb", "fixed"; "gcc" without has_twcc is "remb" */
  RtcCcBounds bounds;
  gboolean has_twcc; /* the peer negotiated transport-cc, handle_feedback() will be called */
  gboolean can_pad;  /* padding may be sent (RTX negotiated for some video stream): without it
                      * a probe has only media to be made of, and is asked for less often */
} RtcCcConfig;

/* One packet, as a TWCC message told of it. */
typedef struct {
  guint64 twcc_seq;       /* unwrapped */
  GstClockTime send_time; /* now of its handle_sent() */
  GstClockTime arrival;   /* the receiver's clock, which has a zero and a drift of its own;
                           * GST_CLOCK_TIME_NONE: not received */
  guint32 len;            /* as in handle_sent() */
  guint32 name;           /* the sender's own, of rtc_twcc_sender_name(); 0 = none */
  guint16 probe_cluster;  /* RtcCcProbe.cluster it was sent for, 0 = none */
} RtcCcResult;

/* What the sender shall do now. */
typedef struct {
  guint64 target_bps;  /* all that is sent: media, retransmissions, FEC, overhead */
  guint64 pacing_bps;  /* how fast a backlog leaves; > target_bps, so that a key frame does not
                        * wait its own length; 0 never. Probes have their own rate */
  guint64 padding_bps; /* fill up to this rate with padding; 0 nearly always */
  gdouble loss;        /* 0..1, of the last seconds; retransmissions do not lower it */
  gdouble path_loss;   /* the same without what queues and outages lose, for what is sent along to
                        * mend losses; loss, where that is not known (RTC_CC_PATH_SILENT) */
  GstClockTime rtt;    /* smoothed; NONE when unknown */
  GstClockTime queue;  /* packets wait on the way, of the last message; 0: not, unknown */
  RtcCcState state;
  guint64 path_packets, path_lost; /* totals: packets told of that met no queue, and how many of
                                    * them were lost; 0, 0: not known */
  gboolean is_app_limited; /* less is sent than the target allows (ALR), so the target is not
                            * proven; it neither grows nor falls for that */
} RtcCcTarget;

/* A burst to be sent at a rate above the target: packets at bps, one after the other, until both
 * minima are met, each with the cluster's number in its RtcCcResult. Media that waits goes into it
 * first, padding fills it up. Send it as soon as there is something to send; a probe that has not
 * begun when the next one is polled is dropped in favour of that. Padding packets are of about
 * min_bytes / min_packets bytes, a whole packet at most: on a slow path few large ones would queue
 * for long. */
typedef struct {
  guint16 cluster;   /* 1..65535, then from 1 again */
  guint64 bps;
  guint min_packets;
  guint min_bytes;
} RtcCcProbe;

/* For stats, traces and plots; not for decisions. Totals since creation, rates of now. */
typedef struct {
  guint64 delay_bps;     /* bound by the delay, RTC_CC_RATE_MAX: none */
  guint64 loss_bps;      /* bound by the loss, likewise */
  guint64 remb_bps;      /* bound by the peer's REMB, likewise */
  guint64 acked_bps;     /* what arrives; 0 unknown */
  guint64 capacity_bps;  /* of the link, as over-use has shown it; 0 unknown */
  gdouble trend;         /* the detector's figure, ms; over the threshold: over-use */
  gdouble threshold;     /* ms */
  guint64 feedbacks;     /* handle_feedback() calls */
  guint64 results_received, results_lost;
  guint64 results_dropped; /* made no sense: late, repeated, from the future */
  guint64 overuses;      /* times that the delay took the rate back */
  guint64 timeouts;      /* times that missing feedback did */
  gboolean has_no_feedback; /* packets arrive, and no TWCC message says so: "remb" instead */
  guint64 fallbacks;     /* times that this began */
  guint64 probes_asked, probes_answered;
  guint64 last_probe_bps; /* what the last one measured, 0 none */
} RtcCcStats;

struct _RtcCcVTable {
  const gchar *name;

  /* (nullable self) */
  void (*free) (RtcCc *self);

  /* Other bounds; the target moves into them at once. A raised maximum may lead to probes. */
  void (*set_bounds) (RtcCc *self, GstClockTime now, const RtcCcBounds *bounds);

  /* A packet of len bytes (with RTC_CC_OVERHEAD) leaves now; called for every packet of the peer,
   * also those without a transport-wide number. in_flight: bytes sent, this packet included, of
   * which no feedback spoke yet and that are not older than the sender's table. */
  void (*handle_sent) (RtcCc *self, GstClockTime now, guint len, guint64 in_flight);

  /* One TWCC message: its packets in ascending twcc_seq. A packet comes at most once as lost and
   * at most once as received, in this order if both (it was late): what is repeated is left out by
   * the caller. n 0 is allowed: a message that told nothing new. In-flight is as after it. */
  void (*handle_feedback) (RtcCc *self, GstClockTime now, const RtcCcResult *results, guint n,
      guint64 in_flight);

  /* One report block of RTCP SR or RR (RFC 3550 6.4): packets the peer expected and lost since the
   * last block of that stream; lost <= expected, duplicates clamped away. rtt: from LSR and DLSR,
   * NONE unknown. A peer with transport-cc gives both; each controller knows which it trusts. */
  void (*handle_loss_report) (RtcCc *self, GstClockTime now, guint expected, guint lost,
      GstClockTime rtt);

  /* The peer asks for at most bps (draft-alvestrand-rmcat-remb-03); holds until the next one, or,
   * when none comes, for RTC_CC_REMB_LIFE. */
  void (*handle_remb) (RtcCc *self, GstClockTime now, guint64 bps);

  /* Another path (RTC_ICE_EVENT_PAIR after the first): what was learned of the old one does not
   * hold. Sending goes on at the lower of target and start rate, and probes follow. */
  void (*handle_path_change) (RtcCc *self, GstClockTime now);

  /* Earliest time at which handle_timeout() has something to do, NONE: nothing until something is
   * sent or received. While packets flow at most ten a second. */
  GstClockTime (*next_deadline) (const RtcCc *self);
  void (*handle_timeout) (RtcCc *self, GstClockTime now);

  void (*get_target) (const RtcCc *self, RtcCcTarget *out);

  /* TRUE: *out is to be sent now; call again. */
  gboolean (*poll_probe) (RtcCc *self, GstClockTime now, RtcCcProbe *out);

  void (*get_stats) (const RtcCc *self, RtcCcStats *out);
};

struct _RtcCc {
  const RtcCcVTable *vtable;
};

G_END_DECLS
