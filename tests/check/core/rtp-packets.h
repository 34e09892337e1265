/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtp-packets.h - plain RTP packets as a payloader makes them, for tests of the sending side. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

/* A packet of 12 + payload_len bytes; payload byte i is (seq + i) & 0xff. (transfer full) */
static inline RtcPacket *
rtp_packet_new (guint16 seq, guint32 rtp_ts, gsize payload_len, RtcPacketFlags flags)
{
  RtcRtpHeader header = { .payload_type = 96, .marker = TRUE, .seq = seq, .rtp_ts = rtp_ts,
    .ssrc = 0x5555 };
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_RTP_HEADER_LEN + payload_len);
  RtcWriter writer = rtc_writer (packet->data, RTC_RTP_HEADER_LEN + payload_len);

  rtc_rtp_header_write (&header, &writer);
  for (gsize i = 0; i < payload_len; i++)
    rtc_writer_u8 (&writer, seq + i);
  packet->len = writer.pos;
  packet->flags = flags;
  return packet;
}
