/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-picture-id.h - the numbers of pictures in VP8's and VP9's payload descriptors, and the
 * temporal layer.
 *
 * Says where they are, so that a packet's copy can be given others of the same width (RFC 7741 4.2,
 * RFC 9628 4.2). Other formats have none. Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtp/rtc-key-frame.h"

G_BEGIN_DECLS

/* RtcPictureId: zero-initialised: there is nothing. */
typedef struct {
  guint16 id;           /* PictureID, 7 or 15 bits */
  guint8 id_offset;     /* of its first byte in the payload; 0: none */
  guint8 is_long;       /* 15 bits */
  guint8 tl0;           /* TL0PICIDX */
  guint8 tl0_offset;    /* 0: none */
  guint8 temporal;      /* layer, 0: the base, or there are no layers */
  guint8 is_sync;       /* VP8 Y: depends on the base layer only */
  guint8 is_up;         /* VP9 U: higher layers that follow depend on nothing from before it that is
                         * above its own layer */
} RtcPictureId;

/* What the descriptor at the begin of a payload says; all zero for other formats, and where it is
 * cut off. */
void rtc_picture_id_parse (RtcPictureId *self, RtcKeyFrameFormat format, const guint8 *payload,
    gsize len);

/* Puts other numbers into a payload for which self was parsed: those that it has, id modulo its
 * width. */
void rtc_picture_id_patch (const RtcPictureId *self, guint8 *payload, guint16 id, guint8 tl0);

G_END_DECLS
