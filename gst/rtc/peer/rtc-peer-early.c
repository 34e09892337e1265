/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_rtp

/* PEER_EARLY_BYTES: memory of each of the two queues. PEER_EARLY_AGE: what waits longer is not
 * worth playing: the last flight of DTLS takes a round trip, and so does an answer. */
#define PEER_EARLY_BYTES (160 * 1024)
#define PEER_EARLY_AGE (2 * GST_SECOND)

/* PEER_SSRC_OFFSET: of the SSRC in an RTP header (RFC 3550 5.1). */
#define PEER_SSRC_OFFSET 8

static RtcPacket *
early_pop (RtcPeerEarly *early)
{
  RtcPacket *packet = (RtcPacket *) g_queue_pop_head (&early->packets);

  if (packet != NULL)
    early->bytes -= packet->size;
  return packet;
}

/* What has waited too long is gone. */
static void
early_expire (RtcPeer *self, GstClockTime now, RtcPeerEarly *early)
{
  const RtcPacket *oldest;

  while ((oldest = (const RtcPacket *) g_queue_peek_head (&early->packets)) != NULL
         && rtc_time_elapsed (oldest->time, now) > PEER_EARLY_AGE) {
    rtc_packet_unref (early_pop (early));
    self->counters.early_dropped++;
  }
}

static void
early_hold (RtcPeer *self, GstClockTime now, RtcPeerEarly *early, RtcPacket *packet)
{
  early_expire (self, now, early);
  if (early->packets.length >= self->config.limits.max_early_rtp
      || early->bytes + packet->size > PEER_EARLY_BYTES) {
    self->counters.early_dropped++;
    rtc_packet_unref (packet);
    return;
  }
  if (packet->time > now)
    packet->time = now;
  self->counters.early_held++;
  early->bytes += packet->size;
  g_queue_push_tail (&early->packets, packet);
}

void
rtc_peer_hold_locked (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  early_hold (self, now, &self->locked, packet);
}

void
rtc_peer_hold_strange (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  early_hold (self, now, &self->strange, packet);
}

void
rtc_peer_unlock (RtcPeer *self, GstClockTime now)
{
  RtcPacket *packet;

  early_expire (self, now, &self->locked);
  while ((packet = early_pop (&self->locked)) != NULL)
    rtc_peer_handle_packet (self, now, packet);
}

/* Packets that are still strange come back to the end of the queue, so each is looked at once. The
 * first one of a stream would have the others replayed, which happens anyway. */
void
rtc_peer_replay (RtcPeer *self, GstClockTime now, guint32 ssrc)
{
  guint n;

  if (self->is_replaying)
    return;
  self->is_replaying = TRUE;
  early_expire (self, now, &self->strange);
  n = self->strange.packets.length;
  for (guint i = 0; i < n && !g_queue_is_empty (&self->strange.packets); i++) {
    RtcPacket *packet = early_pop (&self->strange);
    RtcReader r = rtc_reader (packet->data + PEER_SSRC_OFFSET, 4);

    if (ssrc == PEER_EARLY_ALL || rtc_reader_u32 (&r) == ssrc) {
      rtc_peer_route_rtp (self, now, packet);
    } else {
      self->strange.bytes += packet->size;
      g_queue_push_tail (&self->strange.packets, packet);
    }
  }
  self->is_replaying = FALSE;
}

void
rtc_peer_clear_early (RtcPeer *self)
{
  RtcPacket *packet;

  while ((packet = early_pop (&self->locked)) != NULL)
    rtc_packet_unref (packet);
  while ((packet = early_pop (&self->strange)) != NULL)
    rtc_packet_unref (packet);
}
