/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-bitrate-policy.h - from what each viewer's path carries to what each encoder makes.
 *
 * Two questions, one function each: how a viewer's target is divided among the streams sent to it,
 * and which rate an encoder has whose viewers differ. docs/design/encoder-control.md says why.
 * Pure; no state but what the caller keeps. Any thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* --- several viewers, one encode ------------------------------------------------------------- */

/* RTC_BITRATE_POLICY_FOLLOW: a viewer whose path carries at least this share of the reference is
 * followed, that is, the encode goes down to it. Half the rate costs the others some 3 dB; being
 * sent twice what its path carries costs a viewer most of its pictures. */
#define RTC_BITRATE_POLICY_FOLLOW 0.5

/* RTC_BITRATE_POLICY_RETURN: one that was left behind is followed again from here. */
#define RTC_BITRATE_POLICY_RETURN 0.6

/* RTC_BITRATE_POLICY_GRACE: for so long a viewer is new, and its target more a guess than a
 * measurement: it lowers nothing for others that are not new. */
#define RTC_BITRATE_POLICY_GRACE (2 * GST_SECOND)

/* What one viewer of the encode can take. */
typedef struct {
  guint64 target_bps; /* its share for this encode, media bit/s; 0: unknown, so it has no say */
  gboolean is_new;    /* since less than RTC_BITRATE_POLICY_GRACE */
  gboolean is_behind; /* in: as the last call left it, FALSE at first; out: the encode is more than
                       * this viewer's path carries, and its pictures get fewer */
} RtcPolicyViewer;

/* The rate of the encode, media bit/s; 0 when no viewer has a say.
 *
 * One viewer is followed wherever it goes. Of several, the reference is the highest rate that half
 * of them (or more) can take; the encode is what the weakest of those can take who are within
 * RTC_BITRATE_POLICY_FOLLOW of the reference. So a minority, honest or lying, lowers the rate of
 * the others to half of the reference at worst, and to nothing less by claiming less.
 * O(n log n), allocates n numbers. */
guint64 rtc_bitrate_policy_pick (RtcPolicyViewer *viewers, guint n);

/* RTC_BITRATE_POLICY_MAX_LOSS: the most that is believed. Above it redundancy does not help, and a
 * liar gets nothing more. */
#define RTC_BITRATE_POLICY_MAX_LOSS 0.2

/* For redundancy inside of an encode: the highest of the losses (0..1; negative or NaN: unknown),
 * up to RTC_BITRATE_POLICY_MAX_LOSS; 0 when none is known. */
gdouble rtc_bitrate_policy_pick_loss (const gdouble *losses, guint n);

/* --- one viewer, several streams ------------------------------------------------------------- */

/* RTC_BITRATE_POLICY_PACKET_OVERHEAD: bytes that each packet adds to its media: IPv4 and UDP (28),
 * RTP header (12), extensions (12), SRTP tag (10). */
#define RTC_BITRATE_POLICY_PACKET_OVERHEAD 62

/* RTC_BITRATE_POLICY_PACKET_MEDIA: bytes of media in a full packet. */
#define RTC_BITRATE_POLICY_PACKET_MEDIA 1150

/* RTC_BITRATE_POLICY_FIRST_SHARE: audio gets what it wishes as long as that is at most this share
 * of the target, and less, down to its floor, when it is more. */
#define RTC_BITRATE_POLICY_FIRST_SHARE (1.0 / 3)

typedef struct {
  /* FIRST: audio, and what cannot be steered (input that is encoded already): its floor is served
   * before all others. Else what is left, by weight. */
  gboolean is_first;
  guint64 floor_bps;    /* FIRST: media bit/s, not less, whatever the target */
  guint64 wish_bps;     /* FIRST: and not more than this, >= floor_bps */
  guint64 weight;       /* others: 0 counts as 1 */
  guint unit_rate;      /* packets of audio, frames of video, a second */
  gdouble repair_share; /* what FEC and retransmission send on top, as a share of the media; 0.. */

  guint64 media_bps;    /* out: what the encoder may make; 0: nothing is left for it */
} RtcPolicyStream;

/* Divides target_bps, which is all that is sent: media, repair, headers. */
void rtc_bitrate_policy_split (guint64 target_bps, RtcPolicyStream *streams, guint n);

/* What media_bps of a stream like this are on the wire, headers and repair included, bit/s. */
guint64 rtc_bitrate_policy_wire (const RtcPolicyStream *stream, guint64 media_bps);

G_END_DECLS
