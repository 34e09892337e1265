/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/core/mux-parse.h"

#include <string.h>

#define NS G_GUINT64_CONSTANT (1000000000)

typedef struct {
  const guint8 *base; /* of the file */
  gsize pos, end;
  ParsedFile *file;
} Part;

static void
fail (ParsedFile *file, const gchar *what, gsize where)
{
  if (file->error == NULL)
    file->error = g_strdup_printf ("%s at %" G_GSIZE_FORMAT, what, where);
}

static guint64
be (Part *p, guint n)
{
  guint64 value = 0;

  if (p->end - p->pos < n) {
    fail (p->file, "a number leaves its parent", p->pos);
    p->pos = p->end;
    return 0;
  }
  for (guint i = 0; i < n; i++)
    value = value << 8 | p->base[p->pos++];
  return value;
}

static ParsedFile *
parsed_file_new (void)
{
  ParsedFile *file = g_new0 (ParsedFile, 1);

  file->frames = g_array_new (FALSE, TRUE, sizeof (ParsedFrame));
  file->cues = g_array_new (FALSE, TRUE, sizeof (ParsedCue));
  return file;
}

void
parsed_file_free (ParsedFile *file)
{
  g_array_unref (file->frames);
  g_array_unref (file->cues);
  g_free (file->error);
  g_free (file);
}

/* -- Matroska ---------------------------------------------------------------------------------- */

typedef struct {
  guint32 id;
  gsize begin;
  gboolean is_unknown_size;
  Part body;
} Element;

/* FALSE at the end, or when the element is not whole: then *p stays before it. */
static gboolean
next_element (Part *p, Element *e)
{
  guint id_len = 1, size_len = 1;
  guint64 size;
  Part at = *p;

  if (p->pos == p->end)
    return FALSE;
  e->begin = p->pos;
  while (id_len <= 4 && !(p->base[p->pos] & 0x80 >> (id_len - 1)))
    id_len++;
  if (id_len > 4) {
    fail (p->file, "no EBML id", p->pos);
    return FALSE;
  }
  if (at.end - at.pos < id_len + 1)
    return FALSE;
  e->id = (guint32) be (&at, id_len);
  while (size_len <= 8 && !(at.base[at.pos] & 0x80 >> (size_len - 1)))
    size_len++;
  if (size_len > 8) {
    fail (p->file, "no EBML size", at.pos);
    return FALSE;
  }
  if (at.end - at.pos < size_len)
    return FALSE;
  size = be (&at, size_len) & ~(G_GUINT64_CONSTANT (1) << (7 * size_len));
  e->is_unknown_size = size == (G_GUINT64_CONSTANT (1) << (7 * size_len)) - 1;
  e->body = at;
  if (!e->is_unknown_size) {
    if (at.end - at.pos < size)
      return FALSE;
    e->body.end = at.pos + size;
  }
  p->pos = e->body.end;
  return TRUE;
}

/* As next_element(), within a parent that is known to be whole. */
static gboolean
next_child (Part *p, Element *e)
{
  if (p->pos == p->end)
    return FALSE;
  if (next_element (p, e) && !e->is_unknown_size)
    return TRUE;
  fail (p->file, "a child leaves its parent", p->pos);
  return FALSE;
}

static guint64
element_uint (Element *e)
{
  if (e->body.end - e->body.pos > 8)
    fail (e->body.file, "number too long", e->begin);
  return be (&e->body, MIN (8, e->body.end - e->body.pos));
}

