/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcdelimiter.h"

/* nal_unit_type of the delimiter. */
#define H264_DELIMITER 9
#define H265_DELIMITER 35

/* Start code, header, the delimiter's one byte, and the start code that follows. */
#define LONGEST (4 + 2 + 1 + 4)

/* H.264 B.1.1: 00 00 01, a zero byte more before the first of a picture; 0: no start code. */
static gsize
start_code_len (const guint8 *data, gsize len)
{
  if (len >= 3 && data[0] == 0 && data[1] == 0 && data[2] == 1)
    return 3;
  return len >= 4 && data[0] == 0 && data[1] == 0 && data[2] == 0 && data[3] == 1 ? 4 : 0;
}

gsize
gst_rtc_delimiter_find (RtcCodecId codec, const guint8 *data, gsize len)
{
  gsize start = start_code_len (data, len), end;
  gboolean is_delimiter;

  if (start == 0 || len == start)
    return 0;
  if (codec == RTC_CODEC_H264) {
    is_delimiter = (data[start] & 0x1f) == H264_DELIMITER;
    end = start + 1 + 1;
  } else {
    is_delimiter = (data[start] >> 1 & 0x3f) == H265_DELIMITER;
    end = start + 2 + 1;
  }
  return is_delimiter && end < len && start_code_len (data + end, len - end) > 0 ? end : 0;
}

static GstPadProbeReturn
on_picture (GstPad *pad, GstPadProbeInfo *info, gpointer codec)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint8 first[LONGEST];
  gsize len = gst_buffer_extract (buffer, 0, first, sizeof first);
  gsize n = gst_rtc_delimiter_find (GPOINTER_TO_UINT (codec), first, len);

  if (n == 0)
    return GST_PAD_PROBE_OK;
  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_resize (buffer, (gssize) n, -1);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

void
gst_rtc_delimiter_leave_out (GstElement *payloader, RtcCodecId codec)
{
  GstPad *pad;

  if (codec != RTC_CODEC_H264 && codec != RTC_CODEC_H265)
    return;
  pad = gst_element_get_static_pad (payloader, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_picture, GUINT_TO_POINTER (codec), NULL);
  gst_object_unref (pad);
}
