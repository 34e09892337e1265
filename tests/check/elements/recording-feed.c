/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/elements/recording-feed.h"

#include <string.h>
#include <glib/gstdio.h>
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"

/* EPOCH: the virtual clock's start; the sender's clock is elsewhere. */
#define EPOCH (1000 * GST_SECOND)
#define SENDER_EPOCH (G_GUINT64_CONSTANT (1700000000) * GST_SECOND)

/* --- making packets ------------------------------------------------------------------------- */

typedef struct {
  guint next; /* picture number */
  guint width;
  guint transceiver;
  GstClockTime start;
  GPtrArray *packets;
  void (*take) (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data);
  GstClockTime first; /* x264enc begins its time at 1000 hours */
} Maker;

static GstPadProbeReturn
stamp_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Maker *maker = data;
  guint number = maker->next++, block = maker->width / FEED_BITS;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (guint line = 0; line < 2 * FEED_ROW_LINES; line++) {
    guint bits = line < FEED_ROW_LINES ? number : ~number;

    for (guint i = 0; i < FEED_BITS; i++)
      memset (map.data + line * maker->width + i * block,
          (bits >> (FEED_BITS - 1 - i)) & 1 ? 235 : 16, block);
  }
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static void
take_packet (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Maker *maker = data;
  FeedPacket *packet = g_new0 (FeedPacket, 1);

  if (maker->packets->len == 0)
    maker->first = GST_BUFFER_PTS (buffer);
  packet->transceiver = maker->transceiver;
  packet->time = maker->start + GST_BUFFER_PTS (buffer) - maker->first;
  packet->len = gst_buffer_extract (buffer, 0, packet->data, sizeof packet->data);
  g_ptr_array_add (maker->packets, packet);
}

static void
add_av1_packet (Maker *maker, guint8 aggregation, const guint8 *data, gsize len, GstClockTime time,
    gboolean marker)
{
  FeedPacket *packet = g_new0 (FeedPacket, 1);
  guint8 *h = packet->data;

  packet->transceiver = maker->transceiver;
  packet->time = maker->start + time;
  h[0] = 0x80;
  h[1] = (guint8) (96 | (marker ? 0x80 : 0));
  GST_WRITE_UINT16_BE (h + 2, (guint16) maker->packets->len);
  GST_WRITE_UINT32_BE (h + 4, (guint32) gst_util_uint64_scale (time, 90000, GST_SECOND));
  h[12] = aggregation;
  memcpy (h + 13, data, len);
  packet->len = 13 + len;
  g_ptr_array_add (maker->packets, packet);
}

/* AV1 RTP payload 4.4, in its plainest form: one OBU or a fragment of one in each packet. */
static void
send_av1_obu (Maker *maker, const guint8 *obu, gsize len, GstClockTime time, gboolean is_sequence,
    gboolean is_last)
{
  const gsize mtu = 1140;

  for (gsize pos = 0; pos < len; pos += mtu) {
    gsize n = MIN (mtu, len - pos);
    guint8 aggregation = 0x10;

    aggregation |= pos > 0 ? 0x80 : 0;
    aggregation |= pos + n < len ? 0x40 : 0;
    aggregation |= is_sequence && pos == 0 ? 0x08 : 0;
    add_av1_packet (maker, aggregation, obu + pos, n, time, is_last && pos + n == len);
  }
}

/* A temporal unit: OBUs with sizes, which are taken out as the payload format wants. */
static void
take_av1_unit (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Maker *maker = data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize pos = 0; pos < map.size;) {
    guint8 type = (map.data[pos] >> 3) & 0x0f;
    gsize start = pos + 1 + ((map.data[pos] & 0x04) != 0), size = 0, head = start - pos;
    g_autofree guint8 *obu = NULL;
    guint shift = 0;

    do
      size |= (gsize) (map.data[start] & 0x7f) << (7 * shift++);
    while ((map.data[start++] & 0x80) != 0);
    obu = g_malloc (head + size);
    memcpy (obu, map.data + pos, head);
    obu[0] &= (guint8) ~0x02;
    memcpy (obu + head, map.data + start, size);
    pos = start + size;
    if (type != 2) /* temporal delimiter */
      send_av1_obu (maker, obu, head + size, GST_BUFFER_PTS (buffer), type == 1, pos == map.size);
  }
  gst_buffer_unmap (buffer, &map);
}

