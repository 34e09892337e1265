/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcreceiver.h"

#include <gst/rtp/rtp.h>

#include "gst/media/gstrtccapturetime.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/media/rtc-capture-time.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define GST_CAT_DEFAULT rtc_log_media

/* How often the hooks are told of the round trip. */
#define RTT_INTERVAL (200 * GST_MSECOND)

/* What header extensions may tell of a packet, bits of RtcRtpExtensionValues.present. */
#define HINTS ((1u << RTC_RTP_EXTENSION_PLAYOUT_DELAY) | (1u << RTC_RTP_EXTENSION_ABS_CAPTURE_TIME))

/* The unit of playout-delay. */
#define PLAYOUT_UNIT_MS 10

typedef enum {
  HOLDING, /* packets wait in held */
  FLOWING, /* they go to branch */
  DROPPING,
  ENDED,
} State;

typedef struct {
  State state;
  gboolean is_asked; /* wanted was called and not answered yet */
  guint n_codecs;
  RtcCodec codecs[RTC_NEGOTIATED_MAX_CODECS];
  gboolean has_codec;
  RtcCodec codec; /* of the last packet */
  GQueue held;    /* Held */
  GstRtcReceiveBranch *branch;
  gboolean has_ssrc;
  GstClockTime last_packet, last_rtt;
  RtcCaptureTimeReader capture_time;
  gboolean has_playout_delay;
  guint playout_min_ms, playout_max_ms; /* as the sender wishes */
  GstRtcReceiverStats stats;
} Track;

typedef struct {
  GstBuffer *buffer;
  GstClockTime arrival;
} Held;

struct _GstRtcReceiver {
  gint refs;
  GstRtcReceiverFunc wanted;
  gpointer data;
  GDestroyNotify destroy;
  GMutex lock; /* guards the rest */
  gboolean is_closed;
  Track *tracks[GST_RTC_RECEIVER_MAX_TRACKS];
};

static void
held_free (gpointer data)
{
  Held *held = data;

  gst_clear_buffer (&held->buffer);
  g_free (held);
}

/* Under the lock; NULL for an index that no session has, and for new ones after close(). */
static Track *
ensure_track (GstRtcReceiver *self, guint index)
{
  if (index >= GST_RTC_RECEIVER_MAX_TRACKS)
    return NULL;
  if (self->tracks[index] == NULL && !self->is_closed)
    self->tracks[index] = g_new0 (Track, 1);
  return self->tracks[index];
}

/* Under the lock: nothing is held any more. */
static void
drop_held (Track *track, guint64 *counter)
{
  *counter += track->held.length;
  g_queue_clear_full (&track->held, held_free);
}

/* --- [N] -------------------------------------------------------------------------------------- */

/* Under the lock: whether packets of ssrc belong to what is followed. */
static gboolean
accept_ssrc (Track *track, guint32 ssrc, GstClockTime now)
{
  if (track->has_ssrc && track->stats.ssrc != ssrc
      && now < track->last_packet + GST_RTC_RECEIVER_SILENCE)
    return FALSE;
  if (!track->has_ssrc || track->stats.ssrc != ssrc) {
    GST_INFO ("following ssrc %08x", ssrc);
    track->capture_time.has_last = FALSE;
  }
  track->has_ssrc = TRUE;
  track->stats.ssrc = ssrc;
  track->last_packet = now;
  return TRUE;
}

/* Under the lock: notes the packet's codec. FALSE when it was not agreed. *pt_changed: of the same
 * branch, with another payload type. */
static gboolean
accept_codec (Track *track, guint8 pt, gboolean *pt_changed)
{
  const RtcCodec *codec = rtc_codec_find_pt (track->codecs, track->n_codecs, pt);
  const RtcCodecInfo *info = codec == NULL ? NULL : rtc_codec_info (codec->id);

  *pt_changed = FALSE;
  if (info == NULL || !info->is_media)
    return FALSE;
  if (track->has_codec && track->codec.pt == pt)
    return TRUE;
  if (track->has_codec && track->state == FLOWING) {
    *pt_changed = track->codec.id == codec->id && track->codec.clock_rate == codec->clock_rate;
    if (!*pt_changed) {
      g_clear_object (&track->branch);
      track->state = HOLDING;
      track->is_asked = FALSE;
    }
  }
  if (track->has_codec && track->codec.clock_rate != codec->clock_rate)
    track->capture_time.has_last = FALSE;
  track->has_codec = TRUE;
  track->codec = *codec;
  return TRUE;
}

