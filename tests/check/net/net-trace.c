/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "net-trace.h"

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/rtp/rtc-key-frame.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "tests/check/record/picture-counter.h"

#define FRAME_TICKS (90000 / NET_TRACE_FPS)
#define AUDIO_TICKS (48 * NET_TRACE_AUDIO_MS)

/* HISTORY_PACKETS: as webrtcsink. HISTORY_AGE: as browsers, as long as that is no more than 600
 * packets. */
#define HISTORY_PACKETS 2048
#define HISTORY_AGE (3 * GST_SECOND)
#define KEY_FRAME_INTERVAL (300 * GST_MSECOND)

typedef struct {
  gsize offset, len; /* in bytes */
  guint frame;
  gboolean is_key_frame; /* starts one */
} TracePacket;

/* One kind of media. */
typedef struct {
  GByteArray *bytes;
  GArray *packets; /* TracePacket, in order */
  guint n_frames;
  guint n_key_frames;
} TraceTrack;

struct _NetTrace {
  NetTraceConfig config;
  TraceTrack video, audio;
};

typedef struct {
  const TraceTrack *track;
  RtcSource *source;
  guint rate;    /* frames a second */
  guint32 ticks; /* of frames, RTP */
  guint next;    /* packet */
  guint64 frame; /* runs on */
  guint16 seq;
  guint64 packets;
} PlayerTrack;

struct _NetPlayer {
  RtcLoop *loop;
  const NetTrace *trace;
  RtcLoopTimer timer;
  GstClockTime start;
  PlayerTrack video, audio;
  GstClockTime max_lag;
  void (*after_frame) (gpointer data);
  gpointer data;
  NetPlayerCounts *counts_out; /* of a call in progress */
};

/* --- making one ------------------------------------------------------------------------------- */

/* NULL: none is known. */
static const gchar *
video_elements (RtcCodecId codec, gboolean encoder)
{
  if (codec == RTC_CODEC_VP8)
    return encoder ? "vp8enc" : "rtpvp8pay";
  if (codec == RTC_CODEC_VP9)
    return encoder ? "vp9enc" : "rtpvp9pay";
  if (codec == RTC_CODEC_H264)
    return encoder ? "x264enc" : "rtph264pay";
  return NULL;
}

static gboolean
element_is_installed (const gchar *name)
{
  GstElementFactory *factory = name != NULL ? gst_element_factory_find (name) : NULL;
  gboolean is_there = factory != NULL;

  gst_clear_object (&factory);
  return is_there;
}

gboolean
net_trace_is_possible (RtcCodecId video)
{
  return element_is_installed (video_elements (video, TRUE))
         && element_is_installed (video_elements (video, FALSE)) && element_is_installed ("opusenc")
         && element_is_installed ("rtpopuspay");
}

static GstPadProbeReturn
stamp_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  guint *count = data;
  guint number = (*count)++;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_PAD_PROBE_DROP;
  picture_counter_write (map.data, NET_TRACE_WIDTH, NET_TRACE_WIDTH, number);
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

typedef struct {
  TraceTrack *track;
  RtcKeyFrameFormat format;
  gboolean is_video;
  gboolean in_key_frame;
} Collector;

static void
collect_packet (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Collector *self = data;
  TraceTrack *track = self->track;
  TracePacket packet = { .offset = track->bytes->len, .frame = track->n_frames };
  RtcRtpHeader header;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpint (rtc_rtp_header_parse (&header, map.data, map.size), ==, RTC_OK);
  packet.len = map.size;
  packet.is_key_frame = self->is_video
                        && rtc_key_frame_is_start (
                            self->format, map.data + header.payload_offset, header.payload_len);
  g_byte_array_append (track->bytes, map.data, (guint) map.size);
  g_array_append_val (track->packets, packet);
  /* Parameter sets and slices of one key frame may be marked both. */
  track->n_key_frames += packet.is_key_frame && !self->in_key_frame;
  self->in_key_frame |= packet.is_key_frame;
  if (header.marker || !self->is_video) {
    track->n_frames++;
    self->in_key_frame = FALSE;
  }
  gst_buffer_unmap (buffer, &map);
}

static void
run_to_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 120 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_error ("%s", error->message);
  }
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Runs a pipeline whose fakesink "out" gets the packets; "stamp" (if any) gets frame numbers. */
static void
trace_encode (TraceTrack *track, const gchar *launch, RtcKeyFrameFormat format, gboolean is_video)
{
  Collector collector = { .track = track, .format = format, .is_video = is_video };
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (launch, &error), *out, *stamp;
  guint n_stamped = 0;

  g_assert_no_error (error);
  track->bytes = g_byte_array_new ();
  track->packets = g_array_new (FALSE, FALSE, sizeof (TracePacket));
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  g_signal_connect (out, "handoff", G_CALLBACK (collect_packet), &collector);
  stamp = gst_bin_get_by_name (GST_BIN (pipeline), "stamp");
  if (stamp != NULL) {
    GstPad *pad = gst_element_get_static_pad (stamp, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_frame, &n_stamped, NULL);
    gst_object_unref (pad);
    gst_object_unref (stamp);
  }
  run_to_end (pipeline);
  gst_object_unref (out);
  gst_object_unref (pipeline);
}

