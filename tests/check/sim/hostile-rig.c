/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "hostile-rig.h"

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };

gboolean
rig_is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

void
rig_init (Rig *self, guint64 seed)
{
  SimWorldConfig config = { .seed = seed };
  GError *error = NULL;

  self->world = sim_world_new (&config);
  self->bad = sim_world_add_call (self->world, &link_clean);
  self->good = sim_world_add_call (self->world, &link_clean);
  sim_call_negotiate (self->bad, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_call_negotiate (self->good, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (self->world, 2 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (self->bad->peers[SENDER]), ==, RTC_PEER_STATE_CONNECTED);
}

void
rig_run (Rig *self, GstClockTime duration)
{
  sim_world_run (self->world, sim_world_now (self->world) + duration);
}

void
rig_assert_unharmed (Rig *self, SimCall *call)
{
  g_assert_cmpint (rtc_peer_get_state (call->peers[SENDER]), ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpint (rtc_peer_get_state (call->peers[VIEWER]), ==, RTC_PEER_STATE_CONNECTED);
  /* All pictures but those on their way. */
  g_assert_cmpuint (call->viewer.frames_complete + 3, >=,
      sim_world_get_frames (self->world) - call->viewer.first_frame);
}

void
rig_clear (Rig *self)
{
  rig_assert_unharmed (self, self->good);
  sim_world_free (self->world);
}

void
rig_call_stats (Rig *self, SimCall *call, guint end, RtcPeerStats *out)
{
  rtc_peer_get_stats (call->peers[end], sim_world_now (self->world), out);
}

void
rig_inject_raw (Rig *self, guint end, const guint8 *data, gsize len)
{
  RtcPeer *peer = self->bad->peers[end];

  g_assert_cmpint (
      peer->ice->vtable->send (peer->ice, sim_world_now (self->world), data, len), ==, RTC_OK);
}

void
rig_inject_rtcp (Rig *self, guint end, RtcRtcpBuilder *builder, gsize cap)
{
  gsize len = 0;

  g_assert_cmpint (rtc_rtcp_builder_finish (builder, &len), ==, RTC_OK);
  rtc_peer_protect_and_send_rtcp (
      self->bad->peers[end], sim_world_now (self->world), builder->writer.data, len, cap);
}

RtcReceiveStream *
rig_find_video (Rig *self)
{
  RtcPeer *viewer = self->bad->peers[VIEWER];

  for (guint i = 0; i < viewer->inbound->len; i++) {
    RtcReceiveStream *inbound = rtc_peer_inbound (viewer, i);

    if (inbound->section == 0 && !inbound->is_repair)
      return inbound;
  }
  g_assert_not_reached ();
}
