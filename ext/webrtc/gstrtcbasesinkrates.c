/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* From the sessions' targets to the encoders: each target is divided among the streams of its
 * viewer, each encoder gets the rate that its viewers' shares come to. rtc-bitrate-policy.h has the
 * rules; here is who is asked and told. All of it on [C] unless said otherwise. */
#include "ext/webrtc/gstrtcbasesinkprivate.h"

#include <math.h>

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/cc/rtc-bitrate-policy.h"
#include "gst/rtc/loop/rtc-loop.h"

#define GST_CAT_DEFAULT rtc_log_cc

/* Targets that change together are looked at together; with many viewers something changes all the
 * time, so that is done less often then: 1 ms more for each GATHER_VIEWERS. */
#define GATHER_MS 20
#define GATHER_VIEWERS 10
#define TICK_MS (RTC_ENCODE_PLAN_RISE_INTERVAL / GST_MSECOND)

/* Opus: what is always granted, what it wishes when the encoder does not say, packets a second. */
#define AUDIO_FLOOR 16000
#define AUDIO_WISH 64000
#define AUDIO_PACKETS 50

/* The lowest rate that Opus is told (RFC 6716 1). */
#define AUDIO_LEAST 6000

#define VIDEO_FPS 30

/* --- the share of each viewer in each stream --------------------------------------------------
 */

static void
describe_audio (
    const GstRtcBaseSinkUse *use, const GstRtcStreamEncode *encode, RtcPolicyStream *out)
{
  guint64 wish = encode->own_bps > 0 ? encode->own_bps : AUDIO_WISH;

  if (use->codec == RTC_CODEC_OPUS && use->opus.max_average_bitrate >= AUDIO_LEAST)
    wish = MIN (wish, use->opus.max_average_bitrate);
  *out = (RtcPolicyStream){ .is_first = TRUE,
    .floor_bps = MIN (wish, AUDIO_FLOOR),
    .wish_bps = wish,
    .unit_rate = AUDIO_PACKETS };
}

static void
describe_video (
    const GstRtcBaseSinkViewer *viewer, const GstRtcStreamEncode *encode, RtcPolicyStream *out)
{
  const RtcEncodeSetting *setting = &encode->setting;
  gdouble fps = encode->format.fps > 0 ? encode->format.fps : VIDEO_FPS;
  guint64 pixels = (guint64) encode->format.width * encode->format.height;

  *out = (RtcPolicyStream){ .weight = pixels == 0 ? 1 : (guint64) sqrt ((gdouble) pixels),
    .unit_rate = (guint) (fps * setting->keep / MAX (1, setting->of)),
    .repair_share = viewer->target.repair };
}

/* FALSE when nothing of it is sent. */
static gboolean
describe_use (
    const GstRtcBaseSinkViewer *viewer, const GstRtcBaseSinkUse *use, RtcPolicyStream *out)
{
  gboolean is_video = gst_rtc_stream_get_kind (use->stream) == RTC_MEDIA_VIDEO;
  GstRtcStreamEncode encode;

  if (use->codec == RTC_CODEC_UNKNOWN
      || !gst_rtc_stream_get_encode (use->sent, use->codec, use->rung, &encode))
    return FALSE;
  if (use->choice.n_rungs > 1 && is_video)
    describe_video (viewer, &encode, out); /* with a choice there is something to steer */
  else if (!encode.can_steer)
    *out = (RtcPolicyStream){ .is_first = TRUE,
      .floor_bps = encode.made_bps,
      .wish_bps = encode.made_bps,
      .unit_rate = is_video ? VIDEO_FPS : AUDIO_PACKETS };
  else if (is_video)
    describe_video (viewer, &encode, out);
  else
    describe_audio (use, &encode, out);
  return TRUE;
}

/* Lets the application divide otherwise ("define-encoder-bitrates"). */
static void
ask_shares (GstRtcBaseSink *self, GstRtcBaseSinkViewer *viewer)
{
  guint signal = gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_DEFINE_ENCODER_BITRATES);
  GstStructure *ours, *theirs = NULL;

  if (viewer->session == NULL || !g_signal_has_handler_pending (self, signal, 0, FALSE))
    return;
  ours = gst_structure_new_empty ("webrtcsink/encoder-bitrates");
  for (guint i = 0; i < viewer->uses->len; i++) {
    const GstRtcBaseSinkUse *use = &g_array_index (viewer->uses, GstRtcBaseSinkUse, i);

    if (use->share_bps > 0)
      gst_structure_set (ours, gst_rtc_stream_get_name (use->stream), G_TYPE_INT,
          (gint) MIN (use->share_bps, G_MAXINT), NULL);
  }
  if (gst_structure_n_fields (ours) > 0)
    g_signal_emit (self, signal, 0, gst_rtc_session_get_id (viewer->session),
        (gint) MIN (viewer->target.bps, G_MAXINT), ours, &theirs);
  for (guint i = 0; theirs != NULL && i < viewer->uses->len; i++) {
    GstRtcBaseSinkUse *use = &g_array_index (viewer->uses, GstRtcBaseSinkUse, i);
    gint rate;

    if (use->share_bps > 0
        && gst_structure_get_int (theirs, gst_rtc_stream_get_name (use->stream), &rate) && rate > 0)
      use->share_bps = (guint64) rate;
  }
  gst_structure_free (ours);
  g_clear_pointer (&theirs, gst_structure_free);
}

