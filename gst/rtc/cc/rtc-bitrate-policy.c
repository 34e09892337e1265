/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-bitrate-policy.h"

#include <math.h>
#include <stdlib.h>

/* --- several viewers, one encode --------------------------------------------------------------
 */

static int
compare_rates (const void *a, const void *b)
{
  guint64 rate_a = *(const guint64 *) a, rate_b = *(const guint64 *) b;

  return rate_a < rate_b ? -1 : rate_a > rate_b;
}

static gboolean
has_a_say (const RtcPolicyViewer *viewer, gboolean with_new)
{
  return viewer->target_bps > 0 && (with_new || !viewer->is_new);
}

/* The highest rate that at least half of those with a say can take; 0 when there is nobody. */
static guint64
find_reference (const RtcPolicyViewer *viewers, guint n, gboolean with_new)
{
  guint64 *rates = g_new (guint64, n), reference;
  guint n_rates = 0;

  for (guint i = 0; i < n; i++) {
    if (has_a_say (&viewers[i], with_new))
      rates[n_rates++] = viewers[i].target_bps;
  }
  qsort (rates, n_rates, sizeof *rates, compare_rates);
  reference = n_rates == 0 ? 0 : rates[n_rates / 2];
  g_free (rates);
  return reference;
}

guint64
rtc_bitrate_policy_pick (RtcPolicyViewer *viewers, guint n)
{
  gboolean with_new = FALSE;
  guint64 reference, rate;

  reference = n == 0 ? 0 : find_reference (viewers, n, FALSE);
  if (reference == 0 && n > 0) {
    with_new = TRUE;
    reference = find_reference (viewers, n, TRUE);
  }
  rate = reference;
  for (guint i = 0; i < n; i++) {
    RtcPolicyViewer *viewer = &viewers[i];
    gdouble share = viewer->is_behind ? RTC_BITRATE_POLICY_RETURN : RTC_BITRATE_POLICY_FOLLOW;

    viewer->is_behind =
        viewer->target_bps > 0 && (gdouble) viewer->target_bps < share * (gdouble) reference;
    if (!viewer->is_behind && has_a_say (viewer, with_new))
      rate = MIN (rate, viewer->target_bps);
  }
  return rate;
}

gdouble
rtc_bitrate_policy_pick_loss (const gdouble *losses, guint n)
{
  gdouble highest = 0;

  for (guint i = 0; i < n; i++) {
    if (losses[i] > highest) /* FALSE for NaN */
      highest = losses[i];
  }
  return MIN (highest, RTC_BITRATE_POLICY_MAX_LOSS);
}

/* --- one viewer, several streams --------------------------------------------------------------
 */

#define HEADER_BITS (8 * RTC_BITRATE_POLICY_PACKET_OVERHEAD)

/* Headers for each bit of media in full packets. */
#define HEADER_SHARE                                                                               \
  ((gdouble) RTC_BITRATE_POLICY_PACKET_OVERHEAD / RTC_BITRATE_POLICY_PACKET_MEDIA)

/* Headers that do not depend on the rate. A packet of audio is alone; the last packet of a frame is
 * half full on average. */
static gdouble
base_headers (const RtcPolicyStream *stream)
{
  return (gdouble) stream->unit_rate * HEADER_BITS * (stream->is_first ? 1.0 : 0.5);
}

static gdouble
rate_factor (const RtcPolicyStream *stream)
{
  return (1 + (stream->is_first ? 0 : HEADER_SHARE)) * (1 + MAX (0, stream->repair_share));
}

guint64
rtc_bitrate_policy_wire (const RtcPolicyStream *stream, guint64 media_bps)
{
  return (guint64) llround ((gdouble) media_bps * rate_factor (stream) + base_headers (stream));
}

static guint64
media_of_wire (const RtcPolicyStream *stream, gdouble wire)
{
  gdouble media = (wire - base_headers (stream)) / rate_factor (stream);

  return media <= 0 ? 0 : (guint64) media;
}

/* The floors, and of what is between floor and wish the share that there is room for. Returns what
 * it comes to on the wire. */
static guint64
serve_first (guint64 target_bps, RtcPolicyStream *streams, guint n)
{
  gdouble room = (gdouble) target_bps * RTC_BITRATE_POLICY_FIRST_SHARE;
  guint64 floors = 0, wishes = 0, used = 0;
  gdouble share;

  for (guint i = 0; i < n; i++) {
    if (!streams[i].is_first)
      continue;
    floors += rtc_bitrate_policy_wire (&streams[i], streams[i].floor_bps);
    wishes +=
        rtc_bitrate_policy_wire (&streams[i], MAX (streams[i].floor_bps, streams[i].wish_bps));
  }
  share = wishes <= floors ? 1 : (room - (gdouble) floors) / (gdouble) (wishes - floors);
  share = CLAMP (share, 0, 1);
  for (guint i = 0; i < n; i++) {
    RtcPolicyStream *stream = &streams[i];
    guint64 wish = MAX (stream->floor_bps, stream->wish_bps);

    if (!stream->is_first)
      continue;
    stream->media_bps =
        stream->floor_bps + (guint64) ((gdouble) (wish - stream->floor_bps) * share);
    used += rtc_bitrate_policy_wire (stream, stream->media_bps);
  }
  return used;
}

static gdouble
weight_of (const RtcPolicyStream *stream)
{
  return (gdouble) MAX (1, stream->weight);
}

void
rtc_bitrate_policy_split (guint64 target_bps, RtcPolicyStream *streams, guint n)
{
  guint64 used = serve_first (target_bps, streams, n);
  guint64 rest = target_bps > used ? target_bps - used : 0;
  gdouble weights = 0;

  for (guint i = 0; i < n; i++)
    weights += streams[i].is_first ? 0 : weight_of (&streams[i]);
  for (guint i = 0; i < n; i++) {
    if (!streams[i].is_first)
      streams[i].media_bps =
          media_of_wire (&streams[i], (gdouble) rest * weight_of (&streams[i]) / weights);
  }
}
