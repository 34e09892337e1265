/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-fanout.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/media/rtc-key-frame-request.h"
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_rtp

/* Packets that a peer gets before the next one does. */
#define MAX_TOGETHER 64

typedef struct {
  RtcPeer *peer;
  guint transceiver;
  const RtcPeerSection *section; /* of it */
} FanoutMember;

struct _RtcFanout {
  guint refs;
  RtcFanoutConfig config;
  RtcPacketHistory *history;
  RtcKeyFrameRequest key_frames;
  GstClockTime history_age;
  GArray *members; /* FanoutMember */
  GArray *waiting; /* FanoutMember: they come over with the next key frame */
  RtcFanoutStats stats;
};

RtcFanout *
rtc_fanout_new (const RtcFanoutConfig *config)
{
  RtcFanout *self = g_new0 (RtcFanout, 1);

  rtc_log_init ();
  self->refs = 1;
  self->config = *config;
  if (config->replay_pictures)
    self->config.history_packets = MAX (config->history_packets, RTC_FANOUT_JOIN_PACKETS);
  /* One packet at least: what is being sent lives in the history. */
  self->history =
      rtc_packet_history_new (MAX (self->config.history_packets, 2), config->history_age);
  if (config->replay_pictures)
    rtc_packet_history_keep_pictures (self->history, RTC_FANOUT_JOIN_BYTES, RTC_FANOUT_JOIN_TIME);
  rtc_packet_history_set_format (self->history, config->format);
  self->history_age = config->history_age;
  rtc_key_frame_request_init (&self->key_frames, config->key_frame_interval);
  self->members = g_array_new (FALSE, FALSE, sizeof (FanoutMember));
  self->waiting = g_array_new (FALSE, FALSE, sizeof (FanoutMember));
  return self;
}

RtcFanout *
rtc_fanout_ref (RtcFanout *self)
{
  self->refs++;
  return self;
}

void
rtc_fanout_unref (RtcFanout *self)
{
  if (self == NULL || --self->refs > 0)
    return;
  rtc_packet_history_free (self->history);
  g_array_unref (self->members);
  g_array_unref (self->waiting);
  g_free (self);
}

/* Those who were waiting for a key frame get this one. */
static void
fanout_take_waiting (RtcFanout *self, GstClockTime now)
{
  while (self->waiting->len > 0) {
    FanoutMember member = g_array_index (self->waiting, FanoutMember, self->waiting->len - 1);

    g_array_set_size (self->waiting, self->waiting->len - 1);
    rtc_peer_take_next (member.peer, now, member.transceiver);
  }
}

/* Its number in the history, 0 when it is no RTP packet. */
static guint64
fanout_store (RtcFanout *self, GstClockTime now, RtcPacket *packet)
{
  const RtcPacketHistoryEntry *entry = rtc_packet_history_push (self->history, now, packet);

  if (entry == NULL) {
    GST_DEBUG ("%s: payloader gave no RTP packet", self->config.name);
    return 0;
  }
  self->stats.packets++;
  self->stats.bytes += entry->packet->len;
  if (entry->is_key_frame) {
    self->stats.key_frames++;
    rtc_key_frame_request_handle_key_frame (&self->key_frames, now);
    fanout_take_waiting (self, now);
  }
  return entry->ext_seq;
}

/* Peers are many, and what the last picture left of them in the caches is little: the next ones are
 * fetched while one is served. */
static void
fanout_prefetch (const RtcFanout *self, guint i, guint step)
{
  const FanoutMember *member = &g_array_index (self->members, FanoutMember, i);

  if (i < self->members->len)
    rtc_peer_prefetch (member->peer, member->section, step);
}

/* n packets that the history holds at once. */
static void
fanout_push_some (RtcFanout *self, GstClockTime now, RtcPacket *const *packets, guint n)
{
  guint64 numbers[MAX_TOGETHER];
  guint n_stored = 0;

  for (guint i = 0; i < n; i++) {
    guint64 number = fanout_store (self, now, packets[i]);

    if (number > 0)
      numbers[n_stored++] = number;
  }
  for (guint step = 0; step < RTC_PEER_PREFETCH_STEPS; step++)
    fanout_prefetch (self, step, RTC_PEER_PREFETCH_STEPS - 1 - step);
  for (guint i = 0; i < self->members->len; i++) {
    const FanoutMember *member = &g_array_index (self->members, FanoutMember, i);

    for (guint step = 0; step < RTC_PEER_PREFETCH_STEPS; step++)
      fanout_prefetch (self, i + RTC_PEER_PREFETCH_STEPS - step, step);
    for (guint k = 0; k < n_stored; k++)
      rtc_peer_send_rtp (member->peer, now, member->transceiver,
          rtc_packet_history_find (self->history, now, numbers[k]));
  }
}

