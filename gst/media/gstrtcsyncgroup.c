/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcsyncgroup.h"

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Readings that differ by no more than this are noise of one mapping; more is another mapping. */
#define SAME_MAPPING (50 * GST_MSECOND)

/* How much of a difference one noisy reading is believed. */
#define SMOOTHING 4

typedef struct {
  guint id;
  GstRtcSyncFunc func;
  gpointer data;
  gboolean has_delta;
  GstClockTimeDiff delta;
  gboolean has_suspect; /* a reading of another mapping, waiting for a second one */
  GstClockTimeDiff suspect;
  gboolean has_offset;
  GstClockTimeDiff offset;
} Stream;

struct _GstRtcSyncGroup {
  GObject parent;
  GRecMutex lock;  /* recursive: setting an offset notifies the application, which may remove */
  GArray *streams; /* Stream */
  guint last_id;
};

G_DEFINE_TYPE (GstRtcSyncGroup, gst_rtc_sync_group, G_TYPE_OBJECT)

/* NULL when it has left. */
static Stream *
find_stream (GstRtcSyncGroup *self, guint id)
{
  for (guint i = 0; i < self->streams->len; i++) {
    Stream *stream = &g_array_index (self->streams, Stream, i);

    if (stream->id == id)
      return stream;
  }
  return NULL;
}

/* Takes a reading in; FALSE when it is not believed yet. */
static gboolean
take_reading (Stream *stream, GstClockTimeDiff delta)
{
  GstClockTimeDiff difference = delta - stream->delta;

  if (!stream->has_delta) {
    stream->has_delta = TRUE;
    stream->delta = delta;
    return TRUE;
  }
  if (ABS (difference) <= SAME_MAPPING) {
    stream->delta += difference / SMOOTHING;
    stream->has_suspect = FALSE;
    return TRUE;
  }
  if (stream->has_suspect && ABS (delta - stream->suspect) <= SAME_MAPPING) {
    stream->delta = delta;
    stream->has_suspect = FALSE;
    return TRUE;
  }
  stream->has_suspect = TRUE;
  stream->suspect = delta;
  return FALSE;
}

/* The earliest and the latest mapping; FALSE when fewer than two streams have one. */
static gboolean
get_spread (GstRtcSyncGroup *self, GstClockTimeDiff *min, GstClockTimeDiff *max)
{
  guint n = 0;

  for (guint i = 0; i < self->streams->len; i++) {
    const Stream *stream = &g_array_index (self->streams, Stream, i);

    if (!stream->has_delta)
      continue;
    *min = n == 0 ? stream->delta : MIN (*min, stream->delta);
    *max = n == 0 ? stream->delta : MAX (*max, stream->delta);
    n++;
  }
  return n >= 2;
}

static void
apply (GstRtcSyncGroup *self)
{
  GstClockTimeDiff min, max;

  if (!get_spread (self, &min, &max))
    return;
  if (max - min > (GstClockTimeDiff) GST_RTC_SYNC_GROUP_MAX_OFFSET) {
    GST_INFO_OBJECT (self, "sender reports are %" GST_STIME_FORMAT " apart: not followed",
        GST_STIME_ARGS (max - min));
    return;
  }
  for (guint i = 0; i < self->streams->len; i++) {
    Stream *stream = &g_array_index (self->streams, Stream, i);
    GstClockTimeDiff offset = max - stream->delta;
    gboolean is_first = !stream->has_offset;

    if (!stream->has_delta)
      continue;
    if (!is_first && ABS (offset - stream->offset) < (GstClockTimeDiff) GST_RTC_SYNC_GROUP_STEP)
      continue;
    stream->has_offset = TRUE;
    stream->offset = offset;
    GST_DEBUG_OBJECT (
        self, "stream %u: offset %" GST_STIME_FORMAT, stream->id, GST_STIME_ARGS (offset));
    stream->func (stream->data, offset, is_first);
  }
}

static void
gst_rtc_sync_group_finalize (GObject *object)
{
  GstRtcSyncGroup *self = GST_RTC_SYNC_GROUP (object);

  g_array_unref (self->streams);
  g_rec_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_sync_group_parent_class)->finalize (object);
}

static void
gst_rtc_sync_group_class_init (GstRtcSyncGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_rtc_sync_group_finalize;
}

static void
gst_rtc_sync_group_init (GstRtcSyncGroup *self)
{
  rtc_log_init ();
  g_rec_mutex_init (&self->lock);
  self->streams = g_array_new (FALSE, TRUE, sizeof (Stream));
}

GstRtcSyncGroup *
gst_rtc_sync_group_new (void)
{
  return g_object_new (GST_TYPE_RTC_SYNC_GROUP, NULL);
}

guint
gst_rtc_sync_group_add (GstRtcSyncGroup *self, GstRtcSyncFunc func, gpointer data)
{
  Stream stream = { .func = func, .data = data };

  g_rec_mutex_lock (&self->lock);
  stream.id = ++self->last_id;
  g_array_append_val (self->streams, stream);
  g_rec_mutex_unlock (&self->lock);
  return stream.id;
}

void
gst_rtc_sync_group_update (GstRtcSyncGroup *self, guint stream_id, GstClockTimeDiff delta)
{
  Stream *stream;

  g_rec_mutex_lock (&self->lock);
  stream = find_stream (self, stream_id);
  if (stream != NULL && take_reading (stream, delta))
    apply (self);
  g_rec_mutex_unlock (&self->lock);
}

void
gst_rtc_sync_group_remove (GstRtcSyncGroup *self, guint stream_id)
{
  Stream *stream;

  g_rec_mutex_lock (&self->lock);
  stream = find_stream (self, stream_id);
  if (stream != NULL)
    g_array_remove_index (
        self->streams, (guint) (stream - (Stream *) (gpointer) self->streams->data));
  g_rec_mutex_unlock (&self->lock);
}