static GPtrArray *
make_packets (const gchar *text, Maker *maker)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, &error);
  g_autoptr (GstElement) sink = NULL, stamp = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  if (error != NULL) {
    g_test_message ("%s", error->message);
    return NULL;
  }
  maker->packets = g_ptr_array_new_with_free_func (g_free);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (maker->take), maker);
  stamp = gst_bin_get_by_name (GST_BIN (pipeline), "stamp");
  if (stamp != NULL) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (stamp, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_frame, maker, NULL);
  }
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return maker->packets;
}

static gchar *
describe_encoder (RtcCodecId codec, guint key_interval)
{
  switch ((guint) codec) {
    case RTC_CODEC_VP8:
      return g_strdup_printf ("vp8enc deadline=1 cpu-used=16 target-bitrate=500000 threads=1 "
                              "keyframe-max-dist=%u ! rtpvp8pay picture-id-mode=15-bit mtu=1160",
          key_interval);
    case RTC_CODEC_VP9:
      return g_strdup_printf ("vp9enc deadline=1 cpu-used=8 target-bitrate=500000 threads=1 "
                              "lag-in-frames=0 keyframe-max-dist=%u ! "
                              "rtpvp9pay picture-id-mode=15-bit mtu=1160",
          key_interval);
    case RTC_CODEC_H264:
      return g_strdup_printf ("x264enc tune=zerolatency speed-preset=ultrafast bitrate=500 "
                              "threads=1 key-int-max=%u ! video/x-h264,profile=baseline ! "
                              "rtph264pay config-interval=-1 aggregate-mode=zero-latency mtu=1160",
          key_interval);
    case RTC_CODEC_H265:
      return g_strdup_printf ("x265enc tune=zerolatency speed-preset=ultrafast bitrate=500 "
                              "key-int-max=%u ! h265parse ! "
                              "rtph265pay config-interval=-1 aggregate-mode=zero-latency mtu=1160",
          key_interval);
    case RTC_CODEC_AV1: /* GStreamer 1.22 has no payloader: send_av1() is */
      return g_strdup_printf ("av1enc usage-profile=realtime cpu-used=8 lag-in-frames=0 threads=1 "
                              "target-bitrate=300 keyframe-max-dist=%u ! av1parse ! "
                              "video/x-av1,stream-format=obu-stream,alignment=tu",
          key_interval);
    default:
      g_assert_not_reached ();
  }
}

static const gchar *pattern = "ball";

void
feed_set_pattern (const gchar *name)
{
  pattern = name;
}

GPtrArray *
feed_video (RtcCodecId codec, guint width, guint height, guint first, guint n, GstClockTime start,
    guint key_interval)
{
  Maker maker = { first, width, FEED_VIDEO, start, NULL,
    codec == RTC_CODEC_AV1 ? take_av1_unit : take_packet, 0 };
  g_autofree gchar *encoder = describe_encoder (codec, key_interval);
  g_autofree gchar *text = g_strdup_printf (
      "videotestsrc num-buffers=%u pattern=%s ! "
      "video/x-raw,format=I420,width=%u,height=%u,framerate=%u/1 ! identity name=stamp ! "
      "%s ! fakesink name=sink signal-handoffs=true sync=false async=false",
      n, pattern, width, height, FEED_FPS, encoder);

  return make_packets (text, &maker);
}

