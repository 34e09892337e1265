/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-navigation.c - what viewers may say on the control channel: any text is a GstNavigation
 * event with finite positions, or is refused with a reason that the reply can hold as it is. */
#include <gst/gst.h>
#include <math.h>
#include <string.h>

#include "ext/webrtc/gstrtcnavigation.h"
#include "tests/check/fuzz/fuzz.h"

static gboolean
check_field (GQuark field, const GValue *value, gpointer data)
{
  if (G_VALUE_HOLDS_DOUBLE (value))
    FUZZ_CHECK (isfinite (g_value_get_double (value)));
  if (G_VALUE_HOLDS_STRING (value))
    FUZZ_CHECK (g_utf8_validate (g_value_get_string (value), -1, NULL));
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static gboolean is_ready;
  GstRtcNavigation out;
  GError *error = NULL;

  if (!is_ready)
    gst_init (NULL, NULL);
  is_ready = TRUE;
  if (gst_rtc_navigation_parse ((const gchar *) data, size, &out, &error)) {
    FUZZ_CHECK (error == NULL && size <= GST_RTC_NAVIGATION_MAX_BYTES);
    FUZZ_CHECK (GST_EVENT_TYPE (out.event) == GST_EVENT_NAVIGATION);
    gst_structure_foreach (gst_event_get_structure (out.event), check_field, NULL);
  } else {
    FUZZ_CHECK (error != NULL && out.event == NULL && out.mid == NULL);
    FUZZ_CHECK (strpbrk (error->message, "\"\\") == NULL);
    g_error_free (error);
  }
  gst_rtc_navigation_clear (&out);
  return 0;
}
