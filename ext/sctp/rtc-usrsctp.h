/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-usrsctp.h - SCTP over DTLS by usrsctp: implements gst/rtc/iface/rtc-sctp-iface.h.
 *
 * Without usrsctp's threads and sockets: packets come by handle_packet(), leave as events, and its
 * timers run on ours. Extensions that a data channel has no use for (ASCONF, AUTH, ECN, packet
 * drops, more than one address) are off; partial reliability (RFC 3758) and stream resets
 * (RFC 6525) are on. Memory: RTC_USRSCTP_SEND_BYTES and RTC_USRSCTP_RECEIVE_BYTES an association,
 * whatever its peer does, and RTC_USRSCTP_MAX_CHUNKS chunks in each direction.
 *
 * usrsctp's state is one per process: associations of several threads wait for each other when one
 * begins or ends and while its timers run, not for each packet (rtc-usrsctp-pump.h). Each
 * association belongs to one thread. */
#pragma once

#include "gst/rtc/iface/rtc-sctp-iface.h"

G_BEGIN_DECLS

/* RTC_USRSCTP_SEND_BYTES: what is sent and not acknowledged, or waits in SCTP. A link of 100 Mbit/s
 * and 80 ms has that in flight. A message that is longer cannot be sent. */
#define RTC_USRSCTP_SEND_BYTES (1024 * 1024)

/* RTC_USRSCTP_RECEIVE_BYTES: our receive window: what nobody has read, or is not complete. */
#define RTC_USRSCTP_RECEIVE_BYTES (1024 * 1024)

/* RTC_USRSCTP_MAX_CHUNKS: each costs some 500 bytes beside what is in it. */
#define RTC_USRSCTP_MAX_CHUNKS 8192

/* A factory. Thread: any. */
RtcSctpFactory *rtc_usrsctp_factory_new (void);
void rtc_usrsctp_factory_free (RtcSctpFactory *factory); /* (nullable) after its associations */

G_END_DECLS
