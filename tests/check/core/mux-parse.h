/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* mux-parse.h - reads back what the recorder's writers wrote: a small reader of Matroska and
 * MP4.
 *
 * It shares no code with the writers and checks what it reads: sizes within their parents, times
 * within 16 bits, data inside of mdat, index entries that point at fragments. The first thing
 * that is wrong is in error. A file cut anywhere is fine: what is not whole at its end is left
 * out. */
#pragma once

#include <glib.h>

typedef struct {
  guint track;      /* from 0 */
  guint64 ts;       /* ns */
  guint64 duration; /* ns; 0 in Matroska */
  gboolean is_key;
  gsize offset, len; /* of the data in the file */
  gsize fragment;    /* where its Cluster or moof begins */
} ParsedFrame;

typedef struct {
  gchar codec[32]; /* Matroska CodecID, or the type of the sample entry */
  guint timescale; /* MP4 */
  guint width, height, channels;
  const guint8 *config; /* CodecPrivate, or what is in avcC, hvcC, av1C, dOps */
  gsize config_len;
  guint64 duration; /* ns, MP4: as its mdhd says */
} ParsedTrack;

typedef struct {
  guint64 ts;   /* ns */
  gsize offset; /* of the fragment in the file */
} ParsedCue;

typedef struct {
  gchar *error; /* NULL: all is well */
  gchar doc_type[16]; /* "webm", "matroska", "iso6" */
  ParsedTrack tracks[16];
  guint n_tracks;
  gsize header_end;   /* where fragments begin; 0: the header is not whole */
  gsize whole_end;    /* end of the last whole top-level part */
  guint n_fragments;
  GArray *frames;     /* ParsedFrame */
  GArray *cues;       /* ParsedCue */
  guint64 duration;   /* ns, as the file says; 0: it does not */
  gboolean size_known; /* Matroska: of the Segment */
} ParsedFile;

/* data stays the caller's and must outlive the result. */
ParsedFile *parse_webm (const guint8 *data, gsize len);
ParsedFile *parse_mp4 (const guint8 *data, gsize len);
void parsed_file_free (ParsedFile *file);