static void
divide_target (GstRtcBaseSink *self, GstRtcBaseSinkViewer *viewer)
{
  RtcPolicyStream *streams = g_new0 (RtcPolicyStream, viewer->uses->len + 1);
  guint *index = g_new0 (guint, viewer->uses->len + 1);
  guint n = 0;

  for (guint i = 0; i < viewer->uses->len; i++) {
    GstRtcBaseSinkUse *use = &g_array_index (viewer->uses, GstRtcBaseSinkUse, i);

    use->share_bps = 0;
    if (describe_use (viewer, use, &streams[n]))
      index[n++] = i;
  }
  rtc_bitrate_policy_split (viewer->target.bps, streams, n);
  for (guint i = 0; i < n; i++) {
    /* Nothing left is a target, too; 0 would be none. */
    g_array_index (viewer->uses, GstRtcBaseSinkUse, index[i]).share_bps =
        MAX (1, streams[i].media_bps);
  }
  g_free (index);
  g_free (streams);
  ask_shares (self, viewer);
}

/* --- the rate of each encoder -----------------------------------------------------------------
 */

/* One encode and those who watch it. */
typedef struct {
  GstRtcStream *stream; /* borrowed */
  RtcCodecId codec;
  guint rung;
  GArray *viewers; /* RtcPolicyViewer */
  GArray *losses;  /* gdouble */
  GPtrArray *uses; /* GstRtcBaseSinkUse, borrowed, in the same order */
  gboolean use_fec, avoid_dtx;
} Audience;

static void
audience_clear (gpointer data)
{
  Audience *audience = data;

  g_array_unref (audience->viewers);
  g_array_unref (audience->losses);
  g_ptr_array_unref (audience->uses);
}

static Audience *
find_audience (GArray *audiences, const GstRtcBaseSinkUse *use)
{
  Audience audience = { .stream = use->sent, .codec = use->codec, .rung = use->rung };

  for (guint i = 0; i < audiences->len; i++) {
    Audience *one = &g_array_index (audiences, Audience, i);

    if (one->stream == use->sent && one->codec == use->codec && one->rung == use->rung)
      return one;
  }
  audience.viewers = g_array_new (FALSE, FALSE, sizeof (RtcPolicyViewer));
  audience.losses = g_array_new (FALSE, FALSE, sizeof (gdouble));
  audience.uses = g_ptr_array_new ();
  g_array_append_val (audiences, audience);
  return &g_array_index (audiences, Audience, audiences->len - 1);
}

static void
join_audience (
    GArray *audiences, const GstRtcBaseSinkViewer *viewer, GstRtcBaseSinkUse *use, GstClockTime now)
{
  Audience *audience = find_audience (audiences, use);
  /* One without the upper layers takes nothing off those who get all. */
  RtcPolicyViewer policy = { .target_bps = use->choice.is_thin
                                               ? MAX (use->share_bps, use->choice.least_bps)
                                               : use->share_bps,
    .is_new = viewer->since == 0 || now - viewer->since < RTC_BITRATE_POLICY_GRACE,
    .is_behind = use->is_behind };

  g_array_append_val (audience->viewers, policy);
  g_array_append_val (audience->losses, viewer->target.loss);
  g_ptr_array_add (audience->uses, use);
  if (use->codec == RTC_CODEC_OPUS) {
    audience->use_fec |= use->opus.use_inband_fec;
    audience->avoid_dtx |= !use->opus.use_dtx;
  }
}

static void
read_target (GstRtcBaseSinkViewer *viewer, GstClockTime now)
{
  if (viewer->session != NULL)
    gst_rtc_session_get_target (viewer->session, &viewer->target);
  if (viewer->since == 0 && viewer->target.bps > 0)
    viewer->since = now;
}

/* What there is for each viewer, and for each of its streams. */
static void
divide_targets (GstRtcBaseSink *self, GstClockTime now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->viewers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GstRtcBaseSinkViewer *viewer = value;

    read_target (viewer, now);
    if (viewer->target.bps > 0)
      divide_target (self, viewer);
  }
}

