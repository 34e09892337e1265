/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-data-channel.h - the data channels of one peer: RFC 8831 and 8832 over an SCTP association.
 *
 * The table gives out stream ids, opens channels in-band (DCEP) or by agreement, keeps what is to
 * be sent until the association takes it, and closes by stream resets (RFC 8831 6.7): a channel
 * that closes sends all that it has first. A channel is named by a handle that is never used again
 * in this table; its stream may be, once both ends have reset it.
 *
 * What the peer can make us hold is bounded: channels, their texts, parts of messages. What does
 * not fit is refused by closing that stream. What it can make us say is bounded by what it opens.
 * Thread: network thread only. No upcalls: poll(), after any input, until FALSE. */
#pragma once

#include "gst/rtc/base/rtc-output.h"
#include "gst/rtc/dc/rtc-dcep.h"
#include "gst/rtc/iface/rtc-sctp-iface.h"

G_BEGIN_DECLS

typedef struct _RtcDataChannels RtcDataChannels;

/* RTC_DATA_CHANNEL_MAX_STREAMS: streams that we negotiate each way, and so the largest id + 1. */
#define RTC_DATA_CHANNEL_MAX_STREAMS 1024

/* RTC_DATA_CHANNEL_CLOSE_TIMEOUT: a closing channel that gets nothing through for so long drops
 * what it has, and after as long again is closed whatever the peer does. */
#define RTC_DATA_CHANNEL_CLOSE_TIMEOUT (5 * GST_SECOND)

/* As RTCDataChannelState (webrtc-pc 6.2). */
typedef enum {
  RTC_DATA_CHANNEL_CONNECTING,
  RTC_DATA_CHANNEL_OPEN,
  RTC_DATA_CHANNEL_CLOSING,
  RTC_DATA_CHANNEL_CLOSED,
} RtcDataChannelState;

typedef struct {
  RtcPeerId peer_id;       /* for logs */
  guint max_channels;      /* at a time; 0: RTC_DATA_CHANNEL_MAX_STREAMS */
  gsize max_text_bytes;    /* labels and protocols of all that the peer opened; 0: 256 KiB */
  gsize max_partial_bytes; /* parts of messages (PPID 52, 54), all channels; 0: 1 MiB */
  gsize max_queued_bytes;  /* waiting to be sent, all channels; one message always may; 0: 2 MiB */
  gsize max_message_bytes; /* largest message taken from the peer; 0: 256 KiB */
} RtcDataChannelsConfig;

/* As RTCDataChannelInit. Texts are copied. */
typedef struct {
  const gchar *label;    /* (nullable) UTF-8, at most RTC_DCEP_MAX_TEXT bytes */
  const gchar *protocol; /* (nullable) likewise */
  gboolean ordered;
  gint max_retransmits;  /* -1: no limit, else up to 65535 */
  gint max_lifetime_ms;  /* likewise; not both */
  guint16 priority;      /* 0: 256, normal */
  gboolean negotiated;   /* the peer opens the same id: no DCEP */
  gint id;               /* of a negotiated one; else one is chosen and this has no effect */
} RtcDataChannelInit;

/* RTCDataChannelStats and what a channel is; label and protocol are the table's, valid until
 * its RTC_OUTPUT_CHANNEL_CLOSED has been polled and poll() was called again. */
typedef struct {
  guint32 handle;
  RtcDataChannelState state;
  const gchar *label, *protocol;
  gboolean ordered, negotiated;
  gint max_retransmits, max_lifetime_ms;
  guint16 priority;
  gint id;               /* -1 while none is chosen */
  guint64 messages_sent, bytes_sent, messages_received, bytes_received; /* the user's bytes */
  gsize queued_bytes;    /* not taken by SCTP yet */
} RtcDataChannelInfo;

typedef struct {
  guint64 opened, closed;      /* RTCPeerConnectionStats.dataChannelsOpened and -Closed */
  guint64 refused;             /* OPENs that broke a rule or a limit; their streams are reset */
  guint64 dropped_unknown;     /* messages of no channel, or with an unknown PPID */
  guint64 dropped_malformed;   /* DCEP that does not parse */
  guint64 dropped_queued;      /* messages of ours that were never sent: the end came first */
  guint n_channels;
  gsize queued_bytes;          /* of all channels */
} RtcDataChannelsStats;

/* Zero-initialised config is fine. */
RtcDataChannels *rtc_data_channels_new (const RtcDataChannelsConfig *config);
void rtc_data_channels_free (RtcDataChannels *self); /* (nullable) */

/* The association is up: sctp (not owned, valid until end()) is sent on from now on, ids are given
 * out by our DTLS role (RFC 8832 6: the client takes even ones; a peer whose first OPEN has one of
 * these gets them, and we take the others), and no message longer than max_message_size (the
 * peer's) is sent. Once. */
void rtc_data_channels_start (RtcDataChannels *self, GstClockTime now, RtcSctp *sctp,
    gboolean is_dtls_client, guint64 max_message_size);

/* The association is gone: every channel is closed. Further creates are RTC_ERR_STATE. */
void rtc_data_channels_end (RtcDataChannels *self);

/* A new channel, CONNECTING; before start() it waits. *handle is set on RTC_OK only.
 * RTC_ERR_UNSUPPORTED: the options do not go together or are out of range; RTC_ERR_LIMIT: too many
 * channels, no id left; RTC_ERR_STATE: the id is taken, or the association is gone. */
RtcResult rtc_data_channels_create (RtcDataChannels *self, GstClockTime now,
    const RtcDataChannelInit *init, guint32 *handle, GError **error);

/* Sends a message; takes over packet, whose bytes [data, len) it is, whatever happens.
 * RTC_ERR_STATE: no such channel or not open; RTC_ERR_UNSUPPORTED: longer than the peer takes;
 * RTC_ERR_LIMIT: max_queued_bytes wait already, send when CHANNEL_SENT came. */
RtcResult rtc_data_channels_send (RtcDataChannels *self, GstClockTime now, guint32 handle,
    gboolean is_text, RtcPacket *packet);

/* Closes after what is queued has been sent. Unknown and closed handles are ignored. */
void rtc_data_channels_close (RtcDataChannels *self, GstClockTime now, guint32 handle);

/* From the association: a message (takes over packet), the peer has reset its stream, our reset
 * of it is through, and: it may take more. */
void rtc_data_channels_handle_message (RtcDataChannels *self, GstClockTime now, guint16 stream,
    guint32 ppid, RtcPacket *packet);
void rtc_data_channels_handle_reset (RtcDataChannels *self, GstClockTime now, guint16 stream);
void rtc_data_channels_handle_reset_done (RtcDataChannels *self, GstClockTime now, guint16 stream);
void rtc_data_channels_flush (RtcDataChannels *self, GstClockTime now);

/* The next RTC_OUTPUT_CHANNEL_*; FALSE when there is none. The caller owns out->packet. */
gboolean rtc_data_channels_poll (RtcDataChannels *self, RtcOutput *out);

GstClockTime rtc_data_channels_next_deadline (const RtcDataChannels *self);
void rtc_data_channels_handle_timeout (RtcDataChannels *self, GstClockTime now);

/* FALSE when there is no such channel (any more). */
gboolean rtc_data_channels_get (const RtcDataChannels *self, guint32 handle,
    RtcDataChannelInfo *out);

/* All channels that are not closed as RtcDataChannelInfo, in the order of their handles; texts are
 * valid until the next input. (transfer full) */
GArray *rtc_data_channels_list (const RtcDataChannels *self);
void rtc_data_channels_get_stats (const RtcDataChannels *self, RtcDataChannelsStats *out);

G_END_DECLS
