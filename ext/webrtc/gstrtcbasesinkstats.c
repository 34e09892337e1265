/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What a sink adds to a session's statistics: the encoders that the viewer watches, in the shape of
 * gst-plugins-rs' webrtcsink, and the reason why the picture is no better, as webrtc-stats has it.
 */
#include "ext/webrtc/gstrtcbasesinkprivate.h"

#include "gst/rtc/loop/rtc-loop.h"

/* What is sent of one stream. */
typedef struct {
  GstRtcStream *stream; /* owned */
  RtcCodecId codec;
  guint rung;
  guint transceiver, place;
  guint64 n_changes;
  gboolean is_thin;
  RtcQualityLimit limit;
} Sent;

static void
sent_clear (gpointer data)
{
  gst_rtc_stream_unref (((Sent *) data)->stream);
}

static GArray *
list_sent (GstRtcBaseSink *self, const gchar *session_id)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Sent));
  GstRtcBaseSinkViewer *viewer;

  g_array_set_clear_func (list, sent_clear);
  g_mutex_lock (&self->lock);
  viewer = g_hash_table_lookup (self->viewers, session_id);
  for (guint i = 0; viewer != NULL && i < viewer->uses->len; i++) {
    const GstRtcBaseSinkUse *use = &g_array_index (viewer->uses, GstRtcBaseSinkUse, i);
    Sent sent = { .stream = use->sent,
      .codec = use->codec,
      .rung = use->rung,
      .transceiver = i,
      .place = use->choice.rung,
      .n_changes = use->choice.n_changes,
      .is_thin = use->choice.is_thin,
      .limit = use->limit };

    if (use->codec == RTC_CODEC_UNKNOWN)
      continue;
    gst_rtc_stream_ref (use->sent);
    g_array_append_val (list, sent);
  }
  g_mutex_unlock (&self->lock);
  return list;
}

static guint64
get_rate (const GstRtcStreamEncode *encode)
{
  return encode->setting.rate_bps > 0 ? encode->setting.rate_bps : encode->own_bps;
}

/* Appends the structure of one video encoder. */
static void
add_encoder (GValue *encoders, const GstRtcStreamEncode *encode, guint fec_percentage)
{
  const RtcEncodeSetting *setting = &encode->setting;
  GValue value = G_VALUE_INIT;
  guint64 rate = get_rate (encode);
  GstStructure *structure = gst_structure_new ("application/x-webrtcsink-video-encoder-stats",
      "bitrate", G_TYPE_INT, (gint) MIN (rate, G_MAXINT), "mitigation-mode",
      GST_TYPE_RTC_MITIGATION_MODE, setting->modes, "codec-name", G_TYPE_STRING,
      rtc_codec_info (encode->codec)->name, "fec-percentage", G_TYPE_UINT, fec_percentage, NULL);

  g_value_init (&value, GST_TYPE_STRUCTURE);
  gst_value_set_structure (&value, structure);
  gst_value_array_append_value (encoders, &value);
  g_value_unset (&value);
  gst_structure_free (structure);
}

/* Only while pictures are given up, says webrtc-stats, is the quality limited. */
static void
set_limitation (GstStructure *outbound, const Sent *sent, const GstRtcStreamEncode *encode)
{
  const RtcEncodeSetting *setting = &encode->setting;
  GstClockTime none, bandwidth;
  GstStructure *durations;

  rtc_quality_limit_get (&sent->limit, rtc_loop_now (), &none, &bandwidth);
  durations = gst_structure_new ("quality-limitation-durations", "none", G_TYPE_DOUBLE,
      (gdouble) none / GST_SECOND, "bandwidth", G_TYPE_DOUBLE, (gdouble) bandwidth / GST_SECOND,
      "cpu", G_TYPE_DOUBLE, 0.0, "other", G_TYPE_DOUBLE, 0.0, NULL);
  gst_structure_set (outbound, "quality-limitation-reason", G_TYPE_STRING,
      sent->limit.is_limited ? "bandwidth" : "none", "quality-limitation-durations",
      GST_TYPE_STRUCTURE, durations, "quality-limitation-resolution-changes", G_TYPE_UINT,
      sent->limit.resolution_changes, NULL);
  gst_structure_free (durations);
  if (encode->full.width > 0)
    gst_structure_set (outbound, "frame-width", G_TYPE_UINT,
        setting->width > 0 ? setting->width : encode->full.width, "frame-height", G_TYPE_UINT,
        setting->height > 0 ? setting->height : encode->full.height, NULL);
  gst_structure_set (outbound, "encoding-index", G_TYPE_UINT, sent->place, "encoding-changes",
      G_TYPE_UINT64, sent->n_changes, "temporal-layers-left-out", G_TYPE_BOOLEAN, sent->is_thin,
      NULL);
}

