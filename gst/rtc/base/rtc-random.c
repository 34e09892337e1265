/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

struct _RtcRandom {
  gboolean secure;
  guint64 s[4];     /* state of the seeded kind */
  guint8 pool[256]; /* unread bytes of the secure kind */
  gsize pool_pos;
};

/* SplitMix64, which xoshiro's authors name for seeding. */
static guint64
random_split_mix (guint64 *x)
{
  guint64 z = (*x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint64
random_rotl (guint64 x, guint k)
{
  return (x << k) | (x >> (64 - k));
}

static guint64
random_next_seeded (RtcRandom *self)
{
  guint64 *s = self->s;
  guint64 result = random_rotl (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = random_rotl (s[3], 45);
  return result;
}

static void
random_refill (RtcRandom *self)
{
  gsize got = 0;

  while (got < sizeof self->pool) {
    gssize n = getrandom (self->pool + got, sizeof self->pool - got, 0);

    if (n < 0 && errno != EINTR)
      g_error ("getrandom: %s", g_strerror (errno));
    if (n > 0)
      got += (gsize) n;
  }
  self->pool_pos = 0;
}

RtcRandom *
rtc_random_new_seeded (guint64 seed)
{
  RtcRandom *self = g_new0 (RtcRandom, 1);

  for (guint i = 0; i < 4; i++)
    self->s[i] = random_split_mix (&seed);
  return self;
}

RtcRandom *
rtc_random_new_secure (void)
{
  RtcRandom *self = g_new0 (RtcRandom, 1);

  self->secure = TRUE;
  self->pool_pos = sizeof self->pool;
  return self;
}

void
rtc_random_free (RtcRandom *self)
{
  if (self == NULL)
    return;
  explicit_bzero (self, sizeof *self);
  g_free (self);
}

void
rtc_random_fill (RtcRandom *self, guint8 *data, gsize len)
{
  while (len > 0) {
    guint64 value;
    gsize n;

    if (self->secure) {
      if (self->pool_pos == sizeof self->pool)
        random_refill (self);
      n = MIN (len, sizeof self->pool - self->pool_pos);
      memcpy (data, self->pool + self->pool_pos, n);
      /* What was given out may become a key: it must not stay here. */
      explicit_bzero (self->pool + self->pool_pos, n);
      self->pool_pos += n;
    } else {
      value = GUINT64_TO_LE (random_next_seeded (self));
      n = MIN (len, sizeof value);
      memcpy (data, &value, n);
    }
    data += n;
    len -= n;
  }
}

guint32
rtc_random_u32 (RtcRandom *self)
{
  return (guint32) rtc_random_u64 (self);
}

guint64
rtc_random_u64 (RtcRandom *self)
{
  guint64 value;

  rtc_random_fill (self, (guint8 *) &value, sizeof value);
  return GUINT64_FROM_LE (value);
}

guint32
rtc_random_range (RtcRandom *self, guint32 low, guint32 high)
{
  if (high <= low)
    return low;
  /* Multiply-shift; the bias of 2^-32 does not matter for what we draw. */
  return low + (guint32) (((guint64) rtc_random_u32 (self) * (high - low)) >> 32);
}

gdouble
rtc_random_double (RtcRandom *self)
{
  return (gdouble) (rtc_random_u64 (self) >> 11) * (1.0 / 9007199254740992.0);
}

void
rtc_random_ice_chars (RtcRandom *self, gchar *out, gsize n_chars)
{
  static const gchar alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  rtc_random_fill (self, (guint8 *) out, n_chars);
  for (gsize i = 0; i < n_chars; i++)
    out[i] = alphabet[(guint8) out[i] & 63];
  out[n_chars] = '\0';
}
