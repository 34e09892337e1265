/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-rtp.c - webrtcsink with RTP on its pads, and viewers of it: what a camera or another
 * program sends on a port, its holes and its new beginnings. */
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <string.h>

#include "gst/media/gstrtcrtpinput.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "sink-watch.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define SINK(more) "webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/ " more
#define SOUND                                                                                      \
  " audiotestsrc is-live=true wave=ticks samplesperbuffer=960 ! "                                  \
  "audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay ! sink.audio_0 "
#define PICTURES(size) " videotestsrc is-live=true ! video/x-raw,framerate=30/1," size " ! "
#define VP8 "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000 "

/* As from udpsrc: nothing but the packets and what they are is known of their sender. */
#define WIRE                                                                                       \
  " appsink name=from sync=false async=false "                                                     \
  "appsrc name=to is-live=true do-timestamp=true format=time "                                     \
  "caps=application/x-rtp,media=video,clock-rate=90000,encoding-name=VP8,payload=96 ! "            \
  "sink.video_0 "

/* --- a wire --------------------------------------------------------------------------------------
 */

/* Between a payloader and webrtcsink. */
typedef struct {
  GstElement *from, *to;
  GMutex lock;
  guint n_drop;         /* of the next packets */
  gint64 silent_until;  /* monotonic, us */
  guint32 ssrc, rtp_ts; /* exclusive or'ed, added */
  guint16 seq;
  guint keys_asked; /* atomic */
} Wire;

/* FALSE: it gets lost. */
static gboolean
wire_change (Wire *wire, guint8 *data, gsize len)
{
  RtcReader reader = rtc_reader (data, len);
  RtcWriter writer = rtc_writer (data, len);
  guint16 first = rtc_reader_u16 (&reader), seq = rtc_reader_u16 (&reader);
  guint32 rtp_ts = rtc_reader_u32 (&reader), ssrc = rtc_reader_u32 (&reader);
  gboolean goes;

  g_mutex_lock (&wire->lock);
  rtc_writer_u16 (&writer, first);
  rtc_writer_u16 (&writer, (guint16) (seq + wire->seq));
  rtc_writer_u32 (&writer, rtp_ts + wire->rtp_ts);
  rtc_writer_u32 (&writer, ssrc ^ wire->ssrc);
  goes = wire->n_drop == 0 && g_get_monotonic_time () >= wire->silent_until;
  if (wire->n_drop > 0)
    wire->n_drop--;
  g_mutex_unlock (&wire->lock);
  return goes;
}