/* What is known of a packet besides its bytes. */
typedef struct {
  gboolean any; /* values says something */
  RtcRtpExtensionValues values;
  gboolean has_ntp64; /* it was captured at ntp64 */
  guint64 ntp64;
} Hints;

/* Under the lock: what the packet says of the track, and the track of the packet. *delay_changed:
 * the sender wishes for another playout delay. */
static void
take_hints (Track *track, const RtcPacket *packet, Hints *hints, gboolean *delay_changed)
{
  const RtcRtpExtensionValues *values = &hints->values;
  guint32 rtp_ts = GST_READ_UINT32_BE (packet->data + 4);

  if (hints->any && rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_ABS_CAPTURE_TIME))
    rtc_capture_time_reader_take (&track->capture_time, rtp_ts, values->abs_capture_ntp64);
  hints->has_ntp64 = track->has_codec
                     && rtc_capture_time_reader_find (
                         &track->capture_time, rtp_ts, track->codec.clock_rate, &hints->ntp64);
  if (hints->any && rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_PLAYOUT_DELAY)) {
    guint min_ms = values->playout_min * PLAYOUT_UNIT_MS;
    guint max_ms = values->playout_max * PLAYOUT_UNIT_MS;

    *delay_changed = !track->has_playout_delay || track->playout_min_ms != min_ms
                     || track->playout_max_ms != max_ms;
    track->has_playout_delay = TRUE;
    track->playout_min_ms = min_ms;
    track->playout_max_ms = max_ms;
  }
}

static GstBuffer *
copy_packet (const RtcPacket *packet, const Hints *hints)
{
  GstBuffer *buffer = gst_buffer_new_memdup (packet->data, packet->len);

  if (hints->has_ntp64)
    gst_rtc_capture_time_add (buffer, hints->ntp64);
  if (packet->flags & RTC_PACKET_RETRANSMISSION)
    GST_BUFFER_FLAG_SET (buffer, GST_RTP_BUFFER_FLAG_RETRANSMISSION);
  return buffer;
}

/* Under the lock. */
static void
hold_packet (Track *track, const RtcPacket *packet, const Hints *hints)
{
  Held *held;

  if (track->held.length >= GST_RTC_RECEIVER_MAX_HELD) {
    track->stats.dropped_limit++;
    return;
  }
  held = g_new (Held, 1);
  held->buffer = copy_packet (packet, hints);
  held->arrival = packet->time;
  g_queue_push_tail (&track->held, held);
}

/* What is to be done with a packet once the lock is given back. */
typedef struct {
  GstRtcReceiveBranch *branch; /* owned */
  gboolean pt_changed, delay_changed, tell_rtt, ask;
  RtcCodec codec;
  guint playout_min_ms, playout_max_ms;
} Decision;

/* Under the lock. */
static void
decide (Track *track, guint32 ssrc, const RtcPacket *packet, Hints *hints, Decision *decision)
{
  guint8 pt = packet->data[1] & 0x7f;

  track->stats.packets++;
  if (track->state == ENDED)
    return;
  if (!accept_ssrc (track, ssrc, packet->time)
      || (track->n_codecs > 0 && !accept_codec (track, pt, &decision->pt_changed))) {
    track->stats.dropped_foreign++;
    return;
  }
  take_hints (track, packet, hints, &decision->delay_changed);
  switch (track->state) {
    case FLOWING:
      decision->playout_min_ms = track->playout_min_ms;
      decision->playout_max_ms = track->playout_max_ms;
      decision->branch = g_object_ref (track->branch);
      decision->codec = track->codec;
      decision->tell_rtt = packet->time >= track->last_rtt + RTT_INTERVAL;
      if (decision->tell_rtt)
        track->last_rtt = packet->time;
      break;
    case HOLDING:
      hold_packet (track, packet, hints);
      decision->ask = track->has_codec && !track->is_asked;
      track->is_asked |= decision->ask;
      break;
    case DROPPING:
      track->stats.dropped_unlinked++;
      break;
    case ENDED:
    default:
      break;
  }
}

