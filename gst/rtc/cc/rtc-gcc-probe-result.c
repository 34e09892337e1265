/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-probe-result.h"

/* ENOUGH: of the packets and bytes asked for, to be reported before it is judged. */
#define ENOUGH 0.8

/* RECEIVED_MIN: fewer points make no line. */
#define RECEIVED_MIN 4

/* A path that passes 90 % of a burst's rate was not its limit. libwebrtc's figure. */
#define PASSED 0.9

/* COMPRESSED: arriving that much faster than sent, the packets were held up and let go at once. */
#define COMPRESSED 2.0

void
rtc_gcc_probe_results_handle_asked (
    RtcGccProbeResults *self, GstClockTime now, const RtcCcProbe *probe)
{
  self->clusters[probe->cluster % RTC_GCC_PROBES] = (RtcGccProbeCluster){ .asked = *probe,
    .asked_at = now,
    .first_send = GST_CLOCK_TIME_NONE,
    .first_arrival = GST_CLOCK_TIME_NONE };
}

static void
probe_add (RtcGccProbeCluster *cluster, const RtcCcResult *packet)
{
  RtcGccProbeSums *sums = &cluster->sums;
  gdouble x = (gdouble) cluster->bytes, sent, arrived;

  if (cluster->first_arrival == GST_CLOCK_TIME_NONE) {
    cluster->first_send = packet->send_time;
    cluster->first_arrival = packet->arrival;
  }
  sent = (gdouble) GST_CLOCK_DIFF (cluster->first_send, packet->send_time) / GST_SECOND;
  arrived = (gdouble) GST_CLOCK_DIFF (cluster->first_arrival, packet->arrival) / GST_SECOND;
  sums->n++;
  sums->x += x;
  sums->xx += x * x;
  sums->sent += sent;
  sums->x_sent += x * sent;
  sums->arrived += arrived;
  sums->x_arrived += x * arrived;
}

/* bit/s from a line of seconds over bytes; infinite when they all came at once. */
static gdouble
probe_rate (const RtcGccProbeSums *sums, gdouble y, gdouble xy)
{
  gdouble below = sums->xx - sums->x * sums->x / sums->n;
  gdouble slope = below > 0 ? (xy - sums->x * y / sums->n) / below : 0;

  return slope > 0 ? 8 / slope : (gdouble) RTC_CC_RATE_MAX;
}

static gboolean
probe_judge (const RtcGccProbeCluster *cluster, guint16 number, RtcGccProbeResult *out)
{
  const RtcGccProbeSums *sums = &cluster->sums;
  gdouble sent, arrived;

  if (sums->n < RECEIVED_MIN)
    return FALSE;
  sent = probe_rate (sums, sums->sent, sums->x_sent);
  arrived = probe_rate (sums, sums->arrived, sums->x_arrived);
  if (arrived > COMPRESSED * sent)
    return FALSE;
  *out = (RtcGccProbeResult){ .cluster = number,
    .asked_bps = cluster->asked.bps,
    .bps = MIN (sent, arrived),
    .is_saturated = arrived < PASSED * sent };
  return TRUE;
}

gboolean
rtc_gcc_probe_results_handle_packet (
    RtcGccProbeResults *self, const RtcCcResult *packet, RtcGccProbeResult *out)
{
  RtcGccProbeCluster *cluster = &self->clusters[packet->probe_cluster % RTC_GCC_PROBES];

  if (cluster->asked.cluster != packet->probe_cluster || packet->probe_cluster == 0)
    return FALSE;
  if (packet->arrival != GST_CLOCK_TIME_NONE)
    probe_add (cluster, packet);
  /* What is between two packets' first bytes is the length of the earlier one. */
  cluster->bytes += packet->len;
  cluster->packets++;
  if (cluster->packets < ENOUGH * cluster->asked.min_packets
      || (gdouble) cluster->bytes < ENOUGH * cluster->asked.min_bytes)
    return FALSE;
  cluster->asked.cluster = 0; /* once */
  return probe_judge (cluster, packet->probe_cluster, out);
}
