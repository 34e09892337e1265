/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-webrtcbin.c - data channels of two of upstream's webrtcbin: see bench-channels.h. With
 * GST_PLUGIN_PATH it may have our libgstsctp.so below it. */
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

#include "bench-channels.h"

static GstElement *pipeline, *ends[2];
static GMutex lock;
static GCond gathered; /* or further with it */

/* Candidates trickle on a clean path; over an emulated link they are all in the description. */
static void
on_candidate (GstElement *end, guint line, const gchar *candidate, Bench *bench)
{
  if (g_getenv ("BENCH_LINK") == NULL)
    g_signal_emit_by_name (ends[end == ends[0]], "add-ice-candidate", line, candidate);
}

static void
on_data_channel (GstElement *end, GObject *channel, Bench *bench)
{
  bench_take_channel (bench, 1, channel);
}

static GstWebRTCSessionDescription *
make (GstElement *end, const gchar *action, const gchar *field)
{
  GstWebRTCSessionDescription *description = NULL;
  GstPromise *promise = gst_promise_new ();

  g_signal_emit_by_name (end, action, NULL, promise);
  gst_promise_wait (promise);
  gst_structure_get (gst_promise_get_reply (promise), field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
      &description, NULL);
  gst_promise_unref (promise);
  return description;
}

static void
set (GstElement *end, const gchar *action, GstWebRTCSessionDescription *description)
{
  GstPromise *promise = gst_promise_new ();

  g_signal_emit_by_name (end, action, description, promise);
  gst_promise_wait (promise);
  gst_promise_unref (promise);
}

static void
on_gathering (GstElement *end, GParamSpec *pspec, gpointer unused)
{
  g_mutex_lock (&lock);
  g_cond_broadcast (&gathered);
  g_mutex_unlock (&lock);
}

static void
wait_for_candidates (GstElement *end)
{
  GstWebRTCICEGatheringState state;

  g_mutex_lock (&lock);
  for (;;) {
    g_object_get (end, "ice-gathering-state", &state, NULL);
    if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
      break;
    g_cond_wait (&gathered, &lock);
  }
  g_mutex_unlock (&lock);
}

/* Applies a description of ends[from]'s at both. */
static void
exchange (Bench *bench, guint from, GstWebRTCSessionDescription *description)
{
  GstWebRTCSessionDescription *crossed = NULL;
  GstSDPMessage *sdp = NULL;
  gchar *text, *rewritten;

  set (ends[from], "set-local-description", description);
  if (g_getenv ("BENCH_LINK") == NULL) {
    set (ends[1 - from], "set-remote-description", description);
  } else {
    wait_for_candidates (ends[from]);
    g_object_get (ends[from], "local-description", &crossed, NULL);
    text = gst_sdp_message_as_text (crossed->sdp);
    gst_webrtc_session_description_free (crossed);
    rewritten = bench_cross_link (bench, from == 0, text);
    gst_sdp_message_new_from_text (rewritten, &sdp);
    crossed = gst_webrtc_session_description_new (description->type, sdp);
    set (ends[1 - from], "set-remote-description", crossed);
    gst_webrtc_session_description_free (crossed);
    g_free (rewritten);
    g_free (text);
  }
  gst_webrtc_session_description_free (description);
}

void
bench_peer_connect (Bench *bench)
{
  GObject *channel = NULL;

  pipeline = gst_pipeline_new (NULL);
  for (guint i = 0; i < 2; i++) {
    ends[i] = gst_element_factory_make ("webrtcbin", NULL);
    gst_bin_add (GST_BIN (pipeline), ends[i]);
    g_signal_connect (ends[i], "on-ice-candidate", G_CALLBACK (on_candidate), bench);
    g_signal_connect (ends[i], "notify::ice-gathering-state", G_CALLBACK (on_gathering), NULL);
  }
  g_signal_connect (ends[1], "on-data-channel", G_CALLBACK (on_data_channel), bench);
  gst_element_set_state (pipeline, GST_STATE_READY);
  g_signal_emit_by_name (ends[0], "create-data-channel", "bench", NULL, &channel);
  bench_take_channel (bench, 0, channel);
  g_object_unref (channel);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  exchange (bench, 0, make (ends[0], "create-offer", "offer"));
  exchange (bench, 1, make (ends[1], "create-answer", "answer"));
}

void
bench_peer_hang_up (Bench *bench)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_object (&pipeline);
}

int
main (int argc, char **argv)
{
  Bench *bench;
  int status;

  gst_init (NULL, NULL);
  bench = bench_new ("webrtcbin");
  status = bench_main (bench, argc, argv);
  bench_free (bench);
  return status;
}