static void
count_drop (GstRtcReceiver *self, guint index)
{
  g_mutex_lock (&self->lock);
  self->tracks[index]->stats.dropped_limit++;
  g_mutex_unlock (&self->lock);
}

static void
handle_rtp (gpointer receiver, RtcPeer *peer, guint index, guint32 ssrc, const RtcPacket *packet)
{
  GstRtcReceiver *self = receiver;
  Decision decision = { 0 };
  Hints hints; /* large, and mostly empty */
  Track *track;

  if (packet->len < RTC_RTP_HEADER_LEN)
    return;
  hints.any = rtc_peer_read_extensions (peer, packet, HINTS, &hints.values);
  hints.has_ntp64 = FALSE;
  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  if (track != NULL)
    decide (track, ssrc, packet, &hints, &decision);
  g_mutex_unlock (&self->lock);
  if (decision.ask)
    self->wanted (self, index, self->data);
  if (decision.branch == NULL)
    return;
  if (decision.pt_changed)
    gst_rtc_receive_branch_set_codec (decision.branch, &decision.codec);
  if (decision.delay_changed)
    gst_rtc_jitter_buffer_set_playout_delay (gst_rtc_receive_branch_get_hooks (decision.branch),
        decision.playout_min_ms, decision.playout_max_ms);
  if (decision.tell_rtt)
    gst_rtc_jitter_buffer_set_network (gst_rtc_receive_branch_get_hooks (decision.branch),
        rtc_peer_get_rtt (peer), GST_CLOCK_TIME_NONE);
  if (!gst_rtc_receive_branch_push (decision.branch, copy_packet (packet, &hints), packet->time))
    count_drop (self, index);
  g_object_unref (decision.branch);
}

/* Each jitter buffer takes the report of its own stream out of the compound. */
static void
handle_rtcp (gpointer receiver, RtcPeer *peer, const RtcPacket *packet)
{
  GstRtcReceiver *self = receiver;
  GstRtcReceiveBranch *branches[GST_RTC_RECEIVER_MAX_TRACKS];
  GstBuffer *buffer;
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < GST_RTC_RECEIVER_MAX_TRACKS; i++) {
    if (self->tracks[i] != NULL && self->tracks[i]->branch != NULL)
      branches[n++] = g_object_ref (self->tracks[i]->branch);
  }
  g_mutex_unlock (&self->lock);
  if (n == 0)
    return;
  buffer = gst_buffer_new_memdup (packet->data, packet->len);
  for (guint i = 0; i < n; i++) {
    gst_rtc_jitter_buffer_push_rtcp (
        gst_rtc_receive_branch_get_hooks (branches[i]), gst_buffer_ref (buffer));
    g_object_unref (branches[i]);
  }
  gst_buffer_unref (buffer);
}

/* The next SSRC may follow at once. */
static void
handle_stream_end (gpointer receiver, RtcPeer *peer, guint index, guint32 ssrc)
{
  GstRtcReceiver *self = receiver;
  Track *track;

  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  if (track != NULL && track->has_ssrc && track->stats.ssrc == ssrc)
    track->has_ssrc = FALSE;
  g_mutex_unlock (&self->lock);
}

const GstRtcSessionReceiverFuncs gst_rtc_receiver_funcs = { handle_rtp, handle_rtcp,
  handle_stream_end };

/* --- [C] -------------------------------------------------------------------------------------- */

GstRtcReceiver *
gst_rtc_receiver_new (GstRtcReceiverFunc wanted, gpointer data, GDestroyNotify destroy)
{
  GstRtcReceiver *self = g_new0 (GstRtcReceiver, 1);

  self->refs = 1;
  self->wanted = wanted;
  self->data = data;
  self->destroy = destroy;
  g_mutex_init (&self->lock);
  return self;
}

