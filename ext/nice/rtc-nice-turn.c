/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice-turn.h"

#include "gst/rtc/base/rtc-bytes.h"

/* RFC 8489 5:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Magic Cookie = 0x2112A442                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Transaction ID (96 bits)                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Message Length is that of the attributes behind the 20 bytes of the header. */
#define HEADER_BYTES RTC_NICE_TURN_HEADER_BYTES
#define MAGIC_COOKIE 0x2112A442u
#define TRANSACTION_BYTES 12

/* RFC 8656 18.1: method Allocate, 0x003; classes of RFC 8489 5. */
#define ALLOCATE_SUCCESS 0x0103
#define ALLOCATE_ERROR 0x0113

/* RFC 8489 18.3 */
#define ATTRIBUTE_ERROR_CODE 0x0009
#define CODE_TRY_ALTERNATE 300
#define CODE_BAD_REQUEST 400

/* ERROR-CODE of the attributes in r, 0 when there is none (RFC 8489 14.8: a class of hundreds
 * in the third byte, the rest in the fourth). */
static guint
turn_find_error_code (RtcReader r)
{
  while (rtc_reader_left (&r) > 0) {
    guint16 type = rtc_reader_u16 (&r);
    guint16 len = rtc_reader_u16 (&r);
    RtcReader value = rtc_reader_sub (&r, len);

    if (type == ATTRIBUTE_ERROR_CODE) {
      guint class, number;

      rtc_reader_bytes (&value, 2);
      class = rtc_reader_u8 (&value) & 7;
      number = rtc_reader_u8 (&value);
      return value.ok ? class * 100 + number : 0;
    }
    /* RFC 8489 14: values are "padded to a multiple of 4". */
    rtc_reader_bytes (&r, (4 - len % 4) % 4);
  }
  return 0;
}

RtcResult
rtc_nice_turn_check (const guint8 *data, gsize len, gsize *n_complete, gboolean *is_allocated)
{
  *n_complete = 0;
  while (len - *n_complete >= HEADER_BYTES) {
    RtcReader r = rtc_reader (data + *n_complete, len - *n_complete);
    guint16 type = rtc_reader_u16 (&r);
    guint16 body_len = rtc_reader_u16 (&r);
    guint32 cookie = rtc_reader_u32 (&r);
    RtcReader body;

    if (type >> 14 != 0 || cookie != MAGIC_COOKIE)
      return RTC_ERR_PARSE;
    rtc_reader_bytes (&r, TRANSACTION_BYTES);
    body = rtc_reader_sub (&r, body_len);
    if (!body.ok)
      return RTC_OK;
    if (type == ALLOCATE_ERROR && turn_find_error_code (body) == CODE_TRY_ALTERNATE)
      return RTC_ERR_UNSUPPORTED;
    *n_complete += HEADER_BYTES + body_len;
    if (type == ALLOCATE_SUCCESS) {
      *is_allocated = TRUE;
      *n_complete = len;
    }
  }
  return RTC_OK;
}

gboolean
rtc_nice_turn_write_refusal (
    const guint8 *message, gsize len, guint8 out[RTC_NICE_TURN_REFUSAL_BYTES])
{
  RtcReader r = rtc_reader (message, len);
  RtcWriter w = rtc_writer (out, RTC_NICE_TURN_REFUSAL_BYTES);
  const guint8 *transaction;

  rtc_reader_bytes (&r, HEADER_BYTES - TRANSACTION_BYTES);
  transaction = rtc_reader_bytes (&r, TRANSACTION_BYTES);
  if (transaction == NULL)
    return FALSE;
  rtc_writer_u16 (&w, ALLOCATE_ERROR);
  rtc_writer_u16 (&w, RTC_NICE_TURN_REFUSAL_BYTES - HEADER_BYTES);
  rtc_writer_u32 (&w, MAGIC_COOKIE);
  rtc_writer_bytes (&w, transaction, TRANSACTION_BYTES);
  rtc_writer_u16 (&w, ATTRIBUTE_ERROR_CODE);
  rtc_writer_u16 (&w, 4);
  rtc_writer_u16 (&w, 0);
  rtc_writer_u8 (&w, CODE_BAD_REQUEST / 100);
  rtc_writer_u8 (&w, CODE_BAD_REQUEST % 100);
  return w.ok;
}
