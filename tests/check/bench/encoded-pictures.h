/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* encoded-pictures.h - pictures encoded before a measurement begins, to be given again and again
 * while it runs: the encoder then costs nothing. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GPtrArray *buffers; /* GstBuffer, the first one a key frame */
  GstCaps *caps;
} EncodedPictures;

/* Runs launch, which ends in the encoder's source pad, to its end; it aborts when it fails. Any
 * thread. The time of the buffers is that of the encoding: copy and set it. */
void encoded_pictures_init (EncodedPictures *self, const gchar *launch);
void encoded_pictures_clear (EncodedPictures *self);

G_END_DECLS