GstRtcReceiver *
gst_rtc_receiver_ref (GstRtcReceiver *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_receiver_unref (gpointer data)
{
  GstRtcReceiver *self = data;

  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  for (guint i = 0; i < GST_RTC_RECEIVER_MAX_TRACKS; i++) {
    if (self->tracks[i] == NULL)
      continue;
    g_queue_clear_full (&self->tracks[i]->held, held_free);
    g_clear_object (&self->tracks[i]->branch);
    g_free (self->tracks[i]);
  }
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Under the lock: packets came before it was known what they are. */
static gboolean
judge_held (Track *track)
{
  gboolean pt_changed;
  GList *next;

  for (GList *l = track->held.head; l != NULL; l = next) {
    Held *held = l->data;
    guint8 byte = 0;

    next = l->next;
    gst_buffer_extract (held->buffer, 1, &byte, 1);
    if (accept_codec (track, byte & 0x7f, &pt_changed))
      continue;
    track->stats.dropped_foreign++;
    g_queue_delete_link (&track->held, l);
    held_free (held);
  }
  return track->has_codec && track->held.length > 0;
}

void
gst_rtc_receiver_set_codecs (
    GstRtcReceiver *self, guint index, const RtcCodec *codecs, guint n_codecs)
{
  gboolean ask = FALSE;
  Track *track;

  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  if (track != NULL && track->state != ENDED) {
    track->n_codecs = MIN (n_codecs, RTC_NEGOTIATED_MAX_CODECS);
    memcpy (track->codecs, codecs, track->n_codecs * sizeof *codecs);
    if (track->state == HOLDING && !track->is_asked)
      ask = track->is_asked = judge_held (track);
  }
  g_mutex_unlock (&self->lock);
  if (ask)
    self->wanted (self, index, self->data);
}

gboolean
gst_rtc_receiver_get_codec (GstRtcReceiver *self, guint index, RtcCodec *codec)
{
  gboolean has_codec;
  Track *track;

  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  has_codec = track != NULL && track->has_codec;
  if (has_codec)
    *codec = track->codec;
  g_mutex_unlock (&self->lock);
  return has_codec;
}

/* The next packet that is held; NULL: there is none, and from now on they go straight to branch.
 * Also NULL when somebody has decided otherwise meanwhile. */
static Held *
next_held (GstRtcReceiver *self, Track *track, GstRtcReceiveBranch *branch)
{
  Held *held = NULL;

  g_mutex_lock (&self->lock);
  if (track->state == HOLDING) {
    held = g_queue_pop_head (&track->held);
    if (held == NULL) {
      track->state = FLOWING;
      track->is_asked = FALSE;
      track->branch = g_object_ref (branch);
      if (track->has_playout_delay)
        gst_rtc_jitter_buffer_set_playout_delay (gst_rtc_receive_branch_get_hooks (branch),
            track->playout_min_ms, track->playout_max_ms);
    }
  }
  g_mutex_unlock (&self->lock);
  return held;
}

void
gst_rtc_receiver_set_branch (GstRtcReceiver *self, guint index, GstRtcReceiveBranch *branch)
{
  Track *track;
  Held *held;

  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  g_mutex_unlock (&self->lock);
  while (track != NULL && (held = next_held (self, track, branch)) != NULL) {
    gst_rtc_receive_branch_push (branch, g_steal_pointer (&held->buffer), held->arrival);
    held_free (held);
  }
}

/* Another state than FLOWING, without a branch. */
static void
leave_branch (GstRtcReceiver *self, guint index, State state)
{
  GstRtcReceiveBranch *branch = NULL;
  Track *track;

  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  if (track != NULL && track->state != ENDED) {
    branch = g_steal_pointer (&track->branch);
    track->state = state;
    track->is_asked = state == HOLDING;
    if (state != HOLDING)
      drop_held (track, &track->stats.dropped_unlinked);
  }
  g_mutex_unlock (&self->lock);
  g_clear_object (&branch);
}

void
gst_rtc_receiver_set_unwanted (GstRtcReceiver *self, guint index)
{
  leave_branch (self, index, DROPPING);
}

void
gst_rtc_receiver_hold (GstRtcReceiver *self, guint index)
{
  leave_branch (self, index, HOLDING);
}

void
gst_rtc_receiver_end (GstRtcReceiver *self, guint index)
{
  leave_branch (self, index, ENDED);
}

void
gst_rtc_receiver_close (GstRtcReceiver *self)
{
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < GST_RTC_RECEIVER_MAX_TRACKS; i++)
    leave_branch (self, i, ENDED);
}

void
gst_rtc_receiver_get_stats (GstRtcReceiver *self, guint index, GstRtcReceiverStats *out)
{
  Track *track;

  g_mutex_lock (&self->lock);
  track = ensure_track (self, index);
  *out = track != NULL ? track->stats : (GstRtcReceiverStats){ 0 };
  g_mutex_unlock (&self->lock);
}