static GstFlowReturn
wire_carry (GstAppSink *from, gpointer data)
{
  Wire *wire = data;
  GstSample *sample = gst_app_sink_pull_sample (from);
  GstBuffer *buffer;
  GstMapInfo map;
  gboolean goes;

  if (sample == NULL)
    return GST_FLOW_EOS;
  buffer = gst_buffer_copy_deep (gst_sample_get_buffer (sample));
  gst_sample_unref (sample);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  gst_buffer_map (buffer, &map, GST_MAP_READWRITE);
  goes = wire_change (wire, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (goes)
    return gst_app_src_push_buffer (GST_APP_SRC (wire->to), buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* As RTCP would carry it. */
static GstPadProbeReturn
wire_carry_back (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Wire *wire = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstPad *sink;

  if (!gst_video_event_is_force_key_unit (event))
    return GST_PAD_PROBE_OK;
  g_atomic_int_inc (&wire->keys_asked);
  sink = gst_element_get_static_pad (wire->from, "sink");
  gst_pad_push_event (sink, gst_event_ref (event));
  gst_object_unref (sink);
  return GST_PAD_PROBE_OK;
}

/* Plays line, which has WIRE in it. */
static void
wire_play (Wire *wire, SinkPipeline *sink, const gchar *line)
{
  GstAppSinkCallbacks callbacks = { .new_sample = wire_carry };
  GError *error = NULL;
  GstPad *pad;

  memset (sink, 0, sizeof *sink);
  memset (wire, 0, sizeof *wire);
  g_mutex_init (&wire->lock);
  sink->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  sink->sink = gst_bin_get_by_name (GST_BIN (sink->pipeline), "sink");
  wire->from = gst_bin_get_by_name (GST_BIN (sink->pipeline), "from");
  wire->to = gst_bin_get_by_name (GST_BIN (sink->pipeline), "to");
  gst_app_sink_set_callbacks (GST_APP_SINK (wire->from), &callbacks, wire, NULL);
  pad = gst_element_get_static_pad (wire->to, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, wire_carry_back, wire, NULL);
  gst_object_unref (pad);
  sink_pipeline_play (sink);
}

static void
wire_stop (Wire *wire, SinkPipeline *sink)
{
  sink_pipeline_stop (sink);
  gst_object_unref (wire->from);
  gst_object_unref (wire->to);
  g_mutex_clear (&wire->lock);
}

/* --- viewers ------------------------------------------------------------------------------------
 */

typedef struct {
  NetViewer *viewer;
  LinkEmulator *link; /* NULL: none */
  gchar *location, *id;
} Watch;

/* link (nullable) towards it. */
static Watch
watch_start (
    SinkPipeline *sink, NetViewers *viewers, const NetViewerConfig *config, const SimLink *link)
{
  Watch watch = { .viewer = net_viewer_new (viewers, config) };
  gchar *offer = net_viewer_create_offer (watch.viewer), *answer = NULL, *text;
  GError *error = NULL;

  if (link != NULL) {
    LinkEmulatorConfig both = {
      .seed = 7, .to_server = { .delay = link->delay }, .to_client = *link
    };

    watch.link = link_emulator_new (&both);
    text = link_emulator_rewrite_offer (watch.link, offer);
    g_free (offer);
    offer = text;
  }
  g_assert_cmpuint (net_whep_post (sink->whep_url, offer, &answer, &watch.location), ==, 201);
  if (link != NULL) {
    text = link_emulator_rewrite_answer (watch.link, answer);
    g_free (answer);
    answer = text;
  }
  net_viewer_set_answer (watch.viewer, answer, &error);
  g_assert_no_error (error);
  watch.id = g_path_get_basename (watch.location);
  g_free (offer);
  g_free (answer);
  return watch;
}

static void
watch_stop (Watch *watch)
{
  net_whep_delete (watch->location);
  net_viewer_free (watch->viewer, TRUE);
  if (watch->link != NULL)
    link_emulator_free (watch->link);
  g_free (watch->location);
  g_free (watch->id);
}

/* The viewer's outbound-rtp-0 once it tells of RTP that came in. (transfer full) */
static GstStructure *
wait_input_stats (SinkPipeline *sink, const gchar *id)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (g_get_monotonic_time () < end) {
    GstStructure *outbound = sink_watch_get_outbound (sink, id);

    if (outbound != NULL && gst_structure_has_field (outbound, "source-packets-lost"))
      return outbound;
    g_clear_pointer (&outbound, gst_structure_free);
    sink_watch_pass_time (sink, 20 * GST_MSECOND);
  }
  g_assert_not_reached ();
}

static guint64
get_input_stat (SinkPipeline *sink, const gchar *id, const gchar *field)
{
  GstStructure *outbound = wait_input_stats (sink, id);
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (outbound, field, &value));
  gst_structure_free (outbound);
  return value;
}

/* Until field is so much. */
static void
wait_input_stat (SinkPipeline *sink, const gchar *id, const gchar *field, guint64 wanted)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (get_input_stat (sink, id, field) < wanted && g_get_monotonic_time () < end)
    sink_watch_pass_time (sink, 20 * GST_MSECOND);
  g_assert_cmpuint (get_input_stat (sink, id, field), ==, wanted);
}

/* Until so many more pictures have been shown than in figures, which is brought up to date. */
static void
wait_pictures (NetViewer *viewer, LoadPicturesFigures *figures, guint more)
{
  guint64 wanted = figures->shown + more;
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  net_viewer_get_pictures (viewer, figures);
  while (figures->shown < wanted && g_get_monotonic_time () < end) {
    NetViewerCounts counts;

    net_viewer_get_counts (viewer, &counts);
    net_viewer_wait_packets (viewer, (guint) counts.video_packets + 1, 0, 1000);
    net_viewer_get_pictures (viewer, figures);
  }
  g_assert_cmpuint (figures->shown, >=, wanted);
}

/* --- tests -------------------------------------------------------------------------------------
 */

typedef struct {
  const gchar *name, *video;
  RtcCodecId codec;
} Play;

