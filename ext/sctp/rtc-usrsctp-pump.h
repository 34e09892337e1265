/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-usrsctp-pump.h - what there is once per process of usrsctp: its start, its clock and the
 * names of associations.
 *
 * usrsctp keeps one list of timers and calls back with the address that a packet is for. That
 * address is a number that is never used again, not a pointer: what comes late finds nothing.
 * usrsctp has locks of its own; several threads may be inside at once, each with associations of
 * its own. Only what it calls back with, and timers, may come on another association's thread.
 * Thread: any. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"

G_BEGIN_DECLS

/* A packet of that association to send, (transfer full). Called with the lock held, within any call
 * of usrsctp, maybe one for another association and on its thread: only append to a queue. */
typedef void (*RtcUsrsctpOutput) (gpointer owner, RtcPacket *packet);

/* Before anything of usrsctp: starts it the first time, and runs its timers up to now. */
void rtc_usrsctp_prepare (void);

/* The lock guards what an RtcUsrsctpOutput appends to. Nothing of usrsctp is called with it. */
void rtc_usrsctp_lock (void);
void rtc_usrsctp_unlock (void);

/* A name for owner, and its end: no output comes after. Without the lock. */
gpointer rtc_usrsctp_register (RtcUsrsctpOutput output, gpointer owner);
void rtc_usrsctp_unregister (gpointer name);

/* Memory for one message, one per thread: valid until it is asked for again. */
guint8 *rtc_usrsctp_get_scratch (gsize *len);

G_END_DECLS
