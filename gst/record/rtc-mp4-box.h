/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-mp4-box.h - boxes of ISO/IEC 14496-12 appended to a byte array.
 *
 * begin writes a box's header and returns what end wants; what is appended in between is inside.
 * Boxes are under 4 GiB. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize rtc_mp4_begin (GByteArray *out, const gchar *type); /* type: four characters */
gsize rtc_mp4_begin_full (GByteArray *out, const gchar *type, guint8 version, guint32 flags);
void rtc_mp4_end (GByteArray *out, gsize begun);

/* Big-endian numbers. */
void rtc_mp4_u8 (GByteArray *out, guint8 value);
void rtc_mp4_u16 (GByteArray *out, guint value);
void rtc_mp4_u32 (GByteArray *out, guint32 value);
void rtc_mp4_u64 (GByteArray *out, guint64 value);

void rtc_mp4_zeros (GByteArray *out, guint n);
void rtc_mp4_text (GByteArray *out, const gchar *text); /* with its NUL */

/* Overwrites four bytes at pos, counted from the start of out. */
void rtc_mp4_patch_u32 (GByteArray *out, gsize pos, guint32 value);

G_END_DECLS