GPtrArray *
feed_audio (guint seconds, GstClockTime start)
{
  Maker maker = { 0, 0, FEED_AUDIO, start, NULL, take_packet, 0 };
  g_autofree gchar *text = g_strdup_printf (
      "audiotestsrc wave=ticks sine-periods-per-tick=20 freq=1000 volume=0.8 samplesperbuffer=960 "
      "num-buffers=%u ! "
      "audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay ! "
      "fakesink name=sink signal-handoffs=true sync=false async=false",
      seconds * 50);

  return make_packets (text, &maker);
}

void
feed_number (GPtrArray *packets, guint8 pt, guint32 ssrc, guint16 seq, guint32 rtp_ts)
{
  const FeedPacket *head = g_ptr_array_index (packets, 0);
  guint16 first_seq = GST_READ_UINT16_BE (head->data + 2);
  guint32 first_ts = GST_READ_UINT32_BE (head->data + 4);

  for (guint i = 0; i < packets->len; i++) {
    guint8 *h = ((FeedPacket *) g_ptr_array_index (packets, i))->data;

    h[1] = (guint8) ((h[1] & 0x80) | pt);
    GST_WRITE_UINT16_BE (h + 2, (guint16) (GST_READ_UINT16_BE (h + 2) - first_seq + seq));
    GST_WRITE_UINT32_BE (h + 4, GST_READ_UINT32_BE (h + 4) - first_ts + rtp_ts);
    GST_WRITE_UINT32_BE (h + 8, ssrc);
  }
}

void
feed_append (GPtrArray *packets, GPtrArray *more)
{
  g_ptr_array_extend_and_steal (packets, more);
}

static gint
compare_packets (gconstpointer a, gconstpointer b)
{
  const FeedPacket *x = *(FeedPacket *const *) a, *y = *(FeedPacket *const *) b;

  return x->time < y->time ? -1 : x->time > y->time;
}

void
feed_sort (GPtrArray *packets)
{
  g_ptr_array_sort (packets, compare_packets);
}

GPtrArray *
feed_make_call (RtcCodecId codec, guint n, gboolean audio)
{
  GPtrArray *packets = feed_video (codec, 320, 240, 0, n, 0, 60);

  if (packets == NULL)
    return NULL;
  feed_number (packets, 96, 0x1111, 65500, G_MAXUINT32 - 45000);
  if (audio) {
    GPtrArray *sound = feed_audio (n / FEED_FPS, 0);

    feed_number (sound, 111, 0x2222, 65530, G_MAXUINT32 - 24000);
    feed_append (packets, sound);
  }
  feed_sort (packets);
  return packets;
}

/* --- a call --------------------------------------------------------------------------------- */

static void
on_opened (gpointer data, const gchar *path)
{
  FeedCall *self = data;

  g_atomic_int_inc (&self->opened);
  if (self->opened_hook != NULL)
    self->opened_hook (self, path);
}

static void
on_key_frame_needed (gpointer data, guint transceiver)
{
  g_assert_cmpuint (transceiver, ==, FEED_VIDEO);
  g_atomic_int_inc (&((FeedCall *) data)->key_requests);
}

static void
on_failed (gpointer data, const GError *error)
{
  FeedCall *self = data;

  g_assert_cmpuint (self->finished, ==, 0);
  self->error = g_strdup (error->message);
  g_atomic_int_inc (&self->failed);
}

static void
on_finished (gpointer data, const GstStructure *summary)
{
  FeedCall *self = data;

  g_assert_null (self->summary);
  self->summary = gst_structure_copy (summary);
  g_atomic_int_inc (&self->finished);
}

