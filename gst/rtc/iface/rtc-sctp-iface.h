/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sctp-iface.h - what the core needs of an SCTP association over DTLS (RFC 8831, 8841).
 *
 * Bytes go in and out by the core, never by a socket: packets by handle_packet() and
 * EVENT_TRANSMIT. Both ends connect(). The promises: a message leaves poll() whole and in the order
 * of its channel, memory is bounded by the config whatever the peer sends, and a peer that breaks a
 * limit ends its association (CLOSED), nothing else. Thread: network thread only. No upcalls;
 * output through poll(). */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef struct _RtcSctp RtcSctp;
typedef struct _RtcSctpVTable RtcSctpVTable;
typedef struct _RtcSctpFactory RtcSctpFactory;

/* As RTCSctpTransportState (webrtc-pc 6.1.1). */
typedef enum {
  RTC_SCTP_STATE_CONNECTING,
  RTC_SCTP_STATE_CONNECTED,
  RTC_SCTP_STATE_CLOSED,
} RtcSctpState;

typedef enum {
  RTC_SCTP_EVENT_STATE,
  RTC_SCTP_EVENT_TRANSMIT,     /* one SCTP packet for DTLS */
  RTC_SCTP_EVENT_MESSAGE,      /* one whole user message */
  RTC_SCTP_EVENT_STREAM_RESET, /* the peer reset its outgoing stream */
  RTC_SCTP_EVENT_RESET_DONE,   /* the peer took our reset_stream(): the stream is as new */
  RTC_SCTP_EVENT_WRITABLE,     /* after send() said RTC_AGAIN: try again */
} RtcSctpEventType;

typedef struct {
  RtcSctpEventType type;
  RtcSctpState state;
  gchar reason[120];  /* of CLOSED: a sentence a user can act on; else empty */
  guint16 stream;
  guint32 ppid;
  RtcPacket *packet; /* (transfer full) to who polls */
} RtcSctpEvent;

typedef struct {
  gboolean ordered;
  gint max_retransmits;     /* -1: no limit */
  gint max_lifetime_ms;     /* -1: no limit; not together with max_retransmits */
  gint room_priority;       /* > 0, without the two: dropped when a message with a lower number
                             * needs room to be sent; else 0 or -1 */
} RtcSctpReliability;

typedef struct {
  RtcPeerId peer_id;
  guint16 local_port, remote_port;
  guint16 max_streams;      /* each direction */
  gsize max_message_bytes;  /* largest message accepted; a longer one ends the association */
  gsize mtu;                /* largest SCTP packet, bytes */
} RtcSctpConfig;

/* RTCSctpTransportStats and what else is known of the association. */
typedef struct {
  GstClockTime smoothed_rtt;    /* 0 while none was measured */
  guint32 congestion_window, receiver_window, mtu; /* bytes; 0 while unknown */
  guint32 unacked_chunks;       /* DATA in flight */
  guint64 packets_sent, packets_received, bytes_sent, bytes_received; /* SCTP packets */
  guint64 dropped_malformed;    /* packets refused before SCTP saw them */
} RtcSctpStats;

struct _RtcSctpVTable {
  const gchar *name;
  void (*free) (RtcSctp *self); /* (nullable) */

  /* Sends INIT; the peer may have been first. RTC_ERR_STATE: once is enough. */
  RtcResult (*connect) (RtcSctp *self, GstClockTime now);

  /* One packet out of DTLS. RTC_ERR_PARSE: counted and dropped. */
  RtcResult (*handle_packet) (RtcSctp *self, GstClockTime now, const guint8 *data, gsize len);

  /* One message, whole or not at all; len > 0 (RFC 8831 6.6 has PPIDs for empty ones).
   * RTC_AGAIN: the send buffer is full, the stream is being reset, or a message with a lifetime
   * would wait in there (it is the caller's to drop when it is too old): keep the message until
   * EVENT_WRITABLE or EVENT_RESET_DONE. RTC_ERR_STATE: not CONNECTED, or no such stream.
   * RTC_ERR_LIMIT: larger than the send buffer: drop it. */
  RtcResult (*send) (RtcSctp *self, GstClockTime now, guint16 stream, guint32 ppid,
      const RtcSctpReliability *reliability, const guint8 *data, gsize len);

  /* Resets the outgoing stream after what it was given to send (RFC 6525 5.1.2); remembered while
   * an earlier one is on its way. RTC_ERR_STATE: as send(). */
  RtcResult (*reset_stream) (RtcSctp *self, GstClockTime now, guint16 stream);

  /* FALSE: messages stay inside, so that the peer's window closes, until TRUE again (default). */
  void (*set_reading) (RtcSctp *self, gboolean is_reading);

  /* Aborts: the last TRANSMIT says so to the peer. Ends in CLOSED. */
  void (*close) (RtcSctp *self, GstClockTime now);

  gboolean (*poll) (RtcSctp *self, RtcSctpEvent *out);
  GstClockTime (*next_deadline) (RtcSctp *self);
  void (*handle_timeout) (RtcSctp *self, GstClockTime now);
  void (*get_stats) (RtcSctp *self, RtcSctpStats *out);
};

struct _RtcSctp {
  const RtcSctpVTable *vtable;
};

struct _RtcSctpFactory {
  const gchar *name;
  RtcSctp *(*create) (RtcSctpFactory *self, const RtcSctpConfig *config, GError **error);
};

G_END_DECLS
