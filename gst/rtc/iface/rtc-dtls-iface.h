/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-iface.h - what the core needs of a DTLS endpoint (RFC 6347, 5764, 8842).
 *
 * One RtcDtls is one association. The promise that everything rests on: keys and application
 * data leave only after the peer's certificate has matched one of the fingerprints given
 * (RFC 8842 5.1); until then, and after any mismatch, export_keys() says RTC_ERR_STATE and
 * no DATA event is made. Thread: network thread only. No upcalls; output through poll(). */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/iface/rtc-srtp-iface.h"

G_BEGIN_DECLS

typedef struct _RtcDtls RtcDtls;
typedef struct _RtcDtlsVTable RtcDtlsVTable;
typedef struct _RtcDtlsFactory RtcDtlsFactory;

/* As RTCDtlsTransportState (webrtc-pc 5.5.1). */
typedef enum {
  RTC_DTLS_STATE_NEW,
  RTC_DTLS_STATE_CONNECTING,
  RTC_DTLS_STATE_CONNECTED, /* handshake done *and* fingerprint verified */
  RTC_DTLS_STATE_CLOSED,    /* close_notify from the peer, or close() */
  RTC_DTLS_STATE_FAILED,
} RtcDtlsState;

/* a=fingerprint: hash name in lower case as in SDP ("sha-256"), value "AB:CD:..." upper case. */
typedef struct {
  gchar algorithm[12];
  gchar value[64 * 3];
} RtcDtlsFingerprint;

typedef enum {
  RTC_DTLS_EVENT_STATE,
  RTC_DTLS_EVENT_TRANSMIT, /* a datagram to send */
  RTC_DTLS_EVENT_DATA,     /* decrypted application data (SCTP) */
} RtcDtlsEventType;

typedef struct {
  RtcDtlsEventType type;
  RtcDtlsState state;
  gchar reason[160];  /* for FAILED: a sentence a user can act on; else empty */
  RtcPacket *packet;  /* (transfer full) to who polls */
} RtcDtlsEvent;

typedef struct {
  RtcPeerId peer_id;  /* for logs */
  gsize mtu;          /* largest datagram to make, bytes */
  gboolean offer_srtp; /* FALSE: data channels only */
  GstClockTime handshake_timeout; /* from start() to CONNECTED, else FAILED; ns */
  RtcPacketPool *pool; /* (nullable) of what it makes; outlives the session */
} RtcDtlsConfig;

typedef struct {
  gchar version[16]; /* "DTLSv1.2" */
  gchar cipher[64];  /* IANA name */
  RtcSrtpProfile srtp_profile; /* RTC_SRTP_PROFILE_NONE while none */
  RtcDtlsFingerprint remote; /* of the certificate seen; algorithm empty while none */
  guint64 packets_dropped;   /* malformed, over limits, after the end; to be sent: over limits */
} RtcDtlsStats;

struct _RtcDtlsVTable {
  const gchar *name;
  void (*free) (RtcDtls *self); /* (nullable) */

  /* The fingerprints of which the peer's certificate must match one; replaces earlier ones.
   * RTC_ERR_UNSUPPORTED when none uses an accepted hash (sha-256, sha-384, sha-512). */
  RtcResult (*set_remote_fingerprints) (RtcDtls *self, const RtcDtlsFingerprint *fingerprints,
      guint n_fingerprints);

  /* Begins the handshake as client or server. Fingerprints may come later: the handshake then
   * completes but the state stays CONNECTING until they do. */
  RtcResult (*start) (RtcDtls *self, GstClockTime now, gboolean is_client);

  /* One datagram from the peer. Never fails the association on unauthenticated garbage:
   * RTC_ERR_PARSE = counted and dropped. */
  RtcResult (*handle_packet) (RtcDtls *self, GstClockTime now, const guint8 *data, gsize len);

  /* Application data, one message. RTC_ERR_STATE before CONNECTED. */
  RtcResult (*write) (RtcDtls *self, GstClockTime now, const guint8 *data, gsize len);

  /* SRTP keys in our direction's terms. RTC_ERR_STATE before CONNECTED; RTC_ERR_UNSUPPORTED
   * when no profile was negotiated. The caller clears *out after use. */
  RtcResult (*export_keys) (RtcDtls *self, RtcSrtpKeys *out);

  /* (nullable) In CONNECTED, when no data channel is agreed on: gives back what the handshake
   * needed, 40 KB with OpenSSL, so that a viewer costs little. Everything else goes on working,
   * data included; a backend that cannot do that does nothing. Nothing is sent. */
  void (*release) (RtcDtls *self);

  /* Sends close_notify and ends in CLOSED. */
  void (*close) (RtcDtls *self, GstClockTime now);

  gboolean (*poll) (RtcDtls *self, RtcDtlsEvent *out);
  GstClockTime (*next_deadline) (RtcDtls *self);
  void (*handle_timeout) (RtcDtls *self, GstClockTime now);
  void (*get_stats) (RtcDtls *self, RtcDtlsStats *out);
};

struct _RtcDtls {
  const RtcDtlsVTable *vtable;
};

struct _RtcDtlsFactory {
  const gchar *name;
  RtcDtls *(*create) (RtcDtlsFactory *self, const RtcDtlsConfig *config, GError **error);
  /* The fingerprint to put into our SDP. */
  void (*get_local_fingerprint) (RtcDtlsFactory *self, RtcDtlsFingerprint *out);
};

G_END_DECLS
