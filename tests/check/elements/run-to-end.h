/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* run-to-end.h - runs a program's tests between the beginning and the end of GStreamer, at which
 * its leaks tracer looks: GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

static inline int
run_to_end (void)
{
  int failed;

  gst_init (NULL, NULL);
  failed = g_test_run ();
  gst_deinit ();
  return failed;
}

G_END_DECLS
