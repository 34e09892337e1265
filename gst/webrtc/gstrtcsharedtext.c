/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsharedtext.h"

#include <string.h>

#include "gst/webrtc/gstrtctextdelta.h"

/* N_BASES: texts that new ones are held against: offers and answers, of a few kinds of viewers. */
#define N_BASES 8

/* A delta is to be this part of its text at most, or the text becomes a base. */
#define DELTA_DIV 2
/* One as small as this part is good enough: no other base is looked at. */
#define GOOD_DIV 4
/* A shorter text is kept whole, and is no base. */
#define MIN_LEN 256

struct _GstRtcSharedText {
  guint refs; /* of who has it, and of deltas against it */
  guint hash; /* of the text */
  guint32 len, n_bytes;
  GstRtcSharedText *base; /* (nullable) which is whole: bytes are a delta, else the text */
  const guint8 *bytes;    /* behind this */
};

/* Guards the table, the bases and the counts of all texts. */
static GMutex shared_lock;
static GHashTable *shared_texts;
static GstRtcSharedText *shared_bases[N_BASES]; /* the one used last first; no references */

static guint
text_hash (gconstpointer key)
{
  return ((const GstRtcSharedText *) key)->hash;
}

static gboolean
text_equal (gconstpointer a, gconstpointer b)
{
  const GstRtcSharedText *first = a, *second = b;
  gchar *texts[2];
  gboolean is_equal;

  if (first == second || first->hash != second->hash || first->len != second->len)
    return first == second;
  texts[0] = gst_rtc_shared_text_dup (first);
  texts[1] = gst_rtc_shared_text_dup (second);
  is_equal = memcmp (texts[0], texts[1], first->len) == 0;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    explicit_bzero (texts[i], first->len);
    g_free (texts[i]);
  }
  return is_equal;
}

/* base, which is at `at`, comes to the front. */
static void
bases_touch (guint at, GstRtcSharedText *base)
{
  memmove (&shared_bases[1], &shared_bases[0], at * sizeof *shared_bases);
  shared_bases[0] = base;
}

/* A new one, in a free place or that of the one used longest ago. */
static void
bases_add (GstRtcSharedText *base)
{
  guint at = 0;

  while (at < N_BASES - 1 && shared_bases[at] != NULL)
    at++;
  bases_touch (at, base);
}

static void
bases_forget (const GstRtcSharedText *text)
{
  for (guint i = 0; i < N_BASES; i++)
    if (shared_bases[i] == text)
      shared_bases[i] = NULL;
}

/* The base of which text is made with least, and with how much; NULL: none is like it. */
static GstRtcSharedText *
bases_find (const gchar *text, gsize len, GByteArray *delta)
{
  GByteArray *tried = g_byte_array_new ();
  GstRtcSharedText *best = NULL;
  guint best_at = 0;

  for (guint i = 0; i < N_BASES && (best == NULL || delta->len > len / GOOD_DIV); i++) {
    gsize max = best == NULL ? len / DELTA_DIV : delta->len - 1;

    if (shared_bases[i] == NULL
        || !gst_rtc_text_delta_make ((const gchar *) shared_bases[i]->bytes, text, max, tried))
      continue;
    g_byte_array_set_size (delta, 0);
    g_byte_array_append (delta, tried->data, tried->len);
    best = shared_bases[i];
    best_at = i;
  }
  g_byte_array_unref (tried);
  if (best != NULL)
    bases_touch (best_at, best);
  return best;
}

static GstRtcSharedText *
text_alloc (const GstRtcSharedText *probe, GstRtcSharedText *base, gconstpointer bytes, gsize n)
{
  GstRtcSharedText *self = g_malloc (sizeof *self + n);

  *self = *probe;
  self->refs = 1;
  self->base = base;
  self->n_bytes = (guint32) n;
  self->bytes = memcpy (self + 1, bytes, n);
  return self;
}

/* With the lock. */
static GstRtcSharedText *
text_make (const GstRtcSharedText *probe)
{
  GByteArray *delta = g_byte_array_new ();
  GstRtcSharedText *base = NULL, *self;

  if (probe->len >= MIN_LEN)
    base = bases_find ((const gchar *) probe->bytes, probe->len, delta);
  if (base != NULL) {
    base->refs++;
    self = text_alloc (probe, base, delta->data, delta->len);
  } else {
    self = text_alloc (probe, NULL, probe->bytes, probe->len + 1);
    if (probe->len >= MIN_LEN)
      bases_add (self);
  }
  g_byte_array_unref (delta);
  g_hash_table_add (shared_texts, self);
  return self;
}

GstRtcSharedText *
gst_rtc_shared_text_new (const gchar *text)
{
  GstRtcSharedText probe = {
    .hash = g_str_hash (text), .len = (guint32) strlen (text), .bytes = (const guint8 *) text
  };
  GstRtcSharedText *self;

  g_mutex_lock (&shared_lock);
  if (shared_texts == NULL)
    shared_texts = g_hash_table_new (text_hash, text_equal);
  self = g_hash_table_lookup (shared_texts, &probe);
  if (self != NULL)
    self->refs++;
  else
    self = text_make (&probe);
  g_mutex_unlock (&shared_lock);
  return self;
}

/* With the lock. */
static void
text_unref (GstRtcSharedText *self)
{
  if (--self->refs > 0)
    return;
  g_hash_table_remove (shared_texts, self);
  bases_forget (self);
  if (self->base != NULL)
    text_unref (self->base);
  explicit_bzero (self + 1, self->n_bytes);
  g_free (self);
}

void
gst_rtc_shared_text_release (GstRtcSharedText *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&shared_lock);
  text_unref (self);
  g_mutex_unlock (&shared_lock);
}

gchar *
gst_rtc_shared_text_dup (const GstRtcSharedText *self)
{
  if (self->base == NULL)
    return g_strndup ((const gchar *) self->bytes, self->len);
  return gst_rtc_text_delta_apply (
      (const gchar *) self->base->bytes, self->bytes, self->n_bytes, self->len);
}

gsize
gst_rtc_shared_text_get_size (const GstRtcSharedText *self)
{
  return sizeof *self + self->n_bytes;
}

static gpointer
keeper_keep (const gchar *text)
{
  return gst_rtc_shared_text_new (text);
}

static gchar *
keeper_read (gconstpointer kept)
{
  return gst_rtc_shared_text_dup (kept);
}

static void
keeper_forget (gpointer kept)
{
  gst_rtc_shared_text_release (kept);
}

const RtcTextKeeper gst_rtc_shared_text_keeper = { keeper_keep, keeper_read, keeper_forget };
