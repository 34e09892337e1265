/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-twcc-sender.h"

#include <string.h>

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/base/rtc-time.h"

/* Unwrapped numbers start one turn above zero, so that what a message makes up does not go below
 * it. */
#define FIRST_TURN 0x10000

typedef enum {
  PACKET_IN_FLIGHT,
  PACKET_LOST,     /* said to be */
  PACKET_RECEIVED, /* said to be; nothing more can be said of it */
} PacketState;

typedef struct {
  GstClockTime time;
  guint32 name;
  guint16 probe_cluster;
  guint16 len : 14;
  guint16 state : 2; /* PacketState */
} SentPacket;

#define MAX_LEN ((1u << 14) - 1)

G_STATIC_ASSERT (sizeof (SentPacket) == 16);

struct _RtcTwccSender {
  SentPacket *packets; /* mask + 1, by number */
  guint64 mask;
  guint64 oldest, next;  /* numbers held: oldest .. next - 1 */
  guint64 next_unspoken; /* one after the newest that feedback spoke of */
  guint64 in_flight;     /* bytes from there on */
  RtcTwccSenderStats stats;
  GArray *results; /* RtcCcResult */
  RtcSeqUnwrap reference;
  GstClockTime rtt, last_news;
};

RtcTwccSender *
rtc_twcc_sender_new (guint16 first_seq, GArray *results)
{
  RtcTwccSender *self = g_new0 (RtcTwccSender, 1);

  self->results =
      results != NULL ? g_array_ref (results) : g_array_new (FALSE, FALSE, sizeof (RtcCcResult));
  self->packets = g_new (SentPacket, RTC_TWCC_SENDER_MIN_PACKETS);
  self->mask = RTC_TWCC_SENDER_MIN_PACKETS - 1;
  self->oldest = self->next = self->next_unspoken = FIRST_TURN + first_seq;
  self->rtt = GST_CLOCK_TIME_NONE;
  self->last_news = GST_CLOCK_TIME_NONE;
  return self;
}

void
rtc_twcc_sender_free (RtcTwccSender *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->results);
  g_free (self->packets);
  g_free (self);
}

guint16
rtc_twcc_sender_get_next (const RtcTwccSender *self)
{
  return (guint16) self->next;
}

static SentPacket *
sent_packet (const RtcTwccSender *self, guint64 number)
{
  return &self->packets[number & self->mask];
}

static void
sender_grow (RtcTwccSender *self)
{
  guint64 old_mask = self->mask, mask = 2 * old_mask + 1;
  SentPacket *packets = g_new (SentPacket, mask + 1);

  for (guint64 number = self->oldest; number < self->next; number++)
    packets[number & mask] = self->packets[number & old_mask];
  g_free (self->packets);
  self->packets = packets;
  self->mask = mask;
}

/* Everything up to number has been spoken of, or never will be. */
static void
sender_pass (RtcTwccSender *self, guint64 number)
{
  for (; self->next_unspoken <= number; self->next_unspoken++) {
    const SentPacket *packet = sent_packet (self, self->next_unspoken);

    self->in_flight -= packet->len;
    self->stats.unspoken += packet->state == PACKET_IN_FLIGHT ? 1 : 0;
  }
}

/* Makes room for one more: a larger ring while the oldest may still matter, else its place. */
static void
sender_make_room (RtcTwccSender *self, GstClockTime now)
{
  GstClockTime age, keep;

  if (self->next - self->oldest <= self->mask)
    return;
  age = rtc_time_elapsed (sent_packet (self, self->oldest)->time, now);
  keep = self->oldest < self->next_unspoken ? RTC_TWCC_SENDER_KEEP : RTC_TWCC_SENDER_MEMORY;
  if (age < keep && self->mask + 1 < RTC_TWCC_SENDER_MAX_PACKETS) {
    sender_grow (self);
    return;
  }
  sender_pass (self, self->oldest);
  self->oldest++;
}

void
rtc_twcc_sender_handle_sent (
    RtcTwccSender *self, GstClockTime now, guint len, guint16 probe_cluster)
{
  sender_make_room (self, now);
  *sent_packet (self, self->next) = (SentPacket){ .time = now,
    .len = (guint16) MIN (len, MAX_LEN) & MAX_LEN,
    .state = PACKET_IN_FLIGHT,
    .probe_cluster = probe_cluster };
  self->next++;
  self->in_flight += sent_packet (self, self->next - 1)->len;
  self->stats.packets++;
}

void
rtc_twcc_sender_name (RtcTwccSender *self, guint32 name)
{
  if (self->next > self->oldest)
    sent_packet (self, self->next - 1)->name = name;
}

