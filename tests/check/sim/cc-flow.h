/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-flow.h - one flow of the bench: a sender that paces what its source makes, and a receiver that
 * reports, without packets' bytes. What bench and flow know of one another; cc-bench.h is for the
 * rest. */
#pragma once

#include "cc-bench.h"

#include "gst/rtc/media/rtc-twcc-receiver.h"
#include "gst/rtc/media/rtc-twcc-sender.h"

G_BEGIN_DECLS

#define CC_REPORT_INTERVAL GST_SECOND

typedef enum {
  CC_MESSAGE_TWCC,
  CC_MESSAGE_REPORT,
  CC_MESSAGE_REMB,
} CcMessageKind;

/* What comes back. */
typedef struct {
  CcMessageKind kind;
  guint flow;
  guint expected, lost;
  GstClockTime echo, held; /* when the newest packet was sent, and how long ago it arrived */
  guint64 remb_bps;
  gsize len;
  guint8 data[256];
} CcMessage;

typedef struct {
  CcFlowConfig config;
  guint number;
  RtcCc *cc;
  RtcTwccSender *twcc;
  RtcPacer pacer;
  RtcCcTarget target;
  CcSource source;
  GstClockTime next_frame, next_audio;
  guint64 next_packet;
  guint32 frame;
  gboolean wants_key; /* frames are dropped up to the next key frame */
  GstClockTime key_asked;
  GstClockTime longest_wait, longest_key_wait; /* in the pacer */

  RtcTwccReceiver *receiver;
  GstClockTime next_report, last_arrival, last_sent;
  guint64 arrived, highest, reported_arrived, reported_highest;
  guint64 remb_bps;
  GstClockTime feedback_delay;

  GArray *slots; /* CcSlot */
  GArray *waits; /* CcWait, of what was served */
} CcFlow;

struct _CcBench {
  LinkNet *net;
  LinkTrace *trace;
  guint64 seed;
  GstClockTime now;
  CcFlow flows[CC_MAX_FLOWS];
  guint n_flows;
  GQueue late; /* CcMessage and when, while a flow's feedback is delayed */
};

/* The controller's target goes to pacer and source. */
void cc_flow_update (CcBench *bench, CcFlow *self);

/* A packet of media arrived; a message came back (borrowed). */
void cc_flow_receive (CcBench *bench, CcFlow *self, const LinkPacket *packet);
void cc_flow_handle_message (CcBench *bench, CcFlow *self, const CcMessage *message);

/* Does what is due at the bench's now. */
void cc_flow_run_sender (CcBench *bench, CcFlow *self);
void cc_flow_run_receiver (CcBench *bench, CcFlow *self);

GstClockTime cc_flow_deadline (const CcFlow *self);

G_END_DECLS
