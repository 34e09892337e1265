/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdprepair.h"

#include <gst/rtp/rtp.h>

#include "gst/media/gstrtcjitterbuffer.h"
#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/media/rtc-nack-generator.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtc_sdp_debug);
#define GST_CAT_DEFAULT gst_rtc_sdp_debug

#define RTP_HEADER 12
#define BATCH 32
#define LONGEST_LATENCY 10000 /* ms; of hooks */
#define RTT_WEIGHT 8          /* RFC 6298 2.3 */

/* References: whoever made it, the probe, and the handlers of signals. */
struct _GstRtcSdpRepair {
  GstElement *buffer;
  GstPad *sink; /* of buffer */
  gulong probe;
  GstRtcJitterBuffer *hooks;
  guint32 ssrc;
  GstClockTime patience; /* a packet is of use for so long */
  gboolean asks_key_frames, has_pli;

  GMutex lock;            /* all below */
  RtcNackGenerator *nack; /* NULL: nothing is sent again */
  RtcSeqUnwrap unwrap;
  GstClockTime rtt; /* NONE: not known */
  guint8 pt;        /* of what came last */
  guint64 asked;
};

static void
clear (gpointer data)
{
  GstRtcSdpRepair *self = data;

  rtc_nack_generator_free (self->nack);
  g_object_unref (self->hooks);
  gst_object_unref (self->sink);
  gst_object_unref (self->buffer);
  g_mutex_clear (&self->lock);
}

static void
unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/* -- What is asked of the sender --------------------------------------------- */

/* Past the hooks, which take such events for the jitter buffer's own. */
static void
send_upstream (GstRtcSdpRepair *self, GstStructure *structure)
{
  GstPad *peer = gst_pad_get_peer (self->sink);
  GstEvent *event = gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, structure);

  if (peer != NULL)
    gst_pad_send_event (peer, event);
  else
    gst_event_unref (event);
  gst_clear_object (&peer);
}

/* As rtpjitterbuffer writes it; rtpsession holds feedback back for no longer than the deadline. */
static void
send_request (GstRtcSdpRepair *self, guint16 seq, GstClockTime rtt)
{
  guint rtt_ms = GST_CLOCK_TIME_IS_VALID (rtt) ? (guint) (rtt / GST_MSECOND) : 0;

  GST_LOG ("%08x: asks for %u", self->ssrc, seq);
  send_upstream (self,
      gst_structure_new ("GstRTPRetransmissionRequest", "seqnum", G_TYPE_UINT, (guint) seq, "ssrc",
          G_TYPE_UINT, self->ssrc, "delay", G_TYPE_UINT, 0, "retry", G_TYPE_UINT, 0, "frequency",
          G_TYPE_UINT, rtt_ms, "period", G_TYPE_UINT, (guint) (self->patience / GST_MSECOND),
          "deadline", G_TYPE_UINT, (guint) (self->patience / GST_MSECOND), "packet-spacing",
          G_TYPE_UINT64, (guint64) 0, "avg-rtt", G_TYPE_UINT, rtt_ms, NULL));
}

/* Sends what is due. Nothing locked. */
static void
ask (GstRtcSdpRepair *self, GstClockTime now)
{
  GstClockTime sample, rtt;
  guint16 seqs[BATCH];
  guint n;

  do {
    g_mutex_lock (&self->lock);
    sample = rtc_nack_generator_steal_rtt (self->nack);
    if (GST_CLOCK_TIME_IS_VALID (sample)) {
      rtc_time_smooth (&self->rtt, sample, RTT_WEIGHT);
      rtc_nack_generator_set_rtt (self->nack, self->rtt);
    }
    rtt = self->rtt;
    n = rtc_nack_generator_poll (self->nack, now, seqs, BATCH);
    self->asked += n;
    g_mutex_unlock (&self->lock);
    if (GST_CLOCK_TIME_IS_VALID (sample))
      gst_rtc_jitter_buffer_set_network (self->hooks, rtt, GST_CLOCK_TIME_NONE);
    for (guint i = 0; i < n; i++)
      send_request (self, seqs[i], rtt);
  } while (n == BATCH);
}

/* The jitter buffer misses a packet. */
static void
take_request (GstRtcJitterBuffer *hooks, guint ssrc, guint seq, GstRtcSdpRepair *self)
{
  GstClockTime now = gst_util_get_timestamp ();

  if (self->nack == NULL || ssrc != self->ssrc)
    return;
  g_mutex_lock (&self->lock);
  rtc_nack_generator_request (
      self->nack, rtc_seq_unwrap_peek (&self->unwrap, seq & 0xffff, 16), now);
  g_mutex_unlock (&self->lock);
  ask (self, now);
}

static void
take_key_frame_request (GstRtcJitterBuffer *hooks, GstRtcSdpRepair *self)
{
  guint pt;

  if (!self->asks_key_frames)
    return;
  g_mutex_lock (&self->lock);
  pt = self->pt;
  g_mutex_unlock (&self->lock);
  /* all-headers makes it FIR, where PLI was not announced. */
  send_upstream (
      self, gst_structure_new ("GstForceKeyUnit", "ssrc", G_TYPE_UINT, self->ssrc, "payload",
                G_TYPE_UINT, pt, "all-headers", G_TYPE_BOOLEAN, !self->has_pli, NULL));
}

/* -- What comes -------------------------------------------------------------- */