/* What is wrong with RTP before it is passed on. */
static void
set_rtp_input (GstStructure *outbound, const GstRtcRtpInputStats *input)
{
  gst_structure_set (outbound, "source-packets-lost", G_TYPE_UINT64, input->lost,
      "source-packets-late", G_TYPE_UINT64, input->late, "source-packets-too-long", G_TYPE_UINT64,
      input->too_long, "source-packets-foreign", G_TYPE_UINT64, input->foreign, "source-restarts",
      G_TYPE_UINT64, input->restarts, NULL);
}

/* Adds to outbound-rtp what only who encodes knows. */
static void
add_encode (GstStructure *stats, const Sent *sent, const GstRtcStreamEncode *encode)
{
  gchar *id = g_strdup_printf ("outbound-rtp-%u", sent->transceiver);
  GstStructure *outbound = NULL;

  if (gst_structure_get (stats, id, GST_TYPE_STRUCTURE, &outbound, NULL)) {
    if (encode->is_encoder && get_rate (encode) > 0)
      gst_structure_set (
          outbound, "target-bitrate", G_TYPE_DOUBLE, (gdouble) get_rate (encode), NULL);
    if (gst_rtc_stream_get_kind (sent->stream) == RTC_MEDIA_VIDEO)
      set_limitation (outbound, sent, encode);
    if (gst_rtc_stream_get_kind (sent->stream) == RTC_MEDIA_VIDEO && !encode->is_encoder)
      gst_structure_set (outbound, "b-frames", G_TYPE_UINT, encode->b_frames, NULL);
    if (encode->is_rtp)
      set_rtp_input (outbound, &encode->rtp_input);
    gst_structure_set (stats, id, GST_TYPE_STRUCTURE, outbound, NULL);
    gst_structure_free (outbound);
  }
  g_free (id);
}

/* Of the last while, what FEC adds to each hundred bytes of video; 0: none is sent. */
static guint
find_fec_percentage (const GstStructure *stats, guint transceiver)
{
  gchar *id = g_strdup_printf ("outbound-rtp-%u", transceiver);
  GstStructure *outbound = NULL;
  guint64 bytes = 0, fec = 0;

  if (gst_structure_get (stats, id, GST_TYPE_STRUCTURE, &outbound, NULL)) {
    gst_structure_get_uint64 (outbound, "bytes-sent", &bytes);
    gst_structure_get_uint64 (outbound, "fec-bytes-sent", &fec);
    gst_structure_free (outbound);
  }
  g_free (id);
  return bytes == 0 ? 0 : (guint) MIN (100, fec * 100 / bytes);
}

void
gst_rtc_base_sink_fill_stats (GstRtcWebRTCBase *base, GstRtcSession *session, GstStructure *stats)
{
  GArray *list = list_sent (GST_RTC_BASE_SINK (base), gst_rtc_session_get_id (session));
  GstStructure *consumer = gst_structure_new_empty ("application/x-webrtcsink-consumer-stats");
  GValue encoders = G_VALUE_INIT;

  g_value_init (&encoders, GST_TYPE_ARRAY);
  for (guint i = 0; i < list->len; i++) {
    const Sent *sent = &g_array_index (list, Sent, i);
    GstRtcStreamEncode encode;

    if (!gst_rtc_stream_get_encode (sent->stream, sent->codec, sent->rung, &encode))
      continue;
    add_encode (stats, sent, &encode);
    if (encode.is_encoder && gst_rtc_stream_get_kind (sent->stream) == RTC_MEDIA_VIDEO)
      add_encoder (&encoders, &encode, find_fec_percentage (stats, sent->transceiver));
  }
  gst_structure_take_value (consumer, "video-encoders", &encoders);
  gst_structure_set (stats, "consumer-stats", GST_TYPE_STRUCTURE, consumer, NULL);
  gst_structure_free (consumer);
  g_array_unref (list);
  gst_rtc_base_sink_fill_data_stats (GST_RTC_BASE_SINK (base), session, stats);
}
