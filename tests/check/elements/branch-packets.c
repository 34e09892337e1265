/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "branch-packets.h"

#include <string.h>

#include "gst/rtc/rtp/rtc-rtp-header.h"

/* How many sequence parameter sets are in a payload of H.264 (RFC 6184 5.6, 5.7.1). */
static guint
count_sps (const guint8 *data, gsize len)
{
  guint n = 0;

  if (len > 0 && (data[0] & 0x1f) == 7)
    return 1;
  if (len == 0 || (data[0] & 0x1f) != 24)
    return 0;
  for (gsize at = 1; at + 2 < len; at += 2 + (gsize) (data[at] << 8 | data[at + 1]))
    n += (data[at + 2] & 0x1f) == 7;
  return n;
}

static gboolean
collector_push (gpointer data, RtcPacket *packet)
{
  Collector *c = data;

  g_mutex_lock (&c->lock);
  if (c->packets++ == 0) {
    c->first_is_key = (packet->flags & RTC_PACKET_KEY_FRAME_START) != 0;
    c->first_time = packet->time;
  } else if (packet->time + GST_MSECOND < c->last_time) { /* two clocks are read */
    c->time_went_back = TRUE;
  }
  c->last_time = packet->time;
  c->frames += (packet->flags & RTC_PACKET_FRAME_END) != 0;
  c->key_starts += (packet->flags & RTC_PACKET_KEY_FRAME_START) != 0;
  c->longest = MAX (c->longest, packet->len);
  c->short_video += packet->len <= RTC_RTP_HEADER_LEN + 3;
  c->sps += count_sps (packet->data + RTC_RTP_HEADER_LEN, packet->len - RTC_RTP_HEADER_LEN);
  g_cond_broadcast (&c->cond);
  g_mutex_unlock (&c->lock);
  rtc_packet_unref (packet);
  return TRUE;
}

static void
collector_push_loss (gpointer data)
{
  Collector *c = data;

  g_mutex_lock (&c->lock);
  c->losses++;
  g_mutex_unlock (&c->lock);
}

static void
collector_push_end (gpointer data)
{
  Collector *c = data;

  g_mutex_lock (&c->lock);
  c->batches++;
  g_mutex_unlock (&c->lock);
}

static void
collector_destroy (gpointer data)
{
  ((Collector *) data)->destroyed++;
}

GstRtcPacketOutput
collector_output (Collector *c)
{
  return (GstRtcPacketOutput){ collector_push, collector_push_loss, collector_push_end, c,
    collector_destroy };
}

void
collector_init (Collector *c)
{
  memset (c, 0, sizeof *c);
  g_mutex_init (&c->lock);
  g_cond_init (&c->cond);
}

void
collector_clear (Collector *c)
{
  g_mutex_clear (&c->lock);
  g_cond_clear (&c->cond);
}

gboolean
collector_wait (Collector *c, const guint *counter, guint wanted)
{
  gint64 end = g_get_monotonic_time () + BRANCH_PATIENCE_US;
  gboolean ok = TRUE;

  g_mutex_lock (&c->lock);
  while (ok && *counter < wanted)
    ok = g_cond_wait_until (&c->cond, &c->lock, end);
  g_mutex_unlock (&c->lock);
  return ok;
}

GstElement *
branch_new (Collector *c, RtcCodecId codec, gboolean is_raw)
{
  GstRtcBranchConfig config = {
    .codec = codec, .is_raw = is_raw, .start_bitrate = 500000, .output = collector_output (c)
  };
  GError *error = NULL;
  GstElement *branch = gst_rtc_branch_new ("branch", &config, &error);

  g_assert_no_error (error);
  g_assert_nonnull (branch);
  return branch;
}

GstElement *
branch_pipeline_new (const gchar *source, GstElement *branch)
{
  GError *error = NULL;
  GstElement *pipeline = gst_pipeline_new (NULL);
  gchar *line = g_strconcat (source, " ! identity", NULL); /* source may end in caps */
  GstElement *bin = gst_parse_bin_from_description (line, TRUE, &error);

  g_assert_no_error (error);
  g_free (line);
  gst_bin_add_many (GST_BIN (pipeline), bin, branch, NULL);
  g_assert_true (gst_element_link (bin, branch));
  return pipeline;
}

void
branch_run_to_eos (GstElement *pipeline, gchar **warning)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  gboolean done = FALSE;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  while (!done) {
    message = gst_bus_timed_pop_filtered (bus, BRANCH_PATIENCE_US * GST_USECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
    g_assert_nonnull (message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING && warning != NULL && *warning == NULL) {
      GError *error = NULL;

      gst_message_parse_warning (message, &error, NULL);
      *warning = g_strdup (error->message);
      g_error_free (error);
    }
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      GError *error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_assert_no_error (error);
    }
    done = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    gst_message_unref (message);
  }
  gst_object_unref (bus);
}

void
branch_pipeline_free (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}