static GArray *
list_audiences (GstRtcBaseSink *self, GstClockTime now)
{
  GArray *audiences = g_array_new (FALSE, FALSE, sizeof (Audience));
  GHashTableIter iter;
  gpointer value;

  g_array_set_clear_func (audiences, audience_clear);
  g_hash_table_iter_init (&iter, self->viewers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GstRtcBaseSinkViewer *viewer = value;

    for (guint i = 0; i < viewer->uses->len; i++) {
      GstRtcBaseSinkUse *use = &g_array_index (viewer->uses, GstRtcBaseSinkUse, i);

      if (use->codec != RTC_CODEC_UNKNOWN)
        join_audience (audiences, viewer, use, now);
    }
  }
  return audiences;
}

/* What the encode has become since is what its viewers get. */
static void
note_limits (GstRtcBaseSink *self, Audience *audience, GstClockTime now)
{
  GstRtcStreamEncode encode;

  if (!gst_rtc_stream_get_encode (audience->stream, audience->codec, audience->rung, &encode))
    return;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < audience->uses->len; i++) {
    GstRtcBaseSinkUse *use = audience->uses->pdata[i];

    rtc_quality_limit_note (&use->limit, now,
        encode.setting.modes != RTC_MITIGATION_NONE || use->is_behind, encode.setting.width,
        encode.setting.height);
  }
  g_mutex_unlock (&self->lock);
}

static void
steer_audience (GstRtcBaseSink *self, Audience *audience, GstClockTime now)
{
  gboolean is_audio = gst_rtc_stream_get_kind (audience->stream) == RTC_MEDIA_AUDIO;
  GstRtcStreamSteering how = { 0 };
  GstRtcStreamEncode encode;
  gdouble loss;

  if (!gst_rtc_stream_get_encode (audience->stream, audience->codec, audience->rung, &encode))
    return;
  how.wish_bps = rtc_bitrate_policy_pick (
      (RtcPolicyViewer *) (gpointer) audience->viewers->data, audience->viewers->len);
  g_mutex_lock (&self->lock);
  if (self->congestion_control == GST_RTC_CONGESTION_CONTROL_DISABLED)
    how.wish_bps = 0;
  how.min_bps = is_audio ? AUDIO_LEAST : self->min_bitrate;
  how.max_bps = is_audio ? MAX (AUDIO_LEAST, encode.own_bps) : self->max_bitrate;
  if (encode.nominal_bps > 0)
    how.max_bps = MIN (how.max_bps, encode.nominal_bps);
  how.modes = self->mitigation_modes;
  how.use_dtx = self->do_dtx || !audience->avoid_dtx;
  for (guint i = 0; i < audience->uses->len; i++)
    ((GstRtcBaseSinkUse *) audience->uses->pdata[i])->is_behind =
        how.wish_bps > 0 && g_array_index (audience->viewers, RtcPolicyViewer, i).is_behind;
  g_mutex_unlock (&self->lock);
  how.use_fec = audience->use_fec;
  loss = rtc_bitrate_policy_pick_loss (
      (const gdouble *) (gpointer) audience->losses->data, audience->losses->len);
  how.loss_percent = (guint) (loss * 100 + 0.5);
  gst_rtc_stream_steer (audience->stream, audience->codec, audience->rung, &how, now);
  if (!is_audio)
    note_limits (self, audience, now);
}

static void
update (GstRtcBaseSink *self)
{
  GstClockTime now = rtc_loop_now ();
  GArray *audiences;

  divide_targets (self, now);
  gst_rtc_base_sink_choose_rungs (self, now);
  audiences = list_audiences (self, now);
  for (guint i = 0; i < audiences->len; i++)
    steer_audience (self, &g_array_index (audiences, Audience, i), now);
  g_array_unref (audiences);
}

/* --- when -------------------------------------------------------------------------------------
 */

static void
stop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
on_tick (gpointer data)
{
  update (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_gathered (gpointer data)
{
  GstRtcBaseSink *self = data;

  stop_source (&self->gather);
  update (self);
  return G_SOURCE_REMOVE;
}

/* Calls func on [C] after ms, again and again if it says so. */
static GSource *
start_source (GstRtcBaseSink *self, guint ms, GSourceFunc func)
{
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));
  GSource *source;

  if (loop == NULL)
    return NULL;
  source = g_timeout_source_new (ms);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, rtc_loop_get_control_context (loop));
  rtc_loop_unref (loop);
  return source;
}

void
gst_rtc_base_sink_start_rates (GstRtcBaseSink *self)
{
  if (self->tick == NULL)
    self->tick = start_source (self, TICK_MS, on_tick);
}

void
gst_rtc_base_sink_stop_rates (GstRtcBaseSink *self)
{
  stop_source (&self->tick);
  stop_source (&self->gather);
}

void
gst_rtc_base_sink_gather_targets (GstRtcBaseSink *self)
{
  guint n_viewers = g_hash_table_size (self->viewers);

  if (self->gather == NULL)
    self->gather =
        start_source (self, MIN (TICK_MS, GATHER_MS + n_viewers / GATHER_VIEWERS), on_gathered);
}