static const Play plays[] = {
  { "vp8", VP8 "! rtpvp8pay mtu=1200", RTC_CODEC_VP8 },
  /* The parameter sets are in the caps alone. */
  { "h264",
      "x264enc tune=zerolatency speed-preset=1 key-int-max=3000 option-string=repeat-headers=0 ! "
      "video/x-h264,stream-format=avc,profile=baseline ! rtph264pay mtu=1200",
      RTC_CODEC_H264 },
};

static void
test_plays (gconstpointer data)
{
  static const gchar *const wrong[] = { "source-packets-lost", "source-packets-late",
    "source-packets-too-long", "source-packets-foreign", "source-restarts" };
  const Play *play = data;
  NetViewerConfig config = { .video = play->codec, .transport_cc = TRUE };
  gchar *line = g_strconcat (
      SINK (""), PICTURES ("width=320,height=180"), play->video, " ! sink.video_0", SOUND, NULL);
  NetViewers *viewers = net_viewers_new ();
  GstStructure *outbound;
  NetViewerCounts counts;
  SinkPipeline sink;
  Watch watch;

  if (play->codec == RTC_CODEC_H264 && gst_element_factory_find ("x264enc") == NULL) {
    g_test_skip ("x264enc is not installed");
    return;
  }
  sink_watch_play (&sink, line);
  watch = watch_start (&sink, viewers, &config, NULL);
  g_assert_true (net_viewer_wait_packets (watch.viewer, 60, 60, 20000));
  net_viewer_get_counts (watch.viewer, &counts);
  g_assert_cmpint (counts.video_codec, ==, play->codec);
  g_assert_cmpuint (counts.key_frames, >=, 1);
  /* No packet was made smaller. */
  g_assert_cmpuint (counts.longest_video, >, RTC_PAYLOADER_MTU);
  outbound = wait_input_stats (&sink, watch.id);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    guint64 n = G_MAXUINT64;

    g_assert_true (gst_structure_get_uint64 (outbound, wrong[i], &n));
    g_assert_cmpuint (n, ==, 0);
  }
  gst_structure_free (outbound);
  watch_stop (&watch);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
  g_free (line);
}

static const NetViewerConfig with_pictures = {
  .video = RTC_CODEC_VP8, .transport_cc = TRUE, .pictures = TRUE
};

/* A viewer of what comes over a wire. */
typedef struct {
  NetViewers *viewers;
  SinkPipeline sink;
  Wire wire;
  Watch watch;
  LoadPicturesFigures figures;
  guint64 keys; /* seen before anything happened */
} WiredCall;

static void
wired_call_start (WiredCall *call)
{
  memset (call, 0, sizeof *call);
  call->viewers = net_viewers_new ();
  wire_play (&call->wire, &call->sink,
      SINK ("") PICTURES ("width=320,height=180") VP8
      "! rtpvp8pay picture-id-mode=15-bit !" WIRE SOUND);
  call->watch = watch_start (&call->sink, call->viewers, &with_pictures, NULL);
  wait_pictures (call->watch.viewer, &call->figures, 20);
  call->keys = call->figures.key_frames;
}

/* Until the count in field is so much; what is seen then goes on, from a key frame, without
 * anything missing. */
static void
wired_call_goes_on (WiredCall *call, const gchar *field, guint64 count)
{
  wait_input_stat (&call->sink, call->watch.id, field, count);
  net_viewer_get_pictures (call->watch.viewer, &call->figures);
  wait_pictures (call->watch.viewer, &call->figures, 30);
  g_assert_cmpuint (call->figures.key_frames, >, call->keys);
  g_assert_cmpuint (call->figures.wrong_times, ==, 0);
  g_assert_cmpuint (call->figures.skipped, ==, 0);
}

static void
wired_call_stop (WiredCall *call)
{
  watch_stop (&call->watch);
  wire_stop (&call->wire, &call->sink);
  net_viewers_free (call->viewers);
}

/* A sender that ends and begins again: what viewers see goes on, in one stream of its own. */
static void
test_begins_anew (void)
{
  WiredCall call;

  wired_call_start (&call);
  g_mutex_lock (&call.wire.lock);
  call.wire.silent_until = g_get_monotonic_time () + 600 * G_TIME_SPAN_MILLISECOND;
  call.wire.ssrc = 0x12345678;
  call.wire.seq = 31000;
  call.wire.rtp_ts = 3000000000;
  g_mutex_unlock (&call.wire.lock);
  wired_call_goes_on (&call, "source-restarts", 1);
  g_assert_cmpuint (get_input_stat (&call.sink, call.watch.id, "source-packets-lost"), ==, 0);
  wired_call_stop (&call);
}

