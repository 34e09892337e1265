/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* stun-message.h - STUN messages as an attacker writes them, right or wrong (RFC 8489 5, 14). */
#pragma once

#include "gst/rtc/base/rtc-bytes.h"

G_BEGIN_DECLS

#define STUN_BINDING_REQUEST 0x0001
#define STUN_BINDING_INDICATION 0x0011
#define STUN_BINDING_SUCCESS 0x0101
#define STUN_BINDING_ERROR 0x0111

#define STUN_ATTR_USERNAME 0x0006
#define STUN_ATTR_ERROR_CODE 0x0009
#define STUN_ATTR_XOR_MAPPED_ADDRESS 0x0020
#define STUN_ATTR_PRIORITY 0x0024
#define STUN_ATTR_USE_CANDIDATE 0x0025
#define STUN_ATTR_ICE_CONTROLLED 0x8029
#define STUN_ATTR_ICE_CONTROLLING 0x802a

/* Starts a message in data, which holds size bytes. transaction: 12 bytes. */
RtcWriter stun_begin (guint8 *data, gsize size, guint16 type, const guint8 *transaction);

/* Appends an attribute with its padding; value is (nullable) when len is 0. */
void stun_attribute (RtcWriter *w, guint16 type, const void *value, gsize len);

/* Appends MESSAGE-INTEGRITY by that password (nullable: none) and FINGERPRINT, fills the length
 * in and returns the message's. */
gsize stun_end (RtcWriter *w, const gchar *password);

G_END_DECLS