void
feed_call_init (FeedCall *self, GstRtcRecordingPool *pool, GstRtcRecordingConfig *config)
{
  g_autofree gchar *location = NULL;

  memset (self, 0, sizeof *self);
  self->folder = g_dir_make_tmp ("rtc-recording-XXXXXX", NULL);
  self->pool = gst_rtc_recording_pool_ref (pool);
  location = g_strdup_printf ("%s/call", self->folder);
  if (config->location == NULL)
    config->location = location;
  config->session_id = "session-1";
  config->caller = "caller";
  config->funcs = (GstRtcRecordingFuncs){ on_opened, on_key_frame_needed, on_failed, on_finished };
  config->data = self;
  self->recording = gst_rtc_recording_new (pool, config);
  config->location = NULL;
}

void
feed_call_clear (FeedCall *self)
{
  const gchar *name;
  GDir *dir = g_dir_open (self->folder, 0, NULL);

  gst_rtc_recording_unref (self->recording);
  gst_rtc_recording_pool_unref (self->pool);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (self->folder, name, NULL);

    g_unlink (path);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->error);
  g_clear_pointer (&self->summary, gst_structure_free);
}

void
feed_call_set_tracks (FeedCall *self, const RtcCodecId *video, guint n_video, gboolean audio)
{
  RtcCodec codecs[8], opus;
  GstRtcRecordingTrack tracks[2];
  guint n = 0;

  for (guint i = 0; i < n_video; i++)
    rtc_codec_init (&codecs[i], video[i], (guint8) (96 + i));
  rtc_codec_init (&opus, RTC_CODEC_OPUS, 111);
  if (n_video > 0)
    tracks[n++] = (GstRtcRecordingTrack){ FEED_VIDEO, RTC_MEDIA_VIDEO, n_video, codecs };
  if (audio)
    tracks[n++] = (GstRtcRecordingTrack){ FEED_AUDIO, RTC_MEDIA_AUDIO, 1, &opus };
  gst_rtc_recording_set_tracks (self->recording, tracks, n);
}

/* One thing that arrives. */
typedef struct {
  GstClockTime time;
  guint order;
  gboolean is_report, is_retransmission;
  const FeedPacket *packet;
  GstClockTime sent;
} Arrival;

static gint
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const Arrival *x = a, *y = b;

  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

static void
add_arrival (GArray *arrivals, Arrival arrival)
{
  arrival.order = arrivals->len;
  g_array_append_val (arrivals, arrival);
}

/* Reports at the times that link says: each is about the newest packet sent by then. */
static void
add_reports (GArray *arrivals, GPtrArray *packets, const FeedLink *link, guint transceiver)
{
  GstClockTime next = transceiver == FEED_VIDEO ? link->report_video : link->report_audio;
  GstClockTime interval = transceiver == FEED_VIDEO ? GST_SECOND : 5 * GST_SECOND;

  for (guint i = 0; i < packets->len && GST_CLOCK_TIME_IS_VALID (next); i++) {
    const FeedPacket *packet = g_ptr_array_index (packets, i);

    if (packet->transceiver != transceiver || packet->time < next)
      continue;
    add_arrival (
        arrivals, (Arrival){ packet->time + link->delay, 0, TRUE, FALSE, packet, packet->time });
    next = packet->time + interval;
  }
}

static GArray *
send_over (GPtrArray *packets, const FeedLink *link)
{
  GArray *arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  RtcRandom *random = rtc_random_new_seeded (link->seed);

  for (guint i = 0; i < packets->len; i++) {
    const FeedPacket *packet = g_ptr_array_index (packets, i);
    Arrival arrival = { packet->time + link->delay, 0, FALSE, FALSE, packet, packet->time };

    if (packet->transceiver == FEED_AUDIO)
      arrival.time += link->audio_delay;
    if (link->jitter > 0)
      arrival.time +=
          rtc_random_range (random, 0, (guint) (link->jitter / GST_USECOND)) * GST_USECOND;
    if (rtc_random_double (random) < link->loss) {
      if (!GST_CLOCK_TIME_IS_VALID (link->repair))
        continue;
      arrival.time += link->repair;
      arrival.is_retransmission = TRUE;
    }
    add_arrival (arrivals, arrival);
    if (rtc_random_double (random) < link->duplicates)
      add_arrival (arrivals, arrival);
  }
  add_reports (arrivals, packets, link, FEED_VIDEO);
  add_reports (arrivals, packets, link, FEED_AUDIO);
  g_array_sort (arrivals, compare_arrivals);
  rtc_random_free (random);
  return arrivals;
}

