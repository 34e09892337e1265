/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-group.h"

#include "gst/rtc/base/rtc-result.h"

#define MAX_VIEWERS 100000

static void
figures_add_size (LoadGroupFigures *self, guint width, guint height)
{
  gboolean is_first = self->most_width == 0;

  if (width == 0)
    return;
  if (is_first || width < self->least_width) {
    self->least_width = width;
    self->least_height = height;
  }
  if (width > self->most_width) {
    self->most_width = width;
    self->most_height = height;
  }
}

static guint64
count_wrong (const LoadPicturesFigures *seen)
{
  guint64 ids = seen->wrong_ids - MIN (seen->wrong_ids, seen->cut_off);
  guint64 tl0 = seen->wrong_tl0 - MIN (seen->wrong_tl0, seen->cut_off);

  /* What was given up has taken its picture's number along; a picture cut off, its own only. */
  return seen->wrong_times + (seen->skipped == 0 ? ids + tl0 : 0);
}

void
load_group_figures_add (LoadGroupFigures *self, const LoadPictures *pictures,
    const LoadGroupMark *mark, GstClockTime now)
{
  const LoadPicturesFigures *seen = &pictures->figures;
  GstClockTime freeze = load_pictures_longest_gap (pictures, now);

  self->pictures += seen->shown - mark->pictures;
  if (seen->shown == mark->pictures) {
    self->blind++;
    freeze = now - mark->time;
  }
  self->freeze = MAX (self->freeze, freeze);
  self->skipped += seen->skipped - mark->skipped;
  self->wrong += count_wrong (seen);
  self->sizes += seen->sizes - mark->sizes;
  figures_add_size (self, seen->width, seen->height);
  if (seen->sized > mark->time)
    self->settled = MAX (self->settled, seen->sized - mark->time);
}

static gboolean
group_set_link (LoadGroup *self, const gchar *spec, GError **error)
{
  gchar *why = NULL;
  gboolean ok = link_config_parse (&self->link, spec, &why);

  self->spec = spec;
  if (!ok)
    rtc_error (error, RTC_ERR_PARSE, "the link \"%s\": %s", spec, why);
  g_free (why);
  return ok;
}

static gboolean
group_parse (LoadGroup *out, const gchar *text, GError **error)
{
  gchar *end = NULL;
  guint64 n = g_ascii_strtoull (text, &end, 10);

  *out = (LoadGroup){ .viewers = (guint) MIN (n, MAX_VIEWERS) };
  if (end == text || *end != ':' || n == 0 || n > MAX_VIEWERS) {
    rtc_error (error, RTC_ERR_PARSE, "\"%s\" is not VIEWERS:LINK, as in 1:rate=300,delay=20", text);
    return FALSE;
  }
  return group_set_link (out, end + 1, error);
}

gboolean
load_groups_parse (LoadGroups *self, const gchar *link, gchar **also, GError **error)
{
  self->n = 1;
  if (link != NULL && !group_set_link (&self->groups[0], link, error))
    return FALSE;
  for (guint i = 0; also != NULL && also[i] != NULL; i++) {
    if (self->n == LOAD_MAX_GROUPS) {
      rtc_error (error, RTC_ERR_PARSE, "%u groups of viewers at most", LOAD_MAX_GROUPS);
      return FALSE;
    }
    if (!group_parse (&self->groups[self->n++], also[i], error))
      return FALSE;
  }
  return TRUE;
}