static gchar *
video_launch (const NetTraceConfig *config)
{
  gchar *encoder, *launch;

  if (config->video == RTC_CODEC_H264)
    encoder = g_strdup_printf ("x264enc tune=zerolatency speed-preset=ultrafast threads=1 "
                               "bitrate=%u vbv-buf-capacity=500 key-int-max=%u option-string="
                               "scenecut=0 ! video/x-h264,profile=constrained-baseline ! "
                               "rtph264pay config-interval=-1 aggregate-mode=zero-latency",
        config->kbps, config->key_frame_frames);
  else
    encoder = g_strdup_printf ("%s deadline=1 cpu-used=8 threads=1 lag-in-frames=0 end-usage=cbr "
                               "target-bitrate=%u keyframe-max-dist=%u ! %s picture-id-mode=15-bit",
        video_elements (config->video, TRUE), config->kbps * 1000, config->key_frame_frames,
        video_elements (config->video, FALSE));
  launch = g_strdup_printf ("videotestsrc num-buffers=%u pattern=zone-plate kx2=12 ky2=12 kt=3 ! "
                            "video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! "
                            "identity name=stamp ! %s mtu=%u ! "
                            "fakesink name=out sync=false signal-handoffs=true",
      config->seconds * NET_TRACE_FPS, NET_TRACE_WIDTH, NET_TRACE_HEIGHT, NET_TRACE_FPS, encoder,
      (guint) RTC_PAYLOADER_MTU);
  g_free (encoder);
  return launch;
}

NetTrace *
net_trace_new (const NetTraceConfig *config)
{
  NetTrace *self = g_new0 (NetTrace, 1);
  const NetTraceConfig *own = &self->config;
  gchar *launch;

  if (config != NULL)
    self->config = *config;
  if (own->video == RTC_CODEC_UNKNOWN)
    self->config.video = RTC_CODEC_VP8;
  self->config.seconds = own->seconds > 0 ? own->seconds : 20;
  self->config.kbps = own->kbps > 0 ? own->kbps : 500;
  self->config.key_frame_frames = own->key_frame_frames > 0 ? own->key_frame_frames : 30;
  launch = video_launch (own);
  trace_encode (&self->video, launch,
      rtc_key_frame_format_from_name (rtc_codec_info (own->video)->name), TRUE);
  g_free (launch);
  launch = g_strdup_printf ("audiotestsrc num-buffers=%u samplesperbuffer=%u freq=440 volume=0.3 ! "
                            "audio/x-raw,rate=48000,channels=2 ! opusenc frame-size=%d ! "
                            "rtpopuspay mtu=%u ! "
                            "fakesink name=out sync=false signal-handoffs=true",
      own->seconds * 1000 / NET_TRACE_AUDIO_MS, AUDIO_TICKS, NET_TRACE_AUDIO_MS,
      (guint) RTC_PAYLOADER_MTU);
  trace_encode (&self->audio, launch, RTC_KEY_FRAME_FORMAT_NONE, FALSE);
  g_free (launch);
  g_assert_cmpuint (self->video.n_frames, ==, own->seconds * NET_TRACE_FPS);
  g_assert_cmpuint (self->audio.n_frames, >, 0);
  return self;
}

static void
track_clear (TraceTrack *track)
{
  g_byte_array_unref (track->bytes);
  g_array_unref (track->packets);
}

void
net_trace_free (NetTrace *self)
{
  track_clear (&self->video);
  track_clear (&self->audio);
  g_free (self);
}

RtcCodecId
net_trace_get_video_codec (const NetTrace *self)
{
  return self->config.video;
}

guint
net_trace_get_n_frames (const NetTrace *self)
{
  return self->video.n_frames;
}

guint
net_trace_get_n_key_frames (const NetTrace *self)
{
  return self->video.n_key_frames;
}

gsize
net_trace_get_video_bytes (const NetTrace *self)
{
  return self->video.bytes->len;
}

/* --- playing it ------------------------------------------------------------------------------- */

/* VP8 and VP9 number their pictures in 15 bits (RFC 7741 4.2, RFC 9628 4.2), which must not start
 * again with the trace. */
static void
set_picture_id (RtcCodecId codec, guint8 *payload, gsize len, guint64 frame)
{
  gsize at;

  if (codec == RTC_CODEC_VP8 && len > 3 && (payload[0] & 0x80) && (payload[1] & 0x80))
    at = 2;
  else if (codec == RTC_CODEC_VP9 && len > 2 && (payload[0] & 0x80))
    at = 1;
  else
    return;
  if ((payload[at] & 0x80) == 0)
    return;
  payload[at] = (guint8) (0x80 | ((frame >> 8) & 0x7f));
  payload[at + 1] = (guint8) frame;
}

