/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-stun.h - STUN messages as ICE uses them: read, proven, written (RFC 8489; 8445 7, 16).
 *
 * Short-term credentials with MESSAGE-INTEGRITY (SHA-1) and FINGERPRINT; no TURN, no long-term
 * credentials, no MESSAGE-INTEGRITY-SHA256, which no ICE agent uses. Work and memory are linear in
 * the datagram. Pure, re-entrant. */
#pragma once

#include "gst/rtc/base/rtc-address.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

#define RTC_STUN_HEADER_BYTES 20
#define RTC_STUN_ID_BYTES 12

/* RTC_STUN_BINDING: the one method of ICE (RFC 8489 18.2). */
#define RTC_STUN_BINDING 0x001

/* RTC_STUN_MAX_BYTES: the longest message that the functions below are used for: header 20;
 * USERNAME 4 + two fragments of 256 and a colon, padded; PRIORITY 8; role 12; USE-CANDIDATE 4;
 * MESSAGE-INTEGRITY 24; FINGERPRINT 8. Answers are shorter. */
#define RTC_STUN_MAX_BYTES 600

/* RTC_STUN_MAX_UNKNOWN: unknown attributes that are remembered to be named in an answer. */
#define RTC_STUN_MAX_UNKNOWN 8

/* RFC 8489 5: C1 and C0 of the message type. */
typedef enum {
  RTC_STUN_REQUEST,
  RTC_STUN_INDICATION,
  RTC_STUN_SUCCESS,
  RTC_STUN_ERROR,
} RtcStunClass;

typedef enum {
  RTC_STUN_ROLE_NONE, /* neither attribute */
  RTC_STUN_ROLE_CONTROLLING,
  RTC_STUN_ROLE_CONTROLLED,
} RtcStunRole;

/* RtcStunMessage: what a datagram says; points into it. Of an attribute that is there twice the
 * first counts (RFC 8489 14); what follows MESSAGE-INTEGRITY does not (14.5). Nothing in it is to
 * be believed before rtc_stun_is_authentic(). */
typedef struct {
  const guint8 *data; /* the message, len bytes */
  gsize len;
  RtcStunClass class_;
  guint16 method;
  const guint8 *id;          /* RTC_STUN_ID_BYTES */
  const gchar *username;     /* not terminated; NULL: absent */
  gsize username_len;        /* bytes */
  gsize integrity_pos;       /* where MESSAGE-INTEGRITY begins; 0: absent */
  gboolean has_fingerprint;  /* there, and right */
  guint32 priority;          /* 0: absent */
  gboolean use_candidate;
  RtcStunRole role;
  guint64 tie_breaker;       /* with role */
  RtcAddress mapped;         /* XOR-MAPPED-ADDRESS; family NONE: absent */
  guint error_code;          /* 300..699; 0: absent */
  guint n_unknown;           /* comprehension-required ones (RFC 8489 14) that are not above */
  guint16 unknown[RTC_STUN_MAX_UNKNOWN];
} RtcStunMessage;

/* Bytes of the message that begins at data, by its header alone; 0 when that is none or fewer than
 * len are there. */
gsize rtc_stun_get_size (const guint8 *data, gsize len);

/* Reads the datagram data, which has to be one message of exactly len bytes.
 * RTC_ERR_PARSE: it is none, is malformed, or its FINGERPRINT is wrong or not the last; drop it. */
RtcResult rtc_stun_parse (const guint8 *data, gsize len, RtcStunMessage *out);

/* Whether MESSAGE-INTEGRITY is there and right for that password. In constant time. */
gboolean rtc_stun_is_authentic (const RtcStunMessage *self, const gchar *pwd);

/* --- writing: begin, attributes, end ---------------------------------------------------------- */

/* Starts a Binding message in data, which holds size bytes; id: RTC_STUN_ID_BYTES. */
RtcWriter rtc_stun_begin (guint8 *data, gsize size, RtcStunClass class_, const guint8 *id);

/* "whom:who" (RFC 8445 7.2.2): the fragment of who is asked first. */
void rtc_stun_write_username (RtcWriter *w, const gchar *whom, const gchar *who);
void rtc_stun_write_priority (RtcWriter *w, guint32 priority);
void rtc_stun_write_use_candidate (RtcWriter *w);
void rtc_stun_write_role (RtcWriter *w, RtcStunRole role, guint64 tie_breaker); /* not NONE */
void rtc_stun_write_mapped (RtcWriter *w, const RtcAddress *address); /* XOR-MAPPED-ADDRESS */

/* ERROR-CODE; code 300..699, reason at most 127 characters. */
void rtc_stun_write_error (RtcWriter *w, guint code, const gchar *reason);

/* UNKNOWN-ATTRIBUTES, for an answer 420. */
void rtc_stun_write_unknown (RtcWriter *w, const guint16 *types, guint n);

/* Adds MESSAGE-INTEGRITY by pwd (nullable: none) and FINGERPRINT. Returns the message's length, 0
 * when it did not fit. */
gsize rtc_stun_end (RtcWriter *w, const gchar *pwd);

G_END_DECLS
