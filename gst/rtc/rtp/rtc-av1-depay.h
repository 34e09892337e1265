/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-av1-depay.h - the RTP payloads of one AV1 picture to a temporal unit as files hold it.
 *
 * RTP Payload Format For AV1 1.0, 4.3 to 4.5 (aggregation header, OBU elements and fragments); the
 * output is AV1's low-overhead format (5.2): each OBU with its size, without temporal delimiter,
 * tile lists and padding. The caller has put the packets into order and knows which belong
 * together (one RTP time stamp); a picture with a packet missing is the caller's to drop, by
 * reset(). Not thread-safe; memory is bounded by max_bytes. */
#pragma once

#include "gst/rtc/rtp/rtc-av1-sequence.h"

G_BEGIN_DECLS

typedef struct _RtcAv1Depay RtcAv1Depay;

typedef struct {
  const guint8 *data;     /* the temporal unit; the depayloader's, until its next call */
  gsize len;              /* bytes, > 0 */
  gboolean is_key;        /* decoding can begin here: a shown key frame with its sequence header */
  gboolean has_sequence;  /* the unit brought a sequence header: the next three are about it */
  gboolean sequence_changed; /* it differs from the one before, or is the first */
  RtcAv1Sequence sequence;
  const guint8 *config;   /* av1C with the sequence header in it, as data */
  gsize config_len;
} RtcAv1Unit;

/* max_bytes: longest temporal unit, 1 or more. */
RtcAv1Depay *rtc_av1_depay_new (gsize max_bytes);
void rtc_av1_depay_free (RtcAv1Depay *self); /* (nullable) */

/* Forgets the unit begun; the last sequence header is still known. */
void rtc_av1_depay_reset (RtcAv1Depay *self);

/* The payload of the next packet of this unit. RTC_OK; RTC_ERR_PARSE: malformed, or a fragment
 * without its beginning; RTC_ERR_LIMIT: more than max_bytes. After an error the unit is lost, as
 * finish() will say. */
RtcResult rtc_av1_depay_push (RtcAv1Depay *self, const guint8 *payload, gsize len);

/* The unit is complete: fills *out and begins the next one. RTC_OK; RTC_AGAIN: there was nothing in
 * it, go on; the error of a push before, or RTC_ERR_PARSE (a fragment was not ended): drop the
 * picture. */
RtcResult rtc_av1_depay_finish (RtcAv1Depay *self, RtcAv1Unit *out);

G_END_DECLS
