/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* loop-counters.h - counters in place of peers and fan-outs, and gates to hold a loop still, for
 * programs that test nothing but the loop. Included once by each: it defines rtc_peer_*. */
#pragma once

#include <pthread.h>
#include <string.h>
#include "gst/rtc/loop/rtc-loop.h"
#include "gst/rtc/peer/rtc-fanout.h"

/* --- counters in place of peers and fan-outs --- */

struct _RtcPeer {
  RtcPeerId id;
  RtcLoop *loop;
  GstClockTime deadline;
  guint n_backends, n_timeouts, n_flushes, n_outputs; /* n_outputs: yet to be polled */
  gboolean is_polled;                                 /* inside of poll..flush */
  gboolean is_patient;
  gboolean has_report;                                /* that leaves with the media */
  guint n_reports;
  RtcFanout *fanout;                                  /* attached */
};

static gint n_peers_alive;

struct _RtcFanout {
  guint n_pushed, n_requests;
  gboolean key_frame_wanted;
  gboolean saw_discont;
  GPtrArray *peers; /* attached */
};

static RtcFanout *last_fanout;

RtcPeerId
rtc_peer_get_id (const RtcPeer *self)
{
  return self->id;
}

void
rtc_peer_handle_backends (RtcPeer *self, GstClockTime now)
{
  g_assert_true (rtc_loop_is_network_thread (self->loop));
  g_assert_false (self->is_polled);
  self->n_backends++;
}

void
rtc_peer_handle_timeout (RtcPeer *self, GstClockTime now)
{
  g_assert_cmpuint (now, >=, self->deadline);
  self->n_timeouts++;
  self->deadline = GST_CLOCK_TIME_NONE;
}

GstClockTime
rtc_peer_next_deadline (RtcPeer *self)
{
  return self->deadline;
}

gboolean
rtc_peer_poll (RtcPeer *self, RtcOutput *out)
{
  self->is_polled = self->n_outputs > 0;
  if (self->n_outputs == 0)
    return FALSE;
  self->n_outputs--;
  memset (out, 0, sizeof *out);
  out->type = RTC_OUTPUT_RTP;
  out->packet = rtc_packet_new (NULL, 0, 10);
  return TRUE;
}

/* The loop's programs have no second source to go over to. */
RtcResult
rtc_peer_attach_next (
    RtcPeer *self, GstClockTime now, guint transceiver, RtcFanout *fanout, gboolean hurry)
{
  return RTC_ERR_STATE;
}

gboolean
rtc_peer_needs_turn (const RtcPeer *self)
{
  return self->n_outputs > 0;
}

gboolean
rtc_peer_report_along (RtcPeer *self, GstClockTime now)
{
  g_assert_cmpuint (now, >, 0);
  self->n_reports += self->has_report ? 1 : 0;
  return self->has_report;
}

gboolean
rtc_peer_is_patient (const RtcPeer *self)
{
  return self->is_patient;
}

void
rtc_peer_flush (RtcPeer *self)
{
  g_assert_cmpuint (self->n_outputs, ==, 0);
  self->n_flushes++;
}

void
rtc_peer_free (RtcPeer *self)
{
  if (self == NULL)
    return;
  g_assert_false (self->is_polled);
  rtc_peer_attach (self, 0, 0, NULL);
  g_atomic_int_add (&n_peers_alive, -1);
  g_free (self);
}

RtcResult
rtc_peer_attach (RtcPeer *self, GstClockTime now, guint transceiver, RtcFanout *fanout)
{
  if (self->fanout != NULL)
    g_ptr_array_remove (self->fanout->peers, self);
  self->fanout = fanout;
  if (fanout != NULL)
    g_ptr_array_add (fanout->peers, self);
  return RTC_OK;
}

RtcFanout *
rtc_peer_find_fanout (const RtcPeer *self, guint transceiver)
{
  return self->fanout;
}

RtcFanout *
rtc_fanout_new (const RtcFanoutConfig *config)
{
  last_fanout = g_new0 (RtcFanout, 1);
  last_fanout->peers = g_ptr_array_new ();
  return last_fanout;
}

void
rtc_fanout_unref (RtcFanout *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->peers->len; i++)
    ((RtcPeer *) g_ptr_array_index (self->peers, i))->fanout = NULL;
  g_ptr_array_unref (self->peers);
  g_free (self);
}

