/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sctp-iface.h - what the core needs of an SCTP association over DTLS (RFC 8831, 8841).
 *
 * Bytes go in and out by the core, never by a socket. Thread: network thread only. No upcalls. */
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
} RtcSctpEventType;

typedef struct {
  RtcSctpEventType type;
  RtcSctpState state;
  guint16 stream;
  guint32 ppid;
  RtcPacket *packet; /* (transfer full) to who polls */
} RtcSctpEvent;

typedef struct {
  gboolean ordered;
  gint max_retransmits;     /* -1: no limit */
  gint max_lifetime_ms;     /* -1: no limit; not together with max_retransmits */
} RtcSctpReliability;

typedef struct {
  RtcPeerId peer_id;
  guint16 local_port, remote_port;
  guint16 max_streams;      /* each direction */
  gsize max_message_bytes;  /* largest message accepted */
  gsize mtu;
} RtcSctpConfig;

struct _RtcSctpVTable {
  const gchar *name;
  void (*free) (RtcSctp *self); /* (nullable) */
  RtcResult (*connect) (RtcSctp *self, GstClockTime now);
  RtcResult (*handle_packet) (RtcSctp *self, GstClockTime now, const guint8 *data, gsize len);
  /* RTC_AGAIN: the send buffer is full, keep the message and retry after a later turn. */
  RtcResult (*send) (RtcSctp *self, GstClockTime now, guint16 stream, guint32 ppid,
      const RtcSctpReliability *reliability, const guint8 *data, gsize len);
  RtcResult (*reset_stream) (RtcSctp *self, GstClockTime now, guint16 stream);
  void (*close) (RtcSctp *self, GstClockTime now);
  gboolean (*poll) (RtcSctp *self, RtcSctpEvent *out);
  GstClockTime (*next_deadline) (RtcSctp *self);
  void (*handle_timeout) (RtcSctp *self, GstClockTime now);
};

struct _RtcSctp {
  const RtcSctpVTable *vtable;
};

struct _RtcSctpFactory {
  const gchar *name;
  RtcSctp *(*create) (RtcSctpFactory *self, const RtcSctpConfig *config, GError **error);
};

G_END_DECLS
