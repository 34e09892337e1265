/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-crc32c.h - the checksum of SCTP packets (RFC 9260 6.8 and appendix A), by the processor's own
 * instruction where it has one. Pure, re-entrant. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes the checksum into a packet of at least 12 bytes. */
void rtc_crc32c_write (guint8 *packet, gsize len);

/* Whether it is right; FALSE for fewer than 12 bytes. */
gboolean rtc_crc32c_check (const guint8 *packet, gsize len);

G_END_DECLS
