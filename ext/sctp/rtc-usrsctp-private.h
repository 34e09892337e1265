/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-usrsctp-private.h - what the files of an association share: rtc-usrsctp.c is the vtable,
 * -options sets a socket up, -output is what it has to say, -read takes messages and notifications
 * out of usrsctp. */
#pragma once

#include <usrsctp.h>

#include "ext/sctp/rtc-usrsctp.h"
#include "gst/rtc/base/rtc-bytes.h"

G_BEGIN_DECLS

/* RFC 9260 3.2 */
#define RTC_USRSCTP_CHUNK_HEADER_LEN 4

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

  /* With the pump's lock, by any thread; so are the counts of packets in stats. */
  GQueue events;           /* RtcSctpEvent * */
  RtcSctpEvent *last_sack; /* (nullable) the last of events, if it is an acknowledgement alone */
  guint n_joined;          /* others that it stands for */
  gboolean has_cumulative;
  guint32 cumulative;      /* TSN up to which we have all of the peer's */
  guint n_new_data;        /* atomic, read without it: DATA chunks that left the first time ... */
  guint32 newest_tsn;      /* ... and the last of them */

  gboolean may_read;    /* since the last time that there was nothing */
  gboolean is_deaf;     /* set_reading (FALSE) */
  gboolean wants_write; /* send() said RTC_AGAIN */
  gboolean is_queueing; /* a message with a lifetime waits in usrsctp to be sent at all, */
  guint queued_at;      /* since n_new_data was that */
  GByteArray *partial;  /* (nullable) a message that is not complete */
  GArray *resets;       /* guint16: streams to be reset as soon as usrsctp takes it */
  guint n_resetting;       /* streams whose reset was asked for and not answered ... */
  GstClockTime resetting_until; /* ... and until when that is believed */
  GstClockTime resets_due; /* when they go though data is in flight */
  RtcPacket *held;       /* (nullable) a reset of the peer's that is ahead of what we have ... */
  guint32 held_tsn;      /* ... up to here */
  GstClockTime last_heard; /* of the peer, or when nothing was owed */
  GstClockTime deadline; /* NONE: nothing is under way */
  guint n_quiet;
  RtcSctpStats stats;
} RtcUsrsctp;

/* All after rtc_usrsctp_prepare() and without the lock. */

/* rtc-usrsctp-output.c */
RtcSctpEvent *rtc_usrsctp_make_event (const RtcUsrsctp *self, RtcSctpEventType type);
void rtc_usrsctp_push_event (RtcUsrsctp *self, RtcSctpEvent *event); /* takes it over */
RtcSctpEvent *rtc_usrsctp_pop_event (RtcUsrsctp *self); /* NULL: there is none */
void rtc_usrsctp_on_output (gpointer owner, RtcPacket *packet); /* see rtc-usrsctp-pump.h */

/* The value of the packet's first chunk of that type. */
gboolean rtc_usrsctp_find_chunk (const guint8 *data, gsize len, guint8 type, RtcReader *value);

/* rtc-usrsctp.c */
void rtc_usrsctp_end (RtcUsrsctp *self, const gchar *reason);

/* rtc-usrsctp-options.c */
struct sockaddr_conn rtc_usrsctp_make_address (const RtcUsrsctp *self, guint16 port);
gboolean rtc_usrsctp_set_options (RtcUsrsctp *self);

/* rtc-usrsctp-read.c: takes one piece out of usrsctp. FALSE: there is nothing. */
gboolean rtc_usrsctp_read (RtcUsrsctp *self);

G_END_DECLS