static GstPadProbeReturn
note_packet (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime now = gst_util_get_timestamp ();
  GstRtcSdpRepair *self = data;
  RtcResult result = RTC_OK;
  guint8 head[RTP_HEADER];
  guint64 ext_seq;

  if (gst_buffer_extract (buffer, 0, head, sizeof head) != sizeof head)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  self->pt = head[1] & 0x7f;
  if (self->nack != NULL) {
    ext_seq = rtc_seq_unwrap (&self->unwrap, GST_READ_UINT16_BE (head + 2));
    result = GST_BUFFER_FLAG_IS_SET (buffer, GST_RTP_BUFFER_FLAG_RETRANSMISSION)
                 ? rtc_nack_generator_handle_repair (self->nack, ext_seq, now)
                 : rtc_nack_generator_handle_packet (self->nack, ext_seq, now);
  }
  g_mutex_unlock (&self->lock);
  if (result == RTC_ERR_LIMIT)
    take_key_frame_request (self->hooks, self);
  if (self->nack != NULL)
    ask (self, now);
  return GST_PAD_PROBE_OK;
}

/* -- Life -------------------------------------------------------------------- */

/* What of the medium's formats can be repaired, and how. */
static void
read_formats (
    GstRtcSdpRepair *self, const RtcAnnouncedMedium *medium, gboolean *nack, gboolean *rtx)
{
  *nack = *rtx = FALSE;
  for (guint i = 0; i < medium->formats->len; i++) {
    const RtcAnnouncedFormat *format = &g_array_index (medium->formats, RtcAnnouncedFormat, i);

    *nack |= format->nack;
    *rtx |= format->apt >= 0;
    self->has_pli |= format->nack_pli;
    self->asks_key_frames |= format->nack_pli || format->ccm_fir;
  }
}

static RtcNackGenerator *
make_generator (const GstRtcSdpRepair *self, gboolean has_rtx)
{
  RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;

  config.has_rtx = has_rtx;
  config.max_age = self->patience;
  return rtc_nack_generator_new (&config);
}

GstRtcSdpRepair *
gst_rtc_sdp_repair_new (GstElement *buffer, const RtcAnnouncedMedium *medium, guint32 ssrc,
    const GstRtcSdpRepairConfig *config)
{
  gboolean talks = medium->is_feedback && config->sends_rtcp, nack, rtx;
  GstRtcJitterBuffer *hooks = gst_rtc_jitter_buffer_new (buffer);
  guint max_latency = MAX (config->latency, config->max_latency);
  GstRtcSdpRepair *self;

  if (hooks == NULL)
    return NULL;
  self = g_atomic_rc_box_new0 (GstRtcSdpRepair);
  read_formats (self, medium, &nack, &rtx);
  g_mutex_init (&self->lock);
  self->buffer = gst_object_ref (buffer);
  self->sink = gst_element_get_static_pad (buffer, "sink");
  self->hooks = hooks;
  self->ssrc = ssrc;
  self->rtt = GST_CLOCK_TIME_NONE;
  self->patience = max_latency * GST_MSECOND;
  self->asks_key_frames &= talks;
  if (talks && nack && max_latency > 0)
    self->nack = make_generator (self, rtx);
  /* Whatever was announced comes out; whether a damaged picture is shown is the decoder's choice.
   */
  g_object_set (hooks, "max-latency", MIN (max_latency, LONGEST_LATENCY), "min-latency",
      MIN (config->latency, LONGEST_LATENCY), "hold-picture", FALSE, NULL);
  g_object_set (buffer, "do-retransmission", self->nack != NULL, NULL);
  if (config->latency > LONGEST_LATENCY)
    g_object_set (buffer, "latency", config->latency, NULL); /* to which hooks do nothing */
  g_signal_connect_data (hooks, "request-retransmission", G_CALLBACK (take_request),
      g_atomic_rc_box_acquire (self), (GClosureNotify) (void (*) (void)) unref, 0);
  g_signal_connect_data (hooks, "request-key-frame", G_CALLBACK (take_key_frame_request),
      g_atomic_rc_box_acquire (self), (GClosureNotify) (void (*) (void)) unref, 0);
  self->probe = gst_pad_add_probe (
      self->sink, GST_PAD_PROBE_TYPE_BUFFER, note_packet, g_atomic_rc_box_acquire (self), unref);
  return self;
}

void
gst_rtc_sdp_repair_free (GstRtcSdpRepair *self)
{
  if (self == NULL)
    return;
  gst_pad_remove_probe (self->sink, self->probe);
  gst_rtc_jitter_buffer_detach (self->hooks);
  g_signal_handlers_disconnect_by_data (self->hooks, self);
  unref (self);
}

GstElement *
gst_rtc_sdp_repair_get_buffer (GstRtcSdpRepair *self)
{
  return self->buffer;
}

void
gst_rtc_sdp_repair_add_counts (GstRtcSdpRepair *self, GstRtcSdpRepairCounts *counts)
{
  GstStructure *stats = gst_rtc_jitter_buffer_get_stats (self->hooks);
  guint64 lost = 0, retransmitted = 0, key_frames = 0;

  gst_structure_get (stats, "packets-lost", G_TYPE_UINT64, &lost, "retransmitted-packets",
      G_TYPE_UINT64, &retransmitted, "key-frame-requests", G_TYPE_UINT64, &key_frames, NULL);
  gst_structure_free (stats);
  counts->lost += lost;
  counts->retransmitted += retransmitted;
  counts->key_frames += self->asks_key_frames ? key_frames : 0;
  g_mutex_lock (&self->lock);
  counts->asked += self->asked;
  g_mutex_unlock (&self->lock);
}
