/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-usrsctp-pump.h - what there is once per process of usrsctp: its start, its clock and the
 * names of associations.
 *
 * usrsctp keeps one list of timers and calls back with the address that a packet is for. That
 * address is a number that is never used again, not a pointer: what comes late finds nothing.
 * usrsctp has locks of its own, and several threads may be inside at once, each with associations
 * of its own. They do not cover all, though (ThreadSanitizer on 0.9.5): a timer that has expired is
 * read before anything is locked, while the thread of its association may set it anew, and what
 * binds a socket looks at the others without their locks. So timers, and whatever makes or frees,
 * go alone. Timers run on any association's thread, and call back there.
 * Thread: any. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"

G_BEGIN_DECLS

/* A packet of that association to send, (transfer full). Called with the lock held, within any call
 * of usrsctp, maybe one for another association and on its thread: only append to a queue. */
typedef void (*RtcUsrsctpOutput) (gpointer owner, RtcPacket *packet);

/* Before anything of usrsctp: starts it the first time, and runs its timers up to now. */
void rtc_usrsctp_prepare (void);

/* Around each call of usrsctp that follows, errno stays. Not nested, and without the lock. */
typedef enum {
  RTC_USRSCTP_TOGETHER, /* with those of other threads */
  RTC_USRSCTP_ALONE,    /* makes, connects or frees a socket or an association */
} RtcUsrsctpCall;

void rtc_usrsctp_enter (RtcUsrsctpCall call);
void rtc_usrsctp_leave (RtcUsrsctpCall call);

/* The lock guards what an RtcUsrsctpOutput appends to. Nothing of usrsctp is called with it. */
void rtc_usrsctp_lock (void);
void rtc_usrsctp_unlock (void);

/* A name for owner, and its end: no output comes after. Without the lock. */
gpointer rtc_usrsctp_register (RtcUsrsctpOutput output, gpointer owner);
void rtc_usrsctp_unregister (gpointer name);

/* Memory for one message, one per thread: valid until it is asked for again. */
guint8 *rtc_usrsctp_get_scratch (gsize *len);

G_END_DECLS
