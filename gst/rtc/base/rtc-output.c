/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-output.h"

#include <stddef.h>
#include <string.h>

void
rtc_output_queue_init (RtcOutputQueue *self, guint max_media)
{
  g_queue_init (&self->items);
  self->max_media = max_media;
  self->n_media = 0;
  self->dropped = 0;
}

void
rtc_output_queue_clear (RtcOutputQueue *self)
{
  RtcOutput out;

  while (rtc_output_queue_pop (self, &out))
    rtc_packet_unref (out.packet);
}

static gsize
output_size (RtcOutputType type)
{
  return type == RTC_OUTPUT_RTP || type == RTC_OUTPUT_RTCP || type == RTC_OUTPUT_STREAM_END
                 || type >= RTC_OUTPUT_TARGET_RATE
             ? offsetof (RtcOutput, mid)
             : sizeof (RtcOutput);
}

void
rtc_output_queue_push (RtcOutputQueue *self, const RtcOutput *output)
{
  if (output->type == RTC_OUTPUT_RTP) {
    if (self->n_media >= self->max_media) {
      self->dropped++;
      rtc_packet_unref (output->packet);
      return;
    }
    self->n_media++;
  }
  g_queue_push_tail (&self->items, g_slice_copy (output_size (output->type), output));
}

gboolean
rtc_output_queue_pop (RtcOutputQueue *self, RtcOutput *out)
{
  RtcOutput *item = g_queue_pop_head (&self->items);

  if (item == NULL)
    return FALSE;
  if (item->type == RTC_OUTPUT_RTP)
    self->n_media--;
  memcpy (out, item, output_size (item->type));
  g_slice_free1 (output_size (item->type), item);
  return TRUE;
}
