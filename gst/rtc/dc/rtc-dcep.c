/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/dc/rtc-dcep.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"

/* RFC 8832 5.1:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Message Type |  Channel Type |            Priority           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Reliability Parameter                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Label Length          |       Protocol Length         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                             Label                             |
 * |                            Protocol                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ */
#define CHANNEL_UNORDERED 0x80
#define CHANNEL_RELIABLE 0x00
#define CHANNEL_REXMIT 0x01
#define CHANNEL_TIMED 0x02

static gboolean
text_is_good (const guint8 *text, gsize len)
{
  /* g_utf8_validate_len() refuses NUL too. */
  return len == 0 || g_utf8_validate_len ((const gchar *) text, len, NULL);
}

static RtcResult
parse_open (RtcReader *r, RtcDcepOpen *open)
{
  guint8 type = rtc_reader_u8 (r);
  gint parameter;
  guint32 value;

  open->priority = rtc_reader_u16 (r);
  value = rtc_reader_u32 (r);
  open->label_len = rtc_reader_u16 (r);
  open->protocol_len = rtc_reader_u16 (r);
  open->label = (const gchar *) rtc_reader_bytes (r, open->label_len);
  open->protocol = (const gchar *) rtc_reader_bytes (r, open->protocol_len);
  if (!r->ok || rtc_reader_left (r) > 0
      || !text_is_good ((const guint8 *) open->label, open->label_len)
      || !text_is_good ((const guint8 *) open->protocol, open->protocol_len))
    return RTC_ERR_PARSE;
  parameter = (gint) MIN (value, G_MAXUINT16);
  open->ordered = (type & CHANNEL_UNORDERED) == 0;
  open->max_retransmits = open->max_lifetime_ms = -1;
  switch (type & ~CHANNEL_UNORDERED) {
    case CHANNEL_RELIABLE:
      /* "For reliable Data Channels this field MUST be set to 0 on the sending side and MUST be
       * ignored on the receiving side." */
      return RTC_OK;
    case CHANNEL_REXMIT:
      open->max_retransmits = parameter;
      return RTC_OK;
    case CHANNEL_TIMED:
      open->max_lifetime_ms = parameter;
      return RTC_OK;
    default:
      return RTC_ERR_UNSUPPORTED;
  }
}

RtcResult
rtc_dcep_parse (const guint8 *data, gsize len, RtcDcepType *type, RtcDcepOpen *open)
{
  RtcReader r = rtc_reader (data, len);
  guint8 value = rtc_reader_u8 (&r);

  memset (open, 0, sizeof *open);
  if (!r.ok)
    return RTC_ERR_PARSE;
  *type = (RtcDcepType) value;
  switch (value) {
    case RTC_DCEP_ACK:
      /* One byte (5.2), but pion 3 sends four. */
      return RTC_OK;
    case RTC_DCEP_OPEN:
      return parse_open (&r, open);
    default:
      return RTC_ERR_UNSUPPORTED;
  }
}

GByteArray *
rtc_dcep_write_open (const RtcDcepOpen *open)
{
  guint8 type = open->ordered ? 0 : CHANNEL_UNORDERED;
  guint32 parameter = 0;
  guint8 header[RTC_DCEP_OPEN_HEADER_LEN];
  RtcWriter w = rtc_writer (header, sizeof header);
  GByteArray *out;

  if (open->label_len > RTC_DCEP_MAX_TEXT || open->protocol_len > RTC_DCEP_MAX_TEXT)
    return NULL;
  if (open->max_retransmits >= 0) {
    type |= CHANNEL_REXMIT;
    parameter = (guint32) open->max_retransmits;
  } else if (open->max_lifetime_ms >= 0) {
    type |= CHANNEL_TIMED;
    parameter = (guint32) open->max_lifetime_ms;
  }
  rtc_writer_u8 (&w, RTC_DCEP_OPEN);
  rtc_writer_u8 (&w, type);
  rtc_writer_u16 (&w, open->priority);
  rtc_writer_u32 (&w, parameter);
  rtc_writer_u16 (&w, open->label_len);
  rtc_writer_u16 (&w, open->protocol_len);
  out = g_byte_array_sized_new ((guint) (w.pos + open->label_len + open->protocol_len));
  g_byte_array_append (out, header, (guint) w.pos);
  g_byte_array_append (out, (const guint8 *) open->label, (guint) open->label_len);
  g_byte_array_append (out, (const guint8 *) open->protocol, (guint) open->protocol_len);
  return out;
}
