/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-group.h - viewers behind links of one kind, and what their pictures were like. Pure. */
#pragma once

#include "tools/link/link-config.h"
#include "tools/load/load-figures.h"
#include "tools/load/load-pictures.h"

G_BEGIN_DECLS

/* LOAD_MAX_GROUPS: the first one is who is there before counting begins; the others join then. */
#define LOAD_MAX_GROUPS 8

typedef struct {
  guint viewers;
  const gchar *spec; /* as it was written; NULL: no link */
  LinkConfig link;   /* with spec */
} LoadGroup;

/* From when on a viewer's pictures count. */
typedef struct {
  GstClockTime time; /* its offer was posted, or counting began, whatever was later */
  guint64 pictures, sizes, skipped; /* that it had seen before */
} LoadGroupMark;

/* LoadGroupFigures: zero-initialised; times are the worst of the group. */
typedef struct {
  guint viewers, playing;
  LoadCounts counts;
  guint64 dropped;         /* by the links, towards the viewers */
  guint64 pictures;        /* whole, with all that they build upon */
  guint64 sizes;           /* times that a viewer's picture got another size */
  guint64 skipped;         /* packets of pictures that never came and were given up */
  guint64 wrong;           /* pictures whose time, or whose VP8 ids where nothing was skipped, do
                            * not go on from the one before */
  guint blind;             /* viewers that saw nothing */
  guint least_width, least_height, most_width, most_height; /* in the end; VP8 only, else 0 */
  GstClockTime settled;    /* from the mark to the first picture of the last size */
  GstClockTime freeze;     /* without a new picture */
} LoadGroupFigures;

/* What one viewer saw from the mark until now. */
void load_group_figures_add (LoadGroupFigures *self, const LoadPictures *pictures,
    const LoadGroupMark *mark, GstClockTime now);

typedef struct {
  guint n;
  LoadGroup groups[LOAD_MAX_GROUPS];
} LoadGroups;

/* link: the first group's, a SPEC of link-config.h; also: "VIEWERS:SPEC" of the others; both
 * (nullable), and kept. FALSE with *error: what one of them means is not known. */
gboolean load_groups_parse (LoadGroups *self, const gchar *link, gchar **also, GError **error);

G_END_DECLS
