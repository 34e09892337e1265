/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsctpassociation.h - the association that a sctpenc and a sctpdec share.
 *
 * They find each other by the number that both are given. A number is no name: several pairs may
 * have the same one. An element joins the association of its number that waits for one of its kind;
 * if several do, the one whose other element is nearest to it in the tree of bins.
 *
 * It starts when both have joined and both ports are known, and ends when either leaves. All that
 * it does happens under a lock of its own; one thread of the process runs the timers of all.
 * Thread: any. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/iface/rtc-sctp-iface.h"

G_BEGIN_DECLS

typedef struct _GstRtcSctpAssociation GstRtcSctpAssociation;

typedef enum {
  GST_RTC_SCTP_SENDER,   /* sctpenc; gets TRANSMIT and STATE */
  GST_RTC_SCTP_RECEIVER, /* sctpdec; gets MESSAGE, STREAM_RESET and STATE */
} GstRtcSctpRole;

/* Takes over event->packet. With the lock held: only append to a queue. */
typedef void (*GstRtcSctpHandler) (GstElement *element, RtcSctpEvent *event);

/* GST_RTC_SCTP_MAX_MESSAGE: the longest message, bytes, that is taken from a peer. */
#define GST_RTC_SCTP_MAX_MESSAGE (1024 * 1024)

/* (transfer full) */
GstRtcSctpAssociation *gst_rtc_sctp_association_join (guint number, GstRtcSctpRole role,
    GstElement *element, GstRtcSctpHandler handler);

/* Ends the association; the handler is not called once this has returned. */
void gst_rtc_sctp_association_leave (GstRtcSctpAssociation *self, GstRtcSctpRole role);

GstRtcSctpAssociation *gst_rtc_sctp_association_ref (GstRtcSctpAssociation *self);
void gst_rtc_sctp_association_unref (GstRtcSctpAssociation *self); /* (nullable) */

/* Of sctpenc the peer's, of sctpdec ours; 0: not known yet. No effect once it has started. */
void gst_rtc_sctp_association_set_port (GstRtcSctpAssociation *self, GstRtcSctpRole role,
    guint port);

/* A packet from the peer; bad and early ones are counted and dropped. */
void gst_rtc_sctp_association_handle_packet (GstRtcSctpAssociation *self, const guint8 *data,
    gsize len);

typedef struct {
  guint16 stream;
  guint32 ppid;
  RtcSctpReliability reliability;
  const guint8 *data;
  gsize len; /* > 0 */
} GstRtcSctpMessage;

/* Sends message; waits until the association is up and has room. RTC_AGAIN: pad is flushing or not
 * active, or one of ours has left; nothing was sent. RTC_ERR_PEER_CLOSED: the peer has ended it;
 * RTC_ERR_UNSUPPORTED: it has no such stream; RTC_ERR_LIMIT: longer than can be sent. */
RtcResult gst_rtc_sctp_association_send (GstRtcSctpAssociation *self,
    const GstRtcSctpMessage *message, GstPad *pad);

/* Those that wait in send() look at their pads again. */
void gst_rtc_sctp_association_wake_senders (GstRtcSctpAssociation *self);

void gst_rtc_sctp_association_reset_stream (GstRtcSctpAssociation *self, guint16 stream);

/* FALSE: nothing can be sent on that stream, now or later. */
gboolean gst_rtc_sctp_association_has_stream (GstRtcSctpAssociation *self, guint stream);

/* sctpdec has passed a message of len bytes on. While it has too much the peer's window closes. */
void gst_rtc_sctp_association_release (GstRtcSctpAssociation *self, gsize len);

/* (transfer full) "application/x-sctp-stats". */
GstStructure *gst_rtc_sctp_association_make_stats (GstRtcSctpAssociation *self);

G_END_DECLS
