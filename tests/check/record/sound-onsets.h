/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sound-onsets.h - where beeps begin in a sound, and how high its tone is.
 *
 * Takes mono float samples at SOUND_RATE with their times; keeps two numbers per 2 ms and the
 * samples (11 MB a minute, up to SOUND_MAX_SECONDS), since what "loud" is shows at the end only.
 * One thread at a time. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define SOUND_RATE 48000
#define SOUND_MAX_SECONDS 300

typedef struct _SoundOnsets SoundOnsets;

SoundOnsets *sound_onsets_new (void);
void sound_onsets_free (SoundOnsets *self);

/* n samples, the first of which is at time (invalid: follows the last). */
void sound_onsets_push (SoundOnsets *self, GstClockTime time, const gfloat *samples, gsize n);

/* Times (GstClockTime) at which it gets loud after at least 150 ms of quiet, to 2 ms. A steady
 * tone has one, its beginning. Silence has none. (transfer full) */
GArray *sound_onsets_find (SoundOnsets *self);

/* The pitch of the loud parts by their zero crossings, Hz; 0 for silence. Right for one sine. */
gdouble sound_onsets_get_pitch (SoundOnsets *self);

/* Share of the time, 0 to 1, that is loud: 1 for a steady tone, 0 for silence. */
gdouble sound_onsets_get_loud_share (SoundOnsets *self);

G_END_DECLS