/* An SR of packet's stream: made when it was sent, which for sound is later than captured. */
static void
push_report (FeedCall *self, const Arrival *arrival, GstClockTime now)
{
  guint8 bytes[128];
  RtcRtcpBuilder builder;
  RtcRtcpReport report = { .is_sender = TRUE };
  RtcPacket packet = { .data = bytes, .time = now };

  report.ssrc = GST_READ_UINT32_BE (arrival->packet->data + 8);
  report.sender.ntp64 = rtc_time_unix_to_ntp64 (SENDER_EPOCH + arrival->sent);
  report.sender.rtp_ts = GST_READ_UINT32_BE (arrival->packet->data + 4);
  rtc_rtcp_builder_init (&builder, bytes, sizeof bytes, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_report_write (&builder, &report), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &packet.len), ==, RTC_OK);
  gst_rtc_recording_push_rtcp (self->recording, &packet);
}

static void
push_arrival (FeedCall *self, const Arrival *arrival, GstClockTime now)
{
  RtcPacket packet = { .data = (guint8 *) arrival->packet->data,
    .len = arrival->packet->len,
    .flags = arrival->is_retransmission ? RTC_PACKET_RETRANSMISSION : 0,
    .time = now };

  if (arrival->is_report)
    push_report (self, arrival, now);
  else
    gst_rtc_recording_push_rtp (self->recording, arrival->packet->transceiver,
        GST_READ_UINT32_BE (arrival->packet->data + 8), &packet);
}

void
feed_call_run (FeedCall *self, GPtrArray *packets, const FeedLink *link)
{
  GArray *arrivals = send_over (packets, link);
  GstClockTime now = EPOCH, base = link->real_time ? gst_util_get_timestamp () : EPOCH;

  for (guint i = 0; i < arrivals->len; i++) {
    const Arrival *arrival = &g_array_index (arrivals, Arrival, i);

    while (!link->real_time && now + GST_RTC_RECORDING_TICK <= EPOCH + arrival->time) {
      now += GST_RTC_RECORDING_TICK;
      gst_rtc_recording_pool_step (self->pool, now);
    }
    push_arrival (self, arrival, base + arrival->time);
  }
  g_array_unref (arrivals);
  gst_rtc_recording_finish (self->recording, "hang-up");
  if (!link->real_time)
    gst_rtc_recording_pool_step (self->pool, now + GST_RTC_RECORDING_TICK);
}

void
feed_call_push (FeedCall *call, GPtrArray *packets, guint from, guint to, GstClockTime base)
{
  for (guint i = from; i < to; i++) {
    FeedPacket *p = g_ptr_array_index (packets, i);
    RtcPacket packet = { .data = p->data, .len = p->len, .time = base + p->time };

    gst_rtc_recording_push_rtp (
        call->recording, p->transceiver, GST_READ_UINT32_BE (p->data + 8), &packet);
  }
}

const gchar *const *
feed_call_get_files (const FeedCall *self)
{
  const GValue *value = gst_structure_get_value (self->summary, "locations");

  return g_value_get_boxed (value);
}

guint64
feed_call_get (const FeedCall *self, const gchar *field)
{
  guint64 value = 0;

  g_assert_true (gst_structure_get_uint64 (self->summary, field, &value));
  return value;
}

gchar *
feed_call_read_sidecar (const FeedCall *self)
{
  const gchar *path = gst_structure_get_string (self->summary, "sidecar");
  g_autoptr (GError) error = NULL;
  gchar *text = NULL;

  g_assert_nonnull (path);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}
