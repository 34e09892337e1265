/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-data-channel-private.h - what the files of the table share: rtc-data-channel.c opens and
 * closes, -send gives to SCTP what waits, -receive takes what comes and answers OPENs. */
#pragma once

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/dc/rtc-data-channel.h"

G_BEGIN_DECLS

typedef struct {
  guint32 ppid;
  gsize n_bytes;                 /* the application's: 0 for an empty message */
  RtcPacket *packet;
  GstClockTime expiry;           /* NONE: it may be sent at any time */
} RtcDataMessage;

/* One channel, or, with handle 0, what is left of one, or of an OPEN that was refused, until both
 * ends have reset the stream. */
typedef struct {
  guint32 handle;
  RtcDataChannelState state;
  gint stream;                   /* -1: none yet */
  gchar *label, *protocol;
  gsize text_bytes;              /* counted against the peer; 0 for ours */
  gboolean ordered, negotiated, is_remote;
  gint max_retransmits, max_lifetime_ms;
  guint16 priority;

  gboolean is_acked;             /* until then all is sent in order (RFC 8832 6) */
  gboolean needs_open, needs_ack, needs_reset; /* not taken by SCTP yet */
  gboolean reset_done, peer_reset;
  GQueue messages;               /* RtcDataMessage * */
  gsize queued_bytes;
  gsize share_used;              /* bytes, of this round */
  gsize sent_bytes;              /* since the last CHANNEL_SENT, as is the next */
  guint sent_messages;
  GByteArray *partial;           /* (nullable) parts under PPID 52 or 54 */
  guint64 messages_sent, bytes_sent, messages_received, bytes_received;
  GstClockTime close_deadline;   /* NONE: not closing */
  gboolean is_late;              /* the first deadline has passed */

  /* Where it is listed; freed when nowhere. */
  gboolean in_handles, in_streams, in_ready;
} RtcDataChannel;

struct _RtcDataChannels {
  RtcDataChannelsConfig config;
  gchar id[24];
  RtcSctp *sctp;                 /* NULL before start() and after end() */
  gboolean has_ended;
  gboolean gives_even;           /* ids of ours: by our DTLS role, until the first OPEN ... */
  gboolean has_peers_parity;     /* ... of the peer said which are its */
  guint64 max_message_size;      /* of the peer */
  guint32 next_handle;
  GHashTable *by_handle;         /* handle -> RtcDataChannel */
  GHashTable *by_stream;         /* stream -> RtcDataChannel */
  GQueue ready;                  /* RtcDataChannel *, with something for SCTP */
  gboolean is_blocked;           /* SCTP said RTC_AGAIN */
  GQueue events;                 /* RtcOutput * */
  RtcDataChannel *closed;        /* (nullable) whose CLOSED was polled last */
  gsize text_bytes, partial_bytes;
  guint n_closing;
  RtcDataChannelsStats stats;    /* but for n_channels */
  RtcLogLimit warn_refused;
};

static inline RtcDataChannel *
rtc_data_channels_find_stream (const RtcDataChannels *self, guint16 stream)
{
  return (RtcDataChannel *) g_hash_table_lookup (self->by_stream, GINT_TO_POINTER (stream));
}

/* rtc-data-channel.c */
/* With a handle, without a stream. */
RtcDataChannel *rtc_data_channels_add (RtcDataChannels *self);
void rtc_data_channels_enter_stream (RtcDataChannels *self, RtcDataChannel *channel,
    guint16 stream);
/* The peer has broken a rule on that stream: nothing that comes on it is looked at any more. */
void rtc_data_channels_refuse (RtcDataChannels *self, GstClockTime now, guint16 stream,
    const gchar *reason);
void rtc_data_channels_push_event (RtcDataChannels *self, RtcOutputType type,
    RtcDataChannel *channel, RtcPacket *packet);
void rtc_data_channels_set_open (RtcDataChannels *self, RtcDataChannel *channel);
/* Frees it if it is listed nowhere. */
void rtc_data_channels_release (RtcDataChannels *self, RtcDataChannel *channel);

/* rtc-data-channel-send.c */
void rtc_data_channels_make_ready (RtcDataChannels *self, RtcDataChannel *channel);
void rtc_data_channels_drop_messages (RtcDataChannels *self, RtcDataChannel *channel);

G_END_DECLS
