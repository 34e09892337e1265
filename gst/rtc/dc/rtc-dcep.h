/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dcep.h - the Data Channel Establishment Protocol: OPEN and ACK (RFC 8832 5).
 *
 * Two messages on the stream of a channel to be. Strict: lengths have to fit an OPEN exactly, texts
 * are UTF-8 without NUL; what follows an ACK's one byte is ignored. Pure, re-entrant. */
#pragma once

#include "gst/rtc/base/rtc-result.h"

#include <glib.h>

G_BEGIN_DECLS

/* Payload protocol identifiers (RFC 8831 8). The two PARTIAL ones are deprecated: "messages sent
 * with them are a part, ended by one with 51 or 53"; they are understood, never sent. */
#define RTC_PPID_DCEP 50
#define RTC_PPID_TEXT 51
#define RTC_PPID_BINARY_PARTIAL 52
#define RTC_PPID_BINARY 53
#define RTC_PPID_TEXT_PARTIAL 54
#define RTC_PPID_TEXT_EMPTY 56
#define RTC_PPID_BINARY_EMPTY 57

/* RTC_DCEP_MAX_TEXT: bytes of a label or protocol; both have a length of 16 bits (RFC 8832 5.1). */
#define RTC_DCEP_MAX_TEXT 65535
#define RTC_DCEP_OPEN_HEADER_LEN 12

typedef enum {
  RTC_DCEP_ACK = 0x02,  /* RFC 8832 8.2.1 */
  RTC_DCEP_OPEN = 0x03,
} RtcDcepType;

typedef struct {
  gboolean ordered;
  gint max_retransmits; /* -1: no limit */
  gint max_lifetime_ms; /* -1: no limit; at most one of the two is set. Both are at most 65535, as
                         * in RTCDataChannelInit: what a peer asks for above that is taken as
                         * that */
  guint16 priority;     /* RFC 8831 6.4: 128 below normal, 256 normal, 512 high, 1024 extra high */
  const gchar *label;   /* label_len bytes without a NUL behind them; of the message */
  gsize label_len;
  const gchar *protocol;
  gsize protocol_len;
} RtcDcepOpen;

/* What a message under RTC_PPID_DCEP is; open (not nullable) is filled for RTC_DCEP_OPEN and points
 * into data. RTC_ERR_PARSE: truncated or too long, or a text that is no UTF-8 or holds a NUL.
 * RTC_ERR_UNSUPPORTED: a message or channel type that RFC 8832 does not know. In both cases close
 * the channel (RFC 8832 6). */
RtcResult rtc_dcep_parse (const guint8 *data, gsize len, RtcDcepType *type, RtcDcepOpen *open);

/* The message as bytes; NULL when a text is longer than RTC_DCEP_MAX_TEXT. (transfer full) */
GByteArray *rtc_dcep_write_open (const RtcDcepOpen *open);

G_END_DECLS
