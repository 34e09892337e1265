/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-turn.h - TURN over a byte stream (RFC 8656, 8489 6.2.2), as little of it as the TLS
 * bridge needs: where messages end, which may not pass, and how to say no.
 *
 * Pure; any thread. */
#pragma once

#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* RTC_NICE_TURN_HEADER_BYTES: enough of a message for rtc_nice_turn_write_refusal(). */
#define RTC_NICE_TURN_HEADER_BYTES 20

/* RTC_NICE_TURN_REFUSAL_BYTES: exactly what rtc_nice_turn_write_refusal() writes. */
#define RTC_NICE_TURN_REFUSAL_BYTES 28

/* What a server sent before an allocation exists. *n_complete gets how many bytes of data are
 * whole messages that may pass to the client; the rest is kept until more has come.
 * *is_allocated is set to TRUE when an allocation was granted: from there on channel data may
 * follow and everything passes, so this is not called any more.
 *
 * RTC_ERR_PARSE: no STUN messages. RTC_ERR_UNSUPPORTED: the server sends the client elsewhere
 * (300, Try Alternate), which libnice would follow without TLS. After either: pass nothing more,
 * refuse. */
RtcResult rtc_nice_turn_check (const guint8 *data, gsize len, gsize *n_complete,
    gboolean *is_allocated);

/* An Allocate error response 400 to the transaction of message, which has len bytes. FALSE when
 * those are not yet enough to tell it. */
gboolean rtc_nice_turn_write_refusal (const guint8 *message, gsize len,
    guint8 out[RTC_NICE_TURN_REFUSAL_BYTES]);

G_END_DECLS
