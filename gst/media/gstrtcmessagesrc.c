/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcmessagesrc.h"

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

#define MESSAGE_COST 128

typedef struct {
  GstBuffer *buffer; /* NULL: the end */
  GstCaps *caps;
  gsize cost;
} Item;

struct _GstRtcMessageSrc {
  GstElement parent;
  GstPad *pad;
  gchar *stream_id;
  guint group_id;

  GstCaps *caps; /* the task: as they were pushed last */
  gboolean has_begun;

  GMutex lock; /* guards the rest */
  GCond cond;
  GQueue items; /* Item * */
  gsize n_bytes;
  gboolean is_flushing, has_ended;
  GstRtcMessageSrcStats stats;
};

G_DEFINE_TYPE (GstRtcMessageSrc, gst_rtc_message_src, GST_TYPE_ELEMENT)

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void
item_free (gpointer data)
{
  Item *item = data;

  gst_clear_buffer (&item->buffer);
  gst_clear_caps (&item->caps);
  g_free (item);
}

/* --- handing over ----------------------------------------------------------------------------- */

/* Takes item. Under the lock. */
static void
enqueue (GstRtcMessageSrc *self, Item *item)
{
  g_queue_push_tail (&self->items, item);
  self->n_bytes += item->cost;
  g_cond_signal (&self->cond);
}

