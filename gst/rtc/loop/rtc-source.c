/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/loop/rtc-source.h"

#include <stdatomic.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-ring.h"

#define GST_CAT_DEFAULT rtc_log_loop

struct _RtcSource {
  gatomicrefcount refs;
  RtcLoop *loop;
  RtcSourceConfig config;
  RtcRing *ring;
  guint capacity;
  RtcSourceKeyFrameFunc key_frame;
  gpointer data;
  GDestroyNotify destroy;

  /* [S] */
  gboolean dropping; /* video: until a key frame starts and the ring is half empty */
  gboolean discont;  /* the next packet follows a hole */

  /* [N] */
  RtcFanout *fanout;
  RtcLoopHook hook;
  RtcLoopTimer timer;

  /* any */
  atomic_bool overrun;        /* [S] dropped, or lost: [N] shall ask for a key frame */
  atomic_bool key_frame_sent; /* a callback waits on [C] */
  atomic_uint_least64_t pushed, dropped, overruns, batches, key_frame_requests;
};

static void
source_unref_data (gpointer data)
{
  rtc_source_unref (data);
}

/* --- [C] --- */

static void
source_key_frame_on_control (gpointer data)
{
  RtcSource *self = data;

  atomic_store (&self->key_frame_sent, FALSE);
  self->key_frame (self->data);
}

static void
source_nothing (gpointer data)
{
}

/* --- [N] --- */

static void
source_poll_key_frame (RtcSource *self, GstClockTime now)
{
  if (atomic_exchange (&self->overrun, FALSE))
    rtc_fanout_request_key_frame (self->fanout, now, FALSE);
  if (rtc_fanout_poll_key_frame (self->fanout, now) && self->key_frame != NULL
      && !atomic_exchange (&self->key_frame_sent, TRUE)) {
    atomic_fetch_add (&self->key_frame_requests, 1);
    rtc_loop_post_control (
        self->loop, source_key_frame_on_control, rtc_source_ref (self), source_unref_data);
  }
  rtc_loop_schedule (self->loop, &self->timer, rtc_fanout_next_deadline (self->fanout));
}

static void
source_due (gpointer data, GstClockTime now)
{
  source_poll_key_frame (data, now);
}

/* A turn each for those who have something to tell or to wait for; most have not. */
static void
source_turn_peers (RtcSource *self, GstClockTime now)
{
  for (guint i = rtc_fanout_get_n_peers (self->fanout); i-- > 0;) {
    RtcPeer *peer = rtc_fanout_get_peer (self->fanout, i);

    if (rtc_peer_report_along (peer, now) || rtc_peer_needs_turn (peer))
      rtc_loop_turn_peer (self->loop, peer);
    else
      rtc_peer_flush (peer);
    /* An output function may have detached others. */
    i = MIN (i, rtc_fanout_get_n_peers (self->fanout));
  }
}

static gboolean
source_drain (gpointer data, GstClockTime now)
{
  RtcSource *self = data;
  RtcPacket *packets[RTC_SOURCE_BUDGET];
  guint n = 0;

  while (n < RTC_SOURCE_BUDGET && (packets[n] = rtc_ring_pop (self->ring)) != NULL)
    n++;
  if (n > 0) {
    rtc_fanout_push_many (self->fanout, now, packets, n);
    atomic_fetch_add (&self->batches, 1);
    source_turn_peers (self, now);
  }
  source_poll_key_frame (self, now);
  return rtc_ring_length (self->ring) > 0;
}

static void
source_ensure (RtcSource *self)
{
  if (self->fanout != NULL)
    return;
  self->fanout = rtc_fanout_new (&self->config.fanout);
  rtc_loop_add_hook (self->loop, &self->hook);
  /* [S] may have pushed already. */
  rtc_loop_wakeup (self->loop);
}

static void
source_start_on_network (gpointer data)
{
  source_ensure (data);
}

static void
source_free_packet (gpointer packet)
{
  rtc_packet_unref (packet);
}

static void
source_free_on_network (gpointer data)
{
  RtcSource *self = data;
  RtcLoop *loop = self->loop;

  if (self->fanout != NULL)
    rtc_loop_remove_hook (loop, &self->hook);
  rtc_loop_schedule (loop, &self->timer, GST_CLOCK_TIME_NONE);
  rtc_fanout_unref (self->fanout);
  rtc_ring_free (self->ring);
  if (self->destroy != NULL)
    rtc_loop_post_control (loop, source_nothing, self->data, self->destroy);
  g_free (self);
  rtc_loop_unref (loop);
}