static void
sender_add_result (RtcTwccSender *self, guint64 number, GstClockTime arrival)
{
  const SentPacket *packet = sent_packet (self, number);
  RtcCcResult result = { .twcc_seq = number,
    .send_time = packet->time,
    .arrival = arrival,
    .len = packet->len,
    .name = packet->name,
    .probe_cluster = packet->probe_cluster };

  g_array_append_val (self->results, result);
}

static void
sender_see_received (RtcTwccSender *self, GstClockTime now, guint64 number, GstClockTime arrival)
{
  SentPacket *packet = sent_packet (self, number);

  if (packet->state == PACKET_RECEIVED) {
    self->stats.repeated++;
    return;
  }
  if (rtc_time_elapsed (packet->time, now) > RTC_TWCC_SENDER_MEMORY) {
    self->stats.forgotten++;
    return;
  }
  self->stats.recovered += packet->state == PACKET_LOST ? 1 : 0;
  self->stats.received++;
  packet->state = PACKET_RECEIVED;
  sender_add_result (self, number, arrival);
}

static void
sender_see_lost (RtcTwccSender *self, GstClockTime now, guint64 number)
{
  SentPacket *packet = sent_packet (self, number);

  if (packet->state != PACKET_IN_FLIGHT) {
    self->stats.repeated++;
    return;
  }
  packet->state = PACKET_LOST;
  self->stats.lost++;
  if (rtc_time_elapsed (packet->time, now) > RTC_TWCC_SENDER_MEMORY) {
    self->stats.forgotten++;
    return;
  }
  sender_add_result (self, number, GST_CLOCK_TIME_NONE);
}

/* One item; FALSE when it speaks of what comes after the newest packet sent. */
static gboolean
sender_see_item (RtcTwccSender *self, GstClockTime now, const RtcTwccItem *item,
    guint64 reference_ns, guint64 *highest)
{
  guint16 back = (guint16) ((guint16) (self->next - 1) - item->seq);
  guint64 first = self->next - 1 - back, last = first + item->n_packets - 1;

  /* Of what was sent: a run may begin before the ring does, and may go beyond the newest. */
  if (last < self->oldest || first < *highest) {
    self->stats.forgotten += item->n_packets;
    return first >= *highest;
  }
  if (item->received) {
    GstClockTime arrival = reference_ns + (guint64) item->offset;

    sender_see_received (self, now, first, arrival);
    *highest = first;
    return TRUE;
  }
  if (first < self->oldest) {
    self->stats.forgotten += self->oldest - first;
    first = self->oldest;
  }
  for (; first <= last && first < self->next; first++) {
    sender_see_lost (self, now, first);
    *highest = first;
  }
  return TRUE;
}

/* The round trip by the packet that arrived last. */
static void
sender_note_rtt (RtcTwccSender *self, GstClockTime now)
{
  const RtcCcResult *last = NULL;

  for (guint i = 0; i < self->results->len; i++) {
    const RtcCcResult *result = &g_array_index (self->results, RtcCcResult, i);

    if (result->arrival != GST_CLOCK_TIME_NONE
        && (last == NULL || result->arrival >= last->arrival))
      last = result;
  }
  if (last != NULL)
    self->rtt = rtc_time_elapsed (last->send_time, now);
}

guint
rtc_twcc_sender_handle_feedback (
    RtcTwccSender *self, GstClockTime now, RtcTwccFeedback *feedback, const RtcCcResult **results)
{
  guint64 reference_ns, highest = 0;
  gboolean goes_on = TRUE;
  RtcTwccItem item;

  g_array_set_size (self->results, 0);
  self->stats.messages++;
  /* One turn above zero at least: offsets before it stay positive. */
  reference_ns = rtc_seq_unwrap_bits (&self->reference, feedback->reference_time, 24)
                 * RTC_TWCC_REFERENCE_UNIT;
  while (goes_on && rtc_rtcp_twcc_next (feedback, &item))
    goes_on = sender_see_item (self, now, &item, reference_ns, &highest);
  if (highest >= self->next_unspoken)
    sender_pass (self, highest);
  if (self->results->len > 0) {
    sender_note_rtt (self, now);
    self->last_news = now;
  } else {
    self->stats.messages_useless++;
  }
  *results = (const RtcCcResult *) self->results->data;
  return self->results->len;
}

guint64
rtc_twcc_sender_get_in_flight (const RtcTwccSender *self)
{
  return self->in_flight;
}

GstClockTime
rtc_twcc_sender_get_rtt (const RtcTwccSender *self)
{
  return self->rtt;
}

GstClockTime
rtc_twcc_sender_get_last_news (const RtcTwccSender *self)
{
  return self->last_news;
}

void
rtc_twcc_sender_get_stats (const RtcTwccSender *self, RtcTwccSenderStats *out)
{
  *out = self->stats;
}
