/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-address.h - an IP address and a port as a plain value: what the core calls a place to send
 * to.
 *
 * An IPv4 address that came as IPv6 (::ffff:a.b.c.d) is IPv4 here, so that one place has one value.
 * Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RTC_ADDRESS_NONE,
  RTC_ADDRESS_IPV4,
  RTC_ADDRESS_IPV6,
} RtcAddressFamily;

typedef struct {
  RtcAddressFamily family;
  guint8 bytes[16]; /* network order; IPv4: the first 4, the others 0 */
  guint16 port;
} RtcAddress;

/* RTC_ADDRESS_TEXT_BYTES: of the longest text with its NUL: "[" 45 "]:" 5 digits. */
#define RTC_ADDRESS_TEXT_BYTES 54

/* n_bytes of bytes, 4 or 16. */
RtcAddress rtc_address_make (const guint8 *bytes, guint n_bytes, guint16 port);

/* A literal without brackets or zone. FALSE when it is none; out is untouched then. */
gboolean rtc_address_parse (const gchar *literal, guint16 port, RtcAddress *out);

/* "1.2.3.4:5", "[::1]:5" and "none" into out, of RTC_ADDRESS_TEXT_BYTES. Returns out. */
const gchar *rtc_address_to_text (const RtcAddress *self, gchar *out);

/* The literal alone, as candidates have it, into out of size bytes; empty for none. */
void rtc_address_to_literal (const RtcAddress *self, gchar *out, gsize size);

gboolean rtc_address_equal (const RtcAddress *a, const RtcAddress *b);
guint rtc_address_hash (const RtcAddress *self);

G_END_DECLS
