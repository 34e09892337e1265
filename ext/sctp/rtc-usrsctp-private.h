/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-usrsctp-private.h - what the files of an association share: rtc-usrsctp.c is the vtable,
 * -options sets a socket up, -read takes messages and notifications out of usrsctp. */
#pragma once

#include <usrsctp.h>

#include "ext/sctp/rtc-usrsctp.h"

G_BEGIN_DECLS

/* RFC 9260 3.1; on AF_CONN usrsctp's MTU is without it. */
#define RTC_USRSCTP_HEADER_LEN 12

typedef struct {
  RtcSctp parent;
  RtcSctpConfig config;
  gchar id[24];
  gpointer name;         /* in the pump */
  struct socket *socket; /* NULL once closed */
  RtcSctpState state;
  gboolean is_started;
  guint n_out_streams;   /* negotiated */

  GQueue events;        /* RtcSctpEvent *; appended to by any thread that holds the pump's lock */
  gboolean may_read;    /* since the last time that there was nothing */
  gboolean is_deaf;     /* set_reading (FALSE) */
  gboolean wants_write; /* send() said RTC_AGAIN */
  GByteArray *partial;  /* (nullable) a message that is not complete */
  GArray *resets;       /* guint16: streams to be reset as soon as usrsctp takes it */
  guint n_resetting;       /* streams whose reset was asked for and not answered ... */
  GstClockTime resetting_until; /* ... and until when that is believed */
  GstClockTime resets_due; /* when they go though data is in flight */
  gboolean has_cumulative;
  guint32 cumulative;    /* TSN up to which we have all of the peer's */
  RtcPacket *held;       /* (nullable) a reset of the peer's that is ahead of what we have ... */
  guint32 held_tsn;      /* ... up to here */
  GstClockTime last_heard; /* of the peer, or when nothing was owed */
  GstClockTime deadline; /* NONE: nothing is under way */
  guint n_quiet;
  RtcSctpStats stats;
} RtcUsrsctp;

/* All between rtc_usrsctp_enter() and _leave(). */

/* rtc-usrsctp.c */
RtcSctpEvent *rtc_usrsctp_push_event (RtcUsrsctp *self, RtcSctpEventType type, RtcPacket *packet);
void rtc_usrsctp_end (RtcUsrsctp *self, const gchar *reason);

/* rtc-usrsctp-options.c */
struct sockaddr_conn rtc_usrsctp_make_address (const RtcUsrsctp *self, guint16 port);
gboolean rtc_usrsctp_set_options (RtcUsrsctp *self);

/* rtc-usrsctp-read.c: takes one piece out of usrsctp. FALSE: there is nothing. */
gboolean rtc_usrsctp_read (RtcUsrsctp *self);

G_END_DECLS
