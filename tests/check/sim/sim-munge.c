/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-munge.h"

gchar *
sim_munge_replace (gchar *sdp, const gchar *what, const gchar *by)
{
  gchar **parts = g_strsplit (sdp, what, -1);
  gchar *out = g_strjoinv (by, parts);

  g_strfreev (parts);
  g_free (sdp);
  return out;
}

gchar *
sim_munge_no_twcc (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, " transport-cc\r\n", " x-unknown\r\n");
}

gchar *
sim_munge_no_rate_feedback (gchar *sdp, gboolean from_sender)
{
  sdp = sim_munge_no_twcc (sdp, from_sender);
  return sim_munge_replace (sdp, " goog-remb\r\n", " x-unknown\r\n");
}