void
gst_rtc_message_src_push (GstRtcMessageSrc *self, GBytes *bytes, GstCaps *caps)
{
  GstClockTime now = gst_element_get_current_running_time (GST_ELEMENT (self));
  gsize cost = g_bytes_get_size (bytes) + MESSAGE_COST;
  gboolean is_linked = gst_pad_is_linked (self->pad) && GST_CLOCK_TIME_IS_VALID (now)
                       && GST_STATE (self) == GST_STATE_PLAYING;

  g_mutex_lock (&self->lock);
  if (!is_linked || self->is_flushing || self->has_ended) {
    self->stats.dropped_unlinked++;
  } else if (self->items.length > 0 && self->n_bytes + cost > GST_RTC_MESSAGE_SRC_MAX_BYTES) {
    self->stats.dropped_full++;
  } else {
    Item *item = g_new0 (Item, 1);

    item->buffer =
        g_bytes_get_size (bytes) > 0 ? gst_buffer_new_wrapped_bytes (bytes) : gst_buffer_new ();
    GST_BUFFER_PTS (item->buffer) = now;
    item->caps = gst_caps_ref (caps);
    item->cost = cost;
    enqueue (self, item);
  }
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_message_src_push_eos (GstRtcMessageSrc *self)
{
  g_mutex_lock (&self->lock);
  if (!self->has_ended)
    enqueue (self, g_new0 (Item, 1));
  self->has_ended = TRUE;
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_message_src_get_stats (GstRtcMessageSrc *self, GstRtcMessageSrcStats *out)
{
  g_mutex_lock (&self->lock);
  *out = self->stats;
  g_mutex_unlock (&self->lock);
}

/* --- the task --------------------------------------------------------------------------------- */

/* NULL: flushing. (transfer full) */
static Item *
dequeue (GstRtcMessageSrc *self)
{
  Item *item = NULL;

  g_mutex_lock (&self->lock);
  while (!self->is_flushing && self->items.length == 0)
    g_cond_wait (&self->cond, &self->lock);
  if (!self->is_flushing) {
    item = g_queue_pop_head (&self->items);
    self->n_bytes -= item->cost;
  }
  g_mutex_unlock (&self->lock);
  return item;
}

static void
begin (GstRtcMessageSrc *self)
{
  GstEvent *event = gst_event_new_stream_start (self->stream_id);

  gst_event_set_group_id (event, self->group_id);
  gst_event_set_stream_flags (event, GST_STREAM_FLAG_SPARSE);
  gst_pad_push_event (self->pad, event);
  self->has_begun = TRUE;
}

/* Sticky events, where something has changed. */
static void
prepare (GstRtcMessageSrc *self, GstCaps *caps)
{
  gboolean is_first = self->caps == NULL;
  GstSegment segment;

  if (!self->has_begun)
    begin (self);
  if (is_first || !gst_caps_is_equal (self->caps, caps)) {
    gst_caps_replace (&self->caps, caps);
    gst_pad_push_event (self->pad, gst_event_new_caps (caps));
  }
  if (is_first) {
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_pad_push_event (self->pad, gst_event_new_segment (&segment));
  }
}

static void
push_message (GstRtcMessageSrc *self, Item *item)
{
  gsize len = gst_buffer_get_size (item->buffer);
  GstFlowReturn flow;

  prepare (self, item->caps);
  flow = gst_pad_push (self->pad, g_steal_pointer (&item->buffer));
  g_mutex_lock (&self->lock);
  if (flow == GST_FLOW_OK) {
    self->stats.messages++;
    self->stats.bytes += len;
  } else if (flow == GST_FLOW_NOT_LINKED) {
    self->stats.dropped_unlinked++;
  } else if (flow != GST_FLOW_FLUSHING && self->stats.dropped_refused++ == 0) {
    GST_WARNING_OBJECT (
        self, "%" GST_PTR_FORMAT " is not taken: %s", item->caps, gst_flow_get_name (flow));
  }
  g_mutex_unlock (&self->lock);
}

static void
run_task (gpointer data)
{
  GstRtcMessageSrc *self = data;
  Item *item = dequeue (self);

  if (item == NULL) {
    gst_pad_pause_task (self->pad);
    return;
  }
  if (item->buffer != NULL) {
    push_message (self, item);
  } else {
    if (!self->has_begun)
      begin (self);
    gst_pad_push_event (self->pad, gst_event_new_eos ());
    gst_pad_pause_task (self->pad);
  }
  item_free (item);
}

static void
set_flushing (GstRtcMessageSrc *self, gboolean is_flushing)
{
  g_mutex_lock (&self->lock);
  self->is_flushing = is_flushing;
  g_queue_clear_full (&self->items, item_free);
  self->n_bytes = 0;
  self->has_ended = FALSE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
on_activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  GstRtcMessageSrc *self = GST_RTC_MESSAGE_SRC (parent);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  set_flushing (self, !active);
  if (!active)
    return gst_pad_stop_task (pad);
  gst_clear_caps (&self->caps);
  self->has_begun = FALSE;
  return gst_pad_start_task (pad, run_task, self, NULL);
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* --- element ---------------------------------------------------------------------------------- */

static GstStateChangeReturn
gst_rtc_message_src_change_state (GstElement *element, GstStateChange transition)
{
  GstStateChangeReturn result =
      GST_ELEMENT_CLASS (gst_rtc_message_src_parent_class)->change_state (element, transition);

  if ((transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
      && result == GST_STATE_CHANGE_SUCCESS)
    result = GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

static void
gst_rtc_message_src_finalize (GObject *object)
{
  GstRtcMessageSrc *self = GST_RTC_MESSAGE_SRC (object);

  g_queue_clear_full (&self->items, item_free);
  gst_clear_caps (&self->caps);
  g_free (self->stream_id);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_message_src_parent_class)->finalize (object);
}

static void
gst_rtc_message_src_class_init (GstRtcMessageSrcClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_rtc_message_src_finalize;
  element_class->change_state = gst_rtc_message_src_change_state;
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Message source", "Source",
      "Messages as buffers", "the gst-plugins-rtc authors");
}

static void
gst_rtc_message_src_init (GstRtcMessageSrc *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_queue_init (&self->items);
  self->is_flushing = TRUE;
  self->pad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_activatemode_function (self->pad, on_activate_mode);
  gst_pad_set_query_function (self->pad, on_query);
  gst_element_add_pad (GST_ELEMENT (self), self->pad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

GstElement *
gst_rtc_message_src_new (const gchar *name, const gchar *stream_id, guint group_id)
{
  GstRtcMessageSrc *self = g_object_new (GST_TYPE_RTC_MESSAGE_SRC, "name", name, NULL);

  self->stream_id = g_strdup (stream_id);
  self->group_id = group_id;
  return GST_ELEMENT (self);
}