static gdouble
element_float (Element *e)
{
  guint64 bits = element_uint (e);
  gdouble value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static void
element_string (Element *e, gchar *out, gsize size)
{
  gsize len = MIN (e->body.end - e->body.pos, size - 1);

  memcpy (out, e->body.base + e->body.pos, len);
  out[len] = 0;
}

static void
webm_track (ParsedFile *file, Part p)
{
  ParsedTrack *track = &file->tracks[file->n_tracks];
  Element e, inner;

  if (file->n_tracks == G_N_ELEMENTS (file->tracks)) {
    fail (file, "too many tracks", p.pos);
    return;
  }
  file->n_tracks++;
  while (next_child (&p, &e)) {
    if (e.id == 0xD7 && element_uint (&e) != file->n_tracks)
      fail (file, "track number", e.begin);
    else if (e.id == 0x86)
      element_string (&e, track->codec, sizeof track->codec);
    else if (e.id == 0x63A2) {
      track->config = p.base + e.body.pos;
      track->config_len = e.body.end - e.body.pos;
    } else if (e.id == 0xE0 || e.id == 0xE1)
      while (next_child (&e.body, &inner)) {
        if (inner.id == 0xB0)
          track->width = (guint) element_uint (&inner);
        else if (inner.id == 0xBA)
          track->height = (guint) element_uint (&inner);
        else if (inner.id == 0x9F)
          track->channels = (guint) element_uint (&inner);
      }
  }
}

static void
webm_cluster (ParsedFile *file, gsize begin, Part p)
{
  Element e;
  guint64 base = 0;
  gboolean has_base = FALSE;
  ParsedFrame frame = { 0 };

  file->n_fragments++;
  while (next_child (&p, &e)) {
    if (e.id == 0xE7) {
      base = element_uint (&e);
      has_base = TRUE;
    } else if (e.id == 0xA3 && has_base) {
      frame.track = (guint) (be (&e.body, 1) & 0x7F) - 1;
      frame.ts = (base + (guint64) (gint16) be (&e.body, 2)) * (NS / 1000);
      frame.is_key = (be (&e.body, 1) & 0x80) != 0;
      frame.offset = e.body.pos;
      frame.len = e.body.end - e.body.pos;
      frame.fragment = begin;
      if (frame.track >= file->n_tracks)
        fail (file, "a block of no track", e.begin);
      g_array_append_val (file->frames, frame);
    } else
      fail (file, "unexpected element in a Cluster", e.begin);
  }
}

static void
webm_cues (ParsedFile *file, gsize segment, Part p)
{
  Element point, e, inner;

  while (next_child (&p, &point)) {
    ParsedCue cue = { 0 };

    while (next_child (&point.body, &e)) {
      if (e.id == 0xB3)
        cue.ts = element_uint (&e) * (NS / 1000);
      else if (e.id == 0xB7)
        while (next_child (&e.body, &inner))
          if (inner.id == 0xF1)
            cue.offset = segment + element_uint (&inner);
    }
    g_array_append_val (file->cues, cue);
  }
}

static void
webm_seek_head (ParsedFile *file, gsize segment, gsize end, Part p)
{
  Element seek, e;

  while (next_child (&p, &seek)) {
    guint64 id = 0, position = 0;
    Part target = p;

    while (next_child (&seek.body, &e)) {
      if (e.id == 0x53AB)
        id = element_uint (&e);
      else if (e.id == 0x53AC)
        position = element_uint (&e);
    }
    target.pos = segment + position;
    target.end = end;
    if (target.pos >= end || !next_element (&target, &e) || e.id != id)
      fail (file, "SeekHead points nowhere", seek.begin);
  }
}

static void
webm_segment (ParsedFile *file, Part p)
{
  gsize segment = p.pos, end = p.end;
  Element e, inner;

  while (next_element (&p, &e)) {
    if (e.is_unknown_size)
      fail (file, "unknown size inside of the Segment", e.begin);
    if (e.id == 0x114D9B74)
      webm_seek_head (file, segment, end, e.body);
    else if (e.id == 0x1549A966) {
      while (next_child (&e.body, &inner)) {
        if (inner.id == 0x4489)
          file->duration = (guint64) (element_float (&inner) * 1e6);
        else if (inner.id == 0x2AD7B1 && element_uint (&inner) != NS / 1000)
          fail (file, "TimestampScale", inner.begin);
      }
    } else if (e.id == 0x1654AE6B) {
      while (next_child (&e.body, &inner))
        webm_track (file, inner.body);
      file->header_end = p.pos;
    } else if (e.id == 0x1F43B675)
      webm_cluster (file, e.begin, e.body);
    else if (e.id == 0x1C53BB6B)
      webm_cues (file, segment, e.body);
    else if (e.id != 0xEC)
      fail (file, "unexpected element in the Segment", e.begin);
    file->whole_end = p.pos;
  }
}

ParsedFile *
parse_webm (const guint8 *data, gsize len)
{
  ParsedFile *file = parsed_file_new ();
  Part p = { data, 0, len, file };
  Element e, inner;

  if (next_element (&p, &e) && e.id == 0x1A45DFA3) {
    while (next_child (&e.body, &inner))
      if (inner.id == 0x4282)
        element_string (&inner, file->doc_type, sizeof file->doc_type);
    if (next_element (&p, &e) && e.id == 0x18538067) {
      file->size_known = !e.is_unknown_size;
      webm_segment (file, e.body);
      if (p.pos != len)
        fail (file, "bytes after the Segment", p.pos);
    }
  }
  for (guint i = 0; i < file->cues->len; i++) {
    const ParsedCue *cue = &g_array_index (file->cues, ParsedCue, i);
    gboolean found = FALSE;

    for (guint f = 0; f < file->frames->len && !found; f++) {
      const ParsedFrame *frame = &g_array_index (file->frames, ParsedFrame, f);

      found = frame->fragment == cue->offset && frame->ts == cue->ts && frame->is_key;
    }
    if (!found)
      fail (file, "a cue points at no key frame", cue->offset);
  }
  return file;
}

/* -- MP4 --------------------------------------------------------------------------------------- */

typedef struct {
  gchar type[5];
  gsize begin;
  Part body;
} Box;

static gboolean
next_box (Part *p, Box *box)
{
  Part at = *p;
  guint64 size;

  if (p->end - p->pos < 8)
    return FALSE;
  box->begin = at.pos;
  size = be (&at, 4);
  memcpy (box->type, at.base + at.pos, 4);
  box->type[4] = 0;
  at.pos += 4;
  if (size < 8) {
    fail (p->file, "box size", p->pos);
    return FALSE;
  }
  if (p->end - p->pos < size)
    return FALSE;
  at.end = p->pos + size;
  box->body = at;
  p->pos = at.end;
  return TRUE;
}

static gboolean
next_inner (Part *p, Box *box)
{
  if (p->pos == p->end)
    return FALSE;
  if (next_box (p, box))
    return TRUE;
  fail (p->file, "a box leaves its parent", p->pos);
  return FALSE;
}

static gboolean
is_box (const Box *box, const gchar *type)
{
  return memcmp (box->type, type, 4) == 0;
}

static void
mp4_sample_entry (ParsedTrack *track, Part p)
{
  Box entry, box;

  p.pos += 8; /* version, flags, count */
  if (!next_inner (&p, &entry))
    return;
  g_strlcpy (track->codec, entry.type, sizeof track->codec);
  if (is_box (&entry, "Opus")) {
    entry.body.pos += 16;
    track->channels = (guint) be (&entry.body, 2);
    entry.body.pos += 10;
  } else {
    entry.body.pos += 24;
    track->width = (guint) be (&entry.body, 2);
    track->height = (guint) be (&entry.body, 2);
    entry.body.pos += 50;
  }
  if (next_inner (&entry.body, &box)) {
    track->config = p.base + box.body.pos;
    track->config_len = box.body.end - box.body.pos;
  }
}

static void
mp4_trak (ParsedFile *file, ParsedTrack *track, Part p)
{
  Box box;

  while (next_inner (&p, &box)) {
    if (is_box (&box, "mdia") || is_box (&box, "minf") || is_box (&box, "stbl"))
      mp4_trak (file, track, box.body);
    else if (is_box (&box, "mdhd")) {
      box.body.pos += 20;
      track->timescale = (guint) be (&box.body, 4);
      track->duration = be (&box.body, 8) * NS / MAX (track->timescale, 1);
    } else if (is_box (&box, "stsd"))
      mp4_sample_entry (track, box.body);
  }
}

static void
mp4_moov (ParsedFile *file, Part p)
{
  Box box, inner;

  while (next_inner (&p, &box)) {
    if (is_box (&box, "trak")) {
      if (file->n_tracks < G_N_ELEMENTS (file->tracks))
        mp4_trak (file, &file->tracks[file->n_tracks++], box.body);
    } else if (is_box (&box, "mvex"))
      while (next_inner (&box.body, &inner))
        if (is_box (&inner, "mehd")) {
          inner.body.pos += 4;
          file->duration = be (&inner.body, 8) * (NS / 1000);
        }
  }
}

static void
mp4_traf (ParsedFile *file, gsize moof, const Box *mdat, Part p)
{
  Box box;
  ParsedTrack *track = NULL;
  ParsedFrame frame = { 0 };
  guint64 ticks = 0;

  while (next_inner (&p, &box)) {
    if (is_box (&box, "tfhd")) {
      if (be (&box.body, 4) != 0x020000)
        fail (file, "tfhd flags", box.begin);
      frame.track = (guint) be (&box.body, 4) - 1;
      if (frame.track >= file->n_tracks) {
        fail (file, "a traf of no track", box.begin);
        return;
      }
      track = &file->tracks[frame.track];
    } else if (is_box (&box, "tfdt")) {
      box.body.pos += 4;
      ticks = be (&box.body, 8);
    } else if (is_box (&box, "trun") && track != NULL && track->timescale != 0) {
      guint n;

      if (be (&box.body, 4) != 0x000701)
        fail (file, "trun flags", box.begin);
      n = (guint) be (&box.body, 4);
      frame.offset = moof + be (&box.body, 4);
      frame.fragment = moof;
      for (guint i = 0; i < n && file->error == NULL; i++) {
        guint64 duration = be (&box.body, 4);

        frame.ts = ticks / track->timescale * NS
                   + (ticks % track->timescale * NS + track->timescale / 2) / track->timescale;
        frame.duration = duration * NS / track->timescale;
        frame.len = be (&box.body, 4);
        frame.is_key = (be (&box.body, 4) & 0x00010000) == 0;
        if (frame.offset < mdat->body.pos || frame.offset + frame.len > mdat->body.end)
          fail (file, "a sample outside of its mdat", frame.offset);
        g_array_append_val (file->frames, frame);
        frame.offset += frame.len;
        ticks += duration;
      }
    }
  }
}

static void
mp4_mfra (ParsedFile *file, gsize begin, Part p)
{
  gsize size = p.end - begin;
  Box box;

  while (next_inner (&p, &box)) {
    if (is_box (&box, "tfra")) {
      guint track, n;

      box.body.pos += 4;
      track = (guint) be (&box.body, 4) - 1;
      box.body.pos += 4;
      n = (guint) be (&box.body, 4);
      for (guint i = 0; i < n && track < file->n_tracks && file->error == NULL; i++) {
        guint64 ticks = be (&box.body, 8), timescale = file->tracks[track].timescale;
        ParsedCue cue = { ticks / timescale * NS
                              + (ticks % timescale * NS + timescale / 2) / timescale,
          be (&box.body, 8) };
        guint sample;
        gboolean found = FALSE;

        box.body.pos += 2;
        sample = (guint) be (&box.body, 4);
        for (guint f = 0; f < file->frames->len && !found; f++) {
          const ParsedFrame *frame = &g_array_index (file->frames, ParsedFrame, f);

          if (frame->fragment == cue.offset && frame->track == track && --sample == 0)
            found = frame->ts == cue.ts && frame->is_key;
        }
        if (!found)
          fail (file, "tfra points at no key frame", cue.offset);
        g_array_append_val (file->cues, cue);
      }
    } else if (is_box (&box, "mfro")) {
      box.body.pos += 4;
      if (be (&box.body, 4) != size)
        fail (file, "mfro", box.begin);
    }
  }
}

ParsedFile *
parse_mp4 (const guint8 *data, gsize len)
{
  ParsedFile *file = parsed_file_new ();
  Part p = { data, 0, len, file };
  Box box, mdat, inner;

  while (file->error == NULL && next_box (&p, &box)) {
    if (is_box (&box, "ftyp"))
      memcpy (file->doc_type, data + box.body.pos, 4);
    else if (is_box (&box, "moov")) {
      mp4_moov (file, box.body);
      file->header_end = p.pos;
    } else if (is_box (&box, "moof")) {
      if (!next_box (&p, &mdat))
        break; /* cut in between */
      if (!is_box (&mdat, "mdat"))
        fail (file, "no mdat after moof", mdat.begin);
      file->n_fragments++;
      while (next_inner (&box.body, &inner)) {
        if (is_box (&inner, "traf"))
          mp4_traf (file, box.begin, &mdat, inner.body);
        else if (is_box (&inner, "mfhd")) {
          inner.body.pos += 4;
          if (be (&inner.body, 4) != file->n_fragments)
            fail (file, "sequence number", inner.begin);
        }
      }
    } else if (is_box (&box, "mfra"))
      mp4_mfra (file, box.begin, box.body);
    else
      fail (file, "unexpected box", box.begin);
    file->whole_end = p.pos;
  }
  return file;
}
