/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsctpencpad.h - a sink pad of sctpenc: how the messages of one stream are sent.
 *
 * Any thread may call anything here. */
#pragma once

#include <gst/gst.h>

#include "ext/sctp/gstrtcsctpassociation.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_SCTP_ENC_PAD (gst_rtc_sctp_enc_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSctpEncPad, gst_rtc_sctp_enc_pad, GST, RTC_SCTP_ENC_PAD, GstPad)

/* The pad "sink_STREAM", reliable and in order unless the caps (nullable) say otherwise.
 * (transfer floating) */
GstRtcSctpEncPad *gst_rtc_sctp_enc_pad_new (GstPadTemplate *template, guint16 stream,
    const GstCaps *caps);

/* The element's pad of that stream. (transfer full) (nullable) */
GstRtcSctpEncPad *gst_rtc_sctp_enc_pad_find (GstElement *element, guint stream);

/* The lowest number of which the element has no pad. */
guint gst_rtc_sctp_enc_pad_find_free (GstElement *element);

guint16 gst_rtc_sctp_enc_pad_get_stream (GstRtcSctpEncPad *self);

/* What caps say about how the stream is sent; what they do not name stays as it is. Their fields:
 * ordered (boolean), partially-reliability ("none", "ttl", "buf", "rtx"), reliability-parameter and
 * ppid (uint). */
void gst_rtc_sctp_enc_pad_take_caps (GstRtcSctpEncPad *self, const GstCaps *caps);

/* The message that a buffer, mapped to data and len, is: as its GstSctpSendMeta says, or the pad.
 * SCTP has no empty messages: RFC 8831 6.6 has data channels send a byte under a PPID that says so,
 * to which *message then points. FALSE: it is empty, and its PPID knows no such way. */
gboolean gst_rtc_sctp_enc_pad_fill_message (GstRtcSctpEncPad *self, GstBuffer *buffer,
    const guint8 *data, gsize len, GstRtcSctpMessage *message);

/* Bytes of messages that the association has taken. */
void gst_rtc_sctp_enc_pad_add_sent (GstRtcSctpEncPad *self, gsize len);
guint64 gst_rtc_sctp_enc_pad_get_sent (GstRtcSctpEncPad *self);

G_END_DECLS
