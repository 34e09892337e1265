/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-random.h - the generator of random numbers that is handed into the core.
 *
 * Two kinds behind one type: a seeded one (xoshiro256**, for simulations that repeat bit for
 * bit) and a secure one (getrandom(2), for everything that meets a real peer). Not thread-safe:
 * network thread only, one per loop or simulation. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RtcRandom RtcRandom;

/* A generator whose output is a function of seed alone. For simulations and tests only. */
RtcRandom *rtc_random_new_seeded (guint64 seed);

/* A generator of cryptographic quality. Aborts if the kernel has no randomness to give. */
RtcRandom *rtc_random_new_secure (void);

/* (nullable) */
void rtc_random_free (RtcRandom *self);

void rtc_random_fill (RtcRandom *self, guint8 *data, gsize len);
guint32 rtc_random_u32 (RtcRandom *self);
guint64 rtc_random_u64 (RtcRandom *self);

/* Uniform in [low, high); low when high <= low. */
guint32 rtc_random_range (RtcRandom *self, guint32 low, guint32 high);

/* Uniform in [0, 1). */
gdouble rtc_random_double (RtcRandom *self);

/* n_chars of the ice-char alphabet (RFC 8839 5.4: ALPHA DIGIT + /) and a final NUL into out,
 * which must hold n_chars + 1 bytes. 6 random bits per character. */
void rtc_random_ice_chars (RtcRandom *self, gchar *out, gsize n_chars);

G_END_DECLS