guint
rtc_fanout_get_n_peers (const RtcFanout *self)
{
  return self->peers->len;
}

RtcPeer *
rtc_fanout_get_peer (const RtcFanout *self, guint index)
{
  return g_ptr_array_index (self->peers, index);
}

void
rtc_fanout_push_many (RtcFanout *self, GstClockTime now, RtcPacket *const *packets, guint n)
{
  for (guint i = 0; i < n; i++) {
    self->n_pushed++;
    self->saw_discont |= (packets[i]->flags & RTC_PACKET_DISCONT) != 0;
    rtc_packet_unref (packets[i]);
  }
}

void
rtc_fanout_request_key_frame (RtcFanout *self, GstClockTime now, gboolean joining)
{
  self->n_requests++;
  self->key_frame_wanted = TRUE;
}

gboolean
rtc_fanout_poll_key_frame (RtcFanout *self, GstClockTime now)
{
  gboolean wanted = self->key_frame_wanted;

  self->key_frame_wanted = FALSE;
  return wanted;
}

GstClockTime
rtc_fanout_next_deadline (const RtcFanout *self)
{
  return GST_CLOCK_TIME_NONE;
}

static inline RtcPeer *
peer_new (RtcLoop *loop)
{
  RtcPeer *self = g_new0 (RtcPeer, 1);

  self->id = rtc_loop_new_peer_id (loop);
  self->loop = loop;
  self->deadline = GST_CLOCK_TIME_NONE;
  g_atomic_int_inc (&n_peers_alive);
  return self;
}

static inline void
nothing (gpointer data)
{
}

/* Everything posted before has run when this returns; so have the rounds it made. */
static inline void
sync_loop (RtcLoop *loop)
{
  for (guint i = 0; i < 3; i++)
    rtc_loop_call (loop, nothing, NULL);
}

/* --- gates --- */

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t cond;
  gboolean done;
} Latch;

/* Of pthread's, for ThreadSanitizer's sake. */
#define LATCH_INIT                                                                                 \
  {                                                                                                \
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, FALSE                                     \
  }

static inline void
latch_open (gpointer data)
{
  Latch *latch = data;

  pthread_mutex_lock (&latch->lock);
  latch->done = TRUE;
  pthread_cond_signal (&latch->cond);
  pthread_mutex_unlock (&latch->lock);
}

static inline void
latch_wait (Latch *latch)
{
  pthread_mutex_lock (&latch->lock);
  while (!latch->done)
    pthread_cond_wait (&latch->cond, &latch->lock);
  latch->done = FALSE;
  pthread_mutex_unlock (&latch->lock);
}

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t cond;
  gboolean blocked, may_go;
  gint key_frames;
  Latch key_frame;
  Latch gone; /* the source lets go of the gate */
} Gate;

#define GATE_INIT                                                                                  \
  {                                                                                                \
    .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER, .key_frame = LATCH_INIT,  \
    .gone = LATCH_INIT                                                                             \
  }

/* Keeps [N] busy until the gate opens: the ring fills meanwhile. */
static inline void
gate_block (gpointer data)
{
  Gate *gate = data;

  pthread_mutex_lock (&gate->lock);
  gate->blocked = TRUE;
  pthread_cond_broadcast (&gate->cond);
  while (!gate->may_go)
    pthread_cond_wait (&gate->cond, &gate->lock);
  pthread_mutex_unlock (&gate->lock);
}

static inline void
gate_key_frame (gpointer data)
{
  Gate *gate = data;

  g_atomic_int_inc (&gate->key_frames);
  latch_open (&gate->key_frame);
}

static inline void
gate_close (RtcLoop *loop, Gate *gate)
{
  gate->blocked = gate->may_go = FALSE;
  rtc_loop_post (loop, gate_block, gate, NULL);
  pthread_mutex_lock (&gate->lock);
  while (!gate->blocked)
    pthread_cond_wait (&gate->cond, &gate->lock);
  pthread_mutex_unlock (&gate->lock);
}

static inline void
gate_open (Gate *gate)
{
  pthread_mutex_lock (&gate->lock);
  gate->may_go = TRUE;
  pthread_cond_broadcast (&gate->cond);
  pthread_mutex_unlock (&gate->lock);
}
