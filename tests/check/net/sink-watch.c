/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sink-watch.h"

#include <string.h>

void
sink_watch_play (SinkPipeline *sink, const gchar *pipeline)
{
  GError *error = NULL;

  memset (sink, 0, sizeof *sink);
  sink->pipeline = gst_parse_launch (pipeline, &error);
  g_assert_no_error (error);
  sink->sink = gst_bin_get_by_name (GST_BIN (sink->pipeline), "sink");
  sink_pipeline_play (sink);
}

SimLink
sink_watch_make_link (guint64 kbps)
{
  return (
      SimLink){ .delay = 20 * GST_MSECOND, .rate_bps = 1000 * kbps, .queue = 200 * GST_MSECOND };
}

SinkWatch
sink_watch_call (
    SinkPipeline *sink, NetViewers *viewers, guint64 kbps, LyingSrtpKind lie, gboolean pictures)
{
  NetViewerConfig config = {
    .video = RTC_CODEC_VP8, .no_audio = TRUE, .transport_cc = TRUE, .lie = lie, .pictures = pictures
  };
  LinkEmulatorConfig link = {
    .seed = 7, .to_server = sink_watch_make_link (0), .to_client = sink_watch_make_link (kbps)
  };
  SinkWatch watch = { link_emulator_new (&link), net_viewer_new (viewers, &config), NULL };
  gchar *offer = net_viewer_create_offer (watch.viewer), *answer = NULL;
  gchar *seen_offer = link_emulator_rewrite_offer (watch.link, offer), *seen_answer;
  GError *error = NULL;

  g_assert_cmpuint (net_whep_post (sink->whep_url, seen_offer, &answer, &watch.location), ==, 201);
  seen_answer = link_emulator_rewrite_answer (watch.link, answer);
  net_viewer_set_answer (watch.viewer, seen_answer, &error);
  g_assert_no_error (error);
  g_free (offer);
  g_free (answer);
  g_free (seen_offer);
  g_free (seen_answer);
  return watch;
}

SinkWatch
sink_watch_start (
    SinkPipeline *sink, NetViewers *viewers, guint64 kbps, LyingSrtpKind lie, gboolean pictures)
{
  SinkWatch watch = sink_watch_call (sink, viewers, kbps, lie, pictures);

  g_assert_true (net_viewer_wait_packets (watch.viewer, 10, 0, 20000));
  return watch;
}

void
sink_watch_set_rate (SinkWatch *self, guint64 kbps)
{
  SimLink link = sink_watch_make_link (kbps);

  link_emulator_set_link (self->link, SIM_B_TO_A, &link);
}

void
sink_watch_stop (SinkWatch *self)
{
  net_whep_delete (self->location);
  net_viewer_free (self->viewer, TRUE);
  link_emulator_free (self->link);
  g_free (self->location);
}

void
sink_watch_pass_time (SinkPipeline *sink, GstClockTime time)
{
  GstBus *bus = gst_element_get_bus (sink->pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, time, GST_MESSAGE_ERROR);

  g_assert_null (message);
  gst_object_unref (bus);
}

GstStructure *
sink_watch_get_outbound (SinkPipeline *sink, const gchar *session_id)
{
  GstStructure *stats = NULL, *session = NULL, *outbound = NULL;

  g_object_get (sink->sink, "stats", &stats, NULL);
  if (gst_structure_get (stats, session_id, GST_TYPE_STRUCTURE, &session, NULL))
    gst_structure_get (session, "outbound-rtp-0", GST_TYPE_STRUCTURE, &outbound, NULL);
  g_clear_pointer (&session, gst_structure_free);
  gst_structure_free (stats);
  return outbound;
}

gchar **
sink_watch_list_sessions (SinkPipeline *sink)
{
  gchar **ids = NULL;

  g_signal_emit_by_name (sink->sink, "get-sessions", &ids);
  return ids;
}