static void
track_push_packet (NetPlayer *self, PlayerTrack *track, const TracePacket *packet, GstClockTime due)
{
  RtcPacket *out =
      rtc_packet_new_copy (NULL, track->track->bytes->data + packet->offset, packet->len);
  RtcWriter w = rtc_writer (out->data + 2, 6);
  RtcRtpHeader header;

  rtc_writer_u16 (&w, track->seq++);
  rtc_writer_u32 (&w, (guint32) (track->frame * track->ticks));
  rtc_rtp_header_parse (&header, out->data, out->len);
  if (track == &self->video) {
    set_picture_id (self->trace->config.video, out->data + header.payload_offset,
        header.payload_len, track->frame);
    if (header.marker)
      out->flags |= RTC_PACKET_FRAME_END;
  }
  if (packet->is_key_frame)
    out->flags |= RTC_PACKET_KEY_FRAME_START;
  out->time = due;
  if (rtc_source_push (track->source, out))
    track->packets++;
}

static GstClockTime
track_next_due (const NetPlayer *self, const PlayerTrack *track)
{
  return self->start + gst_util_uint64_scale (track->frame, GST_SECOND, track->rate);
}

/* Pushes the frames whose time has come. */
static void
track_play (NetPlayer *self, PlayerTrack *track, GstClockTime now)
{
  GstClockTime due;

  while ((due = track_next_due (self, track)) <= now) {
    guint frame = g_array_index (track->track->packets, TracePacket, track->next).frame;
    const TracePacket *packet;

    self->max_lag = MAX (self->max_lag, now - due);
    do {
      packet = &g_array_index (track->track->packets, TracePacket, track->next);
      track_push_packet (self, track, packet, due);
      track->next = (track->next + 1) % track->track->packets->len;
      packet = &g_array_index (track->track->packets, TracePacket, track->next);
    } while (packet->frame == frame);
    track->frame++;
    rtc_source_push_end (track->source);
    if (track == &self->video && self->after_frame != NULL)
      self->after_frame (self->data);
  }
}

static void
player_due (gpointer data, GstClockTime now)
{
  NetPlayer *self = data;

  track_play (self, &self->video, now);
  track_play (self, &self->audio, now);
  rtc_loop_schedule (self->loop, &self->timer,
      MIN (track_next_due (self, &self->video), track_next_due (self, &self->audio)));
}

static void
player_start (gpointer data)
{
  NetPlayer *self = data;

  self->start = rtc_loop_now ();
  rtc_loop_schedule (self->loop, &self->timer, self->start);
}

static void
player_stop (gpointer data)
{
  NetPlayer *self = data;

  rtc_loop_schedule (self->loop, &self->timer, GST_CLOCK_TIME_NONE);
}

static void
track_init (PlayerTrack *self, RtcLoop *loop, const TraceTrack *track, gboolean is_video)
{
  RtcSourceConfig config = { .fanout = { .kind = is_video ? RTC_MEDIA_VIDEO : RTC_MEDIA_AUDIO,
                                 .clock_rate = is_video ? 90000 : 48000,
                                 .history_packets = is_video ? HISTORY_PACKETS : 0,
                                 .history_age = HISTORY_AGE,
                                 .key_frame_interval = KEY_FRAME_INTERVAL,
                                 .wait_for_key_frame = is_video } };

  g_strlcpy (
      config.fanout.name, is_video ? "trace/video" : "trace/audio", sizeof config.fanout.name);
  self->track = track;
  self->source = rtc_source_new (loop, &config, NULL, NULL, NULL);
  self->rate = is_video ? NET_TRACE_FPS : 1000 / NET_TRACE_AUDIO_MS;
  self->ticks = is_video ? FRAME_TICKS : AUDIO_TICKS;
}

NetPlayer *
net_player_new (
    RtcLoop *loop, const NetTrace *trace, void (*after_frame) (gpointer data), gpointer data)
{
  NetPlayer *self = g_new0 (NetPlayer, 1);

  self->loop = rtc_loop_ref (loop);
  self->trace = trace;
  self->after_frame = after_frame;
  self->data = data;
  track_init (&self->video, loop, &trace->video, TRUE);
  track_init (&self->audio, loop, &trace->audio, FALSE);
  rtc_loop_timer_init (&self->timer, player_due, self);
  rtc_loop_call (loop, player_start, self);
  return self;
}

void
net_player_free (NetPlayer *self)
{
  rtc_loop_call (self->loop, player_stop, self);
  rtc_source_unref (self->video.source);
  rtc_source_unref (self->audio.source);
  rtc_loop_unref (self->loop);
  g_free (self);
}

RtcSource *
net_player_get_video (NetPlayer *self)
{
  return self->video.source;
}

RtcSource *
net_player_get_audio (NetPlayer *self)
{
  return self->audio.source;
}

static void
player_read_counts (gpointer data)
{
  NetPlayer *self = data;

  self->counts_out->frames = self->video.frame;
  self->counts_out->packets = self->video.packets;
  self->counts_out->max_lag = self->max_lag;
}

void
net_player_get_counts (NetPlayer *self, NetPlayerCounts *out)
{
  self->counts_out = out;
  rtc_loop_call (self->loop, player_read_counts, self);
}
