/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-keyframe.c - payload headers of every video format; the first byte chooses which. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/rtp/rtc-key-frame.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcKeyFrameFormat format;
  gboolean is_start;

  if (size == 0)
    return 0;
  format = data[0] % (RTC_KEY_FRAME_FORMAT_AV1 + 1);
  is_start = rtc_key_frame_is_start (format, data + 1, size - 1);
  if (format == RTC_KEY_FRAME_FORMAT_NONE)
    FUZZ_CHECK (is_start);
  else
    FUZZ_CHECK (!is_start || size > 1);
  /* A start stays one however much payload follows. */
  if (is_start) {
    guint8 *longer = g_malloc0 (size + 64);

    memcpy (longer, data, size);
    FUZZ_CHECK (rtc_key_frame_is_start (format, longer + 1, size + 63));
    g_free (longer);
  }
  return 0;
}
