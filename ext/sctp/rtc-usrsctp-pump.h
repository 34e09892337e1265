/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-usrsctp-pump.h - what there is once per process of usrsctp: its start, its clock, its lock
 * and the names of associations.
 *
 * usrsctp keeps one list of timers and calls back with the address that a packet is for. That
 * address is a number that is never used again, not a pointer: what comes late finds nothing.
 * Everything of usrsctp is called between enter() and leave(). Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A packet of that association to send. Called with the lock held, within any call of usrsctp,
 * maybe one for another association and on its thread: only append to a queue. */
typedef void (*RtcUsrsctpOutput) (gpointer owner, const guint8 *data, gsize len);

/* Locks; starts usrsctp the first time, and runs its timers up to now. */
void rtc_usrsctp_enter (void);
void rtc_usrsctp_leave (void);

/* Between enter() and leave(): a name for owner, and its end. */
gpointer rtc_usrsctp_register (RtcUsrsctpOutput output, gpointer owner);
void rtc_usrsctp_unregister (gpointer name);

/* Memory for one message, one per process: valid until leave(). */
guint8 *rtc_usrsctp_get_scratch (gsize *len);

G_END_DECLS
