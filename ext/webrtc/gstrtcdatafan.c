/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcdatafan.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_dc

typedef struct {
  GBytes *bytes;
  gboolean is_text;
} Message;

/* One viewer. */
typedef struct {
  GstRtcDataFan *fan;
  GstRtcSession *session;
  GstRtcDataChannel *channel; /* changed on [C] */

  /* With the fan's lock. */
  gboolean is_open, is_stale; /* stale: of other options */
  GQueue held;                /* Message *, until it opens */
  gsize held_bytes;
  guint64 n_sent, n_bytes, n_full, n_too_long, n_unopened, n_received;
} Line;

struct _GstRtcDataFan {
  GstRtcDataFanFunc func;
  gpointer owner;

  GMutex lock; /* guards the rest */
  GstStructure *options;
  GHashTable *lines; /* session id -> Line; changed on [C] */
};

/* --- one viewer ------------------------------------------------------------------------------- */

static void
message_free (gpointer data)
{
  Message *message = data;

  g_bytes_unref (message->bytes);
  g_free (message);
}

/* Under the lock. */
static void
drop_oldest (Line *line)
{
  Message *message = g_queue_pop_head (&line->held);

  line->held_bytes -= g_bytes_get_size (message->bytes);
  line->n_unopened++;
  message_free (message);
}

/* Under the lock. */
static void
hold (Line *line, gboolean is_text, GBytes *bytes)
{
  Message *message = g_new (Message, 1);

  *message = (Message){ g_bytes_ref (bytes), is_text };
  g_queue_push_tail (&line->held, message);
  line->held_bytes += g_bytes_get_size (bytes);
  while (line->held.length > GST_RTC_DATA_FAN_HELD
         || (line->held.length > 1 && line->held_bytes > GST_RTC_DATA_FAN_HELD_BYTES))
    drop_oldest (line);
}

/* Under the lock. */
static void
transmit (Line *line, gboolean is_text, GBytes *bytes, guint64 max_buffered)
{
  guint64 buffered = gst_rtc_data_channel_get_buffered (line->channel);
  GError *error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (buffered > 0 && buffered + len > max_buffered) {
    line->n_full++;
  } else if (gst_rtc_data_channel_send (line->channel, is_text, data, len, &error)) {
    line->n_sent++;
    line->n_bytes += len;
  } else {
    guint64 *counter = rtc_error_get_result (error) == RTC_ERR_UNSUPPORTED ? &line->n_too_long
                       : rtc_error_get_result (error) == RTC_ERR_STATE     ? &line->n_unopened
                                                                           : &line->n_full;

    GST_LOG ("session %s: %s", gst_rtc_session_get_id (line->session), error->message);
    (*counter)++;
    g_error_free (error);
  }
}

static void
on_open (GstRtcDataChannel *channel, Line *line)
{
  Message *message;

  g_mutex_lock (&line->fan->lock);
  line->is_open = TRUE;
  /* What is held may be of the caps that made it stale: that is for the next channel. */
  while (!line->is_stale && (message = g_queue_pop_head (&line->held)) != NULL) {
    transmit (line, message->is_text, message->bytes, G_MAXUINT64);
    line->held_bytes -= g_bytes_get_size (message->bytes);
    message_free (message);
  }
  g_mutex_unlock (&line->fan->lock);
}

static void
receive (Line *line, GBytes *bytes, gboolean is_text)
{
  g_mutex_lock (&line->fan->lock);
  line->n_received++;
  g_mutex_unlock (&line->fan->lock);
  line->fan->func (line->fan->owner, line->session, bytes, is_text);
}

static void
on_string (GstRtcDataChannel *channel, const gchar *text, Line *line)
{
  GBytes *bytes = g_bytes_new (text, strlen (text));

  receive (line, bytes, TRUE);
  g_bytes_unref (bytes);
}

static void
on_data (GstRtcDataChannel *channel, GBytes *bytes, Line *line)
{
  GBytes *empty = g_bytes_new (NULL, 0);

  receive (line, bytes != NULL ? bytes : empty, FALSE);
  g_bytes_unref (empty);
}

/* The channel of a line, old or new. */
static void
open_channel (Line *line)
{
  GstStructure *options;
  GstRtcDataChannel *channel;

  g_mutex_lock (&line->fan->lock);
  options = gst_structure_copy (line->fan->options);
  line->is_stale = FALSE;
  g_mutex_unlock (&line->fan->lock);
  channel = gst_rtc_session_create_data_channel (
      line->session, gst_structure_get_string (options, "label"), options);
  gst_structure_free (options);
  g_object_connect (channel, "signal::on-open", on_open, line, "signal::on-message-string",
      on_string, line, "signal::on-message-data", on_data, line, NULL);
  g_mutex_lock (&line->fan->lock);
  line->channel = channel;
  g_mutex_unlock (&line->fan->lock);
}