RtcFanout *
rtc_source_get_fanout (RtcSource *self)
{
  source_ensure (self);
  return self->fanout;
}

RtcResult
rtc_source_attach (RtcSource *self, RtcPeer *peer, guint transceiver)
{
  return rtc_peer_attach (peer, rtc_loop_now (), transceiver, rtc_source_get_fanout (self));
}

RtcResult
rtc_source_attach_next (RtcSource *self, RtcPeer *peer, guint transceiver, gboolean hurry)
{
  GstClockTime now = rtc_loop_now ();
  RtcFanout *fanout = rtc_source_get_fanout (self);
  RtcResult result = rtc_peer_attach_next (peer, now, transceiver, fanout, hurry);

  /* The key frame that it asked for is not to wait for this source's next packet. */
  source_poll_key_frame (self, now);
  return result;
}

void
rtc_source_detach (RtcSource *self, RtcPeer *peer, guint transceiver)
{
  if (self->fanout != NULL && rtc_peer_find_fanout (peer, transceiver) == self->fanout)
    rtc_peer_attach (peer, rtc_loop_now (), transceiver, NULL);
}

/* --- [S] --- */

void
rtc_source_push_loss (RtcSource *self)
{
  self->discont = TRUE;
  if (self->config.fanout.kind != RTC_MEDIA_VIDEO)
    return;
  self->dropping = TRUE;
  atomic_store (&self->overrun, TRUE);
  rtc_loop_wakeup (self->loop);
}

static gboolean
source_drop (RtcSource *self, RtcPacket *packet)
{
  if (!self->discont) {
    atomic_fetch_add (&self->overruns, 1);
    GST_WARNING ("%s: ring full, dropping", self->config.fanout.name);
  }
  self->discont = TRUE;
  atomic_fetch_add (&self->dropped, 1);
  if (self->config.fanout.kind == RTC_MEDIA_VIDEO) {
    self->dropping = TRUE;
    atomic_store (&self->overrun, TRUE);
  }
  rtc_packet_unref (packet);
  return FALSE;
}

gboolean
rtc_source_push (RtcSource *self, RtcPacket *packet)
{
  RtcPacketFlags flags = packet->flags;

  if (self->dropping) {
    /* A key frame that finds little room would only be cut again. */
    if ((flags & RTC_PACKET_KEY_FRAME_START) == 0
        || rtc_ring_length (self->ring) > self->capacity / 2)
      return source_drop (self, packet);
    self->dropping = FALSE;
  }
  if (self->discont)
    packet->flags |= RTC_PACKET_DISCONT;
  if (!rtc_ring_push (self->ring, packet))
    return source_drop (self, packet);
  self->discont = FALSE;
  atomic_fetch_add_explicit (&self->pushed, 1, memory_order_relaxed);
  return TRUE;
}

void
rtc_source_push_end (RtcSource *self)
{
  rtc_loop_wakeup (self->loop);
}

/* --- any --- */

RtcSource *
rtc_source_new (RtcLoop *loop, const RtcSourceConfig *config, RtcSourceKeyFrameFunc key_frame,
    gpointer data, GDestroyNotify destroy)
{
  RtcSource *self = g_new0 (RtcSource, 1);
  guint wanted = config->ring_packets > 0 ? config->ring_packets : RTC_SOURCE_RING;

  g_atomic_ref_count_init (&self->refs);
  self->loop = rtc_loop_ref (loop);
  self->config = *config;
  for (self->capacity = 2; self->capacity < wanted && self->capacity < 65536;)
    self->capacity *= 2;
  self->ring = rtc_ring_new (self->capacity, source_free_packet);
  self->key_frame = key_frame;
  self->data = data;
  self->destroy = destroy;
  self->hook.func = source_drain;
  self->hook.data = self;
  rtc_loop_timer_init (&self->timer, source_due, self);
  rtc_loop_post (loop, source_start_on_network, rtc_source_ref (self), source_unref_data);
  return self;
}

RtcSource *
rtc_source_ref (RtcSource *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
rtc_source_unref (RtcSource *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->refs))
    rtc_loop_post (self->loop, source_free_on_network, self, NULL);
}

void
rtc_source_get_stats (RtcSource *self, RtcSourceStats *out)
{
  out->pushed = atomic_load (&self->pushed);
  out->dropped = atomic_load (&self->dropped);
  out->overruns = atomic_load (&self->overruns);
  out->batches = atomic_load (&self->batches);
  out->key_frame_requests = atomic_load (&self->key_frame_requests);
  out->ring_length = rtc_ring_length (self->ring);
}
