/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ebml.h - EBML elements (RFC 8794) appended to a byte array.
 *
 * IDs are written as in the tables of RFC 9559, marker bits included. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RTC_EBML_UNKNOWN_SIZE: for rtc_ebml_size8(), an element that ends where its parent's next one
 * begins (RFC 8794 6.2). */
#define RTC_EBML_UNKNOWN_SIZE ((G_GUINT64_CONSTANT (1) << 56) - 1)

void rtc_ebml_id (GByteArray *out, guint32 id);

/* A data size in as few bytes as it takes, or in 8; size < 2^56 - 1. */
void rtc_ebml_size (GByteArray *out, guint64 size);
void rtc_ebml_size8 (GByteArray *out, guint64 size);

/* Whole elements. */
void rtc_ebml_uint (GByteArray *out, guint32 id, guint64 value);
void rtc_ebml_float (GByteArray *out, guint32 id, gdouble value);      /* 8 bytes */
void rtc_ebml_date (GByteArray *out, guint32 id, gint64 ns_since_2001);
void rtc_ebml_string (GByteArray *out, guint32 id, const gchar *value);
void rtc_ebml_binary (GByteArray *out, guint32 id, const guint8 *data, gsize len);

/* A Void element of total bytes, header included; total 2..120. */
void rtc_ebml_void (GByteArray *out, gsize total);

/* A master element with an 8-byte size: begin returns what end wants; elements in between are its
 * children. */
gsize rtc_ebml_begin (GByteArray *out, guint32 id);
void rtc_ebml_end (GByteArray *out, gsize begun);

G_END_DECLS