static void
close_channel (Line *line)
{
  GstRtcDataChannel *channel;

  g_mutex_lock (&line->fan->lock);
  channel = g_steal_pointer (&line->channel);
  line->is_open = FALSE;
  g_mutex_unlock (&line->fan->lock);
  g_signal_handlers_disconnect_by_data (channel, line);
  gst_rtc_data_channel_close (channel);
  g_object_unref (channel);
}

static void
line_free (Line *line)
{
  close_channel (line);
  g_queue_clear_full (&line->held, message_free);
  g_object_unref (line->session);
  g_free (line);
}

/* --- all of them ------------------------------------------------------------------------------ */

GstRtcDataFan *
gst_rtc_data_fan_new (const GstStructure *options, GstRtcDataFanFunc func, gpointer owner)
{
  GstRtcDataFan *self = g_new0 (GstRtcDataFan, 1);

  g_mutex_init (&self->lock);
  self->func = func;
  self->owner = owner;
  self->options = gst_structure_copy (options);
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
gst_rtc_data_fan_free (GstRtcDataFan *self)
{
  gst_rtc_data_fan_remove_all (self);
  g_hash_table_unref (self->lines);
  gst_structure_free (self->options);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
gst_rtc_data_fan_set_options (GstRtcDataFan *self, const GstStructure *options)
{
  GHashTableIter iter;
  gboolean changed;
  Line *line;

  g_mutex_lock (&self->lock);
  changed = !gst_structure_is_equal (self->options, options);
  if (changed) {
    gst_structure_free (self->options);
    self->options = gst_structure_copy (options);
    g_hash_table_iter_init (&iter, self->lines);
    while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line))
      line->is_stale = TRUE;
  }
  g_mutex_unlock (&self->lock);
  return changed;
}

/* The lines as they are now; [C], where they stay. */
static GList *
list_lines (GstRtcDataFan *self)
{
  GList *list;

  g_mutex_lock (&self->lock);
  list = g_hash_table_get_values (self->lines);
  g_mutex_unlock (&self->lock);
  return list;
}

void
gst_rtc_data_fan_renew (GstRtcDataFan *self)
{
  GList *lines = list_lines (self);

  for (GList *l = lines; l != NULL; l = l->next) {
    Line *line = l->data;
    gboolean is_stale;

    g_mutex_lock (&self->lock);
    is_stale = line->is_stale;
    g_mutex_unlock (&self->lock);
    if (!is_stale)
      continue;
    close_channel (line);
    open_channel (line);
  }
  g_list_free (lines);
}

void
gst_rtc_data_fan_add (GstRtcDataFan *self, GstRtcSession *session)
{
  const gchar *id = gst_rtc_session_get_id (session);
  Line *line;

  if (g_hash_table_contains (self->lines, id))
    return;
  line = g_new0 (Line, 1);
  line->fan = self;
  line->session = g_object_ref (session);
  g_queue_init (&line->held);
  open_channel (line);
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->lines, g_strdup (id), line);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_data_fan_remove (GstRtcDataFan *self, const gchar *session_id)
{
  gpointer key = NULL, line = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_steal_extended (self->lines, session_id, &key, &line);
  g_mutex_unlock (&self->lock);
  g_free (key);
  if (line != NULL)
    line_free (line);
}

void
gst_rtc_data_fan_remove_all (GstRtcDataFan *self)
{
  GList *lines = list_lines (self);

  for (GList *l = lines; l != NULL; l = l->next)
    gst_rtc_data_fan_remove (self, gst_rtc_session_get_id (((Line *) l->data)->session));
  g_list_free (lines);
}

void
gst_rtc_data_fan_send (GstRtcDataFan *self, GstRtcSession *except, gboolean is_text, GBytes *bytes,
    guint64 max_buffered)
{
  GHashTableIter iter;
  Line *line;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &line)) {
    if (line->session == except)
      continue;
    if (line->is_open && !line->is_stale)
      transmit (line, is_text, bytes, max_buffered);
    else
      hold (line, is_text, bytes);
  }
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_rtc_data_fan_get_stats (GstRtcDataFan *self, const gchar *session_id)
{
  GstStructure *stats = NULL;
  Line *line;

  g_mutex_lock (&self->lock);
  line = g_hash_table_lookup (self->lines, session_id);
  if (line != NULL)
    stats = gst_structure_new ("send", "label", G_TYPE_STRING,
        gst_structure_get_string (self->options, "label"), "is-open", G_TYPE_BOOLEAN, line->is_open,
        "messages-sent", G_TYPE_UINT64, line->n_sent, "bytes-sent", G_TYPE_UINT64, line->n_bytes,
        "messages-received", G_TYPE_UINT64, line->n_received, "messages-dropped-full",
        G_TYPE_UINT64, line->n_full, "messages-dropped-too-long", G_TYPE_UINT64, line->n_too_long,
        "messages-dropped-unopened", G_TYPE_UINT64, line->n_unopened, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}