/* What is missing is not made up for by anything but a key frame, which is asked for. */
static void
test_hole (void)
{
  WiredCall call;
  guint asked;

  wired_call_start (&call);
  asked = (guint) g_atomic_int_get (&call.wire.keys_asked);
  g_mutex_lock (&call.wire.lock);
  call.wire.n_drop = 3;
  g_mutex_unlock (&call.wire.lock);
  wired_call_goes_on (&call, "source-packets-lost", 3);
  g_assert_cmpuint ((guint) g_atomic_int_get (&call.wire.keys_asked), >, asked);
  wired_call_stop (&call);
}

/* Packets of 1400 bytes to viewers that lose some: they are sent again whole; to who has parities,
 * what is too long for these is sent without. */
static void
test_long_packets (void)
{
  SimLink link = { .delay = 60 * GST_MSECOND, .loss = 0.05 };
  NetViewerConfig plain = with_pictures, with_fec = with_pictures;
  NetViewers *viewers = net_viewers_new ();
  Watch watches[2];
  SinkPipeline sink;

  with_fec.fec = RTC_FEC_FLEXFEC;
  sink_watch_play (&sink,
      SINK ("do-fec=true congestion-control=disabled")
          PICTURES ("width=320,height=180") "videoscale ! video/x-raw,width=640,height=360 ! "
                                            "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000 "
                                            "target-bitrate=1500000 "
                                            "! rtpvp8pay mtu=1400 picture-id-mode=15-bit ! "
                                            "sink.video_0" SOUND);
  watches[0] = watch_start (&sink, viewers, &plain, &link);
  watches[1] = watch_start (&sink, viewers, &with_fec, &link);
  for (guint i = 0; i < G_N_ELEMENTS (watches); i++) {
    LoadPicturesFigures figures = { 0 };
    RtcInboundStats inbound;
    NetViewerCounts counts;

    wait_pictures (watches[i].viewer, &figures, 150);
    net_viewer_get_counts (watches[i].viewer, &counts);
    net_viewer_get_video_stats (watches[i].viewer, &inbound);
    /* Whole packets of its own size, with the viewer's extensions. */
    g_assert_cmpuint (counts.longest_video, >=, GST_RTC_RTP_INPUT_MTU);
    g_assert_cmpuint (inbound.packets_lost, >, 0);
    g_assert_cmpuint (inbound.retransmitted_packets_received, >, 0);
    g_assert_cmpuint (inbound.retransmitted_bytes_received, >,
        inbound.retransmitted_packets_received * RTC_MTU / 2);
    g_assert_cmpuint (4 * figures.skipped, <=, (guint64) inbound.packets_lost);
    g_test_message ("longest %" G_GSIZE_FORMAT ", shown %" G_GUINT64_FORMAT
                    " of which key %" G_GUINT64_FORMAT ", skipped %" G_GUINT64_FORMAT
                    ", lost %" G_GINT64_FORMAT ", resent %" G_GUINT64_FORMAT
                    ", parities %" G_GUINT64_FORMAT ", recovered %" G_GUINT64_FORMAT,
        counts.longest_video, (guint64) figures.shown, (guint64) figures.key_frames,
        (guint64) figures.skipped, (gint64) inbound.packets_lost,
        (guint64) inbound.retransmitted_packets_received, (guint64) inbound.fec_packets_received,
        (guint64) inbound.packets_recovered);
  }
  watch_stop (&watches[0]);
  watch_stop (&watches[1]);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (plays); i++) {
    gchar *path = g_strdup_printf ("/sink-rtp/plays/%s", plays[i].name);

    g_test_add_data_func (path, &plays[i], test_plays);
    g_free (path);
  }
  g_test_add_func ("/sink-rtp/begins-anew", test_begins_anew);
  g_test_add_func ("/sink-rtp/hole", test_hole);
  g_test_add_func ("/sink-rtp/long-packets", test_long_packets);
  return run_tests ();
}
