/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-stamp.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"

gboolean
load_stamp_read (const guint8 *payload, gsize len, guint64 *realtime)
{
  const guint8 *stamp;
  RtcReader r;

  if (len < LOAD_STAMP_BYTES)
    return FALSE;
  stamp = payload + len - LOAD_STAMP_BYTES;
  if (memcmp (stamp, "WBEN", 4) != 0)
    return FALSE;
  r = rtc_reader (stamp + 4, LOAD_STAMP_BYTES - 4); /* at any address */
  *realtime = rtc_reader_u64 (&r);
  return TRUE;
}
