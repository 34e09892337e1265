/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "linked-call.h"

#define TRACE_SECONDS 4

void
linked_call_start (LinkedCall *self, const LinkedCallConfig *config)
{
  LinkEmulatorConfig link = { .seed = 1, .to_server = config->link, .to_client = config->link };
  NetTraceConfig media = { .seconds = TRACE_SECONDS, .key_frame_frames = config->key_frame_frames };
  NetCallerConfig caller = { 0 };

  self->trace = net_trace_new (&media);
  self->callers = net_callers_new_with_trace (self->trace);
  call_pipeline_start_src (&self->pipeline, config->properties, config->video_sink,
      config->audio_sink, config->sink_added, config->sink_data);
  caller.link = self->link = link_emulator_new (&link);
  self->caller = call_pipeline_call (&self->pipeline, self->callers, &caller, NULL);
}

void
linked_call_stop (LinkedCall *self)
{
  net_caller_free (self->caller, TRUE);
  g_assert_true (call_pipeline_wait_sessions (&self->pipeline, 0, 40000));
  g_assert_true (call_pipeline_wait_pads_gone (&self->pipeline, 20000));
  call_pipeline_stop (&self->pipeline);
  link_emulator_free (self->link);
  net_callers_free (self->callers);
  net_trace_free (self->trace);
}
