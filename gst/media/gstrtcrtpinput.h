/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcrtpinput.h - what may be passed on of a stream that comes as RTP already.
 *
 * Packets go on with the payload that they came with, in the order in which they came; this keeps
 * their order, finds what is missing, follows a sender that begins anew (RFC 3550 A.1) and puts
 * parameter sets that only the caps tell (sprop-parameter-sets, RFC 6184 8.1) before key frames.
 * Who needs packets waited for and put in order uses rtpjitterbuffer before it.
 *
 * Flat, no I/O, no clock of its own. Thread: one at a time. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/rtp/rtc-key-frame.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* GST_RTC_RTP_INPUT_MTU: longest RTP packet passed on, bytes: what payloaders make unless told
 * otherwise. With a viewer's extensions and SRTP's tag it still goes through Ethernet in one piece;
 * what leaves room on any path is RTC_MTU. */
#define GST_RTC_RTP_INPUT_MTU 1400

/* GST_RTC_RTP_INPUT_MAX_JUMP, GST_RTC_RTP_INPUT_MAX_BACK: numbers that lie farther ahead or behind
 * than that are those of a sender that began anew (RFC 3550 A.1: MAX_DROPOUT, MAX_MISORDER), once
 * two of them have come in a row or after silence: one alone may be a stray. */
#define GST_RTC_RTP_INPUT_MAX_JUMP 3000
#define GST_RTC_RTP_INPUT_MAX_BACK 100

/* GST_RTC_RTP_INPUT_SILENCE: another SSRC is followed when the one before has been silent for that
 * long, or when the caps name it; other numbers of the same SSRC after that at once. */
#define GST_RTC_RTP_INPUT_SILENCE (500 * GST_MSECOND)

typedef enum {
  GST_RTC_RTP_INPUT_PASS,
  GST_RTC_RTP_INPUT_PASS_AFTER_SETS, /* gst_rtc_rtp_input_make_sets() goes first */
  GST_RTC_RTP_INPUT_DROP,            /* counted, unless there is nothing in it */
  GST_RTC_RTP_INPUT_DROP_TOO_LONG,   /* it would have gone on, and is missing */
} GstRtcRtpInputVerdict;

typedef struct {
  guint64 lost;     /* numbers that did not come in time */
  guint64 late;     /* dropped: behind what has gone on, twice, or the stray with other numbers */
  guint64 too_long; /* dropped: longer than GST_RTC_RTP_INPUT_MTU */
  guint64 foreign;  /* dropped: no RTP, another payload type, another sender */
  guint64 restarts; /* times that a sender began anew */
  guint64 b_frames; /* of H.264 and H.265: pictures that are shown before one that came earlier */
} GstRtcRtpInputStats;

/* GstRtcRtpInput: fields are private, use the functions. */
typedef struct {
  const RtcCodecInfo *codec;
  gint payload_type;         /* -1: any */
  guint32 ssrc, caps_ssrc;
  gboolean has_ssrc, has_caps_ssrc;
  guint16 next_seq;
  guint16 other_seq;         /* one after that of a packet far away from them */
  gboolean has_other_seq;
  gboolean has_hole;         /* something is missing before the next packet; not taken yet */
  GstClockTime last_time;
  guint32 last_rtp_ts;       /* as passed on */
  guint32 ts_offset;
  guint32 picture_ts;        /* that sets_seen is about, as passed on */
  guint32 newest_ts;         /* of the pictures so far */
  gboolean has_picture, has_slice, sets_seen;
  gboolean next_has_hole;    /* the same, whether it was taken or not */
  gboolean picture_has_hole; /* something of it, or before it, is missing */
  gboolean lacks_sets, reorders;
  GPtrArray *sets;           /* GBytes, a NAL unit each; NULL: none in the caps */
  GstRtcRtpInputStats stats;
} GstRtcRtpInput;

void gst_rtc_rtp_input_init (GstRtcRtpInput *self, RtcCodecId codec);
void gst_rtc_rtp_input_clear (GstRtcRtpInput *self);

/* application/x-rtp: payload, ssrc and parameter sets of what comes from now on; what they do not
 * say is not asked for. Parameter sets that cannot be read, or do not fit into one packet of
 * RTC_PAYLOADER_MTU, are left aside. */
void gst_rtc_rtp_input_set_caps (GstRtcRtpInput *self, const GstCaps *caps);

/* The next packet, len bytes that may be written to, at time (monotonic). Its time stamp is changed
 * where a new sender's are to go on with those before; header (out) is what it then says, and of
 * what is dropped may be anything. */
GstRtcRtpInputVerdict gst_rtc_rtp_input_handle (
    GstRtcRtpInput *self, GstClockTime time, guint8 *data, gsize len, RtcRtpHeader *header);

/* TRUE once when something is missing before what comes next, or before what has just been passed
 * on: ask before that goes on. */
gboolean gst_rtc_rtp_input_take_hole (GstRtcRtpInput *self);

/* TRUE once when a key frame of H.264 or H.265 came without parameter sets, and none are known, nor
 * is anything missing before it that may have had them. */
gboolean gst_rtc_rtp_input_take_lack_of_sets (GstRtcRtpInput *self);

/* TRUE once when pictures come in another order than they are shown in: B-frames. */
gboolean gst_rtc_rtp_input_take_reordering (GstRtcRtpInput *self);

/* The packet of the parameter sets that goes before the one with header, with its time stamp; they
 * are aggregated (RFC 6184 5.7.1, RFC 7798 4.4.2). (transfer full) */
RtcPacket *gst_rtc_rtp_input_make_sets (const GstRtcRtpInput *self, const RtcRtpHeader *header);

G_END_DECLS
