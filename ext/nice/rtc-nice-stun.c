/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* memmem() */
#include "ext/nice/rtc-nice-stun.h"

#include <string.h>

gsize
rtc_nice_stun_write_check (const RtcNiceStunCheck *check, const guint8 *id, guint8 *out, gsize size)
{
  RtcWriter w = rtc_stun_begin (out, size, RTC_STUN_REQUEST, id);

  rtc_stun_write_username (&w, check->remote_ufrag, check->local_ufrag);
  rtc_stun_write_priority (&w, check->priority);
  if (check->is_controlling) {
    rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLING, 0);
    rtc_stun_write_use_candidate (&w);
  } else {
    rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLED, G_MAXUINT64);
  }
  return rtc_stun_end (&w, check->remote_pwd);
}

gboolean
rtc_nice_stun_find (
    const guint8 *data, gsize len, gsize *pos, const guint8 **message, const guint8 **id)
{
  static const guint8 cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

  while (*pos < len) {
    const guint8 *at = memmem (data + *pos, len - *pos, cookie, sizeof cookie);
    gsize offset;

    if (at == NULL)
      break;
    offset = (gsize) (at - data);
    *pos = offset + 1;
    if (offset < 4 || len - (offset - 4) < RTC_STUN_HEADER_BYTES)
      continue;
    *message = at - 4;
    *id = at + sizeof cookie;
    return TRUE;
  }
  return FALSE;
}

RtcNiceStunAnswer
rtc_nice_stun_read_answer (const guint8 *data, gsize len, const gchar *pwd)
{
  RtcStunMessage message;

  if (rtc_stun_parse (data, rtc_stun_get_size (data, len), &message) != RTC_OK
      || message.method != RTC_STUN_BINDING || message.class_ < RTC_STUN_SUCCESS
      || !rtc_stun_is_authentic (&message, pwd))
    return RTC_NICE_STUN_NONE;
  if (message.class_ == RTC_STUN_SUCCESS)
    return RTC_NICE_STUN_SUCCESS;
  switch (message.error_code) {
    case 403:
      return RTC_NICE_STUN_FORBIDDEN;
    case 487:
      return RTC_NICE_STUN_CONFLICT;
    default:
      return RTC_NICE_STUN_ERROR;
  }
}
