/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsharedtext.h - the texts of many sessions, what is alike in them once in memory.
 *
 * The offer of a viewer is kept by its session and by the server that it came to: that is one
 * text. The offers of viewers who have the same browser differ in a dozen lines, and so do our
 * answers: of these only the difference is kept (gstrtctextdelta.h), beside one of them whole.
 * Nothing is kept of a text that nobody has, unless others were made of it. Texts have ICE
 * passwords: memory is cleared when it is given back. Any thread. */
#pragma once

#include "gst/rtc/iface/rtc-text-iface.h"

G_BEGIN_DECLS

typedef struct _GstRtcSharedText GstRtcSharedText;

/* The same object for the same text for as long as somebody has it. (transfer full:
 * gst_rtc_shared_text_release()) */
GstRtcSharedText *gst_rtc_shared_text_new (const gchar *text);

/* (nullable) Gives it back; memory and place are free when nobody has it any more. */
void gst_rtc_shared_text_release (GstRtcSharedText *self);

/* What new() was given. (transfer full) */
gchar *gst_rtc_shared_text_dup (const GstRtcSharedText *self);

/* The same for a peer, whose descriptions are those that its session keeps. */
extern const RtcTextKeeper gst_rtc_shared_text_keeper;

/* Bytes that are kept of it alone. */
gsize gst_rtc_shared_text_get_size (const GstRtcSharedText *self);

G_END_DECLS
