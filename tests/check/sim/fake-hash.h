/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fake-hash.h - the keyed checksum of the fakes: fast, repeatable, no security whatever. */
#pragma once

#include <string.h>
#include <glib.h>

typedef struct {
  guint64 a, b;
} FakeHash;

static inline void
fake_hash_mix (FakeHash *self, guint64 v)
{
  self->a = (self->a ^ v) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  self->a ^= self->a >> 29;
  self->b = (self->b + self->a) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  self->b ^= self->b >> 32;
}

static inline void
fake_hash_add (FakeHash *self, gconstpointer data, gsize len)
{
  const guint8 *p = data;
  guint64 v = 0;

  fake_hash_mix (self, len);
  for (; len >= 8; p += 8, len -= 8) {
    memcpy (&v, p, 8);
    fake_hash_mix (self, GUINT64_FROM_BE (v));
  }
  for (v = 0; len > 0; len--)
    v = v << 8 | *p++;
  fake_hash_mix (self, v);
}

/* Fills out with as many bytes as asked for. */
static inline void
fake_hash_finish (FakeHash *self, guint8 *out, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    if (i % 8 == 0)
      fake_hash_mix (self, i);
    out[i] = (guint8) (self->b >> (8 * (i % 8)));
  }
}

static inline void
fake_hash_tag (gconstpointer key, gsize key_len, gconstpointer data, gsize len, guint8 *out,
    gsize out_len)
{
  FakeHash hash = { 1, 2 };

  fake_hash_add (&hash, key, key_len);
  fake_hash_add (&hash, data, len);
  fake_hash_finish (&hash, out, out_len);
}
