/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-vpx.h - what a recording reads of VP8 and VP9: payload descriptors and frame headers.
 *
 * RFC 7741 4.2 and RFC 6386 9.1; RFC 9628 4.2 and the VP9 bitstream specification 6.2. Pure,
 * re-entrant; malformed input gives FALSE, and what it came with is to be dropped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RtcVpxDescriptor: of one RTP payload. */
typedef struct {
  gboolean begins_picture; /* first packet of a picture (of its lowest spatial layer) */
  gint picture_id;         /* -1: none */
  guint picture_id_bits;   /* 7 or 15 */
} RtcVpxDescriptor;

gboolean rtc_vp8_descriptor_parse (RtcVpxDescriptor *out, const guint8 *payload, gsize len);
gboolean rtc_vp9_descriptor_parse (RtcVpxDescriptor *out, const guint8 *payload, gsize len);

/* Whether b's picture is the one right after a's, by their ids; FALSE when either has none. */
gboolean rtc_vpx_descriptor_follows (const RtcVpxDescriptor *a, const RtcVpxDescriptor *b);

/* RtcVpxFrame: of one whole frame (VP9: the first frame of a superframe). */
typedef struct {
  gboolean is_key;
  guint profile;       /* 0..3 */
  guint width, height; /* of a key frame, pixels; 0 otherwise */
} RtcVpxFrame;

gboolean rtc_vp8_frame_parse (RtcVpxFrame *out, const guint8 *data, gsize len);
gboolean rtc_vp9_frame_parse (RtcVpxFrame *out, const guint8 *data, gsize len);

G_END_DECLS
