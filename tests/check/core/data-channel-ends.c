/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/core/data-channel-ends.h"

#include <string.h>

static RtcResult
wire_send (RtcSctp *sctp, GstClockTime now, guint16 stream, guint32 ppid,
    const RtcSctpReliability *reliability, const guint8 *data, gsize len)
{
  Wire *wire = (Wire *) sctp;
  Item *item;

  g_assert_cmpuint (len, >, 0);
  if (wire->sent.length >= wire->room
      || (wire->holds_lifetimes && reliability->max_lifetime_ms >= 0))
    return RTC_AGAIN;
  item = g_new (Item, 1);
  *item = (Item){ stream, ppid, reliability->ordered, rtc_packet_new_copy (NULL, data, len) };
  g_queue_push_tail (&wire->sent, item);
  return RTC_OK;
}

static RtcResult
wire_reset (RtcSctp *sctp, GstClockTime now, guint16 stream)
{
  Wire *wire = (Wire *) sctp;
  Item *item = g_new0 (Item, 1);

  item->stream = stream;
  wire->n_resets++;
  g_queue_push_tail (&wire->sent, item);
  return RTC_OK;
}

static const RtcSctpVTable wire_vtable = {
  .name = "wire", .send = wire_send, .reset_stream = wire_reset
};

void
ends_init (Ends *e, const RtcDataChannelsConfig *config)
{
  RtcDataChannelsConfig none = { 0 };

  memset (e, 0, sizeof *e);
  e->now = GST_SECOND;
  for (guint i = 0; i < 2; i++) {
    e->wires[i].parent.vtable = &wire_vtable;
    e->wires[i].room = 100000;
    e->tables[i] = rtc_data_channels_new (config != NULL ? config : &none);
    e->log[i] = g_string_new (NULL);
  }
}

void
ends_start (Ends *e)
{
  for (guint i = 0; i < 2; i++)
    rtc_data_channels_start (e->tables[i], e->now, &e->wires[i].parent, i == 0, 65536);
}

void
ends_poll (Ends *e, guint i)
{
  static const gchar *const words[] = { "new", "open", "text", "binary", "sent", "closing",
    "closed" };
  RtcOutput out;

  while (rtc_data_channels_poll (e->tables[i], &out)) {
    g_string_append_printf (e->log[i], "%s ", words[out.type - RTC_OUTPUT_CHANNEL_NEW]);
    e->handle[i] = out.channel;
    if (out.packet != NULL)
      e->last_len[i] = out.packet->len;
    rtc_packet_unref (out.packet);
  }
}

gboolean
ends_carry (Ends *e, guint i)
{
  Item *item = g_queue_pop_head (&e->wires[i].sent);

  if (item == NULL)
    return FALSE;
  if (item->ppid != 0) {
    rtc_data_channels_handle_message (
        e->tables[1 - i], e->now, item->stream, item->ppid, item->packet);
  } else {
    rtc_data_channels_handle_reset (e->tables[1 - i], e->now, item->stream);
    rtc_data_channels_handle_reset_done (e->tables[i], e->now, item->stream);
  }
  g_free (item);
  rtc_data_channels_flush (e->tables[i], e->now);
  ends_poll (e, 0);
  ends_poll (e, 1);
  return TRUE;
}

void
ends_run (Ends *e)
{
  ends_poll (e, 0);
  ends_poll (e, 1);
  while (ends_carry (e, 0) | ends_carry (e, 1)) {
  }
}

void
ends_clear (Ends *e)
{
  for (guint i = 0; i < 2; i++) {
    Item *item;

    rtc_data_channels_free (e->tables[i]);
    g_string_free (e->log[i], TRUE);
    while ((item = g_queue_pop_head (&e->wires[i].sent)) != NULL) {
      rtc_packet_unref (item->packet);
      g_free (item);
    }
  }
}

void
ends_assert_log (Ends *e, guint i, const gchar *expected)
{
  g_assert_cmpstr (g_strchomp (e->log[i]->str), ==, expected);
  g_string_truncate (e->log[i], 0);
}

guint32
ends_make (Ends *e, guint i, const gchar *label, gint negotiated_id)
{
  RtcDataChannelInit init = { .label = label,
    .ordered = TRUE,
    .max_retransmits = -1,
    .max_lifetime_ms = -1,
    .negotiated = negotiated_id >= 0,
    .id = negotiated_id };
  GError *error = NULL;
  guint32 handle = 0;

  rtc_data_channels_create (e->tables[i], e->now, &init, &handle, &error);
  g_assert_no_error (error);
  return handle;
}

RtcResult
ends_say (Ends *e, guint i, guint32 handle, gboolean is_text, gsize len)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, len);

  memset (packet->data, 'a', len);
  packet->len = len;
  return rtc_data_channels_send (e->tables[i], e->now, handle, is_text, packet);
}

void
ends_inject (Ends *e, guint i, guint16 stream, guint32 ppid, gconstpointer data, gsize len)
{
  rtc_data_channels_handle_message (
      e->tables[i], e->now, stream, ppid, rtc_packet_new_copy (NULL, data, len));
  ends_poll (e, i);
}

RtcDataChannelInfo
ends_get (Ends *e, guint i, guint32 handle)
{
  RtcDataChannelInfo info;

  g_assert_true (rtc_data_channels_get (e->tables[i], handle, &info));
  return info;
}
