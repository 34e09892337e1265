/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-stamp.h - when a packet was given to the sender, if whoever did that has written it there:
 * the last bytes of the payload are "WBEN" and CLOCK_REALTIME in nanoseconds, 64 bits, big endian.
 * A payloader behind a depayloader leaves the end of a picture where it is, so that the last packet
 * of a picture has it, and each of sound. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define LOAD_STAMP_BYTES 12

/* FALSE: the payload, of len bytes, has none. */
gboolean load_stamp_read (const guint8 *payload, gsize len, guint64 *realtime);

G_END_DECLS
