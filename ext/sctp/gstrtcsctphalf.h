/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsctphalf.h - what sctpenc and sctpdec both have: a number by which they find each other, an
 * SCTP port, and between start and stop the association.
 *
 * Thread: any, but join(), leave() and drop() the element's changes of state only. */
#pragma once

#include "ext/sctp/gstrtcsctpassociation.h"

G_BEGIN_DECLS

/* GST_RTC_SCTP_HALF_NUMBER: the number of who is given none. */
#define GST_RTC_SCTP_HALF_NUMBER 1

typedef struct {
  GstRtcSctpRole role;
  GMutex lock; /* all below */
  guint number;
  guint port;  /* of the sender the peer's, of the receiver ours; 0: not known yet */
  GstRtcSctpAssociation *association; /* NULL: not joined */
} GstRtcSctpHalf;

void gst_rtc_sctp_half_init (GstRtcSctpHalf *self, GstRtcSctpRole role);
void gst_rtc_sctp_half_clear (GstRtcSctpHalf *self); /* after drop() */

/* (transfer full) (nullable) */
GstRtcSctpAssociation *gst_rtc_sctp_half_get_association (GstRtcSctpHalf *self);

/* Holds from the next join() on. */
void gst_rtc_sctp_half_set_number (GstRtcSctpHalf *self, guint number);
guint gst_rtc_sctp_half_get_number (GstRtcSctpHalf *self);

/* Holds at once, unless the association has started. */
void gst_rtc_sctp_half_set_port (GstRtcSctpHalf *self, guint port);
guint gst_rtc_sctp_half_get_port (GstRtcSctpHalf *self);

void gst_rtc_sctp_half_join (GstRtcSctpHalf *self, GstElement *element, GstRtcSctpHandler handler);

/* Ends the association; the handler is not called once this has returned. */
void gst_rtc_sctp_half_leave (GstRtcSctpHalf *self);

/* After leave(): nobody gets the association from here any more. */
void gst_rtc_sctp_half_drop (GstRtcSctpHalf *self);

/* (transfer full) "application/x-sctp-stats", without fields while there is no association. */
GstStructure *gst_rtc_sctp_half_make_stats (GstRtcSctpHalf *self);

G_END_DECLS
