/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-sound.c - A32: Opus with in-band FEC over a path that loses every tenth packet, as opusenc
 * makes it when told so and as the peers carry it. What neither came nor is repeated in the packet
 * after it (RFC 6716 4.2.4) has to be concealed. RTC_TEST_SEEDS seeds. */
#include <gst/app/app.h>
#include <math.h>

#include "gst/media/gstrtcencoder.h"
#include "sim-seeds.h"
#include "sim-world.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 20
#define RATE 48000
#define FRAME (RATE / 50)
#define N_FRAMES 1000
#define BITRATE 32000
#define LOSS 10 /* percent */

/* --- what is said ------------------------------------------------------------------------------
 */

/* A voice: harmonics of a pitch that moves, loud around three formants, syllables, and a pause of
 * a fifth of a second every two. */
static gint16
speak (guint64 sample)
{
  static const gdouble formants[] = { 600, 1300, 2600 };
  gdouble t = (gdouble) sample / RATE, sum = 0;
  gdouble phase = 2 * G_PI * (130 * t + 8 * sin (2 * G_PI * 0.5 * t));
  gdouble loudness = fmod (t, 2) < 0.2 ? 0 : 0.3 + 0.7 * fabs (sin (2 * G_PI * 2 * t));

  for (guint k = 1; k <= 25; k++) {
    gdouble weight = 0.02;

    for (guint i = 0; i < G_N_ELEMENTS (formants); i++)
      weight += exp (-pow ((130 * k - formants[i]) / 200, 2)) / (i + 1);
    sum += weight * sin (k * phase);
  }
  return (gint16) (2500 * loudness * sum);
}

/* N_FRAMES of GBytes, as webrtcsink has opusenc make them. (transfer full) */
static GPtrArray *
encode (gboolean use_fec)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (
      "appsrc name=in format=time caps=audio/x-raw,format=S16LE,rate=48000,channels=1,"
      "layout=interleaved ! opusenc name=encoder ! appsink name=out sync=false",
      &error);
  GstElement *in, *out, *encoder;

  g_assert_no_error (error);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  gst_rtc_encoder_set_bitrate (encoder, BITRATE);
  gst_rtc_encoder_set_fec (encoder, use_fec);
  gst_rtc_encoder_set_loss (encoder, LOSS);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < N_FRAMES; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, FRAME * sizeof (gint16), NULL);
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    for (guint k = 0; k < FRAME; k++)
      ((gint16 *) (gpointer) map.data)[k] = speak ((guint64) i * FRAME + k);
    gst_buffer_unmap (buffer, &map);
    GST_BUFFER_PTS (buffer) = i * 20 * MS;
    GST_BUFFER_DURATION (buffer) = 20 * MS;
    g_assert_cmpint (gst_app_src_push_buffer (GST_APP_SRC (in), buffer), ==, GST_FLOW_OK);
  }
  gst_app_src_end_of_stream (GST_APP_SRC (in));
  while (frames->len < N_FRAMES) {
    GstSample *sample = gst_app_sink_pull_sample (GST_APP_SINK (out));
    GstMapInfo map;

    g_assert_nonnull (sample);
    gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
    g_ptr_array_add (frames, g_bytes_new (map.data, map.size));
    gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (in);
  gst_object_unref (out);
  gst_object_unref (encoder);
  gst_object_unref (pipeline);
  return frames;
}

/* --- what is heard -----------------------------------------------------------------------------
 */

/* RFC 6716 3.1, 4.2.3: one mono frame of 20 ms; its first bits are the voice activity and whether
 * it repeats the frame before. CELT alone never does. */
static gboolean
repeats_earlier (GBytes *packet)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (packet, &len);

  return len >= 2 && data[0] >> 3 < 16 && (data[0] & 3) == 0 && (data[1] & 0x40) != 0;
}

typedef struct {
  guint n, lost, concealed;
} Heard;

static Heard
listen (const SimViewer *viewer, GstClockTime duration)
{
  GHashTableIter iter;
  gpointer key, value;
  guint32 first = 0;
  Heard heard = { 0 };
  gboolean has_first = FALSE;

  g_hash_table_iter_init (&iter, viewer->sound);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (!has_first || (gint32) (GPOINTER_TO_UINT (key) - first) < 0)
      first = GPOINTER_TO_UINT (key);
    has_first = TRUE;
  }
  g_assert_true (has_first);
  for (guint i = 0; i < duration / (20 * MS); i++) {
    guint32 ts = first + i * FRAME;
    GBytes *next = g_hash_table_lookup (viewer->sound, GUINT_TO_POINTER (ts + FRAME));

    heard.n++;
    if (g_hash_table_lookup (viewer->sound, GUINT_TO_POINTER (ts)) != NULL)
      continue;
    heard.lost++;
    heard.concealed += next == NULL || !repeats_earlier (next) ? 1 : 0;
  }
  return heard;
}

static Heard
run_call (GPtrArray *frames, guint64 seed)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .follows = TRUE,
    .payload_bytes = 1000,
    .bitrate = { 50000, 300000, 1000000 },
    .latency = 200 * MS,
    .sound = frames };
  SimLink link = { .delay = 25 * MS, .loss = LOSS / 100.0 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link);
  GError *error = NULL;
  RtcPeerStats stats;
  Heard heard;

  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (world, 64 * S);
  heard = listen (&call->viewer, 60 * S);
  /* What webrtcsink tells encoders of. */
  rtc_peer_get_stats (call->peers[SENDER], sim_world_now (world), &stats);
  g_assert_cmpfloat (stats.rate.target.loss, >=, 0.05);
  g_assert_cmpfloat (stats.rate.target.loss, <=, 0.15);
  rtc_peer_stats_clear (&stats);
  sim_world_free (world);
  return heard;
}

static void
test_inband_fec (gconstpointer data)
{
  gboolean use_fec = GPOINTER_TO_UINT (data);
  GPtrArray *frames = encode (use_fec);
  guint n_repeating = 0;

  for (guint i = 0; i < frames->len; i++)
    n_repeating += repeats_earlier (frames->pdata[i]) ? 1 : 0;
  g_test_message ("%u of %u frames repeat the one before", n_repeating, frames->len);
  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    Heard heard = run_call (frames, seed);
    gdouble concealed = 100.0 * heard.concealed / heard.n;

    g_test_message ("seed %u: of %u frames %.1f %% lost, %.2f %% concealed", seed, heard.n,
        100.0 * heard.lost / heard.n, concealed);
    g_assert_cmpfloat (heard.lost, >=, 0.05 * heard.n);
    if (use_fec)
      g_assert_cmpfloat (concealed, <=, 3);
    else
      g_assert_cmpfloat (concealed, >=, 5);
  }
  g_ptr_array_unref (frames);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/sim/sound/inband-fec", GUINT_TO_POINTER (TRUE), test_inband_fec);
  g_test_add_data_func ("/sim/sound/without", GUINT_TO_POINTER (FALSE), test_inband_fec);
  return g_test_run ();
}
