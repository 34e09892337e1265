/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtcp-message.h - for tests: builds one RTCP message alone and walks to it again. */
#pragma once

#include "gst/rtc/rtcp/rtc-rtcp.h"

/* Finishes builder, which must hold exactly one message, and gives it as a parser sees it. */
static inline RtcRtcpPacket
rtcp_message_walk (const RtcRtcpBuilder *builder)
{
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  gsize len;

  g_assert_cmpint (rtc_rtcp_builder_finish (builder, &len), ==, RTC_OK);
  rtc_rtcp_walk_init (&walk, builder->writer.data, len, 1);
  g_assert_true (rtc_rtcp_walk_next (&walk, &packet));
  g_assert_cmpuint (packet.len + 4, ==, len);
  return packet;
}

/* Calls parse with every shorter length of packet, each in memory of just that size. */
#define RTCP_MESSAGE_FOR_EACH_CUT(packet, cut)                                                     \
  for (gsize cut##_len = 0; cut##_len < (packet).len; cut##_len++)                                 \
    for (RtcRtcpPacket cut = rtcp_message_cut (&(packet), cut##_len); cut.data != NULL;            \
        g_free ((gpointer) cut.data), cut.data = NULL)

static inline RtcRtcpPacket
rtcp_message_cut (const RtcRtcpPacket *packet, gsize len)
{
  RtcRtcpPacket cut = *packet;

  cut.data = memcpy (g_malloc (len + (len == 0)), packet->data, len);
  cut.len = len;
  return cut;
}
