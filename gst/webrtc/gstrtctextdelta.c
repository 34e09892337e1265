/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtctextdelta.h"

#include <string.h>

/* Of a delta: n_copied bytes of the base from `from` on, then n_own bytes, which follow. */
typedef struct {
  guint16 from, n_copied, n_own;
} DeltaStep;

/* What two lines begin with alike is copied if it saves this much. */
#define MIN_PREFIX (sizeof (DeltaStep) + 2)

/* MAX_LOOKS: at so many lines; descriptions have a hundred, of which a dozen are not found. Who
 * sends what takes longer has a text that is like no other. */
#define MAX_LOOKS 10000

typedef struct {
  const gchar *base, *end; /* end: of base */
  const gchar *at;         /* where base goes on as the text did so far */
  DeltaStep step;          /* being made */
  const gchar *own;        /* its n_own bytes */
  guint looks;
  GByteArray *out;
} DeltaMaker;

/* With its line break. */
static gsize
line_length (const gchar *line, const gchar *end)
{
  const gchar *at = memchr (line, '\n', (gsize) (end - line));

  return (gsize) ((at != NULL ? at + 1 : end) - line);
}

/* The line in the base, looked for from where it goes on, then from its begin; NULL: none. */
static const gchar *
maker_find (DeltaMaker *self, const gchar *line, gsize len)
{
  for (guint pass = 0; pass < 2; pass++) {
    const gchar *at = pass == 0 ? self->at : self->base;
    const gchar *end = pass == 0 ? self->end : self->at;

    while (at < end) {
      gsize n = line_length (at, self->end);

      self->looks++;
      if (n == len && memcmp (at, line, len) == 0)
        return at;
      at += n;
    }
  }
  return NULL;
}

static void
maker_end_step (DeltaMaker *self)
{
  if (self->step.n_copied + self->step.n_own == 0)
    return;
  g_byte_array_append (self->out, (const guint8 *) &self->step, sizeof self->step);
  g_byte_array_append (self->out, (const guint8 *) self->own, self->step.n_own);
  self->step = (DeltaStep){ 0 };
}

static void
maker_copy (DeltaMaker *self, const gchar *from, gsize len)
{
  if (self->step.n_own > 0 || self->base + self->step.from + self->step.n_copied != from) {
    maker_end_step (self);
    self->step.from = (guint16) (from - self->base);
  }
  self->step.n_copied += (guint16) len;
}

static void
maker_add (DeltaMaker *self, const gchar *own, gsize len)
{
  if (self->step.n_own == 0)
    self->own = own;
  self->step.n_own += (guint16) len;
}

/* The line is not in the base: likely it stands in place of the one there. */
static void
maker_replace (DeltaMaker *self, const gchar *line, gsize len)
{
  gsize there = self->at < self->end ? line_length (self->at, self->end) : 0, same = 0;

  while (same < MIN (len, there) && line[same] == self->at[same])
    same++;
  if (same >= MIN_PREFIX) {
    maker_copy (self, self->at, same);
    maker_add (self, line + same, len - same);
    self->at += there;
  } else {
    maker_add (self, line, len);
  }
}

gboolean
gst_rtc_text_delta_make (const gchar *base, const gchar *text, gsize max, GByteArray *out)
{
  gsize base_len = strlen (base), len = strlen (text);
  DeltaMaker maker = { base, base + base_len, base, { 0 }, NULL, 0, out };
  const gchar *end = text + len;

  g_byte_array_set_size (out, 0);
  if (MAX (base_len, len) > GST_RTC_TEXT_DELTA_MAX)
    return FALSE;
  while (text < end && out->len + maker.step.n_own <= max && maker.looks < MAX_LOOKS) {
    gsize n = line_length (text, end);
    const gchar *found = maker_find (&maker, text, n);

    if (found != NULL) {
      maker_copy (&maker, found, n);
      maker.at = found + n;
    } else {
      maker_replace (&maker, text, n);
    }
    text += n;
  }
  maker_end_step (&maker);
  return text == end && out->len <= max;
}

gchar *
gst_rtc_text_delta_apply (const gchar *base, const guint8 *delta, gsize n, gsize len)
{
  gchar *text = g_malloc (len + 1), *to = text;
  const guint8 *end = delta + n;

  while (delta < end) {
    DeltaStep step;

    memcpy (&step, delta, sizeof step);
    delta += sizeof step;
    memcpy (to, base + step.from, step.n_copied);
    memcpy (to + step.n_copied, delta, step.n_own);
    to += step.n_copied + step.n_own;
    delta += step.n_own;
  }
  *to = '\0';
  return text;
}
