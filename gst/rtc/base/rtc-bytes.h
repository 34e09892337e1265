/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-bytes.h - bounded big-endian reader and writer over memory of the caller.
 *
 * The only way the core touches wire bytes: no casts onto packets, no packed structs. Both are
 * sticky: after the first overrun every further call is harmless (reads give 0, writes are
 * dropped) and ok is FALSE, so that a parser checks once per unit. Pure, re-entrant. */
#pragma once

#include <string.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const guint8 *data; /* start of the memory; not owned */
  gsize len;          /* bytes readable */
  gsize pos;          /* next byte */
  gboolean ok;        /* FALSE after an overrun */
} RtcReader;

typedef struct {
  guint8 *data; /* start of the memory; not owned */
  gsize cap;    /* bytes writable */
  gsize pos;    /* bytes written */
  gboolean ok;  /* FALSE after an overrun */
} RtcWriter;

static inline RtcReader
rtc_reader (const guint8 *data, gsize len)
{
  RtcReader r = { data, len, 0, TRUE };

  return r;
}

static inline gsize
rtc_reader_left (const RtcReader *r)
{
  return r->ok ? r->len - r->pos : 0;
}

/* Skips len bytes and returns where they start, NULL on overrun. */
static inline const guint8 *
rtc_reader_bytes (RtcReader *r, gsize len)
{
  const guint8 *p;

  if (!r->ok || r->len - r->pos < len) {
    r->ok = FALSE;
    return NULL;
  }
  p = r->data + r->pos;
  r->pos += len;
  return p;
}

static inline guint64
rtc_reader_uint (RtcReader *r, guint n_bytes)
{
  const guint8 *p = rtc_reader_bytes (r, n_bytes);
  guint64 v = 0;

  for (guint i = 0; p != NULL && i < n_bytes; i++)
    v = (v << 8) | p[i];
  return v;
}

#define rtc_reader_u8(r) ((guint8) rtc_reader_uint ((r), 1))
#define rtc_reader_u16(r) ((guint16) rtc_reader_uint ((r), 2))
#define rtc_reader_u24(r) ((guint32) rtc_reader_uint ((r), 3))
#define rtc_reader_u32(r) ((guint32) rtc_reader_uint ((r), 4))
#define rtc_reader_u64(r) (rtc_reader_uint ((r), 8))

/* A reader over the next len bytes, which are skipped; its ok is FALSE on overrun. */
static inline RtcReader
rtc_reader_sub (RtcReader *r, gsize len)
{
  const guint8 *p = rtc_reader_bytes (r, len);
  RtcReader sub = { p, p != NULL ? len : 0, 0, p != NULL };

  return sub;
}

static inline RtcWriter
rtc_writer (guint8 *data, gsize cap)
{
  RtcWriter w = { data, cap, 0, TRUE };

  return w;
}

static inline gsize
rtc_writer_left (const RtcWriter *w)
{
  return w->ok ? w->cap - w->pos : 0;
}

/* Reserves len bytes and returns where they start, NULL on overrun. */
static inline guint8 *
rtc_writer_reserve (RtcWriter *w, gsize len)
{
  guint8 *p;

  if (!w->ok || w->cap - w->pos < len) {
    w->ok = FALSE;
    return NULL;
  }
  p = w->data + w->pos;
  w->pos += len;
  return p;
}

static inline void
rtc_writer_uint (RtcWriter *w, guint64 value, guint n_bytes)
{
  guint8 *p = rtc_writer_reserve (w, n_bytes);

  for (guint i = 0; p != NULL && i < n_bytes; i++)
    p[i] = (guint8) (value >> (8 * (n_bytes - 1 - i)));
}

#define rtc_writer_u8(w, v) rtc_writer_uint ((w), (v), 1)
#define rtc_writer_u16(w, v) rtc_writer_uint ((w), (v), 2)
#define rtc_writer_u24(w, v) rtc_writer_uint ((w), (v), 3)
#define rtc_writer_u32(w, v) rtc_writer_uint ((w), (v), 4)
#define rtc_writer_u64(w, v) rtc_writer_uint ((w), (v), 8)

static inline void
rtc_writer_bytes (RtcWriter *w, const guint8 *data, gsize len)
{
  guint8 *p = rtc_writer_reserve (w, len);

  if (p != NULL && len > 0)
    memcpy (p, data, len);
}

/* Overwrites two bytes written before at pos; programmer error if they were not. */
static inline void
rtc_writer_patch_u16 (RtcWriter *w, gsize pos, guint16 value)
{
  if (!w->ok)
    return;
  g_return_if_fail (pos + 2 <= w->pos);
  w->data[pos] = (guint8) (value >> 8);
  w->data[pos + 1] = (guint8) value;
}

G_END_DECLS