void
rtc_fanout_push_many (RtcFanout *self, GstClockTime now, RtcPacket *const *packets, guint n)
{
  guint most = CLAMP (self->config.history_packets, 1, MAX_TOGETHER);

  for (guint done = 0; done < n; done += most)
    fanout_push_some (self, now, packets + done, MIN (most, n - done));
}

void
rtc_fanout_push (RtcFanout *self, GstClockTime now, RtcPacket *packet)
{
  fanout_push_some (self, now, &packet, 1);
}

void
rtc_fanout_request_key_frame (RtcFanout *self, GstClockTime now, gboolean joining)
{
  if (self->config.kind != RTC_MEDIA_VIDEO)
    return;
  if (joining)
    rtc_key_frame_request_ask_join (&self->key_frames, now);
  else
    rtc_key_frame_request_ask (&self->key_frames, now);
}

gboolean
rtc_fanout_poll_key_frame (RtcFanout *self, GstClockTime now)
{
  return rtc_key_frame_request_poll (&self->key_frames, now);
}

GstClockTime
rtc_fanout_next_deadline (const RtcFanout *self)
{
  return rtc_key_frame_request_next_deadline (&self->key_frames);
}

guint
rtc_fanout_get_n_peers (const RtcFanout *self)
{
  return self->members->len;
}

RtcPeer *
rtc_fanout_get_peer (const RtcFanout *self, guint index)
{
  return g_array_index (self->members, FanoutMember, index).peer;
}

const RtcFanoutConfig *
rtc_fanout_get_config (const RtcFanout *self)
{
  return &self->config;
}

void
rtc_fanout_get_stats (const RtcFanout *self, RtcFanoutStats *out)
{
  RtcKeyFrameRequestStats requests;

  rtc_key_frame_request_get_stats (&self->key_frames, &requests);
  *out = self->stats;
  out->key_frame_requests = requests.made;
  out->key_frame_merged = requests.merged;
  out->n_peers = self->members->len;
}

void
rtc_fanout_note_rtt (RtcFanout *self, GstClockTime rtt)
{
  GstClockTime wanted = MIN (RTC_FANOUT_HISTORY_RTTS * rtt, RTC_FANOUT_HISTORY_MAX);

  if (wanted <= self->history_age)
    return;
  self->history_age = wanted;
  rtc_packet_history_set_max_age (self->history, wanted);
  GST_DEBUG ("%s: history kept for %" GST_TIME_FORMAT, self->config.name, GST_TIME_ARGS (wanted));
}

void
rtc_fanout_add_peer (RtcFanout *self, RtcPeer *peer, guint transceiver)
{
  FanoutMember member = { peer, transceiver, rtc_peer_section (peer, transceiver) };

  g_array_append_val (self->members, member);
}

static void
remove_member (GArray *members, const RtcPeer *peer, guint transceiver)
{
  for (guint i = 0; i < members->len; i++) {
    const FanoutMember *member = &g_array_index (members, FanoutMember, i);

    if (member->peer == peer && member->transceiver == transceiver) {
      g_array_remove_index (members, i);
      return;
    }
  }
}

void
rtc_fanout_remove_peer (RtcFanout *self, RtcPeer *peer, guint transceiver)
{
  remove_member (self->members, peer, transceiver);
}

void
rtc_fanout_add_waiting (RtcFanout *self, RtcPeer *peer, guint transceiver)
{
  FanoutMember member = { peer, transceiver };

  g_array_append_val (self->waiting, member);
}

void
rtc_fanout_remove_waiting (RtcFanout *self, RtcPeer *peer, guint transceiver)
{
  remove_member (self->waiting, peer, transceiver);
}

RtcPacketHistory *
rtc_fanout_get_history (RtcFanout *self)
{
  return self->history;
}
