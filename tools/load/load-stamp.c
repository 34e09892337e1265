/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-stamp.h"

#include <string.h>

gboolean
load_stamp_read (const guint8 *payload, gsize len, guint64 *realtime)
{
  const guint8 *stamp;

  if (len < LOAD_STAMP_BYTES)
    return FALSE;
  stamp = payload + len - LOAD_STAMP_BYTES;
  if (memcmp (stamp, "WBEN", 4) != 0)
    return FALSE;
  *realtime = GST_READ_UINT64_BE (stamp + 4);
  return TRUE;
}
