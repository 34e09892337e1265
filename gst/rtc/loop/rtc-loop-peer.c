/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The peers of a loop: their registry, their turns and their end. */
#include "gst/rtc/loop/rtc-loop-private.h"

#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_loop

/* Longest that an output function may take before it is warned of. */
#define OUTPUT_SLOW (5 * GST_MSECOND)

/* --- turns --- */

static void
loop_mark (RtcLoopPeer *entry)
{
  if (entry->is_marked || entry->removed || entry->peer == NULL)
    return;
  entry->is_marked = TRUE;
  g_queue_push_tail_link (&entry->loop->marked, &entry->link);
}

static void
loop_unmark (RtcLoopPeer *entry)
{
  if (!entry->is_marked)
    return;
  entry->is_marked = FALSE;
  g_queue_unlink (&entry->loop->marked, &entry->link);
}

static void
loop_set_patient (RtcLoopPeer *entry, gboolean is_patient)
{
  if (entry->is_patient == is_patient)
    return;
  entry->is_patient = is_patient;
  entry->loop->n_patient += is_patient ? 1 : (guint) -1;
}

static void
loop_deliver (RtcLoopPeer *entry, RtcOutput *output)
{
  RtcLoop *self = entry->loop;
  GstClockTime before = rtc_loop_now (), after, took;

  entry->func (entry->peer, output, entry->data);
  rtc_packet_unref (output->packet);
  after = rtc_loop_now ();
  took = rtc_time_elapsed (before, after);
  self->stats.max_output = MAX (self->stats.max_output, took);
  if (took > OUTPUT_SLOW && rtc_log_limit (&self->slow_limit, after, NULL))
    GST_WARNING ("p%" G_GUINT64_FORMAT ": output function took %" GST_TIME_FORMAT, entry->id,
        GST_TIME_ARGS (took));
}

static void
loop_turn (RtcLoopPeer *entry, GstClockTime now, gboolean is_due)
{
  RtcLoop *self = entry->loop;
  RtcOutput output;

  if (entry->removed)
    return;
  if (entry->in_turn) {
    loop_mark (entry);
    return;
  }
  loop_unmark (entry);
  entry->in_turn = TRUE;
  self->stats.turns++;
  if (is_due)
    rtc_peer_handle_timeout (entry->peer, now);
  else
    rtc_peer_handle_backends (entry->peer, now);
  while (rtc_peer_poll (entry->peer, &output)) {
    if (entry->removed)
      rtc_packet_unref (output.packet);
    else
      loop_deliver (entry, &output);
  }
  rtc_peer_flush (entry->peer);
  /* One that is past already was not missed by us: no lag counts from before now. */
  if (!entry->removed) {
    rtc_loop_schedule (self, &entry->timer, MAX (rtc_peer_next_deadline (entry->peer), now));
    loop_set_patient (entry, rtc_peer_is_patient (entry->peer));
  }
  entry->in_turn = FALSE;
}

static void
loop_peer_due (gpointer data, GstClockTime now)
{
  loop_turn (data, now, TRUE);
}

static void
loop_peer_wake (gpointer data)
{
  loop_mark (data);
}

static void
loop_peer_free (gpointer data)
{
  RtcLoopPeer *entry = data;

  loop_unmark (entry);
  rtc_loop_schedule (entry->loop, &entry->timer, GST_CLOCK_TIME_NONE);
  rtc_peer_free (entry->peer);
  if (entry->destroy != NULL)
    entry->destroy (entry->data);
  g_free (entry);
}

gboolean
rtc_loop_serve_marked (RtcLoop *self, GstClockTime now)
{
  guint n = MIN (self->marked.length, RTC_LOOP_ROUND_PEERS);
  gboolean more = self->marked.length > RTC_LOOP_ROUND_PEERS;

  while (n-- > 0 && self->marked.length > 0)
    loop_turn (self->marked.head->data, now, FALSE);
  return more;
}

void
rtc_loop_free_removed (RtcLoop *self)
{
  while (self->dead->len > 0)
    loop_peer_free (g_ptr_array_steal_index_fast (self->dead, self->dead->len - 1));
}

void
rtc_loop_remove_all_peers (RtcLoop *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &entry)) {
    ((RtcLoopPeer *) entry)->removed = TRUE;
    loop_set_patient (entry, FALSE);
    g_ptr_array_add (self->dead, entry);
    g_hash_table_iter_remove (&iter);
  }
  rtc_loop_free_removed (self);
}

/* --- public --- */

RtcPeerId
rtc_loop_new_peer_id (RtcLoop *self)
{
  static atomic_uint_least64_t last_id;

  return atomic_fetch_add (&last_id, 1) + 1;
}

static RtcLoopPeer *
loop_peer_new (RtcLoop *self, RtcPeerId id)
{
  RtcLoopPeer *entry = g_new0 (RtcLoopPeer, 1);

  entry->loop = self;
  entry->id = id;
  entry->link.data = entry;
  rtc_loop_timer_init (&entry->timer, loop_peer_due, entry);
  g_hash_table_insert (self->peers, &entry->id, entry);
  return entry;
}

void
rtc_loop_reserve_peer (RtcLoop *self, RtcPeerConfig *config)
{
  RtcLoopPeer *entry = loop_peer_new (self, rtc_loop_new_peer_id (self));

  config->id = entry->id;
  config->random = self->random;
  config->pool = self->pool;
  config->results = self->results;
  config->ntp64_at_zero = self->ntp64_at_zero;
  config->ice_config.peer_id = entry->id;
  config->ice_config.random = self->random;
  config->ice_config.wake = loop_peer_wake;
  config->ice_config.wake_data = entry;
}

void
rtc_loop_add_peer (
    RtcLoop *self, RtcPeer *peer, RtcLoopOutputFunc func, gpointer data, GDestroyNotify destroy)
{
  RtcPeerId id = rtc_peer_get_id (peer);
  RtcLoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry == NULL)
    entry = loop_peer_new (self, id);
  g_return_if_fail (entry->peer == NULL);
  entry->peer = peer;
  entry->func = func;
  entry->data = data;
  entry->destroy = destroy;
  loop_mark (entry);
}

RtcPeer *
rtc_loop_find_peer (RtcLoop *self, RtcPeerId id)
{
  RtcLoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  return entry != NULL ? entry->peer : NULL;
}

void
rtc_loop_remove_peer (RtcLoop *self, RtcPeerId id)
{
  RtcLoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry == NULL)
    return;
  g_hash_table_remove (self->peers, &id);
  loop_unmark (entry);
  loop_set_patient (entry, FALSE);
  rtc_loop_schedule (self, &entry->timer, GST_CLOCK_TIME_NONE);
  entry->removed = TRUE;
  g_ptr_array_add (self->dead, entry);
}

void
rtc_loop_wake_peer (RtcLoop *self, RtcPeerId id)
{
  RtcLoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry != NULL)
    loop_mark (entry);
}

void
rtc_loop_turn_peer (RtcLoop *self, RtcPeer *peer)
{
  RtcPeerId id = rtc_peer_get_id (peer);
  RtcLoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry == NULL || entry->peer != peer)
    return;
  loop_turn (entry, rtc_loop_now (), FALSE);
  /* The turn may have made work for hooks: a key frame to ask for. */
  atomic_store (&self->round, TRUE);
}

void
rtc_loop_foreach_peer (RtcLoop *self, void (*func) (RtcPeer *peer, gpointer data), gpointer data)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((RtcLoopPeer *) entry)->peer != NULL)
      func (((RtcLoopPeer *) entry)->peer, data);
}
